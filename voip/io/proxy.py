"""HTTP proxies, for networks that let nothing else out: `CONNECT host:port` (RFC 9110 §9.3.6), and TLS goes through.

    --proxy URL · https_proxy · HTTPS_PROXY, but for no_proxy ──→ Proxy ──→ Tunnel: bytes to send, the answer's bytes in

The proxy sees the relay's name and port, sizes and times: as much as the network. It is handed TLS, and cannot open it.
"""

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import h11

from voip.errors import RelayError, UsageError

HEADERS_MAX = 8192
"""Bytes of one answer's status line and header."""
ANSWER_MAX = 32_768
"""Bytes of all that a proxy may say before the way is open: there may be answers before the answer (1xx)."""
REASON_SHOWN = 60
"""Characters of a proxy's own words in a sentence."""
_BEGINNING = b"HTTP/1."
_WANTED = (
    "a proxy is written http://HOST:PORT, or http://NAME:PASSWORD@HOST:PORT (other signs as %20, %40, …), or “none”"
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it is, and who we are there."""

    host: str
    port: int
    credentials: str = field(default="", repr=False)
    """`name:password`, or empty."""

    @property
    def where(self) -> str:
        """For a sentence; without the password."""
        return where(self.host, self.port)


def where(host: str, port: int) -> str:
    """`host:port`, as RFC 9110 §7.2 writes it: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_proxy(text: str) -> Proxy | None:
    """The proxy that `text` names; None for `none`. Raises `UsageError` with what is wrong, never with the password."""
    if text.strip().lower() == "none":
        return None
    try:
        url = urlsplit(text.strip() if "://" in text else f"http://{text.strip()}")
        host, port = url.hostname, url.port
    except ValueError:
        raise UsageError(f"That is no proxy's address: {_WANTED}.", code="proxy-bad") from None
    if url.scheme.lower() != "http":
        raise UsageError(f"Only HTTP proxies are understood, not {url.scheme[:20]!r}: {_WANTED}.", code="proxy-bad")
    if not host or port == 0 or url.path.strip("/") or url.query or url.fragment or not _is_host(host):
        raise UsageError(f"That is no proxy's address: {_WANTED}.", code="proxy-bad")
    credentials = ""
    if url.username is not None:
        credentials = f"{unquote(url.username)}:{unquote(url.password or '')}"
    return Proxy(host, port or 80, credentials)


def proxy_for(host: str, port: int, asked: str, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy to `host`: the one `asked` for, else the environment's, as curl reads it. Raises `UsageError`.

    The environment's proxies are for the world outside: never for this machine, and not for what `no_proxy` names.
    """
    if asked:
        return read_proxy(asked)
    found = environment.get("https_proxy") or environment.get("HTTPS_PROXY") or ""
    spared = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if not found or _is_here(host) or _is_spared(host, port, spared):
        return None
    try:
        return read_proxy(found)
    except UsageError as error:
        raise UsageError(f"The environment variable HTTPS_PROXY is set. {error.sentence}", code=error.code) from None


class Tunnel:
    """One CONNECT, sans-I/O: send `request`, give `receive` what comes until it says True."""

    def __init__(self, proxy: Proxy, host: str, port: int) -> None:
        target = where(host, port)
        headers = [("host", target)]
        if proxy.credentials:
            told = base64.b64encode(proxy.credentials.encode()).decode("ascii")
            headers.append(("proxy-authorization", f"Basic {told}"))
        self._proxy = proxy
        self._target = target
        self._came = 0
        self._first = b""
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADERS_MAX)
        try:
            self.request = self._http.send(h11.Request(method="CONNECT", target=target, headers=headers)) or b""
        except h11.LocalProtocolError:
            raise RelayError(f"A proxy cannot be asked for {target[:80]!r}.", code="relay-unreachable") from None
        self._http.send(h11.EndOfMessage())

    def receive(self, data: bytes) -> bool:
        """Whether the way is open. `data`: what came; empty when the proxy hung up. Raises `RelayError` for a no."""
        self._came += len(data)
        self._first = (self._first + data)[: len(_BEGINNING)]
        if self._came > ANSWER_MAX or not _BEGINNING.startswith(self._first):
            raise self._nonsense()
        try:
            self._http.receive_data(data)
            while True:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    return False
                if isinstance(event, h11.InformationalResponse):
                    continue
                if not isinstance(event, h11.Response):
                    raise self._hung_up()
                if not 200 <= event.status_code < 300:
                    raise self._refused(event)
                if self._http.trailing_data[0]:  # the relay does not speak first
                    raise self._nonsense()
                return True
        except h11.RemoteProtocolError:
            raise (self._nonsense() if data else self._hung_up()) from None

    def _refused(self, answer: h11.Response) -> RelayError:
        proxy = self._proxy
        if answer.status_code == 407:
            if proxy.credentials:
                sentence = f"The proxy {proxy.where} does not know this name and password."
            else:
                sentence = (
                    f"The proxy {proxy.where} wants a name and a password: write them into its address, "
                    "http://NAME:PASSWORD@HOST:PORT."
                )
            return RelayError(sentence, code="proxy-password")
        said = f"{answer.status_code} {answer.reason.decode('latin-1')}"[:REASON_SHOWN]
        printable = "".join(sign if sign.isprintable() else "?" for sign in said).strip()
        return RelayError(
            f"The proxy {proxy.where} does not connect to {self._target}: {printable}.", code="proxy-refused"
        )

    def _nonsense(self) -> RelayError:
        return RelayError(f"What answers at {self._proxy.where} is no HTTP proxy.", code="proxy-nonsense")

    def _hung_up(self) -> RelayError:
        return RelayError(
            f"The proxy {self._proxy.where} hung up before there was a way to {self._target}.", code="proxy-closed"
        )


def _is_host(host: str) -> bool:
    return len(host) <= 255 and not any(sign.isspace() or not sign.isprintable() for sign in host)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_here(host: str) -> bool:
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _is_spared(host: str, port: int, spared: str) -> bool:
    """Whether `no_proxy` names the host: by name (and all below it), with a port or without, by network, or by `*`."""
    name, address = host.lower().rstrip("."), _address(host)
    for entry in spared.lower().replace(",", " ").split():
        if entry == "*":
            return True
        rule, _, limit = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        if limit and limit != str(port):
            continue
        if address is not None:
            try:
                if address in ipaddress.ip_network(rule.strip("[]"), strict=False):
                    return True
            except ValueError:
                continue
        elif name == rule.strip(".") or name.endswith("." + rule.lstrip("*").strip(".")):
            return True
    return False
