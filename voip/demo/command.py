"""`glasscall demo`: the order of things.

relay ─→ invites ─→ join ×2 ─→ sniffer on ─→ two windows ─→ alice calls bob ─→ both end ─→ sniffer off
control: the same frames in the clear ─→ inspect both captures ─→ report.json, table, sentence
"""

import argparse
import asyncio
import json
import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from rich.console import Console

from voip.capture.canaries import Canary
from voip.capture.inspect import inspect
from voip.capture.tap import Tap
from voip.demo import clear, evidence, verdict
from voip.demo.display import display
from voip.demo.stage import Stage
from voip.errors import CaptureError, StoreError, UsageError
from voip.io.audio.devices import default_available
from voip.io.sniffer import Program, Sniffer, find_sniffer

RELAY = "demo.glasscall"
PEOPLE = ("alice", "bob")
START_WITHIN = 30.0
SETUP_WITHIN = 60.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("demo", help="see it all: a relay, two windows, a call, a capture, a verdict")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("out/demo"), help="default: %(default)s")
    parser.add_argument("--seconds", metavar="N", type=float, default=14.0, help="how long they talk (default: 14)")
    parser.add_argument("--tls", choices=("1.2", "1.3"), default="1.3", help="1.2 is there to be studied")
    parser.add_argument("--show", choices=("auto", "yes", "no"), default="auto",
                        help="windows on the desktop; auto: a virtual one where there is none")  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show it all; 0 when every claim held."""
    if not 5 <= args.seconds <= 3600:
        raise UsageError("--seconds takes a number from 5 to 3600.")
    console = Console(highlight=False)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        for folder in ("relay", *PEOPLE):
            shutil.rmtree(args.out / folder, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{args.out} cannot be used: {error.strerror}.", code="not-writable") from None
    report = asyncio.run(_Demo(args, console).play())
    found = verdict.checks(report, args.tls)
    report = {"ok": all(check.held for check in found), **report}
    (args.out / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    verdict.show(console, found, report)
    console.print(f"Everything is in {args.out}: report.json, call.pcapng (open it in Wireshark), the windows as "
                  "pictures, and what was said and heard.", markup=False)  # fmt: skip
    return 0 if report["ok"] else 1


class _Demo:
    def __init__(self, args: argparse.Namespace, console: Console) -> None:
        self._out: Path = args.out
        self._seconds: float = args.seconds
        self._tls: str = args.tls
        self._show = args.show
        self._console = console

    def _say(self, line: str) -> None:
        self._console.print(f"· {line}", markup=False)

    async def play(self) -> dict[str, Any]:
        """All of it; the report without its verdict."""
        async with display(self._show) as (environment, what), Stage(self._out, environment) as stage:
            self._say(f"Windows: {what}.")
            relay = await stage.start(
                "relay", "relay", "--listen", "127.0.0.1:0", "--state", self._path("relay"), "--name", RELAY,
                "--tls", self._tls,
            )  # fmt: skip
            ready = await relay.line("ready ", START_WITHIN)
            port = int(ready.rpartition(", CA")[0].rpartition(":")[2])
            self._say(f"The relay is up: {ready.removeprefix('ready ')}")
            sniffer = await asyncio.to_thread(find_sniffer)
            self._say(f"Capturing port {port} with {sniffer or 'our own tap (no sniffer is permitted here)'}.")
            if sniffer is None:
                await self._call(stage, tap=True)
                packets = None
            else:
                async with Sniffer(self._out / "call.pcapng", [port], program=sniffer) as capture:
                    await self._call(stage, tap=False)
                packets = capture.packets
        texts, frames = self._canaries()
        await self._control(sniffer, texts, frames)
        return self._report(sniffer or "tap", packets, [*texts, *frames])

    # ── the call ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _call(self, stage: Stage, *, tap: bool) -> None:
        for person in PEOPLE:
            url = await stage.run(f"invite {person}", "invite", person, "--state", self._path("relay"))
            await stage.run(f"join as {person}", "join", url, "--home", self._path(person), "--tls", self._tls)
        self._say("alice and bob have joined; each made a key that never left its own folder.")
        real = default_available()
        if real:
            self._say("alice speaks by your microphone and hears bob, a recording, by your loudspeaker.")
        else:
            self._say("No sound card here: both speak from recordings, and what each heard is written to a file.")
        bob = await self._phone(stage, "bob", ["--answer"], real=False, tap=False)
        alice = await self._phone(stage, "alice", ["--call", "bob"], real=real, tap=tap)
        self._say(f"alice calls bob; they talk for {self._seconds:g} s.")
        limit = SETUP_WITHIN + self._seconds
        await alice.end_of(limit)
        await bob.end_of(limit)

    async def _phone(self, stage: Stage, who: str, act: Sequence[str], *, real: bool, tap: bool) -> Any:  # noqa: ANN401
        sound = [] if real else ["--input", str(recording(who)), "--output", self._path(f"{who}-heard.wav")]
        if real:
            sound = ["--heard", self._path(f"{who}-heard.wav")]
        return await stage.start(
            who, "phone", *act, "--home", self._path(who), *sound,
            "--said", self._path(f"{who}-said.wav"), "--frames", self._path(f"{who}-frames.jsonl"),
            "--json", self._path(f"{who}.json"), "--screenshot", self._path(f"{who}.png"),
            "--seconds", f"{self._seconds:g}", "--tls", self._tls,
            *(["--tap", self._path("call.pcapng")] if tap else []),
        )  # fmt: skip

    # ── the evidence ───────────────────────────────────────────────────────────────────────────────────────────

    def _canaries(self) -> tuple[list[Canary], list[Canary]]:
        texts = evidence.text_canaries(RELAY, PEOPLE)
        frames = [frame for who in PEOPLE for frame in evidence.frame_canaries(self._out / f"{who}-frames.jsonl", who)]
        # Two frames of the same silence are the same bytes: looked for once, so that the counts mean something.
        return texts, list({frame.data: frame for frame in frames}.values())

    async def _control(self, sniffer: Program | None, texts: list[Canary], frames: list[Canary]) -> None:
        path, port = self._out / "control.pcapng", clear.free_port()
        if sniffer is None:
            with Tap(path) as tap:
                await clear.send_in_the_clear(texts, frames, port, tap)
        else:
            async with Sniffer(path, [port], program=sniffer):
                await clear.send_in_the_clear(texts, frames, port)
        self._say("The control: the same texts and frames, sent once in the clear on loopback and captured.")

    def _report(self, by: str, packets: int | None, canaries: list[Canary]) -> dict[str, Any]:
        call = inspect(self._out / "call.pcapng", canaries)
        control = inspect(self._out / "control.pcapng", canaries)
        report: dict[str, Any] = {who: self._side(who) for who in PEOPLE}
        report["capture"] = {
            "file": "call.pcapng",
            "by": by,
            "packets": call.packets if packets is None else packets,
            "looked_for": len(canaries),
            "plaintext_found": sorted({found.canary for found in call.found}),
            "control": {"file": "control.pcapng", "plaintext_found": sorted({found.canary for found in control.found})},
        }
        report["screenshots"] = [f"{who}.png" for who in PEOPLE]
        missing = [name for name in report["screenshots"] if not (self._out / name).exists()]
        if missing:
            raise CaptureError(f"The windows left no picture: {', '.join(missing)}.")
        return report

    def _side(self, who: str) -> dict[str, Any]:
        side: dict[str, Any] = json.loads((self._out / f"{who}.json").read_text(encoding="utf-8"))
        side["audio"] |= {"said": f"{who}-said.wav", "heard": f"{who}-heard.wav"}
        return side

    def _path(self, name: str) -> str:
        return str(self._out / name)


def recording(who: str) -> Path:
    """The speech that `who` says in the demo."""
    return Path(str(files("voip"))).parent / "assets" / f"{who}.wav"
