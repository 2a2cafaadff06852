"""Chance with a name: each table draws from its own stream, so a change in one leaves the others as they were."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of the table `name`: the same seed and name give the same draws on every machine."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())])))


def weighted(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """`size` numbers of rows of `weights`, each as likely as its weight."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Ints = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    chosen: Ints = np.minimum(drawn, len(cumulative) - 1)
    return chosen


def spread(rank: Ints, size: int, offset: Ints | int) -> Ints:
    """Ranks 0, 1, 2… → numbers below `size` (a power of ten) that look drawn and don't repeat before `size` ranks.

    Groups that each count from 0 take an offset of their own, or their numbers would run alike.
    """
    multiplier = 618_033 if size <= 10**6 else 6_180_339  # odd and no multiple of five: prime to every power of ten
    return (rank * multiplier + offset) % size
