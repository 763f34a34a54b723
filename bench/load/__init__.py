"""Load for a relay: thousands of voice calls from one core, and what the relay made of them.

    people ──→ a relay's folder and its people, enrolled once and kept
    host   ──→ a relay on a core of its own, ours or a peer's: its processor time, memory, descriptors
    pacer  ──→ the C program of this folder (`load.h` is its map) on the other core; its tally
    calls  ──→ whole call set-ups with real inner handshakes, at a pace

*lateness*: how long after its time the generator itself sent a packet. Where that is large, the generator was the
bottleneck, and what it saw is no verdict on the relay (`Tally.late`).
"""
