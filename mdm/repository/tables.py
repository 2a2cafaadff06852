"""The tables. Whatever changes stands in intervals of runs: `from_run <= N < to_run`; a live row's `to_run` is null.

`to_run` is in no index, so closing an interval rewrites one row and no tree. Surrogate keys are given by the publishing
transaction, never by the database, so that the same history has the same keys on SQLite and PostgreSQL.
The engine's own vocabulary (entity types, attributes, rules, zones) stands once in `word`; people's values never do.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

SCHEMA_VERSION = 2

metadata = MetaData()

BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite keeps only an INTEGER PRIMARY KEY as the row's own number


def _number(name: str, *, key: bool = False, null: bool = False) -> Column[int]:
    return Column(name, BIG, primary_key=key, nullable=null, autoincrement=False)


def _word(name: str, *, key: bool = False, null: bool = False) -> Column[int]:
    return Column(name, SmallInteger, primary_key=key, nullable=null, autoincrement=False)


def _small(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=True)


def _interval(*, key: bool = False) -> tuple[Column[int], Column[int]]:
    return (
        Column("from_run", Integer, primary_key=key, nullable=False, autoincrement=False),
        Column("to_run", Integer, nullable=True),
    )


# Keyed by small integers and read by key: SQLite needs no second tree; PostgreSQL keeps room to close rows in place.
_BY_KEY: dict[str, Any] = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 85}}
_BY_ROW: dict[str, Any] = {"postgresql_with": {"fillfactor": 85}}

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

word = Table("word", metadata, _word("id", key=True), Column("text", Text, nullable=False, unique=True))

source = Table("source", metadata, _word("id", key=True), Column("name", Text, nullable=False, unique=True))

rule_set = Table(
    "rule_set",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Text, nullable=False, unique=True),
    _text("text"),
    _text("created_at"),
    _small("adopted", null=True),  # counts adoptions; the greatest is the adopted version
)

run = Table(
    "run",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rule_set_version", ForeignKey(rule_set.c.version), nullable=False),
    _text("started_at"),
    _text("finished_at"),
    _text("kind"),
    _number("records"),
    _number("pairs"),
    _number("edges"),
    _number("tasks"),
    _number("golden"),
    _text("partition_digest"),
    _text("value_digest"),
    _text("summary"),  # JSON
)

counter = Table("counter", metadata, _word("entity", key=True), _number("last"))  # the golden number minted last

load = Table(
    "load",
    metadata,
    _number("id", key=True),
    Column("run", ForeignKey(run.c.number), nullable=False),
    Column("source_id", ForeignKey(source.c.id), nullable=False),
    _text("file"),
    _number("rows"),
    _number("put"),
    _number("deleted"),
    _number("set_aside"),
)

source_row = Table(  # one row a version of the extract's row, so that a record names exactly what it was read from
    "source_row",
    metadata,
    _number("id", key=True),
    Column("source_id", ForeignKey(source.c.id), nullable=False),
    _text("row_key"),
    Column("row_hash", LargeBinary, nullable=False),
    _number("line"),
    Column("load_id", ForeignKey(load.c.id), nullable=False),
    _text("received"),  # JSON: column name → text, as received
    _bytes("raw"),  # the row's bytes, where its text doesn't give them back
    *_interval(),
    **_BY_ROW,
)

record = Table(  # `id` belongs to the record key for ever; each version of its values is a row
    "record",
    metadata,
    _number("id", key=True),
    Column("source_row_id", ForeignKey(source_row.c.id), nullable=False),
    _word("entity"),
    Column("source_id", ForeignKey(source.c.id), nullable=False),
    _text("source_key"),  # the escaped row key, with #n from the second party on
    _word("party"),
    _text("standardised"),  # JSON: attribute → {"value": …, "received": …, further fields}
    *_interval(key=True),
    Index("record_key", "source_id", "source_key"),
    **_BY_ROW,
)

edge = Table(
    "edge",
    metadata,
    _number("left_id", key=True),  # the smaller record key
    _number("right_id", key=True),
    _word("entity"),
    _number("pattern"),  # 64 bits, read as signed
    _small("weight"),  # 1/1024 bit
    Column("probability", Float, nullable=False),
    _word("zone"),
    _number("rules"),  # 64 bits, read as signed
    *_interval(key=True),
    **_BY_KEY,
)

golden = Table(
    "golden",
    metadata,
    _word("entity", key=True),
    _number("number", key=True),
    Column("golden_id", Text, nullable=False, index=True),
    *_interval(key=True),
    **_BY_KEY,
)

membership = Table(
    "membership",
    metadata,
    _number("record_id", key=True),
    _word("entity"),
    _number("number"),
    _number("because_id", null=True),  # the record whose edge brought this one here
    *_interval(key=True),
    Index("membership_golden", "entity", "number"),
    **_BY_KEY,
)

golden_value = Table(
    "golden_value",
    metadata,
    _word("entity", key=True),
    _number("number", key=True),
    _word("attribute", key=True),
    _word("place", key=True),  # of several values, in their order as text; 1 for a single one
    _text("value"),
    _number("record_id"),
    _word("rule"),
    *_interval(key=True),
    **_BY_KEY,
)

redirect = Table(  # of a retired id, the rows of its latest run count
    "redirect",
    metadata,
    _word("entity", key=True),
    _number("from_number", key=True),
    _number("to_number", key=True),
    Column("run", Integer, primary_key=True, autoincrement=False),
    **_BY_KEY,
)

relation = Table(
    "relation",
    metadata,
    _number("record_id", key=True),
    _number("other_record_id", key=True),
    _word("role", key=True),
    *_interval(key=True),
    **_BY_KEY,
)

review_task = Table(
    "review_task",
    metadata,
    _number("id", key=True),
    _word("entity"),
    _word("kind"),
    _number("left_id"),
    _number("right_id"),
    _small("weight"),
    *_interval(),
    **_BY_ROW,
)

finding = Table(
    "finding",
    metadata,
    _number("id", key=True),
    _word("source_id", null=True),
    _number("record_id", null=True),
    _word("entity", null=True),
    _number("line", null=True),
    _word("attribute", null=True),
    _word("rule"),
    _word("severity"),
    _text("received", null=True),
    *_interval(),
    **_BY_ROW,
)

set_aside = Table(
    "set_aside",
    metadata,
    _number("id", key=True),
    _word("source_id"),
    _text("row_key", null=True),
    _number("line", null=True),
    _word("rule"),
    _text("reason", null=True),
    _bytes("raw"),  # the row's bytes, where it could not be cut into cells or read
    *_interval(),
    **_BY_ROW,
)
