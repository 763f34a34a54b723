"""What is said of a message's fields: which of the anatomy's sentences can be translated, and the shapes of its values.

The sentences themselves stand in `voip.wire.anatomy` and are translated by their exact English text. A value that is
put together of figures and words has a shape here: `32 bytes: 0a 1b …` is `{count} bytes: {head}`. A part called
`note` must be a sentence of the anatomy's own, one called `rest` is taken apart in turn; every other part stays.
"""

import re
from functools import lru_cache

from gui.handshake_words import BYTE_COUNT
from gui.wording import QT_TRANSLATE_NOOP
from voip.wire.anatomy import notes
from voip.wire.anatomy.purposes import PURPOSES

SAID = (
    QT_TRANSLATE_NOOP("Glasscall", "nothing but its name"),
    QT_TRANSLATE_NOOP("Glasscall", "nothing"),
    QT_TRANSLATE_NOOP("Glasscall", "no certificate"),
    QT_TRANSLATE_NOOP("Glasscall", "encryption begins"),
    QT_TRANSLATE_NOOP("Glasscall", "a session to resume"),
    QT_TRANSLATE_NOOP("Glasscall", "a second time, which is forbidden"),
    QT_TRANSLATE_NOOP("Glasscall", "the client's public key"),
    QT_TRANSLATE_NOOP("Glasscall", "the client's public key, or a secret encrypted for the server"),
    QT_TRANSLATE_NOOP("Glasscall", "the name of a key that both know, and the client's public key"),
    QT_TRANSLATE_NOOP("Glasscall", "4, both coordinates follow"),
    QT_TRANSLATE_NOOP("Glasscall", "no compression"),
    QT_TRANSLATE_NOOP("Glasscall", "not a CA: it cannot issue certificates"),
    QT_TRANSLATE_NOOP("Glasscall", "a CA: it can issue certificates"),
)
"""Values that are always the same."""

_COUNT, _HEX = r"(?P<count>\d+)", r"(?P<head>[0-9a-f]{2}(?: [0-9a-f]{2})*(?: …)?)"
_MOMENT = r"[-:. 0-9]+ UTC"
SHAPES: tuple[tuple[str, str], ...] = (
    (rf"{_COUNT} bytes?", BYTE_COUNT),
    (rf"{_COUNT} bytes?: {_HEX}", QT_TRANSLATE_NOOP("Glasscall", "{count} bytes: {head}")),
    (rf"{_COUNT} random bytes: {_HEX}", QT_TRANSLATE_NOOP("Glasscall", "{count} random bytes: {head}")),
    (rf"{_COUNT} bits: {_HEX}", QT_TRANSLATE_NOOP("Glasscall", "{count} bits: {head}")),
    (rf"{_COUNT} of (?P<due>\d+) bytes", QT_TRANSLATE_NOOP("Glasscall", "{count} of {due} bytes")),
    (
        rf"{_COUNT} bytes, but only (?P<left>\d+) follow",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, but only {left} follow"),
    ),
    (rf"{_COUNT} bytes, (?P<due>\d+) are due", QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, {due} are due")),
    (
        rf"{_COUNT} bytes that do not belong here",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes that do not belong here"),
    ),
    (
        rf"{_COUNT} bytes, left as they are: the message has too many fields",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, left as they are: the message has too many fields"),
    ),
    (
        rf"{_COUNT} bytes, left as they are: nested too deep",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, left as they are: nested too deep"),
    ),
    (
        rf"{_COUNT} bytes, left as they are: no DER",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, left as they are: no DER"),
    ),
    (rf"{_COUNT} bytes, not interpreted", QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, not interpreted")),
    (
        rf"{_COUNT} bytes of a kind not known to this program",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes of a kind not known to this program"),
    ),
    (
        rf"{_COUNT} bytes, a point in a form that is not allowed",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, a point in a form that is not allowed"),
    ),
    (
        rf"{_COUNT} bytes, a fingerprint of the whole handshake made with its key",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, a fingerprint of the whole handshake made with its key"),
    ),
    (rf"{_COUNT} bytes of zeros", QT_TRANSLATE_NOOP("Glasscall", "{count} bytes of zeros")),
    (
        rf"{_COUNT} bytes that should be zeros and are not",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes that should be zeros and are not"),
    ),
    (rf"{_COUNT} bytes, (?P<note>.+)", QT_TRANSLATE_NOOP("Glasscall", "{count} bytes, {note}")),
    (rf"{_COUNT} extensions?", QT_TRANSLATE_NOOP("Glasscall", "{count} extensions")),
    (
        rf"{_COUNT} certificates, the first: (?P<rest>.+)",
        QT_TRANSLATE_NOOP("Glasscall", "{count} certificates, the first: {rest}"),
    ),
    (
        rf"(?P<one>.+) \({_COUNT} bytes\) \+ (?P<other>.+) \((?P<more>\d+) bytes\)",
        QT_TRANSLATE_NOOP("Glasscall", "{one} ({count} bytes) + {other} ({more} bytes)"),
    ),
    (rf"{_COUNT} records", QT_TRANSLATE_NOOP("Glasscall", "{count} records")),
    (
        rf"{_COUNT} bytes of ciphertext, and a tag of (?P<tag>\d+)",
        QT_TRANSLATE_NOOP("Glasscall", "{count} bytes of ciphertext, and a tag of {tag}"),
    ),
    (
        rf"a key exchange from a password, with a prime of {_COUNT} bits",
        QT_TRANSLATE_NOOP("Glasscall", "a key exchange from a password, with a prime of {count} bits"),
    ),
    (rf"a point on the curve, {_COUNT} bytes", QT_TRANSLATE_NOOP("Glasscall", "a point on the curve, {count} bytes")),
    (
        rf"classical Diffie-Hellman with a prime of {_COUNT} bits",
        QT_TRANSLATE_NOOP("Glasscall", "classical Diffie-Hellman with a prime of {count} bits"),
    ),
    (
        rf"a CA: it can issue certificates, at most {_COUNT} CAs below it",
        QT_TRANSLATE_NOOP("Glasscall", "a CA: it can issue certificates, at most {count} CAs below it"),
    ),
    (r"not known in an? (?P<name>\w+)", QT_TRANSLATE_NOOP("Glasscall", "not known in a {name}")),
    (r"good for (?P<span>\d+ s(?: \(\d+ h\))?)", QT_TRANSLATE_NOOP("Glasscall", "good for {span}")),
    (
        rf"(?P<who>.+), issued by (?P<by>.+), valid from (?P<first>{_MOMENT}) to (?P<last>{_MOMENT})",
        QT_TRANSLATE_NOOP("Glasscall", "{who}, issued by {by}, valid from {first} to {last}"),
    ),
    (
        rf"valid from (?P<first>{_MOMENT}) to (?P<last>{_MOMENT})",
        QT_TRANSLATE_NOOP("Glasscall", "valid from {first} to {last}"),
    ),
    (rf"(?P<type>[A-Z][A-Z ]+|\[\d+\]), {_COUNT} bytes", QT_TRANSLATE_NOOP("Glasscall", "{type}, {count} bytes")),
)
"""A regular expression for the whole value, and what it says."""


@lru_cache(maxsize=1)
def explained() -> tuple[str, ...]:
    """Every sentence of the anatomy's own tables, once each: what fields are for, and notes on what they say."""
    noted: list[str] = []
    for name, table in vars(notes).items():
        if not name.isupper():
            continue
        if isinstance(table, str):
            noted.append(table)
        elif isinstance(table, dict):
            noted += table.values()
        else:
            noted += (note for _part, note in table)
    return tuple(dict.fromkeys((*PURPOSES.values(), *noted)))


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Everything that may be translated as a whole: not what a stranger wrote, unless it is the same to the letter."""
    return frozenset((*explained(), *SAID))


@lru_cache(maxsize=1)
def shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """`SHAPES`, compiled."""
    return tuple((re.compile(pattern), text) for pattern, text in SHAPES)
