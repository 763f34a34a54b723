"""Calls over UDP: what a packet costs beside a bare C forwarder and coturn, and how many calls a core carries."""

from load.pacer import Load, build, drive
from load.tally import Tally
from rows import Row, Table

from relay.contest import COTURN_UDP, FORWARDER, in_turns, once, ours
from relay.verdict import Limits, beside, figures, kept, try_twice

COMPARED = (100, 500)
MANY = 800
ROUNDS, SECONDS, LONG = 3, 8.0, 20.0
OF_THE_FORWARDER = 1.5
LIMITS = Limits(loss=0.1, p99=15)
NAME, TITLE = "relay-udp", "The relay: calls over UDP"


def measure(*, quick: bool) -> Table:
    """All of it."""
    build()
    rounds, seconds, long = (1, 4.0, 6.0) if quick else (ROUNDS, SECONDS, LONG)
    rows: list[Row] = []
    for calls in COMPARED:
        mine = ours("udp", calls)
        found = in_turns([mine, FORWARDER, COTURN_UDP], calls, seconds, rounds)
        rows += beside(mine.name, calls, found, {FORWARDER.name: OF_THE_FORWARDER, COTURN_UDP.name: 1}, FORWARDER.name)
    many = ours("udp", MANY)
    rows.append(kept(f"{many.name}, {MANY} calls", try_twice(lambda: once(many, MANY, long), LIMITS), LIMITS))
    rows.append(Row(f"no relay at all, {MANY} calls", figures=figures([_floor(seconds)])))
    how = (
        f"{rounds} round(s) of {seconds:g} s in turns, the relay on one core and the load on the other; each end sends "
        f"a packet of 172 bytes 50 times a second; {MANY} calls for {long:g} s. Bindings and pings as phones send them."
    )
    return Table(NAME, TITLE, how, tuple(rows))


def _floor(seconds: float) -> Tally:
    """What the generator itself can do: its sockets send to each other."""
    return drive(None, "direct", "127.0.0.1", 1, Load(MANY, seconds))
