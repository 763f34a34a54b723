"""`glasscall inspect`: judge a capture as an eavesdropper would read it.

Exit status: 0 when no canary was readable, 1 when one was, 2 when the command was put wrongly.
"""

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voip.capture.canaries import load_canaries, text_canary
from voip.capture.handshake import TlsStream
from voip.capture.inspect import OtherFlow, Report, inspect
from voip.errors import CaptureError, StoreError, UsageError

SHOWN = 20
"""Findings that the table lists; the JSON report has them all."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "inspect",
        help="judge a packet capture: what could an eavesdropper read?",
        description="Judge a pcap or pcapng file. Status 1 means that a canary was readable.",
    )
    parser.add_argument("capture", type=Path, metavar="CAPTURE", help="a pcap or pcapng file")
    parser.add_argument(
        "--canary", action="append", default=[], metavar="TEXT", help="text that must not be readable (repeatable)"
    )
    parser.add_argument("--canaries", type=Path, metavar="FILE", help='JSON lines: {"label": …, "hex": …}')
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the whole report here")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Inspect, show and report; raises `UsageError` when a file cannot be read."""
    canaries = [text_canary(text) for text in args.canary]
    try:
        canaries += load_canaries(args.canaries) if args.canaries else []
        report = inspect(args.capture, canaries)
    except CaptureError as error:
        # A file that is missing or no capture was named wrongly; status 1 would read as "something was readable".
        raise UsageError(error.sentence, code=error.code) from error
    if args.json:
        try:
            args.json.write_text(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n")
        except OSError as error:
            raise StoreError(f"The report cannot be written to {args.json}: {error.strerror}.") from error
    _show(report, Console())
    return 0 if report.clear else 1


def _show(report: Report, console: Console) -> None:
    if report.tls:
        console.print(_tls_table(report.tls))
    if report.others:
        console.print(_others_table(report.others))
    if report.found:
        table = Table("canary", "as", "packet", "where", title="Readable in the clear", title_justify="left")
        for found in report.found[:SHOWN]:
            table.add_row(escape(found.canary), found.form, str(found.packet), escape(found.stream))
        if report.found_total > SHOWN:
            table.caption = f"and {report.found_total - SHOWN} more"
        console.print(table)
    console.print(report.verdict, style="bold" if report.clear else "bold red", markup=False, highlight=False)


def _tls_table(streams: tuple[TlsStream, ...]) -> Table:
    table = Table("TLS", "what travels in clear", title="TLS streams", title_justify="left", show_lines=True)
    for stream in streams:
        resumed = {True: "resumed", False: "full handshake", None: ""}[stream.resumed]
        chosen = " · ".join(filter(None, (stream.version, stream.cipher, stream.group, resumed)))
        records = ", ".join(f"{count} {name}" for name, count in stream.records.items())
        lines = [
            chosen or "the handshake was not captured",
            f"SNI {stream.server_name or 'none'} · ALPN {', '.join(stream.alpn_offered) or 'none'}",
            *(f"certificate {subject}" for subject in stream.certificates),
            f"{stream.packets} packets · {stream.bytes_sent} B → · {stream.bytes_received} B ←",
            records,
            f"application data: {stream.entropy.bits:.3f} bits per byte (random: {stream.entropy.ceiling:.3f})",
        ]
        if not stream.certificates and stream.version:
            lines.insert(2, "certificates: none visible")
        if stream.problem:
            lines.append(stream.problem)
        table.add_row(escape(f"{stream.client}\n→ {stream.server}"), escape("\n".join(lines)))
    return table


def _others_table(flows: tuple[OtherFlow, ...]) -> Table:
    table = Table("flow", "kind", "packets", "bytes", "bits per byte", "notes", title="Not TLS", title_justify="left")
    for flow in flows:
        notes = "; ".join(
            f"SSRC {', '.join(shape.ssrcs)}, sizes {'constant' if shape.constant_size else 'vary'} "
            f"({', '.join(map(str, shape.sizes))})"
            for shape in flow.srtp
        )
        if flow.stun:
            notes = f"{notes}; {flow.stun} packets of STUN".removeprefix("; ")
        table.add_row(
            escape(f"{flow.transport} {flow.source} → {flow.destination}"),
            flow.kind,
            str(flow.packets),
            str(flow.bytes),
            f"{flow.entropy.bits:.3f} (random: {flow.entropy.ceiling:.3f})",
            escape(notes),
        )
    return table
