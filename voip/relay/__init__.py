"""The relay: the server in the middle. It knows who calls whom, and forwards bytes that it cannot read.

    TLS connections ──→ server ──signals──→ switchboard ──actions──→ server ──→ links, found in the directory
                          ├──legs──→ patchbay: leg ⇄ leg
                          └──browsers──→ https ──→ page, figures

switchboard   who is there, who calls whom: one table, sans I/O
patchbay      leg ⇄ leg: reads a packet's first byte and no more
directory     name → link
link          one client's link: how signals go out and in, and how many
watch         notices what others did to the relay's folder: who was revoked, what is due
https         HTTP/1.1 for browsers, on the same port
page          what a browser is shown
figures       what the relay counts
server        ties them together, on one TCP port

It must not be able to read a call, so nothing here imports `voip.media` or the session's keys.
"""

from voip.relay.server import Relay

__all__ = ["Relay"]
