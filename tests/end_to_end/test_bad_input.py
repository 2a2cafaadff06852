"""What bad input gets: which file, line or row, what is wrong and what to do; the published state is what it was."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import town
from commands import Ended, content, mdm

HEADER = ",".join(town.COLUMNS)
SOURCE = "dan_cu"
OTHERS = ("bao_hiem", "y_te")

Change = Callable[[Path], object]


def rewritten(text: str | bytes) -> Change:
    """The population register's extract, replaced."""
    raw = text.encode() if isinstance(text, str) else text
    return lambda folder: (folder / "dan_cu.csv").write_bytes(raw)


def with_rows(*rows: str | bytes) -> Change:
    """The same extract with more rows at its end: the first is line 14."""
    raw = b"".join(row.encode() if isinstance(row, str) else row for row in rows)
    return lambda folder: (folder / "dan_cu.csv").write_bytes(_extract(folder) + raw)


def without(key: str, *, then: str = "") -> Change:
    """The same extract without the row of `key`, and with `then` at its end."""

    def change(folder: Path) -> None:
        lines = [line for line in _extract(folder).splitlines(True) if not line.startswith(f"{key},".encode())]
        (folder / "dan_cu.csv").write_bytes(b"".join(lines) + then.encode())

    return change


def replaced(file: str, old: str, new: str) -> Change:
    """A file of the workspace with one text replaced, at its first place."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text, f"{file} has no {old!r}"
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


def a_folder(folder: Path) -> None:
    """A folder where the extract should be."""
    (folder / "dan_cu.csv").unlink()
    (folder / "dan_cu.csv").mkdir()


def as_file(suffix: str, part: float = 1.0) -> Change:
    """The extract as a workbook or a Parquet file, cut off after a part of its bytes."""

    def change(folder: Path) -> None:
        frame, path = pl.read_csv(folder / "dan_cu.csv", infer_schema=False), folder / f"dan_cu{suffix}"
        frame.write_excel(path) if suffix == ".xlsx" else frame.write_parquet(path)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
        replaced("mdm.yaml", "dan_cu.csv", path.name)(folder)

    return change


def _extract(folder: Path) -> bytes:
    return (folder / "dan_cu.csv").read_bytes()


def newcomer(folder: Path) -> tuple[str, str]:
    """Give another source a row that no run has seen: a run that goes on publishes it."""
    row = town.person(500)
    with (folder / "bao_hiem.csv").open("a", encoding="utf-8") as file:
        file.write(",".join(("B500", *row)) + "\n")
    return "bao_hiem", "B500"


def digests(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = mdm("digest", folder, "--json").json
    return said


def personal(folder: Path) -> set[str]:
    """Whatever the extracts say of people: cells that are long enough to be told apart from other text."""
    cells = {
        cell for source in town.SOURCES for cell in re.split(r"[,\n]", (folder / f"{source}.csv").read_text("utf-8"))
    }
    return {cell for cell in cells if len(cell) > 5} - {*town.COLUMNS, "thao_tac", "insert"}


def assert_nobody_is_named(folder: Path, people: set[str], *texts: str) -> None:
    for text in (*texts, (content(folder / "mdm.log") or b"").decode()):
        assert not [value for value in people if value in text], text


def held(ended: Ended, command: str = "run") -> dict[str, Any]:
    """The one source that a command held, which says so with exit code 3 and in one JSON object."""
    assert ended.code == 3, ended.said
    assert ended.said
    (only,) = ended.json["held"]
    assert only["source"] == SOURCE
    assert command == "check" or ended.json["published"] is True
    return dict(only)


GARBAGE = random.Random(7).randbytes(4_000)
HEADERLESS = "".join(",".join((f"D{n}", *town.person(n))) + "\n" for n in range(3))
NONE_LEFT = "until then the last good state stays"
UNUSABLE: dict[str, tuple[Change, str | None, tuple[str, ...]]] = {
    "no such file": (lambda folder: (folder / "dan_cu.csv").unlink(), None, ("there is no file dan_cu.csv", NONE_LEFT)),
    "a folder": (
        a_folder,
        None,
        ("there is no file dan_cu.csv",),
    ),
    "empty": (rewritten(""), None, ("the file dan_cu.csv is empty", "Send the extract again")),
    "only spaces": (rewritten("\n  \n"), None, ("the file dan_cu.csv is empty",)),
    "only zeros": (rewritten(b"\0" * 999), None, ("the file dan_cu.csv is empty",)),
    "header only": (
        rewritten(HEADER + "\n"),
        "empty:dan_cu",
        ("dan_cu.csv holds no rows", "all rows of the source would be deleted", "--accept empty:dan_cu"),
    ),
    "a column missing": (
        replaced("dan_cu.csv", "ngay_sinh", "ngaysinh"),
        None,
        ("columns that are missing: ngay_sinh", "Did you mean 'ngaysinh'?"),
    ),
    "the key missing": (replaced("dan_cu.csv", "ma,", "id,"), None, ("columns that are missing: ma.", "Known:")),
    "a column twice": (
        replaced("dan_cu.csv", "so,dien_thoai", "so,so"),
        None,
        ("line 1", "columns 4 and 5 of dan_cu.csv have the same name", "Give each column a name"),
    ),
    "no header": (rewritten(HEADERLESS), None, ("dan_cu.csv has none of the columns", "is its first line the header")),
    "no header, a value twice": (
        rewritten("".join(f"{line},{line.split(',')[1]}\n" for line in HEADERLESS.splitlines())),
        None,
        ("line 1", "columns 2 and 6 of dan_cu.csv"),
    ),
    "random bytes": (rewritten(GARBAGE), None, ("dan_cu.csv",)),
    "a workbook cut off": (as_file(".xlsx", 0.5), None, ("dan_cu.xlsx", "save it again as .xlsx, or send CSV")),
    "a Parquet file cut off": (as_file(".parquet", 0.5), None, ("dan_cu.parquet can't be read as Parquet",)),
    "too many rows unusable": (
        with_rows(*(f"E{n},too,short\n" for n in range(13))),
        "unusable:dan_cu",
        ("13 of 25 rows can't be used (13 ragged)", "line 14 of dan_cu.csv", "--accept unusable:dan_cu"),
    ),
    "another encoding than before": (
        rewritten(HEADER.encode() + b"\n" + b"D1,Nguy\xd4n V\xe8n H\xdfa,01/02/1980,,\n" * 3),
        "unusable:dan_cu",
        ("undecodable", "line 2 of dan_cu.csv"),
    ),
    "the same rows in another encoding": (
        lambda folder: (folder / "dan_cu.csv").write_bytes(_extract(folder).decode().encode("utf-16")),
        None,
        ("dan_cu.csv is in utf-16, but the source is read as utf-8", "Send it in utf-8 again", "mdm adopt DIR edited"),
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_source_that_cannot_be_used_is_held_and_the_others_run(workspace: Path, name: str) -> None:
    change, gate, said = UNUSABLE[name]
    before, people = town.crosswalk(workspace), personal(workspace)
    change(workspace)
    new = newcomer(workspace)
    ended = mdm("run", workspace, "--json")
    only = held(ended)
    assert only["gate"] == gate
    for part in said:
        assert part in only["message"]
    after = town.crosswalk(workspace)
    assert {key: after[key] for key in before} == before, "nothing is deleted because a file can't be used"
    assert set(after) - set(before) == {new}
    assert_nobody_is_named(workspace, people | {town.person(n)[0] for n in range(3)}, ended.out, ended.err)


@pytest.mark.parametrize("name", UNUSABLE)
def test_check_says_the_same_and_writes_nothing(workspace: Path, name: str) -> None:
    change, gate, said = UNUSABLE[name]
    change(workspace)
    before = town.dump(workspace)
    ended = mdm("check", workspace, "--json")
    only = held(ended, "check")
    assert (only["gate"], ended.json["ok"]) == (gate, False)
    for part in said:
        assert part in only["message"]
    assert "HELD" in mdm("check", workspace).said
    assert town.dump(workspace) == before


@pytest.mark.parametrize("name", ["header only", "too many rows unusable"])
def test_an_accepted_gate_lets_through_what_it_says(workspace: Path, name: str) -> None:
    change, gate, _ = UNUSABLE[name]
    change(workspace)
    ended = mdm("run", workspace, "--json", "--accept", gate)
    assert (ended.code, ended.json["held"]) == (0, [])
    left = {source for source, _ in town.crosswalk(workspace)}
    assert left == ({*OTHERS} if name == "header only" else {SOURCE, *OTHERS})


@pytest.mark.parametrize("gate", ["empty", "empty:dancu", "unusable:", "nothing:dan_cu"])
def test_a_gate_that_there_is_not_is_a_mistake(workspace: Path, gate: str) -> None:
    before = town.dump(workspace)
    ended = mdm("run", workspace, "--json", "--accept", gate)
    assert ended.code == 2
    assert f"there is no gate '{gate}'" in ended.err
    assert "empty:bao_hiem, empty:dan_cu" in ended.json["error"]
    assert town.dump(workspace) == before


def test_a_file_that_comes_later_is_taken_as_any_other(workspace: Path) -> None:
    before = digests(workspace)
    (workspace / "dan_cu.csv").rename(workspace / "late.csv")
    for _ in range(2):
        ended = mdm("run", workspace, "--json")
        assert (ended.code, ended.json["published"]) == (3, False)
        assert digests(workspace) == before
    (workspace / "late.csv").rename(workspace / "dan_cu.csv")
    assert mdm("run", workspace, "--json").code == 0
    assert digests(workspace) == before


def test_all_sources_held_is_told_of_each_and_publishes_nothing(workspace: Path) -> None:
    before = town.dump(workspace)
    for source in town.SOURCES:
        (workspace / f"{source}.csv").unlink()
    ended = mdm("run", workspace)
    assert ended.code == 3
    for source in town.SOURCES:
        assert f"HELD  source {source}: there is no file {source}.csv" in ended.said
    assert town.dump(workspace) == before


# Rows


ASIDE: dict[str, tuple[Change, list[tuple[int, str]]]] = {
    "too few and too many cells": (
        with_rows("D90,Trần Văn Ẩn\n", "D91,Trần Văn Ẩn,01/02/1980,,,more,more\n"),
        [(14, "ragged"), (15, "ragged")],
    ),
    "no key": (
        with_rows(",Trần Văn Ẩn,01/02/1980,,\n", "  ,Trần Văn Ẩn,01/02/1980,,\n"),
        [(14, "null_key"), (15, "null_key")],
    ),
    "a key with other content": (
        with_rows("D90,Trần Văn Ẩn,01/02/1980,,\n", "D90,Trần Văn Hiện,01/02/1980,,\n"),
        [(14, "repeated_key"), (15, "repeated_key")],
    ),
    "broken UTF-8 in the key": (with_rows(b"D9\xe1\xba,Tr V\xc3(n,01/02/1980,,\n"), [(14, "undecodable")]),
    "a quote that nothing closes": (with_rows('D90,"Trần Văn Ẩn,01/02/1980,,\n'), [(14, "ragged")]),
}


@pytest.mark.parametrize("name", ASIDE)
def test_rows_that_cannot_be_used_are_counted_and_listed_and_stop_no_others(workspace: Path, name: str) -> None:
    change, expected = ASIDE[name]
    before, people = town.crosswalk(workspace), personal(workspace)
    change(workspace)
    new = newcomer(workspace)
    checked = mdm("check", workspace, "--json").json
    assert [(row["source"], row["file"], row["line"], row["rule"]) for row in checked["set_aside"]] == [
        (SOURCE, "dan_cu.csv", *each) for each in expected
    ]
    assert all(row["reason"] for row in checked["set_aside"])
    assert str(expected[0][0]) in mdm("check", workspace).said
    ended = mdm("run", workspace, "--json")
    assert ended.code == 0, ended.said
    counts = {each["source"]: each["set_aside"] for each in ended.json["sources"]}
    assert counts == {SOURCE: len(expected), **dict.fromkeys(OTHERS, 0)}
    assert set(town.crosswalk(workspace)) == {*before, new}
    page = Path(mdm("report", workspace, "--json").json["path"]).read_text("utf-8")
    for line, rule in expected:
        assert re.search(rf"{line}\b", page)
        assert rule in page or rule.replace("_", " ") in page
    assert_nobody_is_named(workspace, people | {"Trần Văn", "01/02/1980"}, ended.out, ended.err, page)
    again = mdm("run", workspace, "--json").json
    assert again["published"] is False


def test_the_same_row_twice_counts_once(workspace: Path) -> None:
    before = town.dump(workspace)
    with_rows(_extract(workspace).splitlines(True)[1] * 2)(workspace)
    ended = mdm("run", workspace, "--json")
    assert (ended.code, ended.json["published"]) == (0, False)
    assert town.dump(workspace) == before


@pytest.mark.parametrize("then", ["D0,half\n", "D0,A,,,\nD0,B,,,\n", 'D0,"open,,,\n'])
def test_a_row_set_aside_keeps_its_last_good_version_and_a_row_gone_does_not(workspace: Path, then: str) -> None:
    before = digests(workspace)
    without("D0", then=then)(workspace)
    assert mdm("run", workspace).code == 0
    assert {name: digests(workspace)[name] for name in ("partition_digest", "value_digest")} == {
        name: before[name] for name in ("partition_digest", "value_digest")
    }
    without("D0")(workspace)
    assert mdm("run", workspace).code == 0
    assert (SOURCE, "D0") not in town.crosswalk(workspace)


# mdm.yaml and the rules


PARTY = "{entity: resident, name: ho_ten"
MISTAKES: dict[str, tuple[Change, str, tuple[str, ...]]] = {
    "a wrong key": (replaced("mdm.yaml", "repository:", "repositry:"), "mdm.yaml:1:", ("Did you mean 'repository'?",)),
    "a wrong key of a source": (replaced("mdm.yaml", "key: ma", "kee: ma"), "mdm.yaml:6:", ("Did you mean 'key'?",)),
    "a wrong type": (replaced("mdm.yaml", "each: true", "each: maybe"), "mdm.yaml:7:", ("Write `true` or `false`",)),
    "a list where one text stands": (replaced("mdm.yaml", "path: dan_cu.csv", "path: [a, b]"), "mdm.yaml:5:", ()),
    "no list of parties": (replaced("mdm.yaml", "      - {", "      {"), "mdm.yaml:9:", ("is not a list",)),
    "an indentation": (replaced("mdm.yaml", "    key: ma", "   key: ma"), "mdm.yaml:6:", ("Check the indentation",)),
    "a tab": (replaced("mdm.yaml", "    key: ma", "\tkey: ma"), "mdm.yaml:6:", ("no tabs",)),
    "a key twice": (replaced("mdm.yaml", "key: ma", "key: ma\n    key: so"), "mdm.yaml:7:", ("Keep one of the two",)),
    "an unknown attribute": (replaced("mdm.yaml", "birth_date:", "birth_day:"), "mdm.yaml:9:", ("'birth_date'?",)),
    "an unknown entity type": (replaced("mdm.yaml", "resident", "residnt"), "mdm.yaml:9:", ("'resident'?",)),
    "a bad condition": (
        replaced("mdm.yaml", PARTY, '{where: "ho_ten =", entity: resident, name: ho_ten'),
        "mdm.yaml:9:",
        ("Write a condition on columns",),
    ),
    "a missing variable": (replaced("mdm.yaml", "dan_cu.csv", "${MDM_NONE}/d.csv"), "mdm.yaml:5:", ("Set MDM_NONE",)),
    "no address of a database": (replaced("mdm.yaml", "sqlite:", "oracle:"), "mdm.yaml:1:", ("neither SQLite nor",)),
    "an unknown rule set": (replaced("mdm.yaml", "rules: rules", "rules: hcmcc"), "mdm.yaml:2:", ("'hcmc'?",)),
    "a rule folder that is not there": (lambda folder: shutil.rmtree(folder / "rules"), "mdm.yaml:2:", ("path of a",)),
    "no YAML in a rule file": (
        replaced("rules/resident.yaml", "{link", "[link"),
        "rules/resident.yaml:21:",
        ("brackets",),
    ),
    "a wrong key in a rule file": (
        replaced("rules/resident.yaml", "thresholds:", "treshholds:"),
        "rules/resident.yaml:21:",
        ("Did you mean 'thresholds'?",),
    ),
    "an unknown comparison": (
        replaced("rules/resident.yaml", "function: person_name", "function: person_nam"),
        "rules/resident.yaml:15:",
        ("Did you mean 'person_name'?",),
    ),
    "an unknown standardiser": (
        replaced("rules/resident.yaml", "{standardiser: phone", "{standardiser: phon"),
        "rules/resident.yaml:7:",
        ("Did you mean 'phone'?",),
    ),
    "a wrong gate": (replaced("rules/gates.yaml", "0.5", "lots"), "gates.yaml:1:", ("is not a number from 0 to 1",)),
    "an empty mdm.yaml": (lambda folder: (folder / "mdm.yaml").write_text(""), "mdm.yaml:1:", ("is empty",)),
    "no text": (lambda folder: (folder / "mdm.yaml").write_bytes(GARBAGE), "mdm.yaml:", ("Save it as UTF-8",)),
    "no workspace": (lambda folder: (folder / "mdm.yaml").unlink(), "is no workspace", ("`mdm init`",)),
}


@pytest.fixture
def editable(workspace: Path) -> Path:
    """The living town under rules that are a folder, as a steward edits them."""
    town.write_rules(workspace / "rules")
    replaced("mdm.yaml", "rules: trained.yaml", "rules: rules")(workspace)
    return workspace


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_what_stewards_edit_is_told_with_its_line_and_loads_nothing(editable: Path, name: str) -> None:
    change, place, said = MISTAKES[name]
    before = town.dump(editable)
    change(editable)
    newcomer(editable)
    for command in (("check",), ("run",), ("adopt", "edited")):
        if command == ("run",) and not place.startswith(("mdm.yaml:1:", "is no")):
            continue  # a run goes on with the adopted version, or says the same
        ended = mdm(command[0], editable, *command[1:], "--json")
        assert ended.code == 2, (command, ended.said)
        assert place in ended.err
        for part in said:
            assert part in ended.err
        assert ended.json["error"] in ended.err
        assert town.dump(editable) == before
    assert not re.search(r"Traceback|defect", mdm("run", editable).said)


def test_every_mistake_is_told_at_once(editable: Path) -> None:
    for name in ("a wrong type", "an unknown attribute", "a wrong key of a source", "a missing variable"):
        MISTAKES[name][0](editable)
    ended = mdm("check", editable, "--json")
    lines = [(problem["file"], problem["line"]) for problem in ended.json["problems"]]
    assert {("mdm.yaml", 5), ("mdm.yaml", 6), ("mdm.yaml", 7)} <= set(lines)
    assert all(problem["what"] and problem["remedy"] for problem in ended.json["problems"])


def test_a_broken_exported_rule_set_is_no_rule_set(workspace: Path) -> None:
    before = town.dump(workspace)
    for text in ("fingerprint: [\n", "a: 1\n", "", "\0"):
        (workspace / "trained.yaml").write_text(text)
        for command in ("check", "run"):
            ended = mdm(command, workspace, "--json")
            assert (ended.code, ended.json["error"][:12]) == (2, "trained.yaml"), (text, ended.said)
            assert "mdm export DIR rule-set" in ended.err
    assert town.dump(workspace) == before
