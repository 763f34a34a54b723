"""Who is at the other end of a call: the key that it shows, and what we remember of it."""

from voip.client.desk import Desk
from voip.errors import CertificateError
from voip.io import clock
from voip.journal.observations import TrustAssessed, TrustLevel
from voip.pki.certificates import client_address, key_fingerprint, load_certificate_untrusted
from voip.session import trust
from voip.session.tls.events import Established


class Peer:
    """The peer of one call, from its first certificate on. Raises `StoreError` where memory cannot be written."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.fingerprint = ""
        """Of the key that it showed; empty before it showed one."""
        self._address = ""
        self.level: TrustLevel | None = None
        """As last assessed."""

    def shows(self, event: Established) -> None:
        """A session stands. Raises `CertificateError` (`key-swapped`) when this is not the key shown before."""
        certificate = load_certificate_untrusted(event.peer[0])
        fingerprint = key_fingerprint(certificate)
        if self.fingerprint and fingerprint != self.fingerprint:
            raise CertificateError(
                f"After an interruption {client_address(certificate)} showed another key than before it, in the same "
                "call, so the call was stopped. Ask them in another way than through this relay.",
                code="key-swapped",
            )
        self.fingerprint, self._address = fingerprint, client_address(certificate)

    def assess(self) -> tuple[trust.Assessment, TrustAssessed]:
        """How well it is known now, and how the journal says that."""
        pin = self._pin()
        found = trust.assess(pin, self._address, self.fingerprint)
        self.level = found.level
        return found, TrustAssessed(
            self._address,
            found.level,
            self.fingerprint,
            found.since or "",
            found.old_fingerprint or "",
            first_seen=pin.first_seen if pin is not None else "",
            verified_at=(pin.verified_at or "") if pin is not None else "",
        )

    def look_again(self) -> TrustLevel:
        """The level by what is remembered now."""
        return trust.assess(self._pin(), self._address, self.fingerprint).level

    def met(self) -> None:
        """We talk: remember this key, if it is the first."""
        self._desk.store.pins.put(self._after())

    def verified(self) -> None:
        """The words were compared: remember this key as verified."""
        self._desk.store.pins.put(trust.verified(self._after(), clock.wall().date()))

    def _after(self) -> trust.Pin:
        return trust.pin_after(self._pin(), self._address, self.fingerprint, clock.wall().date())

    def _pin(self) -> trust.Pin | None:
        return self._desk.store.pins.get(self._address)
