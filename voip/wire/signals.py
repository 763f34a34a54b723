"""The JSON messages, one frozen struct each. Unknown fields and unknown messages are refused, sizes are bounded.

A call, as the signals tell it (alice calls bob; → to the relay, ← from it):

    alice                         relay                          bob
    Invite ───────────────────────→
    ←────────────────────── Ringing   Incoming ───────────────────→
    JoinLeg ══ leg ═══════════════→   ←══════════════ leg ══ JoinLeg
    ←═══════════════════ LegJoined     LegJoined ══════════════════→
    ╞════ end-to-end TLS, then Commit · Nonce · Reveal inside it ═══╡   while it rings
    ╞═══════════════════════════════════════════════════ Accept ════╡   inside it
    ←───────────────────── Answered   ←─────────────────────── Answer
    ╞════ SRTP both ways; Delay, Muted inside the session ══════════╡
    Hangup ───────────────────────→   Ended ──────────────────────→
"""

from typing import Annotated, Literal, TypeVar

import msgspec

from voip.config import FRAME_MAX, SIGNAL_MAX
from voip.errors import SignalError

NAME_PATTERN = r"^[a-z][a-z0-9._-]{0,31}\Z"
NAME_HELP = "a name starts with a letter and has at most 32 of: a–z, 0–9, dot, dash, underscore"

Name = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
CallId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
"""16 random bytes, hex, chosen by the caller."""
Token = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
"""16 random bytes, hex, chosen by the relay, good for one leg."""
Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""32 bytes, hex."""
Pem = Annotated[str, msgspec.Meta(max_length=4096)]
Text = Annotated[str, msgspec.Meta(max_length=300)]
Number = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**32)]

SIGHTINGS_MAX = 50
"""Packets in one `Witnessed`."""

Reason = Literal[
    "hung-up",
    "cancelled",
    "declined",
    "busy",
    "not-there",
    "no-answer",
    "crossed",
    "failed",
    "lost",
    "insecure",
    "relay-busy",
]
"""Why a call ended, as the relay or the other end says. `relay-busy`: the relay has as many calls as it can carry."""


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is"):
    """Any message; `is` names the struct."""


# ── client → relay, on the link ────────────────────────────────────────────────────────────────────────────────


class Invite(Signal, frozen=True, tag="invite"):
    """Please ring `to`."""

    call: CallId
    to: Name


class Answer(Signal, frozen=True, tag="answer"):
    """I took the call (the caller believes the `Accept` inside the session, not this)."""

    call: CallId


class Hangup(Signal, frozen=True, tag="hangup"):
    """I am done with the call, or decline it."""

    call: CallId
    reason: Reason = "hung-up"


class Renew(Signal, frozen=True, tag="renew"):
    """Please renew my certificate, for the key of this CSR."""

    csr: Pem


class Rejoin(Signal, frozen=True, tag="rejoin"):
    """We were talking, `to` and I; my connection to you was lost, or you were. Please give my leg a new token.

    A relay that knows nothing of the call (it was restarted) remembers what one of the two says until the other says
    the same. Who may hear the call is not the relay's to decide: the two ends have their keys.
    """

    call: CallId
    to: Name
    caller: bool
    """Whether I was the one who called."""


class Ping(Signal, frozen=True, tag="ping"):
    """Are you there? Also measures the round trip to the relay."""

    number: Count


class Watch(Signal, frozen=True, tag="watch"):
    """Please (do not) tell me what you forward for my leg of this call."""

    call: CallId
    on: bool


# ── relay → client, on the link ────────────────────────────────────────────────────────────────────────────────


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody with an account here."""

    name: Name
    online: bool
    busy: bool = False


class Welcome(Signal, frozen=True, tag="welcome"):
    """You are in, as `name`; these are the people of this relay."""

    name: Name
    relay: Text
    people: Annotated[tuple[Person, ...], msgspec.Meta(max_length=200)]


class Presence(Signal, frozen=True, tag="presence"):
    """Somebody came, went, or is (no longer) in a call."""

    person: Person


class Ringing(Signal, frozen=True, tag="ringing"):
    """Their phone rings. `token` opens your leg."""

    call: CallId
    token: Token


class Incoming(Signal, frozen=True, tag="incoming"):
    """Somebody calls you. `token` opens your leg."""

    call: CallId
    caller: Name
    token: Token


class Rejoined(Signal, frozen=True, tag="rejoined"):
    """The answer to `Rejoin`: the call is on, and `token` opens your leg again."""

    call: CallId
    token: Token


class Answered(Signal, frozen=True, tag="answered"):
    """The other end took the call."""

    call: CallId


class Ended(Signal, frozen=True, tag="ended"):
    """The call is over, or never came to be."""

    call: CallId
    reason: Reason


class Renewed(Signal, frozen=True, tag="renewed"):
    """Your new certificate."""

    certificate: Pem


class Pong(Signal, frozen=True, tag="pong"):
    """The answer to a `Ping`."""

    number: Count


class Sighting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One packet that the relay forwarded, as it saw it."""

    direction: Literal["out", "in"]
    """As the client sees it: `out` came from its leg, `in` went to it."""
    size: Annotated[int, msgspec.Meta(ge=1, le=FRAME_MAX)]
    digest: Hex32
    """SHA-256 of the packet."""
    head: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2}){1,16}\Z")]
    """Its first bytes, at most 16, hex."""


class Witnessed(Signal, frozen=True, tag="witnessed"):
    """What I forwarded for your leg since I last said so; `skipped` packets more have no room here."""

    call: CallId
    rows: Annotated[tuple[Sighting, ...], msgspec.Meta(max_length=SIGHTINGS_MAX)]
    skipped: Count = 0


class Refused(Signal, frozen=True, tag="refused"):
    """No, with a stable `code` and an English sentence. After it the relay closes the connection (but for `Renew`)."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,39}\Z")]
    sentence: Text


# ── the leg: client ⇄ relay's patchbay ─────────────────────────────────────────────────────────────────────────


class JoinLeg(Signal, frozen=True, tag="join-leg"):
    """First message of a leg."""

    call: CallId
    token: Token


class Flow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leg needs to travel in UDP as well: STUN bindings from any address of the client make that its address."""

    id: Token
    """STUN's USERNAME."""
    key: Hex32
    """The key of its MESSAGE-INTEGRITY-SHA256: these 32 bytes, not their spelling."""
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)]
    """Of the relay, on the host to which the leg's TCP connection goes."""


class LegJoined(Signal, frozen=True, tag="leg-joined"):
    """Both legs are here: what you send now reaches the other end.

    It comes again, on the leg that stayed, when the other end's leg was lost and made anew; then `pairing` is higher.
    """

    call: CallId
    pairing: Count = 0
    """How often legs of this call were joined before."""
    again: Token | None = None
    """Opens this leg again, once, after its connection was lost."""
    lanes: Annotated[tuple[Token, ...], msgspec.Meta(max_length=2)] = ()
    """Each opens one more lane of this leg, once."""
    flow: Flow | None = None
    """None: this relay has no UDP."""


class LegReady(Signal, frozen=True, tag="leg-ready"):
    """Client → relay: I have heard of this pairing. Session records that I sent before belong to an earlier one.

    The relay drops session records of a leg between its pairing > 0 and this.
    """

    pairing: Count


class JoinLane(Signal, frozen=True, tag="join-lane"):
    """First message of a further TLS connection of an open leg: what media is sent to the leg is sent on it as well."""

    call: CallId
    token: Token


class LaneJoined(Signal, frozen=True, tag="lane-joined"):
    """The lane is open. Nothing but media travels on it."""

    call: CallId


class Receive(Signal, frozen=True, tag="receive"):
    """Client → relay, on its leg: send me media this way from now on (at first it is `tls`)."""

    path: Literal["udp", "tls"]


class FlowSilent(Signal, frozen=True, tag="flow-silent"):
    """Relay → client, on its leg: your media came by UDP, and for a while has come in no way at all."""


# ── enrolment (ALPN glasscall-join/1) ──────────────────────────────────────────────────────────────────────────


class Enrol(Signal, frozen=True, tag="enrol"):
    """Sign this key, please; `token` is from an invite."""

    name: Name
    token: Hex32
    csr: Pem


class Enrolled(Signal, frozen=True, tag="enrolled"):
    """Your certificate and the CA that signed it."""

    certificate: Pem
    authority: Pem


# ── client ⇄ client, inside the end-to-end session ─────────────────────────────────────────────────────────────


class Commit(Signal, frozen=True, tag="commit"):
    """Caller: SHA-256 of the nonce that I will reveal."""

    digest: Hex32


class Nonce(Signal, frozen=True, tag="nonce"):
    """Callee: my nonce, sent only after the commitment came."""

    nonce: Hex32


class Reveal(Signal, frozen=True, tag="reveal"):
    """Caller: the nonce that I committed to."""

    nonce: Hex32


class Accept(Signal, frozen=True, tag="accept"):
    """Callee: I picked up; media may flow."""


class Muted(Signal, frozen=True, tag="muted"):
    """I switched my microphone off or on."""

    on: bool


class Doubled(Signal, frozen=True, tag="doubled"):
    """My packets go on more than one way now (or no longer): the relay may bring you each of them more than once.

    Only who holds the session can say so. Without it, a packet that comes again inside TLS is a replay.
    """

    on: bool


class Delay(Signal, frozen=True, tag="delay"):
    """What my end adds on the way from my mouth to the network, in milliseconds."""

    capture: Number
    encode: Number
    """The codec's look-ahead and whatever else is done to the sound, with the time to compute it."""
    send: Number
    frame: Number = 0.0
    """The filling of a frame."""


class Continue(Signal, frozen=True, tag="continue"):
    """First message of a session that takes the place of an earlier one of the same call, whose leg was lost.

    It proves that whoever speaks here held the earlier session: words that were compared there stay good.
    """

    proof: Hex32


class Bye(Signal, frozen=True, tag="bye"):
    """I hang up."""

    reason: Reason = "hung-up"


LinkSignal = (
    Invite | Answer | Hangup | Rejoin | Renew | Ping | Watch
    | Welcome | Presence | Ringing | Incoming | Rejoined | Answered | Ended | Renewed | Pong | Witnessed | Refused
)  # fmt: skip
LegSignal = JoinLeg | LegJoined | LegReady | JoinLane | LaneJoined | Receive | FlowSilent | Refused
JoinSignal = Enrol | Enrolled | Refused
SessionSignal = Commit | Nonce | Reveal | Accept | Muted | Doubled | Delay | Continue | Bye

_encoder = msgspec.json.Encoder()
link_decoder: msgspec.json.Decoder[LinkSignal] = msgspec.json.Decoder(LinkSignal)
leg_decoder: msgspec.json.Decoder[LegSignal] = msgspec.json.Decoder(LegSignal)
join_decoder: msgspec.json.Decoder[JoinSignal] = msgspec.json.Decoder(JoinSignal)
session_decoder: msgspec.json.Decoder[SessionSignal] = msgspec.json.Decoder(SessionSignal)

T = TypeVar("T")


def encode(signal: Signal) -> bytes:
    """`signal` as JSON, unframed."""
    return _encoder.encode(signal)


def decode_untrusted(packet: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """The signal in `packet`; raises `SignalError` for anything but one well-formed message of that family."""
    if len(packet) > SIGNAL_MAX:
        raise SignalError(f"A message of {len(packet)} bytes came in; {SIGNAL_MAX} are allowed.", code="signal-long")
    try:
        return decoder.decode(packet)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignalError(f"A message that is not part of this protocol came in: {error}.", code="signal-bad") from None
