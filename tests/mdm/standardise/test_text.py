from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise.text import fold, plain, repair, title_case

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("ễẽ\u0302\u0303\u0323Ðаеê Ä\u0090á»…Ã\xa0\u200b\xad")))


@pytest.mark.parametrize(
    ("received", "repaired"),
    [
        (normalize("NFD", "Nguyễn Thị Hoà"), "Nguyễn Thị Hoà"),
        ("Nguye\u0303\u0302n", "Nguyễn"),
        ("Ðặng ₫ức", "Đặng đức"),
        ("  Trần\u00a0\u3000Văn\tAn ", "Trần Văn An"),
        ("Trần\u200b Văn\u00ad An\ufeff", "Trần Văn An"),
        ("Trần Thị Ноа", "Trần Thị Hoa"),
        ("Иван Петров", "Иван Петров"),
        ("Niê\u0306 Kđăm", "Niê\u0306 Kđăm"),
        ("Tráº§n VÄƒn", "Trần Văn"),
        ("Äặng", "Đặng"),
        ("XÃ\u00a0AN PHÚ", "XÃ AN PHÚ"),
        ("Ärzte", "Ärzte"),
        ("Ｎｇｕｙễｎ Ｖăｎ Ａｎ", "Nguyễn Văn An"),
        ("Nguyễn Vǎn An", "Nguyễn Văn An"),
        ("Ɖặng ɖức ðạt", "Đặng đức đạt"),
        ("Hoaˋ Quyˊ", "Hoà Quý"),
        ("Νguyễn Τhị ΑΝ", "Nguyễn Thị AN"),
        ("Ayŭn Êčăm Ñuôl", "Ayŭn Êčăm Ñuôl"),
        ("Nguyê\u0303n Va\u0306n Hu\u031bng", "Nguyễn Văn Hưng"),
        ("e\u0303\u0302 e\u0302\u0303 e\u0302\u0302\u0303", "ễ ễ ễ"),
        ("Â\x1f¡", "¡"),
        ("Ä\x1fặng", "Đặng"),
    ],
)
def test_repair(received: str, repaired: str) -> None:
    assert repair(received) == repaired


def test_keys() -> None:
    assert fold("Phường Mỹ HOÀ, 12/3") == "phường mĩ hòa, 12/3"
    assert plain("Đặng Thị Mỹ") == "dang thi my"
    assert plain(normalize("NFD", "Đặng Thị Mỹ")) == "dang thi my"
    assert title_case(normalize("NFD", "H'HEN nguyễn-đức")) == "H'Hen Nguyễn-Đức"


@settings(deadline=None)
@given(TEXTS)
def test_any_text_goes_through_and_twice_is_once(text: str) -> None:
    for change in (repair, fold, plain):
        assert change(change(text)) == change(text)
    assert plain(text).isascii()
    assert title_case(title_case(text)) == title_case(text)


@given(st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệứ "))
def test_plain_of_plain_is_plain_of_the_text(text: str) -> None:
    assert plain(text.upper()) == plain(text) == plain(plain(text))
