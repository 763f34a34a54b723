"""The bounded, structured record of everything observed; what the window shows, it can prove from here.

observations   what there is to observe, one frozen dataclass each
book           the journal itself: bounded, with subscribers
coupling       which TLS record carried what
meaning        what a record was to us
entropy        how random bytes look
tape           the last seconds of our own wire, record by record: too much for the journal
export         the whole of it as JSON
summary        folds of the journal: a TLS connection, a side of a call, as the report shows it
"""
