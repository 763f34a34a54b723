"""One call, from the first ring to the last word. Its phases are `session.call`'s table; this file only acts on them.

Ringing / Incoming ─→ leg ─→ session (end-to-end handshake) ─→ trust ─→ words        while it rings
accept ─→ Accept inside the session ─→ keys ─→ sound                                 after the answer
any failure, Ended, Bye, silence ─→ end, with the reason
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from itertools import count
from typing import Any, Literal, ParamSpec, TypeVar

from cryptography import x509

from voip.client.desk import Desk, Equipment, watcher
from voip.client.leg import Leg
from voip.client.session import Session
from voip.client.sound import Sound, Station
from voip.client.ways import Ways
from voip.client.worsening import KEY_LOG, Worsening
from voip.errors import AudioError, CallError, CertificateError, GlasscallError, ProtocolError, StoreError
from voip.io import clock
from voip.io.audio.opening import open_port
from voip.journal.observations import (
    AudioState,
    CallChanged,
    MediaKeyed,
    Mute,
    Observation,
    Problem,
    TrustAssessed,
    TrustLevel,
    WordsReady,
    Worsened,
)
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.plan import Mode
from voip.media.processing import OFF, Processing
from voip.media.protector import PROFILE
from voip.media.steering import Steering
from voip.media.voice import Voice
from voip.pki.certificates import client_address, key_fingerprint, load_certificate_untrusted
from voip.pki.checks import check_client
from voip.session import trust
from voip.session.call import Phase, Step, follow
from voip.session.keys import srtp_keys
from voip.session.tls import Resumption
from voip.session.tls.events import Established
from voip.session.words import WordExchange, words_secret
from voip.wire import signals
from voip.wire.signals import Accept, Answer, Bye, Commit, Delay, Doubled, Hangup, Muted, Nonce, Reason, Reveal, Signal

LEG_GRACE = 0.5
"""Seconds for the reason to come when a leg is closed."""
PIN_EVERY = 5.0
"""Seconds between two looks at what is remembered of the peer."""
log = logging.getLogger(__name__)
_INSECURE = (CertificateError, ProtocolError)
T = TypeVar("T")
P = ParamSpec("P")


class Conversation:
    """One call. `tell_relay` sends a signal over the link; `on_end` is told once, when all is over."""

    def __init__(
        self,
        desk: Desk,
        call: str,
        peer: str,
        *,
        outgoing: bool,
        tell_relay: Callable[[Signal], None],
        on_end: Callable[["Conversation"], None],
    ) -> None:
        self._desk = desk
        self.call = call
        self.peer = peer
        self.outgoing = outgoing
        self.phase = Phase.IDLE
        self._tell_relay = tell_relay
        self._on_end = on_end
        self._leg: Leg | None = None
        self._ways = Ways(desk, call, observe=self._observe, on_media=self._on_media, tell=self._tell_peer)
        self._session: Session | None = None
        self._words: WordExchange | None = None
        self._sound: Sound | None = None
        self._fingerprint = ""
        self._address = ""
        self._muted = self._peer_muted = False
        self._mode = desk.options.voice
        self._processing = desk.options.processing
        self._worsening = Worsening(peer)
        self._level: TrustLevel | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._step(Step.DIAL if outgoing else Step.OFFER)
        self._spawn(self._listen_for_an_answer)

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
        if self._session is not None:
            self._session.send(Muted(on=on))
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
        pin = trust.pin_after(self._pin(), self._address, self._fingerprint, clock.wall().date())
        self._remember(trust.verified(pin, clock.wall().date()))
        self._assess()

    # ── what the relay says ────────────────────────────────────────────────────────────────────────────────────

    def ring(self, token: str, resume: Resumption | None) -> None:
        """Their phone rings, or ours: open the leg and shake hands end to end meanwhile."""
        if self.outgoing:
            self._step(Step.RING)
        self._spawn(self._secure, token, resume)

    def end(self, reason: Reason, sentence: str = "", *, tell: bool = True, code: str = "") -> None:
        """End the call and let everything go. Safe to call at any time, more than once.

        `reason` is what the others are told; `code`, where there is a closer one, what our own person is.
        """
        if self.phase is Phase.ENDED:
            return
        if tell:
            if self._session is not None:
                self._session.send(Bye(reason=reason))
            self._tell_relay(Hangup(call=self.call, reason=reason))
        self._step(Step.END, code or reason, sentence)
        for task in self._tasks:
            task.cancel()
        try:
            if self._sound is not None:
                self._sound.stop()
            self._ways.close()
            if self._session is not None:
                self._session.close()
        finally:
            self._on_end(self)

    async def close(self) -> None:
        """Wait until the leg is closed."""
        if self._leg is not None:
            await self._leg.close()

    # ── while it rings: leg, session, trust, words ─────────────────────────────────────────────────────────────

    async def _secure(self, token: str, resume: Resumption | None) -> None:
        limits = self._desk.limits
        leg = self._leg = await Leg.open(self._desk, self.call, token, resume)
        session = self._session = Session(
            self._desk.caller if self.outgoing else self._desk.callee,
            self._check_peer,
            send=leg.send,
            observe=watcher(self._desk.journal, "session", self.call),
            on_established=self._guarded(self._on_established),
            on_signal=self._guarded(self._on_signal),
            on_end=self._on_session_end,
        )
        leg.on_tls = session.receive
        leg.on_end = self._on_leg_end
        await self._ways.take(leg)
        session.start()
        leg.begin()
        await asyncio.sleep(limits.handshake)
        if not session.established:
            raise CallError(
                f"{self.peer}'s phone did not finish the handshake within {limits.handshake:g} s.", code="peer-silent"
            )

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
        certificate = load_certificate_untrusted(event.peer[0])
        self._fingerprint = key_fingerprint(certificate)
        self._address = client_address(certificate)
        trust.require_unchanged(self._assess())
        assert self._session is not None  # noqa: S101 - it has just called us
        self._words = WordExchange(
            "caller" if self.outgoing else "callee",
            nonce=secrets.token_bytes(32),
            secret=words_secret(self._session.export, bytes.fromhex(self.call)),
            call_id=bytes.fromhex(self.call),
        )
        for signal in self._words.start():
            self._session.send(signal)
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
            self._ways.peer_doubles(signal.on)
        elif isinstance(signal, Delay):
            if self._sound is not None:
                self._sound.peer_delays(signal)
        elif isinstance(signal, Bye):
            self.end(signal.reason, tell=False)

    def _exchange_words(self, signal: Commit | Nonce | Reveal) -> None:
        if self._words is None or self._session is None:
            raise ProtocolError("Words came before the session stood.", code="words-cheat")
        for answer in self._words.receive(signal):
            self._session.send(answer)
        if self._words.words is not None:
            self._observe(WordsReady(self._words.words))

    # ── after the answer: keys, sound ──────────────────────────────────────────────────────────────────────────

    @property
    def _trusted(self) -> bool:
        return self._words is not None

    def _pick_up(self) -> None:
        self._step(Step.SECURED)
        assert self._session is not None  # noqa: S101 - SECURED follows only an established session
        self._session.send(Accept())
        self._tell_relay(Answer(call=self.call))
        self._talk()

    def _talk(self) -> None:
        assert self._session is not None  # noqa: S101 - nobody talks without one
        self._remember(trust.pin_after(self._pin(), self._address, self._fingerprint, clock.wall().date()))
        keys = srtp_keys(self._session.export, bytes.fromhex(self.call))
        sending, receiving = keys.caller_to_callee, keys.callee_to_caller
        if not self.outgoing:
            sending, receiving = receiving, sending
        self._observe(MediaKeyed(PROFILE))
        self._ways.begin()
        self._sound = self._begin_sound(self._station(sending, receiving, self._session.send))
        self._ways.on_settled = self._sound.another_way
        self._sound.mute(self._muted)
        if self._desk.options.key_log is not None:
            self._worse(KEY_LOG)
        self._spawn(self._listen_for_silence)
        self._spawn(self._listen_for_a_changed_memory)

    def _station(self, sending: bytes, receiving: bytes, send: Callable[[Delay], None]) -> Callable[[], Station]:
        """What makes the stations of the voice: each attempt to open a sound card begins with fresh ones."""
        options = self._desk.options
        # One key protects them all, so no two may ever have an SSRC in common (RFC 3711 §8, RFC 7714 §8.1).
        ssrcs = count(secrets.randbits(32))

        def make() -> Station:
            outbound = Outbound(
                sending,
                next(ssrcs) & 0xFFFF_FFFF,
                sequence_number=secrets.randbits(15),
                timestamp=secrets.randbits(32),
            )
            outbound.on_frame = options.on_frame
            return Station(
                outbound=outbound,
                inbound=Inbound(receiving, outbound.round_trip),
                voice=Voice(Processing() if self._processing else OFF),
                steering=Steering(outbound, self._mode),
                path=self._ways,
                observe=self._observe,
                tell=send,
            )

        return make

    def _begin_sound(self, station: Callable[[], Station]) -> Sound:
        equipment: Equipment | None = None
        try:
            equipment = self._desk.options.equip()
            sound = Sound(equipment, station())
            sound.start()
        except AudioError as error:  # the call goes on: one can still see it, compare words, and hang up
            self._observe(Problem("audio", error.code, error.sentence))
            silent = open_port("none", "none")
            sound = Sound(replace(equipment, port=silent) if equipment else Equipment(silent), station())
            sound.start()
            self._observe(AudioState("", "", error.code, error.sentence))
        return sound

    async def _listen_for_silence(self) -> None:
        limit = self._desk.limits.silence
        while self._sound is not None:
            quiet = clock.monotonic() - self._sound.last_authentic_at
            if quiet >= limit:
                self.end("lost", f"Nothing has come from {self.peer} for {limit:g} s.")
                return
            await asyncio.sleep(limit - quiet)

    async def _listen_for_a_changed_memory(self) -> None:
        """What is remembered of the peer can change while we talk: by a person's hand, or by another program's."""
        while True:
            await asyncio.sleep(PIN_EVERY)
            found = trust.assess(self._pin(), self._address, self._fingerprint)
            worse = self._worsening.trust(self._level, found.level) if self._level is not None else None
            if worse is not None:
                self._worse(worse)
                self._assess()
                self.end("insecure", worse.sentence)
                return

    # ── endings and failures ───────────────────────────────────────────────────────────────────────────────────

    def _on_media(self, packet: bytes) -> bool:
        """Whether `packet` was authentic; before the answer nothing is played, or judged."""
        return self._sound is not None and self._sound.receive(packet)

    def _tell_peer(self, signal: Signal) -> None:
        if self._session is not None:
            self._session.send(signal)

    def _on_leg_end(self, error: GlasscallError | None) -> None:
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

    def _pin(self) -> trust.Pin | None:
        return self._desk.store.pins.get(self._address)

    def _remember(self, pin: trust.Pin) -> None:
        try:
            self._desk.store.pins.put(pin)
        except StoreError as error:
            self._observe(Problem("store", error.code, error.sentence))

    def _assess(self) -> trust.Assessment:
        pin = self._pin()
        found = trust.assess(pin, self._address, self._fingerprint)
        self._level = found.level
        self._observe(
            TrustAssessed(
                self._address,
                found.level,
                self._fingerprint,
                found.since or "",
                found.old_fingerprint or "",
                first_seen=pin.first_seen if pin is not None else "",
                verified_at=(pin.verified_at or "") if pin is not None else "",
            )
        )
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
