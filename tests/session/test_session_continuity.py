"""The proof that a new session's two ends are the first one's: theirs passes, and nothing else does."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.errors import ProtocolError
from voip.session.continuity import KEY_LABEL, SESSION_LABEL, Continuity

CALL = b"c" * 16


def exporter(secret: bytes):
    """A session's, as far as anybody can tell from outside: the same for the same three arguments."""
    return lambda label, length, context: hashlib.sha512(secret + label + context).digest()[:length]


FIRST, NEW, OTHER = exporter(b"first"), exporter(b"new"), exporter(b"other")


def ends() -> tuple[Continuity, Continuity]:
    return Continuity("caller", FIRST, CALL), Continuity("callee", FIRST, CALL)


def test_each_believes_the_other() -> None:
    caller, callee = ends()
    callee.require(caller.proof(NEW), NEW)
    caller.require(callee.proof(NEW), NEW)


def test_what_the_proof_is_made_of() -> None:
    """Byte for byte, as docs/protocol.md has it."""
    import hmac

    caller, _ = ends()
    key = FIRST(b"EXPORTER-glasscall-continue-key", 32, CALL)
    about = NEW(b"EXPORTER-glasscall-continue-session", 32, CALL)
    assert caller.proof(NEW) == hmac.new(key, b"caller" + about, "sha256").hexdigest()
    assert (KEY_LABEL, SESSION_LABEL) != (SESSION_LABEL, KEY_LABEL)


@pytest.mark.parametrize(
    "forged",
    [
        lambda caller, callee: callee.proof(NEW),  # its own, sent back
        lambda caller, callee: caller.proof(OTHER),  # of another session: a man in the middle has two
        lambda caller, callee: Continuity("caller", OTHER, CALL).proof(NEW),  # by somebody who was not there before
        lambda caller, callee: Continuity("caller", FIRST, b"d" * 16).proof(NEW),  # of another call
    ],
)
def test_what_does_not_pass(forged) -> None:
    caller, callee = ends()
    with pytest.raises(ProtocolError) as caught:
        callee.require(forged(caller, callee), NEW)
    assert caught.value.code == "continue-bad"
    assert "compare the words" in caught.value.sentence


@given(st.text(max_size=70) | st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_nothing_else_passes(shown: str) -> None:
    _, callee = ends()
    with pytest.raises(ProtocolError):
        callee.require(shown, NEW)
