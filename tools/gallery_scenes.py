"""Every view of the window as a scene, by name: what tools/gui_gallery.py draws."""

import json
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QScrollArea
from stage import Scene, call, measure, tape_until
from story import CALL, FAIR, KEY, OTHER_KEY, POOR, RELAY, Story
from tape_story import relay_account

from gui.inspection import Face, Inspection, Opened, Side
from gui.inspection import Path as FieldPath
from gui.lab_board import ALL, begin, end, fold
from gui.main_window import MainWindow
from gui.study import Study
from gui.words import tour
from voip.journal.observations import (
    CallChanged,
    CallCost,
    Connecting,
    KeyLogging,
    LinkState,
    MediaStats,
    TrustAssessed,
    Worsened,
)
from voip.session.tls.events import Alert, Failed

Tell = Callable[[Story], Story]
KEPT = KeyLogging("/home/alice/glasscall-secrets.log")


def _told(tell: Tell) -> Scene:
    return Scene(lambda: tell(Story()), recorded=False)


def _opened(
    channel: Opened, message: int, face: Face = "bytes", side: Side = "message", field: FieldPath = (),
    version: str = "1.3",
) -> Scene:  # fmt: skip
    return Scene(call(version), Study("handshake", Inspection(channel, message, face, side, field)))


# ── what happens to a call ─────────────────────────────────────────────────────────────────────────────────────


def _rejected(story: Story) -> Story:
    story.add("call", MediaStats(2100, 2098, 3, 2095, 1, 3, 273_000, 273_000), call=CALL)
    sentence = "3 packets of this call failed authentication or were replayed; none of them was played."
    return story.add("call", Worsened("media", "packets-rejected", sentence), call=CALL)


def _key_log(story: Story) -> Story:
    story.add("call", KEPT, call=CALL)
    return story.add("call", Worsened("keys", "key-log", "TLS secrets of this call are being written down."), call=CALL)


def _trust_fell(story: Story) -> Story:
    sentence = "The key of bob is not the remembered one any more, so the voice was stopped."
    story.add("call", TrustAssessed(f"bob@{RELAY}", "changed", KEY, "2026-11-03", OTHER_KEY, "2026-11-03"), call=CALL)
    story.add("call", Worsened("trust", "trust-fell", sentence), call=CALL)
    return story.add(
        "call", CallChanged("bob", "ended", outgoing=True, reason="insecure", sentence=sentence), call=CALL, after=0.2
    )


def _link_lost(story: Story) -> Story:
    story.add("link", Failed(story.at, "connection-lost", "The relay closed the connection."))
    return story.add("phone", LinkState("offline", RELAY, "alice", "connection-lost", "The connection was lost."))


def _session_broken(story: Story) -> Story:
    story.add("session", Alert(story.at, "out", "fatal", "decrypt_error"), call=CALL)
    sentence = "The other phone could not prove that it has its key."
    return story.add(
        "call", CallChanged("bob", "ended", outgoing=True, reason="insecure", sentence=sentence), call=CALL, after=0.2
    )


def _connecting(story: Story) -> Story:
    return story.add("phone", LinkState("connecting", RELAY, "alice")).add("link", Connecting(RELAY))


def _changed_key() -> Story:
    """Everything real up to the certificate, which holds another key than the remembered one."""
    story = call()()
    ours = next(e.what for e in reversed(story.entries) if isinstance(e.what, TrustAssessed))
    changed = TrustAssessed(ours.peer, "changed", ours.fingerprint, "2026-11-03", OTHER_KEY, "2026-11-03", "2026-11-09")
    return story.add("call", changed, call=CALL)


def _paid() -> Story:
    cost = CallCost(42.0, 4_200, 336_000, 50_400, 67_200, 8_400, 92_400, 0.04, 0.13, 2.5, 40.0, 42.0)
    return call()().add("call", cost, call=CALL)


def _voice(tell: Tell, ready: Callable[[MainWindow], None] = lambda _window: None) -> Scene:
    """The voice page, of a call that talked."""
    return Scene(lambda: tell(call()()), Study("voice"), ready=ready)


def _below(window: MainWindow) -> None:
    assert window.pages is not None
    for area in window.pages.voice.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def _far(story: Story) -> Story:
    quality = replace(FAIR, cause="far", mos=3.52, listening=4.3, loss=0.0, concealed=0.0, late=0.0, jitter_ms=3.0)
    return story.sounds(quality, ear=210.0, seconds=30)


def _fair(story: Story) -> Story:
    return story.sounds(FAIR, jitter=30.0, seconds=15)


def _poor(story: Story) -> Story:
    story.sounds(POOR, ear=30.0, jitter=22.0)
    return story.sent("auto", "robust", 10, 32_000, copies=(1, 3), code="loss-bursts", loss=0.124)


def _asked(matched: int, unknown: int) -> Callable[[], Story]:
    def tell() -> Story:
        story = call()()
        account = relay_account(tape_until(story.at).since(0), matched, unknown)
        return story.add("call", account, call=CALL)

    return tell


# ── what a person does on a page ───────────────────────────────────────────────────────────────────────────────


def _face(face: str, *, asking: bool = False) -> Callable[[MainWindow], None]:
    def turn(window: MainWindow) -> None:
        assert window.pages is not None
        window.pages.wire.open(face)
        window.pages.wire.show_watching(on=asking)

    return turn


def _leak(window: MainWindow) -> None:
    assert window.pages is not None
    face = window.pages.wire.leaks
    window.pages.wire.open("leaks")
    face.demo.start()
    while face.demo.running:
        QTest.qWait(50)
    face.verticalScrollBar().setValue(face.verticalScrollBar().maximum())


def _scrolled(window: MainWindow) -> None:
    measure(window)
    assert window.pages is not None
    for area in window.pages.compare.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def _lab(name: str, *, until: str = "", run: bool = False) -> Callable[[MainWindow], None]:
    """The lab opened at `name`; with results of the real lab, up to the scenario `until`."""

    def act(window: MainWindow) -> None:
        assert window.pages is not None
        view = window.pages.lab
        if run:
            view.start(name)
            while view.lab.board.busy:
                QTest.qWait(50)
        elif until:
            board = begin(view.lab.board, ALL)
            for case in board.cases:
                if case.name == until:
                    board = fold(board, json.dumps({"is": "began", "name": case.name}).encode())
                    break
                result = {
                    "is": "done", "name": case.name, "held": case.must_hold, "attempt": "As told above.",
                    "stopped_by": "alert bad_record_mac" if case.must_hold else "nothing", "evidence": "Seen.",
                }  # fmt: skip
                board = fold(board, json.dumps(result).encode())
            else:
                board = end(board)
            view.lab.board = board
            view.lab.changed.emit()
        view.open(name)

    return act


def _export(*, kept: bool = False) -> Callable[[MainWindow], None]:
    def ask(window: MainWindow) -> None:
        window.studying.begin_export()
        dialog = window.studying.exporting.dialog
        assert dialog is not None
        if kept:
            dialog.choices["capture-secrets"].save.click()
        else:
            dialog.show_done("report", "/home/alice/Documents/call-report.html")
        QTest.qWait(200)

    return ask


def _dialog(window: MainWindow) -> QDialog:
    assert window.studying.exporting.dialog is not None
    return window.studying.exporting.dialog


CALLS: dict[str, Scene] = {
    "idle": _told(lambda s: s.online()),
    "ringing": _told(lambda s: s.online().ringing(upto=6)),
    "incoming": _told(lambda s: s.online().incoming("pinned")),
    "talking-certified": _told(lambda s: s.online().ringing().trusted().talking()),
    "talking-pinned": _told(lambda s: s.online().ringing().trusted("pinned").talking()),
    "talking-verified": _told(lambda s: s.online().ringing().trusted("pinned").talking().verified()),
    "muted": _told(lambda s: s.online().ringing().trusted("pinned").talking().verified().muted(mine=True, theirs=True)),
    "ended": _told(lambda s: s.online().ringing().trusted().talking().ended()),
    "unreachable": _told(lambda s: s.unreachable()),
}
VOICE: dict[str, Scene] = {
    "voice": _voice(lambda s: s),
    "voice-fair": _voice(_fair),
    "voice-poor": _voice(_poor),
    "voice-far": _voice(_far),
    "voice-closest": _voice(lambda s: s.sent("closest", "closest", 5, 64_000, low=True, code="chosen")),
    "voice-balanced": _voice(
        lambda s: s.sent("balanced", "balanced", 10, 32_000, copies=(1,), code="loss", loss=0.021)
    ),
    "voice-robust": _voice(lambda s: s.sent("robust", "robust", 20, 32_000, copies=(1, 2), code="chosen")),
    "voice-narrow": _voice(lambda s: s.sent("auto", "balanced", 40, 12_000, code="backlog"), _below),
    "voice-offered": _voice(lambda s: s.unplugged().plugged(), _below),
    "voice-problem": _voice(lambda s: s.unprocessed().too_loud(), _below),
    "voice-idle": Scene(lambda: Story().online(), Study("voice"), recorded=False),
    "voice-over": _voice(lambda s: _poor(s).ended()),
    "heard-clear": Scene(call()),
    "heard-fair": Scene(lambda: _fair(call()())),
    "heard-poor": Scene(lambda: _poor(call()())),
    "heard-first": Scene(call(talked=0)),
    "device-replaced": Scene(lambda: call()().unplugged()),
    "device-offered": Scene(lambda: call()().unplugged().plugged()),
    "muted-but-speaking": Scene(lambda: call()().verified().unheard()),
    "too-loud": Scene(lambda: call()().too_loud()),
}
LOCKS: dict[str, Scene] = {
    "locks-none": _told(lambda s: s),
    "locks-connecting": _told(_connecting),
    "locks-link": CALLS["idle"],
    "locks-ringing": CALLS["ringing"],
    "locks-good": Scene(call()),
    "locks-old-tls": Scene(call("1.2")),
    "locks-link-lost": Scene(lambda: _link_lost(call()())),
    "locks-session-broken": _told(lambda s: _session_broken(s.online().ringing(upto=6))),
    "locks-key-changed": _told(lambda s: s.online().ringing().key_changed()),
    "locks-trust-fell": Scene(lambda: _trust_fell(call()())),
    "locks-rejected": Scene(lambda: _rejected(call()())),
    "locks-key-log": Scene(lambda: _key_log(call()())),
}
HANDSHAKES: dict[str, Scene] = {
    "ladder-1.3": _opened("session", 1),
    "ladder-1.2": _opened("link", 3, version="1.2"),
    "ladder-resumed": _opened("leg", 1),
    "clienthello": _opened("session", 0, field=(7, 8)),
    "clienthello-suites": _opened("link", 0, field=(5, 2)),
    "encrypted": _opened("session", 5, field=(3,)),
    "encrypted-wire": _opened("session", 5, side="wire", field=(3,)),
    "story": _opened("session", 0, "story"),
    "story-1.2": _opened("link", 0, "story", version="1.2"),
    "story-resumed": _opened("leg", 0, "story"),
    "keys-1.3": _opened("session", 0, "keys"),
    "keys-1.2": _opened("link", 0, "keys", version="1.2"),
    "keys-resumed": _opened("leg", 0, "keys"),
}
PAGES: dict[str, Scene] = {
    "certificates": Scene(call(), Study("certificates")),
    "certificates-changed": Scene(_changed_key, Study("certificates")),
    "certificates-idle": Scene(Story, Study("certificates"), recorded=False),
    "compare-before": Scene(call(), Study("compare")),
    "compare": Scene(_paid, Study("compare"), ready=measure),
    "compare-below": Scene(_paid, Study("compare"), ready=_scrolled),
    "wire": Scene(call(), Study("wire")),
    "wire-idle": Scene(lambda: Story().online(), Study("wire"), recorded=False),
    "relay-before": Scene(call(), Study("wire"), ready=_face("relay")),
    "relay": Scene(_asked(412, 0), Study("wire"), ready=_face("relay", asking=True)),
    "relay-lies": Scene(_asked(412, 2), Study("wire"), ready=_face("relay", asking=True)),
    "leaks": Scene(call(), Study("wire"), ready=_face("leaks")),
    "leaks-lab": Scene(call(), Study("wire"), ready=_leak),
    "lab": Scene(call(), Study("lab")),
    "lab-waiting": Scene(call(), Study("lab"), ready=_lab("tamper-record")),
    "lab-one": Scene(call(), Study("lab"), ready=_lab("tamper-finished", run=True)),
    "lab-running": Scene(call(), Study("lab"), ready=_lab("eavesdrop", until="relay-expired")),
    "lab-control": Scene(call(), Study("lab"), ready=_lab("clear-control", run=True)),
    "export": Scene(call(), part=_dialog, ready=_export()),
    "export-danger": Scene(lambda: _key_log(call()()), part=_dialog, ready=_export(kept=True)),
}
TOUR: dict[str, Scene] = {
    f"tour-{number:02}": Scene(call(), step=title)
    for number, title in enumerate(
        (
            tour.WHY, tour.PROMISES, tour.CERTIFICATES, tour.HANDSHAKE, tour.TLS12, tour.TLS13, tour.RESUMPTION,
            tour.KEYS, tour.NAMES, tour.INSIDE, tour.VOICE, tour.LAB,
        ),
        1,
    )
}  # fmt: skip
SCENES: dict[str, Scene] = {**CALLS, **VOICE, **LOCKS, **HANDSHAKES, **PAGES, **TOUR}
