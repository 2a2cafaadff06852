"""Failures of a database, in words for the person who can do something about them.

Driver messages may quote a row, so none is passed on and none is chained: the cause is told by its code.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from mdm.errors import RepositoryError

LOCKED = (
    "another process is writing to it.",
    "Wait until that run or backup has ended, then try again.",
)
READ_ONLY = (
    "it can be read but not written.",
    "Give this user write permission on the database, and for SQLite on its folder too.",
)
FULL = (
    "the disk is full, over a quota, or refuses to be written.",
    "Make room or repair it, then run the same command again.",
)
NOT_A_DATABASE = (
    "the file is not a SQLite database, or it is damaged.",
    "Name another file under `repository:` in mdm.yaml, or restore it from a backup.",
)
NOT_OURS = (
    "the database holds other tables and no mdm repository.",
    "Name an empty database, or a new file, under `repository:` in mdm.yaml.",
)
CANNOT_OPEN = (
    "the database file can't be opened.",
    "See that its folder exists, that it is a file, and that this user may read and write both.",
)
UNREACHABLE = (
    "the database server can't be reached, or it refused the login.",
    "See that it runs, and that host, port, database, user and password under `repository:` are right.",
)
BAD_URL = (
    "the address of the repository can't be used.",
    "Write `sqlite:///file.db` or `postgresql://user@host/database` under `repository:` in mdm.yaml.",
)
NO_DRIVER = ("PostgreSQL needs the driver psycopg.", "Install it beside mdm: pip install 'psycopg[binary]'.")
OVERTAKEN = ("another run was published meanwhile.", "Run the same command again.")


def newer(found: int, known: int) -> RepositoryError:
    """The schema was written by a later release."""
    return RepositoryError(
        f"it was written by a newer version of mdm (schema {found}; this one knows {known}).",
        "Use that version, or name another repository.",
    )


_SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: FULL,
    sqlite3.SQLITE_NOTADB: NOT_A_DATABASE,
    sqlite3.SQLITE_CORRUPT: NOT_A_DATABASE,
    sqlite3.SQLITE_CANTOPEN: CANNOT_OPEN,
}
_SQLSTATE = {  # PostgreSQL appendix A, whole codes before classes
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "53100": FULL,
    "55P03": LOCKED,
    "40P01": LOCKED,
    "08": UNREACHABLE,
    "28": UNREACHABLE,
    "3D": UNREACHABLE,
    "53": UNREACHABLE,
    "57": UNREACHABLE,
    "58": FULL,
}


def in_words(error: BaseException) -> RepositoryError:
    """The failure of a driver as a sentence; one that nobody foresaw gives its code."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        known = _SQLITE.get(code & 0xFF) if code is not None else None  # the low byte is the primary result code
    else:
        state = getattr(error, "sqlstate", None)
        name = state or type(error).__name__
        known = _SQLSTATE.get(state, _SQLSTATE.get(state[:2])) if state else UNREACHABLE
    return RepositoryError(*(known or (f"the database refused a statement ({name}).", "This is a mistake in mdm.")))


@contextmanager
def told() -> Iterator[None]:
    """Turn whatever a driver raises inside into a RepositoryError."""
    try:
        yield
    except DBAPIError as error:
        raise in_words(error.orig or error) from None
    except sqlite3.Error as error:
        raise in_words(error) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "psycopg":  # psycopg is imported only where it is used
            raise
        raise in_words(error) from None
