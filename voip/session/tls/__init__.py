"""One sans-I/O TLS engine for links, legs and the end-to-end session, client and server alike.

    bytes from the wire ──→ receive() ──┐                       ┌──→ events: handshake messages, records, data, …
    data to protect     ──→ send()    ──┼──→ OpenSSL, in memory ┤
                            close()   ──┘                       └──→ take_output(): bytes for the wire

context   what we offer and accept, per purpose: link, join, relay, caller, callee
groups    which groups of the key exchange
engine    one connection
reading   OpenSSL's message callback, read as events
records   data into records and out of them, where it must be quick
early     what is said with the ClientHello (0-RTT)
wire      the bytes of each record, as they passed
failure   why a connection failed, as a sentence
events    what a connection was seen to do
"""

from voip.session.tls.context import (
    PeerCheck,
    TlsContext,
    callee_context,
    caller_context,
    join_context,
    link_context,
    relay_context,
)
from voip.session.tls.engine import Resumption, TlsEngine
from voip.session.tls.records import PLAINTEXT_MAX

__all__ = [
    "PLAINTEXT_MAX",
    "PeerCheck",
    "Resumption",
    "TlsContext",
    "TlsEngine",
    "callee_context",
    "caller_context",
    "join_context",
    "link_context",
    "relay_context",
]
