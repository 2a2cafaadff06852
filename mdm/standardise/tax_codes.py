"""Tax codes: 10 digits with a check digit, a branch `0300588569-001`, or the 12-digit personal number.

Since 1 July 2025 the personal number is the tax code of people, households and household businesses (Circular
86/2024/TT-BTC); the same twelve digits then name a citizen and that person's business, which are not one entity.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdm.standardise import personal_ids
from mdm.standardise.codes import read_numbers
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def check_digit(base: str) -> int | None:
    """The tenth digit that belongs to nine; None where the number isn't issued (one prefix in eleven)."""
    digit = 10 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, base, strict=False)) % 11
    return None if digit == 10 else digit


def normalise(text: str) -> str | None:
    """The one tax code of a text: 10 digits, `0300588569-001` or 12 digits; None when there is none or several."""
    values, _ = read_numbers(text, _judge)
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
    return number if len(number) == 12 and personal_ids.is_valid(number) else None


def _checks(digits: str) -> bool:
    return digits[2:9] != "0000000" and int(digits[9]) == check_digit(digits)


def _parse(text: str) -> tuple[list[tuple[str, str, str | None]], str | None]:
    values, finding = read_numbers(text, _judge)
    return [
        (value, value[:10] if "-" in value else value, value[11:] or None if "-" in value else None) for value in values
    ], finding


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_items(_parse, values, STANDARDISER.schema)


STANDARDISER = Standardiser("tax_code", {"base": pl.String, "branch": pl.String}, True, _standardise)
