"""Steps from an older schema to this one, a number and a sentence each; each leaves every row as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, update
from sqlalchemy.schema import CreateColumn

from mdm.repository import tables


@dataclass(frozen=True)
class Migration:
    """What makes a schema `version` of the one before it, and why."""

    version: int
    why: str
    step: Callable[[Connection], None]


def _keep_bytes(connection: Connection) -> None:
    for table in (tables.source_row, tables.set_aside):
        _add_column(connection, table, table.c.raw)


MIGRATIONS = (
    Migration(2, "a row keeps its bytes where its text doesn't give them back, or where it was set aside", _keep_bytes),
)


def migrate(connection: Connection, found: int) -> None:
    """Climb from version `found` to this one, inside the caller's transaction."""
    for migration in MIGRATIONS:
        if migration.version > found:
            migration.step(connection)
    connection.execute(update(tables.schema_version).values(version=tables.SCHEMA_VERSION))


def _add_column(connection: Connection, table: Table, column: Column[object]) -> None:
    quote = connection.dialect.identifier_preparer
    written = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {quote.format_table(table)} ADD COLUMN {written}")
