"""How the voice travels, each way by itself, and why that changed."""

from gui.wording import QT_TRANSLATE_NOOP

PATH = {
    ("udp", "udp"): QT_TRANSLATE_NOOP("Glasscall", "Voice by UDP"),
    ("tls", "tls"): QT_TRANSLATE_NOOP("Glasscall", "Voice inside TLS"),
    ("udp", "tls"): QT_TRANSLATE_NOOP("Glasscall", "Sent by UDP, received inside TLS"),
    ("tls", "udp"): QT_TRANSLATE_NOOP("Glasscall", "Sent inside TLS, received by UDP"),
}
"""By what we send and what is sent to us."""
LANES = QT_TRANSLATE_NOOP("Glasscall", "on {count} connections at once")
WHY = {
    "proven": QT_TRANSLATE_NOOP("Glasscall", "UDP works both ways"),
    "silent": QT_TRANSLATE_NOOP("Glasscall", "UDP fell silent"),
    "unheard": QT_TRANSLATE_NOOP("Glasscall", "the relay got nothing by UDP any more"),
    "loss": QT_TRANSLATE_NOOP("Glasscall", "too much got lost by UDP"),
    "refused": QT_TRANSLATE_NOOP("Glasscall", "nobody answers by UDP"),
    "gone": QT_TRANSLATE_NOOP("Glasscall", "the other way is not there any more"),
    "forced": QT_TRANSLATE_NOOP("Glasscall", "you wanted it so"),
}
WHY_BEGIN = QT_TRANSLATE_NOOP("Glasscall", "every call begins so")
