"""All ways of one call's media, and which of them each direction takes. To the sound it is one `Path`.

    sound ── send ──→ UDP ────────────┐ as `choosing` says: one, or both for a moment
                   └→ leg, lanes ─────┤
                                    relay
    sound ←─ FIRST ── twins ←── UDP ──┤ `flow`: bindings, silence, loss
                            ←── leg, lanes ── `lanes`: one more when things come late

`look` is the heartbeat: it asks `flow` and `LaneKeeper` what they know, lets `choosing` choose, and tells the relay
(`Receive`), the peer (`Doubled`) and the journal (`PathChanged`, `LanesChanged`).
"""

import asyncio
from collections.abc import Callable
from typing import Literal

from voip.client.choosing import Change, Choosing, Evidence, Way, Why, silence
from voip.client.desk import Desk, PathChoice
from voip.client.flow import Flow
from voip.client.lanes import LaneKeeper, open_lane
from voip.client.lateness import Lateness
from voip.client.leg import Leg
from voip.client.path import TlsPath, UdpPath
from voip.client.recorder import DatagramRecorder
from voip.client.toll import Toll
from voip.client.twins import Seen, Twins
from voip.config import PATH, PathRules
from voip.errors import GlasscallError
from voip.io import clock
from voip.io.datagram import Datagrams
from voip.io.stream import TlsStream
from voip.journal.observations import LanesChanged, Observation, PathChanged, Problem
from voip.wire.framing import Kind, kind
from voip.wire.signals import Doubled, LegJoined, Receive

TICK = 0.025
"""Seconds between two looks: a tenth of the silence that must be noticed."""
SLOW = 0.25
"""… where there is no UDP, and only lanes to look after."""
BINDING_LIMIT = 5.0
"""Seconds in which UDP, where nothing else is allowed, must have come to be."""
DOUBLED_GRACE = 5.0
"""Seconds after the peer sends each packet once again, in which second copies may still come."""
LINGER = 1.0
"""Seconds for which a flow that has had its day is still listened to."""
OLD_MAX = 2
"""… and of these so many at a time."""
LANE_PAUSE = 30.0
"""Seconds before a lane is tried again when one could not be had."""
UDP, LEG = 0, 1
"""Numbers of the ways on which a packet can come; lanes have the next ones."""
NONE = (
    "udp-none",
    "This call is to travel by UDP alone, and UDP cannot be had: {why}. Call again with --path auto to be heard.",
)


class Ways:
    """One call's. Give it a leg with `take` (again, when the leg is another one), and `begin` when the talk does.

    `on_media` gets what came, once, and says whether it was authentic; `tell` sends a signal to the peer, if
    there is a session for it.
    """

    def __init__(
        self,
        desk: Desk,
        call: str,
        *,
        observe: Callable[[Observation], None],
        on_media: Callable[[bytes], bool],
        tell: Callable[[Doubled], bool],
        rules: PathRules = PATH,
    ) -> None:
        self._desk = desk
        self._call = call
        self._choice: PathChoice = desk.options.path
        self._observe = observe
        self._on_media = on_media
        self._tell = tell
        self._rules = rules
        self.on_settled: Callable[[], None] | None = None
        """If set, told that the way has changed and packets go by the new one alone."""
        self._leg: Leg | None = None
        self._tls = TlsPath()
        self._toll = Toll()
        self._tape = DatagramRecorder(desk.tape)
        self._socket: Datagrams | None = None
        self._old: list[tuple[Datagrams, asyncio.TimerHandle]] = []
        """Sockets of flows that have had their day."""
        self._flow: Flow | None = None
        self._udp: UdpPath | None = None
        self._begun = False
        self._out, self._in = Choosing(rules), Choosing(rules)
        self._unheard = False
        self._both = False
        self._doubled = False
        self._unsettled = False
        self._peer_doubles_until = 0.0
        self._twins = Twins()
        self._lateness = Lateness()
        self._keeper = LaneKeeper(0)
        self._tokens: list[str] = []
        self._lanes: dict[TlsStream, int] = {}
        self._next_way = LEG + 1
        self._lane_not_before = 0.0
        self._asked_udp = False
        self._missed_since: float | None = None
        self._missed_told = False
        self._work: list[asyncio.Task[None]] = []
        self._opening: asyncio.Task[None] | None = None
        self.ignored = 0
        """Media packets that came on a way that the person does not want."""

    # ── the call's side ────────────────────────────────────────────────────────────────────────────────────────

    def take(self, leg: Leg | None) -> None:
        """`leg` stands: media can go there. UDP is tried, if the relay has it and the person wants it.

        None: the leg is lost.
        """
        if leg is None:
            self.lost()
            return
        self.leave()
        self._leg, self._toll = leg, leg.toll
        leg.on_media = lambda packet: self._came(packet, LEG)
        leg.on_silent = self._not_heard
        self._tls.open(leg.pipe)
        self._keeper = LaneKeeper(0)
        self.joined_again(leg.joined)
        loop = asyncio.get_running_loop()
        self._work += [loop.create_task(self._open_flow(leg)), loop.create_task(self._beat())]

    def joined_again(self, joined: LegJoined) -> None:
        """The relay has more lanes for the leg."""
        # Where legs change, so do ways, and while there is no session nobody can say so.
        self._peer_doubles_until = max(self._peer_doubles_until, clock.monotonic() + DOUBLED_GRACE)
        self._tokens = list(joined.lanes)
        self._keeper.allow(len(self._lanes) + len(self._tokens))

    def lost(self) -> None:
        """The leg is gone, and its lanes; what there is of UDP goes on until there is another leg."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._leg is not None:
            self._tls.close(self._leg.pipe)
        self._leg = None
        for lane in list(self._lanes):
            self._lose_lane(lane, "")
        self._asked_udp = False
        now = clock.monotonic()
        if self._begun and self._choice == "auto" and self._flow is not None and self._flow.bound:
            self._changed(self._out.alone(now), None, now)

    def leave(self) -> None:
        """The leg is gone, and with it its flow and its lanes."""
        for task in self._work:
            task.cancel()
        self._work.clear()
        if self._socket is not None:  # what is on its way to us still comes
            old, self._socket = self._socket, None
            self._old.append((old, asyncio.get_running_loop().call_later(LINGER, old.close)))
            while len(self._old) > OLD_MAX:
                self._old.pop(0)[0].close()
        self._socket = self._flow = self._udp = None
        self.lost()
        now = clock.monotonic()
        if self._begun and self._choice == "auto":
            self._changed(self._out.gone(now), self._in.gone(now), now)
        self._unheard = self._both = False

    def begin(self) -> None:
        """The two talk from now on: the way matters."""
        self._begun = True
        self._missed_since = clock.monotonic()
        self._observe(PathChanged(self.name, "" if self._choice == "auto" else "forced"))
        self.look(clock.monotonic())

    def close(self) -> None:
        """The call is over. The leg is its owner's."""
        self._begun = False
        self.leave()
        for socket, timer in self._old:
            timer.cancel()
            socket.close()
        self._old.clear()

    def peer_doubles(self, on: bool) -> None:
        """The peer says whether it sends each packet on several ways."""
        self._peer_doubles_until = float("inf") if on else clock.monotonic() + DOUBLED_GRACE

    def announce(self) -> None:
        """Tell the peer anew how we send: the session is another one."""
        if self._doubled:
            self._tell(Doubled(on=True))

    # ── the sound's side: a `Path` ─────────────────────────────────────────────────────────────────────────────

    @property
    def name(self) -> Literal["udp", "tls"]:
        """How what we send travels."""
        return self._out.way if self._choice == "auto" else self._choice

    @property
    def receiving(self) -> Literal["udp", "tls"]:
        """How what is sent to us travels, if the relay does as it is asked."""
        return self._in.way if self._choice == "auto" else self._choice

    @property
    def toll(self) -> Toll:
        """What encrypting costs."""
        return self._toll

    @property
    def backlog(self) -> int:
        """Bytes that wait to be taken."""
        return self._tls.backlog if self.name == "tls" else 0

    @property
    def dropped(self) -> int:
        """Packets given up, because they had grown stale."""
        return self._tls.dropped

    def send(self, packet: bytes) -> bool:
        """Send `packet` on the way that is taken now, or on both."""
        self._desk.eye.passed("out", packet)
        way, went = self.name, False
        if self._udp is not None and (way == "udp" or self._both) and self._choice != "tls":
            went = self._udp.send(packet)
            if went:
                self._toll.datagram("out", packet)
        if (way == "tls" or self._both) and self._choice != "udp":
            went = self._tls.send(packet) or went
        return went

    # ── what comes ─────────────────────────────────────────────────────────────────────────────────────────────

    def _came(self, packet: bytes, way: int, flow: Flow | None = None) -> None:
        """A media packet came on `way`, by `flow` if that is UDP."""
        if (way == UDP) == (self._choice == "tls") and self._choice != "auto":
            self.ignored += 1
            return
        now = clock.monotonic()
        seen = self._twins.look(packet, way)
        if seen is Seen.TWIN:
            self._keeper.helped(self._twins.lag(packet, now), now)
        # A network may bring a datagram twice. Inside TLS only the relay can, and it must have a reason.
        second = seen is Seen.AGAIN and (way == UDP or now < self._peer_doubles_until)
        if seen is Seen.TWIN or second:
            if flow is not None:
                flow.media_came(packet, now, authentic=seen is Seen.TWIN)
            return
        if way != LEG:  # the leg has said so already
            self._desk.eye.passed("in", packet)
        authentic = self._on_media(packet)
        if authentic:
            self._twins.keep(packet, way, now)
            if way != UDP:
                self._lateness.came(packet, now)
        if flow is not None:
            flow.media_came(packet, now, authentic=authentic)

    def _datagram_untrusted(self, packet: bytes, flow: Flow) -> None:
        """A datagram came by `flow`, which may be the one before the present one."""
        try:
            what = kind(packet)
        except GlasscallError:
            return
        self._tape.passed("in", packet)
        if what is Kind.MEDIA:
            self._toll.datagram("in", packet)
            self._came(packet, UDP, flow)
        elif what is Kind.STUN:
            flow.receive_untrusted(packet, clock.monotonic())

    def _not_heard(self) -> None:
        self._unheard = True

    # ── the heartbeat ──────────────────────────────────────────────────────────────────────────────────────────

    async def _beat(self) -> None:
        while True:
            self.look(clock.monotonic())
            await asyncio.sleep(TICK if self._flow is not None else SLOW)

    def look(self, now: float) -> None:
        """Ask all who know something, and act on it."""
        flow = self._flow
        if flow is not None:
            expecting = self._begun and self.receiving == "udp" and flow.bound
            trying = not flow.bound or (self._begun and (self._out.trying(now) or self._in.trying(now)))
            flow.tick(now, trying=trying, expecting=expecting)
            if self._begun and self._choice == "auto" and self._leg is not None:
                self._choose(flow, now, expecting=expecting)
        if not self._begun:
            return
        if self._choice == "udp":
            self._insist(flow, now)
        self._tell_of_copies()
        self._look_after_lanes(now)
        if self._unsettled and not self._both:
            self._unsettled = False
            if self.on_settled is not None:
                self.on_settled()

    def _choose(self, flow: Flow, now: float, *, expecting: bool) -> None:
        quiet = flow.quiet(now, expecting=expecting)
        tcp = self._leg.pipe.tcp if self._leg is not None and "tls" in {self.name, self.receiving} else None

        def seen(*, heavy: bool, unheard: bool = False) -> Evidence:
            return Evidence(
                flow.answered, quiet, flow.round_trip, tcp.round_trip if tcp is not None else None, heavy, unheard,
                flow.is_refused, flow.shortest,
            )  # fmt: skip

        outward, inward = seen(heavy=flow.heavy_out(now), unheard=self._unheard), seen(heavy=flow.heavy_in(now))
        self._unheard = False
        self._changed(self._out.look(outward, now), self._in.look(inward, now), now)
        self._both = self._out.both(outward, now)

    def _changed(self, out: Change | None, into: Change | None, now: float) -> None:
        """Act on what was chosen, and enter it: once, where both directions changed for one reason."""
        flow = self._flow
        if out is not None and flow is not None:
            flow.begin_anew(flow.outward, proven=out.way == "udp")
        if into is not None:
            if flow is not None:
                flow.begin_anew(flow.inward, proven=into.way == "udp")
                flow.expect(now)
            self._desk.eye.by_udp(on=into.way == "udp")
            if self._leg is not None and into.why != "gone":
                self._leg.say(Receive(path=into.way))
        if out is not None or into is not None:
            self._unsettled = True
        if out is not None and out == into:
            self._observe(PathChanged(out.way, out.why))
            return
        if out is not None:
            self._observe(PathChanged(out.way, out.why, "out"))
        if into is not None:
            self._observe(PathChanged(into.way, into.why, "in"))

    def _insist(self, flow: Flow | None, now: float) -> None:
        """UDP or nothing: ask for it as soon as it is there, and say when it is not."""
        if flow is not None and flow.bound and not self._asked_udp and self._leg is not None:
            self._asked_udp = True
            self._desk.eye.by_udp(on=True)
            self._leg.say(Receive(path="udp"))
        missing = flow is None or not flow.bound or flow.quiet(now, expecting=True) >= silence(flow.round_trip)
        if not missing:
            self._missed_since, self._missed_told = None, False
            return
        if self._missed_since is None:
            self._missed_since = now
        if not self._missed_told and (self._leg_has_no_udp() or now - self._missed_since >= BINDING_LIMIT):
            self._missed_told = True
            why = "this relay offers none" if self._leg_has_no_udp() else "nothing comes back by it"
            self._observe(Problem("call", NONE[0], NONE[1].format(why=why)))

    def _leg_has_no_udp(self) -> bool:
        return self._leg is not None and self._leg.joined.flow is None

    def _tell_of_copies(self) -> None:
        """The peer must know when our packets can come to it twice."""
        doubled = self._choice != "udp" and (self._both or (self.name == "tls" and bool(self._lanes)))
        if doubled != self._doubled and self._tell(Doubled(on=doubled)):
            self._doubled = doubled

    # ── UDP ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _open_flow(self, leg: Leg) -> None:
        given = leg.joined.flow
        # Whoever goes through a proxy may want nothing to go past it; UDP would.
        if given is None or self._choice == "tls" or (self._choice == "auto" and self._desk.route.proxy is not None):
            return

        def transmit(packet: bytes) -> bool:
            self._tape.passed("out", packet)
            return socket.send(packet)

        flow = Flow(given, transmit, self._rules)
        try:
            socket = await Datagrams.open(
                leg.pipe.host if self._desk.route.proxy is None else self._desk.account.host,
                given.port,
                lambda packet: self._datagram_untrusted(packet, flow),
                lambda _what: flow.refused(clock.monotonic()),
                tap=self._desk.options.tap_datagrams,
            )
        except GlasscallError:
            return  # no network for it: TLS it is, and `_insist` says so where UDP was asked for
        if self._leg is not leg:
            socket.close()
            return
        self._socket, self._flow, self._udp = socket, flow, UdpPath(flow, transmit)

    # ── lanes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _look_after_lanes(self, now: float) -> None:
        if self._leg is None or self._choice == "udp" or self._opening is not None:
            return
        tcp = self._leg.pipe.tcp
        if tcp is not None:
            self._keeper.resent(tcp.retransmissions, now)
        used = "tls" in {self.name, self.receiving}
        todo = self._keeper.look(len(self._lanes), self._lateness.delays(now), now, used=used)
        if todo == "open" and self._tokens and now >= self._lane_not_before:
            self._opening = asyncio.get_running_loop().create_task(self._open_lane(self._tokens.pop(0), self._leg))
        elif todo == "close" and self._lanes:
            lane = next(reversed(self._lanes))
            self._lose_lane(lane, "idle")

    async def _open_lane(self, token: str, leg: Leg) -> None:
        try:
            lane = await open_lane(self._desk, self._call, token, leg.pipe.resumption)
        except GlasscallError:  # the call has what it had
            self._lane_not_before = clock.monotonic() + LANE_PAUSE
            self._observe(LanesChanged(1 + len(self._lanes), "refused"))
            return
        finally:
            self._opening = None
        way, self._next_way = self._next_way, self._next_way + 1
        self._lanes[lane] = way
        self._tls.open(lane)
        lane.on_end = lambda _error: self._lose_lane(lane, "lost")
        self._observe(LanesChanged(1 + len(self._lanes), "late"))
        for packet in lane.take_over(lambda packet: self._lane_packet_untrusted(lane, way, packet)):
            self._lane_packet_untrusted(lane, way, packet)
        if lane.ended:
            self._lose_lane(lane, "lost")

    def _lane_packet_untrusted(self, lane: TlsStream, way: int, packet: bytes) -> None:
        try:
            media = kind(packet) is Kind.MEDIA
        except GlasscallError:
            media = False
        if media:
            self._came(packet, way)
        else:  # nothing else has a place there
            self._lose_lane(lane, "lost")

    def _lose_lane(self, lane: TlsStream, why: str) -> None:
        if self._lanes.pop(lane, None) is None:
            return
        lane.on_end = None
        self._tls.close(lane)
        lane.hang_up()
        if why:
            self._observe(LanesChanged(1 + len(self._lanes), why))


__all__ = ["Way", "Ways", "Why"]
