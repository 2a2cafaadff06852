"""Names of organisations in Latin letters, outside Vietnam: the words that are left without the legal form.

Nothing else is taken away: what is a mere line of business in one name is the whole name of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.latin import plain_words, tidy
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import PolarsType, Standardiser, by_value, frame_schema

FIELDS: dict[str, PolarsType] = {
    **dict.fromkeys(("key", "core", "initials"), pl.String),
    "words": pl.List(pl.String),
}
SCHEMA = frame_schema(FIELDS, multiple=False)
FORMS = "words/legal_forms.csv"

_JOINING = frozenset(
    ("and", "of", "the", "for", "at", "in", "a", "an", "de", "la", "le", "du", "des", "der", "die", "und")
)

Row = tuple[str | None, str | None, str | None, str | None, list[str] | None, str | None]


@lru_cache(maxsize=8)
def _forms(knowledge: Knowledge) -> tuple[frozenset[str], frozenset[str]]:
    """The words that only say what kind of company it is: anywhere in a name, and at its end."""
    table = knowledge.table(FORMS).filter(pl.col("language") == "en", ~pl.col("words").str.contains(" ", literal=True))
    anywhere = frozenset(table.filter(pl.col("place") == "any")["words"])
    return anywhere, anywhere | frozenset(table.filter(pl.col("place") == "end")["words"])


def read_organisation(text: str, knowledge: Knowledge) -> Row:
    """(value, key, core, initials, words, finding): `words` are those of the core, in order of the alphabet."""
    value = tidy(text)
    every = plain_words(value.replace("&", " and ")).split()
    anywhere, at_the_end = _forms(knowledge)
    core = [word for word in every if word not in anywhere and word not in _JOINING]
    while len(core) > 1 and core[-1] in at_the_end:
        core.pop()
    core = core or every
    if not core:
        return value or None, None, None, None, None, "unreadable" if value else None
    initials = "".join(word[0] for word in core)
    return value, " ".join(every), " ".join(core), initials, sorted(set(core)), None


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    return by_value(lambda text: read_organisation(text, knowledge), values, SCHEMA)


STANDARDISER = Standardiser("latin_organisation", FIELDS, multiple=False, function=_standardise)
