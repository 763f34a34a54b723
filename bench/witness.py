"""Whether a program is really on the phone: what the sound server and the kernel know of it, not what it says.

/proc/PID/fd ──inodes──→ /proc/net/{tcp,udp}[6] ──→ sockets(pid) ──→ beyond_loopback(pid)
PulseAudio ──→ capturing(…), playing(…)                    /proc/net/snmp ──→ datagrams_received()
/proc/stat ──→ processor_time(): how busy the machine was with whatever it was
"""

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import pulsectl

PID = "application.process.id"


@dataclass(frozen=True, slots=True)
class Socket:
    """One of a process's sockets."""

    protocol: str
    """tcp, udp, tcp6, udp6."""
    own: IPv4Address | IPv6Address
    own_port: int
    other: IPv4Address | IPv6Address
    """Unspecified (0.0.0.0, ::) while it has no other end."""
    other_port: int


def capturing(server: str, pid: int, source: str) -> bool:
    """Does this process take sound from `source` now? `server`: PULSE_SERVER."""
    with pulsectl.Pulse("glasscall-bench", server=server) as pulse:
        wanted = {one.index for one in pulse.source_list() if one.name == source}
        return any(
            one.proplist.get(PID) == str(pid) and one.source in wanted and not one.corked
            for one in pulse.source_output_list()
        )


def playing(server: str, pid: int, sink: str) -> bool:
    """Does this process give sound to `sink` now?"""
    with pulsectl.Pulse("glasscall-bench", server=server) as pulse:
        wanted = {one.index for one in pulse.sink_list() if one.name == sink}
        return any(
            one.proplist.get(PID) == str(pid) and one.sink in wanted and not one.corked
            for one in pulse.sink_input_list()
        )


def sockets(pid: int) -> list[Socket]:
    """Every IP socket of a process that is bound or connected."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            inodes.add(str(descriptor.readlink()))
    found = []
    for protocol in ("tcp", "udp", "tcp6", "udp6"):
        with suppress(FileNotFoundError):  # a kernel without IPv6
            lines = Path(f"/proc/net/{protocol}").read_text(encoding="ascii").splitlines()[1:]
            found += [read_socket(protocol, line) for line in lines if f"socket:[{line.split()[9]}]" in inodes]
    return found


def read_socket(protocol: str, line: str) -> Socket:
    """One line of `/proc/net/tcp` and its like: `sl: 0100007F:1F90 00000000:0000 …`."""
    own, other = line.split()[1:3]
    return Socket(protocol, *_read_end(own), *_read_end(other))


def _read_end(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    address, _, port = text.partition(":")
    words = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]  # x86, ARM: little-endian
    return ip_address(b"".join(words)), int(port, 16)


def beyond_loopback(pid: int) -> list[Socket]:
    """The sockets of a process that somebody on another machine could reach, or that reach another machine."""
    return [one for one in sockets(pid) if not is_at_home(one)]


def is_at_home(socket: Socket) -> bool:
    """Is it bound to the loopback, and its other end there too if it has one?"""
    return _is_loopback(socket.own) and (socket.other.is_unspecified or _is_loopback(socket.other))


def is_open_udp(socket: Socket) -> bool:
    """Does it take datagrams from anybody, with no other end of its own?"""
    return socket.protocol.startswith("udp") and socket.own.is_unspecified and socket.other.is_unspecified


def _is_loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def datagrams_received() -> int:
    """UDP datagrams that this machine has received, whoever got them."""
    lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
    names, values = (line.split() for line in lines if line.startswith("Udp:"))
    return int(values[names.index("InDatagrams")])


def processor_time() -> tuple[float, float]:
    """Of all processors since the machine's start, in ticks: busy, and altogether.

    Time stolen from the machine was busy; work of lower priority was not, for it gives way.
    """
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    ticks = [float(word) for word in first.split()[1:9]]
    _, nice, _, idle, waiting, *_ = ticks
    return sum(ticks) - nice - idle - waiting, sum(ticks)
