import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import ANY_TEXT

from mdm.standardise import Knowledge, profiling

KNOWLEDGE = Knowledge.shipped()


def test_a_part_beyond_twelve_proves_the_order() -> None:
    assert profiling.date_order(pl.Series(["05/07/1985", "25/07/1985", "1985"])) == "dmy"
    assert profiling.date_order(pl.Series(["05/07/1985", "07/25/1985 12:00:00 AM", None])) == "mdy"
    assert profiling.date_order(pl.Series(["85/07/25", "85/07/05"])) == "ymd"


def test_without_proof_the_day_comes_first() -> None:
    assert profiling.date_order(pl.Series(["05/07/1985", "x", None], dtype=pl.String)) == "dmy"
    assert profiling.date_order(pl.Series([], dtype=pl.String)) == "dmy"


def test_a_few_errors_do_not_turn_a_column() -> None:
    assert profiling.date_order(pl.Series(["25/07/1985"] * 50 + ["07/25/1985"])) == "dmy"


def test_bare_codes_follow_the_convention_where_no_number_speaks() -> None:
    assert profiling.sex_codes(pl.Series(["1", "2", "1"]), None, KNOWLEDGE) == {"1": "male", "2": "female"}
    assert profiling.sex_codes(pl.Series(["1", "0", "1.0"]), None, KNOWLEDGE) == {"0": "female", "1": "male"}
    assert profiling.sex_codes(pl.Series(["0", "1", "2"]), None, KNOWLEDGE) == {"1": "male", "2": "female"}


def test_personal_numbers_overrule_the_convention() -> None:
    values = pl.Series(["1"] * 10 + ["0"] * 3)
    numbers = pl.Series([f"0791850{n:05}" for n in range(10_007, 10_017)] + [None] * 3)
    assert profiling.sex_codes(values, numbers, KNOWLEDGE) == {"0": "male", "1": "female"}


def test_words_are_no_codes() -> None:
    assert profiling.sex_codes(pl.Series(["Nam", "Nữ", "khác", None]), None, KNOWLEDGE) == {}


def test_too_many_new_years_mean_the_year_alone() -> None:
    days = [f"{1 + n % 28:02}/{2 + n % 11:02}/1985" for n in range(300)]
    assert profiling.new_year_is_year(pl.Series(days + ["01/01/1960"] * 30))
    assert not profiling.new_year_is_year(pl.Series(days + ["01/01/1960"] * 5))
    assert not profiling.new_year_is_year(pl.Series(days * 20 + ["01/01/1960"] * 25))


def test_a_value_of_many_holders_is_shared() -> None:
    phones = pl.Series([["+84900000001", "+84900000002"], ["+84900000001"], ["+84900000001"], None])
    names = pl.Series(["an", "binh", "binh", "chi"])
    assert profiling.shared(phones, names, 1) == ["+84900000001"]
    assert profiling.shared(phones.list.first(), names, 2) == []


def test_spellings_of_one_name_are_one_holder() -> None:
    one = ["nguyen thi hoa", "nguyen t. hoa", "nguyne thi hoa", "hoa nguyen thi", "nguyen hoa", "n thi hoa"]
    assert profiling.shared(pl.Series(["x"] * len(one)), pl.Series(one), 1) == []
    others = pl.Series([*one, "nguyen thi lan", "tran van binh"])
    assert profiling.shared(pl.Series(["x"] * len(others)), others, 2) == ["x"]
    assert profiling.shared(pl.Series(["x"] * len(others)), others.reverse(), 3) == []


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), ANY_TEXT), max_size=20))
def test_any_column_can_be_profiled(texts: list[str | None]) -> None:
    column = pl.Series("c", texts, pl.String)
    assert profiling.date_order(column) in ("dmy", "mdy", "ymd")
    assert set(profiling.sex_codes(column, column, KNOWLEDGE).values()) <= {"male", "female"}
    assert not profiling.new_year_is_year(column)
