"""The relay's bench: its verdicts, its scenarios in small, and what the other parts of the generator do."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import run as bench
from load import calls as load_calls
from load import flood as load_flood
from load.calls import Run
from load.host import Host, our_relay
from load.page import gauges
from load.people import People, prepare
from load.phone import Place
from load.tally import Tally
from relay import floods, setup, slow, soak
from relay.contest import in_turns
from relay.verdict import Limits, beside, kept, shortfalls, try_twice

TWO_CORES = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="a relay and its load need a core each")
PAIRS = 3
GOOD: dict[str, Any] = {
    "calls": 100, "sent": 10_000, "got": 10_000, "doubled": 0, "astray": 0, "blocked": 0, "other_way": 0,
    "loss_pct": 0.0, "p50_ms": 0.1, "p99_ms": 1.0, "p99_median_ms": 0.9, "max_ms": 3.0, "late_p99_median_ms": 0.1,
    "rate": 50,
}  # fmt: skip
LIMITS = Limits(loss=0.1, p99=15)


def tally(cpu: float = 1.0, **figures: float) -> Tally:
    return Tally(GOOD | figures, cpu, seconds=8.0, opened=1.0)


# ── verdicts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_within_its_limits_falls_short_of_nothing() -> None:
    assert shortfalls(tally(), LIMITS) == []


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        ({"loss_pct": 0.1}, "loss 0.100 %"),
        ({"p99_ms": 15.0}, "p99 15.0 ms"),
        ({"astray": 1}, "1 packets came to somebody else"),
        ({"other_way": 5}, "5 packets came by TLS"),
        ({"late_p99_median_ms": 2.1}, "the load was late by 2.1 ms, which proves nothing"),
        ({"blocked": 11}, "the load was late"),
    ],
)
def test_each_fault_is_named(figures: dict[str, float], why: str) -> None:
    found = shortfalls(tally(**figures), LIMITS)
    assert len(found) == 1
    assert found[0].startswith(why)


def test_a_run_that_fell_short_is_made_once_more_and_both_are_shown() -> None:
    runs = iter([tally(loss_pct=5.0), tally()])
    tries = try_twice(lambda: next(runs), LIMITS)
    row = kept("ours", tries, LIMITS)
    assert (row.met, row.figures["the first try"]) == (True, "loss 5.000 %")
    assert kept("ours", [tally(), tally(p99_ms=16)], LIMITS).met is False


def test_a_good_run_is_not_repeated() -> None:
    assert len(try_twice(tally, LIMITS)) == 1


def test_ratios_are_of_rounds_and_judged_against_each_other() -> None:
    found = {"ours": [tally(1.4), tally(2.8)], "floor": [tally(1.0), tally(2.0)], "peer": [tally(1.3), tally(2.6)]}
    rows = beside("ours", 100, found, {"floor": 1.5, "peer": 1}, "floor")
    assert [(row.against, row.ratio, row.met) for row in rows[:2]] == [("floor", 1.4, True), ("peer", 1.077, False)]
    assert rows[1].figures["fell short by"] == "1.08 ×"
    assert [(row.what, row.against, row.ratio) for row in rows[2:]] == [
        ("floor, 100 calls", "", None),
        ("peer, 100 calls", "floor", 1.3),
    ]


def test_rounds_in_which_the_load_was_late_prove_nothing() -> None:
    late = tally(1.0, late_p99_median_ms=9.0)
    rows = beside("ours", 100, {"ours": [late], "peer": [tally(2.0)]}, {"peer": 1})
    assert rows[0].ratio == 0.5
    assert rows[0].met is False


def test_cost_is_the_relay_s_time_for_what_it_forwarded() -> None:
    assert tally(0.25).per_million == 25
    assert tally(4.0).core == 50
    assert tally(1.0, got=0).per_million == float("inf")


def test_everybody_comes_first_once(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def once(one: Any, _calls: int, _seconds: float) -> Tally:
        order.append(one.name)
        return tally()

    monkeypatch.setattr("relay.contest.once", once)
    names = [type("One", (), {"name": name})() for name in "abc"]
    found = in_turns(names, 10, 1.0, 3)
    assert "".join(order) == "abcbcacab"
    assert {name: len(runs) for name, runs in found.items()} == {"a": 3, "b": 3, "c": 3}


def test_what_was_held_for_a_slow_receiver_is_without_what_lay_in_its_own_socket() -> None:
    assert slow.held(tally(slow_held=10, slow_own=30)) == 200


def look(memory: float, **counts: int) -> soak.Look:
    return soak.Look(0.0, memory, counts)


def test_a_leak_is_found_and_a_wave_is_not() -> None:
    steady = [look(80 + i % 3, descriptors=100 + i % 5) for i in range(80)]
    assert soak.shortfalls(soak.growth(steady), look(70, descriptors=9), look(80, descriptors=9)) == []
    leaking = [look(80 + i * 0.1, descriptors=100 + i) for i in range(80)]
    found = soak.shortfalls(soak.growth(leaking), look(70, descriptors=9), look(88, descriptors=89))
    assert found == ["memory MB grew by 5", "descriptors grew by 50", "89 descriptors are left, 9 were there before"]


def test_set_ups_that_fail_or_wait_are_named() -> None:
    good = {"rate": 50.0, "sustained": 50.0, "ended": {"well": 500}, "starved": 0, "late": False}
    assert setup.shortfalls(good) == []
    assert "'busy': 9" in setup.shortfalls(good | {"sustained": 49.0, "ended": {"well": 490, "busy": 9}})[0]
    assert "proves nothing" in setup.shortfalls(good | {"late": True})[0]


def test_relay_stands_for_all_of_its_measurements() -> None:
    assert bench.chosen(["relay"]) == list(bench.RELAY)
    assert bench.chosen(["relay-tls", "echo"]) == ["relay-tls", "echo"]
    assert bench.chosen([]) == list(bench.MEASUREMENTS)
    assert not set(bench.RELAY) & set(bench.MEASUREMENTS), "they take long, and other people's programs"


# ── a relay, set-ups and floods ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    return prepare(tmp_path_factory.mktemp("people"), 2 * PAIRS + 1)


@pytest.fixture
def relay(people: People, tmp_path: Path) -> Iterator[tuple[Host, str, int]]:
    with our_relay(people, tmp_path / "relay.log") as place:
        yield place


@TWO_CORES
async def test_calls_begin_and_end_at_the_pace_that_was_asked_for(relay: tuple[Host, str, int], people: People) -> None:
    _, host, port = relay
    run = Run(Place(host, port, people), PAIRS, 0, hold=0.1)
    await run.start()
    try:
        await run.pace(4.0, 2.0)
        assert (dict(run.ended), run.starved) == ({"well": 4}, 0), "the first second does not count"
        assert {name: len(values) for name, values in run.took.items()} == {
            "invite to ring": 4, "invite to secure": 4, "invite to media": 4
        }  # fmt: skip
        for ring, secure, media in zip(
            *(run.took[f"invite to {what}"] for what in ("ring", "secure", "media")), strict=True
        ):
            assert 0 < ring < secure < media
        seen = await asyncio.to_thread(gauges, host, port, people)
        assert (seen["online"], seen["calls"]) == (2 * PAIRS, 0), "every call was hung up"
    finally:
        await run.stop()


@TWO_CORES
async def test_calls_that_fail_are_counted_by_their_reason(relay: tuple[Host, str, int], people: People) -> None:
    _, host, port = relay
    run = Run(Place(host, port, people), 1, 0, hold=0.0)
    await run.start()
    try:
        callee = run._pairs[0][1]
        await callee.stop()
        run.starved = 0
        await run.pace(2.0, 1.0)
        assert run.ended["not-there"] + run.ended["well"] == run.ended.total() > 0
        assert run.ended["not-there"] > 0
    finally:
        await run.stop()


@TWO_CORES
def test_the_program_for_set_ups_says_all_of_it(relay: tuple[Host, str, int], people: People) -> None:
    _, host, port = relay
    command = [sys.executable, load_calls.__file__, host, str(port), "--people", str(people.folder), "--rate", "4"]
    done = subprocess.run(
        [*command, "--seconds", "2", "--pairs", "2"], capture_output=True, text=True, check=True, timeout=60
    )
    start, stop, said = done.stdout.splitlines()
    found = json.loads(said)
    assert (start, stop) == ("START", "STOP")
    assert (found["sustained"], found["people"], found["ended"]) == (4.0, 4, {"well": 4})
    assert found["steps"]["invite to ring"]["p95"] > 0


@TWO_CORES
@pytest.mark.parametrize("kind", floods.KINDS)
async def test_each_flood_comes_and_the_relay_is_there_afterwards(
    relay: tuple[Host, str, int], people: People, kind: str
) -> None:
    _, host, port = relay
    flood = load_flood.Flood(Place(host, port, people), port, user=2 * PAIRS)
    await flood.run([kind], 1.0)
    assert flood.done.total() > 10, flood.done
    run = Run(Place(host, port, people), 1, 0, hold=0.0)
    await run.start()
    await run.pace(1.0, 2.0)
    assert dict(run.ended) == {"well": 1}
    await run.stop()


@TWO_CORES
def test_the_program_for_floods_says_what_it_did_each_second(relay: tuple[Host, str, int], people: People) -> None:
    _, host, port = relay
    command = [sys.executable, load_flood.__file__, host, str(port), str(port), "stun", "--people", str(people.folder)]
    done = subprocess.run(
        [*command, "--as", "0", "--seconds", "1"], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout)["stun"] > 1000
    command[command.index("stun")] = "rain"
    wrong = subprocess.run([*command, "--as", "0"], capture_output=True, text=True, check=False, timeout=60)
    assert wrong.returncode == 2
    assert "there is no rain" in wrong.stderr
