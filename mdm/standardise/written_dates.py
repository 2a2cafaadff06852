"""Dates that keep what was written where no such day exists, for matching: `19556113` was once 1955-11-13 or the like.

The value is the date standardiser's, null where there is none; the fields hold the year, month and day as written,
impossible ones too, and the whole as text in that order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import says_nothing
from mdm.standardise.dates import HABITS, Habits, habits_of, read
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.latin import plain_words
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value, frame_schema

FIELDS = {"year": pl.Int16, "month": pl.Int8, "day": pl.Int8, "written": pl.String}
SCHEMA = frame_schema(FIELDS, multiple=False)

_LONGEST = 12
"""A longer text that is no date is no date mistyped either."""
_EIGHT = re.compile(r"\d{8}")
_SMUDGED = re.compile(r"(?=.*\d)(?=.*[a-z])(?!\d+(?:st|nd|rd|th)$).{1,4}")
"""A letter among the digits of a day, month or year: a digit that slipped or was misread, not a word."""


def read_written(text: str, habits: Habits) -> tuple[str | int | None, ...]:
    """(value, year, month, day, written, finding); `written` is yyyymmdd, cut to what is known of a right date."""
    groups = plain_words(text).split()
    smudged = len(groups) == 3 and any(map(_SMUDGED.fullmatch, groups))
    value, year, month, day, finding = (None,) * 4 + ("unreadable",) if smudged else read(text, habits)
    if value is not None:
        return value, year, month, day, value.replace("-", ""), finding
    if finding == "placeholder":
        return None, None, None, None, None, finding
    parts = _in_order(groups, habits)
    written = "".join(part.zfill(2) for part in parts)
    if not any(map(str.isdigit, written)) or len(written) > _LONGEST:
        return None, None, None, None, None, finding
    return None, *_numbers(parts), written, finding


def _in_order(groups: list[str], habits: Habits) -> list[str]:
    """Year, month, day of three groups where one of the outer ones is as long as a year."""
    if len(groups) == 1 and _EIGHT.fullmatch(groups[0]):
        year, month, day = groups[0][:4], groups[0][4:6], groups[0][6:]
        return [year, month, day]
    if len(groups) != 3 or len(groups[0]) == 4:
        return groups
    first, second, year = groups
    return [year, first, second] if habits.order == "mdy" else [year, second, first]


def _numbers(parts: list[str]) -> tuple[int | None, int | None, int | None]:
    """The three parts as far as they are digits, with no more of them than such a part has."""
    if len(parts) != 3:
        return None, None, None
    widths = (4, 2, 2)
    known = (part.isdigit() and len(part) <= width for part, width in zip(parts, widths, strict=True))
    year, month, day = (int(part) if right else None for part, right in zip(parts, known, strict=True))
    return year, month, day


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    habits = habits_of(profile, options)

    def parse(text: str) -> tuple[str | int | None, ...]:
        return (None,) * 5 + ("placeholder",) if says_nothing(text, knowledge) else read_written(text, habits)

    return by_value(parse, values, SCHEMA)


STANDARDISER = Standardiser("written_date", FIELDS, multiple=False, function=_standardise, habits=HABITS)
