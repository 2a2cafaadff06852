"""What the values of one record must say of one another (`checks:` of a rule file): findings, never a changed value."""

from __future__ import annotations

import polars as pl

from mdm.sources.records import FINDINGS
from mdm.workspace import EntityRules
from mdm.workspace.rules import Check

RECEIVED = ".received"
SEVERAL = " | "
"""Between the received cells of an attribute that has several."""


def broken(records: pl.DataFrame, rules: EntityRules) -> pl.DataFrame:
    """FINDINGS of the records (RECORDS of one entity type) that break a check, in order of checks, then of records.

    A check of two sides speaks only where both hold a value; of several values, each must agree.
    """
    found = [FINDINGS.empty(), *(_broken(records, check, rules.entity) for check in rules.checks)]
    return FINDINGS.check(pl.concat(found))


def _broken(records: pl.DataFrame, check: Check, entity: str) -> pl.DataFrame:
    attribute = check.attribute.partition(".")[0]
    rows = _lacking(records, check.attribute) if check.equals is None else _disagreeing(records, check)
    return records[rows.sort()].select(
        pl.lit(entity).alias("entity"),
        "source",
        "source_id",
        "line",
        pl.lit(attribute).alias("attribute"),
        pl.lit(check.rule).alias("rule"),
        pl.col(attribute + RECEIVED).list.join(SEVERAL).alias("received"),
    )


def _lacking(records: pl.DataFrame, column: str) -> pl.Series:
    """The row numbers of records that hold no value there."""
    rows = pl.Series("record", range(records.height), pl.UInt32)
    return rows.to_frame().join(_values(records, column), on="record", how="anti")["record"]


def _disagreeing(records: pl.DataFrame, check: Check) -> pl.Series:
    """The row numbers of records one of whose values on the left differs from one on the right."""
    left, right = _values(records, check.attribute), _values(records, check.equals or "")
    pairs = left.join(right, on="record", suffix="_other")
    return pairs.filter(pl.col("value") != pl.col("value_other"))["record"].unique()


def _values(records: pl.DataFrame, column: str) -> pl.DataFrame:
    """record UInt32, value String: a row for every value held."""
    values = records.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("record"), pl.col(column).alias("value"))
    if isinstance(values.schema["value"], pl.List):
        values = values.filter(pl.col("value").list.len() > 0).explode("value")
    return values.drop_nulls("value").with_columns(pl.col("value").cast(pl.String))
