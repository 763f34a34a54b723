"""A phone put together from its user's choices, and the files that it writes along."""

import json
import sys
from pathlib import Path

import pytest
from town import of, phase, seen, talk, town

from voip.capture.reader import read_capture
from voip.client.fitting import FittedPhone, Fitting, FrameWriter, _processing, fit, numbered
from voip.client.link import server_name
from voip.errors import StoreError
from voip.io.store import ClientStore
from voip.journal.observations import FirstAudio
from voip.journal.summary import last_call


@pytest.fixture(autouse=True)
def same_switch_interval():
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def test_later_calls_write_their_own_files() -> None:
    assert numbered("a/heard.wav", 1) == "a/heard.wav"
    assert numbered("a/heard.wav", 2) == "a/heard-2.wav"
    assert numbered("none", 2) == "none"
    assert numbered("USB speaker", 3) == "USB speaker"


@pytest.mark.parametrize("source", [None, "USB microphone", "3", "pulse:headset"])
def test_a_microphone_is_processed_unless_somebody_says_no(source: str | None) -> None:
    assert _processing(Fitting(input=source))
    assert not _processing(Fitting(input=source, processing=False))


@pytest.mark.parametrize("source", ["none", "speech.wav", "SPEECH.WAV"])
def test_a_file_is_not_processed_unless_somebody_says_yes(source: str) -> None:
    assert not _processing(Fitting(input=source))
    assert _processing(Fitting(input=source, processing=True))


async def test_everything_that_was_asked_for_is_written(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        store, bob = await place.enrol("alice"), await place.phone("bob")
        fitting = Fitting(
            input="none",
            output=str(tmp_path / "heard.wav"),
            said=tmp_path / "said.wav",
            heard=tmp_path / "copy.wav",
            frames=tmp_path / "frames.jsonl",
            tap=tmp_path / "tap.pcapng",
            report=tmp_path / "new" / "report.json",
        )
        place.fit = lambda *_: fit(store, fitting)
        alice = await place.phone("alice")
        assert isinstance(alice, FittedPhone)
        for _ in range(2):
            await talk(alice, bob)
            call = last_call(alice.journal)
            await seen(alice, lambda e, call=call: isinstance(e.what, FirstAudio) and e.call == call, "audio")
            await alice.hang_up()
            await phase(bob, "ended", call=call)
        await place.stop(alice)
    for name in ("heard", "said", "copy"):
        for later in ("", "-2"):
            assert (tmp_path / f"{name}{later}.wav").stat().st_size > 44
    frames = [json.loads(line) for line in (tmp_path / "frames.jsonl").read_text().splitlines()]
    assert frames[0]["label"] == "Opus frame 1"
    assert len({len(frame["hex"]) for frame in frames}) == 1  # constant bit rate
    assert len(read_capture(tmp_path / "tap.pcapng")) > 10
    assert json.loads((tmp_path / "new" / "report.json").read_text())["ended"] == "hung-up"


def test_files_that_cannot_be_written_are_told_before_a_call(tmp_path: Path) -> None:
    for name in ("frames", "tap"):
        with pytest.raises(StoreError):
            fit(ClientStore(tmp_path), Fitting(**{name: tmp_path / "none" / name}))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_frames_that_find_no_room_are_told_once_and_at_the_end() -> None:
    with FrameWriter(Path("/dev/full")) as frames:
        for _ in range(1000):
            frames.write(bytes(80))
    assert frames.problem == "The frames in /dev/full are not complete: No space left on device."


async def test_a_phone_whose_frames_are_not_complete_says_so_when_it_stops(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        store, bob = await place.enrol("alice"), await place.phone("bob")
        place.fit = lambda *_: fit(store, Fitting(input="none", output="none", frames=Path("/dev/full")))
        alice = await place.phone("alice")
        await talk(alice, bob)
        await of(bob, FirstAudio)
        with pytest.raises(StoreError, match="not complete"):
            await place.stop(alice)


def test_an_address_is_no_server_name() -> None:
    assert server_name("relay.test") == "relay.test"
    assert server_name("127.0.0.1") == server_name("::1") == ""
