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
    </context>
</TS>
