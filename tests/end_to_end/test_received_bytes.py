"""From an extract's bytes to the repository and back: encodings shown, bytes kept, loads that disagree held."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import town
from commands import mdm

from mdm.repository import Repository, queries
from mdm.standardise.encodings import decode, encode
from mdm.workspace import Workspace

GOOD = "D91,Trần Văn Ẩn,01/02/1980,,\n".encode()
BAD = b"D90,Tr\xe1\xba V\xc3(n\0,01/02/1980,,"


def add(folder: Path, *rows: bytes) -> None:
    path = folder / "dan_cu.csv"
    path.write_bytes(path.read_bytes() + b"\n".join([*rows, b""]))


def kept(folder: Path) -> list[tuple[object, ...]]:
    with Repository.open(Workspace.open(folder).repository_url, create=False) as repository:
        return queries.bytes_kept(repository).rows()


def test_one_bad_byte_does_not_lose_a_row_and_its_bytes_are_kept(workspace: Path) -> None:
    before = town.crosswalk(workspace)
    add(workspace, BAD, GOOD.strip())
    ended = mdm("run", workspace, "--json")
    assert (ended.code, ended.json["held"]) == (0, [])
    assert ended.json["notes"] == [
        "dan_cu: 1 rows hold bytes that utf-8 doesn't allow (the first is line 14 of dan_cu.csv); \ufffd stands for "
        "them, and their bytes are kept."
    ]
    assert set(town.crosswalk(workspace)) - set(before) == {("dan_cu", "D90"), ("dan_cu", "D91")}
    assert kept(workspace) == [("dan_cu", "D90", 14, None, BAD)]
    assert mdm("run", workspace, "--json").json["published"] is False
    path = workspace / "dan_cu.csv"
    path.write_bytes(path.read_bytes().replace(BAD, "D90,Trần Văn Ẩn,01/02/1980,,".encode()))
    assert mdm("run", workspace, "--json").json["notes"] == []
    assert kept(workspace) == []


def test_rows_set_aside_keep_their_bytes(workspace: Path) -> None:
    add(workspace, b"D9\xff,Ca", b"D9\xff,Ca,,,")
    assert mdm("run", workspace, "--json", "--accept", "unusable:dan_cu").code == 0
    assert kept(workspace) == [
        ("dan_cu", None, 14, "ragged", b"D9\xff,Ca"),
        ("dan_cu", None, 15, "undecodable", b"D9\xff,Ca,,,"),
    ]


def test_check_shows_what_each_file_is_read_as(workspace: Path) -> None:
    checked = mdm("check", workspace, "--json").json
    assert {read["source"]: (read["encoding"], read["column"]) for read in checked["encodings"]} == dict.fromkeys(
        town.SOURCES, ("utf-8", None)
    )
    assert all(read["confidence"] == 1 for read in checked["encodings"])


def test_a_load_whose_dates_are_turned_round_is_held_until_it_is_accepted(workspace: Path) -> None:
    before = town.crosswalk(workspace)
    add(workspace, *(f"E{n},Lê Văn {n},0{n}/{n + 13}/1980,,".encode() for n in range(1, 10)))
    for command in ("check", "run"):
        ended = mdm(command, workspace, "--json")
        [held] = ended.json["held"]
        assert (ended.code, held["source"], held["gate"]) == (3, "dan_cu", "dates:dan_cu")
        assert "9 dates of birth_date can't be read as dmy" in held["message"]
    assert town.crosswalk(workspace) == before
    accepted = mdm("run", workspace, "--json", "--accept", "dates:dan_cu")
    assert (accepted.code, accepted.json["held"]) == (0, [])
    assert any("can't be read as dmy" in note for note in accepted.json["notes"])
    assert len(town.crosswalk(workspace)) == len(before) + 9
    assert mdm("run", workspace, "--json").json["published"] is False


def test_rows_in_another_encoding_than_their_column_are_told_and_are_findings(workspace: Path) -> None:
    people = ["Nguyễn Thị Hoà", "Trần Văn Đường", "Phạm Hữu Phước", "Đỗ Quốc Việt", "Hồ Thị Thuý", "Ngô Đức Thịnh"]
    shown = [decode(encode(person, "vni"), "windows-1252") for person in people]
    add(workspace, *(f"E{n},{name},0{n + 1}/02/1980,,".encode() for n, name in enumerate(shown)))
    for command in ("check", "run"):
        ended = mdm(command, workspace, "--json")
        assert (ended.code, ended.json["held"]) == (0, [])
        assert any(
            note.startswith("dan_cu: ")
            and note.endswith("are in vni, but the column is read as utf-8; send all of it in one encoding.")
            for note in ended.json["notes"]
        )
    with Repository.open(Workspace.open(workspace).repository_url, create=False) as repository:
        found = queries.findings(repository).filter(pl.col("rule") == "another_encoding")
    assert found["source_id"].sort().to_list() == ["E0", "E1", "E2", "E3", "E5"]  # E4's `Thò` could be Thò


def test_a_name_that_lost_letters_is_one_finding(workspace: Path) -> None:
    add(workspace, b"D91,Tr?n Th? Kim Ph??ng,01/02/1980,,")
    assert mdm("run", workspace, "--json").code == 0
    with Repository.open(Workspace.open(workspace).repository_url, create=False) as repository:
        assert queries.findings(repository).filter(pl.col("source_id") == "D91")["rule"].to_list() == ["damaged"]
