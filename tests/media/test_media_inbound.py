"""The pipe in, over a network in virtual time: what was said is heard, what was forged is not."""

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_network import KEY, Network, make_outbound, tone
from pesq import pesq
from scipy.signal import correlate, resample_poly

from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.pcm import LEVEL_FLOOR, level
from voip.media.protector import Protector
from voip.wire.rtcp import ReceiverReport, ntp_from_unix, pack_compound
from voip.wire.rtp import RtpPacket

SPEECH = Path(__file__).parents[2] / "assets" / "alice.wav"


def speech(seconds: float) -> np.ndarray:
    with wave.open(str(SPEECH)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        return np.frombuffer(file.readframes(int(seconds * 48_000)), np.int16)


def wideband_pesq(said: np.ndarray, heard: np.ndarray) -> float:
    """ITU-T P.862.2, after shifting `heard` onto `said`."""
    reference = resample_poly(said.astype(float), 1, 3)
    degraded = resample_poly(heard.astype(float), 1, 3)
    shift = int(np.argmax(correlate(degraded, reference))) - len(reference) + 1
    degraded = degraded[max(0, shift) :][: len(reference)]
    return pesq(16_000, reference[: len(degraded)], degraded, "wb")


def test_a_clean_call_sounds_as_it_should():
    said = speech(12)
    network = Network()
    heard = network.carry(said)
    assert wideband_pesq(said, heard) >= 4.2
    assert (network.inbound.lost, network.inbound.late, network.inbound.rejected) == (0, 0, 0)
    assert network.inbound.received == 600
    assert max(network.delays) < 0.045


def test_a_jittery_reordering_network_is_smoothed():
    said = speech(12)
    network = Network(lambda _index, chance: 0.03 + 0.03 * chance.random())
    assert wideband_pesq(said, network.carry(said)) >= 4.0
    assert network.inbound.lost <= 6


def test_loss_is_concealed_and_counted():
    network = Network(lambda index, _chance: None if index % 20 == 7 else 0.03)
    heard = network.carry(tone(4.0))
    assert network.inbound.received == 190
    assert network.inbound.lost == 10
    # The last frames of the virtual call are pulled after the sender has stopped.
    assert 10 <= network.inbound.concealed <= 20
    # A tone goes on through the holes.
    quietest = min(level(frame) for frame in heard[960 * 10 : 960 * 190].reshape(-1, 960))
    assert quietest > level(tone(0.02)) - 6


def test_a_frame_is_played_or_concealed_at_every_pull_after_the_first():
    network = Network(lambda _index, chance: None if chance.random() < 0.1 else 0.03 + 0.05 * chance.random())
    pulls = network.carry(tone(4.0)).size // 960
    inbound = network.inbound
    silent_at_first = next(index for index, delay in enumerate(network.delays) if delay)
    assert inbound.played + inbound.concealed + inbound.doubled == pulls - silent_at_first
    assert inbound.played + inbound.left_out + inbound.late <= inbound.received


def test_delay_shrinks_only_where_it_is_quiet():
    loud = Network(lambda index, _chance: 0.15 if index < 50 else 0.03)
    loud.carry(tone(6.0))
    assert loud.inbound.left_out == 0
    pausing = Network(lambda index, _chance: 0.15 if index < 50 else 0.03)
    pausing.carry(np.concatenate([tone(3.0), np.zeros(48_000 * 20, np.int16), tone(1.0)]))
    assert 4 <= pausing.inbound.left_out <= 8
    assert loud.inbound.jitter_delay > 0.12
    assert pausing.inbound.jitter_delay < 0.04
    assert pausing.inbound.target_delay < 0.04


def test_delay_grows_where_it_is_quiet_when_packets_come_late():
    # Once a second a packet is 60 ms later than the others.
    network = Network(lambda index, _chance: 0.03 + (0.06 if index % 50 == 25 else 0.0))
    network.carry(np.zeros(48_000 * 16, np.int16))
    assert network.inbound.doubled >= 1
    # Fifteen more came no sooner, and were in time.
    assert network.inbound.late <= 2
    assert network.inbound.jitter_delay > 0.05


def test_silence_before_the_first_packet():
    inbound = Inbound(KEY)
    assert not inbound.pull(1.0).any()
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
    assert inbound.pull(1.05).shape == (960,)
    assert (inbound.malformed, inbound.concealed, inbound.played) == (2, 1, 0)
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
    assert not inbound.pull(2.0).any()


def test_two_ends_measure_their_round_trip():
    """alice and bob report once a second over a path of 40 ms one way and 15 ms the other."""
    to_bob, to_alice = bytes(44), bytes(range(44))
    alice_out = Outbound(to_bob, 1, sequence_number=0, timestamp=0)
    bob_out = Outbound(to_alice, 2, sequence_number=0, timestamp=0)
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
