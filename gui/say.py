"""A text of `gui.wording` in the language in use."""

from PySide6.QtCore import QCoreApplication


def say(text: str, **values: object) -> str:
    """`text`, translated, with `values` put into its braces. Without values braces stay: foreign text may hold some."""
    spoken = QCoreApplication.translate("Glasscall", text)
    return spoken.format(**values) if values else spoken
