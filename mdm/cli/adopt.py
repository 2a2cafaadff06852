"""`mdm adopt`: which rule-set version the runs use."""

from __future__ import annotations

from pathlib import Path

import click

from mdm.adoption import adopt
from mdm.cli import options, show
from mdm.workspace import Workspace


@click.command(name="adopt")
@options.directory
@click.argument("version", metavar="VERSION|edited")
@options.as_json
def command(directory: Path, version: str, as_json: bool) -> None:
    """Make a rule-set version the one that runs use; `edited` makes one of today's mdm.yaml and rule files."""
    with show.progress() as progress:
        adopted = adopt(Workspace.open(directory), version, progress=progress)
    text = (
        f"version {adopted.version} is adopted; the next run is a full one"
        if adopted.changed
        else (f"version {adopted.version} was adopted already; nothing changed")
    )
    values = {
        "version": adopted.version,
        "changed": adopted.changed,
        "fingerprint": adopted.fingerprint,
        "learned": adopted.learned,
    }
    if adopted.learned:
        text += f"\nlearned again, because its comparisons changed: {', '.join(adopted.learned)}"
    show.result(values, text, as_json=as_json)
