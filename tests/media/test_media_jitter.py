"""The jitter buffer as tables: what arrived when → what was played at each pull."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.jitter import CAPACITY, START_DELAY, Counts, JitterBuffer, Kind, Wish

FRAME = 0.020
FIRST_PULL = 0.025
"""When the sound card asks first; the sender's frame n leaves at n · 20 ms."""


def play(arrivals, pulls, *, start=0, buffer=None):
    """`arrivals`: (number, ms); what each of `pulls` pulls got: the number, `-` for concealment, `.` for silence."""
    buffer = buffer or JitterBuffer()
    waiting = sorted(arrivals, key=lambda arrival: arrival[1])
    heard = []
    for tick in range(pulls):
        now = FIRST_PULL + tick * FRAME
        while waiting and waiting[0][1] / 1000 <= now:
            number, at = waiting.pop(0)
            numbered = start + number
            buffer.push(numbered & 0xFFFF, numbered * 960 & 0xFFFF_FFFF, str(number).encode(), at / 1000)
        played = buffer.pull(now)
        heard.append({Kind.FRAME: played.payload.decode(), Kind.CONCEAL: "-", Kind.SILENCE: "."}[played.kind])
    return " ".join(heard), buffer


def steady(*numbers, travel=2):
    return [(number, number * 20 + travel) for number in numbers]


# The first packet comes at 2 ms, and is played at 25 ms: every frame waits 23 ms.
TABLE = {
    "in order": (steady(0, 1, 2, 3, 4), 5, "0 1 2 3 4", Counts()),
    "nothing yet": ([(0, 50)], 4, ". . . 0", Counts()),
    "overtaken": ([(0, 2), (2, 42), (1, 44), (3, 62)], 4, "0 1 2 3", Counts()),
    "the first is overtaken": ([(1, 22), (0, 24), (2, 42)], 5, ". 0 1 2 -", Counts()),
    "duplicate waiting": ([*steady(0, 1, 2), (1, 24)], 3, "0 1 2", Counts(duplicate=1)),
    "duplicate played": ([*steady(0, 1, 2), (0, 30)], 3, "0 1 2", Counts(duplicate=1)),
    "one lost": (steady(0, 1, 3, 4, 5), 6, "0 1 - 3 4 5", Counts(lost=1)),
    "three lost": (steady(0, 1, 5, 6), 7, "0 1 - - - 5 6", Counts(lost=3)),
    "late beyond use": ([*steady(0, 1, 3, 4, 5), (2, 95)], 6, "0 1 - 3 4 5", Counts(lost=1, late=1)),
    "late, still used: longer at once": ([*steady(0, 1), (2, 80), (3, 81), (4, 82)], 7, "0 1 - 2 3 4 -", Counts()),
    "a stall: the overdue is skipped": (
        [*steady(*range(10)), *((n, 500 + n / 10) for n in range(10, 25)), *steady(*range(25, 30))],
        30,
        "0 1 2 3 4 5 6 7 8 9 - - - - - - - - - - - - - - 22 23 24 25 26 27",
        Counts(lost=12, late=12),
    ),
}


@pytest.mark.parametrize(("arrivals", "pulls", "expected", "counts"), TABLE.values(), ids=TABLE.keys())
@pytest.mark.parametrize("start", [0, 65534, 40_000], ids=["low", "wrap", "high"])
def test_table(arrivals, pulls, expected, counts, start):
    heard, buffer = play(arrivals, pulls, start=start)
    assert heard == expected
    assert buffer.counts == counts


def test_the_delay_of_each_frame_is_told():
    buffer = JitterBuffer()
    buffer.push(0, 0, b"a", 1.000)
    assert buffer.pull(1.000 + START_DELAY / 2).kind is Kind.SILENCE
    played = buffer.pull(1.025)
    assert (played.payload, played.wish) == (b"a", Wish.KEEP)
    assert played.delay == pytest.approx(0.025)


def test_a_sender_that_pauses_loses_nothing():
    """Its timestamps stand still meanwhile, so that each later packet looks one second late."""
    arrivals = [*steady(*range(10)), *((n, n * 20 + 1000) for n in range(10, 60))]
    heard, buffer = play(arrivals, 110)
    assert [int(word) for word in heard.split() if word not in "-."] == list(range(60))
    assert buffer.counts == Counts()


def test_a_long_outage_is_loss_and_afterwards_the_delay_is_low_again():
    heard, buffer = play(steady(*range(10), *range(300, 310)), 311)
    words = heard.split()
    assert words[:10] == [str(n) for n in range(10)]
    assert [word for word in words if word not in "-."][10:] == [str(n) for n in range(300, 310)]
    assert (buffer.counts.lost, buffer.counts.resyncs) == (290, 1)


def test_a_sender_that_begins_anew_is_followed():
    buffer = JitterBuffer()
    for index, number in enumerate([*range(10), 30_000, 30_001]):
        buffer.push(number, 960 * number + 77_777, b"%d" % number, index * FRAME)
    assert buffer.counts == Counts(discarded=10, resyncs=1)
    assert buffer.pull(0.225).payload == b"30000"
    # … and backwards, once several packets agree on it.
    for index, number in enumerate(range(200, 204)):
        buffer.push(number, 960 * number, b"%d" % number, 0.24 + index * FRAME)
    assert buffer.counts.resyncs == 2
    assert buffer.pull(0.305).payload == b"202"


def test_one_stray_from_long_ago_changes_nothing():
    _, buffer = play(steady(*range(10)), 5, start=20_000)
    buffer.push(19_000, 0, b"old", 0.3)
    assert buffer.counts.resyncs == 0
    assert buffer.pull(0.31).payload == b"5" or len(buffer) > 0


def test_when_nobody_pulls_it_stays_bounded_and_then_begins_near_the_end():
    buffer = JitterBuffer()
    for number in range(10 * CAPACITY + 20):
        buffer.push(number, number * 960, b"%d" % number, number * FRAME)
        assert len(buffer) <= CAPACITY
    newest = 10 * CAPACITY + 19
    played = buffer.pull(newest * FRAME + 0.01)
    assert newest - int(played.payload) <= 3


def pulls_with_wishes(transits, count, *, first_pull=FIRST_PULL, obey=True):
    """Steady pulls over packets with these transits (s); wishes are obeyed as if all were quiet."""
    buffer = JitterBuffer()
    arrivals = sorted((n * FRAME + transit, n) for n, transit in enumerate(transits))
    offsets, wishes = [], []
    double = False
    for tick in range(count):
        now = first_pull + tick * FRAME
        while arrivals and arrivals[0][0] <= now:
            at, number = arrivals.pop(0)
            buffer.push(number, number * 960, b"%d" % number, at)
        if double:
            double = False
            buffer.stretched(FRAME)
            continue
        played = buffer.pull(now)
        wishes.append(played.wish)
        if played.kind is Kind.FRAME:
            if played.wish is Wish.SHORTEN and obey:
                buffer.stretched(-FRAME)
                played = buffer.pull(now)
                assert played.kind is Kind.FRAME
            double = obey and played.wish is Wish.LENGTHEN
            offsets.append(now - int(played.payload) * FRAME)
    return offsets, wishes, buffer


def test_a_steady_call_is_never_disturbed():
    chance = random.Random(3)
    transits = [0.002 + 0.008 * chance.random() for _ in range(1000)]
    offsets, wishes, buffer = pulls_with_wishes(transits, 1000)
    assert set(wishes) == {Wish.KEEP}
    assert max(offsets) - min(offsets) < 1e-9
    assert buffer.counts == Counts()


def test_too_long_a_delay_is_wished_away_slowly_and_then_no_further():
    # After four seconds the path gets 90 ms faster.
    offsets, wishes, buffer = pulls_with_wishes([0.092] * 200 + [0.002] * 1500, 1600, first_pull=0.115)
    assert offsets[0] > 0.1
    assert 0.007 <= offsets[-1] <= 0.035
    assert wishes[1000:].count(Wish.SHORTEN) == 0
    assert buffer.counts == Counts()


def test_without_obedience_the_wish_stays_and_nothing_else_happens():
    offsets, wishes, _ = pulls_with_wishes([0.092] * 100 + [0.002] * 900, 900, first_pull=0.115, obey=False)
    assert max(offsets) - min(offsets) < 1e-9
    assert wishes.count(Wish.SHORTEN) > 100


def test_growing_jitter_is_met_before_it_hurts():
    # Every other packet is slow, and each slow one slower by 0.2 ms than the one before.
    transits = [0.002 + (0.000_1 * n if n % 2 else 0.0) for n in range(800)]
    offsets, wishes, buffer = pulls_with_wishes(transits, 800)
    assert Wish.LENGTHEN in wishes
    assert offsets[-1] >= 0.08
    assert buffer.counts.late == 0


@pytest.mark.parametrize("drift", [-0.001, 0.001], ids=["the card is fast", "the card is slow"])
def test_clocks_that_drift_apart_are_followed(drift):
    buffer = JitterBuffer()
    number, delays, concealed, tick, double = 0, [], 0, 0, False
    while number < 6000:
        now = 10 + tick * FRAME * (1 + drift)
        tick += 1
        while 10 + number * FRAME <= now:
            buffer.push(number & 0xFFFF, number * 960 & 0xFFFF_FFFF, b"x", 10 + number * FRAME)
            number += 1
        if double:
            double = False
            buffer.stretched(FRAME)
            continue
        played = buffer.pull(now)
        concealed += played.kind is Kind.CONCEAL
        if played.wish is Wish.SHORTEN:
            buffer.stretched(-FRAME)
            played = buffer.pull(now)
        double = played.wish is Wish.LENGTHEN
        delays.append(played.delay)
    assert concealed == 0
    assert max(delays) < 0.06
    assert buffer.counts == Counts()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.floats(0, 0.2)),
            st.tuples(st.integers(0, 80), st.integers(0, 80).map(lambda n: n * 960), st.floats(0, 0.05)),
            st.floats(0, 0.2),
        ),
        max_size=120,
    )
)
def test_whatever_comes_it_answers_and_stays_bounded(steps):
    buffer, now = JitterBuffer(), 0.0
    for step in steps:
        if isinstance(step, tuple):
            now += step[2]
            buffer.push(step[0], step[1], b"x", now)
        else:
            now += step
            played = buffer.pull(now)
            assert (played.kind is Kind.FRAME) == bool(played.payload)
            assert played.delay >= 0
        assert len(buffer) <= CAPACITY
        assert buffer.target_delay >= 0
