"""Dates of which the day, or the month and the day, may be unknown.

- exact: year, month and day known and equal.
- swapped: same year, day and month exchanged (5 July, 7 May).
- partial: same year, and all that both sides know agrees: one of them lacks the day, or month and day (1985, 5 July
  1985).
- near: one of the three parts differs by a slip of the pen: next to it (9, 10), one digit replaced (1985, 1965) or
  its two neighbouring digits swapped (12, 21), day and month written with two digits.
- two_parts: two of the three parts agree, the third is further off.
- same_year: same year, nothing else.
- close_year: a year apart.
- differs: more than a year apart.

A date without a year is missing.
"""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import or_

import polars as pl

from matchers.comparisons._levels import beside, equal, known, sides, strongest

LEVELS = ("exact", "swapped", "partial", "near", "two_parts", "same_year", "close_year", "differs")
FIELDS = ("year", "month", "day")


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two dates of integer `year`, `month`, `day`: UInt8 codes of LEVELS, 0 where a year is null."""
    (year, other_year), (month, other_month), (day, other_day) = (_wide(field) for field in FIELDS)
    full = known("month") & known("day")
    same = pl.sum_horizontal(equal(field).cast(pl.UInt8) for field in FIELDS)
    slip = reduce(or_, (_slip(field) for field in FIELDS))
    return strongest(
        beside(left, right, FIELDS),
        LEVELS,
        known("year"),
        exact=same == 3,
        swapped=equal("year") & (month == other_day) & (day == other_month),
        partial=equal("year") & (~known("month") | (equal("month") & ~known("day"))),
        near=full & (same == 2) & slip,
        two_parts=full & (same == 2),
        same_year=equal("year"),
        close_year=(year - other_year).abs() <= 1,
    )


def _wide(field: str) -> tuple[pl.Expr, pl.Expr]:
    """Wide enough to subtract, whatever integers came."""
    left, right = sides(field)
    return left.cast(pl.Int32), right.cast(pl.Int32)


def _slip(field: str) -> pl.Expr:
    """Known, unlike, and one slip of the pen apart."""
    left, right = _wide(field)
    digits = [(left // 10**place % 10, right // 10**place % 10) for place in range(4 if field == "year" else 2)]
    replaced = pl.sum_horizontal((a != b).cast(pl.UInt8) for a, b in digits) == 1
    swapped = [
        (high == other_low) & (low == other_high) & (left - right == ((high - low) * 9 * 10**place))
        for place, ((low, other_low), (high, other_high)) in enumerate(pairwise(digits))
    ]
    return reduce(or_, swapped, (left - right).abs().eq(1) | replaced) & (left != right)
