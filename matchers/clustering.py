"""From scored pairs to clusters: connected components, and inside a contradicted one, best evidence first.

A component is decided by itself alone, whatever else stands beside it; ties end in row numbers, which are the order of
record keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matchers.comparing import Comparison
from matchers.frame import Frame

BIT = 1024  # weights and prices are integers, in 1/1024 bit
EVIDENCE = Frame("evidence", columns={"left": pl.UInt32, "right": pl.UInt32, "weight": pl.Int32})
CONFLICTS = Frame("conflicts", columns={"left": pl.UInt32, "right": pl.UInt32, "price": pl.Int32})

Labels = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Constraint:
    """Evidence against two records in one cluster: a comparison (by name) at a level costs so many bits."""

    comparison: str
    level: str
    price_bits: float


def conflicts(
    levels: pl.DataFrame, comparisons: Sequence[Comparison], constraints: Sequence[Constraint]
) -> pl.DataFrame:
    """The pairs of `levels` (left, right, a UInt8 level for each comparison) that some constraint speaks against.

    Gives left, right, price (Int32, 1/1024 bit): the prices of all constraints that hold for the pair, added up.
    """
    named = {comparison.name: comparison.levels for comparison in comparisons}
    price = pl.lit(0, dtype=pl.Int32)
    for constraint in constraints:
        strongest_first = named[constraint.comparison]
        code = len(strongest_first) - strongest_first.index(constraint.level)
        price += pl.when(pl.col(constraint.comparison) == code).then(round(constraint.price_bits * BIT)).otherwise(0)
    return levels.select("left", "right", price.cast(pl.Int32).alias("price")).filter(pl.col("price") > 0)


def once_each(pairs: pl.DataFrame, register: pl.Series, price_bits: float) -> pl.DataFrame:
    """The pairs of `pairs` (left, right) that one register holds twice, though it should hold each party once.

    `register` names, for each record, the register it comes from; null where that makes no such promise. Gives left,
    right, price (Int32, 1/1024 bit): a register that should hold each once still holds some twice, so it is a price.
    """
    left, right = register.gather(pairs["left"]), register.gather(pairs["right"])
    price = pl.lit(round(price_bits * BIT), dtype=pl.Int32).alias("price")
    return pairs.filter((left == right).fill_null(value=False)).select("left", "right", price)


def components(records: int, edges: pl.DataFrame) -> Labels:
    """The connected component of each of `records` rows under `edges` (left, right): its smallest row number."""
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    return _smallest(connected_components(graph, directed=False)[1] if records else np.zeros(0, dtype=np.int32))


def _smallest(labels: npt.NDArray[np.integer]) -> Labels:
    """Any labels, replaced by the smallest row number that carries each."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(first.astype(np.uint32)[group])


def cluster(records: int, edges: pl.DataFrame, conflicts: pl.DataFrame, link: int) -> Labels:
    """The cluster of each of `records` rows, as its smallest row number (UInt32).

    `edges`: left, right, weight Int32; `conflicts`: left, right, price Int32; `link`: the weight that links.
    A component of the linking edges without a conflict inside is a cluster. In any other, edges are taken best first
    (weight, then left, then right), and an edge merges the two groups at its ends if its weight, less the highest price
    between any two of their records, still links. Joining only gets dearer as groups grow, so an edge that is refused
    once need not be asked again.
    """
    edges = EVIDENCE.check(edges).filter(pl.col("weight") >= link)
    labels = components(records, edges)
    inside = _inside(CONFLICTS.check(conflicts), labels).group_by("left", "right").agg(pl.col("price").sum())
    contradicted = np.zeros(records, dtype=np.bool_)
    contradicted[labels[inside["left"].to_numpy()]] = True
    disputed = edges.filter(pl.Series(contradicted[labels[edges["left"].to_numpy()]], dtype=pl.Boolean))
    groups = _Groups(inside)
    for left, right, weight in disputed.sort("weight", "left", "right", descending=[True, False, False]).iter_rows():
        groups.merge(left, right, weight - link)
    result = np.where(contradicted[labels], np.arange(records, dtype=np.uint32), labels)
    for members in groups.members.values():
        result[members] = min(members)
    return result.astype(np.uint32)


class _Groups:
    """Disjoint groups of records that know the highest price of joining one another."""

    def __init__(self, conflicts: pl.DataFrame) -> None:
        self.members: dict[int, list[int]] = {}
        self._group: dict[int, int] = {}
        self._prices: dict[int, dict[int, int]] = {}
        for left, right, price in conflicts.iter_rows():
            self._raise_price(left, right, price)

    def merge(self, left: int, right: int, spare: int) -> None:
        """Merges the groups of two records unless they are one or joining costs more than `spare`."""
        into, other = self._group.get(left, left), self._group.get(right, right)
        if into == other or self._prices.get(into, {}).get(other, 0) > spare:
            return
        if len(self.members.get(into, ())) < len(self.members.get(other, ())):
            into, other = other, into
        joining = self.members.pop(other, [other])
        self.members.setdefault(into, [into]).extend(joining)
        self._group.update(dict.fromkeys(joining, into))
        for third, price in self._prices.pop(other, {}).items():
            del self._prices[third][other]
            if third != into:
                self._raise_price(into, third, price)

    def _raise_price(self, one: int, other: int, price: int) -> None:
        for here, there in ((one, other), (other, one)):
            prices = self._prices.setdefault(here, {})
            prices[there] = max(price, prices.get(there, 0))


def _inside(pairs: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """The pairs whose two records have the same label."""
    same = labels[pairs["left"].to_numpy()] == labels[pairs["right"].to_numpy()]
    return pairs.filter(pl.Series(same, dtype=pl.Boolean))


def within(labels: npt.ArrayLike) -> pl.DataFrame:
    """Every pair of records with the same label: left, right (UInt32, left < right), sorted."""
    labels = np.asarray(labels)
    order = np.argsort(labels, kind="stable")
    _, start, size = np.unique(labels[order], return_index=True, return_counts=True)
    place = np.arange(len(labels)) - np.repeat(start, size)  # of each record in its group: it meets those before it
    right = np.repeat(order, place)
    before = np.arange(len(right)) - np.repeat(np.cumsum(place) - place, place)
    left = order[np.repeat(np.repeat(start, size), place) + before]
    pairs = pl.DataFrame({"left": left, "right": right}, schema={"left": pl.UInt32, "right": pl.UInt32})
    return pairs.sort("left", "right")


def strongest(edges: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """Why each record is in its cluster: record, because (UInt32), weight (Int32), a row a record, in order.

    `because` is the record of the same cluster at the other end of the heaviest edge (of several, the first), null for
    a record that stands alone.
    """
    edges = _inside(EVIDENCE.check(edges), labels)
    ends = [
        edges.select(pl.col(one).alias("record"), pl.col(other).alias("because"), "weight")
        for one, other in (("left", "right"), ("right", "left"))
    ]
    best = (
        pl.concat(ends)
        .sort("record", "weight", "because", descending=[False, True, False])
        .unique("record", keep="first", maintain_order=True)
    )
    records = pl.DataFrame({"record": pl.arange(len(labels), dtype=pl.UInt32, eager=True)})
    return records.join(best, on="record", how="left", maintain_order="left")


def contain(records: int, edges: pl.DataFrame, limit: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cuts components of more than `limit` records apart; gives the edges that are kept and those that are cut.

    In such a component the weakest weight goes first, all edges of one weight at a time, until every part fits; a part
    that fits loses no more. Worked from the other end: parts grow from the heaviest weight down, and stop for good
    where the next weight would make one too large.
    """
    edges = EVIDENCE.check(edges)
    labels = components(records, edges)
    large = np.bincount(labels, minlength=max(records, 1)) > limit
    suspect = edges.filter(pl.Series(large[labels[edges["left"].to_numpy()]], dtype=pl.Boolean))
    part = labels.copy()
    rows = np.flatnonzero(large[labels]) if records else np.zeros(0, dtype=np.intp)
    part[rows] = rows
    parts = _Parts(limit)
    for (_,), tied in suspect.sort("weight", descending=True).group_by("weight", maintain_order=True):
        parts.grow(tied.select("left", "right").rows())
    for record, root in parts.roots().items():
        part[record] = root
    cut = part[edges["left"].to_numpy()] != part[edges["right"].to_numpy()]
    return edges.filter(pl.Series(~cut, dtype=pl.Boolean)), edges.filter(pl.Series(cut, dtype=pl.Boolean))


class _Parts:
    """Groups that grow weight by weight until the next weight would take them over the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._root: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._final: set[int] = set()

    def grow(self, edges: list[tuple[int, int]]) -> None:
        """Takes all edges of one weight at once: what they connect becomes one part, or stays as it was for good."""
        meeting: dict[int, set[int]] = {}
        for left, right in edges:
            one, other = self._root.get(left, left), self._root.get(right, right)
            if one != other:
                meeting.setdefault(one, set()).add(other)
                meeting.setdefault(other, set()).add(one)
        for group in _connected(meeting):
            size = sum(len(self._members.get(root, (root,))) for root in group)
            if size > self._limit or not self._final.isdisjoint(group):
                self._final.update(group)
                continue
            members = [member for root in group for member in self._members.pop(root, [root])]
            self._members[group[0]] = members
            self._root.update(dict.fromkeys(members, group[0]))

    def roots(self) -> Mapping[int, int]:
        """The part of each record that is in one with others."""
        return self._root


def _connected(neighbours: Mapping[int, set[int]]) -> list[list[int]]:
    """The connected groups of a small graph, each ascending."""
    seen: set[int] = set()
    groups = []
    for start in sorted(neighbours):
        if start in seen:
            continue
        group, open_ends = {start}, [start]
        while open_ends:
            fresh = neighbours[open_ends.pop()] - group
            group |= fresh
            open_ends.extend(fresh)
        seen |= group
        groups.append(sorted(group))
    return groups
