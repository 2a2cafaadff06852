"""`mdm digest`: two numbers that say what is published."""

from __future__ import annotations

from pathlib import Path

import click

from mdm.cli import options, show
from mdm.errors import RepositoryError
from mdm.repository import Repository
from mdm.workspace import Workspace


@click.command(name="digest")
@options.directory
@options.as_json
def command(directory: Path, as_json: bool) -> None:
    """The partition digest and the value digest of what is published."""
    run = Repository.open(Workspace.open(directory).repository_url).last_run()
    if run is None:
        raise RepositoryError("nothing has been published yet.", "Run `mdm run` first.")
    values = {"run": run.number, "partition_digest": run.partition_digest, "value_digest": run.value_digest}
    text = f"run {run.number}\npartition digest  {run.partition_digest}\nvalue digest      {run.value_digest}"
    show.result(values, text, as_json=as_json)
