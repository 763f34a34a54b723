"""Every handshake message, alert and record header of TLS 1.2 and 1.3, taken apart to the last byte.

    bytes ──→ dissect() ──→ Field: name, byte range, value in words, what it is for, and the fields within

The leaves of a tree cover its bytes, in order, each byte once, whatever the bytes are: what lies, ends early or is
unknown is marked, never hidden, and nothing raises. Time and memory are bounded by `FIELDS_MAX`.

field             what a field is
reader            fields from bytes
handshake         one function per handshake message
extensions        which decoder reads which extension in which message; extension_bodies: the decoders
key_exchange      public keys and signatures
certificate, der  certificates (RFC 5280), written in DER; oids: their identifiers
records           record headers, alerts, ChangeCipherSpec
values            values in words; notes: what is said about a name; purposes: what each field is for
"""

from voip.wire.anatomy.field import Field, Mark
from voip.wire.anatomy.handshake import dissect
from voip.wire.anatomy.records import dissect_alert, dissect_change_cipher_spec, dissect_record, dissect_records

__all__ = [
    "Field",
    "Mark",
    "dissect",
    "dissect_alert",
    "dissect_change_cipher_spec",
    "dissect_record",
    "dissect_records",
]
