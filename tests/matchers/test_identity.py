from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from matchers.identity import (
    ALPHABET,
    CLUSTERS,
    LEDGER,
    Assigned,
    assign,
    check_character,
    golden_id,
    golden_ids,
    is_valid_golden_id,
)


def test_a_golden_id_is_a_letter_nine_digits_and_a_check_character():
    assert golden_id("C", 17) == "C000000017F"
    assert golden_id("B", 12_345_678_901) == "B12345678901" + mod_37_36.calc_check_digit("B12345678901")


@given(st.text(ALPHABET, min_size=1, max_size=15))
def test_the_check_character_is_that_of_the_standard(text: str):
    assert check_character(text) == mod_37_36.calc_check_digit(text)


@given(st.integers(0, 10**12), st.integers(0, 20), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_seen(number: int, place: int, character: str):
    right = golden_id("C", number)
    place %= len(right)
    wrong = right[:place] + character + right[place + 1 :]
    assert is_valid_golden_id(right)
    assert is_valid_golden_id(wrong) == (wrong == right)


@pytest.mark.parametrize(
    "text", ["", "C", "C17", "c000000017F", "C000000017f", "C00000017F", "C00000001٧F", "Đ000000017F"]
)
def test_what_is_not_written_as_a_golden_id_is_none(text: str):
    assert not is_valid_golden_id(text)


@given(st.lists(st.integers(0, 10**11), max_size=20))
def test_a_column_of_ids_is_written_as_each_of_them(numbers: list[int]):
    written = golden_ids("B", pl.Series(numbers, dtype=pl.Int64))
    assert written.to_list() == [golden_id("B", number) for number in numbers]
    assert written.dtype == pl.String


def clusters(*members: list[int]) -> pl.DataFrame:
    rows = [(record, min(records)) for records in members for record in records]
    return pl.DataFrame(rows, schema=dict(CLUSTERS.columns), orient="row")


def ledger(*ids: tuple[int, bool, list[int | None]]) -> pl.DataFrame:
    rows = [(number, live, record) for number, live, records in ids for record in records]
    return pl.DataFrame(rows, schema=dict(LEDGER.columns), orient="row")


def held(assigned: Assigned) -> dict[int, int]:
    return dict(assigned.ids.iter_rows())


def test_the_first_run_mints_in_order_of_smallest_record():
    assigned = assign(clusters([1, 4], [0, 5], [2]), ledger(), next_number=1)
    assert held(assigned) == {0: 1, 1: 2, 2: 3}
    assert assigned.minted.to_list() == [1, 2, 3]
    assert assigned.next_number == 4
    assert assigned.redirects.is_empty()


def test_nothing_changed_changes_nothing():
    assigned = assign(clusters([0, 1], [2]), ledger((7, True, [0, 1]), (3, True, [2])), next_number=8)
    assert held(assigned) == {0: 7, 2: 3}
    assert assigned.minted.is_empty()
    assert assigned.retired.is_empty()
    assert assigned.next_number == 8


def test_after_a_merge_the_id_with_more_records_stays_and_the_other_leads_to_it():
    assigned = assign(clusters([0, 1, 2, 3, 4]), ledger((1, True, [0, 1]), (2, True, [2, 3, 4])), next_number=3)
    assert held(assigned) == {0: 2}
    assert assigned.retired.to_list() == [1]
    assert assigned.redirects.rows() == [(1, 2)]


def test_after_a_split_the_larger_part_keeps_the_id():
    assigned = assign(clusters([0], [1, 2]), ledger((1, True, [0, 1, 2])), next_number=2)
    assert held(assigned) == {0: 2, 1: 1}
    assert assigned.minted.to_list() == [2]
    assert assigned.retired.is_empty()


def test_equal_claims_go_to_the_older_id_and_then_to_the_smaller_record():
    assert held(assign(clusters([0, 1]), ledger((5, True, [0]), (4, True, [1])), next_number=6)) == {0: 4}
    assert held(assign(clusters([0], [1]), ledger((4, True, [0, 1])), next_number=6)) == {0: 4, 1: 6}


def test_records_that_change_places_take_their_ids_along_by_majority():
    before = ledger((1, True, [0, 1, 2]), (2, True, [3, 4, 5]))
    assert held(assign(clusters([0, 1, 3], [2, 4, 5]), before, next_number=3)) == {0: 1, 2: 2}


def test_a_retired_id_returns_to_the_records_it_last_held():
    before = ledger((1, True, [0, 1]), (2, False, [1]))
    assigned = assign(clusters([0], [1]), before, next_number=3)
    assert held(assigned) == {0: 1, 1: 2}
    assert assigned.restored.to_list() == [2]
    assert assigned.minted.is_empty()


def test_an_id_that_retires_after_a_split_leads_to_all_its_successors():
    before = ledger((1, True, [0, 1]), (2, True, [2, 3, 4]), (3, True, [5, 6, 7]))
    assigned = assign(clusters([0, 2, 3, 4], [1, 5, 6, 7]), before, next_number=4)
    assert assigned.retired.to_list() == [1]
    assert assigned.redirects.rows() == [(1, 2), (1, 3)]


def test_an_id_whose_records_all_vanished_retires_and_leads_nowhere():
    assigned = assign(clusters([0]), ledger((1, True, [None]), (2, True, [0])), next_number=3)
    assert assigned.retired.to_list() == [1]
    assert assigned.redirects.is_empty()


@st.composite
def histories(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    records = draw(st.integers(0, 12))
    labels = draw(st.lists(st.integers(0, 4), min_size=records, max_size=records))
    now = [[record for record in range(records) if labels[record] == label] for label in range(5)]
    ids = [
        (
            number,
            draw(st.booleans()),
            draw(st.lists(st.sampled_from(range(records)), unique=True)) if records else [None],
        )
        for number in range(1, draw(st.integers(1, 6)))
    ]
    return clusters(*[members for members in now if members]), ledger(*ids)


@given(histories())
@settings(deadline=None)
def test_an_id_never_goes_to_records_none_of_which_it_held(history: tuple[pl.DataFrame, pl.DataFrame]):
    now, before = history
    assigned = assign(now, before, next_number=100)
    known = assigned.ids.filter(pl.col("number") < 100).join(now, on="cluster")
    kept = known.join(before, on=["number", "record"], how="semi")
    assert set(kept["number"]) == set(known["number"])


@given(histories())
@settings(deadline=None)
def test_every_cluster_has_one_id_and_row_order_does_not_matter(history: tuple[pl.DataFrame, pl.DataFrame]):
    now, before = history
    assigned = assign(now, before, next_number=100)
    again = assign(now.reverse(), before.reverse(), next_number=100)
    assert sorted(assigned.ids["cluster"]) == sorted(set(now["cluster"]))
    assert assigned.ids["number"].n_unique() == assigned.ids.height
    assert assigned.ids.equals(again.ids)
    assert assigned.redirects.equals(again.redirects)


@given(histories())
@settings(deadline=None)
def test_assigning_twice_changes_nothing_more(history: tuple[pl.DataFrame, pl.DataFrame]):
    now, before = history
    once = assign(now, before, next_number=100)
    live = once.ids.join(now, on="cluster").select("number", live=pl.lit(True), record="record")
    others = before.join(once.ids, on="number", how="anti").with_columns(live=pl.lit(False))
    twice = assign(now, pl.concat([live, others]), once.next_number)
    assert twice.ids.equals(once.ids)
    assert twice.redirects.equals(once.redirects)
