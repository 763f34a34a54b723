"""A direction changes its key in the midst of a call: every packet is heard, once, and no key is kept too long."""

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.protector import Protector
from voip.media.rekeying import KEYS_MAX, OVERLAP, Unprotectors
from voip.wire import rtp
from voip.wire.rtp import RtpPacket

KEYS = [bytes([number]) * 44 for number in range(8)]


def packet(number: int, ssrc: int = 5) -> bytes:
    return RtpPacket(111, False, number, number * 960, ssrc, b"the voice of alice").pack()


def nothing() -> None:
    """Nobody wants to know."""


def test_packets_of_both_keys_are_opened_whatever_their_order() -> None:
    old, new = Protector(KEYS[0]), Protector(KEYS[1])
    both = Unprotectors(KEYS[0])
    used = []
    both.add(KEYS[1], lambda: used.append(1))
    sent = [old.protect_rtp(packet(n)) for n in range(10)] + [new.protect_rtp(packet(n)) for n in range(10, 20)]
    shuffled = [sent[n] for n in (0, 1, 2, 12, 3, 4, 10, 5, 6, 19, 7, 11, 8, 13, 9, 14, 15, 16, 17, 18)]
    assert [both.unprotect_untrusted(one) is not None for one in shuffled] == [True] * 20
    assert used == [1]
    assert [both.unprotect_untrusted(one) for one in shuffled] == [None] * 20
    assert (both.authentic, both.replayed, both.forged, both.rejected) == (20, 20, 0, 20)


def test_the_old_key_is_forgotten_after_the_overlap_and_not_before() -> None:
    old, new = Protector(KEYS[0]), Protector(KEYS[1])
    late, later = old.protect_rtp(packet(1)), old.protect_rtp(packet(2))
    both = Unprotectors(KEYS[0])
    both.add(KEYS[1], nothing)
    for number in range(OVERLAP - 1):
        assert both.unprotect_untrusted(new.protect_rtp(packet(number)))
    assert both.keys == 2
    assert both.unprotect_untrusted(late)
    assert both.unprotect_untrusted(new.protect_rtp(packet(OVERLAP)))
    assert both.keys == 1
    assert both.unprotect_untrusted(later) is None
    assert both.rejected == 1


def test_a_peer_that_never_used_the_keys_between_is_still_heard() -> None:
    """It was interrupted again and again: the key in use and the newest are kept, whatever comes between."""
    keys = Unprotectors(KEYS[0])
    old, newest = Protector(KEYS[0]), Protector(KEYS[-1])
    for key in KEYS[1:]:
        keys.add(key, nothing)
        assert keys.unprotect_untrusted(old.protect_rtp(packet(KEYS.index(key))))
    assert keys.keys == KEYS_MAX
    assert keys.unprotect_untrusted(newest.protect_rtp(packet(100)))
    assert keys.unprotect_untrusted(old.protect_rtp(packet(101)))


@given(st.lists(st.integers(0, 3), max_size=40))
def test_any_order_of_adding_and_sending(steps: list[int]) -> None:
    """As long as the sender keeps to the rule (to a newer key, never back) everything is opened once."""
    keys, used = Unprotectors(KEYS[0]), []
    fresh = itertools.count(1)
    added, sending, protector = [bytes([0]) * 44], 0, Protector(KEYS[0])
    for number, step in enumerate(steps):
        if step == 0 and len(added) < KEYS_MAX:
            added.append(bytes([100 + next(fresh)]) * 44)
            keys.add(added[-1], partial(used.append, len(added) - 1))
        elif step == 1 and sending < len(added) - 1:
            sending = len(added) - 1
            protector = Protector(added[sending])
        assert keys.unprotect_untrusted(protector.protect_rtp(packet(number)))
        assert not sending or used[-1] == sending
    assert used == sorted(set(used))
    assert keys.rejected == 0


@given(st.binary(max_size=1600))
def test_any_bytes_are_refused_and_counted_once(data: bytes) -> None:
    keys = Unprotectors(KEYS[0])
    for key in KEYS[1:3]:
        keys.add(key, nothing)
    assert keys.unprotect_untrusted(data) is None
    assert keys.rejected == 1


def stations(sequence_number: int) -> tuple[Outbound, Inbound]:
    return Outbound(KEYS[0], 7, sequence_number=sequence_number, timestamp=5), Inbound(KEYS[0])


@pytest.mark.parametrize(("first", "changes_at"), [(0, 0), (40_000, 40_000), (65_000, 0), (65_535, 0)])
def test_a_sender_changes_without_a_gap_but_not_just_before_its_numbers_wrap(first: int, changes_at: int) -> None:
    outbound, inbound = stations(first)
    pcm = np.zeros(outbound.frame_samples, np.int16)
    begun = []
    for number in range(700):
        if number == 0:
            outbound.rekey(Protector(KEYS[1]))
            inbound.keys.add(KEYS[1], lambda: begun.append(inbound.received))
        srtp = outbound.push(pcm, number * 0.01)
        inbound.receive(srtp, number * 0.01)
    assert (inbound.received, inbound.rejected, inbound.malformed) == (700, 0, 0)
    assert len(begun) == 1
    assert (first + begun[0]) & 0xFFFF == changes_at


def test_the_first_packets_of_a_key_may_get_lost() -> None:
    outbound, inbound = stations(65_000)
    pcm = np.zeros(outbound.frame_samples, np.int16)
    outbound.rekey(Protector(KEYS[1]))
    inbound.keys.add(KEYS[1], nothing)
    for number in range(1500):
        srtp = outbound.push(pcm, number * 0.01)
        if not 530 <= number < 560:  # the wrap, the change, and what came after it
            inbound.receive(srtp, number * 0.01)
    assert (inbound.received, inbound.rejected) == (1470, 0)


def test_no_key_and_number_are_used_twice() -> None:
    """AES-GCM's one demand. The same numbers go on under another key; under one key they never come again."""
    outbound, _ = stations(10)
    pcm = np.zeros(outbound.frame_samples, np.int16)
    seen = set()
    for number in range(30):
        if number in {10, 20}:
            outbound.rekey(Protector(KEYS[number // 10]))
        srtp = outbound.push(pcm, 0.0)
        seen.add((id(outbound.protector), srtp[2:4], srtp[8:12]))
        assert rtp.unpack_untrusted(srtp).sequence_number == 10 + number
    assert len(seen) == 30
