"""The simulated network is what its profile says: otherwise every figure of the voice is about something else."""

import math

import numpy as np
import pytest

from bench.voice.network import Conditions, Gilbert, Link, Profile, at_random, in_runs
from bench.voice.profiles import PROFILES

PACKETS = 60_000
PACE = 0.02


def steady(conditions: Conditions) -> Profile:
    return Profile("test", ((1.0, conditions),))


def arrivals(profile: Profile, seed: int = 1, packets: int = PACKETS, size: int = 100) -> list[list[float]]:
    link = Link(profile, seed)
    return [link.carry(size, index * PACE) for index in range(packets)]


def runs_of(lost: np.ndarray) -> float:
    starts = np.count_nonzero(lost[1:] & ~lost[:-1]) + int(lost[0])
    return np.count_nonzero(lost) / starts


@pytest.mark.parametrize("name", [name for name in PROFILES if name.startswith(("random", "gilbert"))])
def test_loss_is_as_much_and_in_such_runs_as_the_name_says(name):
    kind, percent = name.split("-")
    lost = np.array([not found for found in arrivals(PROFILES[name])])
    assert lost.mean() == pytest.approx(int(percent) / 100, abs=0.01)
    run = 2.0 if kind == "gilbert" else 1 / (1 - int(percent) / 100)
    assert runs_of(lost) == pytest.approx(run, rel=0.05)


@pytest.mark.parametrize(("r", "run"), [(65, 1.5), (50, 2.0), (35, 2.9), (30, 3.3)])
def test_signals_bursts_have_the_length_that_their_r_gives(r, run):
    lost = np.array([not found for found in arrivals(PROFILES[f"bursty-20-r{r}"])])
    assert lost.mean() == pytest.approx(0.20, abs=0.015)
    assert runs_of(lost) == pytest.approx(run, rel=0.05)


def test_gilbert_elliott_loses_in_both_states():
    model = Gilbert(0.05, 0.2, bad=0.5, good=0.01)
    lost = np.array([not found for found in arrivals(steady(Conditions(loss=model)))])
    assert model.loss == pytest.approx(0.2 * 0.5 + 0.8 * 0.01)
    assert lost.mean() == pytest.approx(model.loss, abs=0.006)


def test_models_give_the_share_that_they_were_asked_for():
    assert at_random(0.3).loss == pytest.approx(0.3)
    assert in_runs(0.2, 2.0).loss == pytest.approx(0.2)
    assert in_runs(0.2, 2.0).r == 0.5


@pytest.mark.parametrize("ms", [5, 15, 30])
def test_normal_jitter_has_its_sigma_and_its_tail(ms):
    link = Link(PROFILES[f"jitter-{ms}"], 3)
    for index in range(PACKETS):
        link.carry(100, index * PACE)
    transits = 1000 * np.array(link.transits)
    assert transits.mean() == pytest.approx(150, abs=0.5)
    assert transits.std() == pytest.approx(ms, rel=0.02)
    assert np.percentile(transits, 99) == pytest.approx(150 + 2.326 * ms, rel=0.01)


def test_pareto_jitter_is_netems():
    link = Link(PROFILES["moderate"], 3)
    for index in range(PACKETS):
        link.carry(100, index * PACE)
    transits = 1000 * np.array(link.transits)
    assert transits.min() == pytest.approx(100 - 25 * 2 / 3, abs=0.1)
    assert transits.max() == pytest.approx(200)
    # u^(-1/3) - 1.5, times 4/3: at u = 0.5 that is -0.320.
    assert np.median(transits) == pytest.approx(100 - 25 * 0.320, abs=0.3)


def test_correlated_jitter_stays_within_its_bounds_and_remembers():
    link = Link(steady(Conditions(0.05, jitter=0.01, shape="uniform", correlation=0.5)), 3)
    for index in range(PACKETS):
        link.carry(100, index * PACE)
    transits = np.array(link.transits)
    assert transits.min() >= 0.04
    assert transits.max() <= 0.06
    assert np.corrcoef(transits[1:], transits[:-1])[0, 1] == pytest.approx(0.5, abs=0.02)


def test_international_doubles_overtakes_and_loses():
    found = arrivals(PROFILES["international"])
    doubled = np.mean([len(times) == 2 for times in found if times])
    at_once = np.mean([times[0] - index * PACE < 0.1 for index, times in enumerate(found) if times])
    assert doubled == pytest.approx(0.02, abs=0.003)
    assert at_once == pytest.approx(0.05, abs=0.008)
    assert np.mean([not times for times in found]) == pytest.approx(3 / 28, abs=0.01)


def test_spiky_is_bad_for_ten_seconds_of_thirty():
    lost = np.array([not found for found in arrivals(PROFILES["spiky"])]).reshape(-1, 500)
    by_phase = lost[: len(lost) // 3 * 3].mean(axis=1).reshape(-1, 3).mean(axis=0)
    assert by_phase[[0, 2]].max() == 0
    assert by_phase[1] == pytest.approx(11 / 36, abs=0.04)


def test_a_narrow_link_queues_then_drops():
    link = Link(steady(Conditions(0.0, rate=8_000 * 176, limit=3)), 1)
    first = [link.carry(100, 0.0) for _ in range(5)]
    assert first[:3] == [[0.001], [0.002], [0.003]]
    assert first[3:] == [[], []]
    assert link.dropped == 2
    assert link.carry(100, 1.0) == [1.001]


def test_a_stall_lets_everything_through_at_once_afterwards():
    profile = steady(Conditions(0.01, stall_every=1.0, stall=0.1))
    link = Link(profile, 5)
    times = np.array([link.carry(100, index * 0.005)[0] for index in range(20_000)])
    transit = times - np.arange(20_000) * 0.005
    assert transit.max() == pytest.approx(0.11, abs=0.006)
    assert transit.min() == pytest.approx(0.01)
    assert np.mean(transit > 0.011) == pytest.approx(0.1 / 1.1, abs=0.03)
    assert np.all(np.diff(times) >= -1e-9)


def test_fate_depends_on_seed_and_number_alone():
    profile = PROFILES["moderate"]
    once = arrivals(profile, seed=4, packets=2000, size=60)
    assert arrivals(profile, seed=4, packets=2000, size=900) == once
    assert arrivals(profile, seed=5, packets=2000) != once
    assert Link(profile, 4).carry(60, 0.0) != Link(profile, 4, direction=1).carry(60, 0.0)


def test_every_profile_carries_something():
    for profile in PROFILES.values():
        link = Link(profile, 1)
        found = [link.carry(100, index * PACE) for index in range(200)]
        assert any(found), profile.name
        assert all(math.isfinite(time) and time >= index * PACE for index, times in enumerate(found) for time in times)
