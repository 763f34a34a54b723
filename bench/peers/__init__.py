"""The same call by others: Mumble and baresip from Debian, over the sound cards that Glasscall is measured over.

    run.py       the measurement `peers` of bench/run.py: everybody in turns, and the table
    mumble.py    a murmurd and two Mumble clients under Xvfb, talking without a pause, past their wizards
    baresip.py   two baresip, SIP and RTP on 127.0.0.1, Opus
    ports.py     ports that nobody listens on

A peer counts as up when its own log says so *and* the sound server sees both ends move sound; `bench/witness.py`.
Variants: as installed, and with every setting that it offers its user at the end of least delay.
"""
