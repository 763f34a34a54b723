from datetime import date

import pytest

from voip.errors import KeyChangedError, LocalError
from voip.session.trust import Assessment, Pin, assess, grouped, pin_after, require_unchanged, verified

BOB = "bob@relay.test"
OLD, NEW = "0123456789abcdef" * 4, "fedcba9876543210" * 4
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
PINNED = Pin(BOB, OLD, "2026-11-23")
VERIFIED = Pin(BOB, OLD, "2026-11-23", verified=True, verified_at="2026-11-24")


@pytest.mark.parametrize(
    ("pin", "shown", "expected"),
    [
        (None, OLD, Assessment("certified", BOB, OLD)),
        (PINNED, OLD, Assessment("pinned", BOB, OLD, "2026-11-23")),
        (VERIFIED, OLD, Assessment("verified", BOB, OLD, "2026-11-24")),
        (PINNED, NEW, Assessment("changed", BOB, NEW, "2026-11-23", OLD)),
        (VERIFIED, NEW, Assessment("changed", BOB, NEW, "2026-11-24", OLD)),
    ],
)
def test_how_well_a_peer_is_known(pin: Pin | None, shown: str, expected: Assessment) -> None:
    assert assess(pin, BOB, shown) == expected


def test_the_steps_up() -> None:
    pin = pin_after(None, BOB, OLD, MONDAY)
    assert pin == PINNED
    assert pin_after(pin, BOB, OLD, TUESDAY) == PINNED
    pin = verified(pin, TUESDAY)
    assert pin == VERIFIED
    assert verified(pin, date(2027, 1, 1)) == VERIFIED
    assert pin_after(pin, BOB, OLD, date(2027, 1, 1)) == VERIFIED


@pytest.mark.parametrize("pin", [PINNED, VERIFIED])
def test_a_changed_key_stops_the_call_and_says_what_to_do(pin: Pin) -> None:
    with pytest.raises(KeyChangedError) as caught:
        require_unchanged(assess(pin, BOB, NEW))
    error = caught.value
    assert (error.old, error.new, error.code) == (OLD, NEW, "key-changed")
    for part in (
        BOB,
        "0123 4567 89ab cdef 0123 4567 89ab cdef",
        "fedc ba98 7654 3210",
        "another way",
        "glasscall forget bob",
    ):
        assert part in error.sentence


@pytest.mark.parametrize(("pin", "shown"), [(None, NEW), (PINNED, OLD), (VERIFIED, OLD)])
def test_an_unchanged_key_stops_nothing(pin: Pin | None, shown: str) -> None:
    require_unchanged(assess(pin, BOB, shown))


@pytest.mark.parametrize("pin", [PINNED, VERIFIED])
def test_a_changed_key_never_replaces_a_pin_silently(pin: Pin) -> None:
    with pytest.raises(KeyChangedError):
        pin_after(pin, BOB, NEW, TUESDAY)


def test_a_pin_held_against_somebody_else_is_our_defect() -> None:
    with pytest.raises(LocalError):
        assess(PINNED, "eve@relay.test", OLD)


def test_fingerprints_are_shown_in_groups_of_four() -> None:
    assert grouped(NEW) == "fedc ba98 7654 3210 fedc ba98 7654 3210"
