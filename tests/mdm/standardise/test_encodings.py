import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.standardise.encodings import decode, encode, name_of, reads_back, recase, redecode, undo_mojibake
from mdm.standardise.recognition import detect

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
    text = decode(raw, encoding)
    assert reads_back(raw, encoding) == (encode(text, encoding) == raw)


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


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_mark(codec: str) -> None:
    raw = LINES.encode(codec)
    assert detect(raw).encoding == "utf-16"
    assert decode(raw, "utf-16") == LINES


@pytest.mark.parametrize("encoding", LEGACY)
@given(text=st.text(SMALL + SMALL.upper() + " ,\n0123"))
def test_what_a_system_of_that_time_wrote_reads_back(encoding: str, text: str) -> None:
    assert reads_back(encode(text, encoding), encoding)


@pytest.mark.parametrize(
    ("raw", "encoding", "text", "why"),
    [
        (b"A\xf8nh", "vni", "Ành", "a small mark on a capital: VNI writes AØ"),
        (b"e\xec", "windows-1258", "é", "a tone apart, where windows-1258 has the whole letter"),
        (b"a\xb3", "tcvn3", "á", "a combining tone: TCVN3 fonts have the whole letter"),
        (b"Nguy\xe1\xbb", "utf-8", None, "a letter cut off"),
        (b"N\0", "utf-16-be", None, "half a code unit pair is text: read as U+4E00"),
    ],
)
def test_bytes_that_do_not_read_back(raw: bytes, encoding: str, text: str | None, why: str) -> None:
    assert reads_back(raw, encoding) == (encoding == "utf-16-be"), why
    if text is not None:
        assert decode(raw, encoding) == text


def test_details_of_the_legacy_tables() -> None:
    """The soft hyphen is ư in TCVN3; capitals with marks are small letters there; VNI's `Hoà` is Hồ."""
    assert decode("Ph­êng §­êng".encode("latin-1"), "tcvn3") == "Phường Đường"
    assert decode(encode("ĐƯỜNG ÁNH", "tcvn3"), "tcvn3") == "ĐƯờNG áNH"
    assert recase("ĐƯờNG áNH") == "ĐƯỜNG ÁNH"
    assert encode("Hồ", "vni") == encode("Hòa".replace("òa", "oà"), "windows-1252")
    assert decode(encode("Hồ", "vni"), "vni") == "Hồ"


@pytest.mark.parametrize(
    ("text", "cased"),
    [
        ("CáCH MạNG THáNG TáM", "CÁCH MẠNG THÁNG TÁM"),
        ("12 Võ VăN TầN, ấP5", "12 VÕ VĂN TẦN, ẤP5"),
        ("LÊ Võ", "LÊ VÕ"),
        ("CáCH MạNG THáNG TáM, Quận 3", "CÁCH MẠNG THÁNG TÁM, Quận 3"),
        ("Số 5 CMT8", "Số 5 CMT8"),  # an abbreviation says nothing of the words beside it
        ("Lê Ý", "Lê Ý"),
        ("UBND xã Tân Phú", "UBND xã Tân Phú"),
        ("Công ty TNHH Mỹ Á", "Công ty TNHH Mỹ Á"),
    ],
)
def test_capitals_that_tcvn3_lost_come_back(text: str, cased: str) -> None:
    assert recase(text) == cased
    assert recase(cased) == cased


@pytest.mark.parametrize("text", ["Đặng", "Ý Nhi", "Ánh Ngọc", "Nguyễn Ngọc Bề", "ÂẤẬ ĐĨ"])
def test_bytes_that_windows_1252_lacks_come_through_as_controls(text: str) -> None:
    """81 8D 8F 90 9D: a system that kept them as C1 controls lost nothing."""
    assert undo_mojibake(text.encode().decode("latin-1")) == text or undo_mojibake(redecode_as_shown(text)) == text


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
    as_latin_1 = text.encode().decode("latin-1")
    assert undo_mojibake(as_latin_1) == undo_mojibake(as_latin_1.encode().decode("latin-1")) == text


def redecode_as_shown(text: str) -> str:
    return decode(text.encode(), "windows-1252")
