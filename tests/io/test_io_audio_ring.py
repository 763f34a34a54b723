"""The ring against the plainest model there is: a deque with a length."""

import sys
import threading
from collections import deque

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from voip.io.audio.ring import Ring


class RingAgainstDeque(RuleBasedStateMachine):
    @initialize(capacity=st.integers(1, 40))
    def make(self, capacity):
        self.capacity, self.ring, self.model = capacity, Ring(capacity), deque()
        self.next, self.overrun, self.underrun = 0, 0, 0

    @rule(n=st.integers(0, 60))
    def write(self, n):
        block = np.arange(self.next, self.next + n).astype(np.int16)
        self.next += n
        fits = min(n, self.capacity - len(self.model))
        assert self.ring.write(block) == fits
        self.model.extend(block[:fits].tolist())
        self.overrun += n - fits

    @rule(n=st.integers(0, 60), fresh=st.booleans())
    def read(self, n, fresh):
        got = min(n, len(self.model))
        expected = [self.model.popleft() for _ in range(got)] + [0] * (n - got)
        if fresh:
            out = self.ring.read(n)
        else:
            out = np.full(n, 77, np.int16)
            assert self.ring.read_into(out) == got
        assert out.dtype == np.int16
        assert out.tolist() == expected
        self.underrun += n - got

    @rule()
    def clear(self):
        self.ring.clear()
        self.model.clear()

    @invariant()
    def agrees(self):
        if hasattr(self, "ring"):
            assert len(self.ring) == len(self.model)
            assert (self.ring.overrun, self.ring.underrun) == (self.overrun, self.underrun)
            assert self.ring.capacity == self.capacity


RingAgainstDeque.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
test_ring_behaves_like_a_bounded_deque = RingAgainstDeque.TestCase


def test_a_ring_without_room_is_refused():
    with pytest.raises(ValueError, match="holds nothing"):
        Ring(0)


def test_a_strided_block_is_copied_as_it_reads():
    """A callback hands over one column of interleaved stereo."""
    ring, stereo = Ring(8), np.array([[1, -1], [2, -2], [3, -3]], np.int16)
    assert ring.write(stereo[:, 0]) == 3
    out = np.zeros((3, 2), np.int16)
    assert ring.read_into(out[:, 1]) == 3
    assert out.tolist() == [[0, 1], [0, 2], [0, 3]]


def test_two_threads_lose_and_invent_nothing():
    ring, total, got = Ring(64), 6_000, []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # change sides in the midst of things, as often as possible

    def produce():
        at = 0
        while at < total:
            at += ring.write((np.arange(at, min(at + 17, total)) % 30_000).astype(np.int16))

    producer = threading.Thread(target=produce)
    producer.start()
    scratch = np.zeros(23, np.int16)
    while len(got) < total:
        got.extend(scratch[: ring.read_into(scratch)].tolist())
    producer.join(10)
    sys.setswitchinterval(interval)
    assert got == [i % 30_000 for i in range(total)]
