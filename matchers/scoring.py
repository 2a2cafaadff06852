"""The model in use: what a pattern of agreement levels is worth, in fixed point, and the posterior that follows.

A pair is one of three: the same party, related but different (kin, neighbours, namesakes), or strangers. Its weight is
log2 of how much likelier its pattern is for the same party than for the other two together, weighed by how many of
them there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers.comparing import Comparison, pack, unpack
from matchers.frame import Frame
from matchers.term_frequency import Frequencies, adjustments

BIT = 1024
EDGES = Frame(
    "edges",
    key=("left", "right"),
    columns={
        "left": pl.UInt32,  # rows of RECORDS: left < right
        "right": pl.UInt32,
        "pattern": pl.UInt64,  # the levels of all comparisons, packed
        "weight": pl.Int32,  # log2 of the likelihood ratio in 1/1024 bit, term frequency included
        "probability": pl.Float64,  # that both are one party, from prior and weight
    },
)
CONTRIBUTIONS = Frame(
    "contributions",
    key=("comparison",),
    columns={
        "comparison": pl.String,
        "level": pl.String,  # null: missing on one side
        "stranger": pl.Int32,  # 1/1024 bit for the same party, against strangers
        "related": pl.Int32,  # and against a related party
        "frequency": pl.Int32,  # for the rarity of what is shared
    },
)

Bits = npt.NDArray[np.float64]


class ModelMismatchError(ValueError):
    """The model was learned for other comparisons or levels than the rules now have."""


@dataclass(frozen=True)
class LevelModel:
    """log2 of a level's probability among pairs of the same party, of related parties, of strangers (1/1024 bit)."""

    level: str
    same: int
    related: int
    stranger: int


@dataclass(frozen=True)
class ComparisonModel:
    """The levels of one comparison, strongest first, as in its rule."""

    name: str
    levels: tuple[LevelModel, ...]


@dataclass(frozen=True)
class Model:
    """Everything that scoring depends on, frozen: levels, shares (log2, 1/1024 bit) of all pairs, term frequencies."""

    comparisons: tuple[ComparisonModel, ...]
    same: int
    related: int
    stranger: int
    frequencies: Frequencies = field(default_factory=dict)

    @property
    def prior(self) -> int:
        """log2 odds that two records picked blindly are one party, in 1/1024 bit."""
        others = np.logaddexp2(self.related / BIT, self.stranger / BIT)
        return int(np.rint(self.same - BIT * others))

    def to_dict(self) -> dict[str, Any]:
        """The model as plain JSON types."""
        return {
            "comparisons": {
                comparison.name: {
                    level.level: {"same": level.same, "related": level.related, "stranger": level.stranger}
                    for level in comparison.levels
                }
                for comparison in self.comparisons
            },
            "shares": {"same": self.same, "related": self.related, "stranger": self.stranger},
            "frequencies": {name: dict(table) for name, table in self.frequencies.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The model that `to_dict` wrote."""
        comparisons = tuple(
            ComparisonModel(name, tuple(LevelModel(level, **bits) for level, bits in levels.items()))
            for name, levels in data["comparisons"].items()
        )
        return cls(comparisons, **data["shares"], frequencies=data["frequencies"])


def score(
    records: pl.DataFrame, pairs_with_levels: pl.DataFrame, comparisons: Sequence[Comparison], model: Model
) -> pl.DataFrame:
    """EDGES of all pairs given, in their order.

    `pairs_with_levels`: left, right, and each comparison's UInt8 level. Raises ModelMismatchError where the model is
    not of these comparisons.
    """
    pattern = pack(pairs_with_levels, comparisons)
    frequency = adjustments(records, pairs_with_levels, comparisons, model.frequencies)
    weight = weights(model, comparisons, pattern, frequency)
    edges = pairs_with_levels.select("left", "right").with_columns(
        pattern.alias("pattern"), pl.Series("weight", weight), pl.Series("probability", probability(model, weight))
    )
    return edges.select(list(EDGES.columns))


def weights(
    model: Model, comparisons: Sequence[Comparison], patterns: pl.Series, frequency: pl.DataFrame
) -> npt.NDArray[np.int32]:
    """The weight of each pattern (UInt64) with its row of `frequency` (`term_frequency.adjustments`), in 1/1024 bit.

    Rarity counts in full against strangers; against related parties only where a comparison is not one that a
    household shares, for a rare surname is shared by the whole family.
    """
    distinct, row = np.unique(patterns.to_numpy(), return_inverse=True)
    against_strangers, against_related = _ratios(model, comparisons, unpack(pl.Series(distinct), comparisons))
    household = {comparison.name for comparison in comparisons if comparison.household}
    shared = _sum(frequency, [name for name in frequency.columns if name in household])
    own = _sum(frequency, [name for name in frequency.columns if name not in household])
    others = np.logaddexp2(
        (model.stranger - against_strangers[row] - own - shared) / BIT,
        (model.related - against_related[row] - own) / BIT,
    )
    share = np.logaddexp2(model.stranger / BIT, model.related / BIT)
    weight: npt.NDArray[np.int32] = np.rint((share - others) * BIT).astype(np.int32)
    return weight


def probability(model: Model, weight: npt.ArrayLike) -> Bits:
    """The posterior probability of being one party, of weights in 1/1024 bit."""
    odds = (np.asarray(weight, dtype=np.float64) + model.prior) / BIT
    return np.exp2(-np.logaddexp2(0.0, -odds))


def weight_of(model: Model, probability: float) -> int:
    """The weight (1/1024 bit) at which the posterior reaches `probability`: how a threshold is frozen."""
    return int(np.ceil(BIT * np.log2(probability / (1 - probability)) - model.prior))


def contributions(
    model: Model, comparisons: Sequence[Comparison], pattern: int, frequency: Mapping[str, int] | None = None
) -> pl.DataFrame:
    """CONTRIBUTIONS: what each comparison adds to one pair's weight, for `explain`.

    `frequency` has the pair's adjustment by comparison name. The sums of the columns are the pair's two log2 ratios;
    its weight is their mixture.
    """
    levels = unpack(pl.Series([pattern], dtype=pl.UInt64), comparisons)
    rows = []
    for comparison in _checked(model, comparisons):
        code = levels[comparison.name].item()
        at = comparison.levels[len(comparison.levels) - code] if code else LevelModel("", 0, 0, 0)
        adjustment = (frequency or {}).get(comparison.name, 0)
        rows.append((comparison.name, at.level or None, at.same - at.stranger, at.same - at.related, adjustment))
    return pl.DataFrame(rows, schema=dict(CONTRIBUTIONS.columns), orient="row")


def fits(model: Model, comparisons: Sequence[Comparison]) -> bool:
    """Whether the model was learned for these comparisons, with a table for every field whose rarity counts."""
    tables = {
        f"{comparison.name}.{field}"
        for comparison in comparisons
        for fields in comparison.term_frequency.values()
        for field in fields
    }
    try:
        _checked(model, comparisons)
    except ModelMismatchError:
        return False
    return tables <= set(model.frequencies)


def _checked(model: Model, comparisons: Sequence[Comparison]) -> tuple[ComparisonModel, ...]:
    rules = [(comparison.name, comparison.levels) for comparison in comparisons]
    learned = [(each.name, tuple(level.level for level in each.levels)) for each in model.comparisons]
    if rules != learned:
        differing = sorted({name for name, _ in set(rules) ^ set(learned)})
        raise ModelMismatchError(
            f"the model was not learned for these comparisons; they differ in {differing or 'order'}"
        )
    return model.comparisons


def _ratios(model: Model, comparisons: Sequence[Comparison], levels: pl.DataFrame) -> tuple[Bits, Bits]:
    """log2 of same against stranger and of same against related, for rows of levels, in 1/1024 bit."""
    strangers, related = np.zeros(levels.height), np.zeros(levels.height)
    for comparison in _checked(model, comparisons):
        weakest_first = comparison.levels[::-1]
        level = levels[comparison.name].to_numpy()
        strangers += np.array([0, *(at.same - at.stranger for at in weakest_first)])[level]
        related += np.array([0, *(at.same - at.related for at in weakest_first)])[level]
    return strangers, related


def _sum(frame: pl.DataFrame, columns: Sequence[str]) -> Bits:
    total = np.zeros(frame.height)
    for name in columns:
        total += frame[name].to_numpy()
    return total
