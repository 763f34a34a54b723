"""Three locks, never one: the link to the relay, the session end to end, the media. A pure fold, without Qt.

journal entry ──→ fold(locks, entry) ──→ Locks (what was observed) ──→ .link .session .media: Lock(state, evidence)

No lock is ever green for a reason that is not in the journal, and each can go red.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from gui.wording import cipher_name, version_name
from gui.words.locks import EVIDENCE
from voip.journal.observations import (
    CallChanged,
    Connecting,
    Entry,
    KeyLogging,
    LinkState,
    MediaKeyed,
    MediaStats,
    Observation,
    PathChanged,
    RecordsCounted,
    TrustAssessed,
)
from voip.session.tls.events import Alert, Closed, Established, Failed

State = Literal["none", "pending", "good", "warn", "bad"]
Name = Literal["link", "session", "media"]
_WORST: tuple[State, ...] = ("none", "pending", "good", "warn", "bad")
_NONE = RecordsCounted(0)


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock as it is shown."""

    state: State = "none"
    evidence: str = ""
    """A template of `gui.words.locks.EVIDENCE`; what was observed."""
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Locks:
    """What was observed so far, and the locks that follow from it."""

    state: Literal["offline", "connecting", "online", "refused"] = "offline"
    code: str = ""
    """Why the link is not there."""
    link_tls: Established | None = None
    link_count: RecordsCounted = _NONE
    call: str = ""
    live: bool = False
    session_tls: Established | None = None
    session_count: RecordsCounted = _NONE
    session_failed: str = ""
    trust: TrustAssessed | None = None
    profile: str = ""
    stats: MediaStats | None = None
    path: str = ""
    key_log: str = ""
    """Where TLS secrets go; empty when they go nowhere."""

    @property
    def link(self) -> Lock:
        """The link to the relay."""
        if self.state == "online" and self.link_tls is not None:
            return self._tls(self.link_tls, self.link_count, "link-good")
        if self.link_count.rejected:
            return Lock("bad", EVIDENCE["tls-rejected"], {"count": f"{self.link_count.authentic:,}"})
        if self.state == "connecting":
            return Lock("pending", EVIDENCE["link-pending"])
        if self.code:
            return Lock("bad", EVIDENCE["link-bad"], {"why": self.code})
        return Lock("none", EVIDENCE["link-none"])

    @property
    def session(self) -> Lock:
        """The session with the other person."""
        if self.trust is not None and self.trust.level == "changed":
            return Lock("bad", EVIDENCE["session-changed"])
        if self.session_count.rejected:
            return Lock("bad", EVIDENCE["tls-rejected"], {"count": f"{self.session_count.authentic:,}"})
        if self.session_failed:
            return Lock("bad", EVIDENCE["session-bad"], {"why": self.session_failed})
        if self.session_tls is not None and self.trust is not None:
            return self._tls(self.session_tls, self.session_count, f"session-{self.trust.level}")
        if self.live:
            return Lock("pending", EVIDENCE["session-pending"])
        return Lock("none", EVIDENCE["session-none"])

    @property
    def media(self) -> Lock:
        """The voice."""
        stats = self.stats
        if stats is not None and stats.rejected:
            return Lock(
                "bad", EVIDENCE["media-bad"], {"count": f"{stats.received:,}", "rejected": f"{stats.rejected:,}"}
            )
        if self.profile and stats is not None and stats.received:
            values: dict[str, object] = {"count": f"{stats.received:,}", "profile": self.profile}
            return self._weaker(Lock("good", EVIDENCE["media-good"], values))
        if self.live:
            return Lock("pending", EVIDENCE["media-keyed" if self.profile else "media-pending"])
        return Lock("none", EVIDENCE["media-none"])

    @property
    def worst(self) -> State:
        """The state of the worst of the three."""
        return max((self.link.state, self.session.state, self.media.state), key=_WORST.index)

    def _tls(self, seen: Established, counted: RecordsCounted, evidence: str) -> Lock:
        values: dict[str, object] = {
            "count": f"{counted.authentic:,}", "version": version_name(seen.version),
            "cipher": cipher_name(seen.cipher), "group": seen.group,
        }  # fmt: skip
        lock = Lock("good", EVIDENCE[evidence], values)
        if seen.version != "TLSv1.3":
            lock = Lock("warn", EVIDENCE["tls-old"], values)
        return self._weaker(lock)

    def _weaker(self, lock: Lock) -> Lock:
        """A lock whose key is written down is none."""
        return Lock("bad", EVIDENCE["key-log"], {"to": self.key_log}) if self.key_log else lock


def fold(locks: Locks, entry: Entry) -> Locks:
    """`locks` after `entry`. Never raises."""
    what = entry.what
    if isinstance(what, CallChanged):
        if entry.call != locks.call:
            locks = Locks(
                locks.state, locks.code, locks.link_tls, locks.link_count, entry.call, key_log=locks.key_log
            )  # fmt: skip
        return replace(locks, live=what.phase != "ended")
    if entry.channel == "link" or isinstance(what, LinkState):
        return _link(locks, entry)
    if entry.call and entry.call != locks.call:
        return locks
    return _session(locks, entry) if entry.channel == "session" else _call(locks, what)


def _call(locks: Locks, what: Observation) -> Locks:
    match what:
        case KeyLogging(to=to):
            return replace(locks, key_log=to)
        case TrustAssessed():
            return replace(locks, trust=what)
        case MediaKeyed(profile=profile):
            return replace(locks, profile=profile)
        case MediaStats():
            return replace(locks, stats=what)
        case PathChanged(path=path, direction="both" | "out"):
            return replace(locks, path=path)
    return locks


def _link(locks: Locks, entry: Entry) -> Locks:
    match entry.what:
        case LinkState(state=state, code=code):
            return replace(locks, state=state, code=code)
        case Connecting():
            return replace(locks, link_tls=None, link_count=_NONE)
        case RecordsCounted() as counted:
            return replace(locks, link_count=counted)
        case Established() as seen:
            return replace(locks, link_tls=seen)
        case Failed() | Closed():
            return replace(locks, link_tls=None)
    return locks


def _session(locks: Locks, entry: Entry) -> Locks:
    match entry.what:
        case Established() as seen:
            return replace(locks, session_tls=seen, session_count=_NONE, session_failed="")
        case RecordsCounted() as counted:
            return replace(locks, session_count=counted)
        case Alert(level="fatal", name=name):
            return replace(locks, session_failed=name)
        case Failed(code=code):
            return replace(locks, session_failed=locks.session_failed or code)
    return locks
