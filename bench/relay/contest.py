"""Who is measured, and one run of one of them: a fresh process each time, so that nobody is warm from before."""

import functools
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from load.host import Host, our_relay
from load.pacer import ROOT, Load, drive
from load.people import People, prepare
from load.tally import Tally

from relay.coturn import coturn
from relay.forwarder import forwarder
from relay.murmurd import murmurd
from voip.config import ADMISSION

PEOPLE = ROOT / "out/bench/load"
Hosting = Callable[[Path], AbstractContextManager[tuple[Host, str, int]]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A relay and the way of the packets through it."""

    name: str
    way: str
    hosting: Hosting
    people: People | None = None


def ours(way: str, calls: int) -> Contestant:
    """Our relay with enough people."""
    people = prepare(PEOPLE, 2 * calls)
    options = ("--calls-max", str(2 * calls)) if calls >= ADMISSION.calls else ()
    return Contestant(
        f"Glasscall, {way.upper()}", way, lambda folder: our_relay(people, folder / "relay.log", *options), people
    )


FORWARDER = Contestant("C forwarder, recvfrom and sendto", "raw", forwarder)
COTURN_UDP = Contestant("coturn, UDP", "turn-udp", functools.partial(coturn, over_tls=False))
COTURN_TLS = Contestant("coturn, TLS", "turn-tls", functools.partial(coturn, over_tls=True))
MURMURD = Contestant("murmurd, TCP tunnel", "mumble-tcp", murmurd)


def once(one: Contestant, calls: int, seconds: float) -> Tally:
    """One run. Raises `RuntimeError` when it did not come up, or could not carry the calls."""
    with tempfile.TemporaryDirectory(prefix="glasscall-relay-") as name, one.hosting(Path(name)) as (host, *place):
        return drive(host, one.way, *place, Load(calls, seconds, people=one.people))


def in_turns(contestants: Sequence[Contestant], calls: int, seconds: float, rounds: int) -> dict[str, list[Tally]]:
    """Everybody once each round, another one first in each."""
    found: dict[str, list[Tally]] = {one.name: [] for one in contestants}
    for number in range(rounds):
        first = number % len(contestants)
        for one in (*contestants[first:], *contestants[:first]):
            found[one.name].append(once(one, calls, seconds))
    return found
