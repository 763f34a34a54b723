import logging

import pytest

from voip.journal.book import Journal
from voip.journal.observations import Connecting, FirstAudio, Levels, PersonSeen, Problem
from voip.session.tls.events import HandshakeMessage


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def test_entries_stand_in_the_order_of_their_time_whatever_their_kind() -> None:
    journal = Journal(Clock())
    journal.add("link", Connecting("host:1"))
    journal.add("call", Levels(-20, -30), call="c")
    journal.add("link", HandshakeMessage(1.5, "out", "ClientHello", b""))  # seen earlier than it is entered
    journal.add("call", FirstAudio(), call="c")
    assert [(entry.at, type(entry.what).__name__, entry.call) for entry in journal] == [
        (1, "Connecting", ""),
        (1.5, "HandshakeMessage", ""),
        (2, "Levels", "c"),
        (3, "FirstAudio", "c"),
    ]
    assert len(journal) == 4


def test_what_flows_cannot_push_out_what_lasts() -> None:
    journal = Journal(Clock(), lasting=3, flowing=2)
    journal.add("link", Connecting("host:1"))
    for level in range(100):
        journal.add("call", Levels(-level, 0))
    assert [type(entry.what) for entry in journal] == [Connecting, Levels, Levels]
    for number in range(5):
        journal.add("link", PersonSeen(f"p{number}", online=True))
    assert [entry.what.name for entry in journal if isinstance(entry.what, PersonSeen)] == ["p2", "p3", "p4"]
    assert len(journal) == 5


def test_subscribers_are_told_until_they_leave() -> None:
    journal, told = Journal(Clock()), []
    unsubscribe = journal.subscribe(told.append)
    journal.add("call", FirstAudio())
    unsubscribe()
    unsubscribe()
    journal.add("call", FirstAudio())
    assert len(told) == 1
    assert told[0] is next(iter(journal))


def test_one_who_leaves_while_being_told_disturbs_nobody() -> None:
    journal, told = Journal(Clock()), []
    leave = journal.subscribe(lambda _entry: leave())
    journal.subscribe(told.append)
    journal.add("call", FirstAudio())
    journal.add("call", FirstAudio())
    assert len(told) == 2


def test_a_reader_that_fails_is_told_no_more_and_the_others_are(caplog: pytest.LogCaptureFixture) -> None:
    journal, told = Journal(Clock()), []

    def fail(_entry: object) -> None:
        raise ZeroDivisionError

    journal.subscribe(fail)
    journal.subscribe(told.append)
    with caplog.at_level(logging.ERROR):
        journal.add("link", Problem("link", "x", "x"))
        journal.add("link", Problem("link", "y", "y"))
    assert len(told) == 2
    assert len(caplog.records) == 1
