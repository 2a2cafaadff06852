"""What must always be true of runs, over histories of a town: DESIGN's order independence, identity and no-op runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import town
from commands import mdm
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy import text as sql
from town import SNAPSHOTS, SOURCES, Row, Rows, Town

PEOPLE: list[Row] = [
    ("Nguyễn Văn Hòa", "07/03/1984", "079084000017", "0903111222"),
    ("NGUYEN VAN HOA", "07/03/1984", "", "0903111222"),  # tones lost
    ("Nguyễn Văn Hòa", "1984", "", ""),  # year only: this or the next
    ("Nguyễn Văn Hòa", "12/09/1984", "079084000555", "0903111222"),  # a namesake on the same phone
    ("Nguyễn Hòa", "07/03/1984", "079084000017", ""),
    ("Trần Thị Mai Lan", "21/11/1990", "079190000021", "0912345678"),
    ("Trần Thị Mai Lan", "21/11/1990", "079190000022", "0912345678"),  # a twin by another number
    ("Trần Thị Lan", "21/11/1990", "", "0912345678"),
    ("Lê Quốc Dũng", "01/01/1960", "079060000333", "0912345678"),
    ("Lê Quốc Dũng", "", "", ""),
    ("Lê Quốc Dũng", "01/01/1960", "không có", "0912 345 678"),
    ("", "", "", ""),  # a row that states nobody
]
KEYS = ("1", "2", "3", "4|x")

rows = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(PEOPLE), max_size=4)
towns = st.fixed_dictionaries(dict.fromkeys(SOURCES, rows))
FEW = settings(deadline=None, max_examples=10, phases=(Phase.explicit, Phase.generate))  # shrinking runs for minutes


class Workspace:
    """A town's folder, and what its sources hold now."""

    def __init__(self, folder: Path, rules: Path | str, repository: str = "sqlite:///repository.db") -> None:
        self.folder = town.settle(folder, rules, repository)
        self.now: dict[str, Rows] = {source: {} for source in SOURCES}

    def run(self, wanted: Town, *options: str, shuffled: Sequence[int] = ()) -> dict[str, Any]:
        """Send the extracts of `wanted`, the clinic only its changes, and run."""
        for source in SNAPSHOTS:
            lines = [(key, *row) for key, row in wanted[source].items()]
            town.write(self.folder, source, mixed(lines, shuffled))
        before, after = self.now["y_te"], wanted["y_te"]
        changes = [("D", key, *before[key]) for key in before.keys() - after.keys()]
        changes += [("update", key, *row) for key, row in after.items() if before.get(key) != row]
        town.write(self.folder, "y_te", mixed(sorted(changes), shuffled), ("thao_tac", *town.COLUMNS))
        self.now = {**wanted}
        empty = [f"--accept=empty:{source}" for source in SNAPSHOTS]
        ended = mdm("run", self.folder, "--json", *empty, *options)
        assert ended.code == 0, ended.said
        return ended.json


def mixed(lines: list[Any], order: Sequence[int]) -> list[Any]:
    """The lines in another order."""
    return [line for _, line in sorted(zip([*order, *range(99)], lines, strict=False), key=lambda pair: pair[0])]


def digests(summary: dict[str, Any]) -> tuple[str, str]:
    """Both digests; those of nothing where nothing was ever published."""
    nothing = "0" * 32
    return summary["partition_digest"] or nothing, summary["value_digest"] or nothing


@contextmanager
def fresh(trained: Path, repository: str = "sqlite:///repository.db") -> Iterator[Workspace]:
    """A new workspace that was given the trained version."""
    folder = Path(tempfile.mkdtemp(prefix="mdm-town-"))
    try:
        yield Workspace(folder / "town", trained, repository)
    finally:
        shutil.rmtree(folder)


def of_a_fresh_workspace(trained: Path, wanted: Town, *options: str) -> tuple[str, str]:
    with fresh(trained) as workspace:
        return digests(workspace.run(wanted, *options))


def nobody() -> Town:
    return {source: {} for source in SOURCES}


@FEW
@given(history=st.lists(towns, min_size=2, max_size=4), order=st.permutations(range(4)))
def test_whatever_came_before_the_last_extracts_decide(trained: Path, history: list[Town], order: list[int]) -> None:
    with fresh(trained) as workspace:
        for state in history[:-1]:
            workspace.run(state)
        after = digests(workspace.run(history[-1], shuffled=order))
    assert after == of_a_fresh_workspace(trained, history[-1], "--full")


@FEW
@given(before=towns, after=towns, data=st.data())
def test_any_order_and_any_batching_of_the_same_changes_end_in_the_same_digests(
    trained: Path, before: Town, after: Town, data: st.DataObject
) -> None:
    changes = [(s, key) for s in SOURCES for key in KEYS if before[s].get(key) != after[s].get(key)]
    changes = data.draw(st.permutations(changes))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(changes)), max_size=3)))
    with fresh(trained) as workspace:
        summary = workspace.run(before)
        state = {source: dict(rows) for source, rows in before.items()}
        for start, end in zip([0, *cuts], [*cuts, len(changes)], strict=True):
            for source, key in changes[start:end]:
                state[source].pop(key, None)
                if key in after[source]:
                    state[source][key] = after[source][key]
            summary = workspace.run({source: dict(rows) for source, rows in state.items()})
        assert digests(summary) == of_a_fresh_workspace(trained, after)


@FEW
@given(first=towns, second=towns)
def test_a_b_a_returns_to_both_digests(trained: Path, first: Town, second: Town) -> None:
    with fresh(trained) as workspace:
        before = workspace.run(first)
        workspace.run(second)
        after = workspace.run(first)
        assert digests(after) == digests(before)


@FEW
@given(history=st.lists(towns, min_size=3, max_size=5))
def test_golden_ids_go_only_to_records_they_held_and_are_never_given_twice(trained: Path, history: list[Town]) -> None:
    held: dict[str, set[tuple[str, str]]] = {}
    with fresh(trained) as workspace:
        for state in history:
            workspace.run(state)
            now: dict[str, set[tuple[str, str]]] = {}
            for record, golden_id in town.crosswalk(workspace.folder).items():
                now.setdefault(golden_id, set()).add(record)
            newest = max((int(golden_id[1:-1]) for golden_id in held), default=0)
            for golden_id, records in now.items():
                if golden_id in held:
                    assert records & held[golden_id], f"{golden_id} went to records none of which it held"
                else:
                    assert int(golden_id[1:-1]) > newest, f"{golden_id} is new and has an old number"
            for golden_id, records in now.items():
                held[golden_id] = held.get(golden_id, set()) | records


def test_a_golden_id_stays_when_values_change_and_comes_back_when_its_record_does(trained: Path) -> None:
    with fresh(trained) as workspace:
        workspace.run({**nobody(), "dan_cu": {"1": PEOPLE[0], "2": PEOPLE[5]}})
        ids = town.crosswalk(workspace.folder)
        workspace.run({**nobody(), "dan_cu": {"1": PEOPLE[3], "2": PEOPLE[5]}, "bao_hiem": {"1": PEOPLE[3]}})
        changed = town.crosswalk(workspace.folder)
        assert changed == {**ids, ("bao_hiem", "1"): ids["dan_cu", "1"]}
        workspace.run({**nobody(), "dan_cu": {"2": PEOPLE[5]}})
        workspace.run({**nobody(), "dan_cu": {"1": PEOPLE[0], "2": PEOPLE[5]}})
        assert town.crosswalk(workspace.folder) == ids


@FEW
@given(state=towns, order=st.permutations(range(4)))
def test_twice_is_once(trained: Path, state: Town, order: list[int]) -> None:
    with fresh(trained) as workspace:
        first = workspace.run(state)
        before = town.dump(workspace.folder)
        second = workspace.run(state, shuffled=order)
        assert town.dump(workspace.folder) == before
        assert (second["run"], second["published"]) == (first["run"], False)
        assert digests(second) == digests(first)


def test_the_clinics_changes_may_come_again(trained: Path) -> None:
    with fresh(trained) as workspace:
        rows = {"1": PEOPLE[0], "2": PEOPLE[5]}
        workspace.run({**nobody(), "y_te": rows})
        before = town.dump(workspace.folder)
        lines = [("i", key, *row) for key, row in rows.items()]
        town.write(workspace.folder, "y_te", lines, ("thao_tac", *town.COLUMNS))
        again = mdm("run", workspace.folder, "--json", "--accept=empty:dan_cu", "--accept=empty:bao_hiem")
        assert again.json["published"] is False
        assert town.dump(workspace.folder) == before
        town.write(workspace.folder, "y_te", [("delete", "1", *PEOPLE[0])], ("thao_tac", *town.COLUMNS))
        for run in (2, 2):  # what was deleted can be deleted again
            again = mdm("run", workspace.folder, "--json", "--accept=empty:dan_cu", "--accept=empty:bao_hiem")
            assert again.json["run"] == run
        assert set(town.crosswalk(workspace.folder)) == {("y_te", "2")}


def test_of_several_changes_of_one_key_the_last_line_counts(trained: Path) -> None:
    with fresh(trained) as workspace:
        header = ("thao_tac", *town.COLUMNS)
        lines = [("insert", "1", *PEOPLE[0]), ("delete", "1", *PEOPLE[0]), ("U", "1", *PEOPLE[5])]
        for source in SNAPSHOTS:
            town.write(workspace.folder, source, [])
        town.write(workspace.folder, "y_te", [*lines, ("insert", "2", *PEOPLE[8]), ("d", "2", *PEOPLE[8])], header)
        accepted = ("--accept=empty:dan_cu", "--accept=empty:bao_hiem")
        one = mdm("run", workspace.folder, "--json", *accepted).json
        assert digests(one) == of_a_fresh_workspace(trained, {**nobody(), "y_te": {"1": PEOPLE[5]}})


def test_rows_columns_and_sources_may_stand_in_any_order(living: Path, workspace: Path) -> None:
    shutil.copy(living / "trained.yaml", workspace)
    (workspace / "repository.db").unlink()
    for source in SOURCES:
        lines = (workspace / f"{source}.csv").read_text("utf-8").splitlines()
        turned = [",".join(reversed(line.split(","))) for line in [lines[0], *reversed(lines[1:])]]
        (workspace / f"{source}.csv").write_text("\r\n".join(turned), "utf-8-sig")
    text = (workspace / "mdm.yaml").read_text("utf-8")
    head, *parts = text.split("\n  ")
    settings_of = {line.rstrip(":"): at for at, line in enumerate(parts) if not line.startswith(" ")}
    starts = [*sorted(settings_of.values()), len(parts)]
    blocks = [parts[a:b] for a, b in pairwise(starts)]
    moved = "\n  ".join([head, *(line.rstrip("\n") for block in reversed(blocks) for line in block)]) + "\n"
    assert moved.index("y_te:") < moved.index("dan_cu:")
    (workspace / "mdm.yaml").write_text(moved, "utf-8")
    assert digests(mdm("run", workspace, "--json").json) == digests(mdm("digest", living, "--json").json)


def test_a_row_set_aside_keeps_its_last_good_version_live(trained: Path) -> None:
    with fresh(trained) as workspace:
        good = {"1": PEOPLE[0], "2": PEOPLE[5], "3": PEOPLE[8]}
        before = workspace.run({**nobody(), "dan_cu": good})
        spoilt = [("1", *PEOPLE[0]), ("1", *PEOPLE[3]), ("2", *PEOPLE[5], "more"), ("3", *PEOPLE[8]), ("4", *PEOPLE[1])]
        town.write(workspace.folder, "dan_cu", spoilt)
        after = mdm("run", workspace.folder, "--json", "--accept=empty:bao_hiem", "--accept=unusable:dan_cu").json
        assert [counts["set_aside"] for counts in after["sources"] if counts["source"] == "dan_cu"] == [3]
        assert {key for _, key in town.crosswalk(workspace.folder)} == {"1", "2", "3", "4"}
        again = workspace.run({**nobody(), "dan_cu": good})
        assert digests(again) == digests(before)


def test_both_databases_hold_the_same(trained: Path, new_url: Any) -> None:
    """Run on SQLite and on PostgreSQL; both must end where a literal history ended."""
    url = new_url()
    states: list[Town] = [
        {**nobody(), "dan_cu": {"1": PEOPLE[0], "2": PEOPLE[5]}, "bao_hiem": {"1": PEOPLE[1], "2": PEOPLE[6]}},
        {**nobody(), "dan_cu": {"1": PEOPLE[3], "4|x": PEOPLE[8]}, "y_te": {"1": PEOPLE[2], "3": PEOPLE[7]}},
        {**nobody(), "dan_cu": {"1": PEOPLE[0], "4|x": PEOPLE[8]}, "y_te": {"1": PEOPLE[4], "2": PEOPLE[10]}},
    ]
    with fresh(trained, url) as workspace, fresh(trained) as beside:
        for state in states:
            here, there = workspace.run(state), beside.run(state)
            same = ("run", "records", "pairs", "edges", "tasks", "golden", "partition_digest", "value_digest")
            assert {name: here[name] for name in same} == {name: there[name] for name in same}
            assert workspace.run(state)["published"] is False
        engine = create_engine(url)
        with engine.connect() as connection:
            query = sql("SELECT source, source_id, golden_id FROM v_crosswalk")
            found = {(row.source, row.source_id): row.golden_id for row in connection.execute(query)}
        engine.dispose()
        assert found == town.crosswalk(beside.folder)
        for what in ("crosswalk", "golden", "standardised", "lineage", "edges"):
            files = [folder.folder / f"{what}.csv" for folder in (workspace, beside)]
            for file in files:
                assert mdm("export", file.parent, what, file).code == 0
            assert files[0].read_text("utf-8") == files[1].read_text("utf-8")
            assert "None" not in files[0].read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES)
def test_deleted_rows_leave_nothing_behind(trained: Path, source: str) -> None:
    with fresh(trained) as workspace:
        workspace.run({**nobody(), source: {"1": PEOPLE[0], "2": PEOPLE[5]}, "dan_cu": {"1": PEOPLE[0]}})
        workspace.run({**nobody(), "dan_cu": {"1": PEOPLE[0]}})
        assert set(town.crosswalk(workspace.folder)) == {("dan_cu", "1")}
