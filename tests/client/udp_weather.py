"""A flow, its choosers and a relay in simulated time: what a network does to UDP, and what is made of it.

`Weather(rules).run(until, up=…, down=…)`: each of `up` and `down` says at a time whether a packet passes.
"""

import heapq
from collections.abc import Callable
from itertools import count

from voip.client.choosing import Change, Choosing, Evidence
from voip.client.flow import Flow
from voip.config import PATH, PathRules
from voip.wire import signals, stun

KEY = bytes(range(32))
GIVEN = signals.Flow(id="ab" * 16, key=KEY.hex(), port=7443)
NONCE = b"n" * 32
HERE = stun.Endpoint(bytes([192, 0, 2, 1]), 40_000)
TICK, FRAME = 0.025, 0.02
Passes = Callable[[float], bool]


def always(_at: float) -> bool:
    return True


def never(_at: float) -> bool:
    return False


class Weather:
    """Media go and come every 20 ms; the relay answers bindings as the contract says."""

    def __init__(self, *, rtt: float = 0.03, tls_rtt: float | None = 0.03, rules: PathRules = PATH) -> None:
        self.rtt, self.tls_rtt = rtt, tls_rtt
        self.now = 100.0
        self.out, self.into = Choosing(rules), Choosing(rules)
        self.flow = Flow(GIVEN, self._transmit, rules)
        self.changes: list[tuple[float, str, Change]] = []
        self.requests: list[float] = []
        self.peer_sends = True
        self.tells = True
        """Whether the relay says `FlowSilent`."""
        self.lost_out = 0
        """Media packets that went by UDP alone, and did not arrive."""
        self._received = self._sent = 0
        self._heard_media_at: float | None = None
        self._unheard = False
        self._up: Passes = always
        self._down: Passes = always
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._at(0.0, self._tick)
        self._at(0.0, self._media)

    def run(self, seconds: float, *, up: Passes = always, down: Passes = always) -> list[tuple[float, str, Change]]:
        """So long, in this weather; the changes in it, with seconds since it began."""
        self._up, self._down = up, down
        began, before = self.now, len(self.changes)
        while self._events[0][0] < began + seconds:
            self.now, _, act = heapq.heappop(self._events)
            act()
        self.now = began + seconds
        return [(round(at - began, 3), way, change) for at, way, change in self.changes[before:]]

    def _at(self, after: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + after, next(self._order), act))

    # ── the client ─────────────────────────────────────────────────────────────────────────────────────────────

    def _tick(self) -> None:
        self._at(TICK, self._tick)
        now, flow = self.now, self.flow
        expecting = self.into.way == "udp"
        flow.tick(now, trying=self.out.trying(now) or self.into.trying(now), expecting=expecting)
        quiet = flow.quiet(now, expecting=expecting)

        def seen(heavy: bool, unheard: bool = False) -> Evidence:
            return Evidence(
                flow.answered, quiet, flow.round_trip, self.tls_rtt, heavy, unheard, flow.is_refused, flow.shortest
            )

        outward = seen(flow.heavy_out(now), self._unheard)
        self._unheard = False
        for name, choosing, what in (("out", self.out, outward), ("in", self.into, seen(flow.heavy_in(now)))):
            change = choosing.look(what, now)
            if change is None:
                continue
            self.changes.append((now, name, change))
            flow.begin_anew(flow.outward if name == "out" else flow.inward, proven=change.way == "udp")
            if name == "in":
                flow.expect(now)
        self.both = self.out.both(outward, now)

    def _media(self) -> None:
        self._at(FRAME, self._media)
        if self.out.way == "udp" or getattr(self, "both", False):
            self.flow.media_sent()
            if self._up(self.now):
                self._at(self.rtt / 2, self._media_at_relay)
            elif not self.both:
                self.lost_out += 1
        heard = self._heard_media_at
        by_tls = self.out.way == "tls" or self.both
        if by_tls:
            self._heard_media_at = None
        elif self.tells and heard is not None and self.now - heard > 0.2:
            self._heard_media_at = None
            self._at(self.rtt / 2, lambda: setattr(self, "_unheard", True))
        if self.into.way == "udp" and self.peer_sends:
            self._sent += 1
            packet = bytes([0x80, 0x6F]) + (self._sent % 65_536).to_bytes(2, "big") + bytes(60)
            if self._down(self.now):
                self._at(self.rtt / 2, lambda: self.flow.media_came(packet, self.now, authentic=True))

    # ── the relay ──────────────────────────────────────────────────────────────────────────────────────────────

    def _media_at_relay(self) -> None:
        self._received += 1
        self._heard_media_at = self.now

    def _transmit(self, packet: bytes) -> bool:
        self.requests.append(self.now)
        if self._up(self.now):
            self._at(self.rtt / 2, lambda: self._request_at_relay(packet))
        return True

    def _request_at_relay(self, packet: bytes) -> None:
        message = stun.decode_untrusted(packet)
        if not message.is_from(KEY):
            return
        if message.nonce != NONCE:
            answer = stun.error(message.transaction, stun.STALE_NONCE, nonce=NONCE)
        else:
            answer = stun.success(message.transaction, KEY, HERE, self._received, self._sent)
        if self._down(self.now):
            self._at(self.rtt / 2, lambda: self.flow.receive_untrusted(answer, self.now))
