from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from unidecode import unidecode

from mdm.standardise import Knowledge, SourceProfile
from mdm.standardise.name_columns import ordinary
from mdm.standardise.name_words import lexicon, token
from mdm.standardise.person_names import SCHEMA, STANDARDISER, read
from mdm.standardise.text import plain

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "person_names.yaml").read_text("utf-8"))
WORDS = lexicon(Knowledge.shipped())
SURNAMES = ["Nguyễn", "Trần", "Hoàng", "Vũ", "Đặng", "Lý"]
MIDDLES = ["Văn", "Thị", "Ngọc", "Minh", "Hữu"]
GIVEN = ["An", "Hòa", "Thúy", "Mỹ", "Quý", "Đức", "Phượng", "Khỏe"]
NAMES = st.tuples(*map(st.sampled_from, (SURNAMES, MIDDLES, GIVEN))).map(" ".join)


def row(text: str) -> dict[str, str | None]:
    return dict(zip(SCHEMA, read(text, WORDS), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['received']}: {case['why']}")
def test_judged_name(case: dict[str, str | None]) -> None:
    found = row(str(case["received"]))
    assert found["value"] == case["value"]
    assert found["finding"] == case.get("finding")
    assert found["alias"] == case.get("alias")
    if parts := case.get("parts"):
        assert "|".join(found[part] or "" for part in ("surname", "middle", "given")) == parts


def test_fields_of_one_name() -> None:
    assert row("NGUYỄN THỊ MỸ HOÀ") == {
        "value": "Nguyễn Thị Mỹ Hòa",
        "key": "nguyễn thị mĩ hòa",
        "plain": "nguyen thi my hoa",
        "surname": "nguyen",
        "middle": "thi my",
        "given": "hoa",
        "sorted": "hoa my nguyen thi",
        "initials": "ntmh",
        "alias": None,
        "finding": None,
    }


@pytest.mark.parametrize(
    ("left", "right"), [("Hoà", "Hòa"), ("Thuý", "Thúy"), ("Mỹ", "Mĩ"), ("Quý", "Quí"), ("Kỳ", "Kì")]
)
def test_spelling_variants_share_a_key(left: str, right: str) -> None:
    assert row(f"Nguyễn Thị {left}")["key"] == row(f"Nguyễn Thị {right}")["key"]


@pytest.mark.parametrize(("left", "right"), [("Thúy", "Thúi"), ("Huy", "Hui"), ("Tay", "Tai"), ("Hòa", "Hoa")])
def test_different_names_have_different_keys(left: str, right: str) -> None:
    assert row(f"Nguyễn Thị {left}")["key"] != row(f"Nguyễn Thị {right}")["key"]


def test_the_frame_is_as_declared() -> None:
    values = pl.Series(["Nguyễn Văn An", None, "", "Test"])
    frame = STANDARDISER.function(values, Knowledge.shipped(), SourceProfile(), {})
    assert frame.schema == pl.Schema(STANDARDISER.schema)
    assert frame["value"].to_list() == ["Nguyễn Văn An", None, None, None]
    assert frame["finding"].to_list() == [None, None, None, "placeholder"]


@settings(deadline=None)
@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    found = row(text)
    assert (found["value"] is None) == (found["plain"] is None)


PIECES = (
    "Nguyễn|NGUYEN|Văn|Thị|An|Lan|Hoà|Ng.|N.|T|A|Y|H'|H|Niê|Vũ|Ông|Bà|con|và|vợ|tức|chết|(|)|,|.|-|:|;|\"|1|0|1985|?|"
    "Nguyeenx|Vawn|nguye6n4|'|Smith|LEE|Max|o|ô|Tôn|Nữ|x|ng|nguyenvanan|nguyễnVăn|ThS.|sinh|năm|ß|e\u0302\u0303|"
    "thế danh|Thích|Bé|trai|hộ|tự|&|Lee|cùng|bn|là|chồng"
)
ODD_TEXT = st.one_of(
    st.text(),
    st.lists(st.tuples(st.sampled_from(PIECES.split("|")), st.sampled_from(["", " "])).map("".join), max_size=8).map(
        "".join
    ),
)


@settings(deadline=None, max_examples=300)
@given(ODD_TEXT)
def test_a_canonical_name_stays_as_it_is(text: str) -> None:
    value = row(text)["value"]
    assert value is None or row(value)["value"] == value


@given(NAMES, st.sampled_from([str.upper, str.lower, str.title]))
def test_case_changes_nothing(name: str, case: object) -> None:
    assert callable(case)
    assert row(case(name)) == row(name)


@given(NAMES)
def test_losing_all_tones_keeps_the_plain_key(name: str) -> None:
    toneless = str(row(name)["plain"])
    assert row(toneless)["plain"] == toneless


SURNAME_LIST = Knowledge.shipped().table("words/surnames.csv")["surname"].to_list()
FIRST_SURNAMES = [
    name
    for name, place in Knowledge.shipped().table("words/surnames.csv").select("surname", "place").rows()
    if place == "first" and plain(name) not in {title[0] for title in WORDS.titles} | WORDS.no_name_firsts
]
ODD = "va và con sinh năm tức chết hộ ông bà y a thị van test tên bé trai nie lee max tùng tự vợ là"
ODD_WORDS = ODD.split()
SLIPPED = "N. Đ. Y. O. B ý w Ngurễn Trn Trầnn Nguyeenx Hungf ddung thịyến nguyễnVăn ánh Tr ầnThu Smith Lee Thi Ẩn Niê"
SLIPS = SLIPPED.split()
ANY_NAME = st.one_of(
    st.lists(st.sampled_from([*SURNAMES, *GIVEN, *SLIPS]), min_size=2, max_size=6).map(" ".join),
    st.lists(st.sampled_from([*SURNAMES, *MIDDLES, *GIVEN, *SURNAME_LIST]), min_size=1, max_size=7).map(" ".join),
    st.lists(
        st.sampled_from(ODD_WORDS),
        min_size=2,
        max_size=6,
    ).map(" ".join),
)


def decomposed(text: str) -> str:
    return normalize("NFD", text)


@settings(deadline=None, max_examples=300)
@given(st.lists(ANY_NAME, max_size=8), st.sampled_from([str, str.upper, str.title, plain, decomposed]))
def test_names_read_as_columns_and_one_by_one_are_the_same(names: list[str], dress: Callable[[str], str]) -> None:
    texts = pl.Series([dress(name) for name in names], dtype=pl.String)
    frame = STANDARDISER.function(texts, Knowledge.shipped(), SourceProfile(), {})
    assert frame.rows() == [read(text, WORDS) for text in texts]


def test_an_ordinary_name_is_read_in_columns() -> None:
    texts = pl.DataFrame(
        {
            "text": [
                "Nguyễn Văn An",
                "HOÀNG LÊ MỸ NGỌC",
                "tran thi ba",
                "Ông An",
                None,
                "Lê Văn An (con)",
                "D. H. Việtt",
            ]
        }
    )
    assert ordinary(texts.with_row_index("_row"), WORDS)["_row"].to_list() == [0, 1, 2, 6]


@pytest.mark.parametrize("dress", [str, str.upper, plain])
def test_no_key_is_undone_in_a_surname(dress: Callable[[str], str]) -> None:
    for surname in FIRST_SURNAMES:
        name = dress(f"{surname} Ngọc An")
        assert row(name)["plain"] == plain(name)


SURE_SURNAMES = [
    name for name in FIRST_SURNAMES if token(name.lower()).key in WORDS.given or plain(name) not in WORDS.plain_given
]
"""Without those that only a lost tone makes a given name: An Bui An may be An of the Bùi, Ân Bùi An can't."""


@settings(deadline=None)
@given(
    st.sampled_from(SURE_SURNAMES),
    st.lists(st.sampled_from(sorted({*SURNAME_LIST[:60], *MIDDLES, *GIVEN})), max_size=3),
    st.sampled_from(GIVEN),
)
def test_toneless_of_canonical_is_canonical_of_toneless(surname: str, middles: list[str], given_name: str) -> None:
    name = " ".join([surname, *middles, given_name])
    assert row(plain(name))["value"] == unidecode(str(row(name)["value"]))
