"""Personal numbers: the 12 digits of a căn cước (`cccd`) and the 9 of the old identity card (`cmnd`).

12 digits are PPP G YY RRRRRR: place of birth registration, century and sex, year of birth, chance; no check digit
(Circular 59/2021/TT-BCA article 4, Law 26/2023/QH15 article 12). 9 digits say nothing but where they were issued.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import all_same, read_numbers, sequential, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser

LATEST_BIRTH_YEAR = 2040
"""A number of a later year is a typing error. Far ahead on purpose: results must not depend on a clock."""

PROVINCES = frozenset(
    re.findall(
        r"\d\d",
        "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51 52 54 56"
        " 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96",
    )
)
"""The 63 statistics codes behind the zero of PPP (annex of Circular 07/2016/TT-BCA); other codes are countries."""

_SAME_TAIL = re.compile(r"(\d)\1{5}$")
_QR_SEPARATORS = 5
"""The QR code of a card has seven fields parted by `|`; the first is the number, the second the old one."""


def normalise(text: str) -> str | None:
    """The one personal number of a text (12 or 9 digits), or None when there is none or several."""
    values, _ = _read(text)
    return values[0] if len(values) == 1 else None


def is_valid(number: str) -> bool:
    """Whether a number of 12 or 9 digits can belong to a person."""
    return number.isascii() and number.isdigit() and fault(number) is None


def fault(digits: str) -> str | None:
    """What is wrong with a number of digits: None, `invalid` or `placeholder`."""
    if len(digits) not in (9, 12):
        return "invalid"
    if all_same(digits) or sequential(digits) or _SAME_TAIL.search(digits) or digits.endswith("123456"):
        return "placeholder"
    if len(digits) == 9:
        return None
    year = birth_year(digits)
    return "invalid" if digits.startswith("000") or year is None or year > LATEST_BIRTH_YEAR else None


def birth_year(number: str) -> int | None:
    """The year of birth in a 12-digit number; None for other numbers and for centuries to come (G of 4 and more)."""
    if len(number) != 12 or number[3] > "3":
        return None
    return (1900 if number[3] < "2" else 2000) + int(number[4:6])


def sex(number: str) -> str | None:
    """`male` or `female` by the G digit of a valid 12-digit number, else None."""
    if len(number) != 12 or fault(number) is not None:
        return None
    return "female" if number[3] in "13" else "male"


def restored(digits: str) -> str:
    """The zero that a spreadsheet took, put back: 11 digits of a province → 12, 8 → 9.

    Two lost zeros (Hà Nội 001… as 10 digits) stay lost: ten digits may be anything.
    """
    lost = (len(digits) == 11 and digits[:2] in PROVINCES and digits[0] != "0") or (
        len(digits) == 8 and digits[0] != "0"
    )
    return "0" + digits if lost else digits


def _judge(digits: str, alone: bool) -> tuple[str | None, str | None]:
    if alone:
        digits = restored(digits)
    wrong = fault(digits)
    return (None, wrong) if wrong else (digits, None)


def _read(text: str) -> tuple[list[str], str | None]:
    if text.count("|") >= _QR_SEPARATORS:
        text = "|".join(tidy(text).split("|")[:2])
    return read_numbers(text, _judge)


def _parse(text: str) -> tuple[list[tuple[str, str]], str | None]:
    values, finding = _read(text)
    return [(value, "cccd" if len(value) == 12 else "cmnd") for value in values], finding


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_items(_parse, values, STANDARDISER.schema)


STANDARDISER = Standardiser("personal_id", {"kind": pl.String}, True, _standardise)
