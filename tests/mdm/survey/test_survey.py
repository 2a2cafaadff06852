"""What `mdm profile` finds in a small extract in which everything that can be odd is odd."""

from pathlib import Path

import pytest
from commands import mdm

from mdm.errors import UsageError
from mdm.survey import ColumnSurvey, Reading, SourceSurvey, Survey, survey
from mdm.workspace import Workspace

SETTINGS = """\
sources:
  y_te:
    path: y_te.csv
    key: ma
    parties:
      - {entity: citizen, name: ten, birth_date: ngay, sex: phai, personal_id: so, phone: sdt, email: the}
  khong_co:
    path: khong_co.csv
    key: ma
    parties:
      - {entity: citizen, name: ten}
"""
NAMES = ("Nguyễn Văn An", "Trần Thị Bưởi", "Lê Hoàng Cam", "Phạm Thị Du", "Huỳnh Văn Én", "Võ Ngọc Gấm", "Đặng Thị Huệ")
HEADER = "ma,ten,ngay,phai,so,sdt,the,di_dong,trong,don_vi"
ROWS = 120


def row(i: int) -> str:
    name = NAMES[i % 7] + ("" if i % 2 else " Em")
    female = "Thị" in name
    order = f"{13 + i % 15:02}/{1 + i % 12:02}" if i % 10 else f"{1 + i % 12:02}/{13 + i % 15:02}"
    number = "079085000001" if i in (0, 1, 2) else f"079{'1' if female else '0'}85{i:06}"
    phone = f"90312{i:04}" if i < 9 else f"090312{i:04}"
    card = f"GD4797912{i:06}"
    broken = name.replace("ị", "?") if i == 8 else name
    return f"M{i:03},{broken},{order}/1985,{'2' if female else '1'},{number},{phone},{card},091{i:07},,Khoa nội"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survey")
    (folder / "mdm.yaml").write_text(SETTINGS, "utf-8")
    lines = [HEADER, *map(row, range(ROWS)), row(7).replace("M007", "M008"), "M900,x"]
    (folder / "y_te.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> Survey:
    return survey(Workspace.open(folder))


@pytest.fixture(scope="module")
def health(found: Survey) -> SourceSurvey:
    return found.sources[0]


def column(source: SourceSurvey, name: str) -> ColumnSurvey:
    return next(column for column in source.columns if column.name == name)


def reading(source: SourceSurvey, attribute: str) -> Reading:
    return next(reading for reading in source.readings if reading.attribute == attribute)


def test_a_column_is_counted_over_all_rows(health: SourceSurvey) -> None:
    phone = column(health, "sdt")
    assert (phone.rows, phone.filled, phone.distinct) == (ROWS + 1, ROWS + 1, ROWS)
    assert (phone.shortest, phone.median, phone.longest) == (9, 10, 10)
    assert [(each.text, each.rows) for each in phone.formats] == [("9999999999", 111), ("999999999", 10)]
    assert (phone.values[0].text, phone.values[0].rows) == ("903120007", 2)
    assert column(health, "trong").completeness == 0
    assert column(health, "ten").encoding == "utf-8"
    assert phone.encoding is None


def test_rows_that_a_run_would_set_aside_are_counted_by_rule(health: SourceSurvey) -> None:
    assert {each.text: each.rows for each in health.set_aside} == {"repeated_key": 2, "ragged": 1}
    assert health.rows == ROWS + 2


def test_validity_is_the_share_that_the_standardiser_takes(health: SourceSurvey) -> None:
    assert reading(health, "phone").validity == 1
    email = reading(health, "email")
    assert email.validity == 0
    assert sum(each.rows for each in email.findings) == email.cells
    received = {example.received: example.canonical for example in reading(health, "phone").examples}
    assert all(canonical and canonical.startswith("+84") for canonical in received.values())


def test_what_set_up_would_freeze_is_shown_with_its_evidence(health: SourceSurvey) -> None:
    habits = {habit.name: habit for habit in health.habits}
    assert not health.frozen
    assert habits["date order"].value == "dmy"
    assert "day first" in habits["date order"].evidence
    assert habits["sex code 2"].value == "female"
    assert "by personal numbers 1 male, 50 female" in habits["sex code 2"].evidence


def test_an_identifier_that_several_names_share_is_told(health: SourceSurvey) -> None:
    shared = next(each for each in health.shared if each.attribute == "personal_id")
    assert (shared.values, shared.most[0].value, shared.most[0].names) == (1, "079085000001", 3)


def test_odd_columns_are_pointed_at(health: SourceSurvey) -> None:
    said = {(each.column, each.rule) for each in health.suspicions}
    assert said >= {
        ("trong", "empty"),
        ("don_vi", "constant"),
        ("sdt", "lost_zeros"),
        ("ngay", "two_date_orders"),
        ("ten", "lost_letters"),
        ("the", "fits_better"),
        ("di_dong", "looks_like"),
    }
    assert not {name for name, _ in said} & {"ma", "phai", "so"}
    sentences = {each.rule: each.english for each in health.suspicions}
    assert sentences["lost_zeros"] == "10 rows seem to have lost a leading zero"
    assert sentences["fits_better"] == "its values rather look like health_card"
    assert sentences["looks_like"].endswith("look like phone")


def test_a_source_that_cannot_be_read_is_told_and_the_others_are_shown(found: Survey) -> None:
    assert found.sources[1].problem is not None
    assert "there is no file khong_co.csv" in found.sources[1].problem
    assert found.sources[1].columns == ()


def test_a_mapping_that_misses_the_header_still_shows_the_columns(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mdm.yaml").write_text(SETTINGS.replace("phai", "gioi"), "utf-8")
    (tmp_path / "y_te.csv").write_bytes((folder / "y_te.csv").read_bytes())
    health = survey(Workspace.open(tmp_path), "y_te").sources[0]
    assert "columns that are missing: gioi" in str(health.problem)
    assert len(health.columns) == 10
    assert ("trong", "empty") in {(each.column, each.rule) for each in health.suspicions}


def test_a_column_in_an_encoding_of_its_own_is_shown_with_how_sure_that_is(tmp_path: Path) -> None:
    from mdm.standardise import encodings  # noqa: PLC0415

    legacy = [encodings.encode(name, "tcvn3").decode("windows-1252") for name in NAMES]
    rows = [f"{i},{NAMES[i % 7]},{legacy[i % 7]} {legacy[(i + i // 7) % 7]}" for i in range(60)]
    (tmp_path / "y_te.csv").write_text("\n".join(["ma,ten,cu", *rows]), "utf-8")
    (tmp_path / "mdm.yaml").write_text(
        "sources: {y_te: {path: y_te.csv, key: ma, parties: [{entity: citizen, name: ten, mother_name: cu}]}}", "utf-8"
    )
    health = survey(Workspace.open(tmp_path)).sources[0]
    old = column(health, "cu")
    assert old.encoding == "tcvn3"
    assert (old.encoding_confidence or 0) > 0.2
    assert old.values[0].text.lower().startswith(tuple(map(str.lower, NAMES)))


def test_it_works_on_the_frozen_habits_after_the_first_run(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mdm.yaml").write_text(SETTINGS.partition("  khong_co:")[0], "utf-8")
    lines = (folder / "y_te.csv").read_text("utf-8").splitlines()[: ROWS - 3]
    (tmp_path / "y_te.csv").write_text("\n".join(lines), "utf-8")
    assert mdm("run", tmp_path).code == 0
    before = (tmp_path / "repository.db").read_bytes()
    assert survey(Workspace.open(tmp_path)).sources[0].frozen
    assert (tmp_path / "repository.db").read_bytes() == before


def test_an_unknown_source_is_a_mistake(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no source 'yte'. Did you mean 'y_te'\?"):
        survey(Workspace.open(folder), "yte")


# The command


def test_the_command_prints_lines_when_piped(folder: Path) -> None:
    ended = mdm("profile", folder, "--source", "y_te")
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert "y_te  y_te.csv: 122 rows, read as utf-8 (100% sure), 2 repeated key set aside" in ended.out
    assert "sdt: 10 rows seem to have lost a leading zero" in ended.out
    assert ended.out.rstrip().endswith("profile.html (it holds personal data)")


def test_a_narrow_terminal_gets_a_few_lines_a_column(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mdm.cli import profile  # noqa: PLC0415

    monkeypatch.setattr(profile, "_is_narrow", lambda: True)
    ended = mdm("profile", folder, "--source", "y_te")
    assert "sdt\n  attribute: phone\n  filled: 100.0%\n  distinct: 120" in ended.out
    assert "┃" not in ended.out


def test_the_command_gives_one_json_object(folder: Path) -> None:
    ended = mdm("profile", folder, "--json")
    assert ended.code == 3, "one source has no file"
    values = ended.json
    health = values["sources"][0]
    assert [each["source"] for each in values["sources"]] == ["y_te", "khong_co"]
    assert health["columns"][5]["formats"][0] == {"text": "9999999999", "rows": 111}
    assert health["readings"][0]["attribute"] == "name"
    assert Path(values["path"]).name == "profile.html"


def test_values_stand_in_no_log(folder: Path) -> None:
    mdm("profile", folder)
    log = (folder / "mdm.log").read_text("utf-8")
    assert "profile" in log
    assert not [text for text in ("Bưởi", "079085", "0903") if text in log]


def test_the_page_is_its_owners_alone_and_fetches_nothing(folder: Path) -> None:
    mdm("profile", folder)
    page = folder / "profile.html"
    text = page.read_text("utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in folder.iterdir()} <= {"mdm.yaml", "mdm.log", "y_te.csv", "profile.html"}
    assert "://" not in text
    assert "<script" not in text
    assert "This page holds personal data" in text
    assert "<code>9999999999</code>" in text
    assert "10 dòng có vẻ mất số 0 ở đầu" in text
