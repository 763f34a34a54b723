"""The relay: ties TLS connections to the switchboard and the patchbay. It decides little itself.

                      ┌─ glasscall-join/1 ─→ Enrol → Enrolled, and closed
    handshake → ALPN ─┼─ http/1.1, or none ─→ https: the page     ┌─ Ping ────→ link: Welcome, Pong, … signals
                      └─ glasscall/1 → whose certificate? → first ┴─ JoinLeg, JoinLane ─→ legroom: the patchbay's

Whatever goes wrong on a connection is told to that connection as `Refused`, gets one line in the log, and ends there.
What `glasscall revoke` does to the relay's folder, a watch notices: `_review` asks anew about everybody who is here.
"""

import asyncio
import contextlib
import errno
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec

from voip.config import ADMISSION, ALPN_CALL, ALPN_HTTP, ALPN_JOIN, LIMITS, Admission, Limits
from voip.errors import CertificateError, GlasscallError, InviteError, ProtocolError, RelayError, StoreError, TlsError
from voip.io import clock
from voip.io.hall import origin
from voip.io.serving import Listener, serve
from voip.io.store import RelayStore
from voip.io.stream import TlsStream
from voip.pki.certificates import fingerprint, key_fingerprint, load_certificate_untrusted
from voip.pki.enrolment import Enrolment
from voip.relay.books import Books
from voip.relay.directory import Directory, MemoryDirectory
from voip.relay.figures import Figures, metrics
from voip.relay.https import Https
from voip.relay.leg import Leg
from voip.relay.legroom import LegRoom
from voip.relay.link import Link, require_signal
from voip.relay.patchbay import Patchbay
from voip.relay.plane import DatagramPlane
from voip.relay.porter import Porter
from voip.relay.sightings import TELL_EVERY, Sightings
from voip.relay.switchboard import Action, CloseCall, Deliver, Disconnect, Switchboard, WatchLeg
from voip.relay.tidings import Tidings
from voip.relay.watch import Watch
from voip.session.tls import TlsContext, relay_context
from voip.session.tls.context import Version
from voip.wire import signals

LINGER = 0.5
"""Seconds that a refused connection stays open for reading: closed with bytes unread, TCP would reset it and the
refusal might never arrive (RFC 1122 §4.2.2.13)."""

PORT_TRIES = 20
"""Free ports that are tried until one is free in TCP and in UDP."""

BARE = frozenset({ALPN_HTTP.decode(), ""})
"""What a browser agrees on: HTTP, or nothing at all."""

log = logging.getLogger(__name__)
_hello_decoder = msgspec.json.Decoder(signals.Ping | signals.JoinLeg | signals.JoinLane)
_enrol_decoder = msgspec.json.Decoder(signals.Enrol)


class Relay:
    """One relay. `store`: its folder; `witness` sees every packet that goes from leg to leg.

    Raises `StoreError` or `CertificateError` when the folder will not do.
    """

    def __init__(
        self,
        store: RelayStore,
        name: str,
        *,
        limits: Limits = LIMITS,
        versions: tuple[Version, ...] = ("1.3",),
        witness: Callable[[bytes], None] | None = None,
        directory: Directory[Link] | None = None,
        udp: bool = True,
        admission: Admission = ADMISSION,
    ) -> None:
        self._store = store = Books(store)
        self._versions = versions
        self.identity = store.open(name, clock.wall())
        self._context = self._make_context()
        self._enrolment = Enrolment(self.identity.authority, name, store)
        self._watch = Watch(store.changed_at, self._review, self._renew)
        self._figures = Figures(calls_max=admission.calls)
        self._admission = admission
        self._porter = Porter(admission)
        authority = self.identity.authority
        ca = (authority.certificate_pem, fingerprint(authority.certificate))
        self._https = Https(name, *ca, lambda: metrics(self._figures_now()), limits)
        self._links: set[Link] = set()
        self._limits = limits
        self._switchboard = Switchboard(store.names(), limits=limits, calls_max=admission.calls)
        self._plane = DatagramPlane() if udp else None
        flows = None if self._plane is None else self._plane.flows
        self._patchbay = Patchbay(witness, flows=flows, again=self._switchboard.again)
        self._legs = LegRoom(self._switchboard, self._patchbay, self._arm, admission)
        self._directory = MemoryDirectory[Link]() if directory is None else directory
        self._tidings = Tidings(self._tell)
        self._streams: set[TlsStream] = set()
        self._late = 0
        """Packets of media that grew old in connections that are gone."""
        self._server: Listener | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    # ── life ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self, host: str, port: int) -> None:
        """Listen (port 0: a free one); raises `RelayError` (`port-in-use`, `cannot-listen`)."""
        try:
            for left in reversed(range(PORT_TRIES if port == 0 else 1)):
                self._server = await self._listen(host, port)
                try:
                    self._start_udp()
                    break
                except OSError:  # a free TCP port need not be a free UDP port
                    self._server.close()
                    if not left:
                        raise
        except OSError as error:
            raise _cannot_listen(host, port, error) from None
        self._watch.start()

    async def _listen(self, host: str, port: int) -> Listener:
        return await serve(
            host,
            port,
            lambda: self._context,
            self._attend,
            limits=self._limits,
            pending_max=self._admission.handshaking,
            pending_each_max=self._admission.handshaking_of_address,
            door=self._porter,
            bare=BARE,
        )

    def _start_udp(self) -> None:
        """UDP where TCP listens already; raises `OSError`."""
        self._patchbay.port = self.address[1]
        if self._plane is not None and self._server is not None:
            places = [(sock.family, sock.getsockname()[:2]) for sock in self._server.sockets]
            self._plane.start(places, self._patchbay.sweep)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: (host, port)."""
        if self._server is None or not self._server.sockets:
            raise RelayError("The relay does not listen.", code="not-listening")
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def stop(self) -> None:
        """End every call, say goodbye on every connection; takes at most a second or so."""
        self._stopped = True
        await self._watch.stop()
        if self._server is not None:
            self._server.close()
        if self._plane is not None:
            self._plane.stop()
        self._do(self._switchboard.stop())
        self._tidings.stop()
        await asyncio.gather(*(stream.close() for stream in list(self._streams)))
        if self._timer is not None:
            self._timer.cancel()

    # ── one connection ─────────────────────────────────────────────────────────────────────────────────────────

    async def _attend(self, stream: TlsStream) -> None:
        """From handshake to close. Nothing gets out of here, whatever the other end does."""
        if self._stopped:
            stream.abort()
            return
        self._streams.add(stream)
        self._figures.connections += 1
        try:
            await self._serve(stream)
        except TlsError as error:
            log.info("%s: connection ended (%s)", stream.peername, error.code)
        except (ProtocolError, CertificateError, InviteError) as error:
            await self._refuse(stream, error)
        except Exception as error:
            log.exception("%s: the relay failed", stream.peername)
            sentence = "The relay cannot do this now; its log says why."
            if isinstance(error, StoreError):  # where the relay keeps its files is not the client's business
                sentence = "The relay cannot read or write its files; tell its operator."
            await self._refuse(stream, RelayError(sentence, code="relay-fault"))
        finally:
            await stream.close()
            self._streams.discard(stream)
            self._late += stream.media_dropped

    async def _refuse(self, stream: TlsStream, error: GlasscallError) -> None:
        log.warning("%s: refused (%s)", stream.peername, error.code)
        self._figures.refused[error.code] += 1
        with contextlib.suppress(GlasscallError, TimeoutError):
            stream.send_packet(signals.encode(_refused(error)))
            async with asyncio.timeout(LINGER):
                while await stream.receive_packet() is not None:
                    pass

    async def _serve(self, stream: TlsStream) -> None:
        established = stream.established
        if established.early and established.alpn != ALPN_CALL.decode():
            log.warning("%s: early data have no place here", stream.peername)
            self._figures.refused["early-data"] += 1
            return
        if established.alpn in BARE:
            await self._https.serve(stream)
            return
        if established.alpn == ALPN_JOIN.decode():
            await self._serve_join(stream)
            return
        if established.alpn != ALPN_CALL.decode():  # pragma: no cover - the TLS engine agrees on nothing else
            raise ProtocolError("This relay does not speak that protocol.", code="no-application-protocol")
        # Also when the TLS session was resumed: since its first handshake a certificate can expire, an account close.
        if not established.peer:  # pragma: no cover - the TLS engine demands one
            raise CertificateError("No certificate was shown; join this relay first.", code="certificate-required")
        certificate = load_certificate_untrusted(established.peer[0])
        name, key = self._enrolment.check(certificate, clock.wall()), key_fingerprint(certificate)
        with self._porter.greet(name):
            await self._serve_person(stream, name, key)

    async def _serve_person(self, stream: TlsStream, name: str, key: str) -> None:
        packet = await self._wait_first(stream)
        if packet is None:
            return
        self._enrolment.check_key(name, key)  # while we waited, it may have been revoked
        hello = signals.decode_untrusted(packet, _hello_decoder)
        if isinstance(hello, signals.JoinLeg):
            await self._legs.serve(stream, name, hello)
        elif isinstance(hello, signals.JoinLane):
            await self._legs.serve_lane(stream, name, hello)
        elif stream.established.early:
            raise ProtocolError("Only the token of a call may come with the ClientHello.", code="early-data")
        else:
            await self._serve_link(Link(stream, name, self._limits, key, self._admission.signals_of_link), hello)

    async def _wait_first(self, stream: TlsStream) -> bytes | None:
        try:
            async with asyncio.timeout(self._limits.reply):
                packet = await stream.receive_packet()
        except TimeoutError:
            sentence = f"Nothing came from you for {self._limits.reply:g} s; this connection is closed."
            raise ProtocolError(sentence, code="hello-late") from None
        if packet is not None:
            require_signal(packet)
        return packet

    async def _serve_join(self, stream: TlsStream) -> None:
        packet = await self._wait_first(stream)
        if packet is None:
            return
        self._porter.may_enrol(origin(stream.peername.rpartition(":")[0]))
        request = signals.decode_untrusted(packet, _enrol_decoder)
        stream.send_packet(signals.encode(self._enrolment.enrol(request, clock.wall())))
        log.info("%s has joined", request.name)
        self._figures.joined += 1
        self._do(self._switchboard.enrolled(request.name))

    async def _serve_link(self, link: Link, hello: signals.Ping) -> None:
        name = link.name
        self._do(self._switchboard.arrive(name))  # disconnects an earlier link, before this one takes its place
        self._tidings.forget(name)
        self._directory.enter(name, link)
        self._links.add(link)
        self._figures.links += 1
        log.info("%s has come", name)
        people = self._switchboard.people(name)
        link.send(signals.Welcome(name=name, relay=self.identity.name, people=people))
        link.send(signals.Pong(number=hello.number))
        try:
            while (signal := await link.wait_signal()) is not None:
                self._receive(link, signal)
        finally:
            self._links.discard(link)
            if self._directory.leave(name, link):
                log.info("%s has gone", name)
                self._do(self._switchboard.leave(name, clock.monotonic()))

    def _receive(self, link: Link, signal: signals.LinkSignal) -> None:
        match signal:
            case signals.Ping(number=number):
                link.send(signals.Pong(number=number))
            case signals.Renew(csr=csr):
                try:
                    link.send(signals.Renewed(certificate=self._enrolment.renew(link.name, csr, clock.wall())))
                except CertificateError as error:
                    link.send(_refused(error))
            case _:
                if isinstance(signal, signals.Invite):
                    self._porter.may_invite(link.name)
                self._do(self._switchboard.receive(link.name, signal, clock.monotonic()))

    # ── what others do to the folder ───────────────────────────────────────────────────────────────────────────

    async def _review(self) -> None:
        """Expel whoever may not be here any more, but nobody for a disk's fault. Raises `StoreError`."""
        for name in self._switchboard.accounts.difference(self._store.names()):
            if self._directory.find(name) is None:
                self._do(self._switchboard.expel(name, signals.Refused(code="unknown-account", sentence="")))
        for link in list(self._links):
            try:
                self._enrolment.check_key(link.name, link.key)
            except CertificateError as error:
                if self._directory.find(link.name) is link:
                    log.warning("%s is sent away (%s)", link.name, error.code)
                    self._figures.refused[error.code] += 1
                    self._do(self._switchboard.expel(link.name, _refused(error)))
            except StoreError as error:  # one damaged file must not keep the others' revocations from being seen
                log.warning("whether %s may stay is not known: %s", link.name, error)
            await asyncio.sleep(0)  # a file is read for each: calls go on between them

    def _renew(self) -> None:
        """A new relay certificate, when one is due; connections that stand keep the old one."""
        identity = self._store.open(self.identity.name, clock.wall())
        if identity.relay.certificate != self.identity.relay.certificate:
            self.identity = identity
            self._context = self._make_context()
            until = identity.relay.certificate.not_valid_after_utc
            log.info("the relay has a new certificate, good until %s", until.date())

    def _make_context(self) -> TlsContext:
        relay, authority = self.identity.relay, self.identity.authority
        return relay_context(relay.certificate, relay.key, authority.certificate, self._versions, told=False)

    def _figures_now(self) -> Figures:
        forwarded = self._patchbay.counters
        late = self._late + sum(stream.media_dropped for stream in self._streams)
        return replace(
            self._figures,
            open_connections=len(self._streams),
            online=self._switchboard.online,
            calls=self._switchboard.calls,
            tasks=len(asyncio.all_tasks()),
            packets_forwarded=forwarded.packets - forwarded.dropped - late,
            packets_dropped=forwarded.dropped,
            packets_late=late,
            calls_refused=self._switchboard.refused,
            turned_away=self._porter.turned_away,
        )

    # ── what the switchboard wants ─────────────────────────────────────────────────────────────────────────────

    def _do(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Deliver(to=to, signal=signals.Presence() as presence):
                    self._tidings.gather(to, presence)
                case Deliver(to=to, signal=signal):
                    if (link := self._directory.find(to)) is not None:
                        link.send(signal)
                case CloseCall(call=call):
                    self._patchbay.close(call)
                case Disconnect(name=name, refused=refused):
                    if (link := self._directory.find(name)) is not None:
                        self._directory.leave(name, link)
                        link.dismiss(refused)
                case WatchLeg(name=name, call=call, on=on):
                    if (leg := self._patchbay.find(call, name)) is not None:
                        self._watch_leg(leg, on=on)
        self._arm()

    def _tell(self, reader: str, news: Iterable[signals.Presence]) -> None:
        if (link := self._directory.find(reader)) is not None:
            link.send(*news)

    def _watch_leg(self, leg: Leg, *, on: bool) -> None:
        """Its owner wants to be told what goes through it, or no more."""
        if not on:
            leg.sightings = None
        elif leg.sightings is None:
            leg.sightings = Sightings(leg.call)
            asyncio.get_running_loop().call_later(TELL_EVERY, self._tell_sightings, leg, leg.sightings)

    def _tell_sightings(self, leg: Leg, sightings: Sightings) -> None:
        """Ends by itself: the patchbay lets go of `sightings` with the call."""
        if leg.sightings is not sightings or self._stopped:
            return
        account = sightings.take()
        if account is not None and (link := self._directory.find(leg.owner)) is not None:
            link.send(account)
        asyncio.get_running_loop().call_later(TELL_EVERY, self._tell_sightings, leg, sightings)

    def _arm(self) -> None:
        """Wake up when the switchboard's next deadline has come."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._switchboard.next_deadline
        if deadline is not None:
            delay = max(0.0, deadline - clock.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._do(self._switchboard.tick(clock.monotonic()))


def _refused(error: GlasscallError) -> signals.Refused:
    return signals.Refused(code=error.code, sentence=error.sentence[:300])


def _cannot_listen(host: str, port: int, error: OSError) -> RelayError:
    if error.errno == errno.EADDRINUSE:
        return RelayError(
            f"Port {port} on {host} is in use; is another relay running? Name another one with --listen HOST:PORT.",
            code="port-in-use",
        )
    return RelayError(
        f"Cannot listen on {host}:{port} ({error.strerror or error}); name another address with --listen.",
        code="cannot-listen",
    )
