"""Somebody who shows the relay the wrong certificate as a client, one thing wrong at a time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from voip.io import clock
from voip.lab.forging import (
    ELSEWHERE,
    LONG_AGO,
    client_certificate,
    common_name,
    only_for_servers,
    other_authority,
    vouching_for_itself,
)
from voip.lab.observing import alerts, is_there, link_state, online, tell
from voip.lab.result import Finding, Scenario
from voip.lab.scene import RELAY, Member, Scene, scene
from voip.pki.certificates import Identity, alternative_names
from voip.pki.enrolment import Enrolment

Forge = Callable[[Scene, Member], x509.Certificate]
"""Makes what the member shows instead of their certificate; for the same key, or the handshake would fail anyway."""


async def _shown(folder: Path, forge: Forge, *expected: str) -> Finding:
    """What the relay does with a client that shows what `forge` makes; `expected`: the codes of which one is right."""
    async with scene(folder) as place:
        bob = await place.phone("bob")
        member = await place.enrol("alice")
        leaf = forge(place, member)
        member.store.save_certificate(leaf)
        alice = place.start(member)
        state = await link_state(alice, "offline", "refused", "online")
        fatal = alerts(alice, "link")
        return Finding(
            attempt="Showed the relay a certificate for "
            f"{', '.join(str(one.value) for one in alternative_names(leaf))}, "
            f"issued by “{common_name(leaf)}”, valid {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d}.",
            stopped_by=", ".join([state.code, *(tell(alert) for alert in fatal)]) if state.code else "",
            evidence=f"The client's link is {state.state}: {state.sentence} bob saw alice come: "
            f"{'yes' if is_there(bob, 'alice') else 'no'}.",
            held=state.state != "online" and state.code in expected and not is_there(bob, "alice"),
        )


async def client_expired(folder: Path) -> Finding:
    """A client whose certificate has expired.

    Mallory has stolen an old backup of alice's folder, with the key and a certificate of last year.

    What should stop it: a person's certificate is good for 90 days; whoever is in touch with the relay has it renewed
    long before. The relay refuses an old one: alert certificate_expired.
    """
    return await _shown(
        folder,
        lambda place, member: client_certificate(place.relay.identity.authority, member, issued=-LONG_AGO),
        "certificate-expired",
    )


async def client_not_yet_valid(folder: Path) -> Finding:
    """A client whose certificate is not valid yet.

    Its first day lies a month ahead.

    What should stop it: the relay looks at both ends of the validity, whoever signed it.
    """
    return await _shown(
        folder,
        lambda place, member: client_certificate(place.relay.identity.authority, member, issued=timedelta(days=30)),
        "bad-certificate",
        "certificate-expired",
        "certificate-unknown",
    )


async def client_wrong_authority(folder: Path) -> Finding:
    """A client with a certificate for “alice” from a CA that Mallory made.

    What should stop it: the relay takes certificates of its own CA alone. Mallory's has the same name but not the same
    key: alert unknown_ca (or decrypt_error, when the signature does not verify under the CA of that name).
    """
    return await _shown(
        folder,
        lambda _place, member: client_certificate(other_authority(), member),
        "unknown-ca",
        "decrypt-error",
        "bad-certificate",
    )


async def client_self_signed(folder: Path) -> Finding:
    """A client whose certificate vouches for itself.

    It says “alice”, and is signed by its own key.

    What should stop it: it leads to no CA. Alert unknown_ca.
    """

    def forge(place: Scene, member: Member) -> x509.Certificate:
        honest = client_certificate(place.relay.identity.authority, member)
        return vouching_for_itself(honest, Identity(honest, member.store.identity().key))

    return await _shown(folder, forge, "unknown-ca", "bad-certificate")


async def client_wrong_usage(folder: Path) -> Finding:
    """A client with a certificate that is good for servers only.

    Mallory has got hold of a certificate of the right CA that was issued for another purpose: it lacks clientAuth.

    What should stop it: a certificate says what it is for (ExtendedKeyUsage), so that a key that leaks in one place is
    of no use in another. Alert unsupported_certificate.
    """
    return await _shown(
        folder,
        lambda place, member: only_for_servers(place.relay.identity.authority, member),
        "unsupported-certificate",
    )


async def client_wrong_relay(folder: Path) -> Finding:
    """A client whose certificate is for the same name at another relay.

    “alice” of relay.elsewhere is not our alice. The same CA has signed for both.

    What should stop it: an address has two halves, and the relay reads both.
    """
    return await _shown(
        folder,
        lambda place, member: client_certificate(place.relay.identity.authority, member, relay=ELSEWHERE),
        "wrong-person",
    )


async def client_revoked(folder: Path) -> Finding:
    """A client that was revoked.

    alice's computer was stolen, with her key and a certificate that is valid for weeks; it is even connected just now.
    The relay's operator says `glasscall revoke alice`.

    What should stop it: a certificate cannot be called back, it is good until its last day. So the relay looks into its
    books on every connection, and at everybody who is connected as soon as the books change: the thief is sent away
    within a second and refused from then on, today and not in 90 days.
    """
    async with scene(folder) as place:
        bob = await place.phone("bob")
        member = await place.enrol("alice")
        alice = place.start(member)
        before = await link_state(alice, "online")
        Enrolment(place.store.load().authority, RELAY, place.store).revoke("alice", clock.wall())
        ended = await link_state(alice, "offline", "refused")
        again = place.start(member)
        state = await link_state(again, "offline", "refused", "online")
        valid = member.store.identity().certificate.not_valid_after_utc
        return Finding(
            attempt="Stayed connected as alice, and connected anew, after she was revoked; with her own key and a "
            f"certificate that is valid until {valid:%Y-%m-%d}.",
            stopped_by=f"{ended.code} and {state.code}",
            evidence=f"Before, alice was {before.state}. The link that stood: {ended.code}; a new one: "
            f"{state.sentence} "
            f"bob's link stands: {'yes' if online(bob) else 'no'}.",
            held=ended.state == state.state == "refused" and online(bob),
        )


SCENARIOS = (
    Scenario("client-expired", client_expired),
    Scenario("client-not-yet-valid", client_not_yet_valid),
    Scenario("client-wrong-authority", client_wrong_authority),
    Scenario("client-self-signed", client_self_signed),
    Scenario("client-wrong-usage", client_wrong_usage),
    Scenario("client-wrong-relay", client_wrong_relay),
    Scenario("client-revoked", client_revoked),
)
