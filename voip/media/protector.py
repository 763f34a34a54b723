"""SRTP and SRTCP (RFC 3711) with AEAD_AES_256_GCM (RFC 7714). One key for each direction; libsrtp does the work.

    RTP, RTCP ──→ Protector ──→ SRTP, SRTCP ──→ Unprotector ──→ RTP, RTCP, or None
                                                     └ counts what was authentic, forged, replayed

libsrtp authenticates before it notes an index as seen, so a forgery cannot shift the replay window.
"""

from typing import Protocol

from pylibsrtp import Error, Policy, Session

from voip.errors import LocalError

PROFILE = "AEAD_AES_256_GCM"
KEY_SIZE = 44
"""Bytes: 32 of master key, then 12 of master salt (RFC 7714 §12)."""
REPLAY_WINDOW = 1024
"""Packets: 20 s of voice. What is older is refused, new or not."""
STREAMS_MAX = 8
"""SSRCs that one peer may use in a call; each costs libsrtp memory."""
_REPLAYED = ("replay check failed (bad index)", "replay check failed (index too old)")


def is_rtcp(packet: bytes) -> bool:
    """Whether a packet on the shared flow is RTCP rather than RTP (RFC 5761 §4)."""
    return len(packet) > 1 and 192 <= packet[1] <= 223


def _session(key: bytes, ssrc_type: int) -> Session:
    if len(key) != KEY_SIZE:
        raise LocalError(f"An SRTP key of {len(key)} bytes was handed in; {KEY_SIZE} are needed.", code="srtp-key")
    policy = Policy(key=key, ssrc_type=ssrc_type, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    policy.window_size = REPLAY_WINDOW
    return Session(policy=policy)


class Protects(Protocol):
    """What `Outbound` needs of a protector."""

    def protect_rtp(self, packet: bytes) -> bytes:
        """See `Protector`."""

    def protect_rtcp(self, packet: bytes) -> bytes:
        """See `Protector`."""


class Unprotects(Protocol):
    """What `Inbound` needs of an unprotector."""

    @property
    def rejected(self) -> int:
        """See `Unprotector`."""

    def unprotect_untrusted(self, packet: bytes) -> bytes | None:
        """See `Unprotector`."""


class Protector:
    """Encrypts and authenticates what we send. Holds the key in libsrtp only."""

    def __init__(self, key: bytes) -> None:
        """`key`: 44 bytes, master key and master salt; raises `LocalError` for another length."""
        self._srtp = _session(key, Policy.SSRC_ANY_OUTBOUND)

    def protect_rtp(self, packet: bytes) -> bytes:
        """SRTP, 16 bytes longer than `packet`; raises `LocalError` for what is no RTP packet or a reused number."""
        try:
            return bytes(self._srtp.protect(packet))
        except (Error, ValueError) as error:
            raise LocalError(f"An RTP packet could not be protected: {error}.", code="srtp-protect") from None

    def protect_rtcp(self, packet: bytes) -> bytes:
        """SRTCP, 20 bytes longer than `packet`; raises `LocalError` for what is no RTCP packet."""
        try:
            return bytes(self._srtp.protect_rtcp(packet))
        except (Error, ValueError) as error:
            raise LocalError(f"An RTCP packet could not be protected: {error}.", code="srtp-protect") from None


class Unprotector:
    """Lets through what the holder of the key sent, once. Never raises on a peer's bytes."""

    def __init__(self, key: bytes) -> None:
        """`key`: 44 bytes, master key and master salt; raises `LocalError` for another length."""
        self._srtp = _session(key, Policy.SSRC_ANY_INBOUND)
        self._streams: set[bytes] = set()
        self.authentic = 0
        """Packets that were let through."""
        self.forged = 0
        """Packets that failed authentication, or were no SRTP at all."""
        self.replayed = 0
        """Packets whose number had been seen already, or is too old to tell."""

    @property
    def rejected(self) -> int:
        """Packets that were not let through."""
        return self.forged + self.replayed

    def unprotect_untrusted(self, packet: bytes) -> bytes | None:
        """The RTP or RTCP packet in `packet`, or None when it is not to be believed."""
        rtcp = is_rtcp(packet)
        stream = packet[4:8] if rtcp else packet[8:12]
        if stream not in self._streams and len(self._streams) >= STREAMS_MAX:
            self.forged += 1
            return None
        try:
            clear = self._srtp.unprotect_rtcp(packet) if rtcp else self._srtp.unprotect(packet)
        except ValueError:  # longer than any packet may be
            self.forged += 1
            return None
        except Error as error:
            if str(error) in _REPLAYED:
                self.replayed += 1
            else:
                self.forged += 1
            return None
        # Only now: a forgery must not use up a stream.
        self._streams.add(stream)
        self.authentic += 1
        return bytes(clear)
