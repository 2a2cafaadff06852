"""What stands in each column of an extract: counts of texts, over all of its rows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from mdm.onboarding.formats import formats
from mdm.sources.extract import Extract
from mdm.standardise import recognition

TEXT, ROWS = "text", "rows"
LISTED = 8
"""Formats and values that are listed of a column."""
ENCODING_SAMPLE = 5_000
MOST_SHAPED = 30_000
"""Distinct texts whose formats are looked at."""


@dataclass(frozen=True)
class Counted:
    """A text (a format, a value, a finding) and the rows that have it."""

    text: str
    rows: int


@dataclass(frozen=True)
class ColumnSurvey:
    """One column. `counts` (not shown): text, rows, a row for each distinct text that isn't blank."""

    name: str
    rows: int
    filled: int
    distinct: int
    shortest: int
    median: int
    longest: int
    formats: tuple[Counted, ...]
    values: tuple[Counted, ...]
    encoding: str | None
    """Of its letters beyond ASCII: its file's or its own; None where it has none, or it can't be told."""
    encoding_confidence: float | None
    encoding_evidence: str

    @property
    def completeness(self) -> float:
        """The share of rows that hold something."""
        return self.filled / self.rows if self.rows else 0.0


def counts(texts: pl.Series) -> pl.DataFrame:
    """text, rows: every distinct text of a column that isn't blank, the commonest first, ties by text."""
    counted = texts.alias(TEXT).drop_nulls().value_counts(name=ROWS)
    counted = counted.filter(pl.col(TEXT).str.strip_chars() != "")
    return counted.sort(ROWS, TEXT, descending=[True, False])


def look(extract: Extract, name: str, counted: pl.DataFrame) -> ColumnSurvey:
    """What a column holds; `counted` as `counts` gives it."""
    lengths = counted.select(pl.col(TEXT).str.len_chars().alias("length"), ROWS).sort("length")
    filled = int(counted[ROWS].sum())
    middle = lengths.filter(pl.col(ROWS).cum_sum() * 2 >= filled)["length"]
    found = extract.detected.get(name) or _encoding(counted[TEXT])
    return ColumnSurvey(
        name=name,
        rows=extract.rows.height,
        filled=filled,
        distinct=counted.height,
        shortest=int(lengths["length"][0]) if filled else 0,
        median=int(middle[0]) if filled else 0,
        longest=int(lengths["length"][-1]) if filled else 0,
        formats=tuple(Counted(*row) for row in format_counts(counted).head(LISTED).iter_rows()),
        values=tuple(Counted(*row) for row in counted.head(LISTED).iter_rows()),
        encoding=None if found is None else _own(extract, name, found.encoding),
        encoding_confidence=None if found is None else found.confidence,
        encoding_evidence="" if found is None else found.evidence,
    )


def format_counts(counted: pl.DataFrame) -> pl.DataFrame:
    """text, rows: each format of the counted texts, the commonest first.

    Of very many distinct texts an even part is looked at, and the counts are what they would be of all.
    """
    part = counted.gather_every(-(-counted.height // MOST_SHAPED)) if counted.height > MOST_SHAPED else counted
    whole = int(counted[ROWS].sum()) / max(int(part[ROWS].sum()), 1)
    shaped = part.select(formats(pl.col(TEXT)), ROWS).group_by(TEXT).agg(pl.col(ROWS).sum())
    shaped = shaped.with_columns((pl.col(ROWS) * whole).round().cast(pl.Int64))
    return shaped.sort(ROWS, TEXT, descending=[True, False])


def _encoding(texts: pl.Series) -> recognition.Detected | None:
    marked = texts.drop_nulls().filter(texts.drop_nulls().str.contains(r"[^\x00-\x7f]"))
    return recognition.detect_text(marked.head(ENCODING_SAMPLE)) if marked.len() else None


def _own(extract: Extract, name: str, found: str | None) -> str | None:
    """A column that reads well as text is in the encoding that it was read in."""
    return extract.column_encodings.get(name, extract.encoding) or found if found == "utf-8" else found
