"""Every byte of a message in exactly one leaf: of real handshakes, and of whatever else is put in their place."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import RELAY, House

from voip.session.tls import TlsContext, TlsEngine, callee_context, caller_context, link_context, relay_context
from voip.session.tls.events import HandshakeMessage, Record
from voip.wire.anatomy import Field, dissect, dissect_alert, dissect_change_cipher_spec, dissect_record

HOUSE = House()
ALICE, BOB = HOUSE.person("alice"), HOUSE.person("bob")


def handshake(client: TlsContext, server: TlsContext, resume: object = None) -> tuple[TlsEngine, list[object]]:
    """The client's engine, and all that it saw."""
    clock = iter(range(100_000)).__next__
    one = TlsEngine(client, clock=clock, server_name=RELAY, resume=resume)
    two = TlsEngine(server, clock=clock)
    seen = one.start()
    two.start()
    for _ in range(4):
        two.receive(one.take_output())
        seen += one.receive(two.take_output())
    assert one.established is not None
    return one, seen


def messages() -> dict[str, list[tuple[str, bytes]]]:
    found: dict[str, list[tuple[str, bytes]]] = {}
    for version in ("1.2", "1.3"):
        relay = relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca, (version,))
        link = link_context(ALICE.certificate, ALICE.key, HOUSE.ca, (version,))
        first, seen = handshake(link, relay)
        _, again = handshake(link, relay, first.resumption)
        caller = caller_context(ALICE.certificate, ALICE.key, HOUSE.ca, (version,))
        callee = callee_context(BOB.certificate, BOB.key, HOUSE.ca, (version,))
        _, ends = handshake(caller, callee)
        found[f"TLSv{version}"] = [
            (event.name, event.raw) for event in (*seen, *again, *ends) if isinstance(event, HandshakeMessage)
        ]
        found["records"] = found.get("records", []) + [("", e.raw) for e in seen if isinstance(e, Record)]
    return found


MESSAGES = messages()
REAL = [(version, name, raw) for version in ("TLSv1.2", "TLSv1.3") for name, raw in MESSAGES[version]]


def take_apart(version: str, name: str, raw: bytes) -> Field:
    return dissect_change_cipher_spec(raw) if name == "ChangeCipherSpec" else dissect(raw, version)


def assert_tiled(field: Field, size: int) -> None:
    """The leaves cover `size` bytes, in order and without a gap; every field holds its children."""
    at = 0
    for leaf in field.leaves():
        assert leaf.start == at
        assert leaf.end >= leaf.start
        at = leaf.end
    assert at == size
    todo = [field]
    while todo:
        one = todo.pop()
        if one.children:
            assert one.children[0].start == one.start
            assert one.children[-1].end == one.end
        todo += one.children


@pytest.mark.parametrize(("version", "name", "raw"), REAL, ids=[f"{v} {n} {i}" for i, (v, n, _) in enumerate(REAL)])
def test_real_messages_are_explained_to_the_last_byte(version: str, name: str, raw: bytes) -> None:
    field = take_apart(version, name, raw)
    assert field.name == name
    assert_tiled(field, len(raw))
    odd = [(leaf.name, leaf.mark) for leaf in field.leaves() if leaf.mark not in {"", "grease"}]
    assert odd == []
    assert all(leaf.purpose for leaf in field.leaves() if leaf.end > leaf.start)


def test_all_the_messages_of_both_versions_were_there() -> None:
    assert {name for name, _ in MESSAGES["TLSv1.3"]} >= {
        "ClientHello", "ServerHello", "EncryptedExtensions", "CertificateRequest", "Certificate", "CertificateVerify",
        "Finished", "NewSessionTicket", "ChangeCipherSpec",
    }  # fmt: skip
    assert {name for name, _ in MESSAGES["TLSv1.2"]} >= {
        "ClientHello", "ServerHello", "Certificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone",
        "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec", "Finished", "NewSessionTicket",
    }  # fmt: skip


def test_the_hybrid_key_exchange_is_told_in_words() -> None:
    hello = next(raw for name, raw in MESSAGES["TLSv1.3"] if name == "ClientHello")
    words = " ".join(f"{leaf.name} {leaf.value}" for leaf in dissect(hello).leaves())
    for said in ("X25519MLKEM768", RELAY, "glasscall/1", "TLS_AES_256_GCM_SHA384"):
        assert said in words


def test_records_and_alerts() -> None:
    for _, raw in MESSAGES["records"]:
        assert_tiled(dissect_record(raw), len(raw))
    alert = dissect_alert(b"\x02\x28")
    assert_tiled(alert, 2)
    assert "handshake_failure" in " ".join(leaf.value for leaf in alert.leaves())


def test_the_path_to_a_byte() -> None:
    hello = next(raw for name, raw in MESSAGES["TLSv1.3"] if name == "ClientHello")
    field = dissect(hello)
    for offset in range(len(hello)):
        path = field.at(offset)
        assert path[0] is field
        assert path[-1].start <= offset < path[-1].end
    assert field.at(len(hello)) == ()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["TLSv1.2", "TLSv1.3"]))
def test_any_bytes_are_covered(raw: bytes, version: str) -> None:
    assert_tiled(dissect(raw, version), len(raw))
    assert_tiled(dissect_alert(raw), len(raw))
    assert_tiled(dissect_change_cipher_spec(raw), len(raw))
    assert_tiled(dissect_record(raw), len(raw))


def test_mutated_and_truncated_messages_are_covered() -> None:
    dice = random.Random(1)
    for _ in range(3_000):
        version, _, raw = dice.choice(REAL)
        changed = bytearray(raw[: dice.randrange(len(raw) + 1)] if dice.random() < 0.3 else raw)
        for _ in range(dice.randrange(4)):
            if changed:
                changed[dice.randrange(len(changed))] = dice.randrange(256)
        assert_tiled(dissect(bytes(changed), dice.choice(["TLSv1.2", "TLSv1.3", version])), len(changed))
