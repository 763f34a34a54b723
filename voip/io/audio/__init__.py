"""Sound in and out, behind one small interface.

    device's own thread                      the call's event loop
    ───────────────────                      ─────────────────────
    microphone ──→ capture ring ──tick──→    media.outbound
    loudspeaker ←── playout ring ←─────      media.inbound

The callback copies to or from a preallocated ring and counts what it missed; it allocates nothing, logs nothing and
waits for nothing. Playout is paced by the sound card: after each block the loop is told (`on_tick`) and tops the ring up.

ring       single-producer single-consumer ring of int16 samples
soundcard  PortAudio, by sounddevice
wavfile    a WAV file as microphone, another as loudspeaker, paced by the clock
port       the interface, and `open_port` that picks one of the above
"""
