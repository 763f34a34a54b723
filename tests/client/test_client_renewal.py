"""A certificate is renewed over the link, whatever happens there, and whoever stays connected for months can call."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from town import of, phase, seen, talk, town

from voip.client import phone as phone_module
from voip.client.phone import Phone
from voip.io import clock
from voip.journal.observations import Credentials, Entry, FirstAudio
from voip.journal.summary import last_call, side
from voip.pki.certificates import key_fingerprint, load_certificate_untrusted

TODAY = clock.wall


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """For the relay and the phones it is so many days from now."""
    monkeypatch.setattr(clock, "wall", lambda: TODAY() + timedelta(days=days))


async def renewed(phone: Phone) -> list[bytes]:
    """Every certificate that `phone` has called its own, once there are two."""

    def another(_entry: Entry) -> bool:
        return len(own(phone)) > 1

    await seen(phone, another, "a renewed certificate")
    return own(phone)


def own(phone: Phone) -> list[bytes]:
    return [entry.what.certificate for entry in phone.journal if isinstance(entry.what, Credentials)]


async def test_a_link_on_which_nothing_happens_is_renewed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_module, "RENEWAL_LOOK", 0.05)
    async with town(tmp_path) as place:
        alice = await place.phone("alice")
        assert len(own(alice)) == 1
        later(monkeypatch, 61)  # the last third has begun; nobody comes, calls or goes
        old, new = map(load_certificate_untrusted, await renewed(alice))
        assert new.not_valid_after_utc - old.not_valid_after_utc > timedelta(days=60)
        assert key_fingerprint(new) == key_fingerprint(old)
        assert alice._desk.identity.certificate == alice._store.identity().certificate == new
        account = place.store.account("alice")
        assert (account.keys, account.serial) == ((key_fingerprint(new),), f"{new.serial_number:x}")


async def test_the_peer_is_shown_the_renewed_certificate_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await place.enrol("alice")
        await place.reissue("alice", timedelta(days=70))
        alice, bob = await place.phone("alice"), await place.phone("bob")
        new = (await renewed(alice))[-1]
        await talk(alice, bob)
        shown = [e.what.peer[0] for e in bob.journal if e.channel == "session" and hasattr(e.what, "peer")]
        assert shown == [new]
        assert side(alice.journal)["leg"]["resumed"] is True  # the link's session still vouches for the leg


@pytest.mark.parametrize("calls", ["alice", "bob"])
async def test_a_link_that_outlives_its_certificate_can_still_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: str
) -> None:
    async with town(tmp_path) as place:
        await place.enrol("alice")
        await place.reissue("alice", timedelta(days=70))
        alice, bob = await place.phone("alice"), await place.phone("bob")
        new = (await renewed(alice))[-1]
        later(monkeypatch, 21)  # the certificate that the link showed has expired yesterday
        for _ in range(2):
            await talk(*((alice, bob) if calls == "alice" else (bob, alice)))
            call = last_call(alice.journal)
            await seen(alice, lambda e, call=call: isinstance(e.what, FirstAudio) and e.call == call, "audio")
            assert side(alice.journal)["leg"]["resumed"] is False
            shown = {stream.established.peer[0] for stream in place.relay._streams}
            assert new in shown
            await alice.hang_up()
            await phase(bob, "ended", call=call)


async def test_whoever_is_revoked_is_not_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_module, "RENEWAL_LOOK", 0.05)
    async with town(tmp_path) as place:
        alice = await place.phone("alice")
        old = (await of(alice, Credentials)).certificate
        place.revoke("alice")
        later(monkeypatch, 61)
        await seen(alice, lambda e: getattr(e.what, "state", "") == "refused", "the end")
        assert own(alice) == [old]
        assert alice._store.identity().certificate.public_bytes(Encoding.DER) == old
