"""`mdm profile`: what stands in the extracts, before anything is loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from mdm.cli import options, show
from mdm.report import profile_page
from mdm.survey import ColumnSurvey, Counted, Reading, SourceSurvey, survey
from mdm.workspace import Workspace

NARROW = 100
"""Characters of a terminal below which a column of the extract is a few lines, not a row of a table."""
SHOWN = 28
SMALL = 0.01


@click.command(name="profile")
@options.directory
@click.option("--source", metavar="S", help="Only this source.")
@options.as_json
def command(directory: Path, source: str | None, as_json: bool) -> int:
    """What is in the extracts: completeness, formats, validity, duplicates. Only shows; writes one page."""
    workspace = Workspace.open(directory)
    with show.progress() as progress:
        found = survey(workspace, source, progress=progress)
    path = profile_page.write(found, workspace.folder)
    text = "\n\n".join([*(source_text(each) for each in found.sources), f"{path} (it holds personal data)"])
    show.result({**found.to_dict(), "path": str(path)}, text, as_json=as_json)
    return 3 if any(each.problem for each in found.sources) else 0


def source_text(source: SourceSurvey) -> str:
    """One source as people read it: plain lines when piped, a table or narrow blocks on a terminal."""
    confidence = "" if source.encoding_confidence is None else f" ({source.encoding_confidence:.0%} sure)"
    facts = [f"{source.rows:,} rows", *([f"read as {source.encoding}{confidence}"] if source.encoding else [])]
    facts += [f"{each.rows:,} {each.text.replace('_', ' ')} set aside" for each in source.set_aside]
    lines = [f"{source.source}  {source.path}: {', '.join(facts)}"]
    lines += [f"HELD  {source.problem}"] if source.problem else []
    if source.columns:
        lines += ["", _columns(source)]
    lines += _list("to look at", [f"{each.column}: {each.english}" for each in source.suspicions])
    when = "frozen" if source.frozen else "the first run would freeze"
    lines += _list(when, [f"{each.name}: {each.value}   {each.evidence}".rstrip() for each in source.habits])
    shared = [
        f"{each.column} ({each.attribute}): {each.values:,} values in {each.rows:,} rows, up to "
        f"{each.most[0].names:,} names"
        for each in source.shared
    ]
    lines += _list("shared by several names", shared)
    lines += _list("what became of it", [text for reading in source.readings for text in _became(reading)])
    return "\n".join(lines)


def _columns(source: SourceSurvey) -> str:
    head = ("column", "attribute", "filled", "distinct", "valid", "findings", "formats", "commonest values")
    rows = [_row(source, column) for column in source.columns]
    if _is_narrow():
        return "\n".join(_block(head, row) for row in rows)
    return show.table(head, rows)


def _is_narrow() -> bool:
    return sys.stdout.isatty() and Console().width < NARROW


def _block(head: Sequence[str], row: Sequence[str]) -> str:
    """One column of the extract as a few lines, for a narrow terminal."""
    told = (f"  {name}: {cell.replace(chr(10), '; ')}" for name, cell in zip(head[1:], row[1:], strict=True) if cell)
    return "\n".join([row[0], *told])


def _row(source: SourceSurvey, column: ColumnSurvey) -> tuple[str, ...]:
    readings = [reading for reading in source.readings if column.name in reading.columns]
    valid = [share for reading in readings if (share := reading.validity) is not None]
    uses = {"key": source.key, "condition": source.conditions}
    used = [use for use, columns in uses.items() if column.name in columns]
    return (
        column.name,
        ", ".join(dict.fromkeys([*used, *(reading.attribute for reading in readings)])),
        f"{column.completeness:.1%}",
        f"{column.distinct:,}",
        f"{min(valid):.1%}" if valid else "",
        "\n".join(dict.fromkeys(f"{each.text} {each.rows:,}" for reading in readings for each in reading.findings)),
        _first(column.formats, column.filled),
        _first(column.values, column.filled)
        if column.distinct < column.filled
        else "each once"
        if column.filled
        else "",
    )


def _first(counted: Sequence[Counted], of: int) -> str:
    """The commonest with their share, or how often where that is small."""
    shares = (f"{each.rows / of:.0%}" if each.rows >= SMALL * of else f"×{each.rows:,}" for each in counted)
    return "\n".join(f"{_cut(each.text)} {share}" for each, share in zip(counted[:3], shares, strict=False))


def _became(reading: Reading) -> list[str]:
    return [
        f"{reading.attribute}: {_cut(each.received, 60)} -> {_cut(each.canonical or 'not taken', 60)}"
        for each in reading.examples[:3]
    ]


def _cut(text: str, length: int = SHOWN) -> str:
    printable = " ".join(text.split())
    return printable if len(printable) <= length else f"{printable[:length]}…"


def _list(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []
