import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic

from voip.errors import LocalError, ProtocolError
from voip.session.words import WORDS_LABEL, WordExchange, derive_words, words_secret
from voip.wire.signals import Accept, Commit, Nonce, Reveal, Signal

SECRET, CALL = b"s" * 32, b"c" * 16
A, B, M = b"a" * 32, b"b" * 32, b"m" * 32


def caller(nonce: bytes = A, secret: bytes = SECRET, call_id: bytes = CALL) -> WordExchange:
    return WordExchange("caller", nonce=nonce, secret=secret, call_id=call_id)


def callee(nonce: bytes = B, secret: bytes = SECRET, call_id: bytes = CALL) -> WordExchange:
    return WordExchange("callee", nonce=nonce, secret=secret, call_id=call_id)


def run(alice: WordExchange, bob: WordExchange) -> list[Signal]:
    """Carry everything between the two until nobody has more to say."""
    said: list[Signal] = []
    to_bob, to_alice = alice.start(), bob.start()
    while to_bob or to_alice:
        said += to_bob + to_alice
        answers = [answer for signal in to_bob for answer in bob.receive(signal)]
        to_bob = [answer for signal in to_alice for answer in alice.receive(signal)]
        to_alice = answers
    return said


def cheated(end: WordExchange, signal: Signal) -> str:
    with pytest.raises(ProtocolError) as caught:
        end.receive(signal)
    assert caught.value.code == "words-cheat"
    assert end.words is None
    return caught.value.sentence


def test_both_ends_have_the_same_four_words() -> None:
    alice, bob = caller(), callee()
    said = run(alice, bob)
    assert said == [Commit(hashlib.sha256(A).hexdigest()), Nonce(B.hex()), Reveal(A.hex())]
    assert alice.words is not None
    assert alice.words == bob.words
    assert set(alice.words) <= set(Mnemonic("english").wordlist)


def test_the_words_are_hkdf_of_rfc_5869() -> None:
    """HKDF written out once more, so that a change of the derivation cannot go unnoticed."""
    import hmac

    key = hmac.digest(A + B, SECRET, "sha256")
    bits = int.from_bytes(hmac.digest(key, WORDS_LABEL + CALL + b"\x01", "sha256")[:6], "big")
    listed = Mnemonic("english").wordlist
    expected = tuple(listed[int(f"{bits:048b}"[at : at + 11], 2)] for at in (0, 11, 22, 33))
    assert derive_words(SECRET, A, B, CALL) == expected


@pytest.mark.parametrize(
    "other",
    [
        derive_words(M, A, B, CALL),
        derive_words(SECRET, M, B, CALL),
        derive_words(SECRET, A, M, CALL),
        derive_words(SECRET, B, A, CALL),
        derive_words(SECRET, A, B, M[:16]),
    ],
)
def test_everything_that_goes_in_counts(other: tuple[str, ...]) -> None:
    assert other != derive_words(SECRET, A, B, CALL)


def test_a_relay_between_the_two_makes_different_words() -> None:
    """Two sessions, two exporter secrets; the relay passes every message on unchanged."""
    alice, bob = caller(secret=b"1" * 32), callee(secret=b"2" * 32)
    run(alice, bob)
    assert alice.words is not None
    assert bob.words is not None
    assert alice.words != bob.words


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
@settings(max_examples=50, deadline=None)
def test_a_man_in_the_middle_with_his_own_nonces_makes_different_words(toward_alice: bytes, toward_bob: bytes) -> None:
    alice, bob = caller(secret=b"1" * 32), callee(secret=b"2" * 32)
    mallory_as_bob, mallory_as_alice = callee(toward_alice, b"1" * 32), caller(toward_bob, b"2" * 32)
    run(alice, mallory_as_bob)
    run(mallory_as_alice, bob)
    assert alice.words == mallory_as_bob.words
    assert bob.words == mallory_as_alice.words
    assert alice.words != bob.words


def test_a_man_in_the_middle_cannot_choose_his_nonce_after_seeing_the_other() -> None:
    bob = callee()
    bob.start()
    (answer,) = bob.receive(Commit(hashlib.sha256(M).hexdigest()))
    assert answer == Nonce(B.hex())  # now he knows bob's nonce, and would like another one of his own
    better = hashlib.sha256(B).digest()
    assert "another number than the one it had committed to" in cheated(bob, Reveal(better.hex()))
    cheated(bob, Reveal(M.hex()))  # no second try, not even with the right one


def test_the_callee_says_nothing_before_the_commitment() -> None:
    assert callee().start() == []


@pytest.mark.parametrize("signal", [Commit("0" * 64), Reveal("0" * 64), Accept()])
def test_the_caller_takes_a_nonce_only(signal: Signal) -> None:
    end = caller()
    end.start()
    assert type(signal).__name__ in cheated(end, signal)


@pytest.mark.parametrize("signal", [Nonce("0" * 64), Reveal("0" * 64), Accept()])
def test_the_callee_takes_a_commitment_first(signal: Signal) -> None:
    end = callee()
    end.start()
    cheated(end, signal)


def test_nothing_is_taken_before_the_start() -> None:
    cheated(caller(), Nonce("0" * 64))
    cheated(callee(), Commit("0" * 64))


def test_nothing_is_taken_twice() -> None:
    alice, bob = caller(), callee()
    run(alice, bob)
    cheated(alice, Nonce(B.hex()))
    cheated(bob, Reveal(A.hex()))
    end = callee()
    end.start()
    end.receive(Commit("0" * 64))
    cheated(end, Commit("1" * 64))


@pytest.mark.parametrize("digits", ["", "0" * 62, "x" * 64, "é" * 64])
def test_a_number_that_is_none_is_refused(digits: str) -> None:
    end = caller()
    end.start()
    assert "is none" in cheated(end, Nonce(digits))
    other = callee()
    other.start()
    other.receive(Commit(digits))
    cheated(other, Reveal(A.hex()))


@given(
    st.sampled_from(["caller", "callee"]),
    st.lists(
        st.builds(Commit, st.just("0" * 64)) | st.builds(Nonce, st.just(M.hex())) | st.builds(Reveal, st.just(M.hex())),
        max_size=5,
    ),
)
@settings(max_examples=100, deadline=None)
def test_any_order_ends_in_words_or_in_a_cheat(role: str, signals: list[Signal]) -> None:
    end = WordExchange(role, nonce=A, secret=SECRET, call_id=CALL)  # type: ignore[arg-type]
    end.start()
    try:
        for signal in signals:
            end.receive(signal)
    except ProtocolError:
        assert end.words is None
    else:
        assert len(signals) <= 1
        assert (end.words is not None) == (role == "caller" and bool(signals))


def test_calling_it_wrongly_is_our_defect() -> None:
    end = caller()
    end.start()
    with pytest.raises(LocalError):
        end.start()
    for nonce, secret in ((b"short", SECRET), (A, b"short")):
        with pytest.raises(LocalError):
            caller(nonce, secret)


def test_the_secret_is_exported_under_its_own_label_and_the_call() -> None:
    secret = words_secret(lambda label, length, context: (label + context).ljust(length)[:length], b"call")
    assert secret == b"EXPORTER-glasscall-wordscall    "
