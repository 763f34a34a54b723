"""Whatever the bytes: nothing is raised, every byte is in one leaf, and it does not take long."""

import sys
import time
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.fuzz_anatomy import SLOWEST, corpus, covers, main, mutate
from voip.wire.anatomy import (
    Field,
    dissect,
    dissect_alert,
    dissect_change_cipher_spec,
    dissect_record,
    dissect_records,
)
from voip.wire.anatomy.der import moment, oid, primitive
from voip.wire.anatomy.reader import FIELDS_MAX

VERSIONS = ("TLSv1.2", "TLSv1.3")


@cache
def real() -> list[bytes]:
    return corpus()


def count(field: Field) -> int:
    return 1 + sum(count(child) for child in field.children)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([*VERSIONS, "", "SSLv3"]))
def test_garbage_is_covered(data: bytes, version: str) -> None:
    assert covers(dissect(data, version), len(data))
    records = dissect_records(data, encrypted=True, version=version, cipher="ECDHE-ECDSA-AES256-GCM-SHA384")
    for root in (records, dissect_record(data), dissect_alert(data), dissect_change_cipher_spec(data)):
        assert covers(root, len(data))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 255), st.binary(max_size=200), st.sampled_from(VERSIONS))
def test_garbage_behind_a_true_header_is_covered(kind: int, body: bytes, version: str) -> None:
    data = bytes([kind]) + len(body).to_bytes(3, "big") + body
    assert covers(dissect(data, version), len(data))


def test_a_few_thousand_mutants() -> None:
    messages, random, marked = real(), Random(7), 0
    for turn in range(4_000):
        data = mutate(random.choice(messages), messages, random)
        root = dissect(data, VERSIONS[turn % 2])
        assert covers(root, len(data)), data.hex()
        marked += any(leaf.mark for leaf in root.leaves())
    assert marked > 1_000, "the mutants were too tame to prove anything"


def test_every_truncation_is_covered_and_marked() -> None:
    for message in real():
        whole = dissect(message)
        for size in range(0, len(message), 1 + len(message) // 40):
            root = dissect(message[:size])
            assert covers(root, size)
            assert root.mark == "truncated"
        assert covers(dissect(message + b"!"), len(message) + 1)
        assert dissect(message + b"!").children[-1].name == "unexpected"
        assert covers(whole, len(message))


def chain(certificate: bytes) -> bytes:
    """The body of a Certificate message with one certificate."""
    entry = len(certificate).to_bytes(3, "big") + certificate + b"\x00\x00"
    return b"\x00" + len(entry).to_bytes(3, "big") + entry


def wide_name() -> bytes:
    """A certificate whose issuer has a thousand names of 250 letters."""
    one = bytes.fromhex("31820108 30820104 0603550403 0c81fc".replace(" ", "")) + b"x" * 252
    name = one * 1_000
    issuer = b"\x30\x83" + len(name).to_bytes(3, "big") + name
    tbs = b"\x02\x01\x01\x30\x00" + issuer
    return b"\x30\x83" + (len(tbs) + 5).to_bytes(3, "big") + b"\x30\x83" + len(tbs).to_bytes(3, "big") + tbs


EXPLOSIONS = {
    "names": chain(wide_name()),
    "cipher suites": b"\x03\x03" + bytes(32) + b"\x00\xff\xfe" + b"\x13\x01" * 32_767 + b"\x01\x00",
    "extensions": b"\x03\x03" + bytes(33) + b"\x00\x02\x13\x01\x01\x00\xff\xfc" + b"\x00\x17\x00\x00" * 16_383,
    "certificates": b"\x00" + (600_000).to_bytes(3, "big") + b"\x00\x00\x01\x05\x00\x00" * 100_000,
    "DER in width": chain(b"\x30\x83" + (260_000).to_bytes(3, "big") + b"\x05\x00" * 130_000),
    "DER in depth": chain(b"\x30\x83\x0f\xff\xff" * 20_000),
}


@pytest.mark.parametrize("what", EXPLOSIONS)
def test_no_message_makes_many_fields_or_takes_long(what: str) -> None:
    body = EXPLOSIONS[what]
    kind = 1 if what in {"cipher suites", "extensions"} else 11
    data = bytes([kind]) + len(body).to_bytes(3, "big") + body
    start = time.process_time()
    root = dissect(data)
    took = time.process_time() - start
    assert covers(root, len(data))
    assert count(root) <= FIELDS_MAX + 100
    limit = SLOWEST * (10 if sys.gettrace() else 1)  # a tracer, such as coverage's, slows Python down as much
    assert took < limit, f"{took:.3f} s for {len(data)} bytes"
    assert len(root.value) < 2_000


def test_a_great_deep_nest_is_left_as_it_is() -> None:
    nest = b"\x05\x00"
    for _ in range(60):
        nest = b"\x30\x82" + len(nest).to_bytes(2, "big") + nest
    body = chain(nest)
    root = dissect(b"\x0b" + len(body).to_bytes(3, "big") + body)
    assert covers(root, len(body) + 4)
    left = [leaf for leaf in root.leaves() if leaf.name == "not_taken_apart"]
    assert len(left) == 1
    assert left[0].value.endswith("nested too deep")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 255), st.binary(max_size=40))
def test_der_values_are_words_whatever_they_hold(tag: int, contents: bytes) -> None:
    for said in (primitive(tag, contents), oid(contents), moment(contents)):
        assert isinstance(said, str)
        assert said.isprintable()


def test_der_values_in_words() -> None:
    assert oid(bytes.fromhex("2b06010401d679020402")) == "signedCertificateTimestampList"
    assert oid(bytes.fromhex("2a0304")) == "1.2.3.4"
    assert oid(b"\x80") == "1 byte: 80"
    assert moment(b"500101000000Z") == "1950-01-01 00:00:00 UTC"
    assert moment(b"20501231235959Z") == "2050-12-31 23:59:59 UTC"
    assert moment(b"tomorrow") == "tomorrow"
    assert primitive(0x02, b"\xff") == "-1"
    assert primitive(0x01, b"\xff") == "TRUE"
    assert primitive(0x05, b"") == "nothing"


def test_the_long_run_is_the_short_one_longer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["fuzz_anatomy.py", "--count", "200", "--seed", "3"])
    assert main() == 0
    assert "200 messages" in capsys.readouterr().out
