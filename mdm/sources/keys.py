"""What identifies a row, and what recognises a changed one: its key and a hash of its cells.

Neither knows what the cells mean: texts are taken as received, so the same row gives the same hash for ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

from matchers.frame import Frame
from mdm.errors import SourceError
from mdm.sources.extract import FILE, KEY, LINE, OPERATION, RAW, SET_ASIDE, UNDECODABLE, Extract
from mdm.workspace import Gates, SourceSpec
from mdm.workspace.document import suggestion

KEYED = Frame(
    "keyed rows",
    columns={
        "row_key": pl.String,  # key columns, escaped and joined with |
        "row_hash": pl.Binary,  # BLAKE2b, 16 bytes
        "line": pl.UInt32,
        "received": pl.String,  # JSON: column → text as received, null where empty
        "raw": pl.Binary,  # the bytes of the row, where its text doesn't give them back
        "operation": pl.String,  # put or delete
    },
)

OPERATIONS = {"insert": "put", "i": "put", "update": "put", "u": "put", "delete": "delete", "d": "delete"}
_ESCAPED = r"([\\|:#])"


@dataclass(frozen=True)
class Keyed:
    """The rows of an extract under their keys, and those that can't be used."""

    rows: pl.DataFrame
    """KEYED, in the order of the extract; in a snapshot each key once."""
    set_aside: pl.DataFrame
    """SET_ASIDE."""
    protected: pl.Series
    """Keys (String) that rows set aside have or may have: their last good version stays live."""


def keyed(extract: Extract, spec: SourceSpec, gates: Gates | None = None, accept: Collection[str] = ()) -> Keyed:
    """Rows under their keys; identical rows count once, null keys and keys that stand for different rows are set aside.

    Raises SourceError where the mapping names columns that are missing, or where a larger share of rows is set aside
    than the gate `unusable:SOURCE` allows.
    """
    check_columns(extract, spec)
    # No database text can hold NUL: replaced here, a row is the same in this run and read back in the next.
    whole = extract.rows.with_columns(pl.col(extract.columns).str.replace_all("\x00", "\ufffd", literal=True))
    rows = _with_bytes(whole, extract.kept)
    rows = rows.with_columns(row_key(spec.key).alias(KEY), _operation(spec).alias(OPERATION))
    rows, keyless = _split(rows, KEY, "null_key", f"no value in {' or '.join(spec.key)}")
    reason = f"no insert, update or delete in {spec.operation}"
    rows, unclear = _split(rows, OPERATION, "unknown_operation", reason)
    content = [name for name in extract.columns if name != spec.operation]
    received = pl.struct(sorted(content)).struct.json_encode() if content else pl.lit("{}")
    rows = rows.select(
        *(pl.col(KEY).alias("row_key"), row_hashes(rows, content).alias("row_hash"), pl.col(LINE).alias("line")),
        *(received.alias("received"), pl.col(RAW).alias("raw")),
        *(pl.col(OPERATION).alias("operation"), pl.col(FILE).alias("file")),
    )
    rows, repeated = _once(rows) if spec.mode == "snapshot" else (rows, SET_ASIDE.empty())
    aside = pl.concat([SET_ASIDE.check(extract.set_aside), keyless, unclear, repeated])
    _check_share(spec.name, rows.height, aside, _undecodable(extract.kept, aside), gates or Gates(), accept)
    known = pl.concat([aside["row_key"].drop_nulls(), _likely_keys(extract, spec.key)]).unique().sort()
    return Keyed(KEYED.check(rows), aside.sort("file", "line"), known)


def check_columns(extract: Extract, spec: SourceSpec) -> None:
    """Every column that the mapping names must be there; else SourceError with what was probably meant."""
    missing = [name for name in spec.columns if name not in extract.columns]
    if missing:
        what = f"the mapping names columns that are missing: {', '.join(missing)}."
        raise SourceError(spec.name, what, _remedy(missing, extract, spec))


def _remedy(missing: Sequence[str], extract: Extract, spec: SourceSpec) -> str:
    """What is there instead; where nothing is as mapped, the first line may be a person's row, and isn't quoted."""
    if len(missing) < len(spec.columns):
        return suggestion(missing[0], extract.columns)
    encoding = f", and is it {extract.encoding}" if extract.encoding else ""
    return f"{spec.path or 'The query'} has none of the columns: is its first line the header{encoding}?"


def row_key(columns: Sequence[str]) -> pl.Expr:
    r"""Key cells with `\ | : #` escaped by `\`, joined with `|`; null where one of them is empty or only spaces."""
    cells = [
        pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name).str.replace_all(_ESCAPED, r"\$1"))
        for name in columns
    ]
    return pl.concat_str(cells, separator="|")


def escape(cells: Sequence[str]) -> str:
    """`row_key` of one row."""
    return "|".join(re.sub(_ESCAPED, r"\\\1", cell) for cell in cells)


def unescape(key: str) -> list[str]:
    """The inverse of `escape`."""
    cells = re.split(r"(?<!\\)((?:\\\\)*)\|", key)  # a bar after an even number of backslashes
    joined = [text + backslashes for text, backslashes in zip(cells[::2], [*cells[1::2], ""], strict=True)]
    return [re.sub(r"\\(.)", r"\1", cell) for cell in joined]


def row_hashes(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """BLAKE2b (16 bytes) over (column name, text) sorted by name, each with its length in 4 bytes before it.

    Empty cells are left out; where the bytes of a row are kept, they stand at the end, after an empty name. The bytes
    of all rows are put together column by column; only the hash runs row by row.
    """
    lengths = [rows[name].str.len_bytes().max() for name in columns]
    longest = max((length for length in lengths if isinstance(length, int)), default=0)
    sizes = pl.Series([_size(length) for length in range(longest + 1)], dtype=pl.Binary)
    content = pl.Series([b""] * rows.height, dtype=pl.Binary)
    for name in sorted(columns, key=str.encode):
        cell = rows[name]
        written = sizes.gather(cell.str.len_bytes()) + cell.cast(pl.Binary)
        named = pl.Series([_size(len(name.encode())) + name.encode()], dtype=pl.Binary) + written
        content = content + named.fill_null(b"")
    if RAW in rows.columns and rows[RAW].null_count() < rows.height:
        kept = [b"" if raw is None else _size(0) + _size(len(raw)) + raw for raw in rows[RAW].to_list()]
        content = content + pl.Series(kept, dtype=pl.Binary)
    return pl.Series([blake2b(row, digest_size=16).digest() for row in content.to_list()], dtype=pl.Binary)


def _size(length: int) -> bytes:
    return length.to_bytes(4, "little")


def _with_bytes(rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """The rows, and the bytes of those that are kept."""
    if kept.is_empty():
        return rows.with_columns(pl.lit(None, pl.Binary).alias(RAW))
    named = kept.select(pl.col("file").alias(FILE), pl.col("line").alias(LINE), pl.col("raw").alias(RAW))
    return rows.join(named, on=[FILE, LINE], how="left", maintain_order="left")


def _undecodable(kept: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """The rows that are loaded though some of their bytes can't be decoded: file, line, rule."""
    bad = kept.filter(pl.col("rule") == UNDECODABLE).select("file", "line", "rule")
    return bad.join(aside, on=["file", "line"], how="anti")


def _operation(spec: SourceSpec) -> pl.Expr:
    if spec.operation is None:
        return pl.lit("put")
    said = pl.col(spec.operation).str.strip_chars().str.to_lowercase()
    return said.replace_strict(OPERATIONS, default=None, return_dtype=pl.String)


def _split(rows: pl.DataFrame, needed: str, rule: str, reason: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that have a value in `needed`, and the others as SET_ASIDE."""
    if not rows[needed].null_count():
        return rows, SET_ASIDE.empty()
    lacking = rows.filter(pl.col(needed).is_null())
    places = lacking.select(file=FILE, line=LINE, row_key=KEY, raw=RAW)
    return rows.filter(pl.col(needed).is_not_null()), _aside(places, rule, reason)


def _once(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Identical rows once; all rows of a key that stands for different ones are set aside."""
    if not rows["row_key"].is_duplicated().any():
        return rows, SET_ASIDE.empty()
    rows = rows.unique(["row_key", "row_hash"], keep="first", maintain_order=True)
    repeats = rows["row_key"].is_duplicated()
    aside = _aside(rows.filter(repeats), "repeated_key", "other rows of the extract have the same key")
    return rows.filter(~repeats), aside


def _aside(rows: pl.DataFrame, rule: str, reason: str) -> pl.DataFrame:
    return SET_ASIDE.check(rows.with_columns(rule=pl.lit(rule), reason=pl.lit(reason)))


def _check_share(
    source: str, usable: int, aside: pl.DataFrame, damaged: pl.DataFrame, gates: Gates, accept: Collection[str]
) -> None:
    """Rows set aside, and rows that would be loaded without some of their letters, must not be too many."""
    gate, total = f"unusable:{source}", usable + aside.height
    bad = pl.concat([aside.select(damaged.columns), damaged])
    if gate in accept or bad.height <= gates.unusable_share * total:
        return
    rules = bad["rule"].value_counts(sort=False).sort("count", "rule", descending=[True, False])
    counts = ", ".join(f"{count} {rule.replace('_', ' ')}" for rule, count in rules.iter_rows())
    what = f"{bad.height} of {total} rows can't be used ({counts}); the gate is {gates.unusable_share:.1%}."
    first = bad.sort("file", "line").row(0, named=True)
    raise SourceError(source, what, f"Begin with line {first['line']} of {first['file']}.", gate=gate)


def _likely_keys(extract: Extract, key: Sequence[str]) -> pl.Series:
    """Keys that broken rows may have: their cells counted from the left, and from the right."""
    columns = extract.columns
    places = [columns.index(name) for name in key]
    likely: list[str] = []
    for cells in extract.set_aside["cells"]:
        if cells is None:
            continue
        for shift in {0, len(cells) - len(columns)}:
            found = [cells[p + shift] for p in places if 0 <= p + shift < len(cells)]
            if len(found) == len(places) and all(found):
                likely.append(escape(found))
    return pl.Series("row_key", likely, pl.String)
