"""A path inside TLS: what must wait waits in SRTP alone, stale packets are dropped before they are encrypted."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from voip.client.path import WAITING_MAX, TlsPath
from voip.config import MEDIA_STALE


class Pipe:
    """A connection that takes what it is given, unless it is stuck."""

    def __init__(self) -> None:
        self.encrypted: list[bytes] = []
        self.write_backlog = 0
        self.stuck = False

    def send_packet(self, packet: bytes) -> None:
        self.encrypted.append(packet)
        if self.stuck:
            self.write_backlog += len(packet)

    def keep_time(self, on_room: Callable[[], None]) -> None:
        self.on_room = on_room

    def free(self) -> None:
        self.stuck = False
        self.write_backlog = 0
        self.on_room()


class Bench:
    def __init__(self, pipes: int = 1) -> None:
        self.now = 10.0
        self.path = TlsPath(lambda: self.now)
        self.pipes = [Pipe() for _ in range(pipes)]
        for pipe in self.pipes:
            self.path.open(pipe)

    def send(self, *packets: bytes) -> list[bool]:
        return [self.path.send(packet) for packet in packets]


def test_what_can_go_goes_at_once() -> None:
    bench = Bench()
    assert bench.send(b"a", b"b") == [True, True]
    assert bench.pipes[0].encrypted == [b"a", b"b"]
    assert bench.path.backlog == 0


def test_what_has_to_wait_is_not_encrypted_and_goes_when_there_is_room() -> None:
    bench = Bench()
    pipe = bench.pipes[0]
    pipe.stuck = True
    bench.send(b"one", b"two", b"three")
    assert pipe.encrypted == [b"one"]
    assert bench.path.backlog == 3 + 3 + 5
    bench.now += MEDIA_STALE / 2
    pipe.free()
    assert pipe.encrypted == [b"one", b"two", b"three"]
    assert bench.path.dropped == 0


def test_what_has_waited_too_long_is_never_encrypted() -> None:
    bench = Bench()
    pipe = bench.pipes[0]
    pipe.stuck = True
    bench.send(b"one", b"two")
    bench.now += MEDIA_STALE + 0.001
    bench.send(b"three")
    assert bench.path.dropped == 1
    pipe.free()
    assert pipe.encrypted == [b"one", b"three"]


def test_a_packet_is_dropped_only_when_every_connection_dropped_it() -> None:
    bench = Bench(2)
    stuck, free = bench.pipes
    stuck.stuck = True
    bench.send(b"one", b"two")
    bench.now += 1
    bench.send(b"three")
    assert free.encrypted == [b"one", b"two", b"three"]
    assert bench.path.dropped == 0
    bench.path.close(stuck)
    assert bench.path.dropped == 0
    assert bench.path.backlog == 0


def test_a_connection_that_goes_takes_along_what_waited_for_it_alone() -> None:
    bench = Bench()
    bench.pipes[0].stuck = True
    bench.send(b"one", b"two", b"three")
    bench.path.close(bench.pipes[0])
    assert bench.path.dropped == 2
    assert bench.send(b"four") == [False]
    assert bench.path.dropped == 2, "where nothing is, nothing is full"


@given(st.lists(st.tuples(st.sampled_from(["send", "stick", "free", "wait"]), st.integers(0, 1)), max_size=300))
def test_nothing_waits_for_long_or_without_end(steps: list[tuple[str, int]]) -> None:
    bench, sent = Bench(2), dict[bytes, float]()
    for number, (what, which) in enumerate(steps):
        pipe = bench.pipes[which]
        before = [len(each.encrypted) for each in bench.pipes]
        match what:
            case "send":
                packet = number.to_bytes(2, "big")
                sent[packet] = bench.now
                bench.send(packet)
            case "stick":
                pipe.stuck = True
            case "free":
                pipe.free()
            case "wait":
                bench.now += 0.07
        for each, length in zip(bench.pipes, before, strict=True):
            assert all(bench.now - sent[packet] <= MEDIA_STALE for packet in each.encrypted[length:])
            assert each.encrypted == sorted(each.encrypted)
        assert all(len(outlet._waiting) <= WAITING_MAX for outlet in bench.path._outlets.values())
    went = set(bench.pipes[0].encrypted) | set(bench.pipes[1].encrypted)
    for pipe in bench.pipes:
        pipe.free()
    went |= set(bench.pipes[0].encrypted) | set(bench.pipes[1].encrypted)
    assert len(went) + bench.path.dropped == len(sent)
