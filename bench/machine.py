"""Names the machine that the figures are of."""

import ctypes
import os
import platform
import ssl
from pathlib import Path

from OpenSSL import SSL
from opuslib.api import libopus


def machine() -> dict[str, str]:
    """CPU, cores, kernel, and the versions of what the measurements stand on."""
    libopus.opus_get_version_string.restype = ctypes.c_char_p
    return {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.2f} at the start",
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "openssl": SSL.OpenSSL_version(SSL.OPENSSL_VERSION).decode("ascii", "replace"),
        "openssl of stdlib ssl": ssl.OPENSSL_VERSION,
        "libopus": libopus.opus_get_version_string().decode("ascii", "replace"),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
