"""Mallory's laboratory: attacks on a real relay and real phones, on this machine only, and what stopped each of them.

    scenario ──→ scene: real relay, real phones, one event loop ──→ observations ──→ Result: held or not
                   ↑
    Mallory: between client and relay (reads, alters, drops, delays, replays), or as the relay itself

result      what a scenario is, and what comes out of it
catalogue   every scenario, in the order in which one learns
loopback    the one door to the network: it opens to this machine only
scene       a relay and its people
observing   what journals say, in words
mallory     the proxy between client and relay, record by record
hostile     the relay, in Mallory's hands
middleman   … as both ends of two sessions

eavesdropping, records, early, truncation, downgrade, certificates, identities, media, tokens, swapping, persons, flood:
one family of attacks each. Supporting them: hellos (ClientHello and ServerHello, rewritten), forging (certificates that
no honest CA would issue), handshake_keys (records opened and closed with stolen keys).
"""
