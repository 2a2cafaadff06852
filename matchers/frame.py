"""Declared schemas for the frames that cross a border between stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

DType = pl.DataType | type[pl.DataType]


class FrameError(ValueError):
    """A frame does not have the columns, types or key that its border declares: a programming error."""


@dataclass(frozen=True)
class Frame:
    """A named table schema: `columns` maps name to dtype; the `key` columns together are unique."""

    name: str
    columns: Mapping[str, DType]
    key: tuple[str, ...] = ()

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give back `frame` with exactly the declared columns, in order.

        Raises FrameError where a column is missing, has another dtype, or the key repeats.
        """
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise FrameError(f"{self.name}: missing columns {missing}; there are {frame.columns}")
        frame = frame.select(list(self.columns))
        wrong = [
            f"{name} is {frame.schema[name]}, not {dtype}"
            for name, dtype in self.columns.items()
            if frame.schema[name] != dtype
        ]
        if wrong:
            raise FrameError(f"{self.name}: {'; '.join(wrong)}")
        if self.key and frame.select(pl.struct(self.key).n_unique()).item() != frame.height:
            raise FrameError(f"{self.name}: the key {self.key} repeats")
        return frame

    def empty(self) -> pl.DataFrame:
        """A frame of this schema without rows."""
        return pl.DataFrame(schema=dict(self.columns))
