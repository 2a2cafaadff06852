from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.metrics import Quality, b_cubed, errors, pair_counts, pairwise

labelings = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=25)


def pairs(labels: list[int]) -> set[tuple[int, int]]:
    return {pair for pair in combinations(range(len(labels)), 2) if labels[pair[0]] == labels[pair[1]]}


@given(labelings)
@settings(deadline=None)
def test_pairwise_counts_are_those_of_all_pairs(both: list[tuple[int, int]]):
    predicted, true = [label for label, _ in both], [label for _, label in both]
    counts = pair_counts(predicted, true)
    assert counts.both == len(pairs(predicted) & pairs(true))
    assert counts.predicted == len(pairs(predicted))
    assert counts.true == len(pairs(true))


@given(labelings)
@settings(deadline=None)
def test_b_cubed_averages_over_records(both: list[tuple[int, int]]):
    predicted, true = [label for label, _ in both], [label for _, label in both]
    shared = [sum(other == one for other in both) for one in both]
    if both:
        precision = sum(s / predicted.count(p) for s, p in zip(shared, predicted, strict=True)) / len(both)
        recall = sum(s / true.count(t) for s, t in zip(shared, true, strict=True)) / len(both)
        assert b_cubed(predicted, true) == Quality(pytest.approx(precision), pytest.approx(recall))
    else:
        assert b_cubed(predicted, true).f1 == 1.0


@given(labelings)
@settings(deadline=None)
def test_errors_are_the_pairs_that_only_one_side_puts_together(both: list[tuple[int, int]]):
    predicted, true = [label for label, _ in both], [label for _, label in both]
    wrong = errors(predicted, true, limit=1000)
    assert {row[1:] for row in wrong.rows() if row[0] == "false"} == pairs(predicted) - pairs(true)
    assert {row[1:] for row in wrong.rows() if row[0] == "missed"} == pairs(true) - pairs(predicted)
    assert wrong.height == len(pairs(predicted) ^ pairs(true))


def test_errors_stop_at_the_limit():
    assert errors([0] * 3000, list(range(3000)), limit=2).rows() == [("false", 0, 1), ("false", 0, 2)]


def test_a_partition_of_single_records_is_precise_and_finds_nothing():
    assert pairwise([0, 1, 2], [7, 7, 7]) == Quality(1.0, 0.0)
    assert pairwise([0, 1, 2], [7, 7, 7]).f1 == 0.0
    assert pairwise([0, 0, 2], [7, 7, 8]).f1 == 1.0
