"""A person's folder. The private key is made here and never leaves.

HOME/
├── identity/            appears all at once when joining, and is never replaced
│   ├── account.json     who, at which relay
│   ├── key.pem          0600, and refused if it is not
│   ├── certificate.pem  replaced when renewed
│   └── authority.pem    the relay's CA
└── pins.json            the keys of the peers met so far

`identity` is made beside its place and renamed into it, so joining is done wholly or not at all.
"""

from dataclasses import dataclass
from pathlib import Path

import platformdirs
from cryptography import x509

from voip.errors import CertificateError, StoreError
from voip.io.store.files import (
    corrupted,
    create_private_folder,
    exists,
    read_json,
    read_key,
    read_text,
    require_writable,
    to_json,
    write_private,
)
from voip.pki.certificates import Identity, fingerprint, load_certificate_untrusted, load_identity, to_pem
from voip.pki.names import is_host, is_name
from voip.session.trust import Pin
from voip.wire.signals import Hex32, Name


@dataclass(frozen=True, slots=True)
class ClientAccount:
    """Who we are, and where our relay is."""

    name: Name
    relay_name: str
    """What the relay's certificate must name."""
    host: str
    """Where the relay is reached."""
    port: int
    ca_fingerprint: Hex32
    """SHA-256 of the CA certificate's DER."""

    @property
    def address(self) -> str:
        """`bob@relay-name`."""
        return f"{self.name}@{self.relay_name}"


class Pins:
    """What is remembered of peers. Two phones on one folder would overwrite each other's news: the last one wins."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> dict[str, Pin]:
        """Every pin by address. A damaged file is an error, never an empty memory: that would accept a changed key."""
        try:
            pins = read_json(self._path, dict[str, Pin])
        except StoreError as error:
            if error.code == "missing":
                return {}
            raise
        if any(address != pin.address for address, pin in pins.items()):
            raise corrupted(self._path, "a pin stands under another address than its own")
        return pins

    def get(self, address: str) -> Pin | None:
        """The pin of `bob@relay-name`, if there is one."""
        return self.all().get(address)

    def put(self, pin: Pin) -> None:
        """Remember `pin`, in place of an older one for its address."""
        write_private(self._path, to_json(self.all() | {pin.address: pin}))

    def forget(self, address: str) -> bool:
        """Drop the pin of `address`, because a person said so; False when there was none."""
        pins = self.all()
        if pins.pop(address, None) is None:
            return False
        write_private(self._path, to_json(pins))
        return True


class ClientStore:
    """One client's folder; raises `StoreError`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.pins = Pins(home / "pins.json")
        self._identity = home / "identity"
        self._key = self._identity / "key.pem"
        self._certificate = self._identity / "certificate.pem"
        self._authority = self._identity / "authority.pem"
        self._account = self._identity / "account.json"

    @staticmethod
    def default_home() -> Path:
        """Where a client's folder is when nobody says otherwise."""
        return platformdirs.user_data_path("glasscall", appauthor=False)

    @property
    def joined(self) -> bool:
        """Whether there is an account here."""
        return exists(self._account)

    def prepare(self) -> None:
        """Before an invite is spent: `already-joined`, or why nothing could be stored here."""
        if exists(self._identity):
            raise self._already_joined()
        require_writable(self.home)

    def save_enrolment(self, account: ClientAccount, identity: Identity, authority: x509.Certificate) -> None:
        """Keep everything at once; `already-joined`, and nothing changed, when there is an identity."""
        files = {
            self._key.name: identity.key_pem(),
            self._certificate.name: identity.certificate_pem,
            self._authority.name: to_pem(authority),
            self._account.name: to_json(account),
        }
        if not create_private_folder(self._identity, files):
            raise self._already_joined()

    def save_certificate(self, certificate: x509.Certificate) -> None:
        """Keep a renewed certificate; `other-key` unless it is for the key that is here."""
        if certificate.public_key() != self.identity().key.public_key():
            raise StoreError(
                f"The renewed certificate is for another key than {self._key}; it was not stored. Try again later.",
                code="other-key",
            )
        write_private(self._certificate, to_pem(certificate))

    def account(self) -> ClientAccount:
        """Who we are; `not-joined` when there is no account."""
        self._require_joined()
        account = read_json(self._account, ClientAccount)
        hosts = is_host(account.relay_name) and is_host(account.host)
        if not (is_name(account.name) and hosts and 0 < account.port < 65536):
            raise corrupted(self._account, "a name, address or port in it is impossible")
        return account

    def identity(self) -> Identity:
        """Our certificate and key; `not-joined`, `key-exposed`, `corrupted`."""
        self._require_joined()
        key = read_key(self._key)
        try:
            return load_identity(read_text(self._certificate), key)
        except CertificateError as error:
            raise corrupted(self._identity, error.sentence) from None

    def authority(self) -> x509.Certificate:
        """The relay's CA certificate, the one that the invite named; `not-joined`, `corrupted`."""
        account = self.account()
        try:
            authority = load_certificate_untrusted(read_text(self._authority))
        except CertificateError as error:
            raise corrupted(self._authority, error.sentence) from None
        if fingerprint(authority) != account.ca_fingerprint:
            raise corrupted(self._authority, "it is not the CA certificate that was stored when joining")
        return authority

    def _require_joined(self) -> None:
        if not self.joined:
            raise StoreError(
                f"There is no account in {self.home}. Ask the operator of a relay for an invite, then run: "
                f"glasscall join INVITE --home {self.home}",
                code="not-joined",
            )

    def _already_joined(self) -> StoreError:
        return StoreError(
            f"There is an account in {self.home} already, and it was left as it is. "
            "For a second one, name another folder with --home.",
            code="already-joined",
        )
