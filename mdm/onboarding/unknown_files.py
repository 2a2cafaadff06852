"""An extract that nobody has mapped: read as a run would, and with a header where it has none."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from mdm.errors import SourceError, UsageError
from mdm.onboarding.assignment import BY_KIND
from mdm.onboarding.candidates import Column, candidates
from mdm.onboarding.headings import read_heading
from mdm.onboarding.title_lines import title_lines
from mdm.sources.delimited import DELIMITERS
from mdm.sources.extract import FILE, LINE, PLACE, Extract
from mdm.sources.readers import PARQUET, WORKBOOKS, read
from mdm.standardise import Knowledge
from mdm.workspace import SourceSpec

TITLES = "If other lines stand above the header, map the file by hand and say how many in skip_rows."
TELLING = ("personal_id", "phone", "health_card", "tax_code", "email", "date", "social_insurance")
"""Kinds that no name of a column is of."""


def read_unknown(path: Path, spec: SourceSpec, knowledge: Knowledge) -> tuple[Extract, list[Column], str | None, int]:
    """The extract, its columns, a note where it has no header (its columns are then called after what they hold), and
    how many lines stand above its header.

    Raises UsageError where it can't be read.
    """
    try:
        extract, titles = _below_titles(path, spec)
    except SourceError as error:
        headless = _without_header(path, spec)
        if headless is None:
            remedy = f"{error.remedy} {TITLES}" if error.line is not None else error.remedy
            raise UsageError(f"{path}: {error.reason} {remedy}") from None
        return *_called(headless, knowledge), 0
    columns = candidates(extract, knowledge)
    if not _is_a_row(extract.columns, columns, knowledge):
        return extract, columns, None, titles
    return *_called(_with_first_row(extract), knowledge), titles


def _below_titles(path: Path, spec: SourceSpec) -> tuple[Extract, int]:
    """The extract, and how many lines stand above its header. Raises SourceError as `read` does."""
    workbook = path.suffix.lower() in WORKBOOKS
    if path.suffix.lower() in PARQUET or not path.is_file():
        return _read(path, spec), 0
    if workbook:
        try:
            return _read(path, spec), 0
        except SourceError as error:
            if error.line is None:  # it can't even be opened
                raise
    titles = title_lines(path)
    return _read(path, replace(spec, skip_rows=titles)), titles


def _read(path: Path, spec: SourceSpec) -> Extract:
    return read(spec, path.absolute().parent, accept={f"empty:{spec.name}"})


def _is_a_row(header: Sequence[str], columns: Sequence[Column], knowledge: Knowledge) -> bool:
    """Whether the first line is no header but a row: it holds a number or a date such as stand below it.

    Nam may be a man's cell or a year's header, so a line is a header only where most of its words are known of headers.
    """
    if sum(read_heading(name).whole for name in header) * 2 > len(header):
        return False
    for name, column in zip(header, columns, strict=True):
        own = candidates(_one_cell(name), knowledge)[0]
        if column.kind in TELLING and own.share(column.kind) == 1:
            return True
    return False


def _one_cell(text: str) -> Extract:
    rows = pl.DataFrame({"cell": [text], LINE: [1], FILE: [""]})
    return Extract("", rows, pl.DataFrame())


def _with_first_row(extract: Extract) -> Extract:
    """The header as the first row, and columns called c1, c2, …"""
    names = [f"c{place}" for place in range(1, len(extract.columns) + 1)]
    first = pl.DataFrame({new: [old] for new, old in zip(names, extract.columns, strict=True)})
    rows = extract.rows.select(
        *(pl.col(old).alias(new) for new, old in zip(names, extract.columns, strict=True)), *PLACE
    )
    first = first.with_columns(pl.lit(1, rows.schema[LINE]).alias(LINE), pl.lit("").alias(FILE))
    return Extract(extract.source, pl.concat([first, rows]), extract.set_aside, extract.encoding)


def _without_header(path: Path, spec: SourceSpec) -> Extract | None:
    """A text file whose first line can't be a header (its cells repeat, or are empty), read with one put above it."""
    if path.suffix.lower() in (*WORKBOOKS, *PARQUET) or not path.is_file():
        return None
    raw = path.read_bytes()
    line = raw.partition(b"\n")[0].decode("latin-1")
    mark, width = max(((d, len(next(csv.reader([line], delimiter=d), []))) for d in DELIMITERS), key=lambda f: f[1])
    if width <= 1 or "\0" in line:
        return None
    header = mark.join(f"c{place}" for place in range(1, width + 1))
    with TemporaryDirectory() as folder:
        beside = Path(folder) / path.name
        beside.write_bytes(header.encode() + b"\n" + raw.removeprefix(codecs.BOM_UTF8))
        try:
            return _read(beside, SourceSpec(spec.name, key=(), parties=(), path=path.name, delimiter=mark))
        except SourceError:
            return None


def _called(extract: Extract, knowledge: Knowledge) -> tuple[Extract, list[Column], str]:
    """Columns called after what they hold, so that a header with these names can be put above the rows."""
    names: list[str] = []
    for place, column in enumerate(candidates(extract, knowledge), 1):
        called = BY_KIND.get(column.kind or "", "")
        names.append(called if called and called not in names else f"c{place}")
    rows = extract.rows.rename(dict(zip(extract.columns, names, strict=True)))
    named = Extract(extract.source, rows, extract.set_aside, extract.encoding)
    note = f"the file has no header: put this line above its first one, with its own separator: {', '.join(names)}"
    return named, candidates(named, knowledge), note
