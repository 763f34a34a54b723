"""The relay's own account of our leg, held against what we know that we sent and got.

    leg ──each packet──→ passed() ──SHA-256──→ [ the latest of each direction ] ←── inside() ── SRTP's plaintexts
                                                      ↕ known?
    link ──Witnessed──→ hear() ──→ [ rows of packets that may still be on their way to us ] ──→ RelaySaw

While nobody watches, nothing is hashed: only references to the last packets sent are kept, because a relay that is
asked now may still forward them. What it forwards to us it may tell of before the packet is here: link and leg are two
TCP connections. So an unknown packet is only held against it when a later one has come, or after `WAIT`. While media
come by UDP, one that never came may have been lost on its way: those are only counted.
"""

import asyncio
import hashlib
from collections import deque
from dataclasses import dataclass

from voip.errors import CallError
from voip.io import clock
from voip.journal.book import Journal
from voip.journal.meaning import of_packet
from voip.journal.observations import Forwarded, RelaySaw
from voip.session.tls.events import Direction
from voip.wire.signals import Sighting, Witnessed

MEMORY = 1000
"""Packets of each direction that are known again: 5 s of voice at least, 10 of the usual."""
RECENT = 600
"""Packets sent before we watched that may be on their way still: 3 s of voice at least."""
HEAD, PLAIN = 16, 32
"""First bytes kept of a packet, and of what was inside."""
WAIT = 3.0
"""Seconds for a packet to arrive that the relay says it forwarded to us."""
WAITING_MAX = 500
"""Rows that wait for theirs; beyond it the oldest is judged."""
ROWS = 40
"""Rows that are shown."""


@dataclass(slots=True)
class _Packet:
    """One of ours."""

    size: int
    head: str
    meaning: str
    plain: bytes = b""


class RelayEye:
    """One phone's; it has at most one leg to watch."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._call = ""
        self._watching = False
        self._recent: deque[bytes] = deque(maxlen=RECENT)
        self._known: dict[Direction, dict[str, _Packet]] = {"out": {}, "in": {}}
        self._waiting: deque[tuple[float, Sighting]] = deque()
        self._latest: deque[Forwarded] = deque(maxlen=ROWS)
        self._matched = self._unknown = self._skipped = self._lost = 0
        self._lossy_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    # ── the leg's side ─────────────────────────────────────────────────────────────────────────────────────────

    def leg_stands(self, call: str) -> None:
        """The leg of `call` can be watched; if it stands again, what was asked for goes on."""
        if call == self._call:
            return
        self._stop()
        self._recent.clear()
        self._call = call

    def leg_gone(self, call: str) -> None:
        """It is gone, and the watching with it."""
        if call == self._call:
            self._stop()
            self._recent.clear()
            self._call = ""

    def passed(self, direction: Direction, packet: bytes) -> None:
        """`packet` goes to the leg, or came from it."""
        if self._watching:
            self._remember(direction, packet)
        elif direction == "out":
            self._recent.append(packet)

    def inside(self, direction: Direction, packet: bytes, plain: bytes) -> None:
        """`plain` is what is in `packet`, which is about to pass, or has passed."""
        if self._watching:
            self._remember(direction, packet).plain = plain[:PLAIN]

    def by_udp(self, on: bool) -> None:
        """Whether media may come to us by UDP, which loses packets, or lets one overtake another."""
        self._lossy_until = float("inf") if on else min(self._lossy_until, clock.monotonic() + 2 * WAIT)

    # ── the phone's side ───────────────────────────────────────────────────────────────────────────────────────

    def watch(self, call: str, *, on: bool) -> None:
        """Begin (anew) or cease. Raises `CallError` when `call` has no leg that stands."""
        if not on:
            self._stop()
            return
        if not call or call != self._call:
            raise CallError("The call's connection through the relay does not stand yet; try again.", code="no-leg")
        self._stop()
        self._matched = self._unknown = self._skipped = self._lost = 0
        self._watching = True
        for packet in self._recent:
            self._remember("out", packet)
        self._recent.clear()

    @property
    def watching(self) -> bool:
        """Whether the relay was asked."""
        return self._watching

    def hear(self, account: Witnessed) -> None:
        """The relay says what it forwarded; what we did not ask for is not listened to."""
        if not self._watching or account.call != self._call:
            return
        self._skipped += account.skipped
        due = clock.monotonic() + WAIT
        for row in account.rows:
            if row.direction == "out":
                self._judge(row)
            else:
                self._waiting.append((due, row))
        self._settle(told=bool(account.rows))

    # ── within ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _lossy(self) -> bool:
        return clock.monotonic() < self._lossy_until

    def _remember(self, direction: Direction, packet: bytes) -> _Packet:
        known, digest = self._known[direction], _digest(packet)
        found = known.get(digest)
        if found is None:
            found = known[digest] = _Packet(len(packet), packet[:HEAD].hex(), of_packet(packet)[0])
            if len(known) > MEMORY:
                del known[next(iter(known))]
        return found

    def _find(self, row: Sighting) -> _Packet | None:
        """Ours, if the relay says the truth of it: the same bytes, size and beginning."""
        found = self._known[row.direction].get(row.digest)
        return found if found is not None and (found.size, found.head) == (row.size, row.head) else None

    def _judge(self, row: Sighting) -> None:
        found = self._find(row)
        if found is None and row.direction == "in" and self._lossy and is_media(row):
            self._lost += 1
            return
        if found is None:
            self._unknown += 1
        else:
            self._matched += 1
        self._latest.append(
            Forwarded(
                row.direction,
                row.size,
                row.digest,
                bytes.fromhex(row.head),
                known=found is not None,
                meaning=found.meaning if found else "",
                plain=found.plain if found else b"",
            )
        )

    def _settle(self, *, told: bool) -> None:
        """Judge what can be judged now, and say so."""
        waiting, now = self._waiting, clock.monotonic()
        # The leg keeps the order: what comes before a packet that is here would be here too.
        here = max((place for place, (_, row) in enumerate(waiting, 1) if self._find(row) is not None), default=0)
        if self._lossy:  # UDP does not
            here = next((place for place, (_, row) in enumerate(waiting) if self._find(row) is None), len(waiting))
        before = len(waiting)
        while waiting and (here > 0 or waiting[0][0] <= now or len(waiting) > WAITING_MAX):
            self._judge(waiting.popleft()[1])
            here -= 1
        if told or len(waiting) < before:
            seen = RelaySaw(tuple(self._latest), self._matched, self._unknown, self._skipped, self._lost)
            self._journal.add("call", seen, call=self._call)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if waiting:
            late = max(0.0, waiting[0][0] - now)
            self._timer = asyncio.get_running_loop().call_later(late, lambda: self._settle(told=False))

    def _stop(self) -> None:
        self._watching = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for known in self._known.values():
            known.clear()
        self._waiting.clear()
        self._latest.clear()


def is_media(row: Sighting) -> bool:
    """Whether a row's first byte is that of SRTP or SRTCP."""
    return 0x80 <= int(row.head[:2], 16) <= 0xBF


def _digest(packet: bytes) -> str:
    return hashlib.sha256(packet).hexdigest()
