"""The relay's folder, shared by the running relay and `glasscall invite`. Nothing is kept in memory, so each sees at
once what the other did.

    STATE/
    ├── identity/                  appears all at once at the first start
    │   ├── relay.json             the relay's name
    │   ├── authority-key.pem      0600, as is relay.pem: refused if it is not
    │   ├── authority.pem          the CA certificate: may be shown to anybody
    │   └── relay.pem              key and certificate in one file, so that both change at once
    ├── reached-at.json            the address that invites name
    ├── accounts/NAME.json         to close an account, delete its file
    ├── revoked/NAME.json          counts for more than the account, and no change to that one can undo it
    └── invites/HASH.json ──→ invites/used/HASH.json      spent by rename: one process wins
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import platformdirs

from voip.errors import CertificateError, LocalError, StoreError
from voip.io.store.files import (
    corrupted,
    create_private,
    create_private_folder,
    exists,
    explained,
    make_private_folder,
    read_json,
    read_key,
    read_text,
    to_json,
    write_private,
)
from voip.pki.ca import issue_relay, make_authority, renewal_due
from voip.pki.certificates import Identity, load_identity
from voip.pki.enrolment import Account, PendingInvite, Revocation
from voip.pki.names import is_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RelayIdentity:
    """Who a relay is."""

    name: str
    """What its certificate names, and what stands behind the @ of its people."""
    authority: Identity
    relay: Identity


@dataclass(frozen=True, slots=True)
class _Name:
    """What `relay.json` holds."""

    name: str


@dataclass(frozen=True, slots=True)
class _Address:
    """What `reached-at.json` holds."""

    host: str
    port: int


class RelayStore:
    """One relay's folder, and the `Registry` of its `Enrolment`; raises `StoreError`."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._identity = state / "identity"
        self._name = self._identity / "relay.json"
        self._authority = self._identity / "authority.pem"
        self._authority_key = self._identity / "authority-key.pem"
        self._relay = self._identity / "relay.pem"
        self._address = state / "reached-at.json"
        self._accounts = state / "accounts"
        self._revoked = state / "revoked"
        self._invites = state / "invites"
        self._used = state / "invites" / "used"

    @staticmethod
    def default_state() -> Path:
        """Where a relay's folder is when nobody says otherwise."""
        return platformdirs.user_data_path("glasscall-relay", appauthor=False)

    # ── who the relay is ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def name(self) -> str | None:
        """The relay's name; None before its first start."""
        return read_json(self._name, _Name).name if exists(self._name) else None

    def open(self, name: str, now: datetime) -> RelayIdentity:
        """Who the relay is. Makes its CA at the first start, and a new relay certificate when that is due.

        Raises `StoreError` (`other-name` when this folder belongs to a relay of another name), `CertificateError`
        (`name-bad`).
        """
        if not exists(self._name):
            self._make(name, now)
        identity = self.load()
        if identity.name != name:
            raise StoreError(
                f"{self.state} belongs to the relay {identity.name}, not to {name}: the certificates of its people "
                f"name it. Start it with --name {identity.name}, or name another folder with --state.",
                code="other-name",
            )
        if not renewal_due(identity.relay.certificate, now):
            return identity
        relay = issue_relay(identity.authority, name, now)
        write_private(self._relay, _together(relay))
        return RelayIdentity(name, identity.authority, relay)

    def load(self) -> RelayIdentity:
        """Who the relay is, as `open` left it; `not-a-relay` before the first start."""
        name = self.name
        if name is None:
            raise StoreError(
                f"No relay was ever started in {self.state}. Start one: glasscall relay --state {self.state}",
                code="not-a-relay",
            )
        relay = read_key(self._relay)
        try:
            authority = load_identity(read_text(self._authority), read_key(self._authority_key))
            return RelayIdentity(name, authority, load_identity(*_apart(relay)))
        except CertificateError as error:
            raise corrupted(self._identity, error.sentence) from None

    def announce(self, host: str, port: int) -> None:
        """Keep the address under which clients reach this relay, for `glasscall invite`."""
        write_private(self._address, to_json(_Address(host, port)))

    def announced(self) -> tuple[str, int] | None:
        """(host, port) for invites; None when the relay has not announced any."""
        if not exists(self._address):
            return None
        address = read_json(self._address, _Address)
        return address.host, address.port

    def _make(self, name: str, now: datetime) -> None:
        authority = make_authority(name, now)
        files = {
            self._name.name: to_json(_Name(name)),
            self._authority.name: authority.certificate_pem,
            self._authority_key.name: authority.key_pem(),
            self._relay.name: _together(issue_relay(authority, name, now)),
        }
        # Lost the race against another first start? Then what that one made is loaded next, as if it were old.
        create_private_folder(self._identity, files)

    # ── the books (`voip.pki.enrolment.Registry`) ──────────────────────────────────────────────────────────────

    def account(self, name: str) -> Account | None:
        """The account of `name`."""
        account = _read_or_none(self._account_file(name), Account)
        if account is not None and (account.name != name or not account.keys):
            raise corrupted(self._account_file(name), "it is not the account that its name says")
        return account

    def names(self) -> list[str]:
        """Everybody with an account that was not revoked, sorted."""
        return sorted(_people(self._accounts) - _people(self._revoked))

    def open_account(self, account: Account) -> bool:
        """Keep a new account; False when the name is taken."""
        return create_private(self._account_file(account.name), to_json(account))

    def save_account(self, account: Account) -> None:
        """Replace an account."""
        write_private(self._account_file(account.name), to_json(account))

    def invite(self, token_hash: str) -> PendingInvite | None:
        """The invite, also when it is used."""
        # In the order in which an invite moves, so that one being spent just now is not overlooked.
        for folder, used in ((self._invites, False), (self._used, True)):
            invite = _read_or_none(_invite_file(folder, token_hash), PendingInvite)
            if invite is not None:
                return PendingInvite(invite.name, invite.token_hash, invite.expires, used=used)
        return None

    def add_invite(self, invite: PendingInvite) -> None:
        """Keep a new invite."""
        write_private(_invite_file(self._invites, invite.token_hash), to_json(invite))

    def spend_invite(self, token_hash: str) -> bool:
        """Mark as used; True for exactly one caller."""
        source, target = _invite_file(self._invites, token_hash), _invite_file(self._used, token_hash)
        make_private_folder(self._used)
        with explained(source, "written"):
            try:
                source.rename(target)
            except FileNotFoundError:
                return False
        return True

    def void_invites(self, name: str) -> int:
        """Spend every invite of `name`; how many there were."""
        with explained(self._invites, "read"):
            files = list(self._invites.glob("*.json")) if self._invites.exists() else []
        void = 0
        for file in files:
            invite = _read_or_none(file, PendingInvite)
            if invite is not None and invite.name == name:
                void += self.spend_invite(invite.token_hash)
        return void

    def revocation(self, name: str) -> Revocation | None:
        """The revocation of `name`, if there is one."""
        return _read_or_none(self._revocation_file(name), Revocation)

    def revoke(self, revocation: Revocation) -> None:
        """Keep a revocation."""
        write_private(self._revocation_file(revocation.name), to_json(revocation))

    def readmit(self, account: Account) -> None:
        """Replace the account of somebody revoked, then forget the revocation: never a moment for the old keys."""
        self.save_account(account)
        file = self._revocation_file(account.name)
        with explained(file, "written"):
            file.unlink(missing_ok=True)

    def changed_at(self) -> tuple[int, int]:
        """Changes whenever an account or a revocation was written, replaced or removed; may change without that."""
        # Each of these is a change of the folder itself, because files are renamed into their place. Nanoseconds.
        return _folder_changed_at(self._accounts), _folder_changed_at(self._revoked)

    def _account_file(self, name: str) -> Path:
        return _person_file(self._accounts, name)

    def _revocation_file(self, name: str) -> Path:
        return _person_file(self._revoked, name)


def _person_file(folder: Path, name: str) -> Path:
    if not is_name(name):
        raise LocalError(f"{name!r} was about to become a file's name.")
    return folder / f"{name}.json"


def _people(folder: Path) -> set[str]:
    """Everybody with a file in `folder`."""
    with explained(folder, "read"):
        if not folder.exists():
            return set()
        return {file.stem for file in folder.iterdir() if file.suffix == ".json" and is_name(file.stem)}


def _folder_changed_at(folder: Path) -> int:
    with explained(folder, "read"):
        try:
            return folder.stat().st_mtime_ns
        except FileNotFoundError:
            return 0


def _invite_file(folder: Path, token_hash: str) -> Path:
    if not re.fullmatch("[0-9a-f]{64}", token_hash):
        raise LocalError(f"{token_hash!r} was about to become a file's name.")
    return folder / f"{token_hash}.json"


def _read_or_none(path: Path, kind: type[T]) -> T | None:
    try:
        return read_json(path, kind)
    except StoreError as error:
        if error.code == "missing":
            return None
        raise


def _together(identity: Identity) -> str:
    return identity.key_pem() + identity.certificate_pem


def _apart(text: str) -> tuple[str, str]:
    """(certificate, key) of what `_together` made."""
    key, mark, certificate = text.partition("-----BEGIN CERTIFICATE-----")
    return mark + certificate, key
