"""What gets worse is told once, and again only when it doubles."""

import asyncio

import pytest
from town import of, phase, seen, talk, town

from voip.client import conversation
from voip.client.worsening import Worsening
from voip.journal.observations import FirstAudio, MediaStats, PathChanged, TrustAssessed, Worsened
from voip.media.protector import is_rtcp
from voip.relay import patchbay
from voip.wire.framing import Kind, kind


def stats(rejected: int) -> MediaStats:
    return MediaStats(1, 1, rejected, 1, 0, 0, 1, 1)


def test_rejected_packets_are_told_at_the_first_and_at_doublings():
    watch = Worsening("bob")
    told = [n for n in (0, 1, 1, 2, 3, 4, 7, 8, 1000, 1500, 2000) if watch.notice(stats(n)) is not None]
    assert told == [1, 2, 4, 8, 1000, 2000]


def test_only_leaving_udp_is_worse():
    watch = Worsening("bob")
    assert watch.notice(PathChanged("tls")) is None
    assert watch.notice(PathChanged("udp")) is None
    assert watch.notice(PathChanged("tls")).about == "path"
    assert watch.notice(PathChanged("tls")) is None


def test_each_direction_leaves_udp_by_itself():
    watch = Worsening("bob")
    told = [
        watch.notice(PathChanged(path, why, direction)) is not None
        for path, why, direction in (
            ("tls", "", "both"), ("udp", "proven", "out"), ("tls", "loss", "in"), ("tls", "unheard", "out"),
            ("udp", "proven", "both"), ("tls", "silent", "in"), ("tls", "silent", "both"), ("tls", "silent", "both"),
        )
    ]  # fmt: skip
    assert told == [False, False, False, True, False, True, True, False]


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        ("pinned", "pinned", False),
        ("certified", "verified", False),
        ("verified", "certified", True),
        ("pinned", "changed", True),
    ],
)  # fmt: skip
def test_trust(before, now, worse):
    assert (Worsening("bob").trust(before, now) is not None) is worse


async def test_packets_that_the_relay_alters_are_announced_and_logged_and_the_call_goes_on(
    tmp_path, monkeypatch, caplog
):
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))
        honest, altered = patchbay.Leg.take_media, []

        def take(leg, packet):
            if leg.owner == "bob" and not is_rtcp(packet) and len(altered) < 3:
                altered.append(packet)
                packet = packet[:-1] + bytes([packet[-1] ^ 1])
            return honest(leg, packet)

        monkeypatch.setattr(patchbay.Leg, "take_media", take)
        worse = await of(bob, Worsened)
        assert (worse.about, worse.code) == ("media", "packets-rejected")
        assert "packets-rejected: " in caplog.text
        counted = await seen(bob, lambda e: isinstance(e.what, MediaStats) and e.what.rejected == 3, "three rejected")
        before = counted.what.received
        await seen(bob, lambda e: isinstance(e.what, MediaStats) and e.what.received > before + 50, "voice again")
        assert not any(isinstance(e.what, Worsened) for e in alice.journal)
        caplog.clear()


async def test_a_pin_that_changes_during_the_call_stops_the_voice(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(conversation, "PIN_EVERY", 0.05)
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        pins = tmp_path / "alice" / "pins.json"
        text = pins.read_text(encoding="utf-8")
        shown = (await of(alice, TrustAssessed)).fingerprint
        assert shown in text
        pins.write_text(text.replace(shown, "00" * 32), encoding="utf-8")
        worse = await of(alice, Worsened)
        assert (worse.about, worse.code) == ("trust", "trust-fell")
        assert "trust-fell: " in caplog.text
        ended = await phase(alice, "ended")
        assert ended.reason == "insecure"
        await phase(bob, "ended")
        levels = [entry.what.level for entry in alice.journal if isinstance(entry.what, TrustAssessed)]
        assert levels[-1] == "changed"
        assert alice._conversation is bob._conversation is None
        place.witnessed.clear()
        await asyncio.sleep(0.2)
        assert not [packet for packet in place.witnessed if kind(packet) is Kind.MEDIA]
        caplog.clear()
