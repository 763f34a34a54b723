<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
    <context>
        <name>Glasscall</name>
        <message>
            <source>People</source>
            <translation>사람들</translation>
        </message>
        <message>
            <source>Nobody else is here yet. Invite somebody with “glasscall invite”.</source>
            <translation>아직 다른 사람이 없습니다. “glasscall invite”로 초대해 보세요.</translation>
        </message>
        <message>
            <source>Appearance and language</source>
            <translation>화면과 언어</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>언어</translation>
        </message>
        <message>
            <source>Appearance</source>
            <translation>화면</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>시스템 설정에 따름</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>밝게</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>어둡게</translation>
        </message>
        <message>
            <source>Dismiss</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>Online</source>
            <translation>온라인</translation>
        </message>
        <message>
            <source>In a call</source>
            <translation>통화 중</translation>
        </message>
        <message>
            <source>Offline</source>
            <translation>오프라인</translation>
        </message>
        <message>
            <source>You</source>
            <translation>나</translation>
        </message>
        <message>
            <source>relay</source>
            <translation>릴레이</translation>
        </message>
        <message>
            <source>Microphone: {device}</source>
            <translation>마이크: {device}</translation>
        </message>
        <message>
            <source>Loudspeaker: {device}</source>
            <translation>스피커: {device}</translation>
        </message>
        <message>
            <source>No connection</source>
            <translation>연결되지 않음</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>연결하는 중…</translation>
        </message>
        <message>
            <source>Connected, encrypted</source>
            <translation>암호화되어 연결됨</translation>
        </message>
        <message>
            <source>Refused by the relay</source>
            <translation>릴레이가 거부함</translation>
        </message>
        <message>
            <source>Ready when you are</source>
            <translation>언제든 전화하세요</translation>
        </message>
        <message>
            <source>Pick a person on the left. What you say stays between the two of you.</source>
            <translation>왼쪽에서 상대를 고르세요. 나눈 이야기는 두 분만 알 수 있습니다.</translation>
        </message>
        <message>
            <source>Waiting for the relay</source>
            <translation>릴레이를 기다리고 있습니다</translation>
        </message>
        <message>
            <source>Glasscall keeps trying by itself. You can call as soon as it is back.</source>
            <translation>Glasscall이 계속 다시 연결합니다. 연결되면 바로 전화하실 수 있습니다.</translation>
        </message>
        <message>
            <source>Call {name}</source>
            <translation>{name}님께 전화</translation>
        </message>
        <message>
            <source>Call again</source>
            <translation>다시 전화</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>확인</translation>
        </message>
        <message>
            <source>Accept</source>
            <translation>받기</translation>
        </message>
        <message>
            <source>Decline</source>
            <translation>거절</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>취소</translation>
        </message>
        <message>
            <source>Hang up</source>
            <translation>끊기</translation>
        </message>
        <message>
            <source>Mute</source>
            <translation>음소거</translation>
        </message>
        <message>
            <source>Unmute</source>
            <translation>음소거 해제</translation>
        </message>
        <message>
            <source>Their microphone is off</source>
            <translation>상대 마이크 꺼짐</translation>
        </message>
        <message>
            <source>Your microphone is off</source>
            <translation>내 마이크 꺼짐</translation>
        </message>
        <message>
            <source>Calling…</source>
            <translation>전화를 거는 중…</translation>
        </message>
        <message>
            <source>Ringing…</source>
            <translation>벨이 울리는 중…</translation>
        </message>
        <message>
            <source>is calling you</source>
            <translation>전화가 왔습니다</translation>
        </message>
        <message>
            <source>Securing the call…</source>
            <translation>통화를 암호화하는 중…</translation>
        </message>
        <message>
            <source>Talking</source>
            <translation>통화 중입니다</translation>
        </message>
        <message>
            <source>Call ended</source>
            <translation>통화 종료</translation>
        </message>
        <message>
            <source>The call is over.</source>
            <translation>통화가 끝났습니다.</translation>
        </message>
        <message>
            <source>The call was cancelled before it was answered.</source>
            <translation>받기 전에 전화가 취소되었습니다.</translation>
        </message>
        <message>
            <source>The call was declined.</source>
            <translation>상대가 통화를 거절했습니다.</translation>
        </message>
        <message>
            <source>They are in another call. Try again later.</source>
            <translation>상대가 다른 통화 중입니다. 나중에 다시 걸어 주세요.</translation>
        </message>
        <message>
            <source>They are not connected to the relay now.</source>
            <translation>상대가 지금 릴레이에 연결되어 있지 않습니다.</translation>
        </message>
        <message>
            <source>Nobody answered.</source>
            <translation>상대가 전화를 받지 않았습니다.</translation>
        </message>
        <message>
            <source>You called each other at the same moment; their call comes first.</source>
            <translation>두 분이 동시에 전화를 걸었습니다. 상대의 전화가 먼저 연결됩니다.</translation>
        </message>
        <message>
            <source>The call could not be set up.</source>
            <translation>통화를 연결하지 못했습니다.</translation>
        </message>
        <message>
            <source>The connection was lost.</source>
            <translation>연결이 끊어졌습니다.</translation>
        </message>
        <message>
            <source>The call was stopped because it could not be made safe.</source>
            <translation>안전하게 연결할 수 없어 통화를 중단했습니다.</translation>
        </message>
        <message>
            <source>The call was stopped before a word was said.</source>
            <translation>말이 오가기 전에 통화를 중단했습니다.</translation>
        </message>
        <message>
            <source>Certified</source>
            <translation>인증됨</translation>
        </message>
        <message>
            <source>Same key as before</source>
            <translation>이전과 같은 키</translation>
        </message>
        <message>
            <source>Verified by you</source>
            <translation>직접 확인함</translation>
        </message>
        <message>
            <source>This is not the key you know</source>
            <translation>알고 있던 키가 아닙니다</translation>
        </message>
        <message>
            <source>The relay vouches for this key. Compare the four words to be sure no one, not even the relay, sits between you.</source>
            <translation>릴레이가 이 키를 보증합니다. 네 단어를 비교하면 릴레이를 포함해 아무도 중간에 없음을 확인할 수 있습니다.</translation>
        </message>
        <message>
            <source>The key has not changed since your earlier calls. Whether it was theirs to begin with, the words can tell.</source>
            <translation>이전 통화 이후 키가 바뀌지 않았습니다. 처음부터 상대의 키였는지는 단어를 비교하면 알 수 있습니다.</translation>
        </message>
        <message>
            <source>You compared words over this key. No one sits between you, not even the relay.</source>
            <translation>이 키로 단어를 비교하셨습니다. 릴레이를 포함해 아무도 중간에 없습니다.</translation>
        </message>
        <message>
            <source>It may be a new phone, or someone in between. Ask them by another way before you trust the new key.</source>
            <translation>상대가 기기를 바꾸었거나 누군가 중간에 있을 수 있습니다. 새 키를 믿기 전에 다른 방법으로 상대에게 물어보세요.</translation>
        </message>
        <message>
            <source>d MMM yyyy</source>
            <translation>yyyy년 M월 d일</translation>
        </message>
        <message>
            <source>since {date}</source>
            <translation>{date}부터</translation>
        </message>
        <message>
            <source>Checking who it is…</source>
            <translation>상대를 확인하는 중…</translation>
        </message>
        <message>
            <source>The end-to-end handshake runs while it rings.</source>
            <translation>벨이 울리는 동안 종단간 핸드셰이크를 진행합니다.</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>키</translation>
        </message>
        <message>
            <source>Known key</source>
            <translation>알고 있던 키</translation>
        </message>
        <message>
            <source>Key shown now</source>
            <translation>지금 제시된 키</translation>
        </message>
        <message>
            <source>Read these words to each other</source>
            <translation>이 단어들을 서로 읽어 주세요</translation>
        </message>
        <message>
            <source>If they differ, hang up: someone is listening.</source>
            <translation>다르면 끊으세요. 누군가 듣고 있습니다.</translation>
        </message>
        <message>
            <source>They match</source>
            <translation>일치합니다</translation>
        </message>
        <message>
            <source>The words of this call</source>
            <translation>이 통화의 단어</translation>
        </message>
        <message>
            <source>Why this call is safe</source>
            <translation>이 통화가 안전한 이유</translation>
        </message>
        <message>
            <source>Why your calls are safe</source>
            <translation>통화가 안전한 이유</translation>
        </message>
        <message>
            <source>What was seen of this call</source>
            <translation>이 통화에서 관찰된 내용</translation>
        </message>
        <message>
            <source>Two encryptions, one inside the other. Each line is a real message: click it to see its bytes.</source>
            <translation>암호화 안에 또 하나의 암호화가 있습니다. 줄마다 실제 메시지이며, 누르면 바이트까지 볼 수 있습니다.</translation>
        </message>
        <message>
            <source>Your line to the relay, message by message: click one to see its bytes. A call adds the second encryption.</source>
            <translation>릴레이까지의 연결을 메시지 단위로 보여 줍니다. 누르면 바이트까지 볼 수 있습니다. 통화를 하면 두 번째 암호화가 더해집니다.</translation>
        </message>
        <message>
            <source>With the relay</source>
            <translation>릴레이와</translation>
        </message>
        <message>
            <source>With {name}, end to end</source>
            <translation>{name}님과 종단간 암호화</translation>
        </message>
        <message>
            <source>With the other person, end to end</source>
            <translation>상대와 종단간 암호화</translation>
        </message>
        <message>
            <source>Hides who calls whom</source>
            <translation>누가 누구에게 거는지 숨깁니다</translation>
        </message>
        <message>
            <source>Hides what you say from the relay</source>
            <translation>릴레이도 내용을 들을 수 없습니다</translation>
        </message>
        <message>
            <source>No connection to the relay yet</source>
            <translation>아직 릴레이에 연결되지 않았습니다</translation>
        </message>
        <message>
            <source>Begins when a call rings</source>
            <translation>벨이 울리면 시작됩니다</translation>
        </message>
        <message>
            <source>encrypted from here</source>
            <translation>여기부터 암호화</translation>
        </message>
        <message>
            <source>post-quantum</source>
            <translation>양자내성</translation>
        </message>
        <message>
            <source>resumed</source>
            <translation>세션 재개</translation>
        </message>
        <message>
            <source>certificate of {name}</source>
            <translation>{name}의 인증서</translation>
        </message>
        <message>
            <source>{count} messages in {ms} ms</source>
            <translation>메시지 {count}개, {ms} ms</translation>
        </message>
        <message>
            <source>The handshake failed: {why}</source>
            <translation>핸드셰이크 실패: {why}</translation>
        </message>
        <message>
            <source>{ms} ms: sent {name}, {size} bytes</source>
            <translation>{ms} ms: {name} 보냄, {size}바이트</translation>
        </message>
        <message>
            <source>{ms} ms: received {name}, {size} bytes</source>
            <translation>{ms} ms: {name} 받음, {size}바이트</translation>
        </message>
        <message>
            <source>Voice line</source>
            <translation>음성 회선</translation>
        </message>
        <message>
            <source>opens with the call</source>
            <translation>통화할 때 열립니다</translation>
        </message>
        <message>
            <source>Delay</source>
            <translation>지연 시간</translation>
        </message>
        <message>
            <source>Measured as soon as you talk</source>
            <translation>통화가 시작되면 측정합니다</translation>
        </message>
        <message>
            <source>Mouth to ear</source>
            <translation>입에서 귀까지</translation>
        </message>
        <message>
            <source>Round trip</source>
            <translation>왕복</translation>
        </message>
        <message>
            <source>Capture</source>
            <translation>녹음</translation>
        </message>
        <message>
            <source>Encode</source>
            <translation>인코딩</translation>
        </message>
        <message>
            <source>Send</source>
            <translation>전송</translation>
        </message>
        <message>
            <source>Network</source>
            <translation>네트워크</translation>
        </message>
        <message>
            <source>Jitter buffer</source>
            <translation>지터 버퍼</translation>
        </message>
        <message>
            <source>Decode</source>
            <translation>디코딩</translation>
        </message>
        <message>
            <source>Playout</source>
            <translation>재생</translation>
        </message>
        <message>
            <source>SRTP: {sent} packets sent · {received} received · {lost} lost · {rejected} forged</source>
            <translation>SRTP: 보낸 패킷 {sent} · 받은 패킷 {received} · 손실 {lost} · 위조 {rejected}</translation>
        </message>
        <message>
            <source>The voice is encrypted with keys that only the two of you have ({profile}).</source>
            <translation>음성은 두 분만 가진 키로 암호화됩니다 ({profile}).</translation>
        </message>
        <message>
            <source>The relay cannot be reached. Check your network; Glasscall keeps trying.</source>
            <translation>릴레이에 연결할 수 없습니다. 네트워크를 확인해 주세요. Glasscall이 계속 시도합니다.</translation>
        </message>
        <message>
            <source>The relay took too long over the TLS handshake. Glasscall keeps trying.</source>
            <translation>릴레이의 TLS 핸드셰이크가 너무 오래 걸렸습니다. Glasscall이 계속 시도합니다.</translation>
        </message>
        <message>
            <source>The connection to the relay was lost. Glasscall keeps trying.</source>
            <translation>릴레이와의 연결이 끊어졌습니다. Glasscall이 계속 시도합니다.</translation>
        </message>
        <message>
            <source>You are connected from somewhere else now, so this window was put offline.</source>
            <translation>다른 곳에서 접속하셔서 이 창은 오프라인이 되었습니다.</translation>
        </message>
        <message>
            <source>Something went wrong inside Glasscall. The rest goes on.</source>
            <translation>Glasscall 내부에 문제가 생겼습니다. 나머지는 계속 동작합니다.</translation>
        </message>
        <message>
            <source>There is no connection to the relay just now.</source>
            <translation>지금은 릴레이에 연결되어 있지 않습니다.</translation>
        </message>
        <message>
            <source>That is your own name.</source>
            <translation>본인의 이름입니다.</translation>
        </message>
        <message>
            <source>There is no call just now.</source>
            <translation>지금은 통화가 없습니다.</translation>
        </message>
        <message>
            <source>There are no words to compare yet.</source>
            <translation>아직 비교할 단어가 없습니다.</translation>
        </message>
        <message>
            <source>The relay accepted the connection but says nothing.</source>
            <translation>릴레이에 연결되었지만 응답이 없습니다.</translation>
        </message>
        <message>
            <source>The relay closed the connection without a reason.</source>
            <translation>릴레이가 이유 없이 연결을 끊었습니다.</translation>
        </message>
        <message>
            <source>The relay does not answer any more. Glasscall keeps trying.</source>
            <translation>릴레이가 더 이상 응답하지 않습니다. Glasscall이 계속 시도합니다.</translation>
        </message>
        <message>
            <source>The other phone did not open its side of the call.</source>
            <translation>상대 전화기가 통화 회선을 열지 않았습니다.</translation>
        </message>
        <message>
            <source>The other phone did not finish the handshake in time.</source>
            <translation>상대 전화기가 제시간에 핸드셰이크를 마치지 못했습니다.</translation>
        </message>
        <message>
            <source>The relay shows a certificate of another CA than the one you joined. Do not go on.</source>
            <translation>릴레이가 가입하신 곳과 다른 인증기관의 인증서를 제시했습니다. 계속하지 마세요.</translation>
        </message>
        <message>
            <source>The relay's certificate names another relay. Check the address.</source>
            <translation>릴레이의 인증서에 다른 릴레이의 이름이 적혀 있습니다. 주소를 확인해 주세요.</translation>
        </message>
        <message>
            <source>The relay says that your certificate has expired. Join again with a new invite.</source>
            <translation>인증서가 만료되었다고 릴레이가 알려 왔습니다. 새 초대로 다시 가입해 주세요.</translation>
        </message>
        <message>
            <source>The certificate shown has expired. Check this computer's date; if it is right, theirs must renew.</source>
            <translation>제시된 인증서가 만료되었습니다. 이 컴퓨터의 날짜를 확인해 주세요. 날짜가 맞다면 상대가 인증서를 갱신해야 합니다.</translation>
        </message>
        <message>
            <source>Your account at this relay was revoked. If that is a mistake, ask its operator for a new invite.</source>
            <translation>이 릴레이의 계정이 취소되었습니다. 착오라면 운영자에게 새 초대를 요청해 주세요.</translation>
        </message>
        <message>
            <source>This relay does not know your account any more. Ask its operator for a new invite.</source>
            <translation>이 릴레이에 더 이상 계정이 없습니다. 운영자에게 새 초대를 요청해 주세요.</translation>
        </message>
        <message>
            <source>The other end broke the rules while the words were agreed. Somebody may be trying to listen in.</source>
            <translation>단어를 정하는 동안 상대 쪽이 규칙을 어겼습니다. 누군가 엿들으려는 것일 수 있습니다.</translation>
        </message>
        <message>
            <source>Packets were refused: somebody changes or repeats what is sent. What was refused was not played.</source>
            <translation>패킷이 거부되었습니다. 누군가 보낸 내용을 바꾸거나 되풀이하고 있습니다. 거부된 것은 재생하지 않았습니다.</translation>
        </message>
        <message>
            <source>This call’s TLS secrets are being written down: whoever has them can read it.</source>
            <translation>이 통화의 TLS 비밀 값이 기록되고 있습니다. 그것을 가진 사람은 통화를 읽을 수 있습니다.</translation>
        </message>
        <message>
            <source>The voice had to leave UDP and travels inside TLS now: the delay may grow.</source>
            <translation>음성이 UDP를 떠나 이제 TLS 안으로 지나갑니다. 지연이 늘어날 수 있습니다.</translation>
        </message>
        <message>
            <source>The key of the other person is not the remembered one any more, so the voice was stopped.</source>
            <translation>상대의 키가 기억해 둔 키와 더는 같지 않아 음성을 멈추었습니다.</translation>
        </message>
        <message>
            <source>That is not possible in the call's present state.</source>
            <translation>지금 통화 상태에서는 할 수 없습니다.</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>뒤로</translation>
        </message>
        <message>
            <source>Bytes</source>
            <translation>바이트</translation>
        </message>
        <message>
            <source>Story</source>
            <translation>이야기</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>키</translation>
        </message>
        <message>
            <source>Relay</source>
            <translation>릴레이</translation>
        </message>
        <message>
            <source>End to end</source>
            <translation>종단 간</translation>
        </message>
        <message>
            <source>No handshake has been seen here yet.</source>
            <translation>여기에는 아직 핸드셰이크가 없습니다.</translation>
        </message>
        <message>
            <source>Messages of the handshake</source>
            <translation>핸드셰이크 메시지</translation>
        </message>
        <message>
            <source>Bytes of {name}</source>
            <translation>{name}의 바이트</translation>
        </message>
        <message>
            <source>Fields of {name}</source>
            <translation>{name}의 필드</translation>
        </message>
        <message>
            <source>{count} bytes</source>
            <translation>{count}바이트</translation>
        </message>
        <message>
            <source>bytes {first} to {last}</source>
            <translation>{first}–{last}번째 바이트</translation>
        </message>
        <message>
            <source>byte {first}</source>
            <translation>{first}번째 바이트</translation>
        </message>
        <message>
            <source>These bytes were not kept.</source>
            <translation>이 바이트는 보관되지 않았습니다.</translation>
        </message>
        <message>
            <source>The message</source>
            <translation>메시지</translation>
        </message>
        <message>
            <source>What we decrypted</source>
            <translation>우리가 복호화한 것</translation>
        </message>
        <message>
            <source>What we encrypted</source>
            <translation>우리가 암호화한 것</translation>
        </message>
        <message>
            <source>What the wire saw</source>
            <translation>회선에서 보인 것</translation>
        </message>
        <message>
            <source>In the clear: an eavesdropper reads exactly this.</source>
            <translation>암호화되지 않음: 엿듣는 사람도 이것을 그대로 읽습니다.</translation>
        </message>
        <message>
            <source>Encrypted: an eavesdropper sees only that {count} bytes passed, not what they say.</source>
            <translation>암호화됨: 엿듣는 사람은 {count}바이트가 지나갔다는 것만 알 뿐, 내용은 모릅니다.</translation>
        </message>
        <message>
            <source>Sent to be ignored, so that nobody relies on a fixed list (GREASE).</source>
            <translation>아무도 고정된 목록에 의존하지 않도록, 무시하라고 보낸 값입니다(GREASE).</translation>
        </message>
        <message>
            <source>Not known to this version of Glasscall.</source>
            <translation>이 버전의 Glasscall이 모르는 값입니다.</translation>
        </message>
        <message>
            <source>It ends before it should.</source>
            <translation>끝나야 할 곳보다 먼저 끝납니다.</translation>
        </message>
        <message>
            <source>It does not follow the rules.</source>
            <translation>규칙에 맞지 않습니다.</translation>
        </message>
        <message>
            <source>{count} RTT</source>
            <translation>{count} RTT</translation>
        </message>
        <message>
            <source>client authentication</source>
            <translation>클라이언트 인증</translation>
        </message>
        <message>
            <source>for next time</source>
            <translation>다음 연결용</translation>
        </message>
        <message>
            <source>once more</source>
            <translation>한 번 더</translation>
        </message>
        <message>
            <source>for old middleboxes</source>
            <translation>오래된 중간 장비용</translation>
        </message>
        <message>
            <source>step {number}</source>
            <translation>{number}단계</translation>
        </message>
        <message>
            <source>{name}’s phone</source>
            <translation>{name} 전화기</translation>
        </message>
        <message>
            <source>The relay</source>
            <translation>릴레이</translation>
        </message>
        <message>
            <source>{who} says hello. It offers {suites} cipher suites and brings a key half for {groups}. Everybody can read this.</source>
            <translation>{who}가 인사합니다. 암호 스위트 {suites}개를 제안하고 {groups}용 키 반쪽을 함께 보냅니다. 이 메시지는 누구나 읽을 수 있습니다.</translation>
        </message>
        <message>
            <source>{who} says hello and offers {suites} cipher suites. Everybody can read this.</source>
            <translation>{who}가 인사하고 암호 스위트 {suites}개를 제안합니다. 이 메시지는 누구나 읽을 수 있습니다.</translation>
        </message>
        <message>
            <source>{who} says hello and shows the ticket of an earlier connection: “we know each other”. It also brings a fresh key half for {groups}.</source>
            <translation>{who}가 인사하고 예전 연결의 티켓을 보입니다. “우리는 아는 사이”라는 뜻입니다. {groups}용 새 키 반쪽도 함께 보냅니다.</translation>
        </message>
        <message>
            <source>{who} says hello and tells what it can do.</source>
            <translation>{who}가 인사하고 무엇을 할 수 있는지 알립니다.</translation>
        </message>
        <message>
            <source>{who} asks for another hello, with a key half of a kind that it can use.</source>
            <translation>{who}가 자신이 쓸 수 있는 종류의 키 반쪽으로 다시 인사해 달라고 합니다.</translation>
        </message>
        <message>
            <source>{who} answers, chooses {suite} and adds its own key half ({group}). From the two halves both now know the same secret; nobody who only listens does.</source>
            <translation>{who}가 답하며 {suite}를 고르고 자기 키 반쪽({group})을 보냅니다. 두 반쪽으로 이제 양쪽은 같은 비밀을 알지만, 듣기만 하는 사람은 알 수 없습니다.</translation>
        </message>
        <message>
            <source>{who} answers and chooses {suite}, in {version}.</source>
            <translation>{who}가 답하며 {version}의 {suite}를 고릅니다.</translation>
        </message>
        <message>
            <source>{who} answers and chooses from what was offered.</source>
            <translation>{who}가 답하며 제안된 것 가운데서 고릅니다.</translation>
        </message>
        <message>
            <source>{who} settles the small print, already encrypted: which protocol will be spoken inside.</source>
            <translation>{who}가 안에서 어떤 프로토콜을 쓸지 같은 세부 사항을 정합니다. 이미 암호화되어 있습니다.</translation>
        </message>
        <message>
            <source>{who} asks: and who are you? It wants a certificate, too.</source>
            <translation>{who}가 “당신은 누구인가요?”라고 묻습니다. 상대의 인증서도 원합니다.</translation>
        </message>
        <message>
            <source>{who} shows its certificate. It names {subject}.</source>
            <translation>{who}가 인증서를 보입니다. 인증서의 이름은 {subject}입니다.</translation>
        </message>
        <message>
            <source>{who} shows its certificate.</source>
            <translation>{who}가 인증서를 보입니다.</translation>
        </message>
        <message>
            <source>{who} signs everything said so far: proof that the certificate is really its own.</source>
            <translation>{who}가 지금까지 오간 모든 말에 서명합니다. 인증서가 정말 자기 것이라는 증거입니다.</translation>
        </message>
        <message>
            <source>{who} seals the handshake with a checksum over every message before. Had anyone changed one bit, it would not fit.</source>
            <translation>{who}가 앞선 모든 메시지의 검사값으로 핸드셰이크를 봉인합니다. 누가 한 비트라도 바꿨다면 맞지 않습니다.</translation>
        </message>
        <message>
            <source>{who} hands out a ticket: with it the next connection is quicker.</source>
            <translation>{who}가 티켓을 건넵니다. 이것이 있으면 다음 연결이 더 빠릅니다.</translation>
        </message>
        <message>
            <source>{who} sends its key half for {group}, signed with its certificate’s key.</source>
            <translation>{who}가 {group}용 키 반쪽을 인증서의 키로 서명해 보냅니다.</translation>
        </message>
        <message>
            <source>{who} is done for now and waits.</source>
            <translation>{who}가 할 말을 마치고 기다립니다.</translation>
        </message>
        <message>
            <source>{who} sends its own key half. Both now know the same secret; nobody who only listens does.</source>
            <translation>{who}가 자기 키 반쪽을 보냅니다. 이제 양쪽은 같은 비밀을 알지만, 듣기만 하는 사람은 알 수 없습니다.</translation>
        </message>
        <message>
            <source>{who} says: from here on I encrypt.</source>
            <translation>{who}가 “지금부터 암호화합니다”라고 알립니다.</translation>
        </message>
        <message>
            <source>{who} sends a leftover of TLS 1.2 so that old middleboxes let the connection pass. It means nothing.</source>
            <translation>{who}가 오래된 중간 장비를 지나기 위해 TLS 1.2의 흔적을 보냅니다. 아무 뜻도 없습니다.</translation>
        </message>
        <message>
            <source>{who} changes to a fresh key.</source>
            <translation>{who}가 새 키로 바꿉니다.</translation>
        </message>
        <message>
            <source>{who} shows that its certificate has not been revoked.</source>
            <translation>{who}가 자기 인증서가 취소되지 않았음을 보입니다.</translation>
        </message>
        <message>
            <source>{who} asks for a new handshake.</source>
            <translation>{who}가 새 핸드셰이크를 요청합니다.</translation>
        </message>
        <message>
            <source>{who} ends what it said ahead of time.</source>
            <translation>{who}가 미리 보내던 데이터를 마칩니다.</translation>
        </message>
        <message>
            <source>{who} sends {name}.</source>
            <translation>{who}가 {name}을(를) 보냅니다.</translation>
        </message>
        <message>
            <source>From here everything is encrypted. An eavesdropper sees only sizes.</source>
            <translation>여기부터 모두 암호화됩니다. 엿듣는 사람에게는 크기만 보입니다.</translation>
        </message>
        <message>
            <source>From here {who} encrypts. All before, even the certificates, could be read.</source>
            <translation>여기부터 {who}가 암호화합니다. 그 전은 인증서까지도 읽을 수 있었습니다.</translation>
        </message>
        <message>
            <source>Done in {ms} ms: both know the key, and who the other one is.</source>
            <translation>{ms} ms 만에 끝났습니다. 양쪽 모두 키를 알고, 상대가 누구인지도 압니다.</translation>
        </message>
        <message>
            <source>The handshake ended here: {why}</source>
            <translation>핸드셰이크가 여기서 끝났습니다: {why}</translation>
        </message>
        <message>
            <source>Both ends work all of this out by themselves, from the two key halves. No secret ever travels; here stand only names and lengths.</source>
            <translation>양쪽이 두 키 반쪽에서 이 모두를 스스로 계산합니다. 비밀은 결코 회선을 지나지 않으며, 여기에는 이름과 길이만 있습니다.</translation>
        </message>
        <message>
            <source>The keys can be told once the handshake has chosen a cipher suite.</source>
            <translation>핸드셰이크가 암호 스위트를 고르면 키를 설명할 수 있습니다.</translation>
        </message>
        <message>
            <source>from the earlier connection’s resumption secret</source>
            <translation>이전 연결의 재개 비밀에서</translation>
        </message>
        <message>
            <source>no earlier connection: starts from zeros</source>
            <translation>이전 연결 없음: 0에서 시작</translation>
        </message>
        <message>
            <source>+ shared secret of {group}</source>
            <translation>+ {group} 공유 비밀</translation>
        </message>
        <message>
            <source>+ zeros: nothing new goes in</source>
            <translation>+ 0: 새로 들어가는 것 없음</translation>
        </message>
        <message>
            <source>+ both hellos’ random numbers</source>
            <translation>+ 두 인사의 난수</translation>
        </message>
        <message>
            <source>cut into keys, one set for each direction</source>
            <translation>방향마다 한 벌씩 키로 나눔</translation>
        </message>
        <message>
            <source>kept from the earlier connection</source>
            <translation>이전 연결에서 이어받음</translation>
        </message>
        <message>
            <source>proves that the ticket is ours</source>
            <translation>티켓이 우리 것임을 증명</translation>
        </message>
        <message>
            <source>{who} encrypts with it</source>
            <translation>{who}가 이것으로 암호화</translation>
        </message>
        <message>
            <source>{who} encrypts everything after the handshake with it</source>
            <translation>핸드셰이크 뒤의 모든 것을 {who}가 이것으로 암호화</translation>
        </message>
        <message>
            <source>makes the voice’s SRTP keys: 2 × (key 32 + salt 12 bytes)</source>
            <translation>음성의 SRTP 키를 만듦: 2 × (키 32 + 솔트 12바이트)</translation>
        </message>
        <message>
            <source>could make keys for other protocols; not used here</source>
            <translation>다른 프로토콜의 키를 만들 수 있음(여기서는 쓰지 않음)</translation>
        </message>
        <message>
            <source>goes with the tickets into the next connection</source>
            <translation>티켓과 함께 다음 연결로 이어짐</translation>
        </message>
        <message>
            <source>seals the handshake: Finished, 12 bytes</source>
            <translation>핸드셰이크를 봉인: Finished, 12바이트</translation>
        </message>
        <message>
            <source>all data</source>
            <translation>모든 데이터</translation>
        </message>
        <message>
            <source>SRTP · voice</source>
            <translation>SRTP · 음성</translation>
        </message>
        <message>
            <source>The relay’s CA</source>
            <translation>릴레이의 인증 기관(CA)</translation>
        </message>
        <message>
            <source>The other person</source>
            <translation>상대</translation>
        </message>
        <message>
            <source>Who vouches for whom</source>
            <translation>누가 누구를 보증하나</translation>
        </message>
        <message>
            <source>not seen yet</source>
            <translation>아직 보지 못함</translation>
        </message>
        <message>
            <source>signature checked</source>
            <translation>서명 확인됨</translation>
        </message>
        <message>
            <source>not signed by this CA</source>
            <translation>이 CA가 서명하지 않음</translation>
        </message>
        <message>
            <source>pinned by your invite</source>
            <translation>초대장으로 고정됨</translation>
        </message>
        <message>
            <source>Certificates appear as soon as there is a connection.</source>
            <translation>연결되면 인증서가 나타납니다.</translation>
        </message>
        <message>
            <source>Not sent this time: the handshake was resumed, and this is from the full one before.</source>
            <translation>이번에는 보내지 않았습니다. 핸드셰이크가 재개되었고, 이것은 앞선 전체 핸드셰이크에서 받은 것입니다.</translation>
        </message>
        <message>
            <source>It signs everybody’s certificate at this relay. You trust it because your invite named its fingerprint.</source>
            <translation>이 릴레이의 모든 인증서에 서명합니다. 초대장에 그 지문이 적혀 있어서 믿습니다.</translation>
        </message>
        <message>
            <source>What the relay showed when you connected. Its name is the one you joined.</source>
            <translation>연결할 때 릴레이가 보여 준 것입니다. 가입한 바로 그 이름입니다.</translation>
        </message>
        <message>
            <source>What you show to the relay and to whom you call. The private key never left this computer.</source>
            <translation>릴레이와 통화 상대에게 보여 주는 것입니다. 개인 키는 이 컴퓨터를 떠난 적이 없습니다.</translation>
        </message>
        <message>
            <source>What the other phone showed, end to end. The relay could not swap its key unnoticed: compare the words.</source>
            <translation>상대 전화가 종단 간으로 보여 준 것입니다. 단어를 비교하면 릴레이가 키를 몰래 바꿀 수 없습니다.</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>주체</translation>
        </message>
        <message>
            <source>Also known as (SAN)</source>
            <translation>다른 이름 (SAN)</translation>
        </message>
        <message>
            <source>Issuer</source>
            <translation>발급자</translation>
        </message>
        <message>
            <source>Serial number</source>
            <translation>일련번호</translation>
        </message>
        <message>
            <source>Public key</source>
            <translation>공개 키</translation>
        </message>
        <message>
            <source>May be used for</source>
            <translation>용도</translation>
        </message>
        <message>
            <source>Signature</source>
            <translation>서명</translation>
        </message>
        <message>
            <source>SHA-256</source>
            <translation>SHA-256</translation>
        </message>
        <message>
            <source>SHA-256 of the key</source>
            <translation>키의 SHA-256</translation>
        </message>
        <message>
            <source>Other extensions</source>
            <translation>그 밖의 확장</translation>
        </message>
        <message>
            <source>itself</source>
            <translation>자기 자신</translation>
        </message>
        <message>
            <source>Valid</source>
            <translation>유효 기간</translation>
        </message>
        <message>
            <source>today</source>
            <translation>오늘</translation>
        </message>
        <message>
            <source>{days} days left</source>
            <translation>{days}일 남음</translation>
        </message>
        <message>
            <source>expired</source>
            <translation>만료됨</translation>
        </message>
        <message>
            <source>not valid yet</source>
            <translation>아직 유효하지 않음</translation>
        </message>
        <message>
            <source>Copy as PEM</source>
            <translation>PEM으로 복사</translation>
        </message>
        <message>
            <source>Save as PEM…</source>
            <translation>PEM으로 저장…</translation>
        </message>
        <message>
            <source>Copied.</source>
            <translation>복사했습니다.</translation>
        </message>
        <message>
            <source>Saved as {path}.</source>
            <translation>{path}에 저장했습니다.</translation>
        </message>
        <message>
            <source>It could not be saved as {path}: {why}.</source>
            <translation>{path}에 저장할 수 없습니다: {why}.</translation>
        </message>
        <message>
            <source>How well you know {name}’s key</source>
            <translation>{name}의 키를 얼마나 잘 아나</translation>
        </message>
        <message>
            <source>Certified: the relay’s CA vouches for it</source>
            <translation>인증됨: 릴레이의 CA가 보증</translation>
        </message>
        <message>
            <source>The same as in an earlier call</source>
            <translation>이전 통화와 같은 키</translation>
        </message>
        <message>
            <source>You compared words over it</source>
            <translation>이 키로 단어를 비교함</translation>
        </message>
        <message>
            <source>It is another key than the one you knew</source>
            <translation>알고 있던 키와 다른 키</translation>
        </message>
        <message>
            <source>Ask them by another way. Only if they set up Glasscall anew: “glasscall forget {name}”, then call again.</source>
            <translation>다른 방법으로 상대에게 물어보세요. 상대가 Glasscall을 새로 설정한 경우에만 “glasscall forget {name}” 후 다시 전화하세요.</translation>
        </message>
        <message>
            <source>Four handshakes, measured now</source>
            <translation>지금 잰 네 가지 핸드셰이크</translation>
        </message>
        <message>
            <source>Both ends run on this computer, with your round trip between them. A dashed line is a message that need not be sent.</source>
            <translation>양쪽 끝이 모두 이 컴퓨터에서 돌아가고, 그 사이에 고른 왕복 시간이 있습니다. 점선은 보낼 필요가 없는 메시지입니다.</translation>
        </message>
        <message>
            <source>{ms} ms</source>
            <translation>{ms} ms</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>재기</translation>
        </message>
        <message>
            <source>Measuring…</source>
            <translation>재는 중…</translation>
        </message>
        <message>
            <source>The measurement failed: {why}</source>
            <translation>재지 못했습니다: {why}</translation>
        </message>
        <message>
            <source>Choose a round trip and measure. It takes a few seconds; a call goes on meanwhile.</source>
            <translation>왕복 시간을 고르고 재 보세요. 몇 초 걸리며, 그동안 통화는 계속됩니다.</translation>
        </message>
        <message>
            <source>TLS {version}, full</source>
            <translation>TLS {version}, 전체</translation>
        </message>
        <message>
            <source>TLS {version}, resumed</source>
            <translation>TLS {version}, 재개</translation>
        </message>
        <message>
            <source>Time until data</source>
            <translation>데이터까지의 시간</translation>
        </message>
        <message>
            <source>Round trips</source>
            <translation>왕복 횟수</translation>
        </message>
        <message>
            <source>Messages</source>
            <translation>메시지</translation>
        </message>
        <message>
            <source>Bytes sent</source>
            <translation>보낸 바이트</translation>
        </message>
        <message>
            <source>Bytes received</source>
            <translation>받은 바이트</translation>
        </message>
        <message>
            <source>CPU, both ends</source>
            <translation>CPU, 양쪽</translation>
        </message>
        <message>
            <source>not sent</source>
            <translation>보내지 않음</translation>
        </message>
        <message>
            <source>Medians of {runs} runs each, over this computer’s loopback, with a way of {ms} ms.</source>
            <translation>각각 {runs}번 잰 중앙값, 이 컴퓨터의 루프백, 왕복 {ms} ms.</translation>
        </message>
        <message>
            <source>What encrypting costs this call</source>
            <translation>이 통화에서 암호화에 드는 비용</translation>
        </message>
        <message>
            <source>Measured while you talk.</source>
            <translation>통화하는 동안 잽니다.</translation>
        </message>
        <message>
            <source>{share} % of the bytes are protection (SRTP {srtp} %, TLS {tls} %). It takes {cpu} % of one core, and holds a packet up for {send} µs on its way out and {receive} µs on its way in.</source>
            <translation>바이트의 {share} %가 보호에 쓰입니다 (SRTP {srtp} %, TLS {tls} %). CPU 코어 하나의 {cpu} %를 쓰고, 패킷을 보낼 때 {send} µs, 받을 때 {receive} µs 붙잡습니다.</translation>
        </message>
        <message>
            <source>Three locks</source>
            <translation>세 개의 자물쇠</translation>
        </message>
        <message>
            <source>Link to the relay (TLS)</source>
            <translation>릴레이와의 연결 (TLS)</translation>
        </message>
        <message>
            <source>End to end (session)</source>
            <translation>종단 간 (세션)</translation>
        </message>
        <message>
            <source>Media (SRTP)</source>
            <translation>음성 (SRTP)</translation>
        </message>
        <message>
            <source>not there yet</source>
            <translation>아직 없음</translation>
        </message>
        <message>
            <source>being made</source>
            <translation>만드는 중</translation>
        </message>
        <message>
            <source>holds</source>
            <translation>지켜지고 있음</translation>
        </message>
        <message>
            <source>weaker</source>
            <translation>약해짐</translation>
        </message>
        <message>
            <source>does not hold</source>
            <translation>지켜지지 않음</translation>
        </message>
        <message>
            <source>There is no connection.</source>
            <translation>연결이 없습니다.</translation>
        </message>
        <message>
            <source>The handshake is under way.</source>
            <translation>핸드셰이크가 진행 중입니다.</translation>
        </message>
        <message>
            <source>Observed: {version}, {group}, {cipher}; the relay’s certificate checked.</source>
            <translation>관찰함: {version}, {group}, {cipher}. 릴레이의 인증서를 확인했습니다.</translation>
        </message>
        <message>
            <source>Observed: the connection is gone or was refused ({why}).</source>
            <translation>관찰함: 연결이 끊겼거나 거부되었습니다 ({why}).</translation>
        </message>
        <message>
            <source>Begins when a call rings.</source>
            <translation>벨이 울리면 시작됩니다.</translation>
        </message>
        <message>
            <source>The handshake with the other phone is under way.</source>
            <translation>상대 전화와 핸드셰이크를 하는 중입니다.</translation>
        </message>
        <message>
            <source>Observed: {version}, {group}; the relay vouches for their key. Compare the words.</source>
            <translation>관찰함: {version}, {group}. 상대의 키는 릴레이가 보증합니다. 단어를 비교해 보세요.</translation>
        </message>
        <message>
            <source>Observed: {version}, {group}; the same key as in earlier calls.</source>
            <translation>관찰함: {version}, {group}. 이전 통화와 같은 키입니다.</translation>
        </message>
        <message>
            <source>Observed: {version}, {group}; you compared words over this key.</source>
            <translation>관찰함: {version}, {group}. 이 키로 단어를 비교했습니다.</translation>
        </message>
        <message>
            <source>Observed: another key than the one you know.</source>
            <translation>관찰함: 알고 있던 키와 다릅니다.</translation>
        </message>
        <message>
            <source>Observed: the handshake or the session broke ({why}).</source>
            <translation>관찰함: 핸드셰이크나 세션이 깨졌습니다 ({why}).</translation>
        </message>
        <message>
            <source>Begins when you talk.</source>
            <translation>통화를 시작하면 시작됩니다.</translation>
        </message>
        <message>
            <source>Its keys come from the session once the call is answered.</source>
            <translation>전화를 받으면 세션에서 키를 얻습니다.</translation>
        </message>
        <message>
            <source>The keys are there; no packet has come yet.</source>
            <translation>키는 준비되었고, 아직 받은 패킷이 없습니다.</translation>
        </message>
        <message>
            <source>Observed: {count} packets authenticated, 0 rejected ({profile}).</source>
            <translation>관찰함: 패킷 {count}개 인증, 거부 0개 ({profile}).</translation>
        </message>
        <message>
            <source>Observed: {count} packets authenticated, {rejected} rejected.</source>
            <translation>관찰함: 패킷 {count}개 인증, {rejected}개 거부.</translation>
        </message>
        <message>
            <source>Observed: {version}, {cipher}. Certificates, and so names, cross in the clear.</source>
            <translation>관찰함: {version}, {cipher}. 인증서와 그 안의 이름은 암호화되지 않은 채 지나갑니다.</translation>
        </message>
        <message>
            <source>The secrets are being written to {to}: whoever has them can read this.</source>
            <translation>비밀 값이 {to}에 기록되고 있습니다. 그것을 가진 사람은 이 내용을 읽을 수 있습니다.</translation>
        </message>
        <message>
            <source>This phone writes its TLS secrets to {to}. Whoever has them can read your calls. Restart without --key-log.</source>
            <translation>이 전화는 TLS 비밀 값을 {to}에 기록하고 있습니다. 그것을 가진 사람은 통화를 읽을 수 있습니다. --key-log 없이 다시 시작하세요.</translation>
        </message>
        <message>
            <source>Handshake</source>
            <translation>핸드셰이크</translation>
        </message>
        <message>
            <source>Certificates</source>
            <translation>인증서</translation>
        </message>
        <message>
            <source>The wire</source>
            <translation>회선</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>비교</translation>
        </message>
        <message>
            <source>Attack lab</source>
            <translation>공격 실험실</translation>
        </message>
        <message>
            <source>Every byte of your own handshakes, explained</source>
            <translation>내 핸드셰이크의 모든 바이트를 설명해요</translation>
        </message>
        <message>
            <source>Who vouches for whom, and how well you know them</source>
            <translation>누가 누구를 보증하고, 상대를 얼마나 잘 아는지 보여 줘요</translation>
        </message>
        <message>
            <source>What an eavesdropper sees, and the relay, and what still leaks</source>
            <translation>엿듣는 사람과 릴레이에게 보이는 것, 그래도 새는 것</translation>
        </message>
        <message>
            <source>TLS 1.2 and 1.3, full and resumed, measured now on this computer</source>
            <translation>TLS 1.2와 1.3, 전체와 재개를 이 컴퓨터에서 지금 재요</translation>
        </message>
        <message>
            <source>Attack the real program, on this computer only, and see what stops it</source>
            <translation>이 컴퓨터 안에서만 실제 프로그램을 공격해 보고 무엇이 막는지 봐요</translation>
        </message>
        <message>
            <source>Look closer</source>
            <translation>자세히 보기</translation>
        </message>
        <message>
            <source>Tour</source>
            <translation>둘러보기</translation>
        </message>
        <message>
            <source>Learn TLS with your own call as the example, in a few steps</source>
            <translation>내 통화를 예로 삼아 몇 단계로 TLS를 배워요</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>내보내기…</translation>
        </message>
        <message>
            <source>Save what was seen: a capture, the journal, a report</source>
            <translation>관찰한 것을 저장해요: 캡처, 기록, 보고서</translation>
        </message>
        <message>
            <source>Guided tour</source>
            <translation>둘러보기</translation>
        </message>
        <message>
            <source>Step {n} of {total}</source>
            <translation>{total}단계 중 {n}단계</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>다음</translation>
        </message>
        <message>
            <source>Close the tour</source>
            <translation>둘러보기 닫기</translation>
        </message>
        <message>
            <source>Why encrypt at all?</source>
            <translation>왜 암호화할까요?</translation>
        </message>
        <message>
            <source>Between you and the relay are cables, Wi-Fi and strangers’ machines. Any of them can copy every byte.</source>
            <translation>나와 릴레이 사이에는 케이블과 와이파이, 모르는 사람들의 장비가 있어요. 그중 누구든 지나가는 바이트를 전부 복사할 수 있어요.</translation>
        </message>
        <message>
            <source>Here are your own bytes as they would see them. Without the keys they learn where, when and how much, and what the hellos say.</source>
            <translation>여기 보이는 것이 그들이 보게 될 내 바이트예요. 키가 없으면 어디로, 언제, 얼마나 보냈는지와 Hello 메시지의 내용만 알 수 있어요.</translation>
        </message>
        <message>
            <source>Here are your own bytes as they would see them. Without the keys they learn where, when and how much, what the hellos say and, as your link speaks TLS 1.2, the certificates.</source>
            <translation>여기 보이는 것이 그들이 보게 될 내 바이트예요. 키가 없으면 어디로, 언제, 얼마나 보냈는지와 Hello 메시지의 내용을 알 수 있고, 지금은 링크가 TLS 1.2라서 인증서까지 보여요.</translation>
        </message>
        <message>
            <source>As soon as you are connected, this page shows your own bytes as they would see them.</source>
            <translation>연결되면 이 페이지에서 그들이 보게 될 내 바이트를 볼 수 있어요.</translation>
        </message>
        <message>
            <source>Three promises</source>
            <translation>세 가지 약속</translation>
        </message>
        <message>
            <source>Confidentiality: nobody else can read it. {cipher} encrypts.</source>
            <translation>기밀성: 다른 사람은 읽을 수 없어요. {cipher} 암호를 써요.</translation>
        </message>
        <message>
            <source>Integrity: a changed byte is noticed and refused. The same cipher puts a seal on every record.</source>
            <translation>무결성: 바이트 하나만 바뀌어도 알아채고 거절해요. 같은 암호가 레코드마다 봉인을 붙여요.</translation>
        </message>
        <message>
            <source>Confidentiality: nobody else can read it.</source>
            <translation>기밀성: 다른 사람은 읽을 수 없어요.</translation>
        </message>
        <message>
            <source>Authentication: the other end is who it says it is. Certificates show it.</source>
            <translation>인증: 상대가 정말 그 사람이에요. 인증서로 확인해요.</translation>
        </message>
        <message>
            <source>Authentication: it is really {subject}. Its certificate shows it.</source>
            <translation>인증: 상대가 정말 {subject}인지 인증서로 확인했어요.</translation>
        </message>
        <message>
            <source>Authentication: it is really {peer}. So far its CA says so; compare the four words to be sure.</source>
            <translation>인증: 상대는 정말 {peer} 님이에요. 아직은 CA의 말일 뿐이니, 네 단어를 비교해서 확실히 하세요.</translation>
        </message>
        <message>
            <source>Authentication: it is really {peer}, with the same key as in earlier calls.</source>
            <translation>인증: 상대는 정말 {peer} 님이에요. 지난 통화와 같은 키를 써요.</translation>
        </message>
        <message>
            <source>Authentication: it is really {peer}. You have compared words over this key.</source>
            <translation>인증: 상대는 정말 {peer} 님이에요. 이 키로 단어를 비교해 두었어요.</translation>
        </message>
        <message>
            <source>Authentication: broken just now. {peer} shows another key than before, so the call was stopped.</source>
            <translation>인증: 지금 깨졌어요. {peer} 님이 전과 다른 키를 내보여서 통화를 멈췄어요.</translation>
        </message>
        <message>
            <source>Whose word is it?</source>
            <translation>누구의 말을 믿나요?</translation>
        </message>
        <message>
            <source>A certificate ties a name to a public key. An authority, the CA, has signed it.</source>
            <translation>인증서는 이름과 공개 키를 묶어 줘요. 그리고 인증 기관(CA)이 거기에 서명해요.</translation>
        </message>
        <message>
            <source>A browser brings along more than a hundred CAs. Glasscall trusts one, your relay’s: its fingerprint stood in your invite.</source>
            <translation>브라우저에는 CA가 백 개 넘게 들어 있어요. Glasscall은 릴레이의 CA 하나만 믿고, 그 지문은 초대에 적혀 있었어요.</translation>
        </message>
        <message>
            <source>{who} showed the one for {subject}, and proved with a signature that the private key is its own.</source>
            <translation>{who} 쪽은 {subject}의 인증서를 내보였고, 그 개인 키를 가졌다는 것을 서명으로 증명했어요.</translation>
        </message>
        <message>
            <source>Once you are connected, the chains that you saw stand here.</source>
            <translation>연결되면 실제로 받은 인증서 체인이 여기에 나타나요.</translation>
        </message>
        <message>
            <source>Agree in public, talk in private</source>
            <translation>공개된 곳에서 합의하고, 둘만 아는 키로 말해요</translation>
        </message>
        <message>
            <source>Two ends that share nothing exchange key halves in the open, and both work out the same secret. Whoever only listens cannot. That is asymmetric, slow, and done once.</source>
            <translation>아무것도 나눈 적 없는 양쪽이 키 조각을 공개적으로 주고받고, 각자 같은 비밀을 계산해 내요. 엿듣기만 해서는 알 수 없어요. 이것이 비대칭 암호이고, 느려서 한 번만 써요.</translation>
        </message>
        <message>
            <source>Everything after goes through one fast symmetric cipher with keys from that secret.</source>
            <translation>그다음은 모두 그 비밀에서 나온 키와 빠른 대칭 암호 하나로 오가요.</translation>
        </message>
        <message>
            <source>Here: {group} to agree, {cipher} to talk. {messages} messages, {ms} ms.</source>
            <translation>여기서 합의에는 {group}, 대화에는 {cipher} 방식을 써요. 메시지 {messages}개에 {ms} ms 걸렸어요.</translation>
        </message>
        <message>
            <source>Your own handshake appears here, message by message.</source>
            <translation>내 핸드셰이크가 메시지 하나하나 여기에 나타나요.</translation>
        </message>
        <message>
            <source>TLS 1.2: ten messages</source>
            <translation>TLS 1.2: 메시지 열 개</translation>
        </message>
        <message>
            <source>ClientHello. ServerHello, Certificate, ServerKeyExchange, ServerHelloDone. ClientKeyExchange, ChangeCipherSpec, Finished. ChangeCipherSpec, Finished.</source>
            <translation>ClientHello. ServerHello, Certificate, ServerKeyExchange, ServerHelloDone. ClientKeyExchange, ChangeCipherSpec, Finished. ChangeCipherSpec, Finished.</translation>
        </message>
        <message>
            <source>Four flights, so two round trips before the first word. Certificates cross in the clear.</source>
            <translation>네 번 오가니까, 첫마디까지 왕복 두 번이에요. 인증서는 암호화되지 않은 채 지나가요.</translation>
        </message>
        <message>
            <source>Your link speaks TLS 1.2 just now. It has {messages} messages, because your own certificate and a ticket join in.</source>
            <translation>지금 내 링크는 TLS 1.2예요. 내 인증서와 티켓이 더해져 메시지가 {messages}개예요.</translation>
        </message>
        <message>
            <source>On this page both versions run side by side, for real.</source>
            <translation>이 페이지에서 두 버전을 나란히, 실제로 돌려 볼 수 있어요.</translation>
        </message>
        <message>
            <source>TLS 1.3: one round trip</source>
            <translation>TLS 1.3: 왕복 한 번</translation>
        </message>
        <message>
            <source>The ClientHello brings a key half along, on a guess. ServerHello answers with the other.</source>
            <translation>ClientHello가 상대가 쓸 만한 방식을 짐작해서 키 조각을 미리 들고 가요. ServerHello는 나머지 조각으로 답해요.</translation>
        </message>
        <message>
            <source>From there all is encrypted, even the certificates.</source>
            <translation>그 뒤는 인증서까지 모두 암호화돼요.</translation>
        </message>
        <message>
            <source>Yours, from ClientHello to Finished: {messages} messages, {ms} ms.</source>
            <translation>내 경우 ClientHello부터 Finished까지 메시지 {messages}개에 {ms} ms 걸렸어요.</translation>
        </message>
        <message>
            <source>Yours needed one more round trip, because the guess did not fit: {messages} messages, {ms} ms.</source>
            <translation>이번에는 짐작이 빗나가 왕복이 한 번 더 들었어요. 메시지 {messages}개에 {ms} ms 걸렸어요.</translation>
        </message>
        <message>
            <source>Yours speaks TLS 1.2 now, because it was asked to.</source>
            <translation>지금 내 연결은 TLS 1.2예요. 그렇게 쓰도록 정했기 때문이에요.</translation>
        </message>
        <message>
            <source>Your own ClientHello opens here, byte by byte, once you are connected.</source>
            <translation>연결되면 내 ClientHello를 여기서 바이트 단위로 볼 수 있어요.</translation>
        </message>
        <message>
            <source>We know each other</source>
            <translation>우리 구면이죠</translation>
        </message>
        <message>
            <source>Your voice line showed the relay a ticket from your link: {messages} messages instead of {full}. Missing: {missing}.</source>
            <translation>음성 회선은 링크에서 받은 티켓을 릴레이에 보여 줬어요. 메시지가 {full}개에서 {messages}개로 줄었어요. 빠진 것: {missing}.</translation>
        </message>
        <message>
            <source>A new key exchange was made all the same, so a ticket stolen later opens no recording.</source>
            <translation>그래도 키 교환은 새로 했어요. 그래서 나중에 티켓을 훔쳐도 그동안 가로챈 통신은 열 수 없어요.</translation>
        </message>
        <message>
            <source>Your voice line resumed your link: {messages} messages instead of {full}. Even the key exchange is missing.</source>
            <translation>음성 회선은 링크의 세션을 재개했어요. 메시지가 {full}개에서 {messages}개로 줄었고, 키 교환까지 빠졌어요.</translation>
        </message>
        <message>
            <source>TLS 1.2 uses the old master secret again. TLS 1.3 can add a fresh key exchange, and Glasscall’s does.</source>
            <translation>TLS 1.2는 예전 master secret을 다시 써요. TLS 1.3은 새 키 교환을 더할 수 있고, Glasscall은 그렇게 해요.</translation>
        </message>
        <message>
            <source>Your voice line showed the relay a ticket: {messages} messages, and no certificate among them.</source>
            <translation>음성 회선은 릴레이에 티켓을 보여 줬어요. 메시지는 {messages}개이고, 그중에 인증서는 없어요.</translation>
        </message>
        <message>
            <source>This time the voice line could not resume and made a full handshake: {messages} messages.</source>
            <translation>이번에는 음성 회선이 재개하지 못해서 전체 핸드셰이크를 했어요. 메시지는 {messages}개예요.</translation>
        </message>
        <message>
            <source>A ticket of an earlier connection lets two ends skip the certificates. When you call, your voice line uses the one from your link.</source>
            <translation>앞선 연결에서 받은 티켓이 있으면 인증서를 건너뛸 수 있어요. 전화를 걸면 음성 회선이 링크의 티켓을 써요.</translation>
        </message>
        <message>
            <source>The session between two people is never resumed: each call proves anew who is there.</source>
            <translation>두 사람 사이의 세션은 절대 재개하지 않아요. 통화할 때마다 누구인지 새로 증명해요.</translation>
        </message>
        <message>
            <source>Keys for one time only</source>
            <translation>한 번만 쓰는 키</translation>
        </message>
        <message>
            <source>Each full handshake makes new keys; they are forgotten with the connection. Who steals your private key tomorrow cannot open what was recorded today. That is forward secrecy.</source>
            <translation>전체 핸드셰이크마다 새 키를 만들고, 연결이 끝나면 잊어버려요. 내일 내 개인 키를 훔쳐도 오늘 가로챈 통신은 열 수 없어요. 이것이 전방 비밀성이에요.</translation>
        </message>
        <message>
            <source>{group} joins X25519 and ML-KEM-768: to read along, one would have to break both.</source>
            <translation>{group}: X25519와 ML-KEM-768을 합친 방식이에요. 엿들으려면 둘 다 깨야 해요.</translation>
        </message>
        <message>
            <source>Only the key exchange is post-quantum. The signatures that say who is there are still ECDSA.</source>
            <translation>양자 컴퓨터에 대비한 것은 키 교환뿐이에요. 누구인지 보증하는 서명은 아직 ECDSA예요.</translation>
        </message>
        <message>
            <source>{group} alone is not post-quantum: a quantum computer of tomorrow could open a recording of today.</source>
            <translation>{group}만으로는 양자 컴퓨터에 대비할 수 없어요. 오늘 가로챈 통신을 미래의 양자 컴퓨터가 열 수도 있어요.</translation>
        </message>
        <message>
            <source>In TLS 1.3 Glasscall offers X25519MLKEM768 first, which is made to withstand quantum computers too.</source>
            <translation>TLS 1.3에서 Glasscall은 양자 컴퓨터에도 견디도록 만든 X25519MLKEM768을 맨 먼저 제안해요.</translation>
        </message>
        <message>
            <source>SSL, TLS, HTTPS</source>
            <translation>SSL, TLS, HTTPS</translation>
        </message>
        <message>
            <source>SSL 2.0 and 3.0 were Netscape’s, 1995 and 1996. Then it was called TLS: 1.0 in 1999, 1.1 in 2006, 1.2 in 2008, 1.3 in 2018. All before 1.2 are retired.</source>
            <translation>SSL 2.0과 3.0은 넷스케이프가 1995년과 1996년에 만들었어요. 그 뒤 이름이 TLS로 바뀌어 1999년에 1.0, 2006년에 1.1, 2008년에 1.2, 2018년에 1.3이 나왔어요. 1.2보다 오래된 것은 모두 폐기됐어요.</translation>
        </message>
        <message>
            <source>HTTPS is HTTP spoken inside TLS. The relay answers a browser on the very same port: one word in the ClientHello, ALPN, says what is meant.</source>
            <translation>HTTPS는 TLS 안에서 주고받는 HTTP예요. 릴레이는 같은 포트에서 브라우저에도 답해요. 어느 쪽인지는 ClientHello의 한마디, ALPN이 알려 줘요.</translation>
        </message>
        <message>
            <source>Your link speaks {version}.</source>
            <translation>내 링크의 버전: {version}.</translation>
        </message>
        <message>
            <source>A relay that cannot listen</source>
            <translation>들을 수 없는 릴레이</translation>
        </message>
        <message>
            <source>HTTPS ends at the server, and the server reads. A call must not end there.</source>
            <translation>HTTPS는 서버에서 끝나고, 서버는 내용을 읽어요. 통화는 거기서 끝나면 안 돼요.</translation>
        </message>
        <message>
            <source>A second TLS session, with {peer}, runs inside your line. The relay passes on what it has no key for.</source>
            <translation>{peer} 님과 맺은 두 번째 TLS 세션이 내 회선 안을 지나요. 릴레이는 열 키가 없는 것을 전달할 뿐이에요.</translation>
        </message>
        <message>
            <source>Its operator could issue a false certificate. The four words would give it away: read them aloud.</source>
            <translation>릴레이 운영자는 거짓 인증서를 발급할 수 있어요. 그래도 네 단어를 비교하면 드러나요. 소리 내어 읽어 보세요.</translation>
        </message>
        <message>
            <source>A false certificate would bring another key than the one over which you compared words, and the call would stop.</source>
            <translation>거짓 인증서라면 단어를 비교해 둔 키와 다른 키가 나오고, 통화가 멈춰요.</translation>
        </message>
        <message>
            <source>In a call a second TLS session, with the other person, runs inside your line. The relay passes on what it has no key for.</source>
            <translation>통화할 때는 상대와 맺은 두 번째 TLS 세션이 내 회선 안을 지나요. 릴레이는 열 키가 없는 것을 전달할 뿐이에요.</translation>
        </message>
        <message>
            <source>A voice cannot wait</source>
            <translation>목소리는 기다려 주지 않아요</translation>
        </message>
        <message>
            <source>Each 20 ms of sound is an SRTP packet of its own, with keys taken from the end-to-end session. What comes too late is bridged over, not waited for.</source>
            <translation>소리 20 ms마다 SRTP 패킷을 하나씩 만들고, 종단 간 세션에서 뽑은 키로 암호화해요. 너무 늦게 온 것은 기다리지 않고 메워 넘어가요.</translation>
        </message>
        <message>
            <source>Every voice packet has the same size, even in silence: changing sizes can betray what is said (RFC 6562).</source>
            <translation>조용할 때도 음성 패킷의 크기는 늘 같아요. 크기가 변하면 무슨 말인지 드러날 수 있거든요(RFC 6562).</translation>
        </message>
        <message>
            <source>Now, from mouth to ear: {delay} ms. The network’s part: {network} ms.</source>
            <translation>지금 입에서 귀까지 {delay} ms예요. 그중 네트워크가 {network} ms예요.</translation>
        </message>
        <message>
            <source>During a call the delay is measured here, stage by stage.</source>
            <translation>통화 중에는 여기서 지연을 단계별로 재요.</translation>
        </message>
        <message>
            <source>Now try to break it</source>
            <translation>이제 깨뜨려 보세요</translation>
        </message>
        <message>
            <source>Listen in, turn a bit over, play a packet twice, show a false certificate, force an older version: each attack runs for real, on a relay and phones made for it.</source>
            <translation>엿듣기, 비트 뒤집기, 패킷 재전송, 거짓 인증서 내밀기, 옛 버전 강요하기. 모든 공격은 따로 만든 릴레이와 전화에서 실제로 실행돼요.</translation>
        </message>
        <message>
            <source>You see what stopped it. Your own call is not touched.</source>
            <translation>무엇이 막았는지 보여 줘요. 지금 하는 통화는 건드리지 않아요.</translation>
        </message>
        <message>
            <source>On the wire</source>
            <translation>회선에서</translation>
        </message>
        <message>
            <source>The relay's eye</source>
            <translation>릴레이의 눈</translation>
        </message>
        <message>
            <source>What still leaks</source>
            <translation>그래도 새는 것</translation>
        </message>
        <message>
            <source>Everything that leaves this computer and comes back, as it happens</source>
            <translation>이 컴퓨터에서 나가고 들어오는 모든 것을 실시간으로 보여 줘요</translation>
        </message>
        <message>
            <source>Nothing has passed yet</source>
            <translation>아직 아무것도 오가지 않았어요</translation>
        </message>
        <message>
            <source>Records of the last {seconds} seconds: {out} sent, {into} received, {size} bytes</source>
            <translation>최근 {seconds}초 동안의 레코드: 보낸 것 {out}개, 받은 것 {into}개, {size}바이트</translation>
        </message>
        <message>
            <source>sent</source>
            <translation>보냄</translation>
        </message>
        <message>
            <source>received</source>
            <translation>받음</translation>
        </message>
        <message>
            <source>now</source>
            <translation>지금</translation>
        </message>
        <message>
            <source>{seconds} s ago</source>
            <translation>{seconds}초 전</translation>
        </message>
        <message>
            <source>Signalling line</source>
            <translation>신호 회선</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>멈추기</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>이어 보기</translation>
        </message>
        <message>
            <source>Held while you look</source>
            <translation>보시는 동안 멈춰 있어요</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>멈춤</translation>
        </message>
        <message>
            <source>Leave out voice</source>
            <translation>음성 빼고 보기</translation>
        </message>
        <message>
            <source>Show voice too</source>
            <translation>음성도 보기</translation>
        </message>
        <message>
            <source>What the eavesdropper sees</source>
            <translation>엿듣는 사람에게 보이는 것</translation>
        </message>
        <message>
            <source>What it meant to us</source>
            <translation>우리에게는 이런 뜻이에요</translation>
        </message>
        <message>
            <source>second</source>
            <translation>초</translation>
        </message>
        <message>
            <source>bytes</source>
            <translation>바이트</translation>
        </message>
        <message>
            <source>randomness</source>
            <translation>무작위성</translation>
        </message>
        <message>
            <source>first bytes</source>
            <translation>첫 바이트</translation>
        </message>
        <message>
            <source>Beneath TLS the voice is encrypted once more, for the other person alone: the bytes on the right are all that the relay gets of it.</source>
            <translation>TLS 아래에서 음성은 상대방만 풀 수 있게 한 번 더 암호화돼 있어요. 오른쪽 바이트가 릴레이가 받는 전부예요.</translation>
        </message>
        <message>
            <source>data</source>
            <translation>데이터</translation>
        </message>
        <message>
            <source>handshake</source>
            <translation>핸드셰이크</translation>
        </message>
        <message>
            <source>alert</source>
            <translation>경고</translation>
        </message>
        <message>
            <source>cipher spec</source>
            <translation>암호 전환</translation>
        </message>
        <message>
            <source>Voice {detail}</source>
            <translation>음성 {detail}</translation>
        </message>
        <message>
            <source>Voice report</source>
            <translation>음성 보고</translation>
        </message>
        <message>
            <source>Signal {detail}</source>
            <translation>신호 {detail}</translation>
        </message>
        <message>
            <source>TLS with the relay · {detail}</source>
            <translation>릴레이와의 TLS · {detail}</translation>
        </message>
        <message>
            <source>TLS with the other person · {detail}</source>
            <translation>상대방과의 TLS · {detail}</translation>
        </message>
        <message>
            <source>Something else · {detail}</source>
            <translation>그 밖의 것 · {detail}</translation>
        </message>
        <message>
            <source>{way}, {size} bytes, randomness {entropy} of 8 bits. To us: {meaning}</source>
            <translation>{way}, {size}바이트, 무작위성 8비트 중 {entropy}비트. 우리에게는: {meaning}</translation>
        </message>
        <message>
            <source>The relay can be asked what it forwards for you. Each packet it names is compared, by SHA-256, with what this phone encrypted or received.</source>
            <translation>릴레이가 나를 위해 무엇을 전달하는지 물어볼 수 있어요. 릴레이가 말한 패킷마다 이 전화가 암호화했거나 받은 것과 SHA-256으로 견줘 봐요.</translation>
        </message>
        <message>
            <source>Ask the relay</source>
            <translation>릴레이에 묻기</translation>
        </message>
        <message>
            <source>Stop asking</source>
            <translation>그만 묻기</translation>
        </message>
        <message>
            <source>The relay has not been asked</source>
            <translation>아직 릴레이에 묻지 않았어요</translation>
        </message>
        <message>
            <source>Asked; the relay has named no packet yet</source>
            <translation>물어봤어요. 릴레이가 아직 패킷을 하나도 말하지 않았어요</translation>
        </message>
        <message>
            <source>{matched} packets that the relay forwarded are byte for byte the encrypted ones; it made up or changed {unknown}</source>
            <translation>릴레이가 전달한 패킷 {matched}개가 암호문과 바이트 하나까지 같아요. 지어내거나 바꾼 것은 {unknown}개예요</translation>
        </message>
        <message>
            <source>What the relay says it forwarded</source>
            <translation>릴레이가 전달했다고 말하는 것</translation>
        </message>
        <message>
            <source>Packets appear here during a call, once the relay is asked</source>
            <translation>통화 중에 릴레이에 물으면 패킷이 여기에 나타나요</translation>
        </message>
        <message>
            <source>our ciphertext</source>
            <translation>우리 암호문</translation>
        </message>
        <message>
            <source>unknown to us</source>
            <translation>우리가 모르는 것</translation>
        </message>
        <message>
            <source>{way}, {size} bytes, {known}. To us: {meaning}</source>
            <translation>{way}, {size}바이트, {known}. 우리에게는: {meaning}</translation>
        </message>
        <message>
            <source>This is the relay's own word. A match shows that it passed on our ciphertext unchanged; it cannot show that the relay names every packet.</source>
            <translation>이것은 릴레이 스스로 하는 말이에요. 일치하면 우리 암호문을 그대로 전달했다는 것은 알 수 있지만, 모든 패킷을 말했는지는 알 수 없어요.</translation>
        </message>
        <message>
            <source>The shape of this call, for whoever watches the network</source>
            <translation>네트워크를 지켜보는 사람에게 보이는 이 통화의 모양</translation>
        </message>
        <message>
            <source>Call somebody: the sizes of the encrypted records appear here</source>
            <translation>전화를 걸어 보세요. 암호화된 레코드의 크기가 여기에 나타나요</translation>
        </message>
        <message>
            <source>Somebody here talks with somebody</source>
            <translation>여기서 누군가와 통화한다는 사실</translation>
        </message>
        <message>
            <source>The steady stream gives a call away, and the relay's address is visible.</source>
            <translation>고르게 이어지는 흐름을 보면 통화인 줄 알 수 있고, 릴레이의 주소도 보여요.</translation>
        </message>
        <message>
            <source>For how long, and how much</source>
            <translation>얼마나 오래, 얼마나 많이</translation>
        </message>
        <message>
            <source>Seen so far: {duration}, {records} records, {size}.</source>
            <translation>지금까지 본 것: {duration}, 레코드 {records}개, {size}.</translation>
        </message>
        <message>
            <source>Begin, end and bytes of a call can be counted. Nothing was seen yet.</source>
            <translation>통화의 시작과 끝, 바이트 수는 셀 수 있어요. 아직 본 것은 없어요.</translation>
        </message>
        <message>
            <source>Not what is said, nor when you pause</source>
            <translation>무슨 말을 하는지, 언제 쉬는지는 새지 않아요</translation>
        </message>
        <message>
            <source>{share} of the records seen have the same {size} bytes, in speech and in silence (RFC 6562).</source>
            <translation>지금까지 본 레코드의 {share}가 말할 때나 쉴 때나 똑같이 {size}바이트예요(RFC 6562).</translation>
        </message>
        <message>
            <source>Voice packets are made equally long. Not observed yet in this call.</source>
            <translation>음성 패킷은 모두 같은 길이로 만들어요. 이 통화에서는 아직 관찰하지 못했어요.</translation>
        </message>
        <message>
            <source>The sizes vary</source>
            <translation>크기가 들쭉날쭉해요</translation>
        </message>
        <message>
            <source>Only {share} of the records seen have the most frequent size.</source>
            <translation>지금까지 본 레코드 가운데 가장 흔한 크기인 것은 {share}뿐이에요.</translation>
        </message>
        <message>
            <source>Names, only with TLS 1.2</source>
            <translation>이름은 TLS 1.2에서만 새요</translation>
        </message>
        <message>
            <source>TLS 1.3 encrypts the certificates, and so your name. TLS 1.2, for study only, shows them.</source>
            <translation>TLS 1.3은 인증서를, 그래서 이름도 암호화해요. 공부할 때만 쓰는 TLS 1.2에서는 보여요.</translation>
        </message>
        <message>
            <source>{count} kB</source>
            <translation>{count} kB</translation>
        </message>
        <message>
            <source>Sizes over {seconds} seconds: {count} records, {least} to {most} bytes</source>
            <translation>{seconds}초 동안의 크기: 레코드 {count}개, {least}~{most}바이트</translation>
        </message>
        <message>
            <source>Why equal sizes matter: the same speech, sent in two ways</source>
            <translation>크기가 같아야 하는 까닭: 같은 말을 두 가지 방법으로 보내요</translation>
        </message>
        <message>
            <source>A recording is encrypted and sent twice over real TLS on this computer. Somebody who sees nothing but sizes guesses when there is speech.</source>
            <translation>녹음 하나를 암호화해서 이 컴퓨터 안의 진짜 TLS로 두 번 보내요. 크기만 보는 사람이 언제 말하는지 맞혀 봐요.</translation>
        </message>
        <message>
            <source>Try it</source>
            <translation>해 보기</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>다시 해 보기</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>시작하고 있어요…</translation>
        </message>
        <message>
            <source>Sending… {second} of {seconds} s</source>
            <translation>보내고 있어요… {seconds}초 중 {second}초</translation>
        </message>
        <message>
            <source>The experiment did not come to an end. Try again.</source>
            <translation>실험이 끝까지 가지 못했어요. 다시 해 보세요.</translation>
        </message>
        <message>
            <source>The experiment did not come to an end: {why}</source>
            <translation>실험이 끝까지 가지 못했어요: {why}</translation>
        </message>
        <message>
            <source>As Glasscall sends it: constant bit rate</source>
            <translation>Glasscall이 보내는 방식: 고정 비트레이트</translation>
        </message>
        <message>
            <source>Variable bit rate, silence left out (in the lab only)</source>
            <translation>가변 비트레이트, 침묵은 보내지 않음(실험실에서만)</translation>
        </message>
        <message>
            <source>one size · speech guessed right in {accuracy}: no better than chance</source>
            <translation>한 가지 크기 · 말소리를 맞힌 비율 {accuracy}: 찍는 것과 같아요</translation>
        </message>
        <message>
            <source>{sizes} sizes · speech guessed right in {accuracy}</source>
            <translation>{sizes}가지 크기 · 말소리를 맞힌 비율 {accuracy}</translation>
        </message>
        <message>
            <source>the speech itself</source>
            <translation>실제 말소리</translation>
        </message>
    </context>
</TS>
