"""`mdm report`: one self-contained HTML page about a run."""

from __future__ import annotations

from pathlib import Path

import click

from mdm import versions
from mdm.cli import options, show
from mdm.report import build
from mdm.repository import Repository
from mdm.workspace import Workspace


@click.command(name="report")
@options.directory
@click.option("--run", "run_number", type=int, metavar="N", help="Of this run; the last one if not given.")
@options.as_json
def command(directory: Path, run_number: int | None, as_json: bool) -> None:
    """Write one self-contained HTML file with charts."""
    workspace = Workspace.open(directory)
    with Repository.open(workspace.repository_url, create=False) as repository:
        path = build.write(repository, versions.published(repository), workspace.folder, run_number)
    show.result({"path": str(path)}, str(path), as_json=as_json)
