from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import InviteError
from voip.pki.invite import Invite, parse_invite_untrusted

INVITE = Invite("bob", "203.0.113.7", 7443, "relay.test", "c" * 64, "7" * 64)
URL = INVITE.url

hex32 = st.text("0123456789abcdef", min_size=64, max_size=64)
hosts = (
    st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,20}[a-z0-9])?){0,3}", fullmatch=True)
    | st.ip_addresses(v=4).map(str)
    | st.ip_addresses(v=6).map(str)
)
invites = st.builds(
    Invite,
    name=st.from_regex(r"[a-z][a-z0-9._-]{0,31}", fullmatch=True),
    host=hosts,
    port=st.integers(1, 65535),
    relay_name=hosts,
    ca_fingerprint=hex32,
    token=hex32,
)


def test_the_form_of_an_invite() -> None:
    expected = f"glasscall://bob@203.0.113.7:7443/?relay=relay.test&ca={'c' * 64}&token={'7' * 64}"
    assert expected == URL
    assert parse_invite_untrusted(f"  {URL}\n") == INVITE


def test_an_ipv6_relay_stands_in_brackets() -> None:
    invite = replace(INVITE, host="2001:db8::7", relay_name="::1")
    assert "@[2001:db8::7]:7443/" in invite.url
    assert parse_invite_untrusted(invite.url) == invite


def test_the_token_does_not_show_by_accident() -> None:
    assert INVITE.token not in repr(INVITE)


@given(invites)
@settings(max_examples=200, deadline=None)
def test_every_invite_survives_its_url(invite: Invite) -> None:
    assert parse_invite_untrusted(invite.url) == invite


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda tail: f"glasscall://{tail}"))
@settings(max_examples=200, deadline=None)
def test_garbage_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InviteError, match=r"not a valid invite|cannot be invited"):
        parse_invite_untrusted(text)


@given(st.integers(0, len(URL) - 1), st.characters())
@settings(max_examples=300, deadline=None)
def test_a_damaged_invite_is_refused_or_another_one_never_a_crash(place: int, letter: str) -> None:
    try:
        invite = parse_invite_untrusted(URL[:place] + letter + URL[place + 1 :])
    except InviteError:
        return
    assert parse_invite_untrusted(invite.url) == invite


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "does not begin with glasscall://"),
        ("https" + URL.removeprefix("glasscall"), "does not begin with glasscall://"),
        (URL.replace("bob@", ""), "lacks NAME@HOST:PORT"),
        (URL.replace("bob@", "bob:secret@"), "lacks NAME@HOST:PORT"),
        (URL.replace(":7443", ""), "lacks NAME@HOST:PORT"),
        (URL.replace("203.0.113.7", ""), "lacks NAME@HOST:PORT"),
        (URL.replace(":7443", ":0"), "port 0 is not between"),
        (URL.replace(":7443", ":70000"), "out of range"),
        (URL.replace(":7443", ":x"), "Port could not be cast"),
        (URL.replace("203.0.113.7", "[::1"), "Invalid IPv6"),
        (URL.replace("203.0.113.7", "[fe80::1%25eth0]"), "relay's address"),
        (URL.replace("203.0.113.7", "a_b"), "relay's address"),
        (URL.replace("relay.test", "-"), "relay's name"),
        (URL.replace("/?", "/more?"), "more in it"),
        (URL + "#more", "more in it"),
        (URL + "&more=1", "Max number of fields"),
        (URL.replace("&token=" + "7" * 64, ""), "once each"),
        (URL.replace("relay=relay.test", "ca=" + "c" * 64), "once each"),
        (URL.replace("token", "taken"), "once each"),
        (URL[:-1], "token is not 64"),
        (URL[:-1] + "A", "token is not 64"),
        (URL[:-1] + "%0A", "token is not 64"),
        (URL.replace("ccc", "cc"), "fingerprint is not 64"),
        (URL[:40] + "\n" + URL[40:], "blanks or odd characters"),
        (URL + " x", "blanks or odd characters"),
        (URL + "ü", "blanks or odd characters"),
        (URL + "x" * 1000, "too long"),
    ],
)
def test_a_bad_invite_says_what_is_bad(url: str, why: str) -> None:
    with pytest.raises(InviteError, match=why) as caught:
        parse_invite_untrusted(url)
    assert caught.value.code == "invite-bad"


@pytest.mark.parametrize("name", ["Bob", "b%20b", "..", "a" * 33, "b%0A"])
def test_an_odd_name_says_how_names_are(name: str) -> None:
    with pytest.raises(InviteError, match="a name starts with a letter") as caught:
        parse_invite_untrusted(URL.replace("bob", name))
    assert caught.value.code == "name-bad"
