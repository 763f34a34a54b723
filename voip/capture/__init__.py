"""Packet captures: writing them, and judging them as an eavesdropper would.

    client's own bytes ──→ tap ──→ pcapng ──→  call.pcapng  ←── dumpcap, tcpdump (voip.io.sniffer)
                                                    │
    inspect ←── verdicts: handshake, flows ←── streams ←── packets ←── reader
       └──────── canaries ←──────────────────────┘

reader      pcap and pcapng files → packets
packets     link, IP, TCP and UDP headers → segments and datagrams
streams     segments → both directions of each TCP connection, with the packet number of every byte
canaries    byte strings that must not be readable, looked for by the thousand
handshake   one TLS connection: what of it travels in clear
flows       everything else: SRTP by its shape, plaintext, unknown; entropy
inspect     all of it together: `inspect(path, canaries) -> Report`
pcapng      the writer
tap         a capture synthesised from a client's own socket bytes, where no sniffer is permitted

A *canary* is a byte string that would prove the encryption broken, if it were found. A *control* is a capture in which
the canaries do travel in the clear: only when they are found there does "found nothing" mean something elsewhere.
"""
