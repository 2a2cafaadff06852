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
from mdm.sources import column_encodings as columns
from mdm.sources.as_text import as_text
from mdm.sources.databases import read_query
from mdm.sources.extract import FILE, LINE, Extract, header, no_rows_aside
from mdm.sources.text_files import Reading, read_text
from mdm.sources.workbooks import read_workbook
from mdm.standardise.recognition import Detected
from mdm.workspace import SourceSpec

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET = (".parquet", ".pq")
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

    `encoding` and `column_encodings` are the frozen ones of the source's profile; without them, `mdm.yaml` or the bytes
    say. A path is relative to `base`; several files of a glob follow one another by name. Rows that can't be cut into
    cells, and rows whose key can't be decoded, are set aside.
    Raises SourceError where there is no such file, it can't be read, or it has only a header (gate `empty:SOURCE`).
    """
    frozen = None if encoding is None else Reading(encoding, column_encodings)
    if spec.path is None:
        extract = _columns_shown(read_query(spec), spec, frozen)
    else:
        extract = _read_files(spec, files(spec, base), base, frozen)
    gate = f"empty:{spec.name}"
    if extract.rows.is_empty() and extract.set_aside.is_empty() and spec.mode == "snapshot" and gate not in accept:
        where = spec.path or "the query's result"
        what = f"{where} holds no rows; all rows of the source would be deleted."
        raise SourceError(spec.name, what, "Send the extract again; the last good state stays.", gate=gate)
    notes = columns.mixed(spec, extract.rows, extract.encoding or "utf-8", extract.column_encodings)
    return replace(extract, notes=notes)


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


def _read_files(spec: SourceSpec, paths: list[Path], base: Path, frozen: Reading | None) -> Extract:
    """All files of a source, read alike; what isn't frozen is found in the first that has more than ASCII to show."""
    first = next((at for at, path in enumerate(paths) if frozen is not None or _tells(path)), 0)
    found = _read_file(spec, paths[first], base, frozen)
    if len(paths) == 1:
        return found
    reading = frozen or Reading(found.encoding or "utf-8", found.column_encodings)
    parts = [found if at == first else _read_file(spec, path, base, reading) for at, path in enumerate(paths)]
    return _together(spec.name, parts, found)


def _tells(path: Path) -> bool:
    return path.suffix.lower() in (*WORKBOOKS, *PARQUET) or not path.read_bytes().isascii()


def _columns_shown(extract: Extract, spec: SourceSpec, frozen: Reading | None) -> Extract:
    """Columns that show the bytes of another encoding, in what is Unicode: a workbook, Parquet, a database."""
    found: Mapping[str, Detected] = {}
    if frozen is not None:
        columns.check_texts(spec, spec.path or "the query's result", extract.rows, frozen.columns)
        own = dict(frozen.columns)
    else:
        found = columns.found_in_text(extract.rows, skip=spec.column_encodings) if spec.encoding == "auto" else {}
        own = {name: str(one.encoding) for name, one in found.items()} | dict(spec.column_encodings)
    read = {name: columns.read_shown(extract.rows[name], own[name]).texts for name in own if name in extract.columns}
    return replace(extract, rows=extract.rows.with_columns(**read), column_encodings=own, detected=found)


def _read_file(spec: SourceSpec, path: Path, base: Path, frozen: Reading | None) -> Extract:
    file = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
    try:
        match path.suffix.lower():
            case suffix if suffix in WORKBOOKS:
                return _columns_shown(read_workbook(spec, file, path), spec, frozen)
            case suffix if suffix in PARQUET:
                return _columns_shown(_read_parquet(spec, file, path), spec, frozen)
            case _:
                return read_text(spec, file, path.read_bytes(), frozen)
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


def _together(source: str, parts: list[Extract], read: Extract) -> Extract:
    """Several files as one extract: all must have the columns of the first, and were read as `read`."""
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
    aside, kept = pl.concat([part.set_aside for part in parts]), pl.concat([part.kept for part in parts])
    return Extract(source, rows, aside, read.encoding, read.column_encodings, read.detected, kept)
