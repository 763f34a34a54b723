"""A record counts as authentic when its tag was right, and the one whose tag was wrong is told of."""

import asyncio

import pytest
from town import of, phase, seen, talk, town

from voip.client.counting import RecordCount
from voip.journal.observations import FirstAudio, RecordsCounted
from voip.relay import patchbay
from voip.session.tls.events import Closed, Failed, Record
from voip.wire.framing import Kind, kind


def record(at, direction="in", outer="application_data"):
    return Record(at, direction, outer, 40)


def test_it_is_told_once_a_second_and_the_last_one_is_not_judged_yet():
    count = RecordCount()
    told = [count.notice(record(at / 10)) for at in range(25)]
    assert [one.authentic for one in told if one is not None] == [1, 11, 21]
    assert all(one is None or not one.rejected for one in told)


def test_only_protected_records_that_came_are_counted():
    count = RecordCount()
    assert count.notice(record(0.0, "out")) is count.notice(record(0.0, outer="alert")) is None
    assert count.notice(record(1.0)) is None
    assert count.notice(record(2.0)) == RecordsCounted(1)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (Failed(9.0, "bad-record-mac", ""), RecordsCounted(1, rejected=1)),
        (Failed(9.0, "lost", ""), None),
        (Closed(9.0), None),
    ],
)
def test_how_it_ends(end, told):
    count = RecordCount()
    count.notice(record(1.0))
    count.notice(record(1.1))
    assert count.notice(end) == told
    assert count.notice(end) is None


async def test_link_and_session_of_a_call_are_counted(tmp_path):
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        for phone in (alice, bob):
            for channel in ("link", "session"):
                await seen(
                    phone,
                    lambda e, c=channel: isinstance(e.what, RecordsCounted) and e.channel == c and e.what.authentic > 1,
                    f"a count of the {channel}",
                )
        assert not [e for e in alice.journal if isinstance(e.what, RecordsCounted) and e.channel == "leg"]
        assert not [e for e in alice.journal if isinstance(e.what, RecordsCounted) and e.what.rejected]


async def test_a_record_that_the_relay_alters_is_the_one_rejected(tmp_path, monkeypatch):
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))
        honest = patchbay.Leg.take_record

        def take(leg, packet):
            if leg.owner == "bob" and kind(packet) is Kind.TLS:
                packet = packet[:-1] + bytes([packet[-1] ^ 1])
            honest(leg, packet)

        monkeypatch.setattr(patchbay.Leg, "take_record", take)
        entry = await seen(bob, lambda e: isinstance(e.what, RecordsCounted) and e.what.rejected, "a rejected record")
        assert entry.channel == "session"
        assert entry.what.authentic >= 1
        assert (await phase(bob, "ended")).reason == "insecure"
