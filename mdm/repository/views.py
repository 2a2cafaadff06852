"""The public read interface in SQL: `v_crosswalk`, `v_golden_<entity>`, `v_lineage`; the exports ask the same.

Each question is a SELECT that takes a run number: with None it is the view, with N it is "as of run N".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    and_,
    cast,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy.sql.expression import FromClause

from mdm.repository import tables
from mdm.repository.intervals import live


def create(connection: Connection) -> None:
    """Make the views that don't depend on a rule set."""
    _make(connection, "v_crosswalk", crosswalk())
    _make(connection, "v_lineage", lineage(connection.dialect))


def golden_to_make(connection: Connection, attributes: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The entity types whose `v_golden_<entity>` is missing or has other columns than these attributes."""
    inspector = inspect(connection)
    there = set(inspector.get_view_names())

    def right(entity: str) -> bool:
        name = _golden_view(entity)
        columns = [column["name"] for column in inspector.get_columns(name)] if name in there else []
        return columns == ["golden_id", "records", *attributes[entity]]

    return {entity: names for entity, names in attributes.items() if not right(entity)}


def create_golden(connection: Connection, attributes: Mapping[str, Sequence[str]]) -> None:
    """Make `v_golden_<entity>` with these columns, in the place of what stood there."""
    for entity, names in golden_to_make(connection, attributes).items():
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {_quoted(connection, _golden_view(entity))}")
        _make(connection, _golden_view(entity), golden(entity, names))


def _golden_view(entity: str) -> str:
    return f"v_golden_{entity}"


def _make(connection: Connection, name: str, query: Select[*tuple[object, ...]]) -> None:
    body = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    text = str(body).replace("%%", "%")  # psycopg's placeholders double it; a statement without parameters must not
    connection.exec_driver_sql(f"CREATE VIEW {_quoted(connection, name)} AS {text}")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def word_of(column: ColumnElement[int]) -> ColumnElement[str]:
    """The text of a number of the vocabulary; the table is small enough to be looked up row by row."""
    return select(tables.word.c.text).where(tables.word.c.id == column).scalar_subquery()


def source_of(column: ColumnElement[int]) -> ColumnElement[str]:
    """The name of a source."""
    return select(tables.source.c.name).where(tables.source.c.id == column).scalar_subquery()


def word_id(text: str) -> ColumnElement[int]:
    """The number of a word of the vocabulary; null where it was never published."""
    return select(tables.word.c.id).where(tables.word.c.text == text).scalar_subquery()


def source_id(name: str) -> ColumnElement[int]:
    """The number of a source; null where it never came."""
    return select(tables.source.c.id).where(tables.source.c.name == name).scalar_subquery()


def membership_to_golden(run: int | None) -> FromClause:
    """Live memberships with the golden record that each belongs to."""
    membership, golden_ = tables.membership, tables.golden
    same = and_(golden_.c.entity == membership.c.entity, golden_.c.number == membership.c.number, live(golden_, run))
    return membership.join(golden_, same)


def crosswalk(run: int | None = None) -> Select[*tuple[object, ...]]:
    """entity_type, source, source_id, golden_id: one row a live record."""
    record, membership = tables.record, tables.membership
    mine = and_(record.c.id == membership.c.record_id, live(record, run))
    return (
        select(
            word_of(membership.c.entity).label("entity_type"),
            source_of(record.c.source_id).label("source"),
            record.c.source_key.label("source_id"),
            tables.golden.c.golden_id,
        )
        .select_from(membership_to_golden(run).join(record, mine))
        .where(live(membership, run))
    )


def golden(entity: str, attributes: Sequence[str]) -> Select[*tuple[object, ...]]:
    """golden_id, records, then each attribute (several values joined with `|`): one row a live golden record."""
    head, membership = tables.golden, tables.membership
    members = (
        select(func.count())
        .select_from(membership)
        .where(membership.c.entity == head.c.entity, membership.c.number == head.c.number, live(membership))
        .scalar_subquery()
    )
    columns = [_joined(head, name).label(name) for name in attributes]
    return select(head.c.golden_id, members.label("records"), *columns).where(
        head.c.entity == word_id(entity), live(head)
    )


def _joined(head: Table, attribute: str) -> ColumnElement[str]:
    """The values of one attribute of a golden record, in their order, joined with `|`: a look-up by key."""
    value = tables.golden_value
    mine = (
        select(value.c.value)
        .where(value.c.entity == head.c.entity, value.c.number == head.c.number, live(value))
        .where(value.c.attribute == word_id(attribute))
        .order_by(value.c.place)  # both databases aggregate a sub-select in its own order
        .correlate(head)
        .subquery()
    )
    return select(func.aggregate_strings(mine.c.value, "|")).scalar_subquery()


def lineage(dialect: Dialect, run: int | None = None) -> Select[*tuple[object, ...]]:
    """One row a golden value, with everything that led to it.

    entity_type, golden_id, attribute, value, source, source_id, load, line, received, standardised, rule,
    rule_set_version, run, because; beyond the export: file and source_row (the whole row as received, JSON).
    """
    value, record, row, load = tables.golden_value, tables.record, tables.source_row, tables.load
    head, membership, published = tables.golden, tables.membership, tables.run
    attribute = word_of(value.c.attribute)
    return (
        select(
            word_of(value.c.entity).label("entity_type"),
            head.c.golden_id,
            attribute.label("attribute"),
            value.c.value,
            source_of(record.c.source_id).label("source"),
            record.c.source_key.label("source_id"),
            row.c.load_id.label("load"),
            row.c.line,
            _field(dialect, record.c.standardised, attribute, "received").label("received"),
            _field(dialect, record.c.standardised, attribute, "value").label("standardised"),
            word_of(value.c.rule).label("rule"),
            published.c.rule_set_version,
            value.c.from_run.label("run"),
            _because(run).label("because"),
            load.c.file,
            row.c.received.label("source_row"),
        )
        .select_from(value)
        .join(head, and_(head.c.entity == value.c.entity, head.c.number == value.c.number, live(head, run)))
        .join(record, and_(record.c.id == value.c.record_id, live(record, run)))
        .join(row, row.c.id == record.c.source_row_id)
        .join(load, load.c.id == row.c.load_id)
        .join(published, published.c.number == value.c.from_run)
        .outerjoin(membership, and_(membership.c.record_id == record.c.id, live(membership, run)))
        .where(live(value, run))
    )


def _because(run: int | None) -> ColumnElement[str]:
    """`edge source:source_id`, the other end of the edge that put the record in its cluster; null for the first."""
    other: Table = tables.record.alias("other")  # type: ignore[assignment]
    return (
        select(literal("edge ") + source_of(other.c.source_id) + literal(":") + other.c.source_key)
        .where(other.c.id == tables.membership.c.because_id, live(other, run))
        .scalar_subquery()
    )


def _field(dialect: Dialect, text: ColumnElement[str], attribute: ColumnElement[str], key: str) -> ColumnElement[str]:
    """`key` of `attribute` in a JSON object of objects, as text; several values come as a JSON array."""
    if dialect.name == "sqlite":
        return func.json_extract(text, literal('$."') + attribute + literal(f'"."{key}"'))
    return func.json_extract_path_text(cast(text, JSON), attribute, key)
