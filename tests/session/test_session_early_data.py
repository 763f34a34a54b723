"""0-RTT through the engine: what is said with the ClientHello, when it is heard, and what becomes of it."""

import pytest
from people import RELAY, House

from voip.io import clock
from voip.session.tls import TlsEngine, early, link_context, relay_context
from voip.session.tls.events import Established, Failed, HandshakeMessage, Received, Record

TOKEN = b'{"is":"join","token":"once"}'


class Parties:
    """A person and a relay, and a ticket between them."""

    def __init__(self, versions=("1.3",)) -> None:
        house = House()
        alice = house.person("alice")
        self.alice = alice
        self.client = link_context(alice.certificate, alice.key, house.ca, versions)
        self.server = relay_context(house.relay.certificate, house.relay.key, house.ca, versions)

    def ends(self, resume=None, early_data=b"") -> tuple[TlsEngine, TlsEngine]:
        client = TlsEngine(self.client, clock=clock.monotonic, server_name=RELAY, resume=resume, early_data=early_data)
        server = TlsEngine(self.server, clock=clock.monotonic)
        server.start()
        return client, server

    def ticket(self):
        client, server = self.ends()
        client.start()
        exchange(client, server)
        found = client.resumption
        client.close()
        server.close()
        return found


def exchange(client: TlsEngine, server: TlsEngine, turns: int = 4) -> tuple[list, list]:
    """What each end saw, until nothing more is to be said."""
    mine, theirs = [], []
    for _ in range(turns):
        theirs += server.receive(client.take_output())
        mine += client.receive(server.take_output())
    return mine, theirs


def names(events: list) -> list[str]:
    return [event.name for event in events if isinstance(event, HandshakeMessage)]


def received(events: list) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Received))


def established(events: list) -> Established:
    return next(event for event in events if isinstance(event, Established))


def test_the_first_flight_carries_the_token_and_the_server_knows_whose_it_is():
    parties = Parties()
    client, server = parties.ends(parties.ticket(), TOKEN)
    sent = client.start()
    assert client.early_offered
    flight = client.take_output()
    assert TOKEN not in flight
    assert [event.type for event in sent if isinstance(event, Record)][-1] == "application_data"
    seen = server.receive(flight)
    assert received(seen) == TOKEN
    who = established(seen)
    assert who.early == "taken"
    assert who.resumed
    assert who.peer[0] == parties.alice.certificate.public_bytes(early_der())
    assert not server.finished
    # The order of what is told: who it is, before what they said.
    assert seen.index(who) < next(i for i, event in enumerate(seen) if isinstance(event, Received))


def early_der():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def test_the_server_answers_before_the_client_has_finished():
    parties = Parties()
    client, server = parties.ends(parties.ticket(), TOKEN)
    client.start()
    server.receive(client.take_output())
    server.send(b"welcome")
    mine = client.receive(server.take_output())
    assert received(mine) == b"welcome"
    assert established(mine).early == "taken"
    theirs = server.receive(client.take_output())
    assert "EndOfEarlyData" in names(theirs)
    assert server.finished
    assert not any(isinstance(event, Established) for event in theirs)  # it was said once, before
    client.send(b"and more")
    assert received(server.receive(client.take_output())) == b"and more"
    server.send(b"the same")
    assert received(client.receive(server.take_output())) == b"the same"


def test_a_resumed_connection_after_one_with_early_data_still_gets_tickets():
    parties = Parties()
    ticket = parties.ticket()
    for _ in range(3):  # one ticket serves every leg of a link
        client, server = parties.ends(ticket, TOKEN)
        client.start()
        mine, _ = exchange(client, server)
        assert established(mine).early == "taken"
        assert client.resumption is not None
        client.close()
        server.close()


def test_without_a_ticket_nothing_is_said_early():
    parties = Parties()
    client, server = parties.ends(None, TOKEN)
    client.start()
    mine, theirs = exchange(client, server)
    assert not client.early_offered
    assert established(mine).early == established(theirs).early == ""
    assert received(theirs) == b""


def test_tls_1_2_knows_no_early_data():
    parties = Parties(("1.2",))
    client, server = parties.ends(parties.ticket(), TOKEN)
    client.start()
    mine, theirs = exchange(client, server)
    assert established(mine).resumed
    assert established(mine).early == ""
    assert received(theirs) == b""


def test_a_server_with_other_keys_takes_none_and_the_client_learns_it():
    parties = Parties()
    ticket = parties.ticket()
    house = House()
    alice = house.person("alice")
    stranger = Parties()
    stranger.server = relay_context(house.relay.certificate, house.relay.key, house.ca)
    client, _ = parties.ends(ticket, TOKEN)
    server = TlsEngine(stranger.server, clock=clock.monotonic)
    server.start()
    client.start()
    assert client.early_offered
    theirs = server.receive(client.take_output())
    assert received(theirs) == b""  # it cannot be read without the ticket's keys
    mine = client.receive(server.take_output())
    assert isinstance(mine[-1], Failed)  # another CA: the ordinary handshake is refused as ever
    assert alice is not None


def test_a_relay_restarted_with_the_same_identity_takes_none_and_the_handshake_goes_on():
    house = House()
    alice = house.person("alice")
    parties = Parties()
    parties.client = link_context(alice.certificate, alice.key, house.ca)
    parties.server = relay_context(house.relay.certificate, house.relay.key, house.ca)
    ticket = parties.ticket()
    parties.server = relay_context(house.relay.certificate, house.relay.key, house.ca)  # new ticket keys
    client, server = parties.ends(ticket, TOKEN)
    client.start()
    mine, theirs = exchange(client, server)
    assert established(mine).early == "refused"
    assert not established(mine).resumed
    assert received(theirs) == b""
    client.send(TOKEN)
    assert received(server.receive(client.take_output())) == TOKEN


def test_more_than_the_ticket_allows_is_not_even_tried():
    parties = Parties()
    client, _ = parties.ends(parties.ticket(), bytes(early.EARLY_MAX + 1))
    client.start()
    assert not client.early_offered


def test_a_bit_changed_in_the_early_data_ends_the_connection():
    parties = Parties()
    client, server = parties.ends(parties.ticket(), TOKEN)
    client.start()
    flight = bytearray(client.take_output())
    flight[-3] ^= 1
    theirs = server.receive(bytes(flight))
    assert received(theirs) == b""
    assert isinstance(theirs[-1], Failed)
    assert server.established is None


@pytest.mark.parametrize(
    ("message", "taken"),
    [
        (bytes.fromhex("080000060004002a0000"), True),
        (bytes.fromhex("0800000a0008001000" + "04002a0000"), False),
        (bytes.fromhex("08000002" + "0000"), False),
        (bytes.fromhex("08000001" + "00"), False),
        (bytes.fromhex("08000008ffff0010ffff00"), False),
    ],
)
def test_what_encrypted_extensions_says_of_them(message: bytes, taken: bool):
    assert early.were_taken(message) is taken
