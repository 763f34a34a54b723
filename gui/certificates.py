"""Whose certificates were seen, and who vouches for whom. A pure fold, without Qt.

journal entry ──→ fold ──→ Certificates ──→ nodes(): CA, relay, me, peer; `checked`: its signature holds
                                        └─→ steps(): certified → pinned → verified, with their dates; or changed
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from voip.errors import CertificateError
from voip.journal.observations import CallChanged, Credentials, Entry, TrustAssessed
from voip.pki.description import Description, describe_untrusted, is_issued_by
from voip.session.tls.events import Established

Who = Literal["ca", "relay", "me", "peer"]
WHO: tuple[Who, ...] = ("ca", "relay", "me", "peer")


@dataclass(frozen=True, slots=True)
class Certificates:
    """What was shown, DER, and what is known of the peer's key."""

    mine: Credentials | None = None
    before: bytes = field(default=b"", repr=False)
    """Our own certificate until it was renewed; empty when it was not, since the phone began."""
    relay: bytes = field(default=b"", repr=False)
    relay_remembered: bool = False
    """Its handshake was resumed: the certificate was shown in an earlier, full one."""
    call: str = ""
    peer: bytes = field(default=b"", repr=False)
    trust: TrustAssessed | None = None

    def der(self, who: Who) -> bytes:
        """The certificate of `who`; empty when none was seen."""
        if who in {"ca", "me"}:
            if self.mine is None:
                return b""
            return self.mine.authority if who == "ca" else self.mine.certificate
        return self.relay if who == "relay" else self.peer


@dataclass(frozen=True, slots=True)
class Node:
    """One certificate in the picture."""

    who: Who
    description: Description
    checked: bool | None
    """Whether the CA's signature on it holds, checked here and now; None while the CA's certificate is not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of trust."""

    level: Literal["certified", "pinned", "verified", "changed"]
    reached: bool
    date: str = ""
    """ISO; empty when there is none."""
    current: bool = False
    """Whether this is how well the key is known now."""


def fold(certificates: Certificates, entry: Entry) -> Certificates:
    """`certificates` after `entry`. Never raises."""
    what = entry.what
    if isinstance(what, Credentials):
        return replace(certificates, mine=what, before=_before(certificates, what))
    if isinstance(what, CallChanged) and entry.call != certificates.call:
        if what.phase == "ended":
            return certificates  # a second call, refused because of the present one
        return replace(certificates, call=entry.call, peer=b"", trust=None)
    if entry.call and entry.call != certificates.call:
        return certificates
    if isinstance(what, TrustAssessed):
        return replace(certificates, trust=what)
    if isinstance(what, Established) and what.peer:
        if entry.channel == "link":
            return replace(certificates, relay=what.peer[0], relay_remembered=what.resumed)
        if entry.channel == "session":
            return replace(certificates, peer=what.peer[0])
    return certificates


def nodes(certificates: Certificates) -> tuple[Node, ...]:
    """Everybody whose certificate was seen, the CA first."""
    authority = certificates.der("ca")
    found = (_node(who, certificates.der(who), authority) for who in WHO)
    return tuple(node for node in found if node is not None)


def steps(trust: TrustAssessed | None, issued: str = "") -> tuple[Step, ...]:
    """How well the peer is known, as steps; for a changed key only that. `issued`: ISO date of its certificate."""
    if trust is None:
        return ()
    if trust.level == "changed":
        return (Step("changed", reached=True, current=True),)
    return (
        Step("certified", reached=True, date=issued, current=trust.level == "certified"),
        Step("pinned", trust.level != "certified", trust.first_seen, trust.level == "pinned"),
        Step("verified", trust.level == "verified", trust.verified_at, trust.level == "verified"),
    )


def described(der: bytes) -> Description | None:
    """What `der` says; None for none, or one that cannot be read."""
    try:
        return describe_untrusted(der) if der else None
    except CertificateError:
        return None


def _before(certificates: Certificates, now: Credentials) -> bytes:
    was = certificates.mine
    if was is None or was.certificate == now.certificate:
        return certificates.before
    return was.certificate


@lru_cache(maxsize=32)
def _node(who: Who, der: bytes, authority: bytes) -> Node | None:
    found = described(der)
    return None if found is None else Node(who, found, is_issued_by(der, authority) if authority else None)
