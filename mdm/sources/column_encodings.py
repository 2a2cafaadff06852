"""Columns that are in another encoding than their file: found when a source is set up, read, and watched afterwards.

Two kinds come. In a file in Unicode, a column may have been pasted in unconverted: its bytes show as other letters
(`NguyÔn`). In any other file the cells of a column may simply be other bytes; such a file is cut into cells first, each
byte shown as Windows-1252 has it, and each column is decoded for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import polars as pl

from mdm.errors import SourceError
from mdm.sources.extract import PLACE
from mdm.standardise import encodings, recognition
from mdm.standardise.misread import UNICODE_LETTERS, mixture
from mdm.standardise.recognition import Detected
from mdm.workspace import SourceSpec

SAMPLE_ROWS, FEW = 20_000, 10
"""Cells beyond ASCII that are looked at, and how many a column must have for anything to be said of it."""
WATCHED_ROWS = 2_000
HAVE_CAPITALS = frozenset("ăâêôơưđ")
"""The only small letters with marks whose capitals are other bytes in TCVN3."""
_BEYOND_ASCII = r"[^\x09\x0a\x20-\x7e]"


@dataclass(frozen=True)
class Cells:
    """One column decoded: its texts, and which cells don't read back, or hold bytes that can't be decoded."""

    texts: pl.Series
    altered: pl.Series
    undecodable: pl.Series


def found_in_text(rows: pl.DataFrame, skip: Collection[str] = ()) -> dict[str, Detected]:
    """Column → encoding, in a file in Unicode, of the columns that were never converted to it."""
    found = {name: _of_texts(rows[name], SAMPLE_ROWS) for name in rows.columns if name not in (*PLACE, *skip)}
    return {name: one for name, one in found.items() if one is not None and one.encoding not in (None, "utf-8")}


def found_in_bytes(shown: pl.DataFrame) -> dict[str, Detected]:
    """Column → what its bytes say, of cells shown as Windows-1252; only columns with enough beyond ASCII."""
    found = {}
    for name in shown.columns:
        texts = _beyond_ascii(shown[name], SAMPLE_ROWS)
        if texts.len() >= FEW:
            found[name] = recognition.detect_cells(b"\n".join(encodings.as_shown(text) or b"" for text in texts))
    return found


def check_texts(spec: SourceSpec, file: str, rows: pl.DataFrame, frozen: Mapping[str, str]) -> None:
    """Raise SourceError where a mapped column of a file in Unicode is plainly in another encoding than is frozen."""
    for name in spec.columns:
        if name in spec.column_encodings or name not in rows.columns:
            continue  # what the steward said stands
        expected = frozen.get(name, "utf-8")
        found = _of_texts(rows[name], WATCHED_ROWS)
        if found is None or found.encoding in (None, expected):
            continue
        if spec.encoding != "auto" and expected == "utf-8":
            continue
        what = f"column {name} of {file} is in {found.encoding}, but the source's is read as {expected}."
        remedy = (
            f"Send it as before; until then the last good state stays. If the department has changed for good, write "
            f"`encoding: {{columns: {{{name}: {found.encoding}}}}}` in mdm.yaml, then `mdm adopt DIR edited`."
        )
        raise SourceError(spec.name, what, remedy)


def mixed(spec: SourceSpec, rows: pl.DataFrame, encoding: str, own: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each mapped column, already decoded, a clear part of which is in yet another encoding.

    It is told of and no more: no cell shows for certain which part it belongs to.
    """
    notes = []
    for name in spec.columns:
        if name not in rows.columns:
            continue
        texts, read = _beyond_ascii(rows[name], rows.height), own.get(name, encoding)
        found = mixture(texts.gather_every(-(-texts.len() // SAMPLE_ROWS) or 1), read)
        if found is not None:
            notes.append(
                f"{spec.name}: {found.share:.0%} of the words with marks in column {name} are in {found.encoding}, but "
                f"the column is read as {read}; send all of it in one encoding."
            )
    return tuple(notes)


def read_shown(column: pl.Series, encoding: str) -> Cells:
    """A column of a file in Unicode that shows the bytes of another encoding."""
    return _each(column, lambda text: _shown(text, encoding))


def read_bytes(column: pl.Series, encoding: str, file_encoding: str) -> Cells:
    """A column of cells shown as Windows-1252; in a file in UTF-8, cells that are UTF-8 are read as by `read_shown`."""

    def read(text: str) -> tuple[str, bool, bool]:
        raw = encodings.as_shown(text) or b""
        if "utf-8" in (file_encoding, encoding) and recognition.is_utf_8(raw):
            return _shown(raw.decode("utf-8"), encoding)
        if encoding == "utf-8":
            return raw.decode("utf-8", "replace"), False, False
        return _cell(raw, text, encoding)

    return _each(column, read)


def in_capitals(column: pl.Series) -> Cells:
    """A column of a file in TCVN3, its cells in capitals re-cased; altered where that takes other bytes."""

    def read(text: str) -> tuple[str, bool, bool]:
        cased = encodings.recase(text)
        alike = cased == text or not HAVE_CAPITALS & set(text)
        return cased, alike or encodings.encode(cased, "tcvn3") == encodings.encode(text, "tcvn3"), True

    return _each(column, read, encodings.HALF_SHOUTED)


def _cell(raw: bytes, shown: str, encoding: str) -> tuple[str, bool, bool]:
    """A cell decoded; as it is shown where its bytes can't be (a steward may say UTF-16 of any column)."""
    try:
        text = encodings.decode_cell(raw, encoding)
    except UnicodeDecodeError:
        return shown, False, False
    return text, encodings.encode(text, encoding) == raw, True


def _shown(text: str, encoding: str) -> tuple[str, bool, bool]:
    """A text that shows the bytes of an encoding; one with other letters stays, and its row's bytes are kept."""
    if encoding == "utf-8":
        return text, True, True
    raw = encodings.as_shown(text)
    return (text, False, True) if raw is None else _cell(raw, text, encoding)


def _each(column: pl.Series, read: Callable[[str], tuple[str, bool, bool]], which: str = _BEYOND_ASCII) -> Cells:
    """`read` once per distinct text that has `which`: (text, reads back, could be decoded)."""
    texts = column.drop_nulls().unique()
    texts = texts.filter(texts.str.contains(_BEYOND_ASCII) & texts.str.contains(which)).sort()
    answers = [read(text) for text in texts]
    decoded = pl.Series([answer[0] for answer in answers], dtype=pl.String)
    altered = texts.filter(pl.Series([not answer[1] for answer in answers], dtype=pl.Boolean))
    undecodable = texts.filter(pl.Series([not answer[2] for answer in answers], dtype=pl.Boolean))
    return Cells(
        column.replace(texts, decoded),
        column.is_in(altered.implode()).fill_null(False),
        column.is_in(undecodable.implode()).fill_null(False),
    )


def _of_texts(column: pl.Series, most: int) -> Detected | None:
    """What a column of a file in Unicode is in; None where it has too little beyond ASCII to say."""
    texts = _beyond_ascii(column, most)
    if texts.len() < FEW:
        return None
    if 2 * texts.str.contains(UNICODE_LETTERS).sum() >= texts.len():
        return Detected("utf-8", 1.0, "letters that only Unicode has")
    return recognition.detect_text(texts)


def _beyond_ascii(column: pl.Series, most: int) -> pl.Series:
    texts = column.drop_nulls()
    return texts.filter(texts.str.contains(_BEYOND_ASCII)).head(most)
