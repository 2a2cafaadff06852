"""What the report shows of a run, gathered from the repository: counts and weights, no personal values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from matchers import learning
from matchers.scoring import BIT, Model
from mdm.report.page import EntityReport, Report, render
from mdm.repository import Repository, exports, files, queries
from mdm.standardise.findings import meanings
from mdm.workspace import EntityRules, RuleSet

FACTS = {
    "records": "bản ghi / records",
    "golden": "bản ghi vàng / golden records",
    "links": "liên kết tự động / automatic links",
    "tasks": "cặp chờ xét / pairs waiting for a reviewer",
    "rule_set_version": "phiên bản bộ luật / rule-set version",
}
DIGESTS = {"partition_digest": "partition digest", "value_digest": "value digest"}


def write(repository: Repository, rule_set: RuleSet, folder: Path, run: int | None = None) -> Path:
    """Write the report of a run (the last one, if none is named) into the workspace; gives its path.

    Raises UsageError where there is no such run.
    """
    summary = queries.run_summary(repository, run)
    number = int(summary["run"])
    entities = [_entity(repository, rules, rule_set, number) for rules in rule_set.rules.entities.values()]
    report = Report(
        workspace=folder.name,
        run=number,
        facts={label: summary.get(name) for name, label in FACTS.items()},
        digests={label: summary[name] for name, label in DIGESTS.items()},
        sources=_sources(summary),
        set_aside=queries.set_aside(repository, number).select("source", "line", "rule"),
        findings=_findings(repository, rule_set, number),
        entities=sorted(entities, key=lambda entity: (-entity.records, entity.entity)),
        notes=[held["message"] for held in summary.get("held", [])] + list(summary.get("notes", [])),
    )
    path = folder / f"report-{number}.html"
    files.write_text(render(report), path)
    return path


def _findings(repository: Repository, rule_set: RuleSet, run: int) -> pl.DataFrame:
    """How often each check failed, and what that means."""
    counts = queries.finding_counts(repository, run)
    known = meanings(rule_set.knowledge).select("rule", "vi", "en")
    counts = counts.join(known, on="rule", how="left", maintain_order="left")
    return counts.select("source", "attribute", "rule", "severity", "findings", "vi", "en")


def _sources(summary: Mapping[str, Any]) -> pl.DataFrame:
    schema = {"source": pl.String} | dict.fromkeys(("rows", "put", "deleted", "set_aside"), pl.Int64)
    return pl.DataFrame(summary.get("sources", []), schema=schema)


def _entity(repository: Repository, rules: EntityRules, rule_set: RuleSet, run: int) -> EntityReport:
    entity = rules.entity
    crosswalk = exports.crosswalk(repository, entity, run)
    sizes = crosswalk.group_by("golden_id").agg(pl.len().alias("records"))
    edges = exports.edges(repository, entity, run)
    tasks = queries.tasks(repository, run).filter(pl.col("entity_type") == entity)
    return EntityReport(
        entity=entity,
        levels=_levels(Model.from_dict(rule_set.models[entity])),
        edges=edges.group_by(pl.col("weight").floor().alias("bits"), "zone").agg(pl.len().alias("pairs")),
        sizes=sizes.group_by("records").agg(pl.len().alias("golden")).sort("records"),
        tasks=tasks.select("left_source", "right_source")
        .group_by("left_source", "right_source")
        .agg(pl.len().alias("pairs"))
        .sort("pairs", "left_source", "right_source", descending=[True, False, False]),
    )


def _levels(model: Model) -> pl.DataFrame:
    """comparison, level, stranger, related: what each level weighs against strangers and relatives, in bits."""
    has_related = model.related > learning.NEVER
    rows = [
        (
            comparison.name,
            level.level,
            (level.same - level.stranger) / BIT,
            (level.same - level.related) / BIT if has_related else None,
        )
        for comparison in model.comparisons
        for level in comparison.levels
    ]
    schema = {"comparison": pl.String, "level": pl.String, "stranger": pl.Float64, "related": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
