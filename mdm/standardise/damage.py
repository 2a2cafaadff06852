"""Letters that were lost before a text reached us, for ever: what can be seen of that in the text itself."""

from __future__ import annotations

import re

import polars as pl

from mdm.standardise.syllables import is_plain_syllable
from mdm.standardise.text import plain

UNDECODABLE, LOST_LETTERS = "undecodable", "lost_letters"
"""U+FFFD stands for bytes that were no text; `?` for letters that some system had no room for (`Nguy?n Th? Hoa`)."""
_REPLACED = "\ufffd"
_BEFORE_LETTER = re.compile(r"\?[^\W\d_]")
_AT_END = re.compile(r"([^\W\d_]+)\?")


def damage(texts: pl.Series) -> pl.Series:
    """What is wrong with each text (String): `undecodable`, `lost_letters`, or null. Never raises on any text."""
    frame = texts.alias("text").to_frame()
    asking = frame.filter(pl.col("text").str.contains("?", literal=True)).to_series().unique()
    lost = asking.filter(pl.Series([lost_letters(text) for text in asking], dtype=pl.Boolean))
    found = (
        pl.when(pl.col("text").str.contains(_REPLACED, literal=True))
        .then(pl.lit(UNDECODABLE))
        .when(pl.col("text").is_in(lost.implode()))
        .then(pl.lit(LOST_LETTERS))
    )
    return frame.select(found.alias("damage")).to_series()


def lost_letters(text: str) -> bool:
    """Whether `?` stands in a text for letters: before a letter, or after one in what is no syllable without it.

    `Hoa?` may be a question and `Ho?` Hồ; neither is said to be damaged by itself.
    """
    if _BEFORE_LETTER.search(text):
        return True
    return any(not is_plain_syllable(plain(word)) for word in _AT_END.findall(text))
