"""Hellos that OpenSSL really sent, and what strangers may make of them."""

import contextlib
import struct
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL

from voip.errors import ProtocolError
from voip.wire.tls_messages import (
    HELLO_RETRY_RANDOM,
    MESSAGE_MAX,
    CertificateList,
    ClientHello,
    Message,
    MessageReader,
    ServerHello,
    ServerKeyExchange,
    read,
)
from voip.wire.tls_names import ALERT_NAMES, CIPHER_NAMES, GROUP_NAMES, HANDSHAKE_NAMES, named
from voip.wire.tls_records import RecordReader


@cache
def hello(version: int = SSL.TLS1_3_VERSION) -> Message:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(version)
    context.set_alpn_protos([b"glasscall/1", b"h2"])
    connection = SSL.Connection(context)
    connection.set_connect_state()
    connection.set_tlsext_host_name(b"relay.example")
    with contextlib.suppress(SSL.WantReadError):
        connection.do_handshake()
    reader = MessageReader()
    (message,) = [m for record in RecordReader().feed(connection.bio_read(65536)) for m in reader.feed(record.payload)]
    return message


def server_hello(*extensions: tuple[int, bytes], random: bytes = bytes(32)) -> Message:
    block = b"".join(struct.pack(">HH", kind, len(data)) + data for kind, data in extensions)
    head = b"\x03\x03" + random + b"\x00" + b"\x13\x02" + b"\x00"
    return Message(2, 0, head + struct.pack(">H", len(block)) + block)


def test_a_real_client_hello_is_read() -> None:
    said = read(hello())
    assert isinstance(said, ClientHello)
    assert said.server_name == "relay.example"
    assert said.alpn == ("glasscall/1", "h2")
    assert [hex(version) for version in said.versions] == ["0x304", "0x303"]
    assert "X25519MLKEM768" in [named(GROUP_NAMES, group) for group in said.groups]
    assert named(GROUP_NAMES, said.key_shares[0]) == "X25519MLKEM768"
    assert "TLS_AES_256_GCM_SHA384" in [named(CIPHER_NAMES, suite) for suite in said.cipher_suites]
    assert (said.psk_offered, said.ticket_offered, said.early_data) == (False, False, False)
    for extension in said.extensions:
        assert hello().body[extension.offset : extension.offset + len(extension.data)] == extension.data
    assert {"server_name", "key_share", "supported_versions"} <= {extension.name for extension in said.extensions}


def test_a_tls_12_hello_has_its_version_in_front() -> None:
    said = read(hello(SSL.TLS1_2_VERSION))
    assert isinstance(said, ClientHello)
    assert said.versions == (0x0303,)
    assert said.key_shares == ()


def test_a_server_hello_tells_version_group_and_resumption() -> None:
    said = read(server_hello((43, b"\x03\x04"), (51, b"\x11\xec\x00\x00"), (41, b"\x00\x00")))
    assert isinstance(said, ServerHello)
    assert (said.version, said.group, said.psk_selected, said.hello_retry) == (0x0304, 0x11EC, True, False)
    retry = read(server_hello((43, b"\x03\x04"), (51, b"\x00\x17"), random=HELLO_RETRY_RANDOM))
    assert isinstance(retry, ServerHello)
    assert (retry.hello_retry, retry.group) == (True, 23)
    bare = read(Message(2, 0, b"\x03\x03" + bytes(32) + b"\x00\xc0\x2c\x00"))
    assert isinstance(bare, ServerHello)
    assert (bare.version, bare.group, bare.extensions) == (0x0303, None, ())


def test_certificates_and_curves_of_tls_12() -> None:
    assert read(Message(11, 0, bytes.fromhex("000007 000001 aa 000000"))) == CertificateList((b"\xaa", b""))
    assert read(Message(12, 0, b"\x03\x00\x1d")) == ServerKeyExchange(29)
    assert read(Message(12, 0, b"\x01\x00")) == ServerKeyExchange(None)
    assert read(Message(20, 0, b"verify data")) is None


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (Message(1, 0, b""), "ClientHello ends after 0 bytes"),
        (Message(1, 0, hello().body[:-1]), "in the middle of a field"),
        (Message(1, 0, hello().body + b"!"), "1 bytes too many"),
        (server_hello((43, b"\x03\x04"), (43, b"\x03\x04")), "supported_versions twice"),
        (Message(1, 0, b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x03abc" + b"\x00"), "no multiple of 2"),
        (Message(11, 0, bytes.fromhex("000003 000001")), "middle of a field"),
    ],
)
def test_malformed_messages_are_refused_with_a_sentence(message: Message, says: str) -> None:
    with pytest.raises(ProtocolError, match=says) as caught:
        read(message)
    assert caught.value.code == "tls-malformed"


def test_an_endless_message_is_refused() -> None:
    with pytest.raises(ProtocolError, match="announces"):
        list(MessageReader().feed(b"\x01" + (MESSAGE_MAX + 1).to_bytes(3, "big")))


def test_a_server_name_cannot_move_the_cursor() -> None:
    name = b"\x1b[2J"
    data = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    block = struct.pack(">HH", 0, len(data)) + data
    said = read(Message(1, 0, b"\x03\x03" + bytes(32) + b"\x00\x00\x00\x00" + struct.pack(">H", len(block)) + block))
    assert isinstance(said, ClientHello)
    assert said.server_name == "\\x1b[2J"


@settings(max_examples=150)
@given(st.sampled_from([1, 2, 11, 12]), st.binary(max_size=200))
def test_arbitrary_bytes_raise_only_protocol_errors(kind: int, body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        read(Message(kind, 0, body))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, 2000))
def test_a_mutated_hello_raises_only_protocol_errors(changes: list[tuple[int, int]], cut: int) -> None:
    body = bytearray(hello().body)
    for at, value in changes:
        body[at % len(body)] = value
    for mutated in (bytes(body), bytes(body[: cut % len(body)])):
        with contextlib.suppress(ProtocolError):
            assert isinstance(read(Message(1, 0, mutated)), ClientHello)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=60)), max_size=6), st.integers(1, 50))
def test_messages_survive_any_cut(messages: list[tuple[int, bytes]], step: int) -> None:
    stream = b"".join(bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in messages)
    reader = MessageReader()
    seen = [m for at in range(0, len(stream), step) for m in reader.feed(stream[at : at + step])]
    assert [(m.type, m.body) for m in seen] == messages
    assert all(stream[m.offset] == m.type for m in seen)


def test_names_are_the_registries() -> None:
    assert HANDSHAKE_NAMES[8] == "EncryptedExtensions"
    assert ALERT_NAMES[116] == "certificate_required"
    assert named(CIPHER_NAMES, 0x1302) == "TLS_AES_256_GCM_SHA384"
    assert named(CIPHER_NAMES, 0xFE01) == "0xfe01"
    assert named(GROUP_NAMES, 0x3A3A) == "GREASE"
    assert named(HANDSHAKE_NAMES, 99, digits=2) == "0x63"
    for table in (HANDSHAKE_NAMES, ALERT_NAMES, CIPHER_NAMES, GROUP_NAMES):
        assert len(set(table.values())) == len(table)
