"""Packets on their way to a TLS connection, not yet encrypted: so each can still be left out, and several can share a
record.

    put ────────→ lasting ──all of them, in order──────────────────────┐
    put_media ──→ media ────those not older than STALE, in order───────┴→ take: frames for one record

What must arrive goes before what must arrive soon. Late voice is useless voice, so of media that wait the oldest go
first, and a receiver that comes back gets the newest.
"""

from collections import deque

from voip.session.tls import PLAINTEXT_MAX
from voip.wire.framing import frame

STALE = 0.15
"""Seconds that media may wait here: with what the kernel has taken and not sent, and the moment until it is looked at,
that makes less than 200 ms."""
MEDIA_MAX = 32 * 1024
"""Bytes of media that may wait, however new."""
MEDIA_RECORD_MAX = 1_350
"""Bytes of media that share a record: one TCP segment holds that, so they arrive together."""


class Outbox:
    """One connection's. `now`: seconds, of one clock that does not go back."""

    def __init__(self) -> None:
        self._lasting: deque[bytes] = deque()
        self._media: deque[tuple[bytes, float]] = deque()
        self.size = 0
        """Bytes of the packets that wait."""
        self._media_size = 0
        self.dropped = 0
        """Packets of media that were left out until now."""

    def __bool__(self) -> bool:
        return self.size > 0

    def put(self, packet: bytes) -> None:
        """`packet` must arrive. Raises `FramingError` when it is longer than any frame may be."""
        framed = frame(packet)
        self._lasting.append(framed)
        self.size += len(framed)

    def put_frames(self, frames: bytes) -> None:
        """Whole frames, at most `PLAINTEXT_MAX` bytes, that must arrive."""
        self._lasting.append(frames)
        self.size += len(frames)

    def put_media(self, packet: bytes, now: float) -> None:
        """`packet` must arrive soon or not at all. `FramingError` as for `put`."""
        framed = frame(packet)
        self._media.append((framed, now))
        self.size += len(framed)
        self._media_size += len(framed)
        if len(self._media) > 1:
            self._leave_out(now)

    def take(self, now: float, *, single: bool = False) -> bytes:
        """Frames for the next record, in their order, or a `single` one; empty when nothing waits."""
        lasting, media = self._lasting, self._media
        if lasting:
            framed = lasting.popleft()
            if not single and lasting and len(framed) + len(lasting[0]) <= PLAINTEXT_MAX:
                framed = _joined(framed, lasting)
            self.size -= len(framed)
            return framed
        if media and media[0][1] < now - STALE:
            self._leave_out(now)
        if not media:
            return b""
        framed = media.popleft()[0]
        if not single and media and len(framed) + len(media[0][0]) <= MEDIA_RECORD_MAX:
            parts, size = [framed], len(framed)
            while media and size + len(media[0][0]) <= MEDIA_RECORD_MAX:
                parts.append(media.popleft()[0])
                size += len(parts[-1])
            framed = b"".join(parts)
        self.size -= len(framed)
        self._media_size -= len(framed)
        return framed

    def clear(self) -> None:
        """Forget everything."""
        self._lasting.clear()
        self._media.clear()
        self.size = self._media_size = 0

    def _leave_out(self, now: float) -> None:
        media = self._media
        while media and (media[0][1] < now - STALE or self._media_size > MEDIA_MAX):
            size = len(media.popleft()[0])
            self.size -= size
            self._media_size -= size
            self.dropped += 1


def _joined(first: bytes, rest: deque[bytes]) -> bytes:
    parts, size = [first], len(first)
    while rest and size + len(rest[0]) <= PLAINTEXT_MAX:
        parts.append(rest.popleft())
        size += len(parts[-1])
    return b"".join(parts)
