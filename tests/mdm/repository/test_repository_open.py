from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from published_city import City, Person, publication
from sqlalchemy import create_engine, text

from mdm.errors import RepositoryError
from mdm.repository import Repository, exports, publish, queries, tables

FIRST: City = {("y_te", "BN1"): Person("Nguyễn Thị Lan", 1)}


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_opening_again_finds_what_was_published(new_url) -> None:
    url = new_url()
    with Repository.open(url) as repository:
        publish(repository, publication({}, FIRST))
    with Repository.open(url, create=False) as repository:
        repository.check_writable()
        assert queries.last_run(repository) == 1


def test_a_second_writer_is_told_to_wait_and_readers_are_not_disturbed(new_url) -> None:
    url = new_url()
    with Repository.open(url) as repository, Repository.open(url, timeout=0.2) as second:
        publish(repository, publication({}, FIRST))
        with repository.writing():
            with pytest.raises(RepositoryError, match="another process is writing"):
                second.check_writable()
            with pytest.raises(RepositoryError, match=r"another process is writing.*Nothing was published"):
                publish(second, publication(FIRST, {}))
            assert exports.crosswalk(second).height == 1
        assert publish(second, publication(FIRST, {})) == 2


def test_a_newer_schema_is_refused(new_url) -> None:
    url = new_url()
    Repository.open(url).close()
    execute(url, "UPDATE schema_version SET version = 99")
    with pytest.raises(RepositoryError, match=r"newer version of mdm \(schema 99; this one knows 2\)"):
        Repository.open(url)


def test_a_database_with_other_tables_is_left_alone(new_url) -> None:
    url = new_url()
    execute(url, "CREATE TABLE payroll (amount INTEGER)")
    with pytest.raises(RepositoryError, match="other tables and no mdm repository"):
        Repository.open(url)


def test_an_empty_database_is_not_filled_unasked(new_url) -> None:
    url = new_url()
    with pytest.raises(RepositoryError, match=r"there is none yet.*mdm run"):
        Repository.open(url, create=False)
    if url.startswith("sqlite"):
        assert not Path(url.removeprefix("sqlite:///")).exists()


def test_a_read_only_repository_can_be_read(new_url) -> None:
    url = new_url()
    with Repository.open(url) as repository:
        publish(repository, publication({}, FIRST))
    if url.startswith("sqlite"):
        url = url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    else:
        execute(url, f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
    with Repository.open(url) as repository:
        assert exports.crosswalk(repository).height == 1
        with pytest.raises(RepositoryError, match="can be read but not written"):
            repository.check_writable()
        with pytest.raises(RepositoryError, match="can be read but not written"):
            publish(repository, publication(FIRST, {}))
        assert exports.crosswalk(repository).height == 1


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "repository.db"
    path.write_text("Họ tên;Ngày sinh\n" * 100, encoding="utf-8")
    with pytest.raises(RepositoryError, match="not a SQLite database"):
        Repository.open(f"sqlite:///{path}")
    assert path.read_text(encoding="utf-8").startswith("Họ tên")


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match=r"can't be opened.*folder exists"):
        Repository.open(f"sqlite:///{tmp_path}/nowhere/repository.db")


@pytest.mark.parametrize(
    "url", ["repository.db", "mysql://root:secret@localhost/x", "oracle://x", "postgresql://host:port/x"]
)
def test_an_address_of_another_kind_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(RepositoryError) as failure:
        Repository.open(url)
    assert "secret" not in str(failure.value)


def test_a_server_that_is_not_there_is_told() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(RepositoryError, match="can't be reached") as failure:
        Repository.open("postgresql://mdm:secret@127.0.0.1:1/mdm")
    assert "secret" not in str(failure.value)


def test_an_empty_file_becomes_a_repository(tmp_path: Path) -> None:
    path = tmp_path / "repository.db"
    path.touch()
    with Repository.open(f"sqlite:///{path}") as repository:
        assert queries.last_run(repository) is None


FULL_DISK = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from published_city import Person, publication
from mdm.errors import RepositoryError
from mdm.repository import Repository, publish
with Repository.open(sys.argv[1]) as repository:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    city = {("y_te", f"BN{n}"): Person(f"Nguyễn Văn {n}" * 20, n) for n in range(1, 2000)}
    try:
        publish(repository, publication({("y_te", "BN1"): Person("Nguyễn Thị Lan", 1)}, city))
    except RepositoryError as error:
        print(error)
"""


@pytest.mark.parametrize("limit", [300_000, 1_000_000])
def test_a_full_disk_leaves_the_state_before(tmp_path: Path, limit: int) -> None:
    url = f"sqlite:///{tmp_path}/repository.db"
    with Repository.open(url) as repository:
        publish(repository, publication({}, FIRST))
        before = exports.lineage(repository)
    here = str(Path(__file__).parent)
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, url, here, str(limit)], capture_output=True, text=True, check=True
    )
    assert "the disk is full" in ran.stdout, ran.stdout + ran.stderr
    assert "Nothing was published" in ran.stdout
    with Repository.open(url) as repository:
        assert queries.last_run(repository) == 1
        assert exports.lineage(repository).equals(before)
        assert publish(repository, publication(FIRST, {})) == 2


def test_every_table_of_intervals_keeps_to_run_out_of_its_indexes() -> None:
    for table in tables.metadata.tables.values():
        assert "to_run" not in {column.name for column in table.primary_key}
        assert "to_run" not in {column.name for index in table.indexes for column in index.columns}
