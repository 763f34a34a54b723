import hashlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from OpenSSL import SSL

from voip.config import EXPORTER_LABEL
from voip.errors import LocalError
from voip.pki import ca
from voip.session.keys import srtp_keys

NOW = datetime.now(UTC)


def export(label: bytes, length: int, context: bytes) -> bytes:
    return hashlib.shake_256(label + b"|" + context).digest(length)


def test_one_export_makes_a_key_and_salt_for_each_direction() -> None:
    asked: list[tuple[bytes, int, bytes]] = []

    def recorded(label: bytes, length: int, context: bytes) -> bytes:
        asked.append((label, length, context))
        return bytes(range(length))

    keys = srtp_keys(recorded, b"call")
    assert asked == [(EXPORTER_LABEL, 88, b"call")]
    assert keys.caller_to_callee == bytes(range(44))
    assert keys.callee_to_caller == bytes(range(44, 88))


def test_each_call_has_its_own_keys() -> None:
    one, other = srtp_keys(export, b"1" * 16), srtp_keys(export, b"2" * 16)
    assert len({one.caller_to_callee, one.callee_to_caller, other.caller_to_callee, other.callee_to_caller}) == 4


def test_keys_do_not_show_by_accident() -> None:
    assert repr(srtp_keys(export, b"call")) == "SrtpKeys()"


def test_an_exporter_that_gives_too_little_is_a_defect() -> None:
    with pytest.raises(LocalError, match="gave 87 bytes"):
        srtp_keys(lambda _label, length, _context: bytes(length - 1), b"call")


def test_both_ends_of_a_real_session_have_the_same_keys() -> None:
    server = ca.issue_relay(ca.make_authority("relay.test", NOW), "relay.test", NOW)
    context = SSL.Context(SSL.TLS_METHOD)
    context.use_certificate(server.certificate)
    context.use_privatekey(server.key)
    caller, callee = SSL.Connection(SSL.Context(SSL.TLS_METHOD), None), SSL.Connection(context, None)
    caller.set_connect_state()
    callee.set_accept_state()
    for _ in range(4):
        for mine, other in ((caller, callee), (callee, caller)):
            with suppress(SSL.WantReadError):
                mine.do_handshake()
            with suppress(SSL.WantReadError):
                other.bio_write(mine.bio_read(65536))
    keys = srtp_keys(caller.export_keying_material, b"c" * 16)
    assert keys == srtp_keys(callee.export_keying_material, b"c" * 16)
    assert keys != srtp_keys(callee.export_keying_material, b"d" * 16)
