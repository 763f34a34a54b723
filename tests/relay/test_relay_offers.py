"""All that the relay accepts stands on a list in the code. A running relay is asked for versions, suites and groups:
what is on the list by whole handshakes, all else that IANA ever named by what it answers.
"""

import asyncio
from collections.abc import Iterable
from typing import get_args

import pytest
from cryptography.hazmat.bindings.openssl.binding import Binding
from relay_house import RELAY, House, house

from voip.io.stream import connect
from voip.lab.hellos import CLIENT_HELLO, SERVER_HELLO, SUPPORTED_GROUPS, SUPPORTED_VERSIONS, Hello, read_hello
from voip.session.tls import TlsContext
from voip.session.tls.context import SUITES_1_2, SUITES_1_3, Version
from voip.session.tls.events import Established
from voip.session.tls.groups import GROUPS
from voip.wire.tls_names import CIPHER_NAMES, GROUP_NAMES, SIGNATURE_NAMES, VERSION_NAMES
from voip.wire.tls_records import ALERT, HANDSHAKE, WireRecord

LISTED_1_3 = SUITES_1_3.decode().split(":")
LISTED_1_2 = {
    "ECDHE-ECDSA-AES256-GCM-SHA384": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305": "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305": "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
}
"""OpenSSL's name → IANA's."""
NO_SUITES = {0x00FF, 0x5600}
"""Signals that travel in the list of suites: secure renegotiation, fallback."""
TLS_1_2, TLS_1_3 = 0x0303, 0x0304
POINT_FORMATS, SIGNATURES, PSK_MODES, KEY_SHARE = 11, 13, 45, 51
SUITES = {name: code for code, name in CIPHER_NAMES.items() if code not in NO_SUITES}
GROUP_CODES = {name: code for code, name in GROUP_NAMES.items()}
OURS = [GROUP_CODES[name] for name in GROUPS]
lib = Binding().lib


def numbers(values: Iterable[int], size: int = 2) -> bytes:
    """A vector of 16-bit numbers, its own length in `size` bytes."""
    data = b"".join(value.to_bytes(2, "big") for value in values)
    return len(data).to_bytes(size, "big") + data


def hello(version: int, suites: Iterable[int], groups: Iterable[int]) -> bytes:
    """A ClientHello that offers this, and every signature. In TLS 1.3 it brings no key share: the answer to one that is
    acceptable names the group that is wanted (HelloRetryRequest)."""
    extensions = [
        (SUPPORTED_GROUPS, numbers(groups)),
        (POINT_FORMATS, b"\x01\x00"),
        (SIGNATURES, numbers(SIGNATURE_NAMES)),
    ]
    if version >= TLS_1_3:
        extensions += [(SUPPORTED_VERSIONS, numbers([version], size=1)), (PSK_MODES, b"\x01\x01"), (KEY_SHARE, b"\0\0")]
    said = Hello(
        CLIENT_HELLO, min(version, TLS_1_2), bytes(range(32)), bytes(32), tuple(suites), b"\0", tuple(extensions)
    )
    return said.record(min(version, 0x0301))


async def ask(place: House, said: bytes) -> Hello | None:
    """What the relay answers: a ServerHello (or HelloRetryRequest), or None: it refused, with an alert."""
    reader, writer = await asyncio.open_connection(*place.relay.address)
    try:
        writer.write(said)
        async with asyncio.timeout(5):
            header = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(header[3:], "big"))
        if header[0] == ALERT:
            return None
        assert header[0] == HANDSHAKE, header
        answer = read_hello(WireRecord(header[0], int.from_bytes(header[1:3], "big"), len(body), 0, body))
        assert answer.type == SERVER_HELLO
        return answer
    finally:
        writer.close()
        await writer.wait_closed()


async def agreed(place: House, context: TlsContext) -> Established:
    """A whole handshake: what was agreed on."""
    stream = await connect(*place.relay.address, context, server_name=RELAY)
    try:
        return stream.established
    finally:
        await stream.close()


@pytest.fixture(params=[("1.3",), ("1.2", "1.3")], ids=["as it comes", "--tls 1.2"])
async def place(request, tmp_path):
    async with house(tmp_path, versions=request.param) as made:
        made.versions = request.param
        yield made


async def test_no_version_is_accepted_but_those_on_the_list(place: House) -> None:
    named = {name: code for code, name in VERSION_NAMES.items()}
    assert {"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"} <= set(named)
    accepted = set()
    for name, code in named.items():
        if await ask(place, hello(code, SUITES.values(), GROUP_CODES.values())) is not None:
            accepted.add(name)
    assert accepted == {f"TLSv{version}" for version in place.versions}
    assert set(place.versions) <= set(get_args(Version))


async def test_no_suite_is_accepted_but_those_on_the_list(place: House) -> None:
    assert list(LISTED_1_2) == SUITES_1_2.decode().split(":")
    listed = {TLS_1_3: LISTED_1_3}
    if "1.2" in place.versions:  # the relay's key is for ECDSA: the others on the list are for a key that it has not
        listed[TLS_1_2] = [name for name in LISTED_1_2.values() if "ECDSA" in name]
    for version, names in listed.items():
        others = [code for name, code in SUITES.items() if name not in {*LISTED_1_3, *LISTED_1_2.values()}]
        assert len(others) > 300
        assert await ask(place, hello(version, others, OURS)) is None
        for name in names:
            answer = await ask(place, hello(version, [*others, SUITES[name]], OURS))
            assert answer is not None, name
            assert answer.suites == (SUITES[name],)


async def test_no_group_is_accepted_but_those_on_the_list(place: House) -> None:
    others = [code for name, code in GROUP_CODES.items() if name not in GROUPS]
    assert {"x448", "secp521r1", "ffdhe2048", "secp256k1", "MLKEM768"} <= set(GROUP_CODES) - set(GROUPS)
    suites = [SUITES[name] for name in LISTED_1_3]
    assert await ask(place, hello(TLS_1_3, suites, others)) is None
    for name in GROUPS:
        answer = await ask(place, hello(TLS_1_3, suites, [*others, GROUP_CODES[name]]))
        assert answer is not None, name
        assert answer.extension(KEY_SHARE) == GROUP_CODES[name].to_bytes(2, "big")
    if "1.2" in place.versions:  # there the ECDSA key's own curve must be among them
        suites = [SUITES[name] for name in LISTED_1_2.values()]
        others = [code for code in others if code != GROUP_CODES["secp256r1"]]
        assert await ask(place, hello(TLS_1_2, suites, others)) is None
        assert await ask(place, hello(TLS_1_2, suites, [*others, GROUP_CODES["secp256r1"]])) is not None


@pytest.mark.parametrize("name", LISTED_1_3)
async def test_every_suite_on_the_list_carries_a_handshake(place: House, name: str) -> None:
    context = place.join("alice").context
    context.openssl.set_tls13_ciphersuites(name.encode())
    found = await agreed(place, context)
    assert (found.version, found.cipher, found.group) == ("TLSv1.3", name, GROUPS[0])


@pytest.mark.parametrize("name", GROUPS)
async def test_every_group_on_the_list_carries_a_handshake(place: House, name: str) -> None:
    context = place.join("alice").context
    assert lib.SSL_CTX_set1_curves_list(context.openssl._context, name.encode()) == 1
    assert (await agreed(place, context)).group == name


@pytest.mark.parametrize("openssl", [name for name in LISTED_1_2 if "ECDSA" in name])
async def test_the_older_suites_carry_a_handshake_where_they_were_asked_for(tmp_path, openssl: str) -> None:
    async with house(tmp_path, versions=("1.2", "1.3")) as place:
        place.client_versions = ("1.2",)
        context = place.join("alice").context
        context.openssl.set_cipher_list(openssl.encode())
        found = await agreed(place, context)
    assert found.version == "TLSv1.2"
    assert found.cipher == openssl
