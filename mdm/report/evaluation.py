"""How right the published clusters are, against a truth that names an entity for each record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from matchers import metrics
from mdm.errors import UsageError

KEY = ("entity_type", "source", "source_id")
TRUTH = (*KEY, "entity_id")
LISTED = 10
"""Errors of each kind that are listed."""


@dataclass(frozen=True)
class Quality:
    """One entity type's figures. Rates are precision, recall, F1."""

    entity: str
    records: int
    unnamed: int
    """Published records that the truth does not name: left out."""
    missing: int
    """Records of the truth that are not published: their pairs are missed."""
    pairwise: tuple[float, float, float]
    b_cubed: tuple[float, float, float]
    errors: Sequence[tuple[str, str, str, str]]
    """kind, record, record, why: the first of each kind."""

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        rates = ("precision", "recall", "f1")
        return {
            "entity_type": self.entity,
            "records": self.records,
            "unnamed": self.unnamed,
            "missing": self.missing,
            "pairwise": dict(zip(rates, self.pairwise, strict=True)),
            "b_cubed": dict(zip(rates, self.b_cubed, strict=True)),
            "errors": [dict(zip(("kind", "left", "right", "because"), error, strict=True)) for error in self.errors],
        }


def read_truth(path: Path) -> pl.DataFrame:
    """The truth's columns entity_type, source, source_id, entity_id; raises UsageError on a file that hasn't them."""
    try:
        truth = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"{path}: the truth can't be read ({type(error).__name__}). Give a CSV file.") from error
    missing = [name for name in TRUTH if name not in truth.columns]
    if missing:
        raise UsageError(f"{path}: the truth lacks the columns {', '.join(missing)}. It needs {', '.join(TRUTH)}.")
    return truth.select(TRUTH)


def evaluate(crosswalk: pl.DataFrame, edges: pl.DataFrame, truth: pl.DataFrame) -> list[Quality]:
    """Figures for each entity type that the truth names.

    `crosswalk`: entity_type, source, source_id, golden_id. `edges`: as exported. `truth`: as `read_truth` gives it. A
    record of the truth that is not published stands alone, so its true pairs count as missed.
    """
    entities = truth["entity_type"].drop_nulls().unique().sort().to_list()
    return [
        _quality(entity, *(frame.filter(pl.col("entity_type") == entity) for frame in (crosswalk, edges, truth)))
        for entity in entities
    ]


def _quality(entity: str, crosswalk: pl.DataFrame, edges: pl.DataFrame, truth: pl.DataFrame) -> Quality:
    both = (
        truth.unique(KEY, keep="first", maintain_order=True)
        .join(crosswalk, on=KEY, how="left", maintain_order="left")
        .sort("source", "source_id")
        .with_row_index("row")
    )
    predicted = (
        both.select(pl.coalesce("golden_id", pl.format("unpublished {}", "row")).rank("dense").cast(pl.Int64))
        .to_series()
        .to_numpy()
    )
    true = both.select(pl.col("entity_id").rank("dense").cast(pl.Int64)).to_series().to_numpy()
    pairwise, b_cubed = metrics.pairwise(predicted, true), metrics.b_cubed(predicted, true)
    return Quality(
        entity=entity,
        records=both.height - both["golden_id"].null_count(),
        unnamed=crosswalk.join(truth, on=KEY, how="anti").height,
        missing=both["golden_id"].null_count(),
        pairwise=(pairwise.precision, pairwise.recall, pairwise.f1),
        b_cubed=(b_cubed.precision, b_cubed.recall, b_cubed.f1),
        errors=_explained(metrics.errors(predicted, true, LISTED), both, edges),
    )


def _explained(errors: pl.DataFrame, both: pl.DataFrame, edges: pl.DataFrame) -> list[tuple[str, str, str, str]]:
    """The wrong pairs by name, with the edge between the two, or the lack of one."""
    name = both.select(pl.col("row"), pl.format("{}:{}", "source", "source_id").alias("name"), "golden_id")
    ends = edges.select(
        pl.format("{}:{}", "left_source", "left_source_id").alias("a"),
        pl.format("{}:{}", "right_source", "right_source_id").alias("b"),
        "weight",
        "zone",
    )
    ends = pl.concat([ends, ends.select(pl.col("b").alias("a"), pl.col("a").alias("b"), "weight", "zone")])
    rows = (
        errors.join(name, left_on="left", right_on="row", how="left", maintain_order="left")
        .join(name, left_on="right", right_on="row", how="left", suffix="_right", maintain_order="left")
        .join(ends, left_on=["name", "name_right"], right_on=["a", "b"], how="left", maintain_order="left")
    )
    return [
        (
            row["kind"],
            row["name"],
            row["name_right"],
            _why(row["kind"], row["weight"], row["zone"], None not in (row["golden_id"], row["golden_id_right"])),
        )
        for row in rows.iter_rows(named=True)
    ]


def _why(kind: str, weight: float | None, zone: str | None, published: bool) -> str:
    if kind == "false":
        return "linked through other records" if weight is None or zone != "link" else f"linked by {weight:.1f} bits"
    if not published:
        return "not published"
    if weight is None:
        return "never compared, or too weak for review"
    return (
        f"waits for review at {weight:.1f} bits" if zone == "review" else f"{weight:.1f} bits, kept apart by evidence"
    )
