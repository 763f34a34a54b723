"""Tells a terminal what the journal says, one line for each thing that a person would want to know."""

from rich.console import Console

from voip.journal.observations import (
    CallChanged,
    Entry,
    LanesChanged,
    LinkState,
    Observation,
    PathChanged,
    Problem,
    Reconnected,
    Reconnecting,
    SessionRenewed,
    TrustAssessed,
    WordsReady,
)
from voip.session.tls.events import Established

_PHASES = {
    "calling": "Calling {peer} …",
    "ringing": "{peer}'s phone rings.",
    "incoming": "{peer} is calling.",
    "accepting": "Picked up.",
    "talking": "Talking with {peer}.",
}
_ENDS = {
    "hung-up": "The call with {peer} is over.",
    "cancelled": "The call was cancelled.",
    "declined": "{peer} declined.",
    "busy": "{peer} is in another call.",
    "not-there": "{peer} is not there.",
    "no-answer": "{peer} did not answer.",
    "crossed": "{peer} is calling you, too.",
    "lost": "The call was lost.",
    "failed": "The call failed.",
    "relay-busy": "The relay is full; try again later.",
    "insecure": "The call was stopped, because it was not safe.",
}
_TRUST = {
    "certified": "certified by the relay's CA; compare the words to be sure",
    "pinned": "the same key as in your earlier calls",
    "verified": "the key that you verified by comparing words",
    "changed": "ANOTHER KEY than before",
}
_VOICE = {
    "both": "Voice travels",
    "out": "What you send travels",
    "in": "What is sent to you travels",
}
_WHY = {
    "proven": ": UDP works both ways",
    "silent": ": UDP fell silent",
    "unheard": ": the relay got nothing by UDP any more",
    "loss": ": too much got lost by UDP",
    "refused": ": nobody answers by UDP",
    "gone": ": the other way is not there any more",
    "forced": ", as you wanted it",
}


def ending(reason: str, peer: str, sentence: str = "") -> str:
    """Why a call ended, for a person."""
    return f"{_ENDS.get(reason, 'The call ended.').format(peer=peer)} {sentence}".strip()


def _way(what: PathChanged | LanesChanged) -> str:
    if isinstance(what, LanesChanged):
        count = what.connections
        return f"  Voice inside TLS travels on {f'{count} connections at once' if count > 1 else 'one connection'}."
    return f"  {_VOICE[what.direction]} by {what.path.upper()}, as SRTP{_WHY.get(what.reason, '')}."


def interruption(what: Observation) -> str:
    """What becomes of a talk whose connections were lost, for a person; empty for anything else."""
    match what:
        case Reconnecting():
            return "Nothing comes from the other end any more; reconnecting …"
        case Reconnected():
            return f"The other end is heard again, after {what.seconds:.1f} s."
        case SessionRenewed():
            return "  A new end-to-end session with the same person; the words stay good."
        case _:
            return ""


class Narrator:
    """Give it entries. Writes to `console` (standard error, so that standard output stays for results)."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, entry: Entry) -> None:
        """Tell `entry`, if it is worth telling."""
        line = self._line(entry)
        if line:
            self._console.print(line, markup=False)

    def _line(self, entry: Entry) -> str:
        what = entry.what
        match what:
            case Established():
                how = "resumed" if what.resumed else "full handshake"
                return f"  {entry.channel}: {what.version}, {what.cipher}, {what.group}, {how}"
            case LinkState(state="online"):
                return f"You are {what.me} at {what.relay}."
            case LinkState() if what.sentence:
                return what.sentence
            case CallChanged(phase="ended"):
                return ending(what.reason, what.peer, what.sentence)
            case CallChanged():
                return _PHASES[what.phase].format(peer=what.peer)
            case TrustAssessed():
                return f"  {what.peer}: {_TRUST[what.level]}"
            case WordsReady():
                return f"  Words to compare: {' '.join(what.words)}"
            case PathChanged() | LanesChanged():
                return _way(what)
            case Problem() if what.about != "call" or what.code == "udp-none":
                return what.sentence
            case _:
                return interruption(what)
