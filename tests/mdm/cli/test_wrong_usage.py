"""Commands used wrongly: a sentence, exit code 2 (1 where nothing is published), one JSON object, nothing changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import town
from commands import Ended, mdm


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town after its first run; tests only look at it."""
    folder = tmp_path_factory.mktemp("usage")
    workspace = town.settle(folder / "town", town.write_rules(folder / "rules"))
    town.send(workspace, {source: dict(list(rows.items())[:60]) for source, rows in town.school().items()})
    ended = mdm("run", workspace)
    assert ended.code == 0, ended.said
    return workspace


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the log and SQLite's own."""
    own = {"mdm.log", "repository.db-wal", "repository.db-shm"}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in own}


def refused(ended: Ended, said: str, code: int = 2) -> None:
    assert ended.code == code, ended.said
    assert said in ended.err
    assert set(ended.json) == {"error", "problems"}
    assert said in ended.json["error"] or said.startswith("Usage:")


WRONG = [
    (("run",), "Missing argument 'DIR'"),
    (("nonsense",), "No such command 'nonsense'"),
    (("run", "DIR", "--nope"), "No such option '--nope'"),
    (("run", "/no/such/folder"), "there is no folder /no/such/folder. Make a workspace with `mdm init`"),
    (("explain", "DIR", "dan_cu:D0", "dan_cu:none"), "no live record is called dan_cu:none. Write [entity:]source:"),
    (("explain", "DIR", "D0", "dan_cu:D1"), "no live record is called D0."),
    (("explain", "DIR", "none:dan_cu:D0", "dan_cu:D1"), "no live record is called none:dan_cu:D0."),
    (("explain", "DIR", "dan_cu:D0#9", "dan_cu:D1"), "no live record is called dan_cu:D0#9."),
    (("explain", "DIR", "dan_cu:D0", "dan_cu:D0"), "this is one record, named twice"),
    (("lineage", "DIR", "R999999999X"), "no golden record was ever called R999999999X"),
    (("evaluate", "DIR", "/none.csv"), "/none.csv: the truth can't be read"),
    (("evaluate", "DIR", "DIR/dan_cu.csv"), "the truth lacks the columns entity_type, source, source_id, entity_id"),
    (("evaluate", "DIR", "DIR/repository.db"), "the truth can't be read"),
    (("evaluate", "DIR", "DIR"), "the truth can't be read"),
    (("export", "DIR", "crosswalk", "DIR/a.txt"), "a.txt: unknown kind of file. Write to a name that ends in .csv"),
    (("export", "DIR", "crosswalk", "DIR/none/a.csv"), "there is no folder"),
    (("export", "DIR", "crosswalk", "DIR"), "unknown kind of file"),
    (("export", "DIR", "nonsense", "DIR/a.csv"), "'nonsense' is not one of 'crosswalk', 'golden'"),
    (("export", "DIR", "golden", "DIR/a.csv", "--entity", "none"), "there is no entity type 'none'. Known: resident"),
    (("export", "DIR", "golden", "DIR/a.csv", "--as-of", "99"), "there is no run 99; the last one is 1"),
    (("adopt", "DIR", "99"), "there is no rule-set version 99. Known: 1."),
    (("adopt", "DIR", "latest"), "'latest' is no version. Give its number, or `edited`."),
    (("report", "DIR", "--run", "77"), "there is no run 77"),
    (("generate", "DIR", "--people", "30"), "already holds mdm.yaml; choose an empty folder. Nothing was written."),
    (("generate", "DIR/new", "--people", "30", "--set", "none=0.1"), "unknown rate 'none'. Known: twins"),
    (("generate", "DIR/new", "--people", "30", "--set", "twins"), "--set takes NAME=RATE"),
    (("demo", "DIR"), "already holds mdm.yaml; choose an empty folder. Nothing was written."),
    (("init", "DIR"), "mdm.yaml is there already; it was left as it is"),
    (("init", "DIR/new", "--template", "none"), "unknown template 'none'. Known: hcmc, people-en."),
    (("init", "DIR/new", "--from", "/none.csv"), "there is no file none.csv"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage_is_told_and_changes_nothing(reconciled: Path, arguments: tuple[str, ...], said: str) -> None:
    before, held = files(reconciled), town.dump(reconciled)
    refused(mdm(*(each.replace("DIR", str(reconciled)) for each in arguments), "--json"), said)
    assert files(reconciled) == before
    assert town.dump(reconciled) == held
    assert not (reconciled / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("evaluate", "truth.csv"), 1),
        (("report",), 1),
        (("export", "crosswalk", "out.csv"), 1),
        (("export", "rule-set", "out.yaml"), 1),
        (("digest",), 1),
        (("explain", "dan_cu:D0", "dan_cu:D1"), 1),
        (("lineage", "R1"), 1),
    ],
)
def test_before_the_first_run_there_is_nothing_to_tell(
    reconciled: Path, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    shutil.copy(reconciled / "mdm.yaml", tmp_path)
    (tmp_path / "truth.csv").write_text("entity_type,source,source_id,entity_id\nresident,dan_cu,D0,1\n")
    name, *rest = arguments
    paths = [str(tmp_path / each) if "." in each else each for each in rest]
    refused(mdm(name, tmp_path, *paths, "--json"), "`mdm run` makes it.", code)
    assert {path.name for path in tmp_path.iterdir()} == {"mdm.yaml", "mdm.log", "truth.csv"}


def test_the_log_keeps_no_key_that_was_asked_for(reconciled: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(reconciled, tmp_path / "town"))
    key = town.number(7)
    for arguments in (("explain", f"dan_cu:{key}", "dan_cu:D1"), ("lineage", key)):
        assert mdm(arguments[0], folder, *arguments[1:]).code == 2
    log = (folder / "mdm.log").read_text("utf-8")
    assert '"command": "lineage", "exit_code": 2, "error": "a GOLDEN_ID was never given"' in log
    assert key not in log


def test_a_record_that_fits_several_is_asked_back(tmp_path: Path) -> None:
    """One row states a resident and an owner: its key names both."""
    workspace = town.settle(tmp_path / "town", town.write_rules(tmp_path / "rules"))
    owner = town.RESIDENT.replace("entity: resident", "entity: owner").replace("letter: R", "letter: O")
    (workspace / "rules" / "owner.yaml").write_text(owner, "utf-8")
    settings = (workspace / "mdm.yaml").read_text("utf-8")
    both = "      - {entity: resident, name: ho_ten"
    (workspace / "mdm.yaml").write_text(settings.replace(both, f"      - {{entity: owner, name: ho_ten}}\n{both}", 1))
    town.send(workspace, {source: dict(list(rows.items())[:20]) for source, rows in town.school().items()})
    assert mdm("run", workspace).code == 0
    refused(mdm("explain", workspace, "dan_cu:D0", "dan_cu:D1", "--json"), "fits several records; say which: ")
    assert mdm("explain", workspace, "resident:dan_cu:D0", "resident:dan_cu:D1", "--json").code == 0
