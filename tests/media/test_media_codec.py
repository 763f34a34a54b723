"""Opus: one size, whatever is said; a peer's garbage is the peer's fault."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_network import tone

from voip.errors import LocalError, PacketError
from voip.media.codec import Decoder, Encoder
from voip.media.pcm import LEVEL_FLOOR, SILENCE, level


def test_every_frame_has_the_same_size_whatever_is_said():
    noise = np.random.default_rng(1).integers(-32768, 32767, 48_000).astype(np.int16)
    sound = np.concatenate([noise, np.zeros(48_000, np.int16), tone(1.0), tone(0.5, 20), noise // 100])
    encoder = Encoder(32_000)
    sizes = {len(encoder.encode(frame)) for frame in sound[: sound.size // 960 * 960].reshape(-1, 960)}
    assert sizes == {80} == {encoder.frame_size}


@pytest.mark.parametrize("bitrate", [6_000, 24_000, 64_000, 256_000])
def test_the_size_follows_the_bitrate(bitrate):
    assert len(Encoder(bitrate).encode(SILENCE)) == bitrate // 400


@pytest.mark.parametrize("bitrate", [0, 5_600, 32_001, 300_000])
def test_a_bitrate_that_cannot_be_constant_is_refused(bitrate):
    with pytest.raises(LocalError):
        Encoder(bitrate)


def test_what_goes_in_comes_out():
    encoder, decoder = Encoder(), Decoder()
    said = tone(1.0)
    heard = np.concatenate([decoder.decode(encoder.encode(frame)) for frame in said.reshape(-1, 960)])
    assert heard.dtype == np.int16
    # 312 samples is Opus's look-ahead; its filter against rumble turns the phase a little.
    match = np.corrcoef(said[9600:-312], heard[9600 + 312 :])[0, 1]
    assert match > 0.95


def test_concealment_goes_on_like_the_sound_then_fades():
    encoder, decoder = Encoder(), Decoder()
    for frame in tone(1.0).reshape(-1, 960):
        last = decoder.decode(encoder.encode(frame))
    concealed = [level(decoder.conceal()) for _ in range(100)]
    assert abs(concealed[0] - level(last)) < 3
    # What stays is comfort noise.
    assert concealed[-1] < concealed[0] - 20


def test_concealing_before_anything_came_is_silence():
    assert level(Decoder().conceal()) == LEVEL_FLOOR


@pytest.mark.parametrize(
    "frame",
    [b"", b"\xff", b"\x7b" + bytes(1500), b"\x18\x00\x00", b"\x70" + bytes(80)],
    ids=["empty", "truncated", "too long", "60 ms", "10 ms"],
)
def test_what_is_not_20_ms_of_opus_is_the_peers_fault(frame):
    with pytest.raises(PacketError):
        Decoder().decode(frame)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=120), max_size=5))
def test_garbage_never_does_worse_than_packet_error(frames):
    decoder = Decoder()
    for frame in frames:
        try:
            assert decoder.decode(frame).shape == (960,)
        except PacketError:
            assert decoder.conceal().shape == (960,)


def test_a_frame_of_unexpected_size_is_never_sent():
    encoder = Encoder()
    encoder.frame_size += 1
    with pytest.raises(LocalError, match="bytes were due"):
        encoder.encode(SILENCE)


def test_a_wrong_shape_is_our_own_defect():
    with pytest.raises(LocalError):
        Encoder().encode(np.zeros(480, np.int16))
