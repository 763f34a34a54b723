"""Whole call set-ups at a pace: invite, legs, end-to-end handshake, words, answer, a packet each way, hang up.

    pairs of phones ──→ each 1/rate s a free pair begins a call ──→ invite to ring, invite to secure, … ──→ JSON

    python bench/load/calls.py HOST PORT --people FOLDER --rate 50 --seconds 10

`late`: this process could not begin its calls in time, or had no processor left: then the figures are its own.
"""

import argparse
import asyncio
import collections
import contextlib
import gc
import json
import secrets
import sys
import time
from collections import Counter, deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from load.people import prepare  # noqa: E402
from load.phone import PING, End, Phone, Place  # noqa: E402
from voip.errors import CallError, GlasscallError  # noqa: E402
from voip.wire.signals import Answered, Ended, Hangup, Incoming, Invite, Ping, Ringing  # noqa: E402

STEP = 5.0
"""Seconds that any step of a call may take."""
WARM = 1.0
"""Seconds at the beginning that do not count."""
LATE_MS, FULL = 20.0, 92.0
"""p99 of how late calls began, and % of this process's core: above either, the generator is the bottleneck."""
LINKS_AT_ONCE = 16


class Run:
    """Pairs of phones that call one another."""

    def __init__(self, place: Place, pairs: int, first: int, hold: float) -> None:
        self._place, self._first, self._hold = place, first, hold
        self._pairs = [(Phone(place, first + 2 * i), Phone(place, first + 2 * i + 1)) for i in range(pairs)]
        self._free = deque(range(pairs))
        self._all_free = asyncio.Event()
        self._began: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.took: dict[str, list[float]] = collections.defaultdict(list)
        """ms, by step."""
        self.ended: Counter[str] = Counter()
        """How calls ended: `well`, or the reason."""
        self.behind: list[float] = []
        """How late each began, ms."""
        self.starved = 0
        """Calls that were due when no pair was free."""

    async def start(self) -> None:
        """Everybody comes in."""
        gate = asyncio.Semaphore(LINKS_AT_ONCE)

        async def come(phone: Phone) -> None:
            async with gate:
                await phone.start()

        phones = [phone for pair in self._pairs for phone in pair]
        for _, callee in self._pairs:
            callee.on_incoming = lambda incoming, callee=callee: self._spawn(self._answer(callee, incoming))  # type: ignore[misc]
        await asyncio.gather(*map(come, phones))
        self._spawn(self._ping(phones))

    async def pace(self, rate: float, seconds: float) -> None:
        """Begin `rate` calls a second for so long, then wait for the last ones."""
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.behind.append(1000 * (time.monotonic() - due))
            if not self._free:
                self.starved += 1
                continue
            self._all_free.clear()
            self._spawn(self._call(self._free.popleft(), counts=due - began >= WARM))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STEP + self._hold):
                await self._all_free.wait()

    async def stop(self) -> None:
        """Everybody leaves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(phone.stop() for pair in self._pairs for phone in pair))

    async def _call(self, index: int, *, counts: bool) -> None:
        caller, callee = self._pairs[index]
        call = secrets.token_hex(16)
        caller.news[call] = asyncio.Queue()
        end = End(caller, call, callee.name, outgoing=True)
        began = self._began[call] = time.monotonic()
        steps: dict[str, float] = {}
        try:
            caller.send(Invite(call=call, to=callee.name))
            ringing = await caller.hear(call, Ringing, STEP)
            assert isinstance(ringing, Ringing)
            async with asyncio.timeout(STEP):
                await end.open(ringing.token)
                await end.secure
                steps["invite to secure"] = time.monotonic()
                await end.accepted
            await caller.hear(call, Answered, STEP)
            async with asyncio.timeout(STEP):
                end.talk()
                await end.media
            steps["invite to media"] = time.monotonic()
            await asyncio.sleep(self._hold)
            caller.send(Hangup(call=call))
            if counts:
                self.ended["well"] += 1
                for name, at in steps.items():
                    self.took[name].append(1000 * (at - began))
        except (GlasscallError, TimeoutError, OSError) as error:
            self.ended[getattr(error, "code", type(error).__name__)] += 1
            caller.send(Hangup(call=call))
        finally:
            del caller.news[call]
            rang = self._began.pop(call, None)
            if counts and rang is not None and rang < 0:
                self.took["invite to ring"].append(1000 * (-rang - began))
            await end.close()
            self._free.append(index)
            if len(self._free) == len(self._pairs):
                self._all_free.set()

    async def _answer(self, callee: Phone, incoming: Incoming) -> None:
        if incoming.call in self._began:
            self._began[incoming.call] = -time.monotonic()  # negative: it has rung
        end = End(callee, incoming.call, incoming.caller, outgoing=False)
        try:
            async with asyncio.timeout(STEP):
                await end.open(incoming.token)
                await end.secure
                end.accept()
                await end.media
                end.talk()
            await callee.hear(incoming.call, Ended, STEP + self._hold)
        except (GlasscallError, TimeoutError, OSError):
            return  # the caller counts it
        finally:
            callee.news.pop(incoming.call, None)
            await end.close()

    async def _ping(self, phones: list[Phone]) -> None:
        number = 0
        while True:
            for phone in phones:
                await asyncio.sleep(PING / len(phones))
                number += 1
                if phone.lost:
                    raise CallError(f"The relay closed the link of {phone.name}.", code="relay-lost")
                phone.send(Ping(number=number))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def percentile(values: list[float], share: float) -> float | None:
    """Nearest rank, rounded."""
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 2) if values else None


async def measure(place: Place, rate: float, seconds: float, pairs: int, first: int, hold: float) -> dict[str, Any]:
    """One run; everything that is to be known of it."""
    run = Run(place, pairs, first, hold)
    await run.start()
    gc.collect()
    gc.freeze()
    print("START", flush=True)
    cpu, began = time.process_time(), time.monotonic()
    await run.pace(rate, seconds)
    cpu, took = time.process_time() - cpu, time.monotonic() - began
    print("STOP", flush=True)
    await run.stop()
    counted = max(1.0, int(rate * seconds) - int(rate * WARM))
    behind, core = percentile(run.behind, 0.99) or 0.0, 100 * cpu / took
    return {
        "rate": rate, "seconds": seconds, "people": 2 * pairs, "hold": hold,
        "calls": int(counted), "ended": dict(run.ended), "starved": run.starved,
        "sustained": round(rate * run.ended["well"] / counted, 2),
        "steps": {
            name: {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "max": percentile(values, 1.0)}
            for name, values in sorted(run.took.items())
        },
        "behind_p99_ms": behind, "core_pct": round(core, 1), "late": behind > LATE_MS or core > FULL,
    }  # fmt: skip


def main() -> int:
    """One run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=50, help="calls a second (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--pairs", type=int, default=50, help="who call one another (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first person")
    parser.add_argument("--hold", type=float, default=0.0, help="seconds that a call lasts once it stands")
    args = parser.parse_args()
    import uvloop  # noqa: PLC0415 - only where this is the program

    place = Place(args.host, args.port, prepare(args.people, args.first + 2 * args.pairs))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure(place, args.rate, args.seconds, args.pairs, args.first, args.hold))
    print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
