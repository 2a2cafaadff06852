import shutil
import subprocess
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.standardise.encodings import (
    decode,
    detect,
    detect_text,
    encode,
    name_of,
    recase,
    recase_column,
    redecode,
    undo_mojibake,
)

LEGACY = ("tcvn3", "vni", "viscii", "windows-1258")
SMALL = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
PEOPLE = """Nguyễn Thị Hoà|Trần Văn Đường|Lê Thị Ánh Tuyết|Phạm Hữu Phước|Huỳnh Ngọc Trâm|Võ Thành Được|Đặng Mỹ Hạnh
Bùi Thị Kim Phượng|Đỗ Quốc Việt|Hồ Thị Thuý|Ngô Đức Thịnh|Dương Thị Lệ|Lý Hoàng Yến|Phan Bội Châu|Vũ Trọng Phụng
Trương Định|Mai Thị Lựu|Đinh Bộ Lĩnh|Tạ Thị Bưởi|Cao Bá Quát|Đoàn Thị Điểm|Phường Bến Nghé|Quận Bình Thạnh""".replace(
    "\n", "|"
)
LINES = "".join(f"{number},{person},{number * 7}\r\n" for number, person in enumerate(PEOPLE.split("|")))


@pytest.mark.parametrize(
    ("shown", "encoding", "text"),
    [
        ("NguyÔn ThÞ Hoµ / TrÇn V¨n §­êng", "tcvn3", "Nguyễn Thị Hoà / Trần Văn Đường"),
        ("Nguyeãn Thò Hoaø / Traàn Vaên Ñöôøng", "VNI", "Nguyễn Thị Hoà / Trần Văn Đường"),
        ("Nguy­n Th¸ Hoà / Tr¥n Vån Ðß¶ng", "viscii", "Nguyễn Thị Hoà / Trần Văn Đường"),
        ("NguyêÞn Thiò Hoà / TrâÌn Vãn ÐýõÌng", "cp1258", "Nguyễn Thị Hoà / Trần Văn Đường"),
        ("Hoà Chí Minh", "vni", "Hồ Chí Minh"),
        ("Toâ", "vni", "Tô"),
    ],
)
def test_text_shown_as_windows_1252_is_read_again(shown: str, encoding: str, text: str) -> None:
    assert redecode(shown, encoding) == text


def test_names_are_understood_in_any_spelling() -> None:
    spellings = ["UTF8", "utf-8-sig", "CP1258", "Windows_1258", "VNI-Windows", "TCVN3", "latin-9"]
    assert list(map(name_of, spellings)) == ["utf-8", "utf-8", "windows-1258", "windows-1258", "vni", "tcvn3", None]
    with pytest.raises(LookupError):
        decode(b"", "latin-9")


@pytest.mark.parametrize("encoding", LEGACY)
@given(text=st.text(SMALL + " ,\n0123"))
def test_small_letters_survive_the_round_trip(encoding: str, text: str) -> None:
    assert decode(encode(text, encoding), encoding) == text


@pytest.mark.parametrize("encoding", ["vni", "viscii", "windows-1258", "utf-8", "utf-16"])
@given(text=st.text(SMALL + SMALL.upper() + " ,\n"))
def test_capitals_survive_the_round_trip(encoding: str, text: str) -> None:
    assert decode(encode(text, encoding), encoding) == text


@pytest.mark.parametrize("encoding", LEGACY)
@given(raw=st.binary())
def test_any_bytes_can_be_read(encoding: str, raw: bytes) -> None:
    decode(raw, encoding)
    detect(raw)


@pytest.mark.skipif(shutil.which("iconv") is None, reason="no iconv on this machine")
@pytest.mark.parametrize(
    ("encoding", "peer"), [("viscii", "VISCII"), ("tcvn3", "TCVN5712-1"), ("windows-1258", "CP1258")]
)
def test_small_letters_agree_with_iconv(encoding: str, peer: str) -> None:
    for letter in SMALL:
        raw = encode(letter, encoding)
        answer = subprocess.run(["iconv", "-f", peer, "-t", "UTF-8"], input=raw, capture_output=True, check=True)
        assert decode(answer.stdout, "utf-8") == letter or decode(answer.stdout, "utf-8").encode() == letter.encode()


@pytest.mark.parametrize("encoding", [*LEGACY, "utf-8", "utf-16"])
def test_a_file_is_recognised(encoding: str) -> None:
    found = detect(encode(LINES, encoding))
    assert found.encoding == encoding, found
    text = decode(encode(LINES, encoding), encoding)
    assert text == (LINES.replace("Á", "á") if encoding == "tcvn3" else LINES)  # TCVN3 has no capital Á


@pytest.mark.parametrize("encoding", LEGACY)
def test_a_file_in_capitals_is_recognised(encoding: str) -> None:
    raw = encode(LINES.upper(), encoding)
    assert detect(raw).encoding == encoding
    assert "".join(map(recase, decode(raw, encoding).splitlines(keepends=True))) == LINES.upper()


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfid\n", LINES.encode("utf-8-sig"), b"", b"id,name\n1,An\n"])
def test_utf_8_is_no_legacy(raw: bytes) -> None:
    assert detect(raw).encoding == "utf-8"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_mark(codec: str) -> None:
    raw = LINES.encode(codec)
    assert detect(raw).encoding == "utf-16"
    assert decode(raw, "utf-16") == LINES


def test_what_is_not_vietnamese_is_not_guessed() -> None:
    found = detect("Müller,Straße\nJosé Peñarañda,Málaga\nFrançois,Çedilla\n".encode("latin-1") * 20)
    assert found.encoding is None
    assert "José" not in found.evidence


def test_a_column_of_legacy_text_in_a_unicode_file() -> None:
    shown = [encode(person, "tcvn3").decode("latin-1") for person in PEOPLE.split("|")]
    assert detect_text(shown).encoding == "tcvn3"
    assert detect_text(PEOPLE.split("|")).encoding == "utf-8"


def test_recase_of_a_column() -> None:
    cells = pl.Series("ten", ["NGUYễN THị áNH", "Nguyễn Thị Ánh", "Lê Tú", None, "TP.HCM"])
    expected = ["NGUYỄN THỊ ÁNH", "Nguyễn Thị Ánh", "Lê Tú", None, "TP.HCM"]
    assert recase_column(cells).to_list() == expected
    assert [text if text is None else recase(text) for text in cells] == expected


WORDS = st.sampled_from([*PEOPLE.replace("|", " ").split(), "XÃ", "À", "XĨ", "Ä"])


@given(
    st.lists(st.tuples(WORDS, st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from([" ", "\xa0", "-"])))
)
def test_good_text_is_no_mojibake(words: list[tuple[str, Callable[[str], str], str]]) -> None:
    text = "".join(case(word) + gap for word, case, gap in words)
    assert undo_mojibake(text) == text


@given(st.lists(WORDS, min_size=1).map(" ".join))
def test_mojibake_is_undone(text: str) -> None:
    once = redecode_as_shown(text)
    assert undo_mojibake(once) == text
    assert undo_mojibake(redecode_as_shown(once)) == text


def redecode_as_shown(text: str) -> str:
    return decode(text.encode(), "windows-1252")
