"""The journal as JSON: every kind of observation, every field, nothing that JSON cannot hold."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from voip.journal.export import RENAMED, to_dict, to_lines
from voip.journal.observations import Entry, Forwarded, Levels, Observation, RelaySaw
from voip.session.tls.events import HandshakeMessage

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def exported(*entries):
    return json.loads(json.dumps(to_dict(entries, monotonic=100.0, wall=NOW)))


def test_a_message_with_its_bytes_and_its_time():
    entry = Entry(97.5, "link", "", HandshakeMessage(97.5, "out", "ClientHello", b"\x01\x00"))
    whole = exported(entry)
    assert whole["schema"] == 1
    assert whole["entries"] == [
        {
            "at": 97.5, "time": "2026-11-24T11:59:57.500000+00:00", "channel": "link", "call": "",
            "what": "HandshakeMessage", "direction": "out", "name": "ClientHello", "raw": "0100",
        }
    ]  # fmt: skip


@given(st.data())
def test_every_kind_of_observation_is_plain(data):
    kind = data.draw(st.sampled_from(get_args(Observation)))
    what = data.draw(st.builds(kind))
    line = exported(Entry(1.0, "call", "ab", what))["entries"][0]
    assert line["what"] == kind.__name__
    assert {RENAMED.get(field.name, field.name) for field in fields(kind)} - {"at"} <= set(line)


def test_order_is_kept():
    lines = exported(*(Entry(float(i), "call", "", Levels(-1.0, -2.0)) for i in range(5)))["entries"]
    assert [line["at"] for line in lines] == [0, 1, 2, 3, 4]


def test_what_was_said_is_not_in_it():
    row = Forwarded("out", 100, "ab", b"\x80", known=True, meaning="voice", plain=b"what alice said")
    (line,) = exported(Entry(1.0, "call", "", RelaySaw((row,), 1, 0)))["entries"]
    assert line["rows"][0]["head"] == "80"
    assert b"what alice said".hex() not in json.dumps(line)


@given(st.lists(st.builds(Entry, st.floats(0, 1000), what=st.builds(Levels)), max_size=3))
def test_written_piece_by_piece_it_is_the_same(entries):
    text = "".join(to_lines(entries, monotonic=100.0, wall=NOW))
    assert json.loads(text) == exported(*entries)
