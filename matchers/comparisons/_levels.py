"""From conditions on two sides to a level."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl


def beside(left: pl.DataFrame, right: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """One frame with columns `left.field` and `right.field`."""
    return pl.concat(
        [left.select(pl.col(fields).name.prefix("left.")), right.select(pl.col(fields).name.prefix("right."))],
        how="horizontal",
    )


def sides(field: str) -> tuple[pl.Expr, pl.Expr]:
    """The two columns of a field in a frame of `beside`."""
    return pl.col(f"left.{field}"), pl.col(f"right.{field}")


def known(field: str) -> pl.Expr:
    """Both sides hold a value."""
    left, right = sides(field)
    return left.is_not_null() & right.is_not_null()


def equal(field: str) -> pl.Expr:
    """Both sides hold the same value; false where one is missing."""
    left, right = sides(field)
    return (left == right).fill_null(value=False)


def only_where(pairs: pl.DataFrame, rows: pl.Expr, work: Callable[[pl.DataFrame], pl.Series]) -> pl.Series:
    """`work` done on the rows where a cheap condition holds; null elsewhere."""
    chosen = pairs.select(rows.fill_null(value=False)).to_series()
    place = pl.select(pl.when(chosen).then(chosen.cast(pl.UInt32).cum_sum() - 1)).to_series()
    return work(pairs.filter(chosen)).gather(place)


def strongest(pairs: pl.DataFrame, levels: Sequence[str], comparable: pl.Expr, **holds: pl.Expr) -> pl.Series:
    """UInt8 `len(levels) - index` of the strongest level whose condition holds: 1 where none does, 0 where missing.

    A null condition does not hold. Raises KeyError where a level but the last has no condition.
    """
    code = pl.lit(1, pl.UInt8)
    for place, level in reversed(list(enumerate(levels[:-1]))):
        code = pl.when(holds[level]).then(pl.lit(len(levels) - place, pl.UInt8)).otherwise(code)
    return pairs.select(level=pl.when(comparable).then(code).otherwise(pl.lit(0, pl.UInt8))).to_series()
