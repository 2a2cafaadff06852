"""What a standardiser is: one name, its declared fields, and a function of distinct texts.

A standardiser never raises on any text: what it can't read is null with a finding that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps

import polars as pl

from mdm.standardise.encodings import undo_mojibake
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile

Function = Callable[[pl.Series, Knowledge, SourceProfile, Mapping[str, object]], pl.DataFrame]
LONGEST = 1000
"""Characters of the longest text that is read; nobody's name, number or address has more, and reading takes time."""
TOO_LONG = "too_long"
_DOUBLY = r"[ÂÃÄÅÆÌËáâï](?:[^\x00-\x7f\p{L}\p{M}]|[ºªµƒˆŠŒŽšœžŸ])"
"""What UTF-8 that was read as a one-byte encoding shows; some of it is good text, which `undo_mojibake` leaves."""
PolarsType = pl.DataType | type[pl.DataType]
"""A Polars type as Polars takes it: `pl.String` or `pl.List(pl.String)`."""


@dataclass(frozen=True)
class Standardiser:
    """Distinct received texts → canonical values, their fields, and findings.

    `function(values, knowledge, profile, options)` takes a String series of distinct texts and gives one row a value,
    in the same order, with exactly the columns of `schema`. Null in, nulls out. A text of more than LONGEST characters
    is not read: nulls, and the finding `too_long`.
    """

    name: str
    fields: Mapping[str, PolarsType]
    """Fields beyond `value`, with the type one value's field has (not the list of a `multiple` one)."""
    multiple: bool
    function: Function
    habits: Sequence[str] = ()
    """Fields of the profile that `function` reads, and is given: a text of sources alike in them is read once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "function", _guarded(self.function))

    @property
    def schema(self) -> dict[str, PolarsType]:
        """The frame that `function` gives: value, each field, finding; value and fields are lists when `multiple`."""
        return frame_schema(self.fields, multiple=self.multiple)


def _guarded(function: Function) -> Function:
    """The function, given texts that are not too long, and in which double encoding is undone."""

    @wraps(function)
    def guarded(
        values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
    ) -> pl.DataFrame:
        texts = _decoded_once(values.cast(pl.String))
        long = (texts.str.len_bytes() > LONGEST).fill_null(False)  # bytes are counted at once, characters one by one
        if long.any():
            long = (texts.str.len_chars() > LONGEST).fill_null(False)
            texts = texts.set(long, None)
        read = function(texts, knowledge, profile, options)
        if not long.any():
            return read
        return read.with_columns(pl.when(long).then(pl.lit(TOO_LONG)).otherwise(pl.col("finding")).alias("finding"))

    return guarded


def _decoded_once(texts: pl.Series) -> pl.Series:
    """`undo_mojibake` of the texts that look like it."""
    likely = texts.filter(texts.str.contains(_DOUBLY).fill_null(False)).unique()
    if likely.is_empty():
        return texts
    return texts.replace(likely, pl.Series([undo_mojibake(text) for text in likely], dtype=pl.String))


def frame_schema(fields: Mapping[str, PolarsType], *, multiple: bool) -> dict[str, PolarsType]:
    """Column types of a standardiser's answer: `value` String, its fields, `finding` String."""
    columns: dict[str, PolarsType] = {"value": pl.String, **fields}
    if multiple:
        columns = {name: pl.List(kind) for name, kind in columns.items()}
    return {**columns, "finding": pl.String}


def by_value(
    parse: Callable[[str], Sequence[object]], values: pl.Series, schema: Mapping[str, PolarsType]
) -> pl.DataFrame:
    """One row a value: `parse(text)` gives (value, each field, finding) in the order of `schema`; null stays null.

    For a standardiser that gives one value a text; the frame has the columns and types of `schema`.
    """
    blank = (None,) * len(schema)
    return _frame((blank if text is None else parse(text) for text in values.cast(pl.String)), schema)


def _frame(rows: Iterable[Sequence[object]], schema: Mapping[str, PolarsType]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pl.DataFrame(
        [pl.Series(name, column, kind) for (name, kind), column in zip(schema.items(), columns, strict=True)]
    )
