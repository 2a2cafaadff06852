"""`mdm check`: is the workspace right?"""

from __future__ import annotations

from pathlib import Path

import click

from mdm import loading
from mdm.cli import options, show
from mdm.workspace import Workspace


@click.command(name="check")
@options.directory
@options.as_json
def command(directory: Path, as_json: bool) -> int:
    """Is the workspace right? Every mistake at once, with file, line and remedy; writes nothing."""
    checked = loading.check(Workspace.open(directory))
    values = {
        "ok": not checked.held,
        "sources": [vars(counts) for counts in checked.counts],
        "held": [held.to_dict() for held in checked.held],
    }
    lines = [show.table(("source", "rows", "set aside"), [(c.source, c.rows, c.set_aside) for c in checked.counts])]
    lines += [f"HELD  {held.message}" for held in checked.held] or ["everything is in order"]
    show.result(values, "\n".join(lines), as_json=as_json)
    return 3 if checked.held else 0
