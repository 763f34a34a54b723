"""Sets up a call's voice: the stations between devices and connection, with their keys, and a sound to run them.

keys of the first session ──→ Outbound, Inbound ──→ Station ──→ Sound        (without devices, if they refuse)
keys of another session   ──→ Sound.rekey
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from voip.client.desk import Equipment, Options
from voip.client.path import Path
from voip.client.sound import Sound, Station
from voip.errors import AudioError
from voip.io.audio.opening import open_port
from voip.journal.observations import AudioState, Observation, Problem
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.plan import Mode
from voip.media.processing import OFF, Processing
from voip.media.steering import Steering
from voip.media.voice import Voice
from voip.session.continuity import Role
from voip.session.keys import Export, srtp_keys
from voip.wire.signals import Delay


@dataclass(frozen=True, slots=True)
class Keys:
    """SRTP's, as this end needs them."""

    sending: bytes = field(repr=False)
    receiving: bytes = field(repr=False)

    @classmethod
    def of(cls, export: Export, call: str, role: Role) -> "Keys":
        """Those of one session of `call`."""
        keys = srtp_keys(export, bytes.fromhex(call))
        if role == "caller":
            return cls(keys.caller_to_callee, keys.callee_to_caller)
        return cls(keys.callee_to_caller, keys.caller_to_callee)


@dataclass(frozen=True, slots=True)
class Studio:
    """What a call's voice is made with."""

    options: Options
    mode: Mode
    processing: bool
    path: Path
    observe: Callable[[Observation], None]
    tell: Callable[[Delay], object]

    def begin(self, keys: Keys) -> Sound:
        """A sound that runs: with the devices, or silent ones when they refuse."""
        station = self._stations(keys)
        equipment: Equipment | None = None
        try:
            equipment = self.options.equip()
            sound = Sound(equipment, station())
            sound.start()
        except AudioError as error:  # the call goes on: one can still see it, compare words, and hang up
            self.observe(Problem("audio", error.code, error.sentence))
            silent = open_port("none", "none")
            sound = Sound(replace(equipment, port=silent) if equipment else Equipment(silent), station())
            sound.start()
            self.observe(AudioState("", "", error.code, error.sentence))
        return sound

    def _stations(self, keys: Keys) -> Callable[[], Station]:
        """What makes the stations of the voice: each attempt to open a sound card begins with fresh ones."""
        # One key protects them all, so no two may ever have an SSRC in common (RFC 3711 §8, RFC 7714 §8.1).
        ssrcs = count(secrets.randbits(32))

        def make() -> Station:
            outbound = Outbound(
                keys.sending,
                next(ssrcs) & 0xFFFF_FFFF,
                sequence_number=secrets.randbits(15),
                timestamp=secrets.randbits(32),
            )
            outbound.on_frame = self.options.on_frame
            return Station(
                outbound=outbound,
                inbound=Inbound(keys.receiving, outbound.round_trip),
                voice=Voice(Processing() if self.processing else OFF),
                steering=Steering(outbound, self.mode),
                path=self.path,
                observe=self.observe,
                tell=self.tell,
            )

        return make
