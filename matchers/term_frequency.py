"""How much rarer than usual is the value that two records share?

Two strangers agree on a surname with probability E, the sum of the squared shares of all surnames, but on one that a
share f of the people bear with probability f. So agreeing on it is worth log2(E / f) bits more than agreeing on some
surname: less than nothing for Nguyễn, much for a rare one. Only parts are counted (surnames, syllables, streets):
whole names and numbers would be a register of persons inside the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from polars.dataframe.group_by import GroupBy

from matchers.comparing import Comparison

BIT = 1024
SEEN = 2  # a value is kept once it was seen so often; the rest count as if they had been
FLOOR = ""  # the entry of a table for values it does not hold; no canonical value is empty

Frequencies = Mapping[str, Mapping[str, int]]


def learn_frequencies(records: pl.DataFrame, comparisons: Sequence[Comparison]) -> dict[str, dict[str, int]]:
    """A table of adjustments for every field whose rarity counts in some comparison.

    Gives {"name.surname": {value: 1/1024 bits, …, "": the adjustment of a value it does not hold}}; a comparison of
    several attributes has one table for all of them, named "name+mother_name.surname".
    """
    return {
        f"{comparison.name}.{field}": _table(_flat(_values(records, comparison, field)))
        for comparison in comparisons
        for field in _fields(comparison)
    }


def _flat(values: pl.Series) -> pl.Series:
    """All values of a column, those of lists one by one."""
    return (values.explode() if isinstance(values.dtype, pl.List) else values).drop_nulls()


def _table(values: pl.Series) -> dict[str, int]:
    counts = values.rename("value").to_frame().group_by("value").agg(pl.len().alias("seen")).sort("value")
    shares = counts["seen"] / max(len(values), 1)
    expected = float((shares**2).sum()) or 1.0
    adjustment = {
        value: round(BIT * float(np.log2(expected / share)))
        for value, share, seen in zip(counts["value"], shares, counts["seen"], strict=True)
        if seen >= SEEN
    }
    unseen = min(SEEN / max(len(values), 1), 1.0)
    return {FLOOR: max(round(BIT * float(np.log2(expected / unseen))), 0), **adjustment}


def adjustments(
    records: pl.DataFrame, pairs: pl.DataFrame, comparisons: Sequence[Comparison], frequencies: Frequencies
) -> pl.DataFrame:
    """The adjustment of each pair: an Int32 column for each comparison with term frequencies, named as it.

    `pairs` has left, right and each comparison's UInt8 level. At a level with fields whose rarity counts, the pair gets
    the sum over these fields of the rarest value that both records have; where they share none (a near spelling), of
    the commonest value on either side; nothing where one side has none.
    """
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    columns = []
    for comparison in comparisons:
        if not comparison.term_frequency:
            continue
        level = pairs[comparison.name].to_numpy()
        total = np.zeros(len(level), dtype=np.int32)
        for field in _fields(comparison):
            codes = [
                len(comparison.levels) - comparison.levels.index(name)
                for name, fields in comparison.term_frequency.items()
                if field in fields
            ]
            rows = np.flatnonzero(np.isin(level, codes))
            values = _values(records, comparison, field)
            adjust = _multiple if isinstance(values.dtype, pl.List) else _scalar
            total[rows] += adjust(values, left[rows], right[rows], frequencies[f"{comparison.name}.{field}"])
        columns.append(pl.Series(comparison.name, total))
    return pl.DataFrame(columns) if columns else pl.DataFrame(height=pairs.height)


def _fields(comparison: Comparison) -> list[str]:
    """The fields whose rarity counts at some level, each once, in declared order."""
    return list(dict.fromkeys(field for fields in comparison.term_frequency.values() for field in fields))


def _values(records: pl.DataFrame, comparison: Comparison, field: str) -> pl.Series:
    """A field of each record as String, or as List(String) where there may be several."""
    columns = [attribute if field == "value" else f"{attribute}.{field}" for attribute in comparison.attributes]
    lists = [isinstance(records.schema[column], pl.List) for column in columns]
    if not any(lists) and len(columns) == 1:
        return records[columns[0]].cast(pl.String)
    several = [
        pl.col(column).cast(pl.List(pl.String)).fill_null([])
        if many
        else pl.concat_list(pl.col(column).cast(pl.String))
        for column, many in zip(columns, lists, strict=True)
    ]
    return records.select(pl.concat_list(several).list.drop_nulls()).to_series()


def _worth(value: str, table: Mapping[str, int]) -> pl.Expr:
    """The adjustment of each value in column `value`, null where that is null."""
    found = pl.col(value).replace_strict(dict(table), default=table[FLOOR], return_dtype=pl.Int32)
    return pl.when(pl.col(value).is_not_null()).then(found)


def _scalar(
    values: pl.Series, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32], table: Mapping[str, int]
) -> npt.NDArray[np.int32]:
    """The adjustments of pairs of rows of a field with one value: the commoner of the two values counts."""
    worth = pl.DataFrame({"value": values}).select(_worth("value", table)).to_series()
    sides = pl.DataFrame({"left": worth.gather(left), "right": worth.gather(right)})
    known = pl.all_horizontal(pl.all().is_not_null())
    return sides.select(pl.when(known).then(pl.min_horizontal("left", "right")).otherwise(0)).to_series().to_numpy()


def _multiple(
    values: pl.Series, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32], table: Mapping[str, int]
) -> npt.NDArray[np.int32]:
    """The adjustments of pairs of rows of a field with several values: best against best."""
    sides = pl.DataFrame({"left": values.gather(left), "right": values.gather(right)})
    shared = pl.col("left").list.set_intersection("right")
    either = pl.when((pl.col("left").list.len() > 0) & (pl.col("right").list.len() > 0)).then(
        pl.concat_list("left", "right")
    )
    rarest = _each(sides.select(shared.alias("value")), table).agg(pl.col("worth").max().alias("rarest"))
    commonest = _each(sides.select(either.alias("value")), table).agg(pl.col("worth").min().alias("commonest"))
    best = (
        pl.DataFrame({"pair": pl.arange(sides.height, dtype=pl.UInt32, eager=True)})
        .join(rarest, on="pair", how="left", maintain_order="left")
        .join(commonest, on="pair", how="left", maintain_order="left")
    )
    return best.select(pl.coalesce("rarest", "commonest").fill_null(0)).to_series().to_numpy()


def _each(lists: pl.DataFrame, table: Mapping[str, int]) -> GroupBy:
    """The worth of every value of the lists in column `value`, grouped by their row."""
    values = lists.with_row_index("pair").explode("value").drop_nulls("value")
    return values.with_columns(_worth("value", table).alias("worth")).group_by("pair")
