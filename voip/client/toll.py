"""What encrypting costs one call: bytes on the leg's wire, processor time, and how long packets are held up.

    leg ──→ Recorder ──each record, each turn──→ Toll ──once a second──→ CallCost
    Outbound, Inbound ──→ Tolled{Protector,Unprotector} ──each packet──→ Toll

Counting begins with the first record after `LegJoined`. Of every packet on the leg it is known to the byte what is
Opus, what RTP, what SRTP; what then remains of the wire is TLS: the leg's own, and the session's records inside it.
"""

from collections.abc import Callable

from voip.io import clock
from voip.journal.observations import CallCost
from voip.journal.tape import Meaning
from voip.media.protector import Protects, Unprotects, is_rtcp
from voip.session.tls.events import Direction

LENGTH_BYTES = 2
"""RFC 4571's length before each packet."""
RTP_HEADER = 12
SRTP_TAG = 16
"""AEAD_AES_256_GCM's tag (RFC 7714)."""
SRTCP_TRAILER = 20
"""The tag, then E flag and index."""


class Toll:
    """One leg's account."""

    def __init__(self) -> None:
        self.on_inside: Callable[[Direction, bytes, bytes], None] | None = None
        """If set, given each SRTP or SRTCP packet with the RTP or RTCP packet in it; it must not raise."""
        self.settle: Callable[[], None] | None = None
        """If set, called before an account is given: what has passed may not have been entered yet."""
        self._began: tuple[float, float] | None = None
        self._wire = self._opus = self._rtp = self._srtp = self._framing = 0
        self._packets = self._sending = self._receiving = 0
        self._srtp_cpu = self._tls_cpu = 0.0
        self._sealed, self._opened, self._protected, self._unprotected = Waits(), Waits(), Waits(), Waits()

    @property
    def counting(self) -> bool:
        """Whether the leg stands."""
        return self._began is not None

    def begin(self) -> None:
        """The leg stands: count from the next record on."""
        self._began = (clock.monotonic(), clock.process_cpu())

    def carried(
        self, direction: Direction, size: int, meanings: list[tuple[Meaning, str]], packets: list[bytes]
    ) -> None:
        """A record of `size` bytes passed, in which `packets` ended."""
        self._wire += size
        media = 0
        for (meaning, _), packet in zip(meanings, packets, strict=True):
            self._framing += LENGTH_BYTES
            whole = len(packet)
            if meaning == "voice":
                media += 1
                tag = min(SRTP_TAG, whole)
                header = min(rtp_header_untrusted(packet), whole - tag)
                self._rtp += header
                self._srtp += tag
                self._opus += whole - header - tag
            elif meaning == "report":
                media += 1
                trailer = min(SRTCP_TRAILER, whole)
                self._srtp += trailer
                self._rtp += whole - trailer
        if direction == "out":
            self._sending += media
        else:
            self._receiving += media

    def datagram(self, direction: Direction, packet: bytes) -> None:
        """A media packet travelled by UDP: neither framed nor inside TLS."""
        if not self.counting:
            return
        report = is_rtcp(packet)
        trailer = min(SRTCP_TRAILER if report else SRTP_TAG, len(packet))
        header = len(packet) - trailer if report else min(rtp_header_untrusted(packet), len(packet) - trailer)
        self._wire += len(packet)
        self._srtp += trailer
        self._rtp += header
        self._opus += len(packet) - trailer - header
        self._packets += 1
        if direction == "out":
            self._sealed.add(0.0, 1)
        else:
            self._opened.add(0.0, 1)

    def turned(self, cpu: float, held: float) -> None:
        """The leg's TLS engine took one turn, for the packets that were `carried` just now."""
        self._tls_cpu += cpu
        if self._sending:
            self._sealed.add(held, self._sending)
        if self._receiving:
            self._opened.add(held, self._receiving)
        self._packets += self._sending + self._receiving
        self._sending = self._receiving = 0

    def protected(self, srtp: bytes, clear: bytes, cpu: float, held: float) -> None:
        """SRTP made `srtp` of `clear`."""
        self._srtp_cpu += cpu
        self._protected.add(held, 1)
        if self.on_inside is not None:
            self.on_inside("out", srtp, clear)

    def unprotected(self, srtp: bytes, clear: bytes | None, cpu: float, held: float) -> None:
        """SRTP found `clear` in `srtp`, or did not believe it."""
        self._srtp_cpu += cpu
        self._unprotected.add(held, 1)
        if self.on_inside is not None and clear is not None:
            self.on_inside("in", srtp, clear)

    def cost(self) -> CallCost | None:
        """The account up to now; None before the leg stood."""
        if self.settle is not None:
            self.settle()
        if self._began is None:
            return None
        began, cpu_then = self._began
        known = self._opus + self._rtp + self._srtp + self._framing
        return CallCost(
            seconds=clock.monotonic() - began,
            packets=self._packets,
            opus_bytes=self._opus,
            rtp_bytes=self._rtp,
            srtp_bytes=self._srtp,
            framing_bytes=self._framing,
            tls_bytes=self._wire - known,
            srtp_cpu=self._srtp_cpu,
            tls_cpu=self._tls_cpu,
            process_cpu=clock.process_cpu() - cpu_then,
            send_delay_us=(self._protected.mean + self._sealed.mean) * 1e6,
            receive_delay_us=(self._opened.mean + self._unprotected.mean) * 1e6,
        )


class Waits:
    """How long packets waited somewhere, on average."""

    def __init__(self) -> None:
        self.count = 0
        self._seconds = 0.0

    def add(self, seconds: float, packets: int) -> None:
        """Each of `packets` waited so long: all that come out of one turn wait until it is over."""
        self.count += packets
        self._seconds += seconds * packets

    @property
    def mean(self) -> float:
        """Seconds; 0 before the first packet."""
        return self._seconds / self.count if self.count else 0.0


def rtp_header_untrusted(packet: bytes) -> int:
    """Bytes of the RTP header of an SRTP packet, as it claims (RFC 3550 §5.1, §5.3.1); the header is not encrypted."""
    if not packet or packet[0] == 0x80:
        return RTP_HEADER
    size = RTP_HEADER + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        size += 4 + 4 * int.from_bytes(packet[size + 2 : size + 4], "big")
    return size


class TolledProtector:
    """A protector that pays toll."""

    def __init__(self, protector: Protects, toll: Toll) -> None:
        self._protector = protector
        self._toll = toll

    def protect_rtp(self, packet: bytes) -> bytes:
        """See `Protector`."""
        return self._measured(self._protector.protect_rtp, packet)

    def protect_rtcp(self, packet: bytes) -> bytes:
        """See `Protector`."""
        return self._measured(self._protector.protect_rtcp, packet)

    def _measured(self, protect: Callable[[bytes], bytes], packet: bytes) -> bytes:
        began, cpu = clock.monotonic(), clock.cpu()
        srtp = protect(packet)
        self._toll.protected(srtp, packet, clock.cpu() - cpu, clock.monotonic() - began)
        return srtp


class TolledUnprotector:
    """An unprotector that pays toll."""

    def __init__(self, unprotector: Unprotects, toll: Toll) -> None:
        self._unprotector = unprotector
        self._toll = toll

    @property
    def rejected(self) -> int:
        """See `Unprotector`."""
        return self._unprotector.rejected

    def unprotect_untrusted(self, packet: bytes) -> bytes | None:
        """See `Unprotector`."""
        began, cpu = clock.monotonic(), clock.cpu()
        clear = self._unprotector.unprotect_untrusted(packet)
        self._toll.unprotected(packet, clear, clock.cpu() - cpu, clock.monotonic() - began)
        return clear
