"""Where connections wait that are shaking hands: bounded, and no address can fill it so that others stay outside.

When it is full, the address that has the most there makes room with its oldest, unless that is the newcomer's own. So
thousands of half-open connections from one address cost that address its own, and nobody else theirs.
"""

import ipaddress
from typing import Generic, TypeVar

T = TypeVar("T")
_SUBNET_BITS = 64
"""Bits of an IPv6 address that tell one network from another; the rest is a host's own choice (RFC 4291 §2.5.1)."""


def origin(address: str) -> str:
    """What counts as one address: an IPv4 address, or an IPv6 network of 2^64; anything else as it is."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _SUBNET_BITS), strict=False))


class Hall(Generic[T]):
    """At most `total` guests at once, and at most `each` of one address."""

    def __init__(self, total: int, each: int) -> None:
        self._total = total
        self._each = each
        self._guests: dict[str, dict[T, None]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def room_for(self, address: str) -> tuple[bool, T | None]:
        """Whether one more of `address` may `enter`, and who must be sent away first."""
        mine = len(self._guests.get(address, ()))
        if mine >= self._each:
            return False, None
        if self._count < self._total:
            return True, None
        # Seldom: a full hall. Looking through its addresses is cheaper than keeping them in order all the time.
        crowd = max(self._guests.values(), key=len)
        if len(crowd) <= max(mine, 1):
            return False, None
        return True, next(iter(crowd))

    def enter(self, address: str, guest: T) -> None:
        """`guest` is here."""
        self._guests.setdefault(address, {})[guest] = None
        self._count += 1

    def leave(self, address: str, guest: T) -> None:
        """`guest` is here no more; nothing when they were not."""
        guests = self._guests.get(address)
        if guests is not None and guest in guests:
            del guests[guest]
            self._count -= 1
            if not guests:
                del self._guests[address]
