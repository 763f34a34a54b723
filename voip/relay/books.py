"""The relay's books, read from the disk once and again only when somebody has written to them.

    account(name), revocation(name) ──→ have the folders changed? ──no──→ what was read before
                                           └─ yes ──→ forget it all ──→ the disk

Whoever comes in is looked up several times; a `stat` of two folders costs a tenth of reading two files. It is asked at
every look-up, so a revocation counts from the moment at which it stands on the disk, as it did without this.

A file system's clock has ticks: of two changes within one tick the second does not show. So what is read within `TICK`
of a change is not kept ("racily clean", as git's index has it).
"""

from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.enrolment import Account, Revocation

TICK = 0.1
"""Seconds: ten times the coarsest tick of a local file system's clock here, that of a kernel at 100 Hz."""
KEPT_MAX = 10_000
"""People of whom something is kept."""


class Books(RelayStore):
    """A `RelayStore` that remembers accounts and revocations."""

    def __init__(self, store: RelayStore) -> None:
        super().__init__(store.state)
        self._seen: object = None
        self._known_accounts: dict[str, Account | None] = {}
        self._known_revocations: dict[str, Revocation | None] = {}

    def account(self, name: str) -> Account | None:
        """See `RelayStore`."""
        settled = self._look()
        if name in self._known_accounts:
            return self._known_accounts[name]
        found = super().account(name)
        if settled:
            self._known_accounts[name] = found
        return found

    def revocation(self, name: str) -> Revocation | None:
        """See `RelayStore`."""
        settled = self._look()
        if name in self._known_revocations:
            return self._known_revocations[name]
        found = super().revocation(name)
        if settled:
            self._known_revocations[name] = found
        return found

    def _look(self) -> bool:
        """Forget everything when something has changed; whether what is read now may be kept."""
        changed = self.changed_at()
        if changed != self._seen or len(self._known_accounts) > KEPT_MAX or len(self._known_revocations) > KEPT_MAX:
            self._seen = changed
            self._known_accounts.clear()
            self._known_revocations.clear()
        return clock.wall().timestamp() - max(changed) / 1e9 > TICK
