"""Where a person looks closer: the page, and what of a handshake is opened on it. Pure: no Qt, one frozen value."""

from dataclasses import dataclass
from typing import Literal

from gui.inspection import Inspection

Page = Literal["handshake", "certificates", "wire", "voice", "compare", "lab"]
FIRST = Inspection("link")


@dataclass(frozen=True, slots=True)
class Study:
    """What is looked at instead of the call."""

    page: Page = "handshake"
    inspection: Inspection = FIRST
    """Kept while another page is looked at."""
