"""One receiver whose TCP window is closed for ten seconds: what others lose by it, and what the relay keeps for it."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load.host import Host, our_relay
from load.pacer import Load, build, drive
from load.people import prepare
from load.tally import Tally
from rows import Figure, Row, Table

from relay.contest import PEOPLE

CALLS = 20
CLOSED_FROM, CLOSED_FOR = 3.0, 10.0
QUEUE = 200.0
"""ms of audio that a relay may hold for anyone."""
GROWTH = 2.0
"""MB that the relay's memory may grow by meanwhile."""
NAME, TITLE = "relay-slow", "The relay: a receiver whose window is closed"


class Memory:
    """How the relay's memory went."""

    def __init__(self) -> None:
        self.values: list[float] = []

    @property
    def growth(self) -> float:
        """MB between the least and the most."""
        return max(self.values) - self.values[0] if self.values else 0.0


@contextmanager
def watched(host: Host, every: float = 0.25) -> Iterator[Memory]:
    """Looks at the relay's memory during the block."""
    memory, ended = Memory(), threading.Event()

    def look() -> None:
        while not ended.wait(every):
            memory.values.append(host.memory())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        ended.set()
        thread.join()


def held(tally: Tally) -> float:
    """Milliseconds of audio that came after the window had opened and was older, less what our own socket held."""
    return int(tally.figures["slow_held"]) * 1000 / float(tally.figures["rate"])


def measure(*, quick: bool) -> Table:
    """One run."""
    build()
    after = 2.0 if quick else 7.0
    people = prepare(PEOPLE, 2 * CALLS)
    with (
        tempfile.TemporaryDirectory(prefix="glasscall-relay-") as folder,
        our_relay(people, Path(folder) / "relay.log") as (host, address, port),
        watched(host) as memory,
    ):
        load = Load(CALLS, CLOSED_FROM + CLOSED_FOR + after, people=people, slow=(0, CLOSED_FROM, CLOSED_FOR))
        opened: list[int] = []
        tally = drive(host, "tls", address, port, load, on_open=lambda _port: opened.append(len(memory.values)))
        del memory.values[: opened[0]]
    queue = held(tally)
    seen: dict[str, Figure] = {
        "others' packets": int(tally.figures["sent"]),
        "lost": int(tally.figures["sent"]) - int(tally.figures["got"]),
        "p99 ms": tally.p99,
        "max ms": float(tally.figures["max_ms"]),
        "held for the slow one ms": queue,
        "packets in its own socket": int(tally.figures["slow_own"]),
        "its packets in all": int(tally.figures["slow_got"]),
    }
    late = ["the load was late, which proves nothing"] if tally.late else []
    lost = [] if seen["lost"] == 0 else [f"{seen['lost']} lost"]
    grew = round(memory.growth, 1)
    rows = (
        Row("the others", figures=seen | _why(late + lost), target="they lose nothing", met=not (late or lost)),
        Row("its queue", figures={"ms": queue}, target=f"at most {QUEUE:g} ms", met=queue <= QUEUE),
        Row("the relay's memory", figures={"MB": grew}, target=f"grows by at most {GROWTH:g} MB", met=grew <= GROWTH),
    )
    how = (
        f"{CALLS} calls over TLS; one end reads nothing for {CLOSED_FOR:g} s, its receive buffer is as small as the "
        "kernel allows. Held: what comes when it reads again and is older than that, less what lay in its own socket."
    )
    return Table(NAME, TITLE, how, rows)


def _why(reasons: list[str]) -> dict[str, Figure]:
    return {"fell short by": ", ".join(reasons)} if reasons else {}
