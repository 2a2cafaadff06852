"""Which records may be compared: those that share a blocking key.

Whether two records meet depends on those two and the rules alone, so a block is never cut short: a frozen stop key is
left out whatever its size, and any other block beyond the limit is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.frame import Frame

PAIRS = Frame(
    "pairs",
    key=("left", "right"),
    columns={
        "left": pl.UInt32,  # rows of RECORDS: left < right, sorted by left, then right
        "right": pl.UInt32,
        "rules": pl.UInt64,  # bit i: rule i made the pair
    },
)

MAX_RULES = 64
MAX_RECORDS = 1 << 29  # a pair and its rule are sorted as one integer: 29 + 29 + 6 bits
SEPARATOR = "\x1f"

_PART = re.compile(r"(?P<field>[^\[\]\s]+)(?:\[(?P<start>-?\d+)?:(?P<stop>\d+)?\])?")
_ELEMENTS_AT_ONCE = 1 << 20


class BlockTooLarge(ValueError):  # noqa: N818
    """A block that is no stop key holds more records than the frozen limit. The text carries no key: it is personal."""

    def __init__(self, rule: str, records: int, limit: int, stop_key: str) -> None:
        super().__init__(f"the blocking rule '{rule}' puts {records} records in one block; the limit is {limit}")
        self.rule = rule
        self.records = records
        self.limit = limit
        self.stop_key = stop_key


@dataclass(frozen=True)
class KeyPart:
    """One field of a key, cast to text; `start` and `stop` cut that text as a Python slice does."""

    field: str
    start: int | None = None
    stop: int | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.start < 0 and self.stop is not None:
            raise ValueError(f"blocking key '{self}': a start that counts from the end takes no stop")

    @classmethod
    def parse(cls, text: str) -> KeyPart:
        """Read `field`, `field[:4]`, `field[2:6]` or `field[-4:]`. Raises ValueError."""
        match = _PART.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"blocking key '{text}' is not a field, nor a field with a slice as in 'name.plain[:4]'")
        start, stop = match["start"], match["stop"]
        return cls(match["field"], None if start is None else int(start), None if stop is None else int(stop))

    def __str__(self) -> str:
        if self.start is None and self.stop is None:
            return self.field
        return f"{self.field}[{'' if self.start is None else self.start}:{'' if self.stop is None else self.stop}]"

    def texts(self, dtype: pl.DataType) -> pl.Expr:
        """The field's text, or its list of distinct texts; an empty text is no value."""
        if isinstance(dtype, pl.List):
            return pl.col(self.field).list.eval(self._cut(pl.element()).drop_nulls()).list.unique()
        return self._cut(pl.col(self.field))

    def _cut(self, values: pl.Expr) -> pl.Expr:
        text = values.cast(pl.String)
        if self.start is not None or self.stop is not None:
            start = self.start or 0
            text = text.str.slice(start, None if self.stop is None else max(self.stop - start, 0))
        return pl.when(text != "").then(text)


@dataclass(frozen=True)
class BlockingRule:
    """Records meet where every part is known and equal on both sides; a multi-valued part meets on any value."""

    name: str
    parts: tuple[KeyPart, ...]

    @classmethod
    def parse(cls, parts: Sequence[str]) -> BlockingRule:
        """Read a rule as the rule files write it: `["name.plain[:4]", "birth_date.year"]`. Raises ValueError."""
        if not parts:
            raise ValueError("a blocking rule needs at least one field")
        read = tuple(KeyPart.parse(part) for part in parts)
        return cls(" + ".join(map(str, read)), read)


def stop_key(rule: BlockingRule, key: str) -> str:
    """What is frozen of a key that is too common to block on: 16 hexadecimal digits, no value in clear."""
    return blake2b(f"{rule.name}\n{key}".encode(), digest_size=8).hexdigest()


def block_sizes(records: pl.DataFrame, rule: BlockingRule) -> pl.DataFrame:
    """`key` String (parts joined with U+001F) and `records` UInt32, largest block first, then by key.

    Raises ValueError where the records lack a field of the rule.
    """
    blocks = _blocks(records, rule)
    return blocks.select(_key(rule), records=pl.col("rows").list.len().cast(pl.UInt32)).sort(
        "records", "key", descending=[True, False]
    )


def candidate_pairs(
    records: pl.DataFrame,
    rules: Sequence[BlockingRule],
    stop_keys: frozenset[str] = frozenset(),
    max_block: int = 2_000,
) -> pl.DataFrame:
    """PAIRS of all records that share a key of any rule, with the rules that made them.

    Raises BlockTooLarge for a block of more than `max_block` records whose key is not in `stop_keys`; ValueError beyond
    64 rules or 2^29 records, and where the records lack a field of a rule.
    """
    if len(rules) > MAX_RULES or records.height > MAX_RECORDS:
        raise ValueError(f"at most {MAX_RULES} blocking rules and {MAX_RECORDS} records; here are {len(rules)} rules")
    meetings = [np.empty(0, np.uint64)]
    for number, rule in enumerate(rules):
        rows, sizes = _members(_blocks(records, rule), rule, stop_keys, max_block)
        meetings.append(_pairs_within(rows, sizes) << np.uint64(6) | np.uint64(number))
    return _union(np.concatenate(meetings))


def _blocks(records: pl.DataFrame, rule: BlockingRule) -> pl.DataFrame:
    """One row a key: its parts in columns "0", "1", …; `rows` List(UInt32), ascending."""
    missing = [part.field for part in rule.parts if part.field not in records.columns]
    if missing:
        raise ValueError(f"the blocking rule '{rule.name}' names {missing}; the records have no such column")
    columns = [str(place) for place in range(len(rule.parts))]
    dtypes = [records.schema[part.field] for part in rule.parts]
    texts = [part.texts(dtype).alias(column) for part, dtype, column in zip(rule.parts, dtypes, columns, strict=True)]
    keyed = records.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("rows"), *texts).drop_nulls(columns)
    for column, dtype in zip(columns, dtypes, strict=True):
        if isinstance(dtype, pl.List):
            keyed = keyed.filter(pl.col(column).list.len() > 0).explode(column)
    return keyed.group_by(columns).agg("rows")


def _key(rule: BlockingRule) -> pl.Expr:
    return pl.concat_str([str(place) for place in range(len(rule.parts))], separator=SEPARATOR).alias("key")


def _members(
    blocks: pl.DataFrame, rule: BlockingRule, stop_keys: frozenset[str], max_block: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The rows of all blocks that make pairs, block after block, and the size of each block."""
    size = pl.col("rows").list.len()
    blocks = blocks.filter(size > 1)
    if stop_keys:
        frozen = pl.Series([stop_key(rule, key) in stop_keys for key in blocks.select(_key(rule)).to_series()])
        blocks = blocks.filter(~frozen.cast(pl.Boolean))
    too_large = blocks.filter(size > max_block).with_columns(_key(rule)).sort(size, "key", descending=[True, False])
    if too_large.height:
        raise BlockTooLarge(rule.name, len(too_large["rows"][0]), max_block, stop_key(rule, too_large["key"][0]))
    rows = blocks["rows"].explode().to_numpy().astype(np.uint64)
    return rows, blocks["rows"].list.len().to_numpy().astype(np.int64)


def _pairs_within(rows: NDArray[np.uint64], sizes: NDArray[np.int64]) -> NDArray[np.uint64]:
    """left << 29 | right of all pairs inside each block; left < right, since rows ascend in a block."""
    ends = np.repeat(np.cumsum(sizes), sizes)
    partners = ends - np.arange(1, len(rows) + 1)  # a row meets those after it in its block
    filled = np.concatenate([[0], np.cumsum(partners)])
    pairs = np.empty(filled[-1], np.uint64)
    for start in range(0, len(rows), _ELEMENTS_AT_ONCE):
        stop = min(start + _ELEMENTS_AT_ONCE, len(rows))
        here = partners[start:stop]
        nth = np.arange(filled[start], filled[stop]) - np.repeat(filled[start:stop], here)
        right = rows[np.repeat(np.arange(start + 1, stop + 1), here) + nth]
        pairs[filled[start] : filled[stop]] = np.repeat(rows[start:stop], here) << np.uint64(29) | right
    return pairs


def _union(meetings: NDArray[np.uint64]) -> pl.DataFrame:
    """Sort (pair, rule) integers by value and fold each pair's rules into bits."""
    meetings.sort()
    pairs = meetings >> np.uint64(6)
    starts = np.flatnonzero(np.diff(pairs, prepend=np.uint64(2**64 - 1)))
    bits = np.uint64(1) << (meetings & np.uint64(MAX_RULES - 1))
    pairs = pairs[starts]
    return pl.DataFrame(
        {
            "left": (pairs >> np.uint64(29)).astype(np.uint32),
            "right": (pairs & np.uint64(MAX_RECORDS - 1)).astype(np.uint32),
            "rules": np.bitwise_or.reduceat(bits, starts) if len(starts) else bits,
        },
        schema=dict(PAIRS.columns),
    )
