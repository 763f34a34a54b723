"""One connection's card: what it hides, its ladder, and quietly what was agreed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui.ladder import Ladder
from gui.say import say
from gui.theme import Look, type_face
from gui.widgets.basic import Mark, column, label, row, tone
from gui.widgets.ladder_view import LadderView
from gui.wording import (
    CERTIFICATE_OF,
    HANDSHAKE_FAILED,
    LADDER_EMPTY,
    LADDER_SUB,
    LINK,
    MESSAGES_IN,
    POST_QUANTUM,
    PROBLEM,
    RESUMED,
    YOU,
    cipher_name,
    version_name,
)


def agreed_lines(ladder: Ladder) -> tuple[str, str, str]:
    """`TLS 1.3 · AES-256-GCM`, `X25519MLKEM768 · post-quantum`, and the certificate with the count of messages."""
    agreed = ladder.agreed
    if agreed is None:
        return "", "", ""
    first = [version_name(agreed.version), cipher_name(agreed.cipher)]
    second = [agreed.group] + ([say(POST_QUANTUM)] if agreed.post_quantum else [])
    if agreed.resumed:
        second.append(say(RESUMED))
    third = say(CERTIFICATE_OF, name=agreed.subject) if agreed.subject else ""
    return " · ".join(first), " · ".join(second), third


class LadderCard(QFrame):
    """Title, ladder, summary. `colour` as in the palette."""

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._colour = colour
        inside = column(self, gap=0, margins=(16, 12, 14, 12))
        self._title, self._sub, self._took = label("heading", wrap=True), label("caption", wrap=True), label("hint")
        self._took.setFont(type_face(12, figures=True))
        head = row(None, gap=8)
        head.addWidget(self._title, 1)
        head.addWidget(self._took, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(head)
        inside.addSpacing(2)
        inside.addWidget(self._sub)
        inside.addSpacing(8)
        self._empty = label("hint", wrap=True, centre=True)
        inside.addWidget(self._empty, 1)
        self.view = LadderView(look, colour)
        inside.addWidget(self.view)
        self._spring = QWidget()
        inside.addWidget(self._spring, 1)
        inside.addSpacing(10)
        foot = row(None, gap=6)
        self._mark = Mark(look, "lock", colour, 15)
        self._first, self._second, self._third = label("heading"), label("caption", wrap=True), label("hint", wrap=True)
        foot.addWidget(self._mark)
        foot.addWidget(self._first, 1)
        inside.addLayout(foot)
        inside.addSpacing(3)
        inside.addWidget(self._second)
        inside.addWidget(self._third)
        self._below = QWidget()
        inside.addWidget(self._below, 1)
        self._first.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._inside = inside

    def tighten(self, on: bool) -> None:
        """Less air at the sides."""
        self._inside.setContentsMargins(*((12, 12, 10, 12) if on else (16, 12, 14, 12)))

    def show_ladder(self, ladder: Ladder, title: str, there: str) -> None:
        """Paint `ladder` under `title`; `there` names the other end."""
        self._title.setText(title)
        self._sub.setText(say(LADDER_SUB[ladder.channel]))
        self._empty.setText(say(LADDER_EMPTY[ladder.channel]))
        self._empty.setVisible(not ladder.rows and not ladder.failure)
        self.view.setVisible(bool(ladder.rows))
        self.view.show_ladder(ladder, say(YOU), there)
        first, second, third = agreed_lines(ladder)
        gone = ladder.channel == "link" and ladder.closed and ladder.agreed is not None
        failed = gone or (bool(ladder.failure or ladder.alert) and not ladder.agreed)
        if failed:
            why = ladder.alert or ladder.failure_code
            broke = not gone and (ladder.rows or ladder.alert)
            first = say(HANDSHAKE_FAILED, why=why) if broke else say(LINK["offline"])
            second, third = say(PROBLEM.get(ladder.failure_code) or ladder.failure), ""
        elif ladder.agreed is not None:
            self._took.setText(f"{ladder.agreed.handshake_ms:.1f} ms")
            self._took.setToolTip(say(MESSAGES_IN, count=ladder.messages, ms=f"{ladder.agreed.handshake_ms:.1f}"))
        self._took.setVisible(ladder.agreed is not None)
        self._mark.become("alert" if failed else "lock", "bad" if failed else self._colour)
        self._mark.setVisible(bool(first))
        high = failed and not ladder.rows
        self._below.setVisible(high)
        self._spring.setVisible(not high and bool(ladder.rows))
        tone(self._first, "bad" if failed else self._colour)
        for line, text in ((self._first, first), (self._second, second), (self._third, third)):
            line.setText(text)
            line.setVisible(bool(text))
        self._first.setWordWrap(failed)
        self.setAccessibleName(f"{title}. {first}. {second}. {third}")
        self.view.setAccessibleName(title)
