import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.journal.observations import (
    STAGES,
    CallChanged,
    Connecting,
    Entry,
    FirstAudio,
    Latency,
    MediaStats,
    Quality,
    TrustAssessed,
    VoiceChosen,
    WordsReady,
)
from voip.journal.summary import last_call, percentile, side, tls
from voip.session.tls.events import Established, HandshakeMessage, Record

WORDS = ("a", "b", "c", "d")


def handshake(at: float, channel: str, call: str, *, resumed: bool = False, connecting: bool = True) -> list[Entry]:
    begin = [Entry(at, channel, call, Connecting("host:1"))] if connecting else []
    return [
        *begin,
        Entry(at + 0.001, channel, call, HandshakeMessage(at, "out", "ClientHello", b"")),
        Entry(at + 0.001, channel, call, Record(at, "out", "handshake", 300)),
        Entry(at + 0.003, channel, call, Record(at, "in", "handshake", 1200)),
        Entry(at + 0.003, channel, call, HandshakeMessage(at, "in", "ServerHello", b"")),
        Entry(
            at + 0.004,
            channel,
            call,
            Established(at, "TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768", resumed, "glasscall/1", ()),
        ),
        Entry(at + 1, channel, call, Record(at, "in", "application_data", 9999)),
    ]


def a_call(call: str, at: float, *, reason: str = "hung-up") -> list[Entry]:
    def entry(after: float, what: object) -> Entry:
        return Entry(at + after, "call", call, what)

    return [
        entry(0, CallChanged("bob", "calling", outgoing=True)),
        *handshake(at + 0.1, "leg", call, resumed=True),
        *handshake(at + 0.2, "session", call, connecting=False),
        entry(0.25, TrustAssessed("bob@relay.test", "pinned", "ff")),
        entry(0.3, WordsReady(WORDS)),
        entry(1.0, CallChanged("bob", "talking", outgoing=True)),
        entry(1.08, FirstAudio()),
        *(entry(2 + n, Latency(n, 10 * n, dict.fromkeys(STAGES, float(n)))) for n in (1, 2, 3)),
        *(
            entry(5 + n / 10, Quality(word, cause, mos, 4.0, 2.0, 1.0, 1.0, 0.5, 3.0, 20.0))
            for n, (word, cause, mos) in enumerate((("clear", "", 4.2), ("clear", "", 4.1), ("fair", "late", 3.5)))
        ),
        entry(5.5, VoiceChosen("auto", "balanced", 10, 32_000, low_delay=False, redundancy=(), code="start")),
        entry(5.6, VoiceChosen("auto", "robust", 10, 32_000, low_delay=False, redundancy=(1, 3), code="loss")),
        entry(6, MediaStats(10, 9, 1, 8, 2, 3, 100, 90, 4, 5, 6, (7.0, 8.0))),
        entry(7, CallChanged("bob", "ended", outgoing=True, reason=reason)),
    ]


def test_a_side_is_read_off_the_observations_of_the_last_call() -> None:
    entries = handshake(0, "link", "") + a_call("one", 10, reason="lost") + a_call("two", 20)
    found = side(entries)
    assert found["link"] == {
        "version": "TLSv1.3",
        "group": "X25519MLKEM768",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "resumed": False,
        "early": "",
        "handshake_ms": 3.0,
        "bytes": [305, 1205],
        "messages": [["out", "ClientHello", 0.0], ["in", "ServerHello", 2.0]],
    }
    assert found["leg"]["resumed"] is True
    assert {key: found["session"][key] for key in ("peer", "trust", "words")} == {
        "peer": "bob@relay.test",
        "trust": "pinned",
        "words": list(WORDS),
    }
    latency = found["latency_ms"]
    assert latency["setup"] == pytest.approx(250)
    assert latency["answer_to_audio"] == pytest.approx(80)
    assert latency["round_trip"] == {"p50": 2, "p95": 3}
    assert latency["mouth_to_ear"] == {"p50": 20, "p95": 30}
    assert latency["stages"] == dict.fromkeys(STAGES, 2)
    assert found["audio"] == {
        "frames_sent": 10, "frames_played": 8, "lost": 2, "concealed": 3, "rejected": 1, "recovered": 4, "late": 5,
        "xruns": 6, "stretched_ms": [7.0, 8.0],
    }  # fmt: skip
    quality = found["quality"]
    assert quality["mos"] == {"p50": 4.1, "p05": 3.5}
    assert quality["words"] == {"clear": 2, "fair": 1, "poor": 0}
    assert quality["causes"] == ["late"]
    assert quality["loss"] == {"p50": 2.0, "p95": 2.0}
    assert (quality["jitter_ms"], quality["buffer_ms"]) == (3.0, 20.0)
    assert found["voice"] == {
        "wanted": "auto", "mode": "robust", "frame_ms": 10, "bitrate": 32_000, "low_delay": False,
        "redundancy": [1, 3], "reason": "loss", "changes": 1,
    }  # fmt: skip
    assert found["ended"] == "hung-up"
    assert side(entries, "one")["ended"] == "lost"
    assert last_call(entries) == "two"


def test_what_was_not_observed_is_none_and_never_a_guess() -> None:
    found = side([])
    assert (found["link"], found["leg"], found["session"], found["ended"]) == (None, None, {}, None)
    assert found["audio"] == {"frames_sent": 0, "frames_played": 0, "lost": 0, "concealed": 0}
    assert found["quality"] is found["voice"] is None
    assert found["latency_ms"]["setup"] is found["latency_ms"]["mouth_to_ear"]["p50"] is None
    assert found["latency_ms"]["stages"] == dict.fromkeys(STAGES)
    assert last_call([]) == ""


def test_the_last_complete_handshake_counts() -> None:
    first, second = handshake(0, "link", ""), handshake(5, "link", "", resumed=True)
    assert tls(first + second, "link", "")["resumed"] is True
    assert tls(first + second[:3], "link", "")["resumed"] is False  # the second did not get through
    assert tls(first, "leg", "") is None
    [*_, established, _] = first
    assert tls([established], "link", "")["handshake_ms"] == 0  # observed only from there on


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in {round(value, 2) for value in values}
    assert percentile(values, 0) == round(min(values), 2)
    assert percentile(values, 1) == round(max(values), 2)
    assert percentile([], share) is None
