"""0-RTT with the binding's own calls: what docs/adr/0008 says is seen here. The product does not use it yet."""

from cryptography.hazmat.bindings.openssl.binding import Binding
from people import RELAY, House

from voip.io import clock
from voip.session.tls import TlsEngine, link_context, relay_context

LIB, FFI = Binding().lib, Binding().ffi
TOKEN = b'{"is":"join","token":"once"}'
SUCCESS, FINISH = 1, 2
"""What SSL_read_early_data says: there was some; there was none, the handshake goes on without."""


class Parties:
    def __init__(self, most: int) -> None:
        house = House()
        alice = house.person("alice")
        self.client = link_context(alice.certificate, alice.key, house.ca)
        self.server = relay_context(house.relay.certificate, house.relay.key, house.ca)
        assert LIB.SSL_CTX_set_max_early_data(self.server.openssl._context, most) == 1

    def ticket(self):
        """A full handshake, and what can be resumed after it."""
        client, server = self.engine(self.client), TlsEngine(self.server, clock=clock.monotonic)
        server.start()
        client.start()
        for _ in range(4):
            server.receive(client.take_output())
            client.receive(server.take_output())
        found = client.resumption
        client.close()
        server.close()
        return found

    def engine(self, context, resume=None) -> TlsEngine:
        return TlsEngine(context, clock=clock.monotonic, server_name=RELAY, resume=resume)

    def hello(self, ticket) -> tuple[int, bytes]:
        """Whether OpenSSL took the token as early data, and the client's first flight with it."""
        client = self.engine(self.client, ticket)
        written = FFI.new("size_t *")
        took = LIB.SSL_write_early_data(client._connection._ssl, FFI.new("char[]", TOKEN), len(TOKEN), written)
        return took, client._connection.bio_read(65_536) if took == 1 else b""

    def read(self, flight: bytes) -> tuple[int, bytes]:
        """What a relay that gets this flight reads before it has answered anything."""
        server = TlsEngine(self.server, clock=clock.monotonic)
        server._connection.bio_write(flight)
        data, count = FFI.new("char[]", 4096), FFI.new("size_t *")
        result = LIB.SSL_read_early_data(server._connection._ssl, data, 4096, count)
        return result, bytes(FFI.buffer(data, count[0]))


def test_the_token_can_ride_in_the_first_flight_and_a_replay_buys_nothing():
    parties = Parties(16_384)
    took, flight = parties.hello(parties.ticket())
    assert took == 1
    assert TOKEN not in flight
    assert parties.read(flight) == (SUCCESS, TOKEN)
    # The very same bytes again: OpenSSL's anti-replay knows the ticket, so there is no early data to be had.
    assert parties.read(flight) == (FINISH, b"")


def test_a_server_that_allows_none_gets_none():
    parties = Parties(0)
    ticket = parties.ticket()
    assert LIB.SSL_SESSION_get_max_early_data(ticket._session) == 0
    assert parties.hello(ticket)[0] != 1
