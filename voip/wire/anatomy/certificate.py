"""Certificates down to their last byte (RFC 5280), and the other DER that TLS carries: names, signatures, OCSP.

Certificate ─ tbsCertificate ─ version · serialNumber · signature · issuer · validity · subject · …Info · extensions
            ├ signatureAlgorithm
            └ signatureValue
"""

import ipaddress

from voip.wire.anatomy.der import Dialect, Parts, Shape, holds_oid_first, oid, primitive
from voip.wire.anatomy.oids import ATTRIBUTE_SHORT
from voip.wire.anatomy.reader import Reader, in_hex
from voip.wire.anatomy.values import text

_USAGES = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)


def _say_certificate(said: Parts) -> str:
    return said.get("tbsCertificate", "")


def _say_tbs(said: Parts) -> str:
    return f"{said.get('subject', 'nobody')}, issued by {said.get('issuer', 'nobody')}, {said.get('validity', '')}"


def _say_validity(said: Parts) -> str:
    return f"valid from {said.get('notBefore', '?')} to {said.get('notAfter', '?')}"


def _say_attribute(said: Parts) -> str:
    kind = said.get("type", "?")
    return f"{ATTRIBUTE_SHORT.get(kind, kind)}={said.get('value', '')}"


def _say_first(said: Parts) -> str:
    return ", ".join(said.values())


def _say_algorithm(said: Parts) -> str:
    parameters = said.get("parameters", "")
    return ", ".join(part for part in (said.get("algorithm", ""), parameters) if part not in {"", "nothing"})


def _say_extension(said: Parts) -> str:
    name = said.get("extnID", "?")
    value = next((value for part, value in said.items() if part.startswith("extnValue")), "")
    return f"{name}: {value}" if value else name


def _say_constraints(said: Parts) -> str:
    if said.get("cA") != "TRUE":
        return "not a CA: it cannot issue certificates"
    depth = said.get("pathLenConstraint")
    return "a CA: it can issue certificates" + (f", at most {depth} CAs below it" if depth else "")


def _key_usage(_tag: int, contents: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in contents[1:3])
    return ", ".join(name for name, bit in zip(_USAGES, bits, strict=False) if bit == "1") or "nothing"


def _address(_tag: int, contents: bytes) -> str:
    return str(ipaddress.ip_address(contents)) if len(contents) in {4, 16} else in_hex(contents)


def _string(_tag: int, contents: bytes) -> str:
    return text(contents)


def _version(tag: int, contents: bytes) -> str:
    return {b"\x00": "v1", b"\x01": "v2", b"\x02": "v3"}.get(contents) or primitive(tag, contents)


def _bytes(_tag: int, contents: bytes) -> str:
    return in_hex(contents)


def _any_text(tag: int, contents: bytes) -> str:
    return contents.decode("utf-8", "backslashreplace") if _is_clean(tag, contents) else primitive(tag, contents)


def _is_clean(tag: int, contents: bytes) -> bool:
    """UTF-8 that holds no control characters, such as 김철수."""
    if tag != 0x0C or len(contents) > 256:
        return False
    try:
        return contents.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False


_NAME = Shape(("RelativeDistinguishedName",), many=True, say=_say_first)
_ALGORITHM = Shape(("algorithm", "parameters"), say=_say_algorithm)
_GENERAL_NAMES = {
    0x81: "rfc822Name",
    0x82: "dNSName",
    0x86: "uniformResourceIdentifier",
    0x87: "iPAddress",
    0xA4: "directoryName",
}
_EXTENSIONS = {
    "subjectAltName": "SubjectAltName",
    "issuerAltName": "IssuerAltName",
    "basicConstraints": "BasicConstraints",
    "keyUsage": "KeyUsage",
    "extKeyUsage": "ExtKeyUsageSyntax",
    "subjectKeyIdentifier": "KeyIdentifier",
    "authorityKeyIdentifier": "AuthorityKeyIdentifier",
}
_SHAPES: dict[str, Shape] = {
    "Certificate": Shape(("tbsCertificate", "signatureAlgorithm", "signatureValue"), say=_say_certificate),
    "tbsCertificate": Shape(
        ("serialNumber", "signature", "issuer", "validity", "subject", "subjectPublicKeyInfo"),
        {0xA0: "explicit_version", 0x81: "issuerUniqueID", 0x82: "subjectUniqueID", 0xA3: "explicit_extensions"},
        say=_say_tbs,
    ),
    "explicit_version": Shape(("version",), say=_say_first),
    "signature": _ALGORITHM,
    "signatureAlgorithm": _ALGORITHM,
    "algorithm": _ALGORITHM,
    "issuer": _NAME,
    "subject": _NAME,
    "distinguished_name": _NAME,
    "directoryName": Shape(("distinguished_name",), say=_say_first),
    "RelativeDistinguishedName": Shape(("AttributeTypeAndValue",), many=True, say=_say_first),
    "AttributeTypeAndValue": Shape(("type", "value"), say=_say_attribute),
    "validity": Shape(("notBefore", "notAfter"), say=_say_validity),
    "subjectPublicKeyInfo": Shape(("algorithm", "subjectPublicKey"), say=lambda said: said.get("algorithm", "")),
    "explicit_extensions": Shape(("extensions",)),
    "extensions": Shape(by_oid="Extension"),
    "Extension": Shape(tagged={0x06: "extnID", 0x01: "critical", 0x04: "extnValue"}, say=_say_extension),
    "SubjectAltName": Shape(tagged=_GENERAL_NAMES, say=_say_first),
    "IssuerAltName": Shape(tagged=_GENERAL_NAMES, say=_say_first),
    "BasicConstraints": Shape(tagged={0x01: "cA", 0x02: "pathLenConstraint"}, say=_say_constraints),
    "ExtKeyUsageSyntax": Shape(("KeyPurposeId",), many=True, say=_say_first),
    "AuthorityKeyIdentifier": Shape(
        tagged={0x80: "keyIdentifier", 0xA1: "authorityCertIssuer", 0x82: "authorityCertSerialNumber"}, say=_say_first
    ),
    "Ecdsa-Sig-Value": Shape(("r", "s")),
}
for _kind, _value in _EXTENSIONS.items():
    _SHAPES[f"Extension|{_kind}"] = Shape(
        tagged={0x06: "extnID", 0x01: "critical", 0x04: f"extnValue|{_kind}"}, say=_say_extension
    )
    _SHAPES[f"extnValue|{_kind}"] = Shape((_value,), say=_say_first)

X509 = Dialect(
    _SHAPES,
    {
        "version": _version,
        "serialNumber": _bytes,
        "r": _bytes,
        "s": _bytes,
        "value": _any_text,
        "KeyUsage": _key_usage,
        "rfc822Name": _string,
        "dNSName": _string,
        "uniformResourceIdentifier": _string,
        "iPAddress": _address,
        "KeyPurposeId": lambda _tag, contents: oid(contents),
    },
)


def certificate(reader: Reader) -> str:
    """One certificate, or the bare key that stands for one (RFC 7250)."""
    return X509.element(reader, "subjectPublicKeyInfo" if holds_oid_first(reader) else "Certificate")


def distinguished_name(reader: Reader) -> str:
    """The name of a certificate's subject or issuer."""
    return X509.element(reader, "distinguished_name")


def ecdsa_signature(reader: Reader) -> str:
    """The two numbers of an ECDSA or DSA signature."""
    X509.element(reader, "Ecdsa-Sig-Value")
    return ""


def ocsp_response(reader: Reader) -> str:
    """What an issuer signed about a certificate's revocation (RFC 6960), by its types."""
    X509.element(reader, "OCSPResponse")
    return ""
