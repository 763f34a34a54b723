"""What journals say, in words: where every scenario reads its evidence."""

from collections.abc import Callable

from voip.client.phone import Phone
from voip.client.waiting import wait_for
from voip.journal.observations import (
    CallChanged,
    Channel,
    Entry,
    LinkState,
    MediaStats,
    PersonSeen,
    TrustAssessed,
    WordsReady,
)
from voip.session.tls.events import Alert, Closed, Established, Failed

WITHIN = 8.0


async def seen(phone: Phone, wanted: Callable[[Entry], bool], what: str, within: float = WITHIN) -> Entry:
    """The first entry in `phone`'s journal that is `wanted`; raises `CallError` (`timeout`)."""
    return await wait_for(phone.journal, wanted, within, f"{phone.name}: {what}")


async def link_state(phone: Phone, *states: str, within: float = WITHIN) -> LinkState:
    """The first time that `phone`'s link came into one of `states`."""

    def wanted(entry: Entry) -> bool:
        return isinstance(entry.what, LinkState) and entry.what.state in states

    what = (await seen(phone, wanted, f"a link that is {' or '.join(states)}", within)).what
    assert isinstance(what, LinkState)  # noqa: S101 - `wanted` saw to it
    return what


async def phase(phone: Phone, *phases: str, call: str = "", within: float = WITHIN) -> CallChanged:
    """The first time that `phone`'s call (any, or the one named) came into one of `phases`."""

    def wanted(entry: Entry) -> bool:
        return isinstance(entry.what, CallChanged) and entry.what.phase in phases and call in {"", entry.call}

    what = (await seen(phone, wanted, f"a call that is {' or '.join(phases)}", within)).what
    assert isinstance(what, CallChanged)  # noqa: S101 - `wanted` saw to it
    return what


async def words(phone: Phone, within: float = WITHIN) -> str:
    """The four words that `phone` shows."""
    what = (await seen(phone, lambda entry: isinstance(entry.what, WordsReady), "the words", within)).what
    assert isinstance(what, WordsReady)  # noqa: S101 - the predicate saw to it
    return " ".join(what.words)


def alerts(phone: Phone, channel: Channel) -> list[Alert]:
    """Fatal alerts on `channel`, in their order."""
    return [
        entry.what
        for entry in phone.journal
        if entry.channel == channel and isinstance(entry.what, Alert) and entry.what.level == "fatal"
    ]


def failures(phone: Phone, channel: Channel) -> list[Failed]:
    """How connections of `channel` failed, in their order."""
    return [e.what for e in phone.journal if e.channel == channel and isinstance(e.what, Failed)]


def goodbyes(phone: Phone, channel: Channel) -> int:
    """How many connections of `channel` the other end closed with close_notify."""
    return sum(entry.channel == channel and isinstance(entry.what, Closed) for entry in phone.journal)


def handshakes(phone: Phone, channel: Channel) -> list[Established]:
    """What each finished handshake of `channel` agreed on."""
    return [e.what for e in phone.journal if e.channel == channel and isinstance(e.what, Established)]


def trust(phone: Phone) -> TrustAssessed | None:
    """The latest word on the peer's key."""
    return next((e.what for e in reversed(list(phone.journal)) if isinstance(e.what, TrustAssessed)), None)


def online(phone: Phone) -> bool:
    """Whether `phone`'s link stands now."""
    states = [entry.what for entry in phone.journal if isinstance(entry.what, LinkState)]
    return bool(states) and states[-1].state == "online"


def in_call(phone: Phone) -> bool:
    """Whether `phone` is talking now."""
    phases = [entry.what.phase for entry in phone.journal if isinstance(entry.what, CallChanged)]
    return phases[-1:] == ["talking"]


def is_there(phone: Phone, name: str) -> bool:
    """Whether `phone` has ever seen `name` come."""
    return any(isinstance(e.what, PersonSeen) and e.what.name == name and e.what.online for e in phone.journal)


def rings(phone: Phone) -> int:
    """How often `phone` rang."""
    return sum(isinstance(e.what, CallChanged) and e.what.phase == "incoming" for e in phone.journal)


def stats(phone: Phone) -> MediaStats | None:
    """The latest counters of the voice."""
    return next((e.what for e in reversed(list(phone.journal)) if isinstance(e.what, MediaStats)), None)


async def counted(phone: Phone, wanted: Callable[[MediaStats], bool], what: str, within: float = WITHIN) -> MediaStats:
    """The first counters from now on that are `wanted`."""
    before = stats(phone)

    def look(entry: Entry) -> bool:
        return isinstance(entry.what, MediaStats) and entry.what is not before and wanted(entry.what)

    found = (await seen(phone, look, what, within)).what
    assert isinstance(found, MediaStats)  # noqa: S101 - `look` saw to it
    return found


def tell(alert: Alert | None) -> str:
    """`alert sent: bad_record_mac`."""
    if alert is None:
        return ""
    return f"alert {'sent' if alert.direction == 'out' else 'received'}: {alert.name}"


def tell_failure(phone: Phone, channel: Channel) -> str:
    """What ended the first connection of `channel` that failed, as `phone` says it: `code — sentence`."""
    found = failures(phone, channel)
    return f"{found[0].code} — {found[0].sentence}" if found else ""
