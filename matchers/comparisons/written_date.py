"""Dates of which the year, month and day are known as written, and the whole as text (yyyymmdd), right or wrong.

- exact: the same text, to the day.
- swapped: same year, day and month exchanged.
- partial: all that both sides know agrees, and one of them lacks the day, or month and day.
- near: one slip of the pen apart: in one part as in `date`, or anywhere in the text: a character replaced, left out,
  put in, or swapped with its neighbour.
- two_parts: two of the three parts agree.
- two_slips: two slips of the pen apart in the text.
- same_year: same year, nothing else.
- close_year: a year apart.
- differs: none of these.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons import date
from matchers.comparisons._levels import beside, equal, known, sides, strongest
from matchers.comparisons._similarity import osa

LEVELS = ("exact", "swapped", "partial", "near", "two_parts", "two_slips", "same_year", "close_year", "differs")
FIELDS = ("year", "month", "day", "written")
TO_THE_DAY = 7
"""Characters of a date that is known to the day, one left out."""


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two dates, `written` String, the parts integers: UInt8 codes of LEVELS, 0 where a text is null."""
    pairs = beside(left, right, FIELDS)
    slips = osa(pairs, *sides("written"), most=2)
    pairs = pairs.with_columns(slips=slips, parts=date.reference(left, right))
    written, other = sides("written")
    full = pl.min_horizontal(written.str.len_chars(), other.str.len_chars()) >= TO_THE_DAY
    parts = {level: pl.col("parts") == len(date.LEVELS) - place for place, level in enumerate(date.LEVELS)}
    return strongest(
        pairs,
        LEVELS,
        known("written"),
        exact=equal("written") & full,
        swapped=parts["swapped"],
        partial=parts["partial"] | equal("written"),
        near=parts["near"] | ((pl.col("slips") == 1) & full),
        two_parts=parts["two_parts"],
        two_slips=(pl.col("slips") == 2) & full,
        same_year=parts["same_year"],
        close_year=parts["close_year"],
    )
