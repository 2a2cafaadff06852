"""A generated city through the real commands: what programs, reviewers and consumers get, to the letter."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from commands import mdm

CITIZEN = (
    *("name", "birth_date", "sex", "personal_id", "social_insurance", "health_card", "student_code", "tax_code"),
    *("passport", "phone", "email", "address", "ethnicity", "nationality", "birth_place", "mother_name", "father_name"),
)
BUSINESS = (
    *("name", "foreign_name", "short_name", "tax_code", "registration_no", "social_insurance_unit", "address"),
    *("phone", "email", "founded", "legal_form", "industry", "status"),
)
ADDRESS = (
    *("house_no", "street", "unit_code", "unit_code_legacy"),
    *("unit_code_candidates", "unit_code_legacy_candidates"),
)
SECONDS = ("load", "standardise", "train", "block", "compare", "score", "cluster", "survive", "publish")
LINEAGE = (
    *("entity_type", "golden_id", "attribute", "value", "source", "source_id", "load", "line", "received"),
    *("standardised", "rule", "rule_set_version", "run", "because"),
)
DATE = r"\d{4}(-\d\d(-\d\d)?)?"


@contextmanager
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{folder / 'repository.db'}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def query(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with database(folder) as connection:
        return connection.execute(statement).fetchall()


def export(city: Path, tmp_path: Path, *arguments: str, suffix: str = "csv") -> pl.DataFrame:
    out = tmp_path / f"{'_'.join(arguments).replace('--', '')}.{suffix}"
    ended = mdm("export", city, arguments[0], out, *arguments[1:], "--json")
    frame = {"csv": pl.read_csv, "parquet": pl.read_parquet, "xlsx": pl.read_excel}[suffix]
    read: pl.DataFrame = frame(out, **({"infer_schema": False} if suffix == "csv" else {}))  # type: ignore[operator]
    assert (ended.code, ended.json) == (0, {"path": str(out), "rows": read.height})
    return read


def with_address(attributes: tuple[str, ...]) -> list[str]:
    return [part for name in attributes for part in (ADDRESS if name == "address" else (name,))]


# The run


def test_run_says_what_it_did_in_one_json_object(city: Path) -> None:
    done = json.loads((city / "run.json").read_text("utf-8"))
    whole = ("run", "rule_set_version", "records", "pairs", "edges", "tasks", "golden", "peak_memory_mb")
    assert {name: type(done[name]) for name in whole} == dict.fromkeys(whole, int)
    assert (done["run"], done["rule_set_version"], done["published"]) == (1, 1, True)
    assert all(re.fullmatch("[0-9a-f]{32}", done[name]) for name in ("partition_digest", "value_digest"))
    assert done["partition_digest"] != done["value_digest"]
    assert tuple(done["seconds"]) == SECONDS
    assert all(isinstance(seconds, float) for seconds in done["seconds"].values())
    assert done["seconds"]["train"] > 0
    assert done["held"] == []
    assert done["records"] == pl.read_csv(city / "truth.csv").height
    counts = {name: query(city, f"SELECT COUNT(*) FROM v_golden_{name}")[0][0] for name in ("citizen", "business")}
    assert (done["golden_by_entity"], done["golden"]) == (counts, sum(counts.values()))
    assert [counts["source"] for counts in done["sources"]] == [
        *("dan_cu", "quy_hoach", "y_te", "giao_duc", "bao_hiem", "doanh_nghiep", "dat_dai", "nha_o")
    ]
    assert all(counts["put"] == counts["rows"] and not counts["set_aside"] for counts in done["sources"])


def test_digest_repeats_what_the_run_said(city: Path) -> None:
    done = json.loads((city / "run.json").read_text("utf-8"))
    said = mdm("digest", city, "--json").json
    assert said == {name: done[name] for name in ("run", "partition_digest", "value_digest")}
    assert all(str(value) in mdm("digest", city).out for value in said.values())


# Exports


def test_the_crosswalk_has_every_record_in_exactly_one_golden_record(city: Path, tmp_path: Path) -> None:
    crosswalk, truth = export(city, tmp_path, "crosswalk"), pl.read_csv(city / "truth.csv", infer_schema=False)
    assert crosswalk.columns == ["entity_type", "source", "source_id", "golden_id"]
    assert truth.columns == ["entity_type", "source", "source_id", "entity_id"]
    key = ["entity_type", "source", "source_id"]
    assert crosswalk.select(key).is_unique().all()
    assert crosswalk.select(key).sort(key).equals(truth.select(key).sort(key))
    assert not crosswalk["golden_id"].null_count()
    shape = pl.when(pl.col("entity_type") == "citizen").then(pl.lit("C")).otherwise(pl.lit("B"))
    assert crosswalk.select(pl.col("golden_id").str.slice(0, 1) == shape).to_series().all()
    assert crosswalk["golden_id"].str.contains(r"^[CB]\d{9}[0-9A-Z]$").all()


@pytest.mark.parametrize(("entity", "attributes"), [("citizen", CITIZEN), ("business", BUSINESS)])
def test_golden_and_standardised_have_the_attributes_in_order(
    city: Path, tmp_path: Path, entity: str, attributes: tuple[str, ...]
) -> None:
    golden = export(city, tmp_path, "golden", "--entity", entity)
    assert golden.columns == ["entity_type", "golden_id", "records", *attributes]
    standardised = export(city, tmp_path, "standardised", "--entity", entity)
    assert standardised.columns == ["entity_type", "source", "source_id", *with_address(attributes)]
    for frame in (golden, standardised):
        assert frame["entity_type"].unique().to_list() == [entity]
    assert golden["records"].cast(pl.Int64).sum() == standardised.height


def test_all_entity_types_stand_in_one_table(city: Path, tmp_path: Path) -> None:
    golden = export(city, tmp_path, "golden")
    assert golden.columns[:3] == ["entity_type", "golden_id", "records"]
    assert set(golden.columns[3:]) == {*CITIZEN, *BUSINESS}
    citizens = golden.filter(pl.col("entity_type") == "citizen")
    assert all(citizens[name].null_count() == citizens.height for name in set(BUSINESS) - set(CITIZEN))


def test_values_have_the_formats_that_consumers_rely_on(city: Path, tmp_path: Path) -> None:
    shapes = {
        "birth_date": DATE,
        "founded": DATE,
        "sex": "male|female",
        "phone": r"\+84\d{7,11}(\|\+84\d{7,11})*",
        "personal_id": r"(\d{9}|\d{12})(\|(\d{9}|\d{12}))*",
        "tax_code": r"\d{10}(-\d{3})?|\d{12}|\d[\d|-]+",
        "unit_code": r"\d{5}",
        "unit_code_legacy": r"\d{5}",
        "unit_code_candidates": r"\d{5}(\|\d{5})*",
        "house_no": r"\S.*",
    }
    for what in ("golden", "standardised"):
        frame = export(city, tmp_path, what)
        for name, shape in shapes.items():
            if name in frame.columns:
                wrong = frame.filter(~pl.col(name).str.contains(f"^(?:{shape})$"))
                assert wrong.is_empty(), (what, name, wrong[name].to_list()[:3])
                assert frame[name].null_count() < frame.height, name
        for name in ("personal_id", "phone", "tax_code"):
            several = frame[name].drop_nulls().str.split("|")
            assert all(values == sorted(set(values)) for values in several.to_list())
        texts = pl.concat([frame[name].drop_nulls() for name in frame.columns if frame.schema[name] == pl.String])
        assert (texts == texts.str.normalize("NFC")).all()
        assert not texts.is_in(["", "None", "null"]).any()


def test_edges_are_the_kept_pairs(city: Path, tmp_path: Path) -> None:
    edges, done = export(city, tmp_path, "edges"), json.loads((city / "run.json").read_text("utf-8"))
    assert edges.columns == [
        *("entity_type", "left_source", "left_source_id", "right_source", "right_source_id"),
        *("weight", "probability", "zone", "pattern"),
    ]
    assert edges.height == done["edges"]
    assert edges.filter(zone="link").height == done["links"]
    assert set(edges["zone"]) <= {"link", "review"}
    assert edges["probability"].cast(pl.Float64).is_between(0, 1).all()
    assert not sum(edges.null_count().row(0))


def test_lineage_has_one_row_for_each_golden_value_and_answers_everything(city: Path, tmp_path: Path) -> None:
    lineage = export(city, tmp_path, "lineage")
    assert tuple(lineage.columns) == LINEAGE
    nulls = {name: count for name, count in zip(lineage.columns, lineage.null_count().row(0), strict=True) if count}
    assert set(nulls) <= {"because"}, nulls
    golden = export(city, tmp_path, "golden")
    long = golden.unpivot(index=["golden_id"], on=golden.columns[3:], variable_name="attribute").drop_nulls("value")
    several = (
        "personal_id",
        "phone",
        "tax_code",
        "email",
        "health_card",
        "social_insurance",
        "student_code",
        "passport",
    )
    split = pl.when(pl.col("attribute").is_in([*several, "registration_no", "social_insurance_unit"]))
    long = long.with_columns(split.then(pl.col("value").str.split("|")).otherwise(pl.concat_list("value"))).explode(
        "value"
    )
    key = ["golden_id", "attribute", "value"]
    assert lineage.select(key).is_unique().all()
    assert lineage.join(long, on=key, how="anti").is_empty()
    assert long.join(lineage, on=key, how="anti").select("attribute", "value").is_empty()
    crosswalk = export(city, tmp_path, "crosswalk")
    assert lineage.join(crosswalk, on=["entity_type", "source", "source_id", "golden_id"], how="anti").is_empty()
    alone = (
        lineage.filter(pl.col("because").is_null())
        .group_by("golden_id")
        .agg(pl.struct("source", "source_id").n_unique())
    )
    assert (alone["source"] == 1).all(), "only the first record of a cluster came without an edge"
    assert lineage["because"].drop_nulls().str.contains(r"^edge \w+:.+").all()


def test_a_golden_value_is_what_its_record_was_read_as(city: Path) -> None:
    rows = query(city, "SELECT attribute, value, received, standardised, source_row, file FROM v_lineage")
    for attribute, value, received, standardised, source_row, file in rows:
        values = json.loads(standardised) if standardised.startswith("[") else [standardised]
        assert value in values, attribute
        cells = " ".join(cell for cell in json.loads(source_row).values() if cell is not None)
        assert all(word in cells for word in re.split(r"[\s|,]+", received)), (attribute, file)
        assert (city / file).is_file()


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_other_formats_hold_the_same(city: Path, tmp_path: Path, suffix: str) -> None:
    expected, found = export(city, tmp_path, "crosswalk"), export(city, tmp_path, "crosswalk", suffix=suffix)
    assert found.cast(pl.String).equals(expected)


def test_as_of_the_first_run_is_the_first_run(city: Path, tmp_path: Path) -> None:
    assert export(city, tmp_path, "golden", "--as-of", "1").equals(export(city, tmp_path, "golden"))
    ended = mdm("export", city, "golden", tmp_path / "x.csv", "--as-of", 2)
    assert ended.code == 2
    assert "there is no run 2" in ended.said


# Plain SQL


def test_the_views_answer_by_plain_sql(city: Path, tmp_path: Path) -> None:
    crosswalk = export(city, tmp_path, "crosswalk")
    names = "entity_type, source, source_id, golden_id"
    assert sorted(query(city, f"SELECT {names} FROM v_crosswalk")) == sorted(crosswalk.rows())
    with database(city) as connection:
        for entity, attributes in (("citizen", CITIZEN), ("business", BUSINESS)):
            cursor = connection.execute(f"SELECT * FROM v_golden_{entity} ORDER BY golden_id")
            assert [column[0] for column in cursor.description] == ["golden_id", "records", *attributes]
            golden = export(city, tmp_path, "golden", "--entity", entity)
            rows = golden.drop("entity_type").with_columns(pl.col("records").cast(pl.Int64)).rows()
            assert cursor.fetchall() == sorted(rows)
        cursor = connection.execute("SELECT * FROM v_lineage LIMIT 1")
        assert [column[0] for column in cursor.description][: len(LINEAGE)] == list(LINEAGE)


# What people read


def test_evaluate_gives_rates_for_each_entity_type(city: Path) -> None:
    entities = {
        each["entity_type"]: each for each in mdm("evaluate", city, city / "truth.csv", "--json").json["entities"]
    }
    assert set(entities) == {"business", "citizen"}
    for quality in entities.values():
        assert (quality["unnamed"], quality["missing"]) == (0, 0)
        for rates in (quality["pairwise"], quality["b_cubed"]):
            assert all(0.9 <= rates[name] <= 1 for name in ("precision", "recall", "f1"))
        assert all(set(error) == {"kind", "left", "right", "because"} for error in quality["errors"])
    assert "B-cubed" in mdm("evaluate", city, city / "truth.csv", "--entity", "citizen").out


def test_explain_shows_every_comparison_and_what_would_change_the_verdict(city: Path) -> None:
    (pair,) = query(
        city,
        "SELECT a.source || ':' || a.source_id, b.source || ':' || b.source_id FROM v_crosswalk a JOIN v_crosswalk b "
        "ON a.golden_id = b.golden_id AND a.source < b.source AND a.entity_type = 'citizen' ORDER BY 1, 2 LIMIT 1",
    )
    found = mdm("explain", city, *pair, "--json").json
    assert found["together"] is True
    assert found["entity_type"] == "citizen"
    assert {step["comparison"] for step in found["comparisons"]} >= {"name", "birth_date", "personal_id", "address"}
    assert found["zone"] in ("link", "review", "none")
    assert mdm("explain", city, *reversed(pair), "--json").json["weight"] == found["weight"]
    assert "probability" in mdm("explain", city, *pair).out


def test_lineage_of_a_golden_record(city: Path) -> None:
    ((golden_id, values),) = query(
        city, "SELECT golden_id, COUNT(*) FROM v_lineage GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    )
    found = mdm("lineage", city, golden_id, "--json").json
    assert found["golden_id"] == golden_id
    assert found["current"] == [golden_id]
    assert len(found["values"]) == values
    assert set(LINEAGE) <= set(found["values"][0])
    assert golden_id in mdm("lineage", city, golden_id).out


def personal_values(city: Path) -> set[str]:
    """Names of three words, and every number of nine digits: what must stand in no message, log or report."""
    values = {
        cell for row in query(city, "SELECT received FROM source_row") for cell in json.loads(row[0]).values() if cell
    }
    values |= {row[0] for row in query(city, "SELECT value FROM v_lineage")}
    return {text for text in values if len(text) > 8 and (text.count(" ") > 1 or re.search(r"\d{9}", text))}


def test_the_report_is_one_file_without_personal_values(city: Path) -> None:
    path = Path(mdm("report", city, "--json").json["path"])
    assert path.parent == city
    page = path.read_text("utf-8")
    links = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert not re.search(r"https?:|<script|<link|<iframe|@import|url\((?!#)|\bsrc=|javascript:", links)
    assert page.count("<svg") >= 6
    assert not [value for value in personal_values(city) if value in page]
    assert mdm("report", city, "--run", 1).out.strip() == str(path)
    assert mdm("report", city, "--run", 7).code == 2


def test_no_command_that_counts_shows_personal_values(city: Path, tmp_path: Path) -> None:
    ran = [mdm(name, city, *more) for name in ("check", "run", "digest") for more in ((), ("--json",))]
    ran += [mdm("evaluate", city, city / "truth.csv"), mdm("export", city, "golden", tmp_path / "g.csv")]
    assert {ended.code for ended in ran} == {0}
    said = "".join(ended.said for ended in ran) + (city / "mdm.log").read_text("utf-8")
    assert not [value for value in personal_values(city) if value in said]


def test_the_log_has_a_line_a_command(city: Path) -> None:
    mdm("digest", city)
    lines = [json.loads(line) for line in (city / "mdm.log").read_text("utf-8").splitlines()]
    assert lines[0]["command"] == "generate"
    assert lines[1]["command"] == "run"
    assert lines[-1]["command"] == "digest"
    assert all({"time", "command", "exit_code"} <= set(line) for line in lines)


# Again


def test_a_second_run_writes_nothing(city: Path) -> None:
    before, done = (city / "repository.db").read_bytes(), json.loads((city / "run.json").read_text("utf-8"))
    again = mdm("run", city, "--json").json
    assert (again["run"], again["published"]) == (1, False)
    assert (again["partition_digest"], again["value_digest"]) == (done["partition_digest"], done["value_digest"])
    assert (city / "repository.db").read_bytes() == before
    assert "nothing has changed since run 1" in mdm("run", city).out


def test_the_same_rule_set_elsewhere_ends_in_the_same_digests(city: Path, tmp_path: Path) -> None:
    """Changed extracts against an old workspace, and a fresh one that was given the exported version."""
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(city, old)
    shutil.copytree(city, new, ignore=shutil.ignore_patterns("repository.db*", "*.html", "mdm.log"))
    for folder in (old, new):
        health, land = folder / "y_te.csv", folder / "dat_dai.csv"
        lines = health.read_bytes().split(b"\r\n")
        changed = [lines[0], *reversed(lines[5:-1]), lines[2].replace(b"19", b"18"), b""]
        health.write_bytes(b"\r\n".join(changed))
        rows = land.read_bytes().split(b"\r\n")
        land.write_bytes(b"\r\n".join([rows[0], *rows[3:]]))
    assert mdm("export", city, "rule-set", new / "frozen.yaml").code == 0
    settings = (new / "mdm.yaml").read_text("utf-8").replace("rules: hcmc", "rules: frozen.yaml")
    (new / "mdm.yaml").write_text(settings, "utf-8")
    here, there = mdm("run", old, "--json").json, mdm("run", new, "--json").json
    assert (here["run"], there["run"]) == (2, 1)
    assert there["seconds"]["train"] == 0
    for name in ("records", "pairs", "edges", "golden", "partition_digest", "value_digest", "rule_set_version"):
        assert here[name] == there[name], name
    done = json.loads((city / "run.json").read_text("utf-8"))
    for source in ("y_te.csv", "dat_dai.csv"):
        shutil.copy(city / source, old)
    back = mdm("run", old, "--json").json
    assert back["run"] == 3
    assert (back["partition_digest"], back["value_digest"]) == (done["partition_digest"], done["value_digest"])


def test_adopt_an_edit_and_go_back(city: Path, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(city, folder)
    done = json.loads((city / "run.json").read_text("utf-8"))
    settings = (folder / "mdm.yaml").read_text("utf-8")
    (folder / "mdm.yaml").write_text(settings.replace("        phone: SDT\n", ""), "utf-8")
    ran = mdm("run", folder, "--json").json
    assert (ran["published"], ran["rule_set_version"]) == (False, 1)
    assert any("was edited since version 1" in note for note in ran["notes"])
    adopted = mdm("adopt", folder, "edited", "--json").json
    assert (adopted["version"], adopted["changed"]) == (2, True)
    ran = mdm("run", folder, "--json").json
    assert (ran["run"], ran["published"], ran["rule_set_version"], ran["notes"]) == (2, True, 2, [])
    assert ran["value_digest"] != done["value_digest"]
    assert mdm("adopt", folder, 1, "--json").json["version"] == 1
    ran = mdm("run", folder, "--json").json
    assert (ran["run"], ran["rule_set_version"]) == (3, 1)
    assert (ran["partition_digest"], ran["value_digest"]) == (done["partition_digest"], done["value_digest"])
    assert mdm("adopt", folder, 1, "--json").json["changed"] is False
    unknown = mdm("adopt", folder, 9)
    assert unknown.code == 2
    assert "there is no rule-set version 9. Known: 1, 2." in unknown.said
