"""`mdm lineage`: where every value of a golden record comes from."""

from __future__ import annotations

from pathlib import Path

import click
import polars as pl

from mdm.cli import options, show
from mdm.repository import Repository, exports, queries
from mdm.workspace import Workspace

COLUMNS = (
    "attribute",
    "value",
    "source",
    "source_id",
    "load",
    "line",
    "received",
    "standardised",
    "rule",
    "run",
    "because",
)


@click.command(name="lineage")
@options.directory
@click.argument("golden_id", metavar="GOLDEN_ID")
@options.as_json
def command(directory: Path, golden_id: str, as_json: bool) -> None:
    """Where every value of a golden record comes from: source, row, rule, run, and why the record is here."""
    with Repository.open(Workspace.open(directory).repository_url, create=False) as repository:
        current = queries.resolve(repository, golden_id)
        values = pl.concat([queries.LINEAGE.empty(), *(queries.lineage(repository, found) for found in current)])
        values = exports.flat(values, "standardised")
    redirected = f"{golden_id} is now {', '.join(current)}" if current != [golden_id] else golden_id
    text = f"{redirected}\n{show.table(COLUMNS, values.select(COLUMNS).rows())}"
    show.result({"golden_id": golden_id, "current": current, "values": values.to_dicts()}, text, as_json=as_json)
