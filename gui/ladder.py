"""One TLS handshake as a ladder: a row for each message and alert, and what was agreed. A pure fold, without Qt.

you ─── ClientHello ──────→ relay      0.0 ms   in the clear
you ←────── ServerHello ─── relay      1.8 ms   in the clear
you ← EncryptedExtensions ─ relay      1.8 ms   encrypted from here on
…
TLS 1.3 · AES-256-GCM · X25519MLKEM768 · certificate of relay.example
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from gui.subject import subject_untrusted
from voip.journal.observations import Connecting, Entry
from voip.session.tls.events import Alert, Closed, Direction, Established, Failed, HandshakeMessage, Record
from voip.wire.tls_names import ALERT_NAMES
from voip.wire.tls_records import APPLICATION_DATA

ROWS_MAX = 40
"""A handshake has about a dozen messages; what comes after is counted, not kept."""
BYTES_MAX = 262_144
"""Of the messages and of their records, so much is kept to be looked at."""

ALERT = "Alert"
"""The name of an alert's row."""
EARLY = "early data"
"""The name of a row of early data: what a client says before the handshake is done (0-RTT, RFC 8446 §2.3)."""
_SEALED = 17
"""Bytes that TLS 1.3 adds to what is said: the true content type, and the tag."""
_CODES = {name: code for code, name in ALERT_NAMES.items()}
_CHOSE_1_3 = bytes.fromhex("002b00020304")
"""A ServerHello's supported_versions that chooses TLS 1.3."""
_ALWAYS_CLEAR = ("ClientHello", "ServerHello", "HelloRetryRequest", "ChangeCipherSpec")


@dataclass(frozen=True, slots=True)
class Row:
    """One handshake message, an alert, or early data."""

    t_ms: float
    """Since the handshake's first message, as in the report."""
    direction: Direction
    name: str
    size: int
    encrypted: bool
    """Whether the network could not read it: all but the hellos in TLS 1.3, only Finished in TLS 1.2."""
    raw: bytes = field(default=b"", repr=False)
    """The message in clear, with its handshake header; empty when there was no room left for it."""
    wire: bytes = field(default=b"", repr=False)
    """The record (or records) that carried it, as the wire saw them; empty when they were not kept."""
    record: int = 0
    """Which record of its direction that was, from 1; messages that travelled in one record share the number."""
    says: str = ""
    """An alert's own name: `close_notify`, `bad_certificate`, …"""

    @property
    def title(self) -> str:
        """`ClientHello`, `Alert: bad_certificate`."""
        return f"{self.name}: {self.says}" if self.says else self.name

    @property
    def settled(self) -> bool:
        """Whether it is encrypted with this connection's own keys: not in clear, and not ahead of them."""
        return self.encrypted and self.name != EARLY


@dataclass(frozen=True, slots=True)
class Carrier:
    """The last record of one direction, waiting for the messages that it carried."""

    raw: bytes = field(default=b"", repr=False)
    number: int = 0
    emptied: bool = True
    """Whether a message has come out of it; until then a further record belongs to the same message."""


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
    sending: Carrier = Carrier()
    arriving: Carrier = Carrier()

    @property
    def kept(self) -> int:
        """Bytes held of messages and records."""
        return sum(len(row.raw) + len(row.wire) for row in self.rows)

    @property
    def messages(self) -> int:
        """How many handshake messages were seen; alerts and early data are none."""
        return sum(row.name not in {ALERT, EARLY} for row in self.rows) + self.more


def climb(ladder: Ladder, entry: Entry) -> Ladder:
    """`ladder` after `entry`, which must be of its channel."""
    match entry.what:
        case Connecting(to=to):
            return Ladder(ladder.channel, to=to)
        case Record() as record:
            return _record(ladder, entry.at, record)
        case HandshakeMessage() as message:
            return _message(ladder, entry.at, message)
        case Established() as e:
            began = entry.at if ladder.began is None else ladder.began
            subject = subject_untrusted(e.peer[0]) if e.peer else ""
            agreed = Agreed(e.version, e.cipher, e.group, e.resumed, subject, _ms(began, entry.at))
            return replace(ladder, agreed=agreed, alert="", failure="", failure_code="")
        case Alert() as alert:
            return _alert(ladder, entry.at, alert)
        case Failed(code=code, sentence=sentence):
            return replace(ladder, failure_code=code, failure=sentence, closed=True)
        case Closed():
            return replace(ladder, closed=True)
    return ladder


def _record(ladder: Ladder, at: float, record: Record) -> Ladder:
    raw = record.raw
    if not raw or len(ladder.rows) >= ROWS_MAX:
        return ladder
    out = record.direction == "out"
    before = ladder.sending if out else ladder.arriving
    if (
        record.type == "application_data"
        and ladder.rows
        and all(row.direction == record.direction for row in ladder.rows)
    ):
        # Nobody has answered the ClientHello yet, so it can only be early data.
        wire = raw if len(raw) <= BYTES_MAX - ladder.kept else b""
        size, number = max(0, record.length - _SEALED), before.number + 1
        early = Row(
            _ms(ladder.began or at, at), record.direction, EARLY, size, encrypted=True, wire=wire, record=number
        )  # fmt: skip
        ladder, carrier = replace(ladder, rows=(*ladder.rows, early)), Carrier(raw, number)
        return replace(ladder, sending=carrier) if out else replace(ladder, arriving=carrier)
    goes_on = not before.emptied and before.raw[:1] == raw[:1] and len(before.raw) + len(raw) <= BYTES_MAX
    carrier = Carrier(before.raw + raw if goes_on else raw, before.number + (not goes_on), emptied=False)
    return replace(ladder, sending=carrier) if out else replace(ladder, arriving=carrier)


def _alert(ladder: Ladder, at: float, alert: Alert) -> Ladder:
    """The alert as a row: what was said when something failed, and the goodbye. Its two bytes follow from its name."""
    if alert.level == "fatal":
        ladder = replace(ladder, alert=alert.name)
    code = _CODES.get(alert.name) if alert.name in _CODES else int(alert.name) if alert.name.isdecimal() else None
    if code is None or code > 255 or not ladder.rows or len(ladder.rows) >= ROWS_MAX:
        return ladder
    out = alert.direction == "out"
    carrier = ladder.sending if out else ladder.arriving
    wire = b"" if carrier.emptied else carrier.raw
    row = Row(
        _ms(ladder.began or at, at), alert.direction, ALERT, 2, _alert_hidden(ladder, alert, wire),
        bytes((2 if alert.level == "fatal" else 1, code)), wire, carrier.number, alert.name,
    )  # fmt: skip
    carrier = replace(carrier, emptied=True)
    ladder = replace(ladder, rows=(*ladder.rows, row))
    return replace(ladder, sending=carrier) if out else replace(ladder, arriving=carrier)


def _alert_hidden(ladder: Ladder, alert: Alert, wire: bytes) -> bool:
    """TLS 1.3 tells by the record's type; TLS 1.2 encrypts what follows its sender's ChangeCipherSpec."""
    if wire[:1] == bytes([APPLICATION_DATA]) or ladder.agreed is not None:
        return True
    modern = any(row.name == "ServerHello" and _CHOSE_1_3 in row.raw for row in ladder.rows)
    return not modern and any(
        row.name == "ChangeCipherSpec" and row.direction == alert.direction for row in ladder.rows
    )  # fmt: skip


def _message(ladder: Ladder, at: float, message: HandshakeMessage) -> Ladder:
    out = message.direction == "out"
    carrier = ladder.sending if out else ladder.arriving
    again = message.name == "ClientHello" and ladder.closed
    if again:
        ladder = Ladder(ladder.channel, to=ladder.to)
    if len(ladder.rows) >= ROWS_MAX:
        return replace(ladder, more=ladder.more + 1)
    began = at if ladder.began is None else ladder.began
    room = BYTES_MAX - ladder.kept
    raw = message.raw if len(message.raw) <= room else b""
    wire = carrier.raw if len(raw) + len(carrier.raw) <= room else b""
    hidden = _encrypted(ladder, message)
    row = Row(
        _ms(began, at), message.direction, message.name, len(message.raw), hidden, raw, wire, carrier.number
    )  # fmt: skip
    carrier = replace(carrier, emptied=True)
    ladder = replace(ladder, began=began, rows=(*ladder.rows, row))
    return replace(ladder, sending=carrier) if out else replace(ladder, arriving=carrier)


def _encrypted(ladder: Ladder, message: HandshakeMessage) -> bool:
    """TLS 1.3 hides everything after ServerHello, TLS 1.2 what follows ChangeCipherSpec, each way for itself."""
    if message.name in _ALWAYS_CLEAR:
        return False
    if message.name in {"EncryptedExtensions", "Finished"}:
        return True
    return any(
        row.name == "EncryptedExtensions" or (row.name == "ChangeCipherSpec" and row.direction == message.direction)
        for row in ladder.rows
    )


def _ms(began: float, at: float) -> float:
    return round((at - began) * 1000, 3)
