"""Free words (ethnicity, nationality, industry, status): spaces and Unicode put right, and their ASCII key."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.codes import says_nothing
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser
from mdm.standardise.text import plain, repair

_PIECES = re.compile(r"[;|\r\n]+")
_NOT_WORDS = re.compile(r"[\W_]+")


def normalise(text: str) -> str | None:
    """NFC, single spaces, none at the ends; None where no letter or digit is left."""
    value = repair(text)
    return value if any(map(str.isalnum, value)) else None


def plain_words(text: str) -> str:
    """ASCII words in lower case parted by one space: `Công nghiệp  (chế biến)` → `cong nghiep che bien`."""
    return _NOT_WORDS.sub(" ", plain(text)).strip()


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    def parse(text: str) -> tuple[list[tuple[str, str]], str | None]:
        pieces = [value for value in map(normalise, _PIECES.split(text)) if value is not None]
        real = [(value, plain_words(value)) for value in dict.fromkeys(pieces) if not says_nothing(value, knowledge)]
        if real or not text.strip():
            return real, None
        return [], "placeholder" if pieces or says_nothing(text, knowledge) else "unreadable"

    return by_items(parse, values, STANDARDISER.schema)


STANDARDISER = Standardiser("text", {"plain": pl.String}, True, _standardise)
