"""How a link or a leg begins: connect, show who we are, say the first signal, hear whether we are welcome.

connect ──→ TLS, the relay's certificate checked ──→ first signal ──→ the answer, or the relay's reason
"""

import asyncio
import ipaddress
from typing import TypeVar

import msgspec

from voip.client.desk import Desk, watcher
from voip.client.recorder import Recorder
from voip.client.toll import Toll
from voip.errors import GlasscallError
from voip.io import clock
from voip.io.stream import TlsStream, connect
from voip.journal.book import Journal
from voip.journal.observations import Channel, Connecting, Observation
from voip.pki.checks import check_relay
from voip.session.tls import PeerCheck, Resumption
from voip.wire import signals
from voip.wire.signals import LegSignal, LinkSignal, Refused, Signal

S = TypeVar("S", LinkSignal, LegSignal)
W = TypeVar("W", bound=Signal)


def server_name(relay_name: str) -> str:
    """What to send as SNI: the relay's name, unless it is an address (RFC 6066 §3 allows only names)."""
    try:
        ipaddress.ip_address(relay_name)
    except ValueError:
        return relay_name
    return ""


def relay_check(relay_name: str) -> PeerCheck:
    """Refuses any certificate but that of the relay called `relay_name`."""
    return lambda certificate: check_relay(certificate, relay_name, clock.wall())


class Held:
    """What is seen of a connection that may come to nothing: it gets into the journal only when it is `release`d."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Channel, Observation, str]] | None = []

    def add(self, channel: Channel, what: Observation, *, call: str = "") -> None:
        """See `Journal.add`."""
        if self._waiting is None:
            self._journal.add(channel, what, call=call)
        else:
            self._waiting.append((channel, what, call))

    def release(self) -> None:
        """The connection is taken: enter what was seen, and from now on what is."""
        waiting, self._waiting = self._waiting or [], None
        for channel, what, call in waiting:
            self._journal.add(channel, what, call=call)


async def dial(
    desk: Desk,
    channel: Channel,
    *,
    call: str = "",
    resume: Resumption | None = None,
    toll: Toll | None = None,
    early: bytes = b"",
    held: Held | None = None,
) -> TlsStream:
    """A connection on which nothing has been said, but for what is `early`. Raises `RelayError` or `TlsError`."""
    account, journal = desk.account, held or desk.journal
    journal.add(channel, Connecting(f"{account.host}:{account.port}"), call=call)
    return await connect(
        account.host,
        account.port,
        desk.link,
        server_name=server_name(account.relay_name),
        resume=resume,
        check_peer=relay_check(account.relay_name),
        observe=watcher(journal, channel, call),
        tap=desk.options.tap,
        recorder=Recorder(desk.tape, channel, toll),
        limits=desk.limits,
        early=early,
        route=desk.route,
    )


async def greet(
    stream: TlsStream,
    hello: Signal,
    decoder: "msgspec.json.Decoder[S]",
    welcome: type[W],
    *,
    silent: GlasscallError,
    closed: GlasscallError,
    within: float,
) -> W:
    """Say `hello`, unless that was said early, and hear the relay's `welcome` within so many seconds.

    Raises `silent` when the relay says nothing, `closed` when it says something else, and an error of that type with
    its reason when it refuses; the connection is gone then.
    """
    try:
        if stream.established.early != "taken":
            stream.send_packet(signals.encode(hello))
        async with asyncio.timeout(within):
            reply = await stream.receive_packet()
        answer = None if reply is None else signals.decode_untrusted(reply, decoder)
    except TimeoutError:
        stream.abort()
        raise silent from None
    except BaseException:
        stream.abort()
        raise
    if isinstance(answer, welcome):
        return answer
    stream.abort()
    if isinstance(answer, Refused):
        raise type(closed)(answer.sentence, code=answer.code)
    raise closed
