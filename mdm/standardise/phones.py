"""Telephone numbers in international form (`+84903123456`), through every renumbering: mobiles of 2018, areas of 2017.

A number may be written under its old code for decades. `0838221234` is both an old landline of the city (08) and
a mobile (083): it is read as a mobile, unless brackets or a separate area code (`(08) 3822 1234`) show the landline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from mdm.standardise.codes import all_same, number, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser

_LOCAL = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8\d|9\d)\d{7}")
_FOREIGN = re.compile(r"[1-9]\d{6,14}")
_HOTLINE = re.compile(r"1[89]00\d{4,6}")
_EXTENSION = re.compile(
    r"\(?\b(?:ext|x|máy lẻ|may le|số nội bộ|so noi bo|nội bộ|nhánh|nhanh|line|lẻ)\b\W*\d{1,5}\)?", re.I
)
_PIECES = re.compile(r"[/;,|&\r\n]+|[^\W\d_]{2,}")
"""A word of two letters or more parts numbers, as a slash does: notes, `và`, `hoặc`."""
_GROUPS = re.compile(r"\+?\d+")
_RUN = re.compile(r"[+(]?\d[\d\s().+\-–]*")
_BRACKETS = str.maketrans("", "", "()")
_AREA_SLASH = re.compile(r"(?<![\d/])(\(?\+?\d{1,5}\)?)\s*/\s*(?=\d)")
"""A code before a slash (`310/246-1501`), which abroad parts no numbers."""
_AREA_APART = re.compile(r"(?:\(?\+?84\)?|0084)?[\s.\-]*(\(?)\(?(0?\d{1,4})\)?[\s.\-]+\d|\((\d{2,4})\)")
_PLACEHOLDERS = frozenset(("123456789", "1234567890", "1234567891"))
_SHORTEST, _LONGEST = 7, 15


@dataclass(frozen=True)
class Codes:
    """Old codes and their new ones, both without the trunk zero."""

    mobiles: Mapping[str, str]
    landlines: Mapping[str, str]


@dataclass(frozen=True)
class Habits:
    """How one column writes its numbers: the country, and the area that numbers without a code belong to."""

    country: str = "vn"
    area: str = ""


@lru_cache(maxsize=8)
def codes(knowledge: Knowledge) -> Codes:
    """The dialling codes of `words/phone_codes.csv`."""
    rows = list(knowledge.table("words/phone_codes.csv").select("kind", "old", "new").iter_rows())
    return Codes(
        *({old[1:]: new[1:] for kind, old, new in rows if kind == wanted} for wanted in ("mobile", "landline"))
    )


def normalise(text: str, table: Codes, habits: Habits = Habits()) -> str | None:
    """The one number of a text in international form, or None when there is none or several."""
    values, _ = read(text, table, habits)
    return values[0] if len(values) == 1 else None


def read(text: str, table: Codes, habits: Habits = Habits()) -> tuple[list[str], str | None]:
    """Every number of a cell, in the order of the text and once each, and what was wrong with the rest."""
    text = tidy(text)
    if _LOCAL.fullmatch(text) and habits.country == "vn":
        wrong = _fault(text[1:])
        return ([], wrong) if wrong else (["+84" + text[1:]], None)
    if not text:
        return [], None
    text = _EXTENSION.sub(" ", text)
    if habits.country != "vn":
        text = _AREA_SLASH.sub(r"\1 ", text)
    whole = _one(text, table, habits)
    answers = [whole] if whole is not None else _several(text, table, habits)
    values = list(dict.fromkeys(value for value, wrong in answers if wrong is None))
    faults = [wrong for _, wrong in answers if wrong is not None]
    if not values and not faults:
        faults = ["invalid" if any(map(str.isdigit, text)) else "unreadable"]
    return values, faults[0] if faults else None


def _one(text: str, table: Codes, habits: Habits) -> tuple[str, str | None] | None:
    """A text that is one number: its canonical form and its fault; None where it is no number or several."""
    bare = text.translate(_BRACKETS).strip()
    plus = bare.startswith("+")
    digits = number(bare.removeprefix("+"))
    if digits is None:
        return None
    if habits.country != "vn":
        return (digits, "placeholder" if all_same(digits) else None) if len(digits) >= _SHORTEST else None
    significant = _significant(digits, plus, _area_code(text, table), table, habits)
    if significant is not None:
        return "+84" + significant, _fault(significant)
    if plus and not digits.startswith("84") and _FOREIGN.fullmatch(digits):
        return "+" + digits, None
    if len(digits) >= _SHORTEST and (all_same(digits) or digits.lstrip("0") in _PLACEHOLDERS):
        return digits, "placeholder"
    return (digits, "shared") if _HOTLINE.fullmatch(digits) else None


def _significant(digits: str, plus: bool, area: str | None, table: Codes, habits: Habits) -> str | None:
    """The national number without its trunk zero, under today's codes; None where it is no Vietnamese number."""
    if digits.startswith("0084"):
        digits, plus = digits[2:], True
    if digits.startswith("84") and (plus or len(digits) in (11, 12)):
        return _renumbered(digits[2:].removeprefix("0"), area, table)
    if digits.startswith("0"):
        return _renumbered(digits[1:], area, table)
    if plus:
        return None
    if habits.area and len(digits) in (7, 8) and not _HOTLINE.fullmatch(digits):
        return habits.area.removeprefix("0") + ("3" * (8 - len(digits)) + digits if len(habits.area) == 3 else digits)
    return _renumbered(digits, area, table) if len(digits) in (9, 10) else None


def _renumbered(digits: str, area: str | None, table: Codes) -> str | None:
    """Digits after the trunk zero → under today's codes. An old area code that stands apart decides first."""
    if area is not None and (local := digits.removeprefix(area)) != digits:
        if len(local) == 7 and len(area) == 1:
            local = "3" + local  # the seven-digit numbers of Hà Nội and HCMC took a 3 in 2008
        if len(area) + len(local) in (9, 10) and len(local) in (7, 8):
            return table.landlines[area] + local
    if len(digits) == 10:
        return _ten(digits, table)
    if len(digits) != 9:
        return None
    if digits[0] in "35789" and not (digits[:2] in table.landlines and _only_landline(digits)):
        return digits
    old = next((digits[:n] for n in (2, 1) if digits[:n] in table.landlines), None)
    return None if old is None else table.landlines[old] + digits[len(old) :]


_MOBILE_BEGINNINGS = re.compile(r"3[2-9]|5[25689]|7[06-9]|8|9")


def _only_landline(digits: str) -> bool:
    return _MOBILE_BEGINNINGS.match(digits) is None


def _ten(digits: str, table: Codes) -> str | None:
    if digits[:3] in table.mobiles:
        return table.mobiles[digits[:3]] + digits[3:]
    if digits[0] == "2":
        return digits if digits[:2] in ("24", "28") or digits[:3] in table.landlines.values() else None
    return table.landlines[digits[:3]] + digits[3:] if digits[:3] in table.landlines else None


def _area_code(text: str, table: Codes) -> str | None:
    """An old area code that stands apart: in brackets, or before a space where no mobile begins like it."""
    apart = _AREA_APART.match(text)
    if apart is None:
        return None
    code = (apart[2] or apart[3]).removeprefix("0")
    if code not in table.landlines or table.landlines[code] == code:
        return None
    bracketed = f"({apart[2] or apart[3]})" in text
    return code if bracketed or len(code) == 1 else None


def _fault(significant: str) -> str | None:
    subscriber = significant[2:]
    if all_same(significant) or (all_same(subscriber) and subscriber[0] == "0") or significant in _PLACEHOLDERS:
        return "placeholder"
    return None


def _several(text: str, table: Codes, habits: Habits) -> list[tuple[str, str | None]]:
    """Numbers parted by slashes, commas, words or dashes; what is left over (an extension) is passed by."""
    answers: list[tuple[str, str | None]] = []
    for piece in _PIECES.split(text):
        for run in _RUN.findall(piece):
            one = _one(run.strip(" .-–"), table, habits)
            answers += [one] if one is not None else _joined(run, table, habits)
    return answers


def _joined(run: str, table: Codes, habits: Habits) -> list[tuple[str, str | None]]:
    """Groups of digits joined until they are a number with its trunk zero or country code."""
    groups = _GROUPS.findall(run)
    answers: list[tuple[str, str | None]] = []
    start = 0
    while start < len(groups):
        stop = start + 1
        found = None
        while stop <= len(groups) and sum(map(len, groups[start:stop])) <= _LONGEST and found is None:
            found = _one("".join(groups[start:stop]), table, Habits(habits.country))
            stop += 1
        if found is not None:
            answers.append(found)
            start = stop - 1
        else:
            if len(groups[start]) >= _SHORTEST:
                answers.append((groups[start], "invalid"))
            start += 1
    return answers


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    table = codes(knowledge)
    habits = Habits(str(options.get("country", "vn")), str(options.get("area", "")))

    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        numbers, finding = read(text, table, habits)
        return [(value,) for value in numbers], finding

    return by_items(parse, values, STANDARDISER.schema)


STANDARDISER = Standardiser("phone", {}, True, _standardise)
"""Options: `country` (`vn`, or `none`: digits as they are), `area` (`028`: the code of numbers written without one)."""
