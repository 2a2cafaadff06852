"""Extracts of every kind, and what a bad one gets."""

import csv
import io
import sqlite3
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.errors import SourceError
from mdm.sources import Extract, read
from mdm.standardise import encodings
from mdm.workspace import PartySpec, SourceSpec

HEADER = ["ma", "ho_ten", "dia_chi"]
ROWS = [
    ["1", "Nguyễn Thị Hoà", "12/3 hẻm 45, P.Bến Nghé"],
    ["2", "Trần Văn Đường", 'quán "Ba Miền"; tầng 2'],
    ["3", "Lê Thị Bưởi", "12 Lê Lợi\nQuận 1"],
    ["4", "Phạm Hữu Nghĩa", "số 5|7\tNguyễn Huệ"],
]


def spec(path: str = "a.csv", **more: object) -> SourceSpec:
    return SourceSpec("a", key=("ma",), parties=(PartySpec("citizen", {"name": ("ho_ten",)}),), path=path, **more)  # type: ignore[arg-type]


def extract(tmp_path: Path, raw: bytes | str, **more: object) -> Extract:
    (tmp_path / "a.csv").write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return read(spec(**more), tmp_path)


def refused(tmp_path: Path, raw: bytes | str, **more: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        extract(tmp_path, raw, **more)
    assert caught.value.exit_code == 3
    return caught.value


def delimited(delimiter: str, end: str = "\n") -> str:
    def cell(text: str) -> str:
        special = any(mark in text for mark in (delimiter, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if special else text

    return end.join(delimiter.join(map(cell, row)) for row in [HEADER, *ROWS]) + end


def cells(found: Extract) -> list[list[str | None]]:
    return [list(row) for row in found.rows.drop("_line", "_file").rows()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_delimited_file_is_read_whatever_its_delimiter_line_end_and_encoding(
    tmp_path: Path, delimiter: str, end: str, encoding: str
) -> None:
    found = extract(tmp_path, delimited(delimiter, end).encode(encoding))
    assert found.columns == HEADER
    assert cells(found) == [[cell.replace("\r\n", "\n") for cell in row] for row in ROWS]
    assert found.rows["_line"].to_list() == [2, 3, 4, 6]
    assert found.rows["_file"].unique().to_list() == ["a.csv"]
    assert found.set_aside.is_empty()


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "windows-1258"])
def test_legacy_encodings_are_recognised_and_read(tmp_path: Path, encoding: str) -> None:
    people = [[str(i), name, "đường Nguyễn Huệ, phường Bến Nghé"] for i, (_, name, _) in enumerate(ROWS * 5)]
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADER, *people])
    found = extract(tmp_path, encodings.encode(text, encoding))
    assert found.encoding == encoding
    assert cells(found) == people


def test_an_encoding_that_is_frozen_is_not_guessed_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(encodings.encode("ma,ho_ten\n1,Hồ\n", "vni"))
    assert cells(read(spec(), tmp_path, "vni")) == [["1", "Hồ"]]
    assert cells(read(spec(encoding="windows-1252"), tmp_path)) == [["1", "Hoà"]]


def test_a_column_in_another_encoding_than_its_file_is_decoded(tmp_path: Path) -> None:
    names = [row[1] for row in ROWS] * 5
    shown = [encodings.encode(name, "tcvn3").decode("cp1252") for name in names]
    text = "ma,ho_ten,phuong\n" + "".join(f"{i},{name},Bến Nghé\n" for i, name in enumerate(shown))
    found = extract(tmp_path, text)
    assert found.column_encodings == {"ho_ten": "tcvn3"}
    assert found.rows["ho_ten"].to_list() == names
    assert found.rows["phuong"].unique().to_list() == ["Bến Nghé"]
    again = read(spec(), tmp_path, "utf-8", column_encodings=found.column_encodings)
    assert again.rows.equals(found.rows)


def test_empty_cells_are_null_and_blank_lines_are_no_rows(tmp_path: Path) -> None:
    found = extract(tmp_path, '\nma,ho_ten\n1,\n\n,,\n2,""\n,\n3, x \n')
    assert cells(found) == [["1", None], ["2", None], ["3", " x "]]
    assert found.rows["_line"].to_list() == [3, 6, 8]
    assert found.set_aside["line"].to_list() == [5]


def test_lines_before_the_header_are_skipped_and_still_counted(tmp_path: Path) -> None:
    found = extract(tmp_path, 'SỞ Y TẾ, "2026\nDanh sách\nma,ho_ten\n1,An\n', skip_rows=2)
    assert cells(found) == [["1", "An"]]
    assert found.rows["_line"].to_list() == [4]


def test_zeros_in_the_text_are_no_text(tmp_path: Path) -> None:
    assert cells(extract(tmp_path, b"ma,ho_ten\n1,A\0n\n")) == [["1", "An"]]


def test_a_header_is_nfc_without_spaces_around(tmp_path: Path) -> None:
    assert extract(tmp_path, "\ufeffma , Ho\u0323 te\u0302n\n1,An\n").columns == ["ma", "Họ tên"]


def test_ragged_rows_are_set_aside_with_their_line(tmp_path: Path) -> None:
    found = extract(tmp_path, 'ma,ho_ten\n1,An\n2\n3,"B\nì"\n4,Ca,x\n5,Du\n')
    assert cells(found) == [["1", "An"], ["3", "B\nì"], ["5", "Du"]]
    assert found.rows["_line"].to_list() == [2, 4, 7]
    assert found.set_aside.select("file", "line", "rule", "reason").rows() == [
        ("a.csv", 3, "ragged", "1 cells, where the header has 2"),
        ("a.csv", 6, "ragged", "3 cells, where the header has 2"),
    ]


def test_a_quote_that_is_never_closed_costs_one_row_not_the_rest(tmp_path: Path) -> None:
    lines = "".join(f"{i},An\n" for i in range(4, 400))
    found = extract(tmp_path, f'ma,ho_ten\n1,"An\n2,Bì "Ba" x\n3,"Ca, Du"\n{lines}')
    assert found.rows.height == 398
    assert cells(found)[:2] == [["2", 'Bì "Ba" x'], ["3", "Ca, Du"]]
    assert found.rows["_line"].to_list()[:3] == [3, 4, 5]
    assert found.set_aside["line"].to_list() == [2]


def test_two_stray_quotes_far_apart_are_no_long_cell(tmp_path: Path) -> None:
    lines = "".join(f"{i},An\n" for i in range(2, 300))
    found = extract(tmp_path, f'ma,ho_ten\n1,"An\n{lines}300,Bì"\n')
    assert found.rows["ma"].to_list() == [str(i) for i in range(2, 301)]
    assert found.set_aside["line"].to_list() == [2]


def test_a_row_with_undecodable_bytes_is_read_and_keeps_its_bytes(tmp_path: Path) -> None:
    rows = [f'{i},"Nguyễn\nThị"'.encode() for i in range(40)]
    rows[7] = b'7,"Nguy\n\xff\xfe"'
    found = extract(tmp_path, b"\n".join([b"ma,ho_ten", *rows]))
    assert found.encoding == "utf-8"
    assert found.rows["ho_ten"].to_list() == [*["Nguyễn\nThị"] * 7, "Nguy\n\ufffd\ufffd", *["Nguyễn\nThị"] * 32]
    assert found.kept.rows() == [("a.csv", 16, "undecodable", rows[7])]
    assert found.set_aside.is_empty()


def test_a_row_whose_key_cannot_be_decoded_is_set_aside(tmp_path: Path) -> None:
    rows = [f"{i},Thị".encode() for i in range(40)]
    rows[7] = b"\xff7,Nguy"
    found = extract(tmp_path, b"\n".join([b"ma,ho_ten", *rows]))
    assert found.rows.height == 39
    assert found.set_aside.select("line", "rule", "raw").rows() == [(9, "undecodable", rows[7])]


def test_several_files_follow_one_another_by_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in {"b.csv": "ho_ten,ma\nBì,2\n", "a.csv": "ma,ho_ten\n1,An\n"}.items():
        (tmp_path / "in" / name).write_text(text, "utf-8")
    found = read(spec("in/*.csv"), tmp_path)
    assert found.rows.rows() == [("1", "An", 2, "in/a.csv"), ("2", "Bì", 2, "in/b.csv")]


def test_files_of_one_source_must_have_the_same_columns(tmp_path: Path) -> None:
    (tmp_path / "a1.csv").write_text("ma,ho_ten\n1,An\n", "utf-8")
    (tmp_path / "a2.csv").write_text("ma,hoten\n1,An\n", "utf-8")
    with pytest.raises(SourceError, match="have different columns: ho_ten, hoten"):
        read(spec("a*.csv"), tmp_path)


def test_a_missing_file_says_that_the_last_good_state_stays(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source a: there is no file a\.csv\. .* last good state stays") as caught:
        read(spec(), tmp_path)
    assert caught.value.gate is None


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_an_empty_file_is_told(tmp_path: Path, raw: bytes) -> None:
    error = refused(tmp_path, raw)
    assert error.reason == "the file a.csv is empty."
    assert error.gate is None


def test_a_file_with_only_a_header_is_a_gate(tmp_path: Path) -> None:
    error = refused(tmp_path, "ma,ho_ten\n")
    assert error.gate == "empty:a"
    assert "--accept empty:a" in str(error)
    accepted = read(spec(), tmp_path, accept={"empty:a"})
    assert (accepted.columns, accepted.rows.height) == (["ma", "ho_ten"], 0)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("ma,ho_ten,ma\n1,2,3\n", "columns 1 and 3 of a.csv have the same name in the header.", 1),
        ("\nma,,ho_ten\n1,2,3\n", "column 2 of a.csv has no name in the header.", 2),
        ("ma,_line\n1,2\n", "has a column _line, a name the engine uses.", 1),
    ],
)
def test_a_bad_header_is_told_with_its_line(tmp_path: Path, text: str, said: str, line: int) -> None:
    error = refused(tmp_path, text)
    assert said in error.reason
    assert error.line == line


def test_a_column_without_name_and_values_is_no_column(tmp_path: Path) -> None:
    assert extract(tmp_path, "ma,ho_ten,\n1,An,\n").columns == ["ma", "ho_ten"]


def test_skipping_the_whole_file_is_told(tmp_path: Path) -> None:
    assert "has no header after the 5 lines" in refused(tmp_path, "ma,ho_ten\n1,An\n", skip_rows=5).reason


def test_an_encoding_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    error = refused(
        tmp_path, b"ma,ho_ten\n" + b"".join(b"%d,\xc3\xa9\xe9\xff\xb1 \x81\x8d\x90\n" % i for i in range(50))
    )
    assert "the encoding of a.csv can't be told" in error.reason
    assert "Write `encoding:` in mdm.yaml, one of: utf-8, utf-16, tcvn3" in error.remedy


def workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        book.add_worksheet("trống")
        sheet = book.add_worksheet("Lớp 1")
        sheet.write(0, 0, "TRƯỜNG TIỂU HỌC")
        sheet.write_row(1, 0, ["ma", "ngay_sinh", "ma_dinh_danh", "diem", ""])
        sheet.write(2, 0, 17)
        sheet.write_datetime(2, 1, datetime(2015, 7, 5), day)
        sheet.write_string(2, 2, "079215001234")
        sheet.write(2, 3, 8.5)
        sheet.write(4, 0, 18)


def test_a_workbook_is_read_as_text_with_its_rows_counted(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx")
    found = read(spec("a.xlsx", sheet="Lớp 1", skip_rows=1), tmp_path)
    assert found.rows.rows() == [
        ("17", "2015-07-05", "079215001234", "8.5", 3, "a.xlsx"),
        ("18", None, None, None, 5, "a.xlsx"),
    ]
    assert found.columns == ["ma", "ngay_sinh", "ma_dinh_danh", "diem"]


def test_a_wrong_sheet_or_no_workbook_is_told(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx")
    with pytest.raises(SourceError, match=r"has no sheet 'Lớp1'\. Did you mean 'Lớp 1'\?"):
        read(spec("a.xlsx", sheet="Lớp1"), tmp_path)
    with pytest.raises(SourceError, match=r"the sheet of a\.xlsx is empty"):
        read(spec("a.xlsx"), tmp_path)
    (tmp_path / "b.xlsx").write_bytes(b"ma,ho_ten")
    with pytest.raises(SourceError, match=r"b\.xlsx is not an Excel workbook"):
        read(spec("b.xlsx"), tmp_path)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"x")
        archive.filelist[0].file_size = 1 << 32
    with pytest.raises(SourceError, match="would unpack to 4096 MB"):
        read(spec("a.xlsx"), tmp_path)


def test_parquet_is_read_as_text(tmp_path: Path) -> None:
    pl.DataFrame(
        {"ma": [1, 2], "so": [1.0, 2.5], "ngay": [date(1985, 7, 5), None], "luc": [datetime(1985, 7, 5, 10, 30), None],
         "co": [True, None], "ten": ["", "An"], "ds": [["a", "b"], None]}
    ).write_parquet(tmp_path / "a.parquet")  # fmt: skip
    found = read(spec("a.parquet"), tmp_path)
    assert found.rows.rows() == [
        ("1", "1", "1985-07-05", "1985-07-05 10:30:00", "true", None, '["a","b"]', 1, "a.parquet"),
        ("2", "2.5", None, None, None, "An", None, 2, "a.parquet"),
    ]
    (tmp_path / "b.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match=r"b\.parquet can't be read as Parquet"):
        read(spec("b.parquet"), tmp_path)


def database(tmp_path: Path, query: str) -> SourceSpec:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE nguoi (ma INTEGER, ho_ten TEXT, cao REAL)")
        connection.execute("INSERT INTO nguoi VALUES (1, 'Nguyễn : An', 1.0), (2, '', NULL)")
    connection.close()
    return SourceSpec("a", ("ma",), (), url=f"sqlite:///{tmp_path}/a.db", query=query)


def test_rows_of_a_database_are_read_as_text(tmp_path: Path) -> None:
    found = read(database(tmp_path, "SELECT *, 'a:b' AS x FROM nguoi ORDER BY ma;"), tmp_path)
    assert found.rows.rows() == [("1", "Nguyễn : An", "1", "a:b", 1, "query"), ("2", None, None, "a:b", 2, "query")]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM nobody", "no such table: nobody"),
        ("SELECT 1; DROP TABLE nguoi", "several statements"),
        ("WITH x AS (SELECT 1) DELETE FROM nguoi", "attempt to write a readonly database"),
    ],
)
def test_a_query_that_fails_or_writes_is_told_and_changes_nothing(tmp_path: Path, query: str, said: str) -> None:
    source = database(tmp_path, query)
    with pytest.raises(SourceError, match=said):
        read(source, tmp_path)
    assert read(database_again(tmp_path), tmp_path).rows.height == 2


def database_again(tmp_path: Path) -> SourceSpec:
    return SourceSpec("a", ("ma",), (), url=f"sqlite:///{tmp_path}/a.db", query="SELECT * FROM nguoi")


def test_a_missing_database_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="unable to open database file"):
        read(database_again(tmp_path), tmp_path)
    assert not (tmp_path / "a.db").exists()


def test_passwords_are_in_no_message() -> None:
    source = SourceSpec("a", ("ma",), (), url="postgresql+psycopg://u:s3cret@127.0.0.1:1/x", query="SELECT 1")
    with pytest.raises(SourceError) as caught:
        read(source, Path())
    assert "s3cret" not in str(caught.value) + repr(source)


cell = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('",;\n|\t'), max_size=8)


@settings(deadline=None, max_examples=150)
@given(rows=st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_any_cells_survive_a_csv(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([("ma", "b", "c"), *(("k" + one, two, three) for one, two, three in rows)])
    folder = tmp_path_factory.mktemp("csv")
    (folder / "a.csv").write_text(text.getvalue(), "utf-8", newline="")
    found = read(spec(delimiter=delimiter), folder, "utf-8")
    assert cells(found) == [["k" + one, two or None, three or None] for one, two, three in rows]


@settings(deadline=None, max_examples=150)
@given(raw=st.binary(max_size=60) | st.text('a",\n\r', max_size=40).map(str.encode))
def test_no_bytes_make_a_reader_fail_otherwise_than_by_telling(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    (folder / "a.csv").write_bytes(raw)
    for encoding in (None, "utf-8", "utf-16", "vni"):
        try:
            found = read(spec(), folder, encoding)
        except SourceError:
            continue
        assert found.rows.height + found.set_aside.height <= raw.count(b"\n") + raw.count(b"\r") + 1


@pytest.mark.parametrize(
    ("frozen", "arrived"),
    [("tcvn3", "utf-8"), ("utf-8", "utf-16"), ("utf-16", "utf-8"), ("tcvn3", "vni"), ("utf-8", "vni")],
)
def test_a_file_in_another_encoding_than_its_source_is_not_believed(tmp_path: Path, frozen: str, arrived: str) -> None:
    names = ("Nguyễn Thị Hòa", "Trần Văn Đường", "Đặng Ngọc Ánh", "Lê Hữu Phước", "Huỳnh Thị Mỹ Hạnh")
    text = "ma,ten\n" + "".join(f"{row},{names[row % 5]}\n" for row in range(40))
    source = SourceSpec("y_te", ("ma",), (), path="y_te.csv")
    (tmp_path / "y_te.csv").write_bytes(encodings.encode(text, frozen))
    assert read(source, tmp_path, frozen).rows["ten"][1] == names[1]
    (tmp_path / "y_te.csv").write_bytes(encodings.encode(text, arrived))
    with pytest.raises(SourceError, match=f"y_te.csv is in {arrived}, but the source is read as {frozen}"):
        read(source, tmp_path, frozen)
