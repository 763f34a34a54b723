"""What the kernel says of a program's sockets: our own, opened here."""

import os
import socket
from ipaddress import ip_address

import pytest
from witness import (
    Socket,
    beyond_loopback,
    datagrams_received,
    is_at_home,
    is_open_udp,
    processor_time,
    read_socket,
    sockets,
)

LINE = "   3: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 42 1"
LINE6 = "   3: 00000000000000000000000001000000:1F90 " + "0" * 32 + ":0000 0A 00000000:00000000 00:00000000 0 0 0 42 1"


def test_a_line_of_the_kernel_is_read() -> None:
    here = ip_address("127.0.0.1")
    assert read_socket("tcp", LINE) == Socket("tcp", here, 8080, here, 50000)
    assert read_socket("tcp6", LINE6) == Socket("tcp6", ip_address("::1"), 8080, ip_address("::"), 0)


@pytest.mark.parametrize(
    ("own", "other", "home"),
    [
        ("127.0.0.1", "0.0.0.0", True),
        ("127.0.0.1", "127.0.0.2", True),
        ("::1", "::", True),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", True),
        ("0.0.0.0", "0.0.0.0", False),
        ("::", "::", False),
        ("127.0.0.1", "192.0.2.1", False),
        ("192.0.2.7", "127.0.0.1", False),
    ],
)
def test_at_home_is_bound_to_the_loopback_and_speaks_to_it(own: str, other: str, home: bool) -> None:
    assert is_at_home(Socket("tcp", ip_address(own), 1, ip_address(other), 2)) is home


def test_our_own_sockets_are_found_and_told_apart() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as inside,
        socket.create_server(("0.0.0.0", 0)) as outside,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as open_to_all,
    ):
        open_to_all.bind(("0.0.0.0", 0))
        ports = {one.own_port for one in sockets(os.getpid())}
        beyond = {one.own_port: one for one in beyond_loopback(os.getpid())}
        assert {one.getsockname()[1] for one in (inside, outside, open_to_all)} <= ports
        assert inside.getsockname()[1] not in beyond
        assert not is_open_udp(beyond[outside.getsockname()[1]])
        assert is_open_udp(beyond[open_to_all.getsockname()[1]])


def test_datagrams_are_counted() -> None:
    before = datagrams_received()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth,
    ):
        ear.bind(("127.0.0.1", 0))
        for _ in range(5):
            mouth.sendto(b"hello", ear.getsockname())
            ear.recv(10)
    assert datagrams_received() >= before + 5


def test_the_machine_is_busy_for_part_of_its_time() -> None:
    busy, altogether = processor_time()
    assert 0 < busy < altogether
