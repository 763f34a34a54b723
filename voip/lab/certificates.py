"""A relay that shows the wrong certificate, one thing wrong at a time. alice has joined the real one before."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from voip.errors import GlasscallError
from voip.lab.forging import (
    ELSEWHERE,
    LONG_AGO,
    common_name,
    only_for_clients,
    other_authority,
    relay_certificate,
    vouching_for_itself,
)
from voip.lab.hostile import HostileRelay
from voip.lab.loopback import LOOPBACK, require_loopback
from voip.lab.mallory import Mallory, between
from voip.lab.middleman import posing
from voip.lab.observing import alerts, handshakes, link_state, tell
from voip.lab.result import Finding, Scenario
from voip.lab.scene import RELAY, Scene, scene
from voip.pki.certificates import Identity, alternative_names, fingerprint

Forge = Callable[[Scene], Identity]
"""Makes what the relay shows instead of its own certificate."""


async def _shown(folder: Path, forge: Forge, expected: str) -> Finding:
    """What alice does with a relay that shows what `forge` makes; `expected`: the code of her refusal."""
    async with scene(folder) as place, between(place.relay.address) as mallory:
        member = await place.enrol("alice", via=mallory)
        shown = forge(place)
        async with in_place_of(place, mallory, HostileRelay(place.store, place.limits, shown=shown)):
            alice = place.start(member)
            state = await link_state(alice, "offline", "refused", "online")
        fatal = alerts(alice, "link")
        leaf = shown.certificate
        return Finding(
            attempt=f"Showed alice a certificate for {', '.join(str(one.value) for one in alternative_names(leaf))}, "
            f"issued by “{common_name(leaf)}”, valid {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d}.",
            stopped_by=", ".join([state.code, *(tell(alert) for alert in fatal)]) if state.code else "",
            evidence=f"alice's link is {state.state}: {state.sentence}",
            held=state.state == "refused"
            and state.code == expected
            and bool(fatal)
            and fatal[0].direction == "out"
            and not handshakes(alice, "link"),
        )


@asynccontextmanager
async def in_place_of(place: Scene, mallory: Mallory, false: HostileRelay) -> AsyncIterator[None]:
    """`mallory` leads clients to a `false` relay instead of the true one."""
    await false.start(require_loopback(LOOPBACK), 0)
    mallory.relay = false.address
    try:
        yield
    finally:
        mallory.relay = place.relay.address
        await false.stop()


async def relay_expired(folder: Path) -> Finding:
    """The relay's certificate has expired.

    Mallory has found an old key of the relay's on a discarded disk, with a certificate that was good last year.

    What should stop it: a certificate says until when it is good. That limits how long a stolen key is worth having,
    and alice looks at the date on every connection.
    """
    return await _shown(
        folder, lambda place: relay_certificate(place.relay.identity.authority, issued=-LONG_AGO), "expired"
    )


async def relay_not_yet_valid(folder: Path) -> Finding:
    """The relay's certificate is not valid yet.

    It begins next month. Such a thing is made by a CA with a wrong clock, or shows that alice's own clock is wrong, so
    that “expired” could no longer be trusted either.

    What should stop it: alice looks at both ends of the validity, and says which clock to check.
    """
    return await _shown(
        folder,
        lambda place: relay_certificate(place.relay.identity.authority, issued=timedelta(days=30)),
        "not-yet-valid",
    )


async def relay_wrong_host(folder: Path) -> Finding:
    """A good certificate of the right CA, but for another relay's name.

    Mallory operates a relay under the same CA, with a name of its own, and puts it where alice's relay is expected.

    What should stop it: the chain alone proves only that *somebody* known to the CA is there. Who it is stands in the
    certificate's SubjectAlternativeName, and alice compares it with the name that she joined (RFC 9525).
    """
    return await _shown(
        folder, lambda place: relay_certificate(place.relay.identity.authority, name=ELSEWHERE), "wrong-host"
    )


async def relay_wrong_authority(folder: Path) -> Finding:
    """A certificate with all the right words in it, issued by a CA that Mallory made.

    Its CA even has the same name as the real one. On the Web any of a hundred CAs could have issued it.

    What should stop it: alice trusts one CA only, the one whose fingerprint stood in her invite. A CA is its key and
    not its name, and the signature is not by that key.
    """
    return await _shown(folder, lambda _place: relay_certificate(other_authority()), "wrong-authority")


async def relay_self_signed(folder: Path) -> Finding:
    """A certificate that vouches for itself.

    Anybody can write down any name and sign it with the very key that the certificate is for.

    What should stop it: that signature proves only that whoever made the certificate has its key, and nothing about who
    that is. It leads to no CA that alice knows.
    """

    def forge(place: Scene) -> Identity:
        honest = relay_certificate(place.relay.identity.authority)
        return Identity(vouching_for_itself(honest.certificate, honest), honest.key)

    return await _shown(folder, forge, "wrong-authority")


async def relay_wrong_usage(folder: Path) -> Finding:
    """The right name, the right CA, the right dates, but issued for another purpose.

    Mallory has got hold of a certificate for relay.lab that was meant for connecting elsewhere, as a client. It is
    genuine in everything but one line: its ExtendedKeyUsage names clientAuth only.

    What should stop it: a certificate says what it is for, so that a key that leaks in one place is of no use in
    another. alice demands serverAuth (RFC 5280 §4.2.1.12).
    """
    return await _shown(folder, lambda place: only_for_clients(place.relay.identity.authority), "wrong-usage")


async def relay_is_a_person(folder: Path) -> Finding:
    """A person of this relay poses as the relay itself.

    Mallory is a regular user: she has a certificate of the right CA, valid today, and good for TLS servers, because the
    one who is called is the server of the end-to-end session. She shows it in the relay's place.

    What should stop it: it names a person (`glasscall:mallory@…`) and not the relay's host, and alice never takes the
    one for the other.
    """
    return await _shown(folder, lambda place: posing(place.relay.identity.authority, "mallory"), "wrong-host")


async def invite_wrong_authority(folder: Path) -> Finding:
    """Mallory meets alice before she has ever connected: while she joins with her invite.

    At the first contact there is no CA yet to check against; other programs take what they are shown (“trust on first
    use”). Mallory poses as the relay with a CA of her own, hoping to become the one whom alice trusts from then on.

    What should stop it: the invite holds the SHA-256 of the CA's certificate. It came to alice in another way, so what
    Mallory shows does not match; alice joins nowhere and gives her token to nobody.
    """
    false = other_authority()
    async with scene(folder) as place, between(place.relay.address) as mallory:
        relay = HostileRelay(place.store, place.limits, shown=relay_certificate(false), chain=false.certificate)
        code, sentence = "", "alice has joined."
        async with in_place_of(place, mallory, relay):
            try:
                await place.enrol("alice", via=mallory)
            except GlasscallError as error:
                code, sentence = error.code, error.sentence
        unspent = len(list((place.store.state / "invites").glob("*.json")))
        stored = [path.name for path in (folder / "alice").rglob("*")]
        return Finding(
            attempt=f"Posed as {RELAY} while alice joined, with a CA of her own, "
            f"{fingerprint(false.certificate)[:16]}….",
            stopped_by=code,
            evidence=f"{sentence} Invites still unspent: {unspent}; files that alice stored: {len(stored)}.",
            held=code == "wrong-authority" and unspent == 1 and not stored,
        )


SCENARIOS = (
    Scenario("relay-expired", relay_expired),
    Scenario("relay-not-yet-valid", relay_not_yet_valid),
    Scenario("relay-wrong-host", relay_wrong_host),
    Scenario("relay-wrong-authority", relay_wrong_authority),
    Scenario("relay-self-signed", relay_self_signed),
    Scenario("relay-wrong-usage", relay_wrong_usage),
    Scenario("relay-is-a-person", relay_is_a_person),
    Scenario("invite-wrong-authority", invite_wrong_authority),
)
