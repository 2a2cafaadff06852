"""One door for every kind of source: CSV in any encoding, Excel, Parquet, SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from glob import glob
from pathlib import Path
from types import MappingProxyType

import polars as pl
from polars.exceptions import PolarsError

from mdm.errors import SourceError
from mdm.sources.as_text import as_text
from mdm.sources.databases import read_query
from mdm.sources.extract import FILE, LINE, Extract, header, no_rows_aside
from mdm.sources.text_files import decoded_columns, detect, detect_columns, read_text
from mdm.sources.workbooks import read_workbook
from mdm.workspace import SourceSpec

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET = (".parquet", ".pq")
UNICODE = ("utf-8", "utf-16")
NO_COLUMNS: Mapping[str, str] = MappingProxyType({})


def read(
    spec: SourceSpec,
    base: Path,
    encoding: str | None = None,
    *,
    column_encodings: Mapping[str, str] = NO_COLUMNS,
    accept: Collection[str] = (),
) -> Extract:
    """Everything that the source holds now: all cells as texts, each row with its line and file.

    `encoding` is the frozen one of the source's profile; without it, `mdm.yaml` or the bytes say. A path is relative to
    `base`; several files of a glob follow one another by name. Rows that can't be cut or decoded are set aside.
    Raises SourceError where there is no such file, it can't be read, or it has only a header (gate `empty:SOURCE`).
    """
    if encoding is None and spec.encoding != "auto":
        encoding = spec.encoding
    if spec.path is None:
        extract = read_query(spec)
    else:
        paths = files(spec, base)
        found = encoding if encoding is not None or len(paths) == 1 else _encoding(spec, paths)
        parts = [_read_file(spec, path, base, found) for path in paths]
        extract = parts[0] if len(parts) == 1 else _together(spec.name, parts)
        extract = _with_columns_decoded(extract, column_encodings, known=encoding is not None)
    gate = f"empty:{spec.name}"
    if extract.rows.is_empty() and extract.set_aside.is_empty() and spec.mode == "snapshot" and gate not in accept:
        where = spec.path or "the query's result"
        what = f"{where} holds no rows; all rows of the source would be deleted."
        raise SourceError(spec.name, what, "Send the extract again; the last good state stays.", gate=gate)
    return extract


def files(spec: SourceSpec, base: Path) -> list[Path]:
    """The files of the source, by name. Raises SourceError where there is none."""
    path = spec.path or ""
    plain = base / path
    found = [plain] if plain.is_file() else sorted(Path(name) for name in glob(path, root_dir=base, recursive=True))
    found = [base / name for name in found if (base / name).is_file()]
    if not found:
        what = f"there is no file {path}."
        raise SourceError(
            spec.name, what, "Put it there, or set path in mdm.yaml; until then the last good state stays."
        )
    return found


def _encoding(spec: SourceSpec, paths: list[Path]) -> str | None:
    """One encoding for several files: that of the first which has more than ASCII to show it."""
    for path in paths:
        if path.suffix.lower() not in (*WORKBOOKS, *PARQUET) and not (raw := path.read_bytes()).isascii():
            return detect(spec.name, path.name, raw)
    return None


def _with_columns_decoded(extract: Extract, column_encodings: Mapping[str, str], *, known: bool) -> Extract:
    """Columns in an encoding of their own, decoded; which these are is found only while nothing is frozen."""
    if not known and extract.encoding in UNICODE:
        column_encodings = detect_columns(extract.rows)
    rows = decoded_columns(extract.rows, column_encodings)
    return replace(extract, rows=rows, column_encodings=dict(column_encodings))


def _read_file(spec: SourceSpec, path: Path, base: Path, encoding: str | None) -> Extract:
    file = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
    try:
        match path.suffix.lower():
            case suffix if suffix in WORKBOOKS:
                return read_workbook(spec, file, path)
            case suffix if suffix in PARQUET:
                return _read_parquet(spec, file, path)
            case _:
                return read_text(spec, file, path.read_bytes(), encoding)
    except OSError as error:
        what = f"{file} can't be read ({error.strerror or type(error).__name__})."
        raise SourceError(spec.name, what, "Set its permissions right, or send it again.") from None


def _read_parquet(spec: SourceSpec, file: str, path: Path) -> Extract:
    try:
        table = pl.read_parquet(path)
    except PolarsError:
        what = f"{file} can't be read as Parquet."
        raise SourceError(spec.name, what, "Write it again; until then the last good state stays.") from None
    names = header(spec.name, file, table.columns, None)
    rows = as_text(table.rename(dict(zip(table.columns, names, strict=True))))
    rows = rows.with_row_index(LINE, offset=1).with_columns(pl.lit(file).alias(FILE), pl.col(LINE).cast(pl.UInt32))
    return Extract(spec.name, rows.select(*names, LINE, FILE), no_rows_aside())


def _together(source: str, parts: list[Extract]) -> Extract:
    """Several files as one extract: all must have the columns of the first."""
    first = parts[0]
    for part in parts[1:]:
        differ = sorted(set(part.columns) ^ set(first.columns))
        if not set(part.columns) & set(first.columns):  # probably no header: its first line may be a person's row
            differ = sorted(first.columns)
        if differ and not part.rows.is_empty():
            names = f"{part.rows[FILE][0]} and {first.rows[FILE][0] if first.rows.height else 'the first file'}"
            what = f"the files {names} have different columns: {', '.join(differ)}."
            raise SourceError(source, what, "Give all files of the source the same header.")
    rows = pl.concat(
        [part.rows.select(first.rows.columns) for part in parts if not part.rows.is_empty()] or [first.rows]
    )
    return Extract(source, rows, pl.concat([part.set_aside for part in parts]), first.encoding)
