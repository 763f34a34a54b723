"""The relay's page: curl, Python's own TLS and HTTP, and bytes that are none of it."""

import asyncio
import http.client
import logging
import shutil
import ssl
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from relay_house import CALL, QUICK, RELAY, House, house

from voip.config import ALPN_CALL, ALPN_HTTP, ALPN_JOIN
from voip.errors import TlsError
from voip.io import clock
from voip.io.store import RelayStore
from voip.io.stream import connect
from voip.pki.ca import RELAY_DAYS
from voip.pki.certificates import fingerprint
from voip.relay import figures, https, page
from voip.relay.page import Seen, language_of, render
from voip.session.tls import TlsContext
from voip.session.tls.context import _context
from voip.session.tls.events import Established
from voip.wire import signals
from voip.wire.signals import Answer, Answered, JoinLeg, LegJoined, Ping


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path) as place:
        yield place


class Browser:
    """Python's own TLS, which trusts the relay's CA and nothing else."""

    def __init__(self, home: House, *, alpn: tuple[str, ...] = ("http/1.1",)) -> None:
        self.port = home.relay.address[1]
        self.context = ssl.create_default_context(cadata=home.authority.certificate_pem)
        self.context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if alpn:
            self.context.set_alpn_protocols(alpn)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.context, server_hostname=RELAY)

    async def exchange(self, data: bytes) -> bytes:
        """Everything that comes back for `data`, until the relay closes."""
        reader, writer = await self.open()
        try:
            writer.write(data)
            async with asyncio.timeout(10):
                return await reader.read()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """One request with `http.client`, which judges the response's form."""
        return await asyncio.to_thread(self._ask, path, method, headers)

    def _ask(self, path: str, method: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=10)
        self.context.check_hostname = False  # the certificate names relay.test, which no resolver knows
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


async def test_the_page_tells_of_its_own_connection(home: House) -> None:
    reader, writer = await Browser(home).open()
    writer.write(b"GET / HTTP/1.1\r\nHost: relay.test\r\nConnection: close\r\n\r\n")
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    for wanted in (tls.version().replace("TLSv", "TLS "), tls.cipher()[0], tls.selected_alpn_protocol(), RELAY):
        assert f"<code>{wanted}</code>" in body, wanted
    ca = fingerprint(home.authority.certificate)
    assert ca in body.replace(" ", "")
    assert "HTTPS is HTTP in TLS" in body
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-language"] == "en"
    assert "strict-transport-security" not in headers
    assert "gmt" in headers["date"]
    writer.close()
    await writer.wait_closed()


async def test_korean_and_a_browser_without_alpn(home: House) -> None:
    browser = Browser(home, alpn=())
    response, body = await browser.ask("/", Accept_Language="ko-KR,ko;q=0.9,en;q=0.8")
    assert (response.status, response.getheader("content-language")) == (200, "ko")
    text = body.decode()
    assert "HTTPS는 TLS 안의 HTTP입니다" in text
    assert page._TEXT["ko"]["none"] in text


async def test_the_small_paths(home: House) -> None:
    browser = Browser(home)
    response, body = await browser.ask("/healthz")
    assert (response.status, body) == (200, b"ok\n")
    response, body = await browser.ask("/ca.pem")
    assert body.decode() == home.authority.certificate_pem
    response, body = await browser.ask("/", "HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.getheader("content-length")) > 2000
    assert (await browser.ask("/nowhere"))[0].status == 404
    assert (await browser.ask("//healthz"))[0].status == 404
    assert (await browser.ask("https://relay.test/healthz?x=1"))[1] == b"ok\n"
    assert (await browser.ask("ftp://relay.test/healthz"))[0].status == 404
    response, _ = await browser.ask("/", "DELETE")
    assert (response.status, response.getheader("allow")) == (405, "GET, HEAD")


GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"\x00\x10{}", 0),  # no line yet, and then the browser leaves
        (b"\x00\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),  # no Host
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
        (GET + b"Content-Length: 4\r\n\r\nbody", 413),
        (GET.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413),
        (GET + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (GET + b"X: " + b"a" * 60_000, 431),
        (GET + b"X: " + b"a" * 7000 + b"\r\nConnection: close\r\n\r\n", 200),
        (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    ],
)  # fmt: skip
async def test_what_is_answered(home: House, request_: bytes, status: int) -> None:
    reader, writer = await Browser(home).open()
    writer.write(request_)
    if not status:
        writer.close()
        return
    async with asyncio.timeout(5):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1
    writer.close()


async def test_ten_requests_one_after_the_other_also_in_one_write(home: House) -> None:
    answer = await Browser(home).exchange((GET + b"\r\n") * 12)
    assert answer.count(b"HTTP/1.1 200 OK") == https.REQUESTS_MAX == 10
    assert answer.lower().count(b"connection: close") == 1


async def test_slow_browsers(tmp_path) -> None:
    async with house(tmp_path, limits=replace(QUICK, reply=0.3)) as home:
        assert (await Browser(home).exchange(b"")) == b""
        assert (await Browser(home).exchange(GET)).startswith(b"HTTP/1.1 408 ")
        answer = await Browser(home).exchange(GET + b"\r\n" + GET)
        assert answer.count(b"HTTP/1.1 200") == answer.count(b"HTTP/1.1 408") == 1


async def test_a_page_that_fails(home: House, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.setattr(https, "render", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR):
        assert (await Browser(home).exchange(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startswith(b"HTTP/1.1 500 ")
    assert "ZeroDivisionError" in caplog.text


async def test_the_metrics_count_and_name_nobody(home: House) -> None:
    alice, mine, first, bob, theirs, second = await home.ringing()
    theirs.send(Answer(call=CALL))
    await mine.expect(Answered)
    legs = [await alice.leg(first), await bob.leg(second)]
    for leg in legs:
        await leg.expect(LegJoined)
    for _ in range(3):
        legs[0].send(b"\x80" + bytes(40))
        await legs[1].packet()
    stranger = await home.join("carol").connect()
    stranger.send(JoinLeg(call=CALL, token="0" * 32))
    assert await stranger.refused() == "leg-token"
    text = (await Browser(home).ask("/metrics"))[1].decode()
    lines = text.splitlines()
    for line in (
        "glasscall_links_total 2", "glasscall_online 2", "glasscall_calls 1", "glasscall_packets_forwarded_total 3",
        "glasscall_packets_dropped_total 0", 'glasscall_refused_total{code="leg-token"} 1',
    ):  # fmt: skip
        assert line in lines, text
    assert not any(name in text for name in ("alice", "bob", "carol", "127.0.0.1"))
    await legs[0].stream.close()
    await mine.signal()
    assert "glasscall_packets_forwarded_total 3" in (await Browser(home).ask("/metrics"))[1].decode()


async def test_prometheus_reads_the_metrics() -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    counted = figures.Figures(connections=3, online=2)
    counted.refused["too-fast"] += 5
    families = {f.name: f for f in parser.text_string_to_metric_families(figures.metrics(counted))}
    assert families["glasscall_refused"].samples[0].labels == {"code": "too-fast"}
    assert families["glasscall_online"].type == "gauge"
    assert families["glasscall_connections"].samples[0].value == 2 or families["glasscall_connections"].type


# ── a browser can never become a link ──────────────────────────────────────────────────────────────────────────


async def _speak(home: House, context: TlsContext, packet: bytes, resume=None) -> bytes:
    """What the relay says to a framed packet, as bytes."""
    stream = await connect(*home.relay.address, context, resume=resume)
    stream._split = lambda data: (data,)
    stream.send_packet(packet)
    got = b""
    with suppress(TlsError):
        async with asyncio.timeout(5):
            while (data := await stream.receive_data()) is not None:
                got += data
    await stream.close()
    return got


@pytest.mark.parametrize("alpn", [ALPN_HTTP, None])
async def test_a_hello_without_our_alpn_is_bad_http_and_no_link(home: House, alpn) -> None:
    """Even from somebody with a good certificate."""
    home.join("alice")
    browser = Browser(home, alpn=(alpn.decode(),) if alpn else ())
    packet = signals.encode(Ping(number=0))
    answer = await browser.exchange(len(packet).to_bytes(2, "big") + packet + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"welcome" not in answer
    assert home.relay._switchboard.online == 0


@pytest.mark.parametrize("versions", [("1.3",), ("1.2",)])
async def test_a_session_begun_without_a_certificate_cannot_be_resumed_as_a_link(tmp_path, versions) -> None:
    async with house(tmp_path, versions=("1.2", "1.3")) as home:
        openssl = _context(versions, None, None, home.authority.certificate, None)
        plain = TlsContext(openssl, server=False, alpn=(ALPN_HTTP,), certified=frozenset())
        first = await connect(*home.relay.address, plain)
        first._split = lambda data: (data,)
        first.send_data(GET + b"\r\n")
        assert b"200 OK" in await first.receive_data()
        ticket = first.resumption
        assert ticket is not None
        await first.close()
        again = await connect(*home.relay.address, plain, resume=ticket)
        assert again.established.resumed
        await again.close()
        as_link = replace(plain, alpn=(ALPN_CALL,))
        with suppress(TlsError):
            assert await _speak(home, as_link, signals.encode(Ping(number=0)), ticket) == b""
        assert home.relay._switchboard.online == 0


async def test_our_own_protocols_come_first(home: House) -> None:
    """Who offers both gets ours, and with it the demand for a certificate."""
    openssl = _context(("1.3",), None, None, home.authority.certificate, None)
    both = TlsContext(openssl, server=False, alpn=(ALPN_HTTP, ALPN_JOIN), certified=frozenset())
    stream = await connect(*home.relay.address, both)
    assert stream.established.alpn == ALPN_JOIN.decode()
    await stream.close()
    greedy = TlsContext(openssl, server=False, alpn=(ALPN_HTTP, ALPN_CALL), certified=frozenset())
    stream = await connect(*home.relay.address, greedy)
    with pytest.raises(TlsError):
        await stream.receive_packet()
    await stream.close()


async def test_unknown_protocols_are_still_refused(home: House) -> None:
    browser = Browser(home, alpn=("h2", "spdy/3"))
    with pytest.raises(ssl.SSLError):
        await browser.open()


async def test_a_page_and_a_call_side_by_side(home: House) -> None:
    link = await home.join("alice").link()
    for _ in range(3):
        assert (await Browser(home).ask("/healthz"))[1] == b"ok\n"
    link.send(Ping(number=7))
    assert (await link.expect(signals.Pong)).number == 7


# ── real curl ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
@pytest.mark.parametrize("options", [("--http1.1",), ("--no-alpn",), ()])
async def test_curl(home: House, tmp_path, options: tuple[str, ...]) -> None:
    ca = tmp_path / "ca.pem"
    port = home.relay.address[1]
    where = ("--silent", "--show-error", "--max-time", "10", "--resolve", f"{RELAY}:{port}:127.0.0.1")
    base = f"https://{RELAY}:{port}"

    async def curl(*words: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            "curl", *where, *options, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, complaints = await process.communicate()
        return process.returncode, out.decode(), complaints.decode()

    status, _, complaints = await curl(f"{base}/")
    assert status == 60, complaints  # not trusted until its CA is
    assert (await curl("--insecure", "--output", str(ca), f"{base}/ca.pem"))[0] == 0
    assert ca.read_text() == home.authority.certificate_pem
    status, out, complaints = await curl("--cacert", str(ca), f"{base}/healthz", f"{base}/healthz")
    assert (status, out) == (0, "ok\nok\n"), complaints
    status, out, _ = await curl("--cacert", str(ca), "--head", f"{base}/")
    assert status == 0
    assert out.startswith("HTTP/1.1 200 OK")
    status, out, _ = await curl("--cacert", str(ca), "--data", "x" * 3000, "--output", "-", "-w", "%{http_code}", base)
    assert out.endswith("413")


# ── nonsense, many times ───────────────────────────────────────────────────────────────────────────────────────

PARTS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"GET", b"HEAD", b"POST", b" ", b"/", b"HTTP/1.1", b"HTTP/1.0", b"\r\n", b"\n", b"Host: x\r\n", b"\r\n\r\n",
         b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n",
         b"Upgrade: websocket\r\nConnection: upgrade\r\n", b":", b"\x00", b"{", b"https://[::1", b"%2e%2e/"]
    ),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.lists(PARTS, max_size=12).map(b"".join), min_size=1, max_size=6))
def test_nonsense_never_breaks_the_relay(pieces: list[bytes], tmp_path_factory, caplog) -> None:
    class Wire:
        """A bare stream's face to `Https`."""

        peername = "test"
        server_name = "<b>&"
        established = None

        def __init__(self) -> None:
            self.left = [piece for piece in pieces if piece]
            self.sent = b""

        async def receive_data(self) -> bytes | None:
            return self.left.pop(0) if self.left else None

        def send_data(self, data: bytes) -> None:
            self.sent += data

    wire = Wire()
    wire.established = Established(0, "TLSv1.3", "TLS_AES_256_GCM_SHA384", "x25519", False, "", ())
    site = https.Https("relay.test", "pem", "ab" * 32, lambda: "", QUICK)
    caplog.clear()
    asyncio.run(site.serve(wire))
    assert caplog.records == []
    assert wire.sent == b"" or wire.sent.startswith(b"HTTP/1.1 ")
    assert wire.sent.count(b"HTTP/1.1 ") <= https.REQUESTS_MAX
    assert b"500 " not in wire.sent[:20]


# ── the page itself ────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_accept_language_is_a_language(text: str) -> None:
    assert language_of(text) in {"en", "ko"}


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("ko", "ko"), ("en-GB,ko", "en"), ("ko;q=0.3,en;q=0.2", "ko"), ("de,ko;q=0.5", "ko"),
     ("ko;q=0", "en"), ("ko;q=x", "en"), ("en;q=0.1, KO-kr", "ko"), ("ko;v=1", "en"), ("*", "en")],
)  # fmt: skip
def test_languages(header: str, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_whole_and_quotes_nothing_raw(language) -> None:
    assert set(page._TEXT["en"]) == set(page._TEXT["ko"])
    evil = '<script>alert("1")</script>$name'
    seen = Seen("TLSv1.3", evil, "X25519MLKEM768", evil, evil, resumed=True)
    text = render(language, evil, "ab" * 32, seen)
    assert "<script" not in text
    open_tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list) -> None:
            assert not any(name.startswith("on") or (value or "").startswith("http") for name, value in attrs)
            if tag != "meta":
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Reader().feed(text)
    assert open_tags == []
    assert page._TEXT[language]["hybrid"] in text


# ── the relay's own certificate ────────────────────────────────────────────────────────────────────────────────


async def test_a_relay_certificate_is_renewed_while_it_runs(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.wall()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "wall", lambda: now - timedelta(days=RELAY_DAYS - 30))
        store = RelayStore(tmp_path)
        store.open(RELAY, clock.wall())
        patch.setattr("voip.io.store.relay.renewal_due", lambda *_: False)
        home_ = house(tmp_path)
        home = await home_.__aenter__()
    try:
        alice = home.join("alice")
        link = await alice.link()
        before = home.relay.identity.relay.certificate
        home.relay._renew()
        after = home.relay.identity.relay.certificate
        assert after != before
        assert after.not_valid_after_utc > now + timedelta(days=RELAY_DAYS - 2)
        home.relay._renew()
        assert home.relay.identity.relay.certificate == after  # not due again
        link.send(Ping(number=1))
        assert (await link.expect(signals.Pong)).number == 1  # what stands goes on
        resumed = await alice.connect(resume=link.stream.resumption)
        assert not resumed.stream.established.resumed  # a full handshake, which shows the new certificate
        shown = x509.load_der_x509_certificate(resumed.stream.established.peer[0])
        assert shown == after
        resumed.send(Ping(number=0))
        await resumed.expect(signals.Welcome)
    finally:
        await home_.__aexit__(None, None, None)
