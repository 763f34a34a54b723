"""The last seconds of our own wire: each record or datagram, its size and time, and beside it what it meant to us.

    stream ──record, packets──→ Tape.put ──→ fresh ──64 at once──→ ring of `Passed` ──→ Tape.since(number) ──→ wire view

It flows too fast for the journal, and nothing is proved from it that the journal does not hold. One thread writes,
another reads: `since` gives a copy. Rows are made in batches, or when somebody reads: one by one, between two packets,
each would cost a call several times as much.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from voip.journal.entropy import entropy as entropy_of
from voip.journal.observations import Channel
from voip.session.tls.events import Direction

TAPE_MAX = 6_000
"""Records kept: half a minute of a call in both directions, and more."""
BATCH = 64
"""Records that wait to be made rows of."""
Meaning = Literal["handshake", "signal", "session", "voice", "report", "binding", "other"]
"""`signal`: link or leg control; `session`: a record of the end-to-end session; `voice`: SRTP; `report`: SRTCP;
`binding`: STUN."""
Outer = Literal["change_cipher_spec", "alert", "handshake", "application_data", "datagram"]
"""A TLS record's content type, as whoever watches the wire sees it; or a UDP datagram."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One TLS record, or UDP datagram, as an eavesdropper sees it, and what it was to us."""

    number: int
    """Counts up from 1 without a gap, over all channels."""
    at: float
    channel: Channel
    """`link`, `leg` (and its UDP), or `lane`."""
    direction: Direction
    type: Outer
    raw: bytes = field(repr=False)
    """The record's first bytes as on the wire, header included; at most 64."""
    size: int
    """Bytes on the wire, header included."""
    entropy: float
    """Bits per byte of the record's body, 0–8 (a body of n bytes can show at most log2 n)."""
    meaning: Meaning
    plain: bytes = field(default=b"", repr=False)
    """The first bytes of what was inside (SRTP or JSON: what this layer decrypted), at most 64; never a key."""
    detail: str = ""
    """Which one: a signal's type, an RTP sequence number, the messages of a handshake."""


class Tape:
    """A ring of the latest `Passed`."""

    def __init__(self, limit: int = TAPE_MAX) -> None:
        self._lock = threading.Lock()
        self._rows: deque[Passed] = deque(maxlen=limit)
        self._fresh: list[Callable[[], Passed]] = []
        self._count = 0

    def put(
        self,
        at: float,
        channel: Channel,
        direction: Direction,
        type: Outer,  # noqa: A002 - the RFC's word
        raw: bytes,
        *,
        size: int,
        meaning: Meaning,
        entropy: float | None = None,
        body: bytes = b"",
        plain: bytes = b"",
        detail: str = "",
    ) -> None:
        """Keep one record. Without `entropy` it is counted from `body`, which is not kept."""
        with self._lock:
            self._count += 1
            number, raw, plain = self._count, raw[:64], plain[:64]

            def row() -> Passed:
                known = entropy_of(body) if entropy is None else entropy
                return Passed(number, at, channel, direction, type, raw, size, known, meaning, plain, detail)

            self._fresh.append(row)
            if len(self._fresh) >= BATCH:
                self._make_rows()

    def since(self, number: int) -> tuple[Passed, ...]:
        """What came after record `number` and is still kept, oldest first."""
        with self._lock:
            self._make_rows()
            new = self._count - number
            if new <= 0:
                return ()
            return tuple(self._rows) if new >= len(self._rows) else tuple(self._rows)[-new:]

    def _make_rows(self) -> None:
        self._rows.extend(row() for row in self._fresh)
        self._fresh.clear()
