"""Opus (RFC 6716), as a call needs it: 48 kHz mono, 20 ms, constant bit rate, no DTX, no in-band FEC.

    int16 (960,) ──→ Encoder ──→ one frame, always of the same size ──→ Decoder ──→ int16 (960,)
                                                    nothing came ──→ .conceal() ──→ int16 (960,)

The size never varies because the sizes of encrypted variable-rate packets leak what is said (RFC 6562).

Measured with our two recordings at 32 kb/s: VOIP and AUDIO are equal to the ear of PESQ (4.45 and 4.45; 4.44 and 4.53),
and VOIP keeps to one mode and removes rumble; complexity 10 takes 0.6 ms of a core per frame, 5 half of that.

opuslib's own `decode` and `encode` copy each frame through a Python list, and its property setters forget the value of
some settings; so this file uses opuslib's declared C functions and its `ctl` requests, and nobody else touches opuslib.
"""

import ctypes
import warnings

import numpy as np

with warnings.catch_warnings():
    # opuslib compares with `is not 0`; Python says so whenever it has to compile the package anew.
    warnings.simplefilter("ignore", SyntaxWarning)
    import opuslib
    from opuslib.api import c_int16_pointer, ctl
    from opuslib.api.decoder import libopus_decode
    from opuslib.api.encoder import encoder_ctl, libopus_encode

from voip.config import BITRATE, FRAME_SAMPLES, SAMPLE_RATE
from voip.errors import LocalError, PacketError
from voip.media.pcm import Frame, require_frame

COMPLEXITY = 10
_PACKET_MAX = 1275
"""Longest Opus frame (RFC 6716 §3.4)."""
_BITRATES = range(6_000, 256_001)
_RATE_STEP = 400
"""A multiple of this is a whole number of bytes per 20 ms."""


class Encoder:
    """PCM in, Opus out."""

    def __init__(self, bitrate: int = BITRATE) -> None:
        """`bitrate` in bit/s, a multiple of 400 within 6,000 to 256,000; raises `LocalError` for others."""
        if bitrate not in _BITRATES or bitrate % _RATE_STEP:
            raise LocalError(f"Opus cannot be asked for a constant {bitrate} bit/s here.", code="codec-bitrate")
        self.frame_size = bitrate // _RATE_STEP
        """Bytes of every encoded frame."""
        # The object owns the C state and frees it.
        self._opus = opuslib.Encoder(SAMPLE_RATE, 1, opuslib.APPLICATION_VOIP)
        self._state = self._opus.encoder_state
        for request, value in (
            (ctl.set_bitrate, bitrate),
            (ctl.set_vbr, 0),
            (ctl.set_dtx, 0),
            (ctl.set_inband_fec, 0),
            (ctl.set_complexity, COMPLEXITY),
        ):
            encoder_ctl(self._state, request, value)
        self._out = ctypes.create_string_buffer(_PACKET_MAX)

    def encode(self, pcm: Frame) -> bytes:
        """One Opus frame of `frame_size` bytes from `pcm`, int16 (960,); raises `LocalError` for another shape."""
        pcm = require_frame(pcm)
        size = libopus_encode(self._state, pcm.ctypes.data_as(c_int16_pointer), FRAME_SAMPLES, self._out, _PACKET_MAX)
        if size != self.frame_size:
            raise LocalError(f"Opus gave {size} for a frame; {self.frame_size} bytes were due.", code="codec-encode")
        return ctypes.string_at(self._out, size)


class Decoder:
    """Opus in, PCM out; remembers the sound so that it can make up what is missing."""

    def __init__(self) -> None:
        self._opus = opuslib.Decoder(SAMPLE_RATE, 1)
        self._state = self._opus.decoder_state

    def decode(self, frame: bytes) -> Frame:
        """The sound of one Opus frame, int16 (960,); raises `PacketError` for what is not 20 ms of Opus."""
        if not frame:
            raise PacketError("An empty voice frame came in.", code="codec-frame")
        return self._decode(frame)

    def conceal(self) -> Frame:
        """What a frame that did not come may have sounded like, int16 (960,); fades when it goes on."""
        return self._decode(None)

    def _decode(self, frame: bytes | None) -> Frame:
        pcm = np.empty(FRAME_SAMPLES, np.int16)
        size = len(frame) if frame is not None else 0
        samples = libopus_decode(self._state, frame, size, pcm.ctypes.data_as(c_int16_pointer), FRAME_SAMPLES, 0)
        if samples != FRAME_SAMPLES:
            raise PacketError(f"A voice frame came in that is not 20 ms of Opus ({samples}).", code="codec-frame")
        return pcm
