"""A town's trained rule set, and a generated city that was reconciled: made once, copied by tests that change them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import town
from commands import mdm


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rule-set version that the town's first run learned, as one exported file."""
    folder = tmp_path_factory.mktemp("trained")
    workspace = town.settle(folder / "school", town.write_rules(folder / "rules"))
    town.send(workspace, town.school())
    assert mdm("run", workspace).code == 0
    out = folder / "trained.yaml"
    assert mdm("export", workspace, "rule-set", out).code == 0
    return out


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory, trained: Path) -> Path:
    """A town of a dozen people after its first run; tests look at it, and change a copy."""
    workspace = town.settle(tmp_path_factory.mktemp("living") / "town", trained)
    town.send(workspace, {source: dict(list(rows.items())[:12]) for source, rows in town.school().items()})
    assert mdm("run", workspace).code == 0
    return workspace


@pytest.fixture
def workspace(living: Path, tmp_path: Path) -> Path:
    """The living town, to be changed."""
    return Path(shutil.copytree(living, tmp_path / "town"))


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated city of 300 people after its first run; tests only look at it. `run.json` is what the run printed."""
    folder = tmp_path_factory.mktemp("city") / "city"
    assert mdm("generate", folder, "--people", 300, "--seed", 5).code == 0
    ended = mdm("run", folder, "--json")
    assert ended.code == 0, ended.said
    (folder / "run.json").write_text(ended.out, "utf-8")
    return folder
