"""Every sentence that the guided tour says, step by step. Templates: the live values come from `gui.tour`."""

from gui.wording import QT_TRANSLATE_NOOP

TOUR = QT_TRANSLATE_NOOP("Glasscall", "Guided tour")
STEP_OF = QT_TRANSLATE_NOOP("Glasscall", "Step {n} of {total}")
NEXT = QT_TRANSLATE_NOOP("Glasscall", "Next")
CLOSE_TOUR = QT_TRANSLATE_NOOP("Glasscall", "Close the tour")

# ── 1: why at all ──────────────────────────────────────────────────────────────────────────────────────────────

WHY = QT_TRANSLATE_NOOP("Glasscall", "Why encrypt at all?")
WHY_WIRE = QT_TRANSLATE_NOOP(
    "Glasscall", "Between you and the relay are cables, Wi-Fi and strangers’ machines. Any of them can copy every byte."
)
WHY_EVE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Here are your own bytes as they would see them. Without the keys they learn where, when and how much, "
    "and what the hellos say.",
)
WHY_EVE_12 = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Here are your own bytes as they would see them. Without the keys they learn where, when and how much, "
    "what the hellos say and, as your link speaks TLS 1.2, the certificates.",
)
WHY_EVE_IDLE = QT_TRANSLATE_NOOP(
    "Glasscall", "As soon as you are connected, this page shows your own bytes as they would see them."
)

# ── 2: three promises ──────────────────────────────────────────────────────────────────────────────────────────

PROMISES = QT_TRANSLATE_NOOP("Glasscall", "Three promises")
PROMISE_SECRET = QT_TRANSLATE_NOOP("Glasscall", "Confidentiality: nobody else can read it. {cipher} encrypts.")
PROMISE_WHOLE = QT_TRANSLATE_NOOP(
    "Glasscall", "Integrity: a changed byte is noticed and refused. The same cipher puts a seal on every record."
)
PROMISE_SECRET_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Confidentiality: nobody else can read it.")
PROMISE_WHO = {
    "": QT_TRANSLATE_NOOP("Glasscall", "Authentication: the other end is who it says it is. Certificates show it."),
    "relay": QT_TRANSLATE_NOOP("Glasscall", "Authentication: it is really {subject}. Its certificate shows it."),
    "certified": QT_TRANSLATE_NOOP(
        "Glasscall",
        "Authentication: it is really {peer}. So far its CA says so; compare the four words to be sure.",
    ),
    "pinned": QT_TRANSLATE_NOOP(
        "Glasscall", "Authentication: it is really {peer}, with the same key as in earlier calls."
    ),
    "verified": QT_TRANSLATE_NOOP(
        "Glasscall", "Authentication: it is really {peer}. You have compared words over this key."
    ),
    "changed": QT_TRANSLATE_NOOP(
        "Glasscall", "Authentication: broken just now. {peer} shows another key than before, so the call was stopped."
    ),
}

# ── 3: certificates ────────────────────────────────────────────────────────────────────────────────────────────

CERTIFICATES = QT_TRANSLATE_NOOP("Glasscall", "Whose word is it?")
CERTIFICATES_WHAT = QT_TRANSLATE_NOOP(
    "Glasscall", "A certificate ties a name to a public key. An authority, the CA, has signed it."
)
CERTIFICATES_ROOT = QT_TRANSLATE_NOOP(
    "Glasscall",
    "A browser brings along more than a hundred CAs. Glasscall trusts one, your relay’s: its fingerprint stood in "
    "your invite.",
)
CERTIFICATES_SHOWN = QT_TRANSLATE_NOOP(
    "Glasscall", "{who} showed the one for {subject}, and proved with a signature that the private key is its own."
)
CERTIFICATES_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Once you are connected, the chains that you saw stand here.")

# ── 4: the handshake ───────────────────────────────────────────────────────────────────────────────────────────

HANDSHAKE = QT_TRANSLATE_NOOP("Glasscall", "Agree in public, talk in private")
HANDSHAKE_AGREE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Two ends that share nothing exchange key halves in the open, and both work out the same secret. "
    "Whoever only listens cannot. That is asymmetric, slow, and done once.",
)
HANDSHAKE_TALK = QT_TRANSLATE_NOOP(
    "Glasscall", "Everything after goes through one fast symmetric cipher with keys from that secret."
)
HANDSHAKE_MINE = QT_TRANSLATE_NOOP(
    "Glasscall", "Here: {group} to agree, {cipher} to talk. {messages} messages, {ms} ms."
)
HANDSHAKE_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Your own handshake appears here, message by message.")

# ── 5: TLS 1.2 ─────────────────────────────────────────────────────────────────────────────────────────────────

TLS12 = QT_TRANSLATE_NOOP("Glasscall", "TLS 1.2: ten messages")
TLS12_TEN = QT_TRANSLATE_NOOP(
    "Glasscall",
    "ClientHello. ServerHello, Certificate, ServerKeyExchange, ServerHelloDone. ClientKeyExchange, ChangeCipherSpec, "
    "Finished. ChangeCipherSpec, Finished.",
)
TLS12_TRIPS = QT_TRANSLATE_NOOP(
    "Glasscall", "Four flights, so two round trips before the first word. Certificates cross in the clear."
)
TLS12_MINE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Your link speaks TLS 1.2 just now. It has {messages} messages, because your own certificate and a ticket join in.",
)
TLS12_RUN = QT_TRANSLATE_NOOP("Glasscall", "On this page both versions run side by side, for real.")

# ── 6: TLS 1.3 ─────────────────────────────────────────────────────────────────────────────────────────────────

TLS13 = QT_TRANSLATE_NOOP("Glasscall", "TLS 1.3: one round trip")
TLS13_GUESS = QT_TRANSLATE_NOOP(
    "Glasscall", "The ClientHello brings a key half along, on a guess. ServerHello answers with the other."
)
TLS13_HIDDEN = QT_TRANSLATE_NOOP("Glasscall", "From there all is encrypted, even the certificates.")
TLS13_MINE = QT_TRANSLATE_NOOP("Glasscall", "Yours, from ClientHello to Finished: {messages} messages, {ms} ms.")
TLS13_RETRY = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Yours needed one more round trip, because the guess did not fit: {messages} messages, {ms} ms.",
)
TLS13_NOT_MINE = QT_TRANSLATE_NOOP("Glasscall", "Yours speaks TLS 1.2 now, because it was asked to.")
TLS13_IDLE = QT_TRANSLATE_NOOP("Glasscall", "Your own ClientHello opens here, byte by byte, once you are connected.")

# ── 7: resumption ──────────────────────────────────────────────────────────────────────────────────────────────

RESUMPTION = QT_TRANSLATE_NOOP("Glasscall", "We know each other")
RESUMPTION_MINE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Your voice line showed the relay a ticket from your link: {messages} messages instead of {full}. "
    "Missing: {missing}.",
)
RESUMPTION_FRESH = QT_TRANSLATE_NOOP(
    "Glasscall", "A new key exchange was made all the same, so a ticket stolen later opens no recording."
)
RESUMPTION_EARLY = QT_TRANSLATE_NOOP(
    "Glasscall",
    "A new key exchange protects all that follows. Only the call’s token came ahead of it, with the ClientHello "
    "(0-RTT): it works once, so a replay buys nothing.",
)
RESUMPTION_MINE_12 = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Your voice line resumed your link: {messages} messages instead of {full}. Even the key exchange is missing.",
)
RESUMPTION_STALE_12 = QT_TRANSLATE_NOOP(
    "Glasscall", "TLS 1.2 uses the old master secret again. TLS 1.3 can add a fresh key exchange, and Glasscall’s does."
)
RESUMPTION_SHORT = QT_TRANSLATE_NOOP(
    "Glasscall", "Your voice line showed the relay a ticket: {messages} messages, and no certificate among them."
)
RESUMPTION_FULL = QT_TRANSLATE_NOOP(
    "Glasscall", "This time the voice line could not resume and made a full handshake: {messages} messages."
)
RESUMPTION_IDLE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "A ticket of an earlier connection lets two ends skip the certificates. When you call, your voice line uses the "
    "one from your link.",
)
RESUMPTION_NEVER = QT_TRANSLATE_NOOP(
    "Glasscall", "The session between two people is never resumed: each call proves anew who is there."
)

# ── 8: keys ────────────────────────────────────────────────────────────────────────────────────────────────────

KEYS = QT_TRANSLATE_NOOP("Glasscall", "Keys for one time only")
KEYS_FORWARD = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Each full handshake makes new keys; they are forgotten with the connection. Who steals your private key tomorrow "
    "cannot open what was recorded today. That is forward secrecy.",
)
KEYS_QUANTUM = QT_TRANSLATE_NOOP(
    "Glasscall", "{group} joins X25519 and ML-KEM-768: to read along, one would have to break both."
)
KEYS_SIGNATURES = QT_TRANSLATE_NOOP(
    "Glasscall", "Only the key exchange is post-quantum. The signatures that say who is there are still ECDSA."
)
KEYS_CLASSIC = QT_TRANSLATE_NOOP(
    "Glasscall", "{group} alone is not post-quantum: a quantum computer of tomorrow could open a recording of today."
)
KEYS_IDLE = QT_TRANSLATE_NOOP(
    "Glasscall", "In TLS 1.3 Glasscall offers X25519MLKEM768 first, which is made to withstand quantum computers too."
)

# ── 9: names ───────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = QT_TRANSLATE_NOOP("Glasscall", "SSL, TLS, HTTPS")
NAMES_HISTORY = QT_TRANSLATE_NOOP(
    "Glasscall",
    "SSL 2.0 and 3.0 were Netscape’s, 1995 and 1996. Then it was called TLS: 1.0 in 1999, 1.1 in 2006, 1.2 in 2008, "
    "1.3 in 2018. All before 1.2 are retired.",
)
NAMES_HTTPS = QT_TRANSLATE_NOOP(
    "Glasscall",
    "HTTPS is HTTP spoken inside TLS. The relay answers a browser on the very same port: one word in the ClientHello, "
    "ALPN, says what is meant.",
)
NAMES_MINE = QT_TRANSLATE_NOOP("Glasscall", "Your link speaks {version}.")
NAMES_TRY = QT_TRANSLATE_NOOP(
    "Glasscall", "See it in a browser: https://{address}/. It will warn, because it does not know your relay’s CA."
)

# ── 10: past the relay ─────────────────────────────────────────────────────────────────────────────────────────

INSIDE = QT_TRANSLATE_NOOP("Glasscall", "A relay that cannot listen")
INSIDE_WHY = QT_TRANSLATE_NOOP(
    "Glasscall", "HTTPS ends at the server, and the server reads. A call must not end there."
)
INSIDE_MINE = QT_TRANSLATE_NOOP(
    "Glasscall", "A second TLS session, with {peer}, runs inside your line. The relay passes on what it has no key for."
)
INSIDE_WORDS = QT_TRANSLATE_NOOP(
    "Glasscall", "Its operator could issue a false certificate. The four words would give it away: read them aloud."
)
INSIDE_VERIFIED = QT_TRANSLATE_NOOP(
    "Glasscall",
    "A false certificate would bring another key than the one over which you compared words, and the call would stop.",
)
INSIDE_IDLE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "In a call a second TLS session, with the other person, runs inside your line. The relay passes on what it has no "
    "key for.",
)

# ── 11: voice ──────────────────────────────────────────────────────────────────────────────────────────────────

VOICE = QT_TRANSLATE_NOOP("Glasscall", "A voice cannot wait")
VOICE_SRTP = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Each frame of sound, 5 to 40 ms of it, is an SRTP packet of its own, with keys taken from the end-to-end session. "
    "What comes too late is bridged over, not waited for.",
)
VOICE_CONSTANT = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Voice packets have one size, even in silence: sizes that follow the voice betray what is said (RFC 6562). "
    "Only the network makes them change.",
)
VOICE_MINE = QT_TRANSLATE_NOOP("Glasscall", "Now, from mouth to ear: {delay} ms. The network’s part: {network} ms.")
VOICE_IDLE = QT_TRANSLATE_NOOP("Glasscall", "During a call the delay is measured here, stage by stage.")

# ── 12: the lab ────────────────────────────────────────────────────────────────────────────────────────────────

LAB = QT_TRANSLATE_NOOP("Glasscall", "Now try to break it")
LAB_WHAT = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Listen in, turn a bit over, play a packet twice, show a false certificate, force an older version: "
    "each attack runs for real, on a relay and phones made for it.",
)
LAB_RESULT = QT_TRANSLATE_NOOP("Glasscall", "You see what stopped it. Your own call is not touched.")
