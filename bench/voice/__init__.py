"""How a call sounds and how late, over networks good and bad, in virtual time: `bench/run.py voice`.

    people ─→ reel ──→ call: Outbound ─→ Link ─→ Inbound ──5 ms blocks──→ what was heard ──→ ear: PESQ, ViSQOL, delay
                        ↑ Adaptation ←── reports ←─ Link ←──┘    │
                                                                 └ the same packets ──→ rivals: other receivers ──→ ear

    network.py      a seeded link: loss in runs, jitter, reordering, duplicates, a queue, stalls
    profiles.py     links by name; Signal's call simulator's among them
    reel.py         what is said: people, languages, one after another, and where each begins
    call.py         the true pipes, joined
    rivals.py       what others do with the same packets; `lbrr.py`: Opus with its own redundancy
    ear.py          judges what was heard against what was said
    judged.py       one call or rival, judged: the unit that runs side by side
    drift.py        an hour of two sound cards that disagree
    measurement.py  which calls, how often; the targets; `tables.py` says it in rows

Words: *transit* is the time that one packet takes, *mouth to ear* that from a sound's being said to its being played;
what is printed as delay is mouth to ear less the link's mean transit, so it is what the phone itself adds: frame,
look-ahead, jitter buffer, block. Sound cards themselves add nothing here. Seconds inside, milliseconds in tables.
"""
