"""What the relay decides: who may join, whose certificate is renewed, who may come in. Its books are a `Registry`.

    invite ──→ token, shown once; the books hold its SHA-256 only
    enrol      name · token · request good? ──→ spend the invite ──→ open the account ──→ certificate
    renew      the account's key, or one that follows it ──→ certificate
    check      issued here? not revoked? account there? key known? ──→ name
    revoke     invites void ──→ name and keys marked; a new invite, spent with a new key, takes the mark away

Everything that can refuse is asked before the invite is spent. Spending and opening are each one step of the registry
that only one of several processes can win.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from voip.errors import CertificateError, InviteError
from voip.pki.ca import issue_client
from voip.pki.certificates import Identity, key_fingerprint, load_csr_untrusted, to_pem
from voip.pki.checks import check_client
from voip.pki.names import is_name, require_name, split_address
from voip.wire import signals
from voip.wire.signals import NAME_HELP, Hex32, Name


@dataclass(frozen=True, slots=True)
class Account:
    """A person of this relay."""

    name: Name
    keys: tuple[Hex32, ...]
    """Fingerprints of the keys that may come in: the one last seen in use, then perhaps its successor."""
    serial: str
    """Of the certificate issued last, hex."""
    created: datetime
    revoked: tuple[Hex32, ...] = ()
    """Fingerprints of keys that this person had once and that may never come in again."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Somebody who may not come in any more. It stands beside the account and counts for more."""

    name: Name
    keys: tuple[Hex32, ...]
    """Fingerprints of every key that the account had."""
    at: datetime


@dataclass(frozen=True, slots=True)
class PendingInvite:
    """An invite as the relay remembers it."""

    name: Name
    token_hash: Hex32
    """SHA-256 of the token: who reads the relay's books cannot join with them."""
    expires: datetime
    used: bool = False


class Registry(Protocol):
    """The relay's books, shared by the running relay and `glasscall invite`. Raises `StoreError`."""

    def account(self, name: str) -> Account | None:
        """The account of `name`."""

    def names(self) -> list[str]:
        """Everybody with an account, sorted."""

    def open_account(self, account: Account) -> bool:
        """Keep a new account; False, and nothing changed, when the name is taken."""

    def save_account(self, account: Account) -> None:
        """Replace an account."""

    def invite(self, token_hash: str) -> PendingInvite | None:
        """The invite, also when it is used."""

    def add_invite(self, invite: PendingInvite) -> None:
        """Keep a new invite."""

    def spend_invite(self, token_hash: str) -> bool:
        """Mark as used; True for exactly one caller."""

    def void_invites(self, name: str) -> int:
        """Spend every invite of `name`; how many there were."""

    def revocation(self, name: str) -> Revocation | None:
        """The revocation of `name`, if there is one."""

    def revoke(self, revocation: Revocation) -> None:
        """Keep a revocation."""

    def readmit(self, account: Account) -> None:
        """Replace the account of somebody revoked, then forget the revocation."""


class Enrolment:
    """The decisions of one relay. `authority`: its CA, with the key."""

    def __init__(self, authority: Identity, relay_name: str, registry: Registry) -> None:
        self._authority = authority
        self._relay_name = relay_name
        self._registry = registry

    def invite(self, name: str, now: datetime, valid_for: timedelta = timedelta(days=7)) -> str:
        """A token (64 hex digits) that lets one person join as `name`; raises `InviteError`."""
        self._require_free(name)
        token = secrets.token_hex(32)
        self._registry.add_invite(PendingInvite(name, _hash(token), now + valid_for))
        return token

    def enrol(self, request: signals.Enrol, now: datetime) -> signals.Enrolled:
        """Open an account and issue its certificate; raises `InviteError` with the code

        `name-bad`, `invite-unknown`, `invite-used`, `invite-expired`, `csr-bad` or `name-taken`.
        """
        token_hash = _hash(request.token)
        self._require_invite(request.name, token_hash, now)
        try:
            csr = load_csr_untrusted(request.csr)
        except CertificateError as error:
            raise InviteError(error.sentence, code="csr-bad") from None
        self._require_free(request.name)
        revocation = self._registry.revocation(request.name)
        certificate = issue_client(self._authority, csr, request.name, self._relay_name, now)
        key = key_fingerprint(certificate)
        revoked = revocation.keys if revocation else ()
        if key in revoked:
            raise InviteError(
                f"This key of {request.name} was revoked; join anew, which makes another key.", code="key-revoked"
            )
        if not self._registry.spend_invite(token_hash):
            raise _used(request.name)
        account = Account(request.name, (key,), f"{certificate.serial_number:x}", now, revoked)
        if revocation is not None:
            self._registry.readmit(account)
        elif not self._registry.open_account(account):
            raise _taken(request.name)
        return signals.Enrolled(to_pem(certificate), self._authority.certificate_pem)

    def renew(self, name: str, csr_pem: str, now: datetime) -> str:
        """A new certificate, PEM, for the same key or the one that shall follow it.

        Raises `CertificateError` (`csr-bad`, `revoked`, `unknown-account`). The caller has checked that `name` is on
        the line.
        """
        account = self._account(name)
        certificate = issue_client(self._authority, load_csr_untrusted(csr_pem), name, self._relay_name, now)
        key = key_fingerprint(certificate)
        self._require_not_revoked(account, key)
        # The key in use stays, so that an answer lost on the way locks nobody out.
        keys = account.keys if key in account.keys else (account.keys[0], key)
        self._registry.save_account(replace(account, keys=keys, serial=f"{certificate.serial_number:x}"))
        return to_pem(certificate)

    def check(self, certificate: x509.Certificate, now: datetime) -> str:
        """The name of the person who shows `certificate`; raises `CertificateError`.

        `revoked` when that was done to the person or the key, `unknown-account` when it is not ours, or not (any more)
        in the books; else as `check_client`.
        """
        try:
            certificate.verify_directly_issued_by(self._authority.certificate)
        except (InvalidSignature, ValueError, TypeError):
            raise CertificateError(
                f"This certificate was not issued by the relay {self._relay_name}; join it with an invite.",
                code="unknown-account",
            ) from None
        name, _ = split_address(check_client(certificate, self._relay_name, now, None))
        key = key_fingerprint(certificate)
        account = self.check_key(name, key)
        if key != account.keys[0]:
            self._registry.save_account(replace(account, keys=(key, account.keys[0])))
        return name

    def check_key(self, name: str, key: str) -> Account:
        """The account of `name`, to which `key` (a fingerprint) gives access now; raises `CertificateError`.

        `revoked` or `unknown-account`.
        """
        account = self._account(name)
        self._require_not_revoked(account, key)
        if key not in account.keys:
            raise CertificateError(
                f"The key shown for {name} is not the one registered at {self._relay_name}; join with a new invite.",
                code="unknown-account",
            )
        return account

    def revoke(self, name: str, now: datetime) -> tuple[Revocation | None, int]:
        """Let `name` in no more: the revocation, and how many unused invites are void with it.

        None when nobody has joined as `name`; somebody revoked before stays so since then.
        """
        if not is_name(name):
            raise InviteError(f"{name[:60]!r} cannot be a name here: {NAME_HELP}.", code="name-bad")
        # First the invites: as long as there is no revocation, nobody can spend one for a name that has an account.
        void = self._registry.void_invites(name)
        known = self._registry.revocation(name)
        account = self._registry.account(name)
        if known is None and account is not None:
            known = Revocation(name, tuple(dict.fromkeys((*account.keys, *account.revoked))), now)
            self._registry.revoke(known)
        return known, void

    def _require_not_revoked(self, account: Account, key: str) -> None:
        if key in account.revoked:
            raise CertificateError(
                f"This key of {account.name} was revoked at {self._relay_name}; {account.name} has another one now.",
                code="revoked",
            )

    def _account(self, name: str) -> Account:
        require_name(name)
        revocation = self._registry.revocation(name)
        if revocation is not None:
            raise CertificateError(
                f"{name} was revoked at {self._relay_name} on {revocation.at:%Y-%m-%d}. "
                "If that is a mistake, ask its operator for a new invite.",
                code="revoked",
            )
        account = self._registry.account(name)
        if account is None:
            raise CertificateError(
                f"{name} has no account at {self._relay_name} (any more); ask its operator for an invite.",
                code="unknown-account",
            )
        return account

    def _require_free(self, name: str) -> None:
        if not is_name(name):
            raise InviteError(f"{name[:60]!r} cannot be a name here: {NAME_HELP}.", code="name-bad")
        if self._registry.account(name) is not None and self._registry.revocation(name) is None:
            raise _taken(name)

    def _require_invite(self, name: str, token_hash: str, now: datetime) -> None:
        if not is_name(name):
            raise InviteError(f"{name[:60]!r} cannot be a name here: {NAME_HELP}.", code="name-bad")
        invite = self._registry.invite(token_hash)
        if (
            invite is None
            or not hmac.compare_digest(invite.token_hash, token_hash)
            or not hmac.compare_digest(invite.name, name)
        ):
            raise InviteError(
                f"This relay knows no such invite for {name}; ask its operator for a new one.", code="invite-unknown"
            )
        if invite.used:
            raise _used(name)
        if now >= invite.expires:
            raise InviteError(
                f"This invite expired on {invite.expires:%Y-%m-%d %H:%M} UTC; ask the relay's operator for a new one.",
                code="invite-expired",
            )


def _hash(token: str) -> str:
    # Looked up by its hash, so the time that a lookup takes tells nothing about the token itself.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _used(name: str) -> InviteError:
    return InviteError(
        f"This invite for {name} was already used. If that was not you, tell the relay's operator; "
        "otherwise ask for a new one.",
        code="invite-used",
    )


def _taken(name: str) -> InviteError:
    return InviteError(f"The name {name} is taken at this relay; ask its operator for another.", code="name-taken")
