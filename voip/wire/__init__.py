"""Bytes ⇄ values. Nothing here waits, reads a clock or remembers what came before.

framing       RFC 4571: a 16-bit length before each packet; the first byte says what it is (RFC 7983)
signals       the JSON messages between client and relay, and between client and client
rtp, rtcp     RFC 3550 packets, as they are before and after SRTP
rtcp_xr       RFC 3611: what a receiver saw, packet by packet
red           RFC 2198: earlier frames once more in a packet
tls_records   the outer shape of TLS: what an eavesdropper sees
tls_messages  handshake messages
tls_names     the IANA code points, as names
tls_cursor    a reader of bytes that never reads past their end
"""
