"""What is heard in the last seconds, out of counters that only grow."""

from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from voip.media.hearing import SECONDS, Counted, Hearing, Shares, judged

NOTHING = Counted(samples=0, concealed=0, frames=0, missing=0, missing_runs=0, lost=0, lost_runs=0, recovered=0, late=0)


def after(before: Counted, seconds: float, **more: int) -> Counted:
    """So much later, frames of 10 ms; `more` on top."""
    on = {"samples": round(48_000 * seconds), "frames": round(100 * seconds)} | more
    return replace(before, **{name: getattr(before, name) + value for name, value in on.items()})


def test_nothing_to_compare_with() -> None:
    hearing = Hearing()
    assert hearing.note(NOTHING, 1.0) is None
    assert hearing.note(NOTHING, 1.5) is None


def test_shares_of_what_was_due() -> None:
    hearing = Hearing()
    hearing.note(NOTHING, 0.0)
    counted = after(
        NOTHING, 1.0, missing=20, missing_runs=10, recovered=14, lost=6, lost_runs=2, concealed=2400, late=3
    )
    assert hearing.note(counted, 1.0) == Shares(loss=20.0, recovered=14.0, concealed=5.0, late=3.0, burst=3.0)


def test_what_is_long_past_no_longer_counts() -> None:
    hearing, counted = Hearing(), NOTHING
    found = None
    for turn in range(60):
        bad = turn < 10
        counted = after(
            counted, 0.5, missing=25 if bad else 0, lost=25 if bad else 0, lost_runs=bad, concealed=12_000 * bad
        )
        found = hearing.note(counted, 0.5 * turn)
        assert found is None or (found.loss > 0) == (0.5 * turn < 4.5 + SECONDS), turn
    assert found is not None
    assert found.burst == 1.0


def test_an_outage_is_heard_while_it_lasts() -> None:
    hearing, counted = Hearing(), after(NOTHING, 10.0)
    hearing.note(counted, 0.0)
    words = []
    for turn in range(1, 20):  # sound is made up; no frame comes, so none is known to be lost
        counted = replace(counted, samples=counted.samples + 24_000, concealed=counted.concealed + 24_000)
        found = hearing.note(counted, 0.5 * turn)
        assert found is not None
        assert found == Shares(loss=100.0, recovered=0.0, concealed=100.0, late=0.0, burst=1.0)
        words.append(judged(found, bitrate=32_000, delay_ms=60, network_ms=20, buffer_ms=20).word)
    assert set(words) == {"poor"}


@given(
    st.lists(
        st.tuples(
            st.floats(0, 10),
            st.builds(Counted, *[st.integers(-(2**40), 2**40)] * 9),
        ),
        max_size=100,
    )
)
def test_whatever_the_counters_do_shares_are_shares(steps: list[tuple[float, Counted]]) -> None:
    """Sound that was made up and not played after all is taken back: counters may fall."""
    hearing, now = Hearing(), 0.0
    for wait, counted in steps:
        now += wait
        found = hearing.note(counted, now)
        if found is not None:
            assert all(0 <= value <= 100 for name, value in asdict(found).items() if name != "burst")
            assert found.burst >= 1
            judgement = judged(found, bitrate=32_000, delay_ms=50, network_ms=5, buffer_ms=20)
            assert 1 <= judgement.score.mos <= 4.5
    assert len(hearing._noted) <= 64


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9), st.floats(1, 1e7))
def test_whatever_a_peer_claims_of_its_delay_there_is_a_word(
    delay: float, network: float, buffer: float, rate: float
) -> None:
    found = judged(Shares(1.0, 0.5, 0.5, 0.0, 1.0), bitrate=rate, delay_ms=delay, network_ms=network, buffer_ms=buffer)
    assert found.word in {"clear", "fair", "poor"}
