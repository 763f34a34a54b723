"""A handshake as plain sentences, one for each message, with the values that were really sent. Without Qt.

ladder ──→ tell() ──→ Told(template, values, row) …   the panel translates the template and puts the values in
"""

from dataclasses import dataclass, field
from typing import Literal

from gui.flights import TLS12, TLS13, client_way, extra, version_of
from gui.handshake_words import TALE, TALE_DONE, TALE_FAILED, TALE_HIDDEN, TALE_HIDDEN_12
from gui.ladder import ALERT, Ladder, Row
from gui.subject import subject_untrusted
from gui.wording import cipher_name, version_name
from voip.errors import ProtocolError
from voip.wire.tls_cursor import Cursor
from voip.wire.tls_messages import ClientHello, Message, ServerHello, ServerKeyExchange, read
from voip.wire.tls_names import CIPHER_NAMES, GROUP_NAMES, VERSION_NAMES, named

Who = Literal["me", "them"]


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence."""

    kind: Literal["message", "turn", "end"]
    """A message; the point from which all is encrypted; how it ended."""
    text: str
    """A template of `handshake_words`; `{who}` is filled in by whoever shows it."""
    who: Who
    values: dict[str, object] = field(default_factory=dict)
    row: int = -1


def tell(ladder: Ladder) -> tuple[Told, ...]:
    """The whole story so far."""
    told: list[Told] = []
    hidden = {"in": False, "out": False}
    for i, row in enumerate(ladder.rows):
        who: Who = "me" if row.direction == "out" else "them"
        if row.settled and not hidden[row.direction]:
            if version_of(ladder) == TLS12:
                told.append(Told("turn", TALE_HIDDEN_12, who))
            elif not any(hidden.values()):
                told.append(Told("turn", TALE_HIDDEN, who))
            hidden[row.direction] = True
        text, values = _sentence(ladder, row)
        told.append(Told("message", text, who, values, i))
    if ladder.agreed is not None:
        told.append(Told("end", TALE_DONE, "me", {"ms": f"{ladder.agreed.handshake_ms:.3f}"}))
    elif ladder.failure or ladder.alert:
        told.append(Told("end", TALE_FAILED, "me", {"why": ladder.alert or ladder.failure_code}))
    return tuple(told)


def _sentence(ladder: Ladder, row: Row) -> tuple[str, dict[str, object]]:
    """The template for `row`, and its values; what cannot be read is told without values."""
    try:
        if row.name in {"ClientHello", "ServerHello"}:
            return _hello(ladder, row)
        if row.name == "Certificate":
            subject = subject_untrusted(_first_certificate(row.raw, version_of(ladder)))
            return (TALE["Certificate"], {"subject": subject}) if subject else (TALE["Certificate-bare"], {})
        if row.name == "ServerKeyExchange":
            content = read(Message(12, 0, row.raw[4:]))
            if isinstance(content, ServerKeyExchange) and content.group is not None:
                return TALE["ServerKeyExchange"], {"group": named(GROUP_NAMES, content.group)}
    except ProtocolError:
        bare = TALE.get(f"{row.name}-bare")
        if bare:
            return bare, {}
    if row.name == ALERT:
        return TALE["Alert-close" if row.says == "close_notify" else "Alert"], {"name": row.says}
    if row.name == "ServerKeyExchange":
        return TALE["ServerKeyExchange"], {"group": ladder.agreed.group if ladder.agreed else "?"}
    if row.name == "ChangeCipherSpec" and version_of(ladder) == TLS13:
        return TALE["ChangeCipherSpec-13"], {}
    text = TALE.get(row.name)
    return (text, {}) if text else (TALE["other"], {"name": row.name})


def _hello(ladder: Ladder, row: Row) -> tuple[str, dict[str, object]]:
    if not row.raw[4:]:
        return TALE[f"{row.name}-bare"], {}
    content = read(Message(row.raw[0], 0, row.raw[4:]))
    if isinstance(content, ClientHello):
        groups = " + ".join(named(GROUP_NAMES, group) for group in content.key_shares)
        values: dict[str, object] = {"suites": len(content.cipher_suites), "groups": groups}
        if version_of(ladder) == TLS12 or not groups:
            return TALE["ClientHello-12"], values
        resuming = ladder.agreed is not None and ladder.agreed.resumed
        return TALE["ClientHello-resumed" if resuming else "ClientHello"], values
    if isinstance(content, ServerHello):
        if extra(ladder, row) == "retry":
            return TALE["HelloRetryRequest"], {}
        suite = cipher_name(named(CIPHER_NAMES, content.cipher_suite))
        if content.group is not None:
            return TALE["ServerHello"], {"suite": suite, "group": named(GROUP_NAMES, content.group)}
        return TALE["ServerHello-12"], {"suite": suite, "version": version_name(named(VERSION_NAMES, content.version))}
    return TALE[f"{row.name}-bare"], {}


def _first_certificate(raw: bytes, version: str) -> bytes:
    """The sender's own certificate in a Certificate message, DER; empty when it showed none."""
    cursor = Cursor(raw, "Certificate", start=min(4, len(raw)))
    if version == TLS13:
        cursor.vector(1)
    entries = cursor.vector(3)
    return entries.vector(3).rest() if entries.left else b""


def client_is(ladder: Ladder) -> Who:
    """Who the TLS client is."""
    return "me" if client_way(ladder) == "out" else "them"
