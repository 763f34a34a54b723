"""From what a person wrote after `--input` and `--output` to an open sound card.

nothing          the default device
NAME.wav         a file
none             silence, or nowhere
anything else    a device: its name, a part of its name, or its index
"""

from pathlib import Path

from voip.errors import AudioError
from voip.io.audio.halves import Half, Joined
from voip.io.audio.port import AudioPort
from voip.io.audio.soundcard import DeviceHalf
from voip.io.audio.wavfile import WavLoudspeaker, WavMicrophone

NOTHING = "none"


def open_port(
    input: str | None,  # noqa: A002 - as the options are called
    output: str | None,
    *,
    loop: bool = True,
    said_to: Path | None = None,
) -> AudioPort:
    """A sound card of a microphone `input` and a loudspeaker `output`; it does not move a sample before `start`.

    `loop`: a file speaks over and over. `said_to`: also write there what a file said. Raises `AudioError`:
    `no-portaudio`, `no-device`, `no-such-device`, `no-such-file`, `bad-wav`, `wav-not-writable`, `same-file`.
    """
    _refuse_to_overwrite(input, [output, str(said_to) if said_to else None])
    microphone: Half
    loudspeaker: Half
    if input is not None and is_file(input):
        microphone = WavMicrophone(_path(input), loop=loop, said_to=said_to)
    else:
        microphone = DeviceHalf("input", input)
    try:
        if output is not None and is_file(output):
            loudspeaker = WavLoudspeaker(_path(output))
        else:
            loudspeaker = DeviceHalf("output", output)
    except BaseException:
        microphone.stop()
        raise
    return Joined(microphone, loudspeaker)


def is_file(word: str | None) -> bool:
    """Whether `word` means a file, or nothing at all, and no device."""
    return word is not None and (word == NOTHING or word.lower().endswith(".wav"))


def _path(word: str) -> Path | None:
    return None if word == NOTHING else Path(word)


def _refuse_to_overwrite(said: str | None, written: list[str | None]) -> None:
    """A recording that is spoken from must not be what is written over."""
    paths = [Path(word).resolve() for word in (said, *written) if word and word != NOTHING and is_file(word)]
    for path in paths:
        if paths.count(path) > 1:
            raise AudioError(f"“{path}” is named twice. Name a different file to write to.", code="same-file")
