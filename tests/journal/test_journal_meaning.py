"""What a record was to us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.journal.coupling import Coupled
from voip.journal.meaning import of_packet, of_record
from voip.session.tls.events import Alert, HandshakeMessage
from voip.wire import signals

VOICE, REPORT = b"\x80\x6f\x01\x02" + bytes(104), b"\x80\xc8\x00\x06" + bytes(64)


@pytest.mark.parametrize(
    ("packet", "meaning", "detail"),
    [
        (VOICE, "voice", "258"),
        (REPORT, "report", "sender report"),
        (b"\x80\xc9" + bytes(30), "report", "receiver report"),
        (signals.encode(signals.Ping(number=1)), "signal", "ping"),
        (signals.encode(signals.JoinLeg(call="c" * 32, token="d" * 32)), "signal", "join-leg"),
        (b'{"call":1,"is":"ping"}', "signal", ""),
        (b'{"is":"<b>"}', "signal", ""),
        (b"\x16\x03\x03\x00\x01a", "session", "handshake"),
        (b"\x17\x03\x03\x00\x01a", "session", "application_data"),
        (b"\x00\x01", "binding", "request"),
        (b"\x01\x11", "binding", "error"),
        (b"\x02", "binding", ""),
        (b"", "other", ""),
        (b"\xff", "other", ""),
        (b"\x80", "voice", "0"),
        (b"\x80" + bytes(2000), "other", ""),
    ],
)
def test_packets(packet: bytes, meaning: str, detail: str) -> None:
    assert of_packet(packet) == (meaning, detail)


def record(*packets: bytes, **more: object) -> tuple[str, bytes, str]:
    one = Coupled("in", 1.0, packets=list(packets), **more)
    return of_record(one, [of_packet(packet) for packet in packets])


def test_records() -> None:
    other = b"\x80\x6f\x01\x03" + bytes(104)
    assert record(VOICE) == ("voice", VOICE, "258")
    assert record(VOICE, other) == ("voice", VOICE, "258, 259")
    assert record(VOICE, REPORT) == ("other", VOICE, "voice 258, report sender report")
    assert record(*[VOICE] * 9)[2] == "258, 258, 258, 258 and 5 more"
    hello = HandshakeMessage(1.0, "in", "ServerHello", b"\x02\x00\x00\x00")
    assert record(messages=[hello]) == ("handshake", hello.raw, "ServerHello")
    assert record(messages=[Alert(1.0, "in", "warning", "close_notify")]) == ("other", b"", "alert close_notify")
    assert record(piece=True) == ("other", b"", "piece of a packet")
    assert record() == ("other", b"", "")
    assert of_record(Coupled("in"), []) == ("other", b"", "not read")


@given(st.binary(max_size=200))
def test_any_packet_means_something(packet: bytes) -> None:
    meaning, detail = of_packet(packet)
    assert meaning in {"signal", "session", "voice", "report", "binding", "other"}
    assert len(detail) <= 40
