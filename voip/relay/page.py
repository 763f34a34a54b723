"""What a browser is shown: what this relay is, what it can see, and the TLS connection in which this page came.

One file, no script, nothing fetched from elsewhere; English or Korean, light or dark, as the browser asks.
"""

from dataclasses import dataclass
from html import escape
from string import Template
from typing import Literal

Language = Literal["en", "ko"]


@dataclass(frozen=True, slots=True)
class Seen:
    """The TLS connection of one request."""

    version: str
    """`TLSv1.3` or `TLSv1.2`."""
    cipher: str
    group: str
    alpn: str
    """Empty when the browser offered none."""
    server_name: str
    """The name that the browser asked for (SNI), not to be trusted; empty when it named none."""
    resumed: bool


_TEXT: dict[Language, dict[str, str]] = {
    "en": {
        "kind": "A Glasscall relay",
        "lead": "It connects people who call each other, and forwards what it cannot read.",
        "tls_title": "HTTPS is HTTP in TLS",
        "tls_lead": "This page came to you in the connection below, on the same port on which phones call. "
        "Other protocol, same TLS.",
        "version": "Version",
        "cipher": "Cipher suite",
        "group": "Key exchange",
        "alpn": "Protocol (ALPN)",
        "sni": "Name asked for (SNI)",
        "handshake": "Handshake",
        "none": "none offered",
        "unnamed": "none; an address was used",
        "full": "full: the certificate was shown",
        "resumed": "resumed: no certificate, an earlier session goes on",
        "hybrid": "a hybrid: safe as long as either a classical or a post-quantum problem is hard",
        "can": "What it knows",
        "can_1": "who is connected, and from which address",
        "can_2": "who calls whom, when, and for how long",
        "can_3": "how many packets go through, of which size",
        "cannot": "What it cannot know",
        "cannot_1": "what is said: the keys of a call never leave the two phones",
        "cannot_2": "the four words that the two people compare; if it sat in between, with certificates "
        "that its CA made, they would differ",
        "cannot_3": "anybody's private key",
        "ca_title": "Its certificate authority",
        "ca_lead": "An invite names this fingerprint (SHA-256). If the one in your invite differs, do not join.",
        "ca_link": "Certificate (PEM)",
        "health": "Health",
        "figures": "Figures",
    },
    "ko": {
        "kind": "Glasscall 릴레이",
        "lead": "서로 통화하는 사람들을 이어 주고, 읽을 수 없는 것을 그대로 전달합니다.",
        "tls_title": "HTTPS는 TLS 안의 HTTP입니다",
        "tls_lead": "이 페이지는 아래 연결을 통해 왔습니다. 전화가 쓰는 것과 같은 포트이며, "
        "프로토콜만 다르고 TLS는 같습니다.",
        "version": "버전",
        "cipher": "암호 스위트",
        "group": "키 교환",
        "alpn": "프로토콜 (ALPN)",
        "sni": "요청한 이름 (SNI)",
        "handshake": "핸드셰이크",
        "none": "제시되지 않음",
        "unnamed": "없음 (주소로 접속)",
        "full": "전체: 인증서를 제시함",
        "resumed": "재개: 인증서 없이 이전 세션을 이어 감",
        "hybrid": "하이브리드: 고전 문제와 양자 내성 문제 중 하나만 어려워도 안전함",
        "can": "릴레이가 아는 것",
        "can_1": "누가 어느 주소에서 접속해 있는지",
        "can_2": "누가 누구에게 언제, 얼마나 오래 전화하는지",
        "can_3": "어떤 크기의 패킷이 몇 개 지나가는지",
        "cannot": "릴레이가 알 수 없는 것",
        "cannot_1": "통화 내용: 통화의 키는 두 전화기를 떠나지 않습니다",
        "cannot_2": "두 사람이 비교하는 네 단어. 릴레이가 자기 CA로 만든 인증서로 중간에 앉으면 단어가 달라집니다",
        "cannot_3": "모든 사람의 개인 키",
        "ca_title": "인증기관",
        "ca_lead": "초대에 이 지문(SHA-256)이 들어 있습니다. 받은 초대의 지문과 다르면 가입하지 마세요.",
        "ca_link": "인증서 (PEM)",
        "health": "상태",
        "figures": "수치",
    },
}

_PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$name · $kind</title>
<style>
:root { --back: #f4f6f8; --card: #fff; --ink: #16202b; --soft: #5a6876; --line: #dde3e9; --accent: #0b7a5e; }
@media (prefers-color-scheme: dark) {
  :root { --back: #10161d; --card: #18212b; --ink: #e8eef4; --soft: #9aa9b8; --line: #293542; --accent: #4fd1ab; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 3rem 1.25rem; background: var(--back); color: var(--ink);
  font: 16px/1.55 Inter, system-ui, "Noto Sans CJK KR", sans-serif; }
main { max-width: 46rem; margin: 0 auto; display: grid; gap: 1.25rem; }
header p { margin: 0; color: var(--soft); }
:lang(ko) { word-break: keep-all; }
h1 { margin: 0 0 .35rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
.kind { color: var(--accent); font-weight: 600; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.4rem 1.6rem; }
h2 { margin: 0 0 .4rem; font-size: 1.05rem; }
section > p { margin: 0 0 1rem; color: var(--soft); }
dl { display: grid; grid-template-columns: minmax(8rem, auto) 1fr; gap: .55rem 1.5rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
dd small { display: block; color: var(--soft); }
code { font: .92em/1.6 ui-monospace, "DejaVu Sans Mono", monospace; }
.two { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); }
ul { margin: 0; padding-left: 1.1rem; }
li { margin: .25rem 0; }
.print { display: block; overflow-wrap: anywhere; letter-spacing: .02em; }
a { color: var(--accent); }
footer { color: var(--soft); display: flex; gap: 1.25rem; flex-wrap: wrap; padding: 0 .4rem; }
</style>
</head>
<body>
<main>
<header><p class="kind">$kind</p><h1>$name</h1><p>$lead</p></header>
<section>
<h2>$tls_title</h2>
<p>$tls_lead</p>
<dl>
<dt>$version</dt><dd><code>$seen_version</code></dd>
<dt>$cipher</dt><dd><code>$seen_cipher</code></dd>
<dt>$group</dt><dd><code>$seen_group</code>$about_group</dd>
<dt>$alpn</dt><dd>$seen_alpn</dd>
<dt>$sni</dt><dd>$seen_name</dd>
<dt>$handshake</dt><dd>$seen_handshake</dd>
</dl>
</section>
<div class="two">
<section><h2>$can</h2><ul><li>$can_1</li><li>$can_2</li><li>$can_3</li></ul></section>
<section><h2>$cannot</h2><ul><li>$cannot_1</li><li>$cannot_2</li><li>$cannot_3</li></ul></section>
</div>
<section>
<h2>$ca_title</h2>
<p>$ca_lead</p>
<code class="print">$fingerprint</code>
</section>
<footer><a href="/ca.pem">$ca_link</a><a href="/metrics">$figures</a><a href="/healthz">$health</a></footer>
</main>
</body>
</html>
""")


def language_of(accepted: str) -> Language:
    """The language that an Accept-Language header (RFC 9110 §12.5.4) likes best of ours; English if it likes none."""
    best: Language = "en"
    most = 0.0
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.partition(";")
        known = tag.strip().lower().partition("-")[0]
        quality = _quality_untrusted(weight)
        if quality > most and known in {"en", "ko"}:
            best, most = ("ko" if known == "ko" else "en"), quality
    return best


def render(language: Language, name: str, ca_fingerprint: str, seen: Seen) -> str:
    """The page as HTML. `name`: the relay's; `ca_fingerprint`: SHA-256, hex."""
    text = _TEXT[language]
    groups = " ".join(ca_fingerprint[i : i + 4] for i in range(0, len(ca_fingerprint), 4))
    return _PAGE.substitute(
        text,
        language=language,
        name=escape(name),
        fingerprint=groups,
        seen_version=escape(seen.version.replace("TLSv", "TLS ")),
        seen_cipher=escape(seen.cipher),
        seen_group=escape(seen.group),
        about_group=f"<small>{text['hybrid']}</small>" if "MLKEM" in seen.group else "",
        seen_alpn=f"<code>{escape(seen.alpn)}</code>" if seen.alpn else text["none"],
        seen_name=f"<code>{escape(seen.server_name)}</code>" if seen.server_name else text["unnamed"],
        seen_handshake=text["resumed" if seen.resumed else "full"],
    )


def _quality_untrusted(weight: str) -> float:
    """What `q=0.8` says; 1 when nothing is said, 0 for nonsense."""
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    digits = value.replace(".", "", 1)
    return float(value) if name == "q" and digits.isascii() and digits.isdigit() and len(value) <= 5 else 0.0
