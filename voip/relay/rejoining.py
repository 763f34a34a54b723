"""Calls that somebody wants back and of which the relay knows nothing more: it was restarted, or they are over.

    one says Rejoin ──→ waits ──the other says the same──→ the call is on again
                          ├── time passes, or a Hangup ──→ Ended
                          └── its link is gone ──────────→ forgotten; who comes back says it again

Nobody is rung by it: who did not say the same hears nothing. A person waits for one call at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from voip.wire.signals import Reason, Rejoin


@dataclass(frozen=True, slots=True)
class _Wish:
    name: str
    rejoin: Rejoin
    until: float

    def fits(self, name: str, rejoin: Rejoin) -> bool:
        """Whether `name` says the same from the other end."""
        mine = self.rejoin
        return (mine.to, rejoin.to, rejoin.caller) == (name, self.name, not mine.caller)


class Rejoining:
    """`absence`: seconds that one waits for the other."""

    def __init__(self, absence: float) -> None:
        self._absence = absence
        self._wishes: dict[str, _Wish] = {}
        self._call_of: dict[str, str] = {}
        self._missed: dict[str, tuple[str, Reason]] = {}
        """Of each person the last call that ended while they were away."""

    @property
    def deadlines(self) -> Iterator[float]:
        """When `expire` has something to do."""
        return (wish.until for wish in self._wishes.values())

    def knows(self, call: str) -> bool:
        """Whether somebody wants `call` back."""
        return call in self._wishes

    def waits(self, name: str) -> bool:
        """Whether `name` wants a call back."""
        return name in self._call_of

    def say(self, name: str, rejoin: Rejoin, now: float) -> bool | None:
        """True: the other said the same, and neither waits any more. None: now `name` waits. False: it does not fit."""
        wish = self._wishes.get(rejoin.call)
        if wish is not None and wish.name != name:
            if not wish.fits(name, rejoin):
                return False
            self.forget(name)
            self.forget(wish.name)
            return True
        self.forget(name)
        self._wishes[rejoin.call] = _Wish(name, rejoin, now + self._absence)
        self._call_of[name] = rejoin.call
        return None

    def cancel(self, name: str, call: str) -> tuple[str, str] | None:
        """`name` hangs up `call`; who waited for it, and for whom, if `name` is one of the two."""
        wish = self._wishes.get(call)
        if wish is None or name not in (wish.name, wish.rejoin.to):
            return None
        self.forget(wish.name)
        return wish.name, wish.rejoin.to

    def forget(self, name: str) -> None:
        """`name` waits no more."""
        call = self._call_of.pop(name, None)
        if call is not None:
            del self._wishes[call]

    def expire(self, now: float) -> list[tuple[str, str]]:
        """(name, call) of each who has waited long enough; they wait no more."""
        over = [(wish.name, call) for call, wish in self._wishes.items() if wish.until <= now]
        for name, _ in over:
            self.forget(name)
        return over

    def missed(self, name: str, call: str, reason: Reason) -> None:
        """`call` ended while `name` was away."""
        self._missed[name] = call, reason

    def why_over(self, name: str, call: str) -> Reason | None:
        """Why `call` is over, if it ended while `name` was away."""
        missed, reason = self._missed.get(name, ("", None))
        if missed != call:
            return None
        del self._missed[name]
        return reason
