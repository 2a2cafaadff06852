"""Databases for tests: SQLite always, a real PostgreSQL where its programs are found.

The programs are looked for in MDM_POSTGRESQL_BIN, on the PATH and where Debian puts them. Which databases ran is
printed at the end of the run; with MDM_REQUIRE_POSTGRESQL set, a missing server is an error.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from mdm.repository import Repository


def _programs() -> Path | None:
    named = os.environ.get("MDM_POSTGRESQL_BIN")
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    places = [*([Path(named)] if named else []), *([Path(on_path).parent] if on_path else []), *debian]
    return next((place for place in places if (place / "initdb").exists()), None)


POSTGRESQL = _programs()
DATABASES = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


def pytest_configure() -> None:
    if POSTGRESQL is None and os.environ.get("MDM_REQUIRE_POSTGRESQL"):
        pytest.exit("PostgreSQL is required, and its programs were not found: apt install postgresql", returncode=1)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(f"repository tests ran on: {', '.join(DATABASES)}")


def _unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of our own, without a database name."""
    assert POSTGRESQL is not None
    folder = Path(tempfile.mkdtemp(prefix="mdm-postgresql-"))
    who: dict[str, Any] = {**_unprivileged(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    if "user" in who:
        os.chown(folder, who["user"], who["group"])
    data, port = folder / "data", _free_port()
    initdb: list[Path | str] = [
        POSTGRESQL / "initdb",
        "-D",
        data,
        "-U",
        "mdm",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(initdb, check=True, **who)
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off"]
    server = subprocess.Popen(
        [POSTGRESQL / "postgres", "-D", data, *itertools.chain(*(("-c", s) for s in settings))], **who
    )
    url = f"postgresql+psycopg://mdm@127.0.0.1:{port}"
    try:
        _wait(url)
        yield url
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str) -> None:
    engine = create_engine(f"{url}/postgres")
    for _ in range(200):
        try:
            with engine.connect():
                break
        except OperationalError:
            time.sleep(0.05)
    else:
        pytest.fail("PostgreSQL did not start")
    engine.dispose()


_numbers = itertools.count()

NewUrl = Callable[[], str]


@pytest.fixture(scope="module", params=DATABASES)
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewUrl:
    """Gives the URL of another empty database at each call; for property tests, whose examples share fixtures."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("sqlite")
        return lambda: f"sqlite:///{folder}/{next(_numbers)}.db"
    server: str = request.getfixturevalue("postgresql")

    def made() -> str:
        name = f"test_{next(_numbers)}"
        engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return f"{server}/{name}"

    return made


@pytest.fixture
def repository(new_url: NewUrl) -> Iterator[Repository]:
    with Repository.open(new_url()) as opened:
        yield opened
