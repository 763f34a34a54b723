"""How random bytes look."""

import math
import secrets
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.journal.entropy import ENTROPY_BYTES, entropy


@given(st.binary(max_size=ENTROPY_BYTES))
def test_entropy_is_shannons(body: bytes) -> None:
    counts = Counter(body).values()
    slow = -sum(n / len(body) * math.log2(n / len(body)) for n in counts) if body else 0.0
    assert entropy(body) == pytest.approx(slow, abs=1e-9)


def test_entropy_tells_text_from_ciphertext_and_has_its_limits() -> None:
    assert entropy(bytes(1000)) == 0.0
    assert entropy(b'{"is":"presence","person":{"name":"bob","online":true}}' * 20) < 4.6
    assert entropy(secrets.token_bytes(2000)) > 7.8
    assert entropy(bytes(range(100))) == pytest.approx(math.log2(100))
    assert entropy(bytes(ENTROPY_BYTES) + secrets.token_bytes(10_000)) == 0.0
