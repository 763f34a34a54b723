"""How to check the report without believing it: a command for each claim, and what it must print."""

import hashlib
import json
import shlex
import textwrap
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from voip.journal.report.model import SHOWN_MAX, CallReport


@dataclass(frozen=True, slots=True)
class Check:
    """One. `key` names what it checks and what must come, in `texts`."""

    key: str
    command: str = ""
    values: dict[str, object] = field(default_factory=dict)


ANSWERS: dict[str, tuple[str, ...]] = {
    "link": ("hellos", "hidden", "inspect", "failed"),
    "session": ("session", "failed"),
    "quantum": ("hellos", "session"),
    "who": ("certificate", "key", "words"),
    "media": ("media",),
    "relay": ("relay",),
    "keys": ("keys",),
    "worse": ("worse", "paths"),
}
"""Which checks answer which claims, by the first word of a finding's key."""


def numbers(claim: str, made: tuple["Check", ...]) -> tuple[int, ...]:
    """Where, in the list of checks `made` and counted from 1, stand those for the finding called `claim`."""
    wanted = ANSWERS[claim.partition("-")[0]]
    return tuple(number for number, check in enumerate(made, 1) if check.key in wanted)


def of(report: CallReport) -> tuple[Check, ...]:
    """The checks that this call allows. Files have the names that the export gives them."""
    found = [
        Check(
            "hellos",
            "tshark -r call.pcapng -Y 'tls.handshake.type == 2' -T fields -e tcp.stream "
            "-e tls.handshake.extensions.supported_version -e tls.handshake.ciphersuite "
            "-e tls.handshake.extensions_key_share_group",
        ),
        Check("hidden", "tshark -r call.pcapng -Y 'tls.handshake.type == 11'"),
        Check("inspect", f"glasscall inspect call.pcapng --canary {shlex.quote(_who(report))}"),
    ]
    peer = peer_certificate(report)
    if peer:
        found += [
            Check(
                "certificate",
                "openssl x509 -in peer.pem -noout -fingerprint -sha256",
                {"print": _colons(hashlib.sha256(peer).hexdigest())},
            ),
        ]
    if peer and report.trust is not None:
        found.append(
            Check(
                "key",
                "openssl x509 -in peer.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256",
                {"print": report.trust.fingerprint},
            )
        )
    if report.words:
        found.append(Check("words", values={"words": " ".join(report.words)}))
    mine = f".call == {json.dumps(report.call)}"
    session, stats = report.lines["session"].established, report.stats
    if session is not None:
        found.append(
            Check(
                "session",
                _jq(
                    f'.entries[] | select(.what == "Established" and .channel == "session" and {mine})'
                    " | {version, cipher, group, resumed, alpn}"
                ),
                {"version": session.version, "cipher": session.cipher, "group": session.group},
            )
        )
    if stats is not None:
        found.append(
            Check(
                "media",
                _jq(
                    f'[.entries[] | select(.what == "MediaStats" and {mine})] | last'
                    " | {received, rejected, lost, concealed}"
                ),
                {
                    "received": stats.received, "rejected": stats.rejected,
                    "lost": stats.lost, "concealed": stats.concealed,
                },
            )
        )  # fmt: skip
    return (*found, *_told(report, mine))


def _told(report: CallReport, mine: str) -> Iterator[Check]:
    """What the journal says in lists, and in the relay's name."""
    saw = report.relay_saw
    if saw is not None:
        last = f'[.entries[] | select(.what == "RelaySaw" and {mine})] | last | {{matched, unknown}}'
        yield Check("relay", _jq(last), {"matched": saw.matched, "unknown": saw.unknown})
    paths, worse = [path.path for _, path in report.paths], [what.code for _, what in report.worsened]
    if paths:
        yield _listed("paths", f'select(.what == "PathChanged" and {mine}) | .path', paths)
    if report.talked is not None:
        yield _listed("worse", f'select(.what == "Worsened" and {mine}) | .code', worse)
    broken = [report.lines[line].failed for line in ("link", "session") if report.lines[line].failed]
    if broken:
        whose = f'(.channel == "link" or (.channel == "session" and {mine}))'
        yield Check("failed", _jq(f'.entries[] | select(.what == "Failed" and {whose}) | {{channel, code}}'),
                    {"print": ", ".join(broken)})  # fmt: skip
    yield _listed("keys", 'select(.what == "KeyLogging") | .to', [report.key_log] if report.key_log else [])


def _listed(key: str, which: str, values: Sequence[str]) -> Check:
    """The first of them, as the report has them."""
    told = json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))
    return Check(key, _jq(f"[.entries[] | {which}][:{SHOWN_MAX}]"), {"print": told})


def peer_certificate(report: CallReport) -> bytes:
    """The certificate that the other person showed, DER; empty when none was observed."""
    session = report.lines["session"].established
    return session.peer[0] if session is not None and session.peer else b""


def pem(der: bytes) -> str:
    """DER as PEM (RFC 7468)."""
    lines = "\n".join(textwrap.wrap(b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def _who(report: CallReport) -> str:
    who = report.trust.peer if report.trust is not None else report.peer
    return who if len(who) >= 3 else "alice"


def _jq(program: str) -> str:
    return f"jq -c {shlex.quote(program)} journal.json"


def _colons(digits: str) -> str:
    return ":".join(textwrap.wrap(digits.upper(), 2))
