"""A call's connection to the other end: a leg, and the end-to-end session in it. Both can be lost and made anew.

    open(token) ──→ leg ──→ session                                               while it rings
    survive() ────────────────────────────────────────────────────────────────── from here on the call outlives them
    leg gone, or `renew()` ──→ LegJoined.again, or Rejoin on the link ──→ a token ──→ another leg, until one stands
    LegJoined(pairing > 0) ──→ LegReady ──→ a new session, the roles as before ──→ Continue, both ways ──→ on_renewed

Media need none of that: their keys are the call's, and they flow as soon as a leg stands. What is said in the session
while there is none is lost; whoever says it must say it again (`on_renewed`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from voip.client.desk import Desk, watcher
from voip.client.insisting import EVERY
from voip.client.leg import Leg
from voip.client.session import Session
from voip.client.toll import Toll
from voip.errors import CallError, GlasscallError, ProtocolError
from voip.session.continuity import Continuity, Role
from voip.session.keys import Export
from voip.session.tls import PeerCheck, Resumption
from voip.session.tls.events import Established
from voip.wire.signals import Bye, Continue, LegJoined, LegReady, Rejoin, SessionSignal, Signal

Way = Callable[[], tuple[Desk, Resumption | None]]
"""What the next leg is opened with, and what it can resume."""


class Line(Protocol):
    """What a call needs of the phone's link (`home.Home`)."""

    def tell(self, signal: Signal) -> None:
        """Say it to the relay."""

    async def wait_link(self) -> None:
        """Until there is one."""

    async def rejoin(self, request: Rejoin, within: float) -> str:
        """A new token for our leg."""

    def suspect(self, *, at_once: bool = False) -> None:
        """It may be dead."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Whose call it is, and who is told. What these raise as `GlasscallError` must end the call before it gets here."""

    call: str
    peer: str
    role: Role
    check_peer: PeerCheck
    on_established: Callable[[Established], None]
    """The first session stands, or another one does: is it still the same peer?"""
    on_renewed: Callable[[Export], None]
    """Another session stands, and its other end is the first one's."""
    on_signal: Callable[[SessionSignal], None]
    on_leg: Callable[[Leg | None], None]
    """The call has this leg now, for its media as well (set its `on_media` and `on_silent`); or it has none."""
    on_joined: Callable[[LegJoined], None]
    """The other end's leg was made anew, and there is more for ours: lanes."""
    on_lost: Callable[[GlasscallError | None], None]
    """The leg is gone, and the call not one that survives this."""
    on_over: Callable[[GlasscallError | None], None]
    """The session ended: by the peer's goodbye, or broken."""
    on_fail: Callable[[GlasscallError], None]


class Connection:
    """One call's."""

    def __init__(self, ends: Ends, line: Line, way: Way) -> None:
        self._ends = ends
        self._line = line
        self._way = way
        self._desk = way()[0]
        self.leg: Leg | None = None
        self.session: Session | None = None
        self.toll = Toll()
        """What encrypting costs on all legs together."""
        self.opened = 0
        """How many legs there have been."""
        self._again = ""
        """A token that opens this leg once more."""
        self._continuity: Continuity | None = None
        self._proven = True
        """Whether the present session's other end is known to be the first one's."""
        self._work: asyncio.Task[None] | None = None
        self._late: asyncio.TimerHandle | None = None
        self._ended = False

    # ── what the call does ─────────────────────────────────────────────────────────────────────────────────────

    async def open(self, token: str, resume: Resumption | None) -> None:
        """The first leg, and the first session in it. Raises `RelayError`, `TlsError` or `CallError`."""
        leg = await Leg.open(self._desk, self._ends.call, token, resume, toll=self.toll)
        self._take(leg)
        session = self._begin_session(leg, first=True)
        leg.begin()
        within = self._desk.limits.handshake
        await asyncio.sleep(within)
        if not session.established:
            raise CallError(
                f"{self._ends.peer}'s phone did not finish the handshake within {within:g} s.", code="peer-silent"
            )

    def survive(self) -> None:
        """From now on the call outlives its leg; the present session is what later ones are held against."""
        assert self.session is not None  # noqa: S101 - nobody talks without one
        self._continuity = Continuity(self._ends.role, self.session.export, bytes.fromhex(self._ends.call))

    def renew(self, after: float = 0.0) -> None:
        """Make another leg beside the present one, and change over when it stands. Does nothing while one is made.

        `after`: so many seconds from now.
        """
        if self._continuity is not None and not self.seeking and not self._ended:
            self._work = asyncio.get_running_loop().create_task(self._come_back(after))

    def link_is_back(self, *, quiet: bool) -> None:
        """A new link stands. A leg that is sought is sought anew, and one from which nothing comes is not trusted."""
        seeking = self.seeking
        if self._work is not None:
            self._work.cancel()
            self._work = None
        if seeking or quiet:
            self.renew()

    def say(self, signal: Signal) -> bool:
        """Say `signal` to the peer; while no session stands it is dropped, and the answer is False."""
        if self.session is None or not self._proven:
            return False
        self.session.send(signal)
        return True

    @property
    def request(self) -> Rejoin:
        """What asks the relay for another leg."""
        ends = self._ends
        return Rejoin(call=ends.call, to=ends.peer, caller=ends.role == "caller")

    @property
    def seeking(self) -> bool:
        """Whether another leg is being made."""
        return self._work is not None and not self._work.done()

    def end(self, bye: Bye | None) -> None:
        """Say goodbye to the peer, even to one that has not proven who it is, and seek no more."""
        self._ended = True
        for work in (self._work, self._late):
            if work is not None:
                work.cancel()
        if self.session is not None:
            if bye is not None:
                self.session.send(bye)
            self.session.close()

    async def close(self) -> None:
        """Wait until the leg is closed."""
        if self.leg is not None:
            await self.leg.close()

    # ── legs ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, leg: Leg) -> None:
        """`leg` is the call's now; `begin` it when the session is ready for what came already."""
        old, self.leg = self.leg, leg
        if old is not None:
            old.drop()
        self.opened += 1
        self._again = leg.joined.again or ""
        leg.on_tls = self._receive_record
        self._ends.on_leg(leg)
        leg.on_joined = self._joined
        leg.on_end = self._leg_ended

    async def _come_back(self, after: float = 0.0) -> None:
        """Until another leg stands; whoever gives it up cancels it."""
        await asyncio.sleep(after)
        ends, request = self._ends, self.request
        while True:
            await self._line.wait_link()
            desk, resume = self._way()
            limits = desk.limits
            try:
                token, self._again = self._again or await self._line.rejoin(request, limits.reply), ""
                leg = await Leg.open(desk, ends.call, token, resume, toll=self.toll, within=limits.absence)
            except GlasscallError:
                await asyncio.sleep(EVERY)
                continue
            self._take(leg)
            if leg.joined.pairing:
                self._joined(leg.joined)
            leg.begin()
            return

    def _leg_ended(self, error: GlasscallError | None) -> None:
        self._ends.on_leg(None)
        if self._continuity is None:
            self._ends.on_lost(error)
        else:  # a goodbye may mean that the call is over, and the link is about to say so
            self.renew(after=EVERY if error is None else 0.0)

    def _joined(self, joined: LegJoined) -> None:
        """Both legs are here again: records of an earlier session may be lost, so another is begun."""
        if self._ended:
            return
        if self._continuity is None or self.leg is None:
            self._ends.on_lost(None)
            return
        self._again = joined.again or self._again
        self._ends.on_joined(joined)
        self.leg.say(LegReady(pairing=joined.pairing))
        self._begin_session(self.leg, first=False)

    # ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────

    def _begin_session(self, leg: Leg, *, first: bool) -> Session:
        desk, ends = self._desk, self._ends
        session = Session(
            desk.caller if ends.role == "caller" else desk.callee,
            ends.check_peer,
            send=leg.send,
            observe=watcher(desk.journal, "session", ends.call),
            on_established=ends.on_established if first else self._established_again,
            on_signal=self._signal,
            on_end=lambda error: self._over(session, error),
        )
        self.session, self._proven = session, first
        if not first:
            if self._late is not None:
                self._late.cancel()
            within = desk.limits.handshake
            self._late = asyncio.get_running_loop().call_later(within, self._not_done, session)
        session.start()
        return session

    def _not_done(self, session: Session) -> None:
        """A session that does not come to stand: one more leg, and with it one more pairing, gives it another try."""
        if session is self.session and not self._proven:
            self.renew()

    def _receive_record(self, record: bytes) -> None:
        if self.session is not None:
            self.session.receive(record)

    def _over(self, session: Session, error: GlasscallError | None) -> None:
        if session is self.session and (error is not None or self._proven):
            self._ends.on_over(error)  # a goodbye from nobody in particular is none

    def _established_again(self, event: Established) -> None:
        self._ends.on_established(event)
        if self._ends.role == "caller":
            self._prove()

    def _signal(self, signal: SessionSignal) -> None:
        if self._proven or isinstance(signal, Bye):  # whoever says goodbye need not prove anything
            self._ends.on_signal(signal)
            return
        try:
            self._believe(signal)
        except ProtocolError as error:
            self._ends.on_fail(error)

    def _believe(self, signal: SessionSignal) -> None:
        """The first signal of a new session must be the proof; only then is the other end told ours, if it is first."""
        assert self.session is not None  # noqa: S101 - it has just called us
        assert self._continuity is not None  # noqa: S101 - nor is there another session without
        if not isinstance(signal, Continue):
            raise ProtocolError(
                "After an interruption somebody answered who did not prove to be the one you were talking to.",
                code="continue-bad",
            )
        self._continuity.require(signal.proof, self.session.export)
        if self._ends.role == "callee":
            self._prove()
        self._proven = True
        if self._late is not None:
            self._late.cancel()
        self._ends.on_renewed(self.session.export)

    def _prove(self) -> None:
        assert self.session is not None  # noqa: S101 - as above
        assert self._continuity is not None  # noqa: S101
        self.session.send(Continue(proof=self._continuity.proof(self.session.export)))
