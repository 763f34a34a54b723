"""The microphone's sound made fit to send: echo, noise and loudness, just before the encoder.

    what goes to the loudspeaker ──→ played ──→ alignment ─┐ reference
    microphone ──→ process ──→ 10 ms blocks ──→ high pass → echo → noise → gain, limiter ──→ the same length, int16
                      └ levels                                                         └ levels, speech

Frames of 10, 20 and 40 ms wait for nothing; what the stages themselves add stands in `processing.DELAY`. Frames of 5 ms
wait for their other half, 5 ms more. With everything off a frame comes back as it came.

The echo canceller always takes something of the near voice with it. So it only learns until the microphone is known to
hear the loudspeaker (`alignment`), and is left out when it is known not to: with headphones nothing is taken away.

WebRTC's code is behind this. If it is missing or breaks, `problem` says so, and the voice goes on without it.
"""

from typing import Any

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.media.alignment import MS, Alignment
from voip.media.blocks import BLOCK, Blocks
from voip.media.levels import Meter, Reading
from voip.media.pcm import Frame
from voip.media.processing import OFF, QUIET_BLOCK, STAGES, Processing, Stage, load, make


class Voice:
    """One call's. Not to be shared between threads; switched and asked between frames."""

    def __init__(self, processing: Processing = Processing()) -> None:  # noqa: B008 - frozen
        self.muted = False
        """Tell it: the microphone is still listened to, so that it can be said that somebody speaks into it."""
        self.problem: AudioError | None = None
        """Why there is less processing than was asked for."""
        self._wanted = OFF
        self._alignment = Alignment()
        self._blocks: Blocks | None = None
        self._stages = tuple(Stage(name) for name in STAGES)
        self._echo = self._stages[STAGES.index("echo")]
        self._meter = Meter()
        self._library: Any = None
        self._detector: Any = None
        self._likely: float | None = None
        self._begun = False
        self.switch(processing)

    @property
    def processing(self) -> Processing:
        """What is really done, or stands by; less than what was asked for where there is a `problem`."""
        done = {stage.name: stage.on for stage in self._stages}
        return Processing(**(done | {"echo": self._wanted.echo and self.problem is None}))

    @property
    def cancelling(self) -> bool:
        """Whether there is an echo, and it is being taken out."""
        return self._echo.on and self._echo.through

    @property
    def delay(self) -> float:
        """Milliseconds that this station adds now, the stages' and the wait of 5 ms frames."""
        waits = self._blocks.delay / MS if self._blocks is not None else 0.0
        return waits + sum(stage.delay for stage in self._stages)

    @property
    def echo_delay(self) -> float | None:
        """Milliseconds from loudspeaker to microphone as they were heard, devices included; None while unknown."""
        return self._alignment.delay

    @property
    def reading(self) -> Reading:
        """Levels, clipping, speech."""
        return self._meter.reading()

    def switch(self, processing: Processing) -> None:
        """From the next block on, do this. What stays on keeps what it has learned."""
        self._wanted = processing
        if (processing.echo or processing.noise or processing.gain) and self._library is None and self.problem is None:
            try:
                self._library = load()
                self._detector = self._library.VoiceDetector(sample_rate=SAMPLE_RATE)
            except AudioError as error:
                self.problem = error
            except Exception as error:  # noqa: BLE001 - whatever a foreign library raises, the call goes on
                self._fail(error)
        for stage in self._stages:
            if stage is not self._echo:
                self._set(stage, on=getattr(processing, stage.name))
        self._follow_echo()

    def played(self, block: Frame, now: float) -> None:
        """`block`, int16 of any length, was handed to the loudspeaker at `now`; in the order of their playing."""
        self._alignment.played(block, now)

    def process(self, pcm: Frame, delay: float) -> Frame:
        """What to send for `pcm`, int16 of a multiple of 240; the same length. Raises `LocalError` for another shape.

        `delay`: milliseconds from `played` to the microphone's frame in hand, as the devices and rings report it. It
        may be rough: what is heard corrects it, within a second.
        """
        self._meter.heard(pcm)
        self._alignment.heard(pcm, delay, search=self._wanted.echo and self.problem is None)
        self._follow_echo()
        out = self._through(pcm)
        self._begun = True
        self._meter.sent(out, self._likely, muted=self.muted)
        return out

    def _through(self, pcm: Frame) -> Frame:
        still = all(stage.still for stage in self._stages)
        if self._blocks is None:
            if still:
                self._likely = None
                return pcm
            self._blocks = Blocks(self._alignment.near_end - pcm.size)
        if still:
            blocks, self._blocks = self._blocks, None
            return blocks.leave(pcm)
        return self._blocks.push(pcm, self._block)

    def _follow_echo(self) -> None:
        heard = self._alignment.echo
        self._echo.through = bool(heard)
        on = self._wanted.echo and heard is not False
        if on != self._echo.on:
            self._set(self._echo, on=on)

    def _block(self, block: Frame, first: int) -> Frame:
        reference = QUIET_BLOCK if self._echo.still else self._alignment.reference(first, BLOCK)
        try:
            for stage in self._stages:
                block = stage.work(block, reference)
            if self._detector is not None:
                self._likely = self._detector.process(block)
        except Exception as error:  # noqa: BLE001 - whatever a foreign library raises, the call goes on
            self._fail(error)
        return block

    def _set(self, stage: Stage, *, on: bool) -> None:
        on = on and (stage.name == "high_pass" or (self._library is not None and self.problem is None))
        if not on:
            stage.end()
        elif stage.still:
            try:
                stage.begin(make(stage.name, self._library), at_once=not self._begun)
            except Exception as error:  # noqa: BLE001 - as above
                self._fail(error)
        else:
            stage.stay()

    def _fail(self, error: Exception) -> None:
        self.problem = AudioError(
            f"Echo and noise are no longer taken out of your voice: the library for it failed ({error}). "
            "The call goes on; use headphones.",
            code="voice-processing-failed",
        )
        self._detector, self._likely = None, None
        for stage in self._stages:
            if stage.name != "high_pass":
                stage.drop()
