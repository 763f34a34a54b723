"""Attacks on the records of a link: alter one bit, alter the handshake's last word, send a record twice."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from voip.lab.handshake_keys import StolenKeys, stolen
from voip.lab.mallory import Once, Passing, between, flipped
from voip.lab.observing import alerts, handshakes, link_state, tell, tell_failure
from voip.lab.result import Finding, Scenario
from voip.lab.scene import scene
from voip.session.tls.events import Direction
from voip.wire.tls_records import APPLICATION_DATA, HEADER

Act = Callable[[Passing], Sequence[bytes]]
FINISHED = 20


def is_data(passing: Passing) -> bool:
    """An encrypted record from the client."""
    return passing.direction == "out" and passing.record.type == APPLICATION_DATA


class Encrypted:
    """A hand that does something to the `count`th encrypted record of one direction, counted over
    all connections.
    """

    def __init__(self, direction: Direction, count: int, act: Act) -> None:
        self.told = "no record"
        self._direction = direction
        self._left = count
        self._act = act

    async def __call__(self, passing: Passing) -> Sequence[bytes]:
        """See `Hand`."""
        if passing.direction != self._direction or passing.record.type != APPLICATION_DATA:
            return (passing.raw,)
        self._left -= 1
        if self._left:
            return (passing.raw,)
        self.told = passing.told
        return self._act(passing)


async def tamper_record(folder: Path) -> Finding:
    """One bit of a record is turned over on its way to the relay.

    Mallory stands between alice and her relay. She cannot read the records, but she can change them: one bit, in the
    middle of a signal.

    What should stop it: the authentication tag that ends every record (AEAD, RFC 8446 §5.2). It is computed over the
    whole record with a key that Mallory has not, so the relay notices one changed bit among thousands, answers with the
    alert bad_record_mac, and takes nothing more from this connection. Encryption alone would not do: without the tag,
    a bit turned in the ciphertext is a bit turned in the message.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        alice = await place.phone("alice", via=mallory)
        hand = mallory.hand = Once(is_data, lambda passing: [flipped(passing.raw, HEADER + 7)])
        state = await link_state(alice, "offline")
        found = [alert for alert in alerts(alice, "link") if alert.name == "bad_record_mac"]
        done = hand.done.told if hand.done else "no record at all"
        return Finding(
            attempt=f"Turned over bit 0 of byte {HEADER + 7} of {done}.",
            stopped_by=tell(found[0]) if found else "",
            evidence=f"alice's link ended: {state.code} — {state.sentence}",
            held=bool(found) and hand.done is not None,
        )


async def tamper_flight(folder: Path) -> Finding:
    """One bit of the encrypted part of the handshake is turned over: of the record that carries the Finished.

    Mallory waits for the last record of the relay's first flight, the Finished, and changes one bit of it.

    What should stop it: in TLS 1.3 everything after ServerHello is encrypted and authenticated already, the certificate
    and the Finished too. alice cannot open the record, sends the alert bad_record_mac and has no connection.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        member = await place.enrol("alice", via=mallory)
        # EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify: the fifth encrypted one is Finished.
        hand = mallory.hand = Encrypted("in", 5, lambda passing: [flipped(passing.raw, HEADER + 7)])
        alice = place.start(member)
        state = await link_state(alice, "offline", "refused")
        found = [alert for alert in alerts(alice, "link") if alert.name == "bad_record_mac"]
        return Finding(
            attempt=f"Turned over one bit of the Finished, still sealed: {hand.told}.",
            stopped_by=tell(found[0]) if found else "",
            evidence=f"{len(handshakes(alice, 'link'))} handshakes were finished; "
            f"alice's link: {state.code} — {state.sentence}",
            held=bool(found) and not handshakes(alice, "link"),
        )


async def tamper_finished(folder: Path) -> Finding:
    """The Finished itself is altered by somebody who has stolen the handshake's keys.

    For once Mallory has what nobody but the two ends has: the keys of this handshake, betrayed by alice's key log. She
    opens the record, turns over one bit of the Finished's verify_data and seals it again so that its tag is right.

    What should stop it: verify_data is an HMAC over the transcript, that is over every message of the handshake
    (RFC 8446 §4.4.4). alice computes her own and compares. They differ, so somebody changed something: alert
    decrypt_error. This is why a handshake ends with Finished, and why nothing in it can be changed unnoticed.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        member = await place.enrol("alice", via=mallory)
        thief = mallory.hand = Thief()
        alice = place.start(member, key_log=thief.read)
        state = await link_state(alice, "offline", "refused")
        found = [alert for alert in alerts(alice, "link") if alert.name == "decrypt_error"]
        return Finding(
            attempt=thief.told,
            stopped_by=tell(found[0]) if found else "",
            evidence=f"alice's link: {tell_failure(alice, 'link') or state.code}",
            held=bool(found) and thief.altered and not handshakes(alice, "link"),
        )


class Thief:
    """A hand that opens the relay's flight with the keys from the client's key log, and alters the Finished."""

    def __init__(self) -> None:
        self.altered = False
        self.told = "Opened nothing."
        self._keys: asyncio.Future[StolenKeys] = asyncio.get_running_loop().create_future()
        self._number = 0

    def read(self, line: bytes) -> None:
        """A line of the key log."""
        keys = stolen(line)
        if keys is not None and not self._keys.done():
            self._keys.set_result(keys)

    async def __call__(self, passing: Passing) -> Sequence[bytes]:
        """See `Hand`."""
        if self.altered or passing.direction == "out" or passing.record.type != APPLICATION_DATA:
            return (passing.raw,)
        keys = await self._keys  # the client has them as soon as it has read ServerHello
        number, self._number = self._number, self._number + 1
        inner = keys.open(number, passing.record)
        if inner[0] != FINISHED:
            return (passing.raw,)
        self.altered = True
        self.told = (
            f"Opened {passing.told} with stolen keys, turned over one bit of {len(inner) - 5} bytes of verify_data, "
            "and sealed it anew."
        )
        return (keys.seal(number, flipped(inner, 4)),)


async def replay_record(folder: Path) -> Finding:
    """A record is sent twice.

    Mallory cannot make records, but she has one that alice made, tag and all. She lets it pass and sends it again, in
    the hope that what it says happens twice.

    What should stop it: each record's number goes into its nonce (RFC 8446 §5.3), and both ends only count. The copy
    comes as number n+1, so the tag that was right for number n is wrong: alert bad_record_mac.
    """
    async with scene(folder) as place, between(place.relay.address) as mallory:
        alice = await place.phone("alice", via=mallory)
        hand = mallory.hand = Once(is_data, lambda passing: [passing.raw, passing.raw])
        state = await link_state(alice, "offline")
        found = [alert for alert in alerts(alice, "link") if alert.name == "bad_record_mac"]
        done = hand.done.told if hand.done else "nothing"
        return Finding(
            attempt=f"Let pass, and sent a second time, unaltered: {done}.",
            stopped_by=tell(found[0]) if found else "",
            evidence=f"alice's link ended: {state.code} — {state.sentence}",
            held=bool(found) and hand.done is not None,
        )


SCENARIOS = (
    Scenario("tamper-record", tamper_record),
    Scenario("tamper-flight", tamper_flight),
    Scenario("tamper-finished", tamper_finished),
    Scenario("replay-record", replay_record),
)
