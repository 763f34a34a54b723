"""Making both ends use something weaker than they would: an older TLS, a weak suite, no protocol, no post-quantum."""

from dataclasses import replace
from pathlib import Path

from voip.config import Limits
from voip.io.store import RelayStore
from voip.lab.hellos import (
    ALPN,
    CLIENT_HELLO,
    DOWNGRADE_SENTINEL,
    SERVER_HELLO,
    SUPPORTED_VERSIONS,
    TLS_1_1,
    X25519MLKEM768,
    Hello,
    Rewriting,
)
from voip.lab.hostile import HostileRelay
from voip.lab.mallory import between
from voip.lab.observing import alerts, handshakes, link_state, tell
from voip.lab.result import Finding, Scenario
from voip.lab.scene import BOTH, Build, honest, scene
from voip.relay import Relay
from voip.session.tls.context import Version

NULL_SUITES = (0x0004, 0x0003, 0x0002)
"""TLS_RSA_WITH_RC4_128_MD5, TLS_RSA_EXPORT_WITH_RC4_40_MD5, TLS_RSA_WITH_NULL_SHA."""
CCM_8 = 0x1305
"""TLS_AES_128_CCM_8_SHA256: a tag of 64 bits, which we do not offer."""


def studying(store: RelayStore, limits: Limits) -> Relay:
    """A relay that also speaks TLS 1.2."""
    return HostileRelay(store, limits, versions=BOTH)


def only_old(store: RelayStore, limits: Limits) -> Relay:
    """A relay that speaks nothing newer than TLS 1.2."""
    return HostileRelay(store, limits, versions=("1.2",))


async def _rewritten(
    folder: Path,
    attempt: str,
    hand: Rewriting,
    *expected: str,
    build: Build = honest,
    versions: tuple[Version, ...] = ("1.3",),
) -> Finding:
    """What comes of a link whose hellos pass through `hand`; `expected`: the alerts of which one must stop it."""
    async with scene(folder, build) as place, between(place.relay.address) as mallory:
        member = await place.enrol("alice", via=mallory, versions=versions)
        mallory.hand = hand
        alice = place.start(member, versions=versions)
        state = await link_state(alice, "offline", "refused", "online")
        fatal = alerts(alice, "link")
        came, went = hand.seen[0] if hand.seen else (None, None)
        return Finding(
            attempt=attempt,
            stopped_by=tell(fatal[0]) if fatal else "",
            evidence=f"alice's link: {state.code or state.state} — {state.sentence or 'it stands'} "
            f"{len(handshakes(alice, 'link'))} handshakes were finished.",
            held=state.state != "online"
            and bool(fatal)
            and fatal[0].name in expected
            and came != went
            and not handshakes(alice, "link"),
        )


async def downgrade_tls_1_1(folder: Path) -> Finding:
    """The relay's answer is rewritten into one of TLS 1.1.

    TLS 1.1 of 2006 still relies on SHA-1 and MD5 and on ciphers without a sound tag. Mallory strips the extension that
    says “TLS 1.3” out of the relay's ServerHello and writes 1.1 in its place.

    What should stop it: alice accepts TLS 1.3 and nothing else. She answers with the alert protocol_version.
    """

    def rewrite(hello: Hello) -> Hello:
        return replace(hello.without(SUPPORTED_VERSIONS), version=TLS_1_1)

    return await _rewritten(
        folder,
        "Rewrote the relay's ServerHello from TLS 1.3 to TLS 1.1 (version 0x0302, no supported_versions).",
        Rewriting(SERVER_HELLO, rewrite),
        "protocol_version",
    )


async def downgrade_tls_1_2(folder: Path) -> Finding:
    """A relay, or somebody in its place, that claims to know nothing newer than TLS 1.2.

    TLS 1.2 can be used safely, but it shows every certificate in clear: who calls is there to be read. Mallory lets
    alice meet a relay that offers no more than that.

    What should stop it: alice allows TLS 1.3 only, and so they share no version: alert protocol_version. (For study
    TLS 1.2 can be switched on, `--tls 1.2`; it never is by itself.)
    """
    async with scene(folder, only_old) as place:
        # One joins as a student; the phone that then connects is an ordinary one.
        alice = place.start(await place.enrol("alice", versions=("1.2",)))
        state = await link_state(alice, "offline", "refused", "online")
        fatal = alerts(alice, "link")
        return Finding(
            attempt="Offered alice a relay that speaks TLS 1.2 only.",
            stopped_by=tell(fatal[0]) if fatal else "",
            evidence=f"alice's link: {state.code} — {state.sentence}",
            held=state.state == "refused" and [alert.name for alert in fatal] == ["protocol_version"],
        )


async def strip_versions(folder: Path) -> Finding:
    """TLS 1.3 is struck out of what alice offers, before a relay that wants nothing else.

    Mallory removes the extension supported_versions from alice's ClientHello. What is left is a ClientHello of TLS 1.2.

    What should stop it: the relay, too, accepts TLS 1.3 only: alert protocol_version. Each end is strict on its own.
    """
    return await _rewritten(
        folder,
        "Removed supported_versions from alice's ClientHello, so that it offers TLS 1.2 at most.",
        Rewriting(CLIENT_HELLO, lambda hello: hello.without(SUPPORTED_VERSIONS)),
        "protocol_version",
    )


async def downgrade_sentinel(folder: Path) -> Finding:
    """The same between two ends that would both accept TLS 1.2.

    Now alice and the relay allow TLS 1.2 as well, for study. Mallory strikes TLS 1.3 from the ClientHello, and the
    relay answers in good faith: TLS 1.2, then.

    What should stop it: a server that knows TLS 1.3 but is asked for 1.2 writes the word DOWNGRD into the last eight
    bytes of its random number (RFC 8446 §4.1.3). alice knows that she did offer 1.3, so somebody struck it out: alert
    illegal_parameter. And Mallory cannot change the random number, because it goes into every key.
    """
    hand = Rewriting(CLIENT_HELLO, lambda hello: hello.without(SUPPORTED_VERSIONS))
    found = await _rewritten(
        folder,
        "Removed supported_versions from alice's ClientHello; alice and the relay would both take TLS 1.2.",
        hand,
        "illegal_parameter",
        build=studying,
        versions=BOTH,
    )
    ending = hand.answers[0].random[-8:] if hand.answers else b""
    return replace(
        found,
        evidence=f"The relay's random number ends in {ending!r}. {found.evidence}",
        held=found.held and ending == DOWNGRADE_SENTINEL,
    )


async def weak_suites(folder: Path) -> Finding:
    """Alice's offer of ciphers is replaced by broken ones.

    Mallory replaces the suites in the ClientHello by RC4, by “export” RC4 with 40 bits, and by NULL, which encrypts
    nothing. They were once in every browser.

    What should stop it: the relay knows none of them: alert handshake_failure. It would rather not talk.
    """
    return await _rewritten(
        folder,
        "Replaced every suite in alice's ClientHello by RC4-MD5, export RC4 (40 bits) and NULL.",
        Rewriting(CLIENT_HELLO, lambda hello: replace(hello, suites=NULL_SUITES)),
        "handshake_failure",
    )


async def weak_suite_forced(folder: Path) -> Finding:
    """The relay's choice of cipher is replaced by one that alice did not offer.

    Mallory writes TLS_AES_128_CCM_8_SHA256 into the ServerHello: a suite whose tags have 64 bits instead of 128.

    What should stop it: a server may choose only from what was offered. alice compares, and sends illegal_parameter.
    """
    return await _rewritten(
        folder,
        "Wrote TLS_AES_128_CCM_8_SHA256 into the relay's ServerHello, which alice did not offer.",
        Rewriting(SERVER_HELLO, lambda hello: replace(hello, suites=(CCM_8,))),
        "illegal_parameter",
    )


async def strip_alpn(folder: Path) -> Finding:
    """The name of the protocol is struck out of alice's offer.

    ALPN says what shall be spoken inside (“glasscall/1”), and with it whether the relay must see a certificate. Mallory
    strikes it out and hopes for a connection of another, laxer kind.

    What should stop it: every byte of the hellos goes into the handshake's keys and signatures. alice derived hers from
    the hello that she sent, the relay from the one that it got; so alice cannot open even the first encrypted record.
    """
    return await _rewritten(
        folder,
        "Removed the extension application_layer_protocol_negotiation from alice's ClientHello.",
        Rewriting(CLIENT_HELLO, lambda hello: hello.without(ALPN)),
        "bad_record_mac",
        "no_application_protocol",
    )


async def strip_post_quantum(folder: Path) -> Finding:
    """The post-quantum key exchange is struck out of alice's offer.

    Mallory records today what she hopes to break with a quantum computer tomorrow. For that she must get rid of ML-KEM:
    she removes X25519MLKEM768 from the groups and the key shares, and leaves the classical X25519.

    What should stop it: X25519 alone is acceptable to both, so nobody refuses it. But the hello was altered, and every
    byte of it goes into the keys: alice cannot open the first encrypted record. A choice can be made by the two ends
    only, never by somebody between them.
    """
    return await _rewritten(
        folder,
        "Removed X25519MLKEM768 from supported_groups and key_share of alice's ClientHello.",
        Rewriting(CLIENT_HELLO, lambda hello: hello.without_group(X25519MLKEM768)),
        "bad_record_mac",
        "illegal_parameter",
    )


SCENARIOS = (
    Scenario("downgrade-tls-1.1", downgrade_tls_1_1),
    Scenario("downgrade-tls-1.2", downgrade_tls_1_2),
    Scenario("strip-versions", strip_versions),
    Scenario("downgrade-sentinel", downgrade_sentinel),
    Scenario("weak-suites", weak_suites),
    Scenario("weak-suite-forced", weak_suite_forced),
    Scenario("strip-alpn", strip_alpn),
    Scenario("strip-post-quantum", strip_post_quantum),
)
