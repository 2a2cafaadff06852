"""The exports: what is published, or was as of a run, as tables with the columns that other programs expect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import polars as pl
from sqlalchemy import Connection, Select, Table, and_, func, select

from mdm.errors import UsageError
from mdm.repository import bulk, queries, tables, views
from mdm.repository.files import write
from mdm.repository.intervals import live
from mdm.repository.queries import LINEAGE
from mdm.repository.repository import Repository
from mdm.standardise.findings import SEVERITIES

__all__ = ["crosswalk", "edges", "findings", "golden", "lineage", "standardised", "write"]

ADDRESS_PARTS = (
    "house_no",
    "street",
    "unit_code",
    "unit_code_legacy",
    "unit_code_candidates",
    "unit_code_legacy_candidates",
)
FINDING_COLUMNS = (
    *("source", "entity_type", "source_id", "line", "attribute", "rule", "severity", "dimension", "received"),
    *("vi", "en"),
)
SEVERITY = pl.Enum(SEVERITIES)
_BIT = 1024  # weights are kept in 1/1024 bit

Attributes = Mapping[str, Sequence[str]]  # entity type → its canonical attributes in declared order


def crosswalk(repository: Repository, entity: str | None = None, as_of: int | None = None) -> pl.DataFrame:
    """entity_type, source, source_id, golden_id: which golden record each record belongs to, in order of record key."""
    columns = ("entity_type", "source", "source_id", "golden_id")
    query = _only(views.crosswalk(as_of).add_columns(tables.record.c.party), tables.membership, entity)
    with repository.reading() as connection:
        _check_run(connection, as_of)
        rows = bulk.read(connection, query, {**dict.fromkeys(columns, pl.String), "party": pl.Int64})
    return _by_record_key(rows, "source_id").select(columns)


def golden(
    repository: Repository, attributes: Attributes, entity: str | None = None, as_of: int | None = None
) -> pl.DataFrame:
    """entity_type, golden_id, records Int64, then each attribute as text, in order of golden id."""
    head, member, value = tables.golden, tables.membership, tables.golden_value
    heads = _only(
        select(views.word_of(head.c.entity), head.c.number, head.c.golden_id).where(live(head, as_of)), head, entity
    )
    members = select(views.word_of(member.c.entity), member.c.number, func.count()).where(live(member, as_of))
    members = _only(members, member, entity).group_by(member.c.entity, member.c.number)
    values = select(views.word_of(value.c.entity), value.c.number, views.word_of(value.c.attribute), value.c.value)
    values = _only(values.where(live(value, as_of)), value, entity)
    key = {"entity_type": pl.String, "number": pl.Int64}
    with repository.reading() as connection:
        _check_run(connection, as_of)
        head_rows = bulk.read(connection, heads, {**key, "golden_id": pl.String})
        counts = bulk.read(connection, members, {**key, "records": pl.Int64})
        value_rows = bulk.read(connection, values, {**key, "attribute": pl.String, "value": pl.String})
    names = _columns(attributes, entity)
    cells = (_joined_values(name) for name in names)
    wide = value_rows.group_by(list(key)).agg(cells)
    rows = head_rows.join(counts, on=list(key), how="left").join(wide, on=list(key), how="left")
    return rows.sort("entity_type", "number").select("entity_type", "golden_id", "records", *names)


def standardised(
    repository: Repository,
    attributes: Attributes,
    entity: str | None = None,
    as_of: int | None = None,
    addresses: Sequence[str] = ("address",),
) -> pl.DataFrame:
    """entity_type, source, source_id, then each attribute's canonical value as text, in order of record key.

    An attribute of `addresses` gives its six parts instead (a second one, with its name before each).
    """
    name = tables.record
    query = select(
        views.word_of(name.c.entity),
        views.source_of(name.c.source_id),
        name.c.source_key,
        name.c.party,
        name.c.standardised,
    ).where(live(name, as_of))
    key = {"entity_type": pl.String, "source": pl.String, "source_id": pl.String}
    with repository.reading() as connection:
        _check_run(connection, as_of)
        rows = bulk.read(connection, _only(query, name, entity), {**key, "party": pl.Int64, "standardised": pl.String})
    rows = _by_record_key(rows, "source_id")
    fields = [field for name in _columns(attributes, entity) for field in _fields(name, addresses)]
    parsed = [json.loads(text) for text in rows["standardised"]]
    cells = [
        pl.Series(column, [_text(record.get(attribute, {}).get(key)) for record in parsed], dtype=pl.String)
        for column, attribute, key in fields
    ]
    return rows.select(*key, *cells)


def lineage(repository: Repository, entity: str | None = None, as_of: int | None = None) -> pl.DataFrame:
    """Every golden value with what led to it, in order of golden id and attribute: the columns of `v_lineage`."""
    with repository.reading() as connection:
        _check_run(connection, as_of)
        query = _only(views.lineage(connection.dialect, as_of), tables.golden_value, entity)
        rows = bulk.read(connection, query.add_columns(tables.golden.c.number), {**LINEAGE.columns, "number": pl.Int64})
    rows = rows.sort("entity_type", "number", "attribute", "value").drop("number", "file", "source_row")
    return flat(rows, "standardised")


def edges(repository: Repository, entity: str | None = None, as_of: int | None = None) -> pl.DataFrame:
    """Every scored pair that was kept, in order of record keys.

    entity_type, left_source, left_source_id, right_source, right_source_id, weight Float64 (bits), probability Float64,
    zone, pattern UInt64.
    """
    edge = tables.edge
    left, right = tables.record.alias("left_record"), tables.record.alias("right_record")
    query = (
        select(
            views.word_of(edge.c.entity),
            views.source_of(left.c.source_id),
            left.c.source_key,
            views.source_of(right.c.source_id),
            right.c.source_key,
            edge.c.weight,
            edge.c.probability,
            views.word_of(edge.c.zone),
            edge.c.pattern,
            left.c.party,
            right.c.party,
        )
        .join(left, and_(left.c.id == edge.c.left_id, live(left, as_of)))
        .join(right, and_(right.c.id == edge.c.right_id, live(right, as_of)))
        .where(live(edge, as_of))
    )
    texts = ("entity_type", "left_source", "left_source_id", "right_source", "right_source_id")
    numbers = {"weight": pl.Int64, "probability": pl.Float64, "zone": pl.String, "pattern": pl.Int64}
    parties = {"left_party": pl.Int64, "right_party": pl.Int64}
    with repository.reading() as connection:
        _check_run(connection, as_of)
        rows = bulk.read(
            connection, _only(query, edge, entity), {**dict.fromkeys(texts, pl.String), **numbers, **parties}
        )
    order = [
        "entity_type",
        *("left_source", _row_key("left_source_id", "left_party"), "left_party"),
        *("right_source", _row_key("right_source_id", "right_party"), "right_party"),
    ]
    return rows.sort(order).select(
        *texts, pl.col("weight") / _BIT, "probability", "zone", pl.col("pattern").reinterpret(signed=False)
    )


def findings(
    repository: Repository, meanings: pl.DataFrame, entity: str | None = None, as_of: int | None = None
) -> pl.DataFrame:
    """Every failure of a check, and every row set aside, ready for the department that owns the source.

    `meanings`: rule, dimension, vi, en (`rules/words/findings.csv`). Gives source, entity_type, source_id, line Int64,
    attribute, rule, severity, dimension, received, vi, en; by source, the gravest first, then in order of lines. Rows
    set aside belong to no entity type, so they are left out where one is asked for.
    """
    with repository.reading() as connection:
        _check_run(connection, as_of)
    found = queries.findings(repository, as_of)
    if entity is None:
        aside = queries.set_aside(repository, as_of).rename({"row_key": "source_id"}).drop("reason")
        found = pl.concat([found, aside.with_columns(pl.lit("error").alias("severity"))], how="diagonal")
    else:
        found = found.filter(pl.col("entity_type") == entity)
    found = found.join(meanings.select("rule", "dimension", "vi", "en"), on="rule", how="left", maintain_order="left")
    found = found.sort("source", pl.col("severity").cast(SEVERITY), "line", maintain_order=True)
    return found.select(FINDING_COLUMNS)


def _only(query: Select[*tuple[object, ...]], table: Table, entity: str | None) -> Select[*tuple[object, ...]]:
    return query if entity is None else query.where(table.c.entity == views.word_id(entity))


def _check_run(connection: Connection, as_of: int | None) -> None:
    if as_of is None:
        return
    last = connection.execute(select(func.max(tables.run.c.number))).scalar_one_or_none() or 0
    if not 1 <= as_of <= last:
        raise UsageError(f"there is no run {as_of}; the last one is {last}." if last else "nothing was published yet.")


def _columns(attributes: Attributes, entity: str | None) -> list[str]:
    """The attributes of one entity type, or of all in declared order, each once."""
    if entity is not None:
        if entity not in attributes:
            raise UsageError(f"unknown entity type '{entity}'. Known: {', '.join(attributes)}.")
        return list(attributes[entity])
    return list(dict.fromkeys(name for names in attributes.values() for name in names))


def _row_key(source_id: str, party: str) -> pl.Expr:
    """The row's own key: the first party of a row carries no number, and a `#` inside a key is escaped."""
    return pl.when(pl.col(party) > 1).then(pl.col(source_id).str.replace(r"#\d+$", "")).otherwise(pl.col(source_id))


def _by_record_key(rows: pl.DataFrame, source_id: str) -> pl.DataFrame:
    return rows.sort("entity_type", "source", _row_key(source_id, "party"), "party")


def _fields(attribute: str, addresses: Sequence[str]) -> list[tuple[str, str, str]]:
    """(column of the export, attribute, key in the record's JSON) for one attribute."""
    if attribute not in addresses:
        return [(attribute, attribute, "value")]
    before = "" if attribute == addresses[0] else f"{attribute}_"
    return [(before + part, attribute, part) for part in ADDRESS_PARTS]


def _text(value: object) -> str | None:
    """A JSON value as a cell: several sorted and joined with `|`, none empty."""
    if isinstance(value, list):
        return "|".join(sorted(map(str, value))) or None
    return value if value is None else str(value)


def _joined_values(attribute: str) -> pl.Expr:
    """The values of one attribute within a group, sorted and joined with `|`; null where there is none."""
    mine = pl.col("value").filter(pl.col("attribute") == attribute).sort()
    return pl.when(mine.len() > 0).then(mine.str.join("|")).alias(attribute)


def flat(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Replace several values, a JSON array of texts, by one text joined with `|`; any other text stays."""
    for name in columns:
        several = frame[name].filter(frame[name].str.starts_with("[")).unique().to_list()
        frame = frame.with_columns(pl.col(name).replace(several, [_joined(text) for text in several]))
    return frame


def _joined(text: str) -> str | None:
    try:
        values = json.loads(text)
    except ValueError:  # somebody's own text, which begins with a bracket
        return text
    return _text(values) if isinstance(values, list) else text
