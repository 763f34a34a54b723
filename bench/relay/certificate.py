"""A certificate for a peer's TLS, of the kind that ours is: P-256. The load does not look whose it is."""

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from voip.pki.certificates import new_key, private_key_pem, to_pem


def self_signed(folder: Path) -> tuple[Path, Path]:
    """The files of a certificate and its key in `folder`."""
    key = new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.bench")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    paths = folder / "peer.pem", folder / "peer-key.pem"
    for path, text in zip(paths, (to_pem(certificate), private_key_pem(key)), strict=True):
        path.write_text(text, encoding="ascii")
        path.chmod(0o644)  # coturn gives up its rights before it reads them
    folder.chmod(0o755)
    return paths
