"""Opus (RFC 6716), as a call needs it: 48 kHz mono, 5 to 40 ms, constant bit rate, no DTX, no in-band FEC.

    int16 (frame_samples,) ──→ Encoder ──→ one frame, always of the same size ──→ Decoder ──→ int16 (n,)
                                                             nothing came ──→ .conceal(n) ──→ int16 (n,)

The size never varies because the sizes of encrypted variable-rate packets leak what is said (RFC 6562).

Which mode Opus takes follows from what it is asked for: from 10 ms on SILK or hybrid, below 10 ms or in restricted low
delay CELT. What that costs in sound stands at the head of `plan`. Opus is told AUDIO with a voice as its signal, not
VOIP: the modes are the same, and the one difference, VOIP's filter against rumble, costs 0.1 of WB-PESQ at 10 ms (and
the microphone's sound has been through a filter of its own).

Complexity, by WB-PESQ of our two recordings in 10 ms at 32 kb/s, and share of a core: 10 and 8: 4.32, 4.51, 3.1 %;
7: 4.29, 4.51, 2.3 %; 6: 4.29, 4.27, 2.1 %; 5: 4.25, 4.22, 1.5 %. In 20 ms 7 is as good as 10. CELT takes 0.7 % in all.

opuslib's own `decode` and `encode` copy each frame through a Python list, and its property setters forget the value of
some settings; so this file uses opuslib's declared C functions and its `ctl` requests, and nobody else touches opuslib.
"""

import ctypes
import warnings
from dataclasses import dataclass
from functools import cache

import numpy as np

with warnings.catch_warnings():
    # opuslib compares with `is not 0`; Python says so whenever it has to compile the package anew.
    warnings.simplefilter("ignore", SyntaxWarning)
    import opuslib
    from opuslib.api import c_int16_pointer, ctl, libopus
    from opuslib.api.decoder import decoder_ctl, libopus_decode
    from opuslib.api.encoder import encoder_ctl, libopus_encode

from voip.config import BITRATE, FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE
from voip.errors import LocalError, PacketError
from voip.media.pcm import Frame, require_frame

COMPLEXITY = 7
DECODER_COMPLEXITY = 5
"""From 5 on libopus 1.5 conceals by its neural network, if built with it; before 1.5 decoders know no complexity."""
FRAME_LENGTHS_MS = (5, 10, 20, 40)
LONGEST_SAMPLES = 5760
"""120 ms: the most sound that one packet may hold (RFC 6716 §2.1.4)."""
_PACKET_MAX = 1275
"""Longest Opus frame (RFC 6716 §3.4)."""
_BITRATES = range(6_000, 256_001)
_SILK_STEP, _CELT_STEP = SAMPLE_RATE // 100, SAMPLE_RATE // 400
"""What each layer conceals at once. SILK asked for less makes 10 ms all the same and throws the rest away, so that the
next piece begins elsewhere in the sound: a click at each seam, ten times the largest step of speech."""
_FIRST_CELT = 16
"""Configurations from here on are CELT alone (RFC 6716 §3.1)."""
_set_prediction_disabled = ctl.ctl_set(4042)
"""OPUS_SET_PREDICTION_DISABLED (opus_defines.h), which opuslib leaves out."""
_DURATIONS = (
    *(480, 960, 1920, 2880) * 3,  # SILK
    *(480, 960) * 2,  # hybrid
    *(120, 240, 480, 960) * 4,  # CELT
)


class Encoder:
    """PCM in, Opus out.

    `frame_samples` is what it takes, `frame_size` the bytes of every frame it gives, until it is told to `become`.
    """

    def __init__(self, bitrate: int = BITRATE, frame_ms: int = FRAME_MS, *, low_delay: bool = False) -> None:
        """`bitrate` in bit/s within 6,000 to 256,000, a whole number of bytes per frame; `frame_ms` 5, 10, 20 or 40.

        `low_delay`: restricted low delay, 4 ms less of look-ahead. Raises `LocalError` for what cannot be constant.
        """
        # The object owns the C state and frees it.
        self._opus = opuslib.Encoder(
            SAMPLE_RATE, 1, opuslib.APPLICATION_RESTRICTED_LOWDELAY if low_delay else opuslib.APPLICATION_AUDIO
        )
        self._state = self._opus.encoder_state
        for request, value in (
            (ctl.set_signal, opuslib.SIGNAL_VOICE),
            (ctl.set_vbr, 0),
            (ctl.set_dtx, 0),
            (ctl.set_inband_fec, 0),
            (ctl.set_complexity, COMPLEXITY),
        ):
            encoder_ctl(self._state, request, value)
        self.lookahead = int(encoder_ctl(self._state, ctl.get_lookahead))
        """Samples that what is decoded lags what was encoded, beyond the frame: 312, or 120 in restricted low delay."""
        self._alone = False
        """Whether the next frame must do without those before it."""
        self.frame_ms = self.frame_samples = self.frame_size = 0
        self.become(bitrate, frame_ms)
        self._out = ctypes.create_string_buffer(_PACKET_MAX)

    def become(self, bitrate: int, frame_ms: int) -> None:
        """From the next frame on, of this rate and length; the sound goes on without a seam. Raises as `Encoder`."""
        if frame_ms not in FRAME_LENGTHS_MS:
            raise LocalError(f"Voice frames of {frame_ms} ms are not sent here.", code="codec-frame-length")
        size, rest = divmod(bitrate * frame_ms, 8000)
        if bitrate not in _BITRATES or rest or size > _PACKET_MAX:
            raise LocalError(
                f"Opus cannot be asked for a constant {bitrate} bit/s in {frame_ms} ms here.", code="codec-bitrate"
            )
        encoder_ctl(self._state, ctl.set_bitrate, bitrate)
        self.frame_ms = frame_ms
        self.frame_samples = SAMPLE_RATE * frame_ms // 1000
        self.frame_size = size

    def hear(self, said: Frame) -> None:
        """Begin after `said`, int16 (n,), which another encoder has sent: the first frame goes on from its sound.

        That frame refers to nothing before it, for the decoder resets itself when the mode changes. Measured over 40
        changes in speech: the level of the 20 ms after one falls by 1.5 dB at most, and nothing clicks. A new encoder
        that has heard nothing clicks (six times the largest bend of the speech itself); one that has, and refers to it,
        is 9 dB too quiet.
        """
        short = -len(said) % self.frame_samples
        for frame in np.concatenate((np.zeros(short, np.int16), said)).reshape(-1, self.frame_samples):
            self.encode(frame)
        encoder_ctl(self._state, _set_prediction_disabled, 1)
        self._alone = True

    def encode(self, pcm: Frame) -> bytes:
        """One Opus frame of `frame_size` bytes from `pcm`, int16 (frame_samples,); `LocalError` for another shape."""
        samples = self.frame_samples
        pcm = require_frame(pcm, samples)
        size = libopus_encode(self._state, pcm.ctypes.data_as(c_int16_pointer), samples, self._out, _PACKET_MAX)
        if self._alone:
            encoder_ctl(self._state, _set_prediction_disabled, 0)
            self._alone = False
        if size != self.frame_size:
            raise LocalError(f"Opus gave {size} for a frame; {self.frame_size} bytes were due.", code="codec-encode")
        return ctypes.string_at(self._out, size)


class Decoder:
    """Opus in, PCM out, of any mode and length in any order; remembers the sound, to make up what is missing."""

    def __init__(self) -> None:
        self._opus = opuslib.Decoder(SAMPLE_RATE, 1)
        self._state = self._opus.decoder_state
        _raise_complexity(self._state)
        self._step = _CELT_STEP
        self._made_up: Frame = np.empty(0, np.int16)
        """Concealed but not asked for yet."""

    def decode(self, frame: bytes) -> Frame:
        """The sound of one Opus frame, int16 (n,), n as `duration_untrusted` says; `PacketError` for anything else."""
        samples = duration_untrusted(frame)
        pcm = np.empty(samples, np.int16)
        pointer = pcm.ctypes.data_as(c_int16_pointer)
        decoded = libopus_decode(self._state, frame, len(frame), pointer, samples, 0)
        if decoded != samples:
            raise PacketError(f"A voice frame came in that is not Opus ({decoded}).", code="codec-frame")
        self._step = _CELT_STEP if frame[0] >> 3 >= _FIRST_CELT else _SILK_STEP
        self._made_up = self._made_up[:0]
        return pcm

    def conceal(self, samples: int = FRAME_SAMPLES) -> Frame:
        """What the next `samples` that did not come may have sounded like, int16 (samples,); fades when it goes on.

        Any number from 1 to 5760 will do. Opus makes it up in steps of 10 ms (2.5 ms after a frame of CELT): what is
        over is kept for the next call, and dropped when a frame comes. `LocalError` for another number. Best asked for
        a frame at a time: CELT fades by as much with each call, however short, and the fifth in a row is noise.
        """
        if not 0 < samples <= LONGEST_SAMPLES:
            raise LocalError(f"{samples} samples cannot be made up at once.", code="codec-conceal")
        missing = samples - len(self._made_up)
        if missing > 0:
            pcm = np.empty(-(-missing // self._step) * self._step, np.int16)
            made = libopus_decode(self._state, None, 0, pcm.ctypes.data_as(c_int16_pointer), pcm.size, 0)
            if made != pcm.size:
                raise LocalError(f"Opus made up {made} of {pcm.size} samples.", code="codec-conceal")
            self._made_up = np.concatenate((self._made_up, pcm))
        made_up, self._made_up = self._made_up[:samples], self._made_up[samples:]
        return made_up


def duration_untrusted(frame: bytes) -> int:
    """Samples at 48 kHz in an Opus frame, told from its first two bytes alone (RFC 6716 §3.1): 120 to 5760.

    Raises `PacketError` when they say nothing of the kind; that they do does not mean that the rest is Opus.
    """
    if not frame:
        raise PacketError("An empty voice frame came in.", code="codec-frame")
    match frame[0] & 3:
        case 0:
            count = 1
        case 1 | 2:
            count = 2
        case _:
            count = frame[1] & 0x3F if len(frame) > 1 else 0
    samples = count * _DURATIONS[frame[0] >> 3]
    if not 0 < samples <= LONGEST_SAMPLES:
        raise PacketError("A voice frame came in that is longer than Opus allows, or empty.", code="codec-frame")
    return samples


# ── what this machine's libopus can do ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Features:
    """What there is; shown, never required."""

    version: str
    """As the library calls itself: "libopus 1.3.1"."""
    deep_plc: bool
    """Concealment by a neural network (libopus 1.5 or newer, built with it); `Decoder` uses it."""
    dred: bool
    """Deep redundancy (the same); nothing here uses it: RED does its work, for any peer."""


@cache
def features() -> Features:
    """What libopus says of itself; and for its concealment, what it does rather than what it says."""
    libopus.opus_get_version_string.restype = ctypes.c_char_p
    version = libopus.opus_get_version_string().decode("ascii", "replace")
    return Features(version, _has_deep_plc(), _has_dred())


def _raise_complexity(state: object, complexity: int = DECODER_COMPLEXITY) -> bool:
    """Whether the decoder takes it."""
    try:
        decoder_ctl(state, ctl.set_complexity, complexity)
    except opuslib.OpusError:
        return False
    return True


def _has_deep_plc() -> bool:
    """Whether a decoder at that complexity conceals otherwise than one at 0. libopus does not tell how it was built."""
    sounds = []
    for complexity in (0, DECODER_COMPLEXITY):
        decoder, encoder = Decoder(), Encoder(24_000)
        if not _raise_complexity(decoder._state, complexity):  # noqa: SLF001 - our own, for this one question
            return False
        # A voice of 120 Hz with its overtones, for 200 ms.
        time = np.arange(FRAME_SAMPLES * 10) / SAMPLE_RATE
        voice = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 20)) * 4000
        for frame in np.asarray(voice).astype(np.int16).reshape(-1, FRAME_SAMPLES):
            decoder.decode(encoder.encode(frame))
        sounds.append(decoder.conceal(2 * FRAME_SAMPLES))
    return not np.array_equal(sounds[0], sounds[1])


def _has_dred() -> bool:
    create = getattr(libopus, "opus_dred_decoder_create", None)
    if create is None:
        return False
    create.restype, create.argtypes = ctypes.c_void_p, (ctypes.POINTER(ctypes.c_int),)
    error = ctypes.c_int()
    dred = create(ctypes.byref(error))
    if not dred:
        return False
    destroy = libopus.opus_dred_decoder_destroy
    destroy.restype, destroy.argtypes = None, (ctypes.c_void_p,)
    destroy(dred)
    return error.value == 0
