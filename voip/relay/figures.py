"""What the relay counts, and those counts as text for a monitoring program.

Sums over everybody, since the relay's start: no name, no address, no time of a single event.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus's text format."""


@dataclass(slots=True)
class Figures:
    """Counters and, set when they are asked for, gauges."""

    connections: int = 0
    """TLS connections whose handshake succeeded."""
    links: int = 0
    """Links that were welcomed."""
    joined: int = 0
    """People who joined with an invite."""
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals, by code. The codes are ours, so there are few of them."""
    open_connections: int = 0
    """Connections now."""
    online: int = 0
    """People with a link now."""
    calls: int = 0
    """Calls now."""
    tasks: int = 0
    """Things that the relay does at the same time now: a few for each connection."""
    packets_forwarded: int = 0
    """Packets that went from leg to leg."""
    calls_max: int = 0
    """Calls that this relay takes on at once."""
    calls_refused: int = 0
    """Calls that were not begun because there were so many."""
    packets_dropped: int = 0
    """Packets that came in on a leg and went no further."""
    packets_late: int = 0
    """Packets that their receiver's connection did not take in time."""
    turned_away: Counter[str] = field(default_factory=Counter)
    """Connections that were dropped unheard, by the limit that they met (`relay.porter`)."""


def metrics(figures: Figures) -> str:
    """`figures` in Prometheus's text format."""
    return "".join(
        f"# HELP glasscall_{name} {text}\n# TYPE glasscall_{name} {kind}\n"
        + "".join(f"glasscall_{name}{label} {value}\n" for label, value in values)
        for name, kind, text, values in _families(figures)
    )


def _families(figures: Figures) -> Iterator[tuple[str, str, str, list[tuple[str, int]]]]:
    """(name, kind, help, samples) of each; a sample is (label, value)."""
    for name, text, value in (
        ("connections_total", "TLS connections whose handshake succeeded.", figures.connections),
        ("links_total", "Links that were welcomed.", figures.links),
        ("joined_total", "People who joined with an invite.", figures.joined),
        ("packets_forwarded_total", "Packets that went from leg to leg.", figures.packets_forwarded),
        ("calls_refused_total", "Calls that were not begun because the relay was full.", figures.calls_refused),
        ("packets_dropped_total", "Packets that came in on a leg and went no further.", figures.packets_dropped),
        ("packets_late_total", "Packets that their receiver's connection did not take in time.", figures.packets_late),
    ):
        yield name, "counter", text, [("", value)]
    refused = [(f'{{code="{code}"}}', count) for code, count in sorted(figures.refused.items())]
    yield "refused_total", "counter", "Refusals by code.", refused
    away = [(f'{{limit="{limit}"}}', count) for limit, count in sorted(figures.turned_away.items())]
    yield "turned_away_total", "counter", "Connections dropped unheard, by the limit that they met.", away
    for name, text, value in (
        ("connections", "Connections now.", figures.open_connections),
        ("online", "People with a link now.", figures.online),
        ("calls", "Calls now.", figures.calls),
        ("tasks", "Tasks of the relay's event loop now.", figures.tasks),
        ("calls_max", "Calls that this relay takes on at once.", figures.calls_max),
    ):
        yield name, "gauge", text, [("", value)]
