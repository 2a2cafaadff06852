from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from published_city import ATTRIBUTES, City, Person, publication

from mdm.errors import MdmError, UsageError
from mdm.repository import EntityState, Publication, Repository, exports, publish
from mdm.repository import state as frames

LAN = Person("Nguyễn Thị Lan", 1, ("+84903000001", "+84903000002"))
FIRST: City = {
    ("dan_so", "001"): LAN,
    ("y_te", "BN1"): replace(LAN, phones=("+84903000003", "+84903000002")),
    ("y_te", "BN2"): Person('["Trần" Văn Minh]', 2),
}
BOTH = {**ATTRIBUTES, "business": ["name", "tax_code"]}


def businesses() -> EntityState:
    """One row of the business register names two firms; the second is its party 2, and there are ten more rows."""
    keys = [("doanh_nghiep", f"{n}", "", 1) for n in range(10, 12)]
    keys += [("doanh_nghiep", "2", "", 1), *(("doanh_nghiep", "2", f"#{n}", n) for n in (2, 10))]
    records = [
        (
            place,
            source,
            key,
            key + suffix,
            party,
            json.dumps({"tax_code": {"value": ["0300588569-001"], "received": []}}),
        )
        for place, (source, key, suffix, party) in enumerate(keys)
    ]
    return EntityState(
        "business",
        records=pl.DataFrame(records, schema=dict(frames.RECORD_STATE.columns), orient="row"),
        membership=pl.DataFrame(
            [(place, place + 1, None) for place in range(len(keys))],
            schema=dict(frames.MEMBERSHIP_STATE.columns),
            orient="row",
        ),
        golden=pl.DataFrame(
            [(place + 1, f"B{place + 1}") for place in range(len(keys))],
            schema=dict(frames.GOLDEN_STATE.columns),
            orient="row",
        ),
    )


def both() -> Publication:
    citizens = publication({}, FIRST)
    rows = pl.DataFrame(
        [("doanh_nghiep", key, b"0" * 16, 2, "{}", None) for key in ("10", "11", "2")],
        schema=dict(frames.ROWS_PUT.columns),
        orient="row",
    )
    load = pl.DataFrame(
        [("doanh_nghiep", "doanh_nghiep.csv", 3, 3, 0, 0)], schema=dict(frames.LOADS.columns), orient="row"
    )
    return replace(
        citizens,
        entities=[*citizens.entities, businesses()],
        rows_put=pl.concat([citizens.rows_put, rows]),
        loads=pl.concat([citizens.loads, load]),
    )


def test_crosswalk_stands_in_order_of_record_key(repository: Repository) -> None:
    publish(repository, both())
    crosswalk = exports.crosswalk(repository)
    assert crosswalk.columns == ["entity_type", "source", "source_id", "golden_id"]
    assert crosswalk.filter(entity_type="business")["source_id"].to_list() == ["10", "11", "2", "2#2", "2#10"]
    assert exports.crosswalk(repository, "citizen").rows() == crosswalk.filter(entity_type="citizen").rows()


def test_golden_has_every_attribute_of_every_type(repository: Repository) -> None:
    publish(repository, both())
    golden = exports.golden(repository, BOTH)
    assert golden.columns == ["entity_type", "golden_id", "records", "name", "phone", "address", "tax_code"]
    assert golden.filter(entity_type="citizen").rows() == [
        ("citizen", "C1", 2, "Nguyễn Thị Lan", "+84903000001|+84903000002|+84903000003", None, None),
        ("citizen", "C2", 1, '["Trần" Văn Minh]', None, None, None),  # a bracket in a name is no list
    ]
    assert exports.golden(repository, BOTH, "business").columns == [
        *("entity_type", "golden_id", "records"),
        *("name", "tax_code"),
    ]
    with pytest.raises(UsageError, match=r"unknown entity type 'person'. Known: citizen, business"):
        exports.golden(repository, BOTH, "person")


def test_standardised_gives_an_address_in_its_parts(repository: Repository) -> None:
    publish(repository, both())
    standardised = exports.standardised(repository, BOTH)
    assert standardised.columns == [
        *("entity_type", "source", "source_id", "name", "phone"),
        *("house_no", "street", "unit_code", "unit_code_legacy", "unit_code_candidates", "unit_code_legacy_candidates"),
        "tax_code",
    ]
    assert set(standardised.dtypes) == {pl.String}
    assert standardised.row(by_predicate=pl.col("source_id") == "001") == (
        *("citizen", "dan_so", "001", "Nguyễn Thị Lan", "+84903000001|+84903000002"),
        *("12", None, None, None, "26740|26743", None),
        None,
    )
    assert standardised.row(by_predicate=pl.col("source_id") == "2#2")[-1] == "0300588569-001"


def test_lineage_and_edges_have_the_columns_of_the_contract(repository: Repository) -> None:
    publish(repository, both())
    assert exports.lineage(repository).columns == [
        *("entity_type", "golden_id", "attribute", "value", "source", "source_id", "load", "line", "received"),
        *("standardised", "rule", "rule_set_version", "run", "because"),
    ]
    phones = exports.lineage(repository, "citizen").filter(attribute="phone")
    assert phones["value"].to_list() == ["+84903000001", "+84903000002", "+84903000003"]
    assert phones.row(2) == (
        *("citizen", "C1", "phone", "+84903000003", "y_te", "BN1", 3, 3, "+84903000003; +84903000002"),
        *("+84903000002|+84903000003", "union", 1, 1, "edge dan_so:001"),
    )
    edges = exports.edges(repository)
    assert edges.columns == [
        *("entity_type", "left_source", "left_source_id", "right_source", "right_source_id"),
        *("weight", "probability", "zone", "pattern"),
    ]
    assert edges.rows() == [("citizen", "dan_so", "001", "y_te", "BN1", -1.5, 0.75, "link", 2**63 + 5)]


def test_a_run_that_never_was_is_named(repository: Repository) -> None:
    with pytest.raises(UsageError, match="nothing was published yet"):
        exports.crosswalk(repository, as_of=1)
    publish(repository, both())
    with pytest.raises(UsageError, match="there is no run 2; the last one is 1"):
        exports.edges(repository, as_of=2)


def test_an_empty_repository_exports_empty_tables(repository: Repository) -> None:
    for table in (exports.crosswalk(repository), exports.lineage(repository), exports.edges(repository)):
        assert table.is_empty()
        assert "entity_type" in table.columns
    assert exports.golden(repository, BOTH).columns[-1] == "tax_code"
    assert exports.standardised(repository, BOTH).is_empty()


TABLE = pl.DataFrame(
    {
        "name": ["=1+1", "http://x", "Nguyễn\x00\x0bThị Lan", None, ""],
        "pattern": pl.Series([2**64 - 1, 0, 1, None, 5], dtype=pl.UInt64),
        "weight": [1.5, -2.0, None, 0.0, 3.25],
    }
)


def test_a_worksheet_holds_text_as_text(tmp_path: Path) -> None:
    exports.write(TABLE, tmp_path / "out.xlsx")
    back = pl.read_excel(tmp_path / "out.xlsx", infer_schema_length=None)
    assert back["name"].to_list()[:3] == ["=1+1", "http://x", "NguyễnThị Lan"]
    assert back["pattern"].cast(pl.String).to_list() == ["18446744073709551615", "0", "1", None, "5"]
    assert back["weight"].to_list() == TABLE["weight"].to_list()


def test_csv_is_utf_8_as_it_is(tmp_path: Path) -> None:
    exports.write(TABLE.drop("pattern"), tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_bytes()
    assert text.startswith(b"name,weight\n=1+1,1.5\n")
    exports.write(TABLE, tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet").equals(TABLE)


@pytest.mark.parametrize("name", ["out.txt", "out", "nowhere/out.csv"])
def test_a_name_that_can_t_be_written_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        exports.write(TABLE, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.xlsx"])
def test_a_failed_export_leaves_the_old_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_text("old", encoding="utf-8")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(MdmError, match="No space left on device"):
        exports.write(TABLE, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "old"


MEANINGS = pl.DataFrame({"rule": ["invalid"], "dimension": ["đúng"], "vi": ["sai"], "en": ["wrong"]})


def test_findings_stand_by_source_the_gravest_first_with_what_they_mean(repository: Repository) -> None:
    rows = [
        ("citizen", "y_te", "BN1", 3, "phone", "odd", "info", "1"),
        ("citizen", "y_te", "BN2", 4, "phone", "invalid", "error", "x"),
        ("citizen", "dan_so", "001", 2, "name", "doubtful", "warning", None),
    ]
    found = pl.DataFrame(rows, schema=dict(frames.FINDINGS.columns), orient="row")
    first = both()
    publish(repository, replace(first, findings=found))
    exported = exports.findings(repository, MEANINGS)
    assert exported.columns == [
        *("source", "entity_type", "source_id", "line", "attribute", "rule", "severity", "dimension"),
        *("received", "vi", "en"),
    ]
    assert exported.select("source", "source_id", "line", "rule", "severity", "dimension", "received").rows() == [
        ("dan_so", "001", 2, "doubtful", "warning", None, None),
        ("y_te", "BN2", 4, "invalid", "error", "đúng", "x"),
        ("y_te", "BN1", 3, "odd", "info", None, "1"),
    ]
    assert exports.findings(repository, MEANINGS, "business").is_empty()
