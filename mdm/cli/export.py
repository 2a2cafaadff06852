"""`mdm export`: the published state, and the adopted rule set, as files."""

from __future__ import annotations

from pathlib import Path

import click
import polars as pl

from mdm import versions
from mdm.cli import options, show
from mdm.errors import UsageError
from mdm.repository import Repository, exports, files
from mdm.standardise.findings import meanings
from mdm.workspace import RuleSet, Workspace

TABLES = ("crosswalk", "golden", "standardised", "lineage", "edges", "findings", "rule-set")


@click.command(name="export")
@options.directory
@click.argument("what", type=click.Choice(TABLES))
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@options.entity
@click.option("--source", metavar="S", help="Only the rows of this source, in a table that has the column.")
@click.option("--as-of", type=int, metavar="RUN", help="The state as this run left it.")
@options.as_json
def command(
    directory: Path,
    what: str,
    out: Path,
    entity: str | None,
    source: str | None,
    as_of: int | None,
    as_json: bool,
) -> None:
    """Write a published table to OUT (.csv, .parquet or .xlsx), or the adopted rule set to OUT (.yaml)."""
    with Repository.open(Workspace.open(directory).repository_url, create=False) as repository:
        rule_set = versions.published(repository)
        if what == "rule-set":
            if out.suffix.lower() not in (".yaml", ".yml"):
                raise UsageError(f"{out.name}: a rule set is written as YAML. Write to a name that ends in .yaml.")
            files.write_text(rule_set.to_yaml(), out)
            show.result({"path": str(out), "fingerprint": rule_set.fingerprint}, str(out), as_json=as_json)
            return
        frame = table(repository, rule_set, what, entity, as_of)
        if source is not None:
            frame = _of_source(frame, what, source, rule_set)
    files.write(frame, out)
    show.result({"path": str(out), "rows": frame.height}, f"{out}: {frame.height:,} rows", as_json=as_json)


def table(repository: Repository, rule_set: RuleSet, what: str, entity: str | None, as_of: int | None) -> pl.DataFrame:
    """The table called `what`, with the adopted rule set's attributes; raises UsageError on an unknown entity type."""
    attributes = {name: list(rules.mapped) for name, rules in rule_set.rules.entities.items()}
    if entity is not None and entity not in attributes:
        raise UsageError(f"there is no entity type '{entity}'. Known: {', '.join(attributes)}.")
    match what:
        case "crosswalk":
            return exports.crosswalk(repository, entity, as_of)
        case "golden":
            return exports.golden(repository, attributes, entity, as_of)
        case "standardised":
            return exports.standardised(repository, attributes, entity, as_of)
        case "lineage":
            return exports.lineage(repository, entity, as_of)
        case "findings":
            return exports.findings(repository, meanings(rule_set.knowledge), entity, as_of)
        case _:
            return exports.edges(repository, entity, as_of)


def _of_source(frame: pl.DataFrame, what: str, source: str, rule_set: RuleSet) -> pl.DataFrame:
    if "source" not in frame.columns:
        raise UsageError(f"{what} has no column 'source'. Leave out `--source`.")
    if source not in rule_set.mapping:
        raise UsageError(f"there is no source '{source}'. Known: {', '.join(rule_set.mapping)}.")
    return frame.filter(pl.col("source") == source)
