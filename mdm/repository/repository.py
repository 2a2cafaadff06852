"""One database: opening it, reading a consistent state of it, writing it in one transaction.

Nothing opens an engine at import. One writer at a time; readers never wait for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, inspect, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from mdm.errors import NoRepositoryError, RepositoryError
from mdm.repository import failures, views
from mdm.repository.migrations import migrate
from mdm.repository.tables import SCHEMA_VERSION, metadata, schema_version

TIMEOUT = 5.0  # seconds that a writer waits for another one
_WRITER = 0x6D646D  # the advisory lock of the one writer on PostgreSQL; SQLite has BEGIN IMMEDIATE


class Repository:
    """The published state and its history. Use `Repository.open`; close it, or use it as a context manager."""

    def __init__(self, engine: Engine, timeout: float = TIMEOUT) -> None:
        self.engine, self.timeout = engine, timeout

    @classmethod
    def open(cls, url: str | URL, create: bool = True, timeout: float = TIMEOUT) -> Repository:
        """Open the repository at a SQLAlchemy URL (SQLite or PostgreSQL); make its schema where the database is empty.

        With `create` False nothing is made, and an empty or missing database is an error. Raises RepositoryError:
        locked, read-only, of a newer version, not a database, not an mdm repository, server unreachable.
        """
        repository = cls(_engine(_parsed(url), create, timeout), timeout)
        try:
            repository._prepare(create)
        except BaseException:
            repository.close()
            raise
        return repository

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_sqlite(self) -> bool:
        """SQLite, else PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one published state, whatever is published meanwhile."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with failures.told(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writer's transaction: committed at the end, rolled back on any exception."""
        engine = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        with failures.told(), engine.begin() as connection:
            if not self.is_sqlite:
                milliseconds = str(int(self.timeout * 1000))
                connection.execute(select(func.set_config("lock_timeout", milliseconds, True)))
                connection.execute(select(func.pg_advisory_xact_lock(_WRITER)))
            yield connection

    def check_writable(self) -> None:
        """Raise RepositoryError where a run could not publish: locked, read-only, no permission. Changes nothing."""
        with self.writing() as connection:
            connection.execute(update(schema_version).values(version=schema_version.c.version))
            connection.get_transaction().rollback()  # type: ignore[union-attr]

    def create_golden_views(self, attributes: Mapping[str, Sequence[str]]) -> None:
        """Make the views `v_golden_<entity>`, a column an attribute; where they stand already, write nothing."""
        with self.reading() as connection:
            if not views.golden_to_make(connection, attributes):
                return
        with self.writing() as connection:
            views.create_golden(connection, attributes)

    def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log into the file. What is in the log is published: failing here only delays it."""
        if self.is_sqlite:
            with suppress(DBAPIError, sqlite3.Error), self.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _prepare(self, create: bool) -> None:
        with self.reading() as connection:
            tables = set(inspect(connection).get_table_names())
            if schema_version.name in tables:
                found = _version(connection)
        if schema_version.name in tables:
            if create and found < SCHEMA_VERSION:
                self._climb()
            return
        if tables:
            raise RepositoryError(*failures.NOT_OURS)
        if not create:
            raise NoRepositoryError
        self._create()

    def _climb(self) -> None:
        """Bring an older schema to this one, in one transaction."""
        with self.writing() as connection:
            migrate(connection, _version(connection))

    def _create(self) -> None:
        if self.is_sqlite:
            with (
                failures.told(),
                self.engine.connect() as connection,
            ):  # kept in the file; can't be set in a transaction
                connection.connection.cursor().execute("PRAGMA journal_mode = WAL")
        with self.writing() as connection:
            if inspect(connection).has_table(schema_version.name):
                return  # another process was faster
            metadata.create_all(connection, checkfirst=False)
            connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))
            views.create(connection)


def _version(connection: Connection) -> int:
    """The version of the schema; raises RepositoryError where a newer mdm wrote it."""
    found = int(connection.execute(select(func.max(schema_version.c.version))).scalar_one_or_none() or 0)
    if found > SCHEMA_VERSION:
        raise failures.newer(found, SCHEMA_VERSION)
    return found


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number
        raise RepositoryError(*failures.BAD_URL) from None
    backend = parsed.drivername.partition("+")[0]
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise RepositoryError(*failures.BAD_URL)
    return parsed


def _engine(url: URL, create: bool, timeout: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        missing = url.database and url.database != ":memory:" and "uri" not in url.query
        if missing and not create and not Path(url.database or "").exists():
            raise NoRepositoryError  # connecting would leave an empty file
        engine = _made(url, {"timeout": timeout})
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return engine
    return _made(url, {"connect_timeout": max(2, round(timeout))})


def _made(url: URL, connect_args: dict[str, Any]) -> Engine:
    try:
        return create_engine(url, connect_args=connect_args, hide_parameters=True)
    except ImportError:
        raise RepositoryError(*failures.NO_DRIVER) from None
    except (ArgumentError, NoSuchModuleError, TypeError, ValueError):
        raise RepositoryError(*failures.BAD_URL) from None


def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin` does
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
