"""Wireshark's own dissection of the same handshakes: names, byte ranges and values must agree, field by field.

conversation ──→ capture + key log ──→ tshark -T pdml ──┐
             ──→ dissect ──────────────────────────────┴──→ AGREE: which field of ours each of tshark's must be
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from test_wire_anatomy import odd_talks
from tls_conversations import (
    ALERT,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    Conversation,
    pairs,
    refused,
    second_hello,
    strangers,
    with_openssl,
)

from voip.capture.packets import Endpoint
from voip.capture.tap import Tap, TappedFlow
from voip.wire.anatomy import Field, dissect, dissect_alert, dissect_change_cipher_spec, dissect_record
from voip.wire.tls_records import RecordReader

Element = ET.Element
FLOW = TappedFlow(Endpoint("127.0.0.1", 40_000), Endpoint("127.0.0.1", 443))

# ── how two values are compared ────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """`Cipher Suite: TLS_AES_256_GCM_SHA384 (0x1302)`, `Description: Close Notify (0)` as our names are spelt."""
    said = re.sub(r" \((0x)?[0-9a-f]+\)$", "", text.partition(": ")[2]).replace("TLS 1.", "TLSv1.")
    return re.sub(r"[ _]", "", said).lower()


def by_name(theirs: Element, ours: Field) -> bool:
    """The same name. Where this tshark is too old to know one, or has no single word for it, the range must do."""
    said = plain(theirs.get("showname", ""))
    name = re.sub(r"[ _]", "", ours.value.partition(",")[0]).lower()
    return said == name or said.startswith("unknown") or bool(re.fullmatch(r"sha\d+(dsa|ecdsa|rsa)|sm2.*", said))


def by_size(theirs: Element, ours: Field) -> bool:
    return ours.value == f"{theirs.get('show')} byte{'' if theirs.get('show') == '1' else 's'}"


def by_text(theirs: Element, ours: Field) -> bool:
    return ours.value == theirs.get("show")


def by_number(theirs: Element, ours: Field) -> bool:
    return ours.value.split(" ")[0] == str(int(theirs.get("show", ""), 0))


def by_number_of_name(theirs: Element, ours: Field) -> bool:
    """Where tshark tells in words of its own what a number means, and we in the RFC's."""
    names = {"update_not_requested": 0, "update_requested": 1, "psk_ke": 0, "psk_dhe_ke": 1}
    return names[ours.value.partition(",")[0]] == int(theirs.get("show", ""))


def by_moment(theirs: Element, ours: Field) -> bool:
    return ours.value.removesuffix(" UTC") == theirs.get("show", "").removesuffix(" (UTC)")


def by_oid(theirs: Element, ours: Field) -> bool:
    said = re.search(r"\((?:id-(?:ce|kp|at)-)?([^()]+)\)$", theirs.get("showname", ""))
    return said is not None and said[1] == ours.value


def by_range(_theirs: Element, _ours: Field) -> bool:
    return True


Compare = Callable[[Element, Field], bool]
AGREE: dict[str, tuple[str, Compare]] = {
    # tshark's name, without "tls.handshake." → the end of our path, how the values are compared
    "type": ("msg_type", by_name),
    "length": ("length", by_size),
    "version": ("legacy_version client_version server_version", by_name),
    "random": ("random", by_range),
    "session_id_length": ("legacy_session_id/length legacy_session_id_echo/length session_id/length", by_size),
    "session_id": ("session_id_data", by_range),
    "cipher_suites_length": ("cipher_suites/length", by_size),
    "ciphersuite": ("cipher_suite", by_name),
    "comp_methods_length": ("legacy_compression_methods/length compression_methods/length", by_size),
    "comp_method": ("compression_method legacy_compression_method", by_name),
    "extensions_length": ("extensions/length", by_size),
    "extension.type": ("extension_type", by_name),
    "extension.len": ("length", by_size),
    "extensions_server_name_list_len": ("server_name/length", by_size),
    "extensions_server_name_type": ("name_type", by_name),
    "extensions_server_name_len": ("host_name/length", by_size),
    "extensions_server_name": ("host_name_data", by_text),
    "extensions_supported_groups_length": ("supported_groups/length", by_size),
    "extensions_supported_group": ("named_group", by_name),
    "extensions_ec_point_formats_length": ("ec_point_formats/length", by_size),
    "extensions_ec_point_format": ("ec_point_format", by_name),
    "sig_hash_alg_len": ("signature_algorithms/length supported_signature_algorithms/length", by_size),
    "sig_hash_alg": ("signature_scheme algorithm", by_name),
    "extensions_alpn_len": ("application_layer_protocol_negotiation/length", by_size),
    "extensions_alpn_str_len": ("protocol/length", by_size),
    "extensions_alpn_str": ("protocol_name", by_text),
    "extensions.supported_versions_len": ("supported_versions/length", by_size),
    "extensions.supported_version": ("version selected_version", by_name),
    "extensions_key_share_client_length": ("key_share/length", by_size),
    "extensions_key_share_group": ("group", by_name),
    "extensions_key_share_selected_group": ("selected_group", by_name),
    "extensions_key_share_key_exchange_length": ("key_exchange/length", by_size),
    "extensions_key_share_key_exchange": ("key_exchange", by_range),
    "extensions.psk.identities.length": ("identities/length", by_size),
    "extensions.psk.identity.identity_length": ("identity/length", by_size),
    "extensions.psk.identity.identity": ("identity_data", by_range),
    "extensions.psk.identity.obfuscated_ticket_age": ("obfuscated_ticket_age", by_number),
    "extensions.psk.binders_length": ("binders/length", by_size),
    "extensions.psk.identity.selected": ("selected_identity", by_number),
    "extensions_status_request_type": ("status_type", by_range),
    "extensions_status_request_responder_ids_len": ("responder_id_list/length", by_size),
    "extensions_status_request_exts_len": ("request_extensions/length", by_size),
    "extensions_reneg_info_len": ("renegotiation_info/length", by_size),
    "tls.extension.psk_ke_modes_length": ("psk_key_exchange_modes/length", by_size),
    "tls.extension.psk_ke_mode": ("ke_mode", by_number_of_name),
    "certificate_request_context": ("context_data", by_range),
    "certificate_request_context_length": ("certificate_request_context/length", by_size),
    "certificates_length": ("certificate_list/length", by_size),
    "certificate_length": ("cert_data/length ASN.1Cert/length", by_size),
    "certificate": ("Certificate", by_range),
    "client_cert_vrfy.sig_len": ("signature/length", by_size),
    "client_cert_vrfy.sig": ("Ecdsa-Sig-Value signature_data", by_range),
    "sig_len": ("signature/length", by_size),
    "sig": ("Ecdsa-Sig-Value signature_data", by_range),
    "cert_types_count": ("certificate_types/length", by_size),
    "cert_type": ("client_certificate_type", by_range),
    "dnames_len": ("certificate_authorities/length", by_size),
    "server_curve_type": ("curve_type", by_name),
    "server_named_curve": ("named_curve", by_name),
    "server_point_len": ("public/length", by_size),
    "server_point": ("public", by_range),
    "client_point_len": ("ecdh_public/length", by_size),
    "client_point": ("ecdh_public", by_range),
    "session_ticket_lifetime_hint": ("ticket_lifetime ticket_lifetime_hint", by_number),
    "session_ticket_age_add": ("ticket_age_add", by_number),
    "session_ticket_nonce_length": ("ticket_nonce/length", by_size),
    "session_ticket_nonce": ("nonce_data", by_range),
    "session_ticket_length": ("ticket/length", by_size),
    "session_ticket": ("ticket_data", by_range),
    "p_len": ("dh_p/length", by_size),
    "p": ("dh_p_value", by_range),
    "g_len": ("dh_g/length", by_size),
    "g": ("dh_g_value", by_range),
    "ys_len": ("dh_Ys/length", by_size),
    "ys": ("dh_Ys_value", by_range),
    "yc_len": ("exchange_keys/length", by_size),
    "yc": ("exchange_data", by_range),
    "epms_len": ("exchange_keys/length", by_size),
    "epms": ("exchange_data", by_range),
    "ocsp_response_len": ("status_request/response/length CertificateStatus/response/length", by_size),
    "verify_data": ("verify_data", by_range),
    "x509af.version": ("version", by_range),
    "x509af.serialNumber": ("serialNumber", by_range),
    "x509af.algorithm.id": ("algorithm", by_oid),
    "x509af.utcTime": ("notBefore notAfter", by_moment),
    "x509af.extension.id": ("extnID", by_oid),
    "x509if.oid": ("type", by_oid),
    "x509sat.uTF8String": ("value", by_text),
    "x509ce.dNSName": ("dNSName", by_text),
    "x509ce.uniformResourceIdentifier": ("uniformResourceIdentifier", by_text),
    "x509ce.KeyPurposeId": ("KeyPurposeId", by_oid),
    "x509ce.keyIdentifier": ("keyIdentifier", by_range),
    "x509ce.pathLenConstraint": ("pathLenConstraint", by_number),
}
ALERTS: dict[str, tuple[str, Compare]] = {
    "tls.alert_message.level": ("level", by_name),
    "tls.alert_message.desc": ("description", by_name),
}
RECORDS: dict[str, tuple[str, Compare]] = {
    "tls.record.opaque_type": ("opaque_type", by_range),
    "tls.record.content_type": ("type opaque_type", by_range),
    "tls.record.version": ("legacy_record_version", by_name),
    "tls.record.length": ("length", by_size),
}


class Comparison:
    """Counts what agrees, collects what does not."""

    def __init__(self) -> None:
        self.agreed: Counter[str] = Counter()
        self.wrong: list[str] = []

    def field(self, theirs: Element, base: int | None, root: Field, paths: str, compare: Compare) -> None:
        """One field of tshark's that begins `base` bytes into what `root` covers."""
        start, size = int(theirs.get("pos", "")) - (base or 0), int(theirs.get("size", ""))
        name = theirs.get("name", "")
        path = root.at(start)
        for depth in range(len(path), 0, -1):
            ours = path[depth - 1]
            there = "/".join(step.name for step in path[:depth])
            if any(there == wanted or there.endswith(f"/{wanted}") for wanted in paths.split(" ")):
                # tshark gives the contents alone where we have DER's header or a vector's length with them
                exact = ours.end == start + size and (
                    ours.start == start or not ours.children or self._body(ours, start)
                )
                if exact and compare(theirs, ours):
                    self.agreed[name] += 1
                else:
                    self.wrong.append(f"{theirs.get('showname')} [{start}+{size}] is {there} {ours!r:.200}")
                return
        self.wrong.append(f"{theirs.get('showname')} [{start}+{size}] is at {'/'.join(f.name for f in path)}")

    @staticmethod
    def _body(ours: Field, start: int) -> bool:
        return ours.children[0].name == "length" and ours.children[0].end == start

    def extension(self, theirs: Element, base: int | None, root: Field) -> None:
        """An extension as a whole: name and range."""
        said = re.match(r"Extension: ([a-z_]+)", theirs.get("show", ""))
        start, end = (int(theirs.get("pos", "")) - (base or 0) + add for add in (0, int(theirs.get("size", ""))))
        spans = [(f.name, f.start, f.end) for f in root.at(start)]
        if said is not None and (said[1], start, end) in spans:
            self.agreed["extension"] += 1
        elif said is not None and said[1] != "Unknown":
            self.wrong.append(f"{theirs.get('show')} [{start}:{end}] is not among {spans}")


def pdml(talk: Conversation, folder: Path) -> list[tuple[str, Element]]:
    """What tshark makes of it: direction and `tls` element of each packet."""
    capture, key_log = folder / "talk.pcapng", folder / "keys.log"
    with Tap(capture) as tap:
        for at, (direction, data) in enumerate(talk.wire):
            tap.data(FLOW, direction, data, 1.0 + at)  # type: ignore[arg-type]
    key_log.write_bytes(b"\n".join(talk.key_log) + b"\n")
    options = ["-o", f"tls.keylog_file:{key_log}", "-o", "tls.desegment_ssl_records:TRUE"]
    command = ["tshark", "-r", str(capture), *options, "-T", "pdml", "-J", "tcp tls"]
    said = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    found = []
    for packet in ET.fromstring(said).iter("packet"):
        port = next(field.get("show") for field in packet.iter("field") if field.get("name") == "tcp.srcport")
        found += [("in" if port == "443" else "out", tls) for tls in packet.iter("proto") if tls.get("name") == "tls"]
    return found


def said_in(talk: Conversation, direction: str, content: int) -> list[bytes]:
    return [data for way, kind, data in talk.said if way == direction and kind == content]


def dissected(direction: str, tls: list[tuple[str, Element]], name: str) -> Iterator[Element]:
    for way, element in tls:
        if way == direction:
            yield from (field for field in element.iter("field") if field.get("name") == name)


def compare(talk: Conversation, folder: Path) -> Comparison:
    found, tls = Comparison(), pdml(talk, folder)
    for direction in ("out", "in"):
        theirs = [e for e in dissected(direction, tls, "tls.handshake") if _base(e, "tls.handshake.type") is not None]
        ours = said_in(talk, direction, HANDSHAKE)
        assert [int(e.get("size", "")) for e in theirs] == [len(message) for message in ours], talk.name
        for element, message in zip(theirs, ours, strict=True):
            _message(found, element, dissect(message, talk.version))
        for element, body in zip(
            dissected(direction, tls, "tls.alert_message"), said_in(talk, direction, ALERT), strict=True
        ):
            base = _base(element, "tls.alert_message.level")
            for field in element.iter("field"):
                if field.get("name") in ALERTS:
                    found.field(field, base, dissect_alert(body), *ALERTS[field.get("name", "")])
        _key_updates(found, ours, list(dissected(direction, tls, KEY_UPDATE)))
        _records(found, talk, direction, tls)
    return found


def _key_updates(found: Comparison, messages: list[bytes], theirs: list[Element]) -> None:
    """tshark hangs this field beside its message, so it is found by its order: it is the message's last byte."""
    ours = [message for message in messages if message[0] == 24]
    for element, message in zip(theirs, ours, strict=True):
        base = int(element.get("pos", "")) - len(message) + 1
        found.field(element, base, dissect(message), "request_update", by_number_of_name)


def _base(element: Element, first: str) -> int | None:
    """Where a message begins. Its element may count in the ciphertext; its first field counts in the plaintext."""
    return next((int(field.get("pos", "")) for field in element.iter("field") if field.get("name") == first), None)


def _message(found: Comparison, element: Element, root: Field) -> None:
    base = _base(element, "tls.handshake.type")
    for field in element.iter("field"):
        name = field.get("name", "").removeprefix("tls.handshake.")
        if name in AGREE and int(field.get("size", "0")) and field.get("hide") != "yes":
            found.field(field, base, root, *AGREE[name])
        elif field.get("show", "").startswith("Extension: "):
            found.extension(field, base, root)


def _records(found: Comparison, talk: Conversation, direction: str, tls: list[tuple[str, Element]]) -> None:
    stream = b"".join(data for way, data in talk.wire if way == direction)
    ours = [stream[r.offset : r.offset + 5 + r.length] for r in RecordReader().feed(stream)]
    theirs = list(dissected(direction, tls, "tls.record"))
    assert len(theirs) == len(ours)
    for element, record in zip(theirs, ours, strict=True):
        for field in element.iter("field"):
            if field.get("name") in RECORDS and field.get("hide") != "yes":
                found.field(field, int(element.get("pos", "")), dissect_record(record), *RECORDS[field.get("name", "")])


KEY_UPDATE = "tls.handshake.key_update.request_update"
EACH_KIND = {
    "tls.handshake.extensions_key_share_selected_group",  # HelloRetryRequest
    KEY_UPDATE,
    "tls.alert_message.desc",
    "tls.handshake.extensions.psk.identity.selected",  # resumed in TLS 1.3
    "tls.handshake.session_ticket",
    "tls.handshake.client_cert_vrfy.sig",  # mutual
    "tls.handshake.certificate_request_context",  # asked for after the handshake
    "tls.handshake.ys",
    "tls.handshake.epms",
    "tls.handshake.server_named_curve",
    "tls.handshake.ocsp_response_len",
}


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_agrees_field_by_field(tmp_path: Path) -> None:
    talks = [*pairs("1.2"), *pairs("1.3"), second_hello(), refused("1.2"), refused("1.3")]
    talks.append(strangers("every suite", "1.2", lambda client, _: client.set_cipher_list(b"ALL:@SECLEVEL=0")))
    talks.append(with_openssl("key update", [(b"K\n", 24)], tmp_path))
    talks.append(with_openssl("late certificate", [(b"c\n", 13)], tmp_path, "-verify", "1", post_handshake=True))
    talks += odd_talks()
    agreed: Counter[str] = Counter()
    for talk in talks:
        assert talk.key_log, talk.name
        found = compare(talk, tmp_path)
        assert found.wrong == [], talk.name
        assert sum(found.agreed.values()) >= 50, talk.name
        agreed += found.agreed
    assert sum(agreed.values()) >= 3_000
    assert len(agreed) >= 90, sorted(agreed)
    assert set(agreed) >= EACH_KIND


def test_the_sign_that_encryption_begins() -> None:
    (talk, _) = pairs("1.2")
    assert {dissect_change_cipher_spec(body).mark for body in said_in(talk, "out", CHANGE_CIPHER_SPEC)} == {""}
