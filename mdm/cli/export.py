"""`mdm export`: the published state, and the adopted rule set, as files."""

from __future__ import annotations

from pathlib import Path

import click

from mdm import pipeline
from mdm.cli import options, show
from mdm.workspace import Workspace

TABLES = ("crosswalk", "golden", "standardised", "lineage", "edges", "rule-set")


@click.command(name="export")
@options.directory
@click.argument("what", type=click.Choice(TABLES))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@options.entity
@click.option("--as-of", type=int, metavar="RUN", help="The state as this run left it.")
@options.as_json
def command(directory: Path, what: str, out: Path, entity: str | None, as_of: int | None, as_json: bool) -> None:
    """Write a published table to OUT (.csv, .parquet or .xlsx), or the adopted rule set to OUT (.yaml)."""
    rows = pipeline.export(Workspace.open(directory), what, out, entity=entity, as_of=as_of)
    show.result({"path": str(out), "rows": rows}, f"{out}: {rows:,} rows", as_json=as_json)
