"""Public keys of a key exchange, and signatures.

    key_share       TLS 1.3: group and public key, for a hybrid in its two parts
    server_params   TLS 1.2's ServerKeyExchange; client_params its ClientKeyExchange
    signature       an algorithm and what it made

TLS 1.2's two messages do not say of what kind they are: the cipher suite does. They are told apart by what fits.
"""

from voip.wire import tls_names as tls
from voip.wire.anatomy import values
from voip.wire.anatomy.certificate import ecdsa_signature
from voip.wire.anatomy.reader import Decode, Reader, counted, in_hex, opaque

_P256, _P384, _P521 = 65, 97, 133
_POINTS = {23: _P256, 24: _P384, 25: _P521, 0x001A: 65, 0x001B: 97, 0x001C: 129, 31: 65, 32: 97, 33: 129, 41: 65}
"""Groups whose public key is an uncompressed point: 4, then both coordinates (RFC 8446 §4.2.8.2)."""
_X25519 = ("X25519_public_key", 32)

Parts = tuple[tuple[str, int], ...]
_CLIENT: dict[int, Parts] = {
    29: (_X25519,),
    30: (("X448_public_key", 56),),
    256: (("dh_Y", 256),),
    257: (("dh_Y", 384),),
    258: (("dh_Y", 512),),
    259: (("dh_Y", 768),),
    260: (("dh_Y", 1024),),
    512: (("ML-KEM-512_encapsulation_key", 800),),
    513: (("ML-KEM-768_encapsulation_key", 1184),),
    514: (("ML-KEM-1024_encapsulation_key", 1568),),
    0x11EB: (("P-256_public_key", _P256), ("ML-KEM-768_encapsulation_key", 1184)),
    0x11EC: (("ML-KEM-768_encapsulation_key", 1184), _X25519),
    0x11ED: (("P-384_public_key", _P384), ("ML-KEM-1024_encapsulation_key", 1568)),
    0x11EE: (("SM2_public_key", 65), ("ML-KEM-768_encapsulation_key", 1184)),
    0x6399: (_X25519, ("ML-KEM-768_encapsulation_key", 1184)),
}
_CIPHERTEXTS = {512: 768, 513: 1088, 514: 1568}


def _answer(name: str, size: int) -> tuple[str, int]:
    """What the server sends back for one part of the client's share."""
    if not name.startswith("ML-KEM"):
        return name, size
    size = {800: 768, 1184: 1088, 1568: 1568}[size]
    return name.replace("encapsulation_key", "ciphertext"), size


_SERVER: dict[int, Parts] = {group: tuple(_answer(*part) for part in parts) for group, parts in _CLIENT.items()}


def client_share(reader: Reader) -> str:
    """A KeyShareEntry of a ClientHello (RFC 8446 §4.2.8)."""
    return _share(reader, _CLIENT)


def server_share(reader: Reader) -> str:
    """The KeyShareEntry of a ServerHello."""
    return _share(reader, _SERVER)


def _share(reader: Reader, known: dict[int, Parts]) -> str:
    group = reader.number("group", 2, values.GROUP)
    reader.vector("key_exchange", 2, _public_key(group, known))
    return values.GROUP(group)[0]


def _public_key(group: int, known: dict[int, Parts]) -> Decode:
    def read(reader: Reader) -> str:
        parts = known.get(group)
        if group in _POINTS:
            return point(reader, _POINTS[group])
        if parts is None:
            return opaque("key_exchange_data")(reader)
        for name, size in parts:
            reader.opaque(name, size)
        if len(parts) > 1:
            return " + ".join(f"{name.replace('_', ' ')} ({size} bytes)" for name, size in parts)
        return f"{parts[0][1]} bytes"

    return read


def point(reader: Reader, size: int) -> str:
    """An uncompressed point of `size` bytes; anything else stays one field."""
    if reader.left != size or reader.peek(1) != 4:
        if reader.left == size:
            reader.unknown("key_exchange_data", f"{size} bytes, a point in a form that is not allowed")
        else:
            reader.mark = reader.mark or "malformed"
            reader.leaf("key_exchange_data", reader.left, f"{reader.left} bytes, {size} are due", "malformed")
        return ""
    reader.number("legacy_form", 1, lambda _: ("4, both coordinates follow", ""))
    half = (size - 1) // 2
    reader.opaque("X", half)
    reader.opaque("Y", half)
    return f"a point on the curve, {size} bytes"


def signature(reader: Reader) -> str:
    """SignatureScheme and signature: CertificateVerify, and the end of ServerKeyExchange."""
    scheme = reader.number("algorithm", 2, values.SIGNATURE)
    name = tls.SIGNATURE_NAMES.get(scheme, "")
    body = ecdsa_signature if name.startswith(("ecdsa", "dsa", "sm2")) else opaque("signature_data")
    reader.vector("signature", 2, body)
    return values.SIGNATURE(scheme)[0]


def server_params(reader: Reader) -> str:
    """ServerKeyExchange (RFC 8422 §5.4, RFC 5246 §7.4.3, RFC 4279 §2, RFC 5489 §2, RFC 5054 §2.8)."""
    known = reader.peek(1) == 3 and reader.peek(2, 1) in tls.GROUP_NAMES
    shared = None if known else _shared_key_params(reader)
    if shared is not None:
        said = reader.group("params", shared)
    elif known or (reader.peek(1) == 3 and not _fits_dh(reader)):
        said = reader.group("params", _ecdh_params)
    elif _fits_dh(reader):
        said = reader.group("params", _dh_params)
    elif _is_vector(reader):
        reader.vector("psk_identity_hint", 2, opaque("identity_hint", values.text))
        return ""
    else:
        reader.unknown("params", f"{reader.left} bytes of a kind not known to this program")
        return ""
    if reader.left:
        reader.group("signed_params", signature)
    return said


def _ecdh_params(reader: Reader) -> str:
    reader.number("curve_type", 1, values.CURVE_TYPE)
    group = reader.number("named_curve", 2, values.GROUP)
    reader.vector("public", 1, _public_key(group, _SERVER))
    return values.GROUP(group)[0]


def _shared_key_params(reader: Reader) -> Decode | None:
    """Who reads the parameters of suites with a key known before or a password; None when they are of no such kind."""
    after_hint = _behind(reader, 2)
    if after_hint >= 0 and reader.peek(1, after_hint) == 3 and _behind(reader, 1, at=after_hint + 3) == reader.left:
        return _hinted(_ecdh_params)
    if _behind(reader, 2, 2, 2, 2) == reader.left:
        return _hinted(_dh_params)
    after_b = _behind(reader, 2, 2, 1, 2)
    if after_b == reader.left or (after_b > 0 and _behind(reader, 2, at=after_b + 2) == reader.left):
        return _srp_params
    return None


def _behind(reader: Reader, *sizes: int, at: int = 0) -> int:
    """How far behind the next byte the vectors end that have lengths of so many bytes; -1 when they do not fit."""
    for size in sizes:
        length = reader.peek(size, at)
        if length < 0 or at + size + length > reader.left:
            return -1
        at += size + length
    return at


def _hinted(params: Decode) -> Decode:
    def read(reader: Reader) -> str:
        reader.vector("psk_identity_hint", 2, opaque("identity_hint", values.text))
        return params(reader)

    return read


def _srp_params(reader: Reader) -> str:
    size = reader.peek(2)
    for name, width in (("srp_N", 2), ("srp_g", 2), ("srp_s", 1), ("srp_B", 2)):
        reader.vector(name, width, opaque(f"{name}_value"))
    return f"a key exchange from a password, with a prime of {size * 8} bits"


def _fits_dh(reader: Reader) -> bool:
    """Whether three vectors stand here: dh_p, dh_g, dh_Ys."""
    skip = 0
    for _ in range(3):
        length = reader.peek(2, skip)
        if length < 1:
            return False
        skip += 2 + length
    return skip <= reader.left


def _is_vector(reader: Reader) -> bool:
    return reader.left >= 2 and reader.peek(2) == reader.left - 2


def _dh_params(reader: Reader) -> str:
    size = reader.peek(2)
    for name in ("dh_p", "dh_g", "dh_Ys"):
        reader.vector(name, 2, opaque(f"{name}_value"))
    return f"classical Diffie-Hellman with a prime of {size * 8} bits"


def client_params(reader: Reader) -> str:
    """ClientKeyExchange: a point, or what has a length of two bytes: Diffie-Hellman, RSA, PSK (RFC 5246 §7.4.7).

    Suites with both a key known before and a key exchange put the name of that key first (RFC 4279, RFC 5489).
    """
    if reader.left and reader.peek(1) == reader.left - 1:
        reader.vector("ecdh_public", 1, _ecdh_yc)
        return "the client's public key"
    for size, name, body in ((1, "ecdh_public", _ecdh_yc), (2, "exchange_keys", _either)):
        if _behind(reader, 2, size) == reader.left:
            reader.vector("psk_identity", 2, opaque("psk_identity_data", values.text))
            reader.vector(name, size, body)
            return "the name of a key that both know, and the client's public key"
    if _is_vector(reader):
        reader.vector("exchange_keys", 2, _either)
        return "the client's public key, or a secret encrypted for the server"
    reader.unknown("exchange_keys", f"{reader.left} bytes of a kind not known to this program")
    return ""


def _ecdh_yc(reader: Reader) -> str:
    if reader.peek(1) == 4 and reader.left in _POINTS.values():
        return point(reader, reader.left)
    return opaque("ecdh_Yc")(reader)


def _either(reader: Reader) -> str:
    return in_hex(reader.opaque("exchange_data"))


renegotiated = counted(1, opaque("renegotiated_connection", lambda data: in_hex(data) if data else ""))
