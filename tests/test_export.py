"""A phone's own capture, opened with Wireshark's dissector: unreadable, unless its user put the secrets in."""

import asyncio
import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from town import of, phase, talk, town

from voip.capture.reader import read_capture
from voip.client.fitting import Fitting, fit
from voip.errors import StoreError, UsageError
from voip.io.keylog import KeyLogFile
from voip.journal.observations import FirstAudio, KeyLogging, Worsened

SECRETS = (b'"is":"invite"', b'"to":"bob"', b"alice", b"relay.test")
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


async def call(folder: Path, **choices):
    """alice's journal after a call in which she kept what `choices` ask for."""
    async with town(folder) as place:
        store, bob = await place.enrol("alice"), await place.phone("bob")
        place.fit = lambda *_: fit(store, Fitting(input="none", output="none", **choices))
        alice = await place.phone("alice")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        await alice.hang_up()
        await phase(bob, "ended")
        await place.stop(alice)
        return [entry.what for entry in alice.journal]


def decrypted(capture: Path, *options: str) -> bytes:
    """Everything that tshark can make of the TLS streams in `capture`."""
    found = b""
    for stream in range(2):
        command = ["tshark", *options, "-r", capture, "-q", "-z", f"follow,tls,ascii,{stream}"]
        found += subprocess.run(command, capture_output=True, check=True).stdout
    command = ["tshark", *options, "-r", capture, "-x"]
    return found + subprocess.run(command, capture_output=True, check=True).stdout


@needs_tshark
async def test_with_its_secrets_the_capture_opens_and_without_them_nothing(tmp_path: Path, capsys) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    loud = await call(tmp_path / "a", tap=tmp_path / "open.pcapng", tap_secrets=True)
    assert "WARNING" in capsys.readouterr().err
    assert any(isinstance(what, KeyLogging) for what in loud)
    assert any(isinstance(what, Worsened) and what.about == "keys" for what in loud)
    quiet = await call(tmp_path / "b", tap=tmp_path / "closed.pcapng", journal=tmp_path / "journal.json")
    kinds = {line["what"] for line in json.loads((tmp_path / "journal.json").read_text())["entries"]}
    assert {"Established", "TrustAssessed", "MediaStats", "Credentials"} <= kinds
    assert capsys.readouterr().err == ""
    assert not any(isinstance(what, KeyLogging | Worsened) for what in quiet)
    shown = await asyncio.to_thread(decrypted, tmp_path / "open.pcapng")
    assert [secret for secret in SECRETS if secret not in shown] == []
    hidden = await asyncio.to_thread(decrypted, tmp_path / "closed.pcapng")
    assert [secret for secret in SECRETS[:3] if secret in hidden] == []
    assert stat.S_IMODE((tmp_path / "open.pcapng").stat().st_mode) == 0o600
    assert len(list(read_capture(tmp_path / "open.pcapng"))) > 20


@needs_tshark
async def test_the_key_log_opens_the_same_capture(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "by-environment"))
    keys = tmp_path / "keys.log"
    await call(tmp_path, tap=tmp_path / "call.pcapng", key_log=keys)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert not (tmp_path / "by-environment").exists()
    plain = await asyncio.to_thread(decrypted, tmp_path / "call.pcapng")
    assert SECRETS[0] not in plain
    opened = await asyncio.to_thread(decrypted, tmp_path / "call.pcapng", "-o", f"tls.keylog_file:{keys}")
    assert SECRETS[0] in opened


def test_a_key_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        KeyLogFile(tmp_path / "no" / "keys.log")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        KeyLogFile(tmp_path / "link")
    with KeyLogFile(Path("/dev/full")) as log:
        log.write(b"x")
        assert "not complete" in log.problem


def test_secrets_need_a_capture_to_go_to() -> None:
    import argparse

    from voip.cli.options import add_phone_options, fitting_of

    parser = argparse.ArgumentParser()
    add_phone_options(parser)
    with pytest.raises(UsageError, match="--tap FILE"):
        fitting_of(parser.parse_args(["--tap-secrets"]))
