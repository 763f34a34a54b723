"""How often is too often: token buckets, one or one for each of many. Time comes in as an argument, in seconds."""

from voip.config import Rate

KEYS_MAX = 10_000
"""Buckets that are kept at once; the fullest are forgotten first, which changes nothing for whom they belong to."""


class TokenBucket:
    """Lets `rate` events a second pass, and up to `burst` at once."""

    __slots__ = ("_at", "_burst", "_level", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._at = now

    def take(self, now: float, amount: float = 1) -> bool:
        """Whether `amount` more is within bounds; then it is taken."""
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        if self._level < amount:
            return False
        self._level -= amount
        return True

    def level(self, now: float) -> float:
        """What could be taken, as a part of the whole."""
        return min(self._burst, self._level + (now - self._at) * self._rate) / self._burst


class Buckets:
    """A bucket for each key. A key of which nothing was heard for long is a full bucket, and so need not be kept."""

    def __init__(self, rate: Rate, keys_max: int = KEYS_MAX) -> None:
        self._rate = rate
        self._keys_max = keys_max
        self._buckets: dict[str, TokenBucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now: float) -> bool:
        """Whether one more event of `key` is within bounds."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._keys_max:
                self._forget(now)
            bucket = self._buckets[key] = TokenBucket(self._rate.per_second, self._rate.at_once, now)
        return bucket.take(now)

    def _forget(self, now: float) -> None:
        """Make room: half of them go, those that are most nearly full."""
        levels = sorted(self._buckets, key=lambda key: self._buckets[key].level(now), reverse=True)
        for key in levels[: self._keys_max // 2 + 1]:
            del self._buckets[key]
