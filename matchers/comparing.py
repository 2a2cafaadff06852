"""How far the records of each candidate pair agree: a level for each comparison, packed into one integer a pair.

Each function runs once per distinct pair of values; where a record has several, its best value counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons import ALL

BITS = 4  # of a pattern, for each comparison: level 0 (missing) to 15
MAX_LEVELS = (1 << BITS) - 1
MAX_COMPARISONS = 64 // BITS


@dataclass(frozen=True)
class Comparison:
    """Which attributes are compared, how, and the levels that are told apart, strongest first."""

    attributes: tuple[str, ...]
    """Compared together, best value against best value; usually one."""
    function: str
    """A module of `matchers/comparisons/`."""
    levels: tuple[str, ...]
    """In the function's order, ending in `differs`; a level that isn't named counts as the next weaker one."""
    term_frequency: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Level to the fields whose rarity counts."""
    household: bool = False
    """Relatives share it."""
    anchor: bool = False
    """Agreement marks sure matches, disagreement sure non-matches, when learning starts."""

    @property
    def name(self) -> str:
        """What the comparison is called in frames, models and reports."""
        return "+".join(self.attributes)

    def check(self) -> None:
        """Raise ValueError where the function or a level is unknown, or levels are out of order."""
        if not self.attributes:
            raise ValueError("a comparison needs at least one attribute")
        if self.function not in ALL:
            raise ValueError(_unknown("comparison function", self.function, ALL))
        known = ALL[self.function].LEVELS
        for level in (*self.levels, *self.term_frequency):
            if level not in known:
                raise ValueError(_unknown(f"level of '{self.function}'", level, known))
        if self.levels != tuple(level for level in known if level in self.levels):
            raise ValueError(f"{self.name}: levels go from strongest to weakest, each once: {', '.join(known)}")
        if self.levels[-1:] != known[-1:]:
            raise ValueError(f"{self.name}: the last level is '{known[-1]}'")
        if len(self.levels) > MAX_LEVELS:
            raise ValueError(f"{self.name}: {len(self.levels)} levels; at most {MAX_LEVELS}")
        if unused := [level for level in self.term_frequency if level not in self.levels]:
            raise ValueError(f"{self.name}: term frequency of a level that is not compared: {', '.join(unused)}")

    def columns(self, attribute: str) -> dict[str, str]:
        """Field that the function reads → column of RECORDS."""
        return {name: attribute if name == "value" else f"{attribute}.{name}" for name in ALL[self.function].FIELDS}


def compare(records: pl.DataFrame, pairs: pl.DataFrame, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """`left`, `right` of PAIRS, and a UInt8 column for each comparison, by its name.

    A level's code counts from the weakest of the comparison's own levels: `differs` is 1, the strongest `len(levels)`;
    0 is missing, on either side, or because no two values can be compared.
    Raises ValueError where a comparison is wrong, two have one name, or the records lack a column.
    """
    _check_all(comparisons)
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    levels = [pl.Series(c.name, _compare_one(records, left, right, c)) for c in comparisons]
    return pairs.select("left", "right", *levels)


def pack(levels: pl.DataFrame, comparisons: Sequence[Comparison]) -> pl.Series:
    """`pattern` UInt64: the levels' codes, 4 bits each, the first comparison lowest. Raises ValueError beyond 16."""
    _check_count(comparisons)
    pattern = np.zeros(levels.height, np.uint64)
    for place, comparison in enumerate(comparisons):
        pattern |= levels[comparison.name].to_numpy().astype(np.uint64) << np.uint64(BITS * place)
    return pl.Series("pattern", pattern)


def unpack(patterns: pl.Series, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """The UInt8 codes that `pack` put together, a column for each comparison. Raises ValueError beyond 16."""
    _check_count(comparisons)
    packed = patterns.to_numpy()
    return pl.DataFrame(
        {
            comparison.name: (packed >> np.uint64(BITS * place) & np.uint64(MAX_LEVELS)).astype(np.uint8)
            for place, comparison in enumerate(comparisons)
        },
        schema={comparison.name: pl.UInt8 for comparison in comparisons},
    )


def _check_all(comparisons: Sequence[Comparison]) -> None:
    _check_count(comparisons)
    for comparison in comparisons:
        comparison.check()
    names = [comparison.name for comparison in comparisons]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"compared twice: {', '.join(repeated)}")


def _check_count(comparisons: Sequence[Comparison]) -> None:
    if len(comparisons) > MAX_COMPARISONS:
        raise ValueError(f"{len(comparisons)} comparisons; a pattern has room for {MAX_COMPARISONS}")


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    close = get_close_matches(name, known, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"unknown {what} '{name}'.{hint} Known: {', '.join(known)}."


@dataclass(frozen=True)
class _Values:
    """The values of one comparison: `distinct` tuples of fields, and for each record a run of codes into them."""

    distinct: pl.DataFrame
    codes: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]


def _compare_one(
    records: pl.DataFrame, left: NDArray[np.int64], right: NDArray[np.int64], comparison: Comparison
) -> NDArray[np.uint8]:
    values = _values(records, comparison)
    counts = values.counts[left] * values.counts[right]
    one, other = _cross_product(values, left, right, counts)
    weaker, stronger = np.minimum(one, other), np.maximum(one, other)  # symmetric: half as many distinct pairs
    distinct, which = np.unique(weaker << 32 | stronger, return_inverse=True)
    level = _level_codes(comparison)[
        ALL[comparison.function]
        .reference(values.distinct[distinct >> 32], values.distinct[distinct & (2**32 - 1)])
        .to_numpy()
    ]
    best = np.zeros(len(left), np.uint8)
    compared = np.flatnonzero(counts)
    if len(compared):
        best[compared] = np.maximum.reduceat(level[which], (np.cumsum(counts) - counts)[compared])
    return best


def _values(records: pl.DataFrame, comparison: Comparison) -> _Values:
    fields = ALL[comparison.function].FIELDS
    long = pl.concat([_long(records, attribute, comparison.columns(attribute)) for attribute in comparison.attributes])
    grouped = long.group_by(fields, maintain_order=True).agg("row")
    coded = grouped.select("row").with_row_index("code").explode("row").unique().sort("row", "code")
    counts = np.bincount(coded["row"].to_numpy(), minlength=records.height)
    return _Values(
        grouped.select(fields), coded["code"].to_numpy().astype(np.int64), np.cumsum(counts) - counts, counts
    )


def _long(records: pl.DataFrame, attribute: str, columns: Mapping[str, str]) -> pl.DataFrame:
    """One row a value of an attribute: `row` and the fields. A value without any field is none."""
    missing = [column for column in columns.values() if column not in records.columns]
    if missing:
        raise ValueError(f"the records have no column {', '.join(missing)}")
    long = records.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        *(pl.col(column).alias(name) for name, column in columns.items()),
    )
    if isinstance(records.schema.get(attribute), pl.List):
        long = long.filter(pl.col(next(iter(columns))).list.len() > 0).explode(*columns)
    return long.filter(~pl.all_horizontal(pl.col(name).is_null() for name in columns))


def _cross_product(
    values: _Values, left: NDArray[np.int64], right: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The codes of every value of each left record beside every value of its right one, pair after pair."""
    pair = np.repeat(np.arange(len(left)), counts)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    width = values.counts[right][pair]
    one = values.codes[values.starts[left][pair] + nth // width]
    other = values.codes[values.starts[right][pair] + nth % width]
    return one, other


def _level_codes(comparison: Comparison) -> NDArray[np.uint8]:
    """The function's code of a level → the comparison's code, that of the next weaker level where it isn't named."""
    known = ALL[comparison.function].LEVELS
    named = [level in comparison.levels for level in reversed(known)]  # weakest first
    return np.concatenate([[0], np.cumsum(named)]).astype(np.uint8)
