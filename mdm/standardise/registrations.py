"""Registration numbers of businesses: the enterprise number, since 2010 the tax code, and what stood before it.

Old numbers (`4102012345`) and those of household businesses (`41A8012345`: province, letter of the district, 8 and six
digits) fail the check digit of a tax code, and are good keys all the same: kind `so_dkkd_cu`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise import tax_codes
from mdm.standardise.codes import all_same, invented_numbers, normalise_code, says_nothing, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

_PIECES = re.compile(r"[;,|\r\n]+|\s/\s")
_LABEL = re.compile(
    r"^\W*(?:(?:số|so|gcn|giấy|cn|đkkd|dkkd|đkdn|dkdn|msdn|mst|gp|gpkd|hkd|"
    r"(?:mã |ma )?(?:số |so )?(?:doanh nghiệp|thuế))\b\W*)+",
    re.IGNORECASE,
)
_OLD_FIRM = re.compile(r"41[01]\d{7}|41[1-9]0\d{8}")
_OLD_HOUSEHOLD = re.compile(r"\d{2}[A-ZĐ]{1,2}\d{7}")
_SHORTEST = 5

Item = tuple[str, str, str | None]
"""value, kind, base."""


def read(text: str, knowledge: Knowledge) -> tuple[list[Item], str | None]:
    """Every number of a cell with its kind and, for a dependent unit, its parent's number; and what was wrong."""
    text = tidy(text)
    if not text:
        return [], None
    if says_nothing(text, knowledge):
        return [], "placeholder"
    items: dict[str, Item] = {}
    finding = None
    for piece in _PIECES.split(text):
        item, wrong = _read_piece(piece, knowledge) if piece.strip() else (None, None)
        finding = finding or wrong
        if item is not None:
            items.setdefault(item[0], item)
    return list(items.values()), finding if items else finding or "invalid"


def _read_piece(piece: str, knowledge: Knowledge) -> tuple[Item | None, str | None]:
    label = _LABEL.match(piece)
    bare = piece[label.end() :] if label else piece
    code = normalise_code(bare)
    if code is None or not any(map(str.isdigit, code)) or len(code) < _SHORTEST:
        return None, "placeholder" if code and not code.strip("0") else "invalid"
    if all_same(code) or code in invented_numbers(knowledge):
        return None, "placeholder"
    if _OLD_HOUSEHOLD.fullmatch(code):
        return (code, "so_dkkd_cu", None), None
    number = tax_codes.normalise(bare)
    if number is not None:
        return (number, _kind(number), number[:10] if "-" in number else None), None
    if _OLD_FIRM.fullmatch(code):
        return (code, "so_dkkd_cu", None), None
    return (code, "other", None), None


def _kind(number: str) -> str:
    return "branch" if "-" in number else "enterprise" if len(number) == 10 else "personal"


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    good = TEXT.str.contains("^[0-9]{10}$") & tax_codes.checks(TEXT) & ~TEXT.is_in(sorted(invented_numbers(knowledge)))
    household = TEXT.str.contains("^[0-9]{2}[A-Z][0-9]{7}$")
    ordinary = {
        "value": pl.when(good | household).then(TEXT),
        "kind": pl.when(good).then(pl.lit("enterprise")).otherwise(pl.lit("so_dkkd_cu")),
    }
    return by_shape(
        values,
        STANDARDISER.schema,
        ordinary,
        lambda rest: by_items(lambda text: read(text, knowledge), rest, STANDARDISER.schema),
    )


STANDARDISER = Standardiser("registration", {"kind": pl.String, "base": pl.String}, True, _standardise)
"""Kinds: `enterprise` (10 digits, a tax code), `branch` (`base` is the parent's), `personal`, `so_dkkd_cu`, `other`."""
