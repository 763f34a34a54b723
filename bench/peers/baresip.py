"""Two baresip on 127.0.0.1: a calls b, b answers by itself. Opus, ALSA's plugin for PulseAudio, no encryption.

    mic_a ──→ baresip a ──RTP on 127.0.0.1──→ baresip b ──→ spk_b

Without encryption it has the least to do; with SRTP or DTLS-SRTP its figures are no better. It binds SIP to 127.0.0.1
and offers that address in its SDP, so nothing is sent elsewhere; but its RTP sockets are open to all, and no setting
alters that.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rig.virtual_sound import Side
from turn import Turn
from witness import capturing, playing

from peers.ports import free_ports

NEEDED = ("baresip",)
UP_WITHIN = 20.0
MODULE_FOLDERS = ("/usr/lib/baresip/modules", "/usr/lib/*/baresip/modules", "/usr/local/lib/baresip/modules")
MODULES = ("opus.so", "alsa.so", "uuid.so", "account.so", "menu.so")


@dataclass(frozen=True, slots=True)
class Variant:
    """How it is set up."""

    audio_buffer: str
    """Milliseconds that its playback buffer holds, least and most."""
    jitter_buffer: str
    """Frames, least and most."""
    frame_ms: int


VARIANTS = {
    "defaults": Variant("20-160", "5-10", 20),  # what it writes into its own configuration
    "tuned": Variant("20-40", "1-5", 20),  # the least that goes on without pauses
}


def missing() -> list[str]:
    """What is not installed."""
    return [name for name in NEEDED if shutil.which(name) is None] or ([] if _modules() else ["baresip's modules"])


def _modules() -> str:
    """The folder of its modules, which its configuration must name."""
    for pattern in MODULE_FOLDERS:
        for folder in Path("/").glob(pattern.lstrip("/")):
            if (folder / "opus.so").exists():
                return str(folder)
    return ""


def configuration(variant: Variant, port: int, modules: str) -> str:
    """Its file `config`. Each line is a key and a value."""
    lines = {
        "poll_method": "epoll",
        "sip_listen": f"127.0.0.1:{port}",
        "net_interface": "127.0.0.1",
        "audio_player": "alsa,default",
        "audio_source": "alsa,default",
        "audio_alert": "alsa,default",
        "audio_buffer": variant.audio_buffer,
        "jitter_buffer_delay": variant.jitter_buffer,
        "ringback_disabled": "yes",
        "opus_bitrate": "32000",
        "opus_stereo": "no",
        "opus_sprop_stereo": "no",
        "module_path": modules,
    }
    loads = [f"module {module}" for module in MODULES]
    return "\n".join([*(f"{key} {value}" for key, value in lines.items()), *loads, ""])


@contextmanager
def talking(turn: Turn, variant: str) -> Iterator[None]:
    """The call is up. Raises `RuntimeError` if it does not come about."""
    chosen = VARIANTS[variant]
    ports: dict[Side, int] = {side: free_ports(2) for side in ("a", "b")}  # the second is for SIP over TLS
    programs = {}
    sides: tuple[Side, ...] = ("b", "a")
    for side in sides:
        folder = turn.folder / f"baresip-{side}"
        folder.mkdir()
        account = f"<sip:{side}@127.0.0.1:{ports[side]}>;regint=0;answermode=auto;ptime={chosen.frame_ms}\n"
        for name, text in (
            ("config", configuration(chosen, ports[side], _modules())),
            ("accounts", account),
            ("contacts", ""),
        ):
            (folder / name).write_text(text, encoding="ascii")
        dial = ["-e", f"/dial sip:b@127.0.0.1:{ports['b']}"] if side == "a" else []
        programs[side] = turn.start(side, ["baresip", "-4", "-v", "-f", str(folder), *dial], side, open_udp=True)
        turn.wait_until(lambda side=side: "baresip is ready" in turn.log(side), UP_WITHIN, f"baresip {side}")
    for side in sides:
        for sign in ("Call established", "Set audio decoder: opus"):
            turn.wait_until(
                lambda side=side, sign=sign: sign in turn.log(side), UP_WITHIN, f"“{sign}” of baresip {side}"
            )
    server = turn.env("a")["PULSE_SERVER"]
    turn.wait_until(lambda: capturing(server, programs["a"].pid, "mic_a.monitor"), UP_WITHIN, "the microphone")
    turn.wait_until(lambda: playing(server, programs["b"].pid, "spk_b"), UP_WITHIN, "the loudspeaker")
    yield
