"""A text file's bytes beside its text: which rows hold more than their text says, so that their bytes are kept.

Re-encoding a received cell gives the bytes that came, or its row is named here. The whole file is tried first; only
where that fails are its lines looked at.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from mdm.sources.delimited import Table, one_line_end
from mdm.sources.extract import ALTERED, KEPT, UNDECODABLE
from mdm.standardise import encodings
from mdm.standardise.recognition import is_utf_8

NEWLINE, RETURN = 10, 13

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Received:
    """A file as it came, and its text: UTF-8, lines ended by a newline alone. Lines are counted from 0 in both."""

    raw: bytes
    text: bytes
    wide: bool
    """Two bytes a code unit."""
    undecodable: Lines
    altered: Lines

    @cached_property
    def begins(self) -> Lines:
        """Where each line begins in `raw`, and where the last one ends."""
        return np.concatenate([[0], _line_ends(_units(self.raw, self.wide)) * (2 if self.wide else 1), [len(self.raw)]])

    def row(self, first: int, after: int) -> bytes:
        """The bytes from line `first` up to line `after`, without the line end."""
        row = self.raw[self.begins[first] : self.begins[min(after, len(self.begins) - 1)]]
        ends = ((b"\n\0", b"\r\0"), (b"\0\n", b"\0\r"))[_is_big(self.raw)] if self.wide else (b"\n", b"\r")
        while row.endswith(ends):
            row = row[: -len(ends[0])]
        return row

    def kept(
        self, file: str, table: Table, undecodable: Collection[int] = (), altered: Collection[int] = ()
    ) -> pl.DataFrame:
        """KEPT of the table's rows that a line is to blame in, and of those that begin at the line numbers given."""
        starts, ends = spans(table, self.text)
        broken = {*_rows_of(self.undecodable, starts, ends), *np.searchsorted(starts, sorted(undecodable))}
        others = {*_rows_of(self.altered, starts, ends), *np.searchsorted(starts, sorted(altered))}
        others |= set(self._with_returns(starts, ends))
        found = [
            (file, int(starts[row]) + 1, UNDECODABLE if row in broken else ALTERED, self.row(starts[row], ends[row]))
            for row in sorted(broken | others)
        ]
        return pl.DataFrame(found, schema=KEPT.columns, orient="row")

    def _with_returns(self, starts: Lines, ends: Lines) -> list[int]:
        """Rows of several lines that ended with a carriage return, which the text has no more."""
        if b"\r" not in self.raw:
            return []
        several = np.flatnonzero(ends - starts > 1)
        return [int(row) for row in several if b"\r" in self.row(starts[row], ends[row])]


def spans(table: Table, text: bytes) -> tuple[Lines, Lines]:
    """The line at which each row of a table begins (counted from 0), whole or ragged, and the one after its last."""
    starts = np.sort(np.concatenate([table.lines.to_numpy(), table.ragged["line"].to_numpy()]).astype(np.int64)) - 1
    return starts, np.append(starts[1:], text.count(b"\n") + 1)


def received(raw: bytes, encoding: str) -> Received:
    """Read a file in an encoding; what can't be read becomes U+FFFD."""
    wide = encoding == "utf-16"
    undecodable = altered = np.zeros(0, np.int64)
    if encoding == "utf-8":
        text = raw.removeprefix(codecs.BOM_UTF8)
        if not is_utf_8(raw):
            undecodable = _where(not is_utf_8(line) for line in _lines(raw))
            text = text.decode("utf-8", "replace").encode()
    elif wide:
        text, undecodable = _wide(raw)
    else:
        read = encodings.decode(raw, encoding)
        if encodings.encode(read, encoding) != raw:
            altered = np.array(_not_reading_back(_lines(raw), encoding), np.int64)
        text = read.encode()
    altered = np.union1d(altered, _without_text(raw, wide))
    return Received(raw, one_line_end(text), wide, undecodable, altered)


def _wide(raw: bytes) -> tuple[bytes, Lines]:
    try:
        return encodings.decode(raw, "utf-16").encode(), np.zeros(0, np.int64)
    except UnicodeDecodeError:
        text = raw.decode(encodings.utf_16(raw), "replace").removeprefix("\ufeff")
        lines = text.split("\n" if "\n" in text else "\r")
        return text.encode(), _where("\ufffd" in line for line in lines)


def _is_big(raw: bytes) -> bool:
    return encodings.utf_16(raw) == "utf-16-be"


def _units(raw: bytes, wide: bool) -> npt.NDArray[np.uint16] | npt.NDArray[np.uint8]:
    if not wide:
        return np.frombuffer(raw, np.uint8)
    return np.frombuffer(raw[: len(raw) // 2 * 2], ">u2" if _is_big(raw) else "<u2")


def _line_ends(units: npt.NDArray[np.uint16] | npt.NDArray[np.uint8]) -> Lines:
    """Just after each newline; after each carriage return where there is no newline in the file."""
    ends = np.flatnonzero(units == NEWLINE)
    return (ends if len(ends) else np.flatnonzero(units == RETURN)) + 1


def _lines(raw: bytes) -> list[bytes]:
    return raw.split(b"\n" if b"\n" in raw else b"\r")


def _where(bad: Iterable[bool]) -> Lines:
    return np.flatnonzero(np.fromiter(bad, np.bool_))


def _without_text(raw: bytes, wide: bool) -> Lines:
    """Lines with NUL, or with a carriage return inside: the text has neither."""
    if not wide and b"\0" not in raw and raw.count(b"\r") == raw.count(b"\r\n"):
        return np.zeros(0, np.int64)
    units = _units(raw, wide)
    lost = units == 0
    if (units == NEWLINE).any():
        after = np.append(units[1:], NEWLINE)
        ending = (after == NEWLINE) | ((after == RETURN) & (np.append(after[1:], 0) == NEWLINE))
        lost |= (units == RETURN) & ~ending
    return np.unique(np.searchsorted(_line_ends(units), np.flatnonzero(lost), side="right")).astype(np.int64)


def _not_reading_back(lines: list[bytes], encoding: str, first: int = 0) -> list[int]:
    """The lines that don't come back as they were, found by halves: where few are bad, few are looked at."""
    if encodings.reads_back(b"\n".join(lines), encoding):
        return []
    if len(lines) == 1:
        return [first]
    half = len(lines) // 2
    return [
        *_not_reading_back(lines[:half], encoding, first),
        *_not_reading_back(lines[half:], encoding, first + half),
    ]


def _rows_of(lines: Lines, starts: Lines, ends: Lines) -> list[int]:
    """The rows that these lines belong to."""
    if not len(starts) or not len(lines):
        return []
    row = np.searchsorted(starts, lines, side="right") - 1
    return [int(each) for each in np.unique(row[(row >= 0) & (lines < ends[row])])]
