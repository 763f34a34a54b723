"""People of a relay, by the thousand: enrolled as everybody is, invite, key, request and certificate, but without a
connection for each. Kept in a folder, so that it is done once.

    FOLDER/relay/           the relay's state (`glasscall relay --state`)
    FOLDER/people/          authority.pem, and for each person pNNNNN.pem: key and certificate
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from voip.io import clock
from voip.io.store import RelayStore
from voip.io.store.files import read_key, write_private
from voip.pki.ca import renewal_due
from voip.pki.certificates import Identity, load_certificate_untrusted, load_identity, make_csr, new_key
from voip.pki.enrolment import Enrolment
from voip.wire.signals import Enrol

RELAY_NAME = "relay.bench"
MARK = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who was enrolled at one relay."""

    folder: Path
    authority: x509.Certificate

    @property
    def state(self) -> Path:
        """The relay's folder."""
        return self.folder / "relay"

    @property
    def identities(self) -> Path:
        """Where keys and certificates are."""
        return self.folder / "people"

    def identity(self, number: int) -> Identity:
        """Key and certificate of one person."""
        return _identity(self.identities, number)


def name(number: int) -> str:
    """What person `number` is called."""
    return f"p{number:05d}"


def prepare(folder: Path, count: int) -> People:
    """At least `count` people; makes those that are missing, and all of them anew when they grow old.

    Takes about 5 ms for each that it makes. Raises `StoreError`.
    """
    if _file(folder / "people", 0).exists() and _old(folder / "people"):
        shutil.rmtree(folder)
    store = RelayStore(folder / "relay")
    identity = store.open(RELAY_NAME, clock.wall())
    enrolment = Enrolment(identity.authority, RELAY_NAME, store)
    people = People(folder, identity.authority.certificate)
    people.identities.mkdir(parents=True, exist_ok=True)
    write_private(people.identities / "authority.pem", identity.authority.certificate_pem)
    for number in range(count):
        if not _file(people.identities, number).exists():
            (people.state / "accounts" / f"{name(number)}.json").unlink(missing_ok=True)  # of one interrupted here
            _enrol(enrolment, people.identities, number)
    return people


def _enrol(enrolment: Enrolment, folder: Path, number: int) -> None:
    key, token = new_key(), enrolment.invite(name(number), clock.wall())
    answer = enrolment.enrol(Enrol(name=name(number), token=token, csr=make_csr(key, name(number))), clock.wall())
    identity = Identity(load_certificate_untrusted(answer.certificate), key)
    write_private(_file(folder, number), identity.key_pem() + identity.certificate_pem)


def _old(folder: Path) -> bool:
    certificate = _identity(folder, 0).certificate
    return renewal_due(certificate, clock.wall())


def _identity(folder: Path, number: int) -> Identity:
    key, mark, certificate = read_key(_file(folder, number)).partition(MARK)
    return load_identity(mark + certificate, key)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{name(number)}.pem"
