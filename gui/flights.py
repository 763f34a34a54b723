"""A ladder read as people draw it: who is the client, what travels together, the classic numbers. Without Qt.

flight      messages of one direction that travel together; each costs half a round trip
number      TLS 1.2's classic diagram, 1 to 10; what stands beside it (client authentication, tickets) has none
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gui.ladder import ALERT, Ladder, Row
from voip.errors import ProtocolError
from voip.session.tls.events import Direction
from voip.wire.tls_messages import HELLO_RETRY_RANDOM, Message, ServerHello, read
from voip.wire.tls_names import VERSION_NAMES

Extra = Literal["", "client-authentication", "ticket", "retry", "compatibility"]

TLS12, TLS13 = "TLSv1.2", "TLSv1.3"
CLASSIC = {
    ("client", "ClientHello"): 1,
    ("server", "ServerHello"): 2,
    ("server", "Certificate"): 3,
    ("server", "ServerKeyExchange"): 4,
    ("server", "ServerHelloDone"): 5,
    ("client", "ClientKeyExchange"): 6,
    ("client", "ChangeCipherSpec"): 7,
    ("client", "Finished"): 8,
    ("server", "ChangeCipherSpec"): 9,
    ("server", "Finished"): 10,
}
_ONLY_12 = frozenset({"ServerKeyExchange", "ServerHelloDone", "ClientKeyExchange"})


@dataclass(frozen=True, slots=True)
class Flight:
    """Rows `first` to `last` (inclusive), which travelled together."""

    first: int
    last: int
    direction: Direction
    halves: int
    """Half round trips since the handshake began, this one included; 0 once it is over (tickets, alerts)."""
    ms: float
    """From the end of the flight before to the beginning of this one, as seen here."""


def client_way(ladder: Ladder) -> Direction:
    """The direction in which the TLS client speaks: `out` when that is us."""
    return next((row.direction for row in ladder.rows if row.name == "ClientHello"), "out")


def side(ladder: Ladder, row: Row) -> Literal["client", "server"]:
    """Whose message this is."""
    return "client" if row.direction == client_way(ladder) else "server"


def version_of(ladder: Ladder) -> str:
    """`TLSv1.3`, `TLSv1.2`, or empty while it cannot be known."""
    if ladder.agreed is not None:
        return ladder.agreed.version
    names = {row.name for row in ladder.rows}
    if "EncryptedExtensions" in names:
        return TLS13
    if names & _ONLY_12:
        return TLS12
    for row in ladder.rows:
        if row.name == "ServerHello" and row.raw[4:]:
            try:
                hello = read(Message(2, 0, row.raw[4:]))
            except ProtocolError:
                return ""
            if isinstance(hello, ServerHello):
                return VERSION_NAMES.get(hello.version, "")
    return ""


def number(ladder: Ladder, row: Row) -> int:
    """The message's place in TLS 1.2's classic diagram; 0 beside it, and in TLS 1.3."""
    return CLASSIC.get((side(ladder, row), row.name), 0) if version_of(ladder) == TLS12 else 0


def extra(ladder: Ladder, row: Row) -> Extra:
    """Why a message stands beside the plain handshake; empty for what every full handshake has."""
    if row.name == "NewSessionTicket":
        return "ticket"
    if row.name == "CertificateRequest":
        return "client-authentication"
    if row.name in {"Certificate", "CertificateVerify"} and side(ladder, row) == "client":
        return "client-authentication"
    if row.name == "HelloRetryRequest" or (row.name == "ServerHello" and row.raw[6:38] == HELLO_RETRY_RANDOM):
        return "retry"
    if row.name == "ChangeCipherSpec" and version_of(ladder) == TLS13:
        return "compatibility"
    return ""


def _parts(before: Row, row: Row) -> bool:
    """Whether `row` begins a flight: the other side speaks, or what ends the handshake is said."""
    return row.direction != before.direction or (row.name == ALERT) != (before.name == ALERT)


def flights(ladder: Ladder) -> tuple[Flight, ...]:
    """The ladder's rows as flights, in their order."""
    rows = ladder.rows
    begins = [i for i in range(len(rows)) if i == 0 or _parts(rows[i - 1], rows[i])]
    made: list[Flight] = []
    halves, done = 0, False
    for first, after in pairwise([*begins, len(rows)]):
        names = {row.name for row in rows[first:after]}
        done = done or (bool(names) and names <= {"NewSessionTicket", "KeyUpdate", ALERT})
        halves += not done
        ms = rows[first].t_ms - rows[first - 1].t_ms if first else 0.0
        made.append(Flight(first, after - 1, rows[first].direction, 0 if done else halves, round(ms, 3)))
    return tuple(made)
