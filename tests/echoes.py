"""The figures of a voice station in a room: how much echo goes, how much of the near voice stays, how late it comes."""

import math

import numpy as np
from room import BLOCK, RATE, Sound, call, echo, erle, likeness, noise, power, speech

from voip.media.processing import OFF, Processing
from voip.media.voice import Voice

CANCEL = Processing(gain=False)
"""Gain makes what is left of an echo louder, as it does the voice; ERLE is by convention measured without."""
ERLE, ALIKE, CONVERGED = 40.0, 0.8, 2.0
"""The targets: dB, correlation, seconds."""


def far_end(seconds: float) -> Sound:
    """A man and a woman in turn."""
    both = np.concatenate((speech("bob"), speech("alice")))
    return np.resize(both, round(seconds * RATE))


def echo_loss(delay: float, seconds: float, processing: Processing = CANCEL, drive: float = 0.0) -> dict[str, float]:
    """ERLE in dB: in the first second, in the next two, from then on."""
    far = far_end(seconds)
    alone = echo(far, delay, drive=drive)
    out = call(Voice(processing), alone + noise(far.size), far, delay)
    spans = {"0–1 s dB": (0.0, 1.0), "1–3 s dB": (1.0, 3.0), "ERLE dB": (3.0, seconds)}
    return {name: round(erle(alone, out, *span), 1) for name, span in spans.items()}


def double_talk(db: float, delay: float = 60.0) -> dict[str, float]:
    """Both talk, from the ninth second on; `db`: the echo against the near voice."""
    voice = speech("alice")
    near = np.concatenate((np.zeros(8 * RATE), voice))
    far = np.resize(speech("bob"), near.size)
    alone = echo(far, delay, db=0.0)
    alone *= np.sqrt(power(voice) / power(alone)) * 10 ** (db / 20)
    clean = call(Voice(Processing(echo=False, noise=False, gain=False)), near, np.zeros(near.size), delay)
    out = call(Voice(CANCEL), near + alone + noise(near.size), far, delay)
    alike, _ = likeness(clean, out, 9, 22)
    said = slice(9 * RATE, 22 * RATE)
    return {"correlation": round(alike, 3), "near dB": round(10 * math.log10(power(out[said]) / power(clean[said])), 1)}


def convergence(
    before: float, after: float, *, announced: bool, seconds: float = 22.0, jump: float = 11.0
) -> tuple[float, float]:
    """(seconds from a jump of the delay until the half second from there on reaches 40 dB; ERLE after two seconds)."""
    far = far_end(seconds)
    at = round(jump * RATE)
    alone = np.concatenate((echo(far, before)[:at], echo(far, after)[at:]))
    reported = np.full(round(seconds * 100), before)
    if announced:
        reported[round(jump * 100) :] = after
    out = call(Voice(CANCEL), alone + noise(far.size), far, reported)
    took = 0.0
    while took < 5 and erle(alone, out, jump + took, jump + took + 0.5) < ERLE:
        took += 0.1
    return round(took, 1), round(erle(alone, out, jump + 2, seconds), 1)


def added_delay(processing: Processing, frame: int = BLOCK) -> float:
    """Milliseconds by which a near voice comes later."""
    near = speech("alice")[: 6 * RATE]
    reference = (
        near
        if processing == OFF
        else call(Voice(Processing(echo=False, noise=False, gain=False)), near, np.zeros(near.size), 50)
    )
    return round(likeness(reference, call(Voice(processing), near, np.zeros(near.size), 50, frame), 2, 6)[1], 1)
