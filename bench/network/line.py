#!/usr/bin/env python3
"""A long line between two namespaces: whatever goes in at one end comes out at the other, later.

    line.py --ends NAMESPACE/DEVICE NAMESPACE/DEVICE [--delay S] [--jitter S] [--seed N]

Each end is a TUN device, made here and gone with this process. `ready` on standard output: both are there. Told to end
(SIGTERM), it prints a line of JSON: how many packets it carried, and how much later than due it was at worst (p99,
most; ms). A packet's own jitter never lets it overtake another: a line keeps order.
"""

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import random
import select
import signal
import struct
import sys
import time
from collections import deque
from pathlib import Path

CLONE_NEWNET = 0x4000_0000
TUNSETIFF = 0x4004_54CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PACKET_MAX = 65_535
WAITING_MAX = 20_000
"""Packets under way in one direction: what comes beyond is lost, as in any line."""
LATE_KEPT = 100_000


class Way:
    """One direction: from a device, to another, `delay` seconds and at most `jitter` more later."""

    def __init__(self, source: int, sink: int, delay: float, jitter: float, seed: str) -> None:
        self.source, self.sink = source, sink
        self._delay, self._jitter = delay, jitter
        self._random = random.Random(seed)
        self._waiting: deque[tuple[float, bytes]] = deque()
        self.carried = self.lost = 0
        self.late: deque[float] = deque(maxlen=LATE_KEPT)

    @property
    def due(self) -> float | None:
        """When the next packet is to come out."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, packet: bytes, now: float) -> None:
        """`packet` went in."""
        if len(self._waiting) >= WAITING_MAX:
            self.lost += 1
            return
        due = now + self._delay + self._random.uniform(0, self._jitter)
        if self._waiting:
            due = max(due, self._waiting[-1][0])
        self._waiting.append((due, packet))

    def give(self, now: float) -> list[bytes]:
        """What is to come out by now."""
        out = []
        while self._waiting and self._waiting[0][0] <= now:
            due, packet = self._waiting.popleft()
            self.late.append(now - due)
            out.append(packet)
        self.carried += len(out)
        return out


def tun(namespace: str, device: str) -> int:
    """A TUN device in a namespace (its name below /run/netns), up; its descriptor."""
    libc = ctypes.CDLL(None, use_errno=True)
    space = os.open(f"/run/netns/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(space, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter the namespace {namespace}")
    finally:
        os.close(space)
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode("ascii"), IFF_TUN | IFF_NO_PI))
    return descriptor


def carry(ways: list[Way], ended: list[bool]) -> None:
    """Hand packets on until `ended` is not empty."""
    while not ended:
        now = time.monotonic()
        for way in ways:
            for packet in way.give(now):
                try:
                    os.write(way.sink, packet)
                except OSError:  # the device is down, or its queue full: a line may lose a packet
                    way.lost += 1
        wait = min((way.due for way in ways if way.due is not None), default=now + 1.0) - time.monotonic()
        ready, _, _ = select.select([way.source for way in ways], [], [], max(0.0, wait))
        now = time.monotonic()
        for way in ways:
            if way.source in ready:
                _drain(way, now)


def _drain(way: Way, now: float) -> None:
    for _ in range(64):
        try:
            way.take(os.read(way.source, PACKET_MAX), now)
        except OSError:  # nothing more, or the device is down
            return


def account(ways: list[Way]) -> dict[str, float]:
    """What it did."""
    late = sorted(1000 * value for way in ways for value in way.late)
    return {
        "carried": sum(way.carried for way in ways),
        "lost": sum(way.lost for way in ways),
        "late p99 ms": round(late[int(0.99 * len(late))], 2) if late else 0.0,
        "late most ms": round(late[-1], 2) if late else 0.0,
    }


def main() -> None:
    """What the head of this file says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--ends", nargs=2, required=True, metavar="NAMESPACE/DEVICE")
    parser.add_argument("--delay", type=float, default=0.03, help="seconds each way (default: %(default)s)")
    parser.add_argument("--jitter", type=float, default=0.0, help="seconds more, at most (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    ended: list[bool] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.append(True))
    ends = [tun(*end.split("/", 1)) for end in args.ends]
    ways = [
        Way(source, sink, args.delay, args.jitter, f"{args.seed}-{index}")
        for index, (source, sink) in enumerate((ends, ends[::-1]))
    ]
    with contextlib.suppress(OSError):  # a line does not wait until a processor is free
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    carry(ways, ended)
    sys.stdout.write(json.dumps(account(ways)) + "\n")


if __name__ == "__main__":
    sys.path = [entry for entry in sys.path if Path(entry).resolve() != Path(__file__).resolve().parent]
    main()
