"""Bytes in, fields out: a reader whose fields cover its bytes whatever they say.

    number · opaque · numbers · rest      leaves
    group · vector                        fields made of fields, read by a `Decode`

A length that lies, a field that is cut short, bytes that nobody asked for: each becomes a marked field, and reading
goes on behind it. `Ended` never leaves `Reader.read`. A message gets at most `FIELDS_MAX` fields, so that time and
memory are bounded however long it is.
"""

from collections.abc import Callable
from dataclasses import replace

from voip.wire.anatomy.field import Field, Mark
from voip.wire.anatomy.purposes import PURPOSES

FIELDS_MAX = 4_096
"""Fields per message; a ClientHello of a browser has about 150, a chain of three certificates about 500."""

Said = tuple[str, Mark]
"""A value in words, and what is odd about it."""
Words = Callable[[int], Said]
Decode = Callable[["Reader"], str]
"""Reads what is in a field, and says it in words; empty when its parts say it all."""


class Ended(Exception):  # noqa: N818 - how a decoder is left early, no error of anybody
    """The bytes end in the middle of a field."""


class TooManyFields(Ended):
    """`FIELDS_MAX` is used up."""


class Reader:
    """Reads `data[at:end]` from the front. Offsets are the message's own."""

    __slots__ = ("at", "closed", "data", "end", "fields", "mark", "spare")

    def __init__(self, data: bytes, at: int, end: int, spare: list[int]) -> None:
        self.data = data
        self.at = at
        self.end = end
        self.spare = spare
        """How many more fields the whole message may have, in its one element."""
        self.fields: list[Field] = []
        self.mark: Mark = ""
        """The mark of the field that is being read."""
        self.closed = False
        """Where the field ends is known: what its decoder leaves over is unexpected."""

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self.end - self.at

    def peek(self, size: int, skip: int = 0) -> int:
        """The number that stands in the next `size` bytes, after `skip`; -1 when there are fewer."""
        start = self.at + skip
        if start + size > self.end:
            return -1
        return int.from_bytes(self.data[start : start + size], "big")

    # ── leaves ─────────────────────────────────────────────────────────────────────────────────────────────────

    def leaf(self, name: str, size: int, value: str = "", mark: Mark = "") -> bytes:
        """The next `size` bytes as one field; a shorter one, marked, and `Ended` when there are fewer."""
        if self.spare[0] <= 0:
            raise TooManyFields
        self.spare[0] -= 1
        start, left = self.at, self.end - self.at
        if size > left:
            if left:
                cut = f"{left} of {size} bytes"
                self.fields.append(Field(name, start, self.end, cut, PURPOSES.get(name, ""), "truncated"))
                self.at = self.end
            raise Ended
        self.at = start + size
        if size:
            self.fields.append(Field(name, start, self.at, value, PURPOSES.get(name, ""), mark))
        return self.data[start : self.at]

    def number(self, name: str, size: int, words: Words | None = None) -> int:
        """An unsigned number of `size` bytes."""
        code = self.peek(size)
        value, mark = words(code) if words is not None else (str(code), "")
        self.leaf(name, size, value, mark)
        return code

    def opaque(self, name: str, size: int | None = None, words: Callable[[bytes], str] | None = None) -> bytes:
        """The next `size` bytes, without inner structure; all that are left without `size`."""
        size = self.end - self.at if size is None else size
        data = self.data[self.at : min(self.at + size, self.end)]
        self.leaf(name, size, in_hex(data) if words is None else words(data))
        return data

    def numbers(self, name: str, size: int, words: Words) -> str:
        """All that is left, as numbers of `size` bytes each; says them in short."""
        purpose, data, fields = PURPOSES.get(name, ""), self.data, self.fields
        count = min((self.end - self.at) // size, self.spare[0])
        said: list[str] = []
        for start in range(self.at, self.at + count * size, size):
            value, mark = words(int.from_bytes(data[start : start + size], "big"))
            fields.append(Field(name, start, start + size, value, purpose, mark))
            said.append(value)
        self.at += count * size
        self.spare[0] -= count
        if self.at < self.end:
            self.leaf(name, size)
        return in_short(said)

    def unknown(self, name: str, value: str) -> None:
        """All that is left, as a field that nobody here can read."""
        self.mark = self.mark or "unknown"
        self.leaf(name, self.end - self.at, value, "unknown")

    # ── fields made of fields ──────────────────────────────────────────────────────────────────────────────────

    def group(self, name: str, decode: Decode, size: int | None = None) -> str:
        """A field that `decode` reads: the next `size` bytes, or as many as it takes. Returns what it says."""
        if self.spare[0] <= 0:
            raise TooManyFields
        self.spare[0] -= 1
        inner = Reader(self.data, self.at, self.end if size is None else min(self.at + size, self.end), self.spare)
        inner.closed = size is not None
        found = inner.read(name, decode)
        self.at = inner.at
        if found.end > found.start:
            self.fields.append(found)
        return found.value

    def vector(self, name: str, size: int, decode: Decode) -> str:
        """A length in `size` bytes, and so many bytes that `decode` reads (RFC 8446 §3.4)."""

        def counted(inner: Reader) -> str:
            inner.length(size)
            return decode(inner)

        return self.group(name, counted)

    def length(self, size: int) -> None:
        """The length of what is left of this field, which ends there; marked when it lies."""
        length, follow = self.peek(size), self.end - self.at - size
        if length > follow:
            self.leaf("length", size, f"{length} bytes, but only {max(follow, 0)} follow", "malformed")
            self.mark = "truncated"
        else:
            self.leaf("length", size, "1 byte" if length == 1 else f"{length} bytes")
            self.end = self.at + length
        self.closed = True

    def read(self, name: str, decode: Decode) -> Field:
        """The field that `decode` makes of this reader's bytes. Never raises, always covers them."""
        start, value = self.at, ""
        try:
            value = decode(self)
        except TooManyFields:
            self.mark = "malformed"
        except Ended:
            self.mark = "truncated"
        if self.closed and self.at < self.end:
            self.leftover()
        return Field(name, start, self.at, value, PURPOSES.get(name, ""), self.mark, tuple(self.fields))

    def leftover(self) -> None:
        """What nobody asked for, as a field of its own."""
        count = self.end - self.at
        if self.spare[0] <= 0:
            name, value = "not_taken_apart", f"{count} bytes, left as they are: the message has too many fields"
        else:
            name, value = "unexpected", f"{count} bytes that do not belong here"
        self.fields.append(Field(name, self.at, self.end, value, PURPOSES[name], "malformed"))
        self.mark = self.mark or "malformed"
        self.at = self.end


def whole(data: bytes, name: str, decode: Decode) -> Field:
    """The field called `name` that covers all of `data`. Never raises."""
    reader = Reader(data, 0, len(data), [FIELDS_MAX])
    found = reader.read(name, decode)
    if found.end < len(data):
        reader.end = len(data)
        reader.leftover()
        found = replace(found, end=reader.at, mark=reader.mark, children=tuple(reader.fields))
    return found


def in_hex(data: bytes) -> str:
    """Bytes in words: how many, and the first of them."""
    head = data[:8].hex(" ")
    if len(data) > 8:
        return f"{len(data)} bytes: {head} …"
    return f"{len(data)} bytes: {head}" if len(data) > 1 else f"1 byte: {head}"


def in_short(values: list[str]) -> str:
    """A list in words: its first few names, without what is said about each."""
    names = ", ".join(value.partition(",")[0] for value in values[:4])
    return names if len(values) <= 4 else f"{names}, … ({len(values)})"


def items(name: str, decode: Decode) -> Decode:
    """Reads a list: fields called `name`, each read by `decode`, until nothing is left."""

    def read(reader: Reader) -> str:
        said = []
        while reader.left:
            said.append(reader.group(name, decode))
        return in_short(said)

    return read


def numbers(name: str, size: int, words: Words) -> Decode:
    """Reads a list of numbers."""
    return lambda reader: reader.numbers(name, size, words)


def number(name: str, size: int, words: Words | None = None) -> Decode:
    """Reads one number."""

    def read(reader: Reader) -> str:
        code = reader.number(name, size, words)
        return str(code) if words is None else words(code)[0]

    return read


def opaque(name: str, words: Callable[[bytes], str] | None = None) -> Decode:
    """Reads all that is left as one field."""

    def read(reader: Reader) -> str:
        if not reader.left:
            return ""
        data = reader.opaque(name, None, words)
        return in_hex(data) if words is None else words(data)

    return read


def counted(size: int, decode: Decode) -> Decode:
    """Reads a length in `size` bytes and what it counts, without a field of their own around them."""

    def read(reader: Reader) -> str:
        reader.length(size)
        return decode(reader)

    return read


def nothing(_reader: Reader) -> str:
    """Reads a field that says all by being there."""
    return ""
