"""What the parts of a phone share: who we are, how long to wait, where to write down what we see."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from voip.client.counting import RecordCount
from voip.client.eye import RelayEye
from voip.config import LIMITS, Limits
from voip.io.audio.port import AudioPort
from voip.io.audio.wavwriter import WavWriter
from voip.io.dialing import Route
from voip.io.proxy import proxy_for
from voip.io.store import ClientAccount, ClientStore
from voip.io.stream import Observe, Tap
from voip.journal.book import Journal
from voip.journal.observations import Channel, Observation
from voip.journal.tape import Tape
from voip.media.plan import Mode
from voip.pki.certificates import Identity
from voip.session.tls import TlsContext, callee_context, caller_context, link_context
from voip.session.tls.context import KeyLog, Version
from voip.session.tls.events import Alert, Established, HandshakeMessage, Received, Record, TlsEvent

Address = tuple[str, int]
TapFor = Callable[[Address, Address], Tap]
"""Given our address and theirs, where to copy each byte of that TCP connection (or each datagram)."""
PathChoice = Literal["auto", "udp", "tls"]
"""What the media may travel by: the better of both, or one of them alone."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What one call speaks and hears with."""

    port: AudioPort
    said: WavWriter | None = None
    """Also gets what the microphone gave."""
    heard: WavWriter | None = None
    """Also gets what the loudspeaker was given."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose for a phone."""

    equip: Callable[[], Equipment]
    """Finds the microphone and loudspeaker for a call; raises `AudioError`."""
    versions: tuple[Version, ...] = ("1.3",)
    """TLS versions of link, legs and session."""
    on_frame: Callable[[bytes], None] | None = None
    """Given each Opus frame before it is protected (the demo looks for them in the capture)."""
    tap: TapFor | None = None
    tap_datagrams: TapFor | None = None
    """The same for UDP."""
    path: PathChoice = "auto"
    """How the voice may travel."""
    key_log: KeyLog | None = field(default=None, repr=False)
    """Where to write TLS secrets. Whoever reads them can read the calls: off unless asked for."""
    limits: Limits = LIMITS
    voice: Mode = Mode.AUTO
    """How the voice is sent."""
    proxy: str = ""
    """The HTTP proxy to the relay, as `io.proxy` reads it; empty: the environment's, if it names one."""
    processing: bool = False
    """Whether echo and noise are taken out of what the microphone gives; not for a file that speaks."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A phone's belongings, for as long as one link lasts (a renewed certificate makes a new one)."""

    account: ClientAccount
    store: ClientStore
    identity: Identity
    journal: Journal
    options: Options
    link: TlsContext
    """Also the legs', so that they resume the link's session."""
    caller: TlsContext
    callee: TlsContext
    tape: Tape
    """What passes on link and leg, record by record."""
    eye: RelayEye
    """What the relay says that it sees of a leg."""
    route: Route
    """The way to the relay."""

    @property
    def limits(self) -> Limits:
        """How long each wait may last."""
        return self.options.limits


def furnish(store: ClientStore, journal: Journal, options: Options, tape: Tape, eye: RelayEye) -> Desk:
    """Load what is stored. Raises `StoreError` when nobody has joined here, `UsageError` for a proxy that is none."""
    account = store.account()
    identity, authority = store.identity(), store.authority()
    shown = (identity.certificate, identity.key, authority, options.versions, options.key_log)
    return Desk(
        account=account,
        store=store,
        identity=identity,
        journal=journal,
        options=options,
        link=link_context(*shown),
        caller=caller_context(*shown),
        callee=callee_context(*shown),
        tape=tape,
        eye=eye,
        route=way_to(account.host, account.port, options.proxy),
    )


def way_to(host: str, port: int, proxy: str = "") -> Route:
    """The way to a relay: through `proxy`, or the environment's, or straight. Raises `UsageError` for no proxy."""
    return Route(host, port, proxy_for(host, port, proxy, os.environ))


class Writes(Protocol):
    """What takes entries: the journal."""

    def add(self, channel: Channel, what: Observation, *, call: str = "") -> object:
        """See `Journal.add`."""


def watcher(journal: Writes, channel: Channel, call: str = "") -> Observe:
    """Enter a connection's TLS events under `channel`; but once it is established, of records with data only the count.

    A leg's are not counted: its media have counters of their own.
    """
    established = False
    record: Record | None = None
    count = None if channel == "leg" else RecordCount()

    def observe(event: TlsEvent) -> None:
        nonlocal established, record
        if isinstance(event, Received):
            return
        if established and count is not None and (counted := count.notice(event)) is not None:
            journal.add(channel, counted, call=call)
        if established and isinstance(event, Record):
            record = event  # entered only if a message or an alert was in it
            return
        if record is not None and isinstance(event, HandshakeMessage | Alert):
            journal.add(channel, record, call=call)
        record = None
        established = established or isinstance(event, Established)
        journal.add(channel, event, call=call)

    return observe
