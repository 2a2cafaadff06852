"""The words in dates: months by name, lunar years, and words that make a date less than one (khoảng 1950, trước 1945).

Everything here takes a *key*: a text in plain ASCII letters, lower case.
"""

from __future__ import annotations

import re

_ENGLISH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_ENGLISH_MONTHS = re.findall(r"\w+", "jan feb mar apr may jun jul aug sep oct nov dec")
_MONTH_FIRST = re.compile(r"^\W*[a-z]{3,}\W+\d{1,2}\b")
_ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th)\b")
_VIETNAMESE = re.compile(
    r"\bthang\s+(muoi hai|muoi mot|muoi|mot|hai|ba|tu|nam(?=\s+nam\b)|sau|bay|tam|chin|gieng|chap)\b"
)
_VIETNAMESE_MONTHS = ("mot", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai")
_ROMAN = re.compile(r"(?<=\d)([\s/.-]+)(x|xi|xii|ix|iv|v?i{1,3}|v)(?=[\s/.-]+\d)")
_ROMAN_MONTHS = re.findall(r"\w+", "i ii iii iv v vi vii viii ix x xi xii")

_LUNAR = re.compile(r"\b(?:al|am lich|lich am|thang gieng|thang chap)\b")
_SOLAR = re.compile(r"\b(?:dl|duong lich|lich duong)\b")
_ABOUT = re.compile(r"\b(?:khoang|chung|uoc|k|tam|circa|ca|about)\b|~|\d\s*\?")
_BOUND = re.compile(r"\b(?:truoc|sau|tu|den|before|after|from)\s+(?:(?:nam|thang|ngay)\s+)?\d")
_QUARTER = re.compile(r"\bquy\s*(?:[1-4]|i{1,3}|iv)\b\W*")
_RANGE = re.compile(r"\d{1,2}\D\d{1,2}\D\d{4}\D+\d{1,2}\D\d{1,2}\D\d{4}|\b\d{4}\s*[-–/]\s*\d{4}\b")

_STEM = ("giap", "at", "binh", "dinh", "mau", "ky", "canh", "tan", "nham", "quy")
_BRANCH = ("ty", "suu", "dan", "mao", "thin", "ti", "ngo", "mui", "than", "dau", "tuat", "hoi")
_CYCLE_YEAR = re.compile(
    r"\b(giap|at|binh|dinh|mau|k[iy]|canh|tan|nham|qu[iy])\s+(ty|ti|suu|dan|mao|meo|thin|ngo|mui|than|dau|tuat|hoi)\b"
)
_CYCLE = 60


def with_month_numbers(key: str) -> tuple[str, bool]:
    """The key with months by name as numbers, and whether the month then stands before the day (`july 5, 1985`)."""
    if english := _ENGLISH.search(key):
        first = _MONTH_FIRST.match(key) is not None
        month = _ENGLISH_MONTHS.index(english[1]) + 1
        return _ORDINAL.sub(r"\1", f"{key[: english.start()]} {month} {key[english.end() :]}"), first
    key = _VIETNAMESE.sub(lambda month: f" {_month(month[1])} ", key)
    return _ROMAN.sub(lambda month: f"{month[1]}{_ROMAN_MONTHS.index(month[2]) + 1}", key), False


def _month(word: str) -> int:
    """Giêng is the first, chạp the last, of the lunar year."""
    return {"gieng": 1, "chap": 12}.get(word) or _VIETNAMESE_MONTHS.index(word) + 1


def without_quarter(key: str) -> str:
    """`quy 3/1985` is some day of 1985, not of March."""
    return _QUARTER.sub(" ", key)


def is_lunar(key: str) -> bool:
    """Whether a text says that its day is a lunar one: in words, or by naming the year as the sixty-year cycle does."""
    return _SOLAR.search(key) is None and (_LUNAR.search(key) is not None or _CYCLE_YEAR.search(key) is not None)


def is_about(key: str) -> bool:
    """Khoảng 1950, ~1950, 1950?"""
    return _ABOUT.search(key) is not None


def is_range(key: str) -> bool:
    """Trước 1945, 1985-1990, two dates."""
    return _BOUND.search(key) is not None or _RANGE.search(key) is not None


def cycle_year(key: str, latest: int) -> int | None:
    """The last year up to `latest` that bears the name said in the key (`at suu`: 1985); None where none is said.

    A pair that never meets (`giap suu`) is no name.
    """
    said = _CYCLE_YEAR.search(key)
    if said is None:
        return None
    stem = {"ki": "ky", "qui": "quy"}.get(said[1], said[1])
    branch = "mao" if said[2] == "meo" else said[2]
    return next((year for year in range(latest, latest - _CYCLE, -1) if _is_named(year, stem, branch)), None)


def _is_named(year: int, stem: str, branch: str) -> bool:
    """Tý and Tỵ are one word without tones; an even year has the one, an odd year the other."""
    own_stem, own_branch = _STEM[(year - 4) % 10], _BRANCH[(year - 4) % 12]
    return own_stem == stem and own_branch.replace("ti", "ty") == branch.replace("ti", "ty")
