"""Which secret protects what in one connection: names, lengths, and the messages themselves; never a value. Without Qt.

TLS 1.3   Early Secret ─→ Handshake Secret ─→ Master Secret        RFC 8446 §7.1
TLS 1.2   premaster secret ─→ master secret ─→ key block           RFC 5246 §8.1, §6.3
"""

from dataclasses import dataclass, field
from typing import Literal

from gui import handshake_words as words
from gui.flights import TLS12, client_way, version_of
from gui.ladder import EARLY, Agreed, Ladder
from gui.tale import Who

SHARED_BYTES = {
    "X25519MLKEM768": 64, "SecP256r1MLKEM768": 64, "SecP384r1MLKEM1024": 80,
    "x25519": 32, "x448": 56, "secp256r1": 32, "secp384r1": 48, "secp521r1": 66, "prime256v1": 32,
}  # fmt: skip
"""The length of a group's shared secret."""
AHEAD = frozenset({EARLY, "EndOfEarlyData"})
"""What a client says with a key from the earlier connection."""
Protects = Literal["", "data", "srtp"]


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret derived from a stage."""

    name: str
    """As the RFC spells it."""
    size: int
    """Bytes."""
    use: str
    """A template of `handshake_words.USE`, with `{who}` for whoever encrypts with it."""
    who: Who | Literal[""] = ""
    rows: tuple[int, ...] = ()
    """The ladder's messages that it protects."""
    protects: Protects = ""
    """What else it protects: all data of its direction, or the voice."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the schedule, fed by the one above and by something new."""

    name: str
    size: int
    fed: str
    """What goes in, a template."""
    values: dict[str, object] = field(default_factory=dict)
    fed_size: int = 0
    """Its length in bytes; 0 when there is nothing to say."""
    secrets: tuple[Secret, ...] = ()


def schedule(ladder: Ladder) -> tuple[Stage, ...]:
    """The connection's key schedule; empty until its suite is agreed."""
    if ladder.agreed is None:
        return ()
    make = _schedule_12 if version_of(ladder) == TLS12 else _schedule_13
    return make(ladder, ladder.agreed)


def hash_bytes(cipher: str) -> int:
    """The length of the suite's hash, and so of every TLS 1.3 secret."""
    return 48 if "384" in cipher else 32


def key_bytes(cipher: str) -> int:
    """The length of the suite's keys."""
    return 16 if "128" in cipher.replace("_", "").replace("-", "") else 32


def _protected(ladder: Ladder, who: Who, *, late: bool) -> tuple[int, ...]:
    """The encrypted messages of one side; `late`: those after its Finished (tickets, KeyUpdate, a goodbye)."""
    rows = [(i, row) for i, row in enumerate(ladder.rows) if row.encrypted and row.direction == _way(who)]
    end = next((i for i, row in rows if row.name == "Finished"), len(ladder.rows))
    return tuple(i for i, row in rows if (i > end) == late and row.name not in AHEAD)


def _application(ladder: Ladder, side: str, who: Who, size: int) -> tuple[Secret, ...]:
    """The secrets after the handshake: the first one, and one more for each KeyUpdate that its side sent."""
    generations: list[list[int]] = [[]]
    for i in _protected(ladder, who, late=True):
        generations[-1].append(i)
        if ladder.rows[i].name == "KeyUpdate":
            generations.append([])
    return tuple(
        Secret(
            f"{side}_application_traffic_secret_{n}", size,
            words.USE["updated" if n else "application"], who, tuple(rows), "data" if n + 1 == len(generations) else "",
        )
        for n, rows in enumerate(generations)
    )  # fmt: skip


def _sides(ladder: Ladder) -> tuple[Who, Who]:
    return ("me", "them") if client_way(ladder) == "out" else ("them", "me")


def _schedule_13(ladder: Ladder, agreed: Agreed) -> tuple[Stage, ...]:
    size, (client, server) = hash_bytes(agreed.cipher), _sides(ladder)
    binder = (Secret("binder_key", size, words.USE["binder"]),) if agreed.resumed else ()
    ahead = tuple(i for i, row in enumerate(ladder.rows) if row.name in AHEAD)
    said = (Secret("client_early_traffic_secret", size, words.USE["early"], client, ahead),) if ahead else ()
    early = Stage("Early Secret", size, words.FED_PSK if agreed.resumed else words.FED_NOTHING, secrets=binder + said)
    shared = SHARED_BYTES.get(agreed.group, 0)
    handshake = Stage(
        "Handshake Secret", size, words.FED_GROUP, {"group": agreed.group}, shared,
        tuple(
            Secret(
                f"{side}_handshake_traffic_secret", size, words.USE["handshake"], who,
                _protected(ladder, who, late=False),
            )
            for side, who in (("client", client), ("server", server))
        ),
    )  # fmt: skip
    voice = ladder.channel == "session"
    exporter = Secret(
        "exporter_master_secret", size, words.USE["exporter-srtp" if voice else "exporter"],
        protects="srtp" if voice else "",
    )  # fmt: skip
    master = Stage(
        "Master Secret", size, words.FED_ZERO, secrets=(
            *_application(ladder, "client", client, size),
            *_application(ladder, "server", server, size),
            exporter,
            Secret("resumption_master_secret", size, words.USE["resumption"]),
        ),
    )  # fmt: skip
    return early, handshake, master


def _schedule_12(ladder: Ladder, agreed: Agreed) -> tuple[Stage, ...]:
    client, server = _sides(ladder)
    shared = SHARED_BYTES.get(agreed.group, 0)
    premaster = Stage("premaster_secret", shared, words.FED_GROUP, {"group": agreed.group}, shared)
    first = (Secret("verify_data", 12, words.USE["verify"]),)
    master = Stage("master_secret", 48, words.FED_SESSION if agreed.resumed else words.FED_RANDOMS, secrets=first)
    key, iv = key_bytes(agreed.cipher), 12 if "CHACHA20" in agreed.cipher.upper() else 4
    block = Stage(
        "key_block", 2 * (key + iv), words.FED_MASTER, secrets=tuple(
            Secret(
                f"{side}_write_key + {side}_write_IV", key + iv, words.USE["handshake"], who,
                tuple(i for i, row in enumerate(ladder.rows) if row.encrypted and _way(who) == row.direction), "data",
            )
            for side, who in (("client", client), ("server", server))
        ),
    )  # fmt: skip
    return (master, block) if agreed.resumed else (premaster, master, block)


def _way(who: Who) -> str:
    return "out" if who == "me" else "in"


__all__ = ["Secret", "Stage", "hash_bytes", "key_bytes", "schedule"]
