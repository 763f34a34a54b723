"""Glasscall: a desktop phone that calls over TLS through a relay and shows why the call is safe.

The house, from the ground up (a higher floor imports only lower ones; `make check` proves it):

    6  cli, demo, lab       commands; all of it in one run; attacks that fail (gui/ stands above, alone in knowing Qt)
    5  relay, client        the server in the middle; the phone and its parts
    4  io                   sockets, sound cards, files, the clock: may wait, may touch the machine
    3  journal, pki, capture    what was observed; certificates; packet captures and their judge
    2  session, media       remember and decide, never wait: TLS, trust, the call; the stations of the voice
    1  wire                 bytes ⇄ values, no memory of the past
    0  errors, config       words and numbers

Glossary:

    relay    the server in the middle; knows who calls whom, forwards bytes that it cannot read
    link     a client's one long-lived TLS connection to its relay, for signalling
    leg      a client's pipe for one call to the relay's patchbay: a second TLS connection, resuming the link's
    session  the end-to-end TLS session between the two clients, tunnelled through their legs
    path     how a leg's media travels now
    journal  the bounded, structured record of everything observed; what the window shows, it can prove from here
"""

__version__ = "0.1.0"
