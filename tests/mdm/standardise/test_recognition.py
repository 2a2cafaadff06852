"""Which encoding a file or column is in: every generated extract, every size, and never a false alarm on UTF-8."""

import random
from pathlib import Path
from unicodedata import normalize

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.generate import generate
from mdm.standardise.encodings import decode, encode
from mdm.standardise.recognition import detect, detect_cells, detect_text, is_utf_8

LEGACY = ("tcvn3", "vni", "viscii", "windows-1258")
WRITTEN = {"bao_hiem": "tcvn3", "dat_dai": "vni", "nha_o": "utf-16"}
"""The generated extracts that are not in UTF-8."""
PEOPLE = """Nguyễn Thị Hoà|Trần Văn Đường|Lê Thị Ánh Tuyết|Phạm Hữu Phước|Huỳnh Ngọc Trâm|Võ Thành Được|Đặng Mỹ Hạnh
Bùi Thị Kim Phượng|Đỗ Quốc Việt|Hồ Thị Thuý|Ngô Đức Thịnh|Dương Thị Lệ|Lý Hoàng Yến|Phan Bội Châu|Vũ Trọng Phụng
Trương Định|Mai Thị Lựu|Đinh Bộ Lĩnh|Tạ Thị Bưởi|Cao Bá Quát|Đoàn Thị Điểm|Phường Bến Nghé|Quận Bình Thạnh""".replace(
    "\n", "|"
).split("|")

ELSEWHERE = {
    "French": "François Lefèvre, José Nuñez, Zoë Brontë, château, élève, hôpital, Noël, garçon, forêt, où, déjà",
    "German": "Jürgen Groß, Käthe Müller, Straße, Österreich, Übung, schön, Mädchen, Fußgänger, Größe, häufig",
    "Czech": "Jiří Dvořák, Žižka, Plzeň, Čapek, Šárka, řeka, žena, příliš žluťoučký kůň úpěl ďábelské ódy",
    "Khmer": "ថាច់ សុភា, ខេត្តត្រាវិញ, សឺង សារ៉ាត់",
    "Chinese": "陳大文, 李小龍, 胡志明市第五郡, 黃氏",
    "Russian": "Иванов Иван, Нгуен Ван, Хошимин, улица",
    "Êđê and Gia Rai": "H'Hen Niê, Y Thih Êban, Rơ Châm Y, Ksor H'Bơ Khăp, Buôn Ma Thuột",
    "signs": "“An” – ‘Bì’ … 50 € · 12½ m² ° § ™ • → ₫ № ✓ 😀",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every generated extract: source → lines of CSV."""
    folder = tmp_path_factory.mktemp("city")
    generate(folder, 300, seed=11)
    texts = {path.stem: _text(path) for path in sorted(folder.glob("*.csv")) if path.stem not in ("truth", "couples")}
    texts |= {
        path.stem: pl.read_excel(path, infer_schema_length=0).write_csv() for path in sorted(folder.glob("*.xlsx"))
    }
    return texts


def _text(path: Path) -> str:
    return decode(path.read_bytes(), WRITTEN.get(path.stem, "utf-8"))


@pytest.mark.parametrize("case", [str, str.upper], ids=["as written", "capitals"])
@pytest.mark.parametrize("encoding", [*LEGACY, "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_generated_extract_is_recognised_in_every_encoding(
    city: dict[str, str], encoding: str, case: type[str]
) -> None:
    expected = "utf-8" if encoding == "utf-8-sig" else encoding[:6] if encoding.startswith("utf-16") else encoding
    assert len(city) == 8
    for source, text in city.items():
        lines = text.splitlines(keepends=True)
        for size in (2, 3, 6, 12, len(lines)):
            part = case("".join(lines[:size]))
            raw = part.encode(encoding) if encoding.startswith("utf") else encode(part, encoding)
            found = detect(raw)
            if raw.isascii():
                assert found.encoding == "utf-8"
            elif size < 12:
                assert found.encoding in (expected, None), (source, size, found)
            else:
                assert found.encoding == expected, (source, size, found)


@pytest.mark.parametrize("encoding", LEGACY)
@pytest.mark.parametrize("words", [1, 2, 3, 5, 8])
def test_few_words_among_much_ascii_are_recognised_or_held_never_taken_for_another(encoding: str, words: int) -> None:
    chance = random.Random(words)
    right = 0
    for _ in range(60):
        known = {word for person in PEOPLE for word in person.split() if not word.isascii()}
        known -= {"Đỗ"}  # in VISCII, and alone, the bytes of a Cyrillic letter in UTF-8
        spoken = chance.sample(sorted(known), words)
        lines = [f"{row},KCN Tan Binh,{row * 7}" for row in range(200)]
        for word in spoken:
            lines[chance.randrange(200)] += f",{word}"
        raw = encode("\n".join(lines), encoding)
        assert detect(raw).encoding in (encoding, None), detect(raw)
        right += detect(raw).encoding == encoding
    assert right >= (0, 0, 0, 20, 0, 45, 0, 0, 58)[words]


def test_one_word_over_and_over_is_one_piece_of_evidence() -> None:
    raw = encode("ma,gioi_tinh\n" + "1,Nữ\n2,Nam\n" * 500, "viscii")
    assert detect(raw).encoding is None


@pytest.mark.parametrize("language", ELSEWHERE)
def test_utf_8_of_any_language_raises_no_false_alarm(language: str) -> None:
    words = ELSEWHERE[language].split(", ")
    for some in (words[:1], words[:2], words, words * 20):
        text = "\n".join(f"{row},{word}" for row, word in enumerate(some))
        for form in ("NFC", "NFD"):
            for case in (str, str.upper):
                said = case(normalize(form, text))  # type: ignore[arg-type]
                assert detect(said.encode()).encoding == "utf-8"
                assert detect_text(said.split("\n")).encoding in ("utf-8", None)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_vietnamese_in_utf_8_raises_no_false_alarm(form: str, case: type[str]) -> None:
    for size in range(1, len(PEOPLE)):
        people = [case(normalize(form, person)) for person in PEOPLE[:size]]  # type: ignore[arg-type]
        assert detect("\n".join(people).encode()).encoding == "utf-8"
        assert detect_text(people).encoding in ("utf-8", None)
        assert detect_text([f"{person} Jürgen Groß" for person in people]).encoding in ("utf-8", None)


def test_generated_columns_in_unicode_raise_no_false_alarm(city: dict[str, str]) -> None:
    for source, text in city.items():
        table = pl.read_csv(text.encode(), infer_schema=False)
        for column in table.get_columns():
            assert detect_text(column.drop_nulls().to_list()).encoding in ("utf-8", None), (source, column.name)


def test_a_broken_byte_does_not_make_utf_8_another_encoding() -> None:
    lines = [person.encode() for person in PEOPLE * 5]
    lines[7] = b"L\xea V\xff"
    found = detect(b"\n".join(lines))
    assert found.encoding == "utf-8"
    assert 0.9 < found.confidence < 1
    assert detect(b"ASCII\n" * 500 + b"Nguy\xd4n\n").encoding is None  # nothing in it speaks for UTF-8


def test_text_encoded_twice_is_utf_8_and_said_to_be_so() -> None:
    found = detect(decode("\n".join(PEOPLE).encode(), "windows-1252").encode())
    assert found.encoding == "utf-8"
    assert "of the words with marks were encoded twice" in found.evidence


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfid\n", b"", b"id,name\n1,An\n"])
def test_a_file_without_marks_is_utf_8(raw: bytes) -> None:
    assert detect(raw).encoding == "utf-8"


def test_what_is_not_vietnamese_is_not_guessed() -> None:
    found = detect("Müller,Straße\nJosé Peñarañda,Málaga\nFrançois,Çedilla\n".encode("latin-1") * 20)
    assert found.encoding is None
    assert "José" not in found.evidence


@pytest.mark.parametrize("encoding", LEGACY)
def test_a_column_of_legacy_text_shown_in_a_unicode_file_is_recognised(encoding: str) -> None:
    shown = [decode(encode(person, encoding), "windows-1252") for person in PEOPLE]
    found = detect_text(shown)
    assert found.encoding == encoding
    assert found.confidence > 0.5


def test_valid_utf_8_that_is_vietnamese_only_otherwise_is_held() -> None:
    assert detect(encode("ma,ten\n1,Phương\n", "viscii")).encoding is None


@pytest.mark.parametrize("rows", [1, 400, 2_000])
@pytest.mark.parametrize(
    "alone", [*"–€…”’×№→ðñЯΩ", "Hélène", "Åsa", "Khôy", "CHÝ", "LÊGIA", "NgôKim", "ỮHU", "Р", "an\x02"]
)
def test_one_sign_or_word_among_ascii_is_utf_8(alone: str, rows: int) -> None:
    lines = [f"{row},KCN Tan Binh" for row in range(rows)]
    for said in (f" {alone} ", alone, f"A{alone}"):
        lines[rows // 2] = f"7,Cty{said},8"
        assert detect("\n".join(lines).encode()).encoding == "utf-8", said


def test_only_viscii_can_be_valid_utf_8_by_chance() -> None:
    marked = {word for person in PEOPLE for word in person.split() if not word.isascii()} | {"ĐÕI", "Đường", "Được"}
    for encoding in LEGACY:
        for word in sorted(marked | {word.upper() for word in marked}):
            raw = encode(word, encoding)
            if not raw.isascii() and is_utf_8(raw):
                assert encoding == "viscii"
                assert detect(raw).encoding == (None if len(raw.decode()) > 1 else "utf-8")


@pytest.mark.parametrize("start", [b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_a_column_of_a_one_byte_file_has_no_byte_order_mark(start: bytes) -> None:
    for encoding in LEGACY:
        cells = encode("\n".join(PEOPLE), encoding)
        assert detect_cells(start + cells).encoding == encoding
        assert detect_cells(cells + b"\0\n" * len(cells)).encoding == encoding


@settings(deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_can_be_judged(raw: bytes) -> None:
    found = detect(raw)
    assert 0 <= found.confidence <= 1


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=30), max_size=8))
def test_any_texts_can_be_judged(texts: list[str]) -> None:
    assert detect_text(texts).confidence <= 1
