"""The relay: the server in the middle. It knows who calls whom, and forwards bytes that it cannot read.

    TLS connections ──→ server ──signals──→ switchboard ──actions──→ server ──→ links, found in the directory
                          ├──legs, lanes──→ legroom ──→ patchbay: leg ⇄ leg
                          └──browsers──→ https ──→ page, figures   ▲
    UDP ──→ plane: datagrams ──whose address?──→ flows ────────────┘ or, where nobody need look, straight on

switchboard   who is there, who calls whom, sans I/O; calltable: every step of a call; rejoining: calls wanted back
legroom       connections that are legs and lanes, from first signal to end
patchbay      who is joined with whom; leg: one party's side, reads a packet's first byte and no more
line          one TLS connection of a leg; twins: packets that come on several; counters; meter: how much is too much
plane         UDP, all of it; datagrams: one socket, and the inner loop
flows         which UDP address is whose: STUN, bound by nonces
porter        who may come in, how often; buckets: how often is too often
tidings       presence, in bundles; books: accounts, read once
directory     name → link
link          one client's link: how signals go out and in, and how many
watch         notices what others did to the relay's folder: who was revoked, what is due
https         HTTP/1.1 for browsers, on the same port
page          what a browser is shown
figures       what the relay counts
server        ties them together, on one port of TCP and of UDP

It must not be able to read a call, so nothing here imports `voip.media` or the session's keys.
"""

from voip.relay.server import Relay

__all__ = ["Relay"]
