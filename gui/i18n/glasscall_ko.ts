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
            <source>Reconnecting…</source>
            <translation>다시 연결하는 중…</translation>
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
            <source>The relay is full; try again later.</source>
            <translation>릴레이가 가득 찼습니다. 나중에 다시 걸어 주세요.</translation>
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
            <source>This call may travel by UDP alone, and UDP cannot be had here. Start with --path auto to be heard.</source>
            <translation>이 통화는 UDP로만 가도록 되어 있지만, 여기서는 UDP를 쓸 수 없습니다. 소리가 들리게 하려면 --path auto로 시작하세요.</translation>
        </message>
        <message>
            <source>The call was stopped: the key is not theirs any more.</source>
            <translation>상대의 키가 달라져 통화를 중단했습니다.</translation>
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
            <source>Device in</source>
            <translation>장치 입력</translation>
        </message>
        <message>
            <source>Frame</source>
            <translation>프레임</translation>
        </message>
        <message>
            <source>Encode</source>
            <translation>인코딩</translation>
        </message>
        <message>
            <source>Queue</source>
            <translation>대기</translation>
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
            <source>Device out</source>
            <translation>장치 출력</translation>
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
            <source>The call's connection through the relay does not stand yet. Try again in a moment.</source>
            <translation>릴레이를 지나는 통화 연결이 아직 준비되지 않았습니다. 잠시 후 다시 시도하세요.</translation>
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
            <source>After an interruption somebody answered who could not prove to be the one you were talking to. Call again, and compare the words.</source>
            <translation>연결이 끊겼다 이어진 뒤, 통화하던 사람임을 증명하지 못하는 누군가가 응답했습니다. 다시 걸어 낱말을 비교하세요.</translation>
        </message>
        <message>
            <source>After an interruption another key was shown than before it. Ask them in another way than through this relay.</source>
            <translation>연결이 끊겼다 이어진 뒤 그 전과 다른 키가 나타났습니다. 이 릴레이가 아닌 다른 방법으로 상대에게 물어보세요.</translation>
        </message>
        <message>
            <source>The proxy wants a name and a password, or does not know the ones given: write them into its address, http://NAME:PASSWORD@HOST:PORT.</source>
            <translation>프록시가 이름과 비밀번호를 요구하거나, 주어진 것을 알지 못합니다. 주소에 http://NAME:PASSWORD@HOST:PORT 처럼 적으세요.</translation>
        </message>
        <message>
            <source>The proxy does not let Glasscall through to the relay.</source>
            <translation>프록시가 Glasscall을 릴레이까지 보내 주지 않습니다.</translation>
        </message>
        <message>
            <source>What answers at the proxy's address is no HTTP proxy.</source>
            <translation>프록시 주소에서 응답하는 것은 HTTP 프록시가 아닙니다.</translation>
        </message>
        <message>
            <source>The proxy hung up before there was a way to the relay.</source>
            <translation>릴레이까지 길이 열리기 전에 프록시가 연결을 끊었습니다.</translation>
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
            <source>Times in ms · dashed: in the clear · RTT: round trip</source>
            <translation>시간은 ms · 점선은 평문 · RTT는 왕복 한 번</translation>
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
            <translation>{name}의 전화기</translation>
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
            <source>{who} does not wait for the answer: it already says something, encrypted with a key from the earlier connection.</source>
            <translation>{who}가 대답을 기다리지 않고, 이전 연결에서 얻은 키로 암호화해 벌써 무언가를 말합니다.</translation>
        </message>
        <message>
            <source>{who} raises an alert, {name}, and gives up.</source>
            <translation>{who}가 경고({name})를 보내고 그만둡니다.</translation>
        </message>
        <message>
            <source>{who} says goodbye: so the other end knows that nothing was cut off.</source>
            <translation>{who}가 작별 인사를 합니다. 그래서 상대는 중간에 잘린 것이 없음을 압니다.</translation>
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
            <source>+ a hash of the handshake so far</source>
            <translation>+ 지금까지의 핸드셰이크 해시</translation>
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
            <source>{who} encrypts with it what it says ahead of time</source>
            <translation>{who}가 미리 말하는 것을 이것으로 암호화</translation>
        </message>
        <message>
            <source>{who} encrypts with it</source>
            <translation>{who}가 이것으로 암호화</translation>
        </message>
        <message>
            <source>{who} encrypts all that follows with it</source>
            <translation>그 뒤의 모든 것을 {who}가 이것으로 암호화</translation>
        </message>
        <message>
            <source>after a KeyUpdate: made from the one before, which is forgotten</source>
            <translation>KeyUpdate 뒤: 앞의 비밀로 새로 만들고 앞의 것은 잊음</translation>
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
            <source>nothing but its name</source>
            <translation>이름뿐, 내용 없음</translation>
        </message>
        <message>
            <source>nothing</source>
            <translation>없음</translation>
        </message>
        <message>
            <source>no certificate</source>
            <translation>인증서 없음</translation>
        </message>
        <message>
            <source>encryption begins</source>
            <translation>암호화 시작</translation>
        </message>
        <message>
            <source>a session to resume</source>
            <translation>재개할 세션</translation>
        </message>
        <message>
            <source>a second time, which is forbidden</source>
            <translation>두 번째로 나옴, 금지됨</translation>
        </message>
        <message>
            <source>the client's public key</source>
            <translation>클라이언트의 공개 키</translation>
        </message>
        <message>
            <source>the client's public key, or a secret encrypted for the server</source>
            <translation>클라이언트의 공개 키 또는 서버만 풀 수 있게 암호화한 비밀</translation>
        </message>
        <message>
            <source>the name of a key that both know, and the client's public key</source>
            <translation>양쪽이 아는 키의 이름과 클라이언트의 공개 키</translation>
        </message>
        <message>
            <source>4, both coordinates follow</source>
            <translation>4, 두 좌표가 뒤따름</translation>
        </message>
        <message>
            <source>no compression</source>
            <translation>압축 없음</translation>
        </message>
        <message>
            <source>not a CA: it cannot issue certificates</source>
            <translation>CA가 아님: 인증서를 발급할 수 없음</translation>
        </message>
        <message>
            <source>a CA: it can issue certificates</source>
            <translation>CA: 인증서를 발급할 수 있음</translation>
        </message>
        <message>
            <source>{count} bytes: {head}</source>
            <translation>{count}바이트: {head}</translation>
        </message>
        <message>
            <source>{count} random bytes: {head}</source>
            <translation>무작위 {count}바이트: {head}</translation>
        </message>
        <message>
            <source>{count} bits: {head}</source>
            <translation>{count}비트: {head}</translation>
        </message>
        <message>
            <source>{count} of {due} bytes</source>
            <translation>{due}바이트 중 {count}바이트</translation>
        </message>
        <message>
            <source>{count} bytes, but only {left} follow</source>
            <translation>{count}바이트라지만 뒤에 {left}바이트뿐</translation>
        </message>
        <message>
            <source>{count} bytes, {due} are due</source>
            <translation>{count}바이트, {due}바이트여야 함</translation>
        </message>
        <message>
            <source>{count} bytes that do not belong here</source>
            <translation>여기 있으면 안 되는 {count}바이트</translation>
        </message>
        <message>
            <source>{count} bytes, left as they are: the message has too many fields</source>
            <translation>{count}바이트, 그대로 둠: 메시지에 필드가 너무 많음</translation>
        </message>
        <message>
            <source>{count} bytes, left as they are: nested too deep</source>
            <translation>{count}바이트, 그대로 둠: 너무 깊이 겹침</translation>
        </message>
        <message>
            <source>{count} bytes, left as they are: no DER</source>
            <translation>{count}바이트, 그대로 둠: DER가 아님</translation>
        </message>
        <message>
            <source>{count} bytes, not interpreted</source>
            <translation>{count}바이트, 해석하지 않음</translation>
        </message>
        <message>
            <source>{count} bytes of a kind not known to this program</source>
            <translation>이 프로그램이 모르는 종류의 {count}바이트</translation>
        </message>
        <message>
            <source>{count} bytes, a point in a form that is not allowed</source>
            <translation>{count}바이트, 허용되지 않는 형식의 점</translation>
        </message>
        <message>
            <source>{count} bytes, a fingerprint of the whole handshake made with its key</source>
            <translation>{count}바이트, 핸드셰이크의 키로 만든 핸드셰이크 전체의 지문</translation>
        </message>
        <message>
            <source>{count} bytes of zeros</source>
            <translation>0으로 채운 {count}바이트</translation>
        </message>
        <message>
            <source>{count} bytes that should be zeros and are not</source>
            <translation>0이어야 하는데 아닌 {count}바이트</translation>
        </message>
        <message>
            <source>{count} bytes, {note}</source>
            <translation>{count}바이트, {note}</translation>
        </message>
        <message>
            <source>{count} extensions</source>
            <translation>확장 {count}개</translation>
        </message>
        <message>
            <source>{count} certificates, the first: {rest}</source>
            <translation>인증서 {count}개, 첫째: {rest}</translation>
        </message>
        <message>
            <source>{one} ({count} bytes) + {other} ({more} bytes)</source>
            <translation>{one} ({count}바이트) + {other} ({more}바이트)</translation>
        </message>
        <message>
            <source>{count} records</source>
            <translation>레코드 {count}개</translation>
        </message>
        <message>
            <source>{count} bytes of ciphertext, and a tag of {tag}</source>
            <translation>암호문 {count}바이트와 태그 {tag}바이트</translation>
        </message>
        <message>
            <source>a key exchange from a password, with a prime of {count} bits</source>
            <translation>{count}비트 소수를 쓰는, 비밀번호로 하는 키 교환</translation>
        </message>
        <message>
            <source>a point on the curve, {count} bytes</source>
            <translation>곡선 위의 점, {count}바이트</translation>
        </message>
        <message>
            <source>classical Diffie-Hellman with a prime of {count} bits</source>
            <translation>{count}비트 소수를 쓰는 고전적인 디피-헬먼</translation>
        </message>
        <message>
            <source>a CA: it can issue certificates, at most {count} CAs below it</source>
            <translation>CA: 인증서를 발급할 수 있음, 아래로 CA {count}단계까지</translation>
        </message>
        <message>
            <source>not known in a {name}</source>
            <translation>{name}에서 모르는 확장</translation>
        </message>
        <message>
            <source>good for {span}</source>
            <translation>{span} 동안 유효</translation>
        </message>
        <message>
            <source>{who}, issued by {by}, valid from {first} to {last}</source>
            <translation>{who}, 발급자 {by}, {first}부터 {last}까지 유효</translation>
        </message>
        <message>
            <source>valid from {first} to {last}</source>
            <translation>{first}부터 {last}까지 유효</translation>
        </message>
        <message>
            <source>{type}, {count} bytes</source>
            <translation>{type}, {count}바이트</translation>
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
            <source>not checked here</source>
            <translation>여기서는 확인하지 않음</translation>
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
            <source>renewed from {date}</source>
            <translation>{date}부터 갱신</translation>
        </message>
        <message>
            <source>Renewed over the link on {date}, for the same key. The one before is good until {until}. New calls and links show this one.</source>
            <translation>{date}에 같은 키로 연결을 통해 갱신했습니다. 이전 인증서는 {until}까지 유효합니다. 새 통화와 연결에는 이 인증서를 보입니다.</translation>
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
            <source>not yet</source>
            <translation>아직</translation>
        </message>
        <message>
            <source>certified on {date}</source>
            <translation>{date}에 인증됨</translation>
        </message>
        <message>
            <source>words compared {date}</source>
            <translation>단어 비교 {date}</translation>
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
            <source>Time until data, {ms} ms away</source>
            <translation>데이터까지의 시간, 왕복 {ms} ms</translation>
        </message>
        <message>
            <source>Time on the bare loopback</source>
            <translation>루프백에서만 잰 시간</translation>
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
            <source>Medians of {runs} runs each, over this computer’s loopback, with a round trip of {ms} ms.</source>
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
            <source>Voice (Opus)</source>
            <translation>음성(Opus)</translation>
        </message>
        <message>
            <source>RTP headers</source>
            <translation>RTP 헤더</translation>
        </message>
        <message>
            <source>Length prefixes</source>
            <translation>길이 접두부</translation>
        </message>
        <message>
            <source>SRTP protection</source>
            <translation>SRTP 보호</translation>
        </message>
        <message>
            <source>TLS protection</source>
            <translation>TLS 보호</translation>
        </message>
        <message>
            <source>Share of the leg’s bytes</source>
            <translation>레그 바이트의 구성</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>내보내기…</translation>
        </message>
        <message>
            <source>Save the capture, the journal or a report, to check it elsewhere</source>
            <translation>캡처, 저널, 보고서를 저장해 다른 곳에서 확인해요</translation>
        </message>
        <message>
            <source>Take it with you and check it</source>
            <translation>가져가서 직접 확인해 보세요</translation>
        </message>
        <message>
            <source>Everything this phone observed, as files that other programs read. A running call is not disturbed.</source>
            <translation>이 전화기가 관찰한 모든 것을 다른 프로그램이 읽을 수 있는 파일로 저장해요. 진행 중인 통화는 방해받지 않아요.</translation>
        </message>
        <message>
            <source>Call report (HTML)</source>
            <translation>통화 보고서(HTML)</translation>
        </message>
        <message>
            <source>Capture (pcapng)</source>
            <translation>캡처(pcapng)</translation>
        </message>
        <message>
            <source>Journal (JSON)</source>
            <translation>저널(JSON)</translation>
        </message>
        <message>
            <source>Capture with TLS secrets</source>
            <translation>TLS 비밀이 든 캡처</translation>
        </message>
        <message>
            <source>What was safe in the last call, what was not, and how to check each claim.</source>
            <translation>지난 통화에서 무엇이 안전했고 무엇이 아니었는지, 그리고 하나하나 확인하는 방법이에요.</translation>
        </message>
        <message>
            <source>Our own traffic for Wireshark, as an eavesdropper has it: no voice, and nobody you called, can be read in it.</source>
            <translation>도청자가 보는 그대로의 우리 트래픽을 Wireshark용으로 저장해요. 음성도, 누구에게 걸었는지도 읽을 수 없어요.</translation>
        </message>
        <message>
            <source>Every observation with its time, for programs. It holds no key.</source>
            <translation>모든 관찰을 시각과 함께, 프로그램이 읽도록 저장해요. 키는 들어 있지 않아요.</translation>
        </message>
        <message>
            <source>The same with its keys: Wireshark shows what was inside.</source>
            <translation>같은 캡처에 키를 넣어요. Wireshark에서 안의 내용이 보여요.</translation>
        </message>
        <message>
            <source>This phone keeps no TLS secrets, so there are none to save. Start it with --key-log FILE to have them.</source>
            <translation>이 전화기는 TLS 비밀을 보관하지 않아서 저장할 것이 없어요. 필요하면 --key-log FILE로 시작하세요.</translation>
        </message>
        <message>
            <source>Save…</source>
            <translation>저장…</translation>
        </message>
        <message>
            <source>Save: {name}</source>
            <translation>저장: {name}</translation>
        </message>
        <message>
            <source>Saving…</source>
            <translation>저장하는 중…</translation>
        </message>
        <message>
            <source>Saved: {path}</source>
            <translation>저장했어요: {path}</translation>
        </message>
        <message>
            <source>Web page (*.html)</source>
            <translation>웹 페이지 (*.html)</translation>
        </message>
        <message>
            <source>Packet capture (*.pcapng)</source>
            <translation>패킷 캡처 (*.pcapng)</translation>
        </message>
        <message>
            <source>JSON (*.json)</source>
            <translation>JSON (*.json)</translation>
        </message>
        <message>
            <source>It could not be saved at {path}. Choose another place, or make room there.</source>
            <translation>{path}에 저장하지 못했어요. 다른 곳을 고르거나 공간을 비워 주세요.</translation>
        </message>
        <message>
            <source>Whoever has this file can read your calls</source>
            <translation>이 파일을 가진 사람은 통화를 읽을 수 있어요</translation>
        </message>
        <message>
            <source>It opens your line to the relay, with the names of whom you called, and what was said can be made out from it. Save it only where nobody else looks, do not send it to anybody, and delete it when you have looked.</source>
            <translation>릴레이와의 회선이 열려 누구에게 걸었는지 보이고, 통화에서 한 말까지 알아낼 수 있어요. 아무도 보지 않는 곳에만 저장하고, 누구에게도 보내지 말고, 다 본 뒤에는 지우세요.</translation>
        </message>
        <message>
            <source>Save with the secrets…</source>
            <translation>비밀과 함께 저장…</translation>
        </message>
        <message>
            <source>Do not save</source>
            <translation>저장 안 함</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>{count} attacks, on this machine only, against the real program</source>
            <translation>이 컴퓨터 안에서만, 실제 프로그램을 상대로 하는 공격 {count}가지</translation>
        </message>
        <message>
            <source>Mallory listens, alters, lies and floods. For each attack a real relay and real phones are started, and you see what stopped her.</source>
            <translation>맬러리는 엿듣고, 고치고, 속이고, 쏟아부어요. 공격마다 실제 릴레이와 실제 전화기를 띄우고, 무엇이 맬러리를 막았는지 보여 줘요.</translation>
        </message>
        <message>
            <source>Loopback only</source>
            <translation>루프백만 써요</translation>
        </message>
        <message>
            <source>Not one byte leaves this computer: everything goes over 127.0.0.1.</source>
            <translation>한 바이트도 이 컴퓨터를 떠나지 않아요. 모두 127.0.0.1로만 오가요.</translation>
        </message>
        <message>
            <source>Nothing of yours</source>
            <translation>내 것은 건드리지 않아요</translation>
        </message>
        <message>
            <source>People, keys and relay are made for each attack and gone after it. Your calls go on.</source>
            <translation>사람과 키와 릴레이는 공격마다 새로 만들고 끝나면 없어져요. 내 통화는 그대로 이어져요.</translation>
        </message>
        <message>
            <source>Only what was seen</source>
            <translation>관찰한 것만 말해요</translation>
        </message>
        <message>
            <source>Each verdict is an alert, an error or a counter that was observed in that very run.</source>
            <translation>판정은 모두 바로 그 실행에서 관찰한 경고, 오류, 숫자예요.</translation>
        </message>
        <message>
            <source>Run all {count}</source>
            <translation>{count}가지 모두 실행</translation>
        </message>
        <message>
            <source>takes about half a minute</source>
            <translation>30초쯤 걸려요</translation>
        </message>
        <message>
            <source>Look at them one by one</source>
            <translation>하나씩 살펴보기</translation>
        </message>
        <message>
            <source>Listening in</source>
            <translation>엿듣기</translation>
        </message>
        <message>
            <source>Altering and replaying records</source>
            <translation>레코드를 고치고 다시 보내기</translation>
        </message>
        <message>
            <source>Cutting off</source>
            <translation>끊어 버리기</translation>
        </message>
        <message>
            <source>Forcing weaker encryption</source>
            <translation>더 약한 암호화로 끌어내리기</translation>
        </message>
        <message>
            <source>Posing as the relay</source>
            <translation>릴레이인 척하기</translation>
        </message>
        <message>
            <source>Posing as a person</source>
            <translation>다른 사람인 척하기</translation>
        </message>
        <message>
            <source>Getting into a call</source>
            <translation>통화에 끼어들기</translation>
        </message>
        <message>
            <source>Sitting in between</source>
            <translation>중간에 앉기</translation>
        </message>
        <message>
            <source>Meddling with the voice</source>
            <translation>음성 건드리기</translation>
        </message>
        <message>
            <source>Flooding</source>
            <translation>쏟아붓기</translation>
        </message>
        <message>
            <source>Not run yet</source>
            <translation>아직 실행하지 않음</translation>
        </message>
        <message>
            <source>Running…</source>
            <translation>실행하는 중…</translation>
        </message>
        <message>
            <source>Held</source>
            <translation>막아 냈어요</translation>
        </message>
        <message>
            <source>Did not hold</source>
            <translation>막지 못했어요</translation>
        </message>
        <message>
            <source>The attack itself failed</source>
            <translation>공격 자체가 실패했어요</translation>
        </message>
        <message>
            <source>Not protected: as it must be</source>
            <translation>보호 없음: 그래야 맞아요</translation>
        </message>
        <message>
            <source>Attacks</source>
            <translation>공격</translation>
        </message>
        <message>
            <source>Search attacks</source>
            <translation>공격 찾기</translation>
        </message>
        <message>
            <source>No attack is called that.</source>
            <translation>그런 이름의 공격은 없어요.</translation>
        </message>
        <message>
            <source>Run all</source>
            <translation>모두 실행</translation>
        </message>
        <message>
            <source>Run this</source>
            <translation>이것 실행</translation>
        </message>
        <message>
            <source>Run again</source>
            <translation>다시 실행</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>멈추기</translation>
        </message>
        <message>
            <source>{done} of {count}</source>
            <translation>{count}개 중 {done}개</translation>
        </message>
        <message>
            <source>{held} held</source>
            <translation>{held}개 막아 냄</translation>
        </message>
        <message>
            <source>{count} unprotected, as it must be</source>
            <translation>{count}개 보호 없음(그래야 맞아요)</translation>
        </message>
        <message>
            <source>{count} not as they must be</source>
            <translation>{count}개 잘못됨</translation>
        </message>
        <message>
            <source>Stopped after {done} of {count}.</source>
            <translation>{count}개 중 {done}개를 마치고 멈췄어요.</translation>
        </message>
        <message>
            <source>The lab broke off after {done} of {count}. Run it again.</source>
            <translation>실험이 {count}개 중 {done}개에서 중단됐어요. 다시 실행해 주세요.</translation>
        </message>
        <message>
            <source>The lab broke off after {done} of {count}: {why}</source>
            <translation>실험이 {count}개 중 {done}개에서 중단됐어요: {why}</translation>
        </message>
        <message>
            <source>What Mallory tries</source>
            <translation>맬러리가 하는 일</translation>
        </message>
        <message>
            <source>What stopped it</source>
            <translation>막아 낸 것</translation>
        </message>
        <message>
            <source>Evidence</source>
            <translation>증거</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>왜 그럴까요</translation>
        </message>
        <message>
            <source>observed</source>
            <translation>관찰</translation>
        </message>
        <message>
            <source>Run it, and see what stops it.</source>
            <translation>실행하면 무엇이 막는지 볼 수 있어요.</translation>
        </message>
        <message>
            <source>It is happening now…</source>
            <translation>지금 일어나고 있어요…</translation>
        </message>
        <message>
            <source>Nothing</source>
            <translation>없어요</translation>
        </message>
        <message>
            <source>Nothing: everything was read</source>
            <translation>없어요. 모두 읽혔어요</translation>
        </message>
        <message>
            <source>This is the control: the same call without any protection. It must not hold; that is how you know that the search finds what can be read.</source>
            <translation>이것은 대조 실험, 아무 보호도 없는 같은 통화예요. 막지 못해야 맞아요. 그래야 읽을 수 있는 것은 정말 찾아낸다는 것을 알 수 있어요.</translation>
        </message>
        <message>
            <source>Mallory is on the wire, between you and the relay</source>
            <translation>맬러리는 나와 릴레이 사이의 회선에 있어요</translation>
        </message>
        <message>
            <source>Mallory takes the relay’s place</source>
            <translation>맬러리가 릴레이 자리를 차지해요</translation>
        </message>
        <message>
            <source>The relay itself is in Mallory’s hands</source>
            <translation>릴레이 자체가 맬러리 손에 있어요</translation>
        </message>
        <message>
            <source>Mallory comes to the relay in your name</source>
            <translation>맬러리가 내 이름으로 릴레이에 와요</translation>
        </message>
        <message>
            <source>Mallory connects to the relay like everybody else</source>
            <translation>맬러리도 다른 사람들처럼 릴레이에 연결해요</translation>
        </message>
        <message>
            <source>Mallory</source>
            <translation>맬러리</translation>
        </message>
        <message>
            <source>the relay</source>
            <translation>릴레이</translation>
        </message>
        <message>
            <source>you (alice)</source>
            <translation>나 (alice)</translation>
        </message>
        <message>
            <source>bob</source>
            <translation>bob</translation>
        </message>
        <message>
            <source>attacks the line to the relay</source>
            <translation>릴레이까지의 회선을 공격</translation>
        </message>
        <message>
            <source>attacks what the two of you share</source>
            <translation>두 사람 사이의 것을 공격</translation>
        </message>
        <message>
            <source>nothing is encrypted</source>
            <translation>아무것도 암호화되지 않음</translation>
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
            <source>Observed: {count} records authenticated, 0 rejected ({version}, {cipher}); the relay’s certificate was checked.</source>
            <translation>관찰함: 레코드 {count}개 인증, 거부 0개 ({version}, {cipher}). 릴레이의 인증서를 확인했습니다.</translation>
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
            <source>Observed: {count} records authenticated, 0 rejected ({version}, {group}); the relay vouches for their key. Compare the words.</source>
            <translation>관찰함: 레코드 {count}개 인증, 거부 0개 ({version}, {group}). 릴레이가 상대의 키를 보증합니다. 단어를 비교하세요.</translation>
        </message>
        <message>
            <source>Observed: {count} records authenticated, 0 rejected ({version}, {group}); the same key as in earlier calls.</source>
            <translation>관찰함: 레코드 {count}개 인증, 거부 0개 ({version}, {group}). 이전 통화와 같은 키입니다.</translation>
        </message>
        <message>
            <source>Observed: {count} records authenticated, 0 rejected ({version}, {group}); you compared words over this key.</source>
            <translation>관찰함: 레코드 {count}개 인증, 거부 0개 ({version}, {group}). 이 키로 단어를 비교했습니다.</translation>
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
            <source>Observed: {count} records authenticated, 0 rejected, but {version} ({cipher}): certificates, and so names, cross in the clear.</source>
            <translation>관찰함: 레코드 {count}개 인증, 거부 0개. 다만 {version}({cipher})이라서 인증서, 곧 이름이 그대로 보입니다.</translation>
        </message>
        <message>
            <source>Observed: {count} records authenticated, 1 rejected. It was altered on its way, and the connection was ended.</source>
            <translation>관찰함: 레코드 {count}개 인증, 1개 거부. 오는 길에 바뀐 레코드라서 연결을 끊었습니다.</translation>
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
            <source>Voice by UDP</source>
            <translation>음성: UDP</translation>
        </message>
        <message>
            <source>Voice inside TLS</source>
            <translation>음성: TLS 안</translation>
        </message>
        <message>
            <source>Sent by UDP, received inside TLS</source>
            <translation>보낼 때는 UDP, 받을 때는 TLS 안</translation>
        </message>
        <message>
            <source>Sent inside TLS, received by UDP</source>
            <translation>보낼 때는 TLS 안, 받을 때는 UDP</translation>
        </message>
        <message>
            <source>on {count} connections at once</source>
            <translation>연결 {count}개로 동시에</translation>
        </message>
        <message>
            <source>UDP works both ways</source>
            <translation>UDP가 양쪽으로 잘 통합니다</translation>
        </message>
        <message>
            <source>UDP fell silent</source>
            <translation>UDP가 조용해졌습니다</translation>
        </message>
        <message>
            <source>the relay got nothing by UDP any more</source>
            <translation>릴레이에 UDP로 아무것도 오지 않았습니다</translation>
        </message>
        <message>
            <source>too much got lost by UDP</source>
            <translation>UDP에서 너무 많이 사라졌습니다</translation>
        </message>
        <message>
            <source>nobody answers by UDP</source>
            <translation>UDP로 아무도 답하지 않습니다</translation>
        </message>
        <message>
            <source>the other way is not there any more</source>
            <translation>다른 길이 없어졌습니다</translation>
        </message>
        <message>
            <source>you wanted it so</source>
            <translation>그렇게 정하셨습니다</translation>
        </message>
        <message>
            <source>every call begins so</source>
            <translation>모든 통화는 이렇게 시작합니다</translation>
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
            <source>Voice</source>
            <translation>음성</translation>
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
            <source>How the voice sounds, where its delay comes from, and how it is sent</source>
            <translation>음성이 어떻게 들리는지, 지연이 어디서 오는지, 어떻게 보내는지</translation>
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
            <source>A new key exchange protects all that follows. Only the call’s token came ahead of it, with the ClientHello (0-RTT): it works once, so a replay buys nothing.</source>
            <translation>그 뒤의 모든 것은 새 키 교환이 지켜요. 통화의 토큰만 그보다 먼저 ClientHello와 함께 갔어요(0-RTT). 한 번만 쓸 수 있어서 다시 보내도 소용없어요.</translation>
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
            <source>See it in a browser: https://{address}/. It will warn, because it does not know your relay’s CA.</source>
            <translation>브라우저에서 https://{address}/ 를 열어 보세요. 브라우저는 이 릴레이의 CA를 모르기 때문에 경고를 띄워요.</translation>
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
            <source>Each frame of sound, 5 to 40 ms of it, is an SRTP packet of its own, with keys taken from the end-to-end session. What comes too late is bridged over, not waited for.</source>
            <translation>소리를 5~40 ms짜리 프레임으로 나누어 SRTP 패킷을 하나씩 만들고, 종단 간 세션에서 뽑은 키로 암호화해요. 너무 늦게 온 것은 기다리지 않고 메워 넘어가요.</translation>
        </message>
        <message>
            <source>Voice packets have one size, even in silence: sizes that follow the voice betray what is said (RFC 6562). Only the network makes them change.</source>
            <translation>조용할 때도 음성 패킷의 크기는 늘 같아요. 음성을 따라 크기가 변하면 무슨 말인지 드러날 수 있거든요(RFC 6562). 크기는 네트워크 때문에만 바뀌어요.</translation>
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
            <source>Clear</source>
            <translation>깨끗함</translation>
        </message>
        <message>
            <source>Fair</source>
            <translation>보통</translation>
        </message>
        <message>
            <source>Poor</source>
            <translation>나쁨</translation>
        </message>
        <message>
            <source>Packets get lost on the way.</source>
            <translation>패킷이 도중에 사라집니다.</translation>
        </message>
        <message>
            <source>Packets get lost on the way, several in a row.</source>
            <translation>패킷이 도중에 여러 개씩 잇달아 사라집니다.</translation>
        </message>
        <message>
            <source>Packets come too late to be played.</source>
            <translation>패킷이 재생하기에 너무 늦게 옵니다.</translation>
        </message>
        <message>
            <source>Packets come late in bursts.</source>
            <translation>패킷이 한꺼번에 몰려 늦게 옵니다.</translation>
        </message>
        <message>
            <source>The way through the network takes long.</source>
            <translation>네트워크를 지나는 데 오래 걸립니다.</translation>
        </message>
        <message>
            <source>Packets come unevenly, so they must wait for each other.</source>
            <translation>패킷이 고르지 않게 와서 서로 기다려야 합니다.</translation>
        </message>
        <message>
            <source>The sound devices take long.</source>
            <translation>소리 장치에서 오래 걸립니다.</translation>
        </message>
        <message>
            <source>The voice comes in few bits.</source>
            <translation>음성이 적은 비트로 옵니다.</translation>
        </message>
        <message>
            <source>The sound ran out for moments, though no packet was lost.</source>
            <translation>사라진 패킷은 없지만 소리가 잠깐씩 끊겼습니다.</translation>
        </message>
        <message>
            <source>Nothing disturbs it.</source>
            <translation>방해하는 것이 없습니다.</translation>
        </message>
        <message>
            <source>Several small things come together.</source>
            <translation>작은 것 여러 가지가 겹쳤습니다.</translation>
        </message>
        <message>
            <source>{loss} % were missing; copies fill all but {rest} %.</source>
            <translation>{loss} %가 빠졌고, 사본으로 {rest} %만 남기고 채웁니다.</translation>
        </message>
        <message>
            <source>Gaps are filled with similar sound: {concealed} %.</source>
            <translation>빈 곳을 비슷한 소리로 메웁니다: {concealed} %.</translation>
        </message>
        <message>
            <source>The jitter buffer waits {ms} ms.</source>
            <translation>지터 버퍼가 {ms} ms 기다립니다.</translation>
        </message>
        <message>
            <source>It takes about {ms} ms; no phone can shorten that.</source>
            <translation>약 {ms} ms가 걸리며, 전화기가 줄일 수 없습니다.</translation>
        </message>
        <message>
            <source>Devices and coding take {ms} ms.</source>
            <translation>장치와 코딩에 {ms} ms가 듭니다.</translation>
        </message>
        <message>
            <source>Their phone steps up when the way carries more.</source>
            <translation>회선에 여유가 생기면 상대방 전화기가 다시 올립니다.</translation>
        </message>
        <message>
            <source>How it sounds</source>
            <translation>어떻게 들리는가</translation>
        </message>
        <message>
            <source>Judged from the first seconds of talking</source>
            <translation>통화 처음 몇 초를 듣고 판단합니다</translation>
        </message>
        <message>
            <source>mouth to ear</source>
            <translation>입에서 귀까지</translation>
        </message>
        <message>
            <source>You send: {mode} – {why}</source>
            <translation>보내기: {mode} – {why}</translation>
        </message>
        <message>
            <source>You send: {mode}, {copies} – {why}</source>
            <translation>보내기: {mode}, {copies} – {why}</translation>
        </message>
        <message>
            <source>Open the voice page</source>
            <translation>음성 페이지 열기</translation>
        </message>
        <message>
            <source>Automatic</source>
            <translation>자동</translation>
        </message>
        <message>
            <source>Closest</source>
            <translation>가장 가까이</translation>
        </message>
        <message>
            <source>Balanced</source>
            <translation>균형</translation>
        </message>
        <message>
            <source>Robust</source>
            <translation>튼튼하게</translation>
        </message>
        <message>
            <source>Moves among the three as the network allows</source>
            <translation>네트워크에 맞추어 세 가지 사이를 오갑니다</translation>
        </message>
        <message>
            <source>The least delay, for a near and even network</source>
            <translation>지연이 가장 적습니다. 가깝고 고른 네트워크용</translation>
        </message>
        <message>
            <source>Little delay for few bits, for a clean network</source>
            <translation>적은 비트로 지연이 적습니다. 깨끗한 네트워크용</translation>
        </message>
        <message>
            <source>Goes on through loss: each frame is sent again in later packets</source>
            <translation>손실이 있어도 이어집니다. 프레임마다 뒤 패킷에서 다시 보냅니다</translation>
        </message>
        <message>
            <source>the call has just begun</source>
            <translation>통화가 막 시작되었습니다</translation>
        </message>
        <message>
            <source>the network is clean</source>
            <translation>네트워크가 깨끗합니다</translation>
        </message>
        <message>
            <source>the network is near and even</source>
            <translation>네트워크가 가깝고 고릅니다</translation>
        </message>
        <message>
            <source>as you chose</source>
            <translation>직접 고른 대로입니다</translation>
        </message>
        <message>
            <source>{loss} % of your packets get lost</source>
            <translation>내 패킷의 {loss} %가 사라집니다</translation>
        </message>
        <message>
            <source>{loss} % of your packets get lost, in runs</source>
            <translation>내 패킷의 {loss} %가 잇달아 사라집니다</translation>
        </message>
        <message>
            <source>the line takes no more: packets pile up here</source>
            <translation>회선이 꽉 차서 패킷이 여기에 쌓입니다</translation>
        </message>
        <message>
            <source>the line is full: the way takes longer and longer</source>
            <translation>회선이 꽉 차서 점점 오래 걸립니다</translation>
        </message>
        <message>
            <source>the line is full: more bits meant more loss</source>
            <translation>회선이 꽉 차서 비트를 늘리자 손실이 늘었습니다</translation>
        </message>
        <message>
            <source>it fits best</source>
            <translation>가장 알맞습니다</translation>
        </message>
        <message>
            <source>each frame once</source>
            <translation>프레임마다 한 번</translation>
        </message>
        <message>
            <source>each frame twice</source>
            <translation>프레임마다 두 번</translation>
        </message>
        <message>
            <source>each frame three times</source>
            <translation>프레임마다 세 번</translation>
        </message>
        <message>
            <source>each frame four times</source>
            <translation>프레임마다 네 번</translation>
        </message>
        <message>
            <source>How you send</source>
            <translation>내가 보내는 방식</translation>
        </message>
        <message>
            <source>{mode}: {why}.</source>
            <translation>{mode}: {why}.</translation>
        </message>
        <message>
            <source>{mode}, chosen by itself: {why}.</source>
            <translation>{mode}(자동 선택): {why}.</translation>
        </message>
        <message>
            <source>Mode</source>
            <translation>모드</translation>
        </message>
        <message>
            <source>{ms} ms, {count} packets a second</source>
            <translation>{ms} ms, 초당 패킷 {count}개</translation>
        </message>
        <message>
            <source>{ms} ms, {count} packets a second, Opus in low delay</source>
            <translation>{ms} ms, 초당 패킷 {count}개, Opus 저지연</translation>
        </message>
        <message>
            <source>Bit rate</source>
            <translation>비트 전송률</translation>
        </message>
        <message>
            <source>{rate} kb/s, constant</source>
            <translation>{rate} kb/s, 일정</translation>
        </message>
        <message>
            <source>Every packet is as large as the one before it, so that sizes do not tell what is said (RFC 6562). Only the network makes them change, never the voice.</source>
            <translation>모든 패킷은 앞의 것과 크기가 같아서 크기로는 무슨 말을 하는지 알 수 없습니다(RFC 6562). 크기는 네트워크 때문에만 바뀌고 음성 때문에는 바뀌지 않습니다.</translation>
        </message>
        <message>
            <source>Copies</source>
            <translation>사본</translation>
        </message>
        <message>
            <source>Each packet carries its own frame, and again those {distances} before it</source>
            <translation>패킷마다 자기 프레임과 함께 {distances}번째 앞의 프레임을 다시 싣습니다</translation>
        </message>
        <message>
            <source>Each packet carries its own frame alone</source>
            <translation>패킷마다 자기 프레임만 싣습니다</translation>
        </message>
        <message>
            <source>Nothing to hear yet</source>
            <translation>아직 들리는 것이 없습니다</translation>
        </message>
        <message>
            <source>While you talk, this page shows how the voice sounds, where its delay comes from, and how it is sent.</source>
            <translation>통화하는 동안 음성이 어떻게 들리는지, 지연이 어디서 오는지, 어떻게 보내는지 여기에 보입니다.</translation>
        </message>
        <message>
            <source>The call is over; this is what was seen last.</source>
            <translation>통화가 끝났습니다. 마지막으로 본 상태입니다.</translation>
        </message>
        <message>
            <source>From {name}’s mouth to your ear</source>
            <translation>{name} 님의 입에서 내 귀까지</translation>
        </message>
        <message>
            <source>Each station begins where the one before it ends.</source>
            <translation>각 단계는 앞 단계가 끝나는 곳에서 시작합니다.</translation>
        </message>
        <message>
            <source>Their microphone and its driver, as their phone says</source>
            <translation>상대방의 마이크와 드라이버. 상대방 전화기가 알려 준 값</translation>
        </message>
        <message>
            <source>Until a whole frame is there to be encoded, as their phone says</source>
            <translation>인코딩할 프레임 하나가 다 찰 때까지. 상대방 전화기가 알려 준 값</translation>
        </message>
        <message>
            <source>Their echo and noise processing, Opus and its look-ahead</source>
            <translation>상대방의 반향·잡음 처리, Opus와 그 미리 보기</translation>
        </message>
        <message>
            <source>Encrypting, and handing over to the network</source>
            <translation>암호화하여 네트워크에 넘기기까지</translation>
        </message>
        <message>
            <source>Half of the measured round trip: an estimate</source>
            <translation>측정한 왕복 시간의 절반: 추정값</translation>
        </message>
        <message>
            <source>Waits so that packets that come unevenly play evenly; measured here</source>
            <translation>고르지 않게 오는 패킷을 고르게 재생하려고 기다립니다. 여기서 측정</translation>
        </message>
        <message>
            <source>Decrypting and Opus; measured here</source>
            <translation>복호화와 Opus. 여기서 측정</translation>
        </message>
        <message>
            <source>Your loudspeaker and what waits before it; measured here</source>
            <translation>내 스피커와 그 앞에서 기다리는 소리. 여기서 측정</translation>
        </message>
        <message>
            <source>{name}’s phone, as it says</source>
            <translation>{name} 님의 전화기(스스로 알린 값)</translation>
        </message>
        <message>
            <source>Network, estimated</source>
            <translation>네트워크(추정)</translation>
        </message>
        <message>
            <source>Your phone, measured</source>
            <translation>내 전화기(측정)</translation>
        </message>
        <message>
            <source>{sum} ms in all: {stages}</source>
            <translation>모두 {sum} ms: {stages}</translation>
        </message>
        <message>
            <source>The last minute</source>
            <translation>지난 1분</translation>
        </message>
        <message>
            <source>mouth to ear, ms</source>
            <translation>입에서 귀까지, ms</translation>
        </message>
        <message>
            <source>round trip, ms</source>
            <translation>왕복, ms</translation>
        </message>
        <message>
            <source>Below: clear, fair or poor in each second</source>
            <translation>아래 띠: 그때의 음질(깨끗함·보통·나쁨)</translation>
        </message>
        <message>
            <source>What you hear</source>
            <translation>내가 듣는 소리</translation>
        </message>
        <message>
            <source>Of the sound that was due in the last seconds</source>
            <translation>지난 몇 초 동안 와야 했던 소리 가운데</translation>
        </message>
        <message>
            <source>Missing at its time</source>
            <translation>제때 없었음</translation>
        </message>
        <message>
            <source>– had from copies</source>
            <translation>– 사본으로 되살림</translation>
        </message>
        <message>
            <source>Made up: heard as loss</source>
            <translation>지어냄: 손실로 들림</translation>
        </message>
        <message>
            <source>Came too late</source>
            <translation>너무 늦게 옴</translation>
        </message>
        <message>
            <source>Jitter</source>
            <translation>지터</translation>
        </message>
        <message>
            <source>Jitter buffer aims at</source>
            <translation>지터 버퍼 목표</translation>
        </message>
        <message>
            <source>Sped up, slowed down</source>
            <translation>빠르게, 느리게 재생</translation>
        </message>
        <message>
            <source>{shorter} s, {longer} s</source>
            <translation>{shorter}초, {longer}초</translation>
        </message>
        <message>
            <source>{share} %</source>
            <translation>{share} %</translation>
        </message>
        <message>
            <source>Quality, estimated</source>
            <translation>음질(추정)</translation>
        </message>
        <message>
            <source>MOS, of {best}</source>
            <translation>MOS, 최고 {best}</translation>
        </message>
        <message>
            <source>By the E-model (ITU-T G.107), from figures: no ear was asked.</source>
            <translation>E-모델(ITU-T G.107)로 수치에서 계산했습니다. 귀로 들은 평가가 아닙니다.</translation>
        </message>
        <message>
            <source>remains</source>
            <translation>남은 점수</translation>
        </message>
        <message>
            <source>coding and gaps take</source>
            <translation>코딩과 빈 곳</translation>
        </message>
        <message>
            <source>the delay takes</source>
            <translation>지연</translation>
        </message>
        <message>
            <source>Your devices</source>
            <translation>내 장치</translation>
        </message>
        <message>
            <source>Microphone</source>
            <translation>마이크</translation>
        </message>
        <message>
            <source>Loudspeaker</source>
            <translation>스피커</translation>
        </message>
        <message>
            <source>{api}: blocks of {block} ms, {latency} ms of delay</source>
            <translation>{api}: {block} ms 블록, 지연 {latency} ms</translation>
        </message>
        <message>
            <source>not opened yet</source>
            <translation>아직 열지 않음</translation>
        </message>
        <message>
            <source>Ran dry</source>
            <translation>끊김</translation>
        </message>
        <message>
            <source>{count} times in this call</source>
            <translation>이 통화에서 {count}번</translation>
        </message>
        <message>
            <source>never in this call</source>
            <translation>이 통화에서 없음</translation>
        </message>
        <message>
            <source>You: too loud</source>
            <translation>나: 너무 큽니다</translation>
        </message>
        <message>
            <source>Too loud: the microphone clips</source>
            <translation>너무 커서 마이크 소리가 잘립니다</translation>
        </message>
        <message>
            <source>{share} % of the last second was cut off. Turn the microphone down.</source>
            <translation>지난 1초의 {share} %가 잘렸습니다. 마이크 음량을 낮추십시오.</translation>
        </message>
        <message>
            <source>The microphone does not clip</source>
            <translation>마이크 소리가 잘리지 않습니다</translation>
        </message>
        <message>
            <source>“{device}” is there again.</source>
            <translation>‘{device}’ 장치가 다시 연결되었습니다.</translation>
        </message>
        <message>
            <source>Use it</source>
            <translation>사용하기</translation>
        </message>
        <message>
            <source>Echo, noise, loudness</source>
            <translation>반향, 잡음, 음량</translation>
        </message>
        <message>
            <source>Clean my voice</source>
            <translation>내 음성 다듬기</translation>
        </message>
        <message>
            <source>Before your voice is sent: {what}. It adds {ms} ms.</source>
            <translation>음성을 보내기 전에: {what}. {ms} ms가 더해집니다.</translation>
        </message>
        <message>
            <source>Before your voice is sent: {what}. It adds no delay.</source>
            <translation>음성을 보내기 전에: {what}. 지연은 늘지 않습니다.</translation>
        </message>
        <message>
            <source>Your microphone’s sound is sent as it is. With headphones that is enough.</source>
            <translation>마이크 소리를 그대로 보냅니다. 헤드폰을 쓰면 이것으로 충분합니다.</translation>
        </message>
        <message>
            <source>echo is taken out</source>
            <translation>반향을 없앱니다</translation>
        </message>
        <message>
            <source>noise is lowered</source>
            <translation>잡음을 줄입니다</translation>
        </message>
        <message>
            <source>loudness is evened</source>
            <translation>음량을 고르게 합니다</translation>
        </message>
        <message>
            <source>The library that does this cannot be used here: your voice is sent as it is.</source>
            <translation>이 일을 하는 라이브러리를 여기서 쓸 수 없어 음성을 그대로 보냅니다.</translation>
        </message>
        <message>
            <source>The processing broke off: your voice is sent as it is. Use headphones against echo.</source>
            <translation>처리가 중단되어 음성을 그대로 보냅니다. 반향을 막으려면 헤드폰을 쓰십시오.</translation>
        </message>
        <message>
            <source>You are speaking, but your microphone is off</source>
            <translation>말씀하고 계시지만 마이크가 꺼져 있습니다</translation>
        </message>
        <message>
            <source>The microphone “{device}” has stopped.</source>
            <translation>마이크 ‘{device}’이(가) 멈추었습니다.</translation>
        </message>
        <message>
            <source>The microphone “{device}” was opened again after {seconds} s.</source>
            <translation>마이크 ‘{device}’을(를) {seconds}초 만에 다시 열었습니다.</translation>
        </message>
        <message>
            <source>The microphone “{device}” has taken over after {seconds} s.</source>
            <translation>{seconds}초 만에 마이크 ‘{device}’(으)로 바꾸었습니다.</translation>
        </message>
        <message>
            <source>The microphone “{device}” is there again.</source>
            <translation>마이크 ‘{device}’이(가) 다시 연결되었습니다.</translation>
        </message>
        <message>
            <source>The microphone “{device}” is in use now.</source>
            <translation>이제 마이크 ‘{device}’을(를) 씁니다.</translation>
        </message>
        <message>
            <source>The system chose the microphone “{device}”.</source>
            <translation>시스템이 마이크 ‘{device}’을(를) 골랐습니다.</translation>
        </message>
        <message>
            <source>The microphone “{device}” lost sound; it has a larger buffer now.</source>
            <translation>마이크 ‘{device}’에서 소리가 빠져 버퍼를 늘렸습니다.</translation>
        </message>
        <message>
            <source>The microphone “{device}” runs well; it has a smaller buffer now.</source>
            <translation>마이크 ‘{device}’이(가) 잘 돌아가서 버퍼를 줄였습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” has stopped.</source>
            <translation>스피커 ‘{device}’이(가) 멈추었습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” was opened again after {seconds} s.</source>
            <translation>스피커 ‘{device}’을(를) {seconds}초 만에 다시 열었습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” has taken over after {seconds} s.</source>
            <translation>{seconds}초 만에 스피커 ‘{device}’(으)로 바꾸었습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” is there again.</source>
            <translation>스피커 ‘{device}’이(가) 다시 연결되었습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” is in use now.</source>
            <translation>이제 스피커 ‘{device}’을(를) 씁니다.</translation>
        </message>
        <message>
            <source>The system chose the loudspeaker “{device}”.</source>
            <translation>시스템이 스피커 ‘{device}’을(를) 골랐습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” ran dry; it has a larger buffer now.</source>
            <translation>스피커 ‘{device}’의 소리가 끊겨 버퍼를 늘렸습니다.</translation>
        </message>
        <message>
            <source>The loudspeaker “{device}” runs well; it has a smaller buffer now.</source>
            <translation>스피커 ‘{device}’이(가) 잘 돌아가서 버퍼를 줄였습니다.</translation>
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
            <source>UDP</source>
            <translation>UDP</translation>
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
            <source>UDP kept open · {detail}</source>
            <translation>UDP 길 유지 · {detail}</translation>
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
            <source>{matched} packets are byte for byte the encrypted ones; the relay made up or changed {unknown}</source>
            <translation>패킷 {matched}개가 암호문과 바이트 하나까지 같아요. 릴레이가 지어내거나 바꾼 것은 {unknown}개예요</translation>
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
            <source>“…” stands for the RTP header, which SRTP leaves readable.</source>
            <translation>“…”은 SRTP가 암호화하지 않는 RTP 헤더예요.</translation>
        </message>
        <message>
            <source>{count} packets that it says it sent us by UDP never came; UDP may lose them.</source>
            <translation>릴레이가 UDP로 보냈다고 하는 패킷 가운데 {count}개는 오지 않았습니다. UDP에서는 사라질 수 있습니다.</translation>
        </message>
        <message>
            <source>{count} more packets it counted without naming them.</source>
            <translation>이름을 대지 않고 개수만 센 패킷이 {count}개 더 있습니다.</translation>
        </message>
        <message>
            <source>The shape of this call, for whoever watches the network: bytes of each record</source>
            <translation>네트워크를 지켜보는 사람에게 보이는 이 통화의 모양: 레코드마다 몇 바이트인지</translation>
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
            <source>{share} of the records seen are as large as those around them, in speech and in silence (RFC 6562): now {sizes} bytes. When the size steps, it is because of the network.</source>
            <translation>관찰한 레코드의 {share}는 말할 때나 조용할 때나 앞뒤 레코드와 크기가 같습니다(RFC 6562). 지금은 {sizes}바이트입니다. 크기가 달라지는 것은 네트워크 때문입니다.</translation>
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
            <source>Only {share} of the records seen are as large as those around them, or the size steps too often.</source>
            <translation>관찰한 레코드의 {share}만 앞뒤 레코드와 크기가 같거나, 크기가 너무 자주 달라집니다.</translation>
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
        <message>
            <source>Mallory copies everything that passes, and looks for anything she can read.</source>
            <translation>맬러리가 지나가는 것을 모두 복사해 읽을 수 있는 것을 찾아요.</translation>
        </message>
        <message>
            <source>Mallory copies everything that passes, and looks for anything she can read.

She stands where the café's WLAN, the provider or the landlord stands, and writes down each byte between alice and her relay while alice and bob talk. Then she looks for the names, for the words of the signals, for the four words, and for each single frame of the voice as the codec made it.

What should stop it: encryption. Names and signals are inside TLS 1.3, the voice is encrypted twice, end to end and once more on the way to the relay. What is left looks like noise: close to eight bits of entropy in each byte. That somebody talks, for how long and with how many bytes, she does see; that is not hidden.</source>
            <translation>맬러리가 지나가는 것을 모두 복사해 읽을 수 있는 것을 찾아요.

카페 와이파이, 통신사, 집주인이 있는 자리에 서서, alice와 bob이 이야기하는 동안 alice와 릴레이 사이의 바이트를 하나도 빠짐없이 적어 둬요. 그런 다음 이름, 신호의 글자, 네 단어, 코덱이 만든 음성 프레임 하나하나를 찾아봐요.

막아야 하는 것: 암호화예요. 이름과 신호는 TLS 1.3 안에 있고, 음성은 두 번, 종단 간으로 한 번, 릴레이까지 가는 길에서 또 한 번 암호화돼요. 남은 것은 잡음처럼 보여요. 바이트마다 엔트로피가 8비트에 가까워요. 누군가 통화한다는 것, 얼마나 오래, 몇 바이트로 하는지는 보여요. 그것까지 숨기지는 않아요.</translation>
        </message>
        <message>
            <source>The control: the same texts and the same voice frames, sent without protection.</source>
            <translation>대조 실험: 같은 글과 같은 음성 프레임을 아무 보호 없이 보내요.</translation>
        </message>
        <message>
            <source>The control: the same texts and the same voice frames, sent without protection.

A careless program would send just this. Mallory copies it and searches with the same search as in “eavesdrop”.

Nothing should stop her, and nothing does: she finds every name, every signal and every frame, and could play the voice. This is the one scenario that must *not* hold. It proves that the search works: when the same search finds nothing in the real call, then because nothing is readable there.</source>
            <translation>대조 실험: 같은 글과 같은 음성 프레임을 아무 보호 없이 보내요.

부주의한 프로그램이라면 바로 이렇게 보낼 거예요. 맬러리는 이것을 복사해 “eavesdrop”에서와 똑같이 찾아봐요.

아무것도 막지 않아야 하고, 실제로 막지 않아요. 맬러리는 모든 이름과 신호와 프레임을 찾아내고, 음성을 틀어 볼 수도 있어요. 지켜지면 *안 되는* 단 하나의 실험이에요. 찾는 방법이 제대로라는 증거거든요. 같은 방법으로 실제 통화에서 아무것도 나오지 않는다면, 거기에는 읽을 수 있는 것이 없기 때문이에요.</translation>
        </message>
        <message>
            <source>Mallory tells from the sizes of encrypted packets when somebody speaks.</source>
            <translation>맬러리가 암호화된 패킷의 크기를 보고 언제 말하는지 알아내요.</translation>
        </message>
        <message>
            <source>Mallory tells from the sizes of encrypted packets when somebody speaks.

Encryption hides what a packet says, not how long it is. Most codecs spend more bytes on a vowel than on a pause, and send nothing at all while nobody speaks; from such sizes whole phrases have been recognised (RFC 6562). Mallory watches one recording pass twice as real SRTP in real TLS: from the codec as we set it, and from the same codec with a variable bit rate and silence left out, which no phone of ours can be told to use.

What should stop it: a constant bit rate, and packets that go on in every pause. Then there is one size only, and the best guess from it is as good as a coin. The second recording shows that the guess is a good one elsewhere.</source>
            <translation>맬러리가 암호화된 패킷의 크기를 보고 언제 말하는지 알아내요.

암호화는 패킷의 내용을 숨길 뿐 길이는 숨기지 않아요. 대부분의 코덱은 쉴 때보다 모음을 낼 때 바이트를 더 쓰고, 아무도 말하지 않으면 아예 보내지 않아요. 이런 크기만으로 문장을 통째로 알아낸 적도 있어요(RFC 6562). 맬러리는 한 녹음이 실제 TLS 안의 실제 SRTP로 두 번 지나가는 것을 지켜봐요. 한 번은 우리가 설정한 코덱으로, 또 한 번은 같은 코덱에 가변 비트레이트와 무음 생략을 켜서요. 우리 전화기에서는 그렇게 설정할 수 없어요.

막아야 하는 것: 일정한 비트레이트, 그리고 쉬는 동안에도 계속 나가는 패킷이에요. 그러면 크기가 하나뿐이라, 아무리 잘 맞혀 봐야 동전 던지기와 같아요. 두 번째 녹음은 다른 곳에서는 이 추측이 잘 맞는다는 것을 보여 줘요.</translation>
        </message>
        <message>
            <source>One bit of a record is turned over on its way to the relay.</source>
            <translation>릴레이로 가는 레코드의 비트 하나를 뒤집어요.</translation>
        </message>
        <message>
            <source>One bit of a record is turned over on its way to the relay.

Mallory stands between alice and her relay. She cannot read the records, but she can change them: one bit, in the middle of a signal.

What should stop it: the authentication tag that ends every record (AEAD, RFC 8446 §5.2). It is computed over the whole record with a key that Mallory has not, so the relay notices one changed bit among thousands, answers with the alert bad_record_mac, and takes nothing more from this connection. Encryption alone would not do: without the tag, a bit turned in the ciphertext is a bit turned in the message.</source>
            <translation>릴레이로 가는 레코드의 비트 하나를 뒤집어요.

맬러리는 alice와 릴레이 사이에 있어요. 레코드를 읽을 수는 없지만 바꿀 수는 있어요. 신호 한가운데의 비트 하나를요.

막아야 하는 것: 레코드마다 끝에 붙는 인증 태그예요(AEAD, RFC 8446 §5.2). 맬러리에게 없는 키로 레코드 전체에 대해 계산하기 때문에, 릴레이는 수천 비트 가운데 하나가 바뀌어도 알아채고 경고 bad_record_mac으로 답한 뒤 이 연결에서는 더 받지 않아요. 암호화만으로는 부족해요. 태그가 없으면 암호문에서 뒤집힌 비트는 메시지에서도 그대로 뒤집히니까요.</translation>
        </message>
        <message>
            <source>One bit of the encrypted part of the handshake is turned over: of the record that carries the Finished.</source>
            <translation>핸드셰이크의 암호화된 부분, Finished가 담긴 레코드의 비트 하나를 뒤집어요.</translation>
        </message>
        <message>
            <source>One bit of the encrypted part of the handshake is turned over: of the record that carries the Finished.

Mallory waits for the last record of the relay's first flight, the Finished, and changes one bit of it.

What should stop it: in TLS 1.3 everything after ServerHello is encrypted and authenticated already, the certificate and the Finished too. alice cannot open the record, sends the alert bad_record_mac and has no connection.</source>
            <translation>핸드셰이크의 암호화된 부분, Finished가 담긴 레코드의 비트 하나를 뒤집어요.

맬러리는 릴레이가 처음 보내는 묶음의 마지막 레코드, 곧 Finished를 기다렸다가 비트 하나를 바꿔요.

막아야 하는 것: TLS 1.3에서는 ServerHello 다음부터 인증서와 Finished까지 모두 이미 암호화되고 인증돼요. alice는 레코드를 열지 못해 경고 bad_record_mac을 보내고, 연결은 이루어지지 않아요.</translation>
        </message>
        <message>
            <source>The Finished itself is altered by somebody who has stolen the handshake's keys.</source>
            <translation>핸드셰이크의 키를 훔친 사람이 Finished 자체를 고쳐요.</translation>
        </message>
        <message>
            <source>The Finished itself is altered by somebody who has stolen the handshake's keys.

For once Mallory has what nobody but the two ends has: the keys of this handshake, betrayed by alice's key log. She opens the record, turns over one bit of the Finished's verify_data and seals it again so that its tag is right.

What should stop it: verify_data is an HMAC over the transcript, that is over every message of the handshake (RFC 8446 §4.4.4). alice computes her own and compares. They differ, so somebody changed something: alert decrypt_error. This is why a handshake ends with Finished, and why nothing in it can be changed unnoticed.</source>
            <translation>핸드셰이크의 키를 훔친 사람이 Finished 자체를 고쳐요.

이번만은 맬러리가 양쪽 말고는 아무도 갖지 못하는 것을 가졌어요. alice의 키 로그에서 새어 나온 이 핸드셰이크의 키예요. 레코드를 열어 Finished의 verify_data에서 비트 하나를 뒤집고, 태그가 맞도록 다시 봉해요.

막아야 하는 것: verify_data는 트랜스크립트, 곧 핸드셰이크의 모든 메시지에 대한 HMAC이에요(RFC 8446 §4.4.4). alice는 직접 계산해서 비교해요. 다르다면 누군가 무언가를 바꾼 것이니 경고 decrypt_error를 보내요. 핸드셰이크가 Finished로 끝나는 이유, 그 안의 무엇도 몰래 바꿀 수 없는 이유가 이것이에요.</translation>
        </message>
        <message>
            <source>A record is sent twice.</source>
            <translation>레코드 하나를 두 번 보내요.</translation>
        </message>
        <message>
            <source>A record is sent twice.

Mallory cannot make records, but she has one that alice made, tag and all. She lets it pass and sends it again, in the hope that what it says happens twice.

What should stop it: each record's number goes into its nonce (RFC 8446 §5.3), and both ends only count. The copy comes as number n+1, so the tag that was right for number n is wrong: alert bad_record_mac.</source>
            <translation>레코드 하나를 두 번 보내요.

맬러리는 레코드를 만들 수 없지만, alice가 만든 것 하나를 태그까지 통째로 갖고 있어요. 그대로 보내고 한 번 더 보내서, 그 내용이 두 번 일어나기를 바라요.

막아야 하는 것: 레코드의 번호가 논스에 들어가고(RFC 8446 §5.3), 양쪽은 그저 세기만 해요. 복사본은 n+1번으로 도착하니, n번일 때 맞던 태그가 틀려요. 경고 bad_record_mac이에요.</translation>
        </message>
        <message>
            <source>The first flight of a leg is recorded and sent again, byte for byte.</source>
            <translation>음성 회선의 첫 메시지들을 베껴 두었다가 한 바이트도 바꾸지 않고 다시 보내요.</translation>
        </message>
        <message>
            <source>The first flight of a leg is recorded and sent again, byte for byte.

A leg's token travels with its ClientHello, before the relay has answered (0-RTT). Nothing of the relay's is in its keys yet, so these are the only bytes of TLS 1.3 that work for the relay a second time. Mallory has copied them on the wire and sends them again, on connections of her own.

What should stop it: not TLS. The relay decrypts the copy as it did the original (RFC 8446 §8), so nothing may travel there that does harm when it comes twice. It is a token that works once, and alice has used it: the relay refuses, and the leg that stands is not touched. What the relay answers Mallory cannot read.</source>
            <translation>음성 회선의 첫 메시지들을 베껴 두었다가 한 바이트도 바꾸지 않고 다시 보내요.

음성 회선의 토큰은 릴레이가 답하기 전에 ClientHello와 함께 가요(0-RTT). 아직 그 키에는 릴레이가 정한 것이 하나도 들어 있지 않아서, TLS 1.3에서 릴레이에게 두 번째로도 통하는 바이트는 이것뿐이에요. 맬러리는 회선에서 이것을 베껴 두었다가 자기 연결로 다시 보내요.

막아야 하는 것: TLS가 아니에요. 릴레이는 원본처럼 사본도 복호화해요(RFC 8446 §8). 그러니 두 번 와서 해로운 것은 거기로 보내면 안 돼요. 이것은 한 번만 통하는 토큰이고 alice가 이미 썼어요. 릴레이는 거절하고, 이어져 있는 음성 회선은 그대로예요. 릴레이가 답한 것을 맬러리는 읽을 수 없어요.</translation>
        </message>
        <message>
            <source>A connection is ended by TCP alone, as if the relay had said goodbye.</source>
            <translation>릴레이가 작별 인사를 한 것처럼 TCP만으로 연결을 끝내요.</translation>
        </message>
        <message>
            <source>A connection is ended by TCP alone, as if the relay had said goodbye.

Mallory cannot write into the connection, but she can end it: a FIN costs her nothing. If alice took that for the regular end, Mallory could cut off the last message of every conversation (“pay him …” – “… not before Friday”).

What should stop it: the goodbye is itself a protected message, the alert close_notify (RFC 8446 §6.1). A FIN without one before it is a truncation and is called so. For comparison carol, with whom Mallory does not meddle, hears the relay's true goodbye.</source>
            <translation>릴레이가 작별 인사를 한 것처럼 TCP만으로 연결을 끝내요.

맬러리는 연결에 글을 써넣을 수는 없어도 끝낼 수는 있어요. FIN 하나 보내는 데는 아무것도 들지 않으니까요. alice가 이것을 정상적인 끝으로 여긴다면, 맬러리는 어느 대화에서든 마지막 메시지를 잘라 낼 수 있어요(“그에게 돈을 보내요 …” – “… 금요일이 지난 다음에요”).

막아야 하는 것: 작별 인사 자체가 보호된 메시지, 경고 close_notify예요(RFC 8446 §6.1). 그것 없이 온 FIN은 잘린 것이고, 그렇게 부르게 돼요. 비교를 위해, 맬러리가 건드리지 않은 carol은 릴레이의 진짜 작별 인사를 받아요.</translation>
        </message>
        <message>
            <source>The voice's connection is cut in the middle of a call.</source>
            <translation>통화 중에 음성 회선을 끊어요.</translation>
        </message>
        <message>
            <source>The voice's connection is cut in the middle of a call.

Mallory sends a FIN on the leg, the connection that carries the voice, and hopes that alice believes bob hung up.

What should stop it: hanging up is a message inside the session between alice and bob, followed by close_notify. Neither came, so the call is not over. alice's phone opens another leg, with a token that only it was given, and in it another session, whose other end must prove that it held the one before. The voice goes on, and the words stay good.</source>
            <translation>통화 중에 음성 회선을 끊어요.

맬러리는 음성이 오가는 회선에 FIN을 보내고, alice가 bob이 끊었다고 믿기를 바라요.

막아야 하는 것: 전화를 끊는 것은 alice와 bob의 세션 안에서 오가는 메시지이고, 그 뒤에 close_notify가 따라와요. 둘 다 오지 않았으니 통화는 끝난 것이 아니에요. alice의 전화기는 자기만 받은 토큰으로 다른 회선을 열고, 그 안에서 새 세션을 맺어요. 새 세션의 상대는 이전 세션을 가지고 있었음을 증명해야 해요. 음성은 이어지고 낱말도 그대로 유효해요.</translation>
        </message>
        <message>
            <source>The relay's answer is rewritten into one of TLS 1.1.</source>
            <translation>릴레이의 답을 TLS 1.1의 답으로 고쳐 써요.</translation>
        </message>
        <message>
            <source>The relay's answer is rewritten into one of TLS 1.1.

TLS 1.1 of 2006 still relies on SHA-1 and MD5 and on ciphers without a sound tag. Mallory strips the extension that says “TLS 1.3” out of the relay's ServerHello and writes 1.1 in its place.

What should stop it: alice accepts TLS 1.3 and nothing else. She answers with the alert protocol_version.</source>
            <translation>릴레이의 답을 TLS 1.1의 답으로 고쳐 써요.

2006년의 TLS 1.1은 아직 SHA-1과 MD5, 그리고 튼튼한 태그가 없는 암호에 기대고 있어요. 맬러리는 릴레이의 ServerHello에서 “TLS 1.3”이라고 알리는 확장을 떼어 내고 그 자리에 1.1을 써요.

막아야 하는 것: alice는 TLS 1.3 말고는 아무것도 받아들이지 않아요. 경고 protocol_version으로 답해요.</translation>
        </message>
        <message>
            <source>A relay, or somebody in its place, that claims to know nothing newer than TLS 1.2.</source>
            <translation>TLS 1.2보다 새로운 것은 모른다고 하는 릴레이, 또는 릴레이인 척하는 누군가예요.</translation>
        </message>
        <message>
            <source>A relay, or somebody in its place, that claims to know nothing newer than TLS 1.2.

TLS 1.2 can be used safely, but it shows every certificate in clear: who calls is there to be read. Mallory lets alice meet a relay that offers no more than that.

What should stop it: alice allows TLS 1.3 only, and so they share no version: alert protocol_version. (For study TLS 1.2 can be switched on, `--tls 1.2`; it never is by itself.)</source>
            <translation>TLS 1.2보다 새로운 것은 모른다고 하는 릴레이, 또는 릴레이인 척하는 누군가예요.

TLS 1.2도 안전하게 쓸 수 있지만, 인증서를 모두 암호화하지 않고 보여 줘요. 누가 전화하는지 그대로 읽을 수 있어요. 맬러리는 그 이상은 못 하는 릴레이를 alice 앞에 내놓아요.

막아야 하는 것: alice는 TLS 1.3만 허용하니 둘 사이에 공통 버전이 없어요. 경고 protocol_version이에요. (공부를 위해 `--tls 1.2`로 TLS 1.2를 켤 수 있어요. 저절로 켜지는 일은 없어요.)</translation>
        </message>
        <message>
            <source>TLS 1.3 is struck out of what alice offers, before a relay that wants nothing else.</source>
            <translation>TLS 1.3만 받는 릴레이 앞에서, alice의 제안에서 TLS 1.3을 지워요.</translation>
        </message>
        <message>
            <source>TLS 1.3 is struck out of what alice offers, before a relay that wants nothing else.

Mallory removes the extension supported_versions from alice's ClientHello. What is left is a ClientHello of TLS 1.2.

What should stop it: the relay, too, accepts TLS 1.3 only: alert protocol_version. Each end is strict on its own.</source>
            <translation>TLS 1.3만 받는 릴레이 앞에서, alice의 제안에서 TLS 1.3을 지워요.

맬러리는 alice의 ClientHello에서 supported_versions 확장을 떼어 내요. 남은 것은 TLS 1.2의 ClientHello예요.

막아야 하는 것: 릴레이도 TLS 1.3만 받아들여요. 경고 protocol_version이에요. 양쪽이 저마다 엄격해요.</translation>
        </message>
        <message>
            <source>The same between two ends that would both accept TLS 1.2.</source>
            <translation>둘 다 TLS 1.2를 받아들이는 사이에서 같은 일을 해요.</translation>
        </message>
        <message>
            <source>The same between two ends that would both accept TLS 1.2.

Now alice and the relay allow TLS 1.2 as well, for study. Mallory strikes TLS 1.3 from the ClientHello, and the relay answers in good faith: TLS 1.2, then.

What should stop it: a server that knows TLS 1.3 but is asked for 1.2 writes the word DOWNGRD into the last eight bytes of its random number (RFC 8446 §4.1.3). alice knows that she did offer 1.3, so somebody struck it out: alert illegal_parameter. And Mallory cannot change the random number, because it goes into every key.</source>
            <translation>둘 다 TLS 1.2를 받아들이는 사이에서 같은 일을 해요.

이번에는 공부를 위해 alice와 릴레이 모두 TLS 1.2도 허용해요. 맬러리가 ClientHello에서 TLS 1.3을 지우자 릴레이는 곧이곧대로 답해요. 그럼 TLS 1.2로요.

막아야 하는 것: TLS 1.3을 알면서 1.2를 요청받은 서버는 자기 난수의 마지막 여덟 바이트에 DOWNGRD라는 글자를 써요(RFC 8446 §4.1.3). alice는 자기가 1.3을 제안했다는 것을 아니까, 누군가 지웠다는 것도 알아요. 경고 illegal_parameter예요. 난수는 모든 키에 들어가기 때문에 맬러리가 바꿀 수도 없어요.</translation>
        </message>
        <message>
            <source>Alice's offer of ciphers is replaced by broken ones.</source>
            <translation>alice가 제안한 암호를 이미 깨진 것으로 바꿔치기해요.</translation>
        </message>
        <message>
            <source>Alice's offer of ciphers is replaced by broken ones.

Mallory replaces the suites in the ClientHello by RC4, by “export” RC4 with 40 bits, and by NULL, which encrypts nothing. They were once in every browser.

What should stop it: the relay knows none of them: alert handshake_failure. It would rather not talk.</source>
            <translation>alice가 제안한 암호를 이미 깨진 것으로 바꿔치기해요.

맬러리는 ClientHello의 암호 스위트를 RC4, 40비트짜리 “수출용” RC4, 그리고 아무것도 암호화하지 않는 NULL로 바꿔요. 한때는 모든 브라우저에 들어 있던 것들이에요.

막아야 하는 것: 릴레이는 그중 어느 것도 몰라요. 경고 handshake_failure예요. 차라리 말하지 않는 쪽을 택해요.</translation>
        </message>
        <message>
            <source>The relay's choice of cipher is replaced by one that alice did not offer.</source>
            <translation>릴레이가 고른 암호를 alice가 제안하지 않은 것으로 바꿔요.</translation>
        </message>
        <message>
            <source>The relay's choice of cipher is replaced by one that alice did not offer.

Mallory writes TLS_AES_128_CCM_8_SHA256 into the ServerHello: a suite whose tags have 64 bits instead of 128.

What should stop it: a server may choose only from what was offered. alice compares, and sends illegal_parameter.</source>
            <translation>릴레이가 고른 암호를 alice가 제안하지 않은 것으로 바꿔요.

맬러리는 ServerHello에 TLS_AES_128_CCM_8_SHA256을 써넣어요. 태그가 128비트가 아니라 64비트인 암호 스위트예요.

막아야 하는 것: 서버는 제안받은 것 가운데서만 고를 수 있어요. alice는 비교해 보고 illegal_parameter를 보내요.</translation>
        </message>
        <message>
            <source>The name of the protocol is struck out of alice's offer.</source>
            <translation>alice의 제안에서 프로토콜의 이름을 지워요.</translation>
        </message>
        <message>
            <source>The name of the protocol is struck out of alice's offer.

ALPN says what shall be spoken inside (“glasscall/1”), and with it whether the relay must see a certificate. Mallory strikes it out and hopes for a connection of another, laxer kind.

What should stop it: every byte of the hellos goes into the handshake's keys and signatures. alice derived hers from the hello that she sent, the relay from the one that it got; so alice cannot open even the first encrypted record.</source>
            <translation>alice의 제안에서 프로토콜의 이름을 지워요.

ALPN은 안에서 무엇을 말할지(“glasscall/1”), 그리고 릴레이가 인증서를 보아야 하는지를 알려 줘요. 맬러리는 이것을 지우고 더 느슨한 다른 종류의 연결이 되기를 바라요.

막아야 하는 것: 두 Hello의 모든 바이트가 핸드셰이크의 키와 서명에 들어가요. alice는 자기가 보낸 Hello에서, 릴레이는 자기가 받은 Hello에서 키를 만들었어요. 그래서 alice는 암호화된 첫 레코드조차 열 수 없어요.</translation>
        </message>
        <message>
            <source>The post-quantum key exchange is struck out of alice's offer.</source>
            <translation>alice의 제안에서 양자내성 키 교환을 지워요.</translation>
        </message>
        <message>
            <source>The post-quantum key exchange is struck out of alice's offer.

Mallory records today what she hopes to break with a quantum computer tomorrow. For that she must get rid of ML-KEM: she removes X25519MLKEM768 from the groups and the key shares, and leaves the classical X25519.

What should stop it: X25519 alone is acceptable to both, so nobody refuses it. But the hello was altered, and every byte of it goes into the keys: alice cannot open the first encrypted record. A choice can be made by the two ends only, never by somebody between them.</source>
            <translation>alice의 제안에서 양자내성 키 교환을 지워요.

맬러리는 내일 양자 컴퓨터로 풀기를 바라며 오늘 기록해 둬요. 그러려면 ML-KEM을 없애야 해요. 그룹 목록과 key_share에서 X25519MLKEM768을 지우고 고전적인 X25519만 남겨요.

막아야 하는 것: X25519만으로도 양쪽 모두 괜찮으니 아무도 거절하지 않아요. 하지만 Hello가 고쳐졌고, 그 모든 바이트가 키에 들어가요. alice는 암호화된 첫 레코드를 열 수 없어요. 선택은 양쪽 끝만 할 수 있고, 그 사이에 있는 누구도 할 수 없어요.</translation>
        </message>
        <message>
            <source>The relay's certificate has expired.</source>
            <translation>릴레이의 인증서가 만료됐어요.</translation>
        </message>
        <message>
            <source>The relay's certificate has expired.

Mallory has found an old key of the relay's on a discarded disk, with a certificate that was good last year.

What should stop it: a certificate says until when it is good. That limits how long a stolen key is worth having, and alice looks at the date on every connection.</source>
            <translation>릴레이의 인증서가 만료됐어요.

맬러리는 버려진 디스크에서 릴레이의 옛 키와 작년까지 유효했던 인증서를 찾아냈어요.

막아야 하는 것: 인증서에는 언제까지 유효한지 적혀 있어요. 그래서 훔친 키가 쓸모 있는 기간에 끝이 있고, alice는 연결할 때마다 날짜를 봐요.</translation>
        </message>
        <message>
            <source>The relay's certificate is not valid yet.</source>
            <translation>릴레이의 인증서가 아직 유효하지 않아요.</translation>
        </message>
        <message>
            <source>The relay's certificate is not valid yet.

It begins next month. Such a thing is made by a CA with a wrong clock, or shows that alice's own clock is wrong, so that “expired” could no longer be trusted either.

What should stop it: alice looks at both ends of the validity, and says which clock to check.</source>
            <translation>릴레이의 인증서가 아직 유효하지 않아요.

다음 달부터 시작해요. 시계가 틀린 CA가 이런 것을 만들어요. 아니면 alice의 시계가 틀렸다는 뜻이고, 그렇다면 “만료됨”도 더는 믿을 수 없어요.

막아야 하는 것: alice는 유효 기간의 양쪽 끝을 모두 보고, 어느 시계를 확인해야 하는지 알려 줘요.</translation>
        </message>
        <message>
            <source>A good certificate of the right CA, but for another relay's name.</source>
            <translation>올바른 CA의 멀쩡한 인증서지만 다른 릴레이의 이름이 적혀 있어요.</translation>
        </message>
        <message>
            <source>A good certificate of the right CA, but for another relay's name.

Mallory operates a relay under the same CA, with a name of its own, and puts it where alice's relay is expected.

What should stop it: the chain alone proves only that *somebody* known to the CA is there. Who it is stands in the certificate's SubjectAlternativeName, and alice compares it with the name that she joined (RFC 9525).</source>
            <translation>올바른 CA의 멀쩡한 인증서지만 다른 릴레이의 이름이 적혀 있어요.

맬러리는 같은 CA 아래에서 자기 이름으로 릴레이를 운영하고, alice의 릴레이가 있어야 할 자리에 그것을 놓아요.

막아야 하는 것: 체인은 CA가 아는 *누군가*가 거기 있다는 것만 증명해요. 그게 누구인지는 인증서의 SubjectAlternativeName에 적혀 있고, alice는 자기가 가입한 이름과 비교해요(RFC 9525).</translation>
        </message>
        <message>
            <source>A certificate with all the right words in it, issued by a CA that Mallory made.</source>
            <translation>맞는 말이 모두 적혀 있지만 맬러리가 만든 CA가 발급한 인증서예요.</translation>
        </message>
        <message>
            <source>A certificate with all the right words in it, issued by a CA that Mallory made.

Its CA even has the same name as the real one. On the Web any of a hundred CAs could have issued it.

What should stop it: alice trusts one CA only, the one whose fingerprint stood in her invite. A CA is its key and not its name, and the signature is not by that key.</source>
            <translation>맞는 말이 모두 적혀 있지만 맬러리가 만든 CA가 발급한 인증서예요.

그 CA는 진짜와 이름까지 같아요. 웹이라면 백 개나 되는 CA 가운데 어느 곳이든 발급할 수 있었을 거예요.

막아야 하는 것: alice는 CA 하나만, 초대에 지문이 적혀 있던 그 CA만 믿어요. CA는 이름이 아니라 키이고, 이 서명은 그 키로 한 것이 아니에요.</translation>
        </message>
        <message>
            <source>A certificate that vouches for itself.</source>
            <translation>스스로를 보증하는 인증서예요.</translation>
        </message>
        <message>
            <source>A certificate that vouches for itself.

Anybody can write down any name and sign it with the very key that the certificate is for.

What should stop it: that signature proves only that whoever made the certificate has its key, and nothing about who that is. It leads to no CA that alice knows.</source>
            <translation>스스로를 보증하는 인증서예요.

누구든 아무 이름이나 적고, 그 인증서에 담긴 바로 그 키로 서명할 수 있어요.

막아야 하는 것: 그런 서명은 인증서를 만든 사람이 그 키를 가졌다는 것만 증명할 뿐, 그게 누구인지는 말해 주지 않아요. alice가 아는 어떤 CA로도 이어지지 않아요.</translation>
        </message>
        <message>
            <source>The right name, the right CA, the right dates, but issued for another purpose.</source>
            <translation>이름도, CA도, 날짜도 맞지만 다른 목적으로 발급된 인증서예요.</translation>
        </message>
        <message>
            <source>The right name, the right CA, the right dates, but issued for another purpose.

Mallory has got hold of a certificate for relay.lab that was meant for connecting elsewhere, as a client. It is genuine in everything but one line: its ExtendedKeyUsage names clientAuth only.

What should stop it: a certificate says what it is for, so that a key that leaks in one place is of no use in another. alice demands serverAuth (RFC 5280 §4.2.1.12).</source>
            <translation>이름도, CA도, 날짜도 맞지만 다른 목적으로 발급된 인증서예요.

맬러리는 relay.lab의 이름으로 된 인증서를 손에 넣었어요. 다른 곳에 클라이언트로 접속할 때 쓰라고 발급된 것이에요. 한 줄만 빼면 모두 진짜예요. ExtendedKeyUsage에 clientAuth만 적혀 있어요.

막아야 하는 것: 인증서에는 무엇에 쓰는지가 적혀 있어요. 그래서 한 곳에서 새어 나간 키는 다른 곳에서 쓸모가 없어요. alice는 serverAuth를 요구해요(RFC 5280 §4.2.1.12).</translation>
        </message>
        <message>
            <source>A person of this relay poses as the relay itself.</source>
            <translation>이 릴레이의 한 사용자가 릴레이인 척해요.</translation>
        </message>
        <message>
            <source>A person of this relay poses as the relay itself.

Mallory is a regular user: she has a certificate of the right CA, valid today, and good for TLS servers, because the one who is called is the server of the end-to-end session. She shows it in the relay's place.

What should stop it: it names a person (`glasscall:mallory@…`) and not the relay's host, and alice never takes the one for the other.</source>
            <translation>이 릴레이의 한 사용자가 릴레이인 척해요.

맬러리는 정식 사용자예요. 올바른 CA의 인증서가 있고, 오늘 유효하고, TLS 서버로도 쓸 수 있어요. 전화를 받는 쪽이 종단 간 세션의 서버이기 때문이에요. 맬러리는 릴레이 자리에서 이것을 내보여요.

막아야 하는 것: 인증서에는 릴레이의 호스트가 아니라 사람(`glasscall:mallory@…`)이 적혀 있고, alice는 결코 둘을 혼동하지 않아요.</translation>
        </message>
        <message>
            <source>Mallory meets alice before she has ever connected: while she joins with her invite.</source>
            <translation>alice가 초대로 가입하는 중에, 한 번도 연결하기 전에 맬러리가 먼저 만나요.</translation>
        </message>
        <message>
            <source>Mallory meets alice before she has ever connected: while she joins with her invite.

At the first contact there is no CA yet to check against; other programs take what they are shown (“trust on first use”). Mallory poses as the relay with a CA of her own, hoping to become the one whom alice trusts from then on.

What should stop it: the invite holds the SHA-256 of the CA's certificate. It came to alice in another way, so what Mallory shows does not match; alice joins nowhere and gives her token to nobody.</source>
            <translation>alice가 초대로 가입하는 중에, 한 번도 연결하기 전에 맬러리가 먼저 만나요.

처음 만날 때는 확인에 쓸 CA가 아직 없어요. 다른 프로그램은 보여 주는 것을 그대로 받아들여요(“처음 본 것을 믿기”). 맬러리는 자기 CA를 들고 릴레이인 척하며, alice가 그때부터 믿을 상대가 되기를 바라요.

막아야 하는 것: 초대에 CA 인증서의 SHA-256이 들어 있어요. 초대는 다른 길로 alice에게 왔으니 맬러리가 보이는 것과 맞지 않아요. alice는 어디에도 가입하지 않고, 토큰을 누구에게도 주지 않아요.</translation>
        </message>
        <message>
            <source>A client whose certificate has expired.</source>
            <translation>인증서가 만료된 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client whose certificate has expired.

Mallory has stolen an old backup of alice's folder, with the key and a certificate of last year.

What should stop it: a person's certificate is good for 90 days; whoever is in touch with the relay has it renewed long before. The relay refuses an old one: alert certificate_expired.</source>
            <translation>인증서가 만료된 클라이언트예요.

맬러리는 alice 폴더의 오래된 백업을 훔쳤어요. 키와 작년 인증서가 들어 있어요.

막아야 하는 것: 사람의 인증서는 90일 동안 유효하고, 릴레이와 연락하는 사람은 훨씬 전에 갱신돼요. 릴레이는 오래된 것을 거절해요. 경고 certificate_expired예요.</translation>
        </message>
        <message>
            <source>A client whose certificate is not valid yet.</source>
            <translation>인증서가 아직 유효하지 않은 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client whose certificate is not valid yet.

Its first day lies a month ahead.

What should stop it: the relay looks at both ends of the validity, whoever signed it.</source>
            <translation>인증서가 아직 유효하지 않은 클라이언트예요.

첫날이 한 달 뒤예요.

막아야 하는 것: 누가 서명했든 릴레이는 유효 기간의 양쪽 끝을 모두 봐요.</translation>
        </message>
        <message>
            <source>A client with a certificate for “alice” from a CA that Mallory made.</source>
            <translation>맬러리가 만든 CA의 “alice” 인증서를 든 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client with a certificate for “alice” from a CA that Mallory made.

What should stop it: the relay takes certificates of its own CA alone. Mallory's has the same name but not the same key: alert unknown_ca (or decrypt_error, when the signature does not verify under the CA of that name).</source>
            <translation>맬러리가 만든 CA의 “alice” 인증서를 든 클라이언트예요.

막아야 하는 것: 릴레이는 자기 CA의 인증서만 받아요. 맬러리의 CA는 이름은 같아도 키가 달라요. 경고 unknown_ca예요(또는, 그 이름의 CA로 서명이 확인되지 않을 때는 decrypt_error예요).</translation>
        </message>
        <message>
            <source>A client whose certificate vouches for itself.</source>
            <translation>자기 인증서를 스스로 보증하는 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client whose certificate vouches for itself.

It says “alice”, and is signed by its own key.

What should stop it: it leads to no CA. Alert unknown_ca.</source>
            <translation>자기 인증서를 스스로 보증하는 클라이언트예요.

“alice”라고 적혀 있고, 자기 키로 서명했어요.

막아야 하는 것: 릴레이가 아는 어떤 CA로도 이어지지 않아요. 경고 unknown_ca예요.</translation>
        </message>
        <message>
            <source>A client with a certificate that is good for servers only.</source>
            <translation>서버로만 쓸 수 있는 인증서를 든 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client with a certificate that is good for servers only.

Mallory has got hold of a certificate of the right CA that was issued for another purpose: it lacks clientAuth.

What should stop it: a certificate says what it is for (ExtendedKeyUsage), so that a key that leaks in one place is of no use in another. Alert unsupported_certificate.</source>
            <translation>서버로만 쓸 수 있는 인증서를 든 클라이언트예요.

맬러리는 올바른 CA가 다른 목적으로 발급한 인증서를 손에 넣었어요. clientAuth가 없어요.

막아야 하는 것: 인증서에는 무엇에 쓰는지가 적혀 있어요(ExtendedKeyUsage). 그래서 한 곳에서 새어 나간 키는 다른 곳에서 쓸모가 없어요. 경고 unsupported_certificate예요.</translation>
        </message>
        <message>
            <source>A client whose certificate is for the same name at another relay.</source>
            <translation>같은 이름이지만 다른 릴레이의 인증서를 든 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client whose certificate is for the same name at another relay.

“alice” of relay.elsewhere is not our alice. The same CA has signed for both.

What should stop it: an address has two halves, and the relay reads both.</source>
            <translation>같은 이름이지만 다른 릴레이의 인증서를 든 클라이언트예요.

relay.elsewhere의 “alice”는 우리 alice가 아니에요. 둘 다 같은 CA가 서명했어요.

막아야 하는 것: 주소는 두 부분으로 되어 있고, 릴레이는 둘 다 읽어요.</translation>
        </message>
        <message>
            <source>A client that was revoked.</source>
            <translation>자격이 취소된 클라이언트예요.</translation>
        </message>
        <message>
            <source>A client that was revoked.

alice's computer was stolen, with her key and a certificate that is valid for weeks; it is even connected just now. The relay's operator says `glasscall revoke alice`.

What should stop it: a certificate cannot be called back, it is good until its last day. So the relay looks into its books on every connection, and at everybody who is connected as soon as the books change: the thief is sent away within a second and refused from then on, today and not in 90 days.</source>
            <translation>자격이 취소된 클라이언트예요.

alice의 컴퓨터를 도둑맞았어요. 키와 몇 주 더 유효한 인증서가 들어 있고, 지금 연결까지 되어 있어요. 릴레이 운영자가 `glasscall revoke alice`를 실행해요.

막아야 하는 것: 인증서는 거둬들일 수 없고 마지막 날까지 유효해요. 그래서 릴레이는 연결이 올 때마다 장부를 보고, 장부가 바뀌면 그 즉시 연결된 모두를 살펴봐요. 도둑은 1초 안에 쫓겨나고 그때부터 거절당해요. 90일 뒤가 아니라 오늘요.</translation>
        </message>
        <message>
            <source>Alice calls bob, and the relay rings mallory.</source>
            <translation>alice가 bob에게 거는데 릴레이는 mallory의 벨을 울려요.</translation>
        </message>
        <message>
            <source>Alice calls bob, and the relay rings mallory.

Mallory is a regular user, with a certificate that the relay's CA signed and that is good today. The relay, which is in league with her, rings her phone when alice calls bob.

What should stop it: “certified” is not “the right one”. alice's phone knows whom she called, and compares the name in the certificate with that: it says mallory, so the handshake ends there, before anything is said.</source>
            <translation>alice가 bob에게 거는데 릴레이는 mallory의 벨을 울려요.

맬러리는 정식 사용자이고, 릴레이의 CA가 서명한 오늘 유효한 인증서가 있어요. 맬러리와 한패인 릴레이는 alice가 bob에게 걸 때 맬러리의 전화를 울려요.

막아야 하는 것: “인증됨”은 “바로 그 사람”이라는 뜻이 아니에요. alice의 전화기는 누구에게 걸었는지 알고, 인증서의 이름과 비교해요. mallory라고 적혀 있으니 핸드셰이크는 거기서, 아무 말도 오가기 전에 끝나요.</translation>
        </message>
        <message>
            <source>The relay alters the handshake between alice and bob.</source>
            <translation>릴레이가 alice와 bob의 핸드셰이크를 고쳐요.</translation>
        </message>
        <message>
            <source>The relay alters the handshake between alice and bob.

The two shake hands end to end, through the relay. In the first encrypted record on its way to alice it turns over one bit.

What should stop it: the same as on any other wire. The relay is a wire: to the session between alice and bob it is as strange as the café's WLAN. alert bad_record_mac, and no call comes of it.</source>
            <translation>릴레이가 alice와 bob의 핸드셰이크를 고쳐요.

두 사람은 릴레이를 거쳐 종단 간으로 핸드셰이크를 해요. 릴레이는 alice에게 가는 암호화된 첫 레코드에서 비트 하나를 뒤집어요.

막아야 하는 것: 다른 어떤 회선에서와 똑같아요. 릴레이도 회선일 뿐이에요. alice와 bob의 세션에게는 카페 와이파이만큼이나 남이에요. 경고 bad_record_mac을 보내고, 통화는 이루어지지 않아요.</translation>
        </message>
        <message>
            <source>The token that opens a call's leg is used a second time.</source>
            <translation>통화의 음성 회선을 여는 토큰을 두 번째로 써요.</translation>
        </message>
        <message>
            <source>The token that opens a call's leg is used a second time.

Each leg is opened with a token, 16 random bytes that the relay gave over the link. Mallory has come by alice's, from a log perhaps, and tries it twice: first as herself, then with alice's own certificate, stolen with it.

What should stop it: a token is good for one person and one time. alice has used it, so it is refused to both, and the call goes on undisturbed. (Even a leg of her own would bear nothing but ciphertext.)</source>
            <translation>통화의 음성 회선을 여는 토큰을 두 번째로 써요.

음성 회선마다 토큰으로 열어요. 릴레이가 링크로 건네준 임의의 16바이트예요. 맬러리는 어쩌면 로그에서 alice의 토큰을 얻어 두 번 써 봐요. 처음에는 자기 이름으로, 다음에는 함께 훔친 alice의 인증서로요.

막아야 하는 것: 토큰은 한 사람이 한 번만 쓸 수 있어요. alice가 이미 썼으니 둘 다 거절당하고, 통화는 방해받지 않고 이어져요. (맬러리가 음성 회선을 얻는다 해도 거기로는 암호문만 지나가요.)</translation>
        </message>
        <message>
            <source>The relay swaps the certificate of somebody whom alice has talked to before.</source>
            <translation>릴레이가 alice와 전에 통화한 사람의 인증서를 바꿔치기해요.</translation>
        </message>
        <message>
            <source>The relay swaps the certificate of somebody whom alice has talked to before.

alice and bob have talked once, honestly. At the second call the relay, which owns the CA, issues a certificate for “bob” to itself and answers in his place. The chain is faultless: the relay's CA says that this is bob.

What should stop it: alice's phone remembers bob's key from the first call (a pin). The name is the same and the key is another, so the call is stopped before a word is spoken, and both fingerprints are shown.</source>
            <translation>릴레이가 alice와 전에 통화한 사람의 인증서를 바꿔치기해요.

alice와 bob은 한 번 제대로 통화했어요. 두 번째 통화에서, CA를 가진 릴레이가 “bob”의 인증서를 스스로에게 발급하고 bob 대신 받아요. 체인에는 흠이 없어요. 릴레이의 CA가 이 사람이 bob이라고 하니까요.

막아야 하는 것: alice의 전화기는 첫 통화에서 본 bob의 키를 기억해요(핀). 이름은 같은데 키가 다르니, 말이 오가기 전에 통화를 멈추고 두 지문을 모두 보여 줘요.</translation>
        </message>
        <message>
            <source>The same at a first call, when there is nothing yet to compare with.</source>
            <translation>아직 비교할 것이 없는 첫 통화에서 같은 일을 해요.</translation>
        </message>
        <message>
            <source>The same at a first call, when there is nothing yet to compare with.

The relay issues itself two certificates, “bob” for alice and “alice” for bob, and passes everything on: signals, the word exchange, the voice. Chain and names are faultless, nobody has a pin, and Mallory hears every word. No certificate can reveal her, because she owns the CA.

What should stop it: the four words. They come from the keys of the session, and Mallory has two sessions with two sets of keys: alice sees other words than bob. As soon as they read them to each other, she is found out. Who does *not* compare is not protected here; that is why the phone says “certified” and not “verified” until they do.</source>
            <translation>아직 비교할 것이 없는 첫 통화에서 같은 일을 해요.

릴레이는 스스로에게 인증서 둘을, alice에게 보일 “bob”과 bob에게 보일 “alice”를 발급하고, 신호와 단어 교환과 음성을 모두 그대로 전해요. 체인도 이름도 흠이 없고, 누구에게도 핀이 없고, 맬러리는 모든 말을 들어요. CA가 맬러리의 것이니 어떤 인증서로도 드러낼 수 없어요.

막아야 하는 것: 네 단어예요. 단어는 세션의 키에서 나오는데, 맬러리에게는 키가 서로 다른 세션이 둘 있어요. 그래서 alice는 bob과 다른 단어를 봐요. 서로 읽어 주는 순간 들통나요. 비교하지 *않는* 사람은 여기서 보호받지 못해요. 그래서 비교하기 전까지 전화기는 “직접 확인함”이 아니라 “인증됨”이라고 해요.</translation>
        </message>
        <message>
            <source>Mallory, in between, tries to make the words come out the same.</source>
            <translation>사이에 낀 맬러리가 양쪽 단어를 같게 만들려고 해요.</translation>
        </message>
        <message>
            <source>Mallory, in between, tries to make the words come out the same.

The words depend on two random numbers. If she could choose hers last she would try one after the other until both sides showed the same words: with four words that is 2^44 tries, which a computer can do.

What should stop it: commitment. Whoever calls first sends the hash of their number, and only then learns the other's. Mallory, who is the caller for bob, now reveals another number than the one she had committed to. bob's phone computes the hash, finds it wrong, and stops the call.</source>
            <translation>사이에 낀 맬러리가 양쪽 단어를 같게 만들려고 해요.

단어는 두 난수로 정해져요. 맬러리가 자기 난수를 마지막에 고를 수 있다면, 양쪽에 같은 단어가 나올 때까지 하나씩 시험해 볼 거예요. 네 단어라면 2^44번인데, 컴퓨터로 할 수 있는 일이에요.

막아야 하는 것: 커밋먼트예요. 전화를 건 쪽이 먼저 자기 난수의 해시를 보내고, 그다음에야 상대의 난수를 알게 돼요. bob에게는 발신자인 맬러리가 이제 처음 약속한 것과 다른 난수를 내놓아요. bob의 전화기는 해시를 계산해 틀렸다는 것을 알고 통화를 멈춰요.</translation>
        </message>
        <message>
            <source>The relay turns over one bit in each packet of bob's voice.</source>
            <translation>릴레이가 bob의 음성 패킷마다 비트 하나를 뒤집어요.</translation>
        </message>
        <message>
            <source>The relay turns over one bit in each packet of bob's voice.

The relay carries the voice and cannot hear it. But it could try to garble a word, or to find out how the decoder behaves when it is fed with damaged frames; many a decoder had holes that such frames opened.

What should stop it: each SRTP packet ends with an authentication tag (AES-GCM, RFC 7714), checked before anything else is done with it. An altered packet never reaches the decoder; for alice it is one that was lost.</source>
            <translation>릴레이가 bob의 음성 패킷마다 비트 하나를 뒤집어요.

릴레이는 음성을 나르지만 들을 수는 없어요. 하지만 말을 망가뜨리거나, 깨진 프레임을 먹였을 때 디코더가 어떻게 되는지 알아보려 할 수는 있어요. 그런 프레임으로 뚫리는 구멍이 있던 디코더가 많았거든요.

막아야 하는 것: SRTP 패킷마다 끝에 인증 태그가 있고(AES-GCM, RFC 7714), 다른 일을 하기 전에 먼저 확인해요. 고쳐진 패킷은 디코더까지 가지 못하고, alice에게는 잃어버린 패킷일 뿐이에요.</translation>
        </message>
        <message>
            <source>The relay plays bob's words a second time.</source>
            <translation>릴레이가 bob의 말을 한 번 더 틀어요.</translation>
        </message>
        <message>
            <source>The relay plays bob's words a second time.

Each packet of bob's voice is let pass, and then sent again. Its tag is right, because bob made it: who could replay a “yes” would not need to forge one.

What should stop it: the packet's number is authenticated, too, and SRTP keeps a window of the numbers that it has seen (RFC 3711 §3.3.2). The second copy is refused, and nothing is heard twice.</source>
            <translation>릴레이가 bob의 말을 한 번 더 틀어요.

bob의 음성 패킷을 그대로 보낸 뒤 한 번 더 보내요. bob이 만든 것이니 태그도 맞아요. “네”라는 말을 다시 틀 수 있다면 위조할 필요도 없겠죠.

막아야 하는 것: 패킷 번호도 인증되고, SRTP는 이미 본 번호의 창을 간직해요(RFC 3711 §3.3.2). 두 번째 복사본은 거절되고, 아무것도 두 번 들리지 않아요.</translation>
        </message>
        <message>
            <source>The relay invents packets in bob's name.</source>
            <translation>릴레이가 bob의 이름으로 패킷을 지어내요.</translation>
        </message>
        <message>
            <source>The relay invents packets in bob's name.

Between bob's packets it puts some of its own: the header of the last one with the next number, and noise behind it.

What should stop it: the tag again. Mallory has no key, and a guess is right once in 2^128. And forgeries must not use up numbers: only what is authentic is entered in the replay window, so bob's true packet of the same number is still taken.</source>
            <translation>릴레이가 bob의 이름으로 패킷을 지어내요.

bob의 패킷 사이에 자기 것을 끼워 넣어요. 직전 패킷의 헤더에 다음 번호를 붙이고, 그 뒤는 잡음이에요.

막아야 하는 것: 이번에도 태그예요. 맬러리에게는 키가 없고, 찍어서 맞힐 확률은 2^128분의 1이에요. 위조 패킷이 번호를 써 버려서도 안 돼요. 진짜만 재전송 창에 적히니, 같은 번호를 단 bob의 진짜 패킷은 여전히 받아들여져요.</translation>
        </message>
        <message>
            <source>The relay drops every third packet of bob's voice.</source>
            <translation>릴레이가 bob의 음성 패킷을 셋 중 하나꼴로 버려요.</translation>
        </message>
        <message>
            <source>The relay drops every third packet of bob's voice.

This no encryption can prevent: who carries packets can lose them.

What should happen: the call goes on, alice's phone makes up the missing frames from the ones around them, and counts them, so that she sees that something is wrong. Nothing false is accepted in their place.</source>
            <translation>릴레이가 bob의 음성 패킷을 셋 중 하나꼴로 버려요.

이것은 어떤 암호화로도 막을 수 없어요. 나르는 사람은 잃어버릴 수도 있으니까요.

일어나야 하는 일: 통화는 이어져요. alice의 전화기는 빠진 프레임을 주변 프레임으로 메우고 그 수를 세어서, 무언가 잘못됐다는 것을 alice가 알 수 있어요. 그 자리에 가짜가 들어오는 일은 없어요.</translation>
        </message>
        <message>
            <source>The relay holds bob's voice back, now and then, for a fifth of a second.</source>
            <translation>릴레이가 bob의 음성을 이따금 5분의 1초씩 붙들어 둬요.</translation>
        </message>
        <message>
            <source>The relay holds bob's voice back, now and then, for a fifth of a second.

Who can delay can make two people talk at cross purposes, or hope that late packets are mixed up with new ones.

What should happen: each packet carries its number and its time, both authenticated. alice's jitter buffer waits a little longer, plays what still fits in its place, and makes up the rest. The call goes on.</source>
            <translation>릴레이가 bob의 음성을 이따금 5분의 1초씩 붙들어 둬요.

늦출 수 있는 사람은 두 사람의 말이 엇갈리게 하거나, 늦은 패킷이 새 패킷과 뒤섞이기를 바랄 수 있어요.

일어나야 하는 일: 패킷마다 번호와 시각이 있고 둘 다 인증돼요. alice의 지터 버퍼는 조금 더 기다리고, 아직 제자리에 맞는 것은 재생하고, 나머지는 메워요. 통화는 이어져요.</translation>
        </message>
        <message>
            <source>The relay shuffles bob's voice: each pair of packets arrives the wrong way round.</source>
            <translation>릴레이가 bob의 음성을 뒤섞어요. 두 패킷마다 순서가 뒤바뀌어 도착해요.</translation>
        </message>
        <message>
            <source>The relay shuffles bob's voice: each pair of packets arrives the wrong way round.

“Do not” and “not do” have the same syllables.

What should happen: the numbers are authenticated, so alice's jitter buffer puts each packet back into its place. Nothing is refused, and nothing is played out of order.</source>
            <translation>릴레이가 bob의 음성을 뒤섞어요. 두 패킷마다 순서가 뒤바뀌어 도착해요.

“안 가”와 “가 안”은 같은 음절로 되어 있어요.

일어나야 하는 일: 번호가 인증되니 alice의 지터 버퍼가 패킷을 제자리로 돌려놓아요. 거절되는 것도, 순서가 뒤바뀐 채 재생되는 것도 없어요.</translation>
        </message>
        <message>
            <source>Hundreds of calls at once, to somebody who is talking.</source>
            <translation>통화 중인 사람에게 한꺼번에 수백 통의 전화를 걸어요.</translation>
        </message>
        <message>
            <source>Hundreds of calls at once, to somebody who is talking.

Mallory is a regular user with a program of her own. She sends one invitation after the other to alice, each a new call, so that alice's phone rings without end or the relay has nothing else to do.

What should stop it: alice is busy and her phone never hears of it; and nobody begins twenty calls in a second, so the relay says “invites-too-fast” and closes the link. The call of alice and bob goes on.</source>
            <translation>통화 중인 사람에게 한꺼번에 수백 통의 전화를 걸어요.

맬러리는 자기 프로그램을 쓰는 정식 사용자예요. alice에게 초대를 잇달아, 하나하나 새 통화로 보내요. alice의 벨이 끝없이 울리거나 릴레이가 다른 일을 못 하게 하려는 거예요.

막아야 하는 것: alice는 통화 중이라 alice의 전화기에는 전해지지도 않아요. 그리고 1초에 전화를 스무 통 거는 사람은 없으니, 릴레이가 “invites-too-fast”라고 하고 링크를 닫아요. alice와 bob의 통화는 이어져요.</translation>
        </message>
        <message>
            <source>One guess after the other at the token of a call's leg.</source>
            <translation>음성 회선의 토큰을 하나씩 찍어 맞혀 봐요.</translation>
        </message>
        <message>
            <source>One guess after the other at the token of a call's leg.

Mallory knows which call is on (suppose that), and opens connection after connection with guessed tokens, to get a leg of it or to push out the legs that are there.

What should stop it: a token has 128 bits, and the two of this call are spent already. Each guess is refused with “leg-token”, and the legs of alice and bob are not touched.</source>
            <translation>음성 회선의 토큰을 하나씩 찍어 맞혀 봐요.

맬러리는 어떤 통화가 진행 중인지 안다고 해요. 추측한 토큰으로 연결을 거듭 열어서, 음성 회선을 하나 얻거나 이미 있는 회선을 밀어내려 해요.

막아야 하는 것: 토큰은 128비트이고, 이 통화의 둘은 이미 쓰였어요. 추측은 모두 “leg-token”으로 거절되고, alice와 bob의 음성 회선은 건드려지지 않아요.</translation>
        </message>
        <message>
            <source>Hundreds of connections that never finish their handshake.</source>
            <translation>핸드셰이크를 끝내지 않는 연결을 수백 개 열어요.</translation>
        </message>
        <message>
            <source>Hundreds of connections that never finish their handshake.

An open connection costs Mallory nothing and the relay some memory and a place in its list. She opens hundreds and says nothing.

What should stop it: a handshake has a time limit, and only so many may be under way at once; further connections are dropped at the door. Who is inside already has no need of that door: the call goes on. And when the time is up, the places are free again: carol, who was not there before, gets in.</source>
            <translation>핸드셰이크를 끝내지 않는 연결을 수백 개 열어요.

연결을 열어 두는 데 맬러리는 아무것도 들지 않지만, 릴레이는 메모리와 목록의 자리를 써요. 맬러리는 수백 개를 열고 아무 말도 하지 않아요.

막아야 하는 것: 핸드셰이크에는 시간제한이 있고, 한꺼번에 진행할 수 있는 수도 정해져 있어요. 그 이상은 문 앞에서 버려져요. 이미 안에 있는 사람은 그 문이 필요 없으니 통화는 이어져요. 그리고 시간이 지나면 자리가 다시 나요. 전에 없던 carol이 들어와요.</translation>
        </message>
        <message>
            <source>DER's own header: the type of what follows, and how many bytes it has.</source>
            <translation>DER 자체의 헤더예요. 뒤에 오는 것의 종류와 바이트 수를 알려 줘요.</translation>
        </message>
        <message>
            <source>All that the issuer signs ('to be signed').</source>
            <translation>발급자가 서명하는 모든 것이에요(‘서명될 부분’).</translation>
        </message>
        <message>
            <source>A wrapper around the version.</source>
            <translation>버전을 감싸는 껍데기예요.</translation>
        </message>
        <message>
            <source>The issuer's number for this certificate; with it the certificate can be revoked.</source>
            <translation>발급자가 이 인증서에 붙인 번호예요. 이 번호로 인증서를 취소할 수 있어요.</translation>
        </message>
        <message>
            <source>Who vouches for this certificate by signing it.</source>
            <translation>서명해서 이 인증서를 보증하는 쪽이에요.</translation>
        </message>
        <message>
            <source>Whom the certificate is about.</source>
            <translation>이 인증서가 가리키는 주체예요.</translation>
        </message>
        <message>
            <source>The name of an issuer whose certificates are accepted.</source>
            <translation>인증서를 받아들이는 발급자의 이름이에요.</translation>
        </message>
        <message>
            <source>One level of the name.</source>
            <translation>이름의 한 단계예요.</translation>
        </message>
        <message>
            <source>One attribute of the name.</source>
            <translation>이름의 속성 하나예요.</translation>
        </message>
        <message>
            <source>The attribute's text.</source>
            <translation>속성의 값을 적은 텍스트예요.</translation>
        </message>
        <message>
            <source>The span of time in which the certificate counts.</source>
            <translation>인증서가 유효한 기간이에요.</translation>
        </message>
        <message>
            <source>Before this moment the certificate does not count yet.</source>
            <translation>이 시각 전에는 인증서가 아직 유효하지 않아요.</translation>
        </message>
        <message>
            <source>After this moment the certificate counts no more.</source>
            <translation>이 시각이 지나면 인증서는 더 이상 유효하지 않아요.</translation>
        </message>
        <message>
            <source>The subject's public key; whoever has the private one is the subject.</source>
            <translation>주체의 공개 키예요. 짝이 되는 개인 키를 가진 쪽이 바로 그 주체예요.</translation>
        </message>
        <message>
            <source>The public key itself: it verifies the subject's signatures.</source>
            <translation>공개 키 자체예요. 주체의 서명을 이것으로 확인해요.</translation>
        </message>
        <message>
            <source>What else the algorithm needs to know: for an elliptic curve, which one.</source>
            <translation>알고리즘에 더 필요한 정보예요. 타원 곡선이라면 어느 곡선인지 알려 줘요.</translation>
        </message>
        <message>
            <source>Tells issuers of one name apart; abandoned.</source>
            <translation>이름이 같은 발급자를 구별해요. 이제는 쓰지 않아요.</translation>
        </message>
        <message>
            <source>Tells subjects of one name apart; abandoned.</source>
            <translation>이름이 같은 주체를 구별해요. 이제는 쓰지 않아요.</translation>
        </message>
        <message>
            <source>A wrapper around the extensions.</source>
            <translation>확장을 감싸는 껍데기예요.</translation>
        </message>
        <message>
            <source>One addition to the certificate.</source>
            <translation>인증서에 덧붙은 것 하나예요.</translation>
        </message>
        <message>
            <source>Says which extension this is.</source>
            <translation>어느 확장인지 알려 줘요.</translation>
        </message>
        <message>
            <source>Whether a reader who does not know the extension must refuse the certificate.</source>
            <translation>이 확장을 모르는 쪽이 인증서를 거절해야 하는지 알려 줘요.</translation>
        </message>
        <message>
            <source>What the extension says.</source>
            <translation>확장의 내용이에요.</translation>
        </message>
        <message>
            <source>The names that the certificate is good for: these are checked.</source>
            <translation>이 인증서가 유효한 이름들이에요. 확인할 때 이것을 봐요.</translation>
        </message>
        <message>
            <source>Further names of the issuer.</source>
            <translation>발급자의 다른 이름들이에요.</translation>
        </message>
        <message>
            <source>An e-mail address.</source>
            <translation>이메일 주소예요.</translation>
        </message>
        <message>
            <source>A host name that the certificate is good for.</source>
            <translation>이 인증서가 유효한 호스트 이름이에요.</translation>
        </message>
        <message>
            <source>A URI that the certificate is good for; here it names a person.</source>
            <translation>이 인증서가 유효한 URI예요. 여기서는 사람을 가리켜요.</translation>
        </message>
        <message>
            <source>An address that the certificate is good for.</source>
            <translation>이 인증서가 유효한 주소예요.</translation>
        </message>
        <message>
            <source>A name in the form of a directory.</source>
            <translation>디렉터리 형식의 이름이에요.</translation>
        </message>
        <message>
            <source>Whether the subject may issue certificates itself.</source>
            <translation>주체가 직접 인증서를 발급해도 되는지 알려 줘요.</translation>
        </message>
        <message>
            <source>How many CAs may stand below this one.</source>
            <translation>이 아래에 CA를 몇 단계까지 둘 수 있는지 알려 줘요.</translation>
        </message>
        <message>
            <source>What the key may be used for.</source>
            <translation>키를 어디에 쓸 수 있는지 알려 줘요.</translation>
        </message>
        <message>
            <source>What the certificate may be used for.</source>
            <translation>인증서를 어디에 쓸 수 있는지 알려 줘요.</translation>
        </message>
        <message>
            <source>One purpose that the certificate may be used for.</source>
            <translation>인증서를 쓸 수 있는 용도 하나예요.</translation>
        </message>
        <message>
            <source>A fingerprint of the subject's key, to find it by.</source>
            <translation>주체의 키를 찾을 때 쓰는 키의 지문이에요.</translation>
        </message>
        <message>
            <source>Which key of the issuer signed this certificate.</source>
            <translation>발급자의 어느 키가 이 인증서에 서명했는지 알려 줘요.</translation>
        </message>
        <message>
            <source>A fingerprint of the issuer's key, to find it by.</source>
            <translation>발급자의 키를 찾을 때 쓰는 키의 지문이에요.</translation>
        </message>
        <message>
            <source>The issuer of the issuer's certificate.</source>
            <translation>발급자 인증서의 발급자예요.</translation>
        </message>
        <message>
            <source>The number of the issuer's certificate.</source>
            <translation>발급자 인증서의 번호예요.</translation>
        </message>
        <message>
            <source>How the issuer signed.</source>
            <translation>발급자가 어떻게 서명했는지 알려 줘요.</translation>
        </message>
        <message>
            <source>The issuer's signature: it breaks when one bit of the certificate is changed.</source>
            <translation>발급자의 서명이에요. 인증서의 비트 하나만 바뀌어도 깨져요.</translation>
        </message>
        <message>
            <source>The statement of the issuer that the certificate is good, revoked or unknown.</source>
            <translation>인증서가 정상인지, 취소됐는지, 모르는 것인지에 대한 발급자의 확인이에요.</translation>
        </message>
        <message>
            <source>True or false.</source>
            <translation>참 또는 거짓이에요.</translation>
        </message>
        <message>
            <source>A number.</source>
            <translation>숫자예요.</translation>
        </message>
        <message>
            <source>Bits.</source>
            <translation>비트들이에요.</translation>
        </message>
        <message>
            <source>Bytes.</source>
            <translation>바이트들이에요.</translation>
        </message>
        <message>
            <source>Nothing.</source>
            <translation>비어 있어요.</translation>
        </message>
        <message>
            <source>A name in the worldwide tree of identifiers.</source>
            <translation>전 세계 식별자 나무 속의 이름이에요.</translation>
        </message>
        <message>
            <source>One of several choices.</source>
            <translation>여러 가지 가운데 하나예요.</translation>
        </message>
        <message>
            <source>Text.</source>
            <translation>텍스트예요.</translation>
        </message>
        <message>
            <source>A moment.</source>
            <translation>시각이에요.</translation>
        </message>
        <message>
            <source>Several things in a fixed order.</source>
            <translation>정해진 순서로 놓인 여러 가지예요.</translation>
        </message>
        <message>
            <source>Several things in any order.</source>
            <translation>순서 없이 놓인 여러 가지예요.</translation>
        </message>
        <message>
            <source>A part whose meaning depends on where it stands.</source>
            <translation>놓인 자리에 따라 뜻이 달라지는 부분이에요.</translation>
        </message>
        <message>
            <source>Says which handshake message this is.</source>
            <translation>어떤 핸드셰이크 메시지인지 알려 줘요.</translation>
        </message>
        <message>
            <source>Says how many bytes follow that belong to this field.</source>
            <translation>이 필드에 속한 바이트가 몇 개 뒤따르는지 알려 줘요.</translation>
        </message>
        <message>
            <source>What the message says, for those who know its type.</source>
            <translation>메시지의 내용이에요. 종류를 아는 쪽만 읽을 수 있어요.</translation>
        </message>
        <message>
            <source>Bytes behind the end of a field; a correct sender leaves none.</source>
            <translation>필드가 끝난 뒤에 남은 바이트예요. 올바른 발신자라면 남기지 않아요.</translation>
        </message>
        <message>
            <source>Bytes whose structure was not followed any further.</source>
            <translation>구조를 더 따라가지 않은 바이트예요.</translation>
        </message>
        <message>
            <source>The server's public key of this connection, and the group it belongs to.</source>
            <translation>이 연결에서 쓸 서버의 공개 키와 그 키가 속한 그룹이에요.</translation>
        </message>
        <message>
            <source>The newest version that the client speaks.</source>
            <translation>클라이언트가 쓸 수 있는 가장 새로운 버전이에요.</translation>
        </message>
        <message>
            <source>The version that the server chose.</source>
            <translation>서버가 고른 버전이에요.</translation>
        </message>
        <message>
            <source>Always TLS 1.2, so that old middleboxes let it pass; supported_versions has the truth.</source>
            <translation>오래된 중간 장비가 통과시키도록 언제나 TLS 1.2라고 적어요. 진짜 버전은 supported_versions에 있어요.</translation>
        </message>
        <message>
            <source>Makes this connection unlike any other, so that nothing of an old one can be replayed.</source>
            <translation>이 연결을 다른 모든 연결과 다르게 만들어요. 그래서 예전 것을 다시 보낼 수 없어요.</translation>
        </message>
        <message>
            <source>Names a session that both ends may still remember, to resume it.</source>
            <translation>양쪽이 아직 기억할지 모르는 세션의 이름이에요. 재개할 때 써요.</translation>
        </message>
        <message>
            <source>Without use in TLS 1.3 but to look like TLS 1.2 to middleboxes.</source>
            <translation>TLS 1.3에서는 쓸모가 없고, 중간 장비에 TLS 1.2처럼 보이려고 있어요.</translation>
        </message>
        <message>
            <source>The client's own bytes back, for the same show.</source>
            <translation>클라이언트가 보낸 바이트를 그대로 돌려줘요. 역시 TLS 1.2처럼 보이기 위해서예요.</translation>
        </message>
        <message>
            <source>The name itself, chosen by chance.</source>
            <translation>무작위로 고른 이름 자체예요.</translation>
        </message>
        <message>
            <source>The combinations of algorithms that the client can use, best first.</source>
            <translation>클라이언트가 쓸 수 있는 알고리즘 조합이에요. 선호하는 순서예요.</translation>
        </message>
        <message>
            <source>A combination of algorithms that encrypts and authenticates what is sent.</source>
            <translation>보내는 것을 암호화하고 인증하는 알고리즘 조합이에요.</translation>
        </message>
        <message>
            <source>Ways to compress; only 'null' is safe.</source>
            <translation>압축 방법들이에요. ‘null’만 안전해요.</translation>
        </message>
        <message>
            <source>Compression is gone from TLS 1.3 because it leaked secrets; 'null' must stand here.</source>
            <translation>압축은 비밀을 새게 해서 TLS 1.3에서 없어졌어요. 여기에는 ‘null’이 있어야 해요.</translation>
        </message>
        <message>
            <source>The way to compress; only 'null' is safe.</source>
            <translation>압축 방법이에요. ‘null’만 안전해요.</translation>
        </message>
        <message>
            <source>Everything that was added to the message since it was invented; most of TLS 1.3 is here.</source>
            <translation>메시지가 만들어진 뒤로 더해진 모든 것이에요. TLS 1.3의 대부분이 여기에 있어요.</translation>
        </message>
        <message>
            <source>One extension.</source>
            <translation>확장 하나예요.</translation>
        </message>
        <message>
            <source>What the extension says, for those who know it.</source>
            <translation>확장의 내용이에요. 확장을 아는 쪽만 읽을 수 있어요.</translation>
        </message>
        <message>
            <source>A name and its kind.</source>
            <translation>이름과 그 종류예요.</translation>
        </message>
        <message>
            <source>The kind of name; only host names exist.</source>
            <translation>이름의 종류예요. 호스트 이름밖에 없어요.</translation>
        </message>
        <message>
            <source>The server that the client wants; one address can serve many. It is readable for everybody.</source>
            <translation>클라이언트가 찾는 서버예요. 주소 하나로 여러 서버를 맡을 수 있거든요. 누구나 읽을 수 있어요.</translation>
        </message>
        <message>
            <source>A name of a kind that nobody uses.</source>
            <translation>아무도 쓰지 않는 종류의 이름이에요.</translation>
        </message>
        <message>
            <source>The kind of statement about revocation.</source>
            <translation>취소 여부를 확인하는 방식의 종류예요.</translation>
        </message>
        <message>
            <source>Whose statements the client trusts; empty means those it knows anyway.</source>
            <translation>클라이언트가 누구의 확인을 믿는지 알려 줘요. 비어 있으면 이미 아는 쪽들이에요.</translation>
        </message>
        <message>
            <source>One issuer of statements about revocation.</source>
            <translation>취소 여부를 확인해 주는 곳 하나예요.</translation>
        </message>
        <message>
            <source>Further wishes for the statement.</source>
            <translation>확인에 대한 그 밖의 바람이에요.</translation>
        </message>
        <message>
            <source>One kind of statement that the client takes.</source>
            <translation>클라이언트가 받아들이는 확인의 종류 하나예요.</translation>
        </message>
        <message>
            <source>The statement, signed by the issuer of the certificate.</source>
            <translation>인증서 발급자가 서명한 확인이에요.</translation>
        </message>
        <message>
            <source>A group in which the two ends can compute a common secret.</source>
            <translation>양쪽이 공통의 비밀을 계산할 수 있는 그룹이에요.</translation>
        </message>
        <message>
            <source>A way to write a point of an elliptic curve.</source>
            <translation>타원 곡선의 점을 적는 방법이에요.</translation>
        </message>
        <message>
            <source>The name of a user who logs in with a password.</source>
            <translation>비밀번호로 로그인하는 사용자의 이름이에요.</translation>
        </message>
        <message>
            <source>A way to sign that the sender can verify.</source>
            <translation>발신자가 확인할 수 있는 서명 방법이에요.</translation>
        </message>
        <message>
            <source>The ways to protect media that are offered or chosen.</source>
            <translation>제안하거나 고른 미디어 보호 방법들이에요.</translation>
        </message>
        <message>
            <source>A way to protect media.</source>
            <translation>미디어를 보호하는 방법이에요.</translation>
        </message>
        <message>
            <source>Tells apart several master keys of the media.</source>
            <translation>미디어의 마스터 키가 여럿일 때 구별해요.</translation>
        </message>
        <message>
            <source>Whether the other end may send heartbeats.</source>
            <translation>상대가 하트비트를 보내도 되는지 알려 줘요.</translation>
        </message>
        <message>
            <source>One application protocol.</source>
            <translation>애플리케이션 프로토콜 하나예요.</translation>
        </message>
        <message>
            <source>The name of an application protocol that is to be spoken inside.</source>
            <translation>안에서 쓸 애플리케이션 프로토콜의 이름이에요.</translation>
        </message>
        <message>
            <source>A log's promise to publish the certificate.</source>
            <translation>인증서를 공개하겠다는 로그의 약속이에요.</translation>
        </message>
        <message>
            <source>The version of the promise.</source>
            <translation>약속의 버전이에요.</translation>
        </message>
        <message>
            <source>The hash of the key of the log that promises.</source>
            <translation>약속한 로그의 키를 해시한 값이에요.</translation>
        </message>
        <message>
            <source>When the log saw the certificate.</source>
            <translation>로그가 인증서를 본 시각이에요.</translation>
        </message>
        <message>
            <source>Room for later additions; always empty.</source>
            <translation>나중에 덧붙일 자리예요. 언제나 비어 있어요.</translation>
        </message>
        <message>
            <source>Room for later additions.</source>
            <translation>나중에 덧붙일 자리예요.</translation>
        </message>
        <message>
            <source>The log's signature on its promise.</source>
            <translation>로그가 약속에 한 서명이에요.</translation>
        </message>
        <message>
            <source>A kind of certificate: the usual one, or a bare public key.</source>
            <translation>인증서의 종류예요. 보통 인증서이거나 공개 키만 있는 것이에요.</translation>
        </message>
        <message>
            <source>Bytes that only make the message longer.</source>
            <translation>메시지를 길게 만들 뿐인 바이트예요.</translation>
        </message>
        <message>
            <source>A way to compress certificates.</source>
            <translation>인증서를 압축하는 방법이에요.</translation>
        </message>
        <message>
            <source>The session, sealed by the server for itself: nobody else can read it.</source>
            <translation>서버가 자신을 위해 봉인한 세션이에요. 다른 누구도 읽을 수 없어요.</translation>
        </message>
        <message>
            <source>The sessions that the client could resume.</source>
            <translation>클라이언트가 재개할 수 있는 세션들이에요.</translation>
        </message>
        <message>
            <source>One session that the client could resume.</source>
            <translation>클라이언트가 재개할 수 있는 세션 하나예요.</translation>
        </message>
        <message>
            <source>The session by name: the ticket that the server gave.</source>
            <translation>세션의 이름, 곧 서버가 준 티켓이에요.</translation>
        </message>
        <message>
            <source>The ticket that the server gave, sealed so that only it can read it.</source>
            <translation>서버가 준 티켓이에요. 서버만 읽을 수 있게 봉인돼 있어요.</translation>
        </message>
        <message>
            <source>How old the ticket is, plus a secret number, so that eavesdroppers cannot link the two.</source>
            <translation>티켓의 나이에 비밀 숫자를 더한 값이에요. 그래서 엿듣는 사람이 둘을 연결 짓지 못해요.</translation>
        </message>
        <message>
            <source>One proof for each identity.</source>
            <translation>identity마다 증거가 하나씩 있어요.</translation>
        </message>
        <message>
            <source>Proves that the client knows the secret of the session it names.</source>
            <translation>클라이언트가 이름을 댄 세션의 비밀을 안다는 증거예요.</translation>
        </message>
        <message>
            <source>Which of the offered sessions is resumed, counted from 0.</source>
            <translation>제안된 세션 가운데 어느 것을 재개하는지, 0부터 세어 알려 줘요.</translation>
        </message>
        <message>
            <source>How much the client may send with its first message next time.</source>
            <translation>다음번에 클라이언트가 첫 메시지와 함께 얼마나 보낼 수 있는지 알려 줘요.</translation>
        </message>
        <message>
            <source>A version that the sender speaks; in a certificate, its format.</source>
            <translation>발신자가 쓸 수 있는 버전이에요. 인증서에서는 형식의 버전이에요.</translation>
        </message>
        <message>
            <source>The version that both ends will speak.</source>
            <translation>양쪽이 쓸 버전이에요.</translation>
        </message>
        <message>
            <source>Something that the client must bring back, so that the server need not remember it.</source>
            <translation>서버가 기억하지 않아도 되도록 클라이언트가 도로 가져와야 하는 것이에요.</translation>
        </message>
        <message>
            <source>A way to resume a session.</source>
            <translation>세션을 재개하는 방법이에요.</translation>
        </message>
        <message>
            <source>A demand on the client's certificate.</source>
            <translation>클라이언트 인증서에 대한 요구예요.</translation>
        </message>
        <message>
            <source>The extension that the certificate must have.</source>
            <translation>인증서에 있어야 하는 확장이에요.</translation>
        </message>
        <message>
            <source>The values that it must have there.</source>
            <translation>그 확장에 있어야 하는 값들이에요.</translation>
        </message>
        <message>
            <source>The group in which the server wants a key from the client.</source>
            <translation>서버가 클라이언트에게 키를 바라는 그룹이에요.</translation>
        </message>
        <message>
            <source>An extension that is the same in the hidden and in the visible ClientHello.</source>
            <translation>숨긴 ClientHello와 보이는 ClientHello에서 똑같은 확장이에요.</translation>
        </message>
        <message>
            <source>Whether this is the visible or the hidden ClientHello.</source>
            <translation>보이는 ClientHello인지 숨긴 것인지 알려 줘요.</translation>
        </message>
        <message>
            <source>How keys are derived for the hidden ClientHello.</source>
            <translation>숨긴 ClientHello의 키를 어떻게 만드는지 알려 줘요.</translation>
        </message>
        <message>
            <source>How the hidden ClientHello is encrypted.</source>
            <translation>숨긴 ClientHello를 어떻게 암호화하는지 알려 줘요.</translation>
        </message>
        <message>
            <source>Which of the server's keys was used.</source>
            <translation>서버의 어느 키를 썼는지 알려 줘요.</translation>
        </message>
        <message>
            <source>The client's public key for the hidden ClientHello.</source>
            <translation>숨긴 ClientHello를 위한 클라이언트의 공개 키예요.</translation>
        </message>
        <message>
            <source>The hidden ClientHello, encrypted.</source>
            <translation>암호화된, 숨긴 ClientHello예요.</translation>
        </message>
        <message>
            <source>Proves that the server could read the hidden ClientHello.</source>
            <translation>서버가 숨긴 ClientHello를 읽을 수 있었다는 증거예요.</translation>
        </message>
        <message>
            <source>A key with which the client may hide its hello at the next try.</source>
            <translation>다음에 클라이언트가 Hello를 숨길 때 쓸 수 있는 키예요.</translation>
        </message>
        <message>
            <source>The version of the key's format.</source>
            <translation>키 형식의 버전이에요.</translation>
        </message>
        <message>
            <source>The key and how to use it.</source>
            <translation>키와 그 사용법이에요.</translation>
        </message>
        <message>
            <source>The kind of key.</source>
            <translation>키의 종류예요.</translation>
        </message>
        <message>
            <source>The server's public key.</source>
            <translation>서버의 공개 키예요.</translation>
        </message>
        <message>
            <source>The algorithms that may be used with it.</source>
            <translation>그 키와 함께 쓸 수 있는 알고리즘들이에요.</translation>
        </message>
        <message>
            <source>One pair of algorithms.</source>
            <translation>알고리즘 한 쌍이에요.</translation>
        </message>
        <message>
            <source>The longest name to be hidden, so that all can be made equally long.</source>
            <translation>숨길 이름 가운데 가장 긴 길이예요. 모두 같은 길이로 만들 수 있게 해 줘요.</translation>
        </message>
        <message>
            <source>The name to show instead of the hidden one.</source>
            <translation>숨긴 이름 대신 보여 줄 이름이에요.</translation>
        </message>
        <message>
            <source>Additions to the key.</source>
            <translation>키에 덧붙은 것들이에요.</translation>
        </message>
        <message>
            <source>Ties a new handshake to the one before it; empty in the first.</source>
            <translation>새 핸드셰이크를 앞선 핸드셰이크와 묶어요. 처음에는 비어 있어요.</translation>
        </message>
        <message>
            <source>A public key, and the group it belongs to.</source>
            <translation>공개 키와 그 키가 속한 그룹이에요.</translation>
        </message>
        <message>
            <source>The group that the public key belongs to.</source>
            <translation>공개 키가 속한 그룹이에요.</translation>
        </message>
        <message>
            <source>The public key: with the other end's, it gives the secret that only the two know.</source>
            <translation>공개 키예요. 상대의 키와 합치면 둘만 아는 비밀이 나와요.</translation>
        </message>
        <message>
            <source>The public key, of a form that is not taken apart.</source>
            <translation>더 풀어 보지 않은 형태의 공개 키예요.</translation>
        </message>
        <message>
            <source>Says how the point is written.</source>
            <translation>점을 어떻게 적었는지 알려 줘요.</translation>
        </message>
        <message>
            <source>The point's first coordinate.</source>
            <translation>점의 첫째 좌표예요.</translation>
        </message>
        <message>
            <source>The point's second coordinate.</source>
            <translation>점의 둘째 좌표예요.</translation>
        </message>
        <message>
            <source>The classical part: a point on Curve25519, safe against all computers of today.</source>
            <translation>고전적인 부분, Curve25519 위의 점이에요. 오늘날의 모든 컴퓨터에 안전해요.</translation>
        </message>
        <message>
            <source>A point on Curve448.</source>
            <translation>Curve448 위의 점이에요.</translation>
        </message>
        <message>
            <source>The classical part: a point on the curve P-256.</source>
            <translation>고전적인 부분, P-256 곡선 위의 점이에요.</translation>
        </message>
        <message>
            <source>The classical part: a point on the curve P-384.</source>
            <translation>고전적인 부분, P-384 곡선 위의 점이에요.</translation>
        </message>
        <message>
            <source>The classical part: a point on the curve SM2.</source>
            <translation>고전적인 부분, SM2 곡선 위의 점이에요.</translation>
        </message>
        <message>
            <source>A public key of classical Diffie-Hellman.</source>
            <translation>고전적인 디피-헬먼의 공개 키예요.</translation>
        </message>
        <message>
            <source>Says how the curve is given: by name.</source>
            <translation>곡선을 어떻게 알려 주는지, 곧 이름으로 알려 준다는 뜻이에요.</translation>
        </message>
        <message>
            <source>The curve of the server's public key.</source>
            <translation>서버의 공개 키가 쓰는 곡선이에요.</translation>
        </message>
        <message>
            <source>The server's public key of this connection.</source>
            <translation>이 연결에서 쓸 서버의 공개 키예요.</translation>
        </message>
        <message>
            <source>The prime of the group.</source>
            <translation>그룹의 소수예요.</translation>
        </message>
        <message>
            <source>The generator of the group.</source>
            <translation>그룹의 생성원이에요.</translation>
        </message>
        <message>
            <source>Helps the client to choose among the keys it shares with servers.</source>
            <translation>클라이언트가 서버들과 나눠 가진 키 가운데 하나를 고르는 데 도움을 줘요.</translation>
        </message>
        <message>
            <source>Names the key that client and server knew before.</source>
            <translation>클라이언트와 서버가 미리 알던 키의 이름을 말해요.</translation>
        </message>
        <message>
            <source>The name of that key, in the clear.</source>
            <translation>그 키의 이름이며, 암호화되지 않았어요.</translation>
        </message>
        <message>
            <source>The prime of the group in which the password is proved.</source>
            <translation>비밀번호를 증명할 때 쓰는 그룹의 소수예요.</translation>
        </message>
        <message>
            <source>The number whose powers make up the group.</source>
            <translation>거듭제곱하면 그룹 전체가 나오는 수예요.</translation>
        </message>
        <message>
            <source>Salt that goes into the password, so that equal passwords look different.</source>
            <translation>비밀번호에 섞는 솔트예요. 그래서 같은 비밀번호도 다르게 보여요.</translation>
        </message>
        <message>
            <source>The server's public value of this connection.</source>
            <translation>이 연결에서 쓰는 서버의 공개 값이에요.</translation>
        </message>
        <message>
            <source>Proves that the public key comes from the owner of the certificate.</source>
            <translation>공개 키가 인증서의 주인에게서 왔다는 증거예요.</translation>
        </message>
        <message>
            <source>The client's public key: with the server's, it gives the secret that only the two know.</source>
            <translation>클라이언트의 공개 키예요. 서버의 키와 합치면 둘만 아는 비밀이 나와요.</translation>
        </message>
        <message>
            <source>The client's part of the key exchange.</source>
            <translation>키 교환에서 클라이언트의 몫이에요.</translation>
        </message>
        <message>
            <source>The client's public key, or a secret encrypted with the server's; the cipher suite says which.</source>
            <translation>클라이언트의 공개 키이거나 서버의 키로 암호화한 비밀이에요. 어느 쪽인지는 암호 스위트가 알려 줘요.</translation>
        </message>
        <message>
            <source>The algorithm that is used here.</source>
            <translation>여기서 쓰는 알고리즘이에요.</translation>
        </message>
        <message>
            <source>A signature, or in a certificate its algorithm: only the key's owner makes it, all can verify it.</source>
            <translation>서명이에요. 인증서 안에서는 그 알고리즘이에요. 키의 주인만 만들 수 있고 누구나 확인할 수 있어요.</translation>
        </message>
        <message>
            <source>The signature's bytes.</source>
            <translation>서명의 바이트예요.</translation>
        </message>
        <message>
            <source>The signature's two numbers.</source>
            <translation>서명을 이루는 두 수예요.</translation>
        </message>
        <message>
            <source>The signature's first number.</source>
            <translation>서명의 첫째 수예요.</translation>
        </message>
        <message>
            <source>The signature's second number.</source>
            <translation>서명의 둘째 수예요.</translation>
        </message>
        <message>
            <source>Ties a certificate to the request for it; empty during the handshake.</source>
            <translation>인증서를 그것을 요청한 메시지와 묶어요. 핸드셰이크 중에는 비어 있어요.</translation>
        </message>
        <message>
            <source>Ties a certificate to the request for it.</source>
            <translation>인증서를 그것을 요청한 메시지와 묶어요.</translation>
        </message>
        <message>
            <source>The sender's own certificate first, then those that vouch for it.</source>
            <translation>발신자 자신의 인증서가 먼저, 그다음에 그것을 보증하는 인증서들이 와요.</translation>
        </message>
        <message>
            <source>A certificate and what is said about it.</source>
            <translation>인증서와 그에 딸린 정보예요.</translation>
        </message>
        <message>
            <source>A certificate.</source>
            <translation>인증서예요.</translation>
        </message>
        <message>
            <source>The kinds of certificate that the server takes.</source>
            <translation>서버가 받아들이는 인증서의 종류예요.</translation>
        </message>
        <message>
            <source>Which kinds of certificate the client can show.</source>
            <translation>클라이언트가 보일 수 있는 인증서의 종류예요.</translation>
        </message>
        <message>
            <source>The ways to sign that the server can verify.</source>
            <translation>서버가 확인할 수 있는 서명 방법이에요.</translation>
        </message>
        <message>
            <source>How long the ticket can be used.</source>
            <translation>티켓을 얼마 동안 쓸 수 있는지 알려 줘요.</translation>
        </message>
        <message>
            <source>How long the ticket can be used, as a hint.</source>
            <translation>티켓을 얼마 동안 쓸 수 있는지에 대한 힌트예요.</translation>
        </message>
        <message>
            <source>A secret number that hides the ticket's age when it is used.</source>
            <translation>티켓을 쓸 때 티켓의 나이를 숨기는 비밀 숫자예요.</translation>
        </message>
        <message>
            <source>Makes the secret of each ticket a different one.</source>
            <translation>티켓마다 비밀이 달라지게 해요.</translation>
        </message>
        <message>
            <source>A keyed hash over all messages so far: both ends saw the same ones, and both have the secret.</source>
            <translation>지금까지의 모든 메시지에 키를 써서 만든 해시예요. 양쪽이 같은 것을 보았고 같은 비밀을 가졌다는 증거예요.</translation>
        </message>
        <message>
            <source>Whether the other end shall change its key too.</source>
            <translation>상대도 키를 바꿔야 하는지 알려 줘요.</translation>
        </message>
        <message>
            <source>How long the message is when unpacked.</source>
            <translation>압축을 풀면 메시지가 얼마나 긴지 알려 줘요.</translation>
        </message>
        <message>
            <source>The packed message.</source>
            <translation>압축된 메시지예요.</translation>
        </message>
        <message>
            <source>The application protocol that the client chose.</source>
            <translation>클라이언트가 고른 애플리케이션 프로토콜이에요.</translation>
        </message>
        <message>
            <source>Bytes that hide how long the protocol's name is.</source>
            <translation>프로토콜 이름의 길이를 숨기는 바이트예요.</translation>
        </message>
        <message>
            <source>Always 1.</source>
            <translation>언제나 1이에요.</translation>
        </message>
        <message>
            <source>Says what is inside; in a certificate's name, which attribute this is.</source>
            <translation>안에 무엇이 있는지 알려 줘요. 인증서의 이름에서는 어떤 속성인지 알려 줘요.</translation>
        </message>
        <message>
            <source>Always application_data: what it really is stands inside, encrypted.</source>
            <translation>언제나 application_data예요. 진짜 종류는 암호화된 채 안에 있어요.</translation>
        </message>
        <message>
            <source>A version for the sake of old middleboxes; it says nothing about the true one.</source>
            <translation>오래된 중간 장비를 위한 버전이에요. 진짜 버전에 대해서는 아무것도 알려 주지 않아요.</translation>
        </message>
        <message>
            <source>The message, or a piece of it.</source>
            <translation>메시지 또는 그 한 조각이에요.</translation>
        </message>
        <message>
            <source>The ciphertext, and the tag that betrays any change to it.</source>
            <translation>암호문과, 조금만 바뀌어도 드러내는 태그예요.</translation>
        </message>
        <message>
            <source>The half of the nonce that is sent along; the other half is secret. No nonce is used twice.</source>
            <translation>논스 가운데 함께 보내는 부분이에요. 나머지는 비밀이고, 어떤 논스도 두 번 쓰지 않아요.</translation>
        </message>
        <message>
            <source>What was said, encrypted: without the key it cannot be told from chance.</source>
            <translation>한 말을 암호화한 거예요. 키가 없으면 무작위 바이트와 구별할 수 없어요.</translation>
        </message>
        <message>
            <source>Proves that nobody changed the record: one bit more or less, and it does not fit.</source>
            <translation>아무도 레코드를 바꾸지 않았다는 증거예요. 비트 하나만 달라도 맞지 않아요.</translation>
        </message>
        <message>
            <source>The records that carried one message, because it was too long for one.</source>
            <translation>메시지 하나를 나른 레코드들이에요. 하나에 담기에는 너무 길었어요.</translation>
        </message>
        <message>
            <source>Whether the connection can go on.</source>
            <translation>연결을 계속할 수 있는지 알려 줘요.</translation>
        </message>
        <message>
            <source>What went wrong, or that nothing did.</source>
            <translation>무엇이 잘못됐는지, 또는 아무 문제 없는지 알려 줘요.</translation>
        </message>
        <message>
            <source>The post-quantum part: with it the server wraps a secret that only the client can unwrap.</source>
            <translation>양자내성 부분이에요. 서버는 이것으로 클라이언트만 풀 수 있게 비밀을 감싸요.</translation>
        </message>
        <message>
            <source>The post-quantum part: the wrapped secret, safe against quantum computers too.</source>
            <translation>양자내성 부분이에요. 감싼 비밀이고, 양자 컴퓨터에도 안전해요.</translation>
        </message>
        <message>
            <source>Names the server that the client wants (SNI), so that it can show the right certificate.</source>
            <translation>클라이언트가 찾는 서버의 이름이에요(SNI). 서버가 알맞은 인증서를 보일 수 있게 해요.</translation>
        </message>
        <message>
            <source>Asks for smaller records, for small devices.</source>
            <translation>작은 기기를 위해 더 작은 레코드를 요청해요.</translation>
        </message>
        <message>
            <source>Asks the server to bring a statement that its certificate is not revoked, or brings it.</source>
            <translation>인증서가 취소되지 않았다는 확인을 가져오라고 서버에 요청하거나, 그 확인을 가져와요.</translation>
        </message>
        <message>
            <source>Asks for statements about the whole chain of certificates.</source>
            <translation>인증서 체인 전체에 대한 확인을 요청해요.</translation>
        </message>
        <message>
            <source>The groups in which the sender can exchange keys, best first.</source>
            <translation>발신자가 키를 교환할 수 있는 그룹이에요. 선호하는 순서예요.</translation>
        </message>
        <message>
            <source>How points of elliptic curves may be written; a leftover of TLS 1.2.</source>
            <translation>타원 곡선의 점을 어떻게 적을 수 있는지 알려 줘요. TLS 1.2의 흔적이에요.</translation>
        </message>
        <message>
            <source>Logs a user in with a password.</source>
            <translation>비밀번호로 사용자를 로그인시켜요.</translation>
        </message>
        <message>
            <source>The ways to sign a handshake that the sender can verify, best first.</source>
            <translation>발신자가 확인할 수 있는 핸드셰이크 서명 방법이에요. 선호하는 순서예요.</translation>
        </message>
        <message>
            <source>The ways to sign certificates that the sender can verify.</source>
            <translation>발신자가 확인할 수 있는 인증서 서명 방법이에요.</translation>
        </message>
        <message>
            <source>Agrees how media are protected with keys of this handshake (DTLS-SRTP).</source>
            <translation>이 핸드셰이크의 키로 미디어를 어떻게 보호할지 합의해요(DTLS-SRTP).</translation>
        </message>
        <message>
            <source>Keeps a connection alive; the extension of the Heartbleed bug.</source>
            <translation>연결을 살려 둬요. Heartbleed 버그가 있던 확장이에요.</translation>
        </message>
        <message>
            <source>Agrees what will be spoken inside (ALPN), without another round trip.</source>
            <translation>안에서 무엇을 쓸지 왕복을 늘리지 않고 합의해요(ALPN).</translation>
        </message>
        <message>
            <source>Proves that the certificate stands in a public log.</source>
            <translation>인증서가 공개 로그에 있다는 증거예요.</translation>
        </message>
        <message>
            <source>Which kinds of certificate the server can show.</source>
            <translation>서버가 보일 수 있는 인증서의 종류예요.</translation>
        </message>
        <message>
            <source>Makes the message longer, because some old servers fail at certain lengths.</source>
            <translation>메시지를 길게 만들어요. 특정 길이에서 실패하는 오래된 서버가 있기 때문이에요.</translation>
        </message>
        <message>
            <source>Makes the old CBC suites encrypt first and authenticate then, which is safer.</source>
            <translation>옛 CBC 스위트가 먼저 암호화하고 나중에 인증하게 해요. 그쪽이 더 안전해요.</translation>
        </message>
        <message>
            <source>Ties the secret to the whole handshake, so that two connections can never share it.</source>
            <translation>비밀을 핸드셰이크 전체와 묶어서, 두 연결이 같은 비밀을 갖는 일이 없게 해요.</translation>
        </message>
        <message>
            <source>The ways in which certificates may be packed.</source>
            <translation>인증서를 압축해도 되는 방법들이에요.</translation>
        </message>
        <message>
            <source>The longest record that the sender can take.</source>
            <translation>발신자가 받을 수 있는 가장 긴 레코드예요.</translation>
        </message>
        <message>
            <source>A session to resume in TLS 1.2, or the wish to get a ticket for later.</source>
            <translation>TLS 1.2에서 재개할 세션이거나, 나중을 위해 티켓을 달라는 바람이에요.</translation>
        </message>
        <message>
            <source>Resumes a session: names its ticket and proves to know its secret, or says which was taken.</source>
            <translation>세션을 재개해요. 티켓의 이름을 대고 그 비밀을 안다는 것을 증명하거나, 어느 것을 받았는지 알려 줘요.</translation>
        </message>
        <message>
            <source>Data with the very first message, before the server has answered (0-RTT).</source>
            <translation>서버가 답하기 전에 첫 메시지와 함께 보내는 데이터예요(0-RTT).</translation>
        </message>
        <message>
            <source>The versions that the client speaks, or the one that the server chose.</source>
            <translation>클라이언트가 쓸 수 있는 버전들, 또는 서버가 고른 버전이에요.</translation>
        </message>
        <message>
            <source>How a session may be resumed: with a new key exchange or without.</source>
            <translation>세션을 어떻게 재개할 수 있는지, 새 키 교환을 하는지 아닌지 알려 줘요.</translation>
        </message>
        <message>
            <source>The issuers whose certificates are accepted.</source>
            <translation>받아들이는 인증서의 발급자들이에요.</translation>
        </message>
        <message>
            <source>What the server demands of the client's certificate.</source>
            <translation>서버가 클라이언트 인증서에 요구하는 것이에요.</translation>
        </message>
        <message>
            <source>The client is ready to show its certificate later too.</source>
            <translation>클라이언트는 나중에라도 인증서를 보일 준비가 돼 있어요.</translation>
        </message>
        <message>
            <source>Public keys for the key exchange: with them one round trip is enough.</source>
            <translation>키 교환을 위한 공개 키예요. 이것이 있으면 왕복 한 번으로 충분해요.</translation>
        </message>
        <message>
            <source>Agrees what will be spoken inside; an old way that ALPN replaced.</source>
            <translation>안에서 무엇을 쓸지 합의해요. ALPN으로 바뀐 옛 방법이에요.</translation>
        </message>
        <message>
            <source>What the hidden ClientHello has in common with the visible one.</source>
            <translation>숨긴 ClientHello가 보이는 것과 똑같이 갖는 부분이에요.</translation>
        </message>
        <message>
            <source>Hides the true ClientHello, and with it the server's name, inside another one.</source>
            <translation>진짜 ClientHello를, 그리고 서버의 이름까지 다른 ClientHello 안에 숨겨요.</translation>
        </message>
        <message>
            <source>Ties a renegotiation to the handshake before it, so that nobody can splice the two.</source>
            <translation>재협상을 앞선 핸드셰이크와 묶어서, 아무도 둘을 이어 붙이지 못하게 해요.</translation>
        </message>
        <message>
            <source>Means nothing: it keeps servers used to values that they do not know.</source>
            <translation>아무 뜻도 없어요. 서버가 모르는 값에도 익숙해지게 하려고 넣어요.</translation>
        </message>
        <message>
            <source>Lets the client send the address of its certificate instead of the certificate.</source>
            <translation>클라이언트가 인증서 대신 인증서의 주소를 보낼 수 있게 해요.</translation>
        </message>
        <message>
            <source>The issuers that the client trusts; certificate_authorities replaced it.</source>
            <translation>클라이언트가 믿는 발급자들이에요. certificate_authorities로 바뀌었어요.</translation>
        </message>
        <message>
            <source>Shortens the proof of authenticity; unsafe and abandoned.</source>
            <translation>인증값을 짧게 해요. 안전하지 않아서 이제는 쓰지 않아요.</translation>
        </message>
        <message>
            <source>A hint about the user's account.</source>
            <translation>사용자 계정에 대한 힌트예요.</translation>
        </message>
        <message>
            <source>What the client may do.</source>
            <translation>클라이언트가 해도 되는 일이에요.</translation>
        </message>
        <message>
            <source>What the server may do.</source>
            <translation>서버가 해도 되는 일이에요.</translation>
        </message>
        <message>
            <source>The kinds of certificate; an old form.</source>
            <translation>인증서의 종류예요. 옛 형식이에요.</translation>
        </message>
        <message>
            <source>Binds tokens of the web to this connection.</source>
            <translation>웹의 토큰을 이 연결에 묶어요.</translation>
        </message>
        <message>
            <source>What the client still has from last time and need not be sent again.</source>
            <translation>클라이언트가 지난번부터 갖고 있어서 다시 보낼 필요가 없는 것이에요.</translation>
        </message>
        <message>
            <source>A short-lived key in place of the certificate's own.</source>
            <translation>인증서의 키를 대신하는 수명이 짧은 키예요.</translation>
        </message>
        <message>
            <source>Proves that the certificate stands in a public log; a newer form.</source>
            <translation>인증서가 공개 로그에 있다는 증거예요. 더 새로운 형식이에요.</translation>
        </message>
        <message>
            <source>Names a DTLS connection, so that it survives a change of address.</source>
            <translation>DTLS 연결의 이름이에요. 주소가 바뀌어도 연결이 살아남게 해요.</translation>
        </message>
        <message>
            <source>Ties the connection to an identity from outside.</source>
            <translation>연결을 바깥의 신원과 묶어요.</translation>
        </message>
        <message>
            <source>Ties the connection to a session from outside.</source>
            <translation>연결을 바깥의 세션과 묶어요.</translation>
        </message>
        <message>
            <source>Settings of the QUIC connection around this handshake.</source>
            <translation>이 핸드셰이크를 둘러싼 QUIC 연결의 설정이에요.</translation>
        </message>
        <message>
            <source>How many tickets the client would like.</source>
            <translation>클라이언트가 티켓을 몇 개 바라는지 알려 줘요.</translation>
        </message>
        <message>
            <source>Brings along proofs from DNS.</source>
            <translation>DNS에서 온 증거를 함께 가져와요.</translation>
        </message>
        <message>
            <source>Small switches, one bit each.</source>
            <translation>비트 하나짜리 작은 스위치들이에요.</translation>
        </message>
        <message>
            <source>Tells of an old mistake in GOST implementations.</source>
            <translation>GOST 구현에 있던 옛 실수를 알려요.</translation>
        </message>
        <message>
            <source>The server asks the client to begin a new handshake on this connection.</source>
            <translation>서버가 클라이언트에게 이 연결에서 새 핸드셰이크를 시작해 달라고 해요.</translation>
        </message>
        <message>
            <source>The client opens: it offers versions, cipher suites and keys, and says whom it wants to reach.</source>
            <translation>클라이언트가 먼저 시작해요. 버전과 암호 스위트와 키를 제안하고, 누구에게 가려는지 알려요.</translation>
        </message>
        <message>
            <source>The server answers: it chooses among what the client offered and adds its own key.</source>
            <translation>서버가 답해요. 클라이언트가 제안한 것 가운데서 고르고 자기 키를 더해요.</translation>
        </message>
        <message>
            <source>The server asks for a second ClientHello, with a key of a group that it names.</source>
            <translation>서버가 자기가 정한 그룹의 키를 담아 ClientHello를 다시 보내 달라고 해요.</translation>
        </message>
        <message>
            <source>The server of a DTLS connection asks the client to prove its address.</source>
            <translation>DTLS 연결의 서버가 클라이언트에게 주소를 증명해 달라고 해요.</translation>
        </message>
        <message>
            <source>The server hands out a ticket with which a later connection can resume this session.</source>
            <translation>서버가 티켓을 줘요. 나중 연결에서 이것으로 이 세션을 재개할 수 있어요.</translation>
        </message>
        <message>
            <source>The client has sent all of its early data; from here on it uses the handshake's keys.</source>
            <translation>클라이언트가 이른 데이터를 모두 보냈어요. 여기부터는 핸드셰이크의 키를 써요.</translation>
        </message>
        <message>
            <source>The server answers the rest of what the client offered, already encrypted.</source>
            <translation>서버가 클라이언트의 나머지 제안에 답해요. 이미 암호화돼 있어요.</translation>
        </message>
        <message>
            <source>The sender says who it is, and who vouches for that.</source>
            <translation>발신자가 자기가 누구이고 누가 보증하는지 알려요.</translation>
        </message>
        <message>
            <source>The server sends its public key for this connection, signed with the key of its certificate.</source>
            <translation>서버가 이 연결에서 쓸 공개 키를 인증서의 키로 서명해서 보내요.</translation>
        </message>
        <message>
            <source>The server asks the client to show a certificate too.</source>
            <translation>서버가 클라이언트에게도 인증서를 보여 달라고 해요.</translation>
        </message>
        <message>
            <source>The server has said all it has to say for now; it is the client's turn.</source>
            <translation>서버가 지금 할 말을 모두 했어요. 이제 클라이언트 차례예요.</translation>
        </message>
        <message>
            <source>The sender signs the handshake so far: it proves that the certificate's key is its own.</source>
            <translation>발신자가 지금까지의 핸드셰이크에 서명해요. 인증서의 키가 자기 것이라는 증거예요.</translation>
        </message>
        <message>
            <source>The client sends its public key; from both keys each end computes the same secret.</source>
            <translation>클라이언트가 공개 키를 보내요. 두 키에서 양쪽이 같은 비밀을 계산해요.</translation>
        </message>
        <message>
            <source>A fingerprint of the whole handshake: if anybody changed a byte on the way, it does not match.</source>
            <translation>핸드셰이크 전체의 지문이에요. 중간에 누가 한 바이트라도 바꿨다면 맞지 않아요.</translation>
        </message>
        <message>
            <source>A signed statement that the certificate has not been revoked.</source>
            <translation>인증서가 취소되지 않았다는 서명된 확인이에요.</translation>
        </message>
        <message>
            <source>From here on the sender encrypts with a new key, derived from the old one.</source>
            <translation>여기부터 발신자는 옛 키에서 만든 새 키로 암호화해요.</translation>
        </message>
        <message>
            <source>A Certificate message in compressed form.</source>
            <translation>압축된 형태의 Certificate 메시지예요.</translation>
        </message>
        <message>
            <source>The client names the application protocol; an old way that ALPN replaced.</source>
            <translation>클라이언트가 애플리케이션 프로토콜의 이름을 알려요. ALPN으로 바뀐 옛 방법이에요.</translation>
        </message>
        <message>
            <source>Stands for the first ClientHello in the transcript; it is never sent.</source>
            <translation>트랜스크립트에서 첫 ClientHello를 대신해요. 실제로 보내지는 않아요.</translation>
        </message>
        <message>
            <source>A handshake message of a type that has no name.</source>
            <translation>이름 없는 종류의 핸드셰이크 메시지예요.</translation>
        </message>
        <message>
            <source>An error, or the goodbye that ends a connection.</source>
            <translation>오류이거나, 연결을 끝내는 작별 인사예요.</translation>
        </message>
        <message>
            <source>The sender begins to encrypt; in TLS 1.3 an empty gesture for old middleboxes.</source>
            <translation>발신자가 암호화를 시작해요. TLS 1.3에서는 오래된 중간 장비를 위한 빈 몸짓이에요.</translation>
        </message>
        <message>
            <source>A record in clear: the envelope in which messages travel.</source>
            <translation>암호화되지 않은 레코드, 메시지가 담겨 가는 봉투예요.</translation>
        </message>
        <message>
            <source>An encrypted record: from outside only its size and time can be seen.</source>
            <translation>암호화된 레코드예요. 밖에서는 크기와 시각만 보여요.</translation>
        </message>
        <message>
            <source>broken since 2014; forbidden</source>
            <translation>2014년에 깨져 금지됨</translation>
        </message>
        <message>
            <source>outdated; forbidden since 2021</source>
            <translation>낡아서 2021년부터 금지됨</translation>
        </message>
        <message>
            <source>an elliptic curve, fast and hard to get wrong</source>
            <translation>빠르고 잘못 구현하기 어려운 타원 곡선</translation>
        </message>
        <message>
            <source>an elliptic curve with a large margin of safety</source>
            <translation>안전 여유가 큰 타원 곡선</translation>
        </message>
        <message>
            <source>the elliptic curve P-256 of NIST</source>
            <translation>NIST의 타원 곡선 P-256</translation>
        </message>
        <message>
            <source>the elliptic curve P-384 of NIST</source>
            <translation>NIST의 타원 곡선 P-384</translation>
        </message>
        <message>
            <source>the elliptic curve P-521 of NIST</source>
            <translation>NIST의 타원 곡선 P-521</translation>
        </message>
        <message>
            <source>a hybrid of a classical and a post-quantum key exchange</source>
            <translation>고전적인 키 교환과 양자내성 키 교환을 합친 방식</translation>
        </message>
        <message>
            <source>a hybrid of a classical and a post-quantum key exchange; a draft of X25519MLKEM768</source>
            <translation>고전적인 키 교환과 양자내성 키 교환을 합친 방식, X25519MLKEM768의 초안</translation>
        </message>
        <message>
            <source>a post-quantum key exchange alone</source>
            <translation>양자내성 키 교환만 쓰는 방식</translation>
        </message>
        <message>
            <source>classical Diffie-Hellman with a prime of 2048 bits</source>
            <translation>2048비트 소수를 쓰는 고전적인 디피-헬먼</translation>
        </message>
        <message>
            <source>classical Diffie-Hellman with a prime of 3072 bits</source>
            <translation>3072비트 소수를 쓰는 고전적인 디피-헬먼</translation>
        </message>
        <message>
            <source>classical Diffie-Hellman with a prime of 4096 bits</source>
            <translation>4096비트 소수를 쓰는 고전적인 디피-헬먼</translation>
        </message>
        <message>
            <source>classical Diffie-Hellman with a prime of 6144 bits</source>
            <translation>6144비트 소수를 쓰는 고전적인 디피-헬먼</translation>
        </message>
        <message>
            <source>classical Diffie-Hellman with a prime of 8192 bits</source>
            <translation>8192비트 소수를 쓰는 고전적인 디피-헬먼</translation>
        </message>
        <message>
            <source>ECDSA on the curve P-256 over SHA-256</source>
            <translation>SHA-256과 P-256 곡선의 ECDSA</translation>
        </message>
        <message>
            <source>ECDSA on the curve P-384 over SHA-384</source>
            <translation>SHA-384와 P-384 곡선의 ECDSA</translation>
        </message>
        <message>
            <source>ECDSA on the curve P-521 over SHA-512</source>
            <translation>SHA-512와 P-521 곡선의 ECDSA</translation>
        </message>
        <message>
            <source>EdDSA on Curve25519</source>
            <translation>Curve25519의 EdDSA</translation>
        </message>
        <message>
            <source>EdDSA on Curve448</source>
            <translation>Curve448의 EdDSA</translation>
        </message>
        <message>
            <source>a post-quantum signature</source>
            <translation>양자내성 서명</translation>
        </message>
        <message>
            <source>RSA over SHA-1, which is broken</source>
            <translation>깨진 SHA-1을 쓰는 RSA</translation>
        </message>
        <message>
            <source>ECDSA over SHA-1, which is broken</source>
            <translation>깨진 SHA-1을 쓰는 ECDSA</translation>
        </message>
        <message>
            <source>DSA over SHA-1, which is broken</source>
            <translation>깨진 SHA-1을 쓰는 DSA</translation>
        </message>
        <message>
            <source>no cipher suite but a signal that stands among them</source>
            <translation>암호 스위트가 아니라 그 사이에 낀 신호</translation>
        </message>
        <message>
            <source>no encryption at all</source>
            <translation>암호화 없음</translation>
        </message>
        <message>
            <source>no authentication at all</source>
            <translation>인증 없음</translation>
        </message>
        <message>
            <source>weak on purpose, for export in the 1990s</source>
            <translation>1990년대 수출용으로 일부러 약하게 만든 것</translation>
        </message>
        <message>
            <source>a broken cipher</source>
            <translation>깨진 암호</translation>
        </message>
        <message>
            <source>an outdated cipher</source>
            <translation>낡은 암호</translation>
        </message>
        <message>
            <source>without forward secrecy: who steals the key later can read the call</source>
            <translation>전방 비밀성 없음: 나중에 키를 훔치면 통신을 읽을 수 있음</translation>
        </message>
        <message>
            <source>an older mode that encrypts and authenticates in two steps</source>
            <translation>암호화와 인증을 두 단계로 하는 옛 방식</translation>
        </message>
        <message>
            <source>a key that both ends know already, without forward secrecy</source>
            <translation>양쪽이 이미 아는 키, 전방 비밀성 없음</translation>
        </message>
        <message>
            <source>forward secret, encrypts and authenticates in one step</source>
            <translation>전방 비밀성 있음, 암호화와 인증을 한 번에</translation>
        </message>
        <message>
            <source>for TLS 1.3, encrypts and authenticates in one step</source>
            <translation>TLS 1.3용, 암호화와 인증을 한 번에</translation>
        </message>
        <message>
            <source>for TLS 1.3, authenticates but does not encrypt</source>
            <translation>TLS 1.3용, 인증만 하고 암호화하지 않음</translation>
        </message>
        <message>
            <source>the sender has nothing more to say: a goodbye</source>
            <translation>보낼 것이 더 없다는 작별 인사</translation>
        </message>
        <message>
            <source>a message came that was not due</source>
            <translation>올 차례가 아닌 메시지가 옴</translation>
        </message>
        <message>
            <source>a record was damaged or tampered with</source>
            <translation>레코드가 깨졌거나 누가 고침</translation>
        </message>
        <message>
            <source>a record was longer than allowed</source>
            <translation>레코드가 허용된 것보다 긺</translation>
        </message>
        <message>
            <source>the two ends have nothing in common to agree on</source>
            <translation>양쪽이 합의할 수 있는 것이 없음</translation>
        </message>
        <message>
            <source>the certificate was damaged, or its signature did not verify</source>
            <translation>인증서가 깨졌거나 서명이 확인되지 않음</translation>
        </message>
        <message>
            <source>the certificate is of a kind that cannot be used here</source>
            <translation>여기서 쓸 수 없는 종류의 인증서</translation>
        </message>
        <message>
            <source>the certificate was withdrawn by who issued it</source>
            <translation>발급자가 거둬들인 인증서</translation>
        </message>
        <message>
            <source>the certificate is not valid now</source>
            <translation>지금은 유효하지 않은 인증서</translation>
        </message>
        <message>
            <source>the certificate was refused for another reason</source>
            <translation>다른 이유로 거절된 인증서</translation>
        </message>
        <message>
            <source>a value is not allowed or contradicts another</source>
            <translation>허용되지 않거나 다른 값과 어긋나는 값</translation>
        </message>
        <message>
            <source>the certificate was issued by somebody unknown here</source>
            <translation>여기서 모르는 곳이 발급한 인증서</translation>
        </message>
        <message>
            <source>the certificate is good, but its owner may not come in</source>
            <translation>인증서는 맞지만 그 주인은 들어올 수 없음</translation>
        </message>
        <message>
            <source>a message could not be taken apart</source>
            <translation>메시지를 풀 수 없음</translation>
        </message>
        <message>
            <source>a signature or a Finished did not verify</source>
            <translation>서명이나 Finished가 확인되지 않음</translation>
        </message>
        <message>
            <source>the two ends share no version</source>
            <translation>양쪽에 공통 버전이 없음</translation>
        </message>
        <message>
            <source>all that was offered is too weak</source>
            <translation>제안된 것이 모두 너무 약함</translation>
        </message>
        <message>
            <source>the sender itself failed</source>
            <translation>보낸 쪽 자체에 문제가 생김</translation>
        </message>
        <message>
            <source>the client came back with an older version without need</source>
            <translation>클라이언트가 까닭 없이 더 낮은 버전으로 다시 옴</translation>
        </message>
        <message>
            <source>somebody cancelled the handshake</source>
            <translation>누군가 핸드셰이크를 취소함</translation>
        </message>
        <message>
            <source>the connection will not be negotiated anew</source>
            <translation>연결을 다시 협상하지 않음</translation>
        </message>
        <message>
            <source>an extension that must be there is not</source>
            <translation>꼭 있어야 하는 확장이 없음</translation>
        </message>
        <message>
            <source>an extension was answered that nobody asked for</source>
            <translation>묻지 않은 확장에 답이 옴</translation>
        </message>
        <message>
            <source>no server of that name is here</source>
            <translation>여기에 그런 이름의 서버가 없음</translation>
        </message>
        <message>
            <source>the session to be resumed is not known</source>
            <translation>재개하려는 세션을 모름</translation>
        </message>
        <message>
            <source>a certificate was asked for and none was shown</source>
            <translation>인증서를 요청했지만 보이지 않음</translation>
        </message>
        <message>
            <source>the two ends share no application protocol</source>
            <translation>양쪽에 공통 애플리케이션 프로토콜이 없음</translation>
        </message>
        <message>
            <source>from the old secret alone, without forward secrecy</source>
            <translation>옛 비밀만 씀, 전방 비밀성 없음</translation>
        </message>
        <message>
            <source>from the old secret and a new key exchange, so that it stays forward secret</source>
            <translation>옛 비밀에 새 키 교환을 더함, 전방 비밀성 유지</translation>
        </message>
        <message>
            <source>both coordinates are written out</source>
            <translation>두 좌표를 모두 적음</translation>
        </message>
        <message>
            <source>the usual kind of certificate</source>
            <translation>보통의 인증서</translation>
        </message>
        <message>
            <source>a bare public key without a certificate around it</source>
            <translation>인증서로 감싸지 않은 공개 키</translation>
        </message>
        <message>
            <source>a signed statement of the issuer that the certificate is not revoked</source>
            <translation>인증서가 취소되지 않았다는 발급자의 서명된 확인</translation>
        </message>
        <message>
            <source>a certificate with an RSA key</source>
            <translation>RSA 키를 쓰는 인증서</translation>
        </message>
        <message>
            <source>a certificate with an ECDSA or EdDSA key</source>
            <translation>ECDSA나 EdDSA 키를 쓰는 인증서</translation>
        </message>
        <message>
            <source>a certificate with a DSA key</source>
            <translation>DSA 키를 쓰는 인증서</translation>
        </message>
        <message>
            <source>the connection ends at once</source>
            <translation>연결이 바로 끝남</translation>
        </message>
        <message>
            <source>the connection may go on</source>
            <translation>연결을 계속할 수 있음</translation>
        </message>
        <message>
            <source>a message that sets up the connection</source>
            <translation>연결을 맺는 메시지</translation>
        </message>
        <message>
            <source>an error or a goodbye</source>
            <translation>오류 또는 작별 인사</translation>
        </message>
        <message>
            <source>the sign that encryption begins</source>
            <translation>암호화가 시작된다는 표시</translation>
        </message>
        <message>
            <source>encrypted: what it really is cannot be seen from outside</source>
            <translation>암호화됨: 진짜 종류는 밖에서 볼 수 없음</translation>
        </message>
        <message>
            <source>the other end may keep its key</source>
            <translation>상대는 키를 그대로 써도 됨</translation>
        </message>
        <message>
            <source>the other end shall change its key too</source>
            <translation>상대도 키를 바꿔야 함</translation>
        </message>
        <message>
            <source>made up to keep servers used to what they do not know (RFC 8701)</source>
            <translation>서버가 모르는 값에 익숙해지도록 지어낸 값(RFC 8701)</translation>
        </message>
        <message>
            <source>not known to this program</source>
            <translation>이 프로그램이 모르는 값</translation>
        </message>
        <message>
            <source>its end is the mark of a server that could do TLS 1.3 and was asked for TLS 1.2</source>
            <translation>끝부분이 TLS 1.3을 할 수 있는데 TLS 1.2를 요청받은 서버의 표시임</translation>
        </message>
        <message>
            <source>its end is the mark of a server that could do better and was asked for TLS 1.1 or older</source>
            <translation>끝부분이 더 높은 버전을 할 수 있는데 TLS 1.1 이하를 요청받은 서버의 표시임</translation>
        </message>
        <message>
            <source>the fixed value that makes a ServerHello a HelloRetryRequest</source>
            <translation>ServerHello를 HelloRetryRequest로 만드는 정해진 값</translation>
        </message>
        <message>
            <source>refused: Glasscall never offers compression, so nobody may send this</source>
            <translation>거절됨: Glasscall은 압축을 제안하지 않으므로 아무도 보낼 수 없음</translation>
        </message>
    </context>
</TS>
