"""What every reader gives: the rows of one source as texts, each with its line, and the rows that can't be used."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from matchers.frame import Frame
from mdm.errors import SourceError
from mdm.standardise.recognition import Detected

LINE, FILE = "_line", "_file"
PLACE = (LINE, FILE)
KEY, OPERATION, ROW, RAW = "_key", "_operation", "_row", "_raw"
RESERVED = (*PLACE, KEY, OPERATION, ROW, RAW)
"""Names that the engine gives its own columns beside the extract's."""

SET_ASIDE = Frame(
    "rows set aside",
    columns={
        "file": pl.String,
        "line": pl.UInt32,  # as a person counts: the first line of the file is 1
        "row_key": pl.String,  # null where it can't be known
        "rule": pl.String,  # ragged, undecodable, null_key, repeated_key, unknown_operation
        "reason": pl.String,
        "raw": pl.Binary,  # the bytes of the row, of a text file where it could not be cut or read
    },
)


UNDECODABLE, ALTERED = "undecodable", "altered"
"""Bytes that the encoding doesn't allow; bytes that no text holds (NUL) or that a text is not written as."""
KEPT = Frame(
    "rows whose bytes are kept",
    columns={"file": pl.String, "line": pl.UInt32, "rule": pl.String, "raw": pl.Binary},
)


def nothing_kept() -> pl.DataFrame:
    """The KEPT of an extract whose every cell can be written back."""
    return KEPT.empty()


@dataclass(frozen=True)
class Extract:
    """One arrival of a source. `rows`: every column String, empty text null, then `_line` UInt32 and `_file` String."""

    source: str
    rows: pl.DataFrame
    set_aside: pl.DataFrame
    """SET_ASIDE, without keys, and `cells` List(String): what the row held, as far as it could be cut into cells."""
    encoding: str | None = None
    """Of a text file: what it was read as."""
    column_encodings: Mapping[str, str] = field(default_factory=dict)
    """Columns that were in an encoding of their own."""
    detected: Mapping[str, Detected] = field(default_factory=dict)
    """What the bytes themselves say, of the file (under the empty name) and of its columns, where they were asked."""
    kept: pl.DataFrame = field(default_factory=nothing_kept)
    """KEPT: the rows whose text doesn't give back their bytes."""
    notes: tuple[str, ...] = ()
    """What a run or a check must tell of how it was read; counts only."""

    @property
    def columns(self) -> list[str]:
        """The columns of the extract itself."""
        return [name for name in self.rows.columns if name not in PLACE]


def no_rows_aside() -> pl.DataFrame:
    """The `set_aside` of an extract without faults."""
    return SET_ASIDE.empty().with_columns(cells=pl.lit(None, pl.List(pl.String)))


def header(source: str, file: str, cells: Sequence[str | None], line: int | None) -> list[str]:
    """Column names: NFC, without spaces around. An unnamed column gets an empty name.

    Raises SourceError where a name repeats or is one of the engine's own.
    """
    names = [unicodedata.normalize("NFC", cell or "").replace("\ufeff", "").strip() for cell in cells]
    repeated = next((name for name in names if name and names.count(name) > 1), None)
    if repeated is not None:  # by its places: where the header is missing, the name is a person's value
        places = " and ".join(str(place) for place, name in enumerate(names, 1) if name == repeated)
        what = f"columns {places} of {file} have the same name in the header."
        raise SourceError(source, what, "Give each column a name of its own.", line=line)
    own = [name for name in names if name in RESERVED]
    if own:
        raise SourceError(source, f"{file} has a column {own[0]}, a name the engine uses.", "Rename it.", line=line)
    return names


def named_columns(source: str, file: str, rows: pl.DataFrame, names: Sequence[str], line: int | None) -> pl.DataFrame:
    """Rename the columns to `names`; an unnamed column goes if it is empty, else raises SourceError."""
    own = [name for name in rows.columns if name not in PLACE]
    for position, name in enumerate(names, 1):
        if not name and rows[own[position - 1]].null_count() < rows.height:
            what = f"column {position} of {file} has no name in the header."
            raise SourceError(source, what, "Name it there; is the first line really the header?", line=line)
    kept = {old: new for old, new in zip(own, names, strict=True) if new}
    return rows.select([*kept, *(name for name in PLACE if name in rows.columns)]).rename(kept)


def without_blank_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that hold at least one text."""
    own = [name for name in rows.columns if name not in PLACE]
    return rows.filter(pl.any_horizontal(pl.col(own).is_not_null())) if own else rows
