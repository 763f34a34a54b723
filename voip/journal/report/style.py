"""How the call report looks: light, calm, and the same on paper."""

CSS = """
@page { size: A4; margin: 16mm 15mm; }
* { box-sizing: border-box; }
html { font: 14px/1.5 Inter, "Segoe UI", system-ui, "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo",
  sans-serif; color: #17191c; background: #fafaf8; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { margin: 0; }
:lang(ko) { word-break: keep-all; }
main { max-width: 860px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 2px 0 18px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 36px 0 12px; }
h3 { font-size: 13px; margin: 0 0 6px; }
p { margin: 0; }
.kicker { color: #686d74; font-weight: 600; }
.quiet { color: #5a5f66; font-size: 12.5px; overflow-wrap: anywhere; }
.claim { font-weight: 600; }
.verdict { border-radius: 14px; padding: 16px 20px; margin-bottom: 20px; border: 1px solid; }
.verdict strong { display: block; font-size: 17px; }
.verdict.good { background: #eef7f1; border-color: #bfe0cc; color: #12613a; }
.verdict.open { background: #fbf5e8; border-color: #ecd9ae; color: #6f4806; }
.verdict.bad { background: #fcefee; border-color: #f1c3c0; color: #a12a24; }
dl { margin: 0; }
dt { color: #686d74; font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 10px 24px; margin: 0 0 14px; }
.wide > div { display: grid; grid-template-columns: 230px 1fr; gap: 16px; padding: 5px 0;
  border-bottom: 1px solid #e6e6e1; }
.finding { display: grid; grid-template-columns: 92px 1fr; gap: 14px; padding: 10px 0;
  border-bottom: 1px solid #e6e6e1; break-inside: avoid; }
.badge { justify-self: start; align-self: start; border-radius: 8px; padding: 2px 9px; font-size: 12px;
  font-weight: 600; white-space: nowrap; }
.finding.good .badge { background: #e2f2e8; color: #12613a; }
.finding.open .badge { background: #f7ecd4; color: #6f4806; }
.finding.bad .badge { background: #d5433b; color: #fff; }
.bad { color: #a12a24; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th { text-align: left; font-weight: 500; color: #5a5f66; }
thead th { font-weight: 600; color: #17191c; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid #e6e6e1; vertical-align: top; overflow-wrap: anywhere; }
.parameters table { font-size: 12.5px; table-layout: fixed; }
.parameters th:first-child { width: 19%; }
.key { font-family: "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 11px; }
.lead { margin-bottom: 12px; }
tr { break-inside: avoid; }
.narrow { max-width: 460px; margin-bottom: 16px; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.sum th, .sum td { font-weight: 600; color: #17191c; }
.ladders { display: grid; grid-template-columns: repeat(3, 1fr); gap: 20px; }
.ladder table { font-size: 12px; }
.ladder td { padding: 2px 8px 2px 0; }
.ladder td:nth-child(2) { color: #686d74; white-space: nowrap; }
.ladder { break-inside: avoid; border-top: 3px solid #3565d8; padding-top: 8px; }
.ladder.session { border-color: #08776b; }
ol { padding-left: 20px; margin: 12px 0; }
li { margin-bottom: 14px; break-inside: avoid; }
pre { font: 12px/1.45 "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; background: #f2f2ee;
  border-radius: 8px; padding: 9px 12px; margin: 5px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.pem { font-size: 10.5px; }
h2, h3 { break-after: avoid; }
@media (max-width: 640px) { .facts, .ladders { grid-template-columns: 1fr; } .wide > div { display: block; } }
@media print { html { background: #fff; font-size: 12px; } main { padding: 0; max-width: none; } }
"""
