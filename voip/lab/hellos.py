"""ClientHello and ServerHello, taken apart and put together again (RFC 8446 §4.1.2, §4.1.3).

They travel in clear, because there are no keys yet; so anybody on the way can rewrite them. What that leads to is what
the scenarios of `downgrade` show.

    type 1 │ length 3 │ version 2 │ random 32 │ session id ≤1 │ suite(s) │ compression │ extensions ≤2
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from voip.lab.mallory import Passing
from voip.wire.tls_cursor import Cursor
from voip.wire.tls_records import HANDSHAKE, WireRecord

CLIENT_HELLO, SERVER_HELLO = 1, 2
SUPPORTED_GROUPS, ALPN, SUPPORTED_VERSIONS, KEY_SHARE = 10, 16, 43, 51
X25519MLKEM768 = 0x11EC
TLS_1_1 = 0x0302
DOWNGRADE_SENTINEL = b"DOWNGRD\x01"
"""How ServerHello.random ends when a server of TLS 1.3 was made to speak TLS 1.2 (RFC 8446 §4.1.3)."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A ClientHello, or a ServerHello (which has one suite)."""

    type: int
    version: int
    """`legacy_version`"""
    random: bytes
    session_id: bytes
    suites: tuple[int, ...]
    compression: bytes
    extensions: tuple[tuple[int, bytes], ...]

    def extension(self, number: int) -> bytes:
        """What an extension holds; empty when it is not there."""
        return next((data for kind, data in self.extensions if kind == number), b"")

    def without(self, number: int) -> "Hello":
        """The same without one extension."""
        return replace(self, extensions=tuple(one for one in self.extensions if one[0] != number))

    def having(self, number: int, data: bytes) -> "Hello":
        """The same with other contents of one extension, in its old place."""
        extensions = tuple((kind, data if kind == number else old) for kind, old in self.extensions)
        return replace(self, extensions=extensions)

    def without_group(self, group: int) -> "Hello":
        """The same, but offering neither this group nor a key share of it."""
        name = group.to_bytes(2, "big")
        listed = Cursor(self.extension(SUPPORTED_GROUPS), "list of groups").vector(2).numbers(2)
        shares, kept = Cursor(self.extension(KEY_SHARE), "list of key shares").vector(2), b""
        while shares.left:
            which, share = shares.take(2), shares.vector(2).rest()
            kept += b"" if which == name else which + _vector(2, share)
        groups = b"".join(one.to_bytes(2, "big") for one in listed if one != group)
        return self.having(SUPPORTED_GROUPS, _vector(2, groups)).having(KEY_SHARE, _vector(2, kept))

    def record(self, version: int) -> bytes:
        """The whole as one record."""
        suites = b"".join(suite.to_bytes(2, "big") for suite in self.suites)
        client = self.type == CLIENT_HELLO
        extensions = b"".join(kind.to_bytes(2, "big") + _vector(2, data) for kind, data in self.extensions)
        body = (
            self.version.to_bytes(2, "big")
            + self.random
            + _vector(1, self.session_id)
            + (_vector(2, suites) if client else suites)
            + (_vector(1, self.compression) if client else self.compression)
            + (_vector(2, extensions) if self.extensions else b"")
        )
        return bytes([HANDSHAKE]) + version.to_bytes(2, "big") + _vector(2, bytes([self.type]) + _vector(3, body))


def is_hello(record: WireRecord, kind: int) -> bool:
    """Whether this record begins with a ClientHello (1) or a ServerHello (2) in clear."""
    return record.type == HANDSHAKE and record.payload[:1] == bytes([kind])


def read_hello(record: WireRecord) -> Hello:
    """The hello in `record`; raises `ProtocolError` for anything that is none."""
    cursor = Cursor(record.payload, "hello")
    kind = cursor.number(1)
    body = cursor.vector(3)
    version, random, session_id = body.number(2), body.take(32), body.vector(1).rest()
    suites = body.vector(2).numbers(2) if kind == CLIENT_HELLO else (body.number(2),)
    compression = body.vector(1).rest() if kind == CLIENT_HELLO else body.take(1)
    extensions = []
    listed = body.vector(2) if body.left else body
    while listed.left:
        extensions.append((listed.number(2), listed.vector(2).rest()))
    return Hello(kind, version, random, session_id, suites, compression, tuple(extensions))


class Rewriting:
    """A hand that rewrites the hellos of one kind on every connection, and lets everything else pass."""

    def __init__(self, kind: int, rewrite: Callable[[Hello], Hello]) -> None:
        self.seen: list[tuple[Hello, Hello]] = []
        """Each hello as it came and as it went on."""
        self.answers: list[Hello] = []
        """ServerHellos that passed unaltered."""
        self._kind = kind
        self._rewrite = rewrite

    async def __call__(self, passing: Passing) -> Sequence[bytes]:
        """See `Hand`."""
        if self._kind == CLIENT_HELLO and is_hello(passing.record, SERVER_HELLO):
            self.answers.append(read_hello(passing.record))
        if not is_hello(passing.record, self._kind):
            return (passing.raw,)
        hello = read_hello(passing.record)
        self.seen.append((hello, self._rewrite(hello)))
        return (self.seen[-1][1].record(passing.record.version),)


def _vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size, "big") + data
