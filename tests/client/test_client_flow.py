"""A flow's bindings: answered, lost, refused, forged; its round trip and its silence."""

from hypothesis import given
from hypothesis import strategies as st
from udp_weather import GIVEN, HERE, KEY, NONCE

from voip.client.flow import ASKED_MAX, STALE_MAX, Flow
from voip.config import PATH
from voip.wire import stun
from voip.wire.stun import Message

MEDIA = bytes([0x80, 0x6F]) + bytes(80)


class Bench:
    """A flow, and what it sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.flow = Flow(GIVEN, self.sent.append)

    def tick(self, now: float, *, trying: bool = True, expecting: bool = False) -> list[Message]:
        before = len(self.sent)
        self.flow.tick(now, trying=trying, expecting=expecting)
        return [stun.decode_untrusted(packet) for packet in self.sent[before:]]

    def answer(self, request: Message, now: float, received: int = 0, sent: int = 0, key: bytes = KEY) -> bool:
        return self.flow.receive_untrusted(stun.success(request.transaction, key, HERE, received, sent), now)


def test_a_request_says_who_we_are_and_proves_it() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    assert (request.username, request.nonce) == (GIVEN.id.encode(), b"")
    assert request.is_from(KEY)
    assert request.fingerprint
    assert bench.tick(1.05) == []
    (second,) = bench.tick(1.1)
    assert second.counter == request.counter + 1
    assert second.transaction[8:] != request.transaction[8:]


def test_another_nonce_is_used_at_once_and_not_for_ever() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    for _ in range(STALE_MAX):
        before = len(bench.sent)
        assert bench.flow.receive_untrusted(stun.error(request.transaction, stun.STALE_NONCE, nonce=NONCE), 1.0)
        (packet,) = bench.sent[before:]
        request = stun.decode_untrusted(packet)
        assert request.nonce == NONCE
    before = len(bench.sent)
    bench.flow.receive_untrusted(stun.error(request.transaction, stun.STALE_NONCE, nonce=NONCE), 1.0)
    assert len(bench.sent) == before
    assert not bench.flow.bound


def test_round_trip_and_answers_in_a_row() -> None:
    bench = Bench()
    for number in range(4):
        (request,) = bench.tick(1.0 + 0.15 * number)
        assert bench.answer(request, 1.0 + 0.15 * number + 0.04)
    assert bench.flow.answered == 4
    assert bench.flow.bound
    assert bench.flow.round_trip is not None
    assert abs(bench.flow.round_trip - 0.04) < 1e-9
    (lost,) = bench.tick(1.6)
    (request,) = bench.tick(1.75)
    assert bench.answer(request, 1.79)
    assert bench.flow.answered == 1
    assert not bench.answer(lost, 1.8)
    assert not bench.answer(request, 1.81), "an answer counts once"


def test_who_has_not_the_key_answers_nothing() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    assert not bench.answer(request, 1.01, key=bytes(32))
    assert not bench.flow.receive_untrusted(bench.sent[-1], 1.01), "our own request come back"
    assert not bench.flow.bound
    assert bench.answer(request, 1.02)


def test_what_was_not_answered_for_long_is_lost() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    bench.answer(request, 1.01)
    now = 1.0
    while now < 1.1 + PATH.unheard + 0.1:
        now += 0.05
        bench.tick(now)
    assert bench.flow.answered == 0
    assert len(bench.flow._asked) <= ASKED_MAX


def test_silence_counts_only_what_should_have_come() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    bench.answer(request, 1.01)
    assert bench.flow.quiet(9.0, expecting=False) == 0
    bench.flow.media_came(MEDIA, 2.0, authentic=True)
    assert abs(bench.flow.quiet(2.3, expecting=True) - 0.3) < 1e-9
    bench.flow.media_came(MEDIA, 2.4, authentic=False)
    assert abs(bench.flow.quiet(2.5, expecting=True) - 0.5) < 1e-9, "what anybody can send is no sign of life"
    bench.flow.expect(2.5)
    assert abs(bench.flow.quiet(2.6, expecting=True) - 0.1) < 1e-9


def test_a_machine_that_stood_still_hears_no_silence() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    bench.answer(request, 1.01)
    bench.flow.media_came(MEDIA, 1.02, authentic=True)
    bench.tick(1.04)
    bench.tick(4.0)
    assert bench.flow.quiet(4.0, expecting=True) == 0
    assert abs(bench.flow.quiet(4.1, expecting=True) - 0.1) < 1e-9


def test_nobody_there_until_somebody_answers() -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    bench.flow.refused(1.0)
    assert bench.flow.is_refused
    bench.answer(request, 1.1)
    assert not bench.flow.is_refused


def test_counts_of_both_ends_make_loss_each_way() -> None:
    bench = Bench()
    for number in range(4):
        (request,) = bench.tick(1.0 + number)
        bench.answer(request, 1.01 + number, received=number * 5, sent=number * 20)
        for _ in range(10):
            bench.flow.media_sent()
            bench.flow.media_came(MEDIA, 1.5 + number, authentic=True)
    assert bench.flow.outward.lost(20) == 0.5
    assert bench.flow.inward.lost(20) == 0.5
    assert bench.flow.heavy_out(5.0)


@given(st.binary(max_size=200), st.floats(0, 1e6))
def test_no_bytes_disturb_it(packet: bytes, now: float) -> None:
    bench = Bench()
    (request,) = bench.tick(now)
    assert not bench.flow.receive_untrusted(packet, now)
    assert bench.answer(request, now)


@given(st.data())
def test_no_changed_answer_is_believed(data: st.DataObject) -> None:
    bench = Bench()
    (request,) = bench.tick(1.0)
    answer = bytearray(stun.success(request.transaction, KEY, HERE, 7, 9))
    at = data.draw(st.integers(0, len(answer) - 1))
    answer[at] ^= data.draw(st.integers(1, 255))
    bench.flow.receive_untrusted(bytes(answer), 1.1)
    assert not bench.flow.bound


@given(st.lists(st.integers(0, 65_535), max_size=50))
def test_any_sequence_numbers(numbers: list[int]) -> None:
    bench = Bench()
    for number in numbers:
        bench.flow.media_came(b"\x80\x6f" + number.to_bytes(2, "big") + bytes(20), 1.0, authentic=True)
    assert bench.flow.came == len(numbers)
