"""Our place at the relay: keeps a link for as long as the phone runs, whatever happens to the connections under it.

    open ──→ serve ──goodbye, lost──→ back off ──→ open …      nothing depends on it: politely, with longer pauses
                │                                              while somebody talks: at once, several tries a second
                └── suspected ──→ ping ──answer──→ serve
                                    └── none for `PATIENCE` ──→ another link beside it; the first that answers stays

What must reach the relay (`Hangup`) is said again on the next link, until an answer to a later ping shows that it did.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from voip.client.desk import Desk
from voip.client.insisting import EVERY, insist
from voip.client.link import Link
from voip.client.reach import Held, dial
from voip.errors import CallError, GlasscallError, RelayError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.session.tls import Resumption, TlsContext
from voip.wire.signals import Hangup, LinkSignal, Rejoin, Rejoined, Signal

BACK_OFF_FIRST, BACK_OFF_MOST = 0.5, 15.0
"""Seconds before the relay is tried again while nothing depends on it; each failure doubles them."""
PATIENCE = 0.3
"""Seconds in which a suspected link must answer, before another is made beside it."""
GREETING = 2.0
"""Seconds for a welcome while somebody talks."""
OURSELVES = 10.0
"""Seconds in which we may have been displaced by a greeting of our own that we gave up, and the relay read late."""
UNSAID_MAX = 8
"""Calls of which the relay may still have to learn that we hung up."""
FINAL = frozenset(
    {"unknown-account", "replaced", "wrong-authority", "wrong-host", "expired", "unknown-ca", "certificate-expired",
     "certificate-required", "certificate-unknown", "certificate-revoked", "certificate-bad", "bad-certificate",
     "unsupported-certificate", "revoked", "protocol-version", "wrong-usage", "not-yet-valid"}
)  # fmt: skip
"""Refusals that trying again will not change: a person must act."""

T = TypeVar("T")
Tried = tuple[TlsStream, Held]
"""A connection on which nothing has been said yet, and what was seen of it."""


class Resident(Protocol):
    """Who lives here."""

    @property
    def talking(self) -> bool:
        """Whether a call depends on the link, so that it must come back at once."""

    def prepare(self) -> Desk:
        """What the next link shows, and where it goes."""

    def trying(self) -> None:
        """A link is being made, none being there."""

    def settled(self, link: Link) -> None:
        """A link stands: the first, or another after it."""

    def hear(self, signal: LinkSignal) -> None:
        """The relay says something; may raise `GlasscallError`, which ends the link."""

    def lost(self, code: str, sentence: str) -> None:
        """There is no link any more, or again none."""


@dataclass(slots=True)
class _Unsaid:
    signal: Hangup
    call: Rejoin | None
    at: float
    """Seconds; when it was first said."""
    ping: int
    """Of the present link: once it is answered the relay has heard."""


class Home:
    """One phone's."""

    def __init__(self, resident: Resident, absence: float) -> None:
        """`absence`: seconds for which the relay, and the other end, wait for somebody who was lost."""
        self._resident = resident
        self._absence = absence
        self.link: Link | None = None
        self._ticket: tuple[TlsContext, Resumption] | None = None
        self._stopping = asyncio.Event()
        self._standing = asyncio.Event()
        self._suspected = asyncio.Event()
        self._at_once = False
        self._gave_up_at = -OURSELVES
        self._unsaid: dict[str, _Unsaid] = {}
        """By call: what the relay may not have heard."""
        self._tokens: dict[str, asyncio.Future[str]] = {}

    # ── what the phone and its call do ─────────────────────────────────────────────────────────────────────────

    def resumption(self, context: TlsContext) -> Resumption | None:
        """The TLS session of this link, or of the last one, for another connection with the same context."""
        self._keep_ticket()
        return self._ticket[1] if self._ticket is not None and self._ticket[0] is context else None

    def tell(self, signal: Signal) -> None:
        """Tell the relay, if it is there."""
        if self.link is not None:
            self.link.send(signal)

    def hang_up(self, signal: Hangup, call: Rejoin | None) -> None:
        """Tell the relay now, and again on the next links until it has surely heard.

        `call`: which one it was, for a relay that was restarted, if the other end may ask for it there.
        """
        self.tell(signal)
        while len(self._unsaid) >= UNSAID_MAX:
            del self._unsaid[next(iter(self._unsaid))]
        ping = self.link.ping() if self.link is not None else 0
        self._unsaid[signal.call] = _Unsaid(signal, call, clock.monotonic(), ping)
        self.suspect()

    async def wait_link(self) -> None:
        """Until a link stands."""
        await self._standing.wait()

    async def rejoin(self, request: Rejoin, within: float) -> str:
        """A new token for our leg of a call that goes on. Raises `CallError` when the relay does not give it."""
        await self._standing.wait()
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tokens[request.call] = answer
        self.tell(request)
        try:
            async with asyncio.timeout(within):
                return await answer
        except TimeoutError:
            raise CallError("The relay does not say how the call goes on.", code="relay-silent") from None
        finally:
            if self._tokens.get(request.call) is answer:
                del self._tokens[request.call]

    def suspect(self, *, at_once: bool = False) -> None:
        """The link may be dead: it must answer now. `at_once`: make another beside it without waiting for that."""
        if self.link is not None:
            self._at_once = self._at_once or at_once
            self._suspected.set()

    def stop(self) -> None:
        """`run` returns."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping.is_set()

    # ── the link's life ────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Stay connected until `stop()`, or until the relay refuses us for good."""
        back_off = BACK_OFF_FIRST
        while not self.stopping:
            tried_at = clock.monotonic()
            code = sentence = ""
            self._resident.trying()
            try:
                link = await self.unless_stopped(self._open())
                while link is not None:
                    link = await self._serve(link)
                if not self.stopping:
                    code, sentence = "relay-closed", "The relay said goodbye; trying again."
            except GlasscallError as error:
                code, sentence = error.code, error.sentence
                if code == "replaced" and clock.monotonic() - self._gave_up_at < OURSELVES:
                    code, sentence = "relay-lost", "The relay took an old connection of ours for a new one."
            finally:
                await self._leave()
            self._resident.lost(code, sentence)
            if code in FINAL:
                return
            if clock.monotonic() - tried_at > BACK_OFF_MOST:  # a relay that drops us at once is not asked at once
                back_off = BACK_OFF_FIRST
            if self._urgent:  # at once, but not faster than that
                await self._wait_stop(max(0.0, tried_at + EVERY - clock.monotonic()))
                back_off = BACK_OFF_FIRST
            else:
                await self._wait_stop(back_off)
                back_off = min(2 * back_off, BACK_OFF_MOST)

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """`work`'s result, or None as soon as `stop()` is called."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            await _put_away(task, stop)

    async def _wait_stop(self, within: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._stopping.wait()

    @property
    def _urgent(self) -> bool:
        link, now = self.link, clock.monotonic()
        for call, unsaid in list(self._unsaid.items()):
            heard = link is not None and 0 < unsaid.ping <= link.answered
            if heard or now > unsaid.at + self._absence:
                del self._unsaid[call]
        return self._resident.talking or bool(self._unsaid)

    async def _open(self) -> Link:
        desk = self._resident.prepare()
        if not self._urgent:
            return await Link.open(desk, self.resumption(desk.link))
        return await self._greet(desk, await self._insist(desk))

    async def _insist(self, desk: Desk) -> Tried:
        """A connection, by one of several tries; nothing is said on any of them, so none can displace another."""
        resume = self.resumption(desk.link)

        async def attempt() -> Tried:
            held = Held(desk.journal)
            return await dial(desk, "link", resume=resume, held=held), held

        return await insist(attempt, drop=_drop, final=FINAL, wanted=lambda: self._urgent)

    async def _greet(self, desk: Desk, tried: Tried) -> Link:
        stream, held = tried
        held.release()
        try:
            async with asyncio.timeout(GREETING):
                return await Link.greet(desk, stream)
        except TimeoutError:
            self._gave_up_at = clock.monotonic()
            raise RelayError("The relay accepted the connection but says nothing.", code="relay-silent") from None

    async def _serve(self, link: Link) -> Link | None:
        """Act on the relay's signals until it or we say goodbye; the result is a link that took this one's place."""
        self._settle(link)
        hearing = asyncio.ensure_future(self._hear(link))
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            while True:
                suspected = asyncio.ensure_future(self._suspected.wait())
                await asyncio.wait({hearing, stop, suspected}, return_when=asyncio.FIRST_COMPLETED)
                await _put_away(suspected)
                if hearing.done():
                    hearing.result()
                    return None
                if stop.done():
                    return None
                another = await self._doubt(link, hearing, stop)
                if another is not None:
                    link.drop()
                    return another
        finally:
            await _put_away(hearing, stop)

    def _settle(self, link: Link) -> None:
        self.link = link
        self._suspected.clear()
        self._at_once = False
        self._standing.set()
        for unsaid in self._unsaid.values():
            if unsaid.call is not None:
                link.send(unsaid.call)
            link.send(unsaid.signal)
            unsaid.ping = link.ping()
        self._resident.settled(link)

    async def _hear(self, link: Link) -> None:
        while (signal := await link.receive()) is not None:
            if isinstance(signal, Rejoined):
                answer = self._tokens.get(signal.call)
                if answer is not None and not answer.done():
                    answer.set_result(signal.token)
            else:
                self._resident.hear(signal)

    async def _doubt(self, link: Link, hearing: "asyncio.Task[None]", stop: "asyncio.Task[Any]") -> Link | None:
        """Another link, or None when this one answers (or ends) before there is one."""
        self._suspected.clear()
        at_once, self._at_once = self._at_once, False
        number = link.ping()
        answer = asyncio.ensure_future(self._answered(link, number))
        dialing: asyncio.Task[Tried] | None = None
        try:
            done, _ = await asyncio.wait(
                {answer, hearing, stop}, timeout=0 if at_once else PATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            if done or not self._urgent:
                return None
            desk = self._resident.prepare()
            dialing = asyncio.ensure_future(self._insist(desk))
            await asyncio.wait({answer, hearing, stop, dialing}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done() or stop.done() or not dialing.done():
                return None
            tried, dialing = dialing.result(), None
            return await self._greet(desk, tried)
        finally:
            await _put_away(answer)
            if dialing is not None:
                await _put_away(dialing)
                if not dialing.cancelled() and dialing.exception() is None:
                    _drop(dialing.result())  # both came at once

    async def _answered(self, link: Link, number: int) -> None:
        while link.answered < number:
            await link.wait_heard()

    async def _leave(self) -> None:
        self._keep_ticket()
        link, self.link = self.link, None
        self._standing.clear()
        if link is not None:
            await link.close()

    def _keep_ticket(self) -> None:
        if self.link is not None and self.link.resumption is not None:
            self._ticket = (self.link.context, self.link.resumption)


def _drop(tried: Tried) -> None:
    tried[0].abort()


async def _put_away(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, GlasscallError):
            await task
