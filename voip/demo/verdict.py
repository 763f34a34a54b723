"""What the demo found: `report.json`, a table, and one sentence. Every claim is a check on something observed."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

POST_QUANTUM = "X25519MLKEM768"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One claim, whether it held, and what was seen."""

    claim: str
    held: bool
    seen: str


def checks(report: Json, version: str) -> list[Check]:
    """Every claim of the demo, held against the report."""
    alice, bob, capture = report["alice"], report["bob"], report["capture"]
    found = []
    for channel, title in (("link", "Link to the relay"), ("leg", "Leg of the call"), ("session", "End to end")):
        both = [side.get(channel) or {} for side in (alice, bob)]
        held = all(one.get("version") == f"TLSv{version}" for one in both)
        if version == "1.3":
            held = held and all(one.get("group") == POST_QUANTUM for one in both)
        if channel == "leg":
            held = held and all(one.get("resumed") is True for one in both)
        found.append(Check(f"{title}: TLS {version}", held, " / ".join(_tls(one) for one in both)))
    words = [side["session"].get("words") for side in (alice, bob)]
    found.append(Check("Both see the same four words", words[0] == words[1] and bool(words[0]), _words(words)))
    heard = [side["audio"] for side in (alice, bob)]
    found.append(
        Check(
            "Both hear each other",
            all(one["frames_played"] > 0.8 * one["frames_sent"] > 0 and one.get("rejected", 1) == 0 for one in heard),
            " / ".join(f"{one['frames_played']} frames played, {one['concealed']} made up" for one in heard),
        )
    )
    readable, control = capture["plaintext_found"], capture["control"]["plaintext_found"]
    found.append(
        Check(
            "Nothing readable on the wire",
            not readable and capture["packets"] > 0,
            f"{capture['looked_for']} texts and voice frames looked for in {capture['packets']} packets; "
            f"{len(readable)} found",
        )
    )
    found.append(Check("The same search finds them in the clear", bool(control), f"{len(control)} found"))
    return found


def _tls(tls: Json) -> str:
    if not tls.get("version"):
        return "not seen"
    resumed = ", resumed" if tls["resumed"] else ""
    return f"{tls['group'] or 'no group'}, {tls['cipher']}{resumed}, {tls['handshake_ms']:.1f} ms"


def _words(words: list[list[str] | None]) -> str:
    return " / ".join(" ".join(one) if one else "none" for one in words)


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
    table = Table(title="What was seen (alice / bob)", title_justify="left", title_style="bold", expand=False)
    table.add_column("")
    table.add_column("claim")
    table.add_column("observed", overflow="fold")
    for check in found:
        table.add_row("[green]✓[/]" if check.held else "[red]✗[/]", check.claim, check.seen)
    for label, key in (("Round trip", "round_trip"), ("Mouth to ear", "mouth_to_ear")):
        both = [side["latency_ms"][key] for side in (report["alice"], report["bob"])]
        table.add_row("", f"{label}, median (95th percentile)", " / ".join(_milliseconds(one) for one in both))
    console.print(table)
    console.print(sentence(found, report), style="bold" if report["ok"] else "bold red", markup=False)


def _milliseconds(values: Json) -> str:
    if values["p50"] is None:
        return "not measured"
    return f"{values['p50']:.1f} ms ({values['p95']:.1f})"
