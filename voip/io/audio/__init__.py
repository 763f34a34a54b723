"""Sound in and out, behind one small interface.

    device's own thread                      the call's event loop
    ───────────────────                      ─────────────────────
    microphone ──→ capture ring ──tick──→    media.outbound
    loudspeaker ←── playout ring ←─────      media.inbound

The callback copies to or from a preallocated ring and counts what it missed; it allocates nothing, logs nothing and
waits for nothing. Playout is paced by the sound card: after each block the loop is told (`on_tick`) and tops the ring
up.

opening        from what a person wrote after --input and --output to a port
port           the interface that a call has of a sound card
halves         a microphone and a loudspeaker, each a device or a file, joined to a port
soundcard      the half that is a device: watched, opened again, replaced, eased when it runs dry
news           what happens to a device in the midst of a call
easing         how large a device's buffer should be
backend        what a way to reach devices is; two stand behind it (docs/adr/0009):
  pulse          PulseAudio's own client library, which PipeWire answers too
  libpulse         the few functions of it
  pulsedevices     which devices it has, by pulsectl
  portaudio      every other system, by sounddevice
  converter        48 kHz mono to and from what a card likes
device         one device, and which one a word means
devices        which devices there are, and by which back end
priority       a thread that moves sound should not wait behind one that does not
wavfile        the half that is a WAV file, paced by the clock
wavwriter      a WAV file that is whole at every moment
bell           how a device's thread calls the loop without waiting
ring           single-producer single-consumer ring of int16 samples
"""
