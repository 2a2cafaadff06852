"""A number or code written by hand, such as a phone or a tax code.

- exact: equal.
- near: one slip of the pen apart: a character replaced, left out, put in, or swapped with its neighbour
  (`0300588569` and `0300588659`).
- differs: both known, further apart.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, sides, strongest
from matchers.comparisons._similarity import osa

LEVELS = ("exact", "near", "differs")
FIELDS = ("value",)


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two String `value`s: UInt8 codes of LEVELS, 0 where one is null."""
    pairs = beside(left, right, FIELDS)
    pairs = pairs.with_columns(slips=osa(pairs, *sides("value")))
    return strongest(pairs, LEVELS, known("value"), exact=equal("value"), near=pl.col("slips") == 1)
