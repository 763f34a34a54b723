"""Pages of which one is seen, and only that one is ever measured."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget


class Stack(QStackedWidget):
    """A `QStackedWidget` that takes the room it is given.

    Qt's own asks all its pages how much room they would want, seen or not, whenever one is turned to. With a dozen
    pages of wrapped text that took 10 to 30 ms, all the while holding the interpreter's lock, and the voice waited.
    """

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name, as below
        """What the page that is seen would like."""
        page = self.currentWidget()
        return page.sizeHint() if page is not None else QSize(0, 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Nothing: the window has its own smallest size."""
        return QSize(0, 0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Never, whatever the text on a page would say."""
        return False
