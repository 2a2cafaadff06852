"""How right a partition is, against the truth: pairwise and B-cubed, and which pairs are wrong.

Both measures come from the sizes of the clusters' overlaps, so a cluster of a hundred thousand records costs no more
than its records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import polars as pl

Labels = npt.ArrayLike


@dataclass(frozen=True)
class Quality:
    """Precision, recall and their harmonic mean. What has nothing to be wrong about is right: 1.0."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True)
class PairCounts:
    """How many pairs are together in both partitions, in the predicted one, and in the true one."""

    both: int
    predicted: int
    true: int

    @property
    def quality(self) -> Quality:
        """Precision and recall of the predicted pairs."""
        return Quality(
            precision=self.both / self.predicted if self.predicted else 1.0,
            recall=self.both / self.true if self.true else 1.0,
        )


def pairwise(predicted: Labels, true: Labels) -> Quality:
    """Precision and recall of the pairs that `predicted` puts together. Both label the same records (integers)."""
    return pair_counts(predicted, true).quality


def pair_counts(predicted: Labels, true: Labels) -> PairCounts:
    """The counts behind `pairwise`."""
    overlaps = _overlaps(predicted, true)
    return PairCounts(
        both=_pairs(overlaps["common"]),
        predicted=_pairs(overlaps.group_by("predicted").agg(pl.col("common").sum())["common"]),
        true=_pairs(overlaps.group_by("true").agg(pl.col("common").sum())["common"]),
    )


def b_cubed(predicted: Labels, true: Labels) -> Quality:
    """B-cubed (Bagga and Baldwin 1998): precision and recall of each record's own cluster, averaged over records."""
    overlaps = _overlaps(predicted, true)
    records = overlaps["common"].sum()
    if not records:
        return Quality(1.0, 1.0)
    shared, of_predicted, of_true = (
        overlaps.select(column.cast(pl.Float64)).to_series().to_numpy()
        for column in (
            pl.col("common") ** 2,
            pl.col("common").sum().over("predicted"),
            pl.col("common").sum().over("true"),
        )
    )
    return Quality(
        precision=float((shared / of_predicted).sum() / records), recall=float((shared / of_true).sum() / records)
    )


def errors(predicted: Labels, true: Labels, limit: int) -> pl.DataFrame:
    """At most `limit` wrong pairs of each kind: kind (`false` or `missed`), left, right (UInt32 places, left < right).

    Wrong pairs are listed cluster by cluster, in the order of each cluster's first record.
    """
    predicted, true = np.asarray(predicted), np.asarray(true)
    rows = [
        (kind, left, right)
        for kind, together, apart in (("false", predicted, true), ("missed", true, predicted))
        for left, right in islice(_apart(together, apart), limit)
    ]
    return pl.DataFrame(rows, schema={"kind": pl.String, "left": pl.UInt32, "right": pl.UInt32}, orient="row")


def _apart(together: npt.NDArray[np.generic], apart: npt.NDArray[np.generic]) -> Iterator[tuple[int, int]]:
    """The pairs that one labelling puts together and the other apart."""
    frame = pl.DataFrame({"together": together, "apart": apart}).with_row_index("record")
    mixed = frame.group_by("together", maintain_order=True).agg("record", "apart")
    mixed = mixed.filter(pl.col("apart").list.n_unique() > 1).select("record", "apart")
    for records, labels in mixed.iter_rows():
        for place, record in enumerate(records):
            for other in range(place + 1, len(records)):
                if labels[place] != labels[other]:
                    yield record, records[other]


def _overlaps(predicted: Labels, true: Labels) -> pl.DataFrame:
    """How many records each predicted and true cluster have in common: predicted, true, common (Int64)."""
    frame = pl.DataFrame({"predicted": np.asarray(predicted), "true": np.asarray(true)})
    return frame.group_by("predicted", "true").agg(pl.len().cast(pl.Int64).alias("common")).sort("predicted", "true")


def _pairs(sizes: pl.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
