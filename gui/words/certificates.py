"""Certificates: whose they are, what they say, how well a key is known."""

from gui.wording import QT_TRANSLATE_NOOP

WHO = {
    "ca": QT_TRANSLATE_NOOP("Glasscall", "The relay’s CA"),
    "relay": QT_TRANSLATE_NOOP("Glasscall", "The relay"),
    "me": QT_TRANSLATE_NOOP("Glasscall", "You"),
    "peer": QT_TRANSLATE_NOOP("Glasscall", "The other person"),
}
PICTURE = QT_TRANSLATE_NOOP("Glasscall", "Who vouches for whom")
NOT_SEEN = QT_TRANSLATE_NOOP("Glasscall", "not seen yet")
SIGNED = QT_TRANSLATE_NOOP("Glasscall", "signature checked")
NOT_SIGNED = QT_TRANSLATE_NOOP("Glasscall", "not signed by this CA")
UNCHECKED = QT_TRANSLATE_NOOP("Glasscall", "not checked here")
ROOT = QT_TRANSLATE_NOOP("Glasscall", "pinned by your invite")
NOTHING = QT_TRANSLATE_NOOP("Glasscall", "Certificates appear as soon as there is a connection.")
REMEMBERED = QT_TRANSLATE_NOOP(
    "Glasscall", "Not sent this time: the handshake was resumed, and this is from the full one before."
)
MEANING = {
    "ca": QT_TRANSLATE_NOOP(
        "Glasscall",
        "It signs everybody’s certificate at this relay. You trust it because your invite named its fingerprint.",
    ),
    "relay": QT_TRANSLATE_NOOP(
        "Glasscall", "What the relay showed when you connected. Its name is the one you joined."
    ),
    "me": QT_TRANSLATE_NOOP(
        "Glasscall", "What you show to the relay and to whom you call. The private key never left this computer."
    ),
    "peer": QT_TRANSLATE_NOOP(
        "Glasscall",
        "What the other phone showed, end to end. The relay could not swap its key unnoticed: compare the words.",
    ),
}
FIELD = {
    "subject": QT_TRANSLATE_NOOP("Glasscall", "Subject"),
    "names": QT_TRANSLATE_NOOP("Glasscall", "Also known as (SAN)"),
    "issuer": QT_TRANSLATE_NOOP("Glasscall", "Issuer"),
    "serial": QT_TRANSLATE_NOOP("Glasscall", "Serial number"),
    "key": QT_TRANSLATE_NOOP("Glasscall", "Public key"),
    "usage": QT_TRANSLATE_NOOP("Glasscall", "May be used for"),
    "signature": QT_TRANSLATE_NOOP("Glasscall", "Signature"),
    "fingerprint": QT_TRANSLATE_NOOP("Glasscall", "SHA-256"),
    "key_fingerprint": QT_TRANSLATE_NOOP("Glasscall", "SHA-256 of the key"),
    "unknown": QT_TRANSLATE_NOOP("Glasscall", "Other extensions"),
}
SELF_SIGNED = QT_TRANSLATE_NOOP("Glasscall", "itself")
VALIDITY = QT_TRANSLATE_NOOP("Glasscall", "Valid")
TODAY = QT_TRANSLATE_NOOP("Glasscall", "today")
DAYS_LEFT = QT_TRANSLATE_NOOP("Glasscall", "{days} days left")
EXPIRED = QT_TRANSLATE_NOOP("Glasscall", "expired")
NOT_YET = QT_TRANSLATE_NOOP("Glasscall", "not valid yet")
RENEWS = QT_TRANSLATE_NOOP("Glasscall", "renewed from {date}")
RENEWED = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Renewed over the link on {date}, for the same key. The one before is good until {until}. "
    "New calls and links show this one.",
)
COPY_PEM = QT_TRANSLATE_NOOP("Glasscall", "Copy as PEM")
SAVE_PEM = QT_TRANSLATE_NOOP("Glasscall", "Save as PEM…")
COPIED = QT_TRANSLATE_NOOP("Glasscall", "Copied.")
SAVED = QT_TRANSLATE_NOOP("Glasscall", "Saved as {path}.")
NOT_SAVED = QT_TRANSLATE_NOOP("Glasscall", "It could not be saved as {path}: {why}.")
KNOWN = QT_TRANSLATE_NOOP("Glasscall", "How well you know {name}’s key")
STEP = {
    "certified": QT_TRANSLATE_NOOP("Glasscall", "Certified: the relay’s CA vouches for it"),
    "pinned": QT_TRANSLATE_NOOP("Glasscall", "The same as in an earlier call"),
    "verified": QT_TRANSLATE_NOOP("Glasscall", "You compared words over it"),
    "changed": QT_TRANSLATE_NOOP("Glasscall", "It is another key than the one you knew"),
}
STEP_LATER = QT_TRANSLATE_NOOP("Glasscall", "not yet")
KEY_ISSUED = QT_TRANSLATE_NOOP("Glasscall", "certified on {date}")
KEY_COMPARED = QT_TRANSLATE_NOOP("Glasscall", "words compared {date}")
STEP_SINCE = QT_TRANSLATE_NOOP("Glasscall", "since {date}")
CHANGED_HELP = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Ask them by another way. Only if they set up Glasscall anew: “glasscall forget {name}”, then call again.",
)
