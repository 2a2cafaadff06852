"""Document numbers of agencies (`123/GPXD`, `45/2019/GPXD-UBND`): they begin again each year; year and agency count."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import says_nothing, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser

Item = tuple[str, str, int | None, str]
"""value, number, year, agency."""

_PERMIT = re.compile(
    r"(?<![\w/])(?P<number>\d{1,7}[a-zđ]?)\s*/\s*(?:(?P<year>(?:19|20)\d\d)\s*/\s*)?"
    r"(?P<agency>[a-zđ][\wđ]*(?:\s*[-–.&]\s*[a-zđ][\wđ]*)*)"
    r"(?:(?:\s|,)*(?:ngày|ngay|cấp|cap)[^;|\n\d]*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?P<dated>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_DASH = re.compile(r"[–.&]")


def read(text: str, knowledge: Knowledge) -> tuple[list[Item], str | None]:
    """Every document number of a cell, and what was wrong."""
    text = tidy(text)
    if not text:
        return [], None
    found = list(dict.fromkeys(map(_item, _PERMIT.finditer(text))))
    if found:
        return found, None
    if says_nothing(text, knowledge):
        return [], "placeholder"
    return [], "invalid" if any(map(str.isdigit, text)) else "unreadable"


def _item(match: re.Match[str]) -> Item:
    number = (match["number"].lstrip("0") or "0").upper()
    year = match["year"] or match["dated"]
    agency = _DASH.sub("-", _SPACES.sub("", match["agency"])).upper()
    return "/".join(part for part in (number, year, agency) if part), number, int(year) if year else None, agency


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_items(lambda text: read(text, knowledge), values, STANDARDISER.schema)


STANDARDISER = Standardiser("permit", {"number": pl.String, "year": pl.Int16, "agency": pl.String}, True, _standardise)
