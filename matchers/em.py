"""EM over counts of patterns: three latent classes, the strangers' probabilities known.

*Strangers*: their levels are what random pairs show, and there are as many as there are pairs. *The same party* and
*related parties* (kin in one household, neighbours, namesakes) explain what is too much for strangers. The candidate
pairs are no sample: they are nearly all pairs that may be the same or related, so a pattern is expected on
N·(Πu + λ_R·Πr + λ_M·Πm) of them, N being the number of all pairs. In this superposition of Poisson counts EM is exact,
and missing levels, being no evidence, fall out of every product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparing import Comparison, unpack

LEAST = 2.0**-20  # no level of any class is less likely: a weight stays within 20 bits
DIFFERS = 2.0**-10  # the share of one party's values that differ, at least: no register is that clean for ever
SHARED = 2.0**-14  # strangers agree on an anchor at most this often: a number of one's own is shared by mistake
SLIP = 0.05  # how often, at most, one party's valid numbers differ, and related parties' agree
TELLING = 2.0**8  # so much likelier in one party than among strangers: a level that tells who someone is
RELATED_AGREE = 0.2  # in such levels related parties agree at most this often, by what the same party does
STRENGTH = 10.0  # pairs that the default probabilities count as
ANCHORED = 20.0  # anchored pairs needed to start from them
STEPS = 300
TRIAL = 15  # steps after which only the best start goes on
TOLERANCE = 1e-6

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True)
class Counts:
    """Distinct patterns as places in the layout's table of levels (a row a pattern), and how many pairs have each."""

    places: Integers
    pairs: Floats


@dataclass(frozen=True)
class Strangers:
    """The probability of every level among random pairs, and on how many pairs it was seen."""

    table: Floats
    seen: Floats


@dataclass(frozen=True)
class Parameters:
    """The probability of every level in the layout's table, by class, and how many pairs are the same or related."""

    same: Floats
    related: Floats
    stranger: Floats
    same_pairs: float
    related_pairs: float


@dataclass(frozen=True)
class Fit:
    """Where EM began, where it ended, after how many steps, and how likely the counts are there."""

    start: str
    parameters: Parameters
    iterations: int
    log_likelihood: float


class Layout:
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
        self.household = np.array([comparison.household for comparison in comparisons], dtype=np.bool_)

    def defaults(self, of_depth: Callable[[int], Floats]) -> Floats:
        """A table from a function that gives a comparison's probabilities, weakest first."""
        table = np.ones(self.size)
        for levels in self.levels:
            table[levels] = of_depth(levels.stop - levels.start)
        return table

    def counts(self, patterns: pl.DataFrame) -> Counts:
        """Counts of patterns, in the table's places."""
        patterns = patterns.sort("pattern")
        levels = unpack(patterns["pattern"], self.comparisons)
        places = np.zeros((patterns.height, len(self.comparisons)), dtype=np.intp)
        for column, comparison in enumerate(self.comparisons):
            places[:, column] = self.missing[column] + levels[comparison.name].to_numpy()
        return Counts(places, patterns["pairs"].to_numpy().astype(np.float64))

    def sums(self, counts: Counts, weight: Floats) -> Floats:
        """The weight of patterns that falls on each level."""
        spread = np.repeat(weight, counts.places.shape[1])
        return np.bincount(counts.places.ravel(), weights=spread, minlength=self.size).astype(np.float64)

    def shares(self, counts: Counts, weight: Floats, default: Floats) -> Floats:
        """Each level's share of the weight where it is not missing; `default` counts as a few pairs."""
        table = self.sums(counts, weight) + STRENGTH * default
        for levels in self.levels:
            table[levels] = np.maximum(table[levels] / table[levels].sum(), LEAST)
        table[self.missing] = 1.0
        return table

    def apart_on_anchors(self, table: Floats) -> Floats:
        """Strangers' probabilities, in place: a few records, mostly one party's, must not make anchors look common."""
        for levels, anchor in zip(self.levels, self.anchor, strict=True):
            if anchor:
                strongest = np.arange(levels.stop - levels.start) == levels.stop - levels.start - 1
                _cap(table[levels], strongest, SHARED)
        return table

    def household_or(self, household: Floats, own: Floats) -> Floats:
        """A table that takes what a household shares from the one, what is one's own from the other."""
        table = own.copy()
        for levels, shared in zip(self.levels, self.household, strict=True):
            if shared:
                table[levels] = household[levels]
        return table


def agreeing(levels: int) -> Floats:
    """What one party's values do, before anything was learned: agree, or nearly; one in twenty differs."""
    near = np.power(0.3, np.arange(levels)[::-1])
    near[0] = 0.0
    return np.concatenate([[0.05], 0.95 * near[1:] / near.sum()]) if levels > 1 else np.ones(1)


def differing(levels: int) -> Floats:
    """What strangers' values do, before anything was learned: each stronger level is ten times rarer."""
    rare = np.power(0.1, np.arange(levels))
    return np.asarray(rare / rare.sum())


def fitted(layout: Layout, candidates: Counts, strangers: Strangers, pairs: int) -> tuple[Learner, Fit]:
    """The best fit: with a class of related parties if it earns its parameters (BIC), else without.

    Else a handful of one party's worst records would make a class of their own, and talk themselves out of it.
    """
    plain = Learner(layout, candidates, strangers, pairs, related=False)
    full = Learner(layout, candidates, strangers, pairs, related=bool(layout.anchor.any() or layout.household.any()))
    without, fit = plain.best(), full.best()
    parameters = sum(levels.stop - levels.start - 1 for levels in layout.levels) + 1
    price = 0.5 * parameters * np.log(max(candidates.pairs.sum(), 1.0))
    return (full, fit) if fit.log_likelihood - price > without.log_likelihood else (plain, without)


class Learner:
    """EM on counts of candidate patterns, the strangers' probabilities fixed."""

    def __init__(self, layout: Layout, counts: Counts, strangers: Strangers, pairs: int, related: bool) -> None:
        self.layout = layout
        self.counts = counts
        self.strangers = strangers
        self.pairs = pairs
        self.default_same = layout.defaults(agreeing)
        self.default_related = layout.household_or(self.default_same, strangers.table)
        self.has_related = related
        self.sure, self.apart = _anchored(layout, counts)

    def joint(self, counts: Counts, parameters: Parameters) -> Floats:
        """ln of the number of pairs expected with each pattern: a row a pattern; same, related, stranger."""
        tables = np.log([parameters.same, parameters.related, parameters.stranger])
        sizes = [parameters.same_pairs, parameters.related_pairs, float(self.pairs)]
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(sizes) + tables[:, counts.places].sum(axis=2).T)

    def expect(self, parameters: Parameters) -> tuple[Floats, float]:
        """Each candidate pattern's pairs by class, and the log likelihood of the counts."""
        joint = self.joint(self.counts, parameters)
        joint[self.sure, 1:] = -np.inf
        explained = np.logaddexp.reduce(joint, axis=1)
        expected = self.counts.pairs[:, None] * np.exp(joint - explained[:, None])
        likelihood = float(self.counts.pairs @ explained) - parameters.same_pairs - parameters.related_pairs
        return expected, likelihood

    def maximise(self, same: Floats, related: Floats) -> Parameters:
        """The parameters that explain each pattern's expected pairs best, within what makes sense of the classes."""
        layout, stranger = self.layout, self.strangers.table.copy()
        table = layout.shares(self.counts, same, self.default_same)
        other = layout.shares(self.counts, related, self.default_related)
        seen = layout.sums(self.counts, same) + self.strangers.seen
        for column, levels in enumerate(layout.levels):
            m, r, u = table[levels], other[levels], stranger[levels]
            m[0] = max(m[0], DIFFERS)
            monotone(m, u, seen[levels] + STRENGTH * (self.default_same[levels] + u))
            if layout.anchor[column]:
                _cap(m, m < u, SLIP)
            agree = m > TELLING * u
            if not layout.household[column]:
                if layout.anchor.any():
                    _cap(r, agree, SLIP if layout.anchor[column] else RELATED_AGREE * m[agree].sum())
                else:
                    r[:] = u
        return Parameters(
            same=table,
            related=other,
            stranger=stranger,
            same_pairs=min(float(same.sum()) + 0.5, float(self.pairs)),
            related_pairs=min(float(related.sum()) + 0.5, float(self.pairs)) if self.has_related else 0.0,
        )

    def best(self) -> Fit:
        """The likeliest of several starts in which the same party agrees, in its own things, more than related ones."""
        trials = [self._run(Fit(name, start, 0, -np.inf), TRIAL) for name, start in self._starts().items()]
        sane = [trial for trial in trials if self._is_sane(trial.parameters)]
        if not sane:
            defaults = self.maximise(np.zeros(len(self.counts.pairs)), np.zeros(len(self.counts.pairs)))
            return Fit("defaults", defaults, 0, self.expect(defaults)[1])
        return self._run(max(sane, key=lambda trial: trial.log_likelihood), STEPS)

    def _run(self, fit: Fit, steps: int) -> Fit:
        parameters = fit.parameters
        step = 0
        while step < steps:
            step += 1
            expected, likelihood = self.expect(parameters)
            before, parameters = parameters, self.maximise(expected[:, 0], expected[:, 1])
            if _distance(before, parameters) < TOLERANCE:
                break
        return Fit(fit.start, parameters, fit.iterations + step, likelihood)

    def _starts(self) -> dict[str, Parameters]:
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
        if anchored.sum() >= ANCHORED:
            starts["anchors"] = self.maximise(anchored, unexplained)
        return starts

    def _is_sane(self, parameters: Parameters) -> bool:
        own = [
            levels.stop - 1
            for levels, shared in zip(self.layout.levels, self.layout.household, strict=True)
            if not shared
        ]
        same = parameters.same[own].sum()
        return not own or bool(same > parameters.stranger[own].sum() and same > parameters.related[own].sum())


def _anchored(layout: Layout, counts: Counts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
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


def monotone(m: Floats, u: Floats, seen: Floats) -> None:
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


def _distance(before: Parameters, after: Parameters) -> float:
    tables = max(float(np.abs(before.same - after.same).max()), float(np.abs(before.related - after.related).max()))
    sizes = (before.same_pairs / after.same_pairs, before.related_pairs / max(after.related_pairs, 0.5))
    return max(tables, abs(sizes[0] - 1), abs(sizes[1] - 1) if after.related_pairs else 0.0)
