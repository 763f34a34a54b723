"""A path inside TLS: every packet goes into each connection, and is dropped only where all of them dropped it."""

from hypothesis import given
from hypothesis import strategies as st

from voip.client.path import TlsPath


class Pipe:
    """A connection, as far as a path sees it."""

    def __init__(self, dropped: int = 0) -> None:
        self.sent: list[bytes] = []
        self.write_backlog = 0
        self.media_dropped = dropped

    def send_media(self, packet: bytes) -> None:
        self.sent.append(packet)


def test_into_every_connection() -> None:
    path, pipes = TlsPath(), [Pipe(), Pipe(), Pipe()]
    assert not path.send(b"nowhere")
    for pipe in pipes:
        path.open(pipe)
    assert path.send(b"everywhere")
    path.close(pipes[1])
    path.close(pipes[1])
    path.send(b"still")
    assert [pipe.sent for pipe in pipes] == [[b"everywhere", b"still"], [b"everywhere"], [b"everywhere", b"still"]]


def test_what_waits_is_what_waits_where_least_does() -> None:
    path, pipes = TlsPath(), [Pipe(), Pipe()]
    assert path.backlog == 0
    for pipe, waiting in zip(pipes, (900, 300), strict=True):
        pipe.write_backlog = waiting
        path.open(pipe)
    assert path.backlog == 300


def test_a_packet_is_dropped_only_where_every_connection_dropped_it() -> None:
    path, leg, lane = TlsPath(), Pipe(7), Pipe()
    path.open(leg)
    assert path.dropped == 0, "what was before is not ours"
    leg.media_dropped += 3
    assert path.dropped == 3
    path.open(lane)
    leg.media_dropped += 5
    assert path.dropped == 3
    lane.media_dropped += 2
    assert path.dropped == 5
    path.close(lane)
    leg.media_dropped += 1
    assert path.dropped == 6
    path.close(leg)
    assert path.dropped == 6


@given(st.lists(st.tuples(st.sampled_from(["open", "close", "drop"]), st.integers(0, 2)), max_size=60))
def test_it_never_counts_back(steps: list[tuple[str, int]]) -> None:
    path, pipes, before = TlsPath(), [Pipe() for _ in range(3)], 0
    for what, which in steps:
        match what:
            case "open":
                path.open(pipes[which])
            case "close":
                path.close(pipes[which])
            case "drop":
                pipes[which].media_dropped += 1
        assert before <= path.dropped <= sum(pipe.media_dropped for pipe in pipes)
        before = path.dropped
