"""The table of findings: every finding that a standardiser makes has its severity, dimension and meaning there."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from mdm.standardise import Knowledge
from mdm.standardise.findings import COLUMNS, DIMENSIONS, SEVERITIES, TABLE, meanings, severity
from mdm.workspace import Rules
from mdm.workspace.shipped import root

CASES = Path(__file__).parent / "cases"
SHIPPED = meanings(Knowledge.shipped())


def judged_findings() -> set[str]:
    """Every finding that a judged case expects."""
    cases = [case for path in sorted(CASES.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]
    return {case["finding"] for case in cases if isinstance(case, dict) and case.get("finding")} - {"none"}


def test_every_finding_of_a_judged_case_is_explained() -> None:
    assert judged_findings() - set(SHIPPED["rule"]) == set()


def test_every_check_of_the_city_is_explained() -> None:
    files = {path.name: path.read_text("utf-8") for path in (root() / "hcmc").glob("*.yaml")}
    checks = {check.rule for rules in Rules.parse(files, "hcmc").entities.values() for check in rules.checks}
    assert checks
    assert checks - set(SHIPPED["rule"]) == set()


def test_the_table_is_whole() -> None:
    assert set(SHIPPED["severity"]) == set(SEVERITIES)
    assert set(SHIPPED["dimension"]) <= set(DIMENSIONS)
    assert SHIPPED["rule"].is_unique().all()
    assert SHIPPED.null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("rule,severity,dimension,vi,en\ninvalid,info,đúng,a,b\nodd,grave,đúng,a,b\n", ["info", "warning", "warning"]),
        (None, ["warning", "warning", "warning"]),
    ],
)
def test_what_the_table_does_not_grade_is_a_warning(table: str | None, expected: list[str]) -> None:
    knowledge = Knowledge({} if table is None else {TABLE: table})
    found = pl.DataFrame({"rule": ["invalid", "odd", "new"]})
    assert found.select(severity(pl.col("rule"), knowledge)).to_series().to_list() == expected
    assert tuple(meanings(knowledge).columns) == COLUMNS
