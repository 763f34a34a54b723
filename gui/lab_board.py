"""The attack lab as the window shows it: every scenario, and how far each has come. No Qt here.

voip.lab.catalogue ──→ cases() ──→ Board ←── fold(line), a line of `glasscall lab run … --progress json`
                                     └──→ state of each, figures, what is to be seen

A frozen value: whoever paints compares it with the one before.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from voip.lab.catalogue import SCENARIOS
from voip.lab.result import Result, Scenario

State = Literal["waiting", "running", "held", "not-held", "broken"]
Place = Literal["wire", "as-relay", "in-relay", "as-you", "beside"]
"""Where Mallory is: on the wire, in the relay's place, in the relay itself, in your place, one of the relay's users."""

ALL = "all"
LINE_MAX = 65_536
"""A longer line is none of the lab's."""
TOLD_MAX = 300
"""Characters of an error that are shown."""

_GROUP = {"leak": "eavesdropping", "early": "records"}
"""Modules whose scenarios belong to another one's group; every other module is a group of its own."""
_PLACE: dict[str, Place] = {
    "certificates": "as-relay",
    "identities": "as-you",
    "persons": "in-relay",
    "swapping": "in-relay",
    "media": "in-relay",
    "flood": "beside",
    "downgrade-tls-1.2": "as-relay",
    "replay-token": "beside",
    "truncate-call": "wire",
}
"""By scenario, else by group, else the wire."""
_INNER = frozenset({"persons", "swapping", "media"})
"""Groups whose target is what the two people share, not the way to the relay."""


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario, before anything is known of it."""

    name: str
    group: str
    """The module in which it is defined."""
    place: Place
    inner: bool
    """Whether the end-to-end encryption is attacked, and not the one to the relay."""
    title: str
    """In English, as the lab tells it; so is the story."""
    story: str
    must_hold: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The whole page."""

    cases: tuple[Case, ...]
    results: dict[str, Result] = field(default_factory=dict)
    """What came out, by name, the latest of each."""
    queue: tuple[str, ...] = ()
    """What the present or the last run was to do."""
    done: int = 0
    """How many of `queue` are done."""
    running: str = ""
    """Which one is on its way; empty between two."""
    busy: bool = False
    stopped: bool = False
    """Whether a person ended the last run."""
    problem: str | None = None
    """Why the last run broke off; empty when nobody said why, None when it did not."""

    def case(self, name: str) -> Case:
        """The case called `name`."""
        return next(case for case in self.cases if case.name == name)

    def state(self, case: Case) -> State:
        """How far `case` has come."""
        if self.running == case.name:
            return "running"
        result = self.results.get(case.name)
        if result is None:
            return "waiting"
        if result.held:
            return "held"
        # The lab puts the title where the attempt would stand when the scenario itself failed (`Scenario.run`).
        return "broken" if result.attempt.startswith(case.title) else "not-held"

    def fine(self, case: Case) -> bool:
        """Whether what was seen is what must be: held, or for the control in the clear, that nothing stopped it."""
        result = self.results.get(case.name)
        if result is None or self.state(case) == "broken":
            return False
        return result.held is case.must_hold and bool(result.evidence)

    @property
    def figures(self) -> tuple[int, int, int]:
        """Of all that was seen: how many held, how many did not but were not to, how many are not as they must be."""
        seen = [case for case in self.cases if case.name in self.results and case.name != self.running]
        held = sum(case.must_hold and self.fine(case) for case in seen)
        control = sum(not case.must_hold and self.fine(case) for case in seen)
        return held, control, len(seen) - held - control


def _case(scenario: Scenario) -> Case:
    module = scenario.act.__module__.rpartition(".")[2]
    group = _GROUP.get(module, module)
    place = _PLACE.get(scenario.name) or _PLACE.get(group, "wire")
    return Case(scenario.name, group, place, group in _INNER, scenario.title, scenario.story, scenario.must_hold)


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """Every scenario that the lab has, in its order."""
    return tuple(_case(scenario) for scenario in SCENARIOS)


def grouped(found: Iterable[Case]) -> tuple[tuple[str, tuple[Case, ...]], ...]:
    """`found` by group, both in the order in which one learns."""
    groups: dict[str, list[Case]] = {}
    for case in found:
        groups.setdefault(case.group, []).append(case)
    return tuple((group, tuple(members)) for group, members in groups.items())


def paragraphs(story: str) -> tuple[tuple[str, ...], str]:
    """A story without its title: what is tried, and, last, what should stop it and why."""
    told = tuple(part for part in story.split("\n\n")[1:] if part)
    return told[:-1], told[-1] if told else ""


# ── a run ──────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(board: Board, name: str) -> Board:
    """Somebody wants `name`, or `ALL`; their old results are forgotten."""
    queue = tuple(case.name for case in board.cases) if name == ALL else (name,)
    kept = {known: result for known, result in board.results.items() if known not in queue}
    return replace(board, results=kept, queue=queue, done=0, running="", busy=True, stopped=False, problem=None)


def fold(board: Board, line: bytes) -> Board:
    """`board` with what one line of the lab says; what is no such line changes nothing."""
    said = _read(line)
    name = said.get("name")
    if name not in board.queue:
        return board
    if said.get("is") == "began":
        return replace(board, running=str(name))
    result = _result(said)
    if said.get("is") != "done" or result is None:
        return board
    done = board.done + (result.name not in board.results)
    return replace(board, results={**board.results, result.name: result}, done=done, running="")


def _read(line: bytes) -> dict[str, object]:
    try:
        said = json.loads(line) if len(line) <= LINE_MAX else None
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _result(said: dict[str, object]) -> Result | None:
    texts = [said.get(key) for key in ("name", "attempt", "stopped_by", "evidence")]
    held = said.get("held")
    name, attempt, stopped_by, evidence = (text if isinstance(text, str) else None for text in texts)
    if name is None or attempt is None or stopped_by is None or evidence is None or not isinstance(held, bool):
        return None
    return Result(name, attempt, stopped_by, evidence, held)


def stop(board: Board) -> Board:
    """A person had enough; what was on its way has no result."""
    return replace(board, running="", busy=False, stopped=True) if board.busy else board


def end(board: Board, said: str = "") -> Board:
    """The lab is through, or broke off: then `said` is what it told of that."""
    if not board.busy:
        return board
    whole = board.done == len(board.queue)
    last = said.strip().splitlines()[-1].removeprefix("glasscall: ")[:TOLD_MAX] if said.strip() else ""
    return replace(board, running="", busy=False, problem=None if whole else last)
