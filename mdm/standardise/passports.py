"""Passport numbers: `C1234567` until 2022, `P` and eight digits since; other countries' have up to nine characters.

A passport number changes at each issue, every ten years: one person has several.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import all_same, fault_of, says_nothing, sequential, tidy
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

_PIECES = re.compile(r"[;,/|\r\n]+")
_SEPARATORS = re.compile(r"[\s.\-‐‑–—_'’<]+")
_VIETNAMESE = re.compile(r"[BCDEKNPS][\dOIL]{7,8}")
"""The letters of ordinary, official and diplomatic books, and of those since 2022; what follows them is digits."""
_LABEL = re.compile(r"^\W*(?:(?:HỘ CHIẾU|HO CHIEU|PASSPORT|HC|SỐ|NO)\b\W*)+")
_PERSONAL = re.compile(r"0\d{11}")
_ICAO = re.compile(r"(?=(?:[A-Z]*\d){4})[A-Z\d]{6,9}")
"""Doc 9303: up to nine letters and digits; fewer than four digits is a word."""
_ONE_DIGIT = "|".join(f"{digit}{{7,8}}" for digit in "0123456789")
_IN_TEXT = re.compile(r"\b[A-Z]{0,2}\d{6,8}\b")


def normalise(text: str) -> str | None:
    """The one passport number of a text in capitals without separators, or None when there is none or several."""
    values, _ = _read(text)
    return values[0] if len(values) == 1 else None


def is_valid(number: str) -> bool:
    """Whether a text is a passport number in canonical form."""
    return _ICAO.fullmatch(number) is not None and _fault(number) is None


def _read(text: str) -> tuple[list[str], str | None]:
    found: list[str] = []
    finding = None
    for piece in _PIECES.split(tidy(text).upper()):
        number = _number(piece)
        wrong = (_unread(piece) if number is None else _fault(number)) if piece.strip() else None
        finding = finding or wrong
        if number is not None and wrong is None:
            found.append(number)
    return list(dict.fromkeys(found)), finding


def _number(piece: str) -> str | None:
    bare = _SEPARATORS.sub("", _LABEL.sub("", piece))
    if _VIETNAMESE.fullmatch(bare) and 2 * sum(map(str.isdigit, bare)) > len(bare):
        return bare[0] + bare[1:].replace("O", "0").replace("I", "1").replace("L", "1")
    if _ICAO.fullmatch(bare):
        return bare
    inside = _IN_TEXT.search(piece)
    return inside[0] if inside else None


def _unread(piece: str) -> str:
    return "personal_id" if _PERSONAL.fullmatch(_SEPARATORS.sub("", piece)) else "invalid"


def _fault(number: str) -> str | None:
    digits = number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "placeholder" if all_same(digits) or (len(digits) >= 7 and sequential(digits) and number == digits) else None


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        numbers, finding = _read(text)
        real = [(number,) for number in numbers if not says_nothing(number, knowledge)]
        if len(real) < len(numbers):
            finding = "placeholder"
        return real, finding if real else fault_of(text, finding, knowledge)

    good = TEXT.str.contains("^[A-Z][0-9]{7,8}$") & ~TEXT.str.contains(f"^[A-Z](?:{_ONE_DIGIT})$")
    schema = STANDARDISER.schema
    return by_shape(values, schema, {"value": pl.when(good).then(TEXT)}, lambda rest: by_items(parse, rest, schema))


STANDARDISER = Standardiser("passport", {}, True, _standardise)
