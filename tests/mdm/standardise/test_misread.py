"""Texts in another encoding than they were read in are told of; sound text of any language never is."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise.encodings import decode, encode, redecode
from mdm.standardise.misread import misread, mixture

LEGACY = ("tcvn3", "vni", "viscii", "windows-1258")
PEOPLE = """Nguyễn Thị Hoà|Trần Văn Đường|Lê Thị Ánh Tuyết|Phạm Hữu Phước|Huỳnh Ngọc Trâm|Võ Thành Được|Đặng Mỹ Hạnh
Bùi Thị Kim Phượng|Đỗ Quốc Việt|Hồ Thị Thuý|Ngô Đức Thịnh|Dương Thị Lệ|Lý Hoàng Yến|Phan Bội Châu""".replace(
    "\n", "|"
).split("|")
LOSSY = [("windows-1258", "vni")]
"""VNI has two ways to write what is one way in windows-1258's bytes, so most words don't give their bytes back."""
ELSEWHERE = """François Lefèvre|José Nuñez|Zoë Brontë, élève, hôpital|Jürgen Groß, Käthe Müller|Österreich, Übung, schön
Jiří Dvořák, Žižka|H'Hen Niê, Y Thih Êban|Ksor H'Bơ Khăp|陳大文|Иванов Иван|ថាច់ សុភា|“An” – ‘Bì’ … 50 € ™
Hélène Åsa|Khôy CHÝ LÊGIA NgôKim ỮHU|Nguyá»…n Thá»‹ Hoa|Tr\ufffdn V\ufffdn
Señor Peña, Málaga, Ávila|garçon forêt château Noël""".replace("\n", "|").split("|")


def read_as(people: list[str], written: str, read: str) -> list[str]:
    """Texts written in one encoding and read in another; in Unicode they were shown as Windows-1252."""
    raws = [encode(person, written) for person in people]
    return [decode(raw, "windows-1252" if read == "utf-8" else read) for raw in raws]


@pytest.mark.parametrize("read", [*LEGACY, "utf-8"])
@pytest.mark.parametrize("written", LEGACY)
def test_a_part_of_a_column_in_another_encoding_is_told(read: str, written: str) -> None:
    sound = [redecode(decode(encode(p, read), "windows-1252"), read) if read != "utf-8" else p for p in PEOPLE]
    assert mixture(pl.Series(sound), read) is None
    if written != read and (written, read) not in LOSSY:
        found = mixture(pl.Series([*sound, *read_as(PEOPLE[:7], written, read)]), read)
        assert found is not None
        assert found.encoding == written
        assert 0.1 <= found.share <= 0.5


@pytest.mark.parametrize("read", [*LEGACY, "utf-8"])
@pytest.mark.parametrize("written", LEGACY)
def test_a_cell_all_in_another_encoding_speaks_for_itself(read: str, written: str) -> None:
    assert misread(pl.Series(PEOPLE), read).is_empty()
    if written != read:
        found = set(misread(pl.Series([*PEOPLE, *read_as(PEOPLE, written, read)]), read))
        assert found <= set(read_as(PEOPLE, written, read))
        assert len(found) >= (0 if (written, read) in LOSSY else 3)


def test_utf_8_in_a_column_read_otherwise_is_told() -> None:
    shown = [decode(person.encode(), "viscii") for person in PEOPLE]
    found = mixture(pl.Series([*PEOPLE, *shown]), "viscii")
    assert found is not None
    assert found.encoding == "utf-8"
    assert len(misread(pl.Series(shown), "viscii")) >= 10


@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_sound_text_of_any_language_is_not_told(case: type[str]) -> None:
    texts = pl.Series([case(text) for text in [*PEOPLE, *ELSEWHERE]])
    assert misread(texts, "utf-8").is_empty()
    assert mixture(texts, "utf-8") is None
    assert mixture(texts.tail(len(ELSEWHERE)), "utf-8") is None


def test_one_word_says_nothing() -> None:
    assert misread(pl.Series(["Nguyeãn", "TrÇn An", "Nguyeãn Nguyeãn"]), "utf-8").is_empty()
    assert misread(pl.Series(["Nguyeãn Thò Hoaø"]), "utf-8").to_list() == ["Nguyeãn Thò Hoaø"]


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=20), max_size=5), read=st.sampled_from([*LEGACY, "utf-8", "windows-1252"]))
def test_any_texts_can_be_judged(texts: list[str], read: str) -> None:
    series = pl.Series(texts, dtype=pl.String)
    assert set(misread(series.unique(), read)) <= set(texts)
    mixture(series, read)
