"""Twins: known by their bytes and by where they came; a copy on the same way is none."""

from hypothesis import given
from hypothesis import strategies as st

from voip.client.twins import Seen, Twins


def test_first_twin_again() -> None:
    twins = Twins()
    assert twins.look(b"a", 0) is Seen.FIRST
    assert twins.look(b"a", 0) is Seen.FIRST, "what was not authentic is not kept"
    twins.keep(b"a", 0, 10.0)
    assert twins.look(b"a", 0) is Seen.AGAIN
    assert twins.look(b"a", 1) is Seen.TWIN
    assert twins.look(b"a", 1) is Seen.AGAIN
    assert twins.look(b"a", 2) is Seen.TWIN
    assert twins.look(b"b", 1) is Seen.FIRST
    assert twins.lag(b"a", 10.25) == 0.25
    assert twins.lag(b"b", 10.25) == 0
    assert twins.twins == 2


def test_it_forgets_the_oldest() -> None:
    twins = Twins(memory=3)
    for number in range(5):
        twins.keep(bytes([number]), 0, float(number))
    assert [twins.look(bytes([number]), 1) for number in range(5)] == [Seen.FIRST] * 2 + [Seen.TWIN] * 3


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 4))))
def test_each_packet_is_first_once_and_a_twin_once_for_each_further_way(came: list[tuple[bytes, int]]) -> None:
    twins, ways = Twins(), dict[bytes, set[int]]()
    for packet, way in came:
        known = ways.setdefault(packet, set())
        expected = Seen.FIRST if not known else Seen.AGAIN if way in known else Seen.TWIN
        assert twins.look(packet, way) is expected
        if expected is Seen.FIRST:
            twins.keep(packet, way, 0.0)
        known.add(way)
