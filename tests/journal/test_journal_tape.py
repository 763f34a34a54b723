"""The tape: numbered without a gap, bounded, and safe to read while it is written."""

import threading

from voip.journal.tape import BATCH, Passed, Tape


def put(tape: Tape, count: int = 1, **changes: object) -> None:
    for _ in range(count):
        tape.put(1.0, "leg", "out", "application_data", bytes(80), size=132, entropy=6.5, meaning="voice", **changes)


def test_what_came_since() -> None:
    tape = Tape()
    assert tape.since(0) == ()
    put(tape, 3)
    assert [row.number for row in tape.since(0)] == [1, 2, 3]
    assert [row.number for row in tape.since(2)] == [3]
    assert tape.since(3) == tape.since(99) == ()


def test_the_oldest_go_and_numbers_stay() -> None:
    tape = Tape(limit=5)
    put(tape, 12)
    assert [row.number for row in tape.since(0)] == [8, 9, 10, 11, 12]
    assert [row.number for row in tape.since(10)] == [11, 12]


def test_bytes_are_cut() -> None:
    tape = Tape()
    put(tape, plain=bytes(100), detail="7")
    (row,) = tape.since(0)
    assert row == Passed(
        1, 1.0, "leg", "out", "application_data", bytes(64), 132, 6.5, "voice", bytes(64), "7"
    )  # fmt: skip


def test_entropy_is_counted_when_it_is_not_given() -> None:
    tape = Tape()
    body = bytes(range(64)) * 2
    for body_or in ({"body": body}, {"entropy": 1.5}, {}):
        tape.put(1.0, "leg", "in", "application_data", b"", size=133, meaning="voice", **body_or)
    assert [row.entropy for row in tape.since(0)] == [6.0, 1.5, 0.0]


def test_rows_are_made_in_batches_and_when_somebody_reads() -> None:
    tape = Tape()
    put(tape, BATCH - 1)
    assert len(tape._rows) == 0
    put(tape)
    assert (len(tape._rows), len(tape._fresh)) == (BATCH, 0)
    put(tape, 3)
    assert len(tape.since(0)) == BATCH + 3


def test_one_writes_while_another_reads() -> None:
    tape = Tape(limit=100)
    writer = threading.Thread(target=put, args=(tape, 5_000))
    writer.start()
    last = 0
    while writer.is_alive() or tape.since(last):
        new = [row.number for row in tape.since(last)]
        assert new == list(range(new[0], new[0] + len(new))) if new else True
        last = new[-1] if new else last
    writer.join()
    assert last == 5_000
