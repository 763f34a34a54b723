"""A tape of a real conversation: TLS engines, frames, SRTP are real; only the times are written like a script's."""

import hashlib
import json
import random
import secrets

import numpy as np
from handshakes import _engines

from voip.capture.flows import entropy
from voip.journal.observations import Forwarded, RelaySaw
from voip.journal.tape import Passed, Tape
from voip.media.outbound import Outbound
from voip.media.plan import Plan
from voip.media.protector import KEY_SIZE
from voip.session.tls import TlsEngine
from voip.wire.framing import frame
from voip.wire.rtcp import ntp_from_unix
from voip.wire.tls_names import CONTENT_NAMES
from voip.wire.tls_records import RecordReader

BEGAN = 1_000.0


class Wire:
    """One connection of ours: what we send and get goes on the tape."""

    def __init__(self, tape: Tape, channel) -> None:
        self._tape, self._channel = tape, channel
        self.near, self.far = _engines("1.3", end_to_end=False, resume=None)
        self._readers = {"out": RecordReader(), "in": RecordReader()}

    def handshake(self, at: float) -> None:
        self.near.start()
        self.far.start()
        moved = True
        while moved:
            moved = False
            for way, source, sink in (("out", self.near, self.far), ("in", self.far, self.near)):
                moved |= self._carry(way, source, sink, at, "handshake")
                at += 0.004

    def say(self, way, at: float, packet: bytes, meaning, detail: str = "") -> None:
        source, sink = (self.near, self.far) if way == "out" else (self.far, self.near)
        source.send(frame(packet))
        self._carry(way, source, sink, at, meaning, packet, detail)

    def _carry(self, way, source: TlsEngine, sink: TlsEngine, at, meaning, plain=b"", detail="") -> bool:
        data = source.take_output()
        sink.receive(data)
        for record in self._readers[way].feed(data):
            header = bytes([record.type, 3, 3]) + record.length.to_bytes(2, "big")
            self._tape.put(
                at, self._channel, way, CONTENT_NAMES[record.type], header + record.payload[:59],
                size=5 + record.length, entropy=entropy(record.payload).bits,
                meaning=meaning, plain=plain, detail=detail,
            )  # fmt: skip
        return bool(data)


def _voice() -> Outbound:
    return Outbound(secrets.token_bytes(KEY_SIZE), secrets.randbits(32), Plan(20), sequence_number=1000, timestamp=0)


def conversation(seconds: float = 4.0, *, begins: float = BEGAN, limit: int = 6_000) -> Tape:
    """Link and leg, signals, and both voices for so long."""
    tape, dice = Tape(limit), random.Random(7)
    link, leg = Wire(tape, "link"), Wire(tape, "leg")
    link.handshake(begins - 1.6)
    for way, kind in (("out", "Invite"), ("in", "Ringing"), ("in", "Accepted")):
        said = json.dumps({"type": kind.lower(), "call": "5f3c9a1e7b2d4f60", "to": "bob"}).encode()
        link.say(way, begins - 0.9, said, "signal", kind)
    leg.handshake(begins - 0.5)
    sound = [[dice.randrange(-3000, 3000) for _ in range(960)] for _ in range(3)]
    frames = [np.array(one, np.int16) for one in sound]
    ours, theirs = _voice(), _voice()
    for number in range(int(seconds * 50)):
        at = begins + number * 0.02 + dice.uniform(0, 0.002)
        leg.say("out", at, ours.push(frames[number % 3], at), "voice", str(1000 + number))
        leg.say("in", at + 0.007, theirs.push(frames[number % 3], at), "voice", str(1000 + number))
        if number % 50 == 30:
            leg.say("out", at + 0.001, ours.report(at, ntp_from_unix(1.7e9 + at), None), "report")
            link.say("out", at + 0.009, b'{"type":"ping"}', "signal", "Ping")
    return tape


def relay_account(rows: tuple[Passed, ...], matched: int, unknown: int) -> RelaySaw:
    """What the relay says of the voice in `rows`, with `unknown` packets that nobody sent."""

    def known(sealed: bytes, direction) -> Forwarded:
        opened = (
            sealed[:12] + b"\x78" + hashlib.sha512(sealed).digest()[:19]
        )  # the header is in clear; the rest stands in
        return Forwarded(direction, 108, hashlib.sha256(sealed).hexdigest(), sealed[:16], True, "voice", opened)

    voice = [row for row in rows if row.meaning == "voice"][-30:]
    strange = [Forwarded("in", 108, "ab" * 32, bytes(16), False)] * unknown
    return RelaySaw((*(known(row.plain, row.direction) for row in voice), *strange), matched, unknown)
