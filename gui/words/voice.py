"""What is said of the voice: how it sounds, why, what is done about it, how it is sent, by which devices."""

from gui.wording import QT_TRANSLATE_NOOP

# ── how it sounds ──────────────────────────────────────────────────────────────────────────────────────────────

WORD = {
    "clear": QT_TRANSLATE_NOOP("Glasscall", "Clear"),
    "fair": QT_TRANSLATE_NOOP("Glasscall", "Fair"),
    "poor": QT_TRANSLATE_NOOP("Glasscall", "Poor"),
}
CAUSE = {
    "loss": QT_TRANSLATE_NOOP("Glasscall", "Packets get lost on the way."),
    "loss-bursts": QT_TRANSLATE_NOOP("Glasscall", "Packets get lost on the way, several in a row."),
    "late": QT_TRANSLATE_NOOP("Glasscall", "Packets come too late to be played."),
    "late-bursts": QT_TRANSLATE_NOOP("Glasscall", "Packets come late in bursts."),
    "far": QT_TRANSLATE_NOOP("Glasscall", "The way through the network takes long."),
    "buffer": QT_TRANSLATE_NOOP("Glasscall", "Packets come unevenly, so they must wait for each other."),
    "device": QT_TRANSLATE_NOOP("Glasscall", "The sound devices take long."),
    "rate": QT_TRANSLATE_NOOP("Glasscall", "The voice comes in few bits."),
}
RAN_OUT = QT_TRANSLATE_NOOP("Glasscall", "The sound ran out for moments, though no packet was lost.")
NOTHING_WRONG = QT_TRANSLATE_NOOP("Glasscall", "Nothing disturbs it.")
SMALL_THINGS = QT_TRANSLATE_NOOP("Glasscall", "Several small things come together.")
DO_COPIES = QT_TRANSLATE_NOOP("Glasscall", "{loss} % were missing; copies fill all but {rest} %.")
DO_CONCEAL = QT_TRANSLATE_NOOP("Glasscall", "Gaps are filled with similar sound: {concealed} %.")
DO_BUFFER = QT_TRANSLATE_NOOP("Glasscall", "The jitter buffer waits {ms} ms.")
DO_FAR = QT_TRANSLATE_NOOP("Glasscall", "It takes about {ms} ms; no phone can shorten that.")
DO_DEVICE = QT_TRANSLATE_NOOP("Glasscall", "Devices and coding take {ms} ms.")
DO_RATE = QT_TRANSLATE_NOOP("Glasscall", "Their phone steps up when the way carries more.")

HEARD_TITLE = QT_TRANSLATE_NOOP("Glasscall", "How it sounds")
HEARD_WAITING = QT_TRANSLATE_NOOP("Glasscall", "Judged from the first seconds of talking")
EAR_MS = QT_TRANSLATE_NOOP("Glasscall", "{ms} ms")
MOUTH_TO_EAR = QT_TRANSLATE_NOOP("Glasscall", "mouth to ear")
SENDING = QT_TRANSLATE_NOOP("Glasscall", "You send: {mode} – {why}")
SENDING_COPIES = QT_TRANSLATE_NOOP("Glasscall", "You send: {mode}, {copies} – {why}")
LOOK_CLOSER = QT_TRANSLATE_NOOP("Glasscall", "Open the voice page")

# ── how it is sent ─────────────────────────────────────────────────────────────────────────────────────────────

MODE = {
    "auto": QT_TRANSLATE_NOOP("Glasscall", "Automatic"),
    "closest": QT_TRANSLATE_NOOP("Glasscall", "Closest"),
    "balanced": QT_TRANSLATE_NOOP("Glasscall", "Balanced"),
    "robust": QT_TRANSLATE_NOOP("Glasscall", "Robust"),
}
MODE_HINT = {
    "auto": QT_TRANSLATE_NOOP("Glasscall", "Moves among the three as the network allows"),
    "closest": QT_TRANSLATE_NOOP("Glasscall", "The least delay, for a near and even network"),
    "balanced": QT_TRANSLATE_NOOP("Glasscall", "Little delay for few bits, for a clean network"),
    "robust": QT_TRANSLATE_NOOP("Glasscall", "Goes on through loss: each frame is sent again in later packets"),
}
REASON = {
    "start": QT_TRANSLATE_NOOP("Glasscall", "the call has just begun"),
    "clean": QT_TRANSLATE_NOOP("Glasscall", "the network is clean"),
    "near": QT_TRANSLATE_NOOP("Glasscall", "the network is near and even"),
    "chosen": QT_TRANSLATE_NOOP("Glasscall", "as you chose"),
    "loss": QT_TRANSLATE_NOOP("Glasscall", "{loss} % of your packets get lost"),
    "loss-bursts": QT_TRANSLATE_NOOP("Glasscall", "{loss} % of your packets get lost, in runs"),
    "backlog": QT_TRANSLATE_NOOP("Glasscall", "the line takes no more: packets pile up here"),
    "delay": QT_TRANSLATE_NOOP("Glasscall", "the line is full: the way takes longer and longer"),
    "congestion-loss": QT_TRANSLATE_NOOP("Glasscall", "the line is full: more bits meant more loss"),
}
REASON_UNKNOWN = QT_TRANSLATE_NOOP("Glasscall", "it fits best")
TIMES = (
    QT_TRANSLATE_NOOP("Glasscall", "each frame once"),
    QT_TRANSLATE_NOOP("Glasscall", "each frame twice"),
    QT_TRANSLATE_NOOP("Glasscall", "each frame three times"),
    QT_TRANSLATE_NOOP("Glasscall", "each frame four times"),
)
SEND_TITLE = QT_TRANSLATE_NOOP("Glasscall", "How you send")
SEND_WHY = QT_TRANSLATE_NOOP("Glasscall", "{mode}: {why}.")
SEND_WHY_AUTO = QT_TRANSLATE_NOOP("Glasscall", "{mode}, chosen by itself: {why}.")
MODES = QT_TRANSLATE_NOOP("Glasscall", "Mode")
FRAME = QT_TRANSLATE_NOOP("Glasscall", "Frame")
FRAME_VALUE = QT_TRANSLATE_NOOP("Glasscall", "{ms} ms, {count} packets a second")
FRAME_LOW = QT_TRANSLATE_NOOP("Glasscall", "{ms} ms, {count} packets a second, Opus in low delay")
RATE = QT_TRANSLATE_NOOP("Glasscall", "Bit rate")
RATE_VALUE = QT_TRANSLATE_NOOP("Glasscall", "{rate} kb/s, constant")
RATE_WHY = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Every packet is as large as the one before it, so that sizes do not tell what is said (RFC 6562). "
    "Only the network makes them change, never the voice.",
)
COPIES = QT_TRANSLATE_NOOP("Glasscall", "Copies")
PICTURE_SPOKEN = QT_TRANSLATE_NOOP(
    "Glasscall", "Each packet carries its own frame, and again those {distances} before it"
)
PICTURE_ALONE = QT_TRANSLATE_NOOP("Glasscall", "Each packet carries its own frame alone")

# ── the voice page ─────────────────────────────────────────────────────────────────────────────────────────────

EMPTY_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Nothing to hear yet")
EMPTY = QT_TRANSLATE_NOOP(
    "Glasscall", "While you talk, this page shows how the voice sounds, where its delay comes from, and how it is sent."
)
OVER = QT_TRANSLATE_NOOP("Glasscall", "The call is over; this is what was seen last.")
WAY_TITLE = QT_TRANSLATE_NOOP("Glasscall", "From {name}’s mouth to your ear")
WAY_LEAD = QT_TRANSLATE_NOOP("Glasscall", "Each station begins where the one before it ends.")
STAGE_HINT = {
    "capture": QT_TRANSLATE_NOOP("Glasscall", "Their microphone and its driver, as their phone says"),
    "frame": QT_TRANSLATE_NOOP("Glasscall", "Until a whole frame is there to be encoded, as their phone says"),
    "encode": QT_TRANSLATE_NOOP("Glasscall", "Their echo and noise processing, Opus and its look-ahead"),
    "send": QT_TRANSLATE_NOOP("Glasscall", "Encrypting, and handing over to the network"),
    "network": QT_TRANSLATE_NOOP("Glasscall", "Half of the measured round trip: an estimate"),
    "jitter": QT_TRANSLATE_NOOP("Glasscall", "Waits so that packets that come unevenly play evenly; measured here"),
    "decode": QT_TRANSLATE_NOOP("Glasscall", "Decrypting and Opus; measured here"),
    "playout": QT_TRANSLATE_NOOP("Glasscall", "Your loudspeaker and what waits before it; measured here"),
}
THEIR_PHONE = QT_TRANSLATE_NOOP("Glasscall", "{name}’s phone, as it says")
THE_NETWORK = QT_TRANSLATE_NOOP("Glasscall", "Network, estimated")
YOUR_PHONE = QT_TRANSLATE_NOOP("Glasscall", "Your phone, measured")
WAY_SPOKEN = QT_TRANSLATE_NOOP("Glasscall", "{sum} ms in all: {stages}")
MINUTE_TITLE = QT_TRANSLATE_NOOP("Glasscall", "The last minute")
MINUTE_EAR = QT_TRANSLATE_NOOP("Glasscall", "mouth to ear, ms")
MINUTE_TRIP = QT_TRANSLATE_NOOP("Glasscall", "round trip, ms")
MINUTE_RIBBON = QT_TRANSLATE_NOOP("Glasscall", "Below: clear, fair or poor in each second")

LISTEN_TITLE = QT_TRANSLATE_NOOP("Glasscall", "What you hear")
LISTEN_LEAD = QT_TRANSLATE_NOOP("Glasscall", "Of the sound that was due in the last seconds")
LOSS = QT_TRANSLATE_NOOP("Glasscall", "Missing at its time")
RECOVERED = QT_TRANSLATE_NOOP("Glasscall", "– had from copies")
CONCEALED = QT_TRANSLATE_NOOP("Glasscall", "Made up: heard as loss")
LATE = QT_TRANSLATE_NOOP("Glasscall", "Came too late")
JITTER = QT_TRANSLATE_NOOP("Glasscall", "Jitter")
BUFFER = QT_TRANSLATE_NOOP("Glasscall", "Jitter buffer aims at")
STRETCHED = QT_TRANSLATE_NOOP("Glasscall", "Sped up, slowed down")
STRETCHED_VALUE = QT_TRANSLATE_NOOP("Glasscall", "{shorter} s, {longer} s")
PERCENT = QT_TRANSLATE_NOOP("Glasscall", "{share} %")
MOS_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Quality, estimated")
MOS_OF = QT_TRANSLATE_NOOP("Glasscall", "MOS, of {best}")
MOS_LEAD = QT_TRANSLATE_NOOP("Glasscall", "By the E-model (ITU-T G.107), from figures: no ear was asked.")
MOS_LEFT = QT_TRANSLATE_NOOP("Glasscall", "remains")
MOS_SOUND = QT_TRANSLATE_NOOP("Glasscall", "coding and gaps take")
MOS_DELAY = QT_TRANSLATE_NOOP("Glasscall", "the delay takes")

DEVICES_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Your devices")
MICROPHONE = QT_TRANSLATE_NOOP("Glasscall", "Microphone")
LOUDSPEAKER = QT_TRANSLATE_NOOP("Glasscall", "Loudspeaker")
HOW = QT_TRANSLATE_NOOP("Glasscall", "{api}: blocks of {block} ms, {latency} ms of delay")
HOW_UNKNOWN = QT_TRANSLATE_NOOP("Glasscall", "not opened yet")
RAN_DRY = QT_TRANSLATE_NOOP("Glasscall", "Ran dry")
RAN_DRY_VALUE = QT_TRANSLATE_NOOP("Glasscall", "{count} times in this call")
RAN_DRY_NEVER = QT_TRANSLATE_NOOP("Glasscall", "never in this call")
TOO_LOUD = QT_TRANSLATE_NOOP("Glasscall", "You: too loud")
CLIPPED = QT_TRANSLATE_NOOP("Glasscall", "Too loud: the microphone clips")
CLIPPED_HINT = QT_TRANSLATE_NOOP("Glasscall", "{share} % of the last second was cut off. Turn the microphone down.")
LEVEL_FINE = QT_TRANSLATE_NOOP("Glasscall", "The microphone does not clip")
OFFER = QT_TRANSLATE_NOOP("Glasscall", "“{device}” is there again.")
USE_IT = QT_TRANSLATE_NOOP("Glasscall", "Use it")
PROCESS_TITLE = QT_TRANSLATE_NOOP("Glasscall", "Echo, noise, loudness")
PROCESS_ON = QT_TRANSLATE_NOOP("Glasscall", "Clean my voice")
PROCESS_DONE = QT_TRANSLATE_NOOP("Glasscall", "Before your voice is sent: {what}. It adds {ms} ms.")
PROCESS_FREE = QT_TRANSLATE_NOOP("Glasscall", "Before your voice is sent: {what}. It adds no delay.")
PROCESS_OFF = QT_TRANSLATE_NOOP(
    "Glasscall", "Your microphone’s sound is sent as it is. With headphones that is enough."
)
PROCESS = {
    "echo": QT_TRANSLATE_NOOP("Glasscall", "echo is taken out"),
    "noise": QT_TRANSLATE_NOOP("Glasscall", "noise is lowered"),
    "gain": QT_TRANSLATE_NOOP("Glasscall", "loudness is evened"),
}
PROCESS_PROBLEM = {
    "voice-processing-missing": QT_TRANSLATE_NOOP(
        "Glasscall", "The library that does this cannot be used here: your voice is sent as it is."
    ),
    "voice-processing-failed": QT_TRANSLATE_NOOP(
        "Glasscall", "The processing broke off: your voice is sent as it is. Use headphones against echo."
    ),
}
MUTED_SPEAKING = QT_TRANSLATE_NOOP("Glasscall", "You are speaking, but your microphone is off")

NEWS = {
    "input": {
        "lost": QT_TRANSLATE_NOOP("Glasscall", "The microphone “{device}” has stopped."),
        "resumed": QT_TRANSLATE_NOOP("Glasscall", "The microphone “{device}” was opened again after {seconds} s."),
        "replaced": QT_TRANSLATE_NOOP("Glasscall", "The microphone “{device}” has taken over after {seconds} s."),
        "returned": QT_TRANSLATE_NOOP("Glasscall", "The microphone “{device}” is there again."),
        "switched": QT_TRANSLATE_NOOP("Glasscall", "The microphone “{device}” is in use now."),
        "moved": QT_TRANSLATE_NOOP("Glasscall", "The system chose the microphone “{device}”."),
        "eased": QT_TRANSLATE_NOOP("Glasscall", "The microphone “{device}” lost sound; it has a larger buffer now."),
        "tightened": QT_TRANSLATE_NOOP(
            "Glasscall", "The microphone “{device}” runs well; it has a smaller buffer now."
        ),
    },
    "output": {
        "lost": QT_TRANSLATE_NOOP("Glasscall", "The loudspeaker “{device}” has stopped."),
        "resumed": QT_TRANSLATE_NOOP("Glasscall", "The loudspeaker “{device}” was opened again after {seconds} s."),
        "replaced": QT_TRANSLATE_NOOP("Glasscall", "The loudspeaker “{device}” has taken over after {seconds} s."),
        "returned": QT_TRANSLATE_NOOP("Glasscall", "The loudspeaker “{device}” is there again."),
        "switched": QT_TRANSLATE_NOOP("Glasscall", "The loudspeaker “{device}” is in use now."),
        "moved": QT_TRANSLATE_NOOP("Glasscall", "The system chose the loudspeaker “{device}”."),
        "eased": QT_TRANSLATE_NOOP("Glasscall", "The loudspeaker “{device}” ran dry; it has a larger buffer now."),
        "tightened": QT_TRANSLATE_NOOP(
            "Glasscall", "The loudspeaker “{device}” runs well; it has a smaller buffer now."
        ),
    },
}
