"""Nonces that nobody has to remember: an HMAC over an address and the half minute.

Who shows one got it at that address, so media may be sent there: nobody can name another's address as their own.
"""

import hmac
import secrets

from voip.wire.stun import Endpoint

NONCE_SECONDS = 30
"""A nonce is good until the end of the half minute after the one in which it was given: 30 to 60 s."""
_SIZE = 16


class Nonces:
    """`secret`: 32 bytes that nobody else knows; new ones with each start will do."""

    def __init__(self, secret: bytes | None = None) -> None:
        self._secret = secrets.token_bytes(32) if secret is None else secret

    def give(self, endpoint: Endpoint, now: float) -> bytes:
        """The nonce for who is reached at `endpoint`: 32 hex digits."""
        return self._of(endpoint, int(now // NONCE_SECONDS))

    def takes(self, nonce: bytes, endpoint: Endpoint, now: float) -> bool:
        """Whether `nonce` was given to who is reached at `endpoint`, and lately."""
        period = int(now // NONCE_SECONDS)
        return any(hmac.compare_digest(nonce, self._of(endpoint, each)) for each in (period, period - 1))

    def _of(self, endpoint: Endpoint, period: int) -> bytes:
        told = endpoint.host + endpoint.port.to_bytes(2, "big") + period.to_bytes(8, "big", signed=True)
        return hmac.digest(self._secret, told, "sha256")[:_SIZE].hex().encode()
