"""Rows from somebody else's database: one SELECT over a connection that can only read. No password in any message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

import polars as pl
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from mdm.errors import SourceError
from mdm.sources.extract import FILE, LINE, Extract, header, no_rows_aside
from mdm.workspace import SourceSpec

TIMEOUT_SECONDS = 600
SLICE = 50_000


def read_query(spec: SourceSpec) -> Extract:
    """The rows of `query` at `url`, as texts; `_line` counts the rows from 1.

    Raises SourceError where the database can't be reached or refuses the query.
    """
    url = make_url(spec.url or "")
    try:
        engine = create_engine(_read_only(url), poolclass=NullPool, connect_args=_CONNECT.get(_kind(url), {}))
        with engine.connect() as connection:
            _only_read(connection, _kind(url))
            result = connection.execution_options(stream_results=True).execute(text(_one_select(spec)))
            names = header(spec.name, "the query's result", list(result.keys()), None)
            slices = [_texts(names, rows) for rows in result.partitions(SLICE)]
    except ModuleNotFoundError as error:
        what = f"the driver for its database ({error.name}) is not installed."
        raise SourceError(spec.name, what, "Install it beside mdm: pip install 'psycopg[binary]'.") from None
    except SQLAlchemyError as error:
        what = f"the query failed: {_reason(error, url)}."
        raise SourceError(spec.name, what, "Set url and query right in mdm.yaml; is the database up?") from None
    rows = pl.concat([_texts(names, []), *slices]).with_row_index(LINE, offset=1)
    place = (pl.col(LINE).cast(pl.UInt32), pl.lit("query").alias(FILE))
    return Extract(spec.name, rows.select(*names, *place), no_rows_aside())


def _kind(url: URL) -> str:
    return url.get_backend_name()


_CONNECT: Mapping[str, dict[str, Any]] = {
    "sqlite": {"timeout": 30, "uri": True},
    "postgresql": {"connect_timeout": 30, "options": f"-c statement_timeout={TIMEOUT_SECONDS * 1000}"},
}


def _read_only(url: URL) -> URL:
    """SQLite opens the file in its read-only mode, so that a missing one is not created."""
    if _kind(url) == "sqlite" and url.database and not url.database.startswith("file:"):
        escaped = url.database.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        return url.set(database=f"file:{escaped}").update_query_dict({"mode": "ro", "uri": "true"})
    return url


def _only_read(connection: Connection, kind: str) -> None:
    if kind == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    elif kind == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _one_select(spec: SourceSpec) -> str:
    query = (spec.query or "").strip().rstrip(";").rstrip()
    if ";" in re.sub(r"'[^']*'|\"[^\"]*\"", "", query):
        raise SourceError(spec.name, "its query holds several statements.", "Write one SELECT in mdm.yaml.")
    return query.replace(":", r"\:")


def _reason(error: SQLAlchemyError, url: URL) -> str:
    """The database's own words where they are about names and connections; others may hold values of persons."""
    kind = type(error).__name__
    if not isinstance(error, DatabaseError) or kind not in ("OperationalError", "ProgrammingError"):
        return kind
    line = (str(error.orig).splitlines() or [kind])[0].rstrip(". ")
    return line.replace(url.password, "***") if url.password else line


def _texts(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pl.DataFrame(
        [pl.Series(name, map(_text, column), pl.String) for name, column in zip(names, columns, strict=True)]
    )


def _text(value: Any) -> str | None:  # noqa: PLR0911 — one return for each kind of value
    match value:
        case None | "":
            return None
        case str():
            return value.replace("\0", "") or None
        case datetime():
            naive = value.replace(tzinfo=None, microsecond=0)
            return naive.date().isoformat() if naive.time() == time() else naive.isoformat(" ")
        case float() | Decimal() if isfinite(value) and value == int(value):
            return str(int(value))
        case date() | time():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).decode("utf-8", "replace").replace("\0", "") or None
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
