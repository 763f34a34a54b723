"""One call, from the first ring to the last word. Its phases are `session.call`'s table; this file only acts on them.

Ringing / Incoming ─→ connection: leg, session ─→ trust ─→ words        while it rings
accept ─→ Accept inside the session ─→ keys ─→ sound                    after the answer
leg or link lost ─→ the connection comes back by itself; another session ─→ other keys     while they talk
any failure, Ended, Bye, absence ─→ end, with the reason
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, Literal, ParamSpec, TypeVar

from cryptography import x509

from voip.client.connection import Connection, Ends, Way
from voip.client.home import Home
from voip.client.peer import Peer
from voip.client.sound import Sound
from voip.client.studio import Keys, Studio
from voip.client.vigil import QUIET, Vigil
from voip.client.ways import Ways
from voip.client.worsening import KEY_LOG, Worsening
from voip.errors import CallError, CertificateError, GlasscallError, ProtocolError, StoreError
from voip.io import clock
from voip.journal.observations import (
    CallChanged,
    MediaKeyed,
    Mute,
    Observation,
    Problem,
    SessionRenewed,
    WordsReady,
    Worsened,
)
from voip.media.plan import Mode
from voip.media.protector import PROFILE
from voip.pki.checks import check_client
from voip.session import trust
from voip.session.call import Phase, Step, follow
from voip.session.continuity import Role
from voip.session.keys import Export
from voip.session.tls import Resumption
from voip.session.tls.events import Established
from voip.session.words import WordExchange, words_secret
from voip.wire import signals
from voip.wire.signals import (
    Accept,
    Answer,
    Bye,
    Commit,
    Continue,
    Delay,
    Doubled,
    Hangup,
    Muted,
    Nonce,
    Reason,
    Reveal,
)

LEG_GRACE = 0.5
"""Seconds for the reason to come when a leg is closed."""
PIN_EVERY = 5.0
"""Seconds between two looks at what is remembered of the peer."""
log = logging.getLogger(__name__)
_INSECURE = (CertificateError, ProtocolError)
T = TypeVar("T")
P = ParamSpec("P")


class Conversation:
    """One call. `line` is the phone's link, `way` says how a leg is opened; `on_end` is told once, when all is over."""

    def __init__(
        self,
        call: str,
        peer: str,
        *,
        outgoing: bool,
        line: Home,
        way: Way,
        on_end: Callable[["Conversation"], None],
    ) -> None:
        self._desk = desk = way()[0]
        self.call = call
        self.peer = peer
        self.outgoing = outgoing
        self.phase = Phase.IDLE
        self._role: Role = "caller" if outgoing else "callee"
        self._line = line
        self._on_end = on_end
        self._known = Peer(desk)
        self._ways = Ways(desk, call, observe=self._observe, on_media=self._on_media, tell=self._say)
        self._connection = Connection(self._ends(), line, way)
        self._words: WordExchange | None = None
        self._sound: Sound | None = None
        self._renewals = 0
        self._muted = self._peer_muted = False
        self._mode = desk.options.voice
        self._processing = desk.options.processing
        self._worsening = Worsening(peer)
        self._tasks: set[asyncio.Task[None]] = set()
        self._step(Step.DIAL if outgoing else Step.OFFER)
        self._spawn(self._listen_for_an_answer)

    def _ends(self) -> Ends:
        return Ends(
            call=self.call,
            peer=self.peer,
            role=self._role,
            check_peer=self._check_peer,
            on_established=self._guarded(self._on_established),
            on_renewed=self._guarded(self._on_renewed),
            on_signal=self._guarded(self._on_signal),
            on_leg=self._ways.take,
            on_joined=self._ways.joined_again,
            on_lost=self._on_leg_lost,
            on_over=self._on_session_end,
            on_fail=self._fail,
        )

    # ── what the person does ───────────────────────────────────────────────────────────────────────────────────

    def accept(self) -> None:
        """Pick up; talking begins as soon as the session is secure."""
        self._step(Step.ACCEPT)
        if self._trusted:
            self._guarded(lambda _: self._pick_up())(None)

    def hang_up(self) -> None:
        """End the call, whatever its phase."""
        if self.phase is Phase.INCOMING:
            self.end("declined")
        else:
            self.end("hung-up" if self.phase is Phase.TALKING else "cancelled")

    def mute(self, on: bool) -> None:
        """Switch the microphone; the peer is told."""
        self._muted = on
        if self._sound is not None:
            self._sound.mute(on)
        self._connection.say(Muted(on=on))
        self._observe(Mute(mine=self._muted, theirs=self._peer_muted))

    def choose_voice(self, mode: Mode) -> None:
        """How the voice is sent from now on."""
        self._mode = mode
        if self._sound is not None:
            self._sound.choose(mode)

    def process_voice(self, on: bool) -> None:
        """Take echo and noise out of our microphone's sound, or leave it as it is."""
        self._processing = on
        if self._sound is not None:
            self._sound.process(on=on)

    def switch_device(self, kind: Literal["input", "output"], device: str) -> None:
        """Go over to another microphone or loudspeaker. Raises `AudioError`, and `CallError` before the talk."""
        if self._sound is None:
            raise CallError("Devices can be changed once you are talking.", code="not-talking")
        self._sound.switch(kind, device)

    def words_match(self) -> None:
        """The two people compared the words: remember this key as verified. Raises `CallError` before there are any."""
        if self._words is None or self._words.words is None:
            raise CallError("There are no words to compare yet.", code="no-words")
        self._remember(self._known.verified)
        self._assess()

    # ── what the relay says ────────────────────────────────────────────────────────────────────────────────────

    def ring(self, token: str, resume: Resumption | None) -> None:
        """Their phone rings, or ours: open the leg and shake hands end to end meanwhile."""
        if self.outgoing:
            self._step(Step.RING)
        self._spawn(self._connection.open, token, resume)

    def link_is_back(self) -> None:
        """Another link stands: whatever was sought by the old one is sought by this."""
        if self.phase is Phase.TALKING:
            self._connection.link_is_back(quiet=clock.monotonic() - self.last_authentic_at >= QUIET)

    def end(self, reason: Reason, sentence: str = "", *, tell: bool = True, code: str = "") -> None:
        """End the call and let everything go. Safe to call at any time, more than once.

        `reason` is what the others are told; `code`, where there is a closer one, what our own person is.
        """
        if self.phase is Phase.ENDED:
            return
        if tell:
            talked = self._connection.request if self.phase is Phase.TALKING else None
            self._line.hang_up(Hangup(call=self.call, reason=reason), talked)
        self._step(Step.END, code or reason, sentence)
        for task in self._tasks:
            task.cancel()
        try:
            if self._sound is not None:
                self._sound.stop()
            self._ways.close()
            self._connection.end(Bye(reason=reason) if tell else None)
        finally:
            self._on_end(self)

    async def close(self) -> None:
        """Wait until the leg is closed."""
        await self._connection.close()

    # ── while it rings: trust, words ───────────────────────────────────────────────────────────────────────────

    async def _listen_for_an_answer(self) -> None:
        """The relay ends what is not answered; this is for a relay that does not."""
        limits = self._desk.limits
        await asyncio.sleep(limits.reply)
        if self.phase is Phase.CALLING:
            raise CallError("The relay does not say whether it rings there.", code="relay-silent")
        await asyncio.sleep(limits.ring)
        if self.phase is not Phase.TALKING:
            self.end("no-answer")

    def _check_peer(self, shown: x509.Certificate) -> None:
        check_client(shown, self._desk.account.relay_name, clock.wall(), self.peer)

    def _on_established(self, event: Established) -> None:
        self._known.shows(event)
        if self._words is not None:
            return  # another session with the same peer; its proof comes next, and the words stay
        trust.require_unchanged(self._assess())
        session = self._connection.session
        assert session is not None  # noqa: S101 - it has just called us
        self._words = WordExchange(
            self._role,
            nonce=secrets.token_bytes(32),
            secret=words_secret(session.export, bytes.fromhex(self.call)),
            call_id=bytes.fromhex(self.call),
        )
        for signal in self._words.start():
            self._connection.say(signal)
        if self.phase is Phase.ACCEPTING:
            self._pick_up()

    def _on_signal(self, signal: signals.SessionSignal) -> None:
        if isinstance(signal, Commit | Nonce | Reveal):
            self._exchange_words(signal)
        elif isinstance(signal, Accept):
            self._step(Step.ACCEPTED)
            self._talk()
        elif isinstance(signal, Muted):
            self._peer_muted = signal.on
            self._observe(Mute(mine=self._muted, theirs=self._peer_muted))
        elif isinstance(signal, Doubled):
            self._ways.peer_doubles(on=signal.on)
        elif isinstance(signal, Delay):
            if self._sound is not None:
                self._sound.peer_delays(signal)
        elif isinstance(signal, Bye):
            self.end(signal.reason, tell=False)
        elif isinstance(signal, Continue):
            raise ProtocolError("A proof came that nobody had asked for.", code="continue-bad")

    def _exchange_words(self, signal: Commit | Nonce | Reveal) -> None:
        if self._words is None:
            raise ProtocolError("Words came before the session stood.", code="words-cheat")
        for answer in self._words.receive(signal):
            self._connection.say(answer)
        if self._words.words is not None:
            self._observe(WordsReady(self._words.words))
            self._survive_if_known()

    # ── after the answer: keys, sound ──────────────────────────────────────────────────────────────────────────

    @property
    def _trusted(self) -> bool:
        return self._words is not None

    def _pick_up(self) -> None:
        self._step(Step.SECURED)
        self._connection.say(Accept())
        self._line.tell(Answer(call=self.call))
        self._talk()

    def _talk(self) -> None:
        session = self._connection.session
        assert session is not None  # noqa: S101 - nobody talks without one
        self._remember(self._known.met)
        self._observe(MediaKeyed(PROFILE))
        self._ways.begin()
        studio = Studio(
            self._desk.options,
            self._mode,
            self._processing,
            self._ways,
            observe=self._observe,
            tell=self._connection.say,
        )
        self._sound = studio.begin(Keys.of(session.export, self.call, self._role))
        self._sound.mute(self._muted)
        self._ways.on_settled = self._sound.another_way
        self._survive_if_known()
        if self._desk.options.key_log is not None:
            self._worse(KEY_LOG)
        self._spawn(self._watch_over)
        self._spawn(self._listen_for_a_changed_memory)

    def _survive_if_known(self) -> None:
        """A talk outlives its connections once its words are agreed: another session could not make up for them."""
        if self.phase is Phase.TALKING and self._words is not None and self._words.words is not None:
            self._connection.survive()

    # ── while they talk ────────────────────────────────────────────────────────────────────────────────────────

    def _on_renewed(self, export: Export) -> None:
        """Another session, and its other end proved to be the first one's: the media change to its keys.

        The callee proves itself last, so the caller may send with its new key at once; the callee does so when it sees
        that. Until then, and a little longer, each end takes packets under the old key as well.
        """
        sound = self._sound
        if sound is None:
            return
        keys = Keys.of(export, self.call, self._role)

        def send() -> None:
            sound.send_with(keys.sending)

        if self._role == "caller":
            sound.hear_also(keys.receiving, lambda: None)
            send()
        else:
            sound.hear_also(keys.receiving, send)
        self._connection.say(Muted(on=self._muted))
        self._ways.announce()
        self._renewals += 1
        self._observe(SessionRenewed(self._renewals))
        self._observe(MediaKeyed(PROFILE))

    @property
    def last_authentic_at(self) -> float:
        """When something last came that only the peer can have sent; see `vigil.Watched`."""
        return self._sound.last_authentic_at if self._sound is not None else 0.0

    @property
    def link_heard_at(self) -> float | None:
        """When anything last came on the link."""
        return self._line.link.heard_at if self._line.link is not None else None

    @property
    def seeking(self) -> bool:
        """Whether another leg is being made."""
        return self._connection.seeking

    def suspect_link(self, *, at_once: bool) -> None:
        """It must show that it lives."""
        self._line.suspect(at_once=at_once)

    def renew_leg(self) -> None:
        """Make another beside the present one."""
        self._connection.renew()

    def observe(self, what: Observation) -> None:
        """Enter it in the journal."""
        self._observe(what)

    async def _watch_over(self) -> None:
        limit = self._desk.limits.absence
        await Vigil(self, limit).wait_lost()
        self.end("lost", f"Nothing has come from {self.peer} for {limit:g} s.")

    async def _listen_for_a_changed_memory(self) -> None:
        """What is remembered of the peer can change while we talk: by a person's hand, or by another program's."""
        while True:
            await asyncio.sleep(PIN_EVERY)
            before = self._known.level
            worse = self._worsening.trust(before, self._known.look_again()) if before is not None else None
            if worse is not None:
                self._worse(worse)
                self._assess()
                self.end("insecure", worse.sentence)
                return

    # ── endings and failures ───────────────────────────────────────────────────────────────────────────────────

    def _on_media(self, packet: bytes) -> bool:
        """Whether `packet` was authentic; before the answer nothing is played, or judged."""
        return self._sound is not None and self._sound.receive(packet)

    def _say(self, signal: Doubled) -> bool:
        return self._connection.say(signal)

    def _on_leg_lost(self, error: GlasscallError | None) -> None:
        if self.phase is Phase.ENDED:
            return
        self._spawn(self._end_unless_told_why, error.sentence if error else "The relay closed the call's connection.")

    async def _end_unless_told_why(self, sentence: str) -> None:
        """The relay closes a leg when a call ends, and says why on the link; the two may come in either order."""
        await asyncio.sleep(LEG_GRACE)
        self.end("lost", sentence)

    def _on_session_end(self, error: GlasscallError | None) -> None:
        if error is None:
            self.end("hung-up")
        else:
            self._fail(error)

    def _fail(self, error: GlasscallError) -> None:
        if self.phase is Phase.ENDED:
            return
        self._observe(Problem("call", error.code, error.sentence))
        self.end("insecure" if isinstance(error, _INSECURE) else "failed", error.sentence)

    def _spawn(self, work: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs) -> None:
        task = asyncio.get_running_loop().create_task(self._guard(work, *args, **kwargs))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _guarded(self, act: Callable[[T], None]) -> Callable[[T], None]:
        """`act`, with its failures ending this call instead of reaching the socket that brought them."""

        def guarded(value: T) -> None:
            if self.phase is Phase.ENDED:
                return  # what came after the end, in the same record perhaps, changes nothing
            try:
                act(value)
            except GlasscallError as error:
                self._fail(error)

        return guarded

    async def _guard(self, work: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await work(*args, **kwargs)
        except GlasscallError as error:
            self._fail(error)

    # ── small matters ──────────────────────────────────────────────────────────────────────────────────────────

    def _remember(self, memory: Callable[[], None]) -> None:
        try:
            memory()
        except StoreError as error:
            self._observe(Problem("store", error.code, error.sentence))

    def _assess(self) -> trust.Assessment:
        found, told = self._known.assess()
        self._observe(told)
        return found

    def _step(self, step: Step, reason: str = "", sentence: str = "") -> None:
        self.phase = follow(self.phase, step)
        if self.phase is not Phase.IDLE:
            self._observe(CallChanged(self.peer, self.phase.value, self.outgoing, reason, sentence))

    def _observe(self, what: Observation) -> None:
        self._desk.journal.add("call", what, call=self.call)
        worse = self._worsening.notice(what)
        if worse is not None:
            self._worse(worse)

    def _worse(self, what: Worsened) -> None:
        log.warning("%s: %s", what.code, what.sentence)
        self._desk.journal.add("call", what, call=self.call)
