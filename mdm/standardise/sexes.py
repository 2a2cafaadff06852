"""Sex: `male` or `female`, from the words people write or the codes that were found of a source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from mdm.standardise.codes import says_nothing, tidy
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value

SEXES = ("male", "female")


def folded(text: str) -> str:
    """The form under which words and codes are looked up: `' 1.0'` → `1`, `NỮ.` → `nữ`."""
    return " ".join(tidy(text).casefold().strip(" .'()").split()).removesuffix(".0")


def normalise(text: str, knowledge: Knowledge, codes: Mapping[str, str] | None = None) -> str | None:
    """`male` or `female`; a source's own codes come before the words of `words/sexes.csv`. None for anything else."""
    key = folded(text)
    sex = (codes or {}).get(key) or _words(knowledge).get(key)
    return sex if sex in SEXES else None


def is_word(text: str, knowledge: Knowledge) -> bool:
    """Whether a text is a word for sex, or for neither, in any source; bare codes are not."""
    return folded(text) in _words(knowledge)


@lru_cache(maxsize=8)
def _words(knowledge: Knowledge) -> Mapping[str, str]:
    return dict(knowledge.table("words/sexes.csv").select("word", "sex").iter_rows())


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    codes = {folded(code): sex for code, sex in profile.sex_codes.items()}

    def parse(text: str) -> tuple[str | None, str | None]:
        sex = normalise(text, knowledge, codes)
        return sex, None if sex is not None else _finding(folded(text), knowledge)

    return by_value(parse, values, STANDARDISER.schema)


def _finding(key: str, knowledge: Knowledge) -> str | None:
    if not key:
        return None
    if _words(knowledge).get(key) == "unknown" or says_nothing(key, knowledge):
        return "placeholder"
    return "ambiguous" if key.isdigit() or key in ("true", "false", "t", "n") else "unreadable"


STANDARDISER = Standardiser("sex", {}, False, _standardise, habits=("sex_codes",))
