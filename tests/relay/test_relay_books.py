"""The books are remembered, and never after somebody has changed them."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.enrolment import Account, Revocation
from voip.relay.books import Books

KEY, OTHER = "a" * 64, "b" * 64


def account(name: str, key: str = KEY) -> Account:
    return Account(name, (key,), "1", clock.wall())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = RelayStore(tmp_path)
    store.open("relay.test", clock.wall())
    store.open_account(account("alice"))
    return tmp_path


def age(folder: Path, seconds: float = 10) -> None:
    """As if nothing had been written for so long."""
    for name in ("accounts", "revoked"):
        if (folder / name).exists():
            then = (folder / name).stat().st_mtime - seconds
            os.utime(folder / name, (then, then))


class Counting(Books):
    """Tells how often the disk was read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(RelayStore(folder))
        self.read = 0

    def _account_file(self, name: str) -> Path:
        self.read += 1
        return super()._account_file(name)

    def _revocation_file(self, name: str) -> Path:
        self.read += 1
        return super()._revocation_file(name)


def test_what_has_not_changed_is_read_once(folder: Path) -> None:
    books = Counting(folder)
    age(folder)
    first = books.account("alice")
    read = books.read
    for _ in range(5):
        assert books.account("alice") is first
    assert books.account("nobody") is books.account("nobody") is None
    assert books.revocation("alice") is books.revocation("alice") is None
    assert books.read == read + 2


def test_what_another_process_writes_counts_at_once(folder: Path) -> None:
    books, other = Counting(folder), RelayStore(folder)
    age(folder)
    assert books.account("alice").keys == (KEY,)
    assert books.revocation("alice") is None
    other.revoke(Revocation("alice", (KEY,), clock.wall()))
    assert books.revocation("alice").keys == (KEY,)
    other.readmit(account("alice", OTHER))
    assert books.revocation("alice") is None
    assert books.account("alice").keys == (OTHER,)
    (folder / "accounts" / "alice.json").unlink()
    assert books.account("alice") is None


def test_two_changes_within_one_tick_of_the_clock(folder: Path) -> None:
    """The second one leaves the folder's time as it was; so what is read so soon after a change is not kept."""
    books, other = Counting(folder), RelayStore(folder)
    age(folder)
    books.account("alice")
    other.save_account(account("alice", OTHER))
    stamp = (folder / "accounts").stat().st_mtime_ns
    assert books.account("alice").keys == (OTHER,)
    other.save_account(account("alice", KEY))
    os.utime(folder / "accounts", ns=(stamp, stamp))
    assert books.account("alice").keys == (KEY,)


def test_what_it_writes_itself_it_knows(folder: Path) -> None:
    books = Counting(folder)
    age(folder)
    books.account("alice")
    books.save_account(account("alice", OTHER))
    assert books.account("alice").keys == (OTHER,)
    age(folder, timedelta(seconds=5).total_seconds())
    assert books.account("alice").keys == (OTHER,)
