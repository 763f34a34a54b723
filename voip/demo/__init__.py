"""The whole of Glasscall in one run: a relay, two windows, a call with real speech, a packet capture, a verdict.

command   what `glasscall demo` takes, and the order of things
stage     the processes: relay, phones; every one of them the real program
display   the desktop that is there, or a virtual one
clear     the control: the same frames in the clear, so that "found nothing" means something
evidence  what must not be readable: names, JSON keys, Opus frames
verdict   report.json, the table, and one sentence
"""
