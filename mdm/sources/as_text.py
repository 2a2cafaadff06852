"""Typed columns as the texts a person would write: ISO dates, whole numbers without a point."""

from __future__ import annotations

import polars as pl


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as String; empty text is null."""
    texts = frame.select(_text(pl.col(name), dtype).alias(name) for name, dtype in frame.schema.items())
    return texts.select(pl.when(pl.all() != "").then(pl.all()))


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return column
    if isinstance(dtype, pl.Datetime):
        naive = column.dt.replace_time_zone(None)
        midnight = naive.dt.time() == pl.time(0, 0)
        return pl.when(midnight).then(naive.dt.strftime("%Y-%m-%d")).otherwise(naive.dt.strftime("%Y-%m-%d %H:%M:%S"))
    if isinstance(dtype, pl.Binary):
        return column.cast(pl.String, strict=False)
    if dtype.is_float():
        whole = (column == column.floor()) & (column.abs() < 2**53)
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    if isinstance(dtype, pl.List | pl.Array | pl.Struct):
        json = pl.struct(column.alias("value")).struct.json_encode().str.strip_prefix('{"value":').str.strip_suffix("}")
        return pl.when(column.is_not_null()).then(json)
    return column.cast(pl.String)
