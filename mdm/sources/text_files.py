"""Text files in any encoding: bytes in, an Extract out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from mdm.errors import SourceError
from mdm.sources import column_encodings as columns
from mdm.sources.delimited import Table, parse
from mdm.sources.extract import (
    FILE,
    LINE,
    PLACE,
    UNDECODABLE,
    Extract,
    header,
    named_columns,
    no_rows_aside,
    without_blank_rows,
)
from mdm.sources.round_trip import Received, received, spans
from mdm.standardise import encodings, recognition
from mdm.standardise.encodings import UNICODE
from mdm.standardise.recognition import Detected
from mdm.workspace import SourceSpec

TELLING = 20
"""Lines that a file must have for its grammar to speak against the frozen encoding."""
BYTES = "windows-1252"
"""The encoding that shows each byte as a letter: what a file is cut in whose columns are to be decoded one by one."""
SAMPLE = 1 << 22
"""Bytes of a file whose columns are looked at."""


@dataclass(frozen=True)
class Reading:
    """What a text file is read as: the encoding of the file, and of the columns that have one of their own."""

    encoding: str
    columns: Mapping[str, str] = field(default_factory=dict)
    detected: Mapping[str, Detected] = field(default_factory=dict)
    """What was found, of the file under the empty name."""


def recognise(spec: SourceSpec, file: str, raw: bytes) -> Reading:
    """What to read a file as whose source has nothing frozen; what `mdm.yaml` says comes first.

    Columns of a file in Unicode are looked at later, as text. Raises SourceError where the evidence isn't clear.
    """
    said = dict(spec.column_encodings)
    if spec.encoding != "auto":
        reading = check_encoding(spec, file, raw, Reading(spec.encoding, said))
        return replace(reading, detected={"": Detected(spec.encoding, 1.0, "mdm.yaml says so")})
    found = recognition.detect(raw)
    if found.encoding in UNICODE:
        return Reading(str(found.encoding), said, {"": found})
    own = _columns_of_bytes(spec, raw)
    clear = {name: one.encoding for name, one in own.items() if one.encoding is not None}
    encoding = found.encoding or _commonest(clear, own, said)
    if encoding is None:
        what = f"the encoding of {file} can't be told ({found.evidence})."
        raise SourceError(spec.name, what, f"Write `encoding:` in mdm.yaml, one of: {', '.join(encodings.ALIASES)}.")
    others = {name: one for name, one in clear.items() if one != encoding}
    return Reading(encoding, {**others, **said}, {"": found, **{name: own[name] for name in others}})


def _commonest(clear: Mapping[str, str], own: Mapping[str, Detected], said: Collection[str]) -> str | None:
    """The encoding of most columns, where each column with enough to say is clear, or said; else None."""
    if any(one.encoding is None and name not in said for name, one in own.items()):
        return None
    counts = Counter(encoding for name, encoding in clear.items() if name not in said)
    return min(counts, key=lambda encoding: (-counts[encoding], encoding), default=None)


def _columns_of_bytes(spec: SourceSpec, raw: bytes) -> dict[str, Detected]:
    end = raw.rfind(b"\n", 0, SAMPLE) + 1 if len(raw) > SAMPLE else len(raw)
    table = parse(encodings.decode(raw[:end], BYTES).encode(), spec.delimiter, spec.skip_rows)
    if table is None or len(set(table.header)) < len(table.header):
        return {}
    return columns.found_in_bytes(table.rows.rename(dict(zip(table.rows.columns, table.header, strict=True))))


def read_text(spec: SourceSpec, file: str, raw: bytes, frozen: Reading | None) -> Extract:
    """The rows of one delimited file, read as is frozen; without that, as its bytes say.

    Raises SourceError where the file is empty, its encoding isn't clear or is plainly another one than is frozen, or it
    has no usable header.
    """
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        what = f"the file {file} is empty."
        raise SourceError(spec.name, what, "Send the extract again; until then the last good state stays.")
    reading = recognise(spec, file, raw) if frozen is None else check_encoding(spec, file, raw, frozen)
    in_bytes = _in_bytes(raw, reading)
    got = received(raw, BYTES if in_bytes else reading.encoding)
    table = parse(got.text, spec.delimiter, spec.skip_rows)
    if table is None:
        what = f"{file} has no header after the {spec.skip_rows} lines that skip_rows leaves out."
        raise SourceError(spec.name, what, "Set skip_rows right in mdm.yaml.")
    top = [_header_cell(cell, reading.encoding, in_bytes=in_bytes) for cell in table.header]
    names = header(spec.name, file, top, table.header_line)
    rows = table.rows.with_columns(table.lines.alias(LINE), pl.lit(file).alias(FILE))
    rows = named_columns(spec.name, file, rows, names, table.header_line)
    if not in_bytes and reading.encoding in UNICODE:
        reading = _with_columns_of_text(spec, file, rows, reading, frozen=frozen is not None)
    rows, altered, undecodable = _decoded(rows, reading, in_bytes=in_bytes)
    kept = got.kept(file, table, undecodable, altered)
    rows, unusable = _without_broken_keys(spec, without_blank_rows(rows), kept)
    aside = pl.concat([_ragged(table, file, got), unusable])
    return Extract(
        spec.name, rows, aside, reading.encoding, reading.columns, reading.detected, kept.sort("file", "line")
    )


def _in_bytes(raw: bytes, reading: Reading) -> bool:
    """Whether columns have encodings of their own in a file that is not text in Unicode as it stands."""
    if not any(encoding != reading.encoding for encoding in reading.columns.values()):
        return False
    return reading.encoding not in UNICODE or (reading.encoding == "utf-8" and not recognition.is_utf_8(raw))


def _header_cell(cell: str, encoding: str, *, in_bytes: bool) -> str:
    if in_bytes:
        return columns.read_bytes(pl.Series([cell]), encoding, encoding).texts[0] or ""
    return encodings.recase(cell) if encoding == "tcvn3" else cell


def _with_columns_of_text(
    spec: SourceSpec, file: str, rows: pl.DataFrame, reading: Reading, *, frozen: bool
) -> Reading:
    """The columns that are in another encoding than their file in Unicode: found, or where frozen, watched."""
    if frozen:
        columns.check_texts(spec, file, rows, reading.columns)
        return reading
    if spec.encoding != "auto":
        return reading
    found = columns.found_in_text(rows, skip=spec.column_encodings)
    named = {name: str(one.encoding) for name, one in found.items()}
    return Reading(reading.encoding, {**named, **reading.columns}, {**reading.detected, **found})


def _decoded(rows: pl.DataFrame, reading: Reading, *, in_bytes: bool) -> tuple[pl.DataFrame, set[int], set[int]]:
    """The rows with their columns decoded, and the lines of rows that don't read back or can't be decoded."""
    altered, undecodable = set[int](), set[int]()
    for name in rows.columns:
        encoding = reading.columns.get(name, reading.encoding)
        own = encoding != reading.encoding
        if name in PLACE or not (in_bytes or own or encoding == "tcvn3"):
            continue
        if not in_bytes and not own:
            cells = columns.in_capitals(rows[name])
        elif in_bytes:
            cells = columns.read_bytes(rows[name], encoding, reading.encoding)
        else:
            cells = columns.read_shown(rows[name], encoding)
        rows = rows.with_columns(cells.texts.alias(name))
        altered |= set((rows[LINE].filter(cells.altered) - 1).to_list())
        undecodable |= set((rows[LINE].filter(cells.undecodable) - 1).to_list())
    return rows, altered, undecodable


def check_encoding(spec: SourceSpec, file: str, raw: bytes, frozen: Reading) -> Reading:
    """A file that is plainly in another encoding than its source is read in raises SourceError; else it is read so.

    It would be read without complaint: under a table of one byte a letter, any bytes are some letters.
    """
    said, expected = recognition.detect(raw), frozen.encoding
    found, read = said.encoding, replace(frozen, detected={"": said})
    if raw.isascii() or found in (None, expected):
        return read
    if found not in UNICODE and (spec.encoding != "auto" or frozen.columns or raw.count(b"\n") < TELLING):
        return read  # the steward's word, or a file of several encodings, stands against mere grammar
    if found == "utf-8" and expected not in UNICODE and recognition.says_little(raw):
        return read
    what = f"{file} is in {found}, but the source is read as {expected}."
    remedy = (
        f"Send it in {expected} again; until then the last good state stays. If the department has changed for good, "
        f"write `encoding: {found}` in mdm.yaml, then `mdm adopt DIR edited`."
    )
    raise SourceError(spec.name, what, remedy)


def _without_broken_keys(spec: SourceSpec, rows: pl.DataFrame, kept: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the rows whose key holds bytes that can't be decoded: they may be any row's."""
    lines = kept.filter(pl.col("rule") == UNDECODABLE)["line"]
    keys = [name for name in (*spec.key, *([spec.operation] if spec.operation else [])) if name in rows.columns]
    if lines.is_empty() or not keys:
        return rows, no_rows_aside()
    broken = pl.col(LINE).is_in(lines.implode()) & pl.any_horizontal(
        pl.col(keys).str.contains("\ufffd", literal=True).fill_null(False)
    )
    own = [name for name in rows.columns if name not in PLACE]
    reason = pl.lit("bytes in the key that the encoding doesn't allow")
    out = rows.filter(broken).select(FILE, line=LINE, cells=pl.concat_list(own), reason=reason)
    out = out.rename({FILE: "file"}).join(kept.select("file", "line", "raw"), on=["file", "line"], how="left")
    return rows.filter(~broken), _aside(out, UNDECODABLE)


def _ragged(table: Table, file: str, got: Received) -> pl.DataFrame:
    if table.ragged.is_empty():
        return no_rows_aside()
    width = len(table.header)
    starts, ends = spans(table, got.text)
    after = dict(zip(starts.tolist(), ends.tolist(), strict=True))
    raw = [got.row(line - 1, after[line - 1]) for line in table.ragged["line"]]
    reason = pl.format(f"{{}} cells, where the header has {width}", pl.col("cells").list.len())
    bytes_kept = pl.Series("raw", raw, pl.Binary)
    return _aside(table.ragged.with_columns(bytes_kept, reason=reason, file=pl.lit(file)), "ragged")


def _aside(frame: pl.DataFrame, rule: str) -> pl.DataFrame:
    aside = frame.with_columns(row_key=pl.lit(None, pl.String), rule=pl.lit(rule))
    return aside.select(no_rows_aside().columns).cast(no_rows_aside().schema)
