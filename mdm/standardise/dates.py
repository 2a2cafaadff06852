"""Dates as clerks and exports write them, to the precision they hold: `1985-07-05`, `1985-07` or `1985`.

Day before month, unless the column proves otherwise (`SourceProfile.date_order`) or the date itself does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from mdm.standardise.codes import says_nothing, tidy
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value
from mdm.standardise.text import plain

Answer = tuple[str | None, int | None, int | None, int | None, str | None]
"""value, year, month, day, finding."""

EARLIEST, LATEST = 1880, 2100
BUDDHIST = (range(2400, 2601), 543)
"""Years of the Buddhist era, and what they are ahead."""
PIVOT = 26
"""Two-digit years up to this one are of this century. An option, not the clock: results don't change with the day."""

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(10_000, 54_789)
"""1927 to 2049: smaller serials look like years, larger ones are no dates we expect."""
_MAC_EPOCH_DAYS = 1462
_DEFAULTS = frozenset({(1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (9999, 12, 31)})
"""What databases and spreadsheets write where there is no date."""
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CYCLE = 60

_COMMON = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_GROUPS = re.compile(r"[\s/.,\\|-]*(\d+)(?:[\s/.,\\|-]+(\d+))?(?:[\s/.,\\|-]+(\d+))?[\s/.,\\|-]*")
_FLOAT = re.compile(r"(\d{5,})[.,]\d+")
_CLOCK = re.compile(
    r"[T\s,]*(?<!\d)(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?|sa|ch)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?\s*$",
    re.I,
)
_MONTH_WORD = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_MONTHS = {name: n for n, name in enumerate(re.findall(r"\w+", "jan feb mar apr may jun jul aug sep oct nov dec"), 1)}
_MONTH_FIRST = re.compile(r"^\W*[a-z]{3,}\W+\d{1,2}\b")
_LUNAR = re.compile(r"\b(?:al|am lich)\b")
_LETTERS = re.compile(r"[a-z_~?()\[\]\"':;*=]+")
_STEM = ("giap", "at", "binh", "dinh", "mau", "ky", "canh", "tan", "nham", "quy")
_BRANCH = ("ty", "suu", "dan", "mao", "thin", "ti", "ngo", "mui", "than", "dau", "tuat", "hoi")
_CYCLE_YEAR = re.compile(
    r"\b(giap|at|binh|dinh|mau|k[iy]|canh|tan|nham|qu[iy])\s+(ty|ti|suu|dan|mao|meo|thin|ngo|mui|than|dau|tuat|hoi)\b"
)


@dataclass(frozen=True)
class Habits:
    """How one column writes its dates."""

    order: str = "dmy"
    new_year_is_year: bool = False
    pivot: int = PIVOT
    excel_1904: bool = False
    earliest: int = EARLIEST
    """The first year that is believed."""
    utc_offset: int = 7
    """Hours: a time stamp with a zone becomes local time, since exports write local midnight as the day before."""


def normalise(text: str, habits: Habits = Habits()) -> str | None:
    """`YYYY-MM-DD`, `YYYY-MM` or `YYYY`, or None where the text is no date."""
    return read(text, habits)[0]


def is_valid(value: str) -> bool:
    """Whether a text is a date in canonical form."""
    return normalise(value) == value


def read(text: str, habits: Habits = Habits()) -> Answer:
    """A date with its parts and a finding; parts beyond its precision are None."""
    if common := _COMMON.fullmatch(text):
        return _three(common[1], common[2], common[3], habits)
    text = tidy(text)
    if not text:
        return _no_date(None)
    text, clock = _without_clock(text)
    if not text.isascii() or not text.isdigit():
        return _shifted(_in_words(text, habits), clock, habits)
    return _digits(text, habits)


def _no_date(finding: str | None) -> Answer:
    return None, None, None, None, finding


def _without_clock(text: str) -> tuple[str, re.Match[str] | None]:
    clock = _CLOCK.search(text) if ":" in text or "h" in text else None
    return (text[: clock.start()], clock) if clock and clock.start() else (text, None)


def _shifted(answer: Answer, clock: re.Match[str] | None, habits: Habits) -> Answer:
    """Local date of a time stamp in another zone: 1985-07-04T17:00:00Z is 5 July in Việt Nam."""
    year, month, day = answer[1:4]
    if clock is None or clock[5] is None or year is None or month is None or day is None:
        return answer
    zone, hour = clock[5], int(clock[1])
    offset = (
        timedelta()
        if zone[0] not in "+-"
        else timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * int(zone[0] + "1")
    )
    if hour > 23 or int(clock[2]) > 59:
        return answer
    local = datetime(year, month, day, hour, int(clock[2])) - offset + timedelta(hours=habits.utc_offset)
    return _answer(local.year, local.month, local.day, habits) if local.date() != date(year, month, day) else answer


def _in_words(text: str, habits: Habits) -> Answer:
    words = _LETTERS.search(plain(text))
    if not words:
        return _groups(text, habits, spoken=False)
    key = plain(text)
    if month := _MONTH_WORD.search(key):
        first = bool(_MONTH_FIRST.match(key))
        key = f"{key[: month.start()]} {_MONTHS[month[1]]} {key[month.end() :]}"
        key = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", key)
        return _groups(
            _LETTERS.sub(" ", key),
            replace(habits, order="mdy" if first else "dmy"),
            spoken=True,
        )
    answer = _groups(_LETTERS.sub(" ", key), habits, spoken=True)
    if _LUNAR.search(key) and answer[1] is not None:
        return _answer(answer[1], 0, 0, habits, "lunar")
    cycle = _CYCLE_YEAR.search(key)
    if answer[1] is None and cycle:
        return _answer(_cycle_year(cycle[1], cycle[2], habits.pivot), 0, 0, habits, "lunar")
    return answer


def _cycle_year(stem: str, branch: str, pivot: int) -> int:
    """The latest year of that name in the sixty-year cycle, not after the pivot; 0 for a pair that never meets."""
    stem = {"ki": "ky", "qui": "quy"}.get(stem, stem)
    branch = "mao" if branch == "meo" else branch
    years = range(2000 + pivot, 2000 + pivot - _CYCLE, -1)
    return next((y for y in years if _is_named(y, stem, branch)), 0)


def _is_named(year: int, stem: str, branch: str) -> bool:
    """Tý and Tỵ are one word without tones; an even year has the one, an odd year the other."""
    own_stem, own_branch = _STEM[(year - 4) % 10], _BRANCH[(year - 4) % 12]
    return own_stem == stem and own_branch.replace("ti", "ty") == branch.replace("ti", "ty")


def _groups(text: str, habits: Habits, *, spoken: bool) -> Answer:
    if decimals := _FLOAT.fullmatch(text):
        return _digits(decimals[1], habits)
    groups = _GROUPS.fullmatch(text)
    if groups is None:
        return _no_date("unreadable")
    first, second, third = groups.groups()
    if second is None:
        return _digits(first, habits) if not spoken or len(first) != 5 else _no_date("unreadable")
    return _three(first, second, third, habits) if third is not None else _two(first, second, habits)


def _digits(text: str, habits: Habits) -> Answer:
    if len(text) in (7, 8):
        text = text.zfill(8)
        if not (_century(text[:4], habits) and text[4:6] <= "12"):
            return _three(text[:2], text[2:4], text[4:], habits)
    if len(text) in (4, 8, 12, 14):
        return _answer(int(text[:4]), int(text[4:6] or 0), int(text[6:8] or 0), habits)
    if len(text) == 6:
        return _six(text, habits)
    return _serial(int(text), habits) if len(text) == 5 else _no_date("unreadable")


def _century(year: str, habits: Habits) -> bool:
    """Whether four digits can be the year of a date written yyyymmdd."""
    return habits.earliest <= int(year) <= LATEST or int(year) in BUDDHIST[0]


def _six(text: str, habits: Habits) -> Answer:
    """ddmmyy or yyyymm; where both are dates, neither is."""
    by_day = _three(text[:2], text[2:4], text[4:], habits)
    by_year = _answer(int(text[:4]), int(text[4:]), 0, habits)
    if by_day[0] is not None and by_year[1:3] != (None, None) and by_year[0] is not None and text[4:] != "00":
        return _no_date("ambiguous")
    return by_day if by_day[0] is not None else by_year


def _serial(serial: int, habits: Habits) -> Answer:
    if serial not in _EXCEL_SERIALS:
        return _no_date("invalid")
    day = _EXCEL_EPOCH + timedelta(days=serial + (_MAC_EPOCH_DAYS if habits.excel_1904 else 0))
    return _answer(day.year, day.month, day.day, habits)


def _two(first: str, second: str, habits: Habits) -> Answer:
    if len(second) == 4 and len(first) <= 2:
        return _answer(int(second), int(first), 0, habits)
    if len(first) == 4 and len(second) <= 2:
        return _answer(int(first), int(second), 0, habits)
    return _no_date("unreadable")


def _three(first: str, second: str, third: str, habits: Habits) -> Answer:
    if len(first) > 2 or len(second) > 2 or len(third) > 2:
        if len(first) == 4 and len(second) <= 2 and len(third) <= 2:
            return _answer(int(first), int(second), int(third), habits)
        if len(third) != 4 or len(first) > 2 or len(second) > 2:
            return _no_date("unreadable")
    elif habits.order == "ymd":
        return _answer(_full_year(first, habits.pivot), int(second), int(third), habits)
    year = int(third) if len(third) == 4 else _full_year(third, habits.pivot)
    day, month = int(first), int(second)
    if habits.order == "mdy":
        day, month = month, day
    if month > 12 >= day > 0:
        return _answer(year, day, month, habits, "month_first" if habits.order != "mdy" else "day_first")
    return _answer(year, month, day, habits)


def _full_year(two_digits: str, pivot: int) -> int:
    year = int(two_digits)
    return (2000 if year <= pivot else 1900) + year


def _answer(year: int, month: int, day: int, habits: Habits, finding: str | None = None) -> Answer:
    """Parts of 0 are unknown; a day without a month counts for nothing."""
    if (year, month, day) in _DEFAULTS or not (year or month or day):
        return _no_date("placeholder")
    if year in BUDDHIST[0]:
        year -= BUDDHIST[1]
    if not habits.earliest <= year <= LATEST:
        return _no_date("invalid")
    if month > 12 or day > _DAYS[month or 1] or (month == 2 and day == 29 and not _leap(year)):
        return _no_date("impossible")
    if day == 1 and month == 1:
        finding = finding or "new_year"
        if habits.new_year_is_year:
            month = 0
    if not month:
        return f"{year:04}", year, None, None, finding
    if not day:
        return f"{year:04}-{month:02}", year, month, None, finding
    return f"{year:04}-{month:02}-{day:02}", year, month, day, finding


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def habits_of(profile: SourceProfile, options: Mapping[str, object]) -> Habits:
    """What the profile found, unless the rule's options say otherwise."""
    return Habits(
        order=str(options.get("order", profile.date_order)),
        new_year_is_year=bool(options.get("new_year_is_year", profile.new_year_is_year)),
        pivot=int(str(options.get("pivot", PIVOT))),
        excel_1904=bool(options.get("excel_1904", False)),
        earliest=int(str(options.get("earliest", EARLIEST))),
        utc_offset=int(str(options.get("utc_offset", 7))),
    )


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    habits = habits_of(profile, options)

    def parse(text: str) -> Answer:
        answer = read(text, habits)
        if answer[4] == "unreadable" and says_nothing(text, knowledge):
            return _no_date("placeholder")
        return answer

    return by_value(parse, values, STANDARDISER.schema)


STANDARDISER = Standardiser("date", {"year": pl.Int16, "month": pl.Int8, "day": pl.Int8}, False, _standardise)
