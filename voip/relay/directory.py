"""Where to find whom: name → link."""

from typing import Generic, Protocol, TypeVar

L = TypeVar("L")


class Directory(Protocol[L]):
    """Who is connected, and by which link. A person has at most one."""

    def enter(self, name: str, link: L) -> None:
        """`name` is reached by `link` from now on."""

    def leave(self, name: str, link: L) -> bool:
        """Forget `link`; False when it is not (or no longer) the link of `name`."""

    def find(self, name: str) -> L | None:
        """The link of `name`."""


class MemoryDirectory(Generic[L]):
    """The directory of a relay that stands alone."""

    def __init__(self) -> None:
        self._links: dict[str, L] = {}

    def enter(self, name: str, link: L) -> None:
        """See `Directory`."""
        self._links[name] = link

    def leave(self, name: str, link: L) -> bool:
        """See `Directory`."""
        if self._links.get(name) is not link:
            return False
        del self._links[name]
        return True

    def find(self, name: str) -> L | None:
        """See `Directory`."""
        return self._links.get(name)
