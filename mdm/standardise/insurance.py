"""Social insurance numbers (10 digits) and health insurance cards (`DN4790123456789`; since 2021 the 10 digits alone).

A card is LL N PP and ten digits: group, benefit level, province (Decision 1351/QĐ-BHXH of 2015); the ten digits are the
social insurance number since September 2017. A person changes groups and keeps the number; the value keeps them all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import Judge, all_same, fault_of, is_invented, read_numbers, tidy, without_invented
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}")
_CARD_IN_TEXT = re.compile(r"(?<![A-Z\d])([A-Z]{2}[1-5][\dOIL]{12})(?:\d{5})?(?![A-Z\d])")
"""The five digits of the hospital of first contact often follow."""
_TEMPORARY = re.compile(r"[A-Z]{2}[1-5]\d{2}[A-Z]{2}\d+")
_COUNTING = "1234567890"
_ONE_DIGIT = "|".join(digit * 10 for digit in "0123456789")
_SEPARATORS = re.compile(r"[ \t.\-‐‑–—_'’]+")
_PIECES = re.compile(r"[;,|/\r\n]+")
_QR_SEPARATORS = 4
"""The QR code of a card parts its fields by `|`; the first is the card's number, the rest is no number."""


def normalise_social_insurance(text: str) -> str | None:
    """The one social insurance number of a text, 10 digits, or None when there is none or several."""
    values, _ = read_numbers(text, _judge)
    return values[0] if len(values) == 1 else None


def normalise_health_card(text: str) -> str | None:
    """The one health card of a text (15 characters, or 10 digits), or None when there is none or several."""
    values, _ = _read_cards(text, _judge)
    return values[0] if len(values) == 1 else None


def insurance_number(card: str) -> str | None:
    """The social insurance number in a canonical card."""
    return card[-10:] if _CARD.fullmatch(card) or len(card) == 10 else None


def _judge(digits: str, alone: bool) -> tuple[str | None, str | None]:
    if alone and len(digits) == 9 and digits[0] != "0":
        digits = "0" + digits
    if len(digits) != 10:
        return None, "personal_id" if len(digits) == 12 else "invalid"
    return (None, "placeholder") if all_same(digits) or digits == _COUNTING else (digits, None)


def _read_cards(text: str, judge: Judge) -> tuple[list[str], str | None]:
    text = tidy(text).upper()
    if text.count("|") >= _QR_SEPARATORS:
        text = text.partition("|")[0]
    cards: list[str] = []
    finding = None
    for piece in _PIECES.split(text):
        if not piece.strip():
            continue
        found, wrong = _read_card(piece, judge)
        cards += found
        finding = finding or wrong
    return list(dict.fromkeys(cards)), finding


def _read_card(piece: str, judge: Judge) -> tuple[list[str], str | None]:
    bare = _SEPARATORS.sub("", piece)
    if _CARD.fullmatch(bare):
        return _unless_placeholder(bare)
    if _TEMPORARY.fullmatch(bare):
        return [], "temporary"
    if card := _CARD_IN_TEXT.search(bare) or _CARD_IN_TEXT.search(piece):
        return _unless_placeholder(card[1][:3] + card[1][3:].replace("O", "0").replace("I", "1").replace("L", "1"))
    return read_numbers(piece, judge)


def _unless_placeholder(card: str) -> tuple[list[str], str | None]:
    return ([], "placeholder") if all_same(card[-10:]) else ([card], None)


def _social_insurance(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    judge = without_invented(_judge, knowledge)

    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        numbers, finding = read_numbers(text, judge)
        return [(number,) for number in numbers], finding if numbers else fault_of(text, finding, knowledge)

    ordinary = {"value": pl.when(_is_number(knowledge)).then(TEXT)}
    schema = SOCIAL_INSURANCE.schema
    return by_shape(values, schema, ordinary, lambda rest: by_items(parse, rest, schema))


def _health_card(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    judge = without_invented(_judge, knowledge)

    def parse(text: str) -> tuple[list[tuple[str, str | None]], str | None]:
        cards, finding = _read_cards(text, judge)
        found = [(card, insurance_number(card)) for card in cards]
        return found, finding if found else fault_of(text, finding, knowledge)

    card = TEXT.str.contains("^[A-Z]{2}[1-5][0-9]{12}$") & ~TEXT.str.contains(f"(?:{_ONE_DIGIT})$")
    ordinary = {"value": pl.when(card | _is_number(knowledge)).then(TEXT), "insurance": TEXT.str.tail(10)}
    return by_shape(values, HEALTH_CARD.schema, ordinary, lambda rest: by_items(parse, rest, HEALTH_CARD.schema))


def _is_number(knowledge: Knowledge) -> pl.Expr:
    bad = TEXT.str.contains(f"^(?:{_ONE_DIGIT}|{_COUNTING})$") | is_invented(knowledge)
    return TEXT.str.contains("^[0-9]{10}$") & ~bad


SOCIAL_INSURANCE = Standardiser("social_insurance", {}, True, _social_insurance)
HEALTH_CARD = Standardiser("health_card", {"insurance": pl.String}, True, _health_card)
STANDARDISERS = (SOCIAL_INSURANCE, HEALTH_CARD)
