"""A running call is exported, and opened by those who know nothing of us: tshark, jq, openssl."""

import argparse
import asyncio
import json
import re
import shutil
import stat
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from town import of, phase, talk, town

from voip.capture.canaries import text_canary
from voip.capture.inspect import inspect
from voip.capture.reader import read_capture
from voip.cli.options import add_phone_options, fitting_of
from voip.client.fitting import FittedPhone, Fitting, fit
from voip.config import LIMITS
from voip.errors import CaptureError, StoreError
from voip.journal.observations import CallChanged, Entry, FirstAudio, KeyLogging, Latency
from voip.journal.report.checks import of as checks_of
from voip.journal.report.checks import peer_certificate, pem
from voip.journal.report.model import read
from voip.journal.summary import side

NAMES = (b'"is":"invite"', b'"to":"bob"', b'"people"', b"alice")
NICELY = nullcontext()
FULL = Path("/dev/full")
HAS_FULL = FULL.exists()
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


@pytest.fixture(autouse=True)
def same_switch_interval():
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


async def in_a_call(folder: Path, act, *, ending=NICELY, **choices):
    """`act(alice)` while alice talks with bob; alice's journal after it. `ending`: what her phone's end is like."""
    async with town(folder, LIMITS) as place:  # a fitted phone has the usual patience, so must its relay
        store, bob = await place.enrol("alice"), await place.phone("bob")
        place.fit = lambda *_: fit(store, Fitting(input="none", output="none", **choices))
        alice = await place.phone("alice")
        assert isinstance(alice, FittedPhone)
        await talk(alice, bob)
        await of(alice, FirstAudio)
        await of(alice, Latency)
        await act(alice)
        assert not [e for e in alice.journal if isinstance(e.what, CallChanged) and e.what.phase == "ended"]
        await alice.hang_up()
        await phase(bob, "ended")
        with ending:
            await place.stop(alice)
        return list(alice.journal)


def everything(capture: Path) -> bytes:
    """All that tshark finds: every field, every byte, and each TLS stream followed."""
    found = b""
    ways = [["-V", "-x"], *(["-q", "-z", f"follow,tls,ascii,{stream}"] for stream in range(2))]
    for way in ways:
        found += subprocess.run(["tshark", "-r", capture, *way], capture_output=True, check=True).stdout
    return found


@needs_tshark
async def test_a_capture_saved_afterwards_opens_with_its_secrets_and_without_them_nothing(tmp_path: Path) -> None:
    opened, closed = tmp_path / "open.pcapng", tmp_path / "closed.pcapng"

    async def act(alice: FittedPhone) -> None:
        await alice.export("capture-secrets", opened)
        await alice.export("capture", closed)

    journal = await in_a_call(tmp_path, act, key_log=tmp_path / "keys.log")
    assert isinstance(journal[0].what, KeyLogging)
    shown, hidden = await asyncio.gather(asyncio.to_thread(everything, opened), asyncio.to_thread(everything, closed))
    assert [name for name in NAMES if name not in shown] == []
    assert [name for name in NAMES if name in hidden] == []
    for path in (opened, closed):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(read_capture(path)) > 50
        judged = inspect(path, [text_canary('"is":"invite"'), text_canary("alice@relay.test")])
        assert judged.clear, "the packets themselves stay closed"
        assert len(judged.tls) == 2
    assert b"CLIENT_TRAFFIC_SECRET_0" in opened.read_bytes()
    exporters = re.findall(rb"(?<!EARLY_)EXPORTER_SECRET ", opened.read_bytes())
    assert len(exporters) == 3, "link, leg and session: whoever has it can make SRTP keys"
    assert b"TRAFFIC_SECRET" not in closed.read_bytes()


@needs_tshark
@pytest.mark.skipif(shutil.which("jq") is None or shutil.which("openssl") is None, reason="jq or openssl is missing")
async def test_the_commands_of_the_report_come_true(tmp_path: Path) -> None:
    async def act(alice: FittedPhone) -> None:
        for kind, name in (("capture", "call.pcapng"), ("journal", "journal.json")):
            await alice.export(kind, tmp_path / name)
        entries.extend(alice.journal)

    entries: list[Entry] = []
    await in_a_call(tmp_path, act)
    # The journal was exported a moment before: the counters may have gone on since.
    told = json.loads((tmp_path / "journal.json").read_text())["entries"]
    report = read(entries[: len(told)])
    (tmp_path / "peer.pem").write_text(pem(peer_certificate(report)))
    printed = {}
    for check in checks_of(report):
        command = check.command.replace("glasscall ", f"{sys.executable} -m voip.cli ")
        done = await asyncio.to_thread(
            subprocess.run, ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        printed[check.key] = " ".join(done.stdout.split())
        if "print" in check.values:
            assert str(check.values["print"]) in done.stdout, check.command
    assert printed["hellos"].split() == ["0", "0x0304", "0x1302", "4588", "1", "0x0304", "0x1302", "4588"]
    assert printed["hidden"] == ""
    assert "The canary was not readable" in printed["inspect"]
    assert json.loads(printed["session"])["group"] == "X25519MLKEM768"
    assert json.loads(printed["media"])["received"] == report.stats.received


async def test_without_a_key_log_there_are_no_secrets_to_save(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "by-environment"))

    async def act(alice: FittedPhone) -> None:
        with pytest.raises(CaptureError, match="--key-log FILE") as refused:
            await alice.export("capture-secrets", tmp_path / "call.pcapng")
        assert refused.value.code == "no-secrets"

    journal = await in_a_call(tmp_path, act)
    assert not [entry for entry in journal if isinstance(entry.what, KeyLogging)]
    assert not (tmp_path / "call.pcapng").exists()
    assert not (tmp_path / "by-environment").exists()


async def test_journal_and_report_say_what_the_journal_says(tmp_path: Path) -> None:
    async def act(alice: FittedPhone) -> None:
        await alice.export("journal", tmp_path / "now.json")
        await alice.export("report", tmp_path / "now.html", "ko")

    journal = await in_a_call(
        tmp_path, act, journal=tmp_path / "new" / "journal.json", call_report=tmp_path / "report.html"
    )
    written = json.loads((tmp_path / "new" / "journal.json").read_text())["entries"]
    assert [line["what"] for line in written] == [type(entry.what).__name__ for entry in journal]
    assert 0 < len(json.loads((tmp_path / "now.json").read_text())["entries"]) < len(written)
    page, figures = (tmp_path / "report.html").read_text(), side(journal)
    session = figures["session"]
    for told in (session["version"], session["cipher"], session["group"], " ".join(session["words"]), "hung-up"):
        assert told in page
    assert f"<td>{session['handshake_ms']} ms</td>" in page
    assert f'<td class="number">{figures["latency_ms"]["round_trip"]["p95"]}</td>' in page
    assert "통화 중" in (tmp_path / "now.html").read_text()
    for name in ("now.json", "now.html", "new/journal.json", "report.html"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


async def test_what_cannot_be_written_is_a_sentence_and_the_call_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def act(alice: FittedPhone) -> None:
        for kind in ("capture", "journal", "report"):
            places = [(tmp_path, "directory"), (tmp_path / "file" / "x", "Not a directory")]
            places += [(FULL, "No space left")] if HAS_FULL else []
            for path, why in places:
                with pytest.raises((StoreError, CaptureError), match=why) as refused:
                    await alice.export(kind, path)
                assert refused.value.sentence.endswith(".")

    ending = pytest.raises(StoreError, match="cannot be written: Is a directory")
    await in_a_call(tmp_path, act, ending=ending, call_report=tmp_path, journal=tmp_path / "journal.json")
    assert (tmp_path / "journal.json").exists(), "one that cannot be written does not keep the next from it"


def test_a_report_speaks_the_windows_language_or_the_systems(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_phone_options(parser)
    parser.add_argument("--lang", default="auto")
    chosen = ["--call-report", str(tmp_path / "r.html"), "--lang"]
    assert fitting_of(parser.parse_args([*chosen, "ko"])).lang == "ko"
    assert fitting_of(parser.parse_args([*chosen, "en"])).call_report == tmp_path / "r.html"
