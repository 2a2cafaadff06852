from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.comparing import Comparison, pack
from matchers.em import monotone
from matchers.learning import Learned, count_patterns, learn, random_pairs
from matchers.scoring import BIT, probability, weights

RULES = [
    Comparison(("name",), "text", ("exact", "close", "similar", "differs")),
    Comparison(("birth_date",), "date", ("exact", "near", "differs")),
    Comparison(("address",), "text", ("exact", "similar", "differs"), household=True),
    Comparison(("phone",), "exact", ("exact", "differs"), household=True),
    Comparison(("personal_id",), "identifier", ("exact", "near", "differs"), anchor=True),
]
MISSING = [0.0, 0.1, 0.2, 0.3, 0.5]
# weakest level first, as levels are coded
SAME = [[0.05, 0.05, 0.2, 0.7], [0.03, 0.07, 0.9], [0.3, 0.2, 0.5], [0.4, 0.6], [0.01, 0.02, 0.97]]
RELATED = [[0.5, 0.4, 0.05, 0.05], [0.9, 0.06, 0.04], [0.1, 0.1, 0.8], [0.1, 0.9], [0.985, 0.01, 0.005]]
STRANGER = [
    [0.93, 0.06, 0.0099, 0.0001],
    [0.96, 0.0398, 0.0002],
    [0.98, 0.0195, 0.0005],
    [0.99995, 0.00005],
    [0.999, 0.000999, 0.000001],
]
RECORDS = 40_000
SAME_PAIRS, RELATED_PAIRS = 50_000, 60_000
PAIRS = RECORDS * (RECORDS - 1) // 2


def drawn(chance: np.random.Generator, table: list[list[float]], pairs: int) -> pl.DataFrame:
    """How many of so many pairs have each possible vector of levels: the levels, pairs."""
    axes = [[missing, *(np.array(levels) * (1 - missing))] for levels, missing in zip(table, MISSING, strict=False)]
    codes = product(*[range(len(axis)) for axis in axes])
    likely = np.array([np.prod(each) for each in product(*axes)])
    names = [rule.name for rule in RULES[: len(table)]]
    levels = pl.DataFrame(list(codes), schema=dict.fromkeys(names, pl.UInt8), orient="row")
    return levels.with_columns(pairs=pl.Series(chance.multinomial(pairs, likely / likely.sum())).cast(pl.UInt32))


def counted(*levels: pl.DataFrame, rules: list[Comparison] = RULES) -> pl.DataFrame:
    every = pl.concat(levels)
    patterns = pl.DataFrame({"pattern": pack(every, rules), "pairs": every["pairs"]})
    return patterns.group_by("pattern").agg(pl.col("pairs").sum()).filter(pl.col("pairs") > 0)


@pytest.fixture(scope="module")
def city() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Patterns of candidates, which agree on something, and of random pairs, drawn from known probabilities."""
    chance = np.random.default_rng(5)
    met = (pl.col("name") >= 3) | (pl.col("birth_date") == 3) | (pl.col("address") == 3) | (pl.col("phone") == 2)
    sizes = [(SAME, SAME_PAIRS), (RELATED, RELATED_PAIRS), (STRANGER, PAIRS)]
    classes = [drawn(chance, table, pairs) for table, pairs in sizes]
    blindly = [drawn(chance, table, 1_000_000 * pairs // PAIRS) for table, pairs in sizes]
    return counted(*[levels.filter(met) for levels in classes]), counted(*blindly)


@pytest.fixture(scope="module")
def learned(city: tuple[pl.DataFrame, pl.DataFrame]) -> Learned:
    return learn(*city, RULES, RECORDS)


def probabilities(learned: Learned, column: str) -> list[list[float]]:
    levels = learned.report.levels
    return [levels.filter(comparison=rule.name)[column].to_list()[::-1] for rule in RULES]


def test_em_finds_the_probabilities_that_were_planted(learned: Learned):
    for found, planted in zip(probabilities(learned, "same"), SAME, strict=True):
        assert found == pytest.approx(planted, abs=0.04)
    for found, planted in zip(probabilities(learned, "stranger"), STRANGER, strict=True):
        assert found == pytest.approx(planted, rel=0.5, abs=2e-5)
    for place, (found, planted) in enumerate(zip(probabilities(learned, "related"), RELATED, strict=True)):
        assert found == pytest.approx(planted, abs=0.15), RULES[place].name


def test_em_finds_how_many_pairs_are_the_same_and_related(learned: Learned):
    assert learned.report.same * PAIRS == pytest.approx(SAME_PAIRS, rel=0.05)
    assert learned.report.related * PAIRS == pytest.approx(RELATED_PAIRS, rel=0.3)  # the rest met nobody
    assert learned.model.same == round(BIT * np.log2(learned.report.same))


def test_the_same_input_gives_the_same_model_in_any_order(city: tuple[pl.DataFrame, pl.DataFrame], learned: Learned):
    again = learn(*(patterns.reverse() for patterns in city), RULES, RECORDS)
    assert again.model == learned.model
    assert again.report.levels.equals(learned.report.levels)


def test_a_stronger_level_never_weighs_less_and_no_level_more_than_twenty_bits(learned: Learned):
    for comparison in learned.model.comparisons:
        strongest_first = [level.same - level.stranger for level in comparison.levels]
        assert all(weaker <= stronger + 2 for stronger, weaker in pairwise(strongest_first))
        assert all(abs(weight) <= 20 * BIT + 2 for weight in strongest_first)


def weighed(learned: Learned, **levels: int) -> float:
    row = pl.DataFrame({rule.name: pl.Series([levels.get(rule.name, 0)], dtype=pl.UInt8) for rule in RULES})
    weight = weights(learned.model, RULES, pack(row, RULES), pl.DataFrame(height=1))
    return float(probability(learned.model, weight)[0])


def test_one_person_is_told_from_kin_and_kin_from_strangers(learned: Learned):
    assert weighed(learned, name=4, birth_date=3, address=3) > 0.99
    assert weighed(learned, name=4, birth_date=3, address=1, phone=1) > 0.9
    assert weighed(learned, name=2, birth_date=1, address=3, phone=2) < 0.01  # kin: one house, one phone
    assert weighed(learned, name=4, birth_date=1, address=3, phone=2, personal_id=1) < 0.1  # father and namesake son
    assert weighed(learned, name=2, birth_date=3, address=3, phone=2, personal_id=1) < 0.1  # twins


def test_dirty_records_of_one_person_are_not_taken_for_kin_where_nothing_tells_kin_apart():
    """Without an anchor, related parties agree in their own things as strangers do."""
    chance = np.random.default_rng(7)
    clean = [[0.01, 0.01, 0.08, 0.9], [0.01, 0.02, 0.97], [0.1, 0.1, 0.8], [0.1, 0.9]]
    dirty = [[0.2, 0.2, 0.4, 0.2], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8], [0.1, 0.9]]
    candidates = counted(drawn(chance, clean, 30_000), drawn(chance, dirty, 30_000), rules=RULES[:4])
    learned = learn(candidates, counted(drawn(chance, STRANGER[:4], 10**6), rules=RULES[:4]), RULES[:4], RECORDS)
    assert learned.report.same * PAIRS > 50_000


def test_a_shared_number_of_otherwise_different_people_is_not_taken_for_one_person(
    city: tuple[pl.DataFrame, pl.DataFrame],
):
    """A mother's number given for her child, ten thousand times."""
    mother_and_child = [[0.9, 0.1, 0.0, 0.0], [1.0, 0.0, 0.0], [0.1, 0.1, 0.8], [0.1, 0.9], [0.0, 0.0, 1.0]]
    wrong = counted(drawn(np.random.default_rng(3), mother_and_child, 10_000))
    candidates = pl.concat([city[0], wrong]).group_by("pattern").agg(pl.col("pairs").sum())
    learned = learn(candidates, city[1], RULES, RECORDS)
    same = dict(zip(["exact", "close", "similar", "differs"], probabilities(learned, "same")[0][::-1], strict=True))
    assert same["differs"] + same["similar"] < 0.3


@pytest.mark.parametrize("records", [0, 1, 2])
def test_nothing_to_learn_from_leaves_the_defaults(records: int):
    nothing = counted(drawn(np.random.default_rng(0), SAME, 0))
    learned = learn(nothing, nothing, RULES, records)
    assert weighed(learned, name=4, birth_date=3) > weighed(learned, name=4) > weighed(learned, name=1)
    assert learned.report.levels["weight"].is_finite().all()


def test_three_records_of_which_two_are_one_person():
    same, others = {"name": 4, "birth_date": 3, "personal_id": 3}, {"name": 1, "birth_date": 1, "personal_id": 1}
    rows = [{rule.name: row.get(rule.name, 0) for rule in RULES} for row in (same, others, others)]
    levels = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.UInt8)).with_columns(pairs=pl.lit(1, pl.UInt32))
    learned = learn(counted(levels), counted(levels), RULES, 3)
    assert weighed(learned, **same) > 0.9
    assert weighed(learned, **others) < 0.1


@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 5))
@settings(deadline=None)
def test_random_pairs_are_distinct_pairs_of_records_the_same_for_a_seed(records: int, count: int, seed: int):
    pairs = random_pairs(records, count, seed)
    assert pairs.equals(random_pairs(records, count, seed))
    assert pairs.height == min(count, records * (records - 1) // 2)
    assert pairs.n_unique() == pairs.height
    assert pairs.filter((pl.col("left") >= pl.col("right")) | (pl.col("right") >= records)).is_empty()
    assert pairs.schema == {"left": pl.UInt32, "right": pl.UInt32}


def test_random_pairs_of_ten_million_records_reach_both_ends():
    pairs = random_pairs(10_000_000, 50_000, seed=1)
    assert pairs.height == 50_000
    assert pairs["right"].max() > 9_999_000  # type: ignore[operator]
    assert abs(pairs["left"].mean() / 10_000_000 - 1 / 3) < 0.01  # type: ignore[operator]


@given(
    st.lists(st.tuples(*[st.integers(0, len(rule.levels)) for rule in RULES], st.integers(1, 500)), max_size=15),
    st.integers(2, 200),
)
@settings(deadline=None, max_examples=25)
def test_any_counts_give_a_sound_model(rows: list[tuple[int, ...]], records: int):
    names = [rule.name for rule in RULES]
    levels = pl.DataFrame([row[:-1] for row in rows], schema=dict.fromkeys(names, pl.UInt8), orient="row")
    patterns = pl.DataFrame(
        {"pattern": pack(levels, RULES), "pairs": pl.Series([row[-1] for row in rows], dtype=pl.UInt32)}
    )
    patterns = patterns.group_by("pattern").agg(pl.col("pairs").sum())
    report = learn(patterns, patterns, RULES, records).report
    sums = report.levels.group_by("comparison").agg(pl.col("same", "related", "stranger").sum()).drop("comparison")
    assert sums.to_numpy() == pytest.approx(1.0, abs=1e-3)
    assert report.levels["weight"].abs().max() <= 20.01  # type: ignore[operator]


def test_patterns_are_counted():
    counts = count_patterns(pl.Series([7, 3, 7], dtype=pl.UInt64))
    assert counts.rows() == [(3, 1), (7, 2)]
    assert counts.schema == {"pattern": pl.UInt64, "pairs": pl.UInt32}


def test_namesakes_do_not_teach_that_one_person_has_two_birth_dates(city: tuple[pl.DataFrame, pl.DataFrame]):
    """Ten thousand fathers and sons of one name in one house, most without their numbers."""
    namesakes = [[0.0, 0.0, 0.1, 0.9], [0.97, 0.03, 0.0], [0.05, 0.05, 0.9], [0.2, 0.8], [0.999, 0.001, 0.0]]
    more = counted(drawn(np.random.default_rng(3), namesakes, 10_000))
    candidates = pl.concat([city[0], more]).group_by("pattern").agg(pl.col("pairs").sum())
    learned = learn(candidates, city[1], RULES, RECORDS)
    assert probabilities(learned, "same")[1][0] < 0.09
    assert weighed(learned, name=4, birth_date=1, address=3, phone=2, personal_id=1) < 0.05


def test_a_pool_of_levels_keeps_what_was_counted():
    """No stranger was seen at the two middle levels; one party's share there is known well, and stays."""
    same, stranger = np.array([0.05, 0.04, 0.01, 0.9]), np.array([0.989, 1e-6, 1e-7, 0.0109])
    monotone(same, stranger, np.array([1e6, 400.0, 100.0, 1e5]))
    assert np.diff(same / stranger).min() > -1e-6
    assert same[1] / same[2] == pytest.approx(4)
    assert (same.sum(), stranger.sum()) == (pytest.approx(1), pytest.approx(0.9999011))


def test_a_few_records_mostly_of_one_party_do_not_make_an_anchor_look_common():
    """Ten records, five of them one person's: a quarter of all pairs agree on the number, none of them by chance."""
    rules = [RULES[0], RULES[4]]
    levels = pl.DataFrame(
        {"name": [4, 1, 1], "personal_id": [3, 1, 0], "pairs": [10, 20, 15]},
        schema={"name": pl.UInt8, "personal_id": pl.UInt8, "pairs": pl.UInt32},
    )
    few = counted(levels, rules=rules)
    model = learn(few, few, rules, 10).model
    number = model.comparisons[1].levels[0]
    assert number.level == "exact"
    assert number.same - number.stranger > 12 * BIT
