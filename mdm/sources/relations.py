"""Who stands for whom: parties of one row, one of which has a role. A relation is never a link."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from matchers.frame import Frame

RELATIONS = Frame(
    "relations",
    columns={
        "entity": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "other_entity": pl.String,
        "other_source": pl.String,
        "other_source_id": pl.String,
        "role": pl.String,  # of the first to the other: representative, spouse
    },
)


def relations(records: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """RECORDS of each entity type → RELATIONS: each party with a role, to every party without one in the same row."""
    heads = [
        frame.select(pl.lit(entity).alias("entity"), "source", "row_key", "source_id", "role")
        for entity, frame in sorted(records.items())
    ]
    if not heads:
        return RELATIONS.empty()
    every = pl.concat(heads)
    plain = every.filter(pl.col("role").is_null()).drop("role")
    related = every.drop_nulls("role").join(plain, on=["source", "row_key"], suffix="_other")
    related = related.with_columns(
        other_entity="entity_other", other_source="source", other_source_id="source_id_other"
    )
    return RELATIONS.check(related).sort(list(RELATIONS.columns))
