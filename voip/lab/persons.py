"""The right kind of person in the wrong place: somebody else at the other end, or a token in other hands."""

from pathlib import Path

from voip.client.link import relay_check, server_name
from voip.errors import CallError
from voip.io.stream import connect
from voip.journal.observations import Problem
from voip.lab.hostile import HostileRelay, Send
from voip.lab.loopback import require_loopback
from voip.lab.mallory import flipped
from voip.lab.media import hostile
from voip.lab.observing import alerts, counted, in_call, phase, seen, tell
from voip.lab.result import Finding, Scenario
from voip.lab.scene import RELAY, Member, Scene, scene, sees
from voip.session.tls import link_context
from voip.wire import signals
from voip.wire.signals import JoinLeg, Refused
from voip.wire.tls_records import APPLICATION_DATA, HEADER


async def wrong_person(folder: Path) -> Finding:
    """Alice calls bob, and the relay rings mallory.

    Mallory is a regular user, with a certificate that the relay's CA signed and that is good today. The relay, which is
    in league with her, rings her phone when alice calls bob.

    What should stop it: “certified” is not “the right one”. alice's phone knows whom she called, and compares the
    name in the certificate with that: it says mallory, so the handshake ends there, before anything is said.
    """
    async with scene(folder, hostile) as place:
        relay = place.relay
        assert isinstance(relay, HostileRelay)  # noqa: S101 - `hostile` built it
        relay.divert = {"bob": "mallory"}
        alice, mallory = await place.phone("alice"), await place.phone("mallory")
        await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(mallory, "incoming")
        end = await phase(alice, "ended")
        problem = (await seen(alice, lambda entry: isinstance(entry.what, Problem), "the reason")).what
        assert isinstance(problem, Problem)  # noqa: S101 - the predicate saw to it
        fatal = alerts(alice, "session")
        return Finding(
            attempt="Rang mallory's phone when alice called bob; mallory's certificate is good, but it is hers.",
            stopped_by=", ".join([problem.code, *(tell(alert) for alert in fatal)]),
            evidence=f"alice's call ended as {end.reason}: {problem.sentence}",
            held=problem.code == "wrong-person" and bool(fatal) and fatal[0].direction == "out",
        )


async def tamper_session(folder: Path) -> Finding:
    """The relay alters the handshake between alice and bob.

    The two shake hands end to end, through the relay. In the first encrypted record on its way to alice it turns over
    one bit.

    What should stop it: the same as on any other wire. The relay is a wire: to the session between alice and bob it is
    as strange as the café's WLAN. alert bad_record_mac, and no call comes of it.
    """
    touched: list[int] = []

    def grip(to: str, packet: bytes, send: Send) -> None:
        if to == "alice" and packet[0] == APPLICATION_DATA and not touched:
            touched.append(len(packet))
            packet = flipped(packet, HEADER + 1)
        send(packet)

    async with scene(folder, hostile) as place:
        relay = place.relay
        assert isinstance(relay, HostileRelay)  # noqa: S101 - `hostile` built it
        relay.grip = grip
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await place.ring(alice, bob)
        end = await phase(alice, "ended")
        fatal = alerts(alice, "session")
        return Finding(
            attempt=f"Turned over one bit of a record of {sum(touched)} bytes, from bob to alice, inside the relay.",
            stopped_by=tell(fatal[0]) if fatal else "",
            evidence=f"alice's call ended as {end.reason}: {end.sentence}",
            held=len(touched) == 1 and bool(fatal) and fatal[0].name == "bad_record_mac",
        )


async def replay_token(folder: Path) -> Finding:
    """The token that opens a call's leg is used a second time.

    Each leg is opened with a token, 16 random bytes that the relay gave over the link. Mallory has come by alice's,
    from a log perhaps, and tries it twice: first as herself, then with alice's own certificate, stolen with it.

    What should stop it: a token is good for one person and one time. alice has used it, so it is refused to both, and
    the call goes on undisturbed. (Even a leg of her own would bear nothing but ciphertext.)
    """
    async with scene(folder, hostile) as place:
        relay = place.relay
        assert isinstance(relay, HostileRelay)  # noqa: S101 - `hostile` built it
        alice_member, thief = await place.enrol("alice"), await place.enrol("mallory")
        alice = place.start(alice_member)
        bob = await place.phone("bob")
        await place.talk(alice, bob)
        before = await counted(alice, lambda now: now.received > 0, "bob's voice")
        used = next(hello for name, hello in relay.tokens if name == "alice")
        answers = [await show_token(place, member, used) for member in (thief, alice_member)]
        after = await counted(alice, lambda now: now.received > before.received, "bob's voice")
        codes = [answer.code if answer else "let in" for answer in answers]
        return Finding(
            attempt="Showed alice's leg token again: as mallory, and with alice's own certificate.",
            stopped_by=" and ".join(codes),
            evidence=f"{answers[1].sentence if answers[1] else 'No refusal came.'} alice went on to receive "
            f"{after.received - before.received} packets of bob's voice.",
            held=codes == ["leg-token"] * 2 and in_call(alice) and in_call(bob),
        )


async def show_token(place: Scene, member: Member, hello: JoinLeg) -> Refused | None:
    """What the relay says when `member` opens a leg with this token; None when it lets them in."""
    identity, authority = member.store.identity(), member.store.authority()
    host, port = place.relay.address
    stream = await connect(
        require_loopback(host),
        port,
        link_context(identity.certificate, identity.key, authority),
        server_name=server_name(RELAY),
        check_peer=relay_check(RELAY),
        limits=place.limits,
    )
    try:
        stream.send_packet(signals.encode(hello))
        packet = await stream.receive_packet()
        if packet is None:
            raise CallError("The relay closed without a word.", code="leg-closed")
        answer = signals.decode_untrusted(packet, signals.leg_decoder)
        return answer if isinstance(answer, Refused) else None
    finally:
        await stream.close()


SCENARIOS = (
    Scenario("wrong-person", wrong_person),
    Scenario("tamper-session", tamper_session),
    Scenario("replay-token", replay_token),
)
