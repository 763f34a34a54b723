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
