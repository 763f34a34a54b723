"""Mutated and truncated handshake messages through the dissector: nothing may escape, nothing may be slow.

python tools/fuzz_anatomy.py [--count 1000000] [--seed 1]

Real messages of OpenSSL ─┐
alerts and records ───────┴→ mutate() ─┬→ dissect…() ──→ covers(): leaves in order, every byte in exactly one
                                       └→ read() ──→ a message, or ProtocolError
"""

import argparse
import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parents[1] / part) for part in ("", "tests", "tests/wire")]

from tls_conversations import ALERT, HANDSHAKE, pairs, refused, second_hello  # noqa: E402

from voip.errors import ProtocolError  # noqa: E402
from voip.wire.anatomy import (  # noqa: E402
    Field,
    dissect,
    dissect_alert,
    dissect_change_cipher_spec,
    dissect_records,
)
from voip.wire.tls_messages import Message, read  # noqa: E402

CIPHER = "ECDHE-ECDSA-AES256-GCM-SHA384"
ENVELOPES = 0.05
"""So many of the mutants are alerts and records; they have few ways to go wrong."""
VERSIONS = ("TLSv1.2", "TLSv1.3")
SLOWEST = 0.1
"""Seconds of CPU that no message may take."""
_EDGES = (0, 1, 2, 3, 0x7F, 0x80, 0xFE, 0xFF)


def corpus() -> list[bytes]:
    """The different messages of a few real connections."""
    talks = [*pairs("1.2"), *pairs("1.3"), second_hello(), refused("1.3")]
    return list(dict.fromkeys(message for talk in talks for message in talk.messages))


def envelopes() -> list[tuple[int, bytes]]:
    """Content type and bytes of what is no handshake message: alerts, ChangeCipherSpecs, and whole records (0)."""
    talks = [*pairs("1.2"), *pairs("1.3"), refused("1.3")]
    said = [(kind, data) for talk in talks for _, kind, data in talk.said if kind != HANDSHAKE]
    return list(dict.fromkeys([*said, *((0, record) for talk in talks for record in talk.records)]))


def take_apart(kind: int, data: bytes, version: str) -> Field:
    """By the decoder for that content type; a handshake message also as an eavesdropper reads it."""
    if kind == HANDSHAKE:
        with contextlib.suppress(ProtocolError):
            read(Message(data[0] if data else 0, 0, data[4:]))
        return dissect(data, version)
    if kind == 0:
        return dissect_records(data, encrypted=len(data) % 2 == 0, version=version, cipher=CIPHER)
    return dissect_alert(data) if kind == ALERT else dissect_change_cipher_spec(data)


def _flip(data: bytearray, at: int, random: Random) -> None:
    data[at] ^= 1 << random.randrange(8)


def _edge(data: bytearray, at: int, random: Random) -> None:
    data[at] = random.choice(_EDGES)


def _cut(data: bytearray, at: int, _random: Random) -> None:
    del data[at:]


def _remove(data: bytearray, at: int, random: Random) -> None:
    del data[at : at + random.randrange(1, 9)]


def _insert(data: bytearray, at: int, random: Random) -> None:
    data[at:at] = random.randbytes(random.randrange(1, 9))


def _repeat(data: bytearray, at: int, random: Random) -> None:
    data[at:at] = data[at : at + random.randrange(1, 64)] * random.randrange(1, 4)


def _lie(data: bytearray, at: int, random: Random) -> None:
    data[at : at + 2] = random.randrange(1 << 16).to_bytes(2, "big")


def _other_type(data: bytearray, _at: int, random: Random) -> None:
    data[0] = random.randrange(256)


_CHANGES = (_flip, _edge, _cut, _remove, _insert, _repeat, _lie, _other_type)


def mutate(message: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """One to four changes of the kinds that parsers fail at; at times spliced with another message."""
    data = bytearray(message)
    if random.random() < 0.1:
        other = random.choice(others)
        data[random.randrange(len(data)) :] = other[random.randrange(len(other)) :]
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        if data:
            random.choice(_CHANGES)(data, random.randrange(len(data)), random)
    if len(data) >= 4 and random.random() < 0.5:  # a header that tells the truth lets the lie sit deeper
        data[1:4] = (len(data) - 4).to_bytes(3, "big")
    return bytes(data)


def covers(field: Field, size: int) -> bool:
    """Whether the leaves stand end to end from 0 to `size`, and each field spans just its children."""
    at = 0
    for leaf in field.leaves():
        if leaf.start != at or (leaf.end <= at and size):
            return False
        at = leaf.end
    return at == size and field.start == 0 and field.end == size and _spans(field)


def _spans(field: Field) -> bool:
    return not field.children or (
        field.children[0].start == field.start
        and field.children[-1].end == field.end
        and all(_spans(child) for child in field.children)
    )


def main() -> int:
    """Run; status 1 when anything escaped, left a byte uncovered, or took too long."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    messages, others, random = corpus(), envelopes(), Random(options.seed)
    times: list[float] = []
    marked = faults = 0
    began = time.perf_counter()
    for _ in range(options.count):
        kind, data = random.choice(others) if random.random() < ENVELOPES else (HANDSHAKE, random.choice(messages))
        data = mutate(data, messages, random)
        version = random.choice(VERSIONS)
        start = time.process_time()
        try:
            field = take_apart(kind, data, version)
        except Exception as error:  # noqa: BLE001 - that none comes is what is tested
            faults += 1
            print(f"{type(error).__name__} from {version} {data.hex()}")
            continue
        times.append(time.process_time() - start)
        marked += bool(field.mark) or any(leaf.mark for leaf in field.leaves())
        if not covers(field, len(data)):
            faults += 1
            print(f"not covered: {version} {data.hex()}")
    took = time.perf_counter() - began
    times.sort()
    micro = [f"{1e6 * times[min(int(share * len(times)), len(times) - 1)]:.0f}" for share in (0.5, 0.99, 0.9999, 1)]
    made_of = len(messages) + len(others)
    print(f"{options.count} messages made of {made_of} in {took:.0f} s, {marked} of them marked, {faults} faults")
    print(f"microseconds per message: mean {1e6 * sum(times) / len(times):.0f}, p50 {micro[0]}, p99 {micro[1]}", end="")
    print(f", p99.99 {micro[2]}, max {micro[3]}")
    return int(bool(faults) or times[-1] > SLOWEST)


if __name__ == "__main__":
    sys.exit(main())
