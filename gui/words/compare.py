"""The comparison of handshakes, and what encrypting costs a call."""

from gui.wording import QT_TRANSLATE_NOOP

TITLE = QT_TRANSLATE_NOOP("Glasscall", "Four handshakes, measured now")
LEAD = QT_TRANSLATE_NOOP(
    "Glasscall",
    "Both ends run on this computer, with your round trip between them. "
    "A dashed line is a message that need not be sent.",
)
WAY = QT_TRANSLATE_NOOP("Glasscall", "Round trip")
MS = QT_TRANSLATE_NOOP("Glasscall", "{ms} ms")
MEASURE = QT_TRANSLATE_NOOP("Glasscall", "Measure")
MEASURING = QT_TRANSLATE_NOOP("Glasscall", "Measuring…")
FAILED = QT_TRANSLATE_NOOP("Glasscall", "The measurement failed: {why}")
EMPTY = QT_TRANSLATE_NOOP(
    "Glasscall", "Choose a round trip and measure. It takes a few seconds; a call goes on meanwhile."
)
FULL = QT_TRANSLATE_NOOP("Glasscall", "TLS {version}, full")
RESUMED_KIND = QT_TRANSLATE_NOOP("Glasscall", "TLS {version}, resumed")
FIGURE = {
    "time": QT_TRANSLATE_NOOP("Glasscall", "Time until data, {ms} ms away"),
    "near": QT_TRANSLATE_NOOP("Glasscall", "Time on the bare loopback"),
    "trips": QT_TRANSLATE_NOOP("Glasscall", "Round trips"),
    "messages": QT_TRANSLATE_NOOP("Glasscall", "Messages"),
    "out": QT_TRANSLATE_NOOP("Glasscall", "Bytes sent"),
    "in": QT_TRANSLATE_NOOP("Glasscall", "Bytes received"),
    "cpu": QT_TRANSLATE_NOOP("Glasscall", "CPU, both ends"),
}
NOT_SENT = QT_TRANSLATE_NOOP("Glasscall", "not sent")
MEDIANS = QT_TRANSLATE_NOOP(
    "Glasscall", "Medians of {runs} runs each, over this computer’s loopback, with a round trip of {ms} ms."
)
COST_TITLE = QT_TRANSLATE_NOOP("Glasscall", "What encrypting costs this call")
COST_NONE = QT_TRANSLATE_NOOP("Glasscall", "Measured while you talk.")
COST = QT_TRANSLATE_NOOP(
    "Glasscall",
    "{share} % of the bytes are protection (SRTP {srtp} %, TLS {tls} %). It takes {cpu} % of one core, and holds a "
    "packet up for {send} µs on its way out and {receive} µs on its way in.",
)
COST_PART = {
    "opus_bytes": QT_TRANSLATE_NOOP("Glasscall", "Voice (Opus)"),
    "rtp_bytes": QT_TRANSLATE_NOOP("Glasscall", "RTP headers"),
    "framing_bytes": QT_TRANSLATE_NOOP("Glasscall", "Length prefixes"),
    "srtp_bytes": QT_TRANSLATE_NOOP("Glasscall", "SRTP protection"),
    "tls_bytes": QT_TRANSLATE_NOOP("Glasscall", "TLS protection"),
}
"""Fields of `CallCost`: what the leg's bytes are, what protects last."""
COST_BAR = QT_TRANSLATE_NOOP("Glasscall", "Share of the leg’s bytes")
