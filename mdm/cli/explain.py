"""`mdm explain`: why two records are, or are not, held to be the same."""

from __future__ import annotations

from pathlib import Path

import click

from mdm import pipeline
from mdm.cli import options, show
from mdm.workspace import Workspace


@click.command(name="explain")
@options.directory
@click.argument("left", metavar="RECORD")
@click.argument("right", metavar="RECORD")
@options.as_json
def command(directory: Path, left: str, right: str, as_json: bool) -> None:
    """Every comparison's level and weight for two records, the verdict, and what would change it."""
    explanation = pipeline.explain(Workspace.open(directory), left, right)
    show.result(explanation.to_dict(), explanation.text(show.table), as_json=as_json)
