"""How the voice fares: the fold, the sentences, the card in the call panel, the page, what clicks ask of the phone."""

from dataclasses import replace
from typing import get_args

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip, QWidget
from story import CALL, CLEAR, FAIR, HEADSET, POOR, Story

from gui import voice as fold_of
from gui.app import Tongue
from gui.main_window import MainWindow
from gui.panels.call import FACES
from gui.theme import Look
from gui.view_state import ViewState, dismiss, reduce
from gui.voice import NEWS_SECONDS, Voice, cause_said, clips, doing_said, reached_said, reason_said, telling
from gui.widgets.waterfall import axis, number
from gui.wording import STAGE
from gui.words import voice as words
from voip.io.audio.news import What
from voip.journal.observations import STAGES, DeviceChanged, Levels, VoiceChosen, VoiceProcessing
from voip.media.judgement import Cause, Word
from voip.media.plan import Mode


class Wishes:
    def __init__(self) -> None:
        self.made = []

    def passed(self, _number):
        return ()

    def __getattr__(self, name):
        return lambda *values: self.made.append((name, *values))


@pytest.fixture
def story():
    return Story()


@pytest.fixture(scope="module")
def one_look(qapp):
    return Look(qapp, "light")


@pytest.fixture
def look(one_look):
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    one_look.choose("light")
    return one_look


@pytest.fixture
def window(qtbot, look, story):
    made = MainWindow(look, Wishes(), lambda: story.at)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def talk(window, story, tell=lambda story: story):
    window.take(tell(story.online().ringing().trusted().talking(20)).entries)
    story.entries.clear()


def texts(widget: QWidget) -> str:
    kinds = (QLabel, QPushButton)
    return "\n".join(w.text() for kind in kinds for w in widget.findChildren(kind) if w.isVisibleTo(widget))


def state_of(story: Story) -> ViewState:
    state = ViewState()
    for entry in story.entries:
        state = reduce(state, entry)
    return state


# ── the fold ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_state_holds_how_the_voice_fares(story):
    state = state_of(story.online().ringing().trusted().talking(20).sounds(POOR, seconds=3))
    assert state.voice.quality == POOR
    assert (state.voice.chosen.mode, state.voice.chosen.code) == ("balanced", "clean")
    assert state.voice.processing.echo
    assert [sample.word for sample in state.call.history][-4:] == ["clear", "clear", "poor", "poor"]


def test_another_call_begins_anew_and_the_old_one_stays_to_be_read(story):
    story.online().ringing().trusted().talking(20).unplugged().plugged().ended()
    state = state_of(story)
    assert state.voice.quality is not None
    assert (state.voice.news, state.voice.offers) == (None, ())
    story.entries = [replace(entry, call="other" if entry.call else "") for entry in Story(story.at).incoming().entries]
    for entry in story.entries:
        state = reduce(state, entry)
    assert state.voice == Voice()


def test_what_says_nothing_of_the_voice_leaves_it(story):
    voice = Voice(quality=CLEAR)
    for entry in story.online().ringing().entries:
        assert fold_of.fold(voice, entry) is voice


def test_a_device_that_is_there_again_is_offered_until_it_is_used(story):
    talk_story = story.online().ringing().trusted().talking(5).unplugged()
    assert state_of(talk_story).voice.offers == ()
    state = state_of(talk_story.plugged())
    assert [(offer.kind, offer.device) for offer in state.voice.offers] == [
        ("input", "USB headset"), ("output", "USB headset"),
    ]  # fmt: skip
    story.entries.clear()
    story.add("call", DeviceChanged("input", "switched", "USB headset", "…"), call=CALL)
    story.add("call", DeviceChanged("output", "eased", "Built-in audio", "…"), call=CALL)
    for entry in story.entries:
        state = reduce(state, entry)
    assert [offer.kind for offer in state.voice.offers] == ["output"]
    story.add("call", HEADSET, call=CALL)
    state = reduce(state, story.entries[-1])
    assert state.voice.offers == ()


def test_news_is_told_for_a_while_and_not_again_when_it_was_read(story):
    state = state_of(story.online().ringing().trusted().talking(5).unplugged())
    assert telling(state.voice, story.at) is not None
    assert telling(state.voice, story.at + NEWS_SECONDS) is None
    assert telling(dismiss(state, "device").voice, story.at) is None
    story.entries = story.plugged().entries[-4:]
    for entry in story.entries:
        state = reduce(state, entry)
    assert telling(state.voice, story.at + 100 * NEWS_SECONDS) is not None, "as long as it is offered"


# ── the words ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_code_has_its_words():
    assert set(words.WORD) == set(get_args(Word))
    assert {*words.CAUSE, ""} == set(get_args(Cause))
    assert set(words.MODE) == set(words.MODE_HINT) == {mode.value for mode in Mode}
    assert set(words.STAGE_HINT) == set(STAGE) == set(STAGES)
    for kind in ("input", "output"):
        assert set(words.NEWS[kind]) == set(get_args(What))
        assert set(fold_of.WORTH_TELLING) <= set(words.NEWS[kind])


@pytest.mark.parametrize("cause", get_args(Cause))
@pytest.mark.parametrize("word", get_args(Word))
def test_every_cause_says_what_was_seen_and_what_is_done(cause, word):
    quality = replace(POOR, cause=cause, word=word)
    stages = dict.fromkeys(STAGES, 5.0)
    for text, values in (cause_said(quality), doing_said(quality, stages), doing_said(quality)):
        said = text.format(**values) if values else text
        assert said.endswith(".")
        assert "{" not in said
        assert "Wi-Fi" not in said, "it is not known to be one"


def test_numbers_in_what_is_done():
    assert doing_said(POOR)[1] == {"loss": "14", "rest": "7.9"}
    assert doing_said(replace(POOR, recovered=0.0)) == (words.DO_CONCEAL, {"concealed": "7.9"})
    assert doing_said(replace(POOR, cause="device"), dict.fromkeys(STAGES, 5.0))[1] == {"ms": "30"}
    assert reason_said(VoiceChosen("auto", "robust", 10, 32_000, False, (1,), "loss", 0.0312))[1] == {"loss": "3.1"}
    assert reason_said(VoiceChosen("auto", "robust", 10, 32_000, False, (1,), "new-code"))[0] == words.REASON_UNKNOWN


def test_no_loss_is_told_where_none_was_seen():
    """Sound that was made up while nothing was missing ran out here, or was held up on its way: it was not lost."""
    assert cause_said(replace(POOR, loss=0.0, recovered=0.0)) == (words.RAN_OUT, {})
    assert cause_said(POOR)[0] == words.CAUSE["loss-bursts"]


def test_how_a_device_is_reached_is_said_in_words_where_it_is_understood():
    text, values = reached_said("PulseAudio, 5 ms blocks, 7.2 ms")
    assert text.format(**values) == "PulseAudio: blocks of 5 ms, 7.2 ms of delay"
    assert reached_said("PortAudio, ALSA, 2.67 ms blocks, 23.0 ms")[1]["api"] == "PortAudio, ALSA"
    assert reached_said("a file") is None


def test_a_little_at_full_scale_is_not_too_loud():
    assert not clips(Levels(-3, -3, clipped=0.0004))
    assert clips(Levels(-3, -3, clipped=0.01))


@pytest.mark.parametrize(
    ("whole", "step", "spaces"), [(0, 5, 1), (24, 5, 5), (71, 20, 4), (128, 50, 3), (9000, 1000, 9)]
)
def test_the_axis_has_round_numbers_and_holds_it_all(whole, step, spaces):
    assert axis(whole) == (step, spaces)
    assert step * spaces >= whole


def test_numbers_of_the_waterfall():
    assert (number(0.04), number(9.96), number(24.4)) == ("0.0", "10.0", "24")


# ── the call panel ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("quality", "word"), [(CLEAR, "clear"), (FAIR, "fair"), (POOR, "poor")])
def test_delay_and_quality_are_seen_without_scrolling(qapp, window, story, quality, word, language):
    tongue = Tongue(qapp)
    try:
        tongue.speak(language)
        window.resize(1200, 840)
        talk(window, story, lambda s: s.sounds(quality, seconds=2))
        QApplication.processEvents()
        card = window.call.sound
        assert card.visibleRegion().boundingRect().size() == card.size(), "nothing of it is hidden"
        assert not any(isinstance(parent, type(window.call._scroll)) for parent in parents(card))
        shown = texts(card)
        assert f"{window.state.call.latency.mouth_to_ear:.0f} ms" in shown
        assert card.accessibleName()
        if language == "en":
            assert words.WORD[word] in shown
            assert words.CAUSE.get(quality.cause, words.NOTHING_WRONG) in shown
            assert "You send: Balanced – the network is clean" in shown
        for label in card.findChildren(QLabel):
            assert label.height() >= label.heightForWidth(label.width()) or not label.wordWrap() or label.isHidden()
    finally:
        tongue.speak("en")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("quality", [CLEAR, POOR])
def test_the_words_and_their_button_stay_in_sight_beside_it(qapp, qtbot, window, story, quality, language):
    tongue = Tongue(qapp)
    try:
        tongue.speak(language)
        window.resize(1200, 840)
        talk(window, story, lambda s: s.sounds(quality, seconds=2).sent("auto", "robust", 10, 32_000, copies=(1, 3)))
        button, bar = window.call.words.button, window.call._scroll.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() == 0)
        assert button.visibleRegion().boundingRect().size() == button.size()
    finally:
        tongue.speak("en")


def test_the_face_is_large_again_when_there_is_room(qtbot, window, story):
    window.resize(1200, 840)
    talk(window, story)
    qtbot.waitUntil(lambda: window.call._avatar.width() < FACES[0][0])
    window.take(story.verified().entries)
    qtbot.waitUntil(lambda: window.call._avatar.width() > FACES[0][0])
    window.resize(1200, 640)
    qtbot.waitUntil(lambda: not window.call._avatar.isVisible())


def parents(widget):
    while (widget := widget.parentWidget()) is not None:
        yield widget


def test_before_anything_was_judged_it_says_so(window, story):
    window.take(story.online().ringing().trusted().talking(0).entries)
    assert words.HEARD_WAITING in texts(window.call.sound)
    window.take(story.ended().entries)
    assert not window.call.sound.isVisibleTo(window.call)


def test_copies_are_told_with_the_mode(window, story):
    talk(window, story, lambda s: s.sent("auto", "robust", 10, 32_000, copies=(1, 3), code="loss-bursts", loss=0.06))
    assert "You send: Robust, each frame three times – 6.0 % of your packets get lost, in runs" in texts(
        window.call.sound
    )


def test_in_a_low_window_one_line_stays(window, story):
    window.resize(1000, 640)
    talk(window, story)
    shown = texts(window.call.sound)
    assert "Clear" in shown
    assert "mouth to ear" in shown
    assert words.NOTHING_WRONG not in shown
    assert words.NOTHING_WRONG in window.call.sound.toolTip()


@pytest.mark.parametrize("way", ["click", "space", "enter"])
def test_it_opens_the_voice_page_and_takes_the_focus_back(qtbot, window, story, way):
    talk(window, story)
    card = window.call.sound
    card.setFocus()
    if way == "click":
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    elif way == "space":
        qtbot.keyClick(card, Qt.Key.Key_Space)
    else:
        window.keys.enter()
    assert window.study.page == "voice"
    window.keys.escape()
    assert window.study is None
    assert window.focusWidget() is card


def test_muted_but_speaking_is_told_beside_the_button_and_only_then(window, story):
    talk(window, story)
    window.take(story.unheard().entries)
    assert words.MUTED_SPEAKING in texts(window.call)
    assert window.call.mute.accessibleDescription() == words.MUTED_SPEAKING
    story.entries.clear()
    window.take(story.add("call", Levels(-90.0, -30.0), call=CALL).entries)
    assert words.MUTED_SPEAKING not in texts(window.call)
    assert window.call.mute.accessibleDescription() == ""


def test_muted_but_speaking_is_told_while_one_looks_closer(window, story):
    talk(window, story)
    window.open_page("wire")
    window.take(story.muted().entries)
    story.entries.clear()
    window.take(story.add("call", Levels(-90.0, -30.0, muted_but_speaking=True), call=CALL).entries)
    assert window.pages.room.call.mute.accessibleDescription() == words.MUTED_SPEAKING


def test_clipping_is_told_at_the_meter(window, story):
    talk(window, story)
    window.take(story.too_loud().entries)
    assert words.TOO_LOUD in texts(window.call)
    assert window.call._my_meter._clipped
    story.entries.clear()
    window.take(story.add("call", Levels(-20.0, -30.0), call=CALL).entries)
    assert words.TOO_LOUD not in texts(window.call)


# ── devices ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_device_that_went_is_told_beside_the_devices_and_is_no_alarm(window, story):
    window.resize(1200, 840)
    talk(window, story)
    window.take(story.unplugged().entries)
    note = window.sidebar.note
    assert note.isVisible()
    assert "“Built-in audio” has taken over after 0.3 s" in texts(note)
    assert not note.use.isVisible()
    assert not any(strip.isVisible() for strip in window.strips.values())
    assert not window.note.isVisible()
    story.at += NEWS_SECONDS
    window._show_time()
    assert not note.isVisible()


def test_in_a_narrow_window_it_is_told_in_the_middle(window, story):
    window.resize(900, 700)
    talk(window, story)
    window.take(story.unplugged().entries)
    assert window.note.isVisible()
    assert not window.sidebar.note.isVisible()


def test_the_way_back_goes_for_both_ends_of_a_headset(qtbot, window, story):
    window.resize(1200, 840)
    talk(window, story, lambda s: s.unplugged().plugged())
    note = window.sidebar.note
    assert "“USB headset” is there again." in texts(note)
    qtbot.mouseClick(note.use, Qt.MouseButton.LeftButton)
    assert window.intents.made[-2:] == [
        ("switch_device", "input", "USB headset"), ("switch_device", "output", "USB headset"),
    ]  # fmt: skip
    note.close_note.click()
    assert not note.isVisible()


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────


def page(window):
    window.open_page("voice")
    QApplication.processEvents()
    return window.pages.voice


def test_the_page_says_when_there_is_nothing_to_hear(window, story):
    window.take(story.online().entries)
    shown = texts(page(window))
    assert words.EMPTY_TITLE in shown
    assert words.SEND_TITLE not in shown


def test_the_page_shows_all_that_is_known(window, story):
    talk(window, story, lambda s: s.sounds(POOR, seconds=2))
    view = page(window)
    shown = texts(view)
    for told in ("Poor", "14.2 %", "6.3 %", "7.9 %", "0.4 %", "9.6 ms", "40 ms", "2.7", "10 ms, 100 packets a second",
                 "32 kb/s, constant", "PulseAudio: blocks of 5 ms, 7.2 ms of delay", words.RAN_DRY_NEVER):  # fmt: skip
        assert told in shown, told
    told = view.way.waterfall.accessibleDescription()
    places = [told.index(name) for name in ("Device in", "Frame", "Encode", "Queue", "Network", "Jitter buffer")]
    assert places == sorted(places)
    assert f"{window.state.call.latency.mouth_to_ear:.0f} ms in all" in told
    parts = view.listen._bar.accessibleDescription()
    assert parts == "remains 2.7, coding and gaps take 1.5, the delay takes 0.1"


def test_the_network_is_said_to_be_an_estimate(qtbot, window, story):
    talk(window, story)
    waterfall = page(window).way.waterfall
    at = QPoint(40, int(4 + 4.5 * 25))
    told = QHelpEvent(QEvent.Type.ToolTip, at, waterfall.mapToGlobal(at))
    QApplication.sendEvent(waterfall, told)
    assert "estimate" in QToolTip.text()
    assert words.THE_NETWORK in texts(window.pages.voice)


def test_a_mode_is_chosen_with_a_click_and_the_phone_has_the_last_word(qtbot, window, story):
    talk(window, story)
    modes = page(window).sending.modes
    assert modes.buttons["auto"].isChecked()
    qtbot.mouseClick(modes.buttons["robust"], Qt.MouseButton.LeftButton)
    assert window.intents.made[-1] == ("choose_voice", "robust")
    window.take(story.sent("robust", "robust", 20, 32_000, copies=(1, 2), code="chosen").entries)
    shown = texts(window.pages.voice)
    assert "Robust: as you chose." in shown
    assert "20 ms, 50 packets a second" in shown
    assert "each frame three times" in shown
    assert "−1, −2" in window.pages.voice.sending._picture.accessibleName()
    assert modes.buttons["robust"].isChecked()


def test_what_is_done_to_the_voice_can_be_switched(qtbot, window, story):
    talk(window, story)
    card = page(window).cleaning
    assert card.switch.isChecked()
    assert "It adds no delay." in texts(card)
    qtbot.keyClick(card.switch, Qt.Key.Key_Space)
    assert window.intents.made[-1] == ("process_voice", False)
    window.take(story.unprocessed("").entries)
    assert not card.switch.isChecked()
    assert words.PROCESS_OFF in texts(card)
    story.entries.clear()
    window.take(story.add("call", VoiceProcessing(True, True, False, 2.5), call=CALL).entries)
    assert "It adds 2.5 ms." in texts(card)


def test_why_it_is_not_done_is_said(window, story):
    talk(window, story, lambda s: s.unprocessed())
    view = page(window)
    assert words.PROCESS_PROBLEM["voice-processing-missing"] in texts(view)
    story.entries.clear()
    window.take(story.unprocessed("another-code").entries)
    assert "The library for voice processing is missing." in texts(view)


def test_the_offer_on_the_page_asks_the_phone(qtbot, window, story):
    window.resize(1200, 840)
    talk(window, story, lambda s: s.unplugged().plugged())
    note = page(window).devices.note
    assert note.isVisibleTo(window.pages.voice)
    assert not window.sidebar.note.isVisible(), "once is enough"
    note.use.click()
    assert ("switch_device", "output", "USB headset") in window.intents.made
    note.close_note.click()
    assert not note.isVisibleTo(window.pages.voice)
    assert window.state.voice.read


def test_the_page_moves_with_the_levels(window, story):
    talk(window, story)
    view = page(window)
    window.take(story.too_loud().entries)
    assert words.CLIPPED in texts(view.devices)
    assert view.devices._meter._clipped


def test_a_call_that_is_over_stays_to_be_read(window, story):
    talk(window, story, lambda s: s.ended())
    shown = texts(page(window))
    assert words.OVER in shown
    assert words.SEND_TITLE in shown


def test_the_page_speaks_korean(qapp, window, story):
    tongue = Tongue(qapp)
    talk(window, story, lambda s: s.unplugged().plugged().sounds(FAIR, seconds=2))
    view = page(window)
    try:
        tongue.speak("ko")
        QApplication.processEvents()
        shown = texts(view)
        assert "보통" in shown
        assert "Fair" not in shown
        english = [w for w in ("Frame", "Network", "Microphone", "Mode", "mouth", "packets") if w in shown]
        assert english == []
        view.grab()
    finally:
        tongue.speak("en")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_parts_are_painted_in_both_themes(look, window, story, theme):
    look.choose(theme)
    talk(window, story, lambda s: s.sent("robust", "robust", 20, 32_000, copies=(1, 2), code="chosen"))
    view = page(window)
    for part in (view.way.waterfall, view.minute.chart, view.sending._picture, view.cleaning.switch, view.listen._bar):
        image = part.grab().toImage()
        colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        assert len(colours) > 3, part
