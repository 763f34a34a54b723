"""Why a TLS connection failed, as a code and a sentence that a person can act on."""

from OpenSSL import SSL

from voip.session.tls.events import Alert, Failed

_VERIFY = {
    9: ("not-yet-valid", "The certificate shown is not valid yet. Check the date of both computers."),
    10: (
        "expired",
        "The certificate shown has expired. Check this computer's date; if it is right, theirs must renew.",
    ),
    18: (
        "wrong-authority",
        "The certificate shown vouches for itself. It was not issued by the relay's CA; do not go on.",
    ),
    19: ("wrong-authority", "The certificate shown comes from another CA than the one you joined. Do not go on."),
    20: ("wrong-authority", "The certificate shown was not issued by the CA of the relay you joined. Do not go on."),
    21: ("wrong-authority", "The certificate shown was not issued by the CA of the relay you joined. Do not go on."),
    7: (
        "wrong-authority",
        "The signature on the certificate shown is not by the CA of the relay you joined. Do not go on.",
    ),
    26: ("wrong-usage", "The certificate shown was issued for another purpose."),
}

_ALERTS = {
    "unknown_ca": "The other end does not know the CA of our certificate: it was issued elsewhere. Join there first.",
    "certificate_expired": "The other end says that our certificate has expired. Join again with a new invite.",
    "certificate_unknown": "The other end refused our certificate.",
    "bad_certificate": "The other end refused our certificate as damaged or wrong.",
    "certificate_required": "The other end wants a certificate from us and we showed none. Join with an invite first.",
    "certificate_revoked": "The other end says that our certificate was revoked.",
    "unsupported_certificate": "The other end refused our certificate: it is for another purpose.",
    "protocol_version": "The two ends share no TLS version. One allows only TLS 1.3, the other only older ones.",
    "handshake_failure": "The two ends share no cipher suite or key exchange.",
    "no_application_protocol": "The other end does not speak Glasscall's protocol at this address.",
    "bad_record_mac": "Data were damaged or tampered with on the way; the connection was stopped.",
    "illegal_parameter": (
        "The handshake was altered on the way, or the other end broke the rules; somebody may be forcing weaker "
        "encryption."
    ),
    "decrypt_error": "A signature or Finished message did not verify; somebody may be tampering with the handshake.",
}


def refusal_of(number: int, words: str) -> tuple[str, str]:
    """Code and sentence for OpenSSL's verification error `number`, which it calls `words`."""
    return _VERIFY.get(number, ("certificate-bad", f"The certificate shown was refused: {words}."))


def explain(at: float, error: SSL.Error, alert: Alert | None, refusal: tuple[str, str] | None) -> Failed:
    """What killed the connection: our own refusal first, then the alert that passed, then OpenSSL's words."""
    if refusal is not None:
        return Failed(at, *refusal)
    if alert is not None and alert.level == "fatal":
        known = _ALERTS.get(alert.name, "The TLS connection was broken off.")
        who = "received" if alert.direction == "in" else "sent"
        return Failed(at, alert.name.replace("_", "-"), f"{known} (alert {who}: {alert.name})")
    if isinstance(error, SSL.SysCallError):
        return Failed(at, "truncated", "The connection broke off without a goodbye; what came last may be missing.")
    reasons = [str(part[-1]) for part in (error.args[0] if error.args else []) if isinstance(part, tuple)]
    if any("wrong version number" in r or "unexpected message" in r or "http request" in r for r in reasons):
        return Failed(at, "not-tls", "What came in is not TLS. Is this really the address of a relay?")
    return Failed(at, "tls", f"TLS failed: {'; '.join(reasons) or 'no reason given'}.")
