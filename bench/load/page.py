"""What a relay says of itself: the gauges of its page `/metrics`."""

import http.client
import ssl

from load.people import RELAY_NAME, People

WITHIN = 5.0
PREFIX = "glasscall_"


def gauges(host: str, port: int, people: People) -> dict[str, int]:
    """By name, without the prefix; raises `OSError` or `http.client.HTTPException`."""
    context = ssl.create_default_context(cafile=str(people.identities / "authority.pem"))
    connection = _Named(host, port, context=context, timeout=WITHIN)
    try:
        connection.request("GET", "/metrics", headers={"Host": RELAY_NAME})
        return read(connection.getresponse().read().decode())
    finally:
        connection.close()


def read(text: str) -> dict[str, int]:
    """The gauges in `text`, which is in Prometheus's format."""
    kinds = {}
    found = {}
    for line in text.splitlines():
        words = line.split()
        if line.startswith("# TYPE"):
            kinds[words[2]] = words[3]
        elif not line.startswith("#") and kinds.get(words[0]) == "gauge":
            found[words[0].removeprefix(PREFIX)] = int(float(words[1]))
    return found


class _Named(http.client.HTTPSConnection):
    """Connects to an address, and asks for the relay by its name."""

    def __init__(self, host: str, port: int, *, context: ssl.SSLContext, timeout: float) -> None:
        super().__init__(host, port, context=context, timeout=timeout)
        self._tls = context

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=RELAY_NAME)
