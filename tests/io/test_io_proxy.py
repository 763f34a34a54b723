"""Which proxy, and what its answer means: every word of a proxy is somebody else's, so any bytes at all may come."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.errors import RelayError, UsageError
from voip.io.proxy import ANSWER_MAX, Proxy, Tunnel, proxy_for, read_proxy

HERE = Proxy("proxy.test", 3128)
OK = b"HTTP/1.1 200 Connection established\r\n\r\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("http://proxy.test:3128", HERE),
        ("proxy.test:3128", HERE),
        ("HTTP://proxy.test:3128/", HERE),
        ("http://proxy.test", Proxy("proxy.test", 80)),
        ("http://al%40ice:p%3Ass@proxy.test:3128", Proxy("proxy.test", 3128, "al@ice:p:ss")),
        ("http://[::1]:3128", Proxy("::1", 3128)),
        (" none ", None),
    ],
)
def test_a_proxys_address(text: str, wanted: Proxy | None) -> None:
    assert read_proxy(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "http://", "socks5://proxy.test:1080", "https://proxy.test", "http://p:0", "http://p:99999", "http://p:x",
     "http://p/path", "http://[::1", "http://a b:1", "http://p?q"],
)  # fmt: skip
def test_what_is_no_proxys_address(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_proxy(text)
    assert caught.value.sentence.endswith(".")


@given(st.text(max_size=60))
def test_any_text_is_a_proxy_or_an_error_without_the_password(text: str) -> None:
    try:
        read_proxy(f"http://user:sesame@{text}")
    except UsageError as error:
        assert "sesame" not in error.sentence


@pytest.mark.parametrize(
    ("environment", "host", "through"),
    [
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, "relay.test", True),
        ({"https_proxy": "http://proxy.test:3128", "HTTPS_PROXY": "http://other.test:1"}, "relay.test", True),
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, "127.0.0.1", False),
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, "localhost", False),
        ({"HTTPS_PROXY": "http://proxy.test:3128"}, "::1", False),
        ({"HTTPS_PROXY": "none"}, "relay.test", False),
        ({}, "relay.test", False),
    ],
)
def test_the_environments_proxy(environment: dict[str, str], host: str, through: bool) -> None:
    assert proxy_for(host, 7443, "", environment) == (HERE if through else None)


@pytest.mark.parametrize(
    ("spared", "host", "through"),
    [
        ("relay.test", "relay.test", False),
        ("test", "relay.test", False),
        (".test", "relay.test", False),
        ("*.test", "relay.test", False),
        ("*", "relay.test", False),
        ("other.test, relay.test:7443", "relay.test", False),
        ("relay.test:443", "relay.test", True),
        ("elay.test", "relay.test", True),
        ("10.0.0.0/8", "10.1.2.3", False),
        ("10.0.0.0/8", "11.1.2.3", True),
        ("fd00::/8", "fd00::1", False),
        ("10.1.2.3:7443", "10.1.2.3", False),
        ("nonsense/8/8", "10.1.2.3", True),
    ],
)
def test_what_no_proxy_spares(spared: str, host: str, through: bool) -> None:
    environment = {"HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": spared}
    assert proxy_for(host, 7443, "", environment) == (HERE if through else None)
    assert proxy_for(host, 7443, "http://asked.test:1", environment) == Proxy("asked.test", 1)


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(UsageError, match="HTTPS_PROXY"):
        proxy_for("relay.test", 7443, "", {"HTTPS_PROXY": "ftp://x"})


def test_what_is_asked() -> None:
    tunnel = Tunnel(Proxy("proxy.test", 3128, "alice:söme"), "fd00::1", 7443)
    lines = tunnel.request.decode().split("\r\n")
    assert lines[0] == "CONNECT [fd00::1]:7443 HTTP/1.1"
    assert {line.lower() for line in lines[1:3]} == {
        "host: [fd00::1]:7443", "proxy-authorization: basic ywxpy2u6c8o2bwu=",
    }  # fmt: skip


@given(st.lists(st.integers(1, len(OK)), max_size=6))
def test_the_answer_in_pieces(cuts: list[int]) -> None:
    tunnel = Tunnel(HERE, "relay.test", 7443)
    edges = sorted({0, *cuts, len(OK)})
    opened = [tunnel.receive(OK[start:end]) for start, end in pairwise(edges)]
    assert opened == [False] * (len(opened) - 1) + [True]


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        (b"HTTP/1.1 407 Auth\r\n\r\n", "proxy-password", "NAME:PASSWORD"),
        (b"HTTP/1.1 403 For\x07bidden\r\n\r\n", "proxy-refused", "403 For?bidden"),
        (b"HTTP/1.1 502 " + b"x" * 500 + b"\r\n\r\n", "proxy-refused", "502 xxx"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "proxy-nonsense", "no HTTP proxy"),
        (OK + b"\x16\x03", "proxy-nonsense", "no HTTP proxy"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 9000, "proxy-nonsense", "no HTTP proxy"),
        (b"HTTP/1.1 100 Wait\r\n\r\n" * 2000, "proxy-nonsense", "no HTTP proxy"),
        (b"", "proxy-closed", "hung up"),
    ],
)
def test_answers_that_are_a_no(answer: bytes, code: str, says: str) -> None:
    with pytest.raises(RelayError) as caught:
        Tunnel(HERE, "relay.test", 7443).receive(answer)
    assert caught.value.code == code
    assert says in caught.value.sentence
    assert len(caught.value.sentence) < 200


def test_a_wrong_password() -> None:
    with pytest.raises(RelayError, match="does not know this name and password"):
        Tunnel(Proxy("p", 1, "a:b"), "relay.test", 7443).receive(b"HTTP/1.1 407 No\r\n\r\n")


@given(
    st.lists(st.binary(max_size=300) | st.sampled_from([OK[:20], b"HTTP/1.1 ", b"\r\n\r\n", b"100", b""]), max_size=8)
)
def test_any_bytes_are_an_answer_or_an_error(pieces: list[bytes]) -> None:
    tunnel = Tunnel(HERE, "relay.test", 7443)
    came = 0
    try:
        for piece in pieces:
            came += len(piece)
            if tunnel.receive(piece):
                break
    except RelayError as error:
        assert error.sentence.endswith(".")
    assert came <= ANSWER_MAX
