"""The attack lab's page: the board as a fold over what the lab says, and the window around a real child process."""

import json
import os
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt, QTranslator
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from gui import lab_board
from gui.lab_board import ALL, Board, begin, cases, end, fold, grouped, paragraphs, stop
from gui.panels.lab_run import LabRun
from gui.panels.lab_view import LabView
from gui.theme import Look
from gui.widgets.lab_list import in_two_lines
from gui.widgets.lab_mark import tone_of, verdict_of
from gui.words import lab as words
from voip.errors import CallError
from voip.lab.catalogue import FAMILIES, SCENARIOS
from voip.lab.result import Scenario

QUICK = "tamper-finished"


def line(**said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"


def done(name: str, *, held: bool = True, attempt: str = "tried", evidence: str = "seen") -> bytes:
    return line(**{"is": "done"}, name=name, attempt=attempt, stopped_by="alert", evidence=evidence, held=held)


def told(board: Board, *lines: bytes) -> Board:
    for one in lines:
        board = fold(board, one)
    return board


@pytest.fixture
def board() -> Board:
    return Board(cases())


# ── the cases ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_scenario_is_a_case_in_a_group_with_a_name():
    assert [case.name for case in cases()] == [scenario.name for scenario in SCENARIOS]
    assert len(grouped(cases())) <= len(FAMILIES)
    assert {case.group for case in cases()} == set(words.GROUP)
    assert sum(len(members) for _, members in grouped(cases())) == len(SCENARIOS)


def test_every_case_has_its_place():
    places = {case.name: case.place for case in cases()}
    assert set(places.values()) == set(words.PICTURE)
    assert places["tamper-record"] == "wire"
    assert places["relay-expired"] == "as-relay"
    assert places["client-revoked"] == "as-you"
    assert places["tamper-srtp"] == "in-relay"
    assert places["flood-ring"] == places["replay-token"] == "beside"
    assert {case.group for case in cases() if case.inner} == {"persons", "swapping", "media"}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_story_has_a_reason(case):
    tale, reason = paragraphs(case.story)
    assert reason.startswith(("What should", "Nothing should"))
    assert case.title not in tale
    assert case.must_hold is (case.name != "clear-control")


# ── a run ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_waits_runs_and_holds(board):
    case = board.case(QUICK)
    assert board.state(case) == "waiting"
    board = begin(board, QUICK)
    board = told(board, line(**{"is": "began"}, name=QUICK))
    assert (board.state(case), board.busy, board.done) == ("running", True, 0)
    board = end(told(board, done(QUICK)))
    assert (board.state(case), board.busy, board.done, board.problem) == ("held", False, 1, None)
    assert board.fine(case)
    assert board.figures == (1, 0, 0)
    assert tone_of(board, case) == "good"


def test_the_control_is_red_and_still_as_it_must_be(board):
    case = board.case("clear-control")
    board = told(begin(board, case.name), done(case.name, held=False))
    assert board.state(case) == "not-held"
    assert board.fine(case)
    assert board.figures == (0, 1, 0)
    assert (tone_of(board, case), verdict_of(board, case)) == ("bad", words.CONTROL)
    # A control that holds proves nothing.
    board = told(begin(board, case.name), done(case.name))
    assert not board.fine(case)
    assert (tone_of(board, case), board.figures) == ("bad", (0, 0, 1))


@pytest.mark.parametrize("name", [QUICK, "clear-control"])
async def test_a_scenario_that_breaks_is_neither(board, name):
    async def it_breaks(_folder):
        raise CallError("The phone fell into the water.", code="wet")

    case = board.case(name)
    it_breaks.__doc__ = case.story
    result = await Scenario(name, it_breaks, must_hold=case.must_hold).run()
    board = told(begin(board, name), line(**{"is": "done"}, **result.to_dict()))
    assert board.state(case) == "broken"
    assert not board.fine(case)
    assert (tone_of(board, case), board.figures) == ("warn", (0, 0, 1))


def test_what_did_not_hold_is_said(board):
    case = board.case(QUICK)
    board = told(begin(board, QUICK), done(QUICK, held=False))
    assert (board.state(case), board.fine(case), tone_of(board, case)) == ("not-held", False, "bad")
    board = told(begin(board, QUICK), done(QUICK, evidence=""))
    assert not board.fine(case)


def test_all_are_counted_and_what_was_seen_stays(board):
    board = told(begin(board, ALL), done("eavesdrop"), line(**{"is": "began"}, name="clear-control"))
    assert (board.done, len(board.queue)) == (1, len(SCENARIOS))
    board = stop(board)
    assert (board.busy, board.stopped, board.running) == (False, True, "")
    assert board.state(board.case("eavesdrop")) == "held"
    assert board.state(board.case("clear-control")) == "waiting"
    board = begin(board, QUICK)
    assert (board.stopped, board.done, set(board.results)) == (False, 0, {"eavesdrop"})
    assert stop(stop(board)) == stop(board)


def test_told_twice_is_counted_once(board):
    board = told(begin(board, ALL), done("eavesdrop"), done("eavesdrop"))
    assert board.done == 1


@pytest.mark.parametrize(
    "noise",
    [
        b"", b"\n", b"WARNING: hello\n", b"[]\n", b"{}\n", b'{"is": "done"}\n', b'{"is": "done", "name": 5}\n',
        b"\xff\xfe\n", b"[" * 50_000, b'{"name": ["eavesdrop"]}\n', b'{"name": {}}\n', done("no-such-scenario"),
        done("flood-legs"), line(**{"is": "done"}, name=QUICK, held="yes"), line(**{"is": "other"}, name=QUICK),
        done(QUICK, attempt="x" * lab_board.LINE_MAX),
    ],
)  # fmt: skip
def test_what_is_no_result_changes_nothing(board, noise):
    board = begin(board, QUICK)
    assert fold(board, noise) is board


def test_an_end_before_the_end_is_a_problem(board):
    run = begin(board, QUICK)
    assert end(run, "x\nglasscall: The disk is full.\n").problem == "The disk is full."
    assert end(run).problem == ""
    assert len(end(run, "y" * 9_000).problem) == lab_board.TOLD_MAX
    assert end(told(run, done(QUICK)), "a warning").problem is None
    assert end(board, "x") is board


# ── the window ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def one_look(qapp):
    return Look(qapp, "light")


@pytest.fixture
def view(qtbot, one_look):
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    view = LabView(one_look)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    qtbot.waitExposed(view)
    yield view
    view.stop()


def seen(view: LabView) -> str:
    return view.story.stopper.text()


def test_it_invites_and_says_what_it_touches(view, qtbot):
    assert view.invite.isVisible()
    assert view.invite._title.text().startswith(f"{len(SCENARIOS)} attacks, on this machine only")
    assert any("127.0.0.1" in body.text() for _, body in view.invite._said)
    qtbot.mouseClick(view.invite.one, Qt.MouseButton.LeftButton)
    assert view.list.isVisible()
    assert view.lab.process_id == 0
    assert seen(view) == words.NOT_SEEN


def test_one_attack_really_runs_in_a_child_and_is_told(view, qtbot):
    view.open(QUICK)
    qtbot.mouseClick(view.story.button, Qt.MouseButton.LeftButton)
    assert view.lab.process_id not in {0, os.getpid()}
    assert not view.story.button.isEnabled()
    assert not view.all.isEnabled()
    qtbot.waitUntil(lambda: not view.lab.board.busy, timeout=30_000)
    assert "decrypt_error" in seen(view)
    assert view.story.verdict.text() == "Held"
    assert view.story.stopper.property("tone") == "good"
    assert "stolen keys" in view.story.attempt.text.text()
    assert view.story.evidence.text.text()
    assert [head.text() for head in view.story.headings()] == [
        words.TRIES, words.STOPPED_BY, words.EVIDENCE, words.WHY,
    ]  # fmt: skip
    assert view.figures.text() == "1 held"
    assert view.story.button.text() == words.RUN_AGAIN


def test_the_control_shows_that_everything_was_read(view, qtbot):
    view.open("clear-control")
    view.start("clear-control")
    qtbot.waitUntil(lambda: not view.lab.board.busy, timeout=30_000)
    assert seen(view) == words.NOTHING_CONTROL
    assert view.story.stopper.property("tone") == "bad"
    assert view.story.verdict.text() == words.CONTROL
    assert view.figures.text() == "1 unprotected, as it must be"
    assert not view._wrong.isVisible()


def test_all_run_one_after_the_other_until_they_are_stopped(view, qtbot):
    qtbot.mouseClick(view.invite.all, Qt.MouseButton.LeftButton)
    assert view.halt.isVisible()
    process = view.lab.process_id
    qtbot.waitUntil(lambda: view.lab.board.done >= 2, timeout=40_000)
    assert view.figures.text().endswith(f"of {len(SCENARIOS)}")
    qtbot.mouseClick(view.halt, Qt.MouseButton.LeftButton)
    assert not view.halt.isVisible()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert view._said.text().startswith("Stopped after ")
    assert view.lab.board.figures[0] >= 1


def test_the_child_steps_back(view, qtbot):
    view.start(QUICK)
    qtbot.waitUntil(lambda: os.getpriority(os.PRIO_PROCESS, view.lab.process_id) > 0, timeout=5_000)
    view.stop()


def test_the_child_goes_with_the_window(qtbot, one_look, qapp):
    view = LabView(one_look)
    qtbot.addWidget(view)
    view.show()
    view.start(ALL)
    process = view.lab.process_id
    qapp.lastWindowClosed.emit()
    assert not view.lab.board.busy
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_child_that_fails_is_told_beside_its_button(view, qtbot, monkeypatch):
    view.open(QUICK)
    with monkeypatch.context() as nowhere:
        nowhere.setattr("gui.panels.lab_run.PROGRAM", ("-m", "voip.cli", "lab", "run", "no-such-thing"))
        view.start(QUICK)
        qtbot.waitUntil(lambda: not view.lab.board.busy, timeout=20_000)
    assert view.story._problem.isVisible()
    assert view.story._problem.text().startswith("The lab broke off after 0 of 1: ")
    assert view.story.button.isEnabled()
    view.open("eavesdrop")
    assert not view.story._problem.isVisible()


@pytest.mark.parametrize("nice", [True, False])
def test_a_child_that_cannot_start_is_told(qtbot, monkeypatch, nice):
    lab = LabRun()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    if not nice:
        monkeypatch.setattr("shutil.which", lambda _name: None)
    lab.start(QUICK)
    qtbot.waitUntil(lambda: not lab.board.busy, timeout=5_000)
    assert lab.board.problem


def test_the_search_finds_by_name_title_and_group(view, qtbot):
    view.open(QUICK)
    entries = view.list.entries
    qtbot.keyClicks(view.search, "flood")
    assert {row.group for row in entries.rows if not isinstance(row, str)} == {"flood"}
    view.search.setText("expired relay")
    assert "relay-expired" in {row.name for row in entries.rows if not isinstance(row, str)}
    view.search.setText("nothing of this kind")
    assert entries.rows == []
    assert view._none.isVisible()
    view.search.clear()
    assert len(entries.rows) == len(SCENARIOS) + len(grouped(cases()))
    assert view.story._case.name == QUICK
    assert view.list.currentIndex().row() == entries.row_of(QUICK)


def test_keys_go_through_the_list_and_over_the_groups(view, qtbot):
    view.look_around()
    for _ in range(3):
        qtbot.keyClick(view.list, Qt.Key.Key_Down)
    assert view.story._case.name == cases()[3].name
    index = view.list.currentIndex()
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == f"{cases()[3].title} Not run yet"


def test_of_a_broken_attack_it_is_not_said_that_nothing_stopped_it(view):
    case = view.lab.board.case(QUICK)
    nothing = line(
        **{"is": "done"},
        name=QUICK,
        attempt=case.title,
        stopped_by="",
        evidence="The scenario itself failed.",
        held=False,
    )
    view.story.show_case(told(begin(view.lab.board, QUICK), nothing), case)
    assert seen(view) == view.story.verdict.text() == words.STATE["broken"]
    assert view.story.stopper.property("tone") == "warn"


class _Shouting(QTranslator):
    def translate(self, _context, text, _disambiguation=None, _n=-1):
        return text if "{" in text else text.upper()

    def isEmpty(self):  # noqa: N802
        return False


def test_it_says_everything_in_another_language(view, qapp):
    view.open(QUICK)
    shouting = _Shouting()
    qapp.installTranslator(shouting)
    try:
        QApplication.processEvents()
        assert view.story.title.text() == view.lab.board.case(QUICK).title.upper()
        assert view.story._reason.text().startswith("WHAT SHOULD STOP IT")
        assert view.all.text() == "RUN ALL"
        assert view.search.placeholderText() == "SEARCH ATTACKS"
        assert view.invite.one.text() == words.INVITE_LOOK.upper()
    finally:
        qapp.removeTranslator(shouting)
    QApplication.processEvents()
    assert view.all.text() == words.RUN_ALL


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1200, 700), (900, 500)])
def test_every_picture_can_be_painted(view, one_look, theme, size):
    one_look.choose(theme)
    view.resize(*size)
    view.look_around()
    board = view.lab.board
    for state in (board, replace(begin(board, ALL), running=QUICK), told(begin(board, QUICK), done(QUICK))):
        view.lab._become(state)
        for case in board.cases:
            view.story.show_case(state, case)
            assert not view.story.picture.grab().isNull()
        assert not view.grab().isNull()
    view.lab._become(end(view.lab.board))
    one_look.choose("light")


def test_a_long_title_ends_in_an_ellipsis():
    lines = in_two_lines("word " * 40, QFont("Inter", 10), 120)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert in_two_lines("short", QFont("Inter", 10), 120) == ["short"]
