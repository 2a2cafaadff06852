"""A standardiser is given only the habits that it names, so that sources alike in those are read together."""

from dataclasses import fields

import polars as pl
import pytest

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.encodings import decode
from mdm.standardise.standardiser import LONGEST, TOO_LONG

KNOWLEDGE = Knowledge.shipped()
ODD = {"date_order": "mdy", "new_year_is_year": True, "sex_codes": {"nam": "female", "0": "male", "01/01/1990": "male"}}
TEXTS = pl.Series(
    ["01/01/1990", "01/02/1990", "3.4.85", "nam", "0", "Nguyễn Văn An", "0903 123 456", "12/3 Lê Lợi, Q1"]
)


@pytest.mark.parametrize("name", STANDARDISERS)
def test_habits_that_a_standardiser_does_not_name_change_nothing(name: str) -> None:
    standardiser = STANDARDISERS[name]
    odd = SourceProfile(**{habit: said for habit, said in ODD.items() if habit not in standardiser.habits})
    plain = standardiser.function(TEXTS, KNOWLEDGE, SourceProfile(), {})
    assert standardiser.function(TEXTS, KNOWLEDGE, odd, {}).equals(plain)


@pytest.mark.parametrize("name", [name for name, standardiser in STANDARDISERS.items() if standardiser.habits])
def test_a_habit_that_a_standardiser_names_is_read(name: str) -> None:
    standardiser = STANDARDISERS[name]
    plain = standardiser.function(TEXTS, KNOWLEDGE, SourceProfile(), {})
    for habit in standardiser.habits:
        odd = SourceProfile(**{habit: ODD[habit]})
        assert not standardiser.function(TEXTS, KNOWLEDGE, odd, {}).equals(plain)


def test_every_habit_is_a_field_of_the_profile() -> None:
    named = {habit for standardiser in STANDARDISERS.values() for habit in standardiser.habits}
    assert named <= {field.name for field in fields(SourceProfile)}


@pytest.mark.parametrize("name", STANDARDISERS)
def test_a_text_that_is_too_long_is_not_read_and_the_others_are(name: str) -> None:
    standardiser = STANDARDISERS[name]
    texts = pl.Series(["12 " * LONGEST, "ễ" * LONGEST, "12", None])
    read = standardiser.function(texts, KNOWLEDGE, SourceProfile(), {})
    alone = standardiser.function(texts[2:3], KNOWLEDGE, SourceProfile(), {})
    assert dict(read.schema) == dict(standardiser.schema)
    assert read["finding"][0] == TOO_LONG
    assert read["value"][0] is None
    assert read["finding"][1] != TOO_LONG  # counted in characters, not in bytes
    assert read[2:3].equals(alone)
    assert read.row(3) == (None,) * read.width


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sex", "Nữ"),
        ("date", "Ngày 05 tháng 07 năm 1985"),
        ("certificate", "Đ 123456"),
        ("person_name", "Đặng Thị Mỹ Ý"),
        ("organisation_name", "Hộ kinh doanh Phở Hòa"),
        ("phone", "Điện thoại: 0903 123 456"),
        ("legal_form", "Công ty cổ phần"),
    ],
)
@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252"])
def test_double_encoding_is_undone_for_every_standardiser(name: str, text: str, encoding: str) -> None:
    function = STANDARDISERS[name].function
    twice = decode(text.encode(), encoding) if encoding != "latin-1" else text.encode().decode(encoding)
    assert twice != text
    once = function(pl.Series([text]), KNOWLEDGE, SourceProfile(), {})
    assert once["value"][0] is not None
    assert function(pl.Series([twice]), KNOWLEDGE, SourceProfile(), {}).equals(once)
