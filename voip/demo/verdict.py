"""What the demo found: `report.json`, a table, and one sentence. Every claim is a check on something observed."""

from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

POST_QUANTUM = "X25519MLKEM768"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One claim, whether it held, and what was seen: by alice and by bob, or one thing for both."""

    claim: str
    held: bool
    seen: tuple[str, ...]


def checks(report: Json, version: str) -> list[Check]:
    """Every claim of the demo, held against the report."""
    sides = [report["alice"], report["bob"]]
    found = [_tls_check(sides, *row, version) for row in _CHANNELS]
    words = [" ".join(side["session"].get("words") or ()) for side in sides]
    found.append(Check("The same four words", words[0] == words[1] != "", tuple(words)))
    sounds = [side["audio"] for side in sides]
    found.append(
        Check(
            "Each hears the other",
            all(one["frames_played"] > 0.8 * one["frames_sent"] > 0 and one.get("rejected", 1) == 0 for one in sounds),
            tuple(f"{one['frames_played']} frames played, {one['concealed']} made up" for one in sounds),
        )
    )
    capture = report["capture"]
    readable, control = capture["plaintext_found"], capture["control"]["plaintext_found"]
    if version == "1.2":  # it shows certificates, and so names: that is what there is to study
        names = [name for name in readable if "@" in name]
        readable = [name for name in readable if name not in names]
        found.append(Check("TLS 1.2 shows certificates", bool(names), ("readable on the wire:", ", ".join(names))))
    looked = f"{capture['looked_for']} texts and voice frames"
    found.append(
        Check(
            "Nothing readable on the wire",
            not readable and capture["packets"] > 0,
            (looked, f"{capture['packets']} packets: {len(readable)} found"),
        )
    )
    found.append(
        Check(
            "All of it found when sent in clear",
            len(control) == capture["looked_for"],
            (looked, f"{len(control)} found"),
        )
    )
    return found


_CHANNELS = (("link", "Link to the relay"), ("leg", "Leg of the call"), ("session", "End to end"))


def _tls_check(sides: list[Json], channel: str, title: str, version: str) -> Check:
    both = [side.get(channel) or {} for side in sides]
    held = all(one.get("version") == f"TLSv{version}" for one in both)
    if version == "1.3":
        held = held and all(one.get("group") == POST_QUANTUM for one in both)
    if channel == "leg":
        held = held and all(one.get("resumed") is True for one in both)
    return Check(f"{title}: TLS {version}", held, tuple(_tls(one) for one in both))


def _tls(tls: Json) -> str:
    if not tls.get("version"):
        return "not seen"
    resumed = ", resumed" if tls["resumed"] else ""
    cipher = tls["cipher"].removeprefix("TLS_").replace("_", "-")
    return f"{tls['group'] or 'no group'}{resumed}\n{cipher}, {tls['handshake_ms']:.1f} ms"


def sentence(found: list[Check], report: Json) -> str:
    """What was protected, how, and how we know; or what went wrong."""
    failed = [check.claim for check in found if not check.held]
    if failed:
        return f"Not as it must be: {'; '.join(failed)}."
    session, capture = report["alice"]["session"], report["capture"]
    return (
        f"alice and bob talked through a relay that could not listen: their voices were encrypted end to end "
        f"(SRTP, AES-256-GCM, keyed by {session['version']} with {session['group']}), both read the same words "
        f"“{' '.join(session['words'])}”, and of {capture['looked_for']} texts and voice frames none was found in "
        f"{capture['packets']} captured packets, while the same search found "
        f"{len(capture['control']['plaintext_found'])} of them when they were sent in the clear."
    )


def show(console: Console, found: list[Check], report: Json) -> None:
    """The table and the sentence."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", "", "alice", "bob"):
        table.add_column(title, overflow="fold")
    for check in found:
        table.add_row("[green]✓[/]" if check.held else "[red]✗[/]", check.claim, *check.seen)
    for label, key in (("Round trip", "round_trip"), ("Mouth to ear", "mouth_to_ear")):
        both = [side["latency_ms"][key] for side in (report["alice"], report["bob"])]
        table.add_row("", f"{label}, median", *(_milliseconds(one) for one in both))
    console.print(table)
    console.print(sentence(found, report), style="bold" if report["ok"] else "bold red", markup=False)
    console.print()


def _milliseconds(values: Json) -> str:
    if values["p50"] is None:
        return "not measured"
    return f"{values['p50']:.1f} ms (95 %: {values['p95']:.1f} ms)"
