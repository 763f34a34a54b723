"""The jitter buffer as tables: what arrived when → what was played at each pull."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.delay import START
from voip.media.jitter import CAPACITY, FRAMES_MAX, Counts, JitterBuffer, Kind

FRAME = 0.020
FIRST_PULL = 0.025
"""When the sound card asks first; the sender's frame n leaves at n · 20 ms."""


def play(arrivals, pulls, *, start=0, buffer=None, ms=20):
    """`arrivals`: (number, ms) or, for a copy, (number, ms, distance); what each of `pulls` pulls of a frame got.

    The number, `-` for concealment, `.` for silence. `ms`: the frames' length, and the pulls'.
    """
    buffer = buffer or JitterBuffer()
    waiting = sorted(arrivals, key=lambda arrival: arrival[1])
    heard = []
    for tick in range(pulls):
        now = FIRST_PULL + tick * ms / 1000
        while waiting and waiting[0][1] / 1000 <= now:
            number, at, *distance = waiting.pop(0)
            numbered = start + number
            buffer.push(
                numbered & 0xFFFF,
                numbered * 48 * ms & 0xFFFF_FFFF,
                str(number).encode(),
                at / 1000,
                samples=48 * ms,
                distance=distance[0] * 48 * ms if distance else 0,
            )
        played = buffer.take(now)
        if played.kind is Kind.CONCEAL:
            buffer.made_up(48 * ms)
        heard.append({Kind.FRAME: played.payload.decode(), Kind.CONCEAL: "-", Kind.SILENCE: "."}[played.kind])
    return " ".join(heard), buffer


def steady(*numbers, travel=2):
    return [(number, number * 20 + travel) for number in numbers]


def lost(frames, runs=1, **others):
    return Counts(missing=frames, lost=frames, missing_runs=runs, lost_runs=runs, **others)


# The first packet comes at 2 ms, and is played at 25 ms: every frame waits 23 ms.
TABLE = {
    "in order": (steady(0, 1, 2, 3, 4), 5, "0 1 2 3 4", Counts()),
    "nothing yet": ([(0, 50)], 4, ". . 0 -", Counts()),
    "overtaken": ([(0, 2), (2, 42), (1, 44), (3, 62)], 4, "0 1 2 3", Counts()),
    "the first is overtaken": ([(1, 22), (0, 23.5), (2, 42)], 5, "0 1 2 - -", Counts()),
    "duplicate waiting": ([*steady(0, 1, 2), (1, 24)], 3, "0 1 2", Counts(duplicate=1)),
    "duplicate played": ([*steady(0, 1, 2), (0, 30)], 3, "0 1 2", Counts(duplicate=1)),
    "one lost": (steady(0, 1, 3, 4, 5), 6, "0 1 - 3 4 5", lost(1)),
    "three lost": (steady(0, 1, 5, 6), 7, "0 1 - - - 5 6", lost(3)),
    "two runs lost": (steady(0, 2, 3, 6), 7, "0 - 2 3 - - 6", lost(3, 2)),
    "late beyond use": ([*steady(0, 1, 3, 4, 5), (2, 95)], 6, "0 1 - 3 4 5", lost(1, late=1)),
    "late beyond use, twice": (
        [*steady(0, 1, 3, 4, 5), (2, 95), (2, 96)],
        6,
        "0 1 - 3 4 5",
        lost(1, late=1, duplicate=1),
    ),
    "late, still used: longer at once": ([*steady(0, 1), (2, 80), (3, 81), (4, 82)], 7, "0 1 - 2 3 4 -", Counts()),
    "a stall: nothing is lost": (
        [*steady(*range(10)), *((n, 300 + n / 10) for n in range(10, 16))],
        20,
        "0 1 2 3 4 5 6 7 8 9 - - - - 10 11 12 13 14 15",
        Counts(),
    ),
    "recovered": ([*steady(0, 1, 3, 4), (2, 62, 1)], 5, "0 1 2 3 4", Counts(missing=1, missing_runs=1, recovered=1)),
    "recovered from farther away": (
        [*steady(0, 1, 2, 5, 6), (4, 102, 1), (3, 102, 2)],
        6,
        "0 1 2 - 4 5",
        Counts(missing=2, missing_runs=1, recovered=1, lost=1, lost_runs=1),
    ),
    "a copy of what is here": ([*steady(0, 1, 2), (1, 42, 1), (0, 42, 2)], 3, "0 1 2", Counts()),
    "itself after its copy": ([*steady(0, 2, 3), (1, 42, 1), (1, 43)], 4, "0 1 2 3", Counts()),
    "itself after its copy was played": (
        [*steady(0, 2, 3), (1, 42, 1), (1, 50)],
        4,
        "0 1 2 3",
        Counts(missing=1, missing_runs=1, recovered=1, late=1),
    ),
}


@pytest.mark.parametrize(("arrivals", "pulls", "expected", "counts"), TABLE.values(), ids=TABLE.keys())
@pytest.mark.parametrize("start", [0, 65534, 40_000, 2**32 // 960 - 1], ids=["low", "wrap", "high", "time wraps"])
def test_table(arrivals, pulls, expected, counts, start):
    heard, buffer = play(arrivals, pulls, start=start)
    assert heard == expected
    assert buffer.counts == counts


def test_after_a_long_stall_the_overdue_is_skipped():
    heard, buffer = play([*steady(*range(1200)), *((n, 24_700 + (n - 1200) / 10) for n in range(1200, 1236))], 1238)
    words = heard.split()
    assert words[1200:1234] == ["-"] * 34
    # 400 ms late at most, and then what follows.
    assert words[1234:] == ["1216", "1217", "1218", "1219"]
    assert buffer.counts == lost(16, late=16)


@pytest.mark.parametrize("ms", [5, 10, 40])
def test_frames_of_any_length(ms):
    arrivals = [(n, n * ms + 22) for n in range(40) if n not in {7, 8}]
    heard, buffer = play(arrivals, 40, ms=ms)
    words = heard.split()
    assert words[words.index("4") :][:6] == ["4", "5", "6", "-", "-", "9"]
    assert buffer.counts == lost(2)


def test_the_length_may_change_in_a_stream():
    buffer, heard = JitterBuffer(), []
    stream = [(0, 960), (960, 960), (1920, 480), (2400, 480), (2880, 240), (3120, 1920)]
    for number, (ticks, samples) in enumerate(stream):
        buffer.push(number, ticks, b"%d" % number, ticks / 48_000, samples=samples)
        played = buffer.take(ticks / 48_000 + 0.012)
        heard.append((ticks, played.samples))
    assert heard == stream
    assert buffer.counts == Counts()


def test_a_gap_is_filled_in_pieces_and_left_when_the_frame_comes():
    _, buffer = play(steady(0, 1), 2)
    assert buffer.take(0.065).kind is Kind.CONCEAL
    buffer.made_up(480)
    assert not buffer.resumable(0.070, 240)
    buffer.push(2, 1920, b"2", 0.070)
    # Half of what was made up has not been played yet.
    assert buffer.resumable(0.070, 240)
    buffer.made_up(-240)
    played = buffer.take(0.070)
    assert (played.payload, played.after_gap, played.exact) == (b"2", True, False)
    assert buffer.counts == Counts()


def test_a_gap_that_is_filled_to_the_sample_is_said_to_be():
    _, buffer = play(steady(0, 1, 3), 3)
    played = buffer.take(0.085)
    assert (played.payload, played.after_gap, played.exact) == (b"3", True, True)


def test_a_missing_frame_is_not_waited_for_when_the_delay_is_long_anyhow():
    # Everything has been here for long; the network is quick.
    buffer = JitterBuffer()
    for number in (0, 1, 2, 3, 5, 6, 7, 8, 9):
        buffer.push(number, number * 960, b"%d" % number, number * FRAME + 0.002)
    payloads = [buffer.take(0.19 + 0.001 * n).payload for n in range(3)]
    assert payloads[0] in {b"8", b"9"}, "a beginning starts near the end"
    buffer = JitterBuffer()
    for number in (0, 1, 2):
        buffer.push(number, number * 960, b"%d" % number, number * FRAME + 0.002)
        buffer.take(number * FRAME + 0.015)
    for number in (4, 5, 6):
        buffer.push(number, number * 960, b"%d" % number, number * FRAME + 0.002)
    assert buffer.take(0.130).payload == b"4"
    assert buffer.counts == lost(1)


def test_a_pause_in_time_but_not_in_numbers_is_no_loss():
    buffer = JitterBuffer()
    for number, ticks in enumerate([0, 960, 960 * 11, 960 * 12]):
        buffer.push(number, ticks, b"%d" % number, ticks / 48_000 + 0.002)
    heard = []
    for tick in range(14):
        played = buffer.take(FIRST_PULL + tick * FRAME)
        if played.kind is Kind.CONCEAL:
            buffer.made_up(960)
        heard.append(played.payload.decode() or "-")
    assert [word for word in heard if word != "-"][-2:] == ["2", "3"]
    assert buffer.counts.lost == 0


def test_the_delay_of_each_frame_is_told():
    buffer = JitterBuffer()
    buffer.push(0, 0, b"a", 1.000)
    assert buffer.take(1.000 + START / 2).kind is Kind.SILENCE
    played = buffer.take(1.025, 48)
    assert played.payload == b"a"
    assert played.delay == pytest.approx(0.026)


def test_it_starts_low_and_learns():
    buffer = JitterBuffer()
    assert buffer.target_delay == 0.0
    chance = random.Random(1)
    for number in range(500):
        now = number * FRAME + 0.05 + 0.02 * chance.random()
        buffer.push(number, number * 960, b"x", now)
        buffer.take(now + 0.05)
        if number == 0:
            assert buffer.target_delay < 0.015
    assert 0.015 <= buffer.target_delay <= 0.025


def test_a_sender_that_pauses_loses_nothing():
    """Its timestamps stand still meanwhile, so that each later packet looks one third of a second late."""
    arrivals = [*steady(*range(10)), *((n, n * 20 + 340) for n in range(10, 60))]
    heard, buffer = play(arrivals, 110)
    assert [int(word) for word in heard.split() if word not in "-."] == list(range(60))
    assert buffer.counts == Counts()


def test_a_long_outage_is_loss_and_afterwards_the_delay_is_low_again():
    heard, buffer = play(steady(*range(10), *range(300, 310)), 311)
    words = heard.split()
    assert words[:10] == [str(n) for n in range(10)]
    assert [word for word in words if word not in "-."][10:] == [str(n) for n in range(300, 310)]
    assert (buffer.counts.lost, buffer.counts.lost_runs, buffer.counts.resyncs) == (290, 1, 1)


def test_a_sender_that_begins_anew_is_followed():
    buffer = JitterBuffer()
    for index, number in enumerate([*range(10), 30_000, 30_001]):
        buffer.push(number, 960 * number + 77_777, b"%d" % number, index * FRAME)
    assert buffer.counts == Counts(discarded=10, resyncs=1)
    assert buffer.take(0.225).payload == b"30000"
    # … and backwards, once several packets agree on it.
    for index, number in enumerate(range(200, 204)):
        buffer.push(number, 960 * number, b"%d" % number, 0.24 + index * FRAME)
    assert buffer.counts.resyncs == 2
    assert buffer.take(0.315).payload in {b"202", b"203"}


def test_one_stray_from_long_ago_changes_nothing():
    _, buffer = play(steady(*range(10)), 5, start=20_000)
    buffer.push(18_000, 18_000 * 960, b"old", 0.3)
    assert buffer.counts.resyncs == 0
    assert buffer.take(0.31).payload in {b"5", b"6", b"7", b"8", b"9"}


def test_when_nobody_pulls_it_stays_bounded_and_then_begins_near_the_end():
    buffer = JitterBuffer()
    for number in range(520):
        buffer.push(number, number * 960, b"%d" % number, number * FRAME)
        assert len(buffer) <= CAPACITY // 960 + 1
    played = buffer.take(519 * FRAME + 0.01)
    assert 519 - int(played.payload) <= 3


def test_however_short_the_frames_only_so_many_are_kept():
    buffer = JitterBuffer()
    for number in range(3000):
        buffer.push(number, number * 120, b"x", 1.0, samples=120)
        buffer.push(number, number * 120 + 1, b"x", 1.0, samples=120, distance=1)
        assert len(buffer) <= FRAMES_MAX


# ── waiting for redundancy ─────────────────────────────────────────────────────────────────────────────────────


def with_copies(lose, distance=2, frames=2000):
    """Frames with copies at a distance; `lose(number)`: the packet does not come. The target thereafter."""
    buffer = JitterBuffer()
    for number in range(frames):
        now = number * FRAME + 0.03
        if not lose(number):
            buffer.push(number, number * 960, b"x", now)
            if number >= distance:
                buffer.push(number - distance, (number - distance) * 960, b"x", now, distance=distance * 960)
        if buffer.take(now + 0.019).kind is Kind.CONCEAL:
            buffer.made_up(960)
    return buffer


def test_copies_are_waited_for_where_frames_are_lost():
    buffer = with_copies(lambda number: number % 20 == 10)
    assert buffer.target_delay == pytest.approx(0.041, abs=0.003)


def test_copies_are_not_waited_for_where_nothing_is_lost_or_too_little():
    assert with_copies(lambda number: False).target_delay < 0.005
    assert with_copies(lambda number: number % 1500 == 50).target_delay < 0.006


def test_copies_are_not_waited_for_where_they_would_be_lost_as_well():
    assert with_copies(lambda number: number % 40 in {10, 11, 12, 13}, distance=1).target_delay == pytest.approx(
        0.021, abs=0.003
    )
    # With both halves of each pair gone a copy saves nothing.
    assert with_copies(lambda number: number % 40 < 20, distance=1, frames=40).target_delay < 0.02


def test_the_wait_ends_when_the_loss_does():
    assert with_copies(lambda number: number < 1000 and number % 20 == 10, frames=6000).target_delay < 0.005


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.integers(0, 65535),
                st.integers(0, 2**32 - 1),
                st.floats(0, 0.2),
                st.integers(120, 5760),
                st.integers(0, 16383),
            ),
            st.tuples(
                st.integers(0, 80),
                st.integers(0, 160).map(lambda n: n * 480),
                st.floats(0, 0.05),
                st.just(960),
                st.just(0),
            ),
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
            buffer.push(step[0], step[1], b"x", now, samples=step[3], distance=step[4])
        else:
            now += step
            played = buffer.take(now)
            assert (played.kind is Kind.FRAME) == bool(played.payload)
            assert played.delay >= 0
            if played.kind is Kind.CONCEAL:
                buffer.made_up(480)
        assert len(buffer) <= FRAMES_MAX
        assert buffer.target_delay >= 0
        assert buffer.counts.missing == buffer.counts.lost + buffer.counts.recovered
        assert isinstance(buffer.spare(240), int)
