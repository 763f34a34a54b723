"""What a call's bytes are made of: the voice itself, its headers, and what protects it."""

from gui.say import say
from gui.theme import Look
from gui.widgets.share_bar import Share, ShareBar
from gui.words.compare import COST_BAR, COST_PART
from voip.journal.observations import CallCost


class CostBar(ShareBar):
    """Hidden while nothing was counted."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, lines=1)
        self._cost: CallCost | None = None
        look.changed.connect(self._dress)
        self.show_cost(None)

    def show_cost(self, cost: CallCost | None) -> None:
        """The bytes of the leg, both ways together, by what they are for."""
        self._cost = cost
        p = self._look.palette
        colours = (p.text2, p.text3, p.stages[3], p.inner, p.outer)
        counts = [getattr(cost, name) for name in COST_PART] if cost is not None else []
        whole = sum(counts)
        self.setVisible(whole > 0)
        self.setAccessibleName(say(COST_BAR))
        shares = [
            Share(say(title), count, f"{100 * count / max(whole, 1):.0f} %", colour)
            for title, count, colour in zip(COST_PART.values(), counts, colours, strict=False)
        ]
        self.show_shares(shares, ", ".join(f"{share.name} {share.number}" for share in shares))

    def _dress(self) -> None:
        self.show_cost(self._cost)
