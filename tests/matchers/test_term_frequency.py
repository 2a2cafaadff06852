from __future__ import annotations

from math import log2

import polars as pl
import pytest

from matchers.comparing import Comparison
from matchers.term_frequency import BIT, adjustments, learn_frequencies

NAME = Comparison(
    ("name",),
    "person_name",
    ("exact", "given_same", "differs"),
    term_frequency={"exact": ("surname", "given"), "given_same": ("given",)},
)
RECORDS = pl.DataFrame(
    {
        "name.surname": ["nguyen"] * 5 + ["tran"] * 2 + ["tong", None, None],
        "name.given": ["an", "an", "binh", "binh", "an", "an", "chi", "dung", "dung", None],
    }
)


def bits(value: float) -> int:
    return round(BIT * value)


def levels(*rows: tuple[int, int, int], name: str = "name") -> pl.DataFrame:
    schema = {"left": pl.UInt32, "right": pl.UInt32, name: pl.UInt8}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_common_value_is_worth_less_than_nothing_and_a_rare_one_more():
    surnames = learn_frequencies(RECORDS, [NAME])["name.surname"]
    expected = (5 / 8) ** 2 + (2 / 8) ** 2 + (1 / 8) ** 2
    assert surnames == {
        "nguyen": bits(log2(expected / (5 / 8))),
        "tran": bits(log2(expected / (2 / 8))),
        "": bits(log2(expected / (2 / 8))),
    }
    assert surnames["nguyen"] < 0 < surnames["tran"]


def test_a_value_seen_once_is_not_kept():
    """A name that one person bears would be a person's data in the model."""
    assert "tong" not in learn_frequencies(RECORDS, [NAME])["name.surname"]


def test_the_fields_of_a_level_add_up_and_other_levels_get_nothing():
    tables = learn_frequencies(RECORDS, [NAME])
    adjusted = adjustments(RECORDS, levels((0, 1, 3), (0, 4, 2), (0, 5, 1), (2, 3, 0)), [NAME], tables)
    assert adjusted["name"].to_list() == [
        tables["name.surname"]["nguyen"] + tables["name.given"]["an"],
        tables["name.given"]["an"],
        0,
        0,
    ]
    assert adjusted.schema == {"name": pl.Int32}


def test_of_two_spellings_the_commoner_counts_and_an_absent_part_says_nothing():
    tables = learn_frequencies(RECORDS, [NAME])
    adjusted = adjustments(RECORDS, levels((0, 5, 3), (7, 8, 3), (8, 9, 3)), [NAME], tables)
    assert adjusted["name"].to_list() == [
        tables["name.surname"]["nguyen"] + tables["name.given"]["an"],
        tables["name.given"]["dung"],
        0,
    ]


def test_a_value_that_the_table_does_not_hold_takes_its_floor():
    tables = {"name.surname": {"": 3000, "nguyen": -500}, "name.given": {"": 4000}}
    adjusted = adjustments(RECORDS, levels((5, 6, 3), (0, 5, 3)), [NAME], tables)
    assert adjusted["name"].to_list() == [7000, -500 + 4000]


STREET = Comparison(
    ("home", "work"),
    "text",
    ("exact", "similar", "differs"),
    term_frequency={"exact": ("plain",), "similar": ("plain",)},
)


def test_of_several_values_the_rarest_shared_one_counts():
    """Two attributes, one of them with several values, are one pool of values."""
    records = pl.DataFrame(
        {"home.plain": [["a", "b"], ["a", "b"], None, []], "work.plain": ["c", None, "a", None]},
        schema={"home.plain": pl.List(pl.String), "work.plain": pl.String},
    )
    tables = {"home+work.plain": {"": 9, "a": 1, "b": 5, "c": 7}}
    pairs = levels((0, 1, 3), (0, 2, 3), (1, 2, 2), (2, 3, 3), name="home+work")
    assert adjustments(records, pairs, [STREET], tables)["home+work"].to_list() == [5, 1, 1, 0]
    apart = records.with_columns(pl.Series("work.plain", ["c", None, "d", None]))
    assert adjustments(apart, levels((1, 2, 2), name="home+work"), [STREET], tables)["home+work"].to_list() == [1]


def test_values_of_lists_are_counted_one_by_one():
    records = pl.DataFrame({"home.plain": [["a", "b"], ["a"], ["a"]], "work.plain": [None, None, "b"]})
    expected = (3 / 5) ** 2 + (2 / 5) ** 2
    assert learn_frequencies(records, [STREET]) == {
        "home+work.plain": {
            "a": bits(log2(expected / (3 / 5))),
            "b": bits(log2(expected / (2 / 5))),
            "": bits(log2(expected / (2 / 5))),
        }
    }


@pytest.mark.parametrize("dtype", [pl.String, pl.List(pl.String)])
def test_nothing_to_learn_from_gives_a_table_without_values(dtype: pl.DataType):
    records = pl.DataFrame(schema={"name.surname": dtype, "name.given": dtype})
    tables = learn_frequencies(records, [NAME])
    assert tables == {"name.surname": {"": 0}, "name.given": {"": 0}}
    assert adjustments(records, levels(), [NAME], tables)["name"].to_list() == []
