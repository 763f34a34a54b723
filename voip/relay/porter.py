"""Who may come in and how much they may do there: the limits of `config.Admission`, and what was turned away by them.

    TCP ──→ enter: room? not too many, not too often from there? ──→ hands are shaken
              └─ no: dropped without a word: an answer would cost more than the question
    TLS ──→ greet: not too many of this person? ──→ link, leg
    signals ──→ may_enrol, may_invite
              └─ no: `SignalError` or `ProtocolError`, and so a `Refused` that says why

It decides and counts; `io.serving` asks it as its `Door`. What is kept of strangers is bounded by how many of them may
be here, and by `buckets.KEYS_MAX`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voip.config import Admission
from voip.errors import ProtocolError, SignalError
from voip.io import clock
from voip.relay.buckets import Buckets


class Porter:
    """One relay's. `now`: seconds."""

    def __init__(self, admission: Admission, now: Callable[[], float] = clock.monotonic) -> None:
        self._admission = admission
        self._now = now
        self._here: Counter[str] = Counter()
        self._people: Counter[str] = Counter()
        self._count = 0
        self._handshakes = Buckets(admission.handshakes_of_address)
        self._enrolments = Buckets(admission.enrolments_of_address)
        self._invites = Buckets(admission.invites_of_person)
        self.turned_away: Counter[str] = Counter()
        """Connections that were dropped before they could be told why, by what there was too much of."""

    # ── connections (`voip.io.serving.Door`) ───────────────────────────────────────────────────────────────────

    def enter(self, address: str) -> bool:
        """Whether one more connection from `address` may come in."""
        reason = self._why_not(address)
        if reason:
            self.turned_away[reason] += 1
            return False
        self._here[address] += 1
        self._count += 1
        return True

    def crowded(self, address: str) -> None:
        """One from `address` was dropped because too many are shaking hands."""
        self.turned_away["handshaking"] += bool(address)

    def leave(self, address: str) -> None:
        """One that was let in is gone."""
        self._count -= 1
        self._here[address] -= 1
        if self._here[address] <= 0:
            del self._here[address]

    def _why_not(self, address: str) -> str:
        if self._count >= self._admission.connections:
            return "connections"
        if self._here[address] >= self._admission.connections_of_address:
            return "connections-of-address"
        if not self._handshakes.take(address, self._now()):
            return "handshakes-of-address"
        return ""

    # ── people ─────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def greet(self, name: str) -> Iterator[None]:
        """One more connection of `name`, for as long as the context lasts; raises `ProtocolError`."""
        most = self._admission.connections_of_person
        if self._people[name] >= most:
            sentence = f"You have {most} connections to this relay already; close some of them."
            raise ProtocolError(sentence, code="too-many-connections")
        self._people[name] += 1
        try:
            yield
        finally:
            self._people[name] -= 1
            if not self._people[name]:
                del self._people[name]

    def may_enrol(self, address: str) -> None:
        """One more try to join from `address`; raises `ProtocolError`."""
        if not self._enrolments.take(address, self._now()):
            sentence = "Too many people try to join from your network at once; try again in a minute."
            raise ProtocolError(sentence, code="enrolments-too-fast")

    def may_invite(self, name: str) -> None:
        """One more call of `name`; raises `SignalError`."""
        if not self._invites.take(name, self._now()):
            raise SignalError("You begin calls faster than a person can; wait a minute.", code="invites-too-fast")
