"""A table written to a file that appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from mdm.errors import MdmError, UsageError

SHEET_ROWS = 1_048_576  # of a worksheet, the header included (Excel's specifications and limits)
CELL_CHARACTERS = 32_767
_UNPRINTABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"  # what XML 1.0, and so a worksheet, can't hold


def write(frame: pl.DataFrame, path: Path | str) -> None:
    """Write `frame` as the suffix of `path` says: .csv (UTF-8), .parquet or .xlsx.

    It is written beside its place and renamed, so a reader sees the old file or the whole new one. Raises UsageError
    for another suffix, a missing folder or more rows than a worksheet holds; MdmError where the disk refuses.
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path.name}: unknown kind of file. Write to a name that ends in {', '.join(_WRITERS)}.")
    _whole(path, lambda beside: writer(frame, beside))


def write_text(text: str, path: Path | str) -> None:
    """Write `text` as UTF-8, whole or not at all; raises as `write` does."""
    _whole(Path(path), lambda beside: beside.write_text(text, "utf-8"))


def _whole(path: Path, fill: Callable[[Path], object]) -> None:
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}.")
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder.")
    try:
        _replace(path, fill)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        cause = error if isinstance(error, OSError) else error.args[0]
        reason = getattr(cause, "strerror", None) or type(cause).__name__
        raise MdmError(f"{path}: could not be written: {reason}. What stood there is unchanged.") from None


def _replace(path: Path, fill: Callable[[Path], object]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    beside = Path(name)
    try:
        fill(beside)
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _csv(frame: pl.DataFrame, path: Path) -> None:
    frame.write_csv(path)


def _parquet(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path)


def _xlsx(frame: pl.DataFrame, path: Path) -> None:
    """`write_string` makes no formula and no link of a text; integers beyond a double's 53 bits are written as text."""
    if frame.height >= SHEET_ROWS:
        raise UsageError(f"{frame.height} rows don't fit in a worksheet ({SHEET_ROWS - 1}). Write .csv or .parquet.")
    frame = frame.with_columns(
        pl.col(pl.UInt64).cast(pl.String),
        pl.col(pl.String).str.replace_all(_UNPRINTABLE, "").str.slice(0, CELL_CHARACTERS),
    )
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, frame.columns)
    writers = [sheet.write_string if dtype == pl.String else sheet.write_number for dtype in frame.dtypes]
    for number, row in enumerate(frame.iter_rows(), start=1):
        for column, (put, value) in enumerate(zip(writers, row, strict=True)):
            if value is not None:
                put(number, column, value)
    book.close()


_WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {".csv": _csv, ".parquet": _parquet, ".xlsx": _xlsx}
