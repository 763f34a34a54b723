"""Saving what was observed: four choices, one of them dangerous."""

from gui.wording import QT_TRANSLATE_NOOP

EXPORT = QT_TRANSLATE_NOOP("Glasscall", "Export…")
EXPORT_HINT = QT_TRANSLATE_NOOP("Glasscall", "Save the capture, the journal or a report, to check it elsewhere")
TITLE = QT_TRANSLATE_NOOP("Glasscall", "Take it with you and check it")
LEAD = QT_TRANSLATE_NOOP(
    "Glasscall", "Everything this phone observed, as files that other programs read. A running call is not disturbed."
)
NAME = {
    "report": QT_TRANSLATE_NOOP("Glasscall", "Call report (HTML)"),
    "capture": QT_TRANSLATE_NOOP("Glasscall", "Capture (pcapng)"),
    "journal": QT_TRANSLATE_NOOP("Glasscall", "Journal (JSON)"),
    "capture-secrets": QT_TRANSLATE_NOOP("Glasscall", "Capture with TLS secrets"),
}
MEANING = {
    "report": QT_TRANSLATE_NOOP(
        "Glasscall", "What was safe in the last call, what was not, and how to check each claim."
    ),
    "capture": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Our own traffic for Wireshark, as an eavesdropper has it: no voice, and nobody you called, can be read in it.",
    ),
    "journal": QT_TRANSLATE_NOOP("Glasscall", "Every observation with its time, for programs. It holds no key."),
    "capture-secrets": QT_TRANSLATE_NOOP("Glasscall", "The same with its keys: Wireshark shows what was inside."),
}
NO_SECRETS = QT_TRANSLATE_NOOP(
    "Glasscall",
    "This phone keeps no TLS secrets, so there are none to save. Start it with --key-log FILE to have them.",
)
SAVE = QT_TRANSLATE_NOOP("Glasscall", "Save…")
SAVE_AS = QT_TRANSLATE_NOOP("Glasscall", "Save: {name}")
SAVING = QT_TRANSLATE_NOOP("Glasscall", "Saving…")
SAVED = QT_TRANSLATE_NOOP("Glasscall", "Saved: {path}")
FILTER = {
    "report": QT_TRANSLATE_NOOP("Glasscall", "Web page (*.html)"),
    "capture": QT_TRANSLATE_NOOP("Glasscall", "Packet capture (*.pcapng)"),
    "journal": QT_TRANSLATE_NOOP("Glasscall", "JSON (*.json)"),
    "capture-secrets": QT_TRANSLATE_NOOP("Glasscall", "Packet capture (*.pcapng)"),
}
FAILED = {
    "not-writable": QT_TRANSLATE_NOOP(
        "Glasscall", "It could not be saved at {path}. Choose another place, or make room there."
    ),
    "capture-unwritable": QT_TRANSLATE_NOOP(
        "Glasscall", "It could not be saved at {path}. Choose another place, or make room there."
    ),
    "no-secrets": NO_SECRETS,
}
DANGER_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Whoever has this file can read your calls")
DANGER = QT_TRANSLATE_NOOP(
    "Glasscall",
    "It opens your line to the relay, with the names of whom you called, and what was said can be made out from it. "
    "Save it only where nobody else looks, do not send it to anybody, and delete it when you have looked.",
)
DANGER_SAVE = QT_TRANSLATE_NOOP("Glasscall", "Save with the secrets…")
KEEP_SAFE = QT_TRANSLATE_NOOP("Glasscall", "Do not save")
CLOSE = QT_TRANSLATE_NOOP("Glasscall", "Close")
