from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from published_city import ATTRIBUTES, NOON, City, Person, publication
from sqlalchemy import text

from mdm.errors import UsageError
from mdm.repository import EntityState, NewRuleSet, Publication, Repository, exports, publish, queries
from mdm.repository import state as frames

LAN = Person("Nguyễn Thị Lan", 1, ("+84903000001",))
FIRST: City = {
    ("dan_so", "001"): LAN,
    ("y_te", "BN1"): replace(LAN, phones=("+84903000002",)),
    ("y_te", "BN2"): Person("Trần Văn Minh", 2),
}


def redirected(before: City, after: City, *redirects: tuple[int, int]) -> Publication:
    published = publication(before, after)
    frame = pl.DataFrame(redirects, schema=dict(frames.REDIRECTS.columns), orient="row")
    return replace(published, entities=[replace(published.entities[0], redirects=frame)])


def test_live_rows_are_those_of_the_last_extract(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    changed = {("y_te", "BN1"): replace(LAN, name="Nguyễn Thị Lân"), ("y_te", "BN2"): FIRST["y_te", "BN2"]}
    publish(repository, publication(FIRST, changed))
    live = queries.live_rows(repository, "y_te")
    assert live.schema == queries.LIVE_ROWS.columns
    assert live.select("row_key", "line", "received").rows() == [
        ("BN1", 3, '{"HOTEN": "NGUYỄN THỊ LÂN", "SDT": "+84903000001"}'),
        ("BN2", 4, '{"HOTEN": "TRẦN VĂN MINH", "SDT": ""}'),
    ]
    assert queries.live_row_hashes(repository, "y_te").equals(live.select("row_key", "row_hash"))
    assert queries.live_rows(repository, "dan_so").is_empty()
    assert queries.live_rows(repository, "never_came").schema == queries.LIVE_ROWS.columns


def test_the_ledger_says_what_each_id_last_held(repository: Repository) -> None:
    assert queries.ledger(repository, "citizen").is_empty()
    publish(repository, publication({}, FIRST))
    merged = {key: replace(person, number=2) for key, person in FIRST.items()}
    publish(repository, publication(FIRST, merged))
    without = {key: person for key, person in merged.items() if key != ("dan_so", "001")}
    publish(repository, publication(merged, without))
    assert queries.ledger(repository, "citizen").rows() == [
        (1, False, "dan_so", "001"),
        (1, False, "y_te", "BN1"),
        (2, True, "y_te", "BN1"),
        (2, True, "y_te", "BN2"),
    ]


def test_the_counter_never_gives_a_number_twice(repository: Repository) -> None:
    assert queries.next_number(repository, "citizen") == 1
    publish(repository, publication({}, FIRST))
    assert queries.next_number(repository, "citizen") == 3
    publish(repository, publication(FIRST, {}))
    assert queries.next_number(repository, "citizen") == 3
    assert queries.next_number(repository, "business") == 1


def test_a_retired_id_leads_to_its_successors_over_several_runs(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    merged = {key: replace(person, number=2) for key, person in FIRST.items()}
    publish(repository, redirected(FIRST, merged, (1, 2)))
    assert queries.resolve(repository, "C1") == ["C2"]
    split = {key: replace(person, number=3 + place) for place, (key, person) in enumerate(FIRST.items())}
    publish(repository, redirected(merged, split, (2, 3), (2, 4), (2, 5)))
    assert queries.resolve(repository, "C1") == ["C3", "C4", "C5"]
    publish(repository, publication(split, FIRST))
    assert queries.resolve(repository, "C1") == ["C1"]
    assert queries.resolve(repository, "C4") == []
    with pytest.raises(UsageError, match="no golden record was ever called C9"):
        queries.resolve(repository, "C9")


def test_of_an_id_that_retired_twice_the_later_redirects_count(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    merged = {key: replace(person, number=2) for key, person in FIRST.items()}
    publish(repository, redirected(FIRST, merged, (1, 2)))
    publish(repository, publication(merged, FIRST))
    moved = {**FIRST, ("dan_so", "001"): replace(LAN, number=3), ("y_te", "BN1"): replace(LAN, number=3)}
    publish(repository, redirected(FIRST, moved, (1, 3)))
    assert queries.resolve(repository, "C1") == ["C3"]


def test_members_and_records_are_found_by_their_names(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    assert queries.members(repository, "C1").select("source", "source_id", "golden_id", "line").rows() == [
        ("dan_so", "001", "C1", 3),
        ("y_te", "BN1", "C1", 3),
    ]
    found = queries.record(repository, None, "y_te", "BN2")
    assert found.select("entity_type", "golden_id", "source_row").rows() == [
        ("citizen", "C2", '{"HOTEN": "TRẦN VĂN MINH", "SDT": ""}')
    ]
    assert queries.record(repository, "citizen", "y_te", "BN2").equals(found)
    assert queries.record(repository, "business", "y_te", "BN2").is_empty()
    assert queries.record(repository, None, "y_te", "001").is_empty()


def test_an_edge_is_found_from_either_end(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    one, other = ("dan_so", "001"), ("y_te", "BN1")
    edge = {"pattern": 2**63 + 5, "weight": -1536, "probability": 0.75, "zone": "link", "rules": 3}
    assert queries.edge_between(repository, "citizen", one, other) == edge
    assert queries.edge_between(repository, "citizen", other, one) == edge
    assert queries.edge_between(repository, "citizen", one, ("y_te", "BN2")) is None
    assert queries.edge_between(repository, "citizen", one, ("y_te", "nobody")) is None


def test_one_query_tells_where_a_value_comes_from(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    publish(repository, publication(FIRST, {**FIRST, ("y_te", "BN2"): Person("Trần Văn Mịnh", 2)}))
    with repository.reading() as connection:
        query = text("SELECT * FROM v_lineage WHERE golden_id = 'C1' AND value = '+84903000002'")
        row = dict(connection.execute(query).mappings().one())
    standardised = row.pop("standardised").replace(" ", "")
    assert standardised == '["+84903000002"]'
    assert row == {
        "entity_type": "citizen",
        "golden_id": "C1",
        "attribute": "phone",
        "value": "+84903000002",
        "source": "y_te",
        "source_id": "BN1",
        "load": 2,
        "line": 3,
        "received": "+84903000002",
        "rule": "union",
        "rule_set_version": 1,
        "run": 1,
        "because": "edge dan_so:001",
        "file": "y_te.csv",
        "source_row": '{"HOTEN": "NGUYỄN THỊ LAN", "SDT": "+84903000002"}',
    }
    assert queries.lineage(repository, "C2").select("value", "load", "run", "because").rows() == [
        ("Trần Văn Mịnh", 3, 2, None)
    ]


def test_views_with_plain_names_are_the_public_interface(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    repository.create_golden_views(ATTRIBUTES)
    with repository.reading() as connection:
        golden = connection.execute(text("SELECT * FROM v_golden_citizen ORDER BY golden_id")).all()
        crosswalk = connection.execute(text("SELECT * FROM v_crosswalk ORDER BY source, source_id")).all()
    assert golden == [
        ("C1", 2, "Nguyễn Thị Lan", "+84903000001|+84903000002", None),
        ("C2", 1, "Trần Văn Minh", None, None),
    ]
    assert crosswalk == exports.crosswalk(repository).rows()


def test_golden_views_follow_the_rule_set(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    for names in (["name"], ["name"], ["phone", "name", "order"]):
        repository.create_golden_views({"citizen": names})
        with repository.reading() as connection:
            result = connection.execute(text("SELECT * FROM v_golden_citizen"))
            assert list(result.keys()) == ["golden_id", "records", *names]
            result.close()


def test_rule_sets_are_versions_and_one_is_adopted(repository: Repository) -> None:
    assert queries.adopted_rule_set(repository) is None
    publish(repository, publication({}, FIRST, rule_set=NewRuleSet("first", "f1")))
    assert queries.add_rule_set(repository, "second", "f2", adopt=False) == 2
    assert queries.adopted_rule_set(repository) == (1, "first", "f1")
    queries.adopt(repository, 2)
    assert queries.adopted_rule_set(repository) == (2, "second", "f2")
    assert queries.add_rule_set(repository, "first", "f1", adopt=True) == 1  # the same fingerprint is the same version
    assert queries.adopted_rule_set(repository) == (1, "first", "f1")
    with pytest.raises(UsageError, match=r"no rule-set version 7. Known: 1, 2"):
        queries.adopt(repository, 7)
    publish(repository, publication(FIRST, {}, rule_set=None, rule_set_version=2))
    assert queries.run_summary(repository)["rule_set_version"] == 2


def test_a_run_keeps_its_summary(repository: Repository) -> None:
    with pytest.raises(UsageError, match="nothing was published yet"):
        queries.run_summary(repository)
    assert queries.held(repository) == []
    held = [{"source": "y_te", "reason": "không có tệp", "gate": None}]
    publish(repository, publication({}, FIRST, summary={"pairs": 7, "held": held, "seconds": {"load": 0.1}}))
    summary = queries.run_summary(repository, 1)
    finished = summary.pop("finished_at")
    assert finished >= NOON.isoformat()[:4]
    assert summary == {
        "run": 1,
        "rule_set_version": 1,
        "started_at": "2026-07-01T12:00:00+00:00",
        "kind": "full",
        "records": 3,
        "pairs": 7,
        "edges": 1,
        "tasks": 0,
        "golden": 2,
        "partition_digest": "0" * 32,
        "value_digest": "f" * 32,
        "held": held,
        "seconds": {"load": 0.1},
    }
    assert queries.held(repository) == held
    assert queries.runs(repository).select("number", "records", "kind").rows() == [(1, 3, "full")]
    with pytest.raises(UsageError, match="there is no run 2"):
        queries.run_summary(repository, 2)


def test_sources_are_counted(repository: Repository) -> None:
    publish(repository, publication({}, FIRST))
    publish(repository, publication(FIRST, {("dan_so", "001"): LAN}))
    assert queries.source_counts(repository).rows() == [("dan_so", 1, 1), ("y_te", 0, 0)]


def test_two_entity_types_don_t_see_each_other(repository: Repository) -> None:
    both = publication({}, FIRST)
    business = replace(both.entities[0], entity="business")
    publish(repository, replace(both, entities=[both.entities[0], business]))
    assert queries.record(repository, None, "y_te", "BN1")["entity_type"].to_list() == ["business", "citizen"]
    assert queries.record(repository, "business", "y_te", "BN1").height == 1
    assert queries.edge_between(repository, "business", ("dan_so", "001"), ("y_te", "BN1")) is not None
    publish(repository, replace(publication(FIRST, FIRST), entities=[EntityState("business"), both.entities[0]]))
    assert exports.crosswalk(repository, "business").is_empty()
    assert exports.crosswalk(repository, "citizen").height == 3
    assert exports.crosswalk(repository, as_of=1).height == 6
