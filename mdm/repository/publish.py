"""Publishing a run: one transaction that writes the difference to what was live, or leaves everything as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
from sqlalchemy import Connection, Table, func, insert, select

from mdm.errors import RepositoryError
from mdm.repository import bulk, failures, golden_ids, rule_sets, tables
from mdm.repository.intervals import live, next_id, replace
from mdm.repository.repository import Repository
from mdm.repository.state import EntityState, Publication
from mdm.repository.words import Words

_NO_RELATION = pl.DataFrame(schema=dict.fromkeys(("role", "record_id", "other_record_id"), pl.Int64))
_KEYS = {"id": pl.Int64, "source_id": pl.Int64, "source_key": pl.String}


@dataclass
class _Writer:
    """What every step of one publication needs."""

    connection: Connection
    run: int
    words: Words
    sources: Words


def publish(repository: Repository, publication: Publication) -> int:
    """Write `publication` as the next run and return its number.

    Raises RepositoryError (locked, read-only, full, overtaken by another run) and FrameError; after either, what is
    published is what it was before.
    """
    publication = publication.checked()
    entities = list(publication.entities)
    with repository.writing() as connection:
        run = _next_run(connection, publication.after_run)
        writer = _Writer(connection, run, Words(connection), Words(connection, tables.source, "name"))
        _write_run(writer, publication)
        _write_rows(writer, publication)
        for entity in [*entities, *_vanished(writer, entities)]:
            _write_entity(writer, entity)
        _write_relations(writer, publication.relations)
        _write_findings(writer, publication.findings)
        _write_set_aside(writer, publication)
    repository.checkpoint()
    return run


def _next_run(connection: Connection, after: int | None) -> int:
    last = connection.execute(select(func.max(tables.run.c.number))).scalar_one_or_none() or 0
    if after is not None and after != last:
        raise RepositoryError(*failures.OVERTAKEN)
    return int(last) + 1


def _write_run(writer: _Writer, publication: Publication) -> None:
    entities = publication.entities
    version = publication.rule_set_version
    if publication.rule_set is not None:
        version = rule_sets.add(writer.connection, publication.rule_set, adopt=True)
    writer.connection.execute(
        insert(tables.run).values(
            number=writer.run,
            rule_set_version=version,
            started_at=publication.started_at.isoformat(timespec="seconds"),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            kind=publication.kind,
            records=sum(entity.records.height for entity in entities),
            pairs=publication.summary.get("pairs", 0),
            edges=sum(entity.edges.height for entity in entities),
            tasks=sum(entity.tasks.height for entity in entities if entity.tasks is not None),
            golden=sum(entity.golden.height for entity in entities),
            partition_digest=publication.partition_digest,
            value_digest=publication.value_digest,
            summary=json.dumps(publication.summary, ensure_ascii=False, sort_keys=True),
        )
    )


def _write_rows(writer: _Writer, publication: Publication) -> None:
    """Close the versions that were deleted or put again; insert those put, each with the load that brought it."""
    connection = writer.connection
    loads = writer.sources.encode(publication.loads, "source").rename({"source": "source_id"})
    loads = loads.sort("source_id").with_row_index("id", offset=next_id(connection, tables.load))
    bulk.write(connection, tables.load, loads.with_columns(run=pl.lit(writer.run)))

    put = writer.sources.encode(publication.rows_put, "source").rename({"source": "source_id"})
    deleted = writer.sources.encode(publication.rows_deleted, "source")
    ended = pl.concat(
        [put.select("source_id", "row_key"), deleted.select(pl.col("source").alias("source_id"), "row_key")]
    )
    held = _live_row_ids(connection, ended["source_id"].unique().to_list())
    bulk.close(connection, tables.source_row, held.join(ended, on=["source_id", "row_key"], how="semi"), writer.run)

    put = put.join(loads.select("source_id", load_id="id"), on="source_id", how="left", maintain_order="left")
    put = put.with_row_index("id", offset=next_id(connection, tables.source_row))
    bulk.write(connection, tables.source_row, put.with_columns(from_run=pl.lit(writer.run)))


def _live_row_ids(connection: Connection, sources: list[int]) -> pl.DataFrame:
    row = tables.source_row
    statement = select(row.c.id, row.c.source_id, row.c.row_key).where(live(row), row.c.source_id.in_(sources))
    return bulk.read(connection, statement, {"id": pl.Int64, "source_id": pl.Int64, "row_key": pl.String})


def _vanished(writer: _Writer, entities: list[EntityState]) -> list[EntityState]:
    """Entity types that have live records and that this rule set no longer knows: nothing of them stays."""
    published = {entity.entity for entity in entities}
    record = tables.record
    held = writer.connection.execute(
        select(tables.word.c.text).join(record, record.c.entity == tables.word.c.id).where(live(record)).distinct()
    )
    return [EntityState(entity).checked() for entity in sorted(set(held.scalars()) - published)]


def _write_entity(writer: _Writer, new: EntityState) -> None:
    scope = {"entity": writer.words[new.entity]}
    ids = _write_records(writer, new.records, scope)
    _write_edges(writer, new, ids, scope)
    membership = _numbered(_numbered(new.membership, ids, "record", "record_id"), ids, "because", "because_id")
    _replace(writer, tables.membership, membership, scope)
    _write_golden(writer, new, scope)
    values = writer.words.encode(_numbered(new.golden_values, ids, "record", "record_id"), "attribute", "rule")
    place = pl.col("value").rank("ordinal").over("number", "attribute").cast(pl.Int64).alias("place")
    _replace(writer, tables.golden_value, values.with_columns(place), scope)
    _write_tasks(writer, new, ids, scope)


def _replace(writer: _Writer, table: Table, new: pl.DataFrame, scope: dict[str, int] | None = None) -> None:
    replace(writer.connection, table, new, writer.run, scope)


def _numbered(frame: pl.DataFrame, ids: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """Replace row numbers of RECORDS in `column` by the records' stable ids, under `name`."""
    found = frame.join(ids, left_on=column, right_on="record", how="left", maintain_order="left")
    return found.drop(column).rename({"id": name})


def _write_records(writer: _Writer, records: pl.DataFrame, scope: dict[str, int]) -> pl.DataFrame:
    """Write the records; give back their ids: record UInt32, id Int64. A record key that was ever live keeps its id."""
    connection, record = writer.connection, tables.record
    new = writer.sources.encode(records, "source").rename({"source_id": "source_key", "source": "source_id"})
    rows = _live_row_ids(connection, new["source_id"].unique().to_list()).rename({"id": "source_row_id"})
    known = bulk.read(
        connection,
        select(record.c.id, record.c.source_id, record.c.source_key)
        .where(record.c.entity == scope["entity"])
        .distinct(),
        _KEYS,
    )
    new = new.sort("record").join(rows, on=["source_id", "row_key"], how="left", maintain_order="left")
    new = new.join(known, on=["source_id", "source_key"], how="left", maintain_order="left")
    minted = pl.col("id").is_null().cum_sum() + (next_id(connection, record) - 1)
    new = new.with_columns(pl.col("id").fill_null(minted))
    _replace(
        writer, record, new.select("id", "source_row_id", "source_id", "source_key", "party", "standardised"), scope
    )
    return new.select("record", "id")


def _write_edges(writer: _Writer, new: EntityState, ids: pl.DataFrame, scope: dict[str, int]) -> None:
    edges = _numbered(_numbered(new.edges, ids, "left", "left_id"), ids, "right", "right_id")
    edges = writer.words.encode(edges, "zone").with_columns(pl.col("pattern", "rules").reinterpret(signed=True))
    _replace(writer, tables.edge, edges, scope)


def _write_tasks(writer: _Writer, new: EntityState, ids: pl.DataFrame, scope: dict[str, int]) -> None:
    assert new.tasks is not None  # `checked` fills it
    tasks = _numbered(_numbered(new.tasks, ids, "left", "left_id"), ids, "right", "right_id")
    _replace(writer, tables.review_task, writer.words.encode(tasks, "kind"), scope)


def _write_golden(writer: _Writer, new: EntityState, scope: dict[str, int]) -> None:
    """Open and retire golden ids, write where the retired ones lead, and advance the counter."""
    _replace(writer, tables.golden, new.golden, scope)
    golden_ids.write_redirects(writer.connection, scope["entity"], new.redirects, writer.run)
    golden_ids.advance(writer.connection, scope["entity"], max(new.golden["number"], default=0))


def _live_record_ids(writer: _Writer) -> pl.DataFrame:
    record = tables.record
    columns = select(record.c.entity, record.c.id, record.c.source_id, record.c.source_key)
    return bulk.read(writer.connection, columns.where(live(record)), {"entity": pl.Int64, **_KEYS})


def _write_relations(writer: _Writer, relations: pl.DataFrame) -> None:
    if relations.is_empty():
        return _replace(writer, tables.relation, _NO_RELATION)
    new = writer.words.encode(relations, "entity", "other_entity", "role")
    new = writer.sources.encode(new, "source", "other_source")
    held = _live_record_ids(writer)
    keys = ["entity", "source_id", "source_key"]
    new = new.join(held, left_on=["entity", "source", "source_id"], right_on=keys).join(
        held, left_on=["other_entity", "other_source", "other_source_id"], right_on=keys, suffix="_other"
    )
    _replace(writer, tables.relation, new.select("role", record_id="id", other_record_id="id_other"))


def _write_findings(writer: _Writer, findings: pl.DataFrame) -> None:
    new = writer.words.encode(findings, "entity", "attribute", "rule", "severity")
    new = writer.sources.encode(new, "source").rename({"source_id": "source_key", "source": "source_id"})
    keys = ["entity", "source_id", "source_key"]
    new = new.join(_live_record_ids(writer), on=keys, how="left").rename({"id": "record_id"}).drop("source_key")
    _replace(writer, tables.finding, new)


def _write_set_aside(writer: _Writer, publication: Publication) -> None:
    """Replace the lists of the sources that were read; a source that did not come keeps its own."""
    new = writer.words.encode(publication.set_aside, "rule")
    named = sorted({*publication.loads["source"], *publication.set_aside["source"]})
    for name in named:
        rows = new.filter(pl.col("source") == name).drop("source")
        _replace(writer, tables.set_aside, rows, {"source_id": writer.sources[name]})
