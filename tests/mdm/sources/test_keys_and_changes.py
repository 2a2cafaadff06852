"""Keys, hashes, and what an arrival changes of the live rows."""

import json
from hashlib import blake2b
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.errors import SourceError
from mdm.sources import Changes, Keyed, changes, keyed, read
from mdm.sources.keys import escape, row_hashes, row_key, unescape
from mdm.workspace import Gates, PartySpec, SourceSpec

ALL = Gates(unusable_share=1.0)
LIVE = {"row_key": pl.String, "row_hash": pl.Binary, "line": pl.UInt32, "received": pl.String}
A, B = "ma,ten\n1,An\n2,Bì\n", "ma,ten\n1,An\n2,Ba\n3,Ca\n"
awkward = st.text(st.sampled_from("a\\|:# é\n"), min_size=1, max_size=6).filter(str.strip)


def spec(**more: object) -> SourceSpec:
    values = {"key": ("ma",), "parties": (PartySpec("citizen", {"name": ("ten",)}),), "path": "a.csv", **more}
    return SourceSpec("a", **values)  # type: ignore[arg-type]


def arrived(folder: Path, text: str, gates: Gates = ALL, **more: object) -> Keyed:
    (folder / "a.csv").write_text(text, "utf-8")
    return keyed(read(spec(**more), folder, "utf-8"), spec(**more), gates)


def after(live: pl.DataFrame, found: Changes) -> pl.DataFrame:
    """The live rows when the changes are published."""
    gone = pl.concat([found.put["row_key"], found.deleted["row_key"]]).to_frame()
    return pl.concat([live.join(gone, on="row_key", how="anti"), found.put.select(live.columns)]).sort("row_key")


def loaded(folder: Path, texts: list[str], **more: object) -> pl.DataFrame:
    live = pl.DataFrame(schema=LIVE)
    for text in texts:
        live = after(live, changes(arrived(folder, text, **more), live, spec(**more)))
    return live


def test_rows_stand_under_their_key_as_received(tmp_path: Path) -> None:
    found = arrived(tmp_path, 'ma,ten,ghi chu\nA|1, Hòa ,\n2,"x\ny",z\n')
    assert found.rows["row_key"].to_list() == ["A\\|1", "2"]
    assert found.rows["line"].to_list() == [2, 3]
    assert [json.loads(row) for row in found.rows["received"]] == [
        {"ma": "A|1", "ten": " Hòa ", "ghi chu": None},
        {"ma": "2", "ten": "x\ny", "ghi chu": "z"},
    ]


def test_the_hash_is_over_names_and_texts_sorted_by_name_with_their_lengths() -> None:
    rows = pl.DataFrame({"ten": ["Hoà", None], "ma": ["1", "x" * 300]})
    first = b"\2\0\0\0ma\1\0\0\x001\3\0\0\0ten" + b"\4\0\0\0" + "Hoà".encode()
    second = b"\2\0\0\0ma\x2c\1\0\0" + b"x" * 300
    expected = [blake2b(content, digest_size=16).digest() for content in (first, second)]
    assert row_hashes(rows, ["ten", "ma"]).to_list() == expected
    assert row_hashes(rows.select("ma", "ten"), ["ma", "ten"]).to_list() == expected


def test_columns_called_like_the_engines_own_are_only_columns(tmp_path: Path) -> None:
    one = arrived(tmp_path, "ma,ten,row_key,operation,file,line\n1,An,a,b,c,d\n")
    other = arrived(tmp_path, "ma,ten,row_key,operation,file,line\n1,An,a,x,c,d\n")
    assert json.loads(one.rows["received"][0])["operation"] == "b"
    assert one.rows["row_hash"][0] != other.rows["row_hash"][0]


@settings(deadline=None)
@given(st.lists(awkward, min_size=1, max_size=3))
def test_an_escaped_key_comes_back_as_its_parts(parts: list[str]) -> None:
    frame = pl.DataFrame({str(i): [part] for i, part in enumerate(parts)})
    key = frame.select(row_key(frame.columns)).item()
    assert key == escape(parts)
    assert unescape(key) == parts


@settings(deadline=None)
@given(st.lists(awkward, min_size=2, max_size=2), st.lists(awkward, min_size=2, max_size=2))
def test_different_parts_never_make_the_same_key(one: list[str], other: list[str]) -> None:
    assert (escape(one) == escape(other)) == (one == other)


def test_identical_rows_count_once_and_a_key_of_different_rows_is_set_aside(tmp_path: Path) -> None:
    found = arrived(tmp_path, "ma,ten\n1,An\n2,Bì\n1,An\n2,Ba\n,Ca\n  ,Du\n")
    assert found.rows["row_key"].to_list() == ["1"]
    assert found.set_aside.select("line", "row_key", "rule").rows() == [
        (3, "2", "repeated_key"), (5, "2", "repeated_key"), (6, None, "null_key"), (7, None, "null_key"),
    ]  # fmt: skip
    assert "Ba" not in str(found.set_aside.rows())


def test_a_column_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        arrived(tmp_path, "ma,TEN\n1,An\n")
    assert str(caught.value) == (
        "source a: the mapping names columns that are missing: ten. Did you mean 'TEN'? Known: TEN, ma."
    )


def test_too_many_unusable_rows_are_a_gate(tmp_path: Path) -> None:
    text = "ma,ten\n" + "".join(f"{i},An\n" for i in range(18)) + "x\n,An\n"
    with pytest.raises(SourceError) as caught:
        arrived(tmp_path, text, Gates(unusable_share=0.09))
    assert caught.value.gate == "unusable:a"
    assert "2 of 20 rows can't be used (1 null key, 1 ragged)" in caught.value.reason
    assert "Begin with line 20 of a.csv." in str(caught.value)
    assert arrived(tmp_path, text, Gates(unusable_share=0.1)).rows.height == 18
    extract = read(spec(), tmp_path, "utf-8")
    assert keyed(extract, spec(), Gates(0.0), {"unusable:a"}).rows.height == 18


def test_the_same_extract_twice_changes_nothing(tmp_path: Path) -> None:
    live = loaded(tmp_path, [A])
    assert not changes(arrived(tmp_path, "ten,ma\nBì,2\nAn,1\n"), live, spec()).any


def test_a_snapshot_puts_what_is_new_and_deletes_what_vanished(tmp_path: Path) -> None:
    found = changes(arrived(tmp_path, "ma,ten\n2,Ba\n3,Ca\n"), loaded(tmp_path, [A]), spec())
    assert found.put.select("row_key", "line").rows() == [("2", 2), ("3", 3)]
    assert found.deleted["row_key"].to_list() == ["1"]


def test_a_b_a_ends_in_a(tmp_path: Path) -> None:
    assert loaded(tmp_path, [A, B, A]).equals(loaded(tmp_path, [A]))


def test_a_row_set_aside_leaves_its_last_good_version_live(tmp_path: Path) -> None:
    live = loaded(tmp_path, ["ma,ten,tuoi\n1,An,1\n2,Bì,2\n3,Ca,3\n4,Du,4\n5,É,5\n"])
    broken = "ma,ten,tuoi\n1,An\n2,Bì,2\n2,Ba,2\n3,Ca,x,3\n4,Du,4\n"
    found = changes(arrived(tmp_path, broken), live, spec())
    assert found.put.is_empty()
    assert found.deleted["row_key"].to_list() == ["5"]


def test_a_broken_row_protects_the_key_at_its_end_too(tmp_path: Path) -> None:
    live = loaded(tmp_path, ["ten,ma\nAn,1\nBì,2\n"])
    found = changes(arrived(tmp_path, "ten,ma\nAn, Văn,1\nBì,2\n"), live, spec())
    assert not found.any


def test_of_a_delta_the_last_line_of_a_key_counts_and_others_stay(tmp_path: Path) -> None:
    delta = {"mode": "delta", "operation": "op"}
    live = loaded(tmp_path, ["op,ma,ten\nI,1,An\ninsert,2,Bì\nu,3,Ca\n"], **delta)
    assert live["row_key"].to_list() == ["1", "2", "3"]
    arrival = arrived(tmp_path, "op,ma,ten\nU,1,Anh\nDELETE,1,\nd,2,\nUpdate,2,Ba\nupdate,3,Ca\nD,9,\n?,3,x\n", **delta)
    found = changes(arrival, live, spec(**delta))
    assert found.deleted["row_key"].to_list() == ["1"]
    assert found.put["row_key"].to_list() == ["2"]
    assert arrival.set_aside.select("line", "row_key", "rule").rows() == [(8, "3", "unknown_operation")]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from("1234"), st.sampled_from("xyz"), min_size=1), min_size=1, max_size=4))
def test_the_last_snapshot_alone_decides(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("snapshots")
    texts = ["ma,ten\n" + "".join(f"{ma},{ten}\n" for ma, ten in sorted(state.items())) for state in states]
    assert loaded(folder, texts).drop("line").equals(loaded(folder, texts[-1:]).drop("line"))
