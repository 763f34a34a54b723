"""Every sentence that the window says, by key. English here; Qt's tools carry it to other languages (gui/i18n).

No Qt: `QT_TRANSLATE_NOOP` only marks a text for lupdate. `gui.say` translates at the moment of showing.
"""

from voip.journal.observations import STAGES, CallPhase, Problem, TrustLevel


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - the name that lupdate looks for
    """`text` itself, found by lupdate under `context`."""
    return text if context else ""


# ── the window ─────────────────────────────────────────────────────────────────────────────────────────────────

APP = "Glasscall"
PEOPLE = QT_TRANSLATE_NOOP("Glasscall", "People")
NO_PEOPLE = QT_TRANSLATE_NOOP("Glasscall", "Nobody else is here yet. Invite somebody with “glasscall invite”.")
SETTINGS = QT_TRANSLATE_NOOP("Glasscall", "Appearance and language")
LANGUAGE = QT_TRANSLATE_NOOP("Glasscall", "Language")
APPEARANCE = QT_TRANSLATE_NOOP("Glasscall", "Appearance")
AUTO = QT_TRANSLATE_NOOP("Glasscall", "As the system")
LIGHT = QT_TRANSLATE_NOOP("Glasscall", "Light")
DARK = QT_TRANSLATE_NOOP("Glasscall", "Dark")
DISMISS = QT_TRANSLATE_NOOP("Glasscall", "Dismiss")
PERSON_ONLINE = QT_TRANSLATE_NOOP("Glasscall", "Online")
PERSON_BUSY = QT_TRANSLATE_NOOP("Glasscall", "In a call")
PERSON_AWAY = QT_TRANSLATE_NOOP("Glasscall", "Offline")
YOU = QT_TRANSLATE_NOOP("Glasscall", "You")
RELAY = QT_TRANSLATE_NOOP("Glasscall", "relay")
MICROPHONE = QT_TRANSLATE_NOOP("Glasscall", "Microphone: {device}")
LOUDSPEAKER = QT_TRANSLATE_NOOP("Glasscall", "Loudspeaker: {device}")

LINK = {
    "offline": QT_TRANSLATE_NOOP("Glasscall", "No connection"),
    "connecting": QT_TRANSLATE_NOOP("Glasscall", "Connecting…"),
    "online": QT_TRANSLATE_NOOP("Glasscall", "Connected, encrypted"),
    "refused": QT_TRANSLATE_NOOP("Glasscall", "Refused by the relay"),
}

# ── the middle: idle, ringing, talking, over ───────────────────────────────────────────────────────────────────

IDLE_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Ready when you are")
IDLE_LEAD = QT_TRANSLATE_NOOP("Glasscall", "Pick a person on the left. What you say stays between the two of you.")
OFFLINE_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Waiting for the relay")
OFFLINE_LEAD = QT_TRANSLATE_NOOP("Glasscall", "Glasscall keeps trying by itself. You can call as soon as it is back.")
CALL = QT_TRANSLATE_NOOP("Glasscall", "Call {name}")
CALL_AGAIN = QT_TRANSLATE_NOOP("Glasscall", "Call again")
DONE = QT_TRANSLATE_NOOP("Glasscall", "Done")
ACCEPT = QT_TRANSLATE_NOOP("Glasscall", "Accept")
DECLINE = QT_TRANSLATE_NOOP("Glasscall", "Decline")
CANCEL = QT_TRANSLATE_NOOP("Glasscall", "Cancel")
HANG_UP = QT_TRANSLATE_NOOP("Glasscall", "Hang up")
MUTE = QT_TRANSLATE_NOOP("Glasscall", "Mute")
UNMUTE = QT_TRANSLATE_NOOP("Glasscall", "Unmute")
THEY_MUTED = QT_TRANSLATE_NOOP("Glasscall", "Their microphone is off")
YOU_MUTED = QT_TRANSLATE_NOOP("Glasscall", "Your microphone is off")

PHASE: dict[CallPhase, str] = {
    "calling": QT_TRANSLATE_NOOP("Glasscall", "Calling…"),
    "ringing": QT_TRANSLATE_NOOP("Glasscall", "Ringing…"),
    "incoming": QT_TRANSLATE_NOOP("Glasscall", "is calling you"),
    "accepting": QT_TRANSLATE_NOOP("Glasscall", "Securing the call…"),
    "talking": QT_TRANSLATE_NOOP("Glasscall", "Talking"),
    "ended": QT_TRANSLATE_NOOP("Glasscall", "Call ended"),
}

RECONNECTING = QT_TRANSLATE_NOOP("Glasscall", "Reconnecting…")
"""A talk from which nothing comes."""

END = {
    "hung-up": QT_TRANSLATE_NOOP("Glasscall", "The call is over."),
    "cancelled": QT_TRANSLATE_NOOP("Glasscall", "The call was cancelled before it was answered."),
    "declined": QT_TRANSLATE_NOOP("Glasscall", "The call was declined."),
    "busy": QT_TRANSLATE_NOOP("Glasscall", "They are in another call. Try again later."),
    "not-there": QT_TRANSLATE_NOOP("Glasscall", "They are not connected to the relay now."),
    "relay-busy": QT_TRANSLATE_NOOP("Glasscall", "The relay is full; try again later."),
    "no-answer": QT_TRANSLATE_NOOP("Glasscall", "Nobody answered."),
    "crossed": QT_TRANSLATE_NOOP("Glasscall", "You called each other at the same moment; their call comes first."),
    "failed": QT_TRANSLATE_NOOP("Glasscall", "The call could not be set up."),
    "lost": QT_TRANSLATE_NOOP("Glasscall", "The connection was lost."),
    "insecure": QT_TRANSLATE_NOOP("Glasscall", "The call was stopped because it could not be made safe."),
    "key-changed": QT_TRANSLATE_NOOP("Glasscall", "The call was stopped before a word was said."),
    "udp-none": QT_TRANSLATE_NOOP(
        "Glasscall",
        "This call may travel by UDP alone, and UDP cannot be had here. Start with --path auto to be heard.",
    ),
    "trust-fell": QT_TRANSLATE_NOOP("Glasscall", "The call was stopped: the key is not theirs any more."),
}

# ── trust ──────────────────────────────────────────────────────────────────────────────────────────────────────

TRUST_TITLE: dict[TrustLevel, str] = {
    "certified": QT_TRANSLATE_NOOP("Glasscall", "Certified"),
    "pinned": QT_TRANSLATE_NOOP("Glasscall", "Same key as before"),
    "verified": QT_TRANSLATE_NOOP("Glasscall", "Verified by you"),
    "changed": QT_TRANSLATE_NOOP("Glasscall", "This is not the key you know"),
}
TRUST_MEANING: dict[TrustLevel, str] = {
    "certified": QT_TRANSLATE_NOOP(
        "Glasscall",
        "The relay vouches for this key. Compare the four words to be sure no one, "
        "not even the relay, sits between you.",
    ),
    "pinned": QT_TRANSLATE_NOOP(
        "Glasscall",
        "The key has not changed since your earlier calls. Whether it was theirs to begin with, the words can tell.",
    ),
    "verified": QT_TRANSLATE_NOOP(
        "Glasscall", "You compared words over this key. No one sits between you, not even the relay."
    ),
    "changed": QT_TRANSLATE_NOOP(
        "Glasscall",
        "It may be a new phone, or someone in between. Ask them by another way before you trust the new key.",
    ),
}
DATE_FORMAT = QT_TRANSLATE_NOOP("Glasscall", "d MMM yyyy")
"""In the letters of QDate.toString."""
TRUST_SINCE = QT_TRANSLATE_NOOP("Glasscall", "since {date}")
TRUST_WAITING = QT_TRANSLATE_NOOP("Glasscall", "Checking who it is…")
TRUST_WAITING_MEANING = QT_TRANSLATE_NOOP("Glasscall", "The end-to-end handshake runs while it rings.")
FINGERPRINT = QT_TRANSLATE_NOOP("Glasscall", "Key")
OLD_KEY = QT_TRANSLATE_NOOP("Glasscall", "Known key")
NEW_KEY = QT_TRANSLATE_NOOP("Glasscall", "Key shown now")

WORDS_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Read these words to each other")
WORDS_LEAD = QT_TRANSLATE_NOOP("Glasscall", "If they differ, hang up: someone is listening.")
WORDS_MATCH = QT_TRANSLATE_NOOP("Glasscall", "They match")
WORDS_DONE = QT_TRANSLATE_NOOP("Glasscall", "The words of this call")

# ── why this call is safe ──────────────────────────────────────────────────────────────────────────────────────

SAFE_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Why this call is safe")
SAFE_TITLE_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Why your calls are safe")
SAFE_TITLE_STOPPED = QT_TRANSLATE_NOOP("Glasscall", "What was seen of this call")
SAFE_LEAD = QT_TRANSLATE_NOOP(
    "Glasscall", "Two encryptions, one inside the other. Each line is a real message: click it to see its bytes."
)
SAFE_IDLE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Your line to the relay, message by message: click one to see its bytes. A call adds the second encryption.",
)
LADDER = {
    "link": QT_TRANSLATE_NOOP("Glasscall", "With the relay"),
    "session": QT_TRANSLATE_NOOP("Glasscall", "With {name}, end to end"),
}
LADDER_SESSION_IDLE = QT_TRANSLATE_NOOP("Glasscall", "With the other person, end to end")
LADDER_SUB = {
    "link": QT_TRANSLATE_NOOP("Glasscall", "Hides who calls whom"),
    "session": QT_TRANSLATE_NOOP("Glasscall", "Hides what you say from the relay"),
}
LADDER_EMPTY = {
    "link": QT_TRANSLATE_NOOP("Glasscall", "No connection to the relay yet"),
    "session": QT_TRANSLATE_NOOP("Glasscall", "Begins when a call rings"),
}
ENCRYPTED_FROM_HERE = QT_TRANSLATE_NOOP("Glasscall", "encrypted from here")
POST_QUANTUM = QT_TRANSLATE_NOOP("Glasscall", "post-quantum")
RESUMED = QT_TRANSLATE_NOOP("Glasscall", "resumed")
CERTIFICATE_OF = QT_TRANSLATE_NOOP("Glasscall", "certificate of {name}")
MESSAGES_IN = QT_TRANSLATE_NOOP("Glasscall", "{count} messages in {ms} ms")
HANDSHAKE_FAILED = QT_TRANSLATE_NOOP("Glasscall", "The handshake failed: {why}")
SENT_MESSAGE = QT_TRANSLATE_NOOP("Glasscall", "{ms} ms: sent {name}, {size} bytes")
GOT_MESSAGE = QT_TRANSLATE_NOOP("Glasscall", "{ms} ms: received {name}, {size} bytes")
LEG_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Voice line")
LEG_IDLE = QT_TRANSLATE_NOOP("Glasscall", "opens with the call")

LATENCY_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Delay")
LATENCY_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Measured as soon as you talk")
MOUTH_TO_EAR = QT_TRANSLATE_NOOP("Glasscall", "Mouth to ear")
ROUND_TRIP = QT_TRANSLATE_NOOP("Glasscall", "Round trip")
STAGE = dict(
    zip(
        STAGES,
        (
            QT_TRANSLATE_NOOP("Glasscall", "Device in"),
            QT_TRANSLATE_NOOP("Glasscall", "Frame"),
            QT_TRANSLATE_NOOP("Glasscall", "Encode"),
            QT_TRANSLATE_NOOP("Glasscall", "Queue"),
            QT_TRANSLATE_NOOP("Glasscall", "Network"),
            QT_TRANSLATE_NOOP("Glasscall", "Jitter buffer"),
            QT_TRANSLATE_NOOP("Glasscall", "Decode"),
            QT_TRANSLATE_NOOP("Glasscall", "Device out"),
        ),
        strict=True,
    )
)
MEDIA_LINE = QT_TRANSLATE_NOOP(
    "Glasscall", "SRTP: {sent} packets sent · {received} received · {lost} lost · {rejected} forged"
)
MEDIA_KEYED = QT_TRANSLATE_NOOP(
    "Glasscall", "The voice is encrypted with keys that only the two of you have ({profile})."
)

# ── what can go wrong ──────────────────────────────────────────────────────────────────────────────────────────

PROBLEM = {
    "relay-unreachable": QT_TRANSLATE_NOOP(
        "Glasscall", "The relay cannot be reached. Check your network; Glasscall keeps trying."
    ),
    "handshake-slow": QT_TRANSLATE_NOOP(
        "Glasscall", "The relay took too long over the TLS handshake. Glasscall keeps trying."
    ),
    "lost": QT_TRANSLATE_NOOP("Glasscall", "The connection to the relay was lost. Glasscall keeps trying."),
    "replaced": QT_TRANSLATE_NOOP(
        "Glasscall", "You are connected from somewhere else now, so this window was put offline."
    ),
    "defect": QT_TRANSLATE_NOOP("Glasscall", "Something went wrong inside Glasscall. The rest goes on."),
    "offline": QT_TRANSLATE_NOOP("Glasscall", "There is no connection to the relay just now."),
    "own-name": QT_TRANSLATE_NOOP("Glasscall", "That is your own name."),
    "no-call": QT_TRANSLATE_NOOP("Glasscall", "There is no call just now."),
    "no-leg": QT_TRANSLATE_NOOP(
        "Glasscall", "The call's connection through the relay does not stand yet. Try again in a moment."
    ),
    "no-words": QT_TRANSLATE_NOOP("Glasscall", "There are no words to compare yet."),
    "relay-silent": QT_TRANSLATE_NOOP("Glasscall", "The relay accepted the connection but says nothing."),
    "relay-closed": QT_TRANSLATE_NOOP("Glasscall", "The relay closed the connection without a reason."),
    "relay-lost": QT_TRANSLATE_NOOP("Glasscall", "The relay does not answer any more. Glasscall keeps trying."),
    "leg-silent": QT_TRANSLATE_NOOP("Glasscall", "The other phone did not open its side of the call."),
    "peer-silent": QT_TRANSLATE_NOOP("Glasscall", "The other phone did not finish the handshake in time."),
    "wrong-authority": QT_TRANSLATE_NOOP(
        "Glasscall", "The relay shows a certificate of another CA than the one you joined. Do not go on."
    ),
    "wrong-host": QT_TRANSLATE_NOOP("Glasscall", "The relay's certificate names another relay. Check the address."),
    "certificate-expired": QT_TRANSLATE_NOOP(
        "Glasscall", "The relay says that your certificate has expired. Join again with a new invite."
    ),
    "expired": QT_TRANSLATE_NOOP(
        "Glasscall", "The certificate shown has expired. Check this computer's date; if it is right, theirs must renew."
    ),
    "revoked": QT_TRANSLATE_NOOP(
        "Glasscall", "Your account at this relay was revoked. If that is a mistake, ask its operator for a new invite."
    ),
    "unknown-account": QT_TRANSLATE_NOOP(
        "Glasscall", "This relay does not know your account any more. Ask its operator for a new invite."
    ),
    "words-cheat": QT_TRANSLATE_NOOP(
        "Glasscall", "The other end broke the rules while the words were agreed. Somebody may be trying to listen in."
    ),
    "continue-bad": QT_TRANSLATE_NOOP(
        "Glasscall",
        "After an interruption somebody answered who could not prove to be the one you were talking to. "
        "Call again, and compare the words.",
    ),
    "key-swapped": QT_TRANSLATE_NOOP(
        "Glasscall",
        "After an interruption another key was shown than before it. Ask them in another way than through this relay.",
    ),
    "proxy-password": QT_TRANSLATE_NOOP(
        "Glasscall",
        "The proxy wants a name and a password, or does not know the ones given: write them into its address, "
        "http://NAME:PASSWORD@HOST:PORT.",
    ),
    "proxy-refused": QT_TRANSLATE_NOOP("Glasscall", "The proxy does not let Glasscall through to the relay."),
    "proxy-nonsense": QT_TRANSLATE_NOOP("Glasscall", "What answers at the proxy's address is no HTTP proxy."),
    "proxy-closed": QT_TRANSLATE_NOOP("Glasscall", "The proxy hung up before there was a way to the relay."),
    "packets-rejected": QT_TRANSLATE_NOOP(
        "Glasscall", "Packets were refused: somebody changes or repeats what is sent. What was refused was not played."
    ),
    "key-log": QT_TRANSLATE_NOOP(
        "Glasscall", "This call’s TLS secrets are being written down: whoever has them can read it."
    ),
    "path-tls": QT_TRANSLATE_NOOP(
        "Glasscall", "The voice had to leave UDP and travels inside TLS now: the delay may grow."
    ),
    "trust-fell": QT_TRANSLATE_NOOP(
        "Glasscall", "The key of the other person is not the remembered one any more, so the voice was stopped."
    ),
    "call-state": QT_TRANSLATE_NOOP("Glasscall", "That is not possible in the call's present state."),
}


def end_sentence(reason: str, sentence: str) -> str:
    """Why a call ended: our words for a known reason, else the sentence that came, else only that it did."""
    return END.get(reason) or PROBLEM.get(reason) or sentence or END["failed"]


def problem_sentence(problem: Problem) -> str:
    """What is wrong: our words for a known code, else the English sentence that came with it."""
    return PROBLEM.get(problem.code) or problem.sentence or PROBLEM["defect"]


def version_name(version: str) -> str:
    """`TLSv1.3` as people write it: `TLS 1.3`."""
    return version.replace("TLSv", "TLS ")


def cipher_name(cipher: str) -> str:
    """A cipher suite's AEAD: `AES-256-GCM` for both `TLS_AES_256_GCM_SHA384` and `ECDHE-ECDSA-AES256-GCM-SHA384`."""
    plain = cipher.upper().replace("-", "_")
    if "CHACHA20" in plain:
        return "ChaCha20-Poly1305"
    for bits in ("128", "256"):
        if f"AES_{bits}_GCM" in plain or f"AES{bits}_GCM" in plain:
            return f"AES-{bits}-GCM"
    return cipher


def fingerprint_text(fingerprint: str, groups: int = 4) -> str:
    """The first groups of a fingerprint, four digits each: `a1b2 c3d4 e5f6 0718 …`."""
    parts = [fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4)]
    return " ".join(parts[:groups]) + (" …" if len(parts) > groups else "")
