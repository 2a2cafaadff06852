"""A repository of an older schema is brought to this one, and what it holds stays."""

from collections.abc import Callable

from published_city import City, Person, publication
from sqlalchemy import create_engine, inspect, text

from mdm.repository import Repository, publish, queries
from mdm.repository.migrations import MIGRATIONS
from mdm.repository.tables import SCHEMA_VERSION

FIRST: City = {("y_te", "BN1"): Person("Nguyễn Thị Lan", 1), ("y_te", "BN2"): Person("Trần Văn Minh", 2)}


def test_the_numbers_have_no_gaps() -> None:
    assert [migration.version for migration in MIGRATIONS] == list(range(2, SCHEMA_VERSION + 1))


def test_schema_1_climbs_to_a_fresh_one_and_keeps_its_rows(new_url: Callable[[], str]) -> None:
    url, fresh = new_url(), new_url()
    with Repository.open(url) as repository:
        publish(repository, publication({}, FIRST))
        before = queries.live_rows(repository, "y_te")
    _back_to_1(url)
    with Repository.open(url, create=False) as repository:
        assert queries.live_rows(repository, "y_te").equals(before)
    assert "raw" not in _columns(url)["source_row"], "looking changes nothing"
    with Repository.open(url) as repository, Repository.open(fresh):
        assert queries.live_rows(repository, "y_te").equals(before)
        assert queries.bytes_kept(repository).is_empty()
    assert _columns(url) == _columns(fresh)
    with Repository.open(url) as repository:
        assert publish(repository, publication(FIRST, {})) == 2


def _back_to_1(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in ("source_row", "set_aside"):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN raw"))
        connection.execute(text("UPDATE schema_version SET version = 1"))
    engine.dispose()


def _columns(url: str) -> dict[str, set[str]]:
    engine = create_engine(url)
    found = {table: {c["name"] for c in inspect(engine).get_columns(table)} for table in ("source_row", "set_aside")}
    engine.dispose()
    return found
