"""Learning the model from the records themselves: which levels tell one party from its relations and from strangers.

Nobody labels anything: random pairs show what strangers are like, candidate pairs what is too much for strangers, and
EM (matchers/em.py) finds who that is. The result is frozen in a `Model`; a run never learns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from matchers.comparing import Comparison
from matchers.em import Counts, Floats, Layout, Parameters, Strangers, differing, fitted
from matchers.scoring import BIT, ComparisonModel, LevelModel, Model
from matchers.term_frequency import Frequencies

ROUNDS = 2  # the second leaves out of the random pairs what the first took for no strangers
NEVER = -(1 << 20)  # log2, in 1/1024 bit, of the share of a class that is not there


@dataclass(frozen=True)
class LearningReport:
    """How the model was found.

    `levels`: comparison, level (strongest first), same, related, stranger (probabilities), weight (bits for the same
    party against strangers), same_pairs, related_pairs, candidates, random_pairs (expected or counted pairs).
    """

    start: str
    iterations: int
    log_likelihood: float
    same: float
    related: float
    pairs: int
    levels: pl.DataFrame


@dataclass(frozen=True)
class Learned:
    """A model and how it was found."""

    model: Model
    report: LearningReport


def random_pairs(records: int, count: int, seed: int) -> pl.DataFrame:
    """`count` distinct pairs of `records` rows drawn blindly, or all: left < right (UInt32), sorted."""
    total = records * (records - 1) // 2
    chance = np.random.Generator(np.random.PCG64(seed))
    if total <= 2 * count:
        drawn = chance.permutation(total)[:count]
    else:
        drawn = np.zeros(0, dtype=np.int64)
        while len(drawn) < count:
            drawn = np.unique(np.concatenate([drawn, chance.integers(0, total, size=count - len(drawn) + 1000)]))
        drawn = chance.permutation(drawn)[:count]
    drawn = np.sort(drawn)
    right = ((1 + np.sqrt(1 + 8.0 * drawn)) / 2).astype(np.int64)
    right -= right * (right - 1) // 2 > drawn  # the square root of a large number may round up, or down
    right += right * (right + 1) // 2 <= drawn
    left = drawn - right * (right - 1) // 2
    pairs = pl.DataFrame({"left": left, "right": right}, schema={"left": pl.UInt32, "right": pl.UInt32})
    return pairs.sort("left", "right")


def count_patterns(patterns: pl.Series) -> pl.DataFrame:
    """How many pairs have each pattern (UInt64): pattern, pairs (UInt32), sorted by pattern."""
    counts = patterns.alias("pattern").to_frame().group_by("pattern").agg(pl.len().cast(pl.UInt32).alias("pairs"))
    return counts.sort("pattern")


def learn(
    patterns: pl.DataFrame,
    random_patterns: pl.DataFrame,
    comparisons: Sequence[Comparison],
    records: int,
    frequencies: Frequencies | None = None,
) -> Learned:
    """The model of `comparisons`, learned from counts of patterns: pattern UInt64, pairs UInt32.

    `patterns` counts all candidate pairs, `random_patterns` pairs drawn by `random_pairs`. `records` is the number of
    records that were blocked; `frequencies` (`learn_frequencies`) become part of the model. With little or nothing to
    learn from, the default probabilities stand.
    """
    layout = Layout(tuple(comparisons))
    candidates, random = layout.counts(patterns), layout.counts(random_patterns)
    pairs = max(records * (records - 1) // 2, 1)
    estranged = random.pairs
    for _ in range(ROUNDS):
        strangers = Strangers(
            table=layout.apart_on_anchors(layout.shares(random, estranged, layout.defaults(differing))),
            seen=layout.sums(random, estranged),
        )
        learner, fit = fitted(layout, candidates, strangers, pairs)
        joint = learner.joint(random, fit.parameters)
        estranged = random.pairs * np.exp(joint[:, 2] - np.logaddexp.reduce(joint, axis=1))
    expected = learner.expect(fit.parameters)[0]
    return Learned(
        model=_model(layout, fit.parameters, pairs, frequencies or {}),
        report=LearningReport(
            start=fit.start,
            iterations=fit.iterations,
            log_likelihood=fit.log_likelihood,
            same=fit.parameters.same_pairs / pairs,
            related=fit.parameters.related_pairs / pairs,
            pairs=pairs,
            levels=_levels(layout, fit.parameters, candidates, expected, random),
        ),
    )


def _model(layout: Layout, parameters: Parameters, pairs: int, frequencies: Frequencies) -> Model:
    same, related, stranger = (
        np.rint(BIT * np.log2(table)).astype(np.int64).tolist()
        for table in (parameters.same, parameters.related, parameters.stranger)
    )
    return Model(
        comparisons=tuple(
            ComparisonModel(
                comparison.name,
                tuple(
                    LevelModel(level, same[place], related[place], stranger[place])
                    for level, place in zip(
                        comparison.levels, range(levels.stop - 1, levels.start - 1, -1), strict=True
                    )
                ),
            )
            for comparison, levels in zip(layout.comparisons, layout.levels, strict=True)
        ),
        same=_share(parameters.same_pairs, pairs),
        related=_share(parameters.related_pairs, pairs),
        stranger=0,
        frequencies=frequencies,
    )


def _share(expected: float, pairs: int) -> int:
    return round(BIT * float(np.log2(expected / pairs))) if expected else NEVER


def _levels(
    layout: Layout, parameters: Parameters, candidates: Counts, expected: Floats, random: Counts
) -> pl.DataFrame:
    """The report's table of levels."""
    columns = {
        "same": parameters.same,
        "related": parameters.related,
        "stranger": parameters.stranger,
        "weight": np.log2(parameters.same / parameters.stranger),
        "same_pairs": layout.sums(candidates, expected[:, 0]),
        "related_pairs": layout.sums(candidates, expected[:, 1]),
        "candidates": layout.sums(candidates, candidates.pairs),
        "random_pairs": layout.sums(random, random.pairs),
    }
    names = [(comparison.name, level) for comparison in layout.comparisons for level in comparison.levels]
    places = [place for levels in layout.levels for place in range(levels.stop - 1, levels.start - 1, -1)]
    return pl.DataFrame(names, schema={"comparison": pl.String, "level": pl.String}, orient="row").with_columns(
        pl.Series(name, values[places]) for name, values in columns.items()
    )
