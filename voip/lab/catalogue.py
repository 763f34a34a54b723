"""Every scenario, in the order in which one learns: listening, altering, posing as somebody, disturbing."""

from collections.abc import AsyncIterator, Iterable

from voip.errors import UsageError
from voip.lab import (
    certificates,
    downgrade,
    early,
    eavesdropping,
    flood,
    identities,
    leak,
    media,
    persons,
    records,
    swapping,
    truncation,
)
from voip.lab.result import Result, Scenario

FAMILIES = (
    eavesdropping, leak, records, early, truncation, downgrade, certificates, identities, persons, swapping, media,
    flood,
)  # fmt: skip
SCENARIOS: tuple[Scenario, ...] = tuple(scenario for family in FAMILIES for scenario in family.SCENARIOS)


def chosen(name: str) -> tuple[Scenario, ...]:
    """The scenario called `name`, or every one for `all`; raises `UsageError` (`no-such-scenario`)."""
    found = SCENARIOS if name == "all" else tuple(one for one in SCENARIOS if one.name == name)
    if not found:
        raise UsageError(
            f"The lab has no scenario {name[:60]!r}. “glasscall lab list” names them all.", code="no-such-scenario"
        )
    return found


async def run(scenarios: Iterable[Scenario]) -> AsyncIterator[tuple[Scenario, Result]]:
    """Run one after the other, and tell of each when it is done."""
    for scenario in scenarios:
        yield scenario, await scenario.run()
