import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voip.errors import CertificateError, LocalError, StoreError
from voip.io.store import ClientAccount, ClientStore, RelayStore, files
from voip.pki import ca, certificates
from voip.pki.enrolment import Account, Enrolment, PendingInvite
from voip.session.trust import Pin
from voip.wire import signals

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AUTHORITY = ca.make_authority("relay.test", NOW)
KEY = certificates.new_key()
CSR = certificates.load_csr_untrusted(certificates.make_csr(KEY, "bob"))
IDENTITY = certificates.Identity(ca.issue_client(AUTHORITY, CSR, "bob", "relay.test", NOW), KEY)
ACCOUNT = ClientAccount("bob", "relay.test", "127.0.0.1", 7443, certificates.fingerprint(AUTHORITY.certificate))
PIN = Pin("bob@relay.test", "a" * 64, "2026-11-23")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def leftovers(folder: Path) -> list[Path]:
    return list(folder.rglob(".*"))


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions mean nothing to root, so root's test becomes nobody for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder in which this process may look but not write; not below `tmp_path`, which nobody can enter."""
    above = Path(tempfile.mkdtemp())
    above.chmod(0o755)
    folder = above / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    with unprivileged():
        yield folder
    folder.chmod(0o755)
    shutil.rmtree(above)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every flush to disk finds it full."""

    def fsync(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", fsync)


class TestFiles:
    def test_a_file_is_private_and_so_are_the_folders_made_for_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a" / "b" / "file"
        umask = os.umask(0)
        try:
            files.write_private(path, "one")
            files.write_private(path, "two")
        finally:
            os.umask(umask)
        assert path.read_text() == "two"
        assert (mode(path), mode(path.parent), mode(tmp_path / "a")) == (0o600, 0o700, 0o700)
        assert leftovers(tmp_path) == []

    def test_of_many_creators_one_wins(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda n: files.create_private(path, str(n)), range(40)))
        assert won.count(True) == 1
        assert path.read_text() == str(won.index(True))
        assert leftovers(tmp_path) == []

    def test_of_many_folder_creators_one_wins(self, tmp_path: Path) -> None:
        path = tmp_path / "folder"
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda n: files.create_private_folder(path, {"a": str(n), "b": str(n)}), range(40)))
        assert won.count(True) == 1
        assert (path / "a").read_text() == (path / "b").read_text() == str(won.index(True))
        assert (mode(path), mode(path / "a")) == (0o700, 0o600)
        assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]

    def test_not_writable(self, locked: Path) -> None:
        for act in (
            lambda: files.write_private(locked / "file", "x"),
            lambda: files.create_private(locked / "file", "x"),
            lambda: files.create_private_folder(locked / "folder", {}),
            lambda: files.require_writable(locked),
            lambda: files.require_writable(locked / "deeper"),
        ):
            with pytest.raises(StoreError, match="cannot be written: permission denied") as caught:
                act()
            assert caught.value.code == "not-writable"
            assert str(locked) in caught.value.sentence

    @pytest.mark.usefixtures("full_disk")
    def test_a_full_disk_leaves_the_old_file_and_no_litter(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old")
        for act in (
            lambda: files.write_private(path, "new"),
            lambda: files.create_private(tmp_path / "other", "new"),
            lambda: files.create_private_folder(tmp_path / "folder", {"a": "b"}),
        ):
            with pytest.raises(StoreError, match="make room") as caught:
                act()
            assert caught.value.code == "disk-full"
        assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
        assert path.read_text() == "old"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_the_kernels_own_word_for_a_full_disk(self) -> None:
        full = Path("/dev/full")
        with pytest.raises(StoreError) as caught, files.explained(full, "written"):
            full.write_text("x")
        assert caught.value.code == "disk-full"

    def test_a_file_where_a_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        for act in (
            lambda: files.write_private(tmp_path / "file" / "x", "x"),
            lambda: files.write_private(tmp_path / "file" / "deeper" / "x", "x"),
            lambda: files.read_text(tmp_path / "file" / "x"),
            lambda: files.read_text(tmp_path),
            lambda: files.create_private_folder(tmp_path / "file", {}),
        ):
            with pytest.raises(StoreError) as caught:
                act()
            assert caught.value.code == "not-a-folder"

    def test_other_failures_are_sentences_too(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError) as caught:
            files.read_text(tmp_path / "missing")
        assert caught.value.code == "missing"
        with pytest.raises(StoreError) as caught, files.explained(tmp_path, "read"):
            raise OSError(errno.EIO, "Input/output error")
        assert caught.value.code == "file-failed"

    @pytest.mark.parametrize("open_mode", [0o604, 0o640, 0o660, 0o644])
    def test_a_key_that_others_may_read_is_refused(self, open_mode: int, tmp_path: Path) -> None:
        path = tmp_path / "key.pem"
        files.write_private(path, "key")
        assert files.read_key(path) == "key"
        path.chmod(open_mode)
        with pytest.raises(StoreError, match=f"mode {open_mode:04o}.*chmod 600 {path}") as caught:
            files.read_key(path)
        assert caught.value.code == "key-exposed"

    @given(data=st.binary(max_size=100))
    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_garbage_is_a_damaged_file(self, data: bytes, tmp_path: Path) -> None:
        path = tmp_path / "account.json"
        path.write_bytes(data)
        with pytest.raises(StoreError, match="is damaged") as caught:
            files.read_json(path, Account)
        assert caught.value.code == "corrupted"


@pytest.fixture
def joined(tmp_path: Path) -> ClientStore:
    store = ClientStore(tmp_path / "home")
    store.prepare()
    store.save_enrolment(ACCOUNT, IDENTITY, AUTHORITY.certificate)
    return store


class TestClientStore:
    def test_what_is_saved_is_there_again(self, joined: ClientStore) -> None:
        again = ClientStore(joined.home)
        assert again.joined
        assert again.account() == ACCOUNT
        assert again.account().address == "bob@relay.test"
        assert again.identity().certificate == IDENTITY.certificate
        assert again.identity().key.private_numbers() == KEY.private_numbers()
        assert again.authority() == AUTHORITY.certificate
        assert mode(joined.home) == 0o700
        assert {mode(path) for path in (joined.home / "identity").iterdir()} == {0o600}

    def test_an_identity_is_never_overwritten(self, joined: ClientStore) -> None:
        other = certificates.Identity(IDENTITY.certificate, certificates.new_key())
        for act in (joined.prepare, lambda: joined.save_enrolment(ACCOUNT, other, AUTHORITY.certificate)):
            with pytest.raises(StoreError, match="left as it is") as caught:
                act()
            assert caught.value.code == "already-joined"
        assert joined.identity().key.private_numbers() == KEY.private_numbers()
        assert leftovers(joined.home) == []

    def test_without_an_account_it_says_how_to_get_one(self, tmp_path: Path) -> None:
        store = ClientStore(tmp_path / "empty")
        assert not store.joined
        for act in (store.account, store.identity, store.authority):
            with pytest.raises(StoreError, match="glasscall join INVITE --home") as caught:
                act()
            assert caught.value.code == "not-joined"
        assert not store.home.exists()

    def test_an_unwritable_home_is_noticed_before_the_invite_is_spent(self, locked: Path) -> None:
        with pytest.raises(StoreError) as caught:
            ClientStore(locked).prepare()
        assert caught.value.code == "not-writable"

    def test_a_home_that_may_not_be_looked_into(self, joined: ClientStore) -> None:
        joined.home.chmod(0)
        with unprivileged(), pytest.raises(StoreError, match="permission denied") as caught:
            joined.account()
        joined.home.chmod(0o700)
        assert caught.value.code == "not-readable"

    def test_a_renewed_certificate_replaces_the_old(self, joined: ClientStore) -> None:
        renewed = ca.issue_client(AUTHORITY, CSR, "bob", "relay.test", NOW + timedelta(days=61))
        joined.save_certificate(renewed)
        assert joined.identity().certificate == renewed
        other = certificates.load_csr_untrusted(certificates.make_csr(certificates.new_key(), "bob"))
        with pytest.raises(StoreError) as caught:
            joined.save_certificate(ca.issue_client(AUTHORITY, other, "bob", "relay.test", NOW))
        assert caught.value.code == "other-key"
        assert joined.identity().certificate == renewed

    def test_an_exposed_key_is_refused(self, joined: ClientStore) -> None:
        key = joined.home / "identity" / "key.pem"
        key.chmod(0o644)
        with pytest.raises(StoreError, match=f"chmod 600 {key}"):
            joined.identity()

    @pytest.mark.parametrize(
        ("file", "content", "reader"),
        [
            ("account.json", "{", "account"),
            ("account.json", "[" * 100_000, "account"),
            ("account.json", json.dumps({"name": "bob"}), "account"),
            ("account.json", json.dumps({"name": "Bob"}), "account"),
            ("account.json", files.to_json(ACCOUNT).replace("7443", "70000"), "account"),
            ("account.json", files.to_json(ACCOUNT).replace("127.0.0.1", "a b"), "account"),
            ("account.json", files.to_json(ACCOUNT).replace('"bob"', '"bob\\n"'), "account"),
            ("key.pem", "nonsense", "identity"),
            ("key.pem", certificates.private_key_pem(certificates.new_key()), "identity"),
            ("certificate.pem", "nonsense", "identity"),
            ("authority.pem", "nonsense", "authority"),
            ("authority.pem", ca.make_authority("relay.test", NOW).certificate_pem, "authority"),
        ],
    )
    def test_a_damaged_file_is_named(self, file: str, content: str, reader: str, joined: ClientStore) -> None:
        (joined.home / "identity" / file).write_text(content)
        with pytest.raises(StoreError, match=r"identity.* is damaged") as caught:
            getattr(joined, reader)()
        assert caught.value.code == "corrupted"

    def test_pins_are_remembered(self, tmp_path: Path) -> None:
        pins = ClientStore(tmp_path).pins
        assert pins.get(PIN.address) is None
        assert not pins.forget(PIN.address)
        pins.put(PIN)
        pins.put(Pin("eve@relay.test", "e" * 64, "2026-11-24", verified=True, verified_at="2026-11-25"))
        again = ClientStore(tmp_path).pins
        assert again.get(PIN.address) == PIN
        assert set(again.all()) == {"bob@relay.test", "eve@relay.test"}
        assert again.forget(PIN.address)
        assert set(pins.all()) == {"eve@relay.test"}
        assert mode(tmp_path / "pins.json") == 0o600

    @pytest.mark.parametrize("content", ["", "[]", files.to_json({"eve@relay.test": PIN})])
    def test_damaged_pins_are_an_error_and_no_empty_memory(self, content: str, tmp_path: Path) -> None:
        (tmp_path / "pins.json").write_text(content)
        pins = ClientStore(tmp_path).pins
        for act in (lambda: pins.get(PIN.address), lambda: pins.put(PIN)):
            with pytest.raises(StoreError) as caught:
                act()
            assert caught.value.code == "corrupted"
        assert (tmp_path / "pins.json").read_text() == content

    def test_default_folders(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        assert ClientStore.default_home() != RelayStore.default_state()


@pytest.fixture
def state(tmp_path: Path) -> RelayStore:
    return RelayStore(tmp_path / "state")


class TestRelayStore:
    def test_the_first_start_makes_a_ca_and_the_second_keeps_it(self, state: RelayStore) -> None:
        assert state.name is None
        first = state.open("relay.test", NOW)
        second = RelayStore(state.state).open("relay.test", NOW + timedelta(days=1))
        assert state.name == second.name == "relay.test"
        assert first.authority.certificate == second.authority.certificate
        assert first.relay.certificate == second.relay.certificate
        assert first.relay.key.private_numbers() == second.relay.key.private_numbers()
        second.relay.certificate.verify_directly_issued_by(second.authority.certificate)
        assert {mode(path) for path in (state.state / "identity").iterdir()} == {0o600}

    def test_of_many_first_starts_one_makes_the_ca(self, state: RelayStore) -> None:
        with ThreadPoolExecutor(8) as pool:
            opened = list(pool.map(lambda _: state.open("relay.test", NOW), range(8)))
        assert len({certificates.fingerprint(each.authority.certificate) for each in opened}) == 1
        assert len({certificates.fingerprint(each.relay.certificate) for each in opened}) == 1

    def test_a_due_relay_certificate_is_issued_anew(self, state: RelayStore) -> None:
        first = state.open("relay.test", NOW)
        later = NOW + timedelta(days=250)
        second = state.open("relay.test", later)
        assert second.authority.certificate == first.authority.certificate
        assert second.relay.certificate.not_valid_after_utc == later + timedelta(days=365)
        assert state.load().relay.certificate == second.relay.certificate

    def test_another_name_is_refused(self, state: RelayStore) -> None:
        state.open("relay.test", NOW)
        with pytest.raises(StoreError, match=r"belongs to the relay relay\.test, not to other\.test") as caught:
            state.open("other.test", NOW)
        assert caught.value.code == "other-name"

    def test_an_odd_name_makes_nothing(self, state: RelayStore) -> None:
        with pytest.raises(CertificateError):
            state.open("not a host", NOW)
        assert not state.state.exists()

    def test_an_unwritable_state(self, locked: Path) -> None:
        with pytest.raises(StoreError) as caught:
            RelayStore(locked).open("relay.test", NOW)
        assert caught.value.code == "not-writable"

    def test_before_the_first_start_there_is_nothing_to_load(self, state: RelayStore) -> None:
        with pytest.raises(StoreError, match="glasscall relay --state") as caught:
            state.load()
        assert caught.value.code == "not-a-relay"

    @pytest.mark.parametrize("file", ["authority.pem", "authority-key.pem", "relay.pem", "relay.json"])
    def test_a_damaged_identity_is_named(self, file: str, state: RelayStore) -> None:
        state.open("relay.test", NOW)
        (state.state / "identity" / file).write_text("nonsense")
        with pytest.raises(StoreError, match=r"identity.* is damaged"):
            state.open("relay.test", NOW)

    @pytest.mark.parametrize("file", ["authority-key.pem", "relay.pem"])
    def test_an_exposed_key_is_refused(self, file: str, state: RelayStore) -> None:
        state.open("relay.test", NOW)
        (state.state / "identity" / file).chmod(0o640)
        with pytest.raises(StoreError, match="chmod 600"):
            state.open("relay.test", NOW)

    def test_the_address_for_invites(self, state: RelayStore) -> None:
        assert state.announced() is None
        state.announce("203.0.113.7", 7443)
        assert RelayStore(state.state).announced() == ("203.0.113.7", 7443)

    def test_the_running_relay_knows_at_once_who_was_invited(self, state: RelayStore) -> None:
        relay = state.open("relay.test", NOW)
        running = Enrolment(relay.authority, "relay.test", state)
        command = RelayStore(state.state)
        token = Enrolment(command.load().authority, "relay.test", command).invite("bob", NOW)
        assert running.enrol(signals.Enrol("bob", token, certificates.make_csr(KEY, "bob")), NOW)
        assert command.names() == ["bob"]

    def test_of_many_spenders_one_wins(self, state: RelayStore) -> None:
        digest = "d" * 64
        assert not state.spend_invite(digest)
        state.add_invite(PendingInvite("bob", digest, NOW))
        assert state.invite(digest) == PendingInvite("bob", digest, NOW)
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda _: state.spend_invite(digest), range(40)))
        assert won.count(True) == 1
        assert state.invite(digest) == PendingInvite("bob", digest, NOW, used=True)

    def test_of_many_that_open_an_account_one_wins(self, state: RelayStore) -> None:
        accounts = [Account("bob", (f"{n:064x}",), f"{n:x}", NOW) for n in range(20)]
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(state.open_account, accounts))
        assert won.count(True) == 1
        assert state.account("bob") == accounts[won.index(True)]

    def test_only_accounts_count_as_people(self, state: RelayStore) -> None:
        assert state.names() == []
        for name in ("zoe", "bob"):
            state.open_account(Account(name, ("a" * 64,), "1", NOW))
        for stray in (".bob.json-0123", "Bob.json", "notes.txt", "bob.json~"):
            (state.state / "accounts" / stray).write_text("x")
        assert state.names() == ["bob", "zoe"]

    @pytest.mark.parametrize(
        "account", [Account("eve", ("a" * 64,), "1", NOW), Account("bob", (), "1", NOW)], ids=["moved", "keyless"]
    )
    def test_an_account_that_was_moved_or_has_no_key_is_damaged(self, account: Account, state: RelayStore) -> None:
        files.write_private(state.state / "accounts" / "bob.json", files.to_json(account))
        with pytest.raises(StoreError) as caught:
            state.account("bob")
        assert caught.value.code == "corrupted"

    def test_a_damaged_invite_is_not_taken_for_none(self, state: RelayStore) -> None:
        files.write_private(state.state / "invites" / f"{'d' * 64}.json", "{}")
        with pytest.raises(StoreError) as caught:
            state.invite("d" * 64)
        assert caught.value.code == "corrupted"

    @pytest.mark.parametrize("odd", ["../bob", "", "Bob", "bob\n", "a/b", "x" * 64, "A" * 64])
    def test_no_file_is_named_by_what_was_not_checked(self, odd: str, state: RelayStore) -> None:
        for act in (state.account, state.invite, state.spend_invite):
            with pytest.raises(LocalError, match="was about to become"):
                act(odd)
