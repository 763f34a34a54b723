"""A relay's UDP socket: each packet one look-up, and straight on; what needs thought goes to `flows` and legs.

    recvmmsg ──→ from whom? ──→ a flow with `to`, and media ──→ sendmmsg
                   │             └─ without ──────────────────→ its leg
                   └─ STUN ──→ flows ──→ an answer, or none
                      else ──→ a count

One turn handles at most `BATCHES` batches, so that signalling gets its share; what is left the loop calls for at once.

Waking up costs more than a packet does. So above `BUSY` packets a second the socket is not waited for, but looked at
every `MODERATION` seconds, as network cards do: a packet waits about that much longer, and many share one turn. See
docs/adr/0011.
"""

import asyncio
import socket
import struct

from voip.config import MEDIA_MAX
from voip.io import clock
from voip.io.datagrams import batch
from voip.io.mmsg import BATCH, SLOT
from voip.relay.flows import Address, Flows
from voip.wire.framing import Kind
from voip.wire.stun import Endpoint

BATCHES = 2
"""Batches in one turn."""
MODERATION = 0.001
"""Seconds between two looks at a busy socket."""
BUSY, CALM = 2000, 1000
"""Packets a second from which on a socket is busy, and below which it is no more."""
_V4, _V6 = struct.Struct("!2xH4s8x"), struct.Struct("!2xH4x16s4x")


class DatagramSocket:
    """`sock`: bound and non-blocking; from now on its owner is this."""

    def __init__(self, sock: socket.socket, flows: Flows) -> None:
        self._sock = sock
        self._flows = flows
        self._batch = batch(sock)
        self._endpoint = _V4 if sock.family == socket.AF_INET else _V6
        self._loop = asyncio.get_running_loop()
        self._look: asyncio.Handle | None = None
        """The next look, while it is busy."""
        self._came = 0
        """Packets since the last sweep."""
        self.unsent = 0
        """Packets that the kernel did not take."""

    def start(self) -> None:
        """Attend to it. Raises `NotImplementedError` where the loop cannot."""
        self._loop.add_reader(self._sock.fileno(), self._turn)

    def stop(self) -> None:
        """Close it."""
        if self._look is not None:
            self._look.cancel()
        elif self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
        self._sock.close()

    def sweep(self, seconds: float) -> None:
        """So long after the last sweep: is it busy?"""
        rate, self._came = self._came / seconds, 0
        if self._look is None and rate > BUSY:
            self._loop.remove_reader(self._sock.fileno())
            self._glance()
        elif self._look is not None and rate < CALM:
            self._look.cancel()
            self._look = None
            self.start()

    def send(self, packet: bytes, address: Address) -> None:
        """Send at once or not at all."""
        if not self._batch.send(packet, address):
            self.unsent += 1

    def endpoint(self, address: Address) -> Endpoint:
        """What `address`, a `sockaddr`, means."""
        port, host = self._endpoint.unpack(address)
        return Endpoint(host, port)

    def drain(self) -> int:
        """Read and forget what waits; how many packets."""
        total = count = self._batch.receive()
        while count == BATCH:
            count = self._batch.receive()
            total += count
        return total

    def _turn(self) -> bool:
        """Something is there. Whether there may be more."""
        for _ in range(BATCHES):
            count = self._batch.receive()
            if count:
                self._came += count
                self._forward(count)
            if count < BATCH:
                return False
        return True

    def _glance(self) -> None:
        """A look at a busy socket, and when the next one will be."""
        if self._turn():
            self._look = self._loop.call_soon(self._glance)
        else:
            self._look = self._loop.call_later(MODERATION, self._glance)

    def _forward(self, count: int) -> None:
        """What came in one batch. This is the inner loop of the relay: names are local, and nothing is made anew."""
        flows, batch_ = self._flows, self._batch
        find, put, data, lengths = flows.by_address.get, batch_.put, batch_.data, batch_.lengths
        stride, names = batch_.stride, batch_.addresses(count)
        at = 0
        for slot in range(count):
            address = names[at : at + stride]
            at += stride
            flow = find(address)
            if flow is not None and 128 <= data[slot * SLOT] <= 191 and 0 < lengths[slot] <= MEDIA_MAX:
                if flow.to is not None:
                    flow.packets += 1
                    flow.bytes += lengths[slot]
                    put(slot, lengths[slot], flow.to)
                else:
                    flow.received += 1
                    flow.take(bytes(data[slot * SLOT : slot * SLOT + lengths[slot]]))
            else:
                self._puzzle(slot, lengths[slot], address)
        self.unsent += batch_.flush()

    def _puzzle(self, slot: int, length: int, address: bytes) -> None:
        """No media of anybody's."""
        data = self._batch.data
        first = data[slot * SLOT] if length else -1
        if not 0 <= first <= 3 or length > Kind.STUN.value:
            self._flows.refused["datagram-unbound" if 128 <= first <= 191 else "datagram-garbage"] += 1
            return
        at = slot * SLOT
        answer = self._flows.receive_stun(bytes(data[at : at + length]), address, self, clock.monotonic())
        if answer is not None:  # it takes the request's place, behind the packets that its counts tell of
            data[at : at + len(answer)] = answer
            self._batch.put(slot, len(answer), address)
