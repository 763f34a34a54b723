"""Where one looks closer: the names of the pages, and of the ways to them."""

from gui.study import Page
from gui.wording import QT_TRANSLATE_NOOP

PAGE: dict[Page, str] = {
    "handshake": QT_TRANSLATE_NOOP("Glasscall", "Handshake"),
    "certificates": QT_TRANSLATE_NOOP("Glasscall", "Certificates"),
    "wire": QT_TRANSLATE_NOOP("Glasscall", "The wire"),
    "voice": QT_TRANSLATE_NOOP("Glasscall", "Voice"),
    "compare": QT_TRANSLATE_NOOP("Glasscall", "Compare"),
    "lab": QT_TRANSLATE_NOOP("Glasscall", "Attack lab"),
}
PAGE_HINT: dict[Page, str] = {
    "handshake": QT_TRANSLATE_NOOP("Glasscall", "Every byte of your own handshakes, explained"),
    "certificates": QT_TRANSLATE_NOOP("Glasscall", "Who vouches for whom, and how well you know them"),
    "wire": QT_TRANSLATE_NOOP("Glasscall", "What an eavesdropper sees, and the relay, and what still leaks"),
    "voice": QT_TRANSLATE_NOOP("Glasscall", "How the voice sounds, where its delay comes from, and how it is sent"),
    "compare": QT_TRANSLATE_NOOP("Glasscall", "TLS 1.2 and 1.3, full and resumed, measured now on this computer"),
    "lab": QT_TRANSLATE_NOOP("Glasscall", "Attack the real program, on this computer only, and see what stops it"),
}
PAGES = QT_TRANSLATE_NOOP("Glasscall", "Look closer")
TOUR = QT_TRANSLATE_NOOP("Glasscall", "Tour")
TOUR_HINT = QT_TRANSLATE_NOOP("Glasscall", "Learn TLS with your own call as the example, in a few steps")
