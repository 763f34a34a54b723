"""The call report: its figures are the journal's, its verdict follows what was observed, its checks come true."""

import shlex
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from people import House

from voip.client.worsening import KEY_LOG, Worsening
from voip.journal.observations import (
    STAGES,
    CallChanged,
    Connecting,
    Entry,
    KeyLogging,
    Latency,
    LinkState,
    MediaKeyed,
    MediaStats,
    PathChanged,
    Quality,
    RelaySaw,
    TrustAssessed,
    VoiceChosen,
    WordsReady,
    Worsened,
)
from voip.journal.report import call_report, claims, texts
from voip.journal.report.checks import ANSWERS, numbers, of
from voip.journal.report.findings import judge, overall
from voip.journal.report.model import Shares, read
from voip.journal.report.texts import Lang
from voip.journal.summary import side
from voip.pki.certificates import key_fingerprint
from voip.session.tls.events import Alert, Established, Failed, HandshakeMessage, Record
from voip.wire.signals import Reason

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CALL = "ab" * 16
STATS = MediaStats(500, 480, 0, 470, 3, 4, 60_000, 58_000)
EVIL = "<script>alert('x')</script>\"&\N{RIGHT-TO-LEFT OVERRIDE}"


def established(at: float, **changes: object) -> Established:
    return replace(
        Established(at, "TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768", False, "glasscall/1", (b"cert",)),
        **changes,
    )


def handshake(channel: str, at: float, call: str = "", **changes: object) -> list[Entry]:
    events = [
        Connecting("there"),
        HandshakeMessage(at, "out", "ClientHello", b"\x01"),
        Record(at, "out", "handshake", 512),
        HandshakeMessage(at + 0.002, "in", "ServerHello", b"\x02"),
        Record(at + 0.002, "in", "handshake", 1200),
        established(at + 0.005, **changes),
    ]
    return [Entry(getattr(event, "at", at), channel, call, event) for event in events]


def call(*more: object, level: str = "verified", stats: MediaStats = STATS, **changes: object) -> list[Entry]:
    """A call with bob, and `more` observations in it."""
    trust = TrustAssessed("bob@relay.test", level, "cd" * 32, verified_at="2026-11-01", first_seen="2026-10-01")
    told = [
        trust, WordsReady(("one", "two", "three", "four")), MediaKeyed("AEAD_AES_256_GCM"), PathChanged("tls"),
        CallChanged("bob", "talking", True), stats,
        *(Latency(float(i), 10.0 * i, dict.fromkeys(STAGES, float(i))) for i in range(1, 101)),
        RelaySaw((), 12, 0), *more,
    ]  # fmt: skip
    return [
        Entry(0.5, "link", "", LinkState("online", "relay.test", "alice")),
        *handshake("link", 1.0, **changes),
        Entry(2.0, "call", CALL, CallChanged("bob", "calling", True)),
        *handshake("leg", 2.1, CALL, **{"resumed": True} | changes),
        *handshake("session", 2.2, CALL, **{"alpn": "glasscall-session/1"} | changes),
        *(Entry(3.0 + i * 0.01, "call", CALL, what) for i, what in enumerate(told)),
    ]


def page(entries: list[Entry], lang: str = "en") -> str:
    return call_report(entries, monotonic=10.0, wall=NOW, lang=lang)


def states(entries: list[Entry]) -> dict[str, str]:
    return {finding.key: finding.state for finding in judge(read(entries))}


def test_the_figures_are_those_of_the_journal() -> None:
    entries = call()
    report, figures, shown = read(entries), side(entries), page(entries)
    for line in ("link", "leg", "session"):
        told = {key: figures[line][key] for key in ("version", "group", "cipher", "resumed", "handshake_ms", "bytes")}
        assert told.items() <= report.lines[line].figures.items()
        assert f"<td>{told['handshake_ms']} ms</td>" in shown
    latency = figures["latency_ms"]
    assert (report.round_trip.p50, report.round_trip.p95) == tuple(latency["round_trip"].values()) == (51.0, 96.0)
    assert report.mouth_to_ear.p95 == latency["mouth_to_ear"]["p95"] == 960.0
    assert {stage: one.p50 for stage, one in report.stages.items()} == latency["stages"]
    assert (report.stats.lost, report.stats.concealed) == (figures["audio"]["lost"], figures["audio"]["concealed"])
    for count in (
        '<dd class="value">500</dd>',
        '<dd class="value">480</dd>',
        '<dd class="value">470</dd>',
        "<td>517 / 1205</td>",
    ):
        assert count in shown
    assert "2026-11-24 11:59:52 UTC" in shown, "2.0 on the journal's clock"


def test_loss_is_told_as_a_whole_and_between_two_counts() -> None:
    counts = [replace(STATS, received=50 * i, lost=0 if i < 10 else 25) for i in range(1, 11)]
    report = read(call(*counts, stats=replace(STATS, received=0, lost=0)))
    assert report.lost_share == round(100 * 25 / 525, 2) == 4.76
    assert (report.loss.p50, report.loss.p95) == (0.0, round(100 * 25 / 75, 2)), "it came all at once"
    assert "4.76 %" in page(call(*counts))
    assert read(call(stats=replace(STATS, received=0, lost=0))).lost_share is None
    assert read(call()).loss == Shares(None, None, None), "one count is no interval"


def test_how_it_sounded_and_was_sent_is_told_in_both_languages() -> None:
    told = [
        VoiceChosen("auto", "robust", 10, 32_000, low_delay=False, redundancy=(1, 3), code="loss"),
        Quality("fair", "late", 3.5, 3.6, 2.0, 1.0, 1.0, 0.5, 3.0, 20.0),
    ]
    english, korean = page(call(*told)), page(call(*told), "ko")
    assert "robust: 32 kb/s constant, frames of 10 ms, 2 copies" in english
    assert "3.5 in the middle, 3.5 in the worst twentieth" in english
    assert "0 clear, 1 fair, 0 poor" in english
    assert "보통 1" in korean
    for stage in ("Device in (theirs)", "Frame (theirs)", "Network (half the round trip, an estimate)", "Device out"):
        assert stage in english
    assert "worst twentieth" not in page(call()), "what was not observed is not told"


def test_a_call_in_which_all_was_seen_to_be_safe() -> None:
    assert set(states(call()).values()) == {"good"}
    assert overall(judge(read(call()))) == "good"
    assert 'class="number">2.0</td>' in page(call())
    assert "Everything that can be observed was observed to be safe." in page(call())


@pytest.mark.parametrize(
    ("entries", "key", "state"),
    [
        (call(level="certified"), "who-certified", "open"),
        (call(level="pinned"), "who-pinned", "open"),
        (call(level="changed"), "who-changed", "bad"),
        (call(version="TLSv1.2"), "link-old", "bad"),
        (call(version="TLSv1.2"), "session-old", "bad"),
        (call(group="x25519"), "quantum-none", "bad"),
        (call(stats=replace(STATS, rejected=2)), "media-bad", "bad"),
        (call(RelaySaw((), 11, 1)), "relay-bad", "bad"),
        (call(Worsened("media", "packets-rejected", "Somebody tampers.")), "worse-media", "bad"),
        ([*call(), Entry(0.0, "phone", "", KeyLogging("/tmp/keys"))], "keys-logged", "bad"),
        ([*call(), Entry(9.0, "session", CALL, Failed(9.0, "bad-record-mac", "…"))], "session-failed", "bad"),
    ],
)
def test_what_is_not_safe_is_said(entries: list[Entry], key: str, state: str) -> None:
    assert states(entries)[key] == state
    assert overall(judge(read(entries))) == state


def test_words_that_were_compared_in_this_call() -> None:
    later = TrustAssessed("bob@relay.test", "verified", "cd" * 32, verified_at="2026-11-24")
    assert states(call(later, level="certified"))["who-compared"] == "good"
    assert read(call(later, level="certified")).compared_now
    assert not read(call()).compared_now


def test_nothing_is_guessed_when_nothing_was_observed() -> None:
    for entries in ([], [Entry(1.0, "call", CALL, CallChanged("bob", "calling", True))]):
        found = states(entries)
        assert {found[key] for key in ("link-none", "session-none", "who-none", "media-none", "relay-none")} == {"open"}
        shown = page(entries)
        assert "TLSv1" not in shown
        assert shown.count("—") > 20


CLAIMED = [
    call(),
    call(version="TLSv1.2", group="x25519", level="certified", stats=replace(STATS, rejected=2)),
    call(RelaySaw((), 11, 1), *(Worsened(about, "code", "It did.") for about in ("path", "trust", "media", "keys"))),
    [*call(level="changed"), Entry(0.0, "phone", "", KeyLogging("/tmp/keys"))],
    [*call(), Entry(9.0, "session", CALL, Failed(9.0, "bad-record-mac", "…"))],
    [Entry(1.0, "link", "", Failed(1.0, "expired", "…"))],
]


@pytest.mark.parametrize("entries", CLAIMED)
def test_every_claim_that_was_observed_names_its_checks(entries: list[Entry]) -> None:
    report, made = read(entries), of(read(entries))
    for finding in judge(report):
        if not finding.key.endswith("-none") or finding.key in {"keys-none", "quantum-none"}:
            assert numbers(finding.key, made), finding.key
    assert len({check.key for check in made}) == len(made)
    told = {number for finding in judge(report) for number in numbers(finding.key, made)}
    assert {made[number - 1].key for number in range(1, len(made) + 1) if number not in told} <= {"paths", "worse"}
    for lang in texts.LANGS:
        assert page(entries, lang).count("<li>") == len(made)
    assert "check 1" in page(entries)


def test_every_claim_has_a_kind_of_check() -> None:
    assert {key.partition("-")[0] for key in claims.CLAIMS} == ANSWERS.keys()
    assert {f"{key}-must" for keys in ANSWERS.values() for key in keys} <= claims.CHECKS.keys()


@pytest.mark.parametrize("lang", texts.LANGS)
def test_ends_and_what_got_worse_are_told_in_words(lang: Lang) -> None:
    ends = {code: texts.ending(code, "", lang) for code in (*get_args(Reason), "key-changed")}
    assert all(said.endswith(f" ({code})") for code, said in ends.items())
    assert texts.ending("strange", "It broke.", lang) == "It broke. (strange)"
    assert texts.ending("", "", lang) == ""
    assert texts.worse("strange", "It fell.", lang) == "It fell."
    fallen = Worsening("bob").trust("verified", "changed")
    rejected = Worsening("bob").notice(replace(STATS, rejected=1))
    for what in (KEY_LOG, fallen, rejected, Worsened("path", "path-tls", "English.")):
        said = texts.worse(what.code, what.sentence, lang)
        assert said != what.sentence
        assert said in page(call(what), lang)


@pytest.mark.parametrize(("early", "told"), [("", "none"), ("taken", "taken"), ("refused", "not taken, sent again")])
def test_early_data_are_told(early: str, told: str) -> None:
    entries = [*call(), *handshake("leg", 4.0, CALL, resumed=True, early=early)]
    assert f"<td>{told}</td>" in page(entries)


def test_another_calls_figures_do_not_come_in() -> None:
    other = "cd" * 16
    entries = [*call(), Entry(9.0, "call", other, CallChanged("carla", "calling", True))]
    assert read(entries).peer == "carla"
    assert read(entries).stats is None
    assert read(entries, CALL).peer == "bob"


class Reader(HTMLParser):
    """Which elements and attributes there are, and all the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def looked_at(shown: str) -> Reader:
    reader = Reader()
    reader.feed(shown)
    return reader


HARMLESS = looked_at(page(call(Worsened("media", "code", "It did.")), "en"))


@given(
    st.one_of(st.text(max_size=60), st.sampled_from([EVIL, "{peer}", "</style><img src=x onerror=y>", "' onload='"]))
)
def test_a_peers_words_stay_words(words: str) -> None:
    entries = call(
        Worsened("media", words, words),
        PathChanged("tls", words),
        CallChanged(words, "ended", True, words, words),
        TrustAssessed(words, "changed", words, words, words, words, words),
        Alert(4.0, "in", "fatal", words),
        KeyLogging(words),
        cipher=words, group=words, alpn=words,
    )  # fmt: skip
    entries.append(Entry(2.15, "leg", CALL, HandshakeMessage(2.15, "in", words, b"")))
    for lang in texts.LANGS:
        reader = looked_at(page(entries, lang))
        assert reader.tags <= HARMLESS.tags | {"td"}
        assert reader.attributes <= HARMLESS.attributes
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page(entries)


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    assert not HARMLESS.tags & {"script", "img", "link", "iframe", "object", "form", "a"}
    assert not HARMLESS.attributes & {"src", "href", "onclick", "style"}
    assert "url(" not in page(call())
    assert "@import" not in page(call())


def test_every_sentence_is_there_in_both_languages() -> None:
    for table in (texts.PAGE, claims.CLAIMS, claims.EVIDENCE, claims.CHECKS):
        for key, said in table.items():
            assert len(said) == len(texts.LANGS), key
            assert all(said), key
            fields = [{part.split("}")[0] for part in one.split("{")[1:]} for one in said]
            assert fields[0] == fields[1], key
    assert claims.CLAIMS.keys() == claims.EVIDENCE.keys()
    for lang in texts.LANGS:
        for line in page(call(), lang):
            assert line
    assert "안전" in page(call(), "ko")


def test_the_commands_for_openssl_come_true(tmp_path: Path) -> None:
    bob = House().person("bob").certificate
    entries = call(
        TrustAssessed("bob@relay.test", "pinned", key_fingerprint(bob)), peer=(bob.public_bytes(Encoding.DER),)
    )
    report = read(entries)
    pem = page(entries).partition("-----BEGIN")[2].partition("-----END CERTIFICATE-----")[0]
    (tmp_path / "peer.pem").write_text(f"-----BEGIN{pem}-----END CERTIFICATE-----\n")
    for check in of(report):
        if check.key in {"certificate", "key"}:
            done = subprocess.run(["sh", "-c", check.command], cwd=tmp_path, capture_output=True, text=True, check=True)
            assert str(check.values["print"]) in done.stdout


def test_a_name_cannot_become_a_command() -> None:
    entries = call(TrustAssessed("bob'; rm -rf ~; '@x", "pinned", "cd"))
    (command,) = [check.command for check in of(read(entries)) if check.key == "inspect"]
    assert shlex.split(command)[-1] == "bob'; rm -rf ~; '@x"
