"""Received texts that lost letters before or when they came: findings, never a changed value."""

from __future__ import annotations

import polars as pl

from mdm.sources.parties import RECEIVED
from mdm.sources.records import FINDINGS
from mdm.standardise.damage import damage
from mdm.workspace import EntityRules

LIKELY = ("?", "\ufffd")
"""One of these a damaged text holds; all others are passed over at once."""


def damaged(records: pl.DataFrame, rules: EntityRules) -> pl.DataFrame:
    """FINDINGS of the received texts in RECORDS of one entity type that are damaged, in order of attributes."""
    return FINDINGS.check(pl.concat([FINDINGS.empty(), *(_of(records, name, rules.entity) for name in rules.mapped)]))


def _of(records: pl.DataFrame, attribute: str, entity: str) -> pl.DataFrame:
    received = pl.col("received")
    likely = pl.any_horizontal(received.str.contains(sign, literal=True) for sign in LIKELY)
    texts = records.select("source", "source_id", "line", received=attribute + RECEIVED).drop_nulls("received")
    if not texts.select(received.explode()).select(likely.any()).item():
        return FINDINGS.empty()
    texts = (
        texts.explode("received")
        .filter(likely)
        .with_columns(pl.lit(entity).alias("entity"), pl.lit(attribute).alias("attribute"))
    )
    return texts.with_columns(damage(texts["received"]).alias("rule")).drop_nulls("rule").select(list(FINDINGS.columns))
