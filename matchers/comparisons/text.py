"""Free words, such as an industry, a place or a status.

- exact: equal.
- close: Jaro–Winkler similarity of at least 0.94: a letter or two of a long text.
- similar: at least 0.85.
- overlap: the words of one are all among those of the other, or at least half of the longer one's words are shared
  (`ban le thuc pham`, `thuc pham`).
- differs: both known, none of these.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, only_where, sides, strongest
from matchers.comparisons._similarity import jaro_winkler, shared_words

LEVELS = ("exact", "close", "similar", "overlap", "differs")
FIELDS = ("plain",)


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two String `plain`s: UInt8 codes of LEVELS, 0 where one is null."""
    pairs = beside(left, right, FIELDS)
    pairs = pairs.with_columns(alike=jaro_winkler(pairs, *sides("plain")))
    alike = pl.col("alike")
    return strongest(
        pairs.with_columns(overlap=only_where(pairs, alike < 0.85, _overlap)),
        LEVELS,
        known("plain"),
        exact=equal("plain"),
        close=alike >= 0.94,
        similar=alike >= 0.85,
        overlap=pl.col("overlap"),
    )


def _overlap(pairs: pl.DataFrame) -> pl.Series:
    shared, fewer, more = shared_words(pairs, *sides("plain"))
    return (shared == fewer) | (shared * 2 >= more)
