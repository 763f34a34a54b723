"""The voice, from microphone to loudspeaker. Nothing here waits, reads a clock, or starts a thread.

    outbound    pcm ──→ codec ──→ packetizer ──→ protector ──→ SRTP to the leg
    inbound     pcm ←── codec ←── jitter ←────── protector ←── SRTP from the leg
                                    └ delay          ⇅
    quality     loss, jitter, round trip ←── SR, RR ─┘ (SRTCP, once a second)

One file per station:

    pcm          what a frame is; how loud it is
    codec        Opus at a constant bit rate; conceals what is missing
    plan         how the voice is sent: frame length, rate, redundancy; the modes by name
    packetizer   numbers and times the frames (RTP), and sends earlier ones again (RED)
    protector    SRTP: encrypts and authenticates; refuses what is forged or replayed
    jitter       puts packets back in order and rhythm; decides when to conceal
    delay        learns how late packets may be
    quality      RFC 3550's statistics, and percentiles
    bursts       which packets came, and how losses lie
    redundancy   which frames to send again, for the loss there is
    congestion   tells a narrow link from a bad one
    headroom     what the link is believed to carry
    adaptation   which plan, and why
    outbound     the pipe out
    inbound      the pipe in

The screen asks `outbound` and `inbound` for their counters and levels; the call hands them packets, frames, the time.
"""
