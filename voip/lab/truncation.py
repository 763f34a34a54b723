"""Cutting a connection where it suits Mallory, so that what came last goes missing and looks like the end."""

from pathlib import Path

from voip.lab.mallory import between
from voip.lab.observing import failures, goodbyes, link_state, phase, tell_failure
from voip.lab.result import Finding, Scenario
from voip.lab.scene import scene


async def truncate_link(folder: Path) -> Finding:
    """A connection is ended by TCP alone, as if the relay had said goodbye.

    Mallory cannot write into the connection, but she can end it: a FIN costs her nothing. If alice took that for the
    regular end, Mallory could cut off the last message of every conversation (“pay him …” – “… not before Friday”).

    What should stop it: the goodbye is itself a protected message, the alert close_notify (RFC 8446 §6.1). A FIN
    without one before it is a truncation and is called so. For comparison carol, with whom Mallory does not meddle,
    hears the relay's true goodbye.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        alice, carol = await place.phone("alice", via=mallory), await place.phone("carol")
        mallory.wires[-1].cut()
        cut = await link_state(alice, "offline")
        await place.relay.stop()
        ended = await link_state(carol, "offline")
        return Finding(
            attempt="Sent alice a FIN in the relay's name, without a close_notify, which she cannot make.",
            stopped_by=tell_failure(alice, "link"),
            evidence=f"alice, cut off: {cut.code}, {goodbyes(alice, 'link')} close_notify received; "
            f"carol, at the relay's true end: {ended.code}, {goodbyes(carol, 'link')} close_notify received",
            held=[one.code for one in failures(alice, "link")][:1] == ["truncated"]
            and cut.code == "truncated"
            and not goodbyes(alice, "link")
            and goodbyes(carol, "link") == 1
            and not failures(carol, "link"),
        )


async def truncate_call(folder: Path) -> Finding:
    """The voice's connection is cut in the middle of a call.

    Mallory sends a FIN on the leg, the connection that carries the voice, and hopes that alice believes bob hung up.

    What should stop it: hanging up is a message inside the session between alice and bob, followed by close_notify.
    Neither came, so the call is lost, not over; alice's phone says so, and no microphone stays open.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        alice, bob = await place.phone("alice", via=mallory), await place.phone("bob")
        call = await place.talk(alice, bob)
        mallory.wires[-1].cut()
        end = await phase(alice, "ended", call=call)
        other = await phase(bob, "ended", call=call)
        return Finding(
            attempt="Sent alice a FIN on the leg of her call with bob.",
            stopped_by=tell_failure(alice, "leg"),
            evidence=f"alice's call ended: {end.reason} — {end.sentence or 'so the relay said'} bob's: {other.reason}",
            held=[one.code for one in failures(alice, "leg")] == ["truncated"]
            and end.reason == other.reason == "lost"
            and not goodbyes(alice, "session"),
        )


SCENARIOS = (Scenario("truncate-link", truncate_link), Scenario("truncate-call", truncate_call))
