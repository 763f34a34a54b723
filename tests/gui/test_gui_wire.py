"""The wire page: real records in, what the window makes of them, how long it takes, and when it is green."""

import json
import sys
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from tape_story import BEGAN, conversation, relay_account

from gui import leak
from gui.panels import leak_view
from gui.panels.leak_view import LeakView
from gui.panels.wire_view import WireView
from gui.theme import Look
from gui.widgets.line_list import ROW
from gui.wire import (
    ENOUGH,
    ONE_SIZE,
    ROWS_MAX,
    SPAN,
    Shape,
    Window,
    advance,
    grown,
    parted,
    randomness,
    readable,
    without_voice,
)
from voip.journal.observations import Forwarded

SECONDS = 4.0
END = BEGAN + SECONDS


@pytest.fixture(scope="module")
def rows():
    return conversation(SECONDS).since(0)


@pytest.fixture(scope="module")
def one_look(qapp):
    return Look(qapp, "light")


@pytest.fixture
def view(qtbot, one_look):
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    view = WireView(one_look)
    qtbot.addWidget(view)
    view.resize(1200, 760)
    view.show()
    qtbot.waitExposed(view)
    return view


# ── the model ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_window_keeps_the_last_seconds_and_no_more(rows) -> None:
    window = advance(Window(), rows, END)
    assert window.rows == rows
    assert window.origin == rows[0].at
    later = advance(window, (), END + SPAN - 1)
    assert 0 < len(later.rows) < len(rows)
    assert all(row.at >= later.now - SPAN for row in later.rows)
    assert advance(later, (), END + 100).rows == ()
    assert advance(later, (), END + 100).origin == rows[0].at
    crowd = tuple(replace(rows[0], number=n, at=END) for n in range(2 * ROWS_MAX))
    assert [row.number for row in advance(window, crowd, END).rows] == list(range(ROWS_MAX, 2 * ROWS_MAX))


def test_the_voice_looks_like_noise_of_one_size(rows) -> None:
    voice = [row for row in rows if row.meaning == "voice"]
    assert {row.size for row in voice} == {132}
    assert all(randomness(row) > 0.88 for row in voice)
    assert all(0 <= randomness(row) <= 1 for row in rows)
    assert not any(row.meaning == "voice" for row in without_voice(rows))
    assert {row.meaning for row in without_voice(rows)} == {"handshake", "signal", "report"}


def test_plain_text_is_text_and_the_rest_is_digits(rows) -> None:
    signal = next(row for row in rows if row.meaning == "signal")
    assert readable(signal.plain).startswith('{"type"')
    voice = next(row for row in rows if row.meaning == "voice")
    assert readable(voice.plain).startswith("80 ")
    assert readable(b"") == ""


def test_the_shape_counts_the_voice_line_alone(rows) -> None:
    leg = [row for row in rows if row.channel == "leg"]
    shape = grown(Shape(), rows)
    assert (shape.records, shape.bytes) == (len(leg), sum(row.size for row in leg))
    assert shape.constant is True
    assert set(shape.steady.sizes) == {132}
    assert shape.steady.share > 0.95
    assert shape.steady.steps == 0
    drawn = shape.drawn(60)
    assert {abs(size) for _, size in drawn} == {row.size for row in leg if row.meaning in {"voice", "report"}}
    assert len(shape.drawn(1)) < len(drawn) <= len(shape.points)


def test_a_client_hello_on_that_line_begins_another_call(rows) -> None:
    twice = grown(grown(Shape(), rows), [replace(row, at=row.at + 60) for row in rows])
    assert twice.records == grown(Shape(), rows).records
    assert twice.began > END
    assert grown(twice, ()) is twice


def test_nothing_is_said_of_sizes_before_enough_was_seen(rows) -> None:
    voice = [row for row in rows if row.meaning == "voice"]
    assert grown(Shape(), voice[: ENOUGH - 1]).constant is None
    varied = [replace(row, size=row.size + n % 40) for n, row in enumerate(voice)]
    assert grown(Shape(), varied).constant is False


def call_of(sizes, pace: float = 0.01) -> Shape:
    """A call whose packets, sent and received by turns, have these sizes, `pace` seconds apart each way."""
    points = []
    for n, (out, into) in enumerate(sizes):
        points += [(n * pace, out, True), (n * pace + pace / 3, into, False)]
    return Shape(tuple(points), 0.0, points[-1][0], len(points), 1)


def test_two_ways_may_have_two_sizes() -> None:
    shape = call_of([(132, 175)] * 2000)
    assert shape.constant is True
    assert shape.steady.sizes == (132, 175)


def test_a_step_with_the_network_is_no_leak() -> None:
    shape = call_of([(132, 132)] * 1030 + [(215, 132)] * 900 + [(172, 132)] * 70)
    assert shape.constant is True
    assert shape.steady.sizes[0] == 172
    assert shape.steady.share > 0.95


def test_a_size_for_speech_and_one_for_silence_is_a_leak() -> None:
    """Each lasts long enough to look steady by itself; that they change with every sentence gives it away."""
    shape = call_of(([(132, 132)] * 150 + [(60, 132)] * 150) * 10)
    assert shape.steady.share > ONE_SIZE
    assert shape.constant is False


def test_a_minute_of_packets_of_10_ms_is_kept_and_drawn(rows) -> None:
    voice = [row for row in rows if row.meaning == "voice"]
    minute = [replace(voice[n % 2], at=END + n // 2 * 0.01, direction=("out", "in")[n % 2]) for n in range(12_000)]
    shape = grown(Shape(), minute)
    assert shape.points[-1][0] - shape.points[0][0] > 59
    assert shape.drawn(60)[0][0] == shape.points[0][0]


# ── on the wire ────────────────────────────────────────────────────────────────────────────────────────────────


def hover(view, line: int) -> None:
    port = view.live.table.viewport()
    y = view.live.table._head + line * ROW + ROW / 2
    at = QPointF(300, y)
    QApplication.sendEvent(
        port,
        QMouseEvent(
            QEvent.Type.MouseMove, at, port.mapToGlobal(at), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )  # fmt: skip


def test_newest_first_and_each_line_can_be_heard(view, rows) -> None:
    view.show_rows(rows, END)
    assert view.live.table.row(0) == rows[-1]
    assert view.live.table.row(len(rows)) is None
    assert "132" in view.live.table.spoken(0)
    assert "Voice 1199" in view.live.table.spoken(0)
    assert "records" not in view.live.strip.accessibleDescription()
    assert "Records of the last 3 seconds" in view.live.strip.accessibleDescription()


def test_a_hovered_line_holds_the_flow_and_is_shown_in_the_strip(view, rows) -> None:
    first, rest = rows[:-20], rows[-20:]
    view.show_rows(first, END - 0.2)
    hover(view, 3)
    held = view.live.table.row(3)
    assert view.live.strip._lit is held
    view.show_rows(rest, END + 5)
    assert view.live.table.row(3) is held
    QApplication.sendEvent(view.live.table.viewport(), QEvent(QEvent.Type.Leave))
    assert view.live.strip._lit is None
    view.show_rows((), END + 6)
    assert view.live.table.row(0) == rows[-1]


def test_pause_keeps_what_is_shown_however_long(view, rows, qtbot) -> None:
    view.show_rows(rows[:-20], END - 0.2)
    shown = view.live.table.row(0)
    qtbot.mouseClick(view.live.pause, Qt.MouseButton.LeftButton)
    view.show_rows(rows[-20:], END + SPAN * 2)
    assert view.live.table.row(0) is shown
    assert view.live.pause.text() == "Resume"
    qtbot.mouseClick(view.live.quiet, Qt.MouseButton.LeftButton)
    assert view.live.table.row(0).meaning != "voice"
    assert view.live.quiet.text() == "Show voice too"
    qtbot.mouseClick(view.live.pause, Qt.MouseButton.LeftButton)
    view.show_rows((), END + SPAN * 2 + 1)
    assert view.live.table.row(0) is None


def test_keys_go_from_line_to_line(view, rows, qtbot) -> None:
    view.show_rows(rows, END)
    table = view.live.table
    table.setFocus()
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert table._line == 2
    assert table.accessibleDescription() == table.spoken(2)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert table._line == len(rows) - 1
    assert table.verticalScrollBar().value() == table.verticalScrollBar().maximum()
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert not table.holding


def test_an_empty_wire_and_a_small_window(view) -> None:
    view.show_rows((), END)
    view.resize(900, 560)
    for face in ("live", "relay", "leaks"):
        view.open(face)
        assert not view.grab().isNull()


def median_paint(widget) -> float:
    canvas, took = QPixmap(widget.size()), []
    for _ in range(15):
        began = time.perf_counter()
        widget.render(canvas, QPoint())
        took.append(time.perf_counter() - began)
    return sorted(took)[7]


def test_it_is_painted_in_a_moment(view) -> None:
    crowd = conversation(20.0).since(0)
    view.show_rows(crowd, BEGAN + 20)
    QTest.qWait(20)
    # About 1.5 ms here; the bound is for a machine that does other things.
    assert median_paint(view.live.strip) + median_paint(view.live.table) < 0.015
    view.open("leaks")
    assert median_paint(view.leaks.plot) < 0.015
    began = time.perf_counter()
    for n in range(20):
        view.show_rows(crowd[-10:], BEGAN + 20 + n / 10)
    assert (time.perf_counter() - began) / 20 < 0.01


def test_more_than_ten_a_second_are_not_painted(view, rows, monkeypatch) -> None:
    painted = []
    monkeypatch.setattr(view.live, "show_window", painted.append)
    for n in range(31):
        view.show_rows((), END + n / 30)
    assert 8 <= len(painted) <= 11


# ── the relay's eye ────────────────────────────────────────────────────────────────────────────────────────────


def test_ciphertext_and_plaintext_are_shown_from_where_they_part() -> None:
    header = bytes.fromhex("806f000700000001000000aa")
    voice = Forwarded("out", 108, "ab" * 32, header + b"\x9c\x01\x02\x03", True, "voice", header + b"\x78opus")
    assert parted(voice) == ("… 9c 01 02 03", "… 78 6f 70 75 73")
    assert parted(replace(voice, plain=b"")) == (voice.head.hex(" "), "")
    record = Forwarded("out", 60, "ab" * 32, b"\x17\x03\x03", True, "session", b"{}")
    assert parted(record) == ("17 03 03", "{}")


def test_green_only_when_something_matched_and_nothing_else_did_not(view, rows) -> None:
    eye = view.relay
    view.open("relay")
    assert eye._headline.text() == "The relay has not been asked"
    for matched, unknown, colour in ((0, 0, "text2"), (30, 0, "good"), (30, 1, "bad"), (0, 1, "bad")):
        view.show_relay(relay_account(rows, matched, unknown))
        assert eye._mark._colour == colour
        assert (eye._headline.property("tone") == "good") is (colour == "good")
    assert "made up or changed 1" in eye._headline.text()
    view.show_relay(replace(relay_account(rows, 30, 0), skipped=1200))
    assert eye._limit.text().endswith("1,200 more packets it counted without naming them.")
    view.show_relay(None)
    assert eye._mark._colour == "text2"
    assert eye.table._count == 0


def test_the_switch_asks_and_stops_asking_and_showing_does_not(view, qtbot) -> None:
    view.open("relay")
    spy = QSignalSpy(view.watch)
    qtbot.mouseClick(view.relay.ask, Qt.MouseButton.LeftButton)
    assert view.relay._headline.text() == "Asked; the relay has named no packet yet"
    qtbot.mouseClick(view.relay.ask, Qt.MouseButton.LeftButton)
    view.show_watching(on=True)
    view.show_watching(on=False)
    assert [spy.at(i)[0] for i in range(spy.count())] == [True, False]


def test_a_strange_packet_is_named_so(view, rows) -> None:
    view.open("relay")
    view.show_relay(relay_account(rows, 30, 1))
    assert "unknown to us" in view.relay.table.spoken(0)
    assert "our ciphertext" in view.relay.table.spoken(1)
    assert not view.relay.table.grab().isNull()


# ── what still leaks ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_lock_is_green_only_after_the_sizes_were_seen(view, rows) -> None:
    view.open("leaks")
    mark, title, more = view.leaks._what
    assert mark._colour == "text2"
    assert "Not observed yet" in more.text()
    view.show_rows(rows, END)
    assert mark._colour == "good"
    assert "132 bytes" in more.text()
    assert "00:04" in view.leaks._long[2].text()
    varied = [
        replace(row, size=row.size + row.number % 40, at=row.at + 9, type="application_data")
        for row in rows
        if row.meaning == "voice"
    ]
    view.show_rows(varied * 3, END + 9)
    assert mark._colour == "bad"
    assert title.text() == "The sizes vary"


COMPARISON = {
    "frame_ms": 20,
    "cbr": [[n * 0.02, 132] for n in range(200)],
    "vbr": [[n * 0.02, 90 + n % 50] for n in range(200) if n % 40 < 30],
    "energy": [-20.0 if n % 40 < 20 else -80.0 for n in range(200)],
    "ours": {"packets": 200, "sizes": 1, "bits": 0.0, "correlation": None, "accuracy": 0.5},
    "theirs": {"packets": 150, "sizes": 50, "bits": 5.0, "correlation": 0.7, "accuracy": 0.9},
}


def test_the_report_of_the_lab_is_read(tmp_path) -> None:
    file = tmp_path / "leak.json"
    file.write_text(json.dumps(COMPARISON))
    seen = leak.load(file)
    assert seen is not None
    assert seen.bounds == (90, 139)
    assert seen.seconds == pytest.approx(4)
    assert leak.spoken_runs(seen.envelope)[:2] == [(0, 20), (40, 60)]
    assert leak.spoken_runs([1.0]) == [(0, 1)]
    assert leak.spoken_runs([]) == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"cbr": 1}', json.dumps(COMPARISON | {"vbr": []}), json.dumps(COMPARISON)[:-40]]
)
def test_half_a_report_is_none(tmp_path, text) -> None:
    file = tmp_path / "leak.json"
    file.write_text(text)
    assert leak.load(file) is None
    assert leak.load(tmp_path / "missing") is None


@pytest.fixture
def demo(qtbot, one_look):
    demo = LeakView(one_look)
    qtbot.addWidget(demo)
    demo.resize(1100, 500)
    demo.show()
    yield demo
    demo.stop()


def test_the_experiment_runs_in_a_child_and_is_drawn(demo, qtbot) -> None:
    qtbot.mouseClick(demo.run, Qt.MouseButton.LeftButton)
    assert not demo.run.isEnabled()
    qtbot.waitUntil(lambda: "of 8 s" in demo._state.text(), timeout=20_000)
    qtbot.waitUntil(lambda: not demo.running, timeout=40_000)
    assert demo._state.text() == ""
    assert demo.run.isEnabled()
    assert "one size" in demo.plots[0].accessibleName()
    assert "sizes · speech guessed right in" in demo.plots[1].accessibleName()
    assert "132 to 132 bytes" in demo.plots[0].accessibleDescription()
    assert median_paint(demo.plots[1]) < 0.015


def test_a_child_that_fails_is_told_beside_the_button(demo, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(leak_view, "PROGRAM", ("-m", "voip.cli", "lab", "leak", "--seconds", "99"))
    demo.start()
    qtbot.waitUntil(lambda: not demo.running, timeout=20_000)
    assert "The lab can say 2 to 14 seconds" in demo._state.text()
    assert demo.run.isEnabled()


def test_a_child_that_cannot_start_or_is_stopped_leaves_nothing(demo, qtbot, monkeypatch) -> None:
    with monkeypatch.context() as nowhere:
        nowhere.setattr(sys, "executable", "/nowhere/python")
        demo.start()
        qtbot.waitUntil(lambda: demo._failed, timeout=5_000)
    assert not demo.running
    demo.start()
    folder = demo._file().parent
    assert folder.exists()
    demo.stop()
    assert not demo.running
    assert not folder.exists()
    assert demo._state.text() == ""
