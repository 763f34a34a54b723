import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import CertificateError
from voip.pki import names


@pytest.mark.parametrize("text", ["bob", "b", "b0b.x_y-z", "a" * 32, "a..b"])
def test_names(text: str) -> None:
    assert names.is_name(text)


@pytest.mark.parametrize("text", ["", "Bob", "0bob", ".bob", "bob ", "bob\n", "a" * 33, "../etc", "b/b", "böb", "a\0"])
def test_no_names(text: str) -> None:
    assert not names.is_name(text)
    with pytest.raises(CertificateError, match="a name starts with a letter"):
        names.require_name(text)


@pytest.mark.parametrize("text", ["localhost", "relay.test", "a-b.c1", "127.0.0.1", "::1", "2001:db8::7", "1.2.3.com"])
def test_hosts(text: str) -> None:
    assert names.is_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "relay.",
        "-a",
        "a-",
        "A.b",
        "a b",
        "a_b",
        "1.2.3",
        "1.2.3.999",
        "127.0.0.01",
        "0:0::1",
        "fe80::1%eth0",
        "a" * 64,
        ".".join(["a" * 60] * 5),
        "a\n",
        "ü.de",
        "::1]",
        "a@b",
    ],
)
def test_no_hosts(text: str) -> None:
    assert not names.is_host(text)
    with pytest.raises(CertificateError, match="a relay or host is"):
        names.require_host(text)


def test_an_address_splits_at_its_one_at() -> None:
    assert names.split_address("bob@relay.test") == ("bob", "relay.test")
    assert names.split_address("bob@::1") == ("bob", "::1")


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_an_address_or_a_certificate_error(text: str) -> None:
    try:
        name, relay = names.split_address(text)
    except CertificateError:
        return
    assert f"{name}@{relay}" == text
