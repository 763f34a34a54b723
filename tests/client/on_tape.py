"""What a row of the tape says of its record, packet by packet."""

import re

from voip.journal.tape import Passed

MEANINGS = ("voice", "report", "session", "signal")


def packets_of(row: Passed) -> list[tuple[str, str]]:
    """(meaning, detail) of each packet that ended in this record; none in one that carries no packets.

    A record may carry several: what the relay has for a leg at one time, it sends in one. Its row names the first few
    and counts the rest, which are of the same meaning.
    """
    told, _, more = row.detail.partition(" and ")
    rest = re.fullmatch(r"([0-9]+) more", more)
    if row.meaning in MEANINGS:
        unnamed = int(rest[1]) if rest else 0
        return [(row.meaning, detail) for detail in told.split(", ") + [""] * unnamed]
    pairs = [detail.partition(" ") for detail in told.split(", ")]
    found = [(meaning, detail) for meaning, _, detail in pairs if row.meaning == "other" and meaning in MEANINGS]
    assert not (found and rest), row
    return found
