"""A value that is the same or not, such as a sex or a code from a list.

- exact: equal.
- differs: both known, not equal.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, strongest

LEVELS = ("exact", "differs")
FIELDS = ("value",)


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two `value`s, of any type: UInt8 codes of LEVELS, 0 where one is null."""
    return strongest(beside(left, right, FIELDS), LEVELS, known("value"), exact=equal("value"))
