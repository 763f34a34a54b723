"""A client's end of a flow: a real UDP socket that speaks STUN by hand."""

import asyncio
import secrets
import socket

from voip.wire import stun
from voip.wire.signals import Flow


class FlowEnd:
    """`flow`: as `LegJoined` told it; `host`: the relay's."""

    def __init__(self, flow: Flow, host: str = "127.0.0.1") -> None:
        self.flow = flow
        self.counter = 0
        self.nonce = b""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.setblocking(False)
        self.sock.bind((host, 0))
        self.relay = (host, flow.port)

    @property
    def key(self) -> bytes:
        return bytes.fromhex(self.flow.key)

    @property
    def port(self) -> int:
        return self.sock.getsockname()[1]

    def send(self, packet: bytes) -> None:
        self.sock.sendto(packet, self.relay)

    def request(self, nonce: bytes | None = None, counter: int | None = None) -> bytes:
        """The next request, not sent."""
        self.counter += 1
        transaction = (self.counter if counter is None else counter).to_bytes(8, "big") + secrets.token_bytes(4)
        used = self.nonce if nonce is None else nonce
        return stun.request(transaction, self.flow.id.encode(), self.key, used)

    async def packet(self, within: float = 5) -> bytes:
        async with asyncio.timeout(within):
            return await asyncio.get_running_loop().sock_recv(self.sock, 2048)

    async def ask(self, packet: bytes | None = None) -> stun.Message:
        """Send a request, and the next STUN message that comes."""
        self.send(self.request() if packet is None else packet)
        while True:
            answer = await self.packet()
            if answer[0] <= 3:
                return stun.decode_untrusted(answer)

    async def bind(self) -> stun.Message:
        """Until the relay says that it is done."""
        answer = await self.ask()
        if answer.error == stun.STALE_NONCE:
            self.nonce = answer.nonce
            answer = await self.ask()
        assert answer.type is stun.Type.SUCCESS
        assert answer.is_from(self.key)
        return answer

    async def move(self) -> None:
        """From now on from another port."""
        self.sock.close()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.bind((self.relay[0], 0))

    def close(self) -> None:
        self.sock.close()
