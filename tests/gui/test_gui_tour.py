"""The guided tour: true sentences for each state, and a card with a spotlight that leaves what it shows in use."""

import re
from functools import reduce as fold

import pytest
from handshakes import add_handshake, real_call
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QPushButton, QScrollArea, QWidget
from story import CALL, RELAY, Story

from gui.app import Tongue
from gui.main_window import MainWindow
from gui.panels.tour_guide import CONTROLS, MARGIN, TourGuide, beside
from gui.say import say
from gui.study import Study
from gui.theme import Look
from gui.tour import messages, missing, own, steps
from gui.view_state import ViewState, reduce, without_call
from gui.words import tour as words
from voip.journal.observations import CallChanged, Connecting, TrustAssessed
from voip.session.tls.events import Established

NOTHING = ViewState()


def state_of(story: Story) -> ViewState:
    return fold(reduce, story.entries, NOTHING)


STATES = {
    "nothing": lambda: NOTHING,
    "connecting": lambda: state_of(Story().unreachable()),
    "online": lambda: state_of(add_handshake(Story(), "link")),
    "online 1.2": lambda: state_of(add_handshake(Story(), "link", "1.2")),
    "ringing": lambda: state_of(Story().online().ringing(upto=4)),
    "called": lambda: state_of(real_call()),
    "answering": lambda: state_of(real_call(outgoing=False)),
    "talking": lambda: state_of(real_call().talking(3)),
    "talking 1.2": lambda: state_of(real_call("1.2").talking(3)),
    "certified": lambda: state_of(Story().online().ringing().trusted()),
    "verified": lambda: state_of(real_call().talking(3).verified()),
    "key changed": lambda: state_of(Story().online().ringing().key_changed()),
    "over": lambda: state_of(real_call().talking(3).ended()),
    "put away": lambda: without_call(state_of(real_call().talking(3).ended())),
}


def said(state: ViewState) -> dict[str, str]:
    """Title → what is told, with its values."""
    return {step.title: " ".join(one.format(**step.values) for one in step.sentences) for step in steps(state)}


@pytest.mark.parametrize("name", STATES)
def test_every_state_has_its_sentences(name):
    made = steps(STATES[name]())
    assert len(made) == 12
    for step in made:
        assert 2 <= len(step.sentences) <= 4
        for one in step.sentences:
            told = one.format(**step.values)
            assert told
            assert not re.search(r"[{}]|\bNone\b", told)
        assert sum(len(one.format(**step.values)) for one in step.sentences) < 430
        assert (step.page == "handshake") == (step.inspection is not None)


def test_without_a_connection_no_value_is_told():
    for step in steps(NOTHING):
        assert not step.values
        assert not any("{" in one for one in step.sentences)


def test_the_figures_are_those_of_the_own_call():
    state = state_of(real_call().talking(3))
    told = said(state)
    agreed = state.session.agreed
    assert own(state) is state.session
    assert f"{messages(state.session)} messages, {agreed.handshake_ms:.1f} ms" in told[words.TLS13]
    assert agreed.group in told[words.HANDSHAKE]
    assert "AES-256-GCM" in told[words.PROMISES]
    assert f"bob@{RELAY}" in told[words.CERTIFICATES]
    assert f"{state.call.latency.mouth_to_ear:.0f} ms" in told[words.VOICE]
    assert "TLS 1.3" in told[words.NAMES]
    assert f"https://{state.link.to}/" in told[words.NAMES]


def test_what_resumption_leaves_out_is_read_off_both_ladders():
    state = state_of(real_call())
    assert missing(state.link, state.leg) == "CertificateRequest, Certificate, CertificateVerify"
    told = said(state)[words.RESUMPTION]
    assert f"{messages(state.leg)} messages instead of {messages(state.link)}" in told
    assert "CertificateRequest, Certificate, CertificateVerify" in told
    assert words.RESUMPTION_EARLY in told
    assert messages(state.leg) == 8, "early data are no message, EndOfEarlyData is one"


def test_a_leg_without_early_data_is_told_as_such():
    told = said(state_of(add_handshake(real_call(), "leg", call=CALL, resumed=True)))[words.RESUMPTION]
    assert words.RESUMPTION_FRESH in told
    assert "7 messages" in told


def test_resumption_in_tls_1_2_is_told_apart():
    state = state_of(real_call("1.2"))
    told = said(state)[words.RESUMPTION]
    assert words.RESUMPTION_STALE_12 in told
    assert words.RESUMPTION_FRESH not in told
    names = {row.name for row in state.leg.rows}
    assert not names & {"ServerKeyExchange", "ClientKeyExchange", "Certificate"}


def test_a_leg_that_could_not_resume_says_so():
    story = real_call()
    story.add("call", CallChanged("bob", "ended", True, "hung-up"), call=CALL)
    story.add("call", CallChanged("bob", "calling", True), call="ff" * 16, after=1)
    add_handshake(story, "leg", call="ff" * 16)
    assert "could not resume" in said(state_of(story))[words.RESUMPTION]


def test_a_link_that_was_resumed_is_no_measure():
    state = state_of(add_handshake(real_call(), "link", resumed=True))
    told = said(state)[words.RESUMPTION]
    assert "instead of" not in told
    assert "no certificate among them" in told


def test_tls_1_2_on_the_link_is_told():
    online = state_of(add_handshake(Story(), "link", "1.2"))
    told = said(online)
    assert f"It has {len(online.link.rows)} messages" in told[words.TLS12]
    assert words.TLS13_NOT_MINE in told[words.TLS13]
    assert "x25519 alone is not post-quantum" in told[words.KEYS]
    assert "the certificates" in told[words.WHY]
    assert words.TLS12_RUN in said(state_of(add_handshake(Story(), "link")))[words.TLS12]


@pytest.mark.parametrize(
    ("level", "piece"),
    [
        ("certified", "compare the four words"),
        ("pinned", "same key as in earlier calls"),
        ("verified", "You have compared words"),
        ("changed", "broken just now"),
    ],
)
def test_authentication_says_as_much_as_was_observed(level, piece):
    story = real_call()
    story.add("call", TrustAssessed(f"bob@{RELAY}", level, "ab" * 32), call=CALL)
    assert piece in said(state_of(story))[words.PROMISES]


def test_before_trust_is_assessed_nobody_is_promised():
    story = real_call()
    entries = [entry for entry in story.entries if not isinstance(entry.what, TrustAssessed)]
    assert words.PROMISE_WHO[""] in said(fold(reduce, entries, NOTHING))[words.PROMISES]


def test_words_are_pointed_at_until_they_are_compared():
    def inside(state):
        return next(step for step in steps(state) if step.title == words.INSIDE)

    assert inside(STATES["talking"]()).place == "words"
    assert inside(STATES["verified"]()).place == "wire-relay"
    assert words.INSIDE_VERIFIED in inside(STATES["verified"]()).sentences
    assert inside(STATES["over"]()).place == "wire-relay"
    assert words.INSIDE_IDLE in inside(NOTHING).sentences


def test_a_second_client_hello_is_told(monkeypatch):
    monkeypatch.setattr("gui.tour.extra", lambda _ladder, row: "retry" if row.name == "ServerHello" else "")
    assert "one more round trip" in said(STATES["online"]())[words.TLS13]


def test_the_client_hello_opens_at_its_key_share():
    step = next(step for step in steps(STATES["talking"]()) if step.title == words.TLS13)
    assert step.inspection.channel == "session"
    assert len(step.inspection.field) == 2
    # Rows without their bytes open as a whole.
    bare = next(step for step in steps(STATES["certified"]()) if step.title == words.TLS13)
    assert bare.inspection.message == 0


def test_a_certificate_without_a_name_is_not_told_of():
    story = Story().add("link", Connecting(RELAY))
    story.add("link", Established(story.at, "TLSv1.3", "TLS_AES_256_GCM_SHA384", "x25519", False, "", ()))
    told = said(state_of(story))
    assert words.CERTIFICATES_IDLE in told[words.CERTIFICATES]
    assert words.PROMISE_WHO[""] in told[words.PROMISES]


# ── where the card goes ────────────────────────────────────────────────────────────────────────────────────────

ROOM, CARD = QRect(0, 0, 1200, 760), QSize(360, 300)


@pytest.mark.parametrize(
    ("thing", "avoid"),
    [
        (QRect(), QRect()),
        (QRect(20, 100, 200, 200), QRect()),
        (QRect(950, 500, 240, 250), QRect()),
        (QRect(660, 510, 512, 240), QRect(360, 650, 240, 100)),
        (QRect(300, 10, 600, 100), QRect()),
        (QRect(300, 600, 600, 150), QRect()),
        (QRect(), QRect(500, 300, 200, 100)),
    ],
)
def test_the_card_stands_beside_and_hides_nothing(thing, avoid):
    card = QRect(beside(ROOM, thing, CARD, avoid), CARD)
    assert ROOM.contains(card)
    assert not card.intersects(thing)
    assert not card.intersects(avoid)


def test_beside_something_as_large_as_the_room_it_takes_a_corner():
    card = QRect(beside(ROOM, ROOM, CARD, QRect()), CARD)
    assert card.bottomRight() == QPoint(1200 - MARGIN - 1, 760 - MARGIN - 1)
    card = QRect(beside(ROOM, ROOM, CARD, QRect(900, 600, 100, 100)), CARD)
    assert not card.intersects(QRect(900, 600, 100, 100))


# ── the guide over a small window of real widgets ──────────────────────────────────────────────────────────────


class Host(QMainWindow):
    """Places to point at: some there, one far down, one in no page that is open."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(1000, 640)
        root = QWidget()
        across = QHBoxLayout(root)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        self.body = QWidget()
        self.body.setMinimumHeight(2400)
        scroll.setWidget(self.body)
        self.places: dict[str, QWidget] = {
            "locks": QPushButton("locks", self.body),
            "latency": QLabel("far down", self.body),
            "leg": QLabel("tiny", self.body),
            CONTROLS: QPushButton("hang up", self.body),
        }
        self.places["locks"].setGeometry(40, 60, 200, 120)
        self.places["latency"].setGeometry(40, 2200, 200, 100)
        self.places["leg"].setGeometry(40, 20, 4, 4)
        self.places[CONTROLS].setGeometry(40, 480, 90, 60)
        across.addWidget(scroll)
        self.scroll = scroll
        self.setCentralWidget(root)

    def find(self, place: str) -> QWidget | None:
        return self.places.get(place)


@pytest.fixture(scope="module")
def look(qapp):
    return Look(qapp, "light")


@pytest.fixture
def host(qtbot, look):
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    look.choose("light")
    host = Host()
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitExposed(host)
    return host


@pytest.fixture
def guide(host, look):
    return TourGuide(look, host, host.find)


def at_place(state: ViewState, place: str) -> int:
    return next(i for i, step in enumerate(steps(state)) if step.place == place)


def on(host: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(host, QPoint()), widget.size())


def test_it_asks_for_pages_and_goes_to_and_fro(qtbot, guide):
    pages = []
    guide.wanted.connect(pages.append)
    guide.start(NOTHING)
    assert guide.isVisible()
    assert guide.card.title.text() == words.WHY
    assert not guide.card.back_button.isEnabled()
    qtbot.mouseClick(guide.card.next_button, Qt.MouseButton.LeftButton)
    assert guide.step.title == words.PROMISES
    qtbot.mouseClick(guide.card.back_button, Qt.MouseButton.LeftButton)
    assert guide.step.title == words.WHY
    assert pages == ["wire", "home", "wire"]


def test_after_the_last_step_it_is_over(qtbot, guide):
    guide.start(NOTHING, 11)
    assert guide.card.next_button.text() == "Done"
    with qtbot.waitSignal(guide.closed):
        qtbot.mouseClick(guide.card.next_button, Qt.MouseButton.LeftButton)
    assert not guide.isVisible()
    assert guide.step is None
    guide.leave()
    guide.show_state(NOTHING)
    guide.go(3)
    assert guide.step is None


def test_the_spotlight_lets_the_mouse_through_and_the_dim_does_not(qtbot, host, guide):
    guide.start(NOTHING, at_place(NOTHING, "locks"))
    button = host.places["locks"]
    assert guide.spot == on(host, button)
    assert not guide.mask().contains(guide.spot.center())
    assert host.childAt(guide.spot.center()) is button
    beyond = QPoint(980, 600)
    assert host.childAt(beyond) is guide
    assert host.childAt(guide.card.geometry().center()) is not button
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(host.childAt(guide.spot.center()), Qt.MouseButton.LeftButton)


def test_the_controls_of_a_call_stay_in_use(host, guide):
    state = STATES["talking"]()
    guide.start(state, at_place(state, "locks"))
    centre = on(host, host.places[CONTROLS]).center()
    assert host.childAt(centre) is host.places[CONTROLS]
    assert not guide.card.geometry().contains(centre)
    guide.leave()
    guide.start(NOTHING, at_place(NOTHING, "locks"))
    assert host.childAt(centre) is guide


def test_what_lies_far_down_is_scrolled_to(qtbot, host, guide):
    guide.start(NOTHING, at_place(NOTHING, "latency"))
    qtbot.waitUntil(lambda: guide.spot == on(host, host.places["latency"]))
    assert host.scroll.verticalScrollBar().value() > 1000
    assert not guide.card.geometry().intersects(guide.spot)


def test_the_spotlight_follows(qtbot, host, guide):
    guide.start(NOTHING, at_place(NOTHING, "locks"))
    button = host.places["locks"]
    button.move(300, 200)
    qtbot.waitUntil(lambda: guide.spot == on(host, button))
    host.resize(900, 560)
    qtbot.waitUntil(lambda: guide.size() == host.size())
    host.scroll.verticalScrollBar().setValue(150)
    qtbot.waitUntil(lambda: guide.spot == on(host, button))
    button.hide()
    qtbot.waitUntil(lambda: guide.spot == QRect())
    button.show()
    qtbot.waitUntil(lambda: guide.spot == on(host, button))


def test_a_thing_that_goes_away_takes_nothing_with_it(qtbot, host, guide):
    guide.start(NOTHING, at_place(NOTHING, "locks"))
    host.places.pop("locks").deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: guide.spot == QRect())
    guide.go(at_place(NOTHING, "latency"))
    assert guide.step.place == "latency"


@pytest.mark.parametrize("place", ["wire", "leg"])
def test_without_a_thing_to_point_at_the_card_stands_in_the_middle(host, guide, place):
    guide.start(NOTHING, at_place(NOTHING, place))
    assert guide.spot.isEmpty()
    assert (guide.card.geometry().center() - host.rect().center()).manhattanLength() < 4


def test_keys(qtbot, host, guide):
    before = host.places["locks"]
    before.setFocus()
    guide.start(NOTHING)
    card = guide.card
    assert QApplication.focusWidget() is card
    qtbot.keyClick(card, Qt.Key.Key_Right)
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert guide.step.title == words.CERTIFICATES
    qtbot.keyClick(card, Qt.Key.Key_Left)
    assert guide.step.title == words.PROMISES
    card.back_button.setFocus()
    qtbot.keyClick(card.back_button, Qt.Key.Key_Enter)
    assert guide.step.title == words.WHY
    qtbot.keyClick(card, Qt.Key.Key_Left)
    assert guide.step.title == words.WHY
    guide.go(11)
    qtbot.keyClick(card, Qt.Key.Key_Right)
    assert guide.step.title == words.LAB
    with qtbot.waitSignal(guide.closed):
        qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before


def test_it_is_read_aloud(guide):
    guide.start(NOTHING, 1)
    name = guide.card.accessibleName()
    assert name.startswith("Guided tour. Step 2 of 12. Three promises. Confidentiality")
    assert guide.card.close_button.accessibleName() == "Close the tour"


def test_it_follows_the_call(guide):
    guide.start(NOTHING, at_place(NOTHING, "latency"))
    assert words.VOICE_IDLE in guide.card.accessibleName()
    state = STATES["talking"]()
    guide.show_state(state)
    assert f"from mouth to ear: {state.call.latency.mouth_to_ear:.0f}" in guide.card.accessibleName()
    guide.show_state(state)
    assert guide.step.title == words.VOICE


def test_an_incoming_call_ends_it(qtbot, guide):
    guide.start(NOTHING)
    with qtbot.waitSignal(guide.closed):
        guide.show_state(state_of(Story().online().incoming(upto=3)))
    assert not guide.isVisible()


def test_another_language(qtbot, qapp, guide):
    tongue = Tongue(qapp)
    guide.start(NOTHING)
    try:
        tongue.speak("ko")
        qtbot.waitUntil(lambda: guide.card.back_button.text() == "뒤로")
        assert guide.card.title.text() == say(words.WHY)
    finally:
        tongue.speak("en")
    qtbot.waitUntil(lambda: guide.card.back_button.text() == "Back")


def test_it_is_painted_in_both_themes(look, host, guide):
    guide.start(NOTHING, at_place(NOTHING, "locks"))
    shades = []
    for theme in ("light", "dark"):
        look.choose(theme)
        image = host.grab().toImage()
        shades.append(image.pixelColor(985, 320).lightness())
        guide.hide()
        shades.append(host.grab().toImage().pixelColor(985, 320).lightness())
        guide.show()
    light_dim, light, dark_dim, dark = shades
    assert light_dim < light
    assert dark_dim < dark


# ── over the real window ───────────────────────────────────────────────────────────────────────────────────────


class NoWishes:
    def __getattr__(self, _name):
        return lambda *_values: None


def test_over_the_real_window(qtbot, look):
    story = real_call().talking(3)
    window = MainWindow(look, NoWishes(), lambda: story.at)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    window.take(story.entries)
    there = {
        "ladder-link": lambda: window.evidence.link,
        "ladder-session": lambda: window.evidence.session,
        "leg": lambda: window.evidence.leg,
        "latency": lambda: window.evidence.latency,
        "words": lambda: window.call.words,
        "inspector-clienthello": lambda: window.pages.inspector.anatomy,
        CONTROLS: lambda: window.pages.room.call if window.study else window.call.hang_up,
    }
    guide = TourGuide(look, window, lambda place: there[place]() if place in there else None)

    def turn(page: str) -> None:
        if page == "home" and window.study is not None:
            window.studying.leave()
        elif page == "handshake":
            window.studying.go(Study("handshake", guide.step.inspection))

    guide.wanted.connect(turn)
    guide.start(window.state)
    for i, step in enumerate(steps(window.state)):
        guide.go(i)
        if step.place in there:
            qtbot.waitUntil(lambda: guide.spot != QRect())
            assert window.rect().contains(guide.card.geometry())
        assert window.focusWidget() is guide.card
    guide.go(at_place(window.state, "inspector-clienthello"))
    assert window.pages.inspector.anatomy.isVisible()
    qtbot.keyClick(guide.card, Qt.Key.Key_Escape)
    assert guide.step is None
    assert window.study is not None  # Esc ended the tour, and nothing else
