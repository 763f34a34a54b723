"""A link's limits; its ordinary life is in test_relay_server.py."""

import asyncio
import logging

import pytest

from voip.config import Limits
from voip.relay.buckets import TokenBucket
from voip.relay.link import BACKLOG_MAX, Link
from voip.wire.signals import Pong


def test_a_bucket_lets_a_burst_and_then_a_rate_pass() -> None:
    bucket = TokenBucket(rate=50, burst=100, now=0.0)
    assert [bucket.take(0.0) for _ in range(101)] == [True] * 100 + [False]
    assert not bucket.take(0.01)
    assert bucket.take(0.03)
    assert not bucket.take(0.03)
    assert [bucket.take(1000.0) for _ in range(101)] == [True] * 100 + [False]


class BadStream:
    """Takes nothing, in one of two ways."""

    def __init__(self, backlog: int, *, raising: bool) -> None:
        self.write_backlog = backlog
        self._raising = raising
        self.aborted = asyncio.Event()

    def send_packet(self, packet: bytes) -> None:
        if self._raising:
            raise OSError("broken")

    def abort(self) -> None:
        self.aborted.set()


@pytest.mark.parametrize(("backlog", "raising"), [(BACKLOG_MAX + 1, False), (0, True)])
async def test_a_link_that_takes_nothing_is_given_up(
    backlog: int, raising: bool, caplog: pytest.LogCaptureFixture
) -> None:
    stream = BadStream(backlog, raising=raising)
    with caplog.at_level(logging.WARNING):
        Link(stream, "alice", Limits()).send(Pong(number=1))
    assert stream.aborted.is_set()
    assert "alice" in caplog.text
