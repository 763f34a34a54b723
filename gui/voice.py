"""How the voice of the present call fares: a pure fold of what is told of it, and the sentences for it. No Qt here.

    VoiceChosen, Quality, VoiceProcessing, DeviceChanged, AudioState ──→ fold ──→ Voice
    Voice, Call ──→ cause, doing, sending ──→ (text, values), for `gui.say`

What is said of a cause is what was seen: that packets come late in bursts, not whose radio it is.
"""

import re
from dataclasses import dataclass, replace

from gui.words import voice as words
from voip.journal.observations import (
    AudioState,
    CallChanged,
    DeviceChanged,
    Entry,
    Levels,
    Quality,
    VoiceChosen,
    VoiceProcessing,
)

_HOW = re.compile(r"(?P<api>.+), (?P<block>[\d.]+) ms blocks, (?P<latency>[\d.]+) ms")
"""See `voip.io.audio.halves.Half.description`."""
Said = tuple[str, dict[str, object]]
"""A text of `gui.words`, and what goes into its braces."""
NEWS_SECONDS = 15.0
"""How long it is told that a device changed; that one is there again is told for as long as it is offered."""
CLIPS = 0.001
"""Share of the microphone's samples at full scale from which it is called too loud."""
LOSSES = ("loss", "loss-bursts")
LASTING = ("lost", "returned")
WORTH_TELLING = ("lost", "resumed", "replaced", "returned", "moved")
"""A larger buffer, or a choice of the person's own, is not news to them: the voice page has it."""


@dataclass(frozen=True, slots=True)
class News:
    """The latest of the devices."""

    at: float
    what: DeviceChanged


@dataclass(frozen=True, slots=True)
class Offer:
    """A device that was lost and is there again."""

    kind: str
    """`input` or `output`."""
    device: str


@dataclass(frozen=True, slots=True)
class Voice:
    """The present call's, or the last one's."""

    chosen: VoiceChosen | None = None
    """How we send."""
    quality: Quality | None = None
    """How what we hear sounds."""
    processing: VoiceProcessing | None = None
    news: News | None = None
    offers: tuple[Offer, ...] = ()
    read: bool = False
    """The news was put away."""


def fold(voice: Voice, entry: Entry) -> Voice:
    """`voice` after `entry`, the same object when that says nothing of it."""
    match entry.what:
        case VoiceChosen() as chosen:
            return replace(voice, chosen=chosen)
        case Quality() as quality:
            return replace(voice, quality=quality)
        case VoiceProcessing() as processing:
            return replace(voice, processing=processing)
        case DeviceChanged() as what:
            offers = tuple(offer for offer in voice.offers if offer.kind != what.kind)
            if what.what == "returned":
                offers = (*offers, Offer(what.kind, what.device))
            elif what.what in {"eased", "tightened"}:
                offers = voice.offers
            return replace(voice, news=News(entry.at, what), offers=offers, read=False)
        case AudioState(offered="") if voice.offers:
            return replace(voice, offers=())
        case CallChanged(phase="ended"):
            return replace(voice, news=None, offers=())
    return voice


def put_away(voice: Voice) -> Voice:
    """`voice` when its news was read."""
    return replace(voice, read=True)


def telling(voice: Voice, now: float) -> News | None:
    """The news that is worth a strip at `now`."""
    news = voice.news
    if news is None or voice.read or news.what.what not in WORTH_TELLING:
        return None
    if news.what.what == "returned" and not voice.offers:
        return None
    return news if news.what.what in LASTING or now - news.at < NEWS_SECONDS else None


def clips(levels: Levels) -> bool:
    """Whether the microphone is so loud that it is heard."""
    return levels.clipped >= CLIPS


def news_said(news: News) -> Said:
    """What happened, in a sentence."""
    what = news.what
    return words.NEWS[what.kind][what.what], {"device": what.device, "seconds": f"{what.gap:.1f}"}


def cause_said(quality: Quality) -> Said:
    """What takes most away from what we hear."""
    if quality.cause in LOSSES and quality.loss < quality.concealed / 2:
        return words.RAN_OUT, {}
    if quality.cause in words.CAUSE:
        return words.CAUSE[quality.cause], {}
    return (words.NOTHING_WRONG if quality.word == "clear" else words.SMALL_THINGS), {}


def doing_said(quality: Quality, stages: dict[str, float] | None = None) -> Said:
    """What is done about it on our side, or what can be known of it."""
    stages = stages or {}
    if quality.cause in LOSSES:
        if quality.recovered > 0:
            rest = max(0.0, quality.loss - quality.recovered)
            return words.DO_COPIES, {"loss": _percent(quality.loss), "rest": _percent(rest)}
        return words.DO_CONCEAL, {"concealed": _percent(quality.concealed)}
    if quality.cause == "far":
        return words.DO_FAR, {"ms": f"{stages.get('network', 0.0):.0f}"}
    if quality.cause == "device":
        devices = sum(ms for stage, ms in stages.items() if stage not in {"network", "jitter"})
        return words.DO_DEVICE, {"ms": f"{devices:.0f}"}
    if quality.cause == "rate":
        return words.DO_RATE, {}
    return words.DO_BUFFER, {"ms": f"{quality.buffer_ms:.0f}"}


def reason_said(chosen: VoiceChosen) -> Said:
    """Why we send as we do."""
    return words.REASON.get(chosen.code, words.REASON_UNKNOWN), {"loss": _percent(100 * chosen.loss)}


def reached_said(how: str) -> Said | None:
    """How a device is reached, from `AudioState.input_how`; None when it is said in another form."""
    found = _HOW.fullmatch(how)
    return None if found is None else (words.HOW, found.groupdict())


def copies_said(redundancy: tuple[int, ...]) -> Said:
    """How often each frame is sent."""
    times = min(len(redundancy), len(words.TIMES) - 1)
    return words.TIMES[times], {}


def _percent(share: float) -> str:
    """`0`, `0.4`, `12`."""
    return f"{share:.0f}" if share >= 10 or share == 0 else f"{share:.1f}"
