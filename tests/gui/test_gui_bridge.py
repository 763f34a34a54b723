"""The door between asyncio and Qt, with a real loop in a real thread."""

import asyncio
import threading

import pytest
from story import CALL, Story

from gui.bridge import Bridge, Mailbox
from gui.view_state import ViewState, reduce
from voip.errors import AudioError, CallError, StoreError
from voip.io.clock import monotonic
from voip.journal.book import Journal
from voip.journal.observations import Entry, Levels, LinkState, Problem, Quality
from voip.media.plan import Mode
from voip.session.tls.events import HandshakeMessage, Record


class FakePhone:
    """Does what a phone does, as far as the door can see; replays `story` when it runs."""

    def __init__(self, story: Story | None = None) -> None:
        self.journal = Journal(monotonic)
        self.asked: list[tuple] = []
        self.thread = threading.current_thread()
        self._story = story
        self._stopped = asyncio.Event()

    def tell(self, story: Story) -> None:
        for entry in story.entries:
            self.journal.add(entry.channel, entry.what, call=entry.call)
        story.entries.clear()

    async def run(self) -> None:
        if self._story is not None:
            self.tell(self._story)
        await self._stopped.wait()

    async def call(self, name: str) -> None:
        self.asked.append(("call", name))
        if name == "nobody":
            raise CallError("Nobody has that name.", code="not-there")
        if name == "defect":
            raise ZeroDivisionError

    async def accept(self) -> None:
        self.asked.append(("accept",))

    async def decline(self) -> None:
        self.asked.append(("decline",))

    async def hang_up(self) -> None:
        self.asked.append(("hang_up",))

    def mute(self, on: bool) -> None:
        self.asked.append(("mute", on))

    def choose_voice(self, mode: Mode) -> None:
        self.asked.append(("choose_voice", mode))

    def process_voice(self, on: bool) -> None:
        self.asked.append(("process_voice", on))

    async def switch_device(self, kind, device: str) -> None:
        self.asked.append(("switch_device", kind, device))
        if device == "gone":
            raise AudioError("The microphone “gone” is not there.", code="audio-device")

    async def words_match(self) -> None:
        self.asked.append(("words_match",))

    async def export(self, kind, path, lang) -> None:
        self.asked.append(("export", kind, str(path), lang))
        if str(path) == "/full":
            raise StoreError("/full cannot be written: No space left. Choose another place.", code="not-writable")

    async def stop(self) -> None:
        self.asked.append(("stop",))
        self._stopped.set()


class Rig:
    """A bridge with its phone and what came out of it."""

    def __init__(self, qtbot, story: Story | None = None) -> None:
        self.state, self.batches, self.failures, self.phones = ViewState(), [], [], []
        self.threads = set()
        self.bridge = Bridge(lambda: self.phones.append(FakePhone(story)) or self.phones[0])
        self.bridge.entries.connect(self._take)
        self.bridge.failed.connect(self.failures.append)
        self.qtbot = qtbot

    def _take(self, batch) -> None:
        self.threads.add(threading.current_thread())
        self.batches.append(batch)
        for entry in batch:
            self.state = reduce(self.state, entry)

    def until(self, test) -> None:
        self.qtbot.waitUntil(lambda: bool(test()), timeout=5000)


@pytest.fixture
def rig(qtbot):
    rigs = []

    def make(story=None):
        rigs.append(Rig(qtbot, story))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.bridge.close()
        assert rig.bridge.wait(5)


def test_entries_come_over_in_qts_thread_and_in_order(rig):
    r = rig(Story().online().ringing().trusted())
    r.bridge.start()
    r.until(lambda: r.state.call is not None and r.state.call.words)
    assert [row.name for row in r.state.link.rows][:3] == ["ClientHello", "ServerHello", "EncryptedExtensions"]
    assert len(r.state.session.rows) == 12
    assert r.threads == {threading.main_thread()}
    assert r.phones[0].thread is not threading.main_thread()


def test_intents_reach_the_phone_in_its_own_thread(rig):
    r = rig(Story().online())
    r.bridge.start()
    r.until(lambda: r.state.link_state.state == "online")
    r.bridge.call("bob")
    r.bridge.accept()
    r.bridge.decline()
    r.bridge.mute(True)
    r.bridge.words_match()
    r.bridge.choose_voice("robust")
    r.bridge.process_voice(False)
    r.bridge.switch_device("input", "USB headset")
    r.bridge.hang_up()
    r.until(lambda: len(r.phones[0].asked) == 9)
    assert r.phones[0].asked == [
        ("call", "bob"), ("accept",), ("decline",), ("mute", True), ("words_match",), ("choose_voice", Mode.ROBUST),
        ("process_voice", False), ("switch_device", "input", "USB headset"), ("hang_up",),
    ]  # fmt: skip


def test_a_refused_intent_comes_back_as_a_problem(rig):
    r = rig(Story().online())
    r.bridge.start()
    r.until(lambda: r.state.link_state.state == "online")
    r.bridge.call("nobody")
    r.until(lambda: r.state.problems)
    assert r.state.problems == (Problem("call", "not-there", "Nobody has that name."),)
    r.bridge.switch_device("input", "gone")
    r.until(lambda: any(problem.about == "audio" for problem in r.state.problems))
    assert r.state.problems[-1].code == "audio-device"
    r.bridge.call("defect")
    r.until(lambda: any(problem.code == "defect" for problem in r.state.problems))


def test_a_flood_is_batched_and_the_last_level_wins(rig):
    r = rig(Story().online().ringing())
    r.bridge.start()
    r.until(lambda: r.state.call is not None)
    before = len(r.batches)
    phone, loop = r.phones[0], r.bridge._loop

    async def flood():
        for i in range(2000):
            phone.journal.add("call", Levels(-float(i % 60), -i / 100), call=CALL)
            phone.journal.add("session", Record(monotonic(), "in", "application_data", 100), call=CALL)
            if i % 100 == 0:
                await asyncio.sleep(0.002)

    started = monotonic()
    asyncio.run_coroutine_threadsafe(flood(), loop).result(5)
    r.until(lambda: r.state.call.levels.loudspeaker == -19.99)
    assert len(r.batches) - before <= (monotonic() - started) * 30 + 2
    assert not any(isinstance(e.what, Record) for batch in r.batches for e in batch)


def test_close_stops_the_phone_and_says_so(qtbot, rig):
    r = rig(Story().online())
    r.bridge.start()
    r.until(lambda: r.phones and r.state.link_state.me)
    with qtbot.waitSignal(r.bridge.ended, timeout=5000):
        r.bridge.close()
        r.bridge.close()
    assert r.phones[0].asked == [("stop",)]
    r.bridge.call("bob")
    assert r.bridge.wait(5)
    assert r.phones[0].asked == [("stop",)]
    r.bridge.close()


def test_closed_before_it_began(qtbot, rig):
    r = rig()
    r.bridge.hang_up()
    r.bridge.close()
    assert r.bridge.wait(0)
    with qtbot.waitSignal(r.bridge.ended, timeout=5000):
        r.bridge.start()


@pytest.mark.parametrize(
    ("error", "sentence"), [(StoreError("There is no account here."), "no account"), (KeyError("x"), "defect")]
)
def test_no_phone_is_one_clear_sentence(qtbot, error, sentence):
    def build():
        raise error

    bridge, failures = Bridge(build), []
    bridge.failed.connect(failures.append)
    with qtbot.waitSignals([bridge.failed, bridge.ended], timeout=5000):
        bridge.start()
    assert sentence in str(failures[0])
    assert bridge.wait(5)


def test_a_phone_that_will_not_stop_is_left_behind(qtbot, monkeypatch, rig):
    monkeypatch.setattr("gui.bridge.STOP_SECONDS", 0.05)
    r = rig(Story().online())
    r.bridge.start()
    r.until(lambda: r.phones)

    async def forever():
        await asyncio.Event().wait()

    r.phones[0].stop = forever
    with qtbot.waitSignal(r.bridge.ended, timeout=5000):
        r.bridge.close()


def test_the_mailbox_is_bounded_and_keeps_handshakes_over_meters():
    box = Mailbox(limit=100)
    for i in range(1000):
        assert box.put(Entry(i, "call", CALL, Levels(-i, 0)))
        assert not box.put(Entry(i, "link", "", Record(i, "in", "handshake", 5)))
    for i in range(90):
        box.put(Entry(i, "link", "", HandshakeMessage(i, "in", "Finished", b"")))
    got = box.empty()
    assert len(got) == 91
    assert got[-1].what == Levels(-999, 0)
    assert box.empty() == ()
    for word in ("poor", "clear"):
        box.put(Entry(0, "call", CALL, Quality(word, "", 4.3, 4.3, 0.0, 0.0, 0.0, 0.0, 1.0, 15.0)))
    assert [entry.what.word for entry in box.empty()] == ["clear"], "of what is judged again and again only the latest"
    for _ in range(500):
        box.put(Entry(0, "phone", "", LinkState("offline")))
    assert len(box.empty()) == 100


def test_what_becomes_of_an_export_comes_back(rig):
    r, told = rig(Story().online()), []
    r.bridge.exported.connect(lambda *what: told.append(what))
    r.bridge.start()
    r.until(lambda: r.state.link_state.state == "online")
    r.bridge.export("journal", "/there", "ko")
    r.bridge.export("report", "/full", "en")
    r.until(lambda: len(told) == 2)
    assert r.phones[0].asked[:2] == [("export", "journal", "/there", "ko"), ("export", "report", "/full", "en")]
    assert told[0] == ("journal", "/there", "", "")
    assert told[1][:3] == ("report", "/full", "not-writable")
    assert "No space left" in told[1][3]
    assert not r.state.problems, "it is said in the dialog, where it was asked for"
