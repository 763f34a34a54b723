"""What a terminal is told of a talk whose connections were lost."""

import io

from rich.console import Console

from voip.cli.narrator import Narrator
from voip.journal.observations import Entry, MediaKeyed, Reconnected, Reconnecting, SessionRenewed


def test_an_interruption_is_told_and_so_is_its_end() -> None:
    said = io.StringIO()
    tell = Narrator(Console(file=said, width=200))
    for what in (Reconnecting(), SessionRenewed(1), MediaKeyed("AEAD_AES_256_GCM"), Reconnected(1.2345)):
        tell(Entry(0.0, "call", "c" * 32, what))
    assert said.getvalue().splitlines() == [
        "Nothing comes from the other end any more; reconnecting …",
        "  A new end-to-end session with the same person; the words stay good.",
        "The other end is heard again, after 1.2 s.",
    ]
