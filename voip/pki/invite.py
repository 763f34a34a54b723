"""A one-time invite as a URL, short enough for a QR code:

    glasscall://bob@203.0.113.7:7443/?relay=relay.example&ca=<64 hex>&token=<64 hex>

`ca` is the SHA-256 of the relay's CA certificate (DER): what makes the first connection safe without any public CA.
Whoever holds the token can join once as that name, so an invite travels like a password.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from voip.errors import InviteError
from voip.pki.names import HOST_HELP, is_host, is_name, to_ip
from voip.wire.signals import NAME_HELP

SCHEME = "glasscall"
URL_MAX = 1000
_HEX32 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite, valid by construction; raises `InviteError` (`invite-bad`, `name-bad`)."""

    name: str
    """Who is invited."""
    host: str
    """Where the relay is reached: host name or IP address, without brackets."""
    port: int
    relay_name: str
    """What the relay's certificate must name."""
    ca_fingerprint: str
    """SHA-256 of the CA certificate's DER, lower-case hex."""
    token: str = field(repr=False)
    """32 random bytes, hex."""

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise InviteError(f"{self.name[:60]!r} cannot be invited: {NAME_HELP}.", code="name-bad")
        for what, host in (("address", self.host), ("name", self.relay_name)):
            if not is_host(host):
                raise _bad(f"the relay's {what} {host[:60]!r} will not do: {HOST_HELP}")
        if not 0 < self.port < 65536:
            raise _bad(f"the port {self.port} is not between 1 and 65535")
        for what, digits in (("CA fingerprint", self.ca_fingerprint), ("token", self.token)):
            if not _HEX32.fullmatch(digits):
                raise _bad(f"its {what} is not 64 hexadecimal digits")

    @property
    def url(self) -> str:
        """The invite as it is handed over. Contains the token."""
        address = to_ip(self.host)
        host = f"[{self.host}]" if address and address.version == 6 else self.host
        query = urlencode({"relay": self.relay_name, "ca": self.ca_fingerprint, "token": self.token})
        return f"{SCHEME}://{self.name}@{host}:{self.port}/?{query}"


def parse_invite_untrusted(text: str) -> Invite:
    """The invite in `text`; raises `InviteError` (`invite-bad`, `name-bad`) for anything else."""
    text = text.strip()
    # `urlsplit` silently drops tabs and newlines; an invite that was broken over lines should say so instead.
    if len(text) > URL_MAX or not text.isascii() or not text.isprintable() or " " in text:
        raise _bad("it is too long, or has blanks or odd characters in it")
    try:
        parts = urlsplit(text)
        name, host, port = parts.username, parts.hostname, parts.port
        pairs = parse_qsl(parts.query, strict_parsing=True, max_num_fields=3)
    except ValueError as error:
        raise _bad(str(error)) from None
    if parts.scheme != SCHEME:
        raise _bad(f"it does not begin with {SCHEME}://")
    if not name or not host or port is None or parts.password is not None:
        raise _bad("it lacks NAME@HOST:PORT")
    if parts.path != "/" or parts.fragment:
        raise _bad("it has more in it than an invite has")
    values = dict(pairs)
    if values.keys() != {"relay", "ca", "token"} or len(pairs) != 3:
        raise _bad("it must have relay, ca and token once each")
    return Invite(name, host, port, values["relay"], values["ca"], values["token"])


def _bad(why: str) -> InviteError:
    return InviteError(
        f"This is not a valid invite: {why}. Copy the whole line that `glasscall invite` printed, in quotes.",
        code="invite-bad",
    )
