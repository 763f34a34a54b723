"""Why a call ended, and what got worse in it: (English, Korean) for each code that this program has a name for."""

from voip.journal.report.claims import Text

ENDINGS: dict[str, Text] = {
    "hung-up": ("Somebody hung up.", "한쪽이 전화를 끊었습니다."),
    "cancelled": ("It was cancelled before it was answered.", "받기 전에 취소되었습니다."),
    "declined": ("It was declined.", "상대가 거절했습니다."),
    "busy": ("The other was in another call.", "상대가 다른 통화 중이었습니다."),
    "not-there": ("The other was not connected to the relay.", "상대가 릴레이에 연결되어 있지 않았습니다."),
    "relay-busy": ("The relay was full.", "릴레이가 가득 차 있었습니다."),
    "no-answer": ("Nobody answered.", "상대가 받지 않았습니다."),
    "crossed": (
        "Both called at the same moment; the other call came first.",
        "동시에 걸어 상대의 전화가 먼저였습니다.",
    ),
    "failed": ("It could not be set up.", "연결하지 못했습니다."),
    "lost": ("The connection was lost.", "연결이 끊어졌습니다."),
    "insecure": ("It was stopped because it could not be made safe.", "안전하게 연결할 수 없어 중단했습니다."),
    "key-changed": ("It was stopped before a word was said.", "말이 오가기 전에 중단했습니다."),
}
WORSE: dict[str, Text] = {
    "packets-rejected": (
        "Packets failed authentication or were replayed; none of them was played.",
        "인증에 실패했거나 재전송된 패킷이 있었으며, 하나도 재생하지 않았습니다.",
    ),
    "path-tls": (
        "The voice left UDP and travelled inside TLS from then on; the delay may have grown.",
        "음성이 UDP를 떠나 그때부터 TLS 안으로 지나갔습니다. 지연이 늘었을 수 있습니다.",
    ),
    "trust-fell": (
        "The key was not the remembered one any more, so the voice was stopped.",
        "키가 기억해 둔 것과 더는 같지 않아 음성을 멈추었습니다.",
    ),
    "key-log": (
        "TLS secrets of this call were being written down; whoever has them can read it.",
        "이 통화의 TLS 비밀이 기록되고 있었습니다. 그것을 가진 사람은 통화를 읽을 수 있습니다.",
    ),
}
