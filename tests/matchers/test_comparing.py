"""The compare stage: best against best, a rule's own levels, and patterns."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from matchers.comparing import Comparison, compare, pack, unpack
from matchers.comparisons import ALL

NUMBERS = ("exact", "near", "differs")
DATE = ("exact", "swapped", "partial", "near", "two_parts", "same_year", "close_year", "differs")

RECORDS = pl.DataFrame(
    {
        "sex": ["female", "female", "male", None],
        "personal_id": [["023456789", "079085001234"], ["079085001235"], ["024000000"], []],
        "personal_id.kind": [["cmnd", "cccd"], ["cccd"], ["cmnd"], []],
        "phone": [["+84912345678"], ["+84987654321", "+84912345678"], ["+84912345687"], None],
        "contact": ["+84987654321", None, "+84900000000", "+84987654321"],
        "birth_date": ["1985-07-05", "1985-05-07", "1985", None],
        "birth_date.year": pl.Series([1985, 1985, 1985, None], dtype=pl.Int16),
        "birth_date.month": pl.Series([7, 5, None, None], dtype=pl.Int8),
        "birth_date.day": pl.Series([5, 7, None, None], dtype=pl.Int8),
        "address": ["a", "b", None, None],
        "address.house_no": ["45", "45", None, None],
        "address.street_plain": ["nguyen hue", "nguyen hue", None, None],
        "address.units": [["26740", "26743"], ["26743"], [], None],
    }
)
PAIRS = pl.DataFrame({"left": [0, 0, 1, 0], "right": [1, 2, 2, 3]}, schema={"left": pl.UInt32, "right": pl.UInt32})


def codes(comparison: Comparison, pairs: pl.DataFrame = PAIRS) -> list[int]:
    return compare(RECORDS, pairs, [comparison])[comparison.name].to_list()


def test_levels_count_from_the_weakest_and_absence_is_zero() -> None:
    assert codes(Comparison(("sex",), "exact", ("exact", "differs"))) == [2, 1, 1, 0]
    assert codes(Comparison(("birth_date",), "date", DATE)) == [7, 6, 6, 0]


def test_the_best_pair_of_values_counts_and_only_comparable_ones() -> None:
    # 0 and 1: the 12-digit numbers are near, the 9-digit one has no counterpart; 1 and 2 have no kind in common
    assert codes(Comparison(("personal_id",), "identifier", NUMBERS)) == [2, 1, 0, 0]
    assert codes(Comparison(("phone",), "digits", NUMBERS)) == [3, 2, 2, 0]


def test_attributes_compared_together_pool_their_values() -> None:
    comparison = Comparison(("phone", "contact"), "digits", NUMBERS)
    assert comparison.name == "phone+contact"
    assert codes(comparison) == [3, 2, 2, 3]


def test_a_set_of_one_address_is_one_value() -> None:
    assert codes(Comparison(("address",), "address", ALL["address"].LEVELS)) == [8, 0, 0, 0]


def test_a_level_that_is_not_named_counts_as_the_next_weaker_one() -> None:
    assert codes(Comparison(("birth_date",), "date", ("exact", "same_year", "differs"))) == [2, 2, 2, 0]
    assert codes(Comparison(("birth_date",), "date", ("swapped", "differs"))) == [2, 1, 1, 0]
    assert codes(Comparison(("phone",), "digits", ("exact", "differs"))) == [2, 1, 1, 0]


def test_pairs_keep_their_order_and_several_comparisons_stand_side_by_side() -> None:
    sex, phone = Comparison(("sex",), "exact", ("exact", "differs")), Comparison(("phone",), "digits", NUMBERS)
    levels = compare(RECORDS, PAIRS.reverse().with_columns(rules=1), [sex, phone])
    expected = PAIRS.reverse().with_columns(
        pl.Series("sex", [0, 1, 1, 2], dtype=pl.UInt8), pl.Series("phone", [0, 2, 2, 3], dtype=pl.UInt8)
    )
    assert_frame_equal(levels, expected)


def test_no_pair_and_no_record_give_no_level() -> None:
    comparisons = [Comparison(("sex",), "exact", ("exact", "differs")), Comparison(("phone",), "digits", NUMBERS)]
    schema = {"left": pl.UInt32, "right": pl.UInt32, "sex": pl.UInt8, "phone": pl.UInt8}
    assert_frame_equal(compare(RECORDS, PAIRS.clear(), comparisons), pl.DataFrame(schema=schema))
    assert_frame_equal(compare(RECORDS.clear(), PAIRS.clear(), comparisons), pl.DataFrame(schema=schema))


@pytest.mark.parametrize(
    ("comparison", "message"),
    [
        (
            Comparison(("sex",), "exakt", ("exact",)),
            "unknown comparison function 'exakt'. Did you mean 'exact'? Known: ",
        ),
        (Comparison(("sex",), "zzz", ("exact",)), "unknown comparison function 'zzz'. Known: address, "),
        (
            Comparison(("b",), "date", ("swaped", "differs")),
            "unknown level of 'date' 'swaped'. Did you mean 'swapped'?",
        ),
        (Comparison(("b",), "date", ("partial", "swapped", "differs")), "b: levels go from strongest to weakest"),
        (Comparison(("b",), "date", ("exact", "exact", "differs")), "b: levels go from strongest to weakest"),
        (Comparison(("b",), "date", ("exact",)), "b: the last level is 'differs'"),
        (Comparison(("b",), "date", ()), "b: the last level is 'differs'"),
        (Comparison((), "date", ("differs",)), "at least one attribute"),
        (Comparison(("s",), "exact", ("differs",), {"exact": ("value",)}), "s: term frequency of a level that is not"),
        (Comparison(("sex", "sexx"), "exact", ("exact", "differs")), "the records have no column sexx"),
    ],
)
def test_what_is_wrong_is_said(comparison: Comparison, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        compare(RECORDS, PAIRS, [comparison])


def test_one_name_is_compared_once_and_a_pattern_has_room_for_sixteen() -> None:
    sex = Comparison(("sex",), "exact", ("exact", "differs"))
    with pytest.raises(ValueError, match="compared twice: sex"):
        compare(RECORDS, PAIRS, [sex, sex])
    with pytest.raises(ValueError, match="17 comparisons; a pattern has room for 16"):
        pack(pl.DataFrame(), [sex] * 17)


@given(table=st.integers(0, 16).flatmap(lambda width: st.lists(st.tuples(*[st.integers(0, 15)] * width), max_size=5)))
@settings(deadline=None)
def test_patterns_give_back_their_levels(table: list[tuple[int, ...]]) -> None:
    comparisons = [
        Comparison((f"a{place}",), "exact", ("exact", "differs")) for place in range(len(table[0]) if table else 3)
    ]
    levels = pl.DataFrame(table, schema={comparison.name: pl.UInt8 for comparison in comparisons}, orient="row")
    packed = pack(levels, comparisons)
    assert packed.dtype == pl.UInt64
    assert packed.to_list() == [sum(code << 4 * place for place, code in enumerate(row)) for row in table]
    if comparisons:
        assert_frame_equal(unpack(packed, comparisons), levels)


digits = st.text("01", min_size=3, max_size=4)
cells = st.none() | st.lists(digits, max_size=3)


@given(values=st.lists(cells, min_size=2, max_size=5))
@settings(deadline=None)
def test_comparing_equals_a_nested_loop(values: list[list[str] | None]) -> None:
    records = pl.DataFrame({"code": values}, schema={"code": pl.List(pl.String)})
    pairs = [(left, right) for right in range(len(values)) for left in range(right)]
    expected = [
        max(
            (
                ALL["digits"].reference(pl.DataFrame({"value": [one]}), pl.DataFrame({"value": [other]})).item()
                for one in values[left] or []
                for other in values[right] or []
            ),
            default=0,
        )
        for left, right in pairs
    ]
    frame = pl.DataFrame(pairs, schema={"left": pl.UInt32, "right": pl.UInt32}, orient="row")
    comparison = Comparison(("code",), "digits", NUMBERS)
    assert compare(records, frame, [comparison])["code"].to_list() == expected
