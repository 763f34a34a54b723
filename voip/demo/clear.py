"""The control: what the call protected, sent once in the clear over loopback, as careless programs do.

A capture in which nothing is found proves something only if the same search finds everything here.
"""

import asyncio
import socket
from collections.abc import Sequence

from voip.capture.canaries import Canary
from voip.capture.packets import Endpoint
from voip.capture.tap import Tap, TappedFlow
from voip.config import FRAME_SAMPLES, OPUS_PAYLOAD_TYPE
from voip.errors import CaptureError
from voip.io import clock
from voip.wire.framing import frame as framed
from voip.wire.rtp import RtpPacket

PACE = 0.001
"""Seconds between packets: a voice sends fifty in a second; a burst of a thousand is more than some sniffers take."""


async def send_in_the_clear(
    texts: Sequence[Canary], frames: Sequence[Canary], port: int, tap: Tap | None = None
) -> None:
    """Texts, then the frames as RTP packets framed after RFC 4571, over one bare TCP connection to `port` on loopback.

    `tap` gets a copy of what the socket sent, where no sniffer is permitted.
    """
    received: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.set_result(len(await reader.read()))
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    async with server:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        flow = TappedFlow(Endpoint(*writer.get_extra_info("sockname")), Endpoint("127.0.0.1", port))
        sent = 0
        for data in [text.data + b"\n" for text in texts] + [framed(_packet(*one)) for one in enumerate(frames)]:
            writer.write(data)
            await writer.drain()
            sent += len(data)
            await asyncio.sleep(PACE)
            if tap is not None:
                tap.data(flow, "out", data, clock.wall().timestamp())
        writer.write_eof()
        if await asyncio.wait_for(received, 10) != sent:
            raise CaptureError("The control did not arrive whole; run the demo again.")
        writer.close()


def _packet(number: int, frame: Canary) -> bytes:
    """The RTP packet that a careless program would have sent."""
    return RtpPacket(
        payload_type=OPUS_PAYLOAD_TYPE,
        marker=number == 0,
        sequence_number=number & 0xFFFF,
        timestamp=number * FRAME_SAMPLES & 0xFFFFFFFF,
        ssrc=1,
        payload=frame.data,
    ).pack()


def free_port() -> int:
    """A TCP port that nobody uses just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
