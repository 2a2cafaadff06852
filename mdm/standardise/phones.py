"""Telephone numbers in international form (`+84903123456`), through every renumbering: mobiles of 2018, areas of 2017.

A number may be written under its old code for decades. `0838221234` is both an old landline of the city (08) and
a mobile (083): it is read as a mobile, unless brackets, a separate area code (`(08) 3822 1234`) or a word (`nhà riêng`)
show the landline, or the rule set asks for both readings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import polars as pl

from mdm.standardise.codes import all_same, fault_of, invented_numbers, number, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

_FOREIGN = re.compile(r"[1-9]\d{6,14}")
_OLD_CITY_LANDLINE = re.compile(r"\+848(?:3[5-9]|54|6[236]|7[13])\d{6}")
"""A mobile that was also a landline of the city before 2017: 8, and the beginnings that subscribers had."""
_HOTLINE = re.compile(r"1[89]00\d{4,6}")
_EXTENSION = re.compile(
    r"\(?(?:(?<![^\W\d_])(?:ext|x|máy lẻ|may le|số nội bộ|so noi bo|nội bộ|noi bo|nhánh|nhanh|line|lẻ|le|nb)\b\W*|#\s*"
    r"|(?<=\d)(?:ext|x))\d{1,5}(?!\d)\)?",
    re.IGNORECASE,
)
_FIXED_WORDS = frozenset(
    ("bàn", "định", "dinh", "đtb", "đtcđ", "riêng", "rieng", "nr", "quan", "cq", "fax", "phòng", "phong", "vp")
)
"""The last words of điện thoại bàn, cố định, nhà riêng, cơ quan, văn phòng, and what is written for them."""
_MOBILE_WORDS = frozenset(("động", "dong", "dđ", "dd", "đtdđ", "đtdd", "dtdd", "mobile", "cell", "hp", "zalo"))
_PIECES = re.compile(r"([/;,|&\r\n]+|[^\W\d_]{2,})")
"""A word of two letters or more parts numbers, as a slash does: notes, `và`, `hoặc`."""
_GROUPS = re.compile(r"\+?\d+")
_RUN = re.compile(r"[+(]?\d[\d\s().+\-–]*")
_BRACKETS = str.maketrans("", "", "()")
_AREA_SLASH = re.compile(r"(?<![\d/])(\(?\+?\d{1,5}\)?)\s*/\s*(?=\d)")
"""A code before a slash (`310/246-1501`), which abroad parts no numbers."""
_AREA_APART = re.compile(r"(?:\(?\+?84\)?|0084)?[\s.\-]*(\(?)\(?(0?\d{1,4})\)?[\s.\-]+\d|\((\d{2,4})\)")
_PLACEHOLDERS = frozenset(("123456789", "1234567890", "1234567891"))
_SHORTEST, _LONGEST = 7, 15
_WITHOUT_AREA = re.compile(r"[2-9]\d{6,7}")


Answer = tuple[str, str | None]
"""The number, and what is wrong with it."""


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
    collision: str = "mobile"
    """How a number is read that is an old landline of the city and a mobile: `mobile`, `landline` or `both`."""


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
    if not text:
        return [], None
    text = _EXTENSION.sub(" ", text)
    if habits.country != "vn":
        text = _AREA_SLASH.sub(r"\1 ", text)
    whole = _one(text, table, habits)
    answers = _several(text, table, habits) if whole is None else _readings(text, whole, table, habits.collision)
    values = list(dict.fromkeys(value for value, wrong in answers if wrong is None))
    faults = [wrong for _, wrong in answers if wrong is not None]
    if not values and not faults:
        faults = ["invalid" if any(map(str.isdigit, text)) else "unreadable"]
    return values, faults[0] if faults else None


def _readings(text: str, answer: Answer, table: Codes, collision: str) -> list[Answer]:
    """A number, or both of its readings, or the other one, where both are possible; +84 is written of mobiles."""
    value, wrong = answer
    if collision == "mobile" or text.startswith("+") or not _OLD_CITY_LANDLINE.fullmatch(value):
        return [answer]
    landline = "+84" + table.landlines["8"] + value[4:]
    return [answer, (landline, wrong)] if collision == "both" else [(landline, wrong)]


def _one(text: str, table: Codes, habits: Habits) -> Answer | None:
    """A text that is one number: its canonical form and its fault; None where it is no number or several."""
    bare = text.translate(_BRACKETS).strip()
    plus = bare.startswith("+")
    digits = number(bare.removeprefix("+"))
    if digits is None:
        return None
    if habits.country != "vn":
        return (digits, "placeholder" if all_same(digits) else None) if len(digits) >= _SHORTEST else None
    if len(digits) >= _SHORTEST and (all_same(digits) or digits.lstrip("0") in _PLACEHOLDERS):
        return digits, "placeholder"
    significant = _significant(digits, plus, _area_code(text, table), table, habits)
    return _unlisted(digits, plus) if significant is None else ("+84" + significant, _fault(significant))


def _unlisted(digits: str, plus: bool) -> Answer | None:
    """What digits are that are no subscriber's number of this country."""
    if digits.startswith("00") and not plus:
        plus, digits = True, digits[2:]
    if plus and not digits.startswith("84") and _FOREIGN.fullmatch(digits):
        return "+" + digits, None
    if _HOTLINE.fullmatch(digits):
        return digits, "shared"
    return (digits, "no_area_code") if _WITHOUT_AREA.fullmatch(digits) else None


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
    if habits.area and _WITHOUT_AREA.fullmatch(digits) and not _HOTLINE.fullmatch(digits):
        return _in_area(habits.area.removeprefix("0"), digits)
    return _renumbered(digits, area, table) if len(digits) in (9, 10) else None


def _in_area(area: str, local: str) -> str | None:
    """A subscriber's number under today's code of its area; what had a digit less before October 2008 takes a 3.

    That 3 was VNPT's, by far the largest operator; others took other digits, so not every old number can be known. No
    subscriber's number begins with 0 or 1: what looks so is a mobile number's (08 1657…).
    """
    if local[:1] in ("0", "1"):
        return None
    length = 8 if len(area) == 2 else 7
    if len(local) == length - 1 and local[0] in "56789":
        local = "3" + local
    return area + local if len(local) == length else None


def _renumbered(digits: str, area: str | None, table: Codes) -> str | None:
    """Digits after the trunk zero → under today's codes. An old area code that stands apart decides first."""
    if area is not None and (local := digits.removeprefix(area)) != digits:
        found = _in_area(table.landlines[area], local)
        if found is not None:
            return found
    if len(digits) == 10:
        return _ten(digits, table)
    if _MOBILE_BEGINNINGS.match(digits):
        return digits if len(digits) == 9 else None
    old = next((digits[:n] for n in (3, 2, 1) if digits[:n] in table.landlines), None)
    return None if old is None else _in_area(table.landlines[old], digits[len(old) :])


_MOBILE_BEGINNINGS = re.compile(r"3[2-9]|5[25689]|7[06-9]|8|9")


def _ten(digits: str, table: Codes) -> str | None:
    if digits[:3] in table.mobiles:
        return table.mobiles[digits[:3]] + digits[3:]
    if (digits[:2] in ("24", "28") and digits[2] not in "01") or digits[:3] in table.landlines.values():
        return digits
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


def _several(text: str, table: Codes, habits: Habits) -> list[Answer]:
    """Numbers parted by slashes, commas, words or dashes; what is left over (an extension) is passed by."""
    answers: list[Answer] = []
    collision = habits.collision
    for piece in _PIECES.split(text):
        word = piece.lower()
        if word in _FIXED_WORDS or word in _MOBILE_WORDS:
            collision = "landline" if word in _FIXED_WORDS else "mobile"
        for run in _RUN.findall(piece):
            grouped = " " in run.strip()
            one = _one(run.strip(" .-–"), table, replace(habits, area="") if grouped else habits)
            for answer in [one] if one is not None else _joined(run, table, habits):
                answers += _readings(run, answer, table, collision)
    return answers


_LOCAL_GROUPS = ([8], [4, 4], [7], [3, 4])
"""How a number without its area code is grouped; any other join of groups is a part of something longer."""


def _joined(run: str, table: Codes, habits: Habits) -> list[Answer]:
    """Groups of digits joined until they are a number with its trunk zero or country code."""
    groups = _GROUPS.findall(run)
    answers: list[Answer] = []
    start = 0
    while start < len(groups):
        stop = start + 1
        found = None
        while stop <= len(groups) and sum(map(len, groups[start:stop])) <= _LONGEST and found is None:
            local = [len(group) for group in groups[start:stop]] in _LOCAL_GROUPS
            found = _one("".join(groups[start:stop]), table, habits if local else replace(habits, area=""))
            found = None if found is not None and found[1] == "no_area_code" and stop < len(groups) else found
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
    habits = Habits(
        str(options.get("country", "vn")), str(options.get("area", "")), str(options.get("collision", "mobile"))
    )
    invented = invented_numbers(knowledge)

    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        numbers, finding = read(text, table, habits)
        real = [(value,) for value in numbers if value.replace("+84", "0") not in invented]
        if len(real) < len(numbers):
            finding = "placeholder"
        return real, finding if real else fault_of(text, finding, knowledge)

    ordinary = {"value": _ordinary(table, habits, invented)}
    return by_shape(values, STANDARDISER.schema, ordinary, lambda rest: by_items(parse, rest, STANDARDISER.schema))


def _ordinary(table: Codes, habits: Habits, invented: frozenset[str]) -> pl.Expr:
    """Mobiles old and new and today's landlines, whole or grouped, with 0, 84 or +84 before them."""
    grouped = TEXT.str.contains(r"^0[0-9]{2,3}(?:[ .-][0-9]{3,4}){2}$")
    bare = pl.when(grouped).then(TEXT.str.replace_all("[ .-]", "")).otherwise(TEXT)
    national = bare.str.extract(r"^(?:0|\+?84)([1-9][0-9]{8,9})$")
    kept = national.str.contains(f"^(?:{_MOBILE_BEGINNINGS.pattern})") & (national.str.len_bytes() == 9)
    two, three = (sorted(code for code in set(table.landlines.values()) if len(code) == n) for n in (2, 3))
    landline = national.str.contains(rf"^(?:(?:{'|'.join(two)})[2-9]|(?:{'|'.join(three)})[0-9])[0-9]{{7}}$")
    prefix = national.str.head(3).replace_strict(dict(table.mobiles), default=None, return_dtype=pl.String)
    old = pl.when(national.str.len_bytes() == 10).then(prefix + national.str.slice(3))
    dubious = national.str.contains("0{7}$") | national.is_in(sorted(_PLACEHOLDERS)) | bare.is_in(sorted(invented))
    dubious |= national.str.contains("^(?:" + "|".join(f"{digit}{{9,10}}" for digit in range(1, 10)) + ")$")
    if habits.country != "vn":
        return pl.lit(None)
    if habits.collision != "mobile":
        dubious |= ("+84" + national).str.contains(f"^{_OLD_CITY_LANDLINE.pattern}$")
    return pl.when(~dubious).then("+84" + pl.when(kept | landline).then(national).otherwise(old))


STANDARDISER = Standardiser("phone", {}, True, _standardise)
"""Options: `country` (`vn`, or `none`: digits as they are), `area` (`028`: the code of numbers written without one),
`collision` (`mobile`, `landline` or `both`: how `0838221234` is read where nothing else tells)."""
