"""How much of a mapping `mdm init --from` proposes right, on extracts that nobody mapped (unknown_extracts.yaml)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import unknown_extracts
import yaml
from commands import mdm
from unknown_extracts import CASES, kinds, write

from mdm.onboarding import fits, propose
from mdm.onboarding.headings import read_heading, vocabulary
from mdm.onboarding.title_lines import title_lines
from mdm.onboarding.unknown_files import read_unknown
from mdm.standardise import Knowledge
from mdm.workspace import SourceSpec, Workspace, load_rules, templates
from mdm.workspace.templates import Proposal

RULES = {template: templates.rules(template) for template in ("hcmc", "people-en")}
Judged = tuple[str, str, bool]  # case, column, whether it became what it should


def became(proposal: Proposal) -> dict[str, set[str]]:
    """Column → what the proposal makes of it; a second party of one kind and without a role is called `:2`."""
    found: dict[str, set[str]] = {}
    for number, party in enumerate(proposal.parties):
        before = [p for p in proposal.parties[:number] if p.entity == party.entity and not p.role]
        role = party.role or (str(len(before) + 1) if before else "")
        who = f"{party.entity}:{role}" if role else party.entity
        mapped = [*party.columns.items(), *([("from_text", (party.from_text,))] if party.from_text else [])]
        for attribute, columns in mapped:
            for column in columns:
                found.setdefault(column, set()).add(f"{who} {attribute}")
    return found


def judged(case: Mapping[str, Any], folder: Path) -> list[Judged]:
    template = case.get("template", "hcmc")
    proposal = propose.propose(write(case, folder), template, RULES[template])
    found, wanted = became(proposal), {name: said for name, (_, said) in kinds(case).items()}
    right = [
        (case["name"], name, found.get(name, set()) == (set() if said == "-" else set(said.split(" & "))))
        for name, said in wanted.items()
    ]
    return [*right, (case["name"], "the key", list(proposal.key) == case["key"])]


@pytest.fixture(scope="module")
def judgements(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, list[Judged]]:
    """What was proposed for the extracts that the rules were written with (False), and for those added after (True)."""
    folder = tmp_path_factory.mktemp("unknown")
    found: dict[bool, list[Judged]] = {False: [], True: []}
    for case in CASES:
        found[bool(case.get("after"))] += judged(case, folder)
    return found


def test_there_are_extracts_of_every_kind() -> None:
    assert len(CASES) >= 40
    assert {case.get("kind", "csv") for case in CASES} == {"csv", "xlsx", "parquet"}
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("after", [False, True])
def test_nearly_all_columns_are_proposed_right(judgements: dict[bool, list[Judged]], after: bool) -> None:
    wrong = [(case, column) for case, column, right in judgements[after] if not right]
    assert len(wrong) <= 0.02 * len(judgements[after]), wrong


# What is written


def proposed(case: str, tmp_path: Path) -> str:
    path = write(next(each for each in CASES if each["name"] == case), tmp_path)
    return propose.init(tmp_path / "new", "hcmc", [path]).read_text("utf-8")


@pytest.mark.parametrize("case", ["births", "land", "permits", "cryptic", "workers", "no_header", "typed"])
def test_what_is_written_is_a_workspace_and_holds_no_persons_value(case: str, tmp_path: Path) -> None:
    text = proposed(case, tmp_path)
    workspace = Workspace.open(tmp_path / "new")
    load_rules(workspace)
    path = next(tmp_path.glob(f"{case}.*"))
    extract = read_unknown(path, SourceSpec(case, (), (), path=path.name), Knowledge.shipped())[0]
    headers = {word for column in extract.columns for word in column.lower().split()}
    for column in extract.columns:
        cells = extract.rows[column].drop_nulls()
        if cells.n_unique() > 10:
            told = [cell for cell in cells if len(cell) > 5 and cell in text and cell.lower() not in headers]
            assert told == [], column


def test_each_attribute_says_why_and_how_sure(tmp_path: Path) -> None:
    text = proposed("misnamed", tmp_path)
    assert "name: ho_ten   # sure: its name, and 100% of its values" in text
    assert "phone: cmnd   # check: 100% of its values, against its name" in text
    assert "key: id   # unique and in every row" in text


def test_persons_and_firms_in_one_column_are_told_apart_by_another(tmp_path: Path) -> None:
    proposed("permits", tmp_path)
    parties = Workspace.open(tmp_path / "new").sources["permits"].parties
    assert [party.where for party in parties] == ["\"Đối tượng\" = 'cá nhân'", "\"Đối tượng\" = 'tổ chức'"]
    assert parties[1].columns["tax_code"] == parties[0].columns["personal_id"] == ("Số giấy tờ",)


def test_a_condition_quotes_kinds_and_never_a_person(tmp_path: Path) -> None:
    names = ("Công ty TNHH An Phát", "Lê Văn An", "Trần Thị Bưởi")
    rows = [f"{i},{names[i % 3]} {'ABC'[i // 3]},{'Võ Thị Gấm' if i % 3 else 'Đỗ Văn Hùng'},x" for i in range(9)]
    (tmp_path / "x.csv").write_text("\n".join(["ma,nguoi_nop,nhan_vien_x,so", *rows]), "utf-8")
    text = propose.init(tmp_path / "new", "hcmc", [tmp_path / "x.csv"]).read_text("utf-8")
    assert "entity: business\n        name: nguoi_nop" in text
    assert "gấm" not in text.lower()


LAND = """\
so_gcn,%s,%s,DT
BA 1,"Ông Nguyễn Văn An, sinh năm 1960 và vợ là bà Trần Thị Bưởi",12 Lê Lợi,120.5
BA 2,Ngân hàng TMCP Á Châu,13 Lê Lợi,99.1
BA 3,UBND phường Bến Nghé,14 Lê Lợi,80
BA 4,Bà Lê Thị Cam và ông Phạm Văn Du,15 Lê Lợi,80
BA 5,Hộ ông Phạm Hữu Du,16 Lê Lợi,80
"""


@pytest.mark.parametrize("columns", [("chu_su_dung", "dia_chi"), ("Chủ sử dụng đất", "Nơi ở")])
def test_organisations_among_the_owners_of_a_text_are_a_party_too(columns: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(LAND % columns, "utf-8")
    text = propose.init(tmp_path / "new", "hcmc", [tmp_path / "x.csv"]).read_text("utf-8")
    parties = Workspace.open(tmp_path / "new").sources["x"].parties
    assert [(party.entity, party.from_text) for party in parties] == [("citizen", columns[0]), ("business", columns[0])]
    assert all(party.columns["address"] == (columns[1],) for party in parties)
    assert "# the organisations that the same texts name" in text
    assert "usually only where" not in text


def test_a_file_without_a_header_is_proposed_one(tmp_path: Path) -> None:
    text = proposed("no_header", tmp_path)
    assert "the file has no header: put this line above its first one" in text
    assert "c1, name, birth_date, personal_id, phone, address" in text
    assert "name: name   # check: by its values alone" in text
    path = tmp_path / "no_header.csv"
    path.write_text("c1,name,birth_date,personal_id,phone,address\n" + path.read_text("utf-8"), "utf-8")
    path.rename(tmp_path / "new" / "x.csv")
    workspace = Workspace.open(tmp_path / "new")
    assert set(workspace.sources["no_header"].columns) <= set(
        (tmp_path / "new" / "x.csv").read_text("utf-8").splitlines()[0].split(",")
    )


def test_a_first_line_that_cannot_be_a_header_is_a_row(tmp_path: Path) -> None:
    rows = [f"{i},Lê Văn An,,079085{i:06},Lê Văn An" for i in range(20)]
    (tmp_path / "x.csv").write_text("\n".join(rows), "utf-8")
    before = sorted(tmp_path.iterdir())
    proposal = propose.propose(tmp_path / "x.csv", "hcmc", RULES["hcmc"])
    assert proposal.parties[0].columns["personal_id"] == ("personal_id",)
    assert sorted(tmp_path.iterdir()) == before


def test_codes_of_sex_are_told_with_what_they_will_be_taken_for(tmp_path: Path) -> None:
    assert "sex codes, by the numbers and names beside them or by convention: 0 female, 1 male" in proposed(
        "insured", tmp_path
    )


def test_every_second_is_made_anew() -> None:
    """The extracts are the same in every run."""
    assert unknown_extracts.value("code A", unknown_extracts.Person(3, unknown_extracts.random.Random(1))) == "A00003"


# What values say against a name


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("DT", "120.5|99.1|80|75|1250.75|60"),
        ("Điện thoại", "12|45|7|160|33|5"),
        ("GT", "120000|350000|1250000|99000|45000|70000"),
        ("email", "có|không|chưa|hỏi lại|đã cấp|mất"),
        ("cccd", "1|2|3|4|5|6"),
        ("Ngày sinh", "sáng|chiều|tối|trưa|khuya|đêm"),
        ("Họ tên chủ hộ", "1|2|3|4|5|6"),
    ],
)
def test_a_name_does_not_stand_against_all_values(heading: str, values: str, tmp_path: Path) -> None:
    rows = [f'K{i},Lê Văn {"ABCDEF"[i]}n,"{value}"' for i, value in enumerate(values.split("|"))]
    (tmp_path / "x.csv").write_text("\n".join([f"ma,ho_ten,{heading}", *rows]), "utf-8")
    proposal = propose.propose(tmp_path / "x.csv", "hcmc", RULES["hcmc"])
    assert heading not in became(proposal)
    assert any(heading in note for note in proposal.notes)


@pytest.mark.parametrize("values", ["38221234|38225678|39301122|38456789", "0903123456|chưa có|12|7"])
def test_numbers_that_may_be_of_telephones_stay_with_their_name(values: str) -> None:
    assert not fits.contradicts("phone", pl.Series(values.split("|")))


def test_offices_that_stand_in_many_rows_employ_nobody(tmp_path: Path) -> None:
    rows = [f"K{i},Lê Văn {'ABCDEFGHIK'[i % 10]}n,UBND P.{10 + i % 3}" for i in range(40)]
    (tmp_path / "x.csv").write_text("\n".join(["ma,ho_ten,x", *rows]), "utf-8")
    proposal = propose.propose(tmp_path / "x.csv", "hcmc", RULES["hcmc"])
    assert [party.entity for party in proposal.parties] == ["citizen"]


# Lines above the header

TITLES = ["SỞ Y TẾ TP. HỒ CHÍ MINH", "DANH SÁCH BỆNH NHÂN, QUÝ I", "", "Ngày 05/01/2025"]
TABLE = [
    "ma_bn,ho_ten,ngay_sinh,cccd",
    *(f"B{n},Lê Văn {'ABCDEFGH'[n]},0{n}/02/1980,07908000000{n}" for n in range(1, 8)),
]


@pytest.mark.parametrize("padding", ["", ",,,"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_lines_above_the_header_are_told(padding: str, mark: str, tmp_path: Path) -> None:
    table = [line.replace(",", mark) for line in TABLE]
    titles = [(f'"{title}"' if padding and title else title) + padding.replace(",", mark) for title in TITLES]
    (tmp_path / "x.csv").write_text("\n".join([*titles, *table]), "utf-8")
    text = propose.init(tmp_path / "new", "hcmc", [tmp_path / "x.csv"]).read_text("utf-8")
    source = Workspace.open(tmp_path / "new").sources["x"]
    assert (source.skip_rows, source.key) == (4, ("ma_bn",))
    assert source.parties[0].columns["name"] == ("ho_ten",)
    assert "skip_rows: 4   # lines above the header" in text


def workbook(path: Path, rows: list[list[str]]) -> Path:
    width = max(map(len, rows))
    columns = [[row[i] if i < len(row) else None for row in rows] for i in range(width)]
    table = pl.DataFrame([pl.Series(str(i), cells, pl.String) for i, cells in enumerate(columns)])
    table.write_excel(path, include_header=False)
    return path


def test_lines_above_the_header_of_a_workbook_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [TITLES[:1], TITLES[1:2], *(line.split(",") for line in TABLE)])
    proposal = propose.propose(path, "hcmc", RULES["hcmc"])
    assert (proposal.skip_rows, proposal.key) == (2, ("ma_bn",))
    propose.init(tmp_path / "new", "hcmc", [path])
    assert mdm("check", tmp_path / "new").code == 0


@pytest.mark.parametrize("lines", [TABLE, TABLE[1:], ["a,b", "1,2"], ["Tiêu đề"], ["x,1,2", "a,b,c"]])
def test_where_no_title_is_plain_nothing_is_skipped(lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("\n".join(lines), "utf-8")
    assert title_lines(tmp_path / "x.csv") == 0


def test_a_file_that_cannot_be_read_leaves_the_others_their_proposals(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("\n".join(TABLE), "utf-8")
    bad = workbook(tmp_path / "bad.xlsx", [["Họ tên", "", "Giấy tờ"], ["", "Số", "Ngày"], ["Lê Văn An", "1", "2"]])
    ended = mdm("init", tmp_path / "new", "--from", tmp_path / "good.csv", bad)
    assert ended.code == 0
    assert "1 of 2 files couldn't be read; the reason stands there:" in ended.out
    assert set(Workspace.open(tmp_path / "new").sources) == {"good"}
    text = (tmp_path / "new" / "mdm.yaml").read_text("utf-8")
    told = "\n".join(
        line.replace("  # ", "  ", 1) for line in text.splitlines()[text[: text.index("  # bad:")].count("\n") :]
    )
    assert yaml.safe_load(told)["bad"]["parties"] == [{"entity": "entity", "name": "column"}]
    assert "say how many in skip_rows" in text
    alone = mdm("init", tmp_path / "other", "--from", bad)
    assert (alone.code, (tmp_path / "other").exists()) == (2, False)
    assert "skip_rows" in alone.err


# Names of columns


@pytest.mark.parametrize(
    ("name", "attribute", "party"),
    [
        ("HoTenVo", "name", "wife"),
        ("HỌ VÀ TÊN VỢ", "name", "wife"),
        ("hotenvo", "name", "wife"),
        ("Ngày, tháng, năm sinh của mẹ", "birth_date", "mother"),
        ("SDT_NGUOI_DAI_DIEN", "phone", "representative"),
        ("nguoi_dai_dien", None, "representative"),
        ("Họ tên GĐ", "name", "representative"),
        ("CMND GĐ", "personal_id", "representative"),
        ("MSDN", "tax_code", "organisation"),
        ("gt", "sex", None),
        ("Nơi đăng ký HKTT", "address", None),
        ("Nơi ĐK khai sinh", "birth_place", None),
        ("ten_tau", None, None),
        ("C7", None, None),
        ("", None, None),
        ("💥", None, None),
    ],
)
def test_a_heading_says_what_and_whose(name: str, attribute: str | None, party: str | None) -> None:
    found = read_heading(name)
    assert (found.attribute, found.party) == (attribute, party)


def test_dates_and_names_of_the_offices_own_work_are_nobodys() -> None:
    assert all(
        read_heading(name).other for name in ("Ngày cấp", "NGAY_VAO", "NoiDK", "DT_SAN", "issue_date", "Ngày cấp CCCD")
    )


def test_the_word_list_knows_only_attributes_and_parts() -> None:
    from mdm.onboarding.assignment import ORGANISATION, PARTS  # noqa: PLC0415

    rules = RULES["hcmc"]
    known = {a for entity in rules.entities.values() for a in entity.mapped} | {ORGANISATION}
    known |= {part for parts in PARTS.values() for part in parts}
    said = [means.split(" of ") for kind, means in vocabulary().values() if kind == "attribute"]
    assert {attribute for attribute, *_ in said} <= known
    assert {whose for _, *rest in said for whose in rest} <= {ORGANISATION}
    assert {kind for kind, _ in vocabulary().values()} == {"attribute", "party", "row", "other", "filler"}
