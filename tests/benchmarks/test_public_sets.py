"""The benchmark over public truth sets: its workspaces are right, and a small set goes all the way through."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from mdm.workspace import Workspace
from mdm.workspace.rule_set import load_rules
from mdm.workspace.rules import check_mapping


@pytest.fixture(scope="module")
def public_sets() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "public_sets.py"
    spec = spec_from_file_location("public_sets", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["public_sets"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def columns(mapping: dict[str, str | list[str]]) -> list[str]:
    names = [column for value in mapping.values() for column in ([value] if isinstance(value, str) else value)]
    return list(dict.fromkeys(names))


def test_every_set_maps_to_attributes_that_the_rules_have(public_sets: ModuleType, tmp_path: Path) -> None:
    for chosen in public_sets.SETS:
        row = dict.fromkeys(columns(chosen.mapping), "1")
        table = pl.DataFrame([{"id": "1", "truth": "x", **row}, {"id": "2", "truth": "x", **row}])
        public_sets.workspace(tmp_path, {"table": table}, chosen)
        workspace = Workspace.open(tmp_path)
        check_mapping(workspace, load_rules(workspace).rules)
        truth = pl.read_csv(tmp_path / "truth.csv", infer_schema=False)
        assert truth.columns == ["entity_type", "source", "source_id", "entity_id"]
        assert truth.row(1) == (chosen.entity, "table", "2", "x")


def test_no_extract_holds_the_truth(public_sets: ModuleType, tmp_path: Path) -> None:
    chosen = public_sets.SETS[0]
    public_sets.workspace(tmp_path, chosen.read(tmp_path), chosen)
    (extract,) = tmp_path.glob("dataset1.csv")
    assert "truth" not in pl.read_csv(extract, infer_schema=False).columns


def test_pairs_of_rows_become_entities(public_sets: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "orgs-hard"
    folder.mkdir()
    (folder / "records.csv").write_text("record_id,org_name,hardness\nr0,A,x\nr1,B,x\nr2,C,x\nr3,D,x\n")
    (folder / "truth.csv").write_text("row_a,row_b\n0,3\n2,3\n")
    table = public_sets.orgs_hard(tmp_path)["list"]
    assert table.columns == ["id", "org_name", "truth"]
    assert table["truth"].to_list() == ["0", "1", "0", "0"]


@pytest.mark.slow
def test_a_set_becomes_a_row(public_sets: ModuleType, tmp_path: Path) -> None:
    cells = [cell.strip() for cell in public_sets.measured(tmp_path, public_sets.SETS[0]).strip("|").split("|")]
    assert len(cells) == len(public_sets.COLUMNS)
    assert cells[:6] == ["febrl1", "1,000", "1.0000", "1.0000", "1.0000", "1.0000"]
