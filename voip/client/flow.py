"""A leg's flow in UDP, as the client keeps it: bindings asked and answered, round trip, silence, loss each way.

    tick(now, …) ──Binding request: USERNAME, NONCE, integrity──→ transmit
    receive_untrusted(packet, now) ←── Binding answer: the relay's counts, integrity · or 438: another NONCE

A binding that is not answered is not sent again: the next one, with a higher counter, does as well (ADR 0010). Nothing
here waits or reads a clock.
"""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from voip.client.tally import Tally
from voip.config import PATH, PathRules
from voip.errors import PacketError
from voip.media.protector import is_rtcp
from voip.wire import signals, stun

STALE_MAX = 3
"""New nonces in a row that are used at once; then the flow goes on at its pace, whatever it is told."""
ASKED_MAX = 64
"""Bindings remembered that wait to be answered."""
PROVEN_LONG = 50
"""Bindings answered in a row after which trying faster shows nothing more."""
LATEST, FEW = 8, 6
"""Of so many bindings, so many unanswered are heavy loss: at 20 % each way that happens once in 40 times …"""
MISSED = 3
"""Packets left out since the last answer, from which on the relay's counts are asked for quickly."""
SMOOTHING = 0.25


@dataclass(frozen=True, slots=True)
class _Asked:
    """A binding that waits for its answer."""

    at: float
    sent: int
    """Media packets that were sent on the flow before it."""


class Flow:
    """One flow. `transmit` sends a datagram; it must not raise."""

    def __init__(self, given: signals.Flow, transmit: Callable[[bytes], object], rules: PathRules = PATH) -> None:
        self._username = given.id.encode()
        self._key = bytes.fromhex(given.key)
        self._transmit = transmit
        self._rules = rules
        self._nonce = b""
        self._stale = 0
        self._counter = 0
        self._asked: dict[bytes, _Asked] = {}
        self._latest: dict[bytes, float | None] = {}
        """The last bindings: when they were asked, None once they were answered."""
        self._asked_at: float | None = None
        self._heard_at: float | None = None
        self._ticked_at: float | None = None
        self._awake_since = self._expected_at = 0.0
        self._refused_at: float | None = None
        self._unanswered = 0
        """Bindings since the last answer."""
        self._newest: int | None = None
        self._missed = 0
        """Sequence numbers left out since the last answer; packets that overtake each other count as well."""
        self.answered = 0
        """Bindings answered in a row."""
        self.round_trip: float | None = None
        """Smoothed, seconds."""
        self._took: deque[float] = deque(maxlen=LATEST)
        self.sent = self.came = 0
        """Media packets, by this flow."""
        self.outward, self.inward = Tally(rules), Tally(rules)
        """What becomes of what we send; of what is sent to us."""

    # ── media ──────────────────────────────────────────────────────────────────────────────────────────────────

    def media_sent(self) -> None:
        """A media packet went by this flow."""
        self.sent += 1

    def media_came(self, packet: bytes, now: float, *, authentic: bool) -> None:
        """A media packet came by this flow."""
        self.came += 1
        if not authentic:  # what anybody can send is no sign of life
            return
        self._heard_at = now
        if not is_rtcp(packet):
            number = int.from_bytes(packet[2:4], "big")
            self._missed += max(0, _ahead(self._newest, number) - 1) if self._newest is not None else 0
            self._newest = number

    def begin_anew(self, direction: Tally, *, proven: bool) -> None:
        """One direction has changed its way: what is known of the time before says nothing of the time from now on."""
        direction.restart()
        if not proven:
            self.answered = 0

    def expect(self, now: float) -> None:
        """Media that are to come have their time to come from now on."""
        self._expected_at = now

    # ── bindings ───────────────────────────────────────────────────────────────────────────────────────────────

    def tick(self, now: float, *, trying: bool, expecting: bool) -> None:
        """Ask when it is time to.

        `trying`: it would be taken if it proved itself, or was taken just now. `expecting`: media should come by it.
        """
        if self._ticked_at is not None and now - self._ticked_at > self._rules.held_up:
            self._awake_since = now
        self._ticked_at = now
        self._forget(now)
        if self._asked_at is None or now - self._asked_at >= self._pace(now, trying=trying, expecting=expecting):
            self._ask(now)

    def receive_untrusted(self, packet: bytes, now: float) -> bool:
        """A STUN message came. Whether it was an answer to a binding of ours; anything else is dropped."""
        try:
            answer = stun.decode_untrusted(packet)
        except PacketError:
            return False
        asked = self._asked.get(answer.transaction)
        if asked is None:
            return False
        if answer.type is stun.Type.ERROR:
            return self._refused_untrusted(answer, now)
        if answer.type is not stun.Type.SUCCESS or not answer.fingerprint or not answer.is_from(self._key):
            return False
        self._answered(answer.transaction, asked, now)
        if answer.received is not None and answer.sent is not None:
            self.outward.told(asked.sent, answer.received)
            self.inward.told(answer.sent, self.came)
        return True

    def refused(self, now: float) -> None:
        """The system says that nobody is there."""
        self._refused_at = now

    @property
    def is_refused(self) -> bool:
        """Whether nothing has come since the system said that nobody is there."""
        return self._refused_at is not None and (self._heard_at is None or self._heard_at <= self._refused_at)

    @property
    def shortest(self) -> float | None:
        """The shortest round trip of the latest: what the network takes, without what busy machines do."""
        return min(self._took, default=None)

    @property
    def bound(self) -> bool:
        """Whether the relay knows our address."""
        return self.round_trip is not None

    def quiet(self, now: float, *, expecting: bool) -> float:
        """Seconds for which something should have come and nothing did.

        While media are expected, anything that is authentic will do. Else it is the bindings' answers that are due.
        """
        if not expecting or self._heard_at is None:
            return self._overdue(now, self._heard_at)
        return max(0.0, now - max(self._heard_at, self._expected_at, self._awake_since))

    def heavy_out(self, now: float) -> bool:
        """Whether more of what we send is lost than is good for the voice: the relay's counts say so, or few answer."""
        return self.outward.heavy or self._few_answer(now)

    def heavy_in(self, now: float) -> bool:
        """The same of what is sent to us; that packets are left out is to be seen here as well."""
        return self.inward.heavy or (self._missed >= MISSED and self._few_answer(now))

    # ── within ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _overdue(self, now: float, after: float | None = None) -> float:
        """Seconds for which an answer is due to a binding that was asked after `after`."""
        waiting = [one.at for one in self._asked.values() if after is None or one.at > after]
        if not waiting:
            return 0.0
        return max(0.0, now - max(min(waiting) + (self.round_trip or 0.0), self._awake_since))

    def _few_answer(self, now: float) -> bool:
        due = now - (self.round_trip or 0.0) - self._rules.doubt
        unanswered = sum(one is not None and one <= due for one in self._latest.values())
        return unanswered >= FEW

    def _pace(self, now: float, *, trying: bool, expecting: bool) -> float:
        rules = self._rules
        quiet = max(self.quiet(now, expecting=expecting), self._overdue(now))
        doubted = quiet >= rules.doubt or self._missed >= MISSED
        if (not trying and not doubted) or (self.answered >= PROVEN_LONG and not doubted):
            return rules.keep_alive
        if self._heard_at is not None and now - self._heard_at < rules.unheard:
            return rules.probe
        # What does not answer is asked less and less often.
        return min(rules.keep_alive, rules.probe * 2.0 ** max(0, self._unanswered - rules.proof))

    def _ask(self, now: float) -> None:
        self._counter += 1
        self._unanswered += 1
        self._asked_at = now
        transaction = self._counter.to_bytes(8, "big") + secrets.token_bytes(4)
        if len(self._asked) >= ASKED_MAX:
            del self._asked[next(iter(self._asked))]
        self._asked[transaction] = _Asked(now, self.sent)
        self._latest[transaction] = now
        if len(self._latest) > LATEST:
            del self._latest[next(iter(self._latest))]
        self._transmit(stun.request(transaction, self._username, self._key, self._nonce))

    def _answered(self, transaction: bytes, asked: _Asked, now: float) -> None:
        earlier = [other for other, one in self._asked.items() if one.at < asked.at]
        for other in earlier:  # the relay answers in order: these are lost
            del self._asked[other]
        del self._asked[transaction]
        if transaction in self._latest:
            self._latest[transaction] = None
        self.answered = 1 if earlier else self.answered + 1
        self._stale = self._unanswered = self._missed = 0
        self._heard_at = now
        took = now - asked.at
        self._took.append(took)
        self.round_trip = took if self.round_trip is None else self.round_trip + SMOOTHING * (took - self.round_trip)

    def _refused_untrusted(self, answer: stun.Message, now: float) -> bool:
        """Nobody has signed this; but whoever answers so has seen our request. At worst there is no UDP."""
        if answer.error != stun.STALE_NONCE or not answer.nonce:
            return False
        del self._asked[answer.transaction]
        self._latest.pop(answer.transaction, None)
        self._nonce = answer.nonce
        self._stale += 1
        if self._stale <= STALE_MAX:
            self._ask(now)
        return True

    def _forget(self, now: float) -> None:
        """What was not answered for long is lost."""
        for transaction, one in list(self._asked.items()):
            if now - max(one.at, self._awake_since) < self._rules.unheard:
                break
            del self._asked[transaction]
            self.answered = 0


def _ahead(newest: int, number: int) -> int:
    """Steps from one sequence number to another, forwards (RFC 3550 A.1); backwards or very far is none."""
    step = (number - newest) % 65_536
    return step if step < 1_000 else 0
