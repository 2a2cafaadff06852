"""Puts the city on disk: eight extracts in their encodings, the workspace file, the truth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from mdm.errors import UsageError
from mdm.generate.extract import CITIZEN, Extract, entity_id, truth
from mdm.generate.people import Couples
from mdm.standardise.encodings import encode

WORKSPACE = "mdm.yaml"
EXCEL_ROWS = 50_000
"""A longer extract is written as CSV: no office exchanges such a workbook."""
CHUNK = 20_000
MADE = datetime(2026, 9, 1)
HEAD = """\
# A synthetic city of {people} people (seed {seed}): invented persons and businesses, real communes.
# truth.csv says which records are one person or business; only `mdm evaluate` reads it.
repository: sqlite:///repository.db
rules: hcmc
sources:
"""


def prepare(folder: Path) -> None:
    """Makes the folder; raises UsageError where there is a workspace already."""
    if (folder / WORKSPACE).exists():
        raise UsageError(f"{folder} already holds {WORKSPACE}; choose an empty folder. Nothing was written.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} can't be made: {error.strerror}. Nothing was written.") from error


def write_extract(folder: Path, extract: Extract) -> str:
    """Writes the rows; gives the file's name."""
    if extract.excel and extract.rows.height <= EXCEL_ROWS:
        name = f"{extract.source}.xlsx"
        _write_excel(folder / name, extract.rows)
        return name
    name = f"{extract.source}.csv"
    with (folder / name).open("wb") as file:
        for number, start in enumerate(range(0, max(1, extract.rows.height), CHUNK)):
            piece = extract.rows[start : start + CHUNK].select(
                pl.all().replace("", None)
            )  # or "" is written with quotes
            text = piece.write_csv(include_header=number == 0, line_terminator="\r\n")
            file.write(_encoded(text, extract.encoding, first=number == 0))
    return name


def _encoded(text: str, encoding: str, *, first: bool) -> bytes:
    """The bytes of one piece; UTF-16 has its mark at the head of the file only."""
    match encoding:
        case "utf-8":
            return text.encode()
        case "utf-16":
            return (b"\xff\xfe" if first else b"") + text.encode("utf-16-le")
        case legacy:
            return encode(text, legacy)


def _write_excel(path: Path, rows: pl.DataFrame) -> None:
    """One sheet of texts; the workbook says that it was made on the city's own day, so that its bytes don't change."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet("Danh sách")
        for column, name in enumerate(rows.columns):
            sheet.write_string(0, column, name)
            for row, text in enumerate(rows[name].to_list(), 1):
                if text:
                    sheet.write_string(row, column, text)
    path.write_bytes(buffer.getvalue())


def write_workspace(folder: Path, mappings: Iterable[str], people: int, seed: int) -> None:
    """`mdm.yaml` with the mapping of every source."""
    (folder / WORKSPACE).write_text(HEAD.format(people=people, seed=seed) + "".join(mappings), "utf-8")


def write_truth(folder: Path, extracts: Iterable[Extract]) -> int:
    """`truth.csv`; gives its number of rows."""
    whole = pl.concat([truth(extract) for extract in extracts])
    whole.write_csv(folder / "truth.csv")
    return whole.height


def write_couples(folder: Path, couples: Couples) -> None:
    """`couples.csv`: kind (twins, namesakes, strangers), entity_id_1, entity_id_2; a father stands before his son."""
    with (folder / "couples.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "entity_id_1", "entity_id_2"))
        for kind in ("twins", "namesakes", "strangers"):
            pairs = getattr(couples, kind)
            ids = (entity_id(CITIZEN, pairs[:, side]).to_list() for side in (0, 1))
            writer.writerows((kind, one, other) for one, other in zip(*ids, strict=True))
