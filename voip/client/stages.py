"""Where the delay from mouth to ear comes from, station by station, each as it was measured.

    mouth ──→ capture ─ frame ─ encode ─ send ──→ network ──→ jitter ─ decode ─ playout ──→ ear
              └ told to the peer, as `Delay` ┘    └ half the    └ measured here, with what the peer told
                                                    round trip
A sample's place in its frame does not matter: what comes early waits longer for the frame to fill and is played sooner.
"""

from voip.config import SAMPLE_RATE
from voip.journal.observations import STAGES, Latency
from voip.wire.signals import Delay

SMOOTHING = 0.05
_MS = 1000 / SAMPLE_RATE


class Stages:
    """One call's account of time. Seconds in, milliseconds out."""

    def __init__(self) -> None:
        self._encode, self._send, self._capture = Mean(), Mean(), Mean()
        self._decode, self._playout = Mean(), Mean()
        self._rings, self._load = Mean(), Mean()
        self.peer: Delay | None = None
        """What the peer says its own end adds."""

    # ── what is measured ───────────────────────────────────────────────────────────────────────────────────────

    def sent(self, encode: float, send: float, left: int) -> None:
        """A frame took so long to be processed and encoded, and to be handed to the leg.

        `left`: samples in the capture ring that are younger than the frame, so it has waited for so long.
        """
        self._encode.add(encode)
        self._send.add(send)
        self._capture.add(left / SAMPLE_RATE)

    def processed(self, seconds: float, samples: int) -> None:
        """Echo and noise were taken out of so many samples in so many seconds."""
        self._load.add(seconds * SAMPLE_RATE / samples)

    def played(self, decode: float, waiting: int) -> None:
        """A block took so long to be decoded; `waiting` samples were before it in the ring."""
        self._decode.add(decode)
        self._playout.add(waiting / SAMPLE_RATE)

    def another_device(self) -> None:
        """What its rings held before says nothing about now."""
        self._rings = Mean()

    # ── what is told of it ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def load(self) -> float:
        """Share of the time that processing takes: from 1 on, the voice cannot keep up."""
        return self._load.value

    def echo(self, rings: int, devices: float) -> float:
        """Milliseconds from what is played now until its echo is captured, if the loudspeaker reaches the microphone.

        `rings`: samples in the playout ring and, still to be read, in the capture ring; they breathe with every block,
        so their mean is taken. `devices`: seconds in the devices. A change of either by 15 ms is another device to
        whom this is told (`media.alignment`).
        """
        self._rings.add(rings / SAMPLE_RATE)
        return 1000 * (self._rings.value + devices)

    def own(self, input_latency: float, frame_samples: int, lookahead: int, processing_ms: float) -> Delay:
        """What our end adds, for the peer's sum. Never negative, which a device's own figure can be for a moment."""
        return Delay(
            capture=_told(1000 * (input_latency + self._capture.value)),
            frame=_told(frame_samples * _MS),
            encode=_told(lookahead * _MS + processing_ms + 1000 * self._encode.value),
            send=_told(1000 * self._send.value),
        )

    def latency(self, round_trip: float | None, jitter_delay: float, output_latency: float) -> Latency | None:
        """The whole way; None until the peer and the round trip are known."""
        if round_trip is None or self.peer is None:
            return None
        values = {
            "capture": self.peer.capture,
            "frame": self.peer.frame,
            "encode": self.peer.encode,
            "send": self.peer.send,
            "network": round_trip * 1000 / 2,
            "jitter": jitter_delay * 1000,
            "decode": self._decode.value * 1000,
            "playout": self.playout_ms(output_latency),
        }
        stages = {name: round(values[name], 3) for name in STAGES}
        return Latency(round(round_trip * 1000, 3), round(sum(stages.values()), 3), stages)

    def playout_ms(self, output_latency: float) -> float:
        """From the ring's end to the ear."""
        return max(0.0, 1000 * (self._playout.value + output_latency))


class Mean:
    """A running mean of about the last 20 values; the first one counts as all of them."""

    def __init__(self) -> None:
        self.value = 0.0
        self._begun = False

    def add(self, value: float) -> None:
        """One more."""
        self.value += (SMOOTHING if self._begun else 1.0) * (value - self.value)
        self._begun = True


def _told(milliseconds: float) -> float:
    return round(max(0.0, milliseconds), 3)
