"""What a person, a relay and an address may be called.

A relay's name stands in its certificate and in every address of its people; it is a host name in lower case
(RFC 1123) or an IP address, and need not be where the relay is reached. An address is `bob@relay-name`.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from voip.errors import CertificateError
from voip.wire.signals import NAME_HELP, NAME_PATTERN

HOST_HELP = "a relay or host is a host name in lower case (letters, digits, dash, dot) or an IP address"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def is_name(text: str) -> bool:
    """Whether `text` can be a person's name. A whole match: `$` alone would let a newline in at the end."""
    return re.fullmatch(NAME_PATTERN, text) is not None


def to_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The IP address that `text` is, in its one canonical spelling and without a zone; else None."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found if str(found) == text and "%" not in text else None


def is_host(text: str) -> bool:
    """Whether `text` can be a relay's name, or the host where it is reached."""
    if to_ip(text):
        return True
    labels = text.split(".")
    # A last label of digits alone would be a misspelt IPv4 address.
    return len(text) <= 253 and not labels[-1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)


def require_host(text: str) -> None:
    """Raise `CertificateError` (`name-bad`) unless `text` can be a relay's name."""
    if not is_host(text):
        raise CertificateError(f"{text[:60]!r} cannot be a relay's name: {HOST_HELP}.", code="name-bad")


def require_name(text: str) -> None:
    """Raise `CertificateError` (`name-bad`) unless `text` can be a person's name."""
    if not is_name(text):
        raise CertificateError(f"{text[:60]!r} cannot be a name: {NAME_HELP}.", code="name-bad")


def split_address(address: str) -> tuple[str, str]:
    """(name, relay name) of `bob@relay-name`; raises `CertificateError` (`name-bad`)."""
    name, _, relay_name = address.partition("@")
    require_name(name)
    require_host(relay_name)
    return name, relay_name
