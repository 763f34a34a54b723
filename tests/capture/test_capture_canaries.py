"""Canaries are found, all of them and only them, few or many."""

import base64
import json
import random
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.capture.canaries import Canary, Finder, load_canaries, text_canary
from voip.errors import CaptureError, UsageError


def hits(finder: Finder, haystack: bytes) -> set[tuple[int, bytes]]:
    return {(at, needle.data) for at, needle in finder.scan(haystack)}


@settings(max_examples=40)
@given(st.lists(st.binary(min_size=8, max_size=20), min_size=70, max_size=90, unique=True), st.data())
def test_the_index_finds_what_a_plain_search_finds(needles: list[bytes], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(needles), max_size=5))
    haystack = b"".join(data.draw(st.binary(max_size=9)) + needle for needle in chosen)
    finder = Finder([Canary(str(n), needle) for n, needle in enumerate(needles)])
    expected = {(at, needle) for needle in needles for at in range(len(haystack)) if haystack.startswith(needle, at)}
    assert len(expected) >= len(set(chosen))
    assert hits(finder, haystack) == expected


def test_thousands_of_frames_in_tens_of_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(5)
    frames = [b"\xf8" + source.randbytes(79) for _ in range(5_000)]
    frames += [b"\x78\x00\x00\x00\x00\x00\x00\x00" + source.randbytes(72) for _ in range(500)]  # one common beginning
    noise = source.randbytes(20_000_000)
    border = 1 << 22  # where one chunk of the search ends
    places = {0: frames[0], border - 40: frames[1], 2 * border: frames[2], 9_999_999: frames[5_200]}
    haystack = bytearray(noise)
    for at, frame in places.items():
        haystack[at : at + 80] = frame
    finder = Finder([Canary(f"frame {n}", frame) for n, frame in enumerate(frames)])
    began = perf_counter()
    found = hits(finder, bytes(haystack))
    assert found == set(places.items())
    assert perf_counter() - began < 10  # naively it takes minutes


@pytest.mark.parametrize(
    ("form", "disguised"),
    [
        ("plain", "benedikt-ü".encode()),
        ("hex", "benedikt-ü".encode().hex().encode()),
        ("hex", "benedikt-ü".encode().hex().upper().encode()),
        ("base64", base64.b64encode("benedikt-ü".encode())),
        ("base64", base64.b64encode("xbenedikt-üyy".encode())),
        ("base64", base64.urlsafe_b64encode("xxbenedikt-ü".encode())),
        ("utf-16", "benedikt-ü".encode("utf-16-le")),
        ("utf-16", "benedikt-ü".encode("utf-16-be")),
        ("percent-encoded", b"benedikt-%C3%BC"),
        ("json-escaped", json.dumps("benedikt-ü")[1:-1].encode()),
    ],
)
def test_a_text_is_found_in_disguise(form: str, disguised: bytes) -> None:
    found = list(Finder([text_canary("benedikt-ü", "name")]).scan(b"\x00\x01" + disguised + b"\xff"))
    assert ("name", form) in {(needle.label, needle.form) for _, needle in found}
    assert not list(Finder([text_canary("somebody else")]).scan(disguised))


def test_a_binary_canary_has_no_disguises() -> None:
    assert not list(Finder([Canary("frame", b"abcdefgh")]).scan(b"abcdefgh".hex().encode()))


def test_a_short_name_counts_only_where_it_is_meant() -> None:
    finder = Finder([text_canary("bob")])
    for meant in (b'"to":"bob"}', b"bob", b"\x00\x03bob\xff\xff", b"\x99\x0c\x03bob0\x81\x02"):
        assert [needle.form for _, needle in finder.scan(meant)] == ["plain"]
    assert not list(finder.scan(b"\x91\x82bob\xfe\x07"))
    noise = random.Random(1).randbytes(3_000_000)
    assert not list(finder.scan(noise))


def test_equal_needles_are_found_once() -> None:
    finder = Finder([Canary("silence 1", b"\x00" * 80), Canary("silence 2", b"\x00" * 80)])
    assert [needle.label for _, needle in finder.scan(b"\x01" + b"\x00" * 80)] == ["silence 1"]
    assert finder.count == 2


def test_canaries_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "canaries.jsonl"
    path.write_text('{"label": "opus frame 1", "hex": "78ff00"}\n\n{"label": "name", "text": "bob"}\n')
    assert load_canaries(path) == [Canary("opus frame 1", b"\x78\xff\x00"), Canary("name", b"bob", text=True)]


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", "7", '{"label": "x"}', '{"label": "x", "hex": "zz"}', '{"label": "x", "hex": "00"}',
             '{"label": "x", "hex": 7}', '{"label": "x", "text": 7}', '{"label": "x", "text": "ab"}']
)  # fmt: skip
def test_a_line_that_is_no_canary(line: str, tmp_path: Path) -> None:
    path = tmp_path / "canaries.jsonl"
    path.write_text(line)
    with pytest.raises(UsageError):
        load_canaries(path)


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CaptureError, match="cannot be read"):
        load_canaries(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(CaptureError, match="cannot be read"):
        load_canaries(tmp_path / "binary")
    monkeypatch.setattr("voip.capture.canaries.CANARIES_MAX", 0)
    (tmp_path / "many").write_text('{"label": "x", "text": "bob"}')
    with pytest.raises(UsageError, match="0 are allowed"):
        load_canaries(tmp_path / "many")
