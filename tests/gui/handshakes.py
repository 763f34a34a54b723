"""Real handshakes for the window: a TLS engine on each side, what each of them saw; times written like a script's."""

from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding
from story import CALL, RELAY, Story

from voip.journal.observations import CallChanged, Channel, Connecting, Credentials, LinkState, PersonSeen
from voip.pki.ca import issue_client, issue_relay, make_authority
from voip.pki.certificates import Identity, load_csr_untrusted, make_csr, new_key
from voip.session.tls import TlsEngine, callee_context, caller_context, link_context, relay_context
from voip.session.tls.events import TlsEvent
from voip.wire import signals
from voip.wire.framing import frame
from voip.wire.signals import JoinLeg


@cache
def _house():
    now = datetime.now(UTC)
    authority = make_authority(RELAY, now)

    def person(name: str) -> Identity:
        key = new_key()
        csr = load_csr_untrusted(make_csr(key, name))
        return Identity(issue_client(authority, csr, name, RELAY, now), key)

    return authority.certificate, issue_relay(authority, RELAY, now), person("alice"), person("bob")


@cache
def _contexts():
    ca, relay, alice, bob = _house()
    return {
        "relay": relay_context(relay.certificate, relay.key, ca),
        "relay-1.2": relay_context(relay.certificate, relay.key, ca, ("1.2",)),
        "alice": link_context(alice.certificate, alice.key, ca, ("1.2", "1.3")),
        "caller": caller_context(alice.certificate, alice.key, ca),
        "callee": callee_context(bob.certificate, bob.key, ca),
    }


def _engines(version: str, end_to_end: bool, resume, early=b""):
    made = _contexts()
    clock = iter(range(10**9)).__next__
    client = TlsEngine(
        made["caller" if end_to_end else "alice"], clock=lambda: clock() * 1e-4, server_name=RELAY, resume=resume,
        early_data=early,
    )  # fmt: skip
    key = "callee" if end_to_end else ("relay-1.2" if version == "1.2" else "relay")
    return client, TlsEngine(made[key], clock=lambda: clock() * 1e-4)


TOKEN = frame(signals.encode(JoinLeg(call=CALL, token="5c" * 16)))


@cache
def handshake(
    version="1.3", *, server=False, resumed=False, end_to_end=False, early=False
) -> tuple[tuple[float, TlsEvent], ...]:
    """(milliseconds, event) of one end: the client's, or the server's. `early`: with a leg's token at once (0-RTT)."""
    resume = None
    for last in (False, True)[not resumed :]:
        client, other = _engines(version, end_to_end, resume, TOKEN if early and last else b"")
        seen: dict[TlsEngine, list] = {client: [], other: []}
        step = 0.0
        seen[client] += [(0.0, e) for e in client.start()]
        seen[other] += [(0.0, e) for e in other.start()]
        moved = True
        while moved:
            moved = False
            for source, sink in ((client, other), (other, client)):
                data = source.take_output()
                if data:
                    moved = True
                    step += 0.912
                    events = sink.receive(data)
                    seen[sink] += [(step + i * 0.011, e) for i, e in enumerate(events)]
        resume = client.resumption
    return tuple(seen[other if server else client])


@cache
def ending(version="1.3", *, refused=False) -> tuple[TlsEvent, ...]:
    """What a client saw to the end: of a relay whose CA it does not know (`refused`), or up to its goodbye."""
    ca, _relay, alice, _bob = _house()
    known = make_authority("elsewhere.example", datetime.now(UTC)).certificate if refused else ca
    client = TlsEngine(
        link_context(alice.certificate, alice.key, known, ("1.2", "1.3")), clock=lambda: 0.0, server_name=RELAY
    )
    server = TlsEngine(_contexts()["relay-1.2" if version == "1.2" else "relay"], clock=lambda: 0.0)
    seen = client.start()
    server.start()
    for turn in range(5):
        server.receive(client.take_output())
        seen += client.receive(server.take_output())
        if turn == 3 and client.established is not None:
            seen += client.close()
    return tuple(seen)


@cache
def early(data=b"token") -> tuple[TlsEvent, ...]:
    """What a client saw that resumed and said `data` with its ClientHello."""
    ended, resume, seen = (), None, []
    for said in (b"", data):
        client = TlsEngine(_contexts()["alice"], clock=lambda: 0.0, server_name=RELAY, resume=resume, early_data=said)
        server = TlsEngine(_contexts()["relay"], clock=lambda: 0.0)
        seen = client.start()
        server.start()
        for _turn in range(4):
            server.receive(client.take_output())
            seen += client.receive(server.take_output())
        resume = client.resumption
        ended = (*seen,)
    return ended


def add_handshake(
    story: Story, channel: Channel, version="1.3", *, call="", to=RELAY, server=False, resumed=False, early=False,
    upto=None,
) -> Story:  # fmt: skip
    """`story` with a real handshake on `channel`; `upto` so many events."""
    story.add(channel, Connecting(to), call=call)
    begin = story.at + 0.0004
    seen = handshake(version, server=server, resumed=resumed, end_to_end=channel == "session", early=early)
    for ms, event in seen[:upto]:
        story.at = begin + ms / 1000
        story.add(channel, event, call=call)
    return story


def certificate_of(name: str) -> bytes:
    """alice's or bob's certificate in these handshakes, DER."""
    _ca, _relay, alice, bob = _house()
    return {"alice": alice, "bob": bob}[name].certificate.public_bytes(Encoding.DER)


def real_call(version="1.3", *, outgoing=True) -> Story:
    """alice, online over a link of that version, in a call with bob: every message and record is real."""
    story = Story().add("phone", LinkState("connecting", RELAY, "alice"))
    authority = _house()[0].public_bytes(Encoding.DER)
    story.add("link", Credentials(certificate_of("alice"), authority))
    add_handshake(story, "link", version)
    story.add("phone", LinkState("online", RELAY, "alice"))
    for name in ("bob", "carla", "dong-hyun"):
        story.add("phone", PersonSeen(name, True))
    story.add("call", CallChanged("bob", "calling", outgoing), call=CALL, after=2.0)
    story.add("call", CallChanged("bob", "ringing", outgoing), call=CALL, after=0.02)
    add_handshake(story, "leg", version, call=CALL, resumed=True, early=version == "1.3")
    add_handshake(story, "session", call=CALL, to="bob", server=not outgoing)
    return story.trusted("pinned")
