"""What of a handshake is opened: which connection, message, face and field. Pure: no Qt, one frozen value, small steps.

opened(…) ──→ Inspection ──→ moved / on_face / on_side / on_byte / on_field ──→ Inspection
"""

from dataclasses import dataclass, replace
from typing import Literal

from gui.ladder import Ladder
from gui.view_state import ViewState
from voip.wire.anatomy import Field

Opened = Literal["link", "leg", "session"]
Face = Literal["bytes", "story", "keys"]
Side = Literal["message", "wire"]
Path = tuple[int, ...]
"""Which child at each level, from the root; empty is the root itself."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The inspector's state."""

    channel: Opened
    message: int = 0
    """Row of the ladder."""
    face: Face = "bytes"
    side: Side = "message"
    """What we decrypted, or what the wire saw."""
    field: Path = ()
    """The selected field."""


def ladder_of(state: ViewState, channel: Opened) -> Ladder:
    """The ladder of that connection."""
    return {"link": state.link, "leg": state.leg, "session": state.session}[channel]


def opened(channel: Opened, message: int) -> Inspection:
    """A message was clicked."""
    return Inspection(channel, max(0, message))


def moved(inspection: Inspection, message: int, ladder: Ladder) -> Inspection:
    """Another message of the same ladder, as far as there is one; its whole is selected."""
    message = max(0, min(message, len(ladder.rows) - 1))
    return inspection if message == inspection.message else replace(inspection, message=message, field=())


def on_channel(inspection: Inspection, channel: Opened) -> Inspection:
    """The same face of another connection, from its first message."""
    return inspection if channel == inspection.channel else Inspection(channel, face=inspection.face)


def on_face(inspection: Inspection, face: Face) -> Inspection:
    """Bytes, story or keys."""
    return replace(inspection, face=face)


def on_side(inspection: Inspection, side: Side) -> Inspection:
    """The message, or its record; another tree, so its whole is selected."""
    return inspection if side == inspection.side else replace(inspection, side=side, field=())


def on_field(inspection: Inspection, path: Path) -> Inspection:
    """A field of the tree was chosen."""
    return replace(inspection, field=path)


def on_byte(inspection: Inspection, tree: Field, offset: int) -> Inspection:
    """A byte was chosen: the smallest field that holds it is selected. A byte outside the tree changes nothing."""
    path = path_to(tree, offset)
    return inspection if path is None else on_field(inspection, path)


def path_to(tree: Field, offset: int) -> Path | None:
    """Where the smallest field that holds byte `offset` stands; None when none does."""
    if not tree.start <= offset < tree.end:
        return None
    path: list[int] = []
    node = tree
    while True:
        for i, child in enumerate(node.children):
            if child.start <= offset < child.end:
                path.append(i)
                node = child
                break
        else:
            return tuple(path)


def clipped(tree: Field, path: Path) -> Path:
    """`path` as deep as `tree` has fields there."""
    node, kept = tree, 0
    for i in path:
        if not 0 <= i < len(node.children):
            break
        node, kept = node.children[i], kept + 1
    return path[:kept]


def field_at(tree: Field, path: Path) -> Field:
    """The field at `path`; the nearest above it when the tree has none there."""
    node = tree
    for i in path:
        if not 0 <= i < len(node.children):
            break
        node = node.children[i]
    return node
