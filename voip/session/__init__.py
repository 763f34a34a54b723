"""What remembers and decides, and never waits.

tls       one sans-I/O TLS engine for links, legs and the end-to-end session
call      a call's states, as one transition table
trust     certified → pinned → verified
words     four words that two people compare, by commitment
keys      SRTP keys from the session's exporter
"""
