"""How good a call is by the E-model (ITU-T G.107), from what was measured: no ear is asked.

    bit rate ──→ Ie ─┐
    loss, bursts ────┴─→ Ie,eff ─┐
    delay, mouth to ear ─→ Id ───┴─→ R = 93.2 − Id − Ie,eff ──→ MOS, 1 to 4.5

Loss is what was *heard* as missing: counted after redundancy has filled its holes and after late packets were given up.
Delay is the whole of it, mouth to ear. It counts as G.107 §7.4 says (Idd: nothing below 100 ms), with no term of ours.
G.113 has no Opus. `Ie` is the published fit of rtcscore (Garaizabal), logarithmic in the bit rate. `Bpl`, how well lost
frames are concealed, is 10: the same source's figure, and what WB-PESQ gives for libopus 1.3 with concealment alone at
24 kb/s (8 to 10 between 5 and 30 % of loss). `bench/voice` holds the estimate against PESQ.
"""

import math
from dataclasses import dataclass

R_DEFAULT = 93.2
"""R without any impairment of the way, with G.107's default values."""
OPUS_BPL = 10.0
"""Packet-loss robustness factor of Opus with its own concealment."""
_IE_WORST = 30.0


@dataclass(frozen=True, slots=True)
class Score:
    """One estimate."""

    r: float
    """Transmission rating factor, 0 to 93.2."""
    mos: float
    """The mean opinion that people would have in a conversation (MOS-CQE), 1 to 4.5."""
    listening: float
    """The same without the delay: how it sounds (MOS-LQE)."""
    ie_eff: float
    """What coding and loss take away."""
    idd: float
    """What delay takes away."""


def opus_ie(bitrate: float) -> float:
    """Ie of Opus at `bitrate` in bit/s, without redundancy; 0 to 30."""
    return min(_IE_WORST, max(0.0, 55 - 4.6 * math.log(max(1.0, bitrate))))


def effective_ie(ie: float, loss: float, burst_ratio: float = 1.0, bpl: float = OPUS_BPL) -> float:
    """Ie,eff (G.107 §7.5). `loss`: percent; `burst_ratio`: mean burst length over that of random loss, at least 1."""
    if loss <= 0:
        return ie
    return ie + (95 - ie) * loss / (loss / max(1.0, burst_ratio) + bpl)


def delay_impairment(delay_ms: float) -> float:
    """Idd (G.107 §7.4) of `delay_ms` from mouth to ear."""
    if delay_ms <= 100:
        return 0.0
    x = math.log2(delay_ms / 100)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def mos_of(r: float) -> float:
    """MOS for `r` (G.107 Annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def burst_ratio(mean_burst: float, loss: float) -> float:
    """BurstR (G.107 §3.5): `mean_burst` packets against what random loss of `loss` percent would give; at least 1."""
    if loss <= 0 or loss >= 100:
        return 1.0
    return max(1.0, mean_burst * (1 - loss / 100))


def score(*, bitrate: float, loss: float, delay_ms: float, mean_burst: float = 1.0) -> Score:
    """The estimate. `bitrate`: bit/s of Opus alone; `loss`: percent of frames concealed; `mean_burst`: in packets."""
    ie_eff = effective_ie(opus_ie(bitrate), min(100.0, max(0.0, loss)), burst_ratio(mean_burst, loss))
    idd = delay_impairment(delay_ms)
    r = max(0.0, R_DEFAULT - ie_eff - idd)
    return Score(r, mos_of(r), mos_of(max(0.0, R_DEFAULT - ie_eff)), ie_eff, idd)
