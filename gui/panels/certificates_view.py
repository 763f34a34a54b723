"""Certificates: who vouches for whom on the left; what the chosen one says on the right.

       [ CA ]                    alice                     Valid ▬▬▬|▬▬▬▬▬▬▬
   ┌─────┼─────┐                 Subject …   Issuer …   SHA-256 …
[relay] [you] [bob]              Copy as PEM   Save as PEM…
how well you know bob's key
"""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFormLayout,
    QFrame,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from gui.certificates import Certificates, Node, Who, described, nodes
from gui.say import say
from gui.subject import subject_untrusted
from gui.theme import Look, mono_face
from gui.widgets.basic import column, frame, label, row, tone
from gui.widgets.trust_steps import TrustSteps, grouped
from gui.widgets.validity_bar import ValidityBar, day_text
from gui.widgets.vouching import Vouching
from gui.words import certificates as words
from voip.pki.ca import renewal_from
from voip.pki.description import Description

_MONO = frozenset({"serial", "fingerprint", "key_fingerprint"})


class CertificatesView(QWidget):
    """See the head of this file."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.chosen: Who = "peer"
        self._shown: object = None
        self._node: Node | None = None
        across = row(self, gap=16)
        side = QWidget()
        side.setProperty("role", "clear")
        left = column(side, gap=14, margins=(0, 0, 4, 0))
        self._heading = label("title")
        self.picture = Vouching(look)
        self.picture.chosen.connect(self._choose)
        self.steps = TrustSteps(look)
        left.addWidget(self._heading)
        left.addWidget(self.picture)
        left.addWidget(self.steps)
        left.addStretch()
        across.addWidget(self._scroll(side), 5)
        across.addWidget(self._scroll(self._card(look)), 7)
        self._certificates = Certificates()
        self._now: datetime | None = None

    @staticmethod
    def _scroll(inside: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    def _card(self, look: Look) -> QFrame:
        card = frame("card")
        inside = column(card, gap=12, margins=(20, 16, 20, 16))
        self._title, self._meaning, self._note = label("title"), label("body", wrap=True), label("hint", wrap=True)
        self.validity = ValidityBar(look)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setVerticalSpacing(9)
        form.setHorizontalSpacing(16)
        self._fields = {key: (label("hint"), label("body", wrap=True)) for key in words.FIELD}
        for key, (name, value) in self._fields.items():
            name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if key in _MONO:
                value.setFont(mono_face(11))
            form.addRow(name, value)
        buttons = row(None, gap=8)
        self.copy, self.save = QPushButton(), QPushButton()
        for button, act in ((self.copy, self._copy), (self.save, self._ask)):
            button.setProperty("tone", "door")
            button.clicked.connect(act)
            buttons.addWidget(button)
        self.outcome = label("hint", wrap=True)
        buttons.addWidget(self.outcome, 1)
        for widget in (self._title, self._meaning, self._note, self.validity):
            inside.addWidget(widget)
        inside.addLayout(form)
        inside.addLayout(buttons)
        self.pem = label("hint")
        self.pem.setFont(mono_face(11))
        self.pem.setStyleSheet("font-size: 11px")  # a line of 64 must fit the narrowest room
        self.pem.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(self.pem)
        inside.addStretch()
        return card

    def show_state(self, certificates: Certificates, now: datetime) -> None:
        """Paint what was seen so far, as of `now`."""
        self._certificates, self._now = certificates, now
        wanted = (certificates, self.chosen, now.date())
        if wanted == self._shown:
            return
        self._shown = wanted
        found = nodes(certificates)
        names = {node.who: subject_untrusted(certificates.der(node.who)) for node in found}
        if found and all(node.who != self.chosen for node in found):
            self.chosen = "relay" if any(node.who == "relay" for node in found) else found[0].who
        self._heading.setText(say(words.PICTURE))
        changed = certificates.trust is not None and certificates.trust.level == "changed"
        self.picture.show_nodes(found, self.chosen, names, changed=changed)
        peer = next((node.description for node in found if node.who == "peer"), None)
        self.steps.show_trust(certificates.trust, peer.not_before.date().isoformat() if peer is not None else "")
        self._node = next((node for node in found if node.who == self.chosen), None)
        self._show_node(self._node, names, now)

    def _show_node(self, node: Node | None, names: dict[Who, str], now: datetime) -> None:
        self.validity.setVisible(node is not None)
        for button in (self.copy, self.save):
            button.setVisible(node is not None)
        self._title.setText(names[node.who] if node is not None else "")
        self._title.setVisible(node is not None)
        self._meaning.setText(say(words.MEANING[node.who]) if node is not None else say(words.NOTHING))
        note = self._told_beside(node)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.copy.setText(say(words.COPY_PEM))
        self.save.setText(say(words.SAVE_PEM))
        values = self._values(node.description) if node is not None else {}
        for key, (name, value) in self._fields.items():
            text = values.get(key, "")
            name.setText(say(words.FIELD[key]))
            value.setText(text)
            for widget in (name, value):
                widget.setVisible(bool(text))
        self.pem.setText(node.description.pem.strip() if node is not None else "")
        if node is not None:
            begin, end = node.description.not_before, node.description.not_after
            self.validity.show_life(begin, end, now, None if node.who == "ca" else renewal_from(begin, end))

    def _told_beside(self, node: Node | None) -> str:
        """What the certificate itself does not say."""
        seen = self._certificates
        if node is None:
            return ""
        if node.who == "relay" and seen.relay_remembered:
            return say(words.REMEMBERED)
        before = described(seen.before) if node.who == "me" else None
        if before is None:
            return ""
        return say(words.RENEWED, date=day_text(node.description.not_before), until=day_text(before.not_after))

    @staticmethod
    def _values(seen: Description) -> dict[str, str]:
        return {
            "subject": seen.subject,
            "names": "\n".join(seen.names),
            "issuer": f"{seen.issuer} ({say(words.SELF_SIGNED)})" if seen.self_issued else seen.issuer,
            "serial": seen.serial,
            "key": seen.key,
            "usage": "\n".join(
                f"{kind}: {', '.join(uses)}"
                for kind, uses in (
                    ("basicConstraints", ("cA",) if seen.authority else ()),
                    ("keyUsage", seen.usage),
                    ("extKeyUsage", seen.purposes),
                )
                if uses
            ),
            "signature": seen.signature,
            "fingerprint": grouped(seen.fingerprint),
            "key_fingerprint": grouped(seen.key_fingerprint),
            "unknown": ", ".join(seen.unknown),
        }

    def _choose(self, who: Who) -> None:
        self.chosen = who
        self.outcome.setText("")
        if self._now is not None:
            self.show_state(self._certificates, self._now)

    def _copy(self) -> None:
        if self._node is not None:
            QApplication.clipboard().setText(self._node.description.pem)
            self._tell(say(words.COPIED), bad=False)

    def _ask(self) -> None:
        if self._node is not None:
            path, _kind = QFileDialog.getSaveFileName(self, say(words.SAVE_PEM), f"{self._node.who}.pem", "PEM (*.pem)")
            if path:
                self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the chosen certificate there, and say how it went."""
        if self._node is None:
            return
        try:
            path.write_text(self._node.description.pem, encoding="ascii")
        except OSError as error:
            self._tell(say(words.NOT_SAVED, path=path, why=error.strerror or error), bad=True)
        else:
            self._tell(say(words.SAVED, path=path), bad=False)

    def _tell(self, text: str, *, bad: bool) -> None:
        self.outcome.setText(text)
        tone(self.outcome, "bad" if bad else "good")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._shown = None
        super().changeEvent(event)
