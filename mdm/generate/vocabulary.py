"""Words as numbers: a column of text is an array of words and of ways to write them, each word spelled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl


class Vocabulary:
    """Words and, for each of the named ways, how it writes them. `lead` stands before every word that isn't empty."""

    def __init__(self, words: Sequence[str], ways: Mapping[str, Callable[[str], str]], lead: str = "") -> None:
        self.words = tuple(words)
        self.ways = {name: number for number, name in enumerate(ways)}
        self._number = {word: number for number, word in enumerate(self.words)}
        spelled = (write(word) for write in ways.values() for word in self.words)
        self._table = pl.Series([lead + text if text else "" for text in spelled], dtype=pl.String)

    def __len__(self) -> int:
        return len(self.words)

    def number(self, word: str) -> int:
        """The number of a word; raises KeyError if there is none."""
        return self._number[word]

    def write(self, words: npt.NDArray[np.integer], ways: npt.NDArray[np.integer] | int = 0) -> pl.Series:
        """The text of each word number, written in its way (a number of `ways`)."""
        rows = np.asarray(ways, dtype=np.int64) * len(self.words) + words
        return self._table.gather(pl.Series(rows.astype(np.uint32)))
