"""The pipe in, over a network in virtual time: what was said is heard, what was forged is not."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_network import KEY, Network, Talker, make_outbound, plain_inbound, speech, tone
from pesq import pesq
from scipy.signal import correlate, resample_poly

from voip.config import RED_PAYLOAD_TYPE
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.pcm import LEVEL_FLOOR, level
from voip.media.protector import Protector
from voip.wire import red
from voip.wire.rtcp import ReceiverReport, ntp_from_unix, pack_compound
from voip.wire.rtp import RtpPacket

LAN_JITTER = 0.001


def wideband_pesq(said: np.ndarray, heard: np.ndarray) -> float:
    """ITU-T P.862.2, after shifting `heard` onto `said`."""
    reference = resample_poly(said.astype(float), 1, 3)
    degraded = resample_poly(heard.astype(float), 1, 3)
    shift = int(np.argmax(correlate(degraded, reference))) - len(reference) + 1
    degraded = degraded[max(0, shift) :][: len(reference)]
    return pesq(16_000, reference[: len(degraded)], degraded, "wb")


def lan(_index, chance):
    return 0.001 + LAN_JITTER * chance.random()


def concealed_share(inbound):
    return inbound.concealed_samples / inbound.pulled_samples


# ── what was said is heard ─────────────────────────────────────────────────────────────────────────────────────


def test_a_clean_call_sounds_as_it_should():
    said = speech(seconds=12)
    network = Network()
    heard = network.carry(said)
    assert wideband_pesq(said, heard) >= 4.2
    inbound = network.inbound
    assert (inbound.lost, inbound.late, inbound.rejected, inbound.malformed) == (0, 0, 0, 0)
    assert inbound.received == 600
    assert max(network.delays) < 0.020
    # The sender stops before the last pulls.
    assert inbound.concealment_events <= 1


@pytest.mark.parametrize("frame_ms", [5, 10, 20, 40])
def test_on_a_lan_the_buffer_adds_next_to_nothing(frame_ms):
    network = Network(lan, phase=0.0005)
    network.talk(Talker(speech(seconds=4), frame_ms), 20)
    inbound = network.inbound
    assert concealed_share(inbound) < 0.001
    # The pulls come each 5 ms, wherever the packets do: 2 ms of jitter and safety, and up to one block.
    assert np.mean(network.delays[1000:]) < 0.0085
    assert inbound.target_delay <= 0.004


def test_a_jittery_reordering_network_is_smoothed():
    said = speech(seconds=12)
    network = Network(lambda _index, chance: 0.03 + 0.03 * chance.random())
    assert wideband_pesq(said, network.carry(said)) >= 4.0
    assert network.inbound.lost <= 6


@pytest.mark.parametrize("frame_ms", [10, 20])
@pytest.mark.parametrize("sigma", [0.005, 0.015, 0.030])
def test_jitter_alone_costs_no_more_delay_than_it_must(sigma, frame_ms):
    delays = []

    def travel(_index, chance):
        delays.append(0.2 + chance.gauss(0, sigma))
        return delays[-1]

    network = Network(travel)
    network.talk(Talker(speech(seconds=8), frame_ms), 60)
    assert concealed_share(network.inbound) < 0.005
    # Beyond the mean, and but for the block that the card's rhythm may force.
    assert np.mean(network.delays[2000:]) <= 2.326 * sigma + frame_ms / 1000 + 0.0025


@pytest.mark.parametrize("whose", ["receiver", "sender"])
def test_a_busy_machine_that_stalls_is_forgotten_within_seconds(whose):
    # From 10 s to 20 s one end stands still for 5 to 40 ms, about three times a second; then what waited comes at once.
    chance, stalls, at = random.Random(1), [], 10.0
    while at < 20:
        stalls.append((at, at + 0.005 + 0.035 * chance.random()))
        at = stalls[-1][1] + chance.expovariate(3)

    def travel(index, _chance):
        sent = index * 0.005
        arrived = sent if whose == "sender" else sent + 0.0005
        held = next((end for begin, end in stalls if begin <= arrived < end), arrived)
        return held - sent + 0.0005

    network = Network(travel)
    network.talk(Talker(speech(seconds=4), 5, low_delay=True), 30)
    each = np.array(network.delays).reshape(-1, 200).mean(axis=1)
    assert each[5:10].max() < 0.008
    assert 0.015 < each[12:20].mean() < 0.045
    # Waited for, they are not heard.
    assert network.inbound.concealed_samples < 0.2 * 48_000
    assert each[27:].max() < 0.009


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_two_sound_cards_that_drift_apart_are_held_together_without_a_click(drift):
    said, seconds = speech("bob", 10), 660
    network = Network(lan, drift=drift, block=480)
    # A slow card plays for longer than is said.
    heard = network.talk(Talker(said, 20), seconds, until=seconds - 1)
    inbound = network.inbound
    # The first second, until it has learnt.
    assert inbound.concealed_samples <= 960
    away = np.array(network.delays[1000:]) - np.array(network.targets[1000:])
    assert away.min() >= -0.010
    # Above the target by the block that the card's rhythm may force.
    assert away.max() <= 0.010 + 0.005
    assert inbound.accelerated_samples - inbound.expanded_samples == pytest.approx(drift * seconds * 48_000, abs=900)
    undisturbed = Network(lan).talk(Talker(said, 20), 12)
    assert largest_steps(heard[480_000:]) <= largest_steps(undisturbed) * 1.1


def largest_steps(sound):
    """The step between neighbours that one in 100,000 exceeds."""
    return np.percentile(np.abs(np.diff(sound.astype(int))), 99.999)


def test_loss_is_concealed_and_counted():
    network = Network(lambda index, _chance: None if index % 20 == 7 else 0.03)
    heard = network.carry(tone(4.0))
    inbound = network.inbound
    assert inbound.received == 190
    assert (inbound.lost, inbound.recovered, inbound.counts.missing) == (10, 0, 10)
    assert inbound.mean_burst == 1.0
    # The last frames of the virtual call are pulled after the sender has stopped.
    assert 10 <= inbound.concealed <= 20
    assert inbound.concealment_events == 11
    # A tone goes on through the holes.
    quietest = min(level(frame) for frame in heard[960 * 10 : 960 * 190].reshape(-1, 960))
    assert quietest > level(tone(0.02)) - 20


@pytest.mark.parametrize("distances", [(1,), (1, 2), (1, 3)])
def test_what_redundancy_can_recover_is_recovered(distances):
    network = Network(lambda _index, chance: None if chance.random() < 0.1 else 0.03)
    network.talk(Talker(speech(seconds=8), 20, distances), 60)
    counts = network.inbound.counts
    assert counts.missing == counts.lost + counts.recovered
    assert counts.missing == pytest.approx(300, abs=60)
    # The second copy that comes after 60 ms is not worth waiting for.
    assert counts.recovered >= (0.95 if distances == (1, 2) else 0.85) * counts.missing
    # Waiting for the copies is all that the delay grew by.
    assert np.mean(network.delays[2000:]) < max(distances) * 0.02 + 0.012


def test_redundancy_is_not_waited_for_where_nothing_is_lost():
    network = Network(lan)
    network.talk(Talker(speech(seconds=4), 10, (1, 2)), 20)
    assert np.mean(network.delays[1000:]) < 0.0085
    assert network.inbound.counts.missing == 0


def test_bursts_are_told_before_and_after_recovery():
    # Three in a row of each fifty.
    network = Network(lambda index, _chance: None if index % 50 in {10, 11, 12} else 0.03)
    network.talk(Talker(speech(seconds=4), 10, (1,)), 30)
    inbound = network.inbound
    assert inbound.mean_burst == pytest.approx(3.0)
    assert inbound.counts.lost / inbound.counts.lost_runs == pytest.approx(2.0, abs=0.1)
    assert inbound.recovered == pytest.approx(60, abs=3)
    counted = inbound.counted()
    assert (counted.frames, counted.missing, counted.lost) == pytest.approx((3000, 180, 120), abs=10)
    assert inbound.meter is not None
    assert inbound.meter.bursts().run == pytest.approx(3.0)
    assert inbound.meter.bursts().discard_rate == 0.0


def test_every_pull_is_answered_and_every_sample_accounted_for():
    network = Network(lambda _index, chance: None if chance.random() < 0.1 else 0.03 + 0.05 * chance.random())
    heard = network.carry(tone(4.0))
    inbound = network.inbound
    made = inbound.played * 960 + inbound.concealed_samples
    made += inbound.expanded_samples - inbound.accelerated_samples
    assert made == pytest.approx(inbound.pulled_samples, abs=2000)
    assert inbound.pulled_samples <= heard.size
    assert inbound.played + inbound.late <= inbound.received


def test_too_long_a_delay_is_shortened_in_speech_and_in_pauses():
    for said in (speech(seconds=8), np.zeros(48_000 * 8, np.int16)):
        network = Network(lambda index, _chance: 0.15 if index < 50 else 0.03)
        network.carry(said)
        inbound = network.inbound
        # Those that the quick ones overtook by more than there is to wait for.
        assert inbound.lost <= 6
        assert inbound.jitter_delay < 0.02
        assert 4800 <= inbound.accelerated_samples <= 9000


def test_delay_grows_unheard_when_packets_come_late():
    # Once a second a packet is 40 ms later than the others.
    network = Network(lambda index, _chance: 0.03 + (0.04 if index % 50 == 25 else 0.0))
    network.carry(speech(seconds=14))
    inbound = network.inbound
    assert inbound.expanded_samples > 0
    # After the first few they are in time.
    assert inbound.late <= 3
    assert inbound.meter is not None
    assert inbound.meter.bursts().loss_rate == 0.0
    assert inbound.jitter_delay > 0.035


def test_a_long_gap_ends_in_the_background_and_comes_back_softly():
    network = Network(lambda index, _chance: None if 200 <= index < 235 else 0.03)
    hiss = np.random.default_rng(1).normal(0, 40, 48_000 * 8)
    heard = network.carry((tone(8.0) * (np.arange(48_000 * 8) % 24_000 < 12_000) + hiss).astype(np.int16))
    gap = heard[int(4.35 * 48_000) : int(4.6 * 48_000)]
    assert level(gap) == pytest.approx(level(hiss.astype(np.int16)), abs=6)
    assert np.abs(np.diff(heard.astype(int))).max() < 3 * np.abs(np.diff(tone(0.1).astype(int))).max()


@pytest.mark.parametrize("block", [64, 441, 512, 960, 2048])
def test_blocks_of_any_size(block):
    network = Network(lan, block=block)
    network.talk(Talker(speech(seconds=4), 10), 12)
    assert concealed_share(network.inbound) < 0.01
    assert network.inbound.jitter_delay < 0.012 + block / 48_000


# ── what else may come ─────────────────────────────────────────────────────────────────────────────────────────


def test_silence_before_the_first_packet():
    inbound = Inbound(KEY)
    assert not inbound.pull(240, 1.0).any()
    assert (inbound.level, inbound.played, inbound.concealed) == (LEVEL_FLOOR, 0, 0)
    assert inbound.report_block(1.0) is None
    assert inbound.last_authentic_at is None
    assert inbound.interarrival_jitter == 0.0


def test_a_tampered_and_a_replayed_packet_are_rejected_and_not_heard_of():
    outbound, inbound = make_outbound(), Inbound(KEY)
    packet = outbound.push(tone(0.02), 1.0)
    tampered = packet[:-1] + bytes([packet[-1] ^ 1])
    inbound.receive(tampered, 1.0)
    assert (inbound.received, inbound.rejected, inbound.last_authentic_at) == (0, 1, None)
    inbound.receive(packet, 1.1)
    inbound.receive(packet, 1.2)
    assert (inbound.received, inbound.rejected, inbound.last_authentic_at) == (1, 2, 1.1)
    assert inbound.bytes_received == 3 * len(packet)


def test_another_key_is_never_heard():
    network = Network(inbound=Inbound(bytes(44)))
    assert not network.carry(tone(0.5)).any()
    assert network.inbound.rejected == 25


def test_a_sender_that_begins_anew_with_another_ssrc_is_heard():
    inbound = Inbound(KEY)
    Network(inbound=inbound).carry(tone(0.5))
    heard = Network(outbound=make_outbound(ssrc=99, sequence_number=5), inbound=inbound).carry(tone(0.5))
    assert inbound.received == 50
    assert level(heard[960 * 10 : 960 * 11]) == pytest.approx(level(tone(0.02)), abs=2)
    block = inbound.report_block(10.0)
    assert block is not None
    assert block.ssrc == 99


def test_authentic_nonsense_is_counted_and_concealed():
    protector, inbound = Protector(KEY), Inbound(KEY)
    inbound.receive(protector.protect_rtp(RtpPacket(0, False, 1, 0, 5, b"another codec").pack()), 1.0)
    assert inbound.malformed == 1
    inbound.receive(protector.protect_rtp(RtpPacket(111, False, 2, 960, 5, b"").pack()), 1.02)
    assert inbound.pull(960, 1.05).shape == (960,)
    assert (inbound.malformed, inbound.played) == (2, 0)
    inbound.receive(protector.protect_rtcp(b"\x81\xc9\x00\x01" + bytes(4)), 1.06)  # a block that is not there
    assert inbound.malformed == 3
    inbound.receive(protector.protect_rtcp(pack_compound([ReceiverReport(5)])), 1.07)
    assert (inbound.malformed, inbound.peer_block, inbound.rejected) == (3, None, 0)
    assert inbound.last_authentic_at == 1.07


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_garbage_is_only_counted(packets):
    inbound = Inbound(KEY)
    for packet in packets:
        inbound.receive(packet, 1.0)
    assert inbound.rejected == len(packets)
    assert not inbound.pull(480, 2.0).any()


opus = st.sampled_from([*Talker(tone(0.2), 20).frames, *Talker(tone(0.1), 5).frames])
blocks = st.lists(st.tuples(st.integers(0, 2**14 - 1), opus), max_size=3)
reds = st.tuples(opus, blocks).map(lambda of: red.pack(*of, 111))
packets = st.one_of(
    st.binary(max_size=120),
    st.builds(
        lambda kind, number, timestamp, ssrc, payload: RtpPacket(kind, False, number, timestamp, ssrc, payload).pack(),
        st.sampled_from([111, RED_PAYLOAD_TYPE, 0]),
        st.one_of(st.integers(0, 60), st.integers(0, 65535)),
        st.one_of(st.integers(0, 120).map(lambda n: n * 240), st.integers(0, 2**32 - 1)),
        st.integers(1, 2),
        st.one_of(opus, reds, st.binary(max_size=60)),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.tuples(packets, st.floats(0, 0.05)), st.integers(0, 1500)), max_size=60))
def test_authentic_packets_of_any_kind_in_any_order_never_raise(steps):
    inbound, now = plain_inbound(), 1.0
    for step in steps:
        if isinstance(step, int):
            assert inbound.pull(step, now).shape == (step,)
        else:
            now += step[1]
            inbound.receive(step[0], now)
    assert inbound.pull(240, now + 1).shape == (240,)
    assert inbound.counts.missing == inbound.lost + inbound.recovered


def test_red_of_another_codec_is_malformed():
    inbound = plain_inbound()
    other = red.pack(b"x", [], 0)
    inbound.receive(RtpPacket(RED_PAYLOAD_TYPE, False, 1, 0, 5, other).pack(), 1.0)
    inbound.receive(RtpPacket(RED_PAYLOAD_TYPE, False, 1, 0, 5, b"\x80").pack(), 1.0)
    assert (inbound.malformed, inbound.received) == (2, 2)


def test_two_ends_measure_their_round_trip():
    """alice and bob report once a second over a path of 40 ms one way and 15 ms the other."""
    to_bob, to_alice = bytes(44), bytes(range(44))
    alice_out = Outbound(to_bob, 1, 32_000, sequence_number=0, timestamp=0)
    bob_out = Outbound(to_alice, 2, 32_000, sequence_number=0, timestamp=0)
    alice_in, bob_in = Inbound(to_alice, alice_out.round_trip), Inbound(to_bob, bob_out.round_trip)
    alice_in.receive(bob_out.push(tone(0.02), 0.0), 0.015)
    bob_in.receive(alice_out.push(tone(0.02), 0.0), 0.040)
    for second in range(1, 10):
        report = alice_out.report(second, ntp_from_unix(1e9 + second), alice_in.report_block(second))
        bob_in.receive(report, second + 0.040)
        # Bob's wall clock is an hour off, which must not matter.
        report = bob_out.report(second + 0.6, ntp_from_unix(1e9 + 3600 + second), bob_in.report_block(second + 0.6))
        alice_in.receive(report, second + 0.615)
    assert alice_out.round_trip.p50(10.0) == pytest.approx(0.055, abs=1e-4)
    assert bob_out.round_trip.p95(10.0) == pytest.approx(0.055, abs=1e-4)
    assert alice_in.peer_block is not None
    assert alice_in.peer_block.cumulative_lost == 0
