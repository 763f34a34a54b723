"""Realistic journal entries for the window, alice's side; shared by the tests and tools/gui_gallery.py."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from voip.journal.observations import (
    AudioState,
    CallChanged,
    Channel,
    Connecting,
    DeviceChanged,
    Entry,
    Latency,
    Levels,
    LinkState,
    MediaKeyed,
    MediaStats,
    Mute,
    Observation,
    PathChanged,
    PersonSeen,
    Problem,
    Quality,
    RecordsCounted,
    TrustAssessed,
    VoiceChosen,
    VoiceProcessing,
    WordsReady,
)  # fmt: skip
from voip.session.tls.events import Alert, Established, Failed, HandshakeMessage, Record

RELAY = "relay.example.org"
CALL = "5f3c9a1e7b2d4f60a1b2c3d4e5f60718"
KEY = "a94fd1b27c3e5086b1d2905ef7aa3c6184e09b5d2f7716c8e5a0433d9b6f12c7"
OTHER_KEY = "3be07715d9c2486fa05be1d4227f9c80516de3aa94b807cf12d6e58830a97b4e"
WORDS = ("harbour", "velvet", "onion", "lantern")

SETTLED = 10
"""Seconds until the network is known to be clean."""
HEADSET = AudioState(
    "USB headset",
    "USB headset",
    input_how="PulseAudio, 5 ms blocks, 7.2 ms",
    output_how="PulseAudio, 5 ms blocks, 9.1 ms",
)
BUILT_IN = AudioState(
    "Built-in audio", "Built-in audio",
    input_how="PulseAudio, 5 ms blocks, 8.0 ms", output_how="PulseAudio, 10 ms blocks, 14.3 ms",
)  # fmt: skip
CLEAR = Quality("clear", "", 4.33, 4.35, 0.1, 0.0, 0.1, 0.0, 2.4, 18.0)
FAIR = Quality("fair", "late-bursts", 3.62, 3.71, 2.1, 0.0, 2.1, 1.9, 14.8, 46.0)
POOR = Quality("poor", "loss-bursts", 2.71, 2.86, 14.2, 6.3, 7.9, 0.4, 9.6, 40.0)

# direction, name, bytes, ms since the first message
FULL_13 = (
    ("out", "ClientHello", 1579, 0.0), ("in", "ServerHello", 1210, 1.9), ("in", "EncryptedExtensions", 36, 1.9),
    ("in", "CertificateRequest", 82, 1.9), ("in", "Certificate", 981, 2.0), ("in", "CertificateVerify", 78, 2.0),
    ("in", "Finished", 52, 2.0), ("out", "Certificate", 642, 3.4), ("out", "CertificateVerify", 79, 3.4),
    ("out", "Finished", 52, 3.4), ("in", "NewSessionTicket", 217, 4.6), ("in", "NewSessionTicket", 217, 4.6),
)  # fmt: skip
RESUMED_13 = (
    ("out", "ClientHello", 1896, 0.0), ("in", "ServerHello", 1216, 1.1), ("in", "EncryptedExtensions", 36, 1.1),
    ("in", "Finished", 52, 1.1), ("out", "Finished", 52, 1.8), ("in", "NewSessionTicket", 217, 2.2),
)  # fmt: skip
FULL_12 = (
    ("out", "ClientHello", 233, 0.0), ("in", "ServerHello", 89, 1.5), ("in", "Certificate", 975, 1.5),
    ("in", "ServerKeyExchange", 147, 1.5), ("in", "CertificateRequest", 58, 1.5), ("in", "ServerHelloDone", 4, 1.5),
    ("out", "Certificate", 640, 3.0), ("out", "ClientKeyExchange", 37, 3.0), ("out", "CertificateVerify", 79, 3.0),
    ("out", "ChangeCipherSpec", 1, 3.0), ("out", "Finished", 16, 3.0), ("in", "NewSessionTicket", 1042, 4.1),
    ("in", "ChangeCipherSpec", 1, 4.1), ("in", "Finished", 16, 4.1),
)  # fmt: skip


@cache
def certificate(uri: str) -> bytes:
    """A self-signed DER certificate for `uri`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, uri)])
    now = datetime(2026, 11, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=90))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"glasscall:{uri}")]), critical=False
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class Story:
    """Writes entries, one chapter after another; `at` is the time of the last one."""

    def __init__(self, at: float = 1000.0) -> None:
        self.at = at
        self.entries: list[Entry] = []

    def add(self, channel: Channel, what: Observation, *, call: str = "", after: float = 0.0) -> "Story":
        self.at += after
        self.entries.append(Entry(self.at, channel, call, what))
        return self

    def handshake(
        self, channel, messages=FULL_13, *, call="", to=RELAY, peer="", resumed=False, upto=None, mirror=False
    ):
        self.add(channel, Connecting(to), call=call)
        begin = self.at + 0.0004
        for way, name, size, ms in messages[:upto]:
            direction = {"out": "in", "in": "out"}[way] if mirror else way
            self.at = begin + ms / 1000
            self.add(channel, HandshakeMessage(self.at, direction, name, b"\0" * size), call=call)
            self.add(channel, Record(self.at, direction, "handshake", size), call=call)
        if upto is None:
            new = messages is not FULL_12
            done = Established(
                self.at, "TLSv1.3" if new else "TLSv1.2",
                "TLS_AES_256_GCM_SHA384" if new else "ECDHE-ECDSA-AES256-GCM-SHA384",
                "X25519MLKEM768" if new else "x25519", resumed, "glasscall/1", (certificate(peer or to),),
            )  # fmt: skip
            self.add(channel, done, call=call)
        return self

    # ── chapters ──

    def online(self, messages=FULL_13) -> "Story":
        self.add("phone", LinkState("connecting", RELAY, "alice"))
        self.handshake("link", messages)
        self.add("phone", LinkState("online", RELAY, "alice")).add("link", RecordsCounted(5))
        for person in (
            PersonSeen("bob", True), PersonSeen("carla", True, busy=True), PersonSeen("dong-hyun", True),
            PersonSeen("emil", False), PersonSeen("fatima", False),
        ):  # fmt: skip
            self.add("phone", person)
        return self

    def ringing(self, upto=None) -> "Story":
        self.add("call", CallChanged("bob", "calling", True), call=CALL, after=2.0)
        self.add("call", CallChanged("bob", "ringing", True), call=CALL, after=0.02)
        self.handshake("leg", RESUMED_13, call=CALL, resumed=True)
        return self.handshake("session", call=CALL, to="bob", peer=f"bob@{RELAY}", upto=upto)

    def incoming(self, level="certified", upto=None) -> "Story":
        self.add("call", CallChanged("bob", "incoming", False), call=CALL, after=2.0)
        self.handshake("leg", RESUMED_13, call=CALL, resumed=True)
        self.handshake("session", call=CALL, to="bob", peer=f"bob@{RELAY}", mirror=True, upto=upto)
        return self.trusted(level) if upto is None else self

    def trusted(self, level="certified") -> "Story":
        since = "" if level == "certified" else "2026-11-03"
        old = OTHER_KEY if level == "changed" else ""
        self.add("call", TrustAssessed(f"bob@{RELAY}", level, KEY, since, old), call=CALL)
        if level != "changed":
            self.add("call", WordsReady(WORDS), call=CALL, after=0.003)
        return self

    def talking(self, seconds: int = 134) -> "Story":
        self.add("call", CallChanged("bob", "talking", True), call=CALL, after=4.0)
        self.add("call", MediaKeyed("AEAD_AES_256_GCM"), call=CALL)
        self.add("call", PathChanged("tls"), call=CALL)
        self.add("call", HEADSET, call=CALL)
        self.add("call", VoiceChosen("auto", "balanced", 10, 32_000, False, (), "start"), call=CALL)
        self.add("call", VoiceProcessing(True, True, True, 0.0), call=CALL)
        begin = self.at
        for second in range(1, seconds + 1):
            self.at = begin + second
            wobble = math.sin(second / 5.0) * 3 + math.sin(second / 1.7) * 1.2 + (9 if second % 47 == 40 else 0)
            trip = 23.0 + wobble * 0.8
            stages = {
                "capture": 7.2, "frame": 10.0, "encode": 6.9, "send": 0.4, "network": trip / 2, "jitter": 18.0 + wobble,
                "decode": 0.2, "playout": 14.1,
            }  # fmt: skip
            self.add("call", Latency(round(trip, 1), sum(stages.values()), stages), call=CALL)
            n = second * 100
            stats = MediaStats(n, n - 2, 0, n - 5, 1, 3, n * 80, n * 80, 1, 2, 0, (120.0, 95.0))
            self.add("call", stats, call=CALL)
            self.add("call", replace(CLEAR, jitter_ms=round(2.0 + abs(wobble) / 4, 1)), call=CALL)
            self.add("call", Levels(-18.0 - wobble, -27.0 + wobble), call=CALL)
            if second == SETTLED:
                chosen = VoiceChosen("auto", "balanced", 10, 32_000, False, (), "clean")
                self.add("call", chosen, call=CALL)
        self.add("link", RecordsCounted(seconds // 5 + 9))
        return self.add("session", RecordsCounted(seconds + 14), call=CALL)

    # ── how the voice fares ──

    def sounds(self, quality: Quality, *, ear: float = 0.0, jitter: float = 0.0, seconds: int = 20) -> "Story":
        """For so many seconds more it is like that: `ear` ms longer on the way, `jitter` ms more in the buffer."""
        last = next(e.what for e in reversed(self.entries) if isinstance(e.what, Latency))
        for second in range(seconds):
            stages = {**last.stages, "network": last.stages["network"] + ear}
            stages["jitter"] += jitter + math.sin(second / 1.3) * jitter / 4
            trip = round(2 * stages["network"], 1)
            self.add("call", Latency(trip, round(sum(stages.values()), 1), stages), call=CALL, after=1.0)
            self.add("call", quality, call=CALL)
        return self

    def sent(self, wanted, mode, frame, rate, low=False, copies=(), code="clean", loss=0.0) -> "Story":
        return self.add("call", VoiceChosen(wanted, mode, frame, rate, low, copies, code, loss, 1.6), call=CALL)

    def unplugged(self) -> "Story":
        self.add("call", DeviceChanged("output", "lost", "USB headset", "…"), call=CALL, after=1.0)
        for kind in ("output", "input"):
            self.add("call", DeviceChanged(kind, "replaced", "Built-in audio", "…", 0.31), call=CALL, after=0.3)
        return self.add("call", BUILT_IN, call=CALL)

    def plugged(self) -> "Story":
        for kind in ("input", "output"):
            self.add("call", DeviceChanged(kind, "returned", "USB headset", "…"), call=CALL, after=0.2)
            self.add("call", replace(BUILT_IN, offered="USB headset"), call=CALL)
        return self

    def unheard(self) -> "Story":
        self.muted()
        return self.add("call", Levels(-90.0, -30.0, muted_but_speaking=True), call=CALL, after=0.5)

    def too_loud(self) -> "Story":
        return self.add("call", Levels(-2.0, -30.0, clipped=0.013), call=CALL, after=0.5)

    def unprocessed(self, code="voice-processing-missing") -> "Story":
        sentence = "The library for voice processing is missing." if code else ""
        return self.add("call", VoiceProcessing(False, False, False, 0.0, code, sentence), call=CALL)

    def muted(self, mine=True, theirs=False) -> "Story":
        return self.add("call", Mute(mine, theirs), call=CALL, after=0.1)

    def verified(self) -> "Story":
        return self.add("call", TrustAssessed(f"bob@{RELAY}", "verified", KEY, "2026-11-23"), call=CALL, after=0.1)

    def ended(self, reason="hung-up", sentence="") -> "Story":
        return self.add("call", CallChanged("bob", "ended", True, reason, sentence), call=CALL, after=0.2)

    def key_changed(self) -> "Story":
        self.trusted("changed")
        return self.ended("insecure", "bob shows another key than last time.")

    def unreachable(self) -> "Story":
        self.add("phone", LinkState("connecting", RELAY, "alice"))
        self.add("link", Connecting(RELAY))
        self.add("link", Failed(self.at, "relay-unreachable", f"{RELAY} did not answer within 5 seconds."), after=5.0)
        sentence = f"The relay {RELAY} cannot be reached: check your network."
        return self.add("phone", LinkState("offline", RELAY, "alice", "relay-unreachable", sentence))

    def refused(self) -> "Story":
        self.add("link", Alert(self.at, "out", "fatal", "certificate_expired"))
        return self.add("link", Failed(self.at, "certificate-expired", "The relay's certificate has expired."))

    def problem(self, about="call", code="x-unknown", sentence="Something {odd} happened.") -> "Story":
        return self.add("phone", Problem(about, code, sentence))
