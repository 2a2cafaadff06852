"""Lines above the header of an unknown extract: the office, the title of the list, the date."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import fastexcel

from mdm.sources.delimited import DELIMITERS, one_line_end
from mdm.sources.readers import WORKBOOKS

LOOKED_AT, FEWEST = 60, 3
"""Rows that are looked at, and columns below which a title can't be told from a header."""
_BYTES = 1 << 16
Rows = list[tuple[int, list[str]]]
"""For each row: how many lines stand before it, its cells."""


def title_lines(path: Path) -> int:
    """How many lines stand above the header: 0 where it is the first, or none is plainly one.

    A header is the first row that fills as many cells as any row does, each with a text of its own; a title fills at
    most half as many. A workbook must have been opened before: its size isn't looked at here.
    """
    rows = _of_workbook(path) if path.suffix.lower() in WORKBOOKS else _of_text(path)
    filled = [[cell for cell in cells if cell.strip()] for _, cells in rows]
    most = max(map(len, filled), default=0)
    if most < FEWEST:
        return 0
    for (before, _), cells in zip(rows, filled, strict=True):
        if len(cells) == most and _are_names(cells):
            return before
        if len(cells) * 2 > most:
            return 0
    return 0


def _are_names(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and all(any(c.isalpha() for c in cell) for cell in cells)


def _of_workbook(path: Path) -> Rows:
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, n_rows=LOOKED_AT, dtypes="string")
    return [(place, [cell or "" for cell in row]) for place, row in enumerate(sheet.to_polars().rows())]


def _of_text(path: Path) -> Rows:
    """The rows of the width that most have, and those that are narrower: cells too many say nothing of the columns."""
    with path.open("rb") as file:
        raw = file.read(_BYTES)
    utf_16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = raw.decode("utf-16" if utf_16 else "latin-1", "replace").encode()  # only what parts the cells counts
    lines = one_line_end(text).decode().split("\n")[:LOOKED_AT]

    def fit(delimiter: str) -> tuple[bool, float, int]:
        width, often, height = _width(list(_cut(lines, delimiter)))
        return width >= FEWEST, round(often / max(height, 1), 1), width

    rows = list(_cut(lines, max(DELIMITERS, key=lambda d: (fit(d), -DELIMITERS.index(d)))))
    width = _width(rows)[0]
    return [(before, cells) for before, cells in rows if len(cells) <= width]


def _width(rows: Rows) -> tuple[int, int, int]:
    """The commonest number of cells, how many rows have it, and how many rows there are."""
    widths = Counter(len(cells) for _, cells in rows if cells)
    width = max(widths, key=lambda w: (widths[w], w), default=0)
    return width, widths[width], widths.total()


def _cut(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader, before = csv.reader(lines, delimiter=delimiter), 0
    try:
        for cells in reader:
            yield before, cells
            before = reader.line_num
    except csv.Error:  # a cell longer than csv takes
        return
