"""`mdm check`: is the workspace right?"""

from __future__ import annotations

from pathlib import Path

import click

from mdm import loading
from mdm.cli import options, show
from mdm.workspace import Workspace

FIRST = 20
ASIDE = "rows that a run sets aside (the first; --json lists all)"


@click.command(name="check")
@options.directory
@options.as_json
def command(directory: Path, as_json: bool) -> int:
    """Is the workspace right? Every mistake at once, with file, line and remedy; writes nothing."""
    checked = loading.check(Workspace.open(directory))
    values = {
        "ok": not (checked.held or checked.repository),
        "sources": [vars(counts) for counts in checked.counts],
        "set_aside": checked.set_aside.to_dicts(),
        "encodings": [vars(read) for read in checked.encodings],
        "notes": [*checked.notes],
        "held": [held.to_dict() for held in checked.held],
        "repository": checked.repository,
    }
    lines = [show.table(("source", "rows", "set aside"), [(c.source, c.rows, c.set_aside) for c in checked.counts])]
    if checked.encodings:
        columns = ("source", "column", "read as", "confidence", "because")
        lines += ["", show.table(columns, [tuple(vars(read).values()) for read in checked.encodings]), ""]
    if checked.set_aside.height:
        lines += ["", show.table(checked.set_aside.columns, checked.set_aside.head(FIRST).rows(), ASIDE), ""]
    lines += checked.notes
    lines += [f"HELD  {held.message}" for held in checked.held]
    lines += [checked.repository] if checked.repository else []
    lines += ["everything is in order"] if values["ok"] else []
    show.result(values, "\n".join(lines), as_json=as_json)
    if checked.repository:
        return 1
    return 3 if checked.held else 0
