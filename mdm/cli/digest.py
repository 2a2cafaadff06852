"""`mdm digest`: two numbers that say what is published."""

from __future__ import annotations

from pathlib import Path

import click

from mdm.cli import options, show
from mdm.repository import Repository, queries
from mdm.workspace import Workspace


@click.command(name="digest")
@options.directory
@options.as_json
def command(directory: Path, as_json: bool) -> None:
    """The partition digest and the value digest of what is published."""
    with Repository.open(Workspace.open(directory).repository_url, create=False) as repository:
        run = queries.run_summary(repository)
    values = {name: run[name] for name in ("run", "partition_digest", "value_digest")}
    text = f"run {run['run']}\npartition digest  {run['partition_digest']}\nvalue digest      {run['value_digest']}"
    show.result(values, text, as_json=as_json)
