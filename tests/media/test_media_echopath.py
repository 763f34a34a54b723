"""The linear path in front of WebRTC: takes out echo, leaves the near voice."""

import numpy as np
from room import RATE, echo, erle, noise, power, speech

from voip.media.echopath import SHARE, EchoPath

BLOCK = 480


def through(heard: np.ndarray, far: np.ndarray) -> np.ndarray:
    path = EchoPath()
    near, played = (np.clip(np.rint(signal), -32768, 32767).astype(np.int16) for signal in (heard, far))
    return np.concatenate(
        [path.work(near[at : at + BLOCK], played[at : at + BLOCK]) for at in range(0, near.size - BLOCK + 1, BLOCK)]
    ).astype(float)


def test_it_subtracts_its_share():
    far = speech("bob")[: 10 * RATE]
    alone = echo(far, 5)
    # All of a perfectly known path: −20 log10(1 − 0.6) = 8 dB.
    assert 6.0 < erle(alone, through(alone + noise(far.size), far), 4, 10) < -20 * np.log10(1 - SHARE) + 1


def test_a_near_voice_in_double_talk_is_left_as_it_was():
    far, near = speech("bob")[: 12 * RATE], speech("alice")[: 12 * RATE]
    near[: 4 * RATE] = 0
    alone = echo(far, 5)
    out = through(near + alone, far)
    span = slice(5 * RATE, 11 * RATE)
    left = out[span] - near[span]
    assert power(left) < 0.3 * power(alone[span])


def test_with_nothing_played_nothing_is_touched():
    near = speech("alice")[: 3 * RATE]
    assert np.array_equal(through(near, np.zeros(near.size)), near[: near.size // BLOCK * BLOCK])


def test_it_recovers_from_silence():
    far = speech("bob")[: 8 * RATE]
    far[2 * RATE : 4 * RATE] = 0
    alone = echo(far, 5)
    assert erle(alone, through(alone + noise(far.size), far), 4.5, 8) > 5.0
