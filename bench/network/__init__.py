"""Calls over a network that breaks: a real relay, two real phones, and what a person hears meanwhile.

    namespaces.py  machines without hardware: the kernel's network namespaces, gone again whatever happens
    place.py       alice, bob and the relay, a router between them
    faults.py      what the router does to packets: lose some, swallow all UDP
    line.py        a long line: a process that hands packets on later (the kernel's own delay is not built in here)
    sweep.py       a sound in which every missing or made-up moment can be told
    tracedphone.py `glasscall` as it is, which also tells at once what it observes, and when packets went and came
    trace.py       what such a phone told
    pair.py        the relay and the two phones of one call, in such a place
    trial.py       one fault, and what was heard and told of it
    faulted.py     blackhole, killed, moved, frozen: a hundred faults each, in calls that go on
    lossy.py       frames that come too late over TLS on a line that loses packets
    run.py         the measurement `network` of bench/run.py
    audit.py       the measurement `tls-audit`: what testssl.sh and sslyze say of the relay

The words: a *fault* is from its beginning to its *return*; a *gap* is the longest stretch in which what is played is
not what was said, but silent or made up; the sound is *back* when it can be heard without a gap for half a second.
"""
