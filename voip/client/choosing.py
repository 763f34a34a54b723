"""Which way the media of one direction go: UDP when it has proven itself, TLS whenever it has not. Nothing here waits.

                 proven: bindings answered in a row, not much slower than TLS
          ┌──────────────────────────────────────────────────────────────────┐
          │                                                                  ▼
        tls  (starts here)                                                  udp   both ways at first, and in doubt
          ▲                                                                  │
          └──────────────────────────────────────────────────────────────────┘
                 silent, unheard at the relay, loses heavily, refused        then a pause, longer if it was brief

Make before break: `both` says when packets go by either way. Numbers with their reasons are `config.PathRules`.
"""

from dataclasses import dataclass
from typing import Literal

from voip.config import PATH, PathRules

Way = Literal["udp", "tls"]
Why = Literal["", "proven", "silent", "unheard", "loss", "refused", "gone", "forced"]
"""`proven`: UDP works both ways; `silent`: nothing comes by it any more; `unheard`: the relay says that nothing of ours
does; `loss`: it loses heavily; `refused`: the system says that nobody is there; `gone`: the other way is not there any
more; `forced`: the person wants it so."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a flow, seen from one direction, at one moment."""

    answered: int = 0
    """Bindings answered in a row."""
    quiet: float = 0.0
    """Seconds since something should have come by UDP and nothing did."""
    round_trip: float | None = None
    """Of bindings, smoothed, seconds."""
    tls_round_trip: float | None = None
    """None: not known."""
    heavy: bool = False
    """It loses more than is good for the voice."""
    unheard: bool = False
    """The relay has said that nothing of ours comes."""
    refused: bool = False
    """The system has said that nobody is there, or that there is no way."""
    shortest: float | None = None
    """The shortest round trip of the latest bindings."""


@dataclass(frozen=True, slots=True)
class Change:
    """From now on another way."""

    way: Way
    why: Why


class Choosing:
    """One direction of one leg. Ask `look` at least every few hundredths of a second."""

    def __init__(self, rules: PathRules = PATH) -> None:
        self._rules = rules
        self._pause = rules.pause
        self._taken_at = 0.0
        self._not_before = 0.0
        self._both_until = 0.0
        self._proof = rules.proof
        self.way: Way = "tls"
        """Where packets go."""

    def look(self, seen: Evidence, now: float) -> Change | None:
        """What `seen` changes, if anything."""
        if self.way == "tls":
            return self._take(now) if self._good(seen, now) else None
        why = self._bad(seen)
        return self._leave(why, now) if why else None

    def gone(self, now: float) -> Change | None:
        """There is no flow any more."""
        return self._leave("gone", now) if self.way == "udp" else None

    def alone(self, now: float) -> Change | None:
        """There is no TLS any more."""
        return self._take(now, "gone") if self.way == "tls" else None

    def both(self, seen: Evidence, now: float) -> bool:
        """Whether packets go both ways now: after a change, and while UDP is in doubt."""
        return now < self._both_until or (self.way == "udp" and seen.quiet >= self._rules.doubt)

    def trying(self, now: float) -> bool:
        """Whether UDP would be taken now if it proved itself, or has not carried media for long."""
        return now >= self._not_before if self.way == "tls" else now < self._both_until

    # ── within ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _good(self, seen: Evidence, now: float) -> bool:
        rules = self._rules
        if now < self._not_before or seen.answered < self._proof or seen.refused or seen.quiet >= rules.doubt:
            return False
        if seen.shortest is None or seen.tls_round_trip is None:
            return True
        # The kernel measures TCP's, we measure ours, with whatever holds us and the relay up: so the shortest counts.
        return seen.shortest <= rules.round_trip_factor * seen.tls_round_trip + rules.round_trip_more

    def _bad(self, seen: Evidence) -> Why:
        if seen.refused:
            return "refused"
        if seen.unheard:
            return "unheard"
        if seen.quiet >= silence(seen.round_trip, self._rules):
            return "silent"
        return "loss" if seen.heavy else ""

    def _take(self, now: float, why: Why = "proven") -> Change:
        self.way, self._taken_at, self._both_until = "udp", now, now + self._rules.overlap
        return Change("udp", why)

    def _leave(self, why: Why, now: float) -> Change:
        rules, held = self._rules, now - self._taken_at
        if held >= rules.steady:
            self._pause = rules.pause
        self._not_before = now + self._pause
        if held < rules.brief:
            self._pause = min(2 * self._pause, rules.pause_most)
        self._proof = rules.proof_after_loss if why == "loss" else rules.proof
        self.way, self._both_until = "tls", now + rules.parting
        return Change("tls", why)


def silence(round_trip: float | None, rules: PathRules = PATH) -> float:
    """Seconds without anything after which UDP is silent: a doubt's binding must have had the time to be answered."""
    return min(rules.silence_most, max(rules.silence, rules.doubt + 1.5 * (round_trip or 0.0)))
