"""Names and words in Latin letters, for rule sets outside Vietnam: no language's rules, only case, marks and order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from unicodedata import normalize

import polars as pl
from unidecode import unidecode

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value, frame_schema

NAME_FIELDS = dict.fromkeys(("key", "plain", "surname", "middle", "given", "sorted", "initials"), pl.String)
TEXT_FIELDS = {"plain": pl.String}
NAME_SCHEMA = frame_schema(NAME_FIELDS, multiple=False)
TEXT_SCHEMA = frame_schema(TEXT_FIELDS, multiple=False)

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
_APART = re.compile(r"[^\w.'’|<>^~*!?$%#=]+|_")
_MARKS_IN_WORD = re.compile(r"['’.|<>^~*!?$%#=]")
"""Apostrophes and dots; the others part no words, but stand for letters that a scanner misread."""


def tidy(text: str) -> str:
    """NFC without control characters; runs of spaces become one, none at the ends."""
    return " ".join(_CONTROL.sub("", normalize("NFC", text)).split())


@lru_cache(maxsize=1 << 16)
def plain_words(text: str) -> str:
    """ASCII words in lower case, apostrophes and dots dropped, any other punctuation a space."""
    return " ".join(_MARKS_IN_WORD.sub("", _APART.sub(" ", unidecode(_CONTROL.sub("", text)).lower())).split())


def read_name(text: str) -> tuple[str | None, ...]:
    """(value, key, plain, surname, middle, given, sorted, initials, finding): given names first unless a comma says no.

    `SURNAME, Given Middle` and `Given Middle Surname` give the same; the value keeps the writer's letters and order.
    """
    value = tidy(text)
    before, comma, after = value.partition(",")
    surname, others = plain_words(before), plain_words(after).split()
    if not (comma and surname and others):
        before, after = "", value
        *others, surname = plain_words(value).split() or [""]
    if not surname:
        return (*(None,) * len(NAME_FIELDS), None, "unreadable" if value else None)
    words = [*others, *surname.split()]
    plain = " ".join(words)
    return (
        value,
        " ".join(_APART.sub(" ", f"{after} {before}".lower()).split()),
        plain,
        surname,
        " ".join(others[1:]) or None,
        others[0] if others else None,
        " ".join(sorted(words)),
        "".join(word[0] for word in words),
        None,
    )


def read_text(text: str) -> tuple[str | None, ...]:
    """(value, plain, finding) of free words; a text without letters or digits keeps its value and has no plain form."""
    value = tidy(text)
    return (value or None, plain_words(value) or None, None)


def _names(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_value(read_name, values, NAME_SCHEMA)


def _texts(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_value(read_text, values, TEXT_SCHEMA)


STANDARDISERS = (
    Standardiser("latin_name", NAME_FIELDS, multiple=False, function=_names),
    Standardiser("latin_text", TEXT_FIELDS, multiple=False, function=_texts),
)
