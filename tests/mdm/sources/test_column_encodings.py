"""Columns in another encoding than their file: found at set-up, said by a steward, frozen, watched."""

from pathlib import Path

import pytest

from mdm.errors import SourceError
from mdm.sources import Extract, read
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.encodings import decode, encode
from mdm.workspace import PartySpec, SourceSpec

PEOPLE = """Nguyễn Thị Hoà|Trần Văn Đường|Lê Thị Bưởi|Phạm Hữu Phước|Huỳnh Ngọc Trâm|Võ Thành Được|Đặng Mỹ Hạnh
Bùi Thị Kim Phượng|Đỗ Quốc Việt|Hồ Thị Thuý|Ngô Đức Thịnh|Dương Thị Lệ|Lý Hoàng Yến""".replace("\n", "|").split("|")
STREETS = ["đường Nguyễn Huệ", "hẻm Lê Lợi", "phường Bến Nghé", "quận Bình Thạnh", "ấp Đông", "xã Tân Phước"]
NOTES = ["đã chuyển", "chờ duyệt", "hồ sơ thiếu", "đủ giấy tờ", "cấp lại", "mới nộp"]


def spec(**more: object) -> SourceSpec:
    columns = {"name": ("ten",), "address": ("dc",)}
    return SourceSpec("a", ("ma",), (PartySpec("citizen", columns),), path="a.csv", **more)  # type: ignore[arg-type]


def written(folder: Path, name: str, address: str, note: str, rows: int = 60) -> None:
    """A file whose columns are in encodings of their own; `shown:tcvn3` is TCVN3 pasted into Unicode."""

    def cell(text: str, encoding: str) -> bytes:
        kind, _, own = encoding.rpartition(":")
        raw = encode(text, own)
        return decode(raw, "windows-1252").encode() if kind else raw

    lines = [
        b"%d,%s,%s,%s" % (n, cell(PEOPLE[n % 13], name), cell(STREETS[n % 6], address), cell(NOTES[n % 6], note))
        for n in range(rows)
    ]
    (folder / "a.csv").write_bytes(b"\r\n".join([b"ma,ten,dc,ghi_chu", *lines, b""]))


def check(found: Extract, *columns: str) -> None:
    for name, texts in (("ten", PEOPLE), ("dc", STREETS), ("ghi_chu", NOTES)):
        if name in columns:
            assert found.rows[name].to_list() == [texts[n % len(texts)] for n in range(found.rows.height)]


@pytest.mark.parametrize(
    ("name", "address", "note", "file"),
    [
        ("shown:tcvn3", "utf-8", "utf-8", "utf-8"),
        ("shown:vni", "utf-8", "shown:viscii", "utf-8"),
        ("tcvn3", "utf-8", "utf-8", "utf-8"),
        ("vni", "utf-8", "tcvn3", None),
        ("utf-8", "vni", "vni", "vni"),
        ("tcvn3", "vni", "vni", "vni"),
        ("viscii", "tcvn3", "tcvn3", "tcvn3"),
        ("windows-1258", "vni", "windows-1258", "windows-1258"),
    ],
)
def test_columns_that_disagree_with_their_file_are_found_and_frozen(
    tmp_path: Path, name: str, address: str, note: str, file: str | None
) -> None:
    written(tmp_path, name, address, note)
    found = read(spec(), tmp_path)
    check(found, "ten", "dc", "ghi_chu")
    assert file in (None, found.encoding)
    assert found.kept.is_empty()
    for column, own in found.column_encodings.items():
        assert own == {"ten": name, "dc": address, "ghi_chu": note}[column].removeprefix("shown:")
        assert 0.5 < found.detected[column].confidence <= 1
    again = read(spec(), tmp_path, found.encoding, column_encodings=found.column_encodings)
    assert again.rows.equals(found.rows)


def test_a_row_is_read_alike_whatever_stands_beside_it(tmp_path: Path) -> None:
    """The frozen reading of a file and that of one of its rows by itself."""
    written(tmp_path, "tcvn3", "utf-8", "vni")
    found = read(spec(), tmp_path)
    lines = (tmp_path / "a.csv").read_bytes().split(b"\r\n")
    for number in (1, 7, 30):
        (tmp_path / "a.csv").write_bytes(b"\r\n".join([lines[0], lines[number], b""]))
        alone = read(spec(), tmp_path, found.encoding, column_encodings=found.column_encodings)
        assert alone.rows.drop("_line").row(0) == found.rows.drop("_line").row(number - 1)


def test_a_file_of_several_encodings_none_of_which_is_clear_is_held(tmp_path: Path) -> None:
    lines = [
        b"%d,%s,%s" % (n, encode(PEOPLE[n % 13], "vni"), b"\xc3\xa9\xe9\xff\xb1\x81" * 2 + b" \xe9\xff" * 4)
        for n in range(60)
    ]
    (tmp_path / "a.csv").write_bytes(b"\n".join([b"ma,ten,dc", *lines]))
    with pytest.raises(SourceError, match=r"the encoding of a\.csv can't be told") as caught:
        read(spec(), tmp_path)
    assert caught.value.gate is None
    said = read(spec(encoding="windows-1252", column_encodings={"ten": "vni"}), tmp_path)
    check(said, "ten")
    assert said.rows["dc"][0] == "Ã©éÿ±\x81" * 2 + " éÿ" * 4
    assert said.kept.is_empty()


def test_what_the_steward_says_comes_before_what_is_found(tmp_path: Path) -> None:
    written(tmp_path, "shown:tcvn3", "utf-8", "shown:tcvn3")
    found = read(spec(column_encodings={"ghi_chu": "utf-8"}), tmp_path)
    check(found, "ten", "dc")
    assert found.rows["ghi_chu"][0] == decode(encode(NOTES[0], "tcvn3"), "windows-1252")
    assert read(spec(encoding="utf-8"), tmp_path).rows["ten"][1] == "TrÇn V¨n §­êng"  # said of the file: no looking


@pytest.mark.parametrize(
    ("frozen", "arrives", "said"),
    [
        ({}, "shown:tcvn3", "column ten of a.csv is in tcvn3, but the source's is read as utf-8"),
        ({"ten": "tcvn3"}, "utf-8", "column ten of a.csv is in utf-8, but the source's is read as tcvn3"),
        ({"ten": "tcvn3"}, "shown:vni", "column ten of a.csv is in vni, but the source's is read as tcvn3"),
    ],
)
def test_a_column_that_comes_in_another_encoding_holds_its_source(
    tmp_path: Path, frozen: dict[str, str], arrives: str, said: str
) -> None:
    written(tmp_path, arrives, "utf-8", "utf-8")
    with pytest.raises(SourceError, match=said):
        read(spec(), tmp_path, "utf-8", column_encodings=frozen)
    read(spec(column_encodings={"ten": "tcvn3"}), tmp_path, "utf-8", column_encodings=frozen)  # the steward's word
    written(tmp_path, arrives, "utf-8", "utf-8", rows=3)
    read(spec(), tmp_path, "utf-8", column_encodings=frozen)  # too little to say


def test_a_column_that_is_mapped_to_nothing_holds_nothing(tmp_path: Path) -> None:
    written(tmp_path, "utf-8", "utf-8", "shown:tcvn3")
    assert read(spec(), tmp_path, "utf-8").rows["ghi_chu"][0] == decode(encode(NOTES[0], "tcvn3"), "windows-1252")


def test_several_files_are_read_as_the_first_that_tells(tmp_path: Path) -> None:
    written(tmp_path, "shown:tcvn3", "utf-8", "utf-8")
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    (tmp_path / "a.csv").write_bytes(b"ma,ten,dc,ghi_chu\n1000,An,,\n")
    (tmp_path / "c.csv").write_bytes(
        b"ma,ten,dc,ghi_chu\n1001," + decode(encode("Lê Hồ", "tcvn3"), "windows-1252").encode() + b",,\n"
    )
    found = read(SourceSpec("a", ("ma",), spec().parties, path="?.csv"), tmp_path)
    assert found.column_encodings == {"ten": "tcvn3"}
    assert found.rows["ten"].to_list() == ["An", *(PEOPLE[n % 13] for n in range(60)), "Lê Hồ"]


@pytest.mark.parametrize(("file", "other"), [("tcvn3", "vni"), ("vni", "viscii"), ("utf-8", "tcvn3"), ("utf-8", "vni")])
def test_a_column_half_in_another_encoding_is_told_at_every_load_and_read_as_it_is(
    tmp_path: Path, file: str, other: str
) -> None:
    written(tmp_path, file, file, file, rows=90)
    whole = (tmp_path / "a.csv").read_bytes().split(b"\r\n")
    assert read(spec(), tmp_path).notes == ()
    written(tmp_path, f"shown:{other}" if file == "utf-8" else other, file, file, rows=90)
    mixed = (tmp_path / "a.csv").read_bytes().split(b"\r\n")
    (tmp_path / "a.csv").write_bytes(b"\r\n".join([*whole[:46], *mixed[46:]]))
    for encoding in (None, file):
        found = read(spec(), tmp_path, encoding)
        [note] = found.notes
        assert note.endswith(
            f"of the words with marks in column ten are in {other}, but the column is read as {file}; "
            "send all of it in one encoding."
        )
        assert found.rows["ten"].to_list()[:45] == [PEOPLE[n % 13] for n in range(45)]


CAPITALS = [
    ("NGUYỄN THỊ ÁNH", "12 CÁCH MẠNG THÁNG TÁM, PHƯỜNG BẾN NGHÉ, QUẬN 1", "CÔNG TY TNHH MỸ Á"),
    ("VÕ Á", "THỬA 7, ẤP ĐỒNG, XÃ VĨNH LỘC A, HUYỆN BÌNH CHÁNH", "HTX BÌNH TÂY"),
    ("Lê Thị Bưởi", "5 Lê Lợi, Phường Bến Thành, Quận 1", "Công ty Cổ phần Sữa Việt Nam"),
]


@pytest.mark.parametrize("own", [{}, {"encoding": "auto"}, {"column_encodings": {"ten": "tcvn3"}}])
def test_tcvn3_in_capitals_is_standardised_as_its_original_in_utf_8(tmp_path: Path, own: dict[str, object]) -> None:
    text = "ma,ten,dc,ghi_chu\n" + "".join(f'{n},{a},"{b}",{c}\n' for n, (a, b, c) in enumerate(CAPITALS * 9))
    knowledge, shown = Knowledge.shipped(), []
    for encoding in ("utf-8", "tcvn3"):
        (tmp_path / "a.csv").write_bytes(encode(text, encoding))
        found = read(spec(**own if encoding == "tcvn3" else {}), tmp_path)
        assert found.kept.is_empty()
        attributes = {"ten": "person_name", "dc": "address", "ghi_chu": "organisation_name"}
        shown.append(
            [
                STANDARDISERS[name].function(found.rows[column], knowledge, SourceProfile(), {}).rows()
                for column, name in attributes.items()
            ]
        )
    assert shown[0] == shown[1]
    assert found.rows["dc"][0] == CAPITALS[0][1]


@pytest.mark.parametrize("start", [b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "windows-1258"])
def test_a_cell_that_begins_like_a_byte_order_mark_does_not_make_its_column_unicode(
    tmp_path: Path, encoding: str, start: bytes
) -> None:
    written(tmp_path, encoding, encoding, encoding)
    path = tmp_path / "a.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n0,", b"\r\n0," + start, 1))
    found = read(spec(), tmp_path)
    assert (found.encoding, dict(found.column_encodings)) == (encoding, {})
    assert found.rows["ten"][0] == decode(start + encode(PEOPLE[0], encoding), encoding)
    assert found.rows["ten"].to_list()[1:] == [PEOPLE[n % 13] for n in range(1, 60)]


def test_a_column_that_is_said_to_be_utf_16_is_read_as_far_as_it_is(tmp_path: Path) -> None:
    written(tmp_path, "tcvn3", "tcvn3", "tcvn3")
    for encoding in ("tcvn3", "utf-8"):
        found = read(spec(encoding=encoding, column_encodings={"ten": "utf-16"}), tmp_path)
        assert found.rows.height == 60


def test_a_short_load_that_is_utf_8_by_chance_is_read_as_is_frozen(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(encode("ma,ten,dc,ghi_chu\n1,Đỗ An,,\n", "viscii"))
    assert read(spec(), tmp_path, "viscii").rows["ten"][0] == "Đỗ An"
