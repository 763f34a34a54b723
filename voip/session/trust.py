"""How well a peer is known, in steps, each named as what it is. A CA that its operator controls can lie; the steps
above the first do not depend on it.

    certified   chain and name are good                      (the relay's word)
    pinned      … and the key is the one of an earlier call   (your own memory)
    verified    … and the two of you compared the words       (your own ears)
    changed     the key is another: the call stops

                accepted call              words compared
    no pin ─────────────────→ pinned ─────────────────→ verified
    certified                    └───── another key ─────────┴──→ changed, until the pin is forgotten by hand
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from voip.errors import KeyChangedError, LocalError

Level = Literal["certified", "pinned", "verified", "changed"]


@dataclass(frozen=True, slots=True)
class Pin:
    """What we remember of a peer."""

    address: str
    """`bob@relay-name`"""
    key_fingerprint: str
    """SHA-256 of the SubjectPublicKeyInfo, hex: a renewed certificate for the same key changes nothing."""
    first_seen: str
    """ISO date of the first accepted call with this key."""
    verified: bool = False
    verified_at: str | None = None
    """ISO date on which the words were compared."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """How well the peer of this call is known."""

    level: Level
    address: str
    fingerprint: str
    """Of the key shown now."""
    since: str | None = None
    """ISO date: pinned or verified since; None for a peer met first."""
    old_fingerprint: str | None = None
    """Only when changed: of the key that was remembered."""


def assess(pin: Pin | None, address: str, fingerprint: str) -> Assessment:
    """What `pin`, our memory of `address`, says of the key `fingerprint` that it shows now."""
    if pin is None:
        return Assessment("certified", address, fingerprint)
    _require_same_peer(pin, address)
    if pin.key_fingerprint != fingerprint:
        return Assessment("changed", address, fingerprint, pin.verified_at or pin.first_seen, pin.key_fingerprint)
    if pin.verified:
        return Assessment("verified", address, fingerprint, pin.verified_at or pin.first_seen)
    return Assessment("pinned", address, fingerprint, pin.first_seen)


def require_unchanged(assessment: Assessment) -> None:
    """Raise `KeyChangedError` when the peer shows another key than the one remembered."""
    old, new = assessment.old_fingerprint, assessment.fingerprint
    if old is None:
        return
    raise KeyChangedError(
        f"{assessment.address} shows another key than before, so the call was stopped. "
        f"Known since {assessment.since}: {grouped(old)}; shown now: {grouped(new)}. "
        "Either they set up Glasscall anew, or somebody is posing as them. Ask them in another way than through this "
        "relay, for example in person; only if it was they, forget the old key "
        f"(glasscall forget {assessment.address.partition('@')[0]}) and call again.",
        old=old,
        new=new,
    )


def pin_after(pin: Pin | None, address: str, fingerprint: str, today: date) -> Pin:
    """Our memory after an accepted call. Never swaps a key: raises `KeyChangedError` instead."""
    if pin is None:
        return Pin(address, fingerprint, today.isoformat())
    require_unchanged(assess(pin, address, fingerprint))
    return pin


def verified(pin: Pin, today: date) -> Pin:
    """Our memory after the words were found to match; the date of the first time stays."""
    return pin if pin.verified else replace(pin, verified=True, verified_at=today.isoformat())


def grouped(fingerprint: str) -> str:
    """The first 32 hex digits (128 bits) in groups of four, for people to compare."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, 32, 4))


def _require_same_peer(pin: Pin, address: str) -> None:
    if pin.address != address:
        raise LocalError(f"The pin of {pin.address} was held against {address}.")
