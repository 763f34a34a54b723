"""Every sentence of the call report, in English and Korean; the verdict's claims stand in `claims`."""

from typing import Literal, get_args

from voip.journal.report.causes import ENDINGS, WORSE
from voip.journal.report.claims import CHECKS, CLAIMS, EVIDENCE, Text

Lang = Literal["en", "ko"]
LANGS: tuple[Lang, ...] = get_args(Lang)

PAGE: dict[str, Text] = {
    "title": ("Call report", "통화 보고서"),
    "with": ("Call with {peer}", "{peer} 님과의 통화"),
    "no-call": ("No call yet", "아직 통화가 없습니다"),
    "made": (
        "Made by Glasscall on {time}. Everything here was observed by this phone; what was not observed is shown as —.",
        "Glasscall이 {time}에 만들었습니다. 모두 이 전화기가 관찰한 것이며, 관찰하지 못한 것은 —로 나타냅니다.",
    ),
    "verdict-good": (
        "Everything that can be observed was observed to be safe.",
        "관찰할 수 있는 것은 모두 안전한 것으로 관찰되었습니다.",
    ),
    "verdict-open": (
        "Nothing bad was observed. Some things this call does not show.",
        "나쁜 것은 관찰되지 않았습니다. 다만 이 통화만으로는 알 수 없는 것이 있습니다.",
    ),
    "verdict-bad": (
        "Not everything was safe. Read what is marked in red.",
        "모든 것이 안전하지는 않았습니다. 빨간색으로 표시된 것을 읽어 보십시오.",
    ),
    "good": ("safe", "안전"),
    "open": ("not shown", "알 수 없음"),
    "bad": ("not safe", "안전하지 않음"),
    "me": ("This phone", "이 전화기"),
    "peer": ("The other", "상대방"),
    "relay": ("Relay", "릴레이"),
    "began": ("Began", "시작"),
    "way": ("Who called", "건 사람"),
    "way-out": ("this phone", "이 전화기"),
    "way-in": ("the other", "상대방"),
    "talked": ("Talked for", "통화 시간"),
    "ended": ("Ended", "종료"),
    "goes-on": ("it goes on", "통화 중"),
    "findings": ("What was safe, and what was not", "무엇이 안전했고, 무엇이 그렇지 않았는가"),
    "observed": ("Observed", "관찰"),
    "check-it": ("check {numbers}", "확인 {numbers}"),
    "parameters": ("The three TLS connections", "세 TLS 연결"),
    "link": ("Link to the relay", "릴레이와의 링크"),
    "leg": ("Voice line (leg)", "음성 회선(레그)"),
    "session": ("End to end (session)", "종단 간(세션)"),
    "version": ("Version", "버전"),
    "cipher": ("Cipher suite", "암호 스위트"),
    "group": ("Key exchange group", "키 교환 그룹"),
    "resumed": ("Resumed", "재개됨"),
    "early": ("Early data (0-RTT)", "조기 데이터(0-RTT)"),
    "early-none": ("none", "없음"),
    "early-taken": ("taken", "받아들여짐"),
    "early-refused": ("not taken, sent again", "받아들여지지 않아 다시 보냄"),
    "alpn": ("ALPN", "ALPN"),
    "handshake": ("Handshake took", "핸드셰이크 시간"),
    "bytes": ("Its bytes, sent / received", "바이트, 보냄 / 받음"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    "trust": ("Who it was", "상대가 누구였는가"),
    "level": ("How well the key is known", "키를 아는 정도"),
    "certified": ("the relay vouches for it", "릴레이가 보증함"),
    "pinned": ("the same as in earlier calls", "이전 통화와 같음"),
    "verified": ("verified by comparing words", "단어를 비교하여 확인함"),
    "changed": ("ANOTHER KEY than the known one", "알던 것과 다른 키"),
    "fingerprint": ("Key, SHA-256 of SubjectPublicKeyInfo", "키, SubjectPublicKeyInfo의 SHA-256"),
    "old": ("The key known before", "이전에 알던 키"),
    "first": ("First accepted", "처음 받아들인 날"),
    "since": ("Known since", "알게 된 날"),
    "verified-at": ("Words compared on", "단어를 비교한 날"),
    "never": ("never", "없음"),
    "words": ("The four words of this call", "이 통화의 네 단어"),
    "compared": ("Compared in this call", "이 통화에서 비교함"),
    "handshakes": ("The three handshakes, message by message", "세 핸드셰이크, 메시지별"),
    "ladder-lead": (
        "Milliseconds since each one’s first message. → sent, ← received.",
        "각 핸드셰이크의 첫 메시지부터의 밀리초. → 보냄, ← 받음.",
    ),
    "sent": ("sent", "보냄"),
    "got": ("received", "받음"),
    "unseen": ("not observed", "관찰되지 않음"),
    "media": ("The voice", "음성"),
    "profile": ("SRTP profile", "SRTP 프로파일"),
    "packets-sent": ("Packets sent", "보낸 패킷"),
    "received": ("Packets received, authentic", "받은 패킷(인증됨)"),
    "rejected": ("Packets rejected", "거부된 패킷"),
    "played": ("Frames played", "재생한 프레임"),
    "lost": ("Lost", "손실"),
    "loss": ("Lost, of all that should have come", "와야 했던 것 가운데 손실"),
    "loss-lead": (
        "Percent of the packets that were due between one count and the next, as far as the journal remembers.",
        "한 번 세고 다음에 셀 때까지 와야 했던 패킷 가운데 손실된 비율(퍼센트). 저널이 기억하는 범위입니다.",
    ),
    "loss-each": ("Loss", "손실"),
    "concealed": ("Concealed (made up)", "은닉(만들어 채움)"),
    "recovered": ("Recovered from copies", "사본으로 되살림"),
    "late": ("Packets that came too late", "너무 늦게 온 패킷"),
    "xruns": ("Devices ran dry", "장치 끊김"),
    "sent-as": ("Sent last as", "마지막 전송 방식"),
    "sent-how": (
        "{mode}: {rate} kb/s constant, frames of {frame} ms, {copies} copies",
        "{mode}: {rate} kb/s 일정, {frame} ms 프레임, 사본 {copies}개",
    ),
    "mos": ("MOS, estimated by the E-model (G.107)", "MOS, E-모델(G.107) 추정"),
    "mos-told": ("{middle} in the middle, {worst} in the worst twentieth", "중앙값 {middle}, 나쁜 쪽 5 % {worst}"),
    "sounded": ("Of its judgements", "판단"),
    "sounded-told": ("{clear} clear, {fair} fair, {poor} poor", "깨끗함 {clear}, 보통 {fair}, 나쁨 {poor}"),
    "path": ("Path", "경로"),
    "path-both": ("{path}", "{path}"),
    "path-out": ("sent by {path}", "보낼 때 {path}"),
    "path-in": ("received by {path}", "받을 때 {path}"),
    "path-proven": ("UDP works both ways", "UDP가 양쪽으로 통함"),
    "path-silent": ("UDP fell silent", "UDP가 조용해짐"),
    "path-unheard": ("the relay got nothing by UDP any more", "릴레이에 UDP로 아무것도 오지 않음"),
    "path-loss": ("too much got lost by UDP", "UDP에서 너무 많이 사라짐"),
    "path-refused": ("nobody answers by UDP", "UDP로 아무도 답하지 않음"),
    "path-gone": ("the other way was not there any more", "다른 길이 없어짐"),
    "path-forced": ("as was asked for", "요청한 대로"),
    "latency": ("Delay, milliseconds", "지연(밀리초)"),
    "p50": ("median", "중앙값"),
    "p95": ("95 % below", "95 % 이하"),
    "p99": ("99 % below", "99 % 이하"),
    "round-trip": ("Round trip", "왕복"),
    "mouth-to-ear": ("Mouth to ear", "입에서 귀까지"),
    "setup": ("Call set up (until the key was known)", "통화 설정(키를 알기까지)"),
    "answer": ("Answer to first sound", "응답에서 첫 소리까지"),
    "capture": ("Device in (theirs)", "장치 입력(상대방)"),
    "frame": ("Frame (theirs)", "프레임(상대방)"),
    "encode": ("Encode (theirs)", "인코딩(상대방)"),
    "send": ("Queue (theirs)", "대기(상대방)"),
    "network": ("Network (half the round trip, an estimate)", "네트워크(왕복의 절반, 추정)"),
    "jitter": ("Jitter buffer", "지터 버퍼"),
    "decode": ("Decode", "디코딩"),
    "playout": ("Device out", "장치 출력"),
    "worsened": ("What got worse", "무엇이 나빠졌는가"),
    "nothing-worse": ("Nothing was seen to get worse.", "나빠진 것은 관찰되지 않았습니다."),
    "key-log": ("Key log", "키 로그"),
    "key-log-on": ("ON: TLS secrets went to {to}", "켜짐: TLS 비밀이 {to}에 기록되었습니다"),
    "key-log-off": ("off", "꺼짐"),
    "checks": ("How to check each claim", "각 주장을 확인하는 방법"),
    "checks-lead": (
        (
            "Do not believe this page. Export the capture as call.pcapng and the journal as journal.json, put the "
            "certificate below into peer.pem, and run what follows. While a call runs its counters go on, so they may "
            "have grown since this page was made."
        ),
        (
            "이 페이지를 믿지 마십시오. 캡처를 call.pcapng로, 저널을 journal.json으로 내보내고 "
            "아래 인증서를 peer.pem에 저장한 뒤 다음을 실행하십시오. "
            "통화가 이어지는 동안에는 계수도 늘어나므로 이 페이지보다 클 수 있습니다."
        ),
    ),
    "certificate": ("The other’s certificate (peer.pem)", "상대방의 인증서(peer.pem)"),
}  # fmt: skip


def say(key: str, lang: Lang, **values: object) -> str:
    """Sentence `key` of the page, with `values` in its braces."""
    return _said(PAGE, key, lang, values)


def claim(key: str, lang: Lang) -> str:
    """What finding `key` claims."""
    return _said(CLAIMS, key, lang, {})


def evidence(key: str, lang: Lang, values: dict[str, object]) -> str:
    """What was observed, for finding `key`."""
    return _said(EVIDENCE, key, lang, values)


def check(key: str, lang: Lang, values: dict[str, object]) -> tuple[str, str]:
    """What check `key` is for, and what must come of it."""
    return _said(CHECKS, key, lang, {}), _said(CHECKS, f"{key}-must", lang, values)


def ending(code: str, sentence: str, lang: Lang) -> str:
    """Why a call ended: in our words where there are some, else as it was said; with its code."""
    said = ENDINGS[code][LANGS.index(lang)] if code in ENDINGS else ""
    return " ".join(part for part in (said, sentence, f"({code})" if code else "") if part)


def worse(code: str, sentence: str, lang: Lang) -> str:
    """What got worse, likewise, without the code."""
    return WORSE[code][LANGS.index(lang)] if code in WORSE else sentence


def _said(table: dict[str, Text], key: str, lang: Lang, values: dict[str, object]) -> str:
    said = table[key][LANGS.index(lang)]
    return said.format(**values) if values else said
