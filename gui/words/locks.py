"""The three locks: their names, what was observed of each, and what got worse."""

from gui.wording import QT_TRANSLATE_NOOP

LOCKS = QT_TRANSLATE_NOOP("Glasscall", "Three locks")
LOCK = {
    "link": QT_TRANSLATE_NOOP("Glasscall", "Link to the relay (TLS)"),
    "session": QT_TRANSLATE_NOOP("Glasscall", "End to end (session)"),
    "media": QT_TRANSLATE_NOOP("Glasscall", "Media (SRTP)"),
}
STATE = {
    "none": QT_TRANSLATE_NOOP("Glasscall", "not there yet"),
    "pending": QT_TRANSLATE_NOOP("Glasscall", "being made"),
    "good": QT_TRANSLATE_NOOP("Glasscall", "holds"),
    "warn": QT_TRANSLATE_NOOP("Glasscall", "weaker"),
    "bad": QT_TRANSLATE_NOOP("Glasscall", "does not hold"),
}
EVIDENCE = {
    "link-none": QT_TRANSLATE_NOOP("Glasscall", "There is no connection."),
    "link-pending": QT_TRANSLATE_NOOP("Glasscall", "The handshake is under way."),
    "link-good": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Observed: {count} records authenticated, 0 rejected ({version}, {cipher}); "
        "the relay’s certificate was checked.",
    ),
    "link-bad": QT_TRANSLATE_NOOP("Glasscall", "Observed: the connection is gone or was refused ({why})."),
    "session-none": QT_TRANSLATE_NOOP("Glasscall", "Begins when a call rings."),
    "session-pending": QT_TRANSLATE_NOOP("Glasscall", "The handshake with the other phone is under way."),
    "session-certified": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Observed: {count} records authenticated, 0 rejected ({version}, {group}); "
        "the relay vouches for their key. Compare the words.",
    ),
    "session-pinned": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Observed: {count} records authenticated, 0 rejected ({version}, {group}); the same key as in earlier calls.",
    ),
    "session-verified": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Observed: {count} records authenticated, 0 rejected ({version}, {group}); you compared words over this key.",
    ),
    "session-changed": QT_TRANSLATE_NOOP("Glasscall", "Observed: another key than the one you know."),
    "session-bad": QT_TRANSLATE_NOOP("Glasscall", "Observed: the handshake or the session broke ({why})."),
    "media-none": QT_TRANSLATE_NOOP("Glasscall", "Begins when you talk."),
    "media-pending": QT_TRANSLATE_NOOP("Glasscall", "Its keys come from the session once the call is answered."),
    "media-keyed": QT_TRANSLATE_NOOP("Glasscall", "The keys are there; no packet has come yet."),
    "media-good": QT_TRANSLATE_NOOP("Glasscall", "Observed: {count} packets authenticated, 0 rejected ({profile})."),
    "media-bad": QT_TRANSLATE_NOOP("Glasscall", "Observed: {count} packets authenticated, {rejected} rejected."),
    "tls-old": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Observed: {count} records authenticated, 0 rejected, but {version} ({cipher}): "
        "certificates, and so names, cross in the clear.",
    ),
    "tls-rejected": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Observed: {count} records authenticated, 1 rejected. It was altered on its way, and the connection was ended.",
    ),
    "key-log": QT_TRANSLATE_NOOP("Glasscall", "The secrets are being written to {to}: whoever has them can read this."),
}
KEY_LOG_BANNER = QT_TRANSLATE_NOOP(
    "Glasscall",
    "This phone writes its TLS secrets to {to}. Whoever has them can read your calls. Restart without --key-log.",
)
