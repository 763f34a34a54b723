"""The bounded, structured record of everything observed; what the window shows, it can prove from here.

observations   what there is to observe, one frozen dataclass each
book           the journal itself: bounded, with subscribers
summary        folds of the journal: a TLS connection, a side of a call, as the report shows it
"""
