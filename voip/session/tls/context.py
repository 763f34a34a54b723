"""What we offer and accept, one function per purpose. Strict, and the same for everybody.

| purpose | role   | ALPN                | shows        | demands                                                  |
|---------|--------|---------------------|--------------|----------------------------------------------------------|
| relay   | server | call, join, http, – | relay's      | on `call`: a certificate of its own CA                   |
| link    | client | call                | client's     | the relay's, by the CA stored when joining               |
| join    | client | join                | nothing      | the relay's, by the CA whose fingerprint the invite has  |
| caller  | client | session             | client's     | the peer's, by the same CA                               |
| callee  | server | session             | client's     | the peer's, by the same CA                               |

A browser says `http/1.1`, or (–) offers no ALPN at all; what it then speaks is HTTP, and can never become a link.

TLS 1.3 alone unless TLS 1.2 is asked for, for study (ECDHE with AEAD only); nothing older. Which groups: `groups`.
Legs use the link's context, so that they resume its session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL, crypto

from voip.config import ALPN_CALL, ALPN_HTTP, ALPN_JOIN, ALPN_SESSION
from voip.errors import LocalError
from voip.session.tls import early, groups, reading

Version = Literal["1.2", "1.3"]
KeyLog = Callable[[bytes], None]
PeerCheck = Callable[[x509.Certificate], None]
"""Looks at a certificate whose chain is good already; raises `CertificateError` when it names the wrong one."""

SUITES_1_3 = b"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
SUITES_1_2 = (
    b"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"
    b":ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256"
)
_NUMBERS = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}
_NO_AUTO_CHAIN = 0x8
"""SSL_MODE_NO_AUTO_CHAIN: show our own certificate without the CA's, which every peer has already."""
TICKET_SECONDS = 2 * 3600
"""How long a session can be resumed: long enough for a day's calls' legs, short enough to matter."""


@dataclass(frozen=True, slots=True)
class TlsContext:
    """An OpenSSL context and what goes with it. Connections of one context can resume each other's sessions."""

    openssl: SSL.Context
    server: bool
    alpn: tuple[bytes, ...]
    """Offered by a client, accepted by a server."""
    certified: frozenset[bytes]
    """The protocols on which the peer must show a certificate."""
    alpn_optional: bool = False
    """Server: whether a client that offers no ALPN is let in, with no protocol agreed and no certificate asked for."""
    early: bool = False
    """Server: whether early data are taken."""
    told: bool = True
    """Whether records and handshake messages are told as events. Where nobody listens that is the dearest part."""
    root: bytes = b""
    """Instead of a stored CA: SHA-256 of the CA certificate that must end the chain (joining)."""


class NoCommonProtocol(Exception):  # noqa: N818 - raised through OpenSSL only, to make it send the alert
    """The client offers no protocol that we speak."""


def _context(
    versions: tuple[Version, ...],
    certificate: x509.Certificate | None,
    key: ec.EllipticCurvePrivateKey | None,
    authority: x509.Certificate | None,
    key_log: KeyLog | None,
    *,
    told: bool = True,
) -> SSL.Context:
    if not versions or not set(versions) <= set(_NUMBERS):
        raise LocalError(f"TLS versions {versions} are not among 1.2 and 1.3.")
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(min(_NUMBERS[v] for v in versions))
    context.set_max_proto_version(max(_NUMBERS[v] for v in versions))
    context.set_tls13_ciphersuites(SUITES_1_3)
    context.set_cipher_list(SUITES_1_2)
    groups.restrict(context)
    context.set_mode(_NO_AUTO_CHAIN)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE)
    context.set_session_id(b"glasscall")
    context.set_timeout(TICKET_SECONDS)
    if certificate is not None and key is not None:
        context.use_certificate(certificate)
        context.use_privatekey(key)
    if authority is not None:
        store = context.get_cert_store()
        if store is None:  # pragma: no cover - a fresh context always has one
            raise LocalError("OpenSSL gave no certificate store.")
        store.add_cert(crypto.X509.from_cryptography(authority))
    if key_log is not None:
        context.set_keylog_callback(lambda _connection, line: key_log(line))
    if told:
        reading.install(context)
    else:
        reading.install_alerts(context)
    return context


def _accept(context: SSL.Context, protocols: tuple[bytes, ...], certified: frozenset[bytes]) -> None:
    """Server: pick a protocol, and demand a certificate where that protocol wants one."""

    def select(connection: SSL.Connection, offered: list[bytes]) -> bytes:
        for protocol in protocols:
            if protocol in offered:
                if protocol in certified:
                    reading.demand_certificate(connection)
                return protocol
        raise NoCommonProtocol

    context.set_alpn_select_callback(select)


def relay_context(
    certificate: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    versions: tuple[Version, ...] = ("1.3",),
    *,
    told: bool = True,
) -> TlsContext:
    """The relay's. The CA goes along in the chain, so that a joining client can hold it against its invite.

    `told`: see `TlsContext`; a relay at work asks for False.
    """
    context = _context(versions, certificate, key, authority, None, told=told)
    context.add_extra_chain_cert(authority)
    certified = frozenset({ALPN_CALL})
    protocols = (ALPN_CALL, ALPN_JOIN, ALPN_HTTP)
    _accept(context, protocols, certified)
    taken = early.allow(context)
    return TlsContext(
        context, server=True, alpn=protocols, certified=certified, alpn_optional=True, early=taken, told=told
    )


def link_context(
    certificate: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    versions: tuple[Version, ...] = ("1.3",),
    key_log: KeyLog | None = None,
) -> TlsContext:
    """A client's, for its link and all its legs."""
    context = _context(versions, certificate, key, authority, key_log)
    return TlsContext(context, server=False, alpn=(ALPN_CALL,), certified=frozenset({ALPN_CALL}))


def join_context(ca_fingerprint: str, versions: tuple[Version, ...] = ("1.3",)) -> TlsContext:
    """A client's that has only an invite. `ca_fingerprint`: SHA-256 of the CA certificate, hex."""
    context = _context(versions, None, None, None, None)
    root = bytes.fromhex(ca_fingerprint)
    return TlsContext(context, server=False, alpn=(ALPN_JOIN,), certified=frozenset({ALPN_JOIN}), root=root)


def caller_context(
    certificate: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    versions: tuple[Version, ...] = ("1.3",),
    key_log: KeyLog | None = None,
) -> TlsContext:
    """The caller's end of a session."""
    context = _context(versions, certificate, key, authority, key_log)
    return TlsContext(context, server=False, alpn=(ALPN_SESSION,), certified=frozenset({ALPN_SESSION}))


def callee_context(
    certificate: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    versions: tuple[Version, ...] = ("1.3",),
    key_log: KeyLog | None = None,
) -> TlsContext:
    """The callee's end of a session. It remembers none: each call is a full handshake between the two people."""
    context = _context(versions, certificate, key, authority, key_log)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET)
    certified = frozenset({ALPN_SESSION})
    _accept(context, (ALPN_SESSION,), certified)
    return TlsContext(context, server=True, alpn=(ALPN_SESSION,), certified=certified)


def is_root(certificate: x509.Certificate, root: bytes) -> bool:
    """Whether `certificate` is the CA certificate that an invite named."""
    return certificate.fingerprint(hashes.SHA256()) == root
