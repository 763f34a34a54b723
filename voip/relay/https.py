"""HTTP/1.1 for browsers and monitors, on the relay's one port: HTTPS is HTTP in TLS, and nothing else.

    TlsStream, bare ──data, in small pieces──→ h11 ──Request──→ answer ──→ h11 ──→ TlsStream
                                                 └─ nonsense ──→ 400, 408, 413, 431, and the end

Only GET and HEAD, no bodies, `HEADERS_MAX` bytes of header, `REQUESTS_MAX` requests a connection, one after the other.
Nothing that a browser sends gets further into the relay than this file.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus

import h11

from voip.config import Limits
from voip.errors import GlasscallError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.relay.figures import CONTENT_TYPE
from voip.relay.page import Seen, language_of, render

HEADERS_MAX = 8192
"""Bytes of request line and header together."""
REQUESTS_MAX = 10
"""Requests on one connection."""
LINGER = 0.5
"""Seconds that a connection stays open for reading after the last answer."""
_PIECE = 512
"""h11 looks at its limit only when it wants more, so it is fed little at a time."""
_VERSIONS = (b"1.1", b"1.0")
_METHODS = (b"GET", b"HEAD")
_SECURITY = (
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)
"""No Strict-Transport-Security: with a private CA it would only lock people out of other services of this host."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, before it is put into bytes."""

    status: HTTPStatus
    body: str
    type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Https:
    """The pages of one relay. `metrics` gives the text of its figures."""

    def __init__(self, name: str, ca_pem: str, ca_fingerprint: str, metrics: Callable[[], str], limits: Limits) -> None:
        self._name = name
        self._ca_pem = ca_pem
        self._ca_fingerprint = ca_fingerprint
        self._metrics = metrics
        self._limits = limits

    async def serve(self, stream: TlsStream) -> None:
        """Answer what comes on `stream`, until either end has enough. Raises `TlsError` when the connection breaks."""
        exchange = _Exchange(stream)
        for left in reversed(range(REQUESTS_MAX)):
            try:
                async with asyncio.timeout(self._limits.reply):
                    request = await exchange.wait_request()
                if request is None:
                    return
                if request.http_version not in _VERSIONS:
                    exchange.send(_failure(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED), close=True)
                    break
                answer = self._answer(request, stream)
            except TimeoutError:
                if exchange.began:
                    exchange.send(_failure(HTTPStatus.REQUEST_TIMEOUT), close=True)
                break
            except h11.RemoteProtocolError as error:
                exchange.send(_failure(HTTPStatus(error.error_status_hint)), close=True)
                break
            except GlasscallError:
                raise
            except Exception:
                log.exception("%s: a page failed", stream.peername)
                exchange.send(_failure(HTTPStatus.INTERNAL_SERVER_ERROR), close=True)
                break
            if not exchange.send(answer, close=not left or answer.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
                break
        await exchange.linger()

    def _answer(self, request: h11.Request, stream: TlsStream) -> Answer:
        headers = {name: value for name, value in request.headers if name != b"host"}
        if headers.get(b"content-length", b"0").strip(b"0") or b"transfer-encoding" in headers:
            return _failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        path = _path_untrusted(request.target)
        pages: dict[bytes, Callable[[], Answer]] = {
            b"/": lambda: self._page(headers.get(b"accept-language", b""), stream),
            b"/healthz": lambda: Answer(HTTPStatus.OK, "ok\n"),
            b"/ca.pem": lambda: Answer(HTTPStatus.OK, self._ca_pem, "application/x-pem-file"),
            b"/metrics": lambda: Answer(HTTPStatus.OK, self._metrics(), CONTENT_TYPE),
        }
        if path not in pages:
            return _failure(HTTPStatus.NOT_FOUND)
        if request.method not in _METHODS:
            return _failure(HTTPStatus.METHOD_NOT_ALLOWED, ("allow", "GET, HEAD"))
        return pages[path]()

    def _page(self, accepted: bytes, stream: TlsStream) -> Answer:
        agreed = stream.established
        language = language_of(accepted.decode("ascii", "replace"))
        seen = Seen(
            version=agreed.version,
            cipher=agreed.cipher,
            group=agreed.group,
            alpn=agreed.alpn,
            server_name=stream.server_name,
            resumed=agreed.resumed,
        )
        body = render(language, self._name, self._ca_fingerprint, seen)
        headers = (("content-language", language), ("vary", "accept-language"))
        return Answer(HTTPStatus.OK, body, "text/html; charset=utf-8", headers)


class _Exchange:
    """Requests and responses of one connection, one after the other."""

    def __init__(self, stream: TlsStream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEADERS_MAX)
        self._unread = b""
        self._asked: bytes = b""
        self.began = False
        """Whether some of a request has come that is not complete yet."""

    async def wait_request(self) -> h11.Request | None:
        """The next request with nothing after its header; None at the end. Raises `h11.RemoteProtocolError`."""
        self._asked = b""
        self.began = bool(self._unread or self._http.trailing_data[0])
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                self._asked = event.method
                return event
            if isinstance(event, h11.ConnectionClosed):
                return None
            self._http.receive_data(await self._wait_piece())

    async def _wait_piece(self) -> bytes:
        if not self._unread:
            self._unread = await self._stream.receive_data() or b""
            self.began = self.began or bool(self._unread)
        piece, self._unread = self._unread[:_PIECE], self._unread[_PIECE:]
        return piece

    def send(self, answer: Answer, *, close: bool) -> bool:
        """Send; False when this was the last answer on this connection."""
        body = answer.body.encode()
        headers = [
            ("date", format_datetime(clock.wall(), usegmt=True)),
            ("content-type", answer.type),
            ("content-length", str(len(body))),
            *answer.headers,
            *_SECURITY,
        ]
        if close:
            headers.append(("connection", "close"))
        http = self._http
        events: list[h11.Event] = [
            h11.Response(status_code=answer.status.value, headers=headers, reason=answer.status.phrase),
            *([] if self._asked == b"HEAD" else [h11.Data(data=body)]),
            h11.EndOfMessage(),
        ]
        self._stream.send_data(b"".join(http.send(event) or b"" for event in events))
        # The request's own end, which for us comes at once after its header.
        if http.our_state is h11.DONE and isinstance(http.next_event(), h11.EndOfMessage):
            http.start_next_cycle()
            return True
        return False

    async def linger(self) -> None:
        """Read what still comes, for a moment: closed with bytes unread, TCP would reset the connection, and the last
        answer might never arrive (RFC 1122 §4.2.2.13).
        """
        with contextlib.suppress(GlasscallError, TimeoutError):
            async with asyncio.timeout(LINGER):
                while await self._stream.receive_data() is not None:
                    pass


def _path_untrusted(target: bytes) -> bytes:
    """The path that a request target names; also when it is a whole URL (RFC 9112 §3.2.2)."""
    if not target.startswith(b"/"):
        scheme, mark, rest = target.partition(b"://")
        if not mark or scheme.lower() not in {b"http", b"https"}:
            return b""
        target = b"/" + rest.partition(b"/")[2]
    return target.partition(b"?")[0]


def _failure(status: HTTPStatus, *headers: tuple[str, str]) -> Answer:
    return Answer(status, f"{status.value} {status.phrase}\n", headers=headers)
