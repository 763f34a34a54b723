"""Cutting a connection where it suits Mallory, so that what came last goes missing and looks like the end."""

from pathlib import Path

from voip.journal.observations import SessionRenewed
from voip.journal.summary import last_call
from voip.lab.mallory import between
from voip.lab.observing import (
    counted,
    failures,
    goodbyes,
    handshakes,
    in_call,
    link_state,
    seen,
    tell_failure,
)
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
    Neither came, so the call is not over. alice's phone opens another leg, with a token that only it was given, and in
    it another session, whose other end must prove that it held the one before. The voice goes on, and the words stay
    good.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        alice, bob = await place.phone("alice", via=mallory), await place.phone("bob")
        call = await place.talk(alice, bob)
        mallory.wires[-1].cut()
        for phone in (alice, bob):
            await seen(phone, lambda entry: isinstance(entry.what, SessionRenewed), "another session")
        heard = await counted(alice, lambda _: True, "the voice")
        later = await counted(alice, lambda now: now.received > heard.received, "more of the voice")
        return Finding(
            attempt="Sent alice a FIN on the leg of her call with bob.",
            stopped_by=tell_failure(alice, "leg"),
            evidence=f"alice's call with bob goes on: {later.received} packets of his voice, "
            f"{len(handshakes(alice, 'session'))} sessions, {later.rejected} packets refused",
            held=[one.code for one in failures(alice, "leg")] == ["truncated"]
            and in_call(alice)
            and in_call(bob)
            and call == last_call(alice.journal)
            and len(handshakes(alice, "session")) == 2
            and not later.rejected
            and not goodbyes(alice, "session"),
        )


SCENARIOS = (Scenario("truncate-link", truncate_link), Scenario("truncate-call", truncate_call))
