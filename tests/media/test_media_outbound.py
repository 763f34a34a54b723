"""The pipe out: one frame in, one protected packet out, always of the same size."""

import numpy as np
import pytest
from media_network import KEY, make_outbound, tone

from voip.errors import LocalError
from voip.media.codec import Decoder
from voip.media.pcm import LEVEL_FLOOR, level
from voip.media.protector import Unprotector
from voip.wire import rtcp, rtp

SOUND = tone(1.0)


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
