"""History as intervals of run numbers: what was live at run N, and the difference between two states."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, func, or_, select

from matchers.frame import DType
from mdm.repository import bulk


def live(table: FromClause, run: int | None = None) -> ColumnElement[bool]:
    """The rows that hold now, or that held after run `run` was published: two range predicates."""
    if run is None:
        return table.c.to_run.is_(None)
    return and_(table.c.from_run <= run, or_(table.c.to_run.is_(None), table.c.to_run > run))


def next_id(connection: Connection, table: Table) -> int:
    """The first free surrogate key; the publishing transaction is alone, so nobody else takes it."""
    last = connection.execute(select(func.max(table.c.id))).scalar_one_or_none()
    return 1 if last is None else int(last) + 1


def replace(
    connection: Connection, table: Table, new: pl.DataFrame, run: int, scope: Mapping[str, int] | None = None
) -> None:
    """Make `new` the live rows of `table` among those of `scope` (column: its one value), from `run` on.

    Only the difference is written: rows that are not in `new` any more are closed, rows not yet live are inserted.
    A table whose key is `id` alone, unless `new` brings one, gets the next free numbers in the order of the values.
    """
    scope = scope or {}
    content = new.columns
    numbered = "id" in table.c and "id" not in content
    new = new.unique() if numbered else new  # a natural key is unique already
    held = _held(connection, table, new, scope)
    bulk.close(connection, table, held.join(new, on=content, how="anti", nulls_equal=True), run)
    fresh = new.join(held, on=content, how="anti", nulls_equal=True, maintain_order="left") if held.height else new
    if numbered:
        fresh = fresh.sort(content, nulls_last=False).with_row_index("id", offset=next_id(connection, table))
    constants = {**scope, "from_run": run}
    bulk.write(connection, table, fresh.with_columns(pl.lit(value).alias(name) for name, value in constants.items()))


def _held(connection: Connection, table: Table, new: pl.DataFrame, scope: Mapping[str, int]) -> pl.DataFrame:
    """The live rows: the primary key and the columns of `new`."""
    keys = {column.name: pl.Int64 for column in table.primary_key}
    schema: dict[str, DType] = {**keys, **new.schema}
    where = [live(table), *(table.c[name] == value for name, value in scope.items())]
    return bulk.read(connection, select(*(table.c[name] for name in schema)).where(*where), schema)
