"""A field of a TLS message: its name, its bytes, what they say, what they are for.

A dissected message is a tree. Its leaves cover the message: every byte is in exactly one of them, in order, and a byte
that cannot be explained is in a leaf that says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Mark = Literal["", "grease", "unknown", "truncated", "malformed"]


@dataclass(frozen=True, slots=True)
class Field:
    """Bytes `start` to `end` (exclusive) of a message, and their meaning."""

    name: str
    """As the RFC spells it: `legacy_version`, `cipher_suites`, `key_share`, …"""
    start: int
    end: int
    value: str = ""
    """In words: `X25519MLKEM768, a hybrid of a classical and a post-quantum key exchange`."""
    purpose: str = ""
    """One sentence: what it is for."""
    mark: Mark = ""
    """Set when something is odd about it; never hidden."""
    children: tuple["Field", ...] = ()

    def leaves(self) -> Iterator["Field"]:
        """The fields without children, in the order of their bytes."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def at(self, offset: int) -> tuple["Field", ...]:
        """The path from this field down to the leaf that holds byte `offset`; empty when none does."""
        if not self.start <= offset < self.end:
            return ()
        for child in self.children:
            below = child.at(offset)
            if below:
                return (self, *below)
        return (self,)
