"""DER (X.690), as certificates are written in: type, length, contents, and contents may be more of the same.

A `Shape` gives the parts of a constructed element their names, as RFC 5280 spells them; parts without one are called
by their ASN.1 type. Elements nested deeper than `DEPTH_MAX` are not taken apart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from voip.wire.anatomy.oids import OID_NAMES
from voip.wire.anatomy.reader import Reader, in_hex
from voip.wire.anatomy.values import text

DEPTH_MAX = 16
_SAID_MAX = 512
"""Characters after which no more parts of one name are told: a hostile name has thousands."""
_TYPES = {
    0x01: "BOOLEAN",
    0x02: "INTEGER",
    0x03: "BIT STRING",
    0x04: "OCTET STRING",
    0x05: "NULL",
    0x06: "OBJECT IDENTIFIER",
    0x0A: "ENUMERATED",
    0x0C: "UTF8String",
    0x13: "PrintableString",
    0x14: "TeletexString",
    0x16: "IA5String",
    0x17: "UTCTime",
    0x18: "GeneralizedTime",
    0x1E: "BMPString",
    0x30: "SEQUENCE",
    0x31: "SET",
}
_TEXTS = frozenset({0x0C, 0x13, 0x14, 0x16})
_BOOLEAN, _INTEGER, _BIT_STRING, _OCTET_STRING, _NULL, _OID, _TIMES = 1, 2, 3, 4, 5, 6, (0x17, 0x18)
Parts = dict[str, str]
"""What the parts of an element say, by name; of several with one name, all, joined."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the parts of an element are called. `Extension|keyUsage` is shown as Extension and shaped as the whole."""

    parts: tuple[str, ...] = ()
    """By position; the last one for all that follow, if `many`."""
    tagged: dict[int, str] = field(default_factory=dict)
    """By tag, which goes before the position: optional parts."""
    many: bool = False
    by_oid: str = ""
    """The parts are of this name, and of the shape that the identifier at their head asks for."""
    say: Callable[[Parts], str] | None = None
    """Says the whole in words."""

    def name(self, position: int, tag: int) -> str:
        """The name of the part at `position` among those without a name by tag."""
        if tag in self.tagged:
            return self.tagged[tag]
        if position < len(self.parts):
            return self.parts[position]
        return self.parts[-1] if self.many and self.parts else _type(tag)


_NO_SHAPE = Shape()
Say = Callable[[int, bytes], str]
"""Says a part without parts of its own: `(tag, contents) -> words`."""


class Dialect:
    """Names and words for one family of DER structures."""

    def __init__(self, shapes: dict[str, Shape], values: dict[str, Say]) -> None:
        self.shapes = shapes
        self.values = values

    def element(self, reader: Reader, name: str, depth: int = 0) -> str:
        """Reads one element as a field called `name`; returns what it says."""
        tag, header, length = _header(reader)
        if not header or depth > DEPTH_MAX:
            size = reader.left
            reason = "nested too deep" if header else "no DER"
            reader.mark = reader.mark or "malformed"
            reader.leaf("not_taken_apart", size, f"{size} bytes, left as they are: {reason}", "malformed")
            return ""
        size = header + length
        if tag & 0x20 or (tag == _OCTET_STRING and name in self.shapes):
            return reader.group(
                name.partition("|")[0], lambda inner: self._parts(inner, name, header, length, depth), size
            )
        contents = reader.data[reader.at + header : min(reader.at + size, reader.end)]
        say = self.values.get(name, primitive)
        value = say(tag, contents)
        reader.leaf(name, size, value)
        return value

    def _parts(self, reader: Reader, name: str, header: int, length: int, depth: int) -> str:
        if length > reader.left - header:
            reader.mark = "truncated"
        reader.leaf("identifier_and_length", header, f"{_type(reader.peek(1))}, {length} bytes", reader.mark)
        shape = self.shapes.get(name, _NO_SHAPE)
        said: Parts = {}
        position = 0
        while reader.left:
            tag = reader.peek(1)
            part = self._by_oid(reader, shape.by_oid) if shape.by_oid else shape.name(position, tag)
            position += tag not in shape.tagged
            value = self.element(reader, part, depth + 1)
            if value and len(said.get(part, "")) < _SAID_MAX:
                said[part] = f"{said[part]}, {value}" if part in said else value
        return shape.say(said) if shape.say is not None else ""

    def _by_oid(self, reader: Reader, name: str) -> str:
        """The shape of an element whose first part is an object identifier."""
        _tag, header, _length = _header(reader)
        if header and reader.peek(1, header) == _OID:
            start, length = reader.at + header + 2, reader.peek(1, header + 1)
            known = f"{name}|{OID_NAMES.get(reader.data[start : start + max(length, 0)], '')}"
            if known in self.shapes:
                return known
        return name


def holds_oid_first(reader: Reader) -> bool:
    """Whether the element that stands here begins with an algorithm: a bare SubjectPublicKeyInfo (RFC 7250)."""
    _tag, outer, _length = _header(reader)
    inner = Reader(reader.data, reader.at + outer, reader.end, reader.spare)
    tag, header, _length = _header(inner)
    return bool(outer and header) and tag == 0x30 and inner.peek(1, header) == _OID


def _header(reader: Reader) -> tuple[int, int, int]:
    """Tag, bytes of tag and length, bytes of contents; no bytes at all for what DER forbids."""
    tag, length = reader.peek(1), reader.peek(1, 1)
    if tag < 0 or length < 0 or tag & 0x1F == 0x1F:
        return tag, 0, 0
    if length < 0x80:
        return tag, 2, length
    count = length & 0x7F
    length = reader.peek(count, 2) if 1 <= count <= 4 else -1
    return (tag, 2 + count, length) if length >= 0 else (tag, 0, 0)


def _type(tag: int) -> str:
    if tag & 0xC0 == 0x80:
        return f"[{tag & 0x1F}]"
    return _TYPES.get(tag, f"tag 0x{tag:02x}")


def primitive(tag: int, contents: bytes) -> str:
    """An element without parts, in words."""
    if tag == _OID:
        return oid(contents)
    if tag in _TEXTS:
        return text(contents)
    if tag in _TIMES:
        return moment(contents)
    if tag == _INTEGER and 0 < len(contents) <= 8:
        return str(int.from_bytes(contents, "big", signed=True))
    if tag == _BOOLEAN and len(contents) == 1:
        return "TRUE" if contents[0] else "FALSE"
    if tag == _NULL and not contents:
        return "nothing"
    if tag == _BIT_STRING and contents:
        return f"{max(8 * len(contents) - 8 - contents[0], 0)} bits: {contents[1:9].hex(' ')} …"
    return in_hex(contents)


def oid(contents: bytes) -> str:
    """An object identifier: its name, or its numbers with dots."""
    known = OID_NAMES.get(contents)
    if known is not None:
        return known
    if not 0 < len(contents) <= 32 or contents[-1] & 0x80:
        return in_hex(contents)
    numbers, number = [], 0
    for byte in contents:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def moment(contents: bytes) -> str:
    """UTCTime or GeneralizedTime: `2026-11-03 12:00:00 UTC`."""
    said = contents.decode("ascii", "replace")
    if len(said) == 13:
        said = ("19" if said[:2] >= "50" else "20") + said
    if len(said) != 15 or not said.endswith("Z") or not said[:14].isdigit() or not said.isascii():
        return text(contents)
    return f"{said[:4]}-{said[4:6]}-{said[6:8]} {said[8:10]}:{said[10:12]}:{said[12:14]} UTC"
