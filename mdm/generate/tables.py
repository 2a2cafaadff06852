"""The generator's own word lists, kept apart from `rules/` so that standardisers are not tested on their own lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).parent / "data"


@cache
def table(name: str) -> pl.DataFrame:
    """The list `data/<name>.csv`; weights are Int64, empty cells null."""
    return pl.read_csv(FOLDER / f"{name}.csv", comment_prefix="#")
