"""What a router does to the packets that pass it: lose some at random, swallow all UDP. nftables rules, one table.

    iifname "alice": what comes from alice        oifname "alice": what goes to alice

All of it is set in one transaction, so that no packet ever meets half of the rules.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from .namespaces import inside, run

Way = Literal["both", "from", "to"]
"""Of packets, as the host sees it: those *from* it, those *to* it."""
_THOUSAND = 1000


class Faults:
    """The rules of one router. Names of hosts are names of the router's devices towards them."""

    def __init__(self, router: str) -> None:
        self._router = router
        self._rules: list[str] = []
        self._set()

    @contextmanager
    def blackhole(self, host: str, way: Way = "both") -> Iterator[None]:
        """Within the block no UDP packet passes; TCP does."""
        with self._more([f"{match} meta l4proto udp counter drop" for match in _matches(host, way)]):
            yield

    @contextmanager
    def loss(self, host: str, share: float, way: Way = "both") -> Iterator[None]:
        """Within the block each packet, of any kind, is lost with the probability `share` (below 1, in thousandths)."""
        of = round(share * _THOUSAND)
        with self._more(
            [f"{match} numgen random mod {_THOUSAND} < {of} counter drop" for match in _matches(host, way)]
        ):
            yield

    @contextmanager
    def _more(self, rules: list[str]) -> Iterator[None]:
        self._rules += rules
        try:
            self._set()
            yield
        finally:
            for rule in rules:
                self._rules.remove(rule)
            self._set()

    def _set(self) -> None:
        run(*inside(self._router, ["nft", "-f", "-"]), text=ruleset(self._rules))


def _matches(host: str, way: Way) -> list[str]:
    """What picks a host's packets."""
    return [f'{side} "{host}"' for side, of in (("iifname", "from"), ("oifname", "to")) if way in {"both", of}]


def ruleset(rules: list[str]) -> str:
    """What `nft -f` is given: the table as it was is gone, and there with `rules`, in one go."""
    return "\n".join(
        (
            "add table inet faults",
            "delete table inet faults",
            "table inet faults {",
            "chain forward {",
            "type filter hook forward priority 0; policy accept;",
            *rules,
            "}",
            "}",
            "",
        )
    )
