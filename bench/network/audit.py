"""`tls-audit` of bench/run.py: what testssl.sh and sslyze say of a running relay. Nothing may be weak or unexpected.

    a relay of its own on loopback ←── testssl (all its tests) ──→ findings above INFO that nobody expects: none
                                   ←── sslyze, Mozilla's `modern` ──→ findings; what it accepts, on the code's lists?

What is expected stands here, each with its reason. The lists themselves are held against a running relay by
tests/relay/test_relay_offers.py, handshake by handshake.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rows import Figure, Row, Table
from village import Village, village

from voip.session.tls.context import SUITES_1_3
from voip.session.tls.groups import GROUPS

NAME, TITLE = "tls-audit", "What strangers' tools say of the relay's TLS"
HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
SSLYZE = ROOT / ".venv/peers/sslyze/bin/sslyze"
TESTSSL_WITHIN, SSLYZE_WITHIN = 900.0, 120.0
CALM = frozenset({"OK", "INFO", "DEBUG"})
OF_THEMSELVES = frozenset({"engine_problem", "scanTime", "old_fart"})
"""What testssl.sh says of its own machine."""
NOT_TRIED = "WARN"
"""The severity with which testssl.sh says that one of its tests failed: it is asked once more, for it waits for nothing
long on a machine that is busy."""
EXPECTED = {
    "cert_revocation": "whoever trusts this CA asks no server of lists: its only other certificates are its members', "
    "and the relay itself refuses those that it has revoked",
    "HSTS": "it would bind every port of the host, and a browser could then not be told to go on without the CA",
    "maximum_certificate_lifespan": "a year: its CA is the relay's own, and nobody else's to renew it",
}
"""Finding → why it is as we want it."""
GRADES = frozenset({"A", "A+"})
CURVES = {"X25519": "x25519", "X448": "x448", "prime256v1": "secp256r1"}
"""A group's other spellings → IANA's."""


def missing() -> list[str]:
    """Which tools are not there."""
    found = {"testssl.sh": shutil.which("testssl"), "sslyze": SSLYZE.exists()}
    return [name for name, there in found.items() if not there]


def measure(*, quick: bool) -> Table:
    """Both. `quick`: testssl.sh does not play the browsers, nor try every suite by itself."""
    if absent := missing():
        said = f"Not installed: {', '.join(absent)}. `make bench-network` installs what it needs."
        return Table(NAME, TITLE, "", skipped=said, failed=True)
    with village(name=HOST) as place:
        found = testssl(place, quick=quick)
        if any(one["severity"] == NOT_TRIED and one["id"] not in OF_THEMSELVES for one in found):
            found = testssl(place, quick=quick)
        scan, words = sslyze(place)
    how = (
        "testssl.sh from Debian and sslyze from PyPI, against a relay as it comes, on loopback, its CA being one that "
        f"is trusted{'; testssl.sh without its simulated clients' if quick else ''}."
    )
    return Table(NAME, TITLE, how, (testssl_row(found), sslyze_row(scan, words), *accepted_rows(found, scan)))


def testssl(place: Village, *, quick: bool) -> list[dict[str, str]]:
    """All findings of testssl.sh."""
    path = place.folder / "testssl.json"
    path.unlink(missing_ok=True)  # it does not write over what is there
    some = ["-p", "-s", "-f", "-S", "-P", "-h", "-U"] if quick else []
    command = [
        "testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", place.host,
        "--add-ca", str(_authority(place)), "--jsonfile", str(path), *some, f"https://{place.host}:{place.port}",
    ]  # fmt: skip
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TESTSSL_WITHIN, check=False
    )
    if not path.exists():
        raise RuntimeError(f"testssl.sh wrote no findings (status {done.returncode}): {done.stdout[-600:]}")
    findings: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return findings


def sslyze(place: Village) -> tuple[dict[str, Any], list[str]]:
    """The scan of sslyze, and where the relay falls short of Mozilla's `modern`."""
    with tempfile.TemporaryDirectory(prefix="glasscall-bench-") as folder:
        path = Path(folder) / "sslyze.json"
        command = [
            str(SSLYZE), "--mozilla_config", "modern", "--certinfo", "--certinfo_ca_file", str(_authority(place)),
            "--early_data", "--json_out", str(path), f"{place.host}:{place.port}",
        ]  # fmt: skip
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SSLYZE_WITHIN, check=False
        )
        if not path.exists():
            raise RuntimeError(f"sslyze wrote no findings (status {done.returncode}): {done.stderr[-600:]}")
        report = json.loads(path.read_text(encoding="utf-8"))
    return report["server_scan_results"][0], shortcomings(done.stdout)


def _authority(place: Village) -> Path:
    return place.folder / "relay" / "identity" / "authority.pem"


def shortcomings(said: str) -> list[str]:
    """The lines `* finding: sentence` in which sslyze says what does not comply; raises `RuntimeError`."""
    _, found, judged = said.partition("COMPLIANCE AGAINST TLS CONFIGURATION")
    if not found or "Checking results" not in judged:
        raise RuntimeError(f"sslyze did not judge the relay: {said[-600:]}")
    return [line.strip()[2:] for line in judged.splitlines() if line.strip().startswith("* ")]


def unexpected(found: Iterable[Mapping[str, str]]) -> list[str]:
    """What testssl.sh finds and nobody expects: above INFO, or a grade that is not the best, or a cap on it."""
    said = []
    for one in found:
        name, told = one["id"], one["finding"]
        capped = name.startswith("grade_cap_reason") or (name == "overall_grade" and told not in GRADES)
        loud = one["severity"] not in CALM and name not in OF_THEMSELVES
        if (capped or loud) and name not in EXPECTED:
            said.append(f"{name}: {told} ({one['severity']})")
    return said


def testssl_row(found: list[dict[str, str]]) -> Row:
    """What testssl.sh says, in one line."""
    wrong = unexpected(found)
    judged = [one for one in found if one["id"] not in OF_THEMSELVES]
    figures: dict[str, Figure] = {
        "findings": len(judged),
        "OK": sum(one["severity"] == "OK" for one in judged),
        "expected": "; ".join(sorted({one["id"] for one in judged if one["id"] in EXPECTED})),
    }
    if wrong:
        figures["unexpected"] = "; ".join(wrong)
    looked = any(one["id"] == "TLS1_3" for one in judged)
    return Row("testssl.sh", figures=figures, target="nothing weak, limiting or unexpected", met=looked and not wrong)


def sslyze_row(scan: dict[str, Any], words: list[str]) -> Row:
    """What sslyze says, in one line."""
    result = scan["scan_result"]
    done = [name for name, one in result.items() if one["status"] == "COMPLETED"]
    failed = [name for name, one in result.items() if one["status"] == "ERROR"]
    wrong = [word for word in words if word.partition(":")[0] not in EXPECTED] + [f"{one}: not tried" for one in failed]
    figures: dict[str, Figure] = {
        "scans": len(done),
        "expected": "; ".join(word for word in words if word.partition(":")[0] in EXPECTED),
    }
    if wrong:
        figures["unexpected"] = "; ".join(wrong)
    target = "complies with Mozilla's “modern”, but for what is expected"
    return Row("sslyze", figures=figures, target=target, met=bool(done) and not wrong)


def accepted_rows(found: list[dict[str, str]], scan: dict[str, Any]) -> list[Row]:
    """What either tool saw accepted, against the lists in the code."""
    result = scan["scan_result"]
    suites: set[str] = set()
    versions: set[str] = set()
    for name, one in result.items():
        if name.endswith("_cipher_suites") and one["result"] and one["result"]["accepted_cipher_suites"]:
            versions.add(name.removesuffix("_cipher_suites"))
            suites |= {accepted["cipher_suite"]["name"] for accepted in one["result"]["accepted_cipher_suites"]}
    curves = {curve["name"] for curve in (result["elliptic_curves"]["result"] or {}).get("supported_curves") or []}
    for one in found:
        if one["id"] in {"FS_ECDHE_curves", "PFS_ECDHE_curves", "FS_KEMs", "DH_groups", "FS_TLS13_groups"}:
            curves |= {word for word in re.split(r"[\s,]+", one["finding"]) if word and word != "No"}
    groups = {CURVES.get(curve, curve) for curve in curves}
    return [
        Row(f"accepted {what}", figures={what: ", ".join(sorted(seen)) or "none"}, target="all on the list in the code",
            met=bool(seen) and seen <= set(listed))
        for what, seen, listed in (
            ("versions", versions, ["tls_1_3"]),
            ("suites", suites, SUITES_1_3.decode().split(":")),
            ("groups", groups, GROUPS),
        )
    ]  # fmt: skip
