"""Personal numbers: the 12 digits of a căn cước (`cccd`), the 9 of the old card (`cmnd`), other papers (`other`).

12 digits are PPP G YY RRRRRR: place of birth registration, century and sex, year of birth, chance; no check digit
(Circular 59/2021/TT-BCA article 4, Law 26/2023/QH15 article 12). 9 digits say nothing but where they were issued.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import (
    Judge,
    all_same,
    fault_of,
    is_invented,
    read_numbers,
    sequential,
    tidy,
    without_invented,
)
from mdm.standardise.identity_papers import read_papers
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR = 1901, 2040
"""Numbers were first given to the living of 2016, of whom none was born in 1900: that year is a form left at 00. The
other end is far ahead on purpose: results must not depend on a clock."""

PROVINCES = frozenset(
    re.findall(
        r"\d\d",
        "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51 52 54 56"
        " 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96",
    )
)
"""The 63 statistics codes behind the zero of PPP (annex of Circular 07/2016/TT-BCA); other codes are countries."""

Item = tuple[str, str, int | None, str | None]
"""value, kind, year, sex."""

_SAME_TAIL = re.compile(r"(\d)\1{5}$")
_LABEL = re.compile(
    r"^\W*(?:(?:số|so|cccd|cmnd|cmtnd|cmt|cc|ddcn|đdcn|đđcn|căn cước(?: công dân)?|can cuoc(?: cong dan)?"
    r"|(?:chứng minh|chung minh)(?: nhân dân| nhan dan| thư| thu)?|(?:mã |ma )?(?:số )?(?:định danh|dinh danh)"
    r"(?: cá nhân| ca nhan)?|cũ|cu|mới|moi|id)\b\W*)+",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_QR_SEPARATORS = 5
"""The QR code of a card has seven fields parted by `|`; the first is the number, the second the old one."""


def normalise(text: str) -> str | None:
    """The one personal number of a text (12 or 9 digits), or None when there is none or several."""
    values, _ = _read(text, _judge)
    return values[0] if len(values) == 1 else None


def is_valid(number: str) -> bool:
    """Whether a number of 12 or 9 digits can belong to a person."""
    return number.isascii() and number.isdigit() and fault(number) is None


def fault(digits: str) -> str | None:
    """What is wrong with a number of digits: None, `invalid` or `placeholder`."""
    if len(digits) not in (9, 12):
        return "invalid"
    if all_same(digits) or sequential(digits) or _SAME_TAIL.search(digits):
        return "placeholder"
    if len(digits) == 12 and digits.endswith("123456"):  # the part that is chance; in nine digits it may well be
        return "placeholder"
    if len(digits) == 9:
        return None
    year = birth_year(digits)
    believed = year is not None and EARLIEST_BIRTH_YEAR <= year <= LATEST_BIRTH_YEAR
    return None if believed and not digits.startswith("000") else "invalid"


def birth_year(number: str) -> int | None:
    """The year of birth in a 12-digit number; None for other numbers and for centuries to come (G of 4 and more)."""
    if len(number) != 12 or not number.isdigit() or number[3] > "3":
        return None
    return (1900 if number[3] < "2" else 2000) + int(number[4:6])


def sex(number: str) -> str | None:
    """`male` or `female` by the G digit of a valid 12-digit number, else None."""
    if len(number) != 12 or not is_valid(number):
        return None
    return "female" if number[3] in "13" else "male"


def restored(digits: str) -> str:
    """The zero that a spreadsheet took, put back: 11 digits of a province → 12, 8 → 9.

    Two lost zeros (Hà Nội 001… as 10 digits) stay lost: ten digits may be anything. A date is no number either.
    """
    if len(digits) == 8:
        return digits if digits[0] == "0" or _DATE.fullmatch(digits) else "0" + digits
    return "0" + digits if len(digits) == 11 and digits[0] != "0" and digits[:2] in PROVINCES else digits


def _judge(digits: str, alone: bool) -> tuple[str | None, str | None]:
    """Beside other text, twelve digits that name no province are rather a card's, a licence's or two numbers joined."""
    if alone:
        digits = restored(digits)
    elif len(digits) == 12 and digits[0] != "0":
        return None, "invalid"
    wrong = fault(digits)
    return (None, wrong) if wrong else (digits, None)


def _read(text: str, judge: Judge) -> tuple[list[str], str | None]:
    if text.count("|") >= _QR_SEPARATORS:
        text = "|".join(tidy(text).split("|")[:2])
    label = _LABEL.match(text)
    return read_numbers(text[label.end() :] if label else text, judge)


def _items(text: str, judge: Judge, knowledge: Knowledge) -> tuple[list[Item], str | None]:
    papers, rest = read_papers(tidy(text))
    values, finding = _read(rest, judge) if rest or not papers else ([], None)
    items: list[Item] = [_item(value) for value in values] + [(paper, "other", None, None) for paper in papers]
    if not items:
        return items, fault_of(text, finding, knowledge)
    if papers:
        finding = "other_paper"
    return items, finding or ("unknown_place" if any(map(_is_strange, values)) else None)


def _is_strange(value: str) -> bool:
    """A place that is neither a province nor, as far as we know, a country: those begin with 1, 2 or 3."""
    return len(value) == 12 and (value[:1] > "3" or (value[0] == "0" and value[1:3] not in PROVINCES))


def _item(value: str) -> Item:
    return value, "cccd" if len(value) == 12 else "cmnd", birth_year(value), sex(value)


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    judge = without_invented(_judge, knowledge)
    return by_shape(
        values,
        STANDARDISER.schema,
        _ordinary(knowledge),
        lambda rest: by_items(lambda text: _items(text, judge, knowledge), rest, STANDARDISER.schema),
    )


def _ordinary(knowledge: Knowledge) -> dict[str, pl.Expr]:
    """12 digits of a province and a year that is believed, or 9, and neither a placeholder."""
    new = TEXT.str.contains(
        rf"^0(?:{'|'.join(sorted(PROVINCES))})(?:[01](?:0[1-9]|[1-9][0-9])|[23](?:[0-3][0-9]|40))[0-9]{{6}}$"
    )
    tails = "|".join(digit * 6 for digit in "0123456789")
    counting = [run[at : at + 9] for run in ("01234567890123456789", "98765432109876543210") for at in range(10)]
    dubious = TEXT.str.contains(f"(?:{tails}|^.{{6}}123456)$") | TEXT.is_in(counting) | is_invented(knowledge)
    good = (new | TEXT.str.contains("^[0-9]{9}$")) & ~dubious
    g = TEXT.str.slice(3, 1)
    century = pl.when(g < "2").then(1900).otherwise(2000)
    return {
        "value": pl.when(good).then(TEXT),
        "kind": pl.when(new).then(pl.lit("cccd")).otherwise(pl.lit("cmnd")),
        "year": pl.when(new).then(century + TEXT.str.slice(4, 2).cast(pl.Int16, strict=False)),
        "sex": pl.when(new).then(pl.when(g.is_in(["1", "3"])).then(pl.lit("female")).otherwise(pl.lit("male"))),
    }


STANDARDISER = Standardiser("personal_id", {"kind": pl.String, "year": pl.Int16, "sex": pl.String}, True, _standardise)
"""`year` and `sex` are those in a 12-digit number, null for the others: for checks against the record's own."""
