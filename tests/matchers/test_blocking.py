"""Blocking finds each pair that shares a key, once, with the rules that made it."""

from __future__ import annotations

from itertools import combinations, product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from matchers.blocking import PAIRS, BlockingRule, BlockTooLarge, KeyPart, block_sizes, candidate_pairs, stop_key

RECORDS = pl.DataFrame(
    {
        "name.plain": ["nguyen van an", "nguyen van anh", "tran thi hoa", "tran thi hoa", None],
        "birth_date.year": pl.Series([1985, 1985, 1990, 1991, 1985], dtype=pl.Int16),
        "phone": [["+84901", "+84902"], ["+84902"], ["+84901"], [], None],
        "address.units": [["26740", "26743"], None, ["26743"], ["26740", "26743"], []],
    }
)


def pairs_of(*rules: list[str], records: pl.DataFrame = RECORDS) -> list[tuple[int, int, int]]:
    return candidate_pairs(records, [BlockingRule.parse(rule) for rule in rules]).rows()


def test_records_meet_where_all_parts_agree() -> None:
    assert pairs_of(["name.plain"]) == [(2, 3, 1)]
    assert pairs_of(["name.plain", "birth_date.year"]) == []
    assert pairs_of(["name.plain[:10]", "birth_date.year"]) == [(0, 1, 1)]


def test_a_null_or_empty_part_meets_nobody() -> None:
    assert pairs_of(["birth_date.year"]) == [(0, 1, 1), (0, 4, 1), (1, 4, 1)]
    assert pairs_of(["name.plain[30:]"]) == []


def test_a_multi_valued_part_meets_on_any_of_its_values() -> None:
    assert pairs_of(["phone"]) == [(0, 1, 1), (0, 2, 1)]
    assert pairs_of(["address.units"]) == [(0, 2, 1), (0, 3, 1), (2, 3, 1)]
    assert pairs_of(["address.units", "phone"]) == [(0, 2, 1)]


def test_two_values_that_begin_alike_are_one_key() -> None:
    assert block_sizes(RECORDS, BlockingRule.parse(["phone[:4]"])).rows() == [("+849", 3)]


def test_rules_are_kept_as_bits_and_pairs_come_once() -> None:
    frame = candidate_pairs(RECORDS, [BlockingRule.parse([f]) for f in ("phone", "address.units", "birth_date.year")])
    expected = [(0, 1, 0b101), (0, 2, 0b011), (0, 3, 0b010), (0, 4, 0b100), (1, 4, 0b100), (2, 3, 0b010)]
    assert_frame_equal(frame, pl.DataFrame(expected, schema=dict(PAIRS.columns), orient="row"))


def test_no_rule_and_no_record_make_no_pair() -> None:
    assert_frame_equal(candidate_pairs(RECORDS, []), PAIRS.empty())
    assert_frame_equal(candidate_pairs(RECORDS.clear(), [BlockingRule.parse(["phone"])]), PAIRS.empty())


def test_the_last_of_64_rules_has_a_bit() -> None:
    rules = [BlockingRule.parse(["name.plain"])] * 64
    assert candidate_pairs(RECORDS, rules)["rules"].to_list() == [2**64 - 1]
    with pytest.raises(ValueError, match="at most 64 blocking rules"):
        candidate_pairs(RECORDS, rules * 2)


def test_a_block_beyond_the_limit_is_an_error_that_names_no_value() -> None:
    with pytest.raises(BlockTooLarge, match=r"'birth_date.year' puts 3 records in one block; the limit is 2") as caught:
        candidate_pairs(RECORDS, [BlockingRule.parse(["birth_date.year"])], max_block=2)
    assert (caught.value.rule, caught.value.records) == ("birth_date.year", 3)
    assert "1985" not in str(caught.value)


def test_a_stop_key_is_left_out_whatever_the_size_of_its_block() -> None:
    year, phone = BlockingRule.parse(["birth_date.year"]), BlockingRule.parse(["phone"])
    frozen = frozenset({stop_key(year, "1985"), stop_key(phone, "+84902")})
    assert candidate_pairs(RECORDS, [year, phone], frozen, max_block=2).rows() == [(0, 2, 2)]


def test_a_stop_key_is_stable_and_belongs_to_its_rule() -> None:
    rule = BlockingRule.parse(["name.plain[:4]", "birth_date.year"])
    assert stop_key(rule, "nguy\x1f1985") == "aaedd8d28f25854a"
    assert stop_key(BlockingRule.parse(["birth_date.year"]), "nguy\x1f1985") != stop_key(rule, "nguy\x1f1985")


def test_block_sizes_are_descending() -> None:
    sizes = block_sizes(RECORDS, BlockingRule.parse(["name.plain[:4]", "birth_date.year"]))
    expected = {"key": ["nguy\x1f1985", "tran\x1f1990", "tran\x1f1991"], "records": [2, 1, 1]}
    assert_frame_equal(sizes, pl.DataFrame(expected, schema_overrides={"records": pl.UInt32}))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("phone", KeyPart("phone")),
        ("name.plain[:4]", KeyPart("name.plain", None, 4)),
        ("name.plain[2:6]", KeyPart("name.plain", 2, 6)),
        (" phone[-4:] ", KeyPart("phone", -4)),
    ],
)
def test_parts_are_read_as_rule_files_write_them(text: str, part: KeyPart) -> None:
    assert KeyPart.parse(text) == part
    assert str(part) == text.strip()


@pytest.mark.parametrize("text", ["", "name plain", "name[4]", "name[:-1]", "name[-4:2]", "name[a:b]", "name[:4"])
def test_a_part_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="blocking key"):
        KeyPart.parse(text)


def test_a_rule_needs_fields_that_exist() -> None:
    with pytest.raises(ValueError, match="at least one field"):
        BlockingRule.parse([])
    with pytest.raises(ValueError, match=r"'nmae' names \['nmae'\]"):
        candidate_pairs(RECORDS, [BlockingRule.parse(["nmae"])])


letters = st.none() | st.text("abc", max_size=3)
tables = st.lists(
    st.tuples(letters, st.none() | st.lists(letters, max_size=3), st.none() | st.integers(0, 3)), max_size=12
)
PARTS = {"a": None, "a[:1]": slice(None, 1), "a[-2:]": slice(-2, None), "b": None, "b[1:2]": slice(1, 2), "c": None}


def naive_keys(row: dict[str, object], rule: list[str]) -> set[tuple[str, ...]]:
    def texts(part: str) -> set[str]:
        value = row[part[0]]
        cut = PARTS[part] or slice(None)
        return {str(v)[cut] for v in (value if isinstance(value, list) else [value]) if v is not None} - {""}

    return set(product(*(texts(part) for part in rule)))


@given(table=tables, rules=st.lists(st.lists(st.sampled_from(list(PARTS)), min_size=1, max_size=3), max_size=4))
@settings(deadline=None, max_examples=150)
def test_blocking_equals_a_nested_loop(
    table: list[tuple[str | None, list[str | None] | None, int | None]], rules: list[list[str]]
) -> None:
    records = pl.DataFrame(table, schema={"a": pl.String, "b": pl.List(pl.String), "c": pl.Int16}, orient="row")
    expected = []
    for (left, one), (right, other) in combinations(enumerate(records.to_dicts()), 2):
        met = [bool(naive_keys(one, rule) & naive_keys(other, rule)) for rule in rules]
        if any(met):
            expected.append((left, right, sum(1 << number for number, hit in enumerate(met) if hit)))
    assert pairs_of(*rules, records=records) == expected


def test_pairs_are_the_same_in_small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pairs_of(["birth_date.year"], ["phone"], ["address.units"])
    monkeypatch.setattr("matchers.blocking._ELEMENTS_AT_ONCE", 2)
    assert pairs_of(["birth_date.year"], ["phone"], ["address.units"]) == whole
