"""The loop that is closed once a second: what the peer reports becomes how we send."""

from hypothesis import given
from hypothesis import strategies as st

from voip.media.adaptation import START
from voip.media.outbound import Outbound
from voip.media.plan import BALANCED, CLOSEST, PLANS, ROBUST, Mode
from voip.media.reports import PeerReports
from voip.media.steering import Steering
from voip.wire.rtcp import ReceiverReport, ReportBlock
from voip.wire.rtcp_xr import ExtendedReport, LossRle

PEER, OURS = 5, 9


class Call:
    """Our outbound, and a peer that reports once a second what a test says."""

    def __init__(self, mode: Mode = Mode.AUTO) -> None:
        self.outbound = Outbound(bytes(44), OURS, sequence_number=1, timestamp=1)
        self.steering = Steering(self.outbound, mode)
        self.peer = PeerReports(OURS)
        self.now = 0.0

    def second(self, fates: bytes | None = bytes([1]) * 100, *, jitter: float = 0.001, **leg: int) -> None:
        """`fates`: one byte a packet, 0 for lost; None: no report comes."""
        self.now += 1
        if fates is not None:
            block = ReportBlock(OURS, 0, 0, 0, round(jitter * 48_000), 0, 0)
            self.peer.heard_untrusted(ReceiverReport(PEER, (block,)))
            self.peer.heard_untrusted(ExtendedReport(PEER, (LossRle(OURS, 0, fates),)))
        choice = self.steering.look(self.peer, self.now, **leg)
        assert self.outbound.plan == choice.plan == self.steering.choice.plan


def test_a_call_begins_as_the_mode_says() -> None:
    assert Call().outbound.plan == START
    assert Call(Mode.BALANCED).outbound.plan == BALANCED
    assert Call(Mode.CLOSEST).outbound.plan == CLOSEST
    assert Call(Mode.ROBUST).outbound.plan == ROBUST
    assert Call(Mode.ROBUST).steering.wanted is Mode.ROBUST


def test_a_choice_counts_at_once() -> None:
    call = Call()
    for mode, plan in PLANS.items():
        choice = call.steering.choose(mode.value)
        assert (call.outbound.plan, choice.plan, call.steering.wanted) == (plan, plan, mode)
        assert choice.reason.code == "chosen"


def test_loss_brings_redundancy_and_its_end_takes_it_away() -> None:
    call = Call()
    for _ in range(5):
        call.second(bytes([1] * 9 + [0]) * 10)
    assert call.outbound.plan.redundancy
    assert call.steering.choice.reason.code == "loss"
    for _ in range(60):
        call.second()
    assert call.outbound.plan.redundancy == ()


def test_losses_in_runs_push_the_copies_apart() -> None:
    call = Call()
    for _ in range(20):
        call.second(bytes([1] * 16 + [0] * 4) * 5)
    assert call.steering.choice.reason.code == "loss-bursts"
    assert call.outbound.plan.redundancy[-1] > 2


def test_no_report_no_change() -> None:
    call = Call()
    for _ in range(30):
        call.second(None)
    assert call.outbound.plan == START


def test_what_is_dropped_in_our_leg_counts_though_no_report_comes() -> None:
    call = Call()
    call.second()
    before = call.outbound.plan.gross
    for turn in range(1, 6):
        call.second(None, backlog=9000, dropped=10 * turn)
    assert call.outbound.plan.gross < before
    assert call.steering.choice.reason.code == "backlog"


def test_drops_before_the_first_report_are_not_forgotten() -> None:
    call = Call()
    call.second(None, dropped=50)
    call.second(dropped=50)
    assert call.steering.choice.reason.code == "backlog"
    plan = call.outbound.plan
    for _ in range(3):
        call.second(dropped=50)  # the same fifty
    assert call.outbound.plan.gross >= plan.gross


SECONDS = st.tuples(
    st.one_of(st.none(), st.lists(st.integers(0, 1), max_size=200).map(bytes)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 20_000),
    st.integers(0, 50),
)


@given(st.sampled_from(list(Mode)), st.lists(SECONDS, max_size=30))
def test_whatever_is_reported_there_is_a_plan_and_a_way_back(
    mode: Mode, seconds: list[tuple[bytes | None, int, int, int]]
) -> None:
    call, dropped = Call(mode), 0
    for fates, jitter, backlog, fresh in seconds:
        dropped += fresh
        call.second(fates, jitter=jitter / 48_000, backlog=backlog, dropped=dropped)
    for _ in range(400):
        call.second(dropped=dropped)
    assert call.outbound.plan.gross >= PLANS.get(mode, BALANCED).with_redundancy(()).gross


def test_a_second_in_which_nothing_came_is_not_the_end_of_the_voice() -> None:
    call = Call()
    call.second()
    call.second(bytes(100), backlog=9000, dropped=50)
    assert call.outbound.plan.gross < BALANCED.gross
    for _ in range(120):
        call.second(dropped=50)
    assert call.outbound.plan.gross >= BALANCED.gross
