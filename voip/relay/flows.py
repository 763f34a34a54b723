"""Flows: which UDP address is whose. STUN in, an answer or silence out; no socket in sight.

    STUN ──→ too many? ──→ whose USERNAME? ──→ its integrity? ──→ its counter higher? ──→ nonce of that address?
               │ silence     │ silence           │ silence           │ silence              │ 438, with a nonce
               ▼             ▼                   ▼                   ▼                      ▼
             `refused`: a count, and nothing else                                        success: bound

Media does not come through here: the socket finds a flow by its address and, when `to` is set, sends straight on.

What strangers can cost: each of them one look-up and a comparison or two, of so many a tenth of a second; who is bound
already has an allowance of their own, so a flood of strangers keeps nobody from staying bound.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from typing import Protocol

from voip.config import ADMISSION, Rate
from voip.errors import PacketError
from voip.relay.buckets import TokenBucket
from voip.relay.counters import Counters
from voip.relay.nonces import Nonces
from voip.wire.stun import STALE_NONCE, UNKNOWN_ATTRIBUTE, Endpoint, Message, Type, decode_untrusted, error, success

SWEEP_EVERY = 0.1
"""Seconds between two sweeps; what may come is counted between them."""
STRANGERS_MAX = 400
"""STUN packets from addresses that are nobody's, in that time."""
HOST_MAX = 200
"""… of these from one host (in IPv6, one /64)."""
FLOW_MAX = 10
"""STUN packets from an address that is bound, in that time."""
BOUND_SECONDS = 10.0
"""A binding that was not repeated for so long is none."""
_CELLS = 256
"""Hosts are counted in so many cells, by a hash that nobody can foretell."""

Address = bytes
"""Where a packet came from, as its socket spells it."""


class Datagrams(Protocol):
    """A UDP socket, as flows and legs need it."""

    def send(self, packet: bytes, address: Address) -> None:
        """Send at once or not at all."""

    def endpoint(self, address: Address) -> Endpoint:
        """What `address` means."""


class Flow:
    """One leg's way in UDP. The socket reads `to` for each packet and counts in `packets` and `bytes`."""

    __slots__ = (
        "_counters", "address", "asked", "bound_at", "bucket", "bytes", "counter", "id", "key", "metered", "moved",
        "packets", "received", "sent", "socket", "source", "take", "target", "to",
    )  # fmt: skip

    def __init__(self, counters: Counters, take: Callable[[bytes], None], moved: Callable[["Flow"], None]) -> None:
        self.id = secrets.token_hex(16)
        self.key = secrets.token_bytes(32)
        self.take = take
        """Given what came, when it cannot go straight on."""
        self.moved = moved
        """Told that the address is another one, or none."""
        self.address: Address | None = None
        self.socket: Datagrams | None = None
        self.bound_at = 0.0
        self.counter = -1
        """Of the last good request."""
        self.asked = 0
        """STUN packets from this address since the last sweep."""
        self.received = 0
        self.sent = 0
        self.to: Address | None = None
        """Where media goes straight, on the same socket; None: to `take`."""
        self.target: Flow | None = None
        """Whose address that is."""
        self.source: Flow | None = None
        """Whose media goes straight here."""
        self.packets = 0
        """That went straight on, and are in no other count yet."""
        self.bytes = 0
        self.bucket: TokenBucket | None = None
        """For the media that comes; since it was bound."""
        self.metered = 0
        """`received` at the last sweep."""
        self._counters = counters

    def send(self, packet: bytes) -> bool:
        """Send one media packet; False when there is no address."""
        if self.socket is None or self.address is None:
            return False
        self.socket.send(packet, self.address)
        self.sent += 1
        return True

    def route(self, target: "Flow | None") -> None:
        """From now on media goes straight to where `target` is, if it can; None: to `take`."""
        self.settle()
        if self.target is not None:
            self.target.source = None
            self.target = None
        if target is not None and target.address is not None and target.socket is self.socket:
            if target.source is not None:
                target.source.route(None)
            self.target, target.source = target, self
        self.to = self.target.address if self.target is not None else None

    def settle(self) -> None:
        """Enter what went straight where everything else is counted."""
        if self.packets:
            self._counters.packets += self.packets
            self._counters.datagrams += self.packets
            self._counters.bytes += self.bytes
            self.received += self.packets
            if self.target is not None:
                self.target.sent += self.packets
            self.packets = self.bytes = 0


class Flows:
    """All flows of a relay. `by_address` is what its sockets look at for each packet."""

    def __init__(self, nonces: Nonces | None = None, rate: Rate = ADMISSION.packets_of_leg) -> None:
        self._rate = rate
        self.by_address: dict[Address, Flow] = {}
        self._by_id: dict[bytes, Flow] = {}
        self._nonces = nonces or Nonces()
        self.refused: Counter[str] = Counter()
        """What was not answered, or got no further, by a word of ours."""
        self._strangers = 0
        self._cells = [0] * _CELLS

    def __len__(self) -> int:
        return len(self._by_id)

    def open(self, counters: Counters, take: Callable[[bytes], None], moved: Callable[[Flow], None]) -> Flow:
        """A new flow, bound to nothing yet."""
        flow = Flow(counters, take, moved)
        self._by_id[flow.id.encode()] = flow
        return flow

    def close(self, flow: Flow) -> None:
        """Nothing comes or goes by `flow` any more."""
        self._by_id.pop(flow.id.encode(), None)
        flow.route(None)
        self._unbind(flow)

    def receive_stun(self, packet: bytes, address: Address, socket: Datagrams, now: float) -> bytes | None:
        """The answer to what came from `address`, if it deserves one."""
        endpoint = socket.endpoint(address)
        if not self._allows(address, endpoint):
            self._silence("stun-flood")
            return None
        try:
            message = decode_untrusted(packet)
        except PacketError:
            self._silence("stun-bad")
            return None
        flow = self._by_id.get(message.username)
        if flow is None or message.type is not Type.REQUEST or not message.fingerprint:
            self._silence("flow-unknown")
            return None
        if not message.is_from(flow.key):
            self._silence("flow-integrity")
            return None
        if message.counter <= flow.counter:
            self._silence("flow-replay")
            return None
        if not self._nonces.takes(message.nonce, endpoint, now):
            self.refused["flow-nonce"] += 1
            return error(message.transaction, STALE_NONCE, nonce=self._nonces.give(endpoint, now))
        return self._bind(flow, message, address, socket, now)

    def sweep(self, now: float) -> None:
        """Begin to count anew, and forget bindings that were not repeated. To be called every `SWEEP_EVERY`."""
        self._strangers = 0
        self._cells = [0] * _CELLS
        for flow in list(self.by_address.values()):
            flow.asked = 0
            if now - flow.bound_at > BOUND_SECONDS:
                self._let_go(flow)
            elif self._floods(flow, now):
                self._silence("flow-flood")
                self._let_go(flow)

    def _floods(self, flow: Flow, now: float) -> bool:
        """Whether it brings more than any call needs. Then it is bound no more, until it is bound again."""
        flow.settle()
        came, flow.metered = flow.received - flow.metered, flow.received
        if flow.bucket is None:
            flow.bucket = TokenBucket(self._rate.per_second, self._rate.at_once, now)
        return not flow.bucket.take(now, came)

    def _let_go(self, flow: Flow) -> None:
        self._unbind(flow)
        flow.moved(flow)

    def _allows(self, address: Address, endpoint: Endpoint) -> bool:
        known = self.by_address.get(address)
        if known is not None:
            known.asked += 1
            return known.asked <= FLOW_MAX
        cell = hash(endpoint.host[:8]) % _CELLS
        self._cells[cell] += 1
        if self._cells[cell] > HOST_MAX or self._strangers >= STRANGERS_MAX:
            return False
        self._strangers += 1
        return True

    def _bind(self, flow: Flow, message: Message, address: Address, socket: Datagrams, now: float) -> bytes:
        """A good request: from here on what is said is signed."""
        flow.counter = message.counter
        if message.unknown:
            return error(message.transaction, UNKNOWN_ATTRIBUTE, unknown=message.unknown[:16], key=flow.key)
        flow.bound_at = now
        if flow.address != address or flow.socket is not socket:
            self._unbind(flow)
            before = self.by_address.get(address)
            if before is not None:  # the same client's flow of an earlier leg
                self._let_go(before)
            flow.address, flow.socket = address, socket
            self.by_address[address] = flow
            flow.moved(flow)
        for each in (flow, flow.source):
            if each is not None:
                each.settle()
        return success(message.transaction, flow.key, socket.endpoint(address), flow.received, flow.sent)

    def _unbind(self, flow: Flow) -> None:
        flow.settle()
        if flow.source is not None:
            flow.source.route(None)
        if flow.address is not None:
            self.by_address.pop(flow.address, None)
        flow.address = flow.socket = None

    def _silence(self, why: str) -> None:
        self.refused[why] += 1
