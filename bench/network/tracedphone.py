"""Run `glasscall …` so that it tells at once what it observes.

    tracedphone.py TRACE [--packets FILE] [--one-lane] -- COMMAND…

TRACE gets a line of JSON for each observation that is not a meter's; FILE gets, for each voice packet that was
protected or came in, 16 bytes (`trace.PACKET`); what it holds stays in the phone. The phone itself is unchanged, but
for `--one-lane`: it then opens no lane beside its leg, to show what lanes are worth.
"""

import argparse
import json
import sys
import time
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

sys.path[:1] = [str(Path(__file__).resolve().parents[number]) for number in (1, 2)]

import voip.client.fitting  # noqa: E402
from network.trace import PACKET, RECEIVED, SENT  # noqa: E402
from voip.cli import main  # noqa: E402
from voip.client.fitting import FittedPhone  # noqa: E402
from voip.client.lanes import LaneKeeper  # noqa: E402
from voip.journal.observations import Entry  # noqa: E402
from voip.media.inbound import Inbound  # noqa: E402
from voip.media.outbound import Outbound  # noqa: E402

METERS = frozenset({
    "HandshakeMessage", "Record", "RecordsCounted", "CallCost", "RelaySaw", "Levels", "Quality", "Credentials",
})  # fmt: skip
"""Observations that come often, or are long, and say nothing of ways and calls."""


class TracedPhone(FittedPhone):
    """A phone that writes down what it observes as it does."""

    trace: Path

    async def run(self) -> None:
        """As `FittedPhone.run`, told."""
        with self.trace.open("a", encoding="utf-8", buffering=1) as out:

            def tell(entry: Entry) -> None:
                if type(entry.what).__name__ not in METERS:
                    out.write(json.dumps(line(entry)) + "\n")

            unsubscribe = self.journal.subscribe(tell)
            try:
                await super().run()
            finally:
                unsubscribe()


def line(entry: Entry) -> dict[str, Any]:
    """An observation in plain values."""
    own = {"at": entry.at, "channel": entry.channel, "call": entry.call, "is": type(entry.what).__name__}
    return own | {field.name: _plain(getattr(entry.what, field.name)) for field in fields(entry.what)}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of an observation
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return str(value) if not isinstance(value, bytes) else len(value)


def trace_packets(path: Path) -> None:
    """Write to `path` when each voice packet was protected, and when it came."""
    out = path.open("wb", buffering=0)  # whoever asks meanwhile is told all of it
    push, receive = Outbound.push, Inbound.receive

    def tell(kind: int, packet: bytes) -> None:
        if len(packet) >= 12 and not 192 <= packet[1] <= 223:  # no RTCP (RFC 5761)
            out.write(PACKET.pack(time.monotonic(), packet[8:12], packet[2:4], kind))

    def pushed(self: Outbound, *args: Any, **more: Any) -> bytes:  # noqa: ANN401 - whatever it takes
        packet = push(self, *args, **more)
        tell(SENT, packet)
        return packet

    def received(self: Inbound, packet: bytes, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        tell(RECEIVED, packet)
        return receive(self, packet, *args, **more)

    Outbound.push, Inbound.receive = pushed, received  # type: ignore[method-assign]


def open_no_lane() -> None:
    """Let nothing be a reason for another lane."""
    LaneKeeper.look = lambda *_args, **_more: None  # type: ignore[method-assign]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", type=Path)
    parser.add_argument("--packets", type=Path)
    parser.add_argument("--one-lane", action="store_true")
    parser.add_argument("command", nargs="+")
    chosen = parser.parse_args()
    TracedPhone.trace = chosen.trace
    voip.client.fitting.FittedPhone = TracedPhone  # type: ignore[misc]
    if chosen.packets is not None:
        trace_packets(chosen.packets)
    if chosen.one_lane:
        open_no_lane()
    sys.exit(main(chosen.command))
