"""What our codec is kept from doing: Opus with a variable bit rate and silence left out. For the lab alone.

    int16 (960,) ──→ VariableEncoder ──→ a frame whose size follows the voice, or None: not worth sending ──→ SRTP

It stands here and not in `voip.media` so that no phone can be talked into it: nothing outside the lab imports it.
"""

import ctypes
import warnings

with warnings.catch_warnings():
    # See `voip.media.codec`.
    warnings.simplefilter("ignore", SyntaxWarning)
    import opuslib
    from opuslib.api import c_int16_pointer, ctl
    from opuslib.api.encoder import encoder_ctl, libopus_encode

from voip.config import BITRATE, FRAME_SAMPLES, SAMPLE_RATE
from voip.errors import LocalError
from voip.media.codec import COMPLEXITY
from voip.media.packetizer import Packetizer
from voip.media.pcm import Frame, require_frame
from voip.media.protector import Protector

_PACKET_MAX = 1275
_NOT_SENT = 2
"""A frame of so few bytes says “still silent”; a sender with DTX leaves it out (opus_encoder.h)."""


class VariableEncoder:
    """PCM in; Opus out at the same mean bit rate as ours, but as it likes: variable, with DTX."""

    def __init__(self, bitrate: int = BITRATE) -> None:
        self._opus = opuslib.Encoder(SAMPLE_RATE, 1, opuslib.APPLICATION_VOIP)
        for request, value in (
            (ctl.set_bitrate, bitrate),
            (ctl.set_vbr, 1),
            (ctl.set_dtx, 1),
            (ctl.set_inband_fec, 0),
            (ctl.set_complexity, COMPLEXITY),
        ):
            encoder_ctl(self._opus.encoder_state, request, value)
        self._out = ctypes.create_string_buffer(_PACKET_MAX)

    def encode(self, pcm: Frame) -> bytes | None:
        """One Opus frame from `pcm`, int16 (960,), or None in a silence; raises `LocalError` for another shape."""
        pcm = require_frame(pcm)
        size = libopus_encode(
            self._opus.encoder_state, pcm.ctypes.data_as(c_int16_pointer), FRAME_SAMPLES, self._out, _PACKET_MAX
        )
        if size < 1:
            raise LocalError(f"Opus gave {size} for a frame.", code="codec-encode")
        return ctypes.string_at(self._out, size) if size > _NOT_SENT else None


class VariableOutbound:
    """`media.outbound.Outbound` with that encoder: the same packets, the same encryption, other sizes."""

    def __init__(self, key: bytes, ssrc: int, *, sequence_number: int, timestamp: int) -> None:
        self._encoder = VariableEncoder()
        self._packetizer = Packetizer(ssrc, sequence_number=sequence_number, timestamp=timestamp)
        self._protector = Protector(key)

    def push(self, pcm: Frame) -> bytes | None:
        """The SRTP packet for `pcm`, int16 (960,), or None when nothing is sent for it."""
        frame = self._encoder.encode(pcm)
        if frame is None:
            # The stream's clock runs on while nothing is said (RFC 3550 §5.1).
            self._packetizer.timestamp = self._packetizer.timestamp + FRAME_SAMPLES & 0xFFFF_FFFF
            return None
        return self._protector.protect_rtp(self._packetizer.packet(frame).pack())
