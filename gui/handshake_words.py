"""Every sentence that the opened handshake says: the inspector, the story, the key schedule. See `gui.wording`."""

from gui.wording import QT_TRANSLATE_NOOP

# ── the inspector ──────────────────────────────────────────────────────────────────────────────────────────────

BACK = QT_TRANSLATE_NOOP("Glasscall", "Back")
FACE = {
    "bytes": QT_TRANSLATE_NOOP("Glasscall", "Bytes"),
    "story": QT_TRANSLATE_NOOP("Glasscall", "Story"),
    "keys": QT_TRANSLATE_NOOP("Glasscall", "Keys"),
}
CHANNEL = {
    "link": QT_TRANSLATE_NOOP("Glasscall", "Relay"),
    "leg": QT_TRANSLATE_NOOP("Glasscall", "Voice line"),
    "session": QT_TRANSLATE_NOOP("Glasscall", "End to end"),
}
CHANNEL_EMPTY = QT_TRANSLATE_NOOP("Glasscall", "No handshake has been seen here yet.")
MESSAGES = QT_TRANSLATE_NOOP("Glasscall", "Messages of the handshake")
BYTES_OF = QT_TRANSLATE_NOOP("Glasscall", "Bytes of {name}")
FIELDS_OF = QT_TRANSLATE_NOOP("Glasscall", "Fields of {name}")
BYTE_COUNT = QT_TRANSLATE_NOOP("Glasscall", "{count} bytes")
BYTE_RANGE = QT_TRANSLATE_NOOP("Glasscall", "bytes {first} to {last}")
MESSAGES_HELP = QT_TRANSLATE_NOOP("Glasscall", "Times in ms · dashed: in the clear · RTT: round trip")
BYTE_ONE = QT_TRANSLATE_NOOP("Glasscall", "byte {first}")
NOT_KEPT = QT_TRANSLATE_NOOP("Glasscall", "These bytes were not kept.")
SIDE_CLEAR = QT_TRANSLATE_NOOP("Glasscall", "The message")
SIDE_DECRYPTED = QT_TRANSLATE_NOOP("Glasscall", "What we decrypted")
SIDE_ENCRYPTED = QT_TRANSLATE_NOOP("Glasscall", "What we encrypted")
SIDE_WIRE = QT_TRANSLATE_NOOP("Glasscall", "What the wire saw")
EVE_READS = QT_TRANSLATE_NOOP("Glasscall", "In the clear: an eavesdropper reads exactly this.")
EVE_SEES = QT_TRANSLATE_NOOP(
    "Glasscall", "Encrypted: an eavesdropper sees only that {count} bytes passed, not what they say."
)
MARK = {
    "grease": QT_TRANSLATE_NOOP("Glasscall", "Sent to be ignored, so that nobody relies on a fixed list (GREASE)."),
    "unknown": QT_TRANSLATE_NOOP("Glasscall", "Not known to this version of Glasscall."),
    "truncated": QT_TRANSLATE_NOOP("Glasscall", "It ends before it should."),
    "malformed": QT_TRANSLATE_NOOP("Glasscall", "It does not follow the rules."),
}
ROUND_TRIPS = QT_TRANSLATE_NOOP("Glasscall", "{count} RTT")
EXTRA = {
    "client-authentication": QT_TRANSLATE_NOOP("Glasscall", "client authentication"),
    "ticket": QT_TRANSLATE_NOOP("Glasscall", "for next time"),
    "retry": QT_TRANSLATE_NOOP("Glasscall", "once more"),
    "compatibility": QT_TRANSLATE_NOOP("Glasscall", "for old middleboxes"),
}
STEP = QT_TRANSLATE_NOOP("Glasscall", "step {number}")

# ── the story ──────────────────────────────────────────────────────────────────────────────────────────────────

PHONE_OF = QT_TRANSLATE_NOOP("Glasscall", "{name}’s phone")
THE_RELAY = QT_TRANSLATE_NOOP("Glasscall", "The relay")
TALE = {
    "ClientHello": QT_TRANSLATE_NOOP(
        "Glasscall",
        "{who} says hello. It offers {suites} cipher suites and brings a key half for {groups}. "
        "Everybody can read this.",
    ),
    "ClientHello-12": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} says hello and offers {suites} cipher suites. Everybody can read this."
    ),
    "ClientHello-resumed": QT_TRANSLATE_NOOP(
        "Glasscall",
        "{who} says hello and shows the ticket of an earlier connection: “we know each other”. "
        "It also brings a fresh key half for {groups}.",
    ),
    "ClientHello-bare": QT_TRANSLATE_NOOP("Glasscall", "{who} says hello and tells what it can do."),
    "HelloRetryRequest": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} asks for another hello, with a key half of a kind that it can use."
    ),
    "ServerHello": QT_TRANSLATE_NOOP(
        "Glasscall",
        "{who} answers, chooses {suite} and adds its own key half ({group}). "
        "From the two halves both now know the same secret; nobody who only listens does.",
    ),
    "ServerHello-12": QT_TRANSLATE_NOOP("Glasscall", "{who} answers and chooses {suite}, in {version}."),
    "ServerHello-bare": QT_TRANSLATE_NOOP("Glasscall", "{who} answers and chooses from what was offered."),
    "EncryptedExtensions": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} settles the small print, already encrypted: which protocol will be spoken inside."
    ),
    "CertificateRequest": QT_TRANSLATE_NOOP("Glasscall", "{who} asks: and who are you? It wants a certificate, too."),
    "Certificate": QT_TRANSLATE_NOOP("Glasscall", "{who} shows its certificate. It names {subject}."),
    "Certificate-bare": QT_TRANSLATE_NOOP("Glasscall", "{who} shows its certificate."),
    "CertificateVerify": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} signs everything said so far: proof that the certificate is really its own."
    ),
    "Finished": QT_TRANSLATE_NOOP(
        "Glasscall",
        "{who} seals the handshake with a checksum over every message before. Had anyone changed one bit, it would "
        "not fit.",
    ),
    "NewSessionTicket": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} hands out a ticket: with it the next connection is quicker."
    ),
    "ServerKeyExchange": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} sends its key half for {group}, signed with its certificate’s key."
    ),
    "ServerHelloDone": QT_TRANSLATE_NOOP("Glasscall", "{who} is done for now and waits."),
    "ClientKeyExchange": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} sends its own key half. Both now know the same secret; nobody who only listens does."
    ),
    "ChangeCipherSpec": QT_TRANSLATE_NOOP("Glasscall", "{who} says: from here on I encrypt."),
    "ChangeCipherSpec-13": QT_TRANSLATE_NOOP(
        "Glasscall",
        "{who} sends a leftover of TLS 1.2 so that old middleboxes let the connection pass. It means nothing.",
    ),
    "KeyUpdate": QT_TRANSLATE_NOOP("Glasscall", "{who} changes to a fresh key."),
    "CertificateStatus": QT_TRANSLATE_NOOP("Glasscall", "{who} shows that its certificate has not been revoked."),
    "HelloRequest": QT_TRANSLATE_NOOP("Glasscall", "{who} asks for a new handshake."),
    "EndOfEarlyData": QT_TRANSLATE_NOOP("Glasscall", "{who} ends what it said ahead of time."),
    "early data": QT_TRANSLATE_NOOP(
        "Glasscall",
        "{who} does not wait for the answer: it already says something, encrypted with a key from the earlier "
        "connection.",
    ),
    "Alert": QT_TRANSLATE_NOOP("Glasscall", "{who} raises an alert, {name}, and gives up."),
    "Alert-close": QT_TRANSLATE_NOOP(
        "Glasscall", "{who} says goodbye: so the other end knows that nothing was cut off."
    ),
    "other": QT_TRANSLATE_NOOP("Glasscall", "{who} sends {name}."),
}
TALE_HIDDEN = QT_TRANSLATE_NOOP("Glasscall", "From here everything is encrypted. An eavesdropper sees only sizes.")
TALE_HIDDEN_12 = QT_TRANSLATE_NOOP(
    "Glasscall", "From here {who} encrypts. All before, even the certificates, could be read."
)
TALE_DONE = QT_TRANSLATE_NOOP("Glasscall", "Done in {ms} ms: both know the key, and who the other one is.")
TALE_FAILED = QT_TRANSLATE_NOOP("Glasscall", "The handshake ended here: {why}")

# ── the key schedule ───────────────────────────────────────────────────────────────────────────────────────────

KEYS_LEAD = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Both ends work all of this out by themselves, from the two key halves. No secret ever travels; "
    "here stand only names and lengths.",
)
KEYS_EMPTY = QT_TRANSLATE_NOOP("Glasscall", "The keys can be told once the handshake has chosen a cipher suite.")
FED_PSK = QT_TRANSLATE_NOOP("Glasscall", "from the earlier connection’s resumption secret")
FED_NOTHING = QT_TRANSLATE_NOOP("Glasscall", "no earlier connection: starts from zeros")
FED_GROUP = QT_TRANSLATE_NOOP("Glasscall", "+ shared secret of {group}")
FED_ZERO = QT_TRANSLATE_NOOP("Glasscall", "+ zeros: nothing new goes in")
FED_RANDOMS = QT_TRANSLATE_NOOP("Glasscall", "+ a hash of the handshake so far")
FED_MASTER = QT_TRANSLATE_NOOP("Glasscall", "cut into keys, one set for each direction")
FED_SESSION = QT_TRANSLATE_NOOP("Glasscall", "kept from the earlier connection")
USE = {
    "binder": QT_TRANSLATE_NOOP("Glasscall", "proves that the ticket is ours"),
    "early": QT_TRANSLATE_NOOP("Glasscall", "{who} encrypts with it what it says ahead of time"),
    "handshake": QT_TRANSLATE_NOOP("Glasscall", "{who} encrypts with it"),
    "application": QT_TRANSLATE_NOOP("Glasscall", "{who} encrypts all that follows with it"),
    "updated": QT_TRANSLATE_NOOP("Glasscall", "after a KeyUpdate: made from the one before, which is forgotten"),
    "exporter-srtp": QT_TRANSLATE_NOOP("Glasscall", "makes the voice’s SRTP keys: 2 × (key 32 + salt 12 bytes)"),
    "exporter": QT_TRANSLATE_NOOP("Glasscall", "could make keys for other protocols; not used here"),
    "resumption": QT_TRANSLATE_NOOP("Glasscall", "goes with the tickets into the next connection"),
    "verify": QT_TRANSLATE_NOOP("Glasscall", "seals the handshake: Finished, 12 bytes"),
}
ALL_DATA = QT_TRANSLATE_NOOP("Glasscall", "all data")
SRTP_VOICE = QT_TRANSLATE_NOOP("Glasscall", "SRTP · voice")
