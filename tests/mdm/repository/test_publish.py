from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from published_city import ATTRIBUTES, City, Person, publication
from sqlalchemy import func, select

from matchers.frame import FrameError
from mdm.errors import RepositoryError
from mdm.repository import Repository, exports, publish, queries, tables
from mdm.repository import state as frames

LAN = Person("Nguyễn Thị Lan", 1, ("+84903000001",))
LAN_AGAIN = Person("Nguyễn Thị Lan", 1, ("+84903000002",))
MINH = Person("Trần Văn Minh", 2)
FIRST: City = {("dan_so", "001"): LAN, ("y_te", "BN1"): LAN_AGAIN, ("y_te", "BN2"): MINH}


def everything(repository: Repository, as_of: int | None = None) -> dict[str, pl.DataFrame]:
    return {
        "crosswalk": exports.crosswalk(repository, as_of=as_of),
        "golden": exports.golden(repository, ATTRIBUTES, as_of=as_of),
        "standardised": exports.standardised(repository, ATTRIBUTES, as_of=as_of),
        "lineage": exports.lineage(repository, as_of=as_of),
        "edges": exports.edges(repository, as_of=as_of),
    }


def assert_same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    for name, frame in one.items():
        assert_frame_equal(frame, other[name])


def rows(repository: Repository) -> dict[str, int]:
    """How many rows each table holds, history included."""
    with repository.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.metadata.tables.items()
        }


def test_runs_are_numbered_from_one(repository: Repository) -> None:
    assert queries.last_run(repository) is None
    assert publish(repository, publication({}, FIRST)) == 1
    assert publish(repository, publication(FIRST, {})) == 2
    assert queries.last_run(repository) == 2


def test_what_is_published_is_live(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    assert exports.crosswalk(repository).rows() == [
        ("citizen", "dan_so", "001", "C1"),
        ("citizen", "y_te", "BN1", "C1"),
        ("citizen", "y_te", "BN2", "C2"),
    ]
    assert exports.golden(repository, ATTRIBUTES).rows() == [
        ("citizen", "C1", 2, "Nguyễn Thị Lan", "+84903000001|+84903000002", None),
        ("citizen", "C2", 1, "Trần Văn Minh", None, None),
    ]


def test_only_the_difference_is_written(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    before = rows(repository)
    moved = {**FIRST, ("y_te", "BN2"): replace(MINH, name="Trần Văn Mịnh")}
    publish(repository, publication(FIRST, moved))
    changed = {name: count - before[name] for name, count in rows(repository).items() if count != before[name]}
    assert changed == {"run": 1, "load": 1, "source_row": 1, "record": 1, "golden_value": 1}


def test_a_record_key_keeps_its_number_when_it_comes_back(repository: Repository) -> None:
    def number() -> int:
        with repository.reading() as connection:
            keys = select(tables.record.c.id).where(tables.record.c.source_key == "BN2").distinct()
            return connection.execute(keys).scalar_one()

    publish(repository, publication({}, FIRST))
    first = number()
    without = {key: person for key, person in FIRST.items() if key != ("y_te", "BN2")}
    publish(repository, publication(FIRST, without))
    publish(repository, publication(without, FIRST))
    assert number() == first


PEOPLE = st.builds(
    Person,
    name=st.sampled_from(["Lê An", 'Lê "An"', "", "Lê, An\nLê", "\\u0000", "A\x00B", "\\N"]),
    number=st.integers(1, 3),
    phones=st.sampled_from([(), ("+84903000001",), ("+84903000001", "+84903000002")]),
)
CITIES = st.dictionaries(
    st.tuples(st.sampled_from(["dan_so", "y_te"]), st.sampled_from(["001", "002", "#3", "a\\|4"])), PEOPLE, max_size=6
)


@settings(deadline=None, max_examples=6)
@given(history=st.lists(CITIES, min_size=1, max_size=4))
def test_as_of_run_n_is_what_was_published_at_n(new_url, history: list[City]) -> None:
    with Repository.open(new_url()) as repository:
        before: City = {}
        published = []
        for city in history:
            run = publish(repository, publication(before, city))
            published.append((run, everything(repository)))
            before = city
            live = {(row[1], row[2]): row[3] for row in exports.crosswalk(repository).rows()}
            assert live == {key: f"C{person.number}" for key, person in city.items()}
        for run, state in published:
            assert_same(everything(repository, as_of=run), state)


def test_the_character_nul_is_stored_as_a_replacement_on_both_databases(repository: Repository) -> None:
    """PostgreSQL refuses it, as a character and as JSON's escape; a typed backslash u0000 is somebody's own text."""
    city = {("y_te", "BN1"): Person("A\x00\x00B \\u0000", 1)}
    publish(repository, publication({}, city))
    assert exports.golden(repository, ATTRIBUTES)["name"].to_list() == ["A\ufffd\ufffdB \\u0000"]
    assert exports.standardised(repository, ATTRIBUTES)["name"].to_list() == ["A\ufffd\ufffdB \\u0000"]
    assert exports.lineage(repository)["standardised"].to_list() == ["A\ufffd\ufffdB \\u0000"]


def test_an_entity_type_that_the_rules_no_longer_know_goes(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    publish(repository, replace(publication(FIRST, FIRST), entities=[]))
    assert exports.crosswalk(repository).is_empty()
    assert exports.crosswalk(repository, as_of=1).height == 3


def test_a_failure_in_the_middle_leaves_everything_as_it_was(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    counts, state = rows(repository), everything(repository)
    wrong = publication(FIRST, {**FIRST, ("y_te", "BN3"): Person("Vô Danh", 3)})
    citizens = wrong.entities[0]
    nobody = citizens.golden_values.with_columns(record=pl.lit(999, dtype=pl.UInt32))
    with pytest.raises(RepositoryError) as failure:
        publish(repository, replace(wrong, entities=[replace(citizens, golden_values=nobody)]))
    assert "Vô Danh" not in str(failure.value)
    assert rows(repository) == counts
    assert_same(everything(repository), state)
    assert publish(repository, publication(FIRST, {})) == 2  # the number was not used up


def test_a_frame_of_another_shape_is_refused_before_anything_is_written(repository: Repository) -> None:
    with pytest.raises(FrameError, match="loads: missing columns"):
        publish(repository, replace(publication({}, FIRST), loads=pl.DataFrame({"source": ["y_te"]})))
    assert queries.last_run(repository) is None


def test_a_result_computed_from_an_older_run_is_refused(repository: Repository) -> None:
    publish(repository, publication({}, FIRST, after_run=0))
    with pytest.raises(RepositoryError, match="another run was published meanwhile"):
        publish(repository, publication({}, {}, after_run=0))
    assert queries.last_run(repository) == 1


def test_review_edges_between_two_clusters_are_tasks(repository: Repository) -> None:
    state = publication({}, FIRST).entities[0]
    edges = pl.DataFrame(
        [(0, 1, 1, 900, 0.6, "review", 1), (1, 2, 1, 800, 0.5, "review", 1)],
        schema=dict(frames.EDGE_STATE.columns),
        orient="row",
    )
    publish(repository, replace(publication({}, FIRST), entities=[replace(state, edges=edges)]))
    assert queries.tasks(repository).rows() == [("citizen", "review", "y_te", "BN1", "y_te", "BN2", 800)]
    assert queries.run_summary(repository)["tasks"] == 1
    publish(repository, publication(FIRST, FIRST))
    assert queries.tasks(repository).is_empty()
    assert queries.tasks(repository, run=1).height == 1


def test_findings_relations_and_rows_set_aside_are_replaced_by_the_new_state(repository: Repository) -> None:
    findings = pl.DataFrame(
        [
            ("citizen", "y_te", "BN1", 3, "phone", "invalid", "warning", "0123"),
            (None, "dan_so", None, None, None, "late", "error", None),
        ],
        schema=dict(frames.FINDINGS.columns),
        orient="row",
    )
    aside = pl.DataFrame(
        [("y_te", None, 9, "key is null", "the key column ID is empty", b",B\0 \xff")],
        schema=dict(frames.SET_ASIDE.columns),
        orient="row",
    )
    relations = pl.DataFrame(
        [("citizen", "y_te", "BN1", "citizen", "y_te", "BN2", "mother")],
        schema=dict(frames.RELATIONS.columns),
        orient="row",
    )
    publish(repository, publication({}, FIRST, findings=findings, set_aside=aside, relations=relations))
    assert queries.findings(repository).rows() == [
        (None, "dan_so", None, None, None, "late", "error", None),
        ("citizen", "y_te", "BN1", 3, "phone", "invalid", "warning", "0123"),
    ]
    assert queries.finding_counts(repository).rows() == [
        (None, "dan_so", None, "late", "error", 1),
        ("citizen", "y_te", "phone", "invalid", "warning", 1),
    ]
    assert queries.bytes_kept(repository).rows() == [("y_te", None, 9, "key is null", b",B\0 \xff")]
    assert queries.set_aside(repository).rows() == [("y_te", None, 9, "key is null", "the key column ID is empty")]
    assert rows(repository)["relation"] == 1

    # dan_so came and y_te did not: its list of rows set aside stays
    changed = {**FIRST, ("dan_so", "001"): replace(LAN, name="Nguyễn Thị Lân")}
    publish(repository, publication(FIRST, changed))
    assert queries.findings(repository).is_empty()
    assert queries.findings(repository, run=1).height == 2
    assert queries.set_aside(repository).height == 1
    publish(repository, publication(changed, {("dan_so", "001"): LAN}))
    assert queries.set_aside(repository).is_empty()
