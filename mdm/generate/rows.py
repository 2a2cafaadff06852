"""Small steps that every department's rows are made of."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate.chance import Mask


def keys(prefix: str, size: int, first: int = 0) -> pl.Series:
    """`DC00000000`, `DC00000001`, …: eight digits in the order of the file, which says nothing of the people."""
    return prefix + pl.Series(np.arange(first, first + size)).cast(pl.String).str.zfill(8)


def texts(mask: Mask, yes: pl.Series, no: pl.Series | None = None) -> pl.Series:
    """`yes` where the mask holds, else `no`, by default empty."""
    otherwise = pl.lit("") if no is None else no
    return pl.select(pl.when(pl.Series(mask)).then(yes).otherwise(otherwise)).to_series()


def stacked(upper: pl.Series | int, lower: pl.Series | int) -> pl.Series:
    """One column for two kinds of rows; a number is so many empty cells."""
    both = [
        pl.repeat("", part, eager=True, dtype=pl.String) if isinstance(part, int) else part for part in (upper, lower)
    ]
    return pl.concat([part.rename("") for part in both])
