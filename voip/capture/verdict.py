"""The judgement on a capture, in sentences. It claims no more than was looked at."""

from collections import Counter
from collections.abc import Sequence

from voip.capture.handshake import TlsStream


def verdict(
    *,
    packets: int,
    cut: int,
    tls: Sequence[TlsStream],
    kinds: Sequence[str],
    canaries: int,
    readable: int,
    first: int,
) -> str:
    """Two sentences, and one more for each thing that weakens the proof.

    `readable`: canaries found; `first`: the packet of the first finding.
    """
    sentences = [_canaries(packets, canaries, readable, first), _traffic(tls, kinds)]
    if shown := sum(len(stream.certificates) for stream in tls):
        sentences.append(f"{_count(shown, 'certificate')} travelled in clear: TLS 1.2 does not hide who is who.")
    if broken := sum(bool(stream.problem) for stream in tls):
        sentences.append(f"{_count(broken, 'stream')} held bytes that could not be read as TLS.")
    if cut:
        sentences.append(f"{_count(cut, 'packet')} were captured only in part, so this is no proof.")
    missing = sum(stream.missing for stream in tls)
    if missing:
        sentences.append(f"The capture lost {missing} bytes of the TLS streams, so this is no full proof.")
    return " ".join(sentences)


def _canaries(packets: int, canaries: int, readable: int, first: int) -> str:
    if readable:
        were = "was" if readable == 1 else "were"
        return f"{readable} of {_count(canaries, 'canary')} {were} readable, the first in packet {first}."
    if not canaries:
        return f"No canary was given, so nothing was looked for in {_count(packets, 'packet')}."
    if canaries == 1:
        return f"The canary was not readable in any of {_count(packets, 'packet')}."
    return f"None of {_count(canaries, 'canary')} was readable in {_count(packets, 'packet')}."


def _traffic(tls: Sequence[TlsStream], kinds: Sequence[str]) -> str:
    versions = Counter(stream.version or "TLS of unseen version" for stream in tls)
    seen = [f"{_count(number, 'stream')} of {version}" for version, number in sorted(versions.items())]
    names = {
        "srtp": "shaped like SRTP",
        "stun": "of nothing but STUN",
        "plaintext": "of plain text",
        "unknown": "of unknown content",
    }
    counted = Counter(kinds)
    seen += [f"{_count(counted[kind], 'flow')} {name}" for kind, name in names.items() if counted[kind]]
    return f"An eavesdropper sees {', '.join(seen)}." if seen else "There was no TLS, and no other payload."


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"
