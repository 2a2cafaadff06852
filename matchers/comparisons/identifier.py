"""A number that comes in several kinds, which are never compared with one another: an old 9-digit identity number says
nothing of a 12-digit one.

- exact: same kind, equal.
- near: same kind, one slip of the pen apart (as in `digits`).
- differs: same kind, further apart.

Numbers of unlike kinds are missing, not different; numbers without a kind are compared with each other. Of the kind
`other` (papers of any sort: one may have several) only equal ones say something.
"""

from __future__ import annotations

import polars as pl

from matchers.comparisons._levels import beside, equal, known, sides, strongest
from matchers.comparisons._similarity import osa

LEVELS = ("exact", "near", "differs")
FIELDS = ("value", "kind")
OTHER = "other"


def reference(left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    """Agreement of two String `value`s of the same `kind`: UInt8 codes of LEVELS, 0 where not comparable."""
    pairs = beside(left, right, FIELDS)
    kind, other_kind = sides("kind")
    comparable = known("value") & kind.eq_missing(other_kind) & (equal("value") | (kind != OTHER).fill_null(True))
    pairs = pairs.with_columns(slips=osa(pairs, *sides("value")))
    return strongest(pairs, LEVELS, comparable, exact=equal("value"), near=pl.col("slips") == 1)
