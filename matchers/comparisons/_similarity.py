"""Similarities of the two sides of a column of pairs; symmetric, and null where a side is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from matchers.comparisons._levels import only_where


def jaro_winkler(pairs: pl.DataFrame, left: pl.Expr, right: pl.Expr) -> pl.Series:
    """Jaro–Winkler similarity, prefix weight 0.1: Float64 from 0 to 1."""
    return _scored(pairs, left, right, JaroWinkler.similarity, 1.0)


def osa(pairs: pl.DataFrame, left: pl.Expr, right: pl.Expr, most: int = 1) -> pl.Series:
    """Letters put in, left out, replaced or swapped with a neighbour, to turn one into the other: up to `most` + 1."""
    return _scored(pairs, left, right, OSA.distance, 0.0, score_cutoff=most)


def shared_words(pairs: pl.DataFrame, left: pl.Expr, right: pl.Expr) -> pl.DataFrame:
    """Distinct words between spaces: how many are `shared`, and how many the side with `fewer` and with `more` has."""
    words = pairs.select(left=left.str.split(" ").list.unique(), right=right.str.split(" ").list.unique())
    one, other = pl.col("left").list.len(), pl.col("right").list.len()
    return words.select(
        shared=pl.col("left").list.set_intersection("right").list.len(),
        fewer=pl.when(one.is_not_null() & other.is_not_null()).then(pl.min_horizontal(one, other)),
        more=pl.when(one.is_not_null() & other.is_not_null()).then(pl.max_horizontal(one, other)),
    )


def same_digits(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """The runs of digits in both texts are the same, in the same order."""
    return left.str.extract_all(r"\d+") == right.str.extract_all(r"\d+")


def _scored(
    pairs: pl.DataFrame, left: pl.Expr, right: pl.Expr, scorer: Callable[..., float], same: float, **options: Any
) -> pl.Series:
    texts = pairs.select(left=left, right=right)
    score = only_where(
        texts,
        pl.col("left") != pl.col("right"),
        lambda unlike: pl.Series(
            process.cpdist(
                unlike["left"].to_list(),
                unlike["right"].to_list(),
                scorer=scorer,
                dtype=np.float64,
                workers=1,
                **options,
            )
        ),
    )
    return texts.select(pl.when(pl.col("left") == pl.col("right")).then(same).otherwise(score)).to_series()
