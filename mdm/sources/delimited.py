"""Delimited text, already UTF-8, cut into rows and cells with the line of each row.

The structure is found first, on the bytes: where rows end, and how many cells each has. Rows with another number of
cells than the header are taken out, and Polars parses the rest, which can't surprise it then. A file whose quotes
don't stand where quotes must goes through Python's csv instead, row by row, and picks up again after a broken one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

DELIMITERS = (",", ";", "\t", "|")
QUOTE, NEWLINE = ord('"'), ord("\n")
SAMPLE_ROWS = 50
LONGEST_ROW = 100
"""Lines that one quoted row may span, before its quote counts as never closed."""


@dataclass(frozen=True)
class Table:
    """Cells of a delimited file: `rows` has columns 0, 1, … String (empty is null) and `line`; `ragged` the rest."""

    header: list[str]
    header_line: int
    rows: pl.DataFrame
    lines: pl.Series
    ragged: pl.DataFrame
    """`line` UInt32, `cells` List(String): rows with another number of cells than the header."""


def parse(text: bytes, delimiter: str | None = None, skip_rows: int = 0) -> Table | None:
    """Cut UTF-8 text into cells; None where there is no header line. Never raises on any text."""
    text = one_line_end(text)
    start = after_lines(text, skip_rows)
    if not text[start:].strip():
        return None
    text, first_line = text[start:], skip_rows + 1
    mark = delimiter or guess_delimiter(text)
    table = _fast(text, mark, first_line)
    return table if table is not None else _patient(text, mark, first_line)


def one_line_end(text: bytes) -> bytes:
    """Every line ends with a newline alone; NULs, which no text holds, are gone. A stray carriage return is a space."""
    text = text.replace(b"\0", b"") if b"\0" in text else text
    if b"\r" in text:
        if b"\n" not in text:
            return text.replace(b"\r", b"\n")
        text = text.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b" ")
    return text


def after_lines(text: bytes, count: int) -> int:
    """Where the text goes on after so many lines."""
    start = 0
    for _ in range(count):
        end = text.find(b"\n", start)
        if end < 0:
            return len(text)
        start = end + 1
    return start


def guess_delimiter(text: bytes) -> str:
    """The one that cuts the header and most of the first rows into the same number of cells, and into the most."""
    lines = [line for line in text[: 1 << 16].decode("utf-8", "replace").split("\n")[: SAMPLE_ROWS * 2] if line.strip()]

    def fit(delimiter: str) -> tuple[bool, float, int]:
        rows = list(csv.reader(lines[:SAMPLE_ROWS], delimiter=delimiter))
        width = len(rows[0]) if rows else 1
        return width > 1, round(sum(len(row) == width for row in rows) / max(len(rows), 1), 1), width

    return max(DELIMITERS, key=lambda d: (fit(d), -DELIMITERS.index(d)))


def _fast(text: bytes, delimiter: str, first_line: int) -> Table | None:
    """By Polars, if the quotes are regular; else None."""
    codes = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(codes == QUOTE)
    if not _regular(codes, quotes, ord(delimiter)):
        return None
    every_newline, delimiters = np.flatnonzero(codes == NEWLINE), np.flatnonzero(codes == ord(delimiter))
    ends = every_newline[np.searchsorted(quotes, every_newline) % 2 == 0] if len(quotes) else every_newline
    if not text.endswith(b"\n"):
        ends = np.append(ends, len(text))
    starts = np.concatenate([[0], ends[:-1] + 1])
    cells = np.diff(np.searchsorted(delimiters, ends) - _quoted(delimiters, quotes, ends), prepend=0) + 1
    lines = np.searchsorted(every_newline, starts) + first_line
    if len(quotes) and (np.diff(np.append(lines, first_line + len(every_newline))) > LONGEST_ROW).any():
        return None  # two quotes that were no quotes may look like one long cell
    full = np.flatnonzero(ends > starts)
    top, body = full[0], full[1:]
    names = _cells(text[starts[top] : ends[top]], delimiter)
    whole = cells[body] == len(names)
    kept = body[whole]
    rows = _by_polars(_join(text, starts, ends, kept), delimiter, len(names), bool(len(quotes)))
    if rows is None or rows.height != len(kept):
        return None
    broken = body[~whole]
    ragged = [(int(lines[i]), _cells(text[starts[i] : ends[i]], delimiter)) for i in broken]
    return Table(names, int(lines[top]), rows, pl.Series(lines[kept].astype(np.uint32)), _ragged(ragged))


def _quoted(delimiters: NDArray[np.intp], quotes: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many delimiters stand between quotes, up to each end of a row."""
    inside = np.diff(np.searchsorted(delimiters, quotes))[0::2]
    upto = np.concatenate([[0], np.cumsum(inside)])
    return np.asarray(upto[np.searchsorted(quotes[0::2], ends)], np.intp)


def _regular(codes: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int) -> bool:
    """Every opening quote begins a cell, every closing one ends it, and both may meet inside (`""`)."""
    if len(quotes) % 2:
        return False
    edge = np.array([delimiter, NEWLINE, QUOTE], np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before, after = codes[opening[opening > 0] - 1], codes[closing[closing < len(codes) - 1] + 1]
    return bool(np.isin(before, edge).all() and np.isin(after, edge).all())


def _join(text: bytes, starts: NDArray[np.intp], ends: NDArray[np.intp], kept: NDArray[np.intp]) -> bytes:
    """The bytes of the kept rows; runs of neighbours are copied at once."""
    if not len(kept):
        return b""
    breaks = np.flatnonzero(np.diff(kept) != 1)
    firsts, lasts = np.append(kept[0], kept[breaks + 1]), np.append(kept[breaks], kept[-1])
    return b"\n".join(text[starts[a] : ends[b]] for a, b in zip(firsts, lasts, strict=True)) + b"\n"


def _by_polars(body: bytes, delimiter: str, width: int, quoted: bool) -> pl.DataFrame | None:
    schema = dict.fromkeys(map(str, range(width)), pl.String)
    if not body:
        return pl.DataFrame(schema=schema)
    try:
        rows = pl.read_csv(
            BytesIO(body),
            has_header=False,
            schema=schema,
            separator=delimiter,
            quote_char='"' if quoted else None,
            infer_schema=False,
        )
    except PolarsError:
        return None
    return rows.with_columns(pl.when(pl.all() != "").then(pl.all())) if quoted else rows


def _patient(text: bytes, delimiter: str, first_line: int) -> Table:
    """By Python's csv: a stray quote is a character; a row with a quote that is never closed is one broken line."""
    lines = text.decode("utf-8").split("\n")
    found = _rows(lines, delimiter)
    top = next(((at, cells) for at, cells in found if any(cells)), (0, [""]))
    width, rows, numbers, ragged = len(top[1]), list[list[str]](), list[int](), list[tuple[int, list[str]]]()
    for at, cells in found:
        if len(cells) == width:
            rows.append(cells)
            numbers.append(at + first_line)
        elif any(cells):
            ragged.append((at + first_line, cells))
    columns = zip(*rows, strict=True) if rows else [()] * width
    frame = pl.DataFrame([pl.Series(str(i), column, pl.String) for i, column in enumerate(columns)])
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return Table(top[1], top[0] + first_line, frame, pl.Series(numbers, dtype=pl.UInt32), _ragged(ragged))


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(index of the first line, cells) of each row.

    A row over several lines counts only with as many cells as the first row. If it has another number, its quote was no
    quote: the line stands alone, and reading goes on after it.
    """
    begin, width = 0, 0

    def feed(start: int) -> Iterator[str]:
        for at in range(start, len(lines)):
            if at - begin >= LONGEST_ROW:
                return
            yield f"{lines[at]}\n"

    while begin < len(lines):
        start, whole = begin, False
        reader = csv.reader(feed(start), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                taken = start + reader.line_num - begin
                width = width or len(cells)
                if taken > 1 and len(cells) != width:
                    break
                yield begin, cells
                begin += taken
            else:
                whole = begin >= len(lines)
        except csv.Error:  # a quote never closed, text after a closing quote, or a cell longer than csv allows
            pass
        if not whole and begin < len(lines):
            yield begin, _alone(lines[begin], delimiter, width)
            begin += 1


def _alone(line: str, delimiter: str, width: int) -> list[str]:
    """The cells of one line that is a row by itself; of one whose quote stays open, a number that no row has."""
    try:
        next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "expected after" in str(error):  # `"Tư" Hoà`: the quotes are no more than that
            return next(csv.reader([line], delimiter=delimiter), [])
    cells = line.split(delimiter)
    return cells if len(cells) != width else [*cells, ""]


def _cells(row: bytes, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row.decode("utf-8", "replace")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _ragged(rows: list[tuple[int, list[str]]]) -> pl.DataFrame:
    lines, cells = pl.Series("line", [line for line, _ in rows], pl.UInt32), [cells for _, cells in rows]
    return pl.DataFrame([lines, pl.Series("cells", cells, pl.List(pl.String))])
