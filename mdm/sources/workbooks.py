"""Excel workbooks: the cells of one sheet as texts."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

import fastexcel
import polars as pl

from mdm.errors import SourceError
from mdm.sources.extract import (
    FILE,
    LINE,
    Extract,
    header,
    named_columns,
    no_rows_aside,
    without_blank_rows,
)
from mdm.workspace import SourceSpec
from mdm.workspace.document import suggestion

MOST_UNPACKED = 2 << 30
"""Bytes that a workbook may unpack to; 300 kB of .xlsx can hold 300 MB."""


def read_workbook(spec: SourceSpec, file: str, path: Path) -> Extract:
    """One sheet of a workbook (the first, or `sheet`), dates as ISO text, whole numbers without a point.

    Raises SourceError where it is no workbook, unpacks to too much, or has no such sheet or no header.
    """
    _check_size(spec.name, file, path)
    try:
        book = fastexcel.read_excel(path)
        names = book.sheet_names
        if spec.sheet is not None and spec.sheet not in names:
            what = f"{file} has no sheet '{spec.sheet}'."
            raise SourceError(spec.name, what, suggestion(spec.sheet, names))
        sheet = book.load_sheet(spec.sheet or 0, header_row=None, skip_rows=0, dtypes="string")
        cells = sheet.to_polars()
    except fastexcel.FastExcelError:
        what = f"{file} can't be read as an Excel workbook."
        raise SourceError(spec.name, what, "Open it and save it again as .xlsx, or send CSV.") from None
    cells = cells.with_row_index(LINE, offset=1).slice(spec.skip_rows)
    cells = without_blank_rows(cells.with_columns(pl.lit(file).alias(FILE)))
    if cells.is_empty():
        raise SourceError(spec.name, f"the sheet of {file} is empty.", "Send it again; the last good state stays.")
    own = [name for name in cells.columns if name not in (LINE, FILE)]
    line = cells[LINE][0]
    columns = header(spec.name, file, cells.select(own).row(0), line)
    midnight = pl.col(own).str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "${1}")
    rows = cells.slice(1).with_columns(midnight)
    rows = rows.with_columns(pl.when(pl.col(own) != "").then(pl.col(own)))
    rows = without_blank_rows(named_columns(spec.name, file, rows, columns, line))
    return Extract(spec.name, rows.with_columns(pl.col(LINE).cast(pl.UInt32)), no_rows_aside())


def _check_size(source: str, file: str, path: Path) -> None:
    """What the archive says it unpacks to, before anything is unpacked. The old .xls is no archive."""
    if path.suffix.lower() == ".xls":
        return
    try:
        with ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (BadZipFile, OSError):
        what = f"{file} is not an Excel workbook."
        raise SourceError(source, what, "Open it and save it again as .xlsx, or send CSV.") from None
    if size > MOST_UNPACKED:
        what = f"{file} would unpack to {size >> 20} MB."
        raise SourceError(source, what, f"At most {MOST_UNPACKED >> 20} MB are read: send it as CSV or Parquet.")
