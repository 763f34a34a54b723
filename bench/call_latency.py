"""Mouth to ear in a real call: relay, `glasscall call` and `glasscall answer` as processes over virtual sound cards.

The truth is acoustic (`mouth_to_ear.py`); beside it stands what the listening phone itself says in its report, so that
its stages can be trusted or doubted. The floor is a bare pass-through with the phone's own sound card settings, over
the same sound server, in the same run.
"""

import json
import math
import sys
from typing import Any

import mouth_to_ear
from rig.virtual_sound import VirtualSoundCards, missing_programs
from rows import Figure, Row, Table
from village import GLASSCALL, Village, village

from voip.io.audio.soundcard import ALSA_SETTINGS

TARGET_MS = 120.0
SETTLE = 4.0
"""Seconds of call that do not count: the jitter buffer learns."""
FLOOR = "bare pass-through"


def floor(cards: VirtualSoundCards, chirps: int) -> dict[str, float]:
    """From microphone to loudspeaker with nothing between but PortAudio and the sound server."""
    latency, block = ALSA_SETTINGS[0]
    command = [sys.executable, "-c", mouth_to_ear.PASS_THROUGH, str(latency), str(block)]
    return mouth_to_ear.measure(
        command, [], cards=cards, ready=1.5, chirps=chirps, settle=1.0, env={"PULSE_SINK": "spk_b"}
    )


def call(cards: VirtualSoundCards, place: Village, chirps: int) -> tuple[dict[str, float], dict[str, Any]]:
    """A call; what was measured at bob's loudspeaker, and bob's own report."""
    reports = {name: cards.dir / f"{name}.json" for name in ("alice", "bob")}

    def command(who: str, *act: str) -> list[str]:
        return [*GLASSCALL, *act, "--home", str(place.home(who)), "--json", str(reports[who])]

    bob = cards.start("bob", command("bob", "answer", "--once"), "b")
    cards.wait_until(lambda: "ready " in cards.log("bob"), 30, "bob")
    alice = cards.start("alice", command("alice", "call", "bob"), "a")
    cards.wait_until(lambda: all("Talking with" in cards.log(name) for name in reports), 30, "the call")
    found = mouth_to_ear.listen(cards, chirps=chirps, settle=SETTLE)
    for name, process in (("alice", alice), ("bob", bob)):
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}: {cards.log(name)[-1500:]}")
    alice.terminate()  # she hangs up, and bob ends by himself
    for process in (alice, bob):
        process.wait(15)
    report: dict[str, Any] = json.loads(reports["bob"].read_text(encoding="utf-8"))
    return mouth_to_ear.summary(found), report


def _figures(found: dict[str, float]) -> dict[str, Figure]:
    keys = {"p50": "p50 ms", "p95": "p95 ms", "min": "min ms", "missed": "missed", "chirps": "of"}
    return {shown: found[key] for key, shown in keys.items() if key in found}


def measure(*, quick: bool) -> Table:
    """All of it."""
    name, title = "mouth-to-ear", "From mouth to ear"
    if missing := missing_programs():
        return Table(name, title, "", skipped=f"Not installed: {', '.join(missing)} (Debian: pulseaudio).")
    chirps = 8 if quick else 30
    with VirtualSoundCards() as cards, village("alice", "bob") as place:
        bare = floor(cards, chirps)
        heard, report = call(cards, place, chirps)
        again = bare if quick else floor(cards, chirps)
    if "p50" not in bare or "p50" not in heard or "p50" not in again:
        raise RuntimeError(f"no chirp was heard: floor {bare}, {again}, call {heard}")
    ground = (bare["p50"] + again["p50"]) / 2
    said = report["latency_ms"]
    shown = float(said["mouth_to_ear"]["p50"] or math.nan)
    stages = {f"{stage} ms": round(value, 1) for stage, value in said["stages"].items() if value is not None}
    audio = report["audio"]
    rows = (
        Row(
            "glasscall call → answer",
            round(heard["p50"] / ground, 2),
            FLOOR,
            _figures(heard)
            | {"concealed": audio["concealed"], "lost": audio["lost"], "played": audio["frames_played"]},
            target=f"p50 ≤ {TARGET_MS:.0f} ms",
            met=heard["p50"] <= TARGET_MS,
        ),
        Row(
            "what the phone shows (sum of its stages)",
            round(shown / heard["p50"], 3),
            "measured",
            {"p50 ms": round(shown, 1), "shown − measured ms": round(shown - heard["p50"], 1)} | stages,
        ),
        Row(FLOOR, figures=_figures(bare)),
        *(() if quick else (Row(f"{FLOOR}, again after the call", figures=_figures(again)),)),
    )
    latency, block = ALSA_SETTINGS[0]
    how = (
        f"{chirps} chirps played into alice's microphone, found at bob's loudspeaker; PulseAudio null sinks, a relay "
        f"process on loopback, no acoustic path. Floor: sounddevice, latency={latency:g}, blocksize={block}."
    )
    return Table(name, title, how, rows)
