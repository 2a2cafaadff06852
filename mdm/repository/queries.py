"""Questions to the published state, each a function named for what it asks."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, null, or_, select

from matchers.frame import Frame
from mdm.errors import UsageError
from mdm.repository import bulk, tables, views
from mdm.repository.golden_ids import ledger, next_number, resolve
from mdm.repository.intervals import live
from mdm.repository.repository import Repository
from mdm.repository.rule_sets import add_rule_set, adopt, adopted_rule_set

__all__ = [
    "add_rule_set",
    "adopt",
    "adopted_rule_set",
    "bytes_kept",
    "edge_between",
    "finding_counts",
    "findings",
    "held",
    "last_run",
    "ledger",
    "lineage",
    "live_row_hashes",
    "live_rows",
    "members",
    "next_number",
    "record",
    "resolve",
    "run_summary",
    "runs",
    "set_aside",
    "source_counts",
    "tasks",
]

LIVE_ROWS = Frame(
    "live rows",
    key=("row_key",),
    columns={"row_key": pl.String, "row_hash": pl.Binary, "line": pl.UInt32, "received": pl.String},
)
LIVE_ROW_HASHES = Frame("live row hashes", key=("row_key",), columns={"row_key": pl.String, "row_hash": pl.Binary})
RECORDS = Frame(
    "records",
    columns={
        "entity_type": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "golden_id": pl.String,
        "line": pl.Int64,
        "standardised": pl.String,  # JSON: attribute → {"value": …, "received": …, further fields}
        "source_row": pl.String,  # JSON: the row as received
    },
)
LINEAGE = Frame(
    "lineage",
    columns={
        "entity_type": pl.String,
        "golden_id": pl.String,
        "attribute": pl.String,
        "value": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "load": pl.Int64,
        "line": pl.Int64,
        "received": pl.String,
        "standardised": pl.String,
        "rule": pl.String,
        "rule_set_version": pl.Int64,
        "run": pl.Int64,
        "because": pl.String,
        "file": pl.String,
        "source_row": pl.String,
    },
)
TASKS = Frame(
    "tasks",
    columns={
        "entity_type": pl.String,
        "kind": pl.String,
        "left_source": pl.String,
        "left_source_id": pl.String,
        "right_source": pl.String,
        "right_source_id": pl.String,
        "weight": pl.Int64,  # 1/1024 bit
    },
)
FINDINGS = Frame(
    "findings",
    columns={
        "entity_type": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "line": pl.Int64,
        "attribute": pl.String,
        "rule": pl.String,
        "severity": pl.String,
        "received": pl.String,
    },
)
SET_ASIDE = Frame(
    "rows set aside",
    columns={"source": pl.String, "row_key": pl.String, "line": pl.Int64, "rule": pl.String, "reason": pl.String},
)


BYTES_KEPT = Frame(
    "bytes kept",
    columns={
        "source": pl.String,
        "row_key": pl.String,
        "line": pl.Int64,
        "set_aside": pl.String,  # the rule by which the row was set aside; null for a live row
        "raw": pl.Binary,
    },
)


def _read(connection: Connection, query: Select[*tuple[Any, ...]], frame: Frame) -> pl.DataFrame:
    return bulk.read(connection, query, frame.columns)


# Rows


def live_rows(repository: Repository, source: str) -> pl.DataFrame:
    """The live rows of a source: row_key String, row_hash Binary, line UInt32, received String (JSON)."""
    with repository.reading() as connection:
        return _read(connection, _rows_of(source, tuple(LIVE_ROWS.columns)), LIVE_ROWS).sort("row_key")


def live_row_hashes(repository: Repository, source: str) -> pl.DataFrame:
    """What a changed row is recognised by: row_key String, row_hash Binary."""
    with repository.reading() as connection:
        return _read(connection, _rows_of(source, tuple(LIVE_ROW_HASHES.columns)), LIVE_ROW_HASHES).sort("row_key")


def _rows_of(source: str, columns: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    row = tables.source_row
    query = select(*(row.c[name] for name in columns)).join(tables.source, tables.source.c.id == row.c.source_id)
    return query.where(tables.source.c.name == source, live(row))


# Golden records


def members(repository: Repository, golden_id: str) -> pl.DataFrame:
    """The live records of a golden record, as RECORDS, in order of source and source id."""
    with repository.reading() as connection:
        rows = _read(connection, _records().where(tables.golden.c.golden_id == golden_id), RECORDS)
    return rows.sort("source", "source_id")


def lineage(repository: Repository, golden_id: str) -> pl.DataFrame:
    """Where every value of a live golden record comes from, as LINEAGE, in order of attribute: one query."""
    with repository.reading() as connection:
        query = views.lineage(connection.dialect).where(tables.golden.c.golden_id == golden_id)
        return _read(connection, query, LINEAGE).sort("attribute", "value")


# Records


def record(repository: Repository, entity: str | None, source: str, source_id: str) -> pl.DataFrame:
    """The live records called `source:source_id` (with #n), as RECORDS: none, one, or one of each entity type."""
    name = tables.record
    query = _records().where(name.c.source_id == views.source_id(source), name.c.source_key == source_id)
    if entity is not None:
        query = query.where(name.c.entity == views.word_id(entity))
    with repository.reading() as connection:
        return _read(connection, query, RECORDS).sort("entity_type")


def _records() -> Select[*tuple[Any, ...]]:
    name, row, membership, golden = tables.record, tables.source_row, tables.membership, tables.golden
    return (
        select(
            views.word_of(name.c.entity),
            views.source_of(name.c.source_id),
            name.c.source_key,
            golden.c.golden_id,
            row.c.line,
            name.c.standardised,
            row.c.received,
        )
        .join(row, row.c.id == name.c.source_row_id)
        .outerjoin(membership, and_(membership.c.record_id == name.c.id, live(membership)))
        .outerjoin(
            golden,
            and_(golden.c.entity == membership.c.entity, golden.c.number == membership.c.number, live(golden)),
        )
        .where(live(name))
    )


def edge_between(
    repository: Repository, entity: str, left: tuple[str, str], right: tuple[str, str]
) -> dict[str, Any] | None:
    """The live edge of two records, each (source, source_id): its pattern, weight in 1/1024 bit, zone …."""
    edge = tables.edge
    with repository.reading() as connection:
        one, other = (_record_id(connection, entity, *key) for key in (left, right))
        if one is None or other is None:
            return None
        ends = or_(
            and_(edge.c.left_id == one, edge.c.right_id == other), and_(edge.c.left_id == other, edge.c.right_id == one)
        )
        columns = (
            edge.c.pattern,
            edge.c.weight,
            edge.c.probability,
            views.word_of(edge.c.zone).label("zone"),
            edge.c.rules,
        )
        row = connection.execute(select(*columns).where(ends, live(edge))).mappings().one_or_none()
    if row is None:
        return None
    return {**row, "pattern": row["pattern"] % 2**64, "rules": row["rules"] % 2**64}


def _record_id(connection: Connection, entity: str, source: str, source_id: str) -> int | None:
    name = tables.record
    return connection.execute(
        select(name.c.id).where(
            live(name),
            name.c.entity == views.word_id(entity),
            name.c.source_id == views.source_id(source),
            name.c.source_key == source_id,
        )
    ).scalar_one_or_none()


# Runs


def last_run(repository: Repository) -> int | None:
    """The number of the last published run; None before the first."""
    with repository.reading() as connection:
        number = connection.execute(select(func.max(tables.run.c.number))).scalar_one_or_none()
    return None if number is None else int(number)


def run_summary(repository: Repository, number: int | None = None) -> dict[str, Any]:
    """A run as published: the keys of its own summary, then number, digests, counts and times. None is the last one.

    Raises UsageError where there is no such run.
    """
    run = tables.run
    wanted = select(func.max(run.c.number)).scalar_subquery() if number is None else number
    with repository.reading() as connection:
        row = connection.execute(select(run).where(run.c.number == wanted)).mappings().one_or_none()
    if row is None:
        raise UsageError(
            "nothing was published yet; `mdm run` does it." if number is None else f"there is no run {number}."
        )
    columns = dict(row)
    return {**json.loads(columns.pop("summary")), "run": columns.pop("number"), **columns}


def runs(repository: Repository) -> pl.DataFrame:
    """Every run: number, rule_set_version, started_at, finished_at, kind, counts, digests; the latest last."""
    columns = [column for column in tables.run.columns if column.name != "summary"]
    schema = {column.name: pl.String if column.type.python_type is str else pl.Int64 for column in columns}
    with repository.reading() as connection:
        return bulk.read(connection, select(*columns).order_by(tables.run.c.number), schema)


def held(repository: Repository) -> list[dict[str, Any]]:
    """The sources that the last run held, as its summary has them: source, reason, gate."""
    return [] if last_run(repository) is None else list(run_summary(repository).get("held", []))


# What a person should look at


def tasks(repository: Repository, run: int | None = None) -> pl.DataFrame:
    """The pairs that wait for a reviewer, as TASKS: the heaviest first."""
    task = tables.review_task
    left, right = tables.record.alias("left_record"), tables.record.alias("right_record")
    query = (
        select(
            views.word_of(task.c.entity),
            views.word_of(task.c.kind),
            views.source_of(left.c.source_id),
            left.c.source_key,
            views.source_of(right.c.source_id),
            right.c.source_key,
            task.c.weight,
        )
        .join(left, and_(left.c.id == task.c.left_id, live(left, run)))
        .join(right, and_(right.c.id == task.c.right_id, live(right, run)))
        .where(live(task, run))
    )
    with repository.reading() as connection:
        rows = _read(connection, query, TASKS)
    names = [name for name in TASKS.columns if name != "weight"]
    return rows.sort(["weight", *names], descending=[True, *(False for _ in names)])


def findings(repository: Repository, run: int | None = None) -> pl.DataFrame:
    """Every data-quality finding, as FINDINGS, in order of source and line."""
    found, name = tables.finding, tables.record
    query = (
        select(
            views.word_of(found.c.entity),
            views.source_of(found.c.source_id),
            name.c.source_key,
            found.c.line,
            views.word_of(found.c.attribute),
            views.word_of(found.c.rule),
            views.word_of(found.c.severity),
            found.c.received,
        )
        .outerjoin(name, and_(name.c.id == found.c.record_id, live(name, run)))
        .where(live(found, run))
    )
    with repository.reading() as connection:
        return _read(connection, query, FINDINGS).sort(
            "source", "line", "entity_type", "source_id", "attribute", "rule"
        )


def finding_counts(repository: Repository, run: int | None = None) -> pl.DataFrame:
    """entity_type, source, attribute, rule, severity, findings Int64: the most frequent first."""
    found = tables.finding
    columns = ("entity", "attribute", "rule", "severity")
    keys: list[ColumnElement[Any]] = [found.c.source_id, *(found.c[name] for name in columns)]
    counted = select(*keys, func.count().label("findings")).where(live(found, run)).group_by(*keys).subquery()
    query = select(
        *(views.word_of(counted.c[name]) for name in columns), views.source_of(counted.c.source_id), counted.c.findings
    )
    schema = {"entity_type": pl.String, "attribute": pl.String, "rule": pl.String, "severity": pl.String}
    with repository.reading() as connection:
        rows = bulk.read(connection, query, {**schema, "source": pl.String, "findings": pl.Int64})
    names = ["entity_type", "source", "attribute", "rule", "severity"]
    return rows.select(*names, "findings").sort(["findings", *names], descending=[True, *(False for _ in names)])


def set_aside(repository: Repository, run: int | None = None) -> pl.DataFrame:
    """The rows that could not be used, as SET_ASIDE, in order of source and line."""
    aside: Table = tables.set_aside
    query = select(
        views.source_of(aside.c.source_id), aside.c.row_key, aside.c.line, views.word_of(aside.c.rule), aside.c.reason
    ).where(live(aside, run))
    with repository.reading() as connection:
        return _read(connection, query, SET_ASIDE).sort("source", "line", "row_key")


def bytes_kept(repository: Repository, run: int | None = None) -> pl.DataFrame:
    """The bytes of rows whose text doesn't give them back, live or set aside, as BYTES_KEPT, by source and line."""
    row, aside = tables.source_row, tables.set_aside
    loaded = select(views.source_of(row.c.source_id), row.c.row_key, row.c.line, null(), row.c.raw).where(
        row.c.raw.is_not(None), live(row, run)
    )
    unused = select(
        views.source_of(aside.c.source_id), aside.c.row_key, aside.c.line, views.word_of(aside.c.rule), aside.c.raw
    ).where(aside.c.raw.is_not(None), live(aside, run))
    with repository.reading() as connection:
        found = [_read(connection, query, BYTES_KEPT) for query in (loaded, unused)]
    return pl.concat(found).sort("source", "line", "row_key")


def source_counts(repository: Repository) -> pl.DataFrame:
    """source String, rows Int64 (live), records Int64 (live): every source that ever came."""
    source = tables.source

    def count(table: Table) -> ColumnElement[int]:
        return select(func.count()).where(table.c.source_id == source.c.id, live(table)).scalar_subquery()

    query = select(source.c.name, count(tables.source_row), count(tables.record))
    with repository.reading() as connection:
        schema = {"source": pl.String, "rows": pl.Int64, "records": pl.Int64}
        return bulk.read(connection, query, schema).sort("source")
