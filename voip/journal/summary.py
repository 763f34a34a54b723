"""Folds of the journal: what a report says is read off observations, and nowhere else.

    TLS  = {"version", "group", "cipher", "resumed", "early", "handshake_ms", "bytes": [sent, received],
            "messages": [[way, name, ms]]}
    SIDE = {"link": TLS, "leg": TLS, "session": TLS + peer, trust, words; "latency_ms": …, "audio": …, "quality": …,
            "voice": …, "path": …}

`bytes` are those of the handshake's records with their headers, up to the moment it was done. A value that was not
observed is None, never a guess.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from voip.journal.observations import (
    STAGES,
    CallChanged,
    Channel,
    Connecting,
    Entry,
    FirstAudio,
    Latency,
    MediaStats,
    PathChanged,
    Quality,
    TrustAssessed,
    VoiceChosen,
    WordsReady,
)
from voip.session.tls.events import Established, HandshakeMessage, Record

Json = dict[str, Any]


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of `values` lie (nearest rank); None when there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def last_call(entries: Iterable[Entry]) -> str:
    """The id of the latest call in the journal, or empty."""
    call = ""
    for entry in entries:
        if isinstance(entry.what, CallChanged):
            call = entry.call
    return call


def tls(entries: Iterable[Entry], channel: Channel, call: str) -> Json | None:
    """The last complete TLS handshake on `channel` (of `call`, but for the link), or None."""
    found: Json | None = None
    current: Json = {}
    began: float | None = None
    for entry in entries:
        if entry.channel != channel or (channel != "link" and entry.call != call):
            continue
        what = entry.what
        if isinstance(what, Connecting):
            current, began = {}, None
        elif isinstance(what, HandshakeMessage):
            if what.name == "ClientHello" or began is None:
                began = entry.at if began is None else began
            current.setdefault("messages", []).append([what.direction, what.name, round((entry.at - began) * 1000, 3)])
        elif isinstance(what, Record) and found is not current:
            way = current.setdefault("bytes", [0, 0])
            way[what.direction == "in"] += what.length + 5
        elif isinstance(what, Established):
            current |= {
                "version": what.version,
                "group": what.group,
                "cipher": what.cipher,
                "resumed": what.resumed,
                "early": what.early,
                "handshake_ms": round((entry.at - (began if began is not None else entry.at)) * 1000, 3),
            }
            found = current
    return found


def side(entries: Iterable[Entry], call: str = "") -> Json:
    """One end of a call, as the report's SIDE (without the audio's file names)."""
    entries = list(entries)
    call = call or last_call(entries)
    own = [entry for entry in entries if entry.call == call]
    session: Json = dict(tls(own, "session", call) or {})
    for entry in own:
        if isinstance(entry.what, TrustAssessed):
            session |= {"peer": entry.what.peer, "trust": entry.what.level}
        elif isinstance(entry.what, WordsReady):
            session["words"] = list(entry.what.words)
    return {
        "link": tls(entries, "link", ""),
        "leg": tls(own, "leg", call),
        "session": session,
        "latency_ms": _latency(own),
        "audio": _audio(own),
        "quality": _quality(own),
        "voice": _voice(own),
        "path": _path(own),
        "ended": next(
            (e.what.reason for e in own if isinstance(e.what, CallChanged) and e.what.phase == "ended"), None
        ),
    }


def _latency(own: list[Entry]) -> Json:
    samples = [entry.what for entry in own if isinstance(entry.what, Latency)]
    trips = [sample.round_trip for sample in samples]
    whole = [sample.mouth_to_ear for sample in samples]
    return {
        "setup": _between(own, ("calling", "incoming"), TrustAssessed),
        "answer_to_audio": _between(own, ("accepting", "talking"), FirstAudio),
        "round_trip": {"p50": percentile(trips, 0.5), "p95": percentile(trips, 0.95)},
        "mouth_to_ear": {"p50": percentile(whole, 0.5), "p95": percentile(whole, 0.95)},
        "stages": {stage: percentile([sample.stages[stage] for sample in samples], 0.5) for stage in STAGES},
    }


def _between(own: list[Entry], phases: tuple[str, ...], until: type) -> float | None:
    """Milliseconds from the call's entry into one of `phases` to the first observation of type `until`."""
    begin = next((e.at for e in own if isinstance(e.what, CallChanged) and e.what.phase in phases), None)
    end = next((e.at for e in own if isinstance(e.what, until)), None)
    return None if begin is None or end is None else round((end - begin) * 1000, 2)


def _audio(own: list[Entry]) -> Json:
    stats = next((entry.what for entry in reversed(own) if isinstance(entry.what, MediaStats)), None)
    if stats is None:
        return {"frames_sent": 0, "frames_played": 0, "lost": 0, "concealed": 0}
    return {
        "frames_sent": stats.sent,
        "frames_played": stats.played,
        "lost": stats.lost,
        "concealed": stats.concealed,
        "rejected": stats.rejected,
        "recovered": stats.recovered,
        "late": stats.late,
        "xruns": stats.xruns,
        "stretched_ms": list(stats.stretched_ms),
    }


def _quality(own: list[Entry]) -> Json | None:
    """How what was heard sounded, as far as the journal remembers: estimates of the E-model, shares in percent."""
    judged = [entry.what for entry in own if isinstance(entry.what, Quality)]
    if not judged:
        return None
    shares = ("loss", "recovered", "concealed", "late")
    return {
        "mos": {
            "p50": percentile([one.mos for one in judged], 0.5),
            "p05": percentile([one.mos for one in judged], 0.05),
        },
        "listening": percentile([one.listening for one in judged], 0.5),
        "words": {word: sum(one.word == word for one in judged) for word in ("clear", "fair", "poor")},
        "causes": sorted({one.cause for one in judged if one.cause}),
        **{
            key: {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}
            for key in shares
            for values in [[getattr(one, key) for one in judged]]
        },
        "jitter_ms": percentile([one.jitter_ms for one in judged], 0.5),
        "buffer_ms": percentile([one.buffer_ms for one in judged], 0.5),
    }


def _path(own: list[Entry]) -> Json | None:
    """Which way the voice took at last, each direction by itself, how often that changed and why."""
    changes = [entry.what for entry in own if isinstance(entry.what, PathChanged)]
    if not changes:
        return None
    last = {way: next(c.path for c in reversed(changes) if c.direction in {"both", way}) for way in ("out", "in")}
    return {**last, "changes": len(changes) - 1, "reasons": [change.reason for change in changes if change.reason]}


def _voice(own: list[Entry]) -> Json | None:
    """How the voice was sent last, and how often that changed."""
    chosen = [entry.what for entry in own if isinstance(entry.what, VoiceChosen)]
    if not chosen:
        return None
    last = chosen[-1]
    return {
        "wanted": last.wanted,
        "mode": last.mode,
        "frame_ms": last.frame_ms,
        "bitrate": last.bitrate,
        "low_delay": last.low_delay,
        "redundancy": list(last.redundancy),
        "reason": last.code,
        "changes": len(chosen) - 1,
    }
