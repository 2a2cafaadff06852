"""`mdm.yaml`: what a right one means, and every mistake of a wrong one, with its line."""

from pathlib import Path

import pytest

from mdm.errors import ConfigError, UsageError
from mdm.workspace import PartySpec, SourceSpec, Workspace

RIGHT = """\
repository: sqlite:///repository.db
rules: hcmc
sources:
  y_te:
    path: y_te.csv
    key: ID
    parties:
      - entity: citizen
        name: HOTEN
        personal_id: [CCCD, CMND]
  bao_hiem:
    path: bao_hiem.csv
    encoding: CP1258
    key: [ma, nam]
    mode: delta
    operation: op
    delimiter: ";"
    skip_rows: 2
    date_order: mdy
    sex_codes: {1: male, 0: female}
    rhythm: 1d
    once_each: yes
    trust: 0.7
    parties:
      - {entity: citizen, role: owner, where: "loai = 'cá nhân'", name: [ho_dem, ten], sex: NO}
      - {entity: citizen, from_text: chu}
"""


def opened(tmp_path: Path, text: str, **environment: str) -> Workspace:
    (tmp_path / "mdm.yaml").write_text(text, "utf-8")
    return Workspace.open(tmp_path, environment)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        opened(tmp_path, text)
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def in_source(line: str) -> str:
    """A workspace with one more line (number 6) in its source."""
    head = "sources:\n  a:\n    path: a.csv\n    key: id\n    parties: [{entity: citizen, name: n}]\n"
    return head + f"    {line}\n"


def test_a_workspace_is_read_as_it_is_written(tmp_path: Path) -> None:
    workspace = opened(tmp_path, RIGHT)
    assert workspace.repository_url == f"sqlite:///{tmp_path}/repository.db"
    assert workspace.rules == "hcmc"
    assert list(workspace.sources) == ["y_te", "bao_hiem"]
    assert workspace.sources["y_te"] == SourceSpec(
        name="y_te",
        path="y_te.csv",
        key=("ID",),
        parties=(PartySpec("citizen", {"name": ("HOTEN",), "personal_id": ("CCCD", "CMND")}),),
    )
    assert workspace.sources["bao_hiem"] == SourceSpec(
        name="bao_hiem",
        path="bao_hiem.csv",
        encoding="windows-1258",
        key=("ma", "nam"),
        mode="delta",
        operation="op",
        delimiter=";",
        skip_rows=2,
        date_order="mdy",
        sex_codes={"1": "male", "0": "female"},
        rhythm="1d",
        once_each=True,
        trust=0.7,
        parties=(
            PartySpec("citizen", {"name": ("ho_dem", "ten"), "sex": ("NO",)}, "owner", "loai = 'cá nhân'"),
            PartySpec("citizen", {}, from_text="chu"),
        ),
    )


@pytest.mark.parametrize(
    ("said", "file", "columns"),
    [
        ("tcvn3", "tcvn3", {}),
        ("{file: auto, columns: {HOTEN: ABC}}", "auto", {"HOTEN": "tcvn3"}),
        ("{columns: {HOTEN: VNI, GHICHU: auto}}", "auto", {"HOTEN": "vni"}),
        ("{file: utf8}", "utf-8", {}),
    ],
)
def test_an_encoding_is_said_of_the_file_or_of_columns(
    tmp_path: Path, said: str, file: str, columns: dict[str, str]
) -> None:
    spec = opened(tmp_path, in_source(f"encoding: {said}")).sources["a"]
    assert (spec.encoding, spec.column_encodings) == (file, columns)
    assert SourceSpec.from_dict("a", spec.to_dict()).at(spec) == spec
    assert ("column_encodings" in spec.to_dict()) == bool(columns)


def test_the_columns_of_a_source_are_all_that_its_mapping_names(tmp_path: Path) -> None:
    spec = opened(tmp_path, RIGHT).sources["bao_hiem"]
    assert spec.columns == ("ma", "nam", "op", "ho_dem", "ten", "NO", "loai", "chu")


def test_a_source_comes_back_from_its_frozen_form_without_its_place(tmp_path: Path) -> None:
    for name, spec in opened(tmp_path, RIGHT).sources.items():
        frozen = SourceSpec.from_dict(name, spec.to_dict())
        assert frozen.path is None
        assert frozen.at(spec) == spec


def test_variables_expand_where_the_rule_set_does_not_look(tmp_path: Path) -> None:
    text = RIGHT.replace("sqlite:///repository.db", "postgresql+psycopg://mdm:${PASSWORD}@db/mdm")
    workspace = opened(tmp_path, text.replace("path: y_te.csv", "path: ${IN}/y_te.csv"), PASSWORD="p@ss", IN="in")
    assert workspace.sources["y_te"].path == "in/y_te.csv"
    assert "p@ss" not in repr(workspace)


def test_a_missing_variable_is_a_mistake(tmp_path: Path) -> None:
    [mistake] = mistakes(tmp_path, RIGHT.replace("path: y_te.csv", "path: ${IN}/y_te.csv"))
    assert mistake == ("mdm.yaml:5: path of source y_te needs the environment variable IN, which is not set. Set IN.")


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
repositry: sqlite:///x.db
sources:
  y_te:
    path: y_te.csv
    keys: ID
    mode: snapshots
    parties:
      - name: HOTEN
        where: "loai ="
  y_te:
    path: again.csv
"""
    found = mistakes(tmp_path, text)
    assert [mistake.split(" ")[0] for mistake in found] == [
        "mdm.yaml:1:", "mdm.yaml:4:", "mdm.yaml:5:", "mdm.yaml:6:", "mdm.yaml:8:", "mdm.yaml:9:", "mdm.yaml:10:",
    ]  # fmt: skip
    assert "unknown key in mdm.yaml: 'repositry'. Did you mean 'repository'?" in found[0]
    assert "source y_te has no 'key'. Add `key:`." in found[1]
    assert "Did you mean 'key'?" in found[2]
    assert "mode of source y_te: 'snapshots'. Did you mean 'snapshot'?" in found[3]
    assert "party 1 of source y_te has no 'entity'" in found[4]
    assert "where of party 1 of source y_te can't be read" in found[5]
    assert "'y_te' stands twice in sources" in found[6]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("skip_rows: two", "skip_rows of source a is not a whole number from 0 to 1000000."),
        ("skip_rows: -1", "skip_rows of source a is not a whole number from 0 to 1000000."),
        ("trust: high", "trust of source a is not a number from 0 to 1."),
        ("trust: .inf", "trust of source a is not a number from 0 to 1."),
        ("once_each: maybe", "once_each of source a is neither true nor false."),
        ("rhythm: hourly", "rhythm of source a is not a time."),
        ("encoding: utf-9", "unknown encoding of source a: 'utf-9'. Did you mean 'utf-8'?"),
        ("encoding: {file: auto, column: {a: vni}}", "unknown key in encoding of source a: 'column'."),
        ("encoding: {columns: {a: vn}}", "unknown encoding of column a of source a: 'vn'."),
        ("encoding: {columns: {a: utf-16}}", "encoding of source a: no column is in utf-16 by itself."),
        ("encoding: {columns: vni}", "columns in the encoding of source a is not a mapping"),
        ("delimiter: ';;'", "delimiter of source a is not one character."),
        ("date_order: myd", "unknown date_order of source a: 'myd'."),
        ("sex_codes: {1: man}", "unknown sex_codes of source a: 'man'."),
        ("sheet: [a, b]", "sheet of source a is not one value."),
        ("sheet:", "sheet of source a is empty."),
        ("operation: op", "source a has an operation but is not a delta."),
        ("mode: delta", "source a is a delta without a column of operations."),
        ("query: SELECT 1", "source a has a path and a url or query."),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(tmp_path: Path, line: str, said: str) -> None:
    found = mistakes(tmp_path, in_source(line))
    assert any(said in mistake for mistake in found), found


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("sources:\n  a:\n    path: a.csv\n   key: id\n", 4, "this isn't YAML"),
        ("sources:\n\ta: 1\n", 2, "this isn't YAML"),
        ("sources: [a, b\n", 2, "this isn't YAML"),
        ("sources: {a: &x 1, b: *y}\n", 1, "this isn't YAML"),
        ("", 1, "the file is empty."),
        ("# nothing\n", 1, "the file is empty."),
        ("just text\n", 1, "mdm.yaml is not a mapping"),
        ("sources:\n  - a\n", 2, "sources is not a mapping"),
        ("sources: {}\n", 1, "there are no sources."),
        ("rules: hcmc\n", 1, "mdm.yaml has no 'sources'."),
        ("repository: oracle://x\nsources: {}\n", 1, "'oracle' is neither SQLite nor PostgreSQL"),
        ("repository: not a url\nsources: {}\n", 1, "repository is not a database URL"),
        ("sources:\n  a b: {path: x, key: k, parties: [{entity: e, name: n}]}\n", 2, "'a b' can't name a source"),
        ("sources:\n  a: {path: x, key: k, parties: []}\n", 2, "source a states no party"),
        ("sources:\n  a: {path: x, key: k, parties: [{entity: e}]}\n", 2, "party 1 of source a maps no column"),
        ("sources:\n  a: {key: k, parties: [{entity: e, name: n}]}\n", 2, "source a doesn't say where its rows are"),
        ("sources:\n  a: {path: x, key: [k, k], parties: [{entity: e, name: n}]}\n", 2, "names a column twice"),
        ("sources:\n  a: {path: x, key: [], parties: [{entity: e, name: n}]}\n", 2, "key of source a is an empty list"),
        ("sources:\n  a: {path: x, key: k, parties: [{entity: e, name: n, from_text: t}]}\n", 2, "from_text and name"),
        ("sources:\n  a: {path: x, key: k, parties: [{entity: e, name: n, where: a}]}\n", 2, "not a condition"),
        ("sources:\n  a: {path: x, key: k, parties: [{entity: e, name: n, where: a = 1}]}\n", 2, "where of party 1"),
        (
            "sources:\n  a: {url: 'sqlite:///x', query: DROP TABLE x, key: k, parties: [{entity: e, n: n}]}\n",
            2,
            "SELECT",
        ),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    found = mistakes(tmp_path, text)
    assert any(mistake.startswith(f"mdm.yaml:{line}: ") and said in mistake for mistake in found), found


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no mdm\.yaml\. Make one with `mdm init` or `mdm generate`"):
        Workspace.open(tmp_path)
    with pytest.raises(UsageError, match=r"there is no folder .*nowhere"):
        Workspace.open(tmp_path / "nowhere")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "mdm.yaml").write_bytes("sources: ễ".encode("utf-16"))
    with pytest.raises(UsageError, match="not UTF-8"):
        Workspace.open(tmp_path)
