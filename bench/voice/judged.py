"""One call, or one rival on a call's packets, judged: plain figures that can cross to another process."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from voip.media.emodel import score
from voip.media.plan import BALANCED, PLANS, Mode, Plan

from . import lbrr
from .call import Heard, Packet, call
from .ear import lags, pesq_of, visqol_of
from .network import Link, Profile
from .profiles import PROFILES
from .reel import RATE, reel
from .rivals import Adaptive, Aiortc, Fixed, listen

OPUS_MOST = 32_000
"""Bit/s of Opus, redundancy extra."""
LBRR_BITRATE = 32_000
OURS = ("auto", "balanced", "robust")
RIVALS = ("fixed 60 ms", "aiortc", "LBRR, fixed 60 ms", "LBRR, adaptive")


@dataclass(frozen=True, slots=True)
class Judged:
    """Figures of one run."""

    profile: str
    who: str
    seed: int
    pesq: float
    """Mean over the turns."""
    pesq_each: tuple[float, ...]
    delay_ms: float
    """Mean, mouth to ear, less the link's mean transit."""
    delay_p95_ms: float
    wait_ms: float
    """The same, less frame and look-ahead: how long sound waited here on average, from its packet's arrival on."""
    conceal: float
    """Share of what was played."""
    stretch: float
    run: float
    """Mean run of frames lost after recovery."""
    network_loss: float
    opus_kbps: float
    """Mean, redundancy excluded."""
    sent_kbps: float
    """Mean, with redundancy and all headers."""
    emodel: float
    """MOS-LQE by the E-model, from what the phone counts."""
    plan: str
    """Used longest."""
    visqol: float | None = None


def _judge(heard: Heard, who: str, seed: int, *, visqol: bool) -> Judged:
    said = reel()
    where = lags(said.pcm, heard.pcm, heard.began, heard.profile.drift_ppm)
    base = np.array([heard.profile.at(at - lag).delay for at, lag in zip(where.heard_at, where.lag, strict=True)])
    judged = where.heard_at >= said.judged_from
    delay = (where.lag - base)[judged] if judged.any() else np.array([np.nan])
    each = [pesq_of(said.pcm, heard.pcm, heard.began, part, where) for part in said.parts]
    counted = heard.counted
    conceal = counted.concealed / max(1, counted.pulled)
    run = counted.lost / counted.lost_runs if counted.lost_runs else 1.0
    plans = _shares(heard, said.judged_from, len(said.pcm) / RATE)
    opus = sum(share * plan.bitrate for plan, share in plans.items()) or LBRR_BITRATE
    longest = max(plans, key=lambda plan: plans[plan]) if plans else Plan(lbrr.FRAME_MS, LBRR_BITRATE)
    gone = sum(not packet.arrivals for packet in heard.packets) / max(1, len(heard.packets))
    estimate = score(bitrate=opus, loss=100 * conceal, delay_ms=0.0, mean_burst=run)
    before = sum(share * (plan.frame_ms + (2.5 if plan.low_delay else 6.5)) for plan, share in plans.items())
    return Judged(
        heard.profile.name,
        who,
        seed,
        float(np.mean(each)),
        tuple(each),
        1000 * float(np.mean(delay)),
        1000 * float(np.percentile(delay, 95)),
        1000 * float(np.mean(delay)) - before,
        conceal,
        counted.stretched / max(1, counted.pulled),
        run,
        gone,
        opus / 1000,
        sum(share * plan.gross for plan, share in plans.items()) / 1000,
        estimate.listening,
        f"{longest.frame_ms} ms {longest.redundancy}",
        float(np.median([visqol_of(said.pcm, heard.pcm, heard.began, part, where) for part in said.parts[::3]]))
        if visqol
        else None,
    )


def _shares(heard: Heard, start: float, end: float) -> dict[Plan, float]:
    """Plan → share of the judged time."""
    shares: dict[Plan, float] = {}
    changes = [*heard.plans, (end, BALANCED)]
    for (began, plan), (ended, _) in pairwise(changes):
        seconds = max(0.0, min(ended, end) - max(began, start))
        shares[plan] = shares.get(plan, 0.0) + seconds / (end - start)
    return {plan: share for plan, share in shares.items() if share > 0}


def _lbrr_packets(profile: Profile, seed: int, loss: float) -> tuple[Packet, ...]:
    """The same speech through the same link, 20 ms a frame, encoded with LBRR."""
    link = Link(profile, seed)
    packets = []
    for index, frame in enumerate(lbrr.frames(reel().pcm, LBRR_BITRATE, loss)):
        sent = (index + 1) * lbrr.SAMPLES / RATE / (1 + profile.drift_ppm * 1e-6)
        arrivals = tuple(link.carry(len(frame) + 28, sent))
        packets.append(Packet(index & 0xFFFF, index * lbrr.SAMPLES, frame, lbrr.SAMPLES, arrivals))
    return tuple(packets)


def plan_or_mode(who: str) -> Plan | Mode:
    """`auto` adapts; a name otherwise is its plan for ever."""
    mode = Mode(who)
    return mode if mode is Mode.AUTO else PLANS[mode]


def judge(profile: str, who: str, seed: int, *, rivals: bool = False, visqol: bool = False) -> list[Judged]:
    """One of `OURS` over `profile`; with `rivals` also what each of them makes of its packets."""
    said, link = reel(), PROFILES[profile]
    heard = call(said.pcm, link, seed, plan_or_mode(who), highest=OPUS_MOST, judged_from=said.judged_from)
    found = [_judge(heard, who, seed, visqol=visqol)]
    if not rivals:
        return found
    own = _lbrr_packets(link, seed, found[0].network_loss)
    for name, rival, packets, fec in (
        ("fixed 60 ms", Fixed(0.060), heard.packets, False),
        ("aiortc", Aiortc(), heard.packets, False),
        ("LBRR, fixed 60 ms", Fixed(0.060), own, True),
        ("LBRR, adaptive", Adaptive(lbrr.FRAME_MS / 1000), own, True),
    ):
        theirs = listen(
            rival, packets, link, said=len(said.pcm), judged_from=said.judged_from, fec=fec, phase=heard.began
        )
        plans = heard.plans if not fec else [(0.0, Plan(lbrr.FRAME_MS, LBRR_BITRATE))]
        theirs = replace(theirs, plans=plans, packets=packets)
        found.append(_judge(theirs, name, seed, visqol=visqol))
    return found
