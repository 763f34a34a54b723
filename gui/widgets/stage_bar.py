"""Where the delay comes from: eight stages as one bar, with a legend below."""

from gui.say import say
from gui.theme import Look
from gui.widgets.share_bar import Share, ShareBar
from gui.wording import STAGE
from voip.journal.observations import STAGES


class StageBar(ShareBar):
    """Widths in proportion to milliseconds; the legend has each stage's name and number."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._stages: dict[str, float] = {}
        look.changed.connect(self._dress)
        self.show_stages({})

    def show_stages(self, stages: dict[str, float]) -> None:
        """Show these milliseconds by stage."""
        self._stages = stages
        colours = zip(STAGES, self._look.palette.stages, strict=True)
        shares = [
            Share(say(STAGE[name]), stages.get(name, 0.0), f"{stages[name]:.1f}" if name in stages else "–", colour)
            for name, colour in colours
        ]
        told = ", ".join(f"{share.name} {share.value:.1f} ms" for share in shares) if stages else ""
        self.show_shares(shares, told)

    def _dress(self) -> None:
        self.show_stages(self._stages)
