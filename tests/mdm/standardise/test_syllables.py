import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mdm.standardise import syllables
from mdm.standardise.syllables import (
    canonical,
    folded,
    is_plain_syllable,
    is_syllable,
    take_tone,
    undo_telex,
    undo_viqr,
    undo_vni,
)

ALL = sorted(
    syllables._place(toneless, tone, new=False)
    for toneless in syllables._GRAMMAR
    for tone in range(6)
    if syllables._takes(toneless, tone)
)
SYLLABLES = st.sampled_from(ALL)
TELEX_TONES = ["", "f", "s", "r", "x", "j"]
TELEX_LETTERS = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}


LEGAL = "nguyễn hòa hoà thúy thuý phúc phục gì gìn giếng quý quyền khuỷu nghiêng yến ý mỹ đường"
ILLEGAL = "phuc phùc phủc qúy hòang smith fan kăn cê ngiêng iên nguyễễn jan"


@pytest.mark.parametrize("text", LEGAL.split())
def test_is_a_syllable(text: str) -> None:
    assert is_syllable(text)


@pytest.mark.parametrize("text", ILLEGAL.split())
def test_is_no_syllable(text: str) -> None:
    assert not is_syllable(text)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuý", "thúy"), ("thuỵ", "thụy"), ("hoè", "hòe"), ("uỷ", "ủy"),
        ("qúy", "quý"), ("gìau", "giàu"), ("hùynh", "huỳnh"), ("hòang", "hoàng"), ("tòan", "toàn"),
        ("thúân", "thuấn"), ("nguỹên", "nguyễn"), ("tuýêt", "tuyết"), ("nguyễễn", "nguyễn"), ("trâân", "trân"),
        ("lêê", "lê"), ("hoàâng", "hoàng"), ("hoàn", "hoàn"), ("khoét", "khoét"), ("quà", "quà"), ("già", "già"),
        ("kđăm", "kđăm"), ("smith", "smith"),
    ],
)  # fmt: skip
def test_tone_goes_where_it_belongs(written: str, right: str) -> None:
    assert canonical(written) == right


@pytest.mark.parametrize(
    ("y", "i"), [("mỹ", "mĩ"), ("lý", "lí"), ("kỳ", "kì"), ("sỹ", "sĩ"), ("quý", "quí"), ("ý", "í")]
)
def test_final_y_and_i_fold(y: str, i: str) -> None:
    assert folded(y) == folded(i) == i


@pytest.mark.parametrize(("y", "i"), [("thúy", "thúi"), ("huy", "hui"), ("tay", "tai"), ("thy", "thi")])
def test_other_y_and_i_differ(y: str, i: str) -> None:
    assert folded(y) != folded(i)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("nguyeenx", "nguyễn"), ("nguyexen", "nguyễn"), ("nguyênx", "nguyễn"), ("vawn", "văn"), ("huwngf", "hừng"),
     ("ddawngj", "đặng"), ("phuongw", "phương"), ("dduwowngf", "đường"), ("smith", "smith"), ("kevin", "kevin")],
)  # fmt: skip
def test_telex(typed: str, meant: str) -> None:
    assert undo_telex(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("nguye6n4 va8n hu7ng", "nguyễn văn hưng"), ("d9a85ng", "đặng"), ("nguyen64", "nguyễn"), ("nguye64n", "nguyễn"),
     ("phuong7 2b", None), ("nguyễn van2", None), ("nguyen van", None)],
)  # fmt: skip
def test_vni(typed: str, meant: str | None) -> None:
    assert undo_vni(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nguye^~n va(n hu+ng", "nguyễn văn hưng"),
        ("dda(.ng", "đặng"),
        ("nguy?n", None),
        ("h'hen", None),
        ("hoa.", None),
    ],
)
def test_viqr(typed: str, meant: str | None) -> None:
    assert undo_viqr(typed) == meant


@given(SYLLABLES)
def test_a_legal_syllable_is_left_alone(text: str) -> None:
    assert is_syllable(text)
    assert canonical(text) == text
    assert undo_telex(text) == text


@given(SYLLABLES)
def test_what_telex_types_is_read_back(text: str) -> None:
    parts = take_tone(text)
    assert parts is not None
    assume(all(parts[0].count(vowel) < 2 for vowel in "aeo"))  # a vowel typed again is a circumflex
    typed = "".join(TELEX_LETTERS.get(letter, letter) for letter in parts[0]) + TELEX_TONES[parts[1]]
    assert is_plain_syllable(typed) or undo_telex(typed) == text


@given(st.text(max_size=10))
def test_any_text_goes_through(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
    assert folded(folded(text)) == folded(text)
    assert isinstance(undo_telex(text), str)
    undo_vni(text)
    undo_viqr(text)
