"""Golden values are recomputed from a cluster's members, never patched.

A criterion orders the distinct values of an attribute within a cluster; the first criterion that tells the best value
from the next decides, and its name is kept as the reason. Ties end in the record key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from matchers.frame import Frame

VALUES = Frame(
    "values",
    columns={
        "cluster": pl.UInt32,
        "record": pl.UInt32,  # row number of RECORDS, which is sorted by record key
        "source": pl.String,
        "trust": pl.Float64,
        "value": pl.String,
    },
)

GOLDEN_VALUES = Frame(
    "golden values",
    key=("cluster", "attribute", "value"),
    columns={
        "cluster": pl.UInt32,
        "attribute": pl.String,
        "value": pl.String,
        "record": pl.UInt32,  # the record that the value is taken from
        "rule": pl.String,  # the criterion that decided
    },
)

CRITERIA: Mapping[str, pl.Expr] = {
    "trust": pl.col("trust").max(),
    "agreement": pl.col("source").n_unique().cast(pl.Float64),
    # A name typed without its tone marks is the same name, told less well.
    "marked": pl.col("value").first().str.contains(r"[^\x00-\x7F]").cast(pl.Float64),
    # Bytes, not letters: "Nguyễn" says more than "Nguyen", and 1985-03-07 more than 1985.
    "complete": pl.col("value").first().str.len_bytes().cast(pl.Float64),
}
UNION = "union"
RULES: tuple[str, ...] = (*CRITERIA, UNION)


def survive(values: Mapping[str, pl.DataFrame], rules: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """VALUES of each attribute and its survivorship rule → GOLDEN_VALUES of all clusters.

    `rules[attribute]` is a sequence of criteria, or ("union",) to keep every distinct value.
    """
    chosen = [
        (_every(frame) if UNION in rules[attribute] else _best(frame, rules[attribute])).with_columns(
            pl.lit(attribute).alias("attribute")
        )
        for attribute, frame in values.items()
    ]
    if not chosen:
        return GOLDEN_VALUES.empty()
    return GOLDEN_VALUES.check(pl.concat(chosen, how="diagonal").sort("cluster", "attribute", "value"))


def _candidates(values: pl.DataFrame, criteria: Sequence[str]) -> pl.DataFrame:
    """One row a distinct value of a cluster: its criteria, and the most trusted record that states it."""
    return (
        VALUES.check(values)
        .drop_nulls("value")
        .sort("trust", "record", descending=[True, False])
        .group_by("cluster", "value", maintain_order=True)
        .agg(pl.col("record").first(), *(CRITERIA[name].alias(name) for name in criteria))
    )


def _every(values: pl.DataFrame) -> pl.DataFrame:
    return _candidates(values, ()).with_columns(pl.lit("every value").alias("rule"))


def _best(values: pl.DataFrame, criteria: Sequence[str]) -> pl.DataFrame:
    """The first value of each cluster by the criteria in turn, then by record key."""
    ranked = _candidates(values, criteria).sort(
        "cluster", *criteria, "record", "value", descending=[False, *[True] * len(criteria), False, False]
    )
    runner_up = [(pl.col(name) != pl.col(name).shift(-1).over("cluster")).alias(f"by {name}") for name in criteria]
    rule = pl.lit("record order")
    for name in reversed(criteria):
        rule = pl.when(pl.col(f"by {name}")).then(pl.lit(name)).otherwise(rule)
    rule = pl.when(pl.len().over("cluster") == 1).then(pl.lit("only value")).otherwise(rule)
    return (
        ranked.with_columns(runner_up)
        .with_columns(rule.alias("rule"))
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", "value", "record", "rule")
    )
