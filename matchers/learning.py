"""Learning the model from the records themselves, by EM over counts of patterns.

Three latent classes. *Strangers*: their levels are what random pairs show, and there are as many as there are pairs.
*The same party* and *related parties* (kin in one household, neighbours, namesakes) explain what is too much for
strangers. The candidate pairs are no sample: they are nearly all pairs that may be the same or related, so a pattern
that n candidates have is n pairs of N·(Πu + λ_R·Πr + λ_M·Πm) expected, N being the number of all pairs. In this
superposition of Poisson counts EM is exact, and missing levels, being no evidence, fall out of every product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparing import Comparison, unpack
from matchers.scoring import BIT, ComparisonModel, LevelModel, Model
from matchers.term_frequency import Frequencies

LEAST = 2.0**-20  # no level of any class is less likely: a weight stays within 20 bits
DIFFERS = 2.0**-10  # the share of one party's values that differ, at least: no register is that clean for ever
SLIP = 0.05  # how often, at most, one party's valid numbers differ, and related parties' agree
TELLING = 2.0**8  # so much likelier in one party than among strangers: a level that tells who someone is
RELATED_AGREE = 0.2  # in such levels related parties agree at most this often, by what the same party does
STRENGTH = 10.0  # pairs that the default probabilities count as
ANCHORED = 20.0  # anchored pairs needed to start from them
STEPS = 300
TRIAL = 15  # steps after which only the best start goes on
TOLERANCE = 1e-6
NEVER = -(1 << 20)  # log2, in 1/1024 bit, of the share of a class that is not there
ROUNDS = 2  # the second leaves out of the random pairs what the first took for no strangers

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


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
    layout = _Layout(tuple(comparisons))
    candidates, random = layout.counts(patterns), layout.counts(random_patterns)
    pairs = max(records * (records - 1) // 2, 1)
    estranged = random.pairs
    for _ in range(ROUNDS):
        strangers = _Strangers(
            table=layout.shares(random, estranged, layout.defaults(_differing)),
            seen=layout.sums(random, estranged),
        )
        learner, fit = _fitted(layout, candidates, strangers, pairs)
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


def _fitted(layout: _Layout, candidates: _Counts, strangers: _Strangers, pairs: int) -> tuple[_Learner, _Fit]:
    """The best fit: with a class of related parties if it earns its parameters (BIC), else without.

    Else a handful of one party's worst records would make a class of their own, and talk themselves out of it.
    """
    plain = _Learner(layout, candidates, strangers, pairs, related=False)
    full = _Learner(layout, candidates, strangers, pairs, related=bool(layout.anchor.any() or layout.household.any()))
    without, fit = plain.best(), full.best()
    parameters = sum(levels.stop - levels.start - 1 for levels in layout.levels) + 1
    price = 0.5 * parameters * np.log(max(candidates.pairs.sum(), 1.0))
    return (full, fit) if fit.log_likelihood - price > without.log_likelihood else (plain, without)


def _model(layout: _Layout, parameters: _Parameters, pairs: int, frequencies: Frequencies) -> Model:
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
    layout: _Layout, parameters: _Parameters, candidates: _Counts, expected: Floats, random: _Counts
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


@dataclass(frozen=True)
class _Counts:
    """Distinct patterns as places in the layout's table of levels (a row a pattern), and how many pairs have each."""

    places: Integers
    pairs: Floats


@dataclass(frozen=True)
class _Strangers:
    """The probability of every level among random pairs, and on how many pairs it was seen."""

    table: Floats
    seen: Floats


@dataclass(frozen=True)
class _Parameters:
    """The probability of every level in the layout's table, by class, and how many pairs are the same or related."""

    same: Floats
    related: Floats
    stranger: Floats
    same_pairs: float
    related_pairs: float


@dataclass(frozen=True)
class _Fit:
    start: str
    parameters: _Parameters
    iterations: int
    log_likelihood: float


class _Layout:
    """All levels of all comparisons in one table: of each comparison missing, then weakest to strongest.

    Missing has probability 1 in every class: it is no evidence.
    """

    def __init__(self, comparisons: tuple[Comparison, ...]) -> None:
        depths = [len(comparison.levels) for comparison in comparisons]
        starts = np.concatenate([[0], np.cumsum([depth + 1 for depth in depths])]).astype(np.intp)
        self.comparisons = comparisons
        self.missing = starts[:-1]
        self.size = int(starts[-1])
        self.levels = [slice(start + 1, stop) for start, stop in pairwise(starts.tolist())]
        self.anchor = np.array([comparison.anchor for comparison in comparisons], dtype=np.bool_)
        self.of_anchors = np.repeat(self.anchor, [depth + 1 for depth in depths])
        self.household = np.array([comparison.household for comparison in comparisons], dtype=np.bool_)

    def defaults(self, of_depth: Callable[[int], Floats]) -> Floats:
        """A table from a function that gives a comparison's probabilities, weakest first."""
        table = np.ones(self.size)
        for levels in self.levels:
            table[levels] = of_depth(levels.stop - levels.start)
        return table

    def counts(self, patterns: pl.DataFrame) -> _Counts:
        """Counts of patterns, in the table's places."""
        patterns = patterns.sort("pattern")
        levels = unpack(patterns["pattern"], self.comparisons)
        places = np.zeros((patterns.height, len(self.comparisons)), dtype=np.intp)
        for column, comparison in enumerate(self.comparisons):
            places[:, column] = self.missing[column] + levels[comparison.name].to_numpy()
        return _Counts(places, patterns["pairs"].to_numpy().astype(np.float64))

    def sums(self, counts: _Counts, weight: Floats) -> Floats:
        """The weight of patterns that falls on each level."""
        spread = np.repeat(weight, counts.places.shape[1])
        return np.bincount(counts.places.ravel(), weights=spread, minlength=self.size).astype(np.float64)

    def shares(self, counts: _Counts, weight: Floats, default: Floats) -> Floats:
        """Each level's share of the weight where it is not missing; `default` counts as a few pairs."""
        table = self.sums(counts, weight) + STRENGTH * default
        for levels in self.levels:
            table[levels] = np.maximum(table[levels] / table[levels].sum(), LEAST)
        table[self.missing] = 1.0
        return table

    def household_or(self, household: Floats, own: Floats) -> Floats:
        """A table that takes what a household shares from the one, what is one's own from the other."""
        table = own.copy()
        for levels, shared in zip(self.levels, self.household, strict=True):
            if shared:
                table[levels] = household[levels]
        return table


def _agreeing(levels: int) -> Floats:
    """What one party's values do, before anything was learned: agree, or nearly; one in twenty differs."""
    near = np.power(0.3, np.arange(levels)[::-1])
    near[0] = 0.0
    return np.concatenate([[0.05], 0.95 * near[1:] / near.sum()]) if levels > 1 else np.ones(1)


def _differing(levels: int) -> Floats:
    """What strangers' values do, before anything was learned: each stronger level is ten times rarer."""
    rare = np.power(0.1, np.arange(levels))
    return np.asarray(rare / rare.sum())


class _Learner:
    """EM on counts of candidate patterns, the strangers' probabilities fixed."""

    def __init__(self, layout: _Layout, counts: _Counts, strangers: _Strangers, pairs: int, related: bool) -> None:
        self.layout = layout
        self.counts = counts
        self.strangers = strangers
        self.pairs = pairs
        self.default_same = layout.defaults(_agreeing)
        self.default_related = layout.household_or(self.default_same, strangers.table)
        self.has_related = related
        self.sure, self.apart = _anchored(layout, counts)
        self.anchored = counts.pairs @ self.sure >= ANCHORED

    def joint(self, counts: _Counts, parameters: _Parameters) -> Floats:
        """ln of the number of pairs expected with each pattern: a row a pattern; same, related, stranger."""
        tables = np.log([parameters.same, parameters.related, parameters.stranger])
        sizes = [parameters.same_pairs, parameters.related_pairs, float(self.pairs)]
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(sizes) + tables[:, counts.places].sum(axis=2).T)

    def expect(self, parameters: _Parameters) -> tuple[Floats, float]:
        """Each candidate pattern's pairs by class, and the log likelihood of the counts."""
        joint = self.joint(self.counts, parameters)
        joint[self.sure, 1:] = -np.inf
        explained = np.logaddexp.reduce(joint, axis=1)
        expected = self.counts.pairs[:, None] * np.exp(joint - explained[:, None])
        likelihood = float(self.counts.pairs @ explained) - parameters.same_pairs - parameters.related_pairs
        return expected, likelihood

    def maximise(self, same: Floats, related: Floats) -> _Parameters:
        """The parameters that explain each pattern's expected pairs best, within what makes sense of the classes."""
        layout, stranger = self.layout, self.strangers.table.copy()
        table = layout.shares(self.counts, same, self.default_same)
        if self.anchored:  # what differs on a valid number says little about one party, and would say it wrong
            apart = layout.shares(self.counts, same * ~self.apart, self.default_same)
            table = np.where(layout.of_anchors, table, apart)
        other = layout.shares(self.counts, related, self.default_related)
        seen = layout.sums(self.counts, same) + self.strangers.seen
        for column, levels in enumerate(layout.levels):
            m, r, u = table[levels], other[levels], stranger[levels]
            m[0] = max(m[0], DIFFERS)
            _order(m, u, seen[levels] + STRENGTH * (self.default_same[levels] + u))
            if layout.anchor[column]:
                _cap(m, m < u, SLIP)
            agree = m > TELLING * u
            if not layout.household[column]:
                if layout.anchor.any():
                    _cap(r, agree, SLIP if layout.anchor[column] else RELATED_AGREE * m[agree].sum())
                else:
                    r[:] = u
        return _Parameters(
            same=table,
            related=other,
            stranger=stranger,
            same_pairs=min(float(same.sum()) + 0.5, float(self.pairs)),
            related_pairs=min(float(related.sum()) + 0.5, float(self.pairs)) if self.has_related else 0.0,
        )

    def best(self) -> _Fit:
        """The likeliest of several starts in which the same party agrees, in its own things, more than related ones."""
        trials = [self._run(_Fit(name, start, 0, -np.inf), TRIAL) for name, start in self._starts().items()]
        sane = [trial for trial in trials if self._is_sane(trial.parameters)]
        if not sane:
            defaults = self.maximise(np.zeros(len(self.counts.pairs)), np.zeros(len(self.counts.pairs)))
            return _Fit("defaults", defaults, 0, self.expect(defaults)[1])
        return self._run(max(sane, key=lambda trial: trial.log_likelihood), STEPS)

    def _run(self, fit: _Fit, steps: int) -> _Fit:
        parameters = fit.parameters
        step = 0
        while step < steps:
            step += 1
            expected, likelihood = self.expect(parameters)
            before, parameters = parameters, self.maximise(expected[:, 0], expected[:, 1])
            if _distance(before, parameters) < TOLERANCE:
                break
        return _Fit(fit.start, parameters, fit.iterations + step, likelihood)

    def _starts(self) -> dict[str, _Parameters]:
        """Where EM begins: at the default probabilities, some pairs in three being the same; at anchored pairs."""
        pairs = float(self.counts.pairs.sum())
        nothing = np.zeros(len(self.counts.pairs))
        blank = self.maximise(nothing, nothing)
        starts = {
            f"defaults/{share}": replace(
                blank, same_pairs=pairs / share + 0.5, related_pairs=self.has_related * (pairs / share + 0.5)
            )
            for share in (3, 30)
        }
        expected_strangers = np.exp(self.joint(self.counts, blank)[:, 2])
        unexplained = np.maximum(self.counts.pairs - expected_strangers, 0.0) * self.apart
        anchored = self.counts.pairs * self.sure
        if self.anchored:
            starts["anchors"] = self.maximise(anchored, unexplained)
        return starts

    def _is_sane(self, parameters: _Parameters) -> bool:
        own = [
            levels.stop - 1
            for levels, shared in zip(self.layout.levels, self.layout.household, strict=True)
            if not shared
        ]
        same = parameters.same[own].sum()
        return not own or bool(same > parameters.stranger[own].sum() and same > parameters.related[own].sum())


def _anchored(layout: _Layout, counts: _Counts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which patterns agree on an anchor, beyond doubt, and which differ on one.

    Doubt is where an anchor differs, or most of what is one's own does: a mother's number given for her child.
    """
    code = counts.places - layout.missing
    strongest = np.array([levels.stop - levels.start for levels in layout.levels], dtype=np.intp)
    own = ~layout.household & ~layout.anchor
    apart = ((code == 1) & layout.anchor).any(axis=1)
    differing, known = ((code == 1) & own).sum(axis=1), ((code > 0) & own).sum(axis=1)
    agreeing = ((code == strongest) & layout.anchor).any(axis=1)
    return agreeing & ~apart & (known > 0) & (2 * differing <= known), apart


def _order(m: Floats, u: Floats, seen: Floats) -> None:
    """Makes m/u never less at a stronger level (the weakest comes first), in place.

    Neighbours that violate the order are pooled: they get one ratio, and inside the pool `m` and `u` follow how many
    pairs of either kind were `seen` at each level. (Isotonic regression of the ratio: the likeliest under the order.)
    """
    m /= m.sum()
    pools: list[tuple[float, float, int]] = []
    for same, stranger in zip(m.tolist(), u.tolist(), strict=True):
        pool = (same, stranger, 1)
        while pools and pools[-1][0] * pool[1] > pool[0] * pools[-1][1]:
            weaker = pools.pop()
            pool = (pool[0] + weaker[0], pool[1] + weaker[1], pool[2] + weaker[2])
        pools.append(pool)
    start = 0
    for same, stranger, width in pools:
        if width > 1:
            pooled = slice(start, start + width)
            split = seen[pooled] / seen[pooled].sum()
            m[pooled], u[pooled] = same * split, stranger * split
        start += width


def _cap(table: Floats, which: NDArray[np.bool_], most: float) -> None:
    """Brings the levels `which` down to `most` together, the others up by as much; in place."""
    share = table[which].sum()
    if which.all() or share <= most:
        return
    table[which] *= most / share
    table[~which] *= (1 - most) / (1 - share)


def _distance(before: _Parameters, after: _Parameters) -> float:
    tables = max(float(np.abs(before.same - after.same).max()), float(np.abs(before.related - after.related).max()))
    sizes = (before.same_pairs / after.same_pairs, before.related_pairs / max(after.related_pairs, 0.5))
    return max(tables, abs(sizes[0] - 1), abs(sizes[1] - 1) if after.related_pairs else 0.0)
