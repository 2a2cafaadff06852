"""A standardiser is given only the habits that it names, so that sources alike in those are read together."""

from dataclasses import fields

import polars as pl
import pytest

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
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
