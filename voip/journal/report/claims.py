"""The claims of a call report, their evidence, and what each check must print: (English, Korean)."""

Text = tuple[str, str]

CLAIMS = {
    "link-good": (
        "The network does not see whom you call: the way to the relay is encrypted.",
        "네트워크는 누구에게 거는지 볼 수 없습니다. 릴레이까지 암호화되어 있습니다.",
    ),
    "link-old": (
        "The network could see names: the link used an old TLS.",
        "네트워크가 이름을 볼 수 있었습니다. 링크가 오래된 TLS를 썼습니다.",
    ),
    "link-failed": ("The link to the relay broke.", "릴레이와의 링크가 끊어졌습니다."),
    "link-none": ("No handshake with the relay was observed.", "릴레이와의 핸드셰이크가 관찰되지 않았습니다."),
    "session-good": (
        "The relay only passes it on: a second encryption runs from this phone to whoever holds the key named below.",
        "릴레이는 전달만 합니다. 두 번째 암호화가 이 전화기에서 아래 키를 가진 사람에게까지 이어집니다.",
    ),
    "session-old": (
        "From phone to phone an old TLS was used: the relay could see both certificates.",
        "전화기 사이에 오래된 TLS가 쓰였습니다. 릴레이가 두 인증서를 볼 수 있었습니다.",
    ),
    "session-failed": ("The end-to-end session broke.", "종단 간 세션이 끊어졌습니다."),
    "session-none": (
        "No end-to-end handshake was observed.",
        "종단 간 핸드셰이크가 관찰되지 않았습니다.",
    ),
    "quantum-good": (
        "A recording of today does not help a quantum computer of tomorrow.",
        "오늘 가로채 둔 통신은 미래의 양자 컴퓨터로도 열 수 없습니다.",
    ),
    "quantum-none": (
        "Not every key exchange was post-quantum: a recording may be opened by a quantum computer one day.",
        "모든 키 교환이 양자 내성은 아니었습니다. 가로채 둔 통신이 언젠가 양자 컴퓨터로 열릴 수 있습니다.",
    ),
    "who-compared": (
        "Nobody sat between you: you compared the words in this call.",
        "중간에 아무도 없었습니다. 이 통화에서 단어를 비교했습니다.",
    ),
    "who-verified": (
        "Nobody sat between you: it is the key over which you compared words.",
        "중간에 아무도 없었습니다. 단어를 비교했던 바로 그 키입니다.",
    ),
    "who-pinned": (
        "It is the same key as before. Whether it was theirs to begin with, only words can tell; none were compared.",
        "이전과 같은 키입니다. 처음부터 그 사람의 키였는지는 단어로만 알 수 있는데, 비교한 적이 없습니다.",
    ),
    "who-certified": (
        "Only the relay vouches for the other’s key. The words were not compared.",
        "상대방의 키는 릴레이만 보증합니다. 단어는 비교하지 않았습니다.",
    ),
    "who-changed": (
        "It was not the key that you know; the call was stopped.",
        "알고 있던 키가 아니었습니다. 통화가 중단되었습니다.",
    ),
    "who-none": ("Who it was, was not observed.", "상대가 누구였는지 관찰되지 않았습니다."),
    "media-good": (
        "Every packet of voice that came was authentic.",
        "도착한 음성 패킷은 모두 진짜였습니다.",
    ),
    "media-bad": (
        "Packets of voice failed authentication or were replayed. None of them was played.",
        "인증에 실패했거나 재전송된 음성 패킷이 있었습니다. 그중 어느 것도 재생되지 않았습니다.",
    ),
    "media-none": ("No protected voice was observed.", "보호된 음성이 관찰되지 않았습니다."),
    "relay-good": (
        "The relay saw ciphertext only, by its own account.",
        "릴레이 스스로의 기록에 따르면, 암호문만 보았습니다.",
    ),
    "relay-bad": (
        "The relay names packets that this phone does not know: it made them up, or changed them.",
        "릴레이가 이 전화기가 모르는 패킷을 말합니다. 지어냈거나 바꾼 것입니다.",
    ),
    "relay-none": (
        "The relay was not asked for its account.",
        "릴레이에 기록을 묻지 않았습니다.",
    ),
    "keys-none": (
        "This phone wrote no TLS secrets down.",
        "이 전화기는 TLS 비밀을 기록하지 않았습니다.",
    ),
    "keys-logged": (
        "This phone wrote its TLS secrets down: whoever has them can read this call.",
        "이 전화기가 TLS 비밀을 기록했습니다. 그것을 가진 사람은 이 통화를 읽을 수 있습니다.",
    ),
    "worse-path": ("The voice’s path got worse.", "음성 경로가 나빠졌습니다."),
    "worse-trust": ("Trust fell during the call.", "통화 중에 신뢰가 낮아졌습니다."),
    "worse-media": ("The voice was tampered with, or damaged.", "음성이 변조되었거나 손상되었습니다."),
    "worse-keys": ("The keys got weaker during the call.", "통화 중에 키가 약해졌습니다."),
}
_TLS = ("{version}, {cipher}, {group}; the handshake completed.", "{version}, {cipher}, {group}. 핸드셰이크 완료.")
_WHY = ("the code was: {code}", "코드: {code}")
_NOTHING = ("no such entry in the journal", "저널에 해당 항목이 없음")
_WORSE = ("{why} ({code})", "{why} ({code})")
EVIDENCE = {
    "link-good": _TLS,
    "link-old": _TLS,
    "link-failed": _WHY,
    "link-none": _NOTHING,
    "session-good": _TLS,
    "session-old": _TLS,
    "session-failed": _WHY,
    "session-none": _NOTHING,
    "quantum-good": ("{groups}", "{groups}"),
    "quantum-none": ("{groups}", "{groups}"),
    "who-compared": ("{peer}, key {key}", "{peer}, 키 {key}"),
    "who-verified": ("{peer}, key {key}; words compared on {verified}", "{peer}, 키 {key}. 단어 비교일 {verified}"),
    "who-pinned": ("{peer}, key {key}; first accepted on {first}", "{peer}, 키 {key}. 처음 받아들인 날 {first}"),
    "who-certified": ("{peer}, key {key}", "{peer}, 키 {key}"),
    "who-changed": ("{peer} showed {key}; known was {old}", "{peer} 님이 {key}을(를) 보였고, 알던 것은 {old}입니다"),
    "who-none": _NOTHING,
    "media-good": (
        "{received} packets authenticated, 0 rejected ({profile})",
        "패킷 {received}개 인증, 0개 거부({profile})",
    ),
    "media-bad": (
        "{received} packets authenticated, {rejected} rejected ({profile})",
        "패킷 {received}개 인증, {rejected}개 거부({profile})",
    ),
    "media-none": _NOTHING,
    "relay-good": (
        "{matched} packets that the relay named are, by their SHA-256, ciphertexts of this phone; 0 are not",
        "릴레이가 말한 패킷 {matched}개가 SHA-256으로 이 전화기의 암호문과 일치, 0개 불일치",
    ),
    "relay-bad": (
        "{matched} packets that the relay named are ciphertexts of this phone; {unknown} are not",
        "릴레이가 말한 패킷 {matched}개가 이 전화기의 암호문과 일치, {unknown}개 불일치",
    ),
    "relay-none": _NOTHING,
    "keys-none": ("no key log was asked for at its start", "시작할 때 키 로그를 요청하지 않음"),
    "keys-logged": ("they went to {to}", "{to}에 기록됨"),
    "worse-path": _WORSE,
    "worse-trust": _WORSE,
    "worse-media": _WORSE,
    "worse-keys": _WORSE,
}
CHECKS = {
    "hellos": ("What each connection to the relay agreed on", "릴레이와의 각 연결이 합의한 것"),
    "hellos-must": (
        (
            "One line for link and leg each: TLS 1.3 is 0x0304, TLS_AES_256_GCM_SHA384 is 0x1302, X25519MLKEM768 is "
            "4588. The end-to-end handshake is not among them: it travels inside the leg."
        ),
        (
            "링크와 음성 회선마다 한 줄. TLS 1.3은 0x0304, TLS_AES_256_GCM_SHA384는 0x1302, "
            "X25519MLKEM768은 4588입니다. 종단 간 핸드셰이크는 음성 회선 안에서 오가므로 나타나지 않습니다."
        ),
    ),
    "hidden": ("That certificates, and so names, are hidden", "인증서, 곧 이름이 숨겨져 있는지"),
    "hidden-must": ("Nothing, with TLS 1.3.", "TLS 1.3이라면 아무것도 나오지 않습니다."),
    "inspect": ("That no name is readable in the capture", "캡처에서 이름을 읽을 수 없는지"),
    "inspect-must": ("“The canary was not readable”, and status 0.", "“The canary was not readable”, 상태 0."),
    "certificate": ("Which certificate the other showed", "상대방이 보인 인증서"),
    "certificate-must": ("{print}", "{print}"),
    "key": ("That the key in it is the one that was judged", "그 안의 키가 판정된 키인지"),
    "key-must": ("{print}", "{print}"),
    "words": ("That nobody sits between you", "중간에 아무도 없는지"),
    "words-must": (
        "Read these words to each other, by voice, during the call: {words}. They must be the same on both sides.",
        "통화 중에 목소리로 서로 읽으십시오: {words}. 양쪽이 같아야 합니다.",
    ),
    "session": ("What the end-to-end session agreed on", "종단 간 세션이 합의한 것"),
    "session-must": ("{version}, {cipher}, {group}", "{version}, {cipher}, {group}"),
    "media": ("The counters of the voice", "음성의 계수"),
    "media-must": (
        "received {received}, rejected {rejected}, lost {lost}, concealed {concealed}",
        "received {received}, rejected {rejected}, lost {lost}, concealed {concealed}",
    ),
    "relay": (
        "That the relay’s account agrees with what this phone sent and got",
        "릴레이의 기록이 이 전화기가 보내고 받은 것과 맞는지",
    ),
    "relay-must": ("matched {matched}, unknown {unknown}", "matched {matched}, unknown {unknown}"),
    "paths": ("Which way the voice took", "음성이 지나간 경로"),
    "paths-must": ("{print}", "{print}"),
    "worse": ("What got worse during the call", "통화 중에 나빠진 것"),
    "worse-must": ("{print}", "{print}"),
    "failed": ("What broke, and why", "무엇이 왜 끊어졌는지"),
    "failed-must": ("{print}", "{print}"),
    "keys": ("Whether secrets were written down", "비밀이 기록되었는지"),
    "keys-must": ("{print}", "{print}"),
}
