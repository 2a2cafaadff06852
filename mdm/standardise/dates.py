"""Dates as clerks and exports write them, to the precision they hold: `1985-07-05`, `1985-07` or `1985`.

Day before month, unless the column proves otherwise (`SourceProfile.date_order`) or the date itself does. What is no
date, or no one date, is null with a finding; nothing is moved to a day that was not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from mdm.standardise.codes import says_nothing, tidy
from mdm.standardise.date_words import cycle_year, is_about, is_lunar, is_range, with_month_numbers, without_quarter
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser, by_value
from mdm.standardise.text import plain

Answer = tuple[str | None, int | None, int | None, int | None, str | None]
"""value, year, month, day, finding."""

EARLIEST, LATEST = 1880, 2040
"""The years that are believed unless the rule set says otherwise; the end is no clock, so results don't change."""
FAR = 2399
"""Later years than `LATEST` up to this one are in the future; beyond it they are Buddhist or no years."""
BUDDHIST = (range(2400, 2601), 543)
"""Years of the Buddhist era, and what they are ahead."""
PIVOT = 26
"""Two-digit years up to this one are of this century. An option, not the clock: results don't change with the day."""

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(10_000, 54_789)
"""1927 to 2049: smaller serials look like years, larger ones are no dates we expect."""
_MAC_EPOCH_DAYS = 1462
_DEFAULTS = frozenset(
    {(1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 0, 1), (1900, 1, 0), (1900, 1, 1), (9999, 12, 31)}
)
"""What databases and spreadsheets write where there is no date."""
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COMMON = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_GROUPS = re.compile(r"[\s/.,\\|-]*(\d+)(?:[\s/.,\\|-]+(\d+))?(?:[\s/.,\\|-]+(\d+))?[\s/.,\\|-]*")
_FLOAT = re.compile(r"(\d{5,})[.,]\d+")
_CLOCK = re.compile(
    r"[T\s,]*(?<!\d)(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?|sa|ch)?\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?\s*$",
    re.I,
)
_LETTERS = re.compile(r"[a-z_~?()\[\]\"':;*=]+")
_XML_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})")
_NUMBERS = re.compile(r"\d+")
_TWELFTH = 12
_LAST_DAY = 31


@dataclass(frozen=True)
class Habits:
    """How one column writes its dates."""

    order: str = "dmy"
    new_year_is_year: bool = False
    pivot: int = PIVOT
    excel_1904: bool = False
    earliest: int = EARLIEST
    """The first year that is believed."""
    latest: int = LATEST
    """The last one."""
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
    if xml := _XML_DATE.fullmatch(text):
        text = xml[1]
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
        else timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].removeprefix(":") or 0)) * int(zone[0] + "1")
    )
    if hour > 23 or int(clock[2]) > 59:
        return answer
    local = datetime(year, month, day, hour, int(clock[2])) - offset + timedelta(hours=habits.utc_offset)
    return _answer(local.year, local.month, local.day, habits) if local.date() != date(year, month, day) else answer


def _in_words(text: str, habits: Habits) -> Answer:
    key = plain(text)
    if not _LETTERS.search(key):
        return _no_date("range") if is_range(text) else _groups(text, habits, spoken=False)
    key, month_first = with_month_numbers(without_quarter(key))
    if is_lunar(plain(text)):
        return _lunar(key, habits)
    if is_range(key):
        return _no_date("range")
    habits = replace(habits, order="mdy" if month_first else "dmy") if key != plain(text) else habits
    answer = _groups(_LETTERS.sub(" ", key), habits, spoken=True)
    return (*answer[:4], answer[4] or "approximate") if answer[0] is not None and is_about(key) else answer


def _lunar(key: str, habits: Habits) -> Answer:
    """The year alone: a lunar day is another solar day, and one of the twelfth month lies in the next solar year."""
    numbers = [int(number) for number in _NUMBERS.findall(key)]
    year = next((number for number in numbers if number > 999), cycle_year(key, 2000 + habits.pivot))
    if year is None:
        return _no_date("unreadable")
    month = next((number for number in reversed(numbers) if number <= _LAST_DAY), None)
    if month == _TWELFTH:
        return _no_date("lunar")
    only_year = len(numbers) == 1 and numbers[0] == year
    return _answer(year, 0, 0, habits, None if only_year else "lunar")


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
    return habits.earliest <= int(year) <= habits.latest or int(year) in BUDDHIST[0]


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
    if len(first) > 2 or len(second) > 2:
        return _no_date("range" if len(first) == len(second) == 4 else "unreadable")
    if int(second) > _LAST_DAY:
        return _answer(_full_year(second, habits.pivot), int(first), 0, habits)
    return _no_date("ambiguous")


def _three(first: str, second: str, third: str, habits: Habits) -> Answer:
    if len(first) > 2 or len(second) > 2 or len(third) > 2:
        if len(first) == 4 and len(second) <= 2 and len(third) <= 2:
            return _answer(int(first), int(second), int(third), habits)
        if len(third) != 4 or len(first) > 2 or len(second) > 2:
            return _no_date("unreadable")
    elif habits.order == "ymd" or int(first) > _LAST_DAY >= int(third):
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
    if not habits.earliest <= year <= habits.latest:
        return _no_date("future" if habits.latest < year <= FAR else "invalid")
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
        latest=int(str(options.get("latest", LATEST))),
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

    schema = STANDARDISER.schema
    return by_shape(values, schema, _ordinary(habits), lambda rest: by_value(parse, rest, schema))


def _ordinary(habits: Habits) -> dict[str, pl.Expr]:
    """`05/07/1985`, `1985-07-05`, with midnight behind it too, and `1985`, where nothing about them needs a thought."""
    order = ("month", "day") if habits.order == "mdy" else ("day", "month")
    local = rf"^(?<{order[0]}>[0-9]{{1,2}})[/.-](?<{order[1]}>[0-9]{{1,2}})[/.-](?<year>[0-9]{{4}})"
    iso = r"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})"
    local_parts, iso_parts = (TEXT.str.extract_groups(shape + _MIDNIGHT) for shape in (local, iso))

    def part(name: str) -> pl.Expr:
        return pl.coalesce(local_parts.struct.field(name), iso_parts.struct.field(name))

    alone = TEXT.str.extract("^([0-9]{4})$")
    year = pl.coalesce(part("year"), alone).cast(pl.Int16)
    month, day = part("month").cast(pl.Int8), part("day").cast(pl.Int8)
    new_year = (month == 1) & (day == 1)
    exists = month.is_between(1, 12) & ((day <= 28) | ((day <= 30) & (month != 2)) | ((day == 31) & month.is_in(_LONG)))
    believed = (year >= max(habits.earliest, 1901)) & (year <= habits.latest)
    written = pl.concat_str(
        part("year"), part("month").str.zfill(2), part("day").str.zfill(2), separator="-", ignore_nulls=False
    )
    full = exists & (day > 0) & (~new_year if habits.new_year_is_year else pl.lit(value=True))
    return {
        "value": pl.when(believed).then(pl.when(full).then(written).otherwise(alone)),
        "year": year,
        "month": month,
        "day": day,
        "finding": pl.when(new_year).then(pl.lit("new_year")),
    }


_MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?$"
_LONG = (1, 3, 5, 7, 8, 10, 12)


HABITS = ("date_order", "new_year_is_year")
"""Fields of the profile that decide how a date is read."""
STANDARDISER = Standardiser(
    "date", {"year": pl.Int16, "month": pl.Int8, "day": pl.Int8}, multiple=False, function=_standardise, habits=HABITS
)
