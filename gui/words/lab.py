"""What the attack lab's page says. Titles and stories are not here: they are the docstrings of the lab's own scenarios.

They reach the page through `gui.lab_board.cases`, and are translated by their exact English text.
"""

from gui.lab_board import Place, State
from gui.wording import QT_TRANSLATE_NOOP

# ── before anything has run ────────────────────────────────────────────────────────────────────────────────────

INVITE_TITLE = QT_TRANSLATE_NOOP("Glasscall", "{count} attacks, on this machine only, against the real program")
INVITE_LEAD = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Mallory listens, alters, lies and floods. For each attack a real relay and real phones are started, "
    "and you see what stopped her.",
)
INVITE_FACTS = (
    (
        QT_TRANSLATE_NOOP("Glasscall", "Loopback only"),
        QT_TRANSLATE_NOOP("Glasscall", "Not one byte leaves this computer: everything goes over 127.0.0.1."),
    ),
    (
        QT_TRANSLATE_NOOP("Glasscall", "Nothing of yours"),
        QT_TRANSLATE_NOOP(
            "Glasscall", "People, keys and relay are made for each attack and gone after it. Your calls go on."
        ),
    ),
    (
        QT_TRANSLATE_NOOP("Glasscall", "Only what was seen"),
        QT_TRANSLATE_NOOP(
            "Glasscall", "Each verdict is an alert, an error or a counter that was observed in that very run."
        ),
    ),
)
INVITE_RUN = QT_TRANSLATE_NOOP("Glasscall", "Run all {count}")
INVITE_TIME = QT_TRANSLATE_NOOP("Glasscall", "takes about half a minute")
INVITE_LOOK = QT_TRANSLATE_NOOP("Glasscall", "Look at them one by one")

# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────

GROUP = {
    "eavesdropping": QT_TRANSLATE_NOOP("Glasscall", "Listening in"),
    "records": QT_TRANSLATE_NOOP("Glasscall", "Altering and replaying records"),
    "truncation": QT_TRANSLATE_NOOP("Glasscall", "Cutting off"),
    "downgrade": QT_TRANSLATE_NOOP("Glasscall", "Forcing weaker encryption"),
    "certificates": QT_TRANSLATE_NOOP("Glasscall", "Posing as the relay"),
    "identities": QT_TRANSLATE_NOOP("Glasscall", "Posing as a person"),
    "persons": QT_TRANSLATE_NOOP("Glasscall", "Getting into a call"),
    "swapping": QT_TRANSLATE_NOOP("Glasscall", "Sitting in between"),
    "media": QT_TRANSLATE_NOOP("Glasscall", "Meddling with the voice"),
    "flood": QT_TRANSLATE_NOOP("Glasscall", "Flooding"),
}
"""By module; one that is not here is shown by its name."""
STATE: dict[State, str] = {
    "waiting": QT_TRANSLATE_NOOP("Glasscall", "Not run yet"),
    "running": QT_TRANSLATE_NOOP("Glasscall", "Running…"),
    "held": QT_TRANSLATE_NOOP("Glasscall", "Held"),
    "not-held": QT_TRANSLATE_NOOP("Glasscall", "Did not hold"),
    "broken": QT_TRANSLATE_NOOP("Glasscall", "The attack itself failed"),
}
CONTROL = QT_TRANSLATE_NOOP("Glasscall", "Not protected: as it must be")
ATTACKS = QT_TRANSLATE_NOOP("Glasscall", "Attacks")
SEARCH = QT_TRANSLATE_NOOP("Glasscall", "Search attacks")
NONE_FOUND = QT_TRANSLATE_NOOP("Glasscall", "No attack is called that.")
RUN_ALL = QT_TRANSLATE_NOOP("Glasscall", "Run all")
RUN_THIS = QT_TRANSLATE_NOOP("Glasscall", "Run this")
RUN_AGAIN = QT_TRANSLATE_NOOP("Glasscall", "Run again")
STOP = QT_TRANSLATE_NOOP("Glasscall", "Stop")
PROGRESS = QT_TRANSLATE_NOOP("Glasscall", "{done} of {count}")
FIGURES = QT_TRANSLATE_NOOP("Glasscall", "{held} held")
FIGURES_CONTROL = QT_TRANSLATE_NOOP("Glasscall", "{count} unprotected, as it must be")
FIGURES_WRONG = QT_TRANSLATE_NOOP("Glasscall", "{count} not as they must be")
STOPPED = QT_TRANSLATE_NOOP("Glasscall", "Stopped after {done} of {count}.")
FAILED = QT_TRANSLATE_NOOP("Glasscall", "The lab broke off after {done} of {count}. Run it again.")
FAILED_WHY = QT_TRANSLATE_NOOP("Glasscall", "The lab broke off after {done} of {count}: {why}")

# ── one attack ─────────────────────────────────────────────────────────────────────────────────────────────────

TRIES = QT_TRANSLATE_NOOP("Glasscall", "What Mallory tries")
STOPPED_BY = QT_TRANSLATE_NOOP("Glasscall", "What stopped it")
EVIDENCE = QT_TRANSLATE_NOOP("Glasscall", "Evidence")
WHY = QT_TRANSLATE_NOOP("Glasscall", "Why")
OBSERVED = QT_TRANSLATE_NOOP("Glasscall", "observed")
NOT_SEEN = QT_TRANSLATE_NOOP("Glasscall", "Run it, and see what stops it.")
WAIT = QT_TRANSLATE_NOOP("Glasscall", "It is happening now…")
NOTHING = QT_TRANSLATE_NOOP("Glasscall", "Nothing")
NOTHING_CONTROL = QT_TRANSLATE_NOOP("Glasscall", "Nothing: everything was read")
CONTROL_NOTE = QT_TRANSLATE_NOOP(
    "Glasscall",
    "This is the control: the same call without any protection. It must not hold; "
    "that is how you know that the search finds what can be read.",
)
PICTURE: dict[Place, str] = {
    "wire": QT_TRANSLATE_NOOP("Glasscall", "Mallory is on the wire, between you and the relay"),
    "as-relay": QT_TRANSLATE_NOOP("Glasscall", "Mallory takes the relay’s place"),
    "in-relay": QT_TRANSLATE_NOOP("Glasscall", "The relay itself is in Mallory’s hands"),
    "as-you": QT_TRANSLATE_NOOP("Glasscall", "Mallory comes to the relay in your name"),
    "beside": QT_TRANSLATE_NOOP("Glasscall", "Mallory connects to the relay like everybody else"),
}
MALLORY = QT_TRANSLATE_NOOP("Glasscall", "Mallory")
RELAY_NODE = QT_TRANSLATE_NOOP("Glasscall", "the relay")
ME = QT_TRANSLATE_NOOP("Glasscall", "you (alice)")
FRIEND = QT_TRANSLATE_NOOP("Glasscall", "bob")
TARGET_OUTER = QT_TRANSLATE_NOOP("Glasscall", "attacks the line to the relay")
TARGET_INNER = QT_TRANSLATE_NOOP("Glasscall", "attacks what the two of you share")
TARGET_CLEAR = QT_TRANSLATE_NOOP("Glasscall", "nothing is encrypted")
