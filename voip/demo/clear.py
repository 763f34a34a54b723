"""The control: what the call protected, sent once in the clear over loopback, as careless programs do.

A capture in which nothing is found proves something only if the same search finds everything here.
"""

import asyncio
import socket
from collections.abc import Sequence

from voip.demo.evidence import Needle
from voip.wire.rtp import RtpPacket

PAYLOAD_TYPE = 111
PAUSE_EVERY = 50


async def send_in_the_clear(needles: Sequence[Needle], frames: Sequence[Needle], port: int) -> None:
    """Text over TCP, frames as bare RTP over UDP, both to `port` on loopback."""
    accepted: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.put_nowait(await reader.read())
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    async with server:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for needle in needles:
            writer.write(needle.data + b"\n")
        writer.write_eof()
        await asyncio.wait_for(accepted.get(), 10)
        writer.close()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as source,
    ):
        sink.bind(("127.0.0.1", port))
        for number, frame in enumerate(frames):
            packet = RtpPacket(
                payload_type=PAYLOAD_TYPE,
                marker=number == 0,
                sequence_number=number & 0xFFFF,
                timestamp=number * 960 & 0xFFFFFFFF,
                ssrc=1,
                payload=frame.data,
            )
            source.sendto(packet.pack(), ("127.0.0.1", port))
            if number % PAUSE_EVERY == 0:
                await asyncio.sleep(0)  # let the sniffer keep up


def free_port() -> int:
    """A port that nobody uses just now, on TCP and UDP alike."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
