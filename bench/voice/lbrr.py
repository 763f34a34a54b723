"""Opus with its own redundancy (LBRR, "in-band FEC", RFC 6716 §2.1.7): each frame holds the one before again, coarsely.

Our codec does not use it, so this asks libopus itself, through the same declared functions.
"""

import ctypes

import numpy as np
import opuslib
from opuslib.api import c_int16_pointer, ctl
from opuslib.api.decoder import libopus_decode
from opuslib.api.encoder import encoder_ctl, libopus_encode

from voip.config import SAMPLE_RATE

from .reel import Sound

FRAME_MS = 20
SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
_PACKET_MAX = 1275


def frames(said: Sound, bitrate: int, loss: float) -> list[bytes]:
    """All of `said`, encoded at a constant `bitrate` for a network that loses the share `loss`."""
    encoder = opuslib.Encoder(SAMPLE_RATE, 1, opuslib.APPLICATION_VOIP)
    for request, value in (
        (ctl.set_bitrate, bitrate),
        (ctl.set_signal, opuslib.SIGNAL_VOICE),
        (ctl.set_vbr, 0),
        (ctl.set_inband_fec, 1),
        (ctl.set_packet_loss_perc, max(1, min(100, round(100 * loss)))),
        (ctl.set_complexity, 10),
    ):
        encoder_ctl(encoder.encoder_state, request, value)
    out = ctypes.create_string_buffer(_PACKET_MAX)
    encoded = []
    for pcm in said[: len(said) // SAMPLES * SAMPLES].reshape(-1, SAMPLES):
        frame = np.ascontiguousarray(pcm)
        size = libopus_encode(encoder.encoder_state, frame.ctypes.data_as(c_int16_pointer), SAMPLES, out, _PACKET_MAX)
        encoded.append(ctypes.string_at(out, size))
    return encoded


class Opus:
    """A decoder that can take the frame before out of a frame."""

    def __init__(self) -> None:
        self._opus = opuslib.Decoder(SAMPLE_RATE, 1)

    def _decode(self, frame: bytes | None, samples: int, fec: int) -> Sound:
        pcm = np.empty(samples, np.int16)
        pointer = pcm.ctypes.data_as(c_int16_pointer)
        size = len(frame) if frame else 0
        made = libopus_decode(self._opus.decoder_state, frame, size, pointer, samples, fec)
        return pcm[:made]

    def decode(self, frame: bytes, samples: int) -> Sound:
        """The frame itself."""
        return self._decode(frame, samples, 0)

    def conceal(self, samples: int) -> Sound:
        """Opus's own concealment of as many samples as a frame holds."""
        return self._decode(None, samples, 0)

    def recover(self, following: bytes, samples: int) -> Sound:
        """The frame before `following`, from it; concealed where it holds none."""
        return self._decode(following, samples, 1)
