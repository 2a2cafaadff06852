"""Text files in any encoding: bytes in, an Extract out."""

from __future__ import annotations

import codecs
from collections.abc import Mapping

import numpy as np
import polars as pl

from mdm.errors import SourceError
from mdm.sources.delimited import Table, one_line_end, parse
from mdm.sources.extract import FILE, LINE, Extract, header, named_columns, no_rows_aside, without_blank_rows
from mdm.standardise import encodings, recognition
from mdm.workspace import SourceSpec

MOSTLY = 0.05
"""A file is UTF-8 with some broken lines if no more than this share of its lines is broken."""
SAMPLE_ROWS, FEW = 20_000, 10
_CHUNK = 1 << 24


TELLING = 20
"""Lines that a file must have for its grammar to speak against the frozen encoding."""


def read_text(spec: SourceSpec, file: str, raw: bytes, encoding: str | None) -> Extract:
    """The rows of one delimited file. With `encoding` None it is found from the bytes.

    Raises SourceError where the file is empty, can't be decoded, or has no usable header.
    """
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        what = f"the file {file} is empty."
        raise SourceError(spec.name, what, "Send the extract again; until then the last good state stays.")
    if encoding is None:
        encoding = detect(spec.name, file, raw)
    else:
        check_encoding(spec, file, raw, encoding)
    text, broken = to_utf8(raw, encoding)
    table = parse(text, spec.delimiter, spec.skip_rows)
    if table is None:
        what = f"{file} has no header after the {spec.skip_rows} lines that skip_rows leaves out."
        raise SourceError(spec.name, what, "Set skip_rows right in mdm.yaml.")
    names = header(spec.name, file, table.header, table.header_line)
    rows = table.rows.with_columns(table.lines.alias(LINE), pl.lit(file).alias(FILE))
    rows = without_blank_rows(named_columns(spec.name, file, rows, names, table.header_line))
    rows, undecodable = _without_broken(rows, broken, table, text.count(b"\n") + 1)
    return Extract(spec.name, rows, pl.concat([_ragged(table, file), undecodable]), encoding)


def detect(source: str, file: str, raw: bytes) -> str:
    """The encoding of a file. Raises SourceError where the evidence isn't clear."""
    found = recognition.detect(raw)
    if found.encoding is not None:
        return found.encoding
    if _broken_share(raw) <= MOSTLY:
        return "utf-8"
    what = f"the encoding of {file} can't be told ({found.evidence})."
    raise SourceError(source, what, f"Write `encoding:` in mdm.yaml, one of: {', '.join(encodings.ALIASES)}.")


def check_encoding(spec: SourceSpec, file: str, raw: bytes, expected: str) -> None:
    """A file that is plainly in another encoding than its source is read in raises SourceError.

    It would be read without complaint: under a table of one byte a letter, any bytes are some letters.
    """
    found = recognition.detect(raw).encoding
    if raw.isascii() or found in (None, expected):
        return
    in_unicode = found in ("utf-8", "utf-16")
    if not in_unicode and spec.encoding != "auto":
        return  # the steward's word stands against mere grammar
    if not in_unicode and expected == "utf-8" and _broken_share(raw) <= MOSTLY:
        return  # a few broken rows, which are set aside
    if not in_unicode and raw.count(b"\n") < TELLING:
        return
    what = f"{file} is in {found}, but the source is read as {expected}."
    remedy = (
        f"Send it in {expected} again; until then the last good state stays. If the department has changed for good, "
        f"write `encoding: {found}` in mdm.yaml, then `mdm adopt DIR edited`."
    )
    raise SourceError(spec.name, what, remedy)


def detect_columns(rows: pl.DataFrame) -> dict[str, str]:
    """Column → encoding, where a file in Unicode holds a column that was never converted to it."""
    found = {}
    for name in rows.columns:
        if name not in (LINE, FILE):
            texts = rows[name].drop_nulls().head(SAMPLE_ROWS)
            texts = texts.filter(texts.str.contains(r"[^\x00-\x7f]"))
            encoding = recognition.detect_text(texts).encoding if texts.len() >= FEW else None
            if encoding not in (None, "utf-8"):
                found[name] = str(encoding)
    return found


def to_utf8(raw: bytes, encoding: str) -> tuple[bytes, list[int]]:
    """The text as UTF-8 with newlines alone, and the indexes of the lines that hold bytes that can't be decoded."""
    if encoding == "utf-8":
        raw = one_line_end(raw.removeprefix(codecs.BOM_UTF8))
        if is_utf8(raw):
            return raw, []
        return _marked(raw.decode("utf-8", "replace"), [not is_utf8(line) for line in raw.split(b"\n")])
    if encoding == "utf-16":
        return _utf16(raw)
    return one_line_end(encodings.decode(raw, encoding).encode()), []


def is_utf8(raw: bytes) -> bool:
    """Whether every byte is part of UTF-8 text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(raw), _CHUNK):
            decoder.decode(raw[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16(raw: bytes) -> tuple[bytes, list[int]]:
    try:
        text = encodings.decode(raw, "utf-16")
    except UnicodeDecodeError:
        big = raw.startswith(codecs.BOM_UTF16_BE) or raw[:_CHUNK:2].count(0) > raw[1:_CHUNK:2].count(0)
        text = raw.decode("utf-16-be" if big else "utf-16-le", "replace").removeprefix("\ufeff")
        text = text.replace("\r\n", "\n")
        return _marked(text, ["\ufffd" in line for line in text.split("\n")])
    return one_line_end(text.encode()), []


def _marked(text: str, broken: list[bool]) -> tuple[bytes, list[int]]:
    return one_line_end(text.encode()), [index for index, bad in enumerate(broken) if bad]


def _broken_share(raw: bytes) -> float:
    lines = raw.split(b"\n")
    return sum(not is_utf8(line) for line in lines) / len(lines)


def decoded_columns(rows: pl.DataFrame, column_encodings: Mapping[str, str]) -> pl.DataFrame:
    """Columns in an encoding of their own, in a file that was read as another; once per distinct text."""
    for column, encoding in sorted(column_encodings.items()):
        if column in rows.columns:
            texts = rows[column].drop_nulls().unique().sort()
            decoded = [encodings.redecode(text, encoding) for text in texts]
            rows = rows.with_columns(pl.col(column).replace(texts, pl.Series(decoded, dtype=pl.String)))
    return rows


def _ragged(table: Table, file: str) -> pl.DataFrame:
    width = len(table.header)
    reason = pl.format(f"{{}} cells, where the header has {width}", pl.col("cells").list.len())
    return _aside(table.ragged.with_columns(reason=reason), file, "ragged")


def _without_broken(
    rows: pl.DataFrame, broken: list[int], table: Table, line_count: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the rows that a line with undecodable bytes belongs to."""
    if not broken:
        return rows, no_rows_aside()
    lines = rows[LINE].to_numpy()
    starts = np.sort(np.concatenate([lines, table.ragged["line"].to_numpy(), [line_count + 1]]))
    of_line = starts[np.searchsorted(starts, np.array(broken) + 1, side="right") - 1]
    bad = np.isin(lines, of_line)
    own = [name for name in rows.columns if name not in (LINE, FILE)]
    out = rows.filter(pl.Series(bad)).select(
        line=LINE, cells=pl.concat_list(own), reason=pl.lit("bytes that the encoding doesn't allow")
    )
    file = rows[FILE][0] if rows.height else ""
    return rows.filter(pl.Series(~bad)), _aside(out, file, "undecodable")


def _aside(frame: pl.DataFrame, file: str, rule: str) -> pl.DataFrame:
    aside = frame.with_columns(file=pl.lit(file), row_key=pl.lit(None, pl.String), rule=pl.lit(rule))
    return aside.select(no_rows_aside().columns).cast(no_rows_aside().schema)
