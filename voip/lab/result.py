"""What a scenario is, and what comes out of it.

    Scenario ──run(folder)──→ Finding ──→ Result {"name", "attempt", "stopped_by", "evidence", "held"}

The story that a learner reads is the docstring of the scenario's own function, so that it cannot stray from the code.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from voip.errors import GlasscallError

PATIENCE = 30.0
"""Seconds that one scenario may take; each needs a few at most."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a scenario saw. Every word of `stopped_by` and `evidence` comes from something observed."""

    attempt: str
    """What Mallory did, with its figures."""
    stopped_by: str
    """The alert, error or counter that stopped it; empty when nothing did."""
    evidence: str
    """What was seen, at which end."""
    held: bool
    """Whether the protection held."""


@dataclass(frozen=True, slots=True)
class Result:
    """A scenario's outcome, as the window, the table and the report show it."""

    name: str
    attempt: str
    stopped_by: str
    evidence: str
    held: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One attack. `act` is given an empty folder and returns what it saw."""

    name: str
    act: Callable[[Path], Awaitable[Finding]]
    must_hold: bool = True
    """False only for the control, which shows what an unprotected call would give away."""

    @property
    def story(self) -> str:
        """What Mallory tries, what should stop it, and why: for a person who learns. One line each paragraph."""
        paragraphs = (inspect.getdoc(self.act) or "").split("\n\n")
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)

    @property
    def title(self) -> str:
        """The story's first line."""
        return self.story.partition("\n")[0]

    def as_it_must_be(self, result: Result) -> bool:
        """Whether `result` is what this scenario must show."""
        return result.held is self.must_hold and bool(result.evidence)

    async def run(self) -> Result:
        """Do it, in a folder that is gone afterwards. A scenario that fails has not held, and says why."""
        with TemporaryDirectory(prefix="glasscall-lab-") as folder:
            try:
                async with asyncio.timeout(PATIENCE):
                    found = await self.act(Path(folder))
            except GlasscallError as error:
                found = self._broken(f"{error.code}: {error.sentence}")
            except TimeoutError:
                found = self._broken(f"it did not come to an end within {PATIENCE:g} s")
        return Result(self.name, found.attempt, found.stopped_by, found.evidence, found.held)

    def _broken(self, why: str) -> Finding:
        # The control must read as broken too, not as the failure that it is there to show: hence no evidence.
        if not self.must_hold:
            return Finding(f"{self.title} The scenario itself failed: {why}", "", "", held=False)
        return Finding(self.title, "", f"The scenario itself failed: {why}", held=False)
