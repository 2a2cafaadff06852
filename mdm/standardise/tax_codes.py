"""Tax codes: 10 digits with a check digit, a branch `0300588569-001`, or the 12-digit personal number.

Since 1 July 2025 the personal number is the tax code of people, households and household businesses (Circular
86/2024/TT-BTC); the same twelve digits then name a citizen and that person's business, which are not one entity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise import personal_ids
from mdm.standardise.codes import Judge, fault_of, is_invented, read_numbers, without_invented
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_UNIT = re.compile(r"(?<!\d)(\d{10})\s*[-–—/._]\s*(\d{1,3})(?!\s*[\d/])")
"""A code and the number of its unit, in fewer than three digits too: `0300588569-1`."""
_OLD_REGISTRATION = re.compile(r"41[01]\d{7}|41[1-9]0\d{8}")
"""Registration numbers before 2010 (`4102012345`) and investment certificates of 2006 to 2015 (`411022000123`)."""


def check_digit(base: str) -> int | None:
    """The tenth digit that belongs to nine; None where the number isn't issued (one prefix in eleven)."""
    digit = 10 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, base, strict=False)) % 11
    return None if digit == 10 else digit


def normalise(text: str) -> str | None:
    """The one tax code of a text: 10 digits, `0300588569-001` or 12 digits; None when there is none or several."""
    values, _ = read(text, _judge)
    return values[0] if len(values) == 1 else None


def is_valid(code: str) -> bool:
    """Whether a text is a tax code in canonical form."""
    return normalise(code) == code


def _judge(digits: str, alone: bool) -> tuple[str | None, str | None]:
    code = _code(digits)
    if code is None and alone:
        code = _code("0" + digits) if digits[:1] != "0" and len(digits) in (9, 12) else _personal(digits)
    if code is not None:
        return code, None
    if _OLD_REGISTRATION.fullmatch(digits):
        return None, "old_registration"
    return None, "placeholder" if digits and not digits.strip(digits[0]) else "invalid"


def _code(digits: str) -> str | None:
    """A code of full length. A 12-digit personal number begins with 0, but for births abroad."""
    if len(digits) == 10:
        return digits if _checks(digits) else None
    if len(digits) == 13 and _checks(digits[:10]) and digits[10:] != "000":
        return f"{digits[:10]}-{digits[10:]}"
    return digits if digits[:1] == "0" and len(digits) == 12 and personal_ids.is_valid(digits) else None


def _personal(digits: str) -> str | None:
    number = personal_ids.restored(digits)
    old = _OLD_REGISTRATION.fullmatch(number)
    return number if len(number) == 12 and not old and personal_ids.is_valid(number) else None


def _checks(digits: str) -> bool:
    return digits[2:9] != "0000000" and int(digits[9]) == check_digit(digits)


def read(text: str, judge: Judge) -> tuple[list[str], str | None]:
    """Every tax code of a cell that `judge` accepts, and what was wrong with the rest."""
    if not text.isdigit():
        text = _UNIT.sub(lambda unit: f"{unit[1]}-{unit[2]:0>3}", text)
    return read_numbers(text, judge)


def _parts(code: str) -> tuple[str, str, str | None]:
    base, _, branch = code.partition("-")
    return code, base, branch or None


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    judge = without_invented(_judge, knowledge)

    def parse(text: str) -> tuple[list[tuple[str, str, str | None]], str | None]:
        found, finding = read(text, judge)
        return [_parts(code) for code in found], finding if found else fault_of(text, finding, knowledge)

    unit = TEXT.str.contains("^[0-9]{10}-[0-9]{3}$") & ~TEXT.str.ends_with("000")
    good = (TEXT.str.contains("^[0-9]{10}$") | unit) & checks(TEXT) & ~is_invented(knowledge)
    ordinary = {
        "value": pl.when(good).then(TEXT),
        "base": TEXT.str.head(10),
        "branch": pl.when(unit).then(TEXT.str.tail(3)),
    }
    return by_shape(values, STANDARDISER.schema, ordinary, lambda rest: by_items(parse, rest, STANDARDISER.schema))


def checks(text: pl.Expr) -> pl.Expr:
    """Whether the first ten characters are digits whose last is the check digit of the others."""
    digits = text.str.head(10).cast(pl.Int64, strict=False)
    weighted = sum(
        (weight * (digits // 10 ** (9 - place) % 10) for place, weight in enumerate(_WEIGHTS)), pl.lit(0, pl.Int64)
    )
    return (10 - weighted % 11 == digits % 10) & (digits // 10 % 10**7 > 0)


STANDARDISER = Standardiser("tax_code", {"base": pl.String, "branch": pl.String}, True, _standardise)
