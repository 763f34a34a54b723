"""Notices when something of a running call becomes worse. Observations in, `Worsened` out; it waits for nothing.

MediaStats, PathChanged ──→ Worsening.notice ──→ Worsened, or None
the pin, read again ──────→ Worsening.trust ───→ Worsened, or None
"""

from voip.journal.observations import MediaStats, Observation, PathChanged, TrustLevel, Worsened

_STEPS: tuple[TrustLevel, ...] = ("changed", "certified", "pinned", "verified")
_REJECTED = (
    "{count} packets of this call failed authentication or were replayed; none of them was played. Somebody may be "
    "tampering with the line."
)
_TLS_NOW = "The voice left UDP and travels inside TLS now; the delay may grow."
_FELL = (
    "The key of {peer} is not the remembered one any more, so the voice was stopped. Find out why before you "
    "call again."
)
KEY_LOG = Worsened("keys", "key-log", "TLS secrets of this call are being written down; whoever has them can read it.")


class Worsening:
    """One call's. Rejected packets are told at the first, and then at each doubling: bounded, whatever a peer sends."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._told_at = 0
        self._paths: dict[str, str] = {}

    def notice(self, what: Observation) -> Worsened | None:
        """What `what` makes worse, if anything."""
        if isinstance(what, MediaStats) and what.rejected and what.rejected >= 2 * self._told_at:
            self._told_at = what.rejected
            return Worsened("media", "packets-rejected", _REJECTED.format(count=what.rejected))
        if isinstance(what, PathChanged):
            ways = ("out", "in") if what.direction == "both" else (what.direction,)
            left = what.path == "tls" and any(self._paths.get(way) == "udp" for way in ways)
            self._paths.update(dict.fromkeys(ways, what.path))
            if left:
                return Worsened("path", "path-tls", _TLS_NOW)
        return None

    def trust(self, before: TrustLevel, now: TrustLevel) -> Worsened | None:
        """The same peer's key judged again, by what is remembered of it now."""
        if _STEPS.index(now) >= _STEPS.index(before):
            return None
        return Worsened("trust", "trust-fell", _FELL.format(peer=self._peer))
