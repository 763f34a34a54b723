"""Calls over TLS legs: what a packet costs beside coturn's TLS and murmurd's TCP tunnel, and 300 calls on one core."""

from load.pacer import build
from rows import Row, Table

from relay.contest import COTURN_TLS, MURMURD, in_turns, once, ours
from relay.verdict import Limits, beside, kept, try_twice

COMPARED = 100
MANY = 300
ROUNDS, SECONDS, LONG = 3, 8.0, 20.0
LIMITS = Limits(loss=0.1, p99=20)
NAME, TITLE = "relay-tls", "The relay: calls over TLS"


def measure(*, quick: bool) -> Table:
    """All of it."""
    build()
    rounds, seconds, long = (1, 4.0, 6.0) if quick else (ROUNDS, SECONDS, LONG)
    mine = ours("tls", COMPARED)
    found = in_turns([mine, COTURN_TLS, MURMURD], COMPARED, seconds, rounds)
    rows: list[Row] = beside(mine.name, COMPARED, found, {COTURN_TLS.name: 1, MURMURD.name: 1})
    many = ours("tls", MANY)
    rows.append(kept(f"{many.name}, {MANY} calls", try_twice(lambda: once(many, MANY, long), LIMITS), LIMITS))
    how = (
        f"{rounds} round(s) of {seconds:g} s in turns, the relay on one core and the load on the other; each end sends "
        f"a packet of 172 bytes 50 times a second in its own TLS connection; {MANY} calls for {long:g} s."
    )
    return Table(NAME, TITLE, how, tuple(rows))
