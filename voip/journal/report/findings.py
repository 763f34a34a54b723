"""The verdict on a call: what was observed to be safe, what was not, what nobody observed; each with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from voip.journal.report.model import CallReport, Line

State = Literal["good", "bad", "open"]
"""`open`: it may be so, and this call does not show it."""
POST_QUANTUM = "MLKEM"


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim. `key` names its sentences in `texts`; `values` are the observations that they quote."""

    key: str
    state: State
    values: dict[str, object] = field(default_factory=dict)


def judge(report: CallReport) -> tuple[Finding, ...]:
    """Every finding, in the order in which one asks."""
    return (
        *_tls(report, "link"),
        *_tls(report, "session"),
        *_quantum(report),
        _who(report),
        _media(report),
        _relay(report),
        Finding("keys-logged", "bad", {"to": report.key_log}) if report.key_log else Finding("keys-none", "good"),
        *(
            Finding(f"worse-{what.about}", "bad", {"code": what.code, "why": what.sentence})
            for _, what in report.worsened
            if what.code != "key-log"  # it is a finding already
        ),
    )


def overall(findings: tuple[Finding, ...]) -> State:
    """The worst of all."""
    states = {finding.state for finding in findings}
    return "bad" if "bad" in states else "open" if "open" in states else "good"


def _tls(report: CallReport, line: Line) -> Iterator[Finding]:
    seen = report.lines[line]
    if seen.failed:
        yield Finding(f"{line}-failed", "bad", {"code": seen.failed})
    if seen.established is None:
        if not seen.failed:
            yield Finding(f"{line}-none", "open")
        return
    one = seen.established
    values: dict[str, object] = {"version": one.version, "cipher": one.cipher, "group": one.group or "?"}
    safe = one.version == "TLSv1.3"
    yield Finding(f"{line}-good" if safe else f"{line}-old", "good" if safe else "bad", values)


def _quantum(report: CallReport) -> Iterator[Finding]:
    groups = {line: one.established.group for line, one in report.lines.items() if one.established is not None}
    if groups:
        safe = all(POST_QUANTUM in group.upper() for group in groups.values())
        told = ", ".join(f"{line}: {group or '?'}" for line, group in groups.items())
        yield Finding("quantum-good" if safe else "quantum-none", "good" if safe else "bad", {"groups": told})


def _who(report: CallReport) -> Finding:
    trust = report.trust
    if trust is None:
        return Finding("who-none", "open")
    values: dict[str, object] = {
        "peer": trust.peer, "key": trust.fingerprint, "old": trust.old_fingerprint,
        "first": trust.first_seen or trust.since or "?", "verified": trust.verified_at or "?",
    }  # fmt: skip
    if trust.level == "verified":
        return Finding("who-compared" if report.compared_now else "who-verified", "good", values)
    return Finding(f"who-{trust.level}", "bad" if trust.level == "changed" else "open", values)


def _media(report: CallReport) -> Finding:
    stats = report.stats
    if stats is None or not report.profile or not (stats.received or stats.rejected):
        return Finding("media-none", "open")
    values: dict[str, object] = {"received": stats.received, "rejected": stats.rejected, "profile": report.profile}
    return Finding("media-bad", "bad", values) if stats.rejected else Finding("media-good", "good", values)


def _relay(report: CallReport) -> Finding:
    saw = report.relay_saw
    if saw is None or not (saw.matched or saw.unknown):
        return Finding("relay-none", "open")
    values: dict[str, object] = {"matched": saw.matched, "unknown": saw.unknown}
    return Finding("relay-bad", "bad", values) if saw.unknown else Finding("relay-good", "good", values)
