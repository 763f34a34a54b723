"""Opus: one size, whatever is said; a peer's garbage is the peer's fault."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_network import tone
from speech import load

from voip.errors import LocalError, PacketError
from voip.media.codec import Decoder, Encoder, duration_untrusted, features
from voip.media.pcm import LEVEL_FLOOR, SILENCE, level

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SPEECH = load(ASSETS / "alice.wav").astype(np.int16)[48_000:96_000]


def test_every_frame_has_the_same_size_whatever_is_said():
    noise = np.random.default_rng(1).integers(-32768, 32767, 48_000).astype(np.int16)
    sound = np.concatenate([noise, np.zeros(48_000, np.int16), tone(1.0), tone(0.5, 20), noise // 100])
    encoder = Encoder(32_000)
    sizes = {len(encoder.encode(frame)) for frame in sound[: sound.size // 960 * 960].reshape(-1, 960)}
    assert sizes == {80} == {encoder.frame_size}


@pytest.mark.parametrize("low_delay", [False, True])
@pytest.mark.parametrize("frame_ms", [5, 10, 20, 40])
@pytest.mark.parametrize("bitrate", [12_800, 24_000, 64_000])
def test_the_size_follows_bitrate_and_length_and_nothing_else(bitrate, frame_ms, low_delay):
    encoder = Encoder(bitrate, frame_ms, low_delay=low_delay)
    sound = np.concatenate([tone(0.2), np.zeros(4800, np.int16), tone(0.2, 30_000)])
    frames = sound[: sound.size // encoder.frame_samples * encoder.frame_samples].reshape(-1, encoder.frame_samples)
    assert {len(encoder.encode(frame)) for frame in frames} == {bitrate * frame_ms // 8000} == {encoder.frame_size}
    assert encoder.lookahead == (120 if low_delay else 312)


@pytest.mark.parametrize(
    ("bitrate", "frame_ms"), [(0, 20), (5_600, 20), (32_001, 20), (300_000, 20), (12_000, 5), (32_000, 60), (32_000, 0)]
)
def test_what_cannot_be_constant_is_refused(bitrate, frame_ms):
    with pytest.raises(LocalError):
        Encoder(bitrate, frame_ms)


def test_a_change_of_rate_and_length_changes_the_sizes_and_not_the_sound():
    encoder, decoder = Encoder(32_000, 10), Decoder()
    said, heard, sizes, at = SPEECH, [], [], 0
    for bitrate, frame_ms, count in [
        (32_000, 10, 25),
        (24_000, 10, 25),
        (24_000, 20, 10),
        (48_000, 5, 20),
        (32_000, 20, 9),
    ]:
        encoder.become(bitrate, frame_ms)
        for _ in range(count):
            encoded = encoder.encode(said[at : at + encoder.frame_samples])
            at += encoder.frame_samples
            sizes.append((len(encoded), encoder.frame_size))
            heard.append(decoder.decode(encoded))
    assert {size for size, _ in sizes} == {40, 30, 60, 80}
    assert all(size == due for size, due in sizes)
    assert np.corrcoef(said[: at - 312], np.concatenate(heard)[312:])[0, 1] > 0.95
    with pytest.raises(LocalError):
        encoder.become(24_001, 20)
    assert (encoder.frame_size, encoder.frame_samples) == (80, 960)


def test_what_goes_in_comes_out():
    encoder, decoder = Encoder(), Decoder()
    said = tone(1.0)
    heard = np.concatenate([decoder.decode(encoder.encode(frame)) for frame in said.reshape(-1, 960)])
    assert heard.dtype == np.int16
    # 312 samples is Opus's look-ahead; its filter against rumble turns the phase a little.
    match = np.corrcoef(said[9600:-312], heard[9600 + 312 :])[0, 1]
    assert match > 0.95


def decoded(*, low_delay: bool) -> tuple[Decoder, list[bytes], np.ndarray]:
    """A decoder that has just heard speech, the frames to come, and what it heard last."""
    encoder, decoder = Encoder(low_delay=low_delay), Decoder()
    frames = [encoder.encode(frame) for frame in SPEECH.reshape(-1, 960)]
    # Hybrid is configuration 12 to 15, CELT 16 and on.
    assert {frame[0] >> 3 >= 16 for frame in frames} == {low_delay}
    for frame in frames[:14]:
        last = decoder.decode(frame)
    return decoder, frames[14:], last


def test_concealment_goes_on_like_the_sound_then_fades():
    decoder, _, last = decoded(low_delay=False)
    concealed = [level(decoder.conceal(960)) for _ in range(100)]
    assert abs(concealed[0] - level(last)) < 3
    # What stays is comfort noise.
    assert concealed[-1] < concealed[0] - 20


@pytest.mark.parametrize(
    ("low_delay", "pieces"),
    [(False, [480] * 4), (False, [120] * 16), (False, [7, 400, 73, 1, 1439]), (True, [480] * 4), (True, [240] * 8)],
)
def test_concealment_in_pieces_has_no_seam(low_delay, pieces):
    decoder, _, last = decoded(low_delay=low_delay)
    made = [decoder.conceal(samples) for samples in pieces]
    assert [piece.shape for piece in made] == [(samples,) for samples in pieces]
    # Unmended, SILK's own seams bend ten times as much as the speech before.
    bends = np.abs(np.diff(np.concatenate(made).astype(float), 2))
    assert bends.max() < 1.5 * np.abs(np.diff(last.astype(float), 2)).max()


def test_what_was_made_up_in_advance_is_dropped_when_a_frame_comes():
    heard = []
    for samples in (1, 480):
        decoder, frames, _ = decoded(low_delay=False)
        decoder.conceal(samples)
        heard.append(np.concatenate([decoder.decode(frames[0]), decoder.conceal(960)]))
    assert np.array_equal(*heard)


@pytest.mark.parametrize("samples", [0, -480, 5761])
def test_more_than_a_packet_can_hold_is_not_made_up(samples):
    with pytest.raises(LocalError):
        Decoder().conceal(samples)


def test_concealing_before_anything_came_is_silence():
    assert level(Decoder().conceal(960)) == LEVEL_FLOOR


def test_one_decoder_takes_every_length_and_mode_in_turn():
    decoder, sound = Decoder(), tone(0.04)
    for _ in range(3):
        for frame_ms, low_delay in [(5, True), (20, False), (10, False), (40, False), (10, True), (5, False)]:
            encoder = Encoder(32_000, frame_ms, low_delay=low_delay)
            for frame in sound.reshape(-1, encoder.frame_samples):
                encoded = encoder.encode(frame)
                assert duration_untrusted(encoded) == encoder.frame_samples
                assert decoder.decode(encoded).shape == (encoder.frame_samples,)


# RFC 6716 §3.1, table 2, and the four codes of §3.2.
@pytest.mark.parametrize(
    ("frame", "samples"),
    [
        (b"\x00", 480),  # SILK NB
        (b"\x18", 2880),  # SILK NB 60 ms
        (b"\x60", 480),  # hybrid SWB
        (b"\x78", 960),  # hybrid FB
        (b"\x80", 120),  # CELT NB
        (b"\xf8", 960),  # CELT FB
        (b"\xf9", 1920),  # two of a size
        (b"\x1a\x00", 5760),  # two of 60 ms
        (b"\x7b\x03", 2880),  # three
        (b"\x83\xb0", 5760),  # 48, padded and of various sizes
    ],
)
def test_the_duration_stands_in_the_first_bytes(frame, samples):
    assert duration_untrusted(frame) == samples


@pytest.mark.parametrize(
    "frame",
    [b"", b"\xff", b"\x7b\x07" + bytes(80), b"\x7b\x00", b"\x1b\x03" + bytes(60)],
    ids=["empty", "no count", "140 ms", "of nothing", "180 ms"],
)
def test_a_duration_that_cannot_be_is_the_peers_fault(frame):
    with pytest.raises(PacketError):
        duration_untrusted(frame)


@pytest.mark.parametrize("frame", [b"", b"\xff", b"\x7b" + bytes(1500), b"\xfa\xff\xff" + bytes(80)])
def test_what_is_not_opus_is_the_peers_fault(frame):
    with pytest.raises(PacketError):
        Decoder().decode(frame)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=120), st.integers(1, 5760)), max_size=5))
def test_garbage_never_does_worse_than_packet_error(frames):
    decoder = Decoder()
    for frame, samples in frames:
        try:
            assert decoder.decode(frame).shape == (duration_untrusted(frame),)
        except PacketError:
            assert decoder.conceal(samples).shape == (samples,)


def test_the_library_is_asked_what_it_can_do():
    found = features()
    assert re.match(r"libopus \d+\.\d+", found.version)
    major, minor = map(int, re.findall(r"\d+", found.version)[:2])
    if (major, minor) < (1, 5):
        assert not found.deep_plc
        assert not found.dred


def test_a_frame_of_unexpected_size_is_never_sent():
    encoder = Encoder()
    encoder.frame_size += 1
    with pytest.raises(LocalError, match="bytes were due"):
        encoder.encode(SILENCE)


def test_a_wrong_shape_is_our_own_defect():
    with pytest.raises(LocalError):
        Encoder().encode(np.zeros(480, np.int16))
