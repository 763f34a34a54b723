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
