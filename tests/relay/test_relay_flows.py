"""Whose address is it? Everything that a flow may be asked, by whom it may be asked, and how often."""

import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.config import Rate
from voip.relay.counters import Counters
from voip.relay.flows import BOUND_SECONDS, FLOW_MAX, HOST_MAX, STRANGERS_MAX, Flow, Flows
from voip.relay.nonces import NONCE_SECONDS, Nonces
from voip.wire import stun
from voip.wire.stun import Endpoint, Type

HERE, THERE = b"10.0.0.1:1000", b"10.0.0.2:2000"


class MemorySocket:
    """A socket that keeps what is sent; an address is `host:port`."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes]] = []

    def send(self, packet: bytes, address: bytes) -> None:
        self.sent.append((packet, address))

    def endpoint(self, address: bytes) -> Endpoint:
        host, port = address.decode().split(":")
        return Endpoint(bytes(map(int, host.split("."))), int(port))


class Desk:
    """Flows, one of them open, and a client of it."""

    def __init__(self) -> None:
        self.flows = Flows(Nonces(bytes(32)))
        self.socket = MemorySocket()
        self.moves: list[Flow] = []
        self.flow = self.open()
        self.now = 1000.0
        self.counter = 0
        self.nonce = b""

    def open(self) -> Flow:
        return self.flows.open(Counters(), lambda _packet: None, self.moves.append)

    def request(self, flow: Flow | None = None, *, counter: int | None = None, nonce: bytes | None = None) -> bytes:
        self.counter += 1
        flow = flow or self.flow
        transaction = (self.counter if counter is None else counter).to_bytes(8, "big") + secrets.token_bytes(4)
        return stun.request(transaction, flow.id.encode(), flow.key, self.nonce if nonce is None else nonce)

    def give(self, packet: bytes, address: bytes = HERE) -> stun.Message | None:
        answer = self.flows.receive_stun(packet, address, self.socket, self.now)
        if answer is None:
            return None
        assert len(answer) < len(packet)  # nobody is sent more than they sent, whoever they said they were
        return stun.decode_untrusted(answer)

    def bind(self, address: bytes = HERE, flow: Flow | None = None) -> stun.Message:
        refused = self.give(self.request(flow, nonce=b""), address)
        self.nonce = refused.nonce
        answer = self.give(self.request(flow), address)
        assert answer.type is Type.SUCCESS
        return answer


def test_two_requests_bind() -> None:
    desk = Desk()
    first = desk.give(desk.request())
    assert (first.type, first.error, first.integrity) == (Type.ERROR, stun.STALE_NONCE, b"")
    assert desk.flows.by_address == {}
    desk.nonce = first.nonce
    request = desk.request()
    answer = desk.give(request)
    assert answer.transaction == request[8:20]
    assert answer.mapped == Endpoint(bytes([10, 0, 0, 1]), 1000)
    assert answer.is_from(desk.flow.key)
    assert desk.flows.by_address == {HERE: desk.flow}
    assert desk.moves == [desk.flow]
    assert desk.flows.refused == {"flow-nonce": 1}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda desk: b"", "stun-bad"),
        (lambda desk: desk.request()[:-4], "stun-bad"),
        (lambda desk: stun.request(bytes(12), b"somebody", desk.flow.key), "flow-unknown"),
        (lambda desk: stun.request(bytes(12), desk.flow.id.encode(), bytes(32)), "flow-integrity"),
        (lambda desk: stun.success(bytes(12), desk.flow.key, Endpoint(bytes(4), 1), 0, 0), "flow-unknown"),
        (lambda desk: desk.request(counter=1), "flow-replay"),
        (lambda desk: without_fingerprint(desk.request()), "flow-unknown"),
    ],
)
def test_what_deserves_no_answer_gets_a_count(spoil, why: str) -> None:
    desk = Desk()
    desk.bind()
    before = dict(desk.flows.refused)
    assert desk.give(spoil(desk)) is None
    assert desk.flows.refused[why] == before.get(why, 0) + 1
    assert desk.flows.by_address == {HERE: desk.flow}


def without_fingerprint(packet: bytes) -> bytes:
    return packet[:2] + (len(packet) - 28).to_bytes(2, "big") + packet[4:-8]


def test_a_captured_request_repeated_from_elsewhere_binds_nothing() -> None:
    desk = Desk()
    desk.bind()
    overheard = desk.request()
    assert desk.give(overheard, THERE).error == stun.STALE_NONCE  # another address needs another nonce
    assert desk.flows.by_address == {HERE: desk.flow}
    assert desk.give(overheard, HERE).type is Type.SUCCESS
    assert desk.give(overheard, THERE) is None
    assert desk.give(overheard, HERE) is None


def test_a_nonce_is_good_for_its_address_and_half_a_minute_or_more() -> None:
    nonces, here, there = Nonces(), Endpoint(bytes(4), 1), Endpoint(bytes(4), 2)
    begin = 7.0 * NONCE_SECONDS
    nonce = nonces.give(here, begin)
    assert len(nonce) == 32
    assert nonces.takes(nonce, here, begin + 2 * NONCE_SECONDS - 0.01)
    assert not nonces.takes(nonce, here, begin + 2 * NONCE_SECONDS)
    assert not nonces.takes(nonce, here, begin - 0.01)
    assert not nonces.takes(nonce, there, begin)
    assert not nonces.takes(nonce, Endpoint(bytes(16), 1), begin)
    assert not Nonces().takes(nonce, here, begin)
    assert not nonces.takes(b"", here, begin)


def test_a_new_address_takes_the_place_of_the_old_one() -> None:
    desk = Desk()
    desk.bind()
    desk.bind(THERE)
    assert desk.flows.by_address == {THERE: desk.flow}
    assert len(desk.moves) == 2
    desk.give(desk.request(), THERE)
    assert len(desk.moves) == 2  # repeated, it is no news


def test_an_address_belongs_to_the_flow_that_bound_it_last() -> None:
    desk = Desk()
    desk.bind()
    newer = desk.open()
    desk.bind(HERE, newer)
    assert desk.flows.by_address == {HERE: newer}
    assert desk.moves == [desk.flow, desk.flow, newer]
    assert not desk.flow.send(b"\x80")
    assert newer.send(b"\x80")
    assert desk.socket.sent == [(b"\x80", HERE)]
    desk.flows.close(newer)
    assert desk.flows.by_address == {}
    assert not newer.send(b"\x80")
    assert desk.give(desk.request(newer)) is None


def test_a_binding_that_is_not_repeated_ends() -> None:
    desk = Desk()
    desk.bind()
    desk.flows.sweep(desk.now + BOUND_SECONDS)
    assert desk.flows.by_address == {HERE: desk.flow}
    desk.flows.sweep(desk.now + BOUND_SECONDS + 0.1)
    assert desk.flows.by_address == {}
    assert desk.moves == [desk.flow, desk.flow]
    desk.bind()


def test_who_brings_more_than_a_call_needs_is_bound_no_more_until_they_bind_again() -> None:
    desk = Desk()
    desk.flows = Flows(Nonces(bytes(32)), Rate(per_second=100, at_once=1000))
    desk.flow = desk.open()
    desk.bind()
    for _ in range(30):  # as much as is allowed, for long
        desk.flow.packets += 10
        desk.flows.sweep(desk.now)
        desk.now += 0.1
    assert desk.flows.by_address == {HERE: desk.flow}
    desk.bind()
    desk.flow.packets += 2000
    desk.flows.sweep(desk.now)
    assert desk.flows.by_address == {}
    assert desk.flows.refused["flow-flood"] == 1
    assert desk.bind().received == 2300
    desk.flows.sweep(desk.now)
    assert desk.flows.by_address == {HERE: desk.flow}


def test_an_attribute_that_must_be_understood_and_is_not() -> None:
    desk = Desk()
    desk.bind()
    desk.counter += 1
    head = (
        stun._attribute(6, desk.flow.id.encode()) + stun._attribute(0x15, desk.nonce) + stun._attribute(0x24, b"prio")
    )
    request = stun._finish(Type.REQUEST, desk.counter.to_bytes(8, "big") + bytes(4), head, desk.flow.key)
    answer = desk.give(request)
    assert answer.error == stun.UNKNOWN_ATTRIBUTE
    assert answer.is_from(desk.flow.key)


def test_strangers_do_not_keep_others_from_staying_bound() -> None:
    desk = Desk()
    desk.bind()
    for number in range(3 * STRANGERS_MAX):
        host = f"{number % 250}.{number // 250}.7.7"
        assert desk.give(b"\0\1" + secrets.token_bytes(98), f"{host}:9".encode()) is None
    assert desk.flows.refused["stun-flood"] > STRANGERS_MAX
    assert desk.flows.refused["stun-bad"] <= STRANGERS_MAX
    assert desk.give(desk.request()).type is Type.SUCCESS
    assert desk.give(desk.request(nonce=b""), THERE) is None  # who comes now must try again
    desk.flows.sweep(desk.now)
    assert desk.give(desk.request(nonce=b""), THERE).error == stun.STALE_NONCE


def test_one_host_does_not_keep_the_others_from_binding() -> None:
    desk = Desk()
    for port in range(1, 3 * HOST_MAX):
        desk.give(b"\0\1" + bytes(98), f"10.0.0.1:{port}".encode())
    assert desk.flows.refused["stun-bad"] == HOST_MAX
    assert any(desk.give(desk.request(), f"10.1.0.{host}:1".encode()) for host in range(3))


def test_who_is_bound_may_not_ask_without_end() -> None:
    desk = Desk()
    desk.bind()
    answers = [desk.give(desk.request()) for _ in range(3 * FLOW_MAX)]
    assert sum(answer is not None for answer in answers) == FLOW_MAX
    desk.flows.sweep(desk.now)
    assert desk.give(desk.request()) is not None


def test_counts_of_what_went_straight_and_what_did_not() -> None:
    desk = Desk()
    desk.bind()
    other = desk.open()
    desk.bind(THERE, other)
    desk.flow.route(other)
    assert desk.flow.to == THERE
    desk.flow.packets += 5  # as the socket counts
    desk.flow.bytes += 500
    other.received += 2
    other.send(b"\x80")
    answer = desk.give(desk.request(other), THERE)
    assert (answer.received, answer.sent) == (2, 6)
    answer = desk.bind()
    assert (answer.received, answer.sent) == (5, 0)
    desk.bind(b"10.0.0.3:3", other)
    assert desk.flow.to is None  # until its leg says where to
    assert desk.flow.target is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["bind", "close", "open", "sweep", "route"]), st.integers(0, 3),
                          st.integers(0, 3)), max_size=40))  # fmt: skip
def test_whatever_happens_an_address_has_one_flow_and_no_route_leads_to_nobody(steps) -> None:
    desk = Desk()
    flows = [desk.flow]
    for step, one, two in steps:
        flow, address = flows[one % len(flows)], f"10.0.0.{two}:5".encode()
        if step == "open":
            flows.append(desk.open())
        elif step == "close":
            desk.flows.close(flow)
        elif step == "sweep":
            desk.now += 4
            desk.flows.sweep(desk.now)
        elif step == "route":
            flow.route(flows[two % len(flows)] if flow.address else None)
        elif flow.id.encode() in desk.flows._by_id:
            desk.flows.sweep(desk.now)
            desk.bind(address, flow)
        assert {at: id(flow) for at, flow in desk.flows.by_address.items()} == {
            each.address: id(each) for each in flows if each.address is not None
        }
        for each in flows:
            assert each.to is None or (each.target is not None and each.target.address == each.to)
            assert each.source is None or each.source.target is each
