"""What is inside the extensions that are more than a number or a list: one function per structure."""

from datetime import UTC, datetime

from voip.wire.anatomy import values
from voip.wire.anatomy.certificate import X509, distinguished_name, ocsp_response
from voip.wire.anatomy.der import oid
from voip.wire.anatomy.field import Mark
from voip.wire.anatomy.key_exchange import signature
from voip.wire.anatomy.reader import Reader, counted, in_hex, items, numbers, opaque


def server_name(reader: Reader) -> str:
    """ServerName (RFC 6066 §3)."""
    kind = reader.number("name_type", 1, values.NAME_TYPE)
    return reader.vector("host_name" if kind == 0 else "name", 2, opaque("host_name_data", values.text))


def protocol(reader: Reader) -> str:
    """ProtocolName (RFC 7301 §3.1)."""
    reader.length(1)
    said = values.protocol(reader.data[reader.at : reader.end])
    odd: Mark = "grease" if said.startswith("GREASE") and reader.peek(2) & 0x0F0F == 0x0A0A else ""
    reader.mark = reader.mark or odd
    reader.leaf("protocol_name", reader.left, said, odd)
    return said


def status_request(reader: Reader) -> str:
    """CertificateStatusRequest (RFC 6066 §8); empty in a CertificateRequest of OpenSSL."""
    if not reader.left:
        return ""
    kind = reader.number("status_type", 1, values.CERTIFICATE_STATUS)
    _ocsp_request(reader)
    return values.CERTIFICATE_STATUS(kind)[0]


def status_request_item(reader: Reader) -> str:
    """CertificateStatusRequestItemV2 (RFC 6961 §2.2)."""
    kind = reader.number("status_type", 1, values.CERTIFICATE_STATUS)
    reader.length(2)
    _ocsp_request(reader)
    return values.CERTIFICATE_STATUS(kind)[0]


def _ocsp_request(reader: Reader) -> None:
    reader.vector("responder_id_list", 2, items("ResponderID", counted(2, opaque("responder_id_data"))))
    reader.vector("request_extensions", 2, opaque("request_extensions_data"))


def certificate_status(reader: Reader) -> str:
    """CertificateStatus (RFC 6066 §8): an OCSP response beside the certificate."""
    kind = reader.number("status_type", 1, values.CERTIFICATE_STATUS)
    reader.vector("response", 3, ocsp_response if kind == 1 else opaque("response_data"))
    return values.CERTIFICATE_STATUS(kind)[0]


def timestamp(reader: Reader) -> str:
    """SignedCertificateTimestamp (RFC 6962 §3.2)."""
    reader.length(2)
    reader.number("sct_version", 1, values.SCT_VERSION)
    reader.opaque("log_id", 32)
    when = reader.peek(8)
    reader.number("timestamp", 8, lambda ms: (_moment(ms), ""))
    reader.vector("sct_extensions", 2, opaque("sct_extensions_data"))
    reader.group("digitally_signed", signature)
    return _moment(when)


def _moment(milliseconds: int) -> str:
    if not 0 <= milliseconds < 32_503_680_000_000:  # the year 3000
        return f"{milliseconds} ms since 1970"
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def use_srtp(reader: Reader) -> str:
    """UseSRTPData (RFC 5764 §4.1.1)."""
    said = reader.vector("SRTPProtectionProfiles", 2, numbers("SRTPProtectionProfile", 2, values.SRTP_PROFILE))
    reader.vector("srtp_mki", 1, opaque("srtp_mki_data"))
    return said


def padding(reader: Reader) -> str:
    """PaddingExtension (RFC 7685): zeros."""
    size = reader.left
    clean = not any(reader.data[reader.at : reader.end])
    odd: Mark = "" if clean else "malformed"
    said = f"{size} bytes of zeros" if clean else f"{size} bytes that should be zeros and are not"
    reader.mark = reader.mark or odd
    reader.leaf("padding_data", size, said, odd)
    return said


def offered_psks(reader: Reader) -> str:
    """OfferedPsks (RFC 8446 §4.2.11)."""
    reader.vector("identities", 2, items("PskIdentity", _identity))
    reader.vector("binders", 2, items("PskBinderEntry", counted(1, opaque("binder"))))
    return "a session to resume"


def _identity(reader: Reader) -> str:
    said = reader.vector("identity", 2, opaque("identity_data"))
    reader.number("obfuscated_ticket_age", 4)
    return said


def authority(reader: Reader) -> str:
    """One name in a list of certificate authorities (RFC 8446 §4.2.4, RFC 5246 §7.4.4)."""
    reader.length(2)
    return distinguished_name(reader)


def oid_filter(reader: Reader) -> str:
    """OIDFilter (RFC 8446 §4.2.5)."""
    said = reader.vector("certificate_extension_oid", 1, opaque("oid", _oid))
    reader.vector("certificate_extension_values", 2, opaque("oid_values"))
    return said


def _oid(element: bytes) -> str:
    return (
        oid(element[2:]) if len(element) > 2 and element[0] == 6 and element[1] == len(element) - 2 else in_hex(element)
    )


def cryptopro(reader: Reader) -> str:
    """What OpenSSL adds to the ServerHello of a GOST suite, for an old client of CryptoPro: the algorithms' names."""
    X509.element(reader, "SEQUENCE")
    return ""


def encrypted_hello(reader: Reader) -> str:
    """ECHClientHello (RFC 9849 §5)."""
    if reader.number("ECHClientHelloType", 1, values.ECH_TYPE):
        return "inner"
    reader.number("kdf_id", 2, values.HPKE_KDF)
    reader.number("aead_id", 2, values.HPKE_AEAD)
    reader.number("config_id", 1)
    reader.vector("enc", 2, opaque("enc_data"))
    reader.vector("payload", 2, opaque("payload_data"))
    return "outer"


def ech_config(reader: Reader) -> str:
    """ECHConfig, offered for a second try (RFC 9849 §4)."""
    _value, odd = values.ECH_VERSION(reader.number("ech_version", 2, values.ECH_VERSION))
    reader.vector("contents", 2, opaque("contents_data") if odd else _ech_contents)
    return ""


def _ech_contents(reader: Reader) -> str:
    reader.number("config_id", 1)
    reader.number("kem_id", 2)
    reader.vector("public_key", 2, opaque("public_key_data"))
    reader.vector("hpke_suites", 2, items("HpkeSymmetricCipherSuite", _hpke_suite))
    reader.number("maximum_name_length", 1, values.size)
    name = reader.vector("public_name", 1, opaque("public_name_data", values.text))
    reader.vector("ech_extensions", 2, opaque("ech_extensions_data"))
    return name


def _hpke_suite(reader: Reader) -> str:
    reader.number("kdf_id", 2, values.HPKE_KDF)
    return values.HPKE_AEAD(reader.number("aead_id", 2, values.HPKE_AEAD))[0]
