"""The façade: one person at one relay, at most one call at a time. Window, command line and tests all use this.

    phone = Phone(store, options)
    phone.journal.subscribe(…)          # everything that happens, happens there
    await phone.run()                   # connects, reconnects, until stop()
    await phone.call("bob")  · accept() · decline() · hang_up() · mute(on) · words_match() · watch_relay(on) · stop()
    phone.tape.since(number)            # what passed on our own wire, record by record

What a person does wrongly raises a `GlasscallError` with a sentence; what goes wrong by itself is in the journal.
"""

import asyncio
import secrets
from dataclasses import replace
from typing import Literal

from cryptography.hazmat.primitives import serialization

from voip.client.conversation import Conversation
from voip.client.desk import Desk, Options, furnish
from voip.client.eye import RelayEye
from voip.client.home import FINAL, Home
from voip.client.link import Link
from voip.errors import CallError, GlasscallError, TlsError
from voip.io import clock
from voip.io.store import ClientStore
from voip.journal.book import Journal
from voip.journal.observations import Credentials, LinkState, PersonSeen, Problem
from voip.journal.tape import Tape
from voip.media.plan import Mode
from voip.pki.ca import renewal_due
from voip.pki.certificates import make_csr
from voip.pki.joining import read_renewed_untrusted
from voip.pki.names import is_name
from voip.session.call import Phase
from voip.session.tls import Resumption
from voip.wire.signals import (
    NAME_HELP,
    Answered,
    Ended,
    Incoming,
    Invite,
    LinkSignal,
    Presence,
    Refused,
    Renew,
    Renewed,
    Ringing,
    Watch,
    Witnessed,
)

RENEWAL_LOOK = 3600.0
"""Seconds between two looks at our certificate's age, for a link on which nothing else happens for weeks."""
RENEWAL_PAUSE = 3600.0
"""Seconds before a relay that did not renew our certificate is asked again; there are weeks left."""


class Phone:
    """See the head of this file."""

    def __init__(self, store: ClientStore, options: Options) -> None:
        self.journal = Journal(clock.monotonic)
        self._store = store
        self._options = options
        self.tape = Tape()
        """What passes on link and leg, record by record; any thread may read it."""
        self._eye = RelayEye(self.journal)
        self._desk: Desk = self._furnish()
        self._home = Home(self, options.limits.absence)
        self._conversation: Conversation | None = None
        self._waiting: Incoming | None = None
        """A call that came in while ours to the same person was going out."""
        self._crossed = False
        self._renewal_asked_at: float | None = None
        self._renewed = False
        """Whether the next link should show another certificate than this one."""
        self._shown_until = self._desk.identity.certificate.not_valid_after_utc
        """How long the certificate is good that this link showed."""
        self._looking: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """Who we are at our relay."""
        return self._desk.account.name

    @property
    def patience(self) -> float:
        """Seconds within which the relay has either welcomed us or not."""
        limits = self._options.limits
        return limits.connect + limits.handshake + limits.reply

    @property
    def ring_limit(self) -> float:
        """Seconds after which an unanswered call ends."""
        return self._options.limits.ring

    # ── what the person does ───────────────────────────────────────────────────────────────────────────────────

    async def call(self, name: str) -> None:
        """Call `name`. Raises `CallError` when a call is on already, or the relay is not there."""
        if self._conversation is not None:
            raise CallError(f"You are already in a call with {self._conversation.peer}.", code="in-call")
        if self._home.link is None:
            raise CallError("There is no connection to the relay just now.", code="offline")
        if not is_name(name):
            raise CallError(f"{name[:60]!r} is nobody's name: {NAME_HELP}.", code="name-bad")
        if name == self.name:
            raise CallError("That is your own name.", code="own-name")
        call = secrets.token_hex(16)
        self._converse(call, name, outgoing=True)
        self._home.tell(Invite(call=call, to=name))

    async def accept(self) -> None:
        """Pick up. Raises `CallError` when nobody calls."""
        self._current().accept()

    async def decline(self) -> None:
        """Turn an incoming call down."""
        self._current().hang_up()

    async def hang_up(self) -> None:
        """End the call, whatever its phase. Without a call it does nothing."""
        if self._conversation is not None:
            self._conversation.hang_up()

    def mute(self, on: bool) -> None:
        """Switch the microphone off or on."""
        if self._conversation is not None:
            self._conversation.mute(on)

    def choose_voice(self, mode: Mode) -> None:
        """How the voice is sent, in this call and the next ones."""
        self._choose(replace(self._options, voice=mode))
        if self._conversation is not None:
            self._conversation.choose_voice(mode)

    def process_voice(self, on: bool) -> None:
        """Take echo and noise out of our microphone's sound, in this call and the next ones, or leave it as it is."""
        self._choose(replace(self._options, processing=on))
        if self._conversation is not None:
            self._conversation.process_voice(on)

    async def switch_device(self, kind: Literal["input", "output"], device: str) -> None:
        """Go over to another device in this call. Raises `AudioError`, or `CallError` when there is no call."""
        self._current().switch_device(kind, device)

    def _choose(self, options: Options) -> None:
        self._options = options
        self._desk = replace(self._desk, options=options)

    async def words_match(self) -> None:
        """The two people compared their words and they are the same."""
        self._current().words_match()

    async def watch_relay(self, on: bool) -> None:
        """Ask the relay (no more) for its own account of our leg; what comes is in the journal as `RelaySaw`.

        Raises `CallError` when there is no call, or its leg does not stand yet. It ends by itself with the call.
        """
        if not on and self._conversation is None:
            return
        call = self._current().call
        self._eye.watch(call, on=on)
        self._home.tell(Watch(call=call, on=on))

    async def stop(self) -> None:
        """End the call and the link; `run` returns."""
        await self.hang_up()
        self._home.stop()

    # ── the link's life ────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Stay connected until `stop()`, or until the relay refuses us for good; the journal tells of trouble."""
        await self._home.run()
        if self._closing:
            await asyncio.wait(self._closing, timeout=self._options.limits.reply)

    @property
    def talking(self) -> bool:
        """Whether a call depends on the link; see `home.Resident`."""
        return self._conversation is not None and self._conversation.phase is Phase.TALKING

    def prepare(self) -> Desk:
        """What the next link shows: a renewed certificate, if there is one."""
        if self._renewed:
            self._desk, self._renewed = self._furnish(), False
        self._show_credentials()
        self._shown_until = self._desk.identity.certificate.not_valid_after_utc
        return self._desk

    def trying(self) -> None:
        """A link is being made."""
        self.journal.add("link", LinkState("connecting", self._desk.account.relay_name, self.name))

    def settled(self, link: Link) -> None:
        """A link stands."""
        welcome = link.welcome
        self.journal.add("link", LinkState("online", welcome.relay, welcome.name))
        for person in welcome.people:
            self._see(person.name, online=person.online, busy=person.busy)
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look_at_our_age())
        if self._conversation is not None:
            self._conversation.link_is_back()

    def lost(self, code: str, sentence: str) -> None:
        """There is no link. A talk survives that, unless the relay turned us out."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        conversation = self._conversation
        if conversation is not None and not self._home.stopping:
            if code in FINAL:  # the relay turned us out, and said why
                conversation.end("lost", sentence, code=code)
            elif not self.talking:
                conversation.end("lost", "The connection to the relay was lost.")
        state = "refused" if code in FINAL else "offline"
        self.journal.add("link", LinkState(state, self._desk.account.relay_name, self.name, code, sentence))  # type: ignore[arg-type]

    def hear(self, signal: LinkSignal) -> None:
        """The relay says something."""
        self._hear(signal)
        self._renew_if_due()

    def _furnish(self) -> Desk:
        return furnish(self._store, self.journal, self._options, self.tape, self._eye)

    def _show_credentials(self) -> None:
        der = serialization.Encoding.DER
        certificate, authority = self._desk.identity.certificate, self._store.authority()
        self.journal.add("link", Credentials(certificate.public_bytes(der), authority.public_bytes(der)))

    # ── what the relay says ────────────────────────────────────────────────────────────────────────────────────

    def _hear(self, signal: LinkSignal) -> None:
        if isinstance(signal, Presence):
            self._see(signal.person.name, online=signal.person.online, busy=signal.person.busy)
        elif isinstance(signal, Incoming):
            self._offer(signal)
        elif isinstance(signal, Renewed):
            self._renew(signal)
        elif isinstance(signal, Witnessed):
            self._eye.hear(signal)
        elif isinstance(signal, Refused):
            raise TlsError(signal.sentence, code=signal.code)
        elif isinstance(signal, Ringing | Answered | Ended):
            self._hear_of_call(signal)

    def _hear_of_call(self, signal: Ringing | Answered | Ended) -> None:
        if isinstance(signal, Ended) and self._waiting is not None and self._waiting.call == signal.call:
            self._waiting = None
        conversation = self._conversation
        if conversation is None or conversation.call != signal.call:
            return  # an echo of a call that is over here already
        if isinstance(signal, Ringing):
            conversation.ring(signal.token, self._resumption())
        elif isinstance(signal, Ended):
            self._crossed = signal.reason == "crossed"
            conversation.end(signal.reason, tell=False)

    def _offer(self, signal: Incoming) -> None:
        if self._conversation is not None:
            self._waiting = signal  # we are just calling out; the relay will say what becomes of that
            return
        conversation = self._converse(signal.call, signal.caller, outgoing=False)
        conversation.ring(signal.token, self._resumption())

    async def _look_at_our_age(self) -> None:
        while True:
            self._renew_if_due()
            await asyncio.sleep(RENEWAL_LOOK)

    def _renew_if_due(self) -> None:
        now, asked_at = clock.monotonic(), self._renewal_asked_at
        if asked_at is not None and now - asked_at < RENEWAL_PAUSE:
            return
        if renewal_due(self._desk.identity.certificate, clock.wall()):
            self._renewal_asked_at = now
            self._home.tell(Renew(csr=make_csr(self._desk.identity.key, self.name)))

    def _renew(self, signal: Renewed) -> None:
        try:
            desk = self._desk
            address = (self.name, desk.account.relay_name)
            renewed = read_renewed_untrusted(signal, desk.identity.key, self._store.authority(), address, clock.wall())
            self._store.save_certificate(renewed.certificate)
            # Legs can resume the link's TLS session only with the link's own context, so that one stays while it lasts.
            self._desk = replace(self._furnish(), link=desk.link)
            self._renewed = True
            self._show_credentials()
        except GlasscallError as error:
            self.journal.add("link", Problem("store", error.code, error.sentence))

    def _see(self, name: str, *, online: bool, busy: bool) -> None:
        if name != self.name:
            self.journal.add("link", PersonSeen(name, online, busy))

    # ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _resumption(self) -> Resumption | None:
        """What a leg can resume. A session in which an expired certificate was shown is of no use to it."""
        return None if self._outlived() else self._home.resumption(self._desk.link)

    def _way(self) -> tuple[Desk, Resumption | None]:
        return self._desk, self._resumption()

    def _outlived(self) -> bool:
        """Whether this link has outlived the certificate that was shown on it, which has been renewed since."""
        return self._renewed and clock.wall() >= self._shown_until

    def _converse(self, call: str, peer: str, *, outgoing: bool) -> Conversation:
        if self._outlived():
            self._desk = self._furnish()  # the leg shakes hands anew, with the renewed certificate
        self._conversation = Conversation(
            call, peer, outgoing=outgoing, line=self._home, way=self._way, on_end=self._on_end
        )
        return self._conversation

    def _on_end(self, conversation: Conversation) -> None:
        closing = asyncio.get_running_loop().create_task(conversation.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self._conversation = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None and self._home.link is not None:
            self._offer(waiting)
            # Both called each other at once: what both want needs no second ring.
            if self._crossed and waiting.caller == conversation.peer:
                self._current().accept()
        self._crossed = False

    def _current(self) -> Conversation:
        if self._conversation is None or self._conversation.phase is Phase.ENDED:
            raise CallError("There is no call just now.", code="no-call")
        return self._conversation
