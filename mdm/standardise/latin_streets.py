"""Street lines outside Vietnam, house number first: `12224 Ventura Blvd.`, `3450-54 West 79th Street, 1st Floor`.

What tells one house from the next is its number and the words that name the street; the kind of street, its direction
and what is inside the building are written short, or left out, as often as not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.latin import plain_words, tidy
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value, frame_schema

FIELDS = dict.fromkeys(("plain", "number", "line"), pl.String)
SCHEMA = frame_schema(FIELDS, multiple=False)
WORDS = "words/latin_street_words.csv"

_NUMBER = re.compile(r"\d+[a-z]?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_LEAST = 2
"""Words before one that leads inside: `Floor Street` is a street."""

Row = tuple[str | None, str | None, str | None, str | None, str | None]


@lru_cache(maxsize=8)
def _words(knowledge: Knowledge) -> Mapping[str, tuple[str, str]]:
    """word → what it stands for, and its role."""
    return {word: (full, role) for word, full, role in knowledge.table(WORDS).iter_rows()}


def read_street(text: str, knowledge: Knowledge) -> Row:
    """(value, plain, number, line, finding): `plain` is the whole with words written out, `line` what names the street.

    A line that nothing names but its kind or direction (`North Avenue`) is named by them.
    """
    value, table = tidy(text), _words(knowledge)
    words = plain_words(value).split()
    number = words[0] if words and _NUMBER.fullmatch(words[0]) else None
    rest = words[1:] if number else words
    if number and rest and rest[0].isdigit() and re.match(rf"\W*{number}\s*[-–/]\s*{rest[0]}", value, re.IGNORECASE):
        rest = rest[1:]  # 3450-54: a range is known by its first number
    known = [table.get(word, (_ORDINAL.sub(r"\1", word), "name")) for word in _outside(rest, table)]
    line = [full for full, role in known if role in ("name", "ordinal")] or [full for full, _ in known]
    plain = " ".join([*([number] if number else []), *(full for full, _ in known)])
    return value or None, plain or None, number, " ".join(line) or None, None


def _outside(words: list[str], table: Mapping[str, tuple[str, str]]) -> list[str]:
    """The words before one that leads into the building, or to a corner; `1st Floor` goes with its number."""
    for place, word in enumerate(words):
        if place >= _LEAST and table.get(word, ("", ""))[1] == "inside":
            counted = _ORDINAL.fullmatch(words[place - 1]) and place > _LEAST
            return words[: place - 1] if counted else words[:place]
    return words


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_value(lambda text: read_street(text, knowledge), values, SCHEMA)


STANDARDISER = Standardiser("latin_street", FIELDS, multiple=False, function=_standardise)
