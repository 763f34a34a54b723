"""Frames of any multiple of 5 ms through blocks of 10 ms: nothing lost, nothing late that need not be, no click."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.errors import LocalError
from voip.media.blocks import BLOCK, HALF, Blocks, cross_fade, shorten


def tone(samples: int) -> np.ndarray:
    return np.rint(8000 * np.sin(2 * np.pi * 300 * np.arange(samples) / 48_000)).astype(np.int16)


def same(block, _first):
    assert block.shape == (BLOCK,)
    return block


def carry(blocks: Blocks, pcm: np.ndarray, sizes: list[int], work=same) -> np.ndarray:
    out, at = [], 0
    for size in sizes:
        out.append(blocks.push(pcm[at : at + size], work))
        assert out[-1].shape == (size,)
        assert out[-1].dtype == np.int16
        at += size
    return np.concatenate(out)


@pytest.mark.parametrize("size", [480, 960, 1920])
def test_whole_blocks_come_out_as_they_went_in_and_at_once(size):
    pcm = tone(9600)
    blocks = Blocks()
    assert np.array_equal(carry(blocks, pcm, [size] * (9600 // size)), pcm)
    assert blocks.delay == 0


def test_frames_of_5_ms_come_5_ms_later():
    pcm = tone(9600)
    blocks = Blocks()
    out = carry(blocks, pcm, [HALF] * 40)
    assert np.array_equal(out[HALF:], pcm[:-HALF])
    assert blocks.delay == HALF


@pytest.mark.parametrize("before", [1, 2, 3, 4])
def test_the_5_ms_end_with_the_first_whole_block(before):
    pcm = tone(9600)
    blocks = Blocks()
    out = carry(blocks, pcm, [HALF] * before + [BLOCK] * 5)
    assert blocks.delay == 0
    end = before * HALF + 5 * BLOCK
    assert np.array_equal(out[-3 * BLOCK :], pcm[end - 3 * BLOCK : end])


@given(st.lists(st.sampled_from([240, 480, 960, 1920]), min_size=1, max_size=12))
def test_no_change_of_length_clicks(sizes):
    pcm = tone(sum(sizes))
    out = carry(Blocks(), pcm, sizes).astype(int)
    # At the front there is nothing yet to go back over; after that no step is much larger than the tone's own, 314.
    start = int(np.flatnonzero(out)[0]) if out.any() else 0
    assert np.abs(np.diff(out[start:])).max(initial=0) < 2.2 * np.abs(np.diff(pcm.astype(int))).max()


def test_work_is_told_where_in_the_stream_it_is():
    seen = []

    def work(block, first):
        seen.append((first, int(block[0])))
        return block

    pcm = np.arange(20 * HALF).astype(np.int16)
    carry(Blocks(1000), pcm, [HALF, HALF, HALF, BLOCK, BLOCK, HALF, HALF], work)
    assert seen[0] == (1000, 0)
    for first, value in seen[3:]:  # past the one block whose front was cross-faded
        assert value == first - 1000


@pytest.mark.parametrize("before", [1, 2])
def test_leaving_catches_up(before):
    pcm = tone(9600)
    blocks = Blocks()
    out = carry(blocks, pcm, [HALF] * before)
    at = before * HALF
    last = blocks.leave(pcm[at : at + HALF])
    assert last.shape == (HALF,)
    assert blocks.delay == 0
    whole = np.concatenate((out, last, pcm[at + HALF :])).astype(int)
    assert np.abs(np.diff(whole[HALF:])).max() < 700


@pytest.mark.parametrize(
    "pcm", [np.zeros(0, np.int16), np.zeros(100, np.int16), np.zeros(480), np.zeros((480, 1), np.int16)]
)
def test_another_shape_is_our_own_defect(pcm):
    with pytest.raises(LocalError, match="multiple of 240"):
        Blocks().push(pcm, same)


def test_fades_begin_with_the_one_and_end_with_the_other():
    old, new = np.full(480, 1000, np.int16), np.full(480, -30_000, np.int16)
    faded = cross_fade(old, new)
    assert faded[0] == pytest.approx(1000, abs=50)
    assert faded[-1] == pytest.approx(-30_000, abs=50)
    assert shorten(np.concatenate((old, new)), 480).shape == (480,)
