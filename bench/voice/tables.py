"""What was judged, in rows, with the targets of the voice."""

import statistics
from collections.abc import Iterable, Sequence

from rows import Figure, Row
from scipy.stats import spearmanr

from .drift import Drifted
from .judged import OURS, RIVALS, Judged
from .profiles import PROFILES, SIGNAL

PESQ_LEAST = {
    "clean": 4.3,
    "random-5": 4.2,
    "random-10": 4.1,
    "random-20": 3.9,
    "random-30": 3.3,
    "gilbert-10": 3.8,
    "gilbert-20": 3.3,
}
ABOVE_CLEAN_MS = 40.0
CONCEALED_MOST = 0.005
FRAME_MS = 10.0
P99 = 2.326
"""Of a normal distribution, in standard deviations."""
DRIFT_MS = 10.0
STEPS = 1.1
"""How much larger the steps of a drifting call may be than those of one that does not drift."""
SPEARMAN = 0.9


_COMPARED = {
    (True, True): "no worse in either",
    (True, False): "clearer, later",
    (False, True): "sooner, less clear",
    (False, False): "worse in both",
}


class Runs:
    """All runs of one profile by one receiver."""

    def __init__(self, judged: Iterable[Judged], profile: str, who: str) -> None:
        self.all = [one for one in judged if (one.profile, one.who) == (profile, who)]

    def __bool__(self) -> bool:
        return bool(self.all)

    def median(self, name: str) -> float:
        """Of one figure, over the seeds."""
        return float(statistics.median(getattr(one, name) for one in self.all))

    @property
    def pesq(self) -> float:
        """Median."""
        return self.median("pesq")

    @property
    def delay(self) -> float:
        """Median over the seeds of the mean, ms."""
        return self.median("delay_ms")

    def figures(self) -> dict[str, Figure]:
        """What every row shows."""
        visqol = [one.visqol for one in self.all if one.visqol is not None]
        return {
            "PESQ": round(self.pesq, 2),
            **({"ViSQOL": round(statistics.median(visqol), 2)} if visqol else {}),
            "delay ms": round(self.delay, 1),
            "p95 ms": round(self.median("delay_p95_ms"), 1),
            "concealed %": round(100 * self.median("conceal"), 2),
            "stretched %": round(100 * self.median("stretch"), 2),
            "sent kb/s": round(self.median("sent_kbps")),
            "plan": self.all[0].plan,
        }


def loss(judged: Sequence[Judged]) -> list[Row]:
    """How it sounds, and how late, with packets lost."""
    rows = []
    clean = Runs(judged, "clean", "auto")
    for name, least in PESQ_LEAST.items():
        if runs := Runs(judged, name, "auto"):
            above = runs.delay - clean.delay
            target = f"PESQ ≥ {least}" + (
                "" if name == "clean" else f", at most {ABOVE_CLEAN_MS:g} ms later than clean"
            )
            met = runs.pesq >= least and above <= ABOVE_CLEAN_MS
            rows.append(Row(name, figures={**runs.figures(), "later ms": round(above, 1)}, target=target, met=met))
    return rows


def contest(judged: Sequence[Judged]) -> list[Row]:
    """Every one of Signal's networks: ours, then each rival on the same packets."""
    rows = []
    for profile in SIGNAL:
        if not (ours := Runs(judged, profile.name, "auto")):
            continue
        rows.append(Row(f"{profile.name}: ours", figures=ours.figures()))
        for rival in RIVALS:
            theirs = Runs(judged, profile.name, rival)
            figures: dict[str, Figure] = {
                **theirs.figures(),
                "ours, PESQ": f"{ours.pesq - theirs.pesq:+.2f}",
                "ours, ms": f"{ours.delay - theirs.delay:+.1f}",
            }
            clearer, sooner = ours.pesq >= theirs.pesq, ours.delay <= theirs.delay
            figures["ours"] = _COMPARED[clearer, sooner]
            met = clearer and sooner
            rows.append(
                Row(f"{profile.name}: {rival}", figures=figures, target="ours no worse in PESQ and delay", met=met)
            )
    return rows


def jitter(judged: Sequence[Judged]) -> list[Row]:
    """Jitter alone."""
    rows = []
    for ms in (5, 15, 30):
        if runs := Runs(judged, f"jitter-{ms}", "auto"):
            most = P99 * ms + FRAME_MS
            figures = {**runs.figures(), "in the buffer ms": round(runs.median("wait_ms"), 1)}
            met = runs.median("conceal") < CONCEALED_MOST and runs.median("wait_ms") <= most
            target = f"concealed < {100 * CONCEALED_MOST:g} %, in the buffer ≤ {most:.1f} ms"
            rows.append(Row(f"jitter, normal, σ {ms} ms", figures=figures, target=target, met=met))
    return rows


def drift(drifted: Sequence[Drifted]) -> list[Row]:
    """Two sound cards that disagree."""
    still = next(run for run in drifted if not run.ppm)
    rows = []
    for run in drifted:
        figures: dict[str, Figure] = {
            "delay ms": round(run.delay_ms, 1),
            "most away from its aim ms": round(run.away_ms, 1),
            "concealed %": round(100 * run.concealed, 3),
            "stretched %": round(100 * run.stretched, 3),
            "largest step": run.step,
            "step / loudness p99.9": round(run.step_relative, 2),
            "max": round(run.step_most_relative, 2),
        }
        if not run.ppm:
            rows.append(Row(f"no drift, {run.seconds:g} s", figures=figures))
            continue
        met = run.away_ms <= DRIFT_MS and all(
            getattr(run, name) <= STEPS * getattr(still, name)
            for name in ("step", "step_relative", "step_most_relative")
        )
        target = f"within {DRIFT_MS:g} ms of its aim, steps at most {STEPS:g} × those without drift"
        rows.append(Row(f"drift {run.ppm:+g} ppm, {run.seconds:g} s", figures=figures, target=target, met=met))
    return rows


def emodel(judged: Sequence[Judged]) -> list[Row]:
    """The estimate that a phone shows, against PESQ, over all profiles and plans of ours."""
    points = [runs for profile in PROFILES for who in OURS if (runs := Runs(judged, profile, who))]
    rank = float(spearmanr([runs.median("emodel") for runs in points], [runs.pesq for runs in points]).statistic)
    gap = statistics.median(abs(runs.median("emodel") - runs.pesq) for runs in points)
    figures: dict[str, Figure] = {
        "Spearman": round(rank, 3),
        "networks and plans": len(points),
        "median |Δ|": round(gap, 2),
    }
    target = f"rank correlation ≥ {SPEARMAN}"
    return [Row("E-model (listening) against PESQ", figures=figures, target=target, met=rank >= SPEARMAN)]


def others(judged: Sequence[Judged]) -> list[Row]:
    """What has no target: other networks, and the plans that do not adapt."""
    told = {*PESQ_LEAST, *(profile.name for profile in SIGNAL), "jitter-5", "jitter-15", "jitter-30"}
    return [
        Row(f"{profile}: {who}", figures=runs.figures())
        for profile in PROFILES
        for who in OURS
        if not (who == "auto" and profile in told) and (runs := Runs(judged, profile, who))
    ]
