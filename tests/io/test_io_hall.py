"""Who waits at the door: nobody is kept out by somebody else's crowd."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.io.hall import Hall, origin


def come(hall: Hall[str], address: str, guest: str) -> tuple[bool, str | None]:
    room, other = hall.room_for(address)
    if room:
        if other is not None:
            hall.leave(other.partition("/")[0], other)
        hall.enter(address, guest)
    return room, other


def test_one_address_may_only_have_so_many() -> None:
    hall: Hall[str] = Hall(100, 3)
    assert [come(hall, "a", f"a/{n}")[0] for n in range(5)] == [True, True, True, False, False]
    hall.leave("a", "a/1")
    hall.leave("a", "a/1")  # again, harmless
    assert len(hall) == 2
    assert come(hall, "a", "a/9")[0]


def test_who_has_most_makes_room_with_the_oldest() -> None:
    hall: Hall[str] = Hall(10, 8)
    for n in range(8):
        come(hall, "flood", f"flood/{n}")
    assert come(hall, "alice", "alice/0") == (True, None)
    assert come(hall, "bob", "bob/0") == (True, None)
    assert come(hall, "carol", "carol/0") == (True, "flood/0")
    assert come(hall, "alice", "alice/1") == (True, "flood/1")
    assert come(hall, "flood", "flood/8") == (False, None)  # no way to push others out
    assert len(hall) == 10


def test_a_hall_full_of_single_guests_is_full() -> None:
    hall: Hall[str] = Hall(4, 4)
    for n in range(4):
        come(hall, str(n), f"{n}/0")
    assert come(hall, "new", "new/0") == (False, None)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=200))
def test_it_is_never_fuller_than_it_may_be(history: list[tuple[int, bool]]) -> None:
    hall: Hall[str] = Hall(12, 6)
    for number, (address, stays) in enumerate(history):
        guest = f"{address}/{number}"
        room, _ = come(hall, str(address), guest)
        assert len(hall) <= 12
        assert all(len(guests) <= 6 for guests in hall._guests.values())
        if room and not stays:
            hall.leave(str(address), guest)
    assert len(hall) == sum(len(guests) for guests in hall._guests.values())


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("?", "?"),
    ],
)
def test_what_counts_as_one_address(address: str, whole: str) -> None:
    assert origin(address) == whole
