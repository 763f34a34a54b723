"""One TLS connection as an eavesdropper reads it: everything that travels in clear, and the shape of the rest.

The server's direction is read first: it tells the version, without which one cannot know whether a handshake record
after ChangeCipherSpec is clear (a TLS 1.3 client's second hello) or not (a TLS 1.2 Finished).
"""

import warnings
from collections import Counter
from dataclasses import dataclass, field

from cryptography import x509

from voip.capture.flows import Entropy, entropy
from voip.capture.streams import Connection, Flow
from voip.errors import ProtocolError
from voip.wire.tls_messages import (
    CertificateList,
    ClientHello,
    MessageReader,
    ServerHello,
    ServerKeyExchange,
    read,
)
from voip.wire.tls_names import ALERT_NAMES, CIPHER_NAMES, GROUP_NAMES, VERSION_NAMES, named
from voip.wire.tls_records import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    RecordReader,
    WireRecord,
    find_record,
)

TLS13 = 0x0304


@dataclass(frozen=True, slots=True)
class TlsStream:
    """What there is to see of a TLS connection. Empty strings and None: not visible."""

    client: str
    server: str
    first_packet: int
    packets: int
    bytes_sent: int
    """Client to server, TCP payload."""
    bytes_received: int
    version: str
    versions_offered: tuple[str, ...]
    cipher: str
    group: str
    key_shares: tuple[str, ...]
    server_name: str
    """SNI."""
    alpn_offered: tuple[str, ...]
    session_offered: bool
    """The client asked to resume a session (a pre-shared key, or a TLS 1.2 ticket)."""
    resumed: bool | None
    """The server took it up; None when its answer was not captured."""
    hello_retry: bool
    certificates: tuple[str, ...]
    """Subjects that could be read, both ends'; none in TLS 1.3, where certificates are encrypted."""
    messages: tuple[tuple[str, str], ...]
    """Handshake messages in clear: (`sent` or `received` by the client, name), each direction in its order."""
    alerts: tuple[str, ...]
    """Alerts in clear."""
    records: dict[str, int]
    """Records by type, both directions."""
    application_bytes: int
    entropy: Entropy
    """Of the application data."""
    late: bool
    """The capture began after the connection did."""
    missing: int
    """Bytes that the capture lost."""
    problem: str
    """Why not all of it could be read, or empty."""


@dataclass(slots=True)
class _Direction:
    records: list[WireRecord] = field(default_factory=list)
    begun: bool = False
    """Its first record is the connection's first."""
    messages: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    client_hello: ClientHello | None = None
    server_hello: ServerHello | None = None
    hello_retry: bool = False
    certificates: list[str] = field(default_factory=list)
    group: int | None = None
    problem: str = ""


def read_tls(connection: Connection) -> TlsStream | None:
    """What of `connection` can be read, or None when it is no TLS."""
    sent, received = _records(connection.sent), _records(connection.received)
    if not sent.records and not received.records:
        return None
    _messages(received, version=None)
    hello = received.server_hello
    _messages(sent, version=hello.version if hello else TLS13)
    offer = sent.client_hello
    records = sent.records + received.records
    data = b"".join(record.payload for record in records if record.type == APPLICATION_DATA)
    group = hello.group if hello and hello.group is not None else received.group
    return TlsStream(
        client=str(connection.client),
        server=str(connection.server),
        first_packet=connection.first_packet,
        packets=connection.sent.packets + connection.received.packets,
        bytes_sent=connection.sent.length,
        bytes_received=connection.received.length,
        version=named(VERSION_NAMES, hello.version) if hello else "",
        versions_offered=_spelt(VERSION_NAMES, offer.versions) if offer else (),
        cipher=named(CIPHER_NAMES, hello.cipher_suite) if hello else "",
        group=named(GROUP_NAMES, group) if group is not None else "",
        key_shares=_spelt(GROUP_NAMES, offer.key_shares) if offer else (),
        server_name=offer.server_name if offer else "",
        alpn_offered=offer.alpn if offer else (),
        session_offered=bool(offer and (offer.psk_offered or offer.ticket_offered)),
        resumed=_resumed(hello, received),
        hello_retry=received.hello_retry,
        certificates=tuple(received.certificates + sent.certificates),
        messages=(*(("sent", name) for name in sent.messages), *(("received", name) for name in received.messages)),
        alerts=tuple(sent.alerts + received.alerts),
        records=dict(sorted(Counter(record.name for record in records).items())),
        application_bytes=len(data),
        entropy=entropy(data),
        late=connection.sent.late or connection.received.late,
        missing=connection.sent.missing + connection.received.missing,
        problem=" ".join(filter(None, (sent.problem, received.problem))),
    )


def _spelt(names: dict[int, str], codes: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(name for name in (named(names, code) for code in codes) if name != "GREASE")


def _records(flow: Flow) -> _Direction:
    found = _Direction()
    offset = 0
    for index, run in enumerate(flow.runs):
        data = bytes(run.data)
        # Behind a hole, or when the SYN was missed, the first byte may be anywhere in a record.
        start: int | None = 0
        if run.missing or (index == 0 and flow.late):
            start = find_record(data)
        if start is None:
            found.problem = found.problem or f"No record could be found in the {len(data)} bytes behind a hole."
        else:
            found.begun = found.begun or (index == 0 and start == 0 and not run.missing)
            reader = RecordReader(offset + start)
            try:
                found.records.extend(reader.feed(data[start:]))
            except ProtocolError as error:
                found.problem = error.sentence
        offset += len(data)
    return found


def _messages(direction: _Direction, version: int | None) -> None:
    """Read what is clear. `version`: as negotiated, or None to learn it from the ServerHello on the way."""
    if not direction.begun:
        return
    reader = MessageReader()
    encrypted = False
    for record in direction.records:
        hello = direction.server_hello
        agreed = version if version is not None else (hello.version if hello else TLS13)
        if record.type == CHANGE_CIPHER_SPEC:
            direction.messages.append("ChangeCipherSpec")
            encrypted = agreed != TLS13
        elif record.type == ALERT and record.length == 2 and not encrypted:
            direction.alerts.append(named(ALERT_NAMES, record.payload[1], digits=2))
        elif record.type == HANDSHAKE and not encrypted:
            try:
                for message in reader.feed(record.payload):
                    direction.messages.append(message.name)
                    _note(direction, read(message))
            except ProtocolError as error:
                direction.problem = error.sentence
                return


def _note(direction: _Direction, content: object) -> None:
    match content:
        case ClientHello():
            # After a HelloRetryRequest the second one counts: its key share is the one used.
            direction.client_hello = content
        case ServerHello(hello_retry=True):
            direction.hello_retry = True
            direction.messages[-1] = "HelloRetryRequest"
        case ServerHello():
            direction.server_hello = content
        case CertificateList():
            direction.certificates.extend(_subject(der) for der in content.certificates)
        case ServerKeyExchange():
            direction.group = content.group


def _resumed(hello: ServerHello | None, received: _Direction) -> bool | None:
    if hello is None:
        return None
    if hello.version == TLS13:
        return hello.psk_selected
    # TLS 1.2: an abbreviated handshake goes to ChangeCipherSpec without ServerHelloDone (RFC 5246 §7.3).
    if "ServerHelloDone" in received.messages:
        return False
    return True if "ChangeCipherSpec" in received.messages else None


def _subject(der: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd certificate is the capture's business, not ours
            certificate = x509.load_der_x509_certificate(der)
            subject = certificate.subject.rfc4514_string()
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            shown = ", ".join(str(name.value) for name in names)
    except x509.ExtensionNotFound:
        shown = ""
    except Exception:  # noqa: BLE001 – the parser raises many things at malformed DER, none of them may end the report
        return f"unreadable certificate of {len(der)} bytes"
    return " · ".join(filter(None, (subject, shown)))
