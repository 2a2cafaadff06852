"""Texts that were read in one encoding and are in another: part of a column, or a cell of it.

They are told of, never read again by guess: the bytes of `Hồ` in VNI are those of `Hoà` in Windows-1252. A word counts
that is no Vietnamese as it was read, and is Vietnamese when its bytes are read otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mdm.standardise.encodings import UNICODE, as_shown, encode, undo_mojibake
from mdm.standardise.recognition import LEGACY, is_utf_8, is_vietnamese, read_words

ANOTHER_ENCODING = "another_encoding"
"""The finding of a cell all of whose words with marks are in another encoding."""
SHARE, WORDS, HALF = 0.1, 5, 0.5
"""The share of a column's words with marks, and how many distinct ones, from which it is told of; and how many of those
that are no Vietnamese the other encoding must explain: names from elsewhere are explained by none."""
CELL_WORDS = 2
"""Distinct words that must speak against a cell: one may be a slip, or a name from elsewhere."""
UNICODE_LETTERS = r"[\x{0300}-\x{0323}\x{1EA0}-\x{1EF9}ĂăĐđĨĩŨũƠơƯư]"
"""Letters that no encoding of one byte a letter shows as Windows-1252; a text with one was written in Unicode."""
_BEYOND_ASCII = r"[^\x00-\x7f]"
_WORD = r"[A-Za-z\x{80}-\x{10ffff}]*[\x{80}-\x{10ffff}][A-Za-z\x{80}-\x{10ffff}]*"


@dataclass(frozen=True)
class Mixture:
    """A part of a column's words that is in another encoding."""

    encoding: str
    share: float
    """Of all the column's words with marks."""


def mixture(texts: pl.Series, encoding: str) -> Mixture | None:
    """The other encoding that a clear part of a column is in, which was read as `encoding`; None if there is none."""
    words = _words(texts.drop_nulls()).group_by("word").len()
    wrong = _wrong(words["word"])
    if len(wrong) < WORDS:
        return None
    counts = dict(words.iter_rows())
    found = {name: sorted(own) for name, own in _otherwise(wrong, encoding).items()}
    best = min(found, key=lambda name: (-sum(counts[word] for word in found[name]), name))
    if len(found[best]) < max(WORDS, HALF * len(wrong)):
        return None
    share = sum(counts[word] for word in found[best]) / sum(counts.values())
    return Mixture(best, share) if share >= SHARE else None


def misread(texts: pl.Series, encoding: str) -> pl.Series:
    """Of distinct texts that were read as `encoding`, those that are plainly in another one, whole.

    All their words with marks are Vietnamese in one other encoding, and two of them at least are none as read.
    """
    likely = texts.filter(texts.str.contains(_BEYOND_ASCII))
    if encoding in UNICODE:
        likely = likely.filter(~likely.str.contains(UNICODE_LETTERS))
    words = _words(likely)
    wrong = words.filter(pl.col("word").is_in(pl.Series(_wrong(words["word"]), dtype=pl.String).implode())).unique()
    doubtful = wrong.group_by("text").len().filter(pl.col("len") >= CELL_WORDS)
    words = words.join(doubtful, on="text", how="semi")
    found = pl.Series([], dtype=pl.String)
    for legal in _otherwise(words["word"].unique().sort().to_list(), encoding).values():
        all_legal = pl.col("word").is_in(pl.Series(sorted(legal), dtype=pl.String).implode()).all().over("text")
        found = found.append(words.filter(all_legal)["text"])
    return found.unique().sort()


def _wrong(words: pl.Series) -> list[str]:
    """The words that are no Vietnamese as they were read, nor UTF-8 that was encoded twice."""
    return [word for word in words.unique().sort() if not is_vietnamese(undo_mojibake(word))]


def _otherwise(words: Sequence[str], encoding: str) -> dict[str, set[str]]:
    """Each other encoding → the words whose bytes are Vietnamese in it."""
    raws = [_bytes(word, encoding) for word in words]
    found = {
        name: {word for word, text in zip(words, read_words(raws, name), strict=True) if is_vietnamese(text)}
        for name in LEGACY
        if words and name != encoding
    }
    if encoding not in UNICODE:
        in_utf_8 = (
            word for word, raw in zip(words, raws, strict=True) if is_utf_8(raw) and is_vietnamese(raw.decode())
        )
        found["utf-8"] = set(in_utf_8)
    return found


def _bytes(word: str, encoding: str) -> bytes:
    """The bytes of a word; none where the encoding can't have shown it so."""
    raw = as_shown(word) if encoding in UNICODE else encode(word, encoding)
    return b"" if raw is None or b"?" in raw or b"\n" in raw else raw


def _words(texts: pl.Series) -> pl.DataFrame:
    """text, word: each word with marks of each text."""
    frame = texts.alias("text").to_frame().with_columns(word=pl.col("text").str.extract_all(_WORD))
    return frame.filter(pl.col("word").list.len() > 0).explode("word")
