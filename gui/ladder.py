"""One TLS handshake as a ladder: a row for each message, ending in what was agreed. A pure fold, without Qt.

you ─── ClientHello ──────→ relay      0.0 ms   in the clear
you ←────── ServerHello ─── relay      1.8 ms   in the clear
you ← EncryptedExtensions ─ relay      1.8 ms   encrypted from here on
…
TLS 1.3 · AES-256-GCM · X25519MLKEM768 · certificate of relay.example
"""

from dataclasses import dataclass, replace
from typing import Literal

from gui.subject import subject_untrusted
from voip.journal.observations import Connecting, Entry
from voip.session.tls.events import Alert, Closed, Direction, Established, Failed, HandshakeMessage

ROWS_MAX = 40
"""A handshake has about a dozen messages; what comes after is counted, not kept."""

_ALWAYS_CLEAR = ("ClientHello", "ServerHello", "HelloRetryRequest", "ChangeCipherSpec")


@dataclass(frozen=True, slots=True)
class Row:
    """One handshake message."""

    t_ms: float
    """Since the handshake's first message, as in the report."""
    direction: Direction
    name: str
    size: int
    encrypted: bool
    """Whether the network could not read it: all but the hellos in TLS 1.3, only Finished in TLS 1.2."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the handshake ended in."""

    version: str
    cipher: str
    group: str
    resumed: bool
    subject: str
    """Whom the peer's certificate names; empty when none was shown."""
    handshake_ms: float

    @property
    def post_quantum(self) -> bool:
        """Whether the key exchange holds against a quantum computer too."""
        return "MLKEM" in self.group.upper()


@dataclass(frozen=True, slots=True)
class Ladder:
    """A connection's handshake as seen so far."""

    channel: Literal["link", "leg", "session"]
    to: str = ""
    began: float | None = None
    """When the first message was seen."""
    rows: tuple[Row, ...] = ()
    more: int = 0
    """Messages beyond `ROWS_MAX`."""
    agreed: Agreed | None = None
    alert: str = ""
    """The last fatal alert's name."""
    failure_code: str = ""
    failure: str = ""
    """Why the connection died, in English."""
    closed: bool = False


def climb(ladder: Ladder, entry: Entry) -> Ladder:
    """`ladder` after `entry`, which must be of its channel."""
    match entry.what:
        case Connecting(to=to):
            return Ladder(ladder.channel, to=to)
        case HandshakeMessage() as message:
            return _message(ladder, entry.at, message)
        case Established() as e:
            began = entry.at if ladder.began is None else ladder.began
            subject = subject_untrusted(e.peer[0]) if e.peer else ""
            agreed = Agreed(e.version, e.cipher, e.group, e.resumed, subject, _ms(began, entry.at))
            return replace(ladder, agreed=agreed, alert="", failure="", failure_code="")
        case Alert(level="fatal", name=name):
            return replace(ladder, alert=name)
        case Failed(code=code, sentence=sentence):
            return replace(ladder, failure_code=code, failure=sentence, closed=True)
        case Closed():
            return replace(ladder, closed=True)
    return ladder


def _message(ladder: Ladder, at: float, message: HandshakeMessage) -> Ladder:
    again = message.name == "ClientHello" and ladder.closed
    if again:
        ladder = Ladder(ladder.channel, to=ladder.to)
    if len(ladder.rows) >= ROWS_MAX:
        return replace(ladder, more=ladder.more + 1)
    began = at if ladder.began is None else ladder.began
    row = Row(_ms(began, at), message.direction, message.name, len(message.raw), _encrypted(ladder, message.name))
    return replace(ladder, began=began, rows=(*ladder.rows, row))


def _encrypted(ladder: Ladder, name: str) -> bool:
    if name in _ALWAYS_CLEAR:
        return False
    return name in {"EncryptedExtensions", "Finished"} or any(row.encrypted for row in ladder.rows)


def _ms(began: float, at: float) -> float:
    return round((at - began) * 1000, 2)
