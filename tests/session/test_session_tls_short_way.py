"""`open` and `seal`: the same bytes as `receive` and `send`, and nothing that goes wrong is overlooked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import RELAY, House

from voip.io import clock
from voip.session.tls import PLAINTEXT_MAX, TlsEngine, link_context, relay_context
from voip.session.tls.events import Closed, Failed, HandshakeMessage, Received, Record

HOUSE = House()
ALICE = HOUSE.person("alice")
CLIENT = link_context(ALICE.certificate, ALICE.key, HOUSE.ca)
QUIET = relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca, told=False)


def pair() -> tuple[TlsEngine, TlsEngine, list]:
    client = TlsEngine(CLIENT, clock=clock.monotonic, server_name=RELAY)
    server = TlsEngine(QUIET, clock=clock.monotonic)
    seen = [*server.start()]
    client.start()
    for _ in range(4):
        seen += server.receive(client.take_output())
        client.receive(server.take_output())
    assert client.finished
    assert server.finished
    return client, server, seen


def said(client: TlsEngine, data: bytes) -> bytes:
    client.send(data)
    return client.take_output()


def test_a_quiet_context_tells_of_no_record_and_no_message() -> None:
    _, server, seen = pair()
    assert not [event for event in seen if isinstance(event, (Record, HandshakeMessage))]
    assert server._wire_in is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=6), st.integers(1, 5_000))
def test_what_is_sealed_can_be_received_and_what_is_sent_can_be_opened(sizes: list[int], cut: int) -> None:
    client, server, _ = pair()
    data = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    wire = b"".join(server.seal(one)[0] for one in data)
    events = [event for start in range(0, len(wire), cut) for event in client.receive(wire[start : start + cut])]
    assert b"".join(event.data for event in events if isinstance(event, Received)) == b"".join(data)
    records = sum(isinstance(event, Record) for event in events)
    assert records == sum(-(-size // PLAINTEXT_MAX) for size in sizes)
    wire = b"".join(said(client, one) for one in data)
    plain = b""
    for start in range(0, len(wire), cut):  # records in any pieces
        found, told = server.open(wire[start : start + cut])
        assert told == []
        plain += found
    assert plain == b"".join(data)


def test_a_goodbye_comes_behind_the_last_data() -> None:
    client, server, _ = pair()
    last = said(client, b"last")
    client.close()
    plain, told = server.open(last + client.take_output())
    assert plain == b"last"
    assert [type(event) for event in told if not hasattr(event, "level")] == [Closed]
    assert server.over


@pytest.mark.parametrize("at", [0, 5, -1])
def test_a_changed_bit_ends_it_as_on_the_long_way(at: int) -> None:
    codes = []
    for way in ("open", "receive"):
        client, server, _ = pair()
        good, bad = said(client, b"good"), bytearray(said(client, b"bad"))
        bad[at] ^= 0x40
        found = getattr(server, way)(good + bytes(bad))
        plain, told = found if way == "open" else (b"good", found)
        assert plain == b"good"
        failed = next(event for event in told if isinstance(event, Failed))
        assert server.over
        assert server.take_output()  # the alert
        codes.append(failed.code)
    assert codes[0] == codes[1] != ""


def test_an_alert_of_the_other_end_is_named_on_a_quiet_context_too() -> None:
    """The client does not believe the relay's certificate, and says so in an alert."""
    stranger = House()
    client = TlsEngine(
        link_context(ALICE.certificate, ALICE.key, stranger.ca), clock=clock.monotonic, server_name=RELAY
    )
    server = TlsEngine(QUIET, clock=clock.monotonic)
    server.start()
    client.start()
    told = []
    for _ in range(4):
        told += server.receive(client.take_output())
        client.receive(server.take_output())
    (failed,) = (event for event in told if isinstance(event, Failed))
    loud = relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca)
    client = TlsEngine(
        link_context(ALICE.certificate, ALICE.key, stranger.ca), clock=clock.monotonic, server_name=RELAY
    )
    server = TlsEngine(loud, clock=clock.monotonic)
    server.start()
    client.start()
    heard = []
    for _ in range(4):
        heard += server.receive(client.take_output())
        client.receive(server.take_output())
    (expected,) = (event for event in heard if isinstance(event, Failed))
    assert (failed.code, failed.sentence) == (expected.code, expected.sentence)
