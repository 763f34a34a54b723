"""What the wire page says: what an eavesdropper sees, what the relay sees, and what leaks all the same."""

from gui.wording import QT_TRANSLATE_NOOP

FACES = {
    "live": QT_TRANSLATE_NOOP("Glasscall", "On the wire"),
    "relay": QT_TRANSLATE_NOOP("Glasscall", "The relay's eye"),
    "leaks": QT_TRANSLATE_NOOP("Glasscall", "What still leaks"),
}

# ── on the wire ────────────────────────────────────────────────────────────────────────────────────────────────

STRIP_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Everything that leaves this computer and comes back, as it happens")
STRIP_EMPTY = QT_TRANSLATE_NOOP("Glasscall", "Nothing has passed yet")
STRIP_SPOKEN = QT_TRANSLATE_NOOP(
    "Glasscall", "Records of the last {seconds} seconds: {out} sent, {into} received, {size} bytes"
)
SENT = QT_TRANSLATE_NOOP("Glasscall", "sent")
RECEIVED = QT_TRANSLATE_NOOP("Glasscall", "received")
NOW = QT_TRANSLATE_NOOP("Glasscall", "now")
SECONDS_AGO = QT_TRANSLATE_NOOP("Glasscall", "{seconds} s ago")
LINES = {
    "leg": QT_TRANSLATE_NOOP("Glasscall", "Voice line"),
    "link": QT_TRANSLATE_NOOP("Glasscall", "Signalling line"),
}
PAUSE = QT_TRANSLATE_NOOP("Glasscall", "Pause")
RESUME = QT_TRANSLATE_NOOP("Glasscall", "Resume")
HELD = QT_TRANSLATE_NOOP("Glasscall", "Held while you look")
PAUSED = QT_TRANSLATE_NOOP("Glasscall", "Paused")
HIDE_VOICE = QT_TRANSLATE_NOOP("Glasscall", "Leave out voice")
SHOW_VOICE = QT_TRANSLATE_NOOP("Glasscall", "Show voice too")
EVE = QT_TRANSLATE_NOOP("Glasscall", "What the eavesdropper sees")
US = QT_TRANSLATE_NOOP("Glasscall", "What it meant to us")
TIME = QT_TRANSLATE_NOOP("Glasscall", "second")
BYTES = QT_TRANSLATE_NOOP("Glasscall", "bytes")
NOISE = QT_TRANSLATE_NOOP("Glasscall", "randomness")
FIRST_BYTES = QT_TRANSLATE_NOOP("Glasscall", "first bytes")
STILL_SEALED = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Beneath TLS the voice is encrypted once more, for the other person alone: "
    "the bytes on the right are all that the relay gets of it.",
)
OUTER = {
    "application_data": QT_TRANSLATE_NOOP("Glasscall", "data"),
    "handshake": QT_TRANSLATE_NOOP("Glasscall", "handshake"),
    "alert": QT_TRANSLATE_NOOP("Glasscall", "alert"),
    "change_cipher_spec": QT_TRANSLATE_NOOP("Glasscall", "cipher spec"),
    "datagram": QT_TRANSLATE_NOOP("Glasscall", "UDP"),
}
MEANS = {
    "voice": QT_TRANSLATE_NOOP("Glasscall", "Voice {detail}"),
    "report": QT_TRANSLATE_NOOP("Glasscall", "Voice report"),
    "signal": QT_TRANSLATE_NOOP("Glasscall", "Signal {detail}"),
    "handshake": QT_TRANSLATE_NOOP("Glasscall", "TLS with the relay · {detail}"),
    "session": QT_TRANSLATE_NOOP("Glasscall", "TLS with the other person · {detail}"),
    "binding": QT_TRANSLATE_NOOP("Glasscall", "UDP kept open · {detail}"),
    "other": QT_TRANSLATE_NOOP("Glasscall", "Something else · {detail}"),
}
ROW_SPOKEN = QT_TRANSLATE_NOOP("Glasscall", "{way}, {size} bytes, randomness {entropy} of 8 bits. To us: {meaning}")

# ── the relay's eye ────────────────────────────────────────────────────────────────────────────────────────────

RELAY_LEAD = QT_TRANSLATE_NOOP(
    "Glasscall",
    "The relay can be asked what it forwards for you. Each packet it names is compared, by SHA-256, "
    "with what this phone encrypted or received.",
)
ASK = QT_TRANSLATE_NOOP("Glasscall", "Ask the relay")
ASKING = QT_TRANSLATE_NOOP("Glasscall", "Stop asking")
RELAY_NOT_ASKED = QT_TRANSLATE_NOOP("Glasscall", "The relay has not been asked")
RELAY_WAITING = QT_TRANSLATE_NOOP("Glasscall", "Asked; the relay has named no packet yet")
RELAY_MATCHED = QT_TRANSLATE_NOOP(
    "Glasscall",
    "{matched} packets are byte for byte the encrypted ones; the relay made up or changed {unknown}",
)
RELAY_SEES = QT_TRANSLATE_NOOP("Glasscall", "What the relay says it forwarded")
RELAY_NONE = QT_TRANSLATE_NOOP("Glasscall", "Packets appear here during a call, once the relay is asked")
OURS = QT_TRANSLATE_NOOP("Glasscall", "our ciphertext")
NOT_OURS = QT_TRANSLATE_NOOP("Glasscall", "unknown to us")
DIGEST = QT_TRANSLATE_NOOP("Glasscall", "SHA-256")
RELAY_ROW_SPOKEN = QT_TRANSLATE_NOOP("Glasscall", "{way}, {size} bytes, {known}. To us: {meaning}")
RELAY_LIMIT = QT_TRANSLATE_NOOP(
    "Glasscall",
    "This is the relay's own word. A match shows that it passed on our ciphertext unchanged; "
    "it cannot show that the relay names every packet.",
)
RELAY_HEADER = QT_TRANSLATE_NOOP("Glasscall", "“…” stands for the RTP header, which SRTP leaves readable.")
RELAY_LOST = QT_TRANSLATE_NOOP(
    "Glasscall", "{count} packets that it says it sent us by UDP never came; UDP may lose them."
)
RELAY_SKIPPED = QT_TRANSLATE_NOOP("Glasscall", "{count} more packets it counted without naming them.")

# ── what still leaks ───────────────────────────────────────────────────────────────────────────────────────────

CALL_TITLE = QT_TRANSLATE_NOOP(
    "Glasscall", "The shape of this call, for whoever watches the network: bytes of each record"
)
CALL_NONE = QT_TRANSLATE_NOOP("Glasscall", "Call somebody: the sizes of the encrypted records appear here")
LEAK_WHO = QT_TRANSLATE_NOOP("Glasscall", "Somebody here talks with somebody")
LEAK_WHO_MORE = QT_TRANSLATE_NOOP(
    "Glasscall", "The steady stream gives a call away, and the relay's address is visible."
)
LEAK_LONG = QT_TRANSLATE_NOOP("Glasscall", "For how long, and how much")
LEAK_LONG_MORE = QT_TRANSLATE_NOOP("Glasscall", "Seen so far: {duration}, {records} records, {size}.")
LEAK_LONG_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Begin, end and bytes of a call can be counted. Nothing was seen yet.")
SAFE_WHAT = QT_TRANSLATE_NOOP("Glasscall", "Not what is said, nor when you pause")
SAFE_WHAT_MORE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "{share} of the records seen are as large as those around them, in speech and in silence (RFC 6562): now {sizes} "
    "bytes. When the size steps, it is because of the network.",
)
SAFE_WHAT_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Voice packets are made equally long. Not observed yet in this call.")
SIZES_VARY = QT_TRANSLATE_NOOP("Glasscall", "The sizes vary")
SIZES_VARY_MORE = QT_TRANSLATE_NOOP(
    "Glasscall", "Only {share} of the records seen are as large as those around them, or the size steps too often."
)
LEAK_NAMES = QT_TRANSLATE_NOOP("Glasscall", "Names, only with TLS 1.2")
LEAK_NAMES_MORE = QT_TRANSLATE_NOOP(
    "Glasscall", "TLS 1.3 encrypts the certificates, and so your name. TLS 1.2, for study only, shows them."
)
KILOBYTES = QT_TRANSLATE_NOOP("Glasscall", "{count} kB")
PLOT_SPOKEN = QT_TRANSLATE_NOOP("Glasscall", "Sizes over {seconds} seconds: {count} records, {least} to {most} bytes")

# ── the demonstration ──────────────────────────────────────────────────────────────────────────────────────────

DEMO_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Why equal sizes matter: the same speech, sent in two ways")
DEMO_LEAD = QT_TRANSLATE_NOOP(
    "Glasscall",
    "A recording is encrypted and sent twice over real TLS on this computer. "
    "Somebody who sees nothing but sizes guesses when there is speech.",
)
DEMO_RUN = QT_TRANSLATE_NOOP("Glasscall", "Try it")
DEMO_AGAIN = QT_TRANSLATE_NOOP("Glasscall", "Try again")
DEMO_STARTING = QT_TRANSLATE_NOOP("Glasscall", "Starting…")
DEMO_RUNNING = QT_TRANSLATE_NOOP("Glasscall", "Sending… {second} of {seconds} s")
DEMO_FAILED = QT_TRANSLATE_NOOP("Glasscall", "The experiment did not come to an end. Try again.")
DEMO_FAILED_WHY = QT_TRANSLATE_NOOP("Glasscall", "The experiment did not come to an end: {why}")
DEMO_CBR = QT_TRANSLATE_NOOP("Glasscall", "As Glasscall sends it: constant bit rate")
DEMO_VBR = QT_TRANSLATE_NOOP("Glasscall", "Variable bit rate, silence left out (in the lab only)")
DEMO_FIGURES_ONE = QT_TRANSLATE_NOOP(
    "Glasscall", "one size · speech guessed right in {accuracy}: no better than chance"
)
DEMO_FIGURES = QT_TRANSLATE_NOOP("Glasscall", "{sizes} sizes · speech guessed right in {accuracy}")
DEMO_SPEECH = QT_TRANSLATE_NOOP("Glasscall", "the speech itself")
