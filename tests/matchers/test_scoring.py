from __future__ import annotations

import json
from math import log2

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.comparing import Comparison
from matchers.scoring import (
    BIT,
    EDGES,
    ComparisonModel,
    LevelModel,
    Model,
    ModelMismatchError,
    contributions,
    score,
    weight_of,
)

NAME = Comparison(("name",), "person_name", ("exact", "differs"), term_frequency={"exact": ("given",)})
ADDRESS = Comparison(
    ("address",), "text", ("exact", "similar", "differs"), household=True, term_frequency={"exact": ("plain",)}
)
RULES = [NAME, ADDRESS]
MODEL = Model(
    comparisons=(
        ComparisonModel("name", (LevelModel("exact", -100, -4000, -9000), LevelModel("differs", -5000, -200, -10))),
        ComparisonModel(
            "address",
            (
                LevelModel("exact", -800, -500, -11000),
                LevelModel("similar", -2000, -3000, -9000),
                LevelModel("differs", -1500, -4000, -5),
            ),
        ),
    ),
    same=-15000,
    related=-14000,
    stranger=0,
    frequencies={"name.given": {"": 5000, "an": -300}, "address.plain": {"": 2000, "le loi": -100}},
)
RECORDS = pl.DataFrame(
    {"name.given": ["an", "an", "bich", "bich"], "address.plain": ["le loi", "le loi", "le loi", "hang xanh"]}
)


def pairs(*rows: tuple[int, int, int, int]) -> pl.DataFrame:
    schema = {"left": pl.UInt32, "right": pl.UInt32, "name": pl.UInt8, "address": pl.UInt8}
    return pl.DataFrame(rows, schema=schema, orient="row")


def expected_weight(strangers: float, related: float) -> int:
    """log2 of P(pattern | same) over P(pattern | stranger or related), from log2 ratios in 1/1024 bit."""
    shares = 2 ** (MODEL.stranger / BIT), 2 ** (MODEL.related / BIT)
    mixture = shares[0] * 2 ** (-strangers / BIT) + shares[1] * 2 ** (-related / BIT)
    return round(-BIT * log2(mixture / sum(shares)))


def test_a_pair_is_weighed_against_strangers_and_related_parties_together():
    edges = score(RECORDS, pairs((0, 2, 1, 3), (0, 3, 1, 1)), RULES, MODEL)
    assert edges["weight"].to_list() == [
        expected_weight((-5000 + 10) + (-800 + 11000) - 100, (-5000 + 200) + (-800 + 500)),
        expected_weight((-5000 + 10) + (-1500 + 5), (-5000 + 200) + (-1500 + 4000)),
    ]
    assert edges.schema == dict(EDGES.columns)


def test_what_a_household_shares_is_not_rarer_evidence_against_its_members():
    edges = score(RECORDS, pairs((0, 1, 2, 3)), RULES, MODEL)
    strangers = (-100 + 9000) + (-800 + 11000) - 300 - 100
    related = (-100 + 4000) + (-800 + 500) - 300
    assert edges["weight"].to_list() == [expected_weight(strangers, related)]


def test_missing_levels_weigh_nothing():
    edges = score(RECORDS, pairs((0, 1, 0, 0)), RULES, MODEL)
    assert edges["weight"].to_list() == [0]
    assert edges["probability"][0] == pytest.approx(1 / (1 + 2 ** (-MODEL.prior / BIT)))


def test_a_threshold_is_the_weight_that_just_reaches_its_probability():
    for probability in (0.2, 0.5, 0.95, 0.999):
        weight = weight_of(MODEL, probability)
        odds = [2 ** ((each + MODEL.prior) / BIT) for each in (weight, weight - 1)]
        assert odds[0] / (1 + odds[0]) >= probability > odds[1] / (1 + odds[1])


def test_the_order_of_pairs_is_kept_and_no_pair_is_lost():
    given = pairs((2, 3, 2, 3), (0, 1, 1, 1))
    edges = score(RECORDS, given, RULES, MODEL)
    assert edges.select("left", "right").equals(given.select("left", "right"))
    assert edges["pattern"].to_list() == [2 + 3 * 16, 1 + 16]
    assert score(RECORDS, given.clear(), RULES, MODEL).schema == dict(EDGES.columns)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=8))
@settings(deadline=None)
def test_a_pair_scores_the_same_in_any_company(levels: list[tuple[int, int]]):
    rows = [(0, 1 + place % 3, *level) for place, level in enumerate(levels)]
    together = score(RECORDS, pairs(*rows), RULES, MODEL)
    alone = pl.concat([score(RECORDS, pairs(row), RULES, MODEL) for row in rows])
    assert together.equals(alone)


def test_a_model_goes_through_json_and_back():
    assert Model.from_dict(json.loads(json.dumps(MODEL.to_dict()))) == MODEL
    assert MODEL.to_dict()["comparisons"]["name"]["exact"] == {"same": -100, "related": -4000, "stranger": -9000}


def test_a_model_of_other_levels_is_refused():
    changed = [NAME, Comparison(("address",), "text", ("exact", "differs"), household=True)]
    with pytest.raises(ModelMismatchError, match="address"):
        score(RECORDS, pairs((0, 1, 1, 1)), changed, MODEL)
    with pytest.raises(ModelMismatchError, match="order"):
        score(RECORDS, pairs((0, 1, 1, 1)), RULES[::-1], MODEL)


def test_contributions_say_what_each_comparison_adds():
    assert contributions(MODEL, RULES, 2 + 2 * 16, {"name": -300}).rows() == [
        ("name", "exact", 8900, 3900, -300),
        ("address", "similar", 7000, 1000, 0),
    ]
    assert contributions(MODEL, RULES, 1).rows()[1] == ("address", None, 0, 0, 0)
