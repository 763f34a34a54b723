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
        self._encode = self._send = self._decode = self._playout = 0.0
        self._begun = [False, False]
        self.peer: Delay | None = None
        """What the peer says its own end adds."""

    def sent(self, encode: float, send: float) -> None:
        """A frame took so long to be encoded, and to be handed to the leg."""
        self._encode += self._weight(0) * (encode - self._encode)
        self._send += self._weight(0) * (send - self._send)
        self._begun[0] = True

    def played(self, decode: float, waiting: int) -> None:
        """A block took so long to be decoded; `waiting` samples were before it in the ring."""
        self._decode += self._weight(1) * (decode - self._decode)
        self._playout += self._weight(1) * (waiting / SAMPLE_RATE - self._playout)
        self._begun[1] = True

    def _weight(self, way: int) -> float:
        return SMOOTHING if self._begun[way] else 1.0

    def own(self, input_latency: float, frame_samples: int, lookahead: int, processing_ms: float) -> Delay:
        """What our end adds, for the peer's sum."""
        return Delay(
            capture=round(max(0.0, input_latency) * 1000, 3),
            frame=round(frame_samples * _MS, 3),
            encode=round(lookahead * _MS + processing_ms + self._encode * 1000, 3),
            send=round(self._send * 1000, 3),
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
            "decode": self._decode * 1000,
            "playout": (self._playout + output_latency) * 1000,
        }
        stages = {name: round(values[name], 3) for name in STAGES}
        return Latency(round(round_trip * 1000, 3), round(sum(stages.values()), 3), stages)

    def playout_ms(self, output_latency: float) -> float:
        """From the ring's end to the ear."""
        return (self._playout + output_latency) * 1000
