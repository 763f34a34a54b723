"""What is said about a name, in a few words: `X25519MLKEM768, a hybrid of …`. Tables, to be translatable."""

VERSION_NOTES: dict[str, str] = {
    "SSLv3": "broken since 2014; forbidden",
    "TLSv1.0": "outdated; forbidden since 2021",
    "TLSv1.1": "outdated; forbidden since 2021",
}

GROUP_NOTES: dict[str, str] = {
    "x25519": "an elliptic curve, fast and hard to get wrong",
    "x448": "an elliptic curve with a large margin of safety",
    "secp256r1": "the elliptic curve P-256 of NIST",
    "secp384r1": "the elliptic curve P-384 of NIST",
    "secp521r1": "the elliptic curve P-521 of NIST",
    "X25519MLKEM768": "a hybrid of a classical and a post-quantum key exchange",
    "SecP256r1MLKEM768": "a hybrid of a classical and a post-quantum key exchange",
    "SecP384r1MLKEM1024": "a hybrid of a classical and a post-quantum key exchange",
    "curveSM2MLKEM768": "a hybrid of a classical and a post-quantum key exchange",
    "X25519Kyber768Draft00": "a hybrid of a classical and a post-quantum key exchange; a draft of X25519MLKEM768",
    "MLKEM512": "a post-quantum key exchange alone",
    "MLKEM768": "a post-quantum key exchange alone",
    "MLKEM1024": "a post-quantum key exchange alone",
    "ffdhe2048": "classical Diffie-Hellman with a prime of 2048 bits",
    "ffdhe3072": "classical Diffie-Hellman with a prime of 3072 bits",
    "ffdhe4096": "classical Diffie-Hellman with a prime of 4096 bits",
    "ffdhe6144": "classical Diffie-Hellman with a prime of 6144 bits",
    "ffdhe8192": "classical Diffie-Hellman with a prime of 8192 bits",
}

SIGNATURE_NOTES: dict[str, str] = {
    "ecdsa_secp256r1_sha256": "ECDSA on the curve P-256 over SHA-256",
    "ecdsa_secp384r1_sha384": "ECDSA on the curve P-384 over SHA-384",
    "ecdsa_secp521r1_sha512": "ECDSA on the curve P-521 over SHA-512",
    "ed25519": "EdDSA on Curve25519",
    "ed448": "EdDSA on Curve448",
    "mldsa44": "a post-quantum signature",
    "mldsa65": "a post-quantum signature",
    "mldsa87": "a post-quantum signature",
    "rsa_pkcs1_sha1": "RSA over SHA-1, which is broken",
    "ecdsa_sha1": "ECDSA over SHA-1, which is broken",
    "dsa_sha1": "DSA over SHA-1, which is broken",
}

CIPHER_NOTES: tuple[tuple[str, str], ...] = (
    ("_SCSV", "no cipher suite but a signal that stands among them"),
    ("_NULL_", "no encryption at all"),
    ("_anon_", "no authentication at all"),
    ("_EXPORT", "weak on purpose, for export in the 1990s"),
    ("_RC4_", "a broken cipher"),
    ("_DES", "an outdated cipher"),
    ("_3DES", "an outdated cipher"),
    ("TLS_RSA_", "without forward secrecy: who steals the key later can read the call"),
    ("TLS_ECDH_", "without forward secrecy: who steals the key later can read the call"),
    ("TLS_DH_", "without forward secrecy: who steals the key later can read the call"),
    ("_CBC_", "an older mode that encrypts and authenticates in two steps"),
    ("TLS_PSK_", "a key that both ends know already, without forward secrecy"),
    ("DHE_", "forward secret, encrypts and authenticates in one step"),
)
"""The first part that is found in a suite's name decides."""
CIPHER_NOTE_1_3 = "for TLS 1.3, encrypts and authenticates in one step"
CIPHER_NOTE_INTEGRITY = "for TLS 1.3, authenticates but does not encrypt"

ALERT_NOTES: dict[str, str] = {
    "close_notify": "the sender has nothing more to say: a goodbye",
    "unexpected_message": "a message came that was not due",
    "bad_record_mac": "a record was damaged or tampered with",
    "record_overflow": "a record was longer than allowed",
    "handshake_failure": "the two ends have nothing in common to agree on",
    "bad_certificate": "the certificate was damaged, or its signature did not verify",
    "unsupported_certificate": "the certificate is of a kind that cannot be used here",
    "certificate_revoked": "the certificate was withdrawn by who issued it",
    "certificate_expired": "the certificate is not valid now",
    "certificate_unknown": "the certificate was refused for another reason",
    "illegal_parameter": "a value is not allowed or contradicts another",
    "unknown_ca": "the certificate was issued by somebody unknown here",
    "access_denied": "the certificate is good, but its owner may not come in",
    "decode_error": "a message could not be taken apart",
    "decrypt_error": "a signature or a Finished did not verify",
    "protocol_version": "the two ends share no version",
    "insufficient_security": "all that was offered is too weak",
    "internal_error": "the sender itself failed",
    "inappropriate_fallback": "the client came back with an older version without need",
    "user_canceled": "somebody cancelled the handshake",
    "no_renegotiation": "the connection will not be negotiated anew",
    "missing_extension": "an extension that must be there is not",
    "unsupported_extension": "an extension was answered that nobody asked for",
    "unrecognized_name": "no server of that name is here",
    "unknown_psk_identity": "the session to be resumed is not known",
    "certificate_required": "a certificate was asked for and none was shown",
    "no_application_protocol": "the two ends share no application protocol",
}

OTHER_NOTES: dict[str, str] = {
    "psk_ke": "from the old secret alone, without forward secrecy",
    "psk_dhe_ke": "from the old secret and a new key exchange, so that it stays forward secret",
    "uncompressed": "both coordinates are written out",
    "X509": "the usual kind of certificate",
    "RawPublicKey": "a bare public key without a certificate around it",
    "ocsp": "a signed statement of the issuer that the certificate is not revoked",
    "rsa_sign": "a certificate with an RSA key",
    "ecdsa_sign": "a certificate with an ECDSA or EdDSA key",
    "dss_sign": "a certificate with a DSA key",
    "fatal": "the connection ends at once",
    "warning": "the connection may go on",
    "handshake": "a message that sets up the connection",
    "alert": "an error or a goodbye",
    "change_cipher_spec": "the sign that encryption begins",
    "application_data": "encrypted: what it really is cannot be seen from outside",
    "update_not_requested": "the other end may keep its key",
    "update_requested": "the other end shall change its key too",
}

GREASE_NOTE = "made up to keep servers used to what they do not know (RFC 8701)"
UNKNOWN_NOTE = "not known to this program"
DOWNGRADE_1_2 = "its end is the mark of a server that could do TLS 1.3 and was asked for TLS 1.2"
DOWNGRADE_1_1 = "its end is the mark of a server that could do better and was asked for TLS 1.1 or older"
HELLO_RETRY = "the fixed value that makes a ServerHello a HelloRetryRequest"
REFUSED = "refused: Glasscall never offers compression, so nobody may send this"
