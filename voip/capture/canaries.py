"""Byte strings that must not be readable, looked for by the thousand in tens of megabytes.

    Canary(label, bytes) ──disguises──→ needles ──→ Finder.scan(haystack) ──→ (offset, needle)

Few needles are found one by one (`bytes.find`). Many (the encoded Opus frames of a call) go through an index: the eight
bytes at *every* offset of the haystack are hashed with numpy, looked up in a table of the needles' first eight, and
only the few that fit are compared in full.

A text also travels disguised: as hex, base64 (at each of its three alignments), UTF-16, percent-encoded,
or escaped as in JSON.
A needle under five bytes turns up in ciphertext by chance (three bytes: once in 16 MB). It counts only where its
neighbours say that it is text, or where its length stands before it.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from voip.errors import CaptureError, UsageError

CANARIES_MAX = 200_000
INDEXED_FROM = 64
"""With this many needles of eight bytes or more, the index beats searching for each."""
SURE = 5
"""Needles of at least this many bytes do not occur by chance in a call's ciphertext."""
_CHUNK = 1 << 22
_BITS = 20
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Canary:
    """Something secret that was really sent."""

    label: str
    """What a person calls it: `bob`, `opus frame 17`."""
    data: bytes = field(repr=False)
    text: bool = False
    """It is text, so its usual disguises are looked for as well."""


@dataclass(frozen=True, slots=True)
class Needle:
    """One form of a canary."""

    label: str
    form: str
    """`plain`, `hex`, `base64`, …"""
    data: bytes = field(repr=False)


def text_canary(text: str, label: str = "") -> Canary:
    """A canary from text; raises `UsageError` when it has under three bytes: those are everywhere."""
    data = text.encode(errors="surrogateescape")
    if len(data) < 3:
        raise UsageError(f"The canary {text!r} is too short; use 3 or more bytes.", code="canary-short")
    return Canary(label or text, data, text=True)


def load_canaries(path: Path) -> list[Canary]:
    """Canaries from a file of JSON lines: `{"label": …, "hex": …}` or `{"label": …, "text": …}`.

    Raises `CaptureError` when the file cannot be read, `UsageError` for a line that is no canary.
    """
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaptureError(f"The canaries in {path} cannot be read: {error}.", code="canaries-unreadable") from error
    found: list[Canary] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            label = str(entry["label"])
            found.append(text_canary(entry["text"], label) if "text" in entry else _binary(label, entry["hex"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(
                f'Line {number} of {path} is no canary; each line must be {{"label": …, "hex": …}}.',
                code="canaries-line",
            ) from error
    if len(found) > CANARIES_MAX:
        raise UsageError(f"{path} holds {len(found)} canaries; {CANARIES_MAX} are allowed.", code="canaries-many")
    return found


def _binary(label: str, digits: str) -> Canary:
    data = bytes.fromhex(digits)
    if len(data) < 3:
        raise ValueError(digits)
    return Canary(label, data)


def disguises(canary: Canary) -> Iterator[Needle]:
    """The canary's bytes, and for a text every other form that a careless program would send."""
    yield Needle(canary.label, "plain", canary.data)
    if not canary.text:
        return
    data, text = canary.data, canary.data.decode(errors="replace")
    yield Needle(canary.label, "hex", binascii.hexlify(data))
    yield Needle(canary.label, "hex", binascii.hexlify(data).upper())
    for shift in range(3):
        # Characters that also hold bits of the unknown neighbours are cut off.
        whole = base64.b64encode(bytes(shift) + data + bytes(-(shift + len(data)) % 3))
        inner = whole[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
        if len(inner) >= 4:
            yield Needle(canary.label, "base64", inner)
            yield Needle(canary.label, "base64", inner.replace(b"+", b"-").replace(b"/", b"_"))
    yield Needle(canary.label, "utf-16", text.encode("utf-16-le"))
    yield Needle(canary.label, "utf-16", text.encode("utf-16-be"))
    yield Needle(canary.label, "percent-encoded", quote(text).encode())
    yield Needle(canary.label, "json-escaped", json.dumps(text)[1:-1].encode())


class Finder:
    """All needles at once. `scan` is pure: the same haystack gives the same findings."""

    def __init__(self, canaries: Sequence[Canary]) -> None:
        needles: dict[bytes, Needle] = {}
        for canary in canaries:
            for needle in disguises(canary):
                if needle.data:  # equal needles are one; the first canary's label stands for it
                    needles.setdefault(needle.data, needle)
        self.count = len(canaries)
        long = [needle for needle in needles.values() if len(needle.data) >= 8]
        self._indexed = long if len(long) >= INDEXED_FROM else []
        self._plain = [needle for needle in needles.values() if not self._indexed or len(needle.data) < 8]
        self._by_start: dict[bytes, dict[int, dict[bytes, Needle]]] = {}
        for needle in self._indexed:
            lengths = self._by_start.setdefault(needle.data[:8], {})
            lengths.setdefault(len(needle.data), {})[needle.data] = needle
        starts = b"".join(self._by_start)
        self._starts = np.sort(np.frombuffer(starts, dtype="<u8"))
        self._table = np.zeros(1 << _BITS, dtype=np.bool_)
        self._table[_hashed(self._starts)] = True

    def scan(self, haystack: bytes) -> Iterator[tuple[int, Needle]]:
        """Each place where a needle begins: (offset, needle), not sorted."""
        for needle in self._plain:
            at = haystack.find(needle.data)
            while at >= 0:
                if len(needle.data) >= SURE or _meant(haystack, at, len(needle.data)):
                    yield at, needle
                at = haystack.find(needle.data, at + 1)
        if not self._indexed:
            return
        for start in range(0, len(haystack), _CHUNK):
            chunk = haystack[start : start + _CHUNK + 7]
            for offset in self._candidates(chunk):
                at = start + offset
                for length, alike in self._by_start[haystack[at : at + 8]].items():
                    match = alike.get(haystack[at : at + length])
                    if match is not None:
                        yield at, match

    def _candidates(self, chunk: bytes) -> list[int]:
        """Offsets where the eight bytes are the first eight of some needle."""
        found: list[npt.NDArray[np.int64]] = []
        for shift in range(8):
            count = (len(chunk) - shift) // 8
            if count <= 0:
                break
            windows = np.frombuffer(chunk, dtype="<u8", count=count, offset=shift)
            places = np.flatnonzero(self._table[_hashed(windows)])
            near = np.minimum(np.searchsorted(self._starts, windows[places]), len(self._starts) - 1)
            places = places[self._starts[near] == windows[places]]
            found.append(places * 8 + shift)
        return sorted(np.concatenate(found).tolist()) if found else []


def _hashed(windows: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return (windows.astype(np.uint64) * _MULTIPLIER) >> np.uint64(64 - _BITS)


def _meant(haystack: bytes, at: int, length: int) -> bool:
    """Whether a short needle stands there on purpose: among text, or as a string with its length before it."""
    around = haystack[max(0, at - 4) : at] + haystack[at + length : at + length + 4]
    if all(0x20 <= byte < 0x7F or byte in {9, 10, 13} for byte in around):
        return True
    before = haystack[max(0, at - 2) : at]
    # A DER string or context tag, or the high byte of a 16-bit length.
    return len(before) == 2 and before[1] == length and before[0] in {0x00, 0x04, 0x0C, 0x13, 0x16, 0x82, 0x86}
