"""The page: one HTML file, nothing from elsewhere, no script; made for the screen and for A4."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from voip.journal.observations import Worsened
from voip.journal.report import checks, texts
from voip.journal.report.findings import Finding, judge, overall
from voip.journal.report.markup import Html, join, tag
from voip.journal.report.model import LINES, CallReport, Connection, Line, Shares
from voip.journal.report.style import CSS
from voip.journal.report.texts import Lang

UNKNOWN = "—"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may load nothing, whatever a peer got into it."""


def render(report: CallReport, *, monotonic: float, wall: datetime, lang: Lang) -> str:
    """The whole document."""
    return _Page(report, monotonic, wall, lang).document()


class _Page:
    def __init__(self, report: CallReport, monotonic: float, wall: datetime, lang: Lang) -> None:
        self._report, self._monotonic, self._wall, self._lang = report, monotonic, wall, lang

    def document(self) -> str:
        title = self._say("title")
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", f"{title}: {self._report.peer}"),
            tag("style", Html(CSS)),
        )
        body = tag("body", tag("main", *self._sections()))
        return "<!DOCTYPE html>\n" + tag("html", head, body, lang=self._lang) + "\n"

    def _sections(self) -> Iterable[Html]:
        report, findings = self._report, judge(self._report)
        yield self._head(findings)
        yield self._section("findings", tag("div", *(self._finding(one) for one in findings), class_="findings"))
        yield self._section("parameters", self._parameters())
        yield self._section("trust", self._trust())
        ladders = tag("div", *(self._ladder(line) for line in LINES), class_="ladders")
        yield self._section("handshakes", join(tag("p", self._say("ladder-lead"), class_="quiet lead"), ladders))
        yield self._section("media", self._media())
        yield self._section("latency", self._latency())
        yield self._section("worsened", self._worsened())
        logged = self._say("key-log-on", to=report.key_log) if report.key_log else self._say("key-log-off")
        yield self._section("key-log", tag("p", logged, class_="bad" if report.key_log else "quiet"))
        yield self._section("checks", self._checks())

    def _head(self, findings: tuple[Finding, ...]) -> Html:
        report, state = self._report, overall(findings)
        title = self._say("with", peer=report.peer) if report.peer else self._say("no-call")
        counted = " · ".join(
            f"{sum(one.state == each for one in findings)} {self._say(each)}" for each in ("good", "open", "bad")
        )
        way = {True: "way-out", False: "way-in"}.get(report.outgoing) if report.outgoing is not None else None
        facts = (
            ("began", self._time(report.began)),
            ("talked", _seconds(report.talked)),
            ("ended", texts.ending(report.reason, report.sentence, self._lang) or self._say("goes-on")),
            ("way", self._say(way) if way else None),
            ("me", report.me),
            ("relay", report.relay),
        )
        return tag(
            "header",
            tag("p", self._say("title"), class_="kicker"),
            tag("h1", title),
            tag("div", tag("strong", self._say(f"verdict-{state}")), tag("span", counted), class_=f"verdict {state}"),
            tag("dl", *(self._fact(key, value) for key, value in facts), class_="facts"),
            tag("p", self._say("made", time=self._time(self._monotonic)), class_="quiet"),
        )

    def _finding(self, one: Finding) -> Html:
        return tag(
            "div",
            tag("span", self._say(one.state), class_="badge"),
            tag(
                "div",
                tag("p", texts.claim(one.key, self._lang), class_="claim"),
                tag("p", self._say("observed"), ": ", self._evidence(one), class_="quiet"),
            ),
            class_=f"finding {one.state}",
        )

    def _evidence(self, one: Finding) -> str:
        values = one.values
        if "why" in values:
            values = values | {"why": texts.worse(str(values["code"]), str(values["why"]), self._lang)}
        numbers = checks.numbers(one.key, checks.of(self._report))
        told = texts.evidence(one.key, self._lang, values)
        return f"{told} · {self._say('check-it', numbers=', '.join(map(str, numbers)))}" if numbers else told

    def _parameters(self) -> Html:
        columns = [self._report.lines[line] for line in LINES]
        rows = [
            tag("tr", tag("th", self._say(key)), *(tag("td", self._parameter(key, one)) for one in columns))
            for key in ("version", "cipher", "group", "resumed", "early", "alpn", "handshake", "bytes")
        ]
        head = tag("tr", tag("th"), *(tag("th", self._say(line)) for line in LINES))
        return tag("table", tag("thead", head), tag("tbody", *rows))

    def _parameter(self, key: str, one: Connection) -> str:
        seen, figures = one.established, one.figures or {}
        if key == "handshake":
            took = figures.get("handshake_ms")
            return UNKNOWN if took is None else f"{took} ms"
        if key == "bytes":
            return " / ".join(str(count) for count in figures["bytes"]) if "bytes" in figures else UNKNOWN
        if seen is None:
            return UNKNOWN
        if key == "resumed":
            return self._say("yes" if seen.resumed else "no")
        if key == "early":
            return self._say(f"early-{seen.early or 'none'}")
        return str(getattr(seen, key)) or UNKNOWN

    def _trust(self) -> Html:
        report, trust = self._report, self._report.trust
        facts: list[tuple[str, str | None]] = [("peer", trust.peer if trust else report.peer)]
        if trust is not None:
            facts += [("level", self._say(trust.level)), ("fingerprint", trust.fingerprint)]
            facts += [("old", trust.old_fingerprint)] if trust.old_fingerprint else []
            facts += [("first", trust.first_seen), ("since", trust.since)]
            facts += [("verified-at", trust.verified_at or self._say("never"))]
        if report.words:
            facts += [
                ("words", " ".join(report.words)),
                ("compared", self._say("yes" if report.compared_now else "no")),
            ]
        return tag("dl", *(self._fact(key, value) for key, value in facts), class_="wide")

    def _ladder(self, line: Line) -> Html:
        messages = (self._report.lines[line].figures or {}).get("messages", [])
        rows = [
            tag("tr", tag("td", f"{ms:.1f}", class_="number"), self._way(way == "out"), tag("td", name))
            for way, name, ms in messages
        ]
        table = tag("table", tag("tbody", *rows)) if rows else tag("p", self._say("unseen"), class_="quiet")
        return tag("section", tag("h3", self._say(line)), table, class_=f"ladder {line}")

    def _way(self, out: bool) -> Html:
        arrow, said = ("→", "sent") if out else ("←", "got")
        return tag("td", tag("span", arrow, title=self._say(said), aria_label=self._say(said), role="img"))

    def _media(self) -> Html:
        report, stats = self._report, self._report.stats
        facts: list[tuple[str, object]] = [("profile", report.profile)]
        if stats is not None:
            facts += [
                ("packets-sent", stats.sent), ("received", stats.received), ("rejected", stats.rejected),
                ("played", stats.played), ("lost", stats.lost), ("concealed", stats.concealed),
                ("recovered", stats.recovered), ("late", stats.late), ("xruns", stats.xruns),
                ("loss", None if report.lost_share is None else f"{report.lost_share} %"),
            ]  # fmt: skip
        facts += self._quality()
        for at, path in report.paths:
            way = self._say(f"path-{path.direction}", path=path.path.upper())
            why = self._say(f"path-{path.reason}") if f"path-{path.reason}" in texts.PAGE else path.reason
            facts.append(("path", f"{way}{', ' if why else ''}{why} ({self._time(at)})"))
        lead = tag("p", self._say("loss-lead"), class_="quiet lead")
        told = tag("dl", *(self._fact(key, value) for key, value in facts), class_="facts")
        return join(told, lead, self._shares([("loss-each", report.loss)]))

    def _quality(self) -> list[tuple[str, object]]:
        voice, quality, facts = self._report.voice, self._report.quality, list[tuple[str, object]]()
        if voice is not None:
            rate, copies = f"{voice['bitrate'] / 1000:g}", len(voice["redundancy"])
            told = self._say("sent-how", mode=voice["mode"], rate=rate, frame=voice["frame_ms"], copies=copies)
            facts.append(("sent-as", told))
        if quality is not None:
            mos = self._say("mos-told", middle=quality["mos"]["p50"], worst=quality["mos"]["p05"])
            facts += [("mos", mos), ("sounded", self._say("sounded-told", **quality["words"]))]
        return facts

    def _latency(self) -> Html:
        rows: list[tuple[str, Shares]] = [*self._report.stages.items()]
        rows += [("mouth-to-ear", self._report.mouth_to_ear), ("round-trip", self._report.round_trip)]
        once = (("setup", _number(self._report.setup)), ("answer", _number(self._report.answer_to_audio)))
        facts = tag("dl", *(self._fact(key, value) for key, value in once), class_="facts")
        return join(self._shares(rows), facts)

    def _shares(self, rows: Iterable[tuple[str, Shares]]) -> Html:
        head = tag("tr", tag("th"), *(tag("th", self._say(key)) for key in ("p50", "p95", "p99")))
        body: list[Html] = []
        for key, of in rows:
            cells = (tag("td", _number(one), class_="number") for one in (of.p50, of.p95, of.p99))
            kind = "sum" if key in {"mouth-to-ear", "round-trip"} else "stage"
            body.append(tag("tr", tag("th", self._say(key)), *cells, class_=kind))
        return tag("table", tag("thead", head), tag("tbody", *body), class_="narrow")

    def _worsened(self) -> Html:
        worse = self._report.worsened
        if not worse:
            return tag("p", self._say("nothing-worse"), class_="quiet")
        rows = (
            tag(
                "tr",
                tag("td", self._time(at)),
                tag("td", what.about),
                tag("td", what.code),
                tag("td", self._worse(what)),
            )
            for at, what in worse
        )
        return tag("table", tag("tbody", *rows))

    def _worse(self, what: Worsened) -> str:
        return texts.worse(what.code, what.sentence, self._lang)

    def _checks(self) -> Html:
        made: list[Html] = []
        for one in checks.of(self._report):
            what, must = texts.check(one.key, self._lang, one.values)
            command = tag("pre", one.command) if one.command else None
            made.append(tag("li", tag("p", what, class_="claim"), command, tag("p", "→ ", must, class_="quiet must")))
        parts = [tag("p", self._say("checks-lead")), tag("ol", *made)]
        peer = checks.peer_certificate(self._report)
        if peer:
            parts += [tag("h3", self._say("certificate")), tag("pre", checks.pem(peer), class_="pem")]
        return join(*parts)

    def _section(self, key: str, inside: Html) -> Html:
        return tag("section", tag("h2", self._say(key)), inside, class_=key)

    def _fact(self, key: str, value: object) -> Html:
        shown = UNKNOWN if value is None or value == "" else value
        kind = "key" if key in {"fingerprint", "old"} else "value"
        return tag("div", tag("dt", self._say(key)), tag("dd", shown, class_=kind))

    def _time(self, at: float | None) -> str | None:
        if at is None:
            return None
        return f"{self._wall + timedelta(seconds=at - self._monotonic):%Y-%m-%d %H:%M:%S %Z}".strip()

    def _say(self, key: str, **values: object) -> str:
        return texts.say(key, self._lang, **values)


def _seconds(value: float | None) -> str | None:
    return None if value is None else f"{int(value) // 60}:{int(value) % 60:02}"


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else str(value)
