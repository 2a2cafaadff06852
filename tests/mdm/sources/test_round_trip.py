"""Re-encoding a received cell gives that cell's bytes, or the bytes of its row are kept."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.errors import SourceError
from mdm.sources import Extract, read
from mdm.sources.keys import keyed
from mdm.standardise.encodings import decode, encode
from mdm.workspace import Gates, PartySpec, SourceSpec

ONE_BYTE = ("tcvn3", "vni", "viscii", "windows-1258", "windows-1252")
TRICKY = "aAeOuyĐđÂâ ýéàầẾỹ'\u0301\u0300"


def spec(**more: object) -> SourceSpec:
    return SourceSpec("a", ("ma",), (PartySpec("citizen", {"name": ("ten",)}),), path="a.csv", **more)  # type: ignore[arg-type]


def quoted(cell: bytes) -> bytes:
    return b'"' + cell.replace(b'"', b'""') + b'"'


def read_rows(
    folder: Path, rows: list[tuple[bytes, ...]], encoding: str, end: bytes = b"\r\n", **more: object
) -> Extract:
    lines = [b"ma,ten,ghi_chu", *(b"k%d," % i + b",".join(map(quoted, row)) for i, row in enumerate(rows))]
    (folder / "a.csv").write_bytes(end.join([*lines, b""]))
    return read(spec(encoding=encoding, **more), folder)


def check(found: Extract, rows: list[tuple[bytes, ...]], encoding: str) -> None:
    """Every row is there, and what its texts don't give back is kept to the byte."""
    assert found.rows["ma"].to_list() == [f"k{i}" for i in range(len(rows))]
    kept = dict(found.kept.select("line", "raw").rows())
    for number, (row, line) in enumerate(zip(rows, found.rows["_line"], strict=True)):
        received = found.rows.select("ten", "ghi_chu").row(number)
        if line in kept:
            assert kept[line] == b"k%d," % number + b",".join(map(quoted, row))
        else:
            assert tuple(encode(text or "", encoding) for text in received) == row


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(
        st.tuples(
            st.binary(max_size=6) | st.text(TRICKY).map(lambda text: encode(text, "vni")),
            st.text(TRICKY + '",\n\r\0', max_size=8).map(lambda text: encode(text, "windows-1258")),
        ),
        min_size=1,
        max_size=6,
    ),
    encoding=st.sampled_from(ONE_BYTE),
    end=st.sampled_from([b"\n", b"\r\n"]),
)
def test_any_bytes_are_given_back_or_kept(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[bytes, bytes]], encoding: str, end: bytes
) -> None:
    check(read_rows(tmp_path_factory.mktemp("csv"), rows, encoding, end), rows, encoding)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(
        st.tuples(st.binary(max_size=4), st.text(TRICKY + '",\n\r\0', max_size=8).map(str.encode)),
        min_size=1,
        max_size=6,
    ),
    end=st.sampled_from([b"\n", b"\r\n"]),
)
def test_any_bytes_in_utf_8_are_given_back_or_kept(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[bytes, bytes]], end: bytes
) -> None:
    marked = [*rows, *[("Nguyễn Thị Hoà".encode(), "Đặng".encode())] * 9]  # so that nobody doubts that it is UTF-8
    check(read_rows(tmp_path_factory.mktemp("csv"), marked, "utf-8", end), marked, "utf-8")


@settings(deadline=None, max_examples=40)
@given(
    cells=st.lists(st.text(TRICKY + '",\n\r\0😀', max_size=8), min_size=1, max_size=5),
    codec=st.sampled_from(["utf-16-le", "utf-16-be"]),
    mark=st.booleans(),
    broken=st.booleans(),
)
def test_utf_16_is_given_back_or_kept(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], codec: str, mark: bool, broken: bool
) -> None:
    rows = [f'k{i},"{cell.replace(chr(34), chr(34) * 2)}"' for i, cell in enumerate(cells)]
    raw = ["ma,ten".encode(codec), *(row.encode(codec) for row in rows)]
    if broken:
        raw[-1] = f'k{len(cells) - 1},"'.encode(codec) + "\ud800".encode(codec, "surrogatepass") + '"'.encode(codec)
    folder = tmp_path_factory.mktemp("csv")
    text = "\r\n".encode(codec).join([*raw, b""])
    (folder / "a.csv").write_bytes(("\ufeff".encode(codec) if mark else b"") + text)
    found = read(spec(encoding="utf-16"), folder)
    assert found.rows["ma"].to_list() == [f"k{i}" for i in range(len(cells))]
    kept = dict(found.kept.select("line", "raw").rows())
    for number, line in enumerate(found.rows["_line"]):
        if line in kept:
            assert kept[line] == raw[number + 1]
        else:
            assert (found.rows["ten"][number] or "").encode(codec) == (
                b"" if broken and number == len(cells) - 1 else cells[number].encode(codec)
            )


@pytest.mark.parametrize(
    ("encoding", "cell", "text", "rule"),
    [
        ("utf-8", "Nguyễn".encode() + b"\xe1\xba", "Nguyễn\ufffd", "undecodable"),
        ("utf-8", b"A\0n", "An", "altered"),
        ("utf-8", b"A\r\nn", "A\nn", "altered"),
        ("utf-8", b"A\rn", "A n", "altered"),
        ("vni", b"A\xf8nh", "Ành", "altered"),
        ("windows-1258", b"e\xec", "é", "altered"),
        ("tcvn3", b"a\xb8", "aá", None),
        ("tcvn3", "NGUYÔN THÞ ¸NH".encode("latin-1"), "NGUYỄN THỊ ÁNH", None),
        ("tcvn3", "NGUYÔN V¨N".encode("latin-1"), "NGUYỄN VĂN", "altered"),
        ("tcvn3", "Ph­êng".encode("latin-1"), "Phường", None),
        ("vni", "Hoà Chí Minh".encode("latin-1"), "Hồ Chí Minh", None),
        ("viscii", b"\x02n", "Ẳn", None),
        ("utf-8", "Nguye\u0302\u0303n".encode(), "Nguye\u0302\u0303n", None),
        ("utf-8", "Nguyá»…n".encode(), "Nguyá»…n", None),
    ],
)
def test_what_is_kept_and_why(tmp_path: Path, encoding: str, cell: bytes, text: str, rule: str | None) -> None:
    rows = [(cell, b""), *[(encode("Đặng Thị Hoà", encoding), b"x")] * 30]
    found = read_rows(tmp_path, rows, encoding)
    assert found.rows["ten"][0] == text
    assert found.kept.rows() == ([] if rule is None else [("a.csv", 2, rule, b'k0,"' + cell + b'",""')])


def test_a_column_of_its_own_encoding_is_given_back_or_kept(tmp_path: Path) -> None:
    names = [as_written(text) for text in ("Nguyễn Văn Đường", "Lê Hồ")] * 10
    rows = [(name, "Bến Nghé".encode()) for name in names]
    rows[3] = ("Nguyễn".encode(), b"x")
    found = read_rows(tmp_path, rows, "utf-8", column_encodings={"ten": "tcvn3"})
    assert found.rows["ten"].to_list()[:4] == ["Nguyễn Văn Đường", "Lê Hồ", "Nguyễn Văn Đường", "Nguyễn"]
    assert found.kept.select("line", "rule").rows() == [(5, "altered")]
    for row, text in enumerate(found.rows["ten"]):
        if row != 3:
            assert decode(encode(text, "tcvn3"), "windows-1252").encode() == rows[row][0]


def as_written(text: str) -> bytes:
    """TCVN3 pasted into a file in UTF-8."""
    return decode(encode(text, "tcvn3"), "windows-1252").encode()


def test_ragged_rows_keep_their_bytes_over_several_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'ma,ten\r\n1,An\r\n2,"B\r\n\xc3\xac",x\r\n\r\n3,C\r\n')
    found = read(spec(encoding="utf-8"), tmp_path)
    assert found.rows["ma"].to_list() == ["1", "3"]
    assert found.set_aside.select("line", "raw").rows() == [(3, b'2,"B\r\n\xc3\xac",x')]
    kept = keyed(found, spec(), Gates(1.0))
    assert kept.rows["raw"].null_count() == 2


def test_other_bytes_are_another_row_even_where_the_text_is_the_same(tmp_path: Path) -> None:
    hashes = set()
    for cell in (b"T\xff", b"T\xfe", "T\ufffd".encode()):
        found = keyed(read_rows(tmp_path, [(cell, b"Th\xe1\xbb\x8b")], "utf-8"), spec(), Gates(1.0))
        assert found.rows["received"].str.contains("T\ufffd", literal=True).all()
        hashes.add(found.rows["row_hash"][0])
    assert len(hashes) == 3


def test_too_many_rows_with_lost_letters_are_a_gate(tmp_path: Path) -> None:
    rows = [(b"Th\xff", b"")] * 2 + [("Thị Hoà".encode(), b"")] * 30
    found = read_rows(tmp_path, rows, "utf-8")
    with pytest.raises(SourceError, match=r"2 of 32 rows can't be used \(2 undecodable\)") as caught:
        keyed(found, spec(), Gates(0.05))
    assert caught.value.gate == "unusable:a"
    assert keyed(found, spec(), Gates(0.07)).rows["raw"].null_count() == 30


def test_legacy_files_that_read_back_keep_nothing(tmp_path: Path) -> None:
    rows = [(encode("Đặng Thị Hoà", "tcvn3"), b"x")] * 50
    assert read_rows(tmp_path, rows, "tcvn3").kept.equals(
        pl.DataFrame(schema=Extract("a", pl.DataFrame(), pl.DataFrame()).kept.schema)
    )
