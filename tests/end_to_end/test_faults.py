"""Faults around a run: a repository that refuses, a full disk, two runs at once, a process that is killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import town
from commands import Ended, command, mdm, process

from mdm.repository import Repository


def changed(folder: Path) -> Path:
    """Give the town something to publish: a newcomer, a row that changed, and one that is gone."""
    rows = dict(list(town.school()["dan_cu"].items())[1:12])
    rows["D1"], rows["D500"] = town.person(501), town.person(500)
    town.send(folder, {"dan_cu": rows})
    return folder


def state(folder: Path) -> tuple[Any, ...]:
    """What is published: both digests and the crosswalk."""
    digest = mdm("digest", folder, "--json").json
    return digest["partition_digest"], digest["value_digest"], town.crosswalk(folder)


def refused(ended: Ended, *said: str, code: int = 1) -> None:
    """It failed with a sentence and one JSON object, and no traceback."""
    assert ended.code == code, ended.said
    for part in said:
        assert part in ended.err
    assert ended.json["error"] in ended.said


@pytest.fixture(scope="module")
def undisturbed(living: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """Where the change ends when nothing goes wrong."""
    folder = Path(shutil.copytree(living, tmp_path_factory.mktemp("undisturbed") / "town"))
    assert mdm("run", changed(folder)).code == 0
    return state(folder)


def test_a_repository_that_another_one_writes_is_left_alone(
    workspace: Path, undisturbed: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = (True, 0.2)  # seconds to wait for the other writer
    monkeypatch.setattr(Repository.open.__func__, "__defaults__", patience)  # type: ignore[attr-defined]
    before = state(changed(workspace))
    other = sqlite3.connect(workspace / "repository.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for name in ("run", "check", "adopt"):
        ended = mdm(name, workspace, *(["1"] if name == "adopt" else []), "--json")
        if name == "check":
            assert (ended.code, ended.json["ok"]) == (1, False)
            assert "another process is writing to it" in ended.json["repository"]
        else:
            refused(ended, "repository: another process is writing to it.", "Wait until")
    assert state(workspace) == before, "who only reads is not kept waiting"
    other.rollback()
    other.close()
    assert mdm("run", workspace).code == 0
    assert state(workspace) == undisturbed


def test_a_repository_of_a_newer_version_is_left_alone(workspace: Path) -> None:
    changed(workspace)
    with sqlite3.connect(workspace / "repository.db") as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    before = town.dump(workspace)
    for name in ("run", "digest", "report"):
        refused(mdm(name, workspace, "--json"), "newer version of mdm (schema 99", "Use that version")
    assert "newer version" in mdm("check", workspace, "--json").json["repository"]
    assert town.dump(workspace) == before


@pytest.mark.parametrize("raw", [b"hello world" * 500, b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_left_alone(workspace: Path, raw: bytes) -> None:
    (workspace / "repository.db").write_bytes(raw)
    for name in ("run", "digest"):
        refused(mdm(name, workspace, "--json"), "not a SQLite database, or it is damaged", "Name another file")
    assert "not a SQLite database" in mdm("check", workspace, "--json").json["repository"]
    assert (workspace / "repository.db").read_bytes() == raw


def test_a_database_of_something_else_is_left_alone(workspace: Path) -> None:
    (workspace / "repository.db").unlink()
    with sqlite3.connect(workspace / "repository.db") as connection:
        connection.execute("CREATE TABLE invoices (number)")
    connection.close()
    before = town.dump(workspace)
    refused(mdm("run", workspace, "--json"), "the database holds other tables and no mdm repository")
    assert mdm("check", workspace).code == 1
    assert town.dump(workspace) == before


def unprivileged() -> str:
    """Shell words that make root obey permissions."""
    if os.geteuid():
        return "true"
    assert shutil.which("setpriv"), "root, and no setpriv (Debian: util-linux) to drop what root may"
    drop = "-dac_override,-dac_read_search"
    return f'set -- setpriv --bounding-set={drop} --inh-caps={drop} "$@"'


def test_a_repository_that_may_only_be_read_is_left_alone(workspace: Path) -> None:
    before = state(changed(workspace))
    for path in workspace.glob("repository.db-*"):
        path.unlink()
    (workspace / "repository.db").chmod(0o444)
    workspace.chmod(0o555)
    try:
        ended = process("run", workspace, "--json", before=unprivileged())
    finally:
        workspace.chmod(0o755)
        (workspace / "repository.db").chmod(0o644)
    refused(ended, "it can be read but not written", "write permission")
    assert state(workspace) == before


def test_a_full_disk_leaves_what_is_published(workspace: Path, undisturbed: tuple[Any, ...]) -> None:
    before = state(changed(workspace))
    refused(process("run", workspace, "--json", before="ulimit -f 24"), "the disk is full", "Make room")
    assert state(workspace) == before
    assert mdm("run", workspace).code == 0
    assert state(workspace) == undisturbed


def test_a_full_disk_leaves_no_half_written_file(workspace: Path) -> None:
    kept = workspace / "trained.yaml"
    raw, files = kept.read_bytes(), sorted(path.name for path in workspace.iterdir())
    ended = process("export", workspace, "rule-set", kept, "--json", before="ulimit -f 200")
    refused(ended, "trained.yaml: could not be written", "What stood there is unchanged")
    assert kept.read_bytes() == raw
    left = {path.name for path in workspace.iterdir()} - {"repository.db-wal", "repository.db-shm", "mdm.log"}
    assert left == {*files} - {"repository.db-wal", "repository.db-shm", "mdm.log"}


@pytest.mark.parametrize("first", [False, True])
def test_of_two_runs_at_once_one_publishes_and_the_other_says_so(
    workspace: Path, undisturbed: tuple[Any, ...], first: bool
) -> None:
    if first:  # nor is there a repository yet
        for path in workspace.glob("repository.db*"):
            path.unlink()
    changed(workspace)
    both = [
        subprocess.Popen(command("run", workspace, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = []
    for started in both:
        out, err = started.communicate(timeout=120)
        ended.append(Ended(started.returncode, out, err))
    published = [each for each in ended if each.code == 0 and each.json["published"]]
    assert len(published) == 1, [each.said for each in ended]
    for each in ended:
        if each not in published and each.code:
            assert each.code == 1, each.said
            assert "another" in each.json["error"]
    assert state(workspace)[:2] == undisturbed[:2] or first
    if first:
        assert mdm("run", workspace, "--json").json["published"] is False
    else:
        assert state(workspace) == undisturbed


# A process that is killed


FRACTIONS = (0.1, 0.35, 0.6, 0.8, 0.9, 0.97)
KILLER = """
import os, signal, sys
from importlib import import_module
from sqlalchemy import event
from sqlalchemy.engine import Engine
from mdm.cli.main import main
import_module("mdm.cli.run")

def words(folder, kill_at, tell):
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    for moment in ("before_cursor_execute", "after_cursor_execute", "commit", "rollback"):
        event.listen(Engine, moment, count)
    try:
        main(["run", folder])
    except SystemExit:
        os.write(tell, str(seen).encode())
    os._exit(0)

def run(folder, kill_at):
    told, tell = os.pipe()
    child = os.fork()  # nothing has computed yet: there are no threads to lose
    if child == 0:
        words(folder, kill_at, tell)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    said = os.read(told, 99).decode()
    return int(said) if said else -os.WTERMSIG(status)

whole = run(sys.argv[1], 0)
deaths = [run(folder, round(whole * float(folder.rpartition("/")[2]))) for folder in sys.argv[2:]]
sys.stderr.write(f"\\n{whole} {deaths}")
"""
"""`mdm run` undisturbed, and killed at fractions of its words with the database: that of a folder is its name."""


def test_killed_at_any_moment_the_next_run_ends_where_an_undisturbed_one_does(
    living: Path, tmp_path: Path, undisturbed: tuple[Any, ...]
) -> None:
    before = state(living)
    names = ("whole", *map(str, FRACTIONS))
    whole, *folders = [changed(Path(shutil.copytree(living, tmp_path / name))) for name in names]
    ended = subprocess.run(
        [sys.executable, "-c", KILLER, whole, *folders], capture_output=True, text=True, check=True, timeout=120
    )
    words, _, deaths = ended.stderr.rpartition("\n")[2].partition(" ")
    assert int(words) > 100
    assert deaths == str([-signal.SIGKILL] * len(folders))
    assert state(whole) == undisturbed
    for folder in folders:
        assert state(folder) in (before, undisturbed), "all of the run or nothing of it"
        assert mdm("run", folder).code == 0
        assert state(folder) == undisturbed
        assert mdm("run", folder, "--json").json["published"] is False
