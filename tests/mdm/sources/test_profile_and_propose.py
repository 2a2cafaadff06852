"""Setting up: what is found of a source, and what mapping is proposed for unknown files."""

from pathlib import Path

import pytest

from mdm.errors import UsageError
from mdm.onboarding import propose
from mdm.sources import SourceProfile, profile, read
from mdm.workspace import PartySpec, SourceSpec, Workspace, load_rules


def profiled(folder: Path, text: str, **more: object) -> SourceProfile:
    (folder / "a.csv").write_text(text, "utf-8")
    columns = {"name": ("ten",), "birth_date": ("ns",), "sex": ("gt",), "personal_id": ("so",)}
    spec = SourceSpec("a", ("ma",), (PartySpec("citizen", columns),), path="a.csv", **more)  # type: ignore[arg-type]
    return profile(read(spec, folder), spec)


def lines(*rows: str) -> str:
    return "ma,ten,ns,gt,so\n" + "".join(f"{i},{row}\n" for i, row in enumerate(rows))


def test_an_export_in_american_order_is_recognised_by_its_days(tmp_path: Path) -> None:
    assert profiled(tmp_path, lines("An,07/25/1985,,", "An,07/05/1985,,", "An,12/31/1990,,")).date_order == "mdy"
    assert profiled(tmp_path, lines("An,25/07/1985,,", "An,07/05/1985,,")).date_order == "dmy"


def test_what_the_workspace_says_comes_first(tmp_path: Path) -> None:
    found = profiled(tmp_path, lines("An,25/07/1985,1,"), date_order="mdy", sex_codes={"1": "female"})
    assert (found.date_order, found.sex_codes) == ("mdy", {"1": "female"})


def test_sex_codes_are_verified_by_numbers_and_names(tmp_path: Path) -> None:
    by_number = [f"An,,{'0' if i % 2 else '1'},079{i % 2}85{i:06}" for i in range(30)]
    assert profiled(tmp_path, lines(*by_number)).sex_codes == {"0": "female", "1": "male"}
    by_name = [f"{'Lê Thị Bưởi' if i % 2 else 'Lê Văn An'},,{i % 2}," for i in range(30)]
    assert profiled(tmp_path, lines(*by_name)).sex_codes == {"0": "male", "1": "female"}


def test_too_many_births_on_new_years_day_are_years(tmp_path: Path) -> None:
    births = [f"An,{1 + i % 28:02}/{1 + i % 12:02}/19{i % 100:02},," for i in range(400)]
    assert not profiled(tmp_path, lines(*births)).new_year_is_year
    assert profiled(tmp_path, lines(*births, *["An,01/01/1950,,"] * 40)).new_year_is_year


def proposed(tmp_path: Path, *files: tuple[str, str], template: str = "hcmc") -> Workspace:
    paths = []
    for name, text in files:
        (tmp_path / name).write_text(text, "utf-8")
        paths.append(tmp_path / name)
    workspace = Workspace.open(propose.init(tmp_path / "new", template, paths).parent)
    load_rules(workspace)
    return workspace


def test_columns_are_recognised_by_their_names_however_written(tmp_path: Path) -> None:
    text = "STT;Mã BN;Họ và tên;Ngày sinh;Giới tính;Số CCCD;CMND;Mã thẻ BHYT;Địa chỉ;SĐT;Ghi chú\n"
    text += "1;A1;Lê Thị Bưởi;05/07/1985;Nữ;079185001234;;GD4797912345678;12 Lê Lợi;0903123456;\n"
    text += "1;A2;Lê Văn An;06/07/1985;Nam;;;;;;\n"
    workspace = proposed(tmp_path, ("y te.csv", text))
    spec = workspace.sources["y_te"]
    assert spec.key == ("Mã BN",)
    assert spec.parties == (
        PartySpec(
            "citizen",
            {
                "name": ("Họ và tên",),
                "birth_date": ("Ngày sinh",),
                "sex": ("Giới tính",),
                "personal_id": ("Số CCCD", "CMND"),
                "health_card": ("Mã thẻ BHYT",),
                "phone": ("SĐT",),
                "address": ("Địa chỉ",),
            },
        ),
    )
    note = "# mapped to nothing, kept as received: STT (9), Ghi chú (empty)"
    assert note in (workspace.folder / "mdm.yaml").read_text("utf-8")


def test_columns_without_telling_names_are_recognised_by_what_they_hold(tmp_path: Path) -> None:
    people = ["Nguyễn Văn An", "Trần Thị Bưởi", "Lê Hoàng Cam", "Phạm Du"]
    text = "c1,c2,c3,c4,c5,c6\n"
    text += "".join(f"{i},{n},05/07/198{i},07908500123{i},090312345{i},a{i}@b.vn\n" for i, n in enumerate(people))
    [party] = proposed(tmp_path, ("x.csv", text)).sources["x"].parties
    assert party.columns == {
        "name": ("c2",), "birth_date": ("c3",), "personal_id": ("c4",), "phone": ("c5",), "email": ("c6",),
    }  # fmt: skip


def test_a_condition_on_a_column_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    text = "ma;ho_dem;ten;nam_sinh;gioi;cmnd;so_bhxh\n1;Lê Văn;An;1985;1;023456789;7912345678\n"
    party = proposed(tmp_path, ("bh.csv", text)).sources["bh"].parties[0]
    assert party.columns["name"] == ("ho_dem", "ten")
    assert party.where is None


def test_two_files_of_one_name_become_two_sources(tmp_path: Path) -> None:
    text = "ma,ho_ten\n1,An\n"
    assert list(proposed(tmp_path, ("a.csv", text), ("a.txt", text)).sources) == ["a", "a_2"]


def test_an_unreadable_file_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.csv: there is no file x\.csv"):
        propose.init(tmp_path / "new", "hcmc", [tmp_path / "x.csv"])
    assert not (tmp_path / "new").exists()
