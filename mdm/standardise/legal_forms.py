"""Legal forms under one code each (`TNHH1`, `CP`, `HKD` …), from a legal-form column or from the words in a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdm.standardise.codes import says_nothing
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.phrases import Lexicon, Words
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value
from mdm.standardise.text import repair

BRANCHES = ("CN", "VPDD", "DDKD")
"""Parts of a parent: branch, representative office, place of business."""
COMPANIES = frozenset(("", "TNHH1", "TNHH2", "CP", "HD", "DNTN", "LHHTX", "HTX", "HKD"))
"""Forms of whole organisations, and the word that only says "company"."""
_STRONGEST = (*BRANCHES, "TNHH1", "TNHH2", "CP", "HD", "DNTN", "LHHTX", "HTX", "HKD", "NN")
"""A name may say several forms: a joint stock company that runs a shop is a joint stock company."""


def combined(forms: Sequence[str]) -> str | None:
    """The one form that several words say together: `TNHH2` and `one` are TNHH1. None where they say nothing."""
    said = {form for form in forms if form}
    if said.isdisjoint(BRANCHES) and ("one" in said) and said.isdisjoint(("two", "CP")):
        return "TNHH1"
    known = next((form for form in _STRONGEST if form in said), None)
    if known is not None:
        return known
    return "TNHH2" if "two" in said else next((form for form in forms if form), None)


def normalise(text: str, lexicon: Lexicon) -> str | None:
    """The code of the form that a text says, or None."""
    text = repair(text)
    code = text.upper()
    if code and code in lexicon.codes:
        return code
    return combined(lexicon.forms(Words(text)))


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    lexicon = Lexicon.of(knowledge, str(options.get("language", "vi")))

    def parse(text: str) -> tuple[str | None, str | None]:
        form = normalise(text, lexicon)
        if form is not None or not text.strip():
            return form, None
        return None, "placeholder" if says_nothing(text, knowledge) else "unreadable"

    return by_value(parse, values, STANDARDISER.schema)


STANDARDISER = Standardiser("legal_form", {}, False, _standardise)
"""Option `language`: `vi`, or `en` for rule sets outside Vietnam."""
