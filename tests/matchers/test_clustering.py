from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.clustering import (
    BIT,
    CONFLICTS,
    EVIDENCE,
    Constraint,
    cluster,
    components,
    conflicts,
    contain,
    once_each,
    strongest,
    within,
)
from matchers.comparing import Comparison

Rows = list[tuple[int, int, int]]
RECORDS = 9


def evidence(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(EVIDENCE.columns), orient="row")


def priced(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(CONFLICTS.columns), orient="row")


def labels(records: int, edges: Rows, against: Rows = [], link: int = 0) -> list[int]:  # noqa: B006
    return cluster(records, evidence(edges), priced(against), link).tolist()


def naive(records: int, edges: Rows, against: Rows, link: int) -> list[int]:
    """Best-first merging over everything, said as simply as can be."""
    group = {record: frozenset([record]) for record in range(records)}
    for left, right, weight in sorted(edges, key=lambda edge: (-edge[2], edge[0], edge[1])):
        one, other = group[left], group[right]
        prices: dict[tuple[int, int], int] = {}
        for a, b, price in against:
            if (a in one and b in other) or (a in other and b in one):
                prices[a, b] = prices.get((a, b), 0) + price
        if weight >= link and weight - max(prices.values(), default=0) >= link:
            for record in one | other:
                group[record] = one | other
    return [min(group[record]) for record in range(records)]


@st.composite
def pairs(draw: st.DrawFn, unique: bool = True) -> Rows:
    ends = st.tuples(st.integers(0, RECORDS - 1), st.integers(0, RECORDS - 1)).filter(lambda pair: pair[0] < pair[1])
    drawn = draw(st.lists(ends, max_size=20, unique=unique))
    return [(left, right, draw(st.integers(0, 12))) for left, right in drawn]


@given(pairs(), pairs(unique=False), st.integers(0, 8))
@settings(deadline=None)
def test_clusters_are_those_of_the_naive_way(edges: Rows, against: Rows, link: int):
    assert labels(RECORDS, edges, against, link) == naive(RECORDS, edges, against, link)


@given(pairs(), pairs(), st.integers(0, 8), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(edges: Rows, against: Rows, link: int, chance):
    shuffled = chance.sample(edges, len(edges)), chance.sample(against, len(against))
    assert labels(RECORDS, edges, against, link) == labels(RECORDS, *shuffled, link)


@given(pairs(), pairs())
@settings(deadline=None)
def test_a_component_is_decided_by_itself_alone(edges: Rows, against: Rows):
    """Other records between these, in the order of keys, change nothing."""
    spread = [[(2 * left + 1, 2 * right + 1, weight) for left, right, weight in rows] for rows in (edges, against)]
    strangers = [(2 * record, 2 * record + 2, 3) for record in range(0, RECORDS, 2)]
    alone = labels(RECORDS, edges, against, 4)
    together = labels(2 * RECORDS + 2, spread[0] + strangers, spread[1], 4)
    assert [2 * label + 1 for label in alone] == together[1 : 2 * RECORDS : 2]


def test_twins_stay_two_though_a_third_record_matches_both():
    """An (0) and Ân (1) differ in their numbers; a record without tones or a number (2) is nearer to An."""
    assert labels(3, [(0, 2, 20), (1, 2, 15), (0, 1, 8)], [(0, 1, 12)], link=5) == [0, 1, 0]


def test_a_conflict_that_the_evidence_outweighs_does_not_part():
    assert labels(2, [(0, 1, 30)], [(0, 1, 12)], link=5) == [0, 0]


def test_a_conflict_is_weighed_though_its_records_meet_only_through_others():
    """The father (0, 1) and the son named after him (2, 3): the numbers of 0 and 3 differ."""
    edges = [(0, 1, 30), (2, 3, 30), (1, 2, 10)]
    assert labels(4, edges, link=5) == [0, 0, 0, 0]
    assert labels(4, edges, [(0, 3, 8)], link=5) == [0, 0, 2, 2]


def test_conflicts_outside_a_component_and_edges_that_do_not_link_say_nothing():
    assert labels(4, [(0, 1, 9), (2, 3, 4)], [(0, 3, 50)], link=5) == [0, 0, 2, 3]


def test_nothing_gives_nothing():
    assert labels(0, []) == []
    assert labels(2, []) == [0, 1]


def test_constraints_price_a_level_of_a_comparison():
    comparisons = [
        Comparison(("personal_id",), "identifier", ("exact", "near", "differs")),
        Comparison(("sex",), "exact", ("exact", "differs")),
    ]
    levels = pl.DataFrame(
        {"left": [0, 0, 1, 2], "right": [1, 2, 2, 3], "personal_id": [1, 2, 0, 1], "sex": [1, 1, 0, 2]},
        schema={"left": pl.UInt32, "right": pl.UInt32, "personal_id": pl.UInt8, "sex": pl.UInt8},
    )
    constraints = [Constraint("personal_id", "differs", 12), Constraint("sex", "differs", 1.5)]
    assert conflicts(levels, comparisons, constraints).rows() == [
        (0, 1, 13 * BIT + BIT // 2),
        (0, 2, BIT + BIT // 2),
        (2, 3, 12 * BIT),
    ]
    assert conflicts(levels, comparisons, []).is_empty()


def test_two_rows_of_a_register_that_holds_everyone_once_are_priced():
    register = pl.Series(["dan_cu", "dan_cu", None, None, "doanh_nghiep"])
    pairs = pl.DataFrame({"left": [0, 0, 2, 0], "right": [1, 2, 3, 4]}, schema={"left": pl.UInt32, "right": pl.UInt32})
    assert once_each(pairs, register, 10).rows() == [(0, 1, 10 * BIT)]


@given(st.lists(st.integers(0, 5), max_size=20))
@settings(deadline=None)
def test_within_gives_every_pair_of_a_cluster_once(labels: list[int]):
    expected = [
        (left, right)
        for left in range(len(labels))
        for right in range(left + 1, len(labels))
        if labels[left] == labels[right]
    ]
    assert within(np.array(labels, dtype=np.uint32)).rows() == expected


def test_the_strongest_edge_inside_its_cluster_is_why_a_record_is_there():
    edges = evidence([(0, 1, 5), (0, 2, 9), (1, 2, 5), (2, 3, 50)])
    assert strongest(edges, np.array([0, 0, 0, 3], dtype=np.uint32)).rows() == [
        (0, 2, 9),
        (1, 0, 5),
        (2, 0, 9),
        (3, None, None),
    ]


def naively_contained(edges: Rows, limit: int) -> list[int]:
    """The weakest weight of each part that is too large goes, until all fit."""
    while True:
        parts = components(RECORDS, evidence(edges))
        large = [label for label in set(parts.tolist()) if (parts == label).sum() > limit]
        if not large:
            return parts.tolist()
        for label in large:
            weakest = min(weight for left, _, weight in edges if parts[left] == label)
            edges = [edge for edge in edges if parts[edge[0]] != label or edge[2] > weakest]


@given(pairs(), st.integers(1, RECORDS))
@settings(deadline=None)
def test_a_component_that_is_too_large_loses_its_weakest_weights_until_every_part_fits(edges: Rows, limit: int):
    kept, cut = contain(RECORDS, evidence(edges), limit)
    assert components(RECORDS, kept).tolist() == naively_contained(edges, limit)
    assert sorted(kept.rows() + cut.rows()) == sorted(edges)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_all_edges_of_one_weight_go_together(limit: int):
    kept, cut = contain(4, evidence([(0, 1, 5), (1, 2, 5), (2, 3, 5)]), limit)
    assert kept.is_empty()
    assert cut.height == 3
