"""The pipe out: one frame in, one protected packet out, always of the same size."""

from pathlib import Path

import numpy as np
import pytest
from media_network import KEY, make_outbound, tone
from opuslib.api import ctl
from opuslib.api.encoder import encoder_ctl
from speech import load

from voip.errors import LocalError
from voip.media.codec import Decoder, Encoder, duration_untrusted
from voip.media.outbound import Outbound
from voip.media.pcm import LEVEL_FLOOR, level
from voip.media.plan import BALANCED, CLOSEST, ROBUST, Plan
from voip.media.protector import Unprotector
from voip.wire import red, rtcp, rtp
from voip.wire.rtcp_xr import ExtendedReport, LossRle, VoipMetrics

SOUND = tone(1.0)
SPEECH = load(Path(__file__).resolve().parents[2] / "assets" / "alice.wav").astype(np.int16)[24_000:504_000]


def test_each_frame_is_one_authentic_numbered_packet():
    outbound = make_outbound()
    packets = [outbound.push(frame, 1.0) for frame in SOUND.reshape(-1, 960)]
    unprotector = Unprotector(KEY)
    clear = [rtp.unpack_untrusted(unprotector.unprotect_untrusted(packet)) for packet in packets]
    assert [packet.sequence_number for packet in clear] == list(range(1000, 1050))
    assert {packet.ssrc for packet in clear} == {outbound.ssrc}
    assert {packet.payload_type for packet in clear} == {111}
    assert (outbound.frames_sent, outbound.bytes_sent) == (50, sum(map(len, packets)))
    assert outbound.level == pytest.approx(level(SOUND[:960]), abs=0.1)


def test_the_witness_sees_the_frames_as_they_travel():
    outbound, frames = make_outbound(), []
    outbound.on_frame = frames.append
    packets = [outbound.push(frame, 1.0) for frame in SOUND.reshape(-1, 960)]
    unprotector = Unprotector(KEY)
    assert [rtp.unpack_untrusted(unprotector.unprotect_untrusted(p)).payload for p in packets] == frames
    assert not any(frame in packet for frame, packet in zip(frames, packets, strict=True))


def test_mute_cannot_be_told_by_size_and_lets_nothing_through():
    outbound, frames = make_outbound(), []
    outbound.on_frame = frames.append
    loud = [outbound.push(frame, 1.0) for frame in SOUND.reshape(-1, 960)]
    outbound.muted = True
    muted = [outbound.push(frame, 2.0) for frame in SOUND.reshape(-1, 960)]
    assert {len(packet) for packet in loud + muted} == {len(loud[0])}
    assert outbound.level == LEVEL_FLOOR
    decoder = Decoder()
    heard = [decoder.decode(frame) for frame in frames]
    assert level(heard[45]) > -20
    assert level(heard[-1]) < -80


def test_the_report_tells_counts_clock_and_reception():
    outbound = make_outbound()
    for index, frame in enumerate(SOUND.reshape(-1, 960)):
        outbound.push(frame, 1.0 + index * 0.02)
    block = rtcp.ReportBlock(7, 1, 2, 3, 4, 5, 6)
    packet = outbound.report(1.98 + 0.01, rtcp.ntp_from_unix(1e9), block)
    report, sdes = rtcp.unpack_untrusted(Unprotector(KEY).unprotect_untrusted(packet))
    # 50 frames from 2^32 − 48,000 end at 0; 10 ms later it is 480.
    assert report == rtcp.SenderReport(outbound.ssrc, rtcp.ntp_from_unix(1e9), 480, 50, 50 * 80, (block,))
    assert sdes == rtcp.SourceDescription(outbound.ssrc, "12345678")
    assert outbound.bytes_sent == 50 * (12 + 80 + 16) + len(packet)


def test_a_report_before_the_first_frame():
    packet = make_outbound().report(1.0, rtcp.ntp_from_unix(1e9), None)
    report = rtcp.unpack_untrusted(Unprotector(KEY).unprotect_untrusted(packet))[0]
    assert (report.packet_count, report.blocks) == (0, ())


@pytest.mark.parametrize("pcm", [np.zeros(480, np.int16), np.zeros(960, np.float32)])
def test_another_shape_is_our_own_defect_and_sends_nothing(pcm):
    outbound = make_outbound()
    with pytest.raises(LocalError):
        outbound.push(pcm, 1.0)
    assert outbound.frames_sent == 0


# ── plans ──────────────────────────────────────────────────────────────────────────────────────────────────────


def say(outbound: Outbound, sound: np.ndarray, plans: list[tuple[Plan, int]]) -> list[rtp.RtpPacket]:
    """The packets of `sound`, sent by each plan for so many frames in turn; all of one plan have one size."""
    unprotector, at, packets = Unprotector(KEY), 0, []
    for plan, count in plans:
        outbound.become(plan)
        sizes = set()
        for _ in range(count):
            packet = outbound.push(sound[at : at + outbound.frame_samples], at / 48_000)
            at += outbound.frame_samples
            sizes.add(len(packet))
            packets.append(rtp.unpack_untrusted(unprotector.unprotect_untrusted(packet)))
        assert sizes == {plan.payload_size + 28}
    return packets


def stream(plan: Plan | None = None) -> Outbound:
    if plan is None:
        return Outbound(KEY, 7, sequence_number=0, timestamp=0)
    return Outbound(KEY, 7, plan, sequence_number=0, timestamp=0)


def test_the_default_is_balanced_and_a_bit_rate_is_20_ms_of_it():
    assert stream().plan == BALANCED
    assert stream().frame_samples == 480
    assert Outbound(KEY, 7, 24_000, sequence_number=0, timestamp=0).plan == Plan(20, 24_000)


def test_a_changed_plan_goes_on_with_numbers_and_time():
    packets = say(stream(), SOUND, [(BALANCED, 5), (ROBUST, 4), (CLOSEST, 6), (BALANCED.with_redundancy((1, 3)), 5)])
    assert [packet.sequence_number for packet in packets] == list(range(20))
    steps = np.diff([packet.timestamp for packet in packets])
    assert steps.tolist() == [480] * 5 + [960] * 4 + [240] * 6 + [480] * 4
    assert [packet.payload_type for packet in packets] == [111] * 5 + [112] * 4 + [111] * 6 + [112] * 5
    assert [packet.marker for packet in packets] == [True] + [False] * 19


def test_lost_frames_come_again_where_the_packet_says():
    packets = say(stream(), SOUND, [(BALANCED, 5), (BALANCED.with_redundancy((1, 3)), 20)])
    frames = {packet.timestamp: red.unpack_untrusted(packet.payload)[-1].payload for packet in packets[5:]}
    frames |= {packet.timestamp: packet.payload for packet in packets[:5]}
    copies = 0
    for packet in packets[5:]:
        *redundant, primary = red.unpack_untrusted(packet.payload)
        assert duration_untrusted(primary.payload) == 480
        for block in redundant:
            assert frames[packet.timestamp - block.timestamp_offset] == block.payload
            copies += 1
    assert copies == 40


def seams(first: Plan, then: Plan) -> tuple[float, float]:
    """Speech whose plan changes five times a second: (dB that a change takes away, most, in the median of 5 ms pieces
    around it; the largest bend of the sound there, against the largest in the speech itself)."""
    outbound, decoder, heard, changes, at = stream(first), Decoder(), [], [], 0
    outbound.on_frame = lambda frame: heard.append(decoder.decode(frame))
    while at + 1920 <= SPEECH.size:
        if at and at % 9600 == 0:
            outbound.become(then if outbound.plan is first else first)
            changes.append((at, outbound.lookahead))
        outbound.push(SPEECH[at : at + outbound.frame_samples], 0.0)
        at += outbound.frame_samples
    sound = np.concatenate(heard).astype(float)
    falls, bends = [], []
    for change, lookahead in changes:
        said, got = SPEECH[change - lookahead :][:960].astype(float), sound[change : change + 960]
        if len(got) == 960 and level(said.astype(np.int16)) > -36:
            power = [np.mean(pcm.reshape(4, 240) ** 2, axis=1) + 1 for pcm in (said, got)]
            falls.append(10 * np.log10(power[0] / power[1]))
            itself = np.abs(np.diff(SPEECH[change - 960 : change + 1440].astype(float), 2)).max()
            bends.append(np.abs(np.diff(sound[change - 100 : change + 1440], 2)).max() / itself)
    assert len(falls) > 15
    return float(np.median(falls, axis=0).max()), max(bends)


LOW_DELAY = [(BALANCED, CLOSEST), (ROBUST, CLOSEST)]


@pytest.mark.parametrize(
    ("first", "then"), [*LOW_DELAY, (BALANCED, ROBUST), (ROBUST, Plan(40, 24_000)), (BALANCED, Plan(10, 24_000))]
)
def test_a_changed_plan_is_not_heard(first, then):
    fall, bend = seams(first, then)
    assert fall < 2.5
    assert bend < 1.5


def test_a_new_encoder_that_had_heard_nothing_would_click(monkeypatch):
    monkeypatch.setattr(Encoder, "hear", lambda self, said: None)
    assert seams(BALANCED, CLOSEST)[1] > 3


def test_a_new_encoder_that_went_on_from_what_the_decoder_never_heard_would_be_quiet(monkeypatch):
    hear = Encoder.hear

    def hear_and_refer(self, said):
        hear(self, said)
        encoder_ctl(self._state, ctl.ctl_set(4042), 0)

    monkeypatch.setattr(Encoder, "hear", hear_and_refer)
    assert seams(BALANCED, CLOSEST)[0] > 5


def test_an_extended_report_goes_with_the_others():
    outbound = stream(ROBUST)
    say(outbound, SOUND, [(ROBUST, 10)])
    xr = ExtendedReport(7, (LossRle(9, 3, b"\1\0\1"), VoipMetrics(9, loss_rate=12)))
    packet = outbound.report(1.0, rtcp.ntp_from_unix(1e9), None, xr)
    found = rtcp.unpack_untrusted(Unprotector(KEY).unprotect_untrusted(packet))
    assert found[2] == xr
    assert found[0].octet_count == 10 * ROBUST.payload_size


def test_mute_cannot_be_told_by_size_with_redundancy_either():
    outbound = stream(ROBUST)
    say(outbound, SOUND, [(ROBUST, 10)])
    outbound.muted = True
    assert len(outbound.push(SOUND[:960], 1.0)) == ROBUST.payload_size + 28
