"""The numbers and names that more than one room needs. No logic lives here."""

from dataclasses import dataclass

PORT = 7443

ALPN_CALL = b"glasscall/1"
"""Links and legs; the client shows its certificate."""
ALPN_SESSION = b"glasscall-session/1"
"""The end-to-end session; keeps a certificate shown there from being used anywhere else."""
ALPN_JOIN = b"glasscall-join/1"
"""Enrolment; no client certificate, a one-time token instead."""
ALPN_HTTP = b"http/1.1"
"""A browser, and whatever offers no ALPN at all: no client certificate, the relay's page and nothing else."""

SIGNAL_MAX = 16_384
"""Longest JSON signal in bytes (a list of people is the longest of them)."""
TLS_RECORD_MAX = 16_645
"""Longest TLS record: 5 bytes of header, 2^14 of plaintext, 256 of expansion (RFC 8446 §5.2)."""
MEDIA_MAX = 1_500
"""Longest SRTP or SRTCP packet."""
FRAME_MAX = TLS_RECORD_MAX
"""Longest frame of any kind (RFC 4571 would allow 65,535)."""

SAMPLE_RATE = 48_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
BITRATE = 32_000
"""Opus, bits per second, constant: the sizes of variable-rate packets leak what is said (RFC 6562)."""
OPUS_PAYLOAD_TYPE = 111
RED_PAYLOAD_TYPE = 112
"""A voice frame with earlier ones (RFC 2198)."""
EXPORTER_LABEL = b"EXPORTER-glasscall-srtp"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each wait may last, in seconds. Tests shorten these; nothing waits without one."""

    connect: float = 5.0
    """TCP connection to the relay."""
    handshake: float = 5.0
    """Any TLS handshake, outer or inner."""
    reply: float = 5.0
    """An answer from the relay to a signal."""
    ring: float = 45.0
    """An unanswered call."""
    absence: float = 30.0
    """A call that has lost the other end, before it is over: without one authenticated packet from the peer; at the
    relay, without one of its two connections."""
    ping: float = 5.0
    """Between two pings on an idle link."""
    dead: float = 15.0
    """A link on which nothing at all has come, before it counts as lost."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second for long, and so many at once."""

    per_second: float
    at_once: float


@dataclass(frozen=True, slots=True)
class Admission:
    """How much a relay takes on, and from whom. What is more is refused, so that what is there does not suffer.

    Behind one address there may be a whole company (NAT), so what an address may do is generous; what a person may do
    is what a person does. Without a limit on addresses one machine could keep all others out; without one on persons
    one stolen key could.
    """

    calls: int = 500
    """At once. A core carries 500 and more on UDP, some 300 when all of them must use TLS (docs/adr/0012): a relay on
    a small machine should be told less (`--calls-max`)."""
    connections: int = 6_000
    """At once: twelve for each call, a third of what a relay with 20,000 descriptors could hold, 60 kB each."""
    connections_of_address: int = 2_000
    """At once, of one address."""
    connections_of_person: int = 16
    """At once, of one person, whose key we have seen: a link, a leg and two lanes, each twice while they are being
    replaced, and as much again for a second telephone that takes the first one's place."""
    handshaking: int = 256
    """Connections at once that are not past their handshake."""
    handshaking_of_address: int = 128
    """… of one address. When all places are taken, the address with the most gives up its oldest."""
    handshakes_of_address: Rate = Rate(300, 2_000)
    """Connections that an address may begin: a thousand people of one company come back at once when their relay
    restarts. 300 a second cost a core about a quarter of its time."""
    enrolments_of_address: Rate = Rate(1, 60)
    """Tries to join: each costs a signature and three files."""
    invites_of_person: Rate = Rate(1, 20)
    """Calls that a person may begin: nobody presses a button more often for long."""
    signals_of_link: Rate = Rate(50, 100)
    """Signals on one link; a phone in a call sends one a second or so."""
    packets_of_leg: Rate = Rate(600, 6_000)
    """Packets on one connection of a leg. The closest plan sends 200 a second; at once may come what waited while
    the network, or the relay, stood still for ten seconds."""
    bytes_of_leg: Rate = Rate(150_000, 1_500_000)
    """… and their bytes: the widest plan sends 20,000 a second, a session's handshake 6,000 in all."""


ADMISSION = Admission()


@dataclass(frozen=True, slots=True)
class PathRules:
    """When a call's voice changes its way, and how surely; seconds, packets, shares of 1."""

    probe: float = 0.1
    """Between two bindings of a flow that is being tried, or doubted."""
    keep_alive: float = 1.0
    """… of one that is in use, or does not answer: a NAT forgets UDP after 30 s at the earliest (RFC 4787 §4.3), but
    loss each way is known from nothing else, and a path that is back must be found within 5 s."""
    proof: int = 5
    """Bindings answered in a row before a way is taken: half a second, both ways through every NAT."""
    proof_after_loss: int = 20
    """… after it was left for loss: of ten packets lost in a hundred each way, it happens once in 70 tries."""
    round_trip_factor: float = 1.5
    round_trip_more: float = 0.05
    """UDP may be slower than this factor of TLS's round trip, and this much more: the kernel measures TCP's and we
    UDP's, so a busy machine adds that much even to the shortest of several."""
    doubt: float = 0.1
    """Silence after which bindings go at `probe`, and what we send goes both ways: two to ten packets' pace, which a
    path that works keeps but for its jitter."""
    silence: float = 0.25
    """Silence after which UDP is left. With the doubt's bindings answered nothing is silent, so this leaves 150 ms for
    their round trip; a longer one stretches it by half of itself more, …"""
    silence_most: float = 0.4
    """… to this at most: leaving is promised within half a second."""
    unheard: float = 1.0
    """A binding that was not answered for so long counts as lost."""
    heavy: float = 0.4
    heavy_of: int = 20
    """Share lost of the last packets at which a way is left at once. Of 20 at 10 % loss, 8 go once in 2,400 times; and
    what redundancy and concealment can mend ends near 30 % (docs/voice.md)."""
    lasting: float = 0.2
    lasting_of: int = 150
    """… the same for a loss that lasts: three seconds of usual frames."""
    dead_of: int = 8
    """Packets all lost at which it is left as well: they answer bindings, and media does not pass."""
    overlap: float = 0.5
    """How long packets go both ways when UDP was taken: until the relay has said how many came."""
    parting: float = 0.2
    """… and when it was left: what TLS is to carry now may stand behind a slow start."""
    pause: float = 1.0
    """After UDP was left, before it may be taken again."""
    pause_most: float = 60.0
    """A way that was taken and left within `brief` doubles the pause, up to this: no flapping."""
    brief: float = 5.0
    steady: float = 30.0
    """One that held so long is forgiven: the pause is the first one again."""
    held_up: float = 0.1
    """We looked so much too late: our own machine stood still, so what we did not hear proves nothing."""


PATH = PathRules()


@dataclass(frozen=True, slots=True)
class LaneRules:
    """When a leg gets one more TLS connection, and when it is let go; seconds."""

    late: float = 0.05
    """Behind the fastest packet: a lost segment holds up what follows for a round trip at least, and jitter seldom
    reaches so far."""
    often: int = 2
    within: float = 10.0
    """So many delays in so long ask for a lane: one alone may be anything."""
    resent_often: int = 20
    """Segments sent again within that time that ask for the last lane as well: two of three stand still together."""
    settle: float = 3.0
    """Between two lanes: what the first does must be seen before there is another."""
    helped: float = 0.04
    """A twin that came so much later was worth its lane."""
    idle: float = 120.0
    """A lane that was worth nothing for so long is let go."""


LANES = LaneRules()
