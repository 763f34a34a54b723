"""Links by name. Those of Signal's call simulator (ringrtc, `call_sim/src/common.rs`) have its numbers.

Theirs run over netem. Three things differ, and are said here:

- Their first two seconds are good. Here no call is judged by its first ten seconds, but the link is the same in them.
- *spiky* runs 10 s good, 10 s bad, 10 s good; here over and over, for as long as there is speech.
- *international* allows 30 packets in all of netem. That bounds what is under way in 250 ms as well, which no true link
  does, and would forbid frames of 10 ms. Here the 30 are the queue's alone.

*bursty-LOSS-rR*: r is netem's chance in percent to leave the bad state (mean run 100/r packets); p follows from the
loss and is rounded to a whole percent, as theirs is.
"""

from .network import Conditions, Gilbert, Profile, at_random, in_runs

JITTERY_DELAY = 0.150
"""Mean transit of the links with normal jitter: so much that no packet would have to arrive before it was sent."""
_GOOD = Conditions(0.050, jitter=0.010, shape="uniform", correlation=0.5)
_BAD = Conditions(0.100, jitter=0.020, shape="uniform", correlation=0.5, loss=Gilbert(0.11, 0.25))


def _steady(name: str, conditions: Conditions, drift_ppm: float = 0.0) -> Profile:
    return Profile(name, ((1.0, conditions),), drift_ppm)


def _bursty(loss: int, r: int) -> Profile:
    p = round(loss * r / (100 - loss))
    return _steady(f"bursty-{loss}-r{r}", Conditions(loss=Gilbert(p / 100, r / 100)))


PLAIN = (
    _steady("clean", Conditions()),
    *(_steady(f"random-{loss}", Conditions(loss=at_random(loss / 100))) for loss in (5, 10, 20, 30)),
    *(_steady(f"gilbert-{loss}", Conditions(loss=in_runs(loss / 100, 2.0))) for loss in (10, 20)),
)
"""Loss alone, 30 ms away."""
JITTERY = tuple(_steady(f"jitter-{ms}", Conditions(JITTERY_DELAY, jitter=ms / 1000)) for ms in (5, 15, 30))
"""Normal jitter alone, with the reordering that independent delays bring."""
DRIFTING = tuple(_steady(f"drift{ppm:+d}", Conditions(), ppm) for ppm in (200, -200))
STALLING = (_steady("stalls", Conditions(stall_every=4.0, stall=0.120)),)
"""Wi-Fi: 120 ms of nothing every 4 s on average, then all at once."""
NARROW = tuple(_steady(f"narrow-{rate}", Conditions(rate=rate * 1000, limit=max(4, rate // 120))) for rate in (100, 50))
"""Signal's limited bandwidth: kb/s, with a queue of about 100 ms of large packets."""
SIGNAL = (
    _steady("moderate", Conditions(0.100, jitter=0.025, shape="pareto", loss=at_random(0.05))),
    _steady(
        "international",
        Conditions(
            0.250,
            jitter=0.100,
            shape="pareto",
            loss=Gilbert(0.03, 0.25),
            duplicate=0.02,
            reorder=0.05,
            reorder_correlation=0.5,
            rate=300_000,
            limit=30,
        ),
    ),
    Profile("spiky", ((10.0, _GOOD), (10.0, _BAD), (10.0, _GOOD))),
    *(_bursty(loss, r) for loss in (10, 20) for r in (65, 50, 35, 30)),
)
PROFILES = {profile.name: profile for profile in (*PLAIN, *JITTERY, *DRIFTING, *STALLING, *NARROW, *SIGNAL)}
