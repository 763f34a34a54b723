"""The groups of the key exchange that we offer and accept: all that is on this list, and nothing else.

OpenSSL's own list has X448, secp521r1 and the finite fields ffdhe2048 and ffdhe3072 as well. Two of our programs never
choose them; to a stranger they are only more code to reach, and a finite field more work to cause.
"""

from cryptography.hazmat.bindings.openssl.binding import Binding
from OpenSSL import SSL

from voip.errors import LocalError

_lib = Binding().lib

GROUPS = ("X25519MLKEM768", "x25519", "secp256r1", "secp384r1")
"""By their names at IANA, the most wanted first."""
_LISTS = (b"*X25519MLKEM768/*X25519:secp256r1/secp384r1", b"X25519:secp256r1:secp384r1")
"""For OpenSSL: `*` is a group whose key share goes along with the ClientHello, `/` divides what a server prefers from
what it falls back to. Before 3.5 it knows neither these marks nor ML-KEM."""


def restrict(context: SSL.Context) -> None:
    """Let `context` know these groups alone. Raises `LocalError` when OpenSSL takes no list of them."""
    for names in _LISTS:
        # The binding's name is the one from before RFC 7919; in OpenSSL it is a macro for SSL_CTX_set1_groups_list.
        if _lib.SSL_CTX_set1_curves_list(context._context, names) == 1:  # noqa: SLF001 - pyOpenSSL has no public way
            return
        _lib.ERR_clear_error()
    raise LocalError("OpenSSL takes no list of groups for the key exchange.")  # pragma: no cover - every version does
