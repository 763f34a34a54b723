"""A call's sound, driven by hand: what goes out and comes in at each tick, and what is told of it."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sound_bench import SRTP, Clock, End, join, tone

from voip.client.margin import STEP
from voip.client.sound import BLOCK, STALE
from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.news import DeviceNews
from voip.io.audio.wavfile import load_wav
from voip.io.audio.wavwriter import WavWriter
from voip.journal.observations import (
    AudioState,
    DeviceChanged,
    FirstAudio,
    Latency,
    Levels,
    MediaStats,
    Quality,
    VoiceChosen,
    VoiceProcessing,
)
from voip.media.pcm import Frame
from voip.media.plan import BALANCED, CLOSEST, ROBUST, Mode
from voip.media.processing import OFF
from voip.media.voice import Voice
from voip.wire import rtp


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
async def ends() -> Iterator[list[End]]:
    """Whoever is put in here is stopped at the end."""
    found: list[End] = []
    yield found
    for end in found:
        end.sound.stop()


def pair(time: Clock, ends: list[End], **one: object) -> tuple[End, End]:
    ends += [End(time, 0, mouth=tone, **one), End(time, 1)]
    join(*ends)
    return ends[0], ends[1]


def turns(seconds: float, *talking: End) -> None:
    time, block = talking[0].card._time, talking[0].card.playout_block
    for _ in range(round(seconds * SAMPLE_RATE / block)):
        time.now += block / SAMPLE_RATE
        for end in talking:
            end.card.move()
            end.card.tick()


def headers(end: End) -> list[rtp.RtpPacket]:
    """RTP's header is not encrypted; what follows it is left as it is."""
    return [rtp.unpack_untrusted(packet) for packet in end.wire.voice]


# ── out ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", [Mode.CLOSEST, Mode.BALANCED, Mode.ROBUST])
@pytest.mark.parametrize("block", [128, 240, 480, 1024])
async def test_a_packet_for_each_frame_whatever_the_device_takes(
    time: Clock, ends: list[End], mode: Mode, block: int
) -> None:
    plan = {Mode.CLOSEST: CLOSEST, Mode.BALANCED: BALANCED, Mode.ROBUST: ROBUST}[mode]
    alice, bob = pair(time, ends, mode=mode, block=block)
    bob.card.playout_block = block
    turns(0.5, alice, bob)
    begun = bob.inbound.counts.lost  # frames that came at once with the first, and before there was a delay for them
    assert begun <= 4
    turns(1.0, alice, bob)
    assert len(alice.wire.voice) == alice.card.said // plan.frame_samples
    assert {len(packet) for packet in alice.wire.voice} == {plan.payload_size + SRTP}
    assert len(alice.card.capture) < plan.frame_samples
    assert (bob.inbound.lost, bob.inbound.rejected) == (begun, 0)
    assert bob.inbound.played + begun + len(bob.inbound._playout.jitter) == len(alice.wire.voice)


async def test_another_mode_in_mid_call_loses_nothing(time: Clock, ends: list[End]) -> None:
    alice, bob = pair(time, ends)
    sizes = []
    for mode in (Mode.BALANCED, Mode.ROBUST, Mode.CLOSEST, Mode.BALANCED):
        alice.sound.choose(mode)
        before = len(alice.wire.voice)
        turns(0.5, alice, bob)
        sizes.append({len(packet) for packet in alice.wire.voice[before:]})
    assert sizes == [{plan.payload_size + SRTP} for plan in (BALANCED, ROBUST, CLOSEST, BALANCED)]
    packets = headers(alice)
    assert all(late.sequence_number - early.sequence_number == 1 for early, late in pairwise(packets))
    # Every sample that was said is in exactly one frame.
    assert packets[-1].timestamp + BALANCED.frame_samples - packets[0].timestamp == alice.card.said
    assert (bob.inbound.lost, bob.inbound.malformed) == (0, 0)
    assert bob.inbound.played == len(packets) - len(bob.inbound._playout.jitter)
    chosen = [(what.wanted, what.frame_ms, what.code) for what in alice.of(VoiceChosen)]
    assert chosen == [("balanced", 10, "chosen"), ("robust", 20, "chosen"), ("closest", 5, "chosen"),
                      ("balanced", 10, "chosen")]  # fmt: skip


async def test_a_muted_microphone_sends_silence_of_the_same_size_and_is_still_listened_to(
    time: Clock, ends: list[End]
) -> None:
    rng = np.random.default_rng(1)

    def mouth(at: int, size: int) -> Frame:
        loud = 4000 if at % 96_000 >= 60_000 else 10  # three quarters of a second of speech every two
        return rng.normal(0, loud, size).astype(np.int16)

    alice, bob = End(time, 0, mouth=mouth), End(time, 1)
    ends += [alice, bob]
    join(alice, bob)
    turns(1.0, alice, bob)
    alice.sound.mute(True)
    turns(0.1, alice, bob)
    before, warned = len(bob.card.heard), False
    for _ in range(60):
        turns(0.1, alice, bob)
        warned = warned or alice.voice.reading.muted_but_speaking
    assert warned
    assert alice.outbound.level == -90
    assert np.abs(np.concatenate(bob.card.heard[before + 20 :]).astype(int)).max() < 40
    assert len({len(packet) for packet in alice.wire.voice}) == 1
    assert len(alice.wire.voice) == alice.card.said // BALANCED.frame_samples
    alice.sound.mute(False)
    turns(2.0, alice, bob)
    assert not alice.voice.reading.muted_but_speaking
    assert np.abs(np.concatenate(bob.card.heard[-400:]).astype(int)).max() > 2000


async def test_a_short_stall_is_sent_and_a_long_one_given_up_and_counted(
    time: Clock, ends: list[End], tmp_path: Path
) -> None:
    said = WavWriter(tmp_path / "said.wav")
    alice, bob = pair(time, ends, said=said)
    turns(0.5, alice, bob)

    def stall(seconds: float) -> int:
        """The loop stands still, the devices do not; how many packets go out when it wakes up."""
        for _ in range(round(seconds * 200)):
            time.now += 0.005
            alice.card.move()
        before = len(alice.wire.voice)
        alice.card.tick()
        return len(alice.wire.voice) - before

    assert stall(0.15) == 15
    turns(0.5, alice, bob)
    assert stall(STALE / SAMPLE_RATE + 0.1) == 1
    turns(0.5, alice, bob)
    alice.sound.stop()
    stats = alice.of(MediaStats)[-1]
    assert stats.sent == len(alice.wire.voice)
    # What was given up is a gap that somebody may ask about, and so are the two times that the loudspeaker ran dry.
    assert stats.xruns == 3
    assert load_wav(tmp_path / "said.wav").size == alice.card.said  # what the microphone gave, whole


async def test_a_machine_too_slow_for_its_voice_sends_it_as_it_is(
    time: Clock, ends: list[End], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voip.client.soundreport.LEVELS_EVERY", 0.0)

    class Slow(Voice):
        """Takes 12 ms for 10, while the microphone goes on."""

        def process(self, pcm: Frame, delay: float) -> Frame:
            if self.processing.anything:
                time.now += 0.012
                alice.card.capture.write(tone(0, 576))
            return super().process(pcm, delay)

    alice = End(time, 0, voice=Slow(), mouth=tone)
    ends.append(alice)
    alice.sound.start()
    for _ in range(30):
        turns(0.02, alice)  # each tick ends, though the microphone is faster than we are
    for _ in range(40):  # three seconds of the report's beats, without their waiting
        turns(0.01, alice)
        await asyncio.sleep(0)
    assert not alice.voice.processing.anything
    shown = alice.of(VoiceProcessing)[-1]
    assert (shown.echo, shown.code) == (False, "voice-processing-slow")
    assert "too slow" in shown.sentence
    before = len(alice.wire.voice)
    turns(1.0, alice)
    assert len(alice.wire.voice) - before == pytest.approx(100, abs=25)
    alice.sound.process(on=True)
    assert alice.voice.processing.echo


# ── in ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("block", [128, 240, 480, 1024])
async def test_the_playout_ring_is_topped_up_to_a_block_and_the_margin(
    time: Clock, ends: list[End], block: int
) -> None:
    alice, bob = pair(time, ends, block=block)
    bob.card.playout_block = block
    for _ in range(200):
        turns(block / SAMPLE_RATE, alice, bob)
        assert block + STEP <= len(bob.card.playout) < block + STEP + max(BLOCK, 1.2 * block)
    assert bob.card.playout.underrun == block  # the very first block, before anything could be there
    assert len(bob.of(FirstAudio)) == 1


async def test_only_a_ring_that_runs_dry_of_sound_gets_more(time: Clock, ends: list[End]) -> None:
    alice, bob = pair(time, ends)

    def hunger() -> None:
        for _ in range(4):
            time.now += 0.005
            bob.card.move()

    def margin() -> int:
        bob.card.turn()
        margin = bob.sound._margin.samples
        assert 240 + margin <= len(bob.card.playout) < 240 + margin + BLOCK
        return margin

    alice.wire.deaf = True
    for _ in range(20):
        turns(0.2, alice, bob)
        hunger()
    assert margin() == STEP  # nobody has heard anything yet
    alice.wire.deaf = False
    turns(1.0, alice, bob)
    assert bob.of(FirstAudio)
    assert margin() == STEP  # and what was missing before does not count now
    hunger()
    assert margin() >= 2 * STEP
    turns(100.0, alice, bob)
    assert margin() == STEP
    bob.sound.stop()
    assert bob.of(MediaStats)[-1].xruns == 1


async def test_another_device_may_run_dry_at_its_beginning(time: Clock, ends: list[End]) -> None:
    alice, bob = pair(time, ends)
    turns(2.0, alice, bob)
    bob.card.tell(DeviceNews("output", "replaced", "Headset", 0.4))
    for _ in range(10):
        bob.card.move()
    turns(0.5, alice, bob)
    assert len(bob.card.playout) < 240 + STEP + BLOCK


async def test_what_is_heard_is_what_was_said(time: Clock, ends: list[End], tmp_path: Path) -> None:
    alice = End(time, 0, mouth=tone)
    bob = End(time, 1, heard=WavWriter(tmp_path / "heard.wav"))
    ends += [alice, bob]
    join(alice, bob)
    turns(3.0, alice, bob)
    bob.sound.stop()
    heard = load_wav(tmp_path / "heard.wav")
    played = np.concatenate(bob.card.heard)
    assert np.array_equal(heard[: played.size - 240], played[240:])  # all but the first block, which came too early
    spectrum = np.abs(np.fft.rfft(heard[-SAMPLE_RATE:].astype(float) * np.hanning(SAMPLE_RATE)))
    assert np.argmax(spectrum) == 300


# ── what is done to it, and told of it ─────────────────────────────────────────────────────────────────────────────


async def test_processing_is_switched_in_mid_call_and_shown(time: Clock, ends: list[End]) -> None:
    alice, bob = pair(time, ends)
    turns(0.3, alice, bob)
    assert alice.of(VoiceProcessing) == [VoiceProcessing(False, False, False, 0.0)]
    alice.sound.process(on=True)
    turns(0.3, alice, bob)
    on = alice.of(VoiceProcessing)[-1]
    assert (on.echo, on.noise, on.gain, on.code) == (True, True, True, "")
    assert on.delay_ms > 0
    alice.sound.process(on=False)
    turns(0.3, alice, bob)
    assert alice.of(VoiceProcessing)[-1] == VoiceProcessing(False, False, False, 0.0)
    assert alice.voice.processing == OFF
    assert bob.inbound.lost == 0


async def test_the_echo_delay_is_that_of_rings_and_devices(time: Clock, ends: list[End]) -> None:
    delays: list[float] = []

    class Listening(Voice):
        def process(self, pcm: Frame, delay: float) -> Frame:
            delays.append(delay)
            return super().process(pcm, delay)

    alice, bob = pair(time, ends, voice=Listening(OFF))
    turns(2.0, alice, bob)
    devices = 1000 * (alice.card.input_latency + alice.card.output_latency)
    ring = 1000 * len(alice.card.playout) / SAMPLE_RATE
    assert delays[-1] == pytest.approx(ring + devices, abs=3)
    assert max(delays[100:]) - min(delays[100:]) < 2  # it does not breathe
    alice.card.output_latency += 0.050
    alice.card.tell(DeviceNews("output", "replaced", "Headset"))
    before = delays[-1]
    turns(0.02, alice, bob)
    assert delays[-1] - before == pytest.approx(50, abs=6)


async def test_news_of_devices(time: Clock, ends: list[End]) -> None:
    alice, _ = pair(time, ends)
    assert alice.of(AudioState) == [AudioState("mic", "spk", input_how="by hand, mic", output_how="by hand, spk")]
    alice.card.half("input").name = "Headset"
    news = DeviceNews("input", "replaced", "Headset", 0.25, "why")
    alice.card.tell(news)
    assert alice.of(DeviceChanged) == [DeviceChanged("input", "replaced", "Headset", news.sentence, 0.25)]
    assert alice.of(AudioState)[-1].input == "Headset"
    alice.card.half("input").offered = "Old one"
    alice.card.tell(DeviceNews("input", "returned", "Old one"))
    assert alice.of(AudioState)[-1].offered == "Old one"
    alice.sound.switch("input", "Old one")
    assert alice.card.half("input").switched == ["Old one"]
    assert len(alice.of(AudioState)) == 4


async def test_reports_go_both_ways_and_end_in_a_judgement(
    time: Clock, ends: list[End], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voip.client.soundreport.LEVELS_EVERY", 0.0)
    alice, bob = pair(time, ends)
    for _ in range(60):
        turns(0.1, alice, bob)
        await asyncio.sleep(0)
        for one, other in ((alice, bob), (bob, alice)):
            while one.told:
                other.sound.peer_delays(one.told.pop(0))
    latency = bob.of(Latency)[-1]
    assert latency.stages["capture"] == pytest.approx(4.0, abs=0.1)  # as alice's card has it
    assert (latency.stages["frame"], latency.stages["encode"]) == (10.0, pytest.approx(6.5, abs=0.1))
    ring = 1000 * (240 + STEP) / SAMPLE_RATE
    assert latency.stages["playout"] == pytest.approx(ring + 6.0, abs=5.1)
    assert latency.mouth_to_ear == pytest.approx(sum(latency.stages.values()))
    quality = bob.of(Quality)[-1]
    assert (quality.word, quality.cause, quality.concealed) == ("clear", "", 0.0)
    levels = bob.of(Levels)[-1]
    assert levels.loudspeaker == pytest.approx(-17.7, abs=1.5)
    assert levels.microphone == -90
    assert bob.inbound.peer.metrics is not None  # alice's XR about bob's stream
    # And now nothing comes: the word must say so while it lasts.
    alice.wire.deaf = True
    for _ in range(80):
        turns(0.1, bob)
        await asyncio.sleep(0)
    assert bob.of(Quality)[-1].word == "poor"
    assert bob.of(Quality)[-1].concealed == 100.0


async def test_a_device_that_refuses_leaves_nothing_behind(time: Clock) -> None:
    alice = End(time)
    alice.card.refuses = True
    with pytest.raises(AudioError):
        alice.sound.start()
    alice.sound.stop()
    assert (alice.wire.packets, alice.seen) == ([], [])


async def test_the_end_is_told_once(time: Clock, ends: list[End]) -> None:
    alice, bob = pair(time, ends)
    turns(0.5, alice, bob)
    alice.sound.stop()
    alice.sound.stop()
    assert [what.sent for what in alice.of(MediaStats)] == [50]
    assert not alice.card.running
    assert alice.sound.last_authentic_at == time.now
