"""Counts what a TLS connection authenticated, from its engine's events: evidence, like SRTP's own counters.

Record ──→ RecordCount.notice ──→ RecordsCounted, once a second at most
Failed ──→                  └───→ RecordsCounted with the one that was rejected
"""

from voip.journal.observations import RecordsCounted
from voip.session.tls.events import Failed, Record, TlsEvent

TELL_EVERY = 1.0
"""Seconds between two tellings; what comes sooner is told with the next record."""
FORGED = frozenset({"bad-record-mac", "decrypt-error"})
"""Why a connection failed whose last record was not authentic."""


class RecordCount:
    """One connection's, from the end of its handshake.

    A record's header is seen before its tag is checked, so a record counts as authentic when the next one has come.
    """

    def __init__(self) -> None:
        self._authentic = 0
        self._unjudged = False
        self._told_at = float("-inf")

    def notice(self, event: TlsEvent) -> RecordsCounted | None:
        """What is to be told after `event`, if anything."""
        if isinstance(event, Failed) and event.code in FORGED and self._unjudged:
            self._unjudged = False
            return RecordsCounted(self._authentic, rejected=1)
        if not isinstance(event, Record) or event.direction == "out" or event.type != "application_data":
            return None
        self._authentic += self._unjudged
        self._unjudged = True
        if not self._authentic or event.at < self._told_at + TELL_EVERY:
            return None
        self._told_at = event.at
        return RecordsCounted(self._authentic)
