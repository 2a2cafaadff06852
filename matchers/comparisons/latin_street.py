"""Street lines, given as house number and the words that name the street.

- exact: same number, same words.
- same_number_close: same number; the words alike but for a slip, or those of one all among the other's.
- same_line: same words, and a number that one side lacks.
- number_close: same words, numbers one slip of the pen apart.
- same_number: same number, other words.
- other_number: same words, other number.
- line_close: words alike but for a slip, or those of one all among the other's; numbers that differ or lack.
- differs: none of these.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, only_where, sides, strongest
from matchers.comparisons._similarity import jaro_winkler, osa, shared_words

LEVELS = (
    "exact",
    "same_number_close",
    "same_line",
    "number_close",
    "same_number",
    "other_number",
    "line_close",
    "differs",
)
FIELDS = ("number", "line")


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two streets, both fields String: UInt8 codes of LEVELS, 0 where a line is null."""
    pairs = beside(left, right, FIELDS)
    pairs = pairs.with_columns(alike=jaro_winkler(pairs, *sides("line")), slips=osa(pairs, *sides("number")))
    within = only_where(pairs, pl.col("alike") < 0.9, _within)
    close = (pl.col("alike") >= 0.9) | pl.col("within").fill_null(value=False)
    return strongest(
        pairs.with_columns(within=within),
        LEVELS,
        known("line"),
        exact=equal("number") & equal("line"),
        same_number_close=equal("number") & close,
        same_line=equal("line") & ~known("number"),
        number_close=equal("line") & (pl.col("slips") == 1),
        same_number=equal("number"),
        other_number=equal("line"),
        line_close=close,
    )


def _within(pairs: pl.DataFrame) -> pl.Series:
    shared, fewer, _ = shared_words(pairs, *sides("line"))
    return shared == fewer
