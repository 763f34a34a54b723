"""The voice's part of a conversation: stations that begin anew, a mode and processing chosen before and in the talk."""

from pathlib import Path

import pytest
from town import of, phase, seen, talk, town

from voip.client import studio
from voip.client.desk import Equipment
from voip.errors import AudioError
from voip.io.audio.opening import open_port
from voip.io.audio.wavfile import load_wav
from voip.io.audio.wavwriter import WavWriter
from voip.journal.observations import AudioState, FirstAudio, Problem, VoiceChosen, VoiceProcessing
from voip.media.adaptation import START
from voip.media.outbound import Outbound
from voip.media.plan import CLOSEST, ROBUST, Mode


def refused(folder: Path) -> Equipment:
    """A sound card that is there and does not open."""
    port = open_port("none", "none")

    def start(_tick: object) -> None:
        raise AudioError("The microphone is refused.", code="device-refused")

    port.start = start
    return Equipment(port, said=WavWriter(folder / "said.wav"))


async def test_no_two_streams_under_one_key_have_an_ssrc_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one key and one SSRC, AES-GCM would use a nonce twice (RFC 7714 §8.1): that must not depend on luck."""
    made: list[tuple[bytes, int]] = []

    def watched(key: bytes, ssrc: int, *rest: object, **more: object) -> Outbound:
        made.append((key, ssrc))
        return Outbound(key, ssrc, *rest, **more)

    monkeypatch.setattr(studio, "Outbound", watched)
    monkeypatch.setattr("voip.client.studio.secrets.randbits", lambda bits: (1 << bits) - 1)
    async with town(tmp_path) as place:
        alice = await place.phone("alice", equip=lambda: refused(tmp_path))
        bob = await place.phone("bob")
        await talk(alice, bob)
        await of(bob, FirstAudio)
        assert (await of(alice, Problem)).code == "device-refused"
        assert [e.what for e in alice.journal if isinstance(e.what, AudioState)][-1].code == "device-refused"
        await alice.hang_up()
        await phase(bob, "ended")
    assert len(made) == len(set(made)) == 3
    keys = [key for key, _ in made]
    twice = next(key for key in keys if keys.count(key) == 2)
    assert [ssrc for key, ssrc in made if key == twice] == [0xFFFF_FFFF, 0]
    sent = [packet for packet in place.witnessed if packet[0] == 0x80 and packet[1] & 0x7F in (111, 112)]
    assert len({packet[8:12] for packet in sent}) == 2  # one stream each
    assert load_wav(tmp_path / "said.wav").size > 0  # what was to be recorded is, be it silence


async def test_a_mode_chosen_before_and_in_the_talk(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", voice=Mode.ROBUST), await place.phone("bob")
        await talk(alice, bob)
        chosen = await of(alice, VoiceChosen)
        assert (chosen.wanted, chosen.frame_ms, chosen.redundancy) == ("robust", ROBUST.frame_ms, ROBUST.redundancy)
        call = alice._conversation
        call.choose_voice(Mode.CLOSEST)
        await seen(alice, lambda e: isinstance(e.what, VoiceChosen) and e.what.mode == "closest", "another mode")
        assert call._sound._outbound.plan == CLOSEST
        assert bob._conversation._sound._outbound.plan == START  # the other end sends as it likes


@pytest.mark.parametrize("on", [True, False])
async def test_processing_chosen_before_and_in_the_talk(tmp_path: Path, on: bool) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", processing=on), await place.phone("bob")
        await talk(alice, bob)
        assert (await of(alice, VoiceProcessing)).echo is on
        alice._conversation.process_voice(not on)
        await seen(alice, lambda e: isinstance(e.what, VoiceProcessing) and e.what.echo is not on, "the other way")


async def test_what_is_chosen_while_it_rings_counts(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await alice.call("bob")
        await phase(alice, "ringing")
        alice._conversation.choose_voice(Mode.CLOSEST)
        alice._conversation.process_voice(on=True)
        await bob.accept()
        await phase(alice, "talking")
        assert (await of(alice, VoiceChosen)).mode == "closest"
        assert (await of(alice, VoiceProcessing)).echo
