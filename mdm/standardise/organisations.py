"""Names of organisations, taken apart: legal form, lines of business, the distinctive words, and a branch.

`CTY TNHH MTV TM-DV-XNK PHÚC AN`, its long form and `PHUC AN TRADING SERVICE IMPORT EXPORT ONE MEMBER CO., LTD` have the
same form, lines and distinctive words. A branch is not its parent: what names it stands in a field of its own, as does
the owner of a household business that is named after him.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from mdm.standardise.codes import says_nothing
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.legal_forms import combined
from mdm.standardise.organisation_branches import branch, spelled_out
from mdm.standardise.organisation_cells import asides, names, normalise
from mdm.standardise.organisation_parts import JOINING, Part, parts
from mdm.standardise.phrases import Lexicon, Words
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser
from mdm.standardise.text import plain

__all__ = ["STANDARDISER", "Name", "is_organisation", "normalise", "read"]

Row = tuple[str, str, str, str | None, str | None, str | None, str | None]

_SHORTEST_PERSON, _LONGEST_PERSON = 3, 5
"""Words of a person's name: two may be a shop's (Kim Thành), though kim is a surname too."""


@dataclass(frozen=True)
class Name:
    """A name and its parts, plain but for `value`; None where the name has no such part."""

    value: str
    key: str
    core: str
    lines: str | None
    form: str | None
    branch: str | None
    owner: str | None


def read(value: str, lexicon: Lexicon, surnames: frozenset[str] = frozenset()) -> Name:
    """The parts of one name in canonical form; `surnames` (plain) tell the owner of a household business."""
    words = Words(value)
    body, place, kind = branch(parts(words, lexicon), words, lexicon.places)
    form = kind or combined([part.phrase.form for part in body if part.form and part.phrase and part.phrase.form])
    if form == "NN":
        return Name(value, " ".join(words.plain), _whole(body, lexicon.places), None, form, place, None)
    core = [word for part in body for word in part.core if word not in JOINING]
    owner, core = _owner(body, core, words, surnames) if form == "HKD" else (None, core)
    lines = sorted({line for part in body for line in part.lines})
    if not core:
        core = [word for part in body if not part.form for word in part.words] or words.plain
    return Name(value, " ".join(words.plain), " ".join(core), " ".join(lines) or None, form, place, owner)


def _whole(body: Sequence[Part], places: Mapping[str, str]) -> str:
    """A state unit is known by all its words: Trung tâm Y tế Quận 1 is not Trung tâm Quận 1 in the line y tế."""
    said: list[str] = []
    for part in body:
        if part.core:
            said += part.core
        elif len(part.lines) == 1:
            said += part.lines[0].split("_")
        else:
            said += part.words
    return " ".join(spelled_out([word for word in said if word not in JOINING], places))


def _owner(
    body: Sequence[Part], core: list[str], words: Words, surnames: frozenset[str]
) -> tuple[str | None, list[str]]:
    """The owner that a household business is named after, and the distinctive words.

    They are without the owner where he stands apart behind the shop's name (QUÁN PHỞ HÒA - NGUYỄN VĂN AN).
    """
    apart = next((i for i, part in enumerate(body) if i and part.at in words.breaks), None)
    if apart is not None:
        before = [word for part in body[:apart] for word in part.core]
        if before and _is_person(body[apart:], words, surnames):
            return " ".join(words.plain[body[apart].at :]), before
    named = [part for part in body if part.core]
    return (" ".join(core) if _is_person(named, words, surnames) else None), core


def _is_person(said: Sequence[Part], words: Words, surnames: frozenset[str]) -> bool:
    """Three words or more, no phrase among them, the first a surname with its own tones or none."""
    if not _SHORTEST_PERSON <= len(said) <= _LONGEST_PERSON or words.toned[said[0].at] not in surnames:
        return False
    return all(part.phrase is None and part.words[0].isalpha() for part in said)


@lru_cache(maxsize=8)
def surnames_of(knowledge: Knowledge) -> frozenset[str]:
    """The surnames of one syllable that stand first, in lower case, with tones and without."""
    rows = knowledge.table("words/surnames.csv").select("surname", "place").iter_rows()
    toned = {surname.lower() for surname, place in rows if place == "first" and " " not in surname}
    return frozenset(toned | {plain(surname) for surname in toned})


def is_organisation(text: str, knowledge: Knowledge) -> bool:
    """Whether a name says that it is an organisation's: by a legal form, of a firm anywhere, of any other at the start.

    A single word without its tones that a person's name may begin with (TRUONG VAN AN) says nothing.
    """
    lexicon = Lexicon.of(knowledge, "vi")
    words = Words(text)
    found = parts(words, lexicon)
    if any(part.form and part.phrase is not None and part.phrase.place == "any" for part in found):
        return True
    if not found or not found[0].form:
        return False
    toneless = len(found[0].words) == 1 and words.toned[0].isascii() and not _is_toneless(found[0])
    behind = found[1:]
    return not (toneless and behind and all(part.phrase is None for part in behind) and len(behind) < _LONGEST_PERSON)


def _is_toneless(part: Part) -> bool:
    return part.phrase is not None and part.phrase.toned.isascii()


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    lexicon = Lexicon.of(knowledge, str(options.get("language", "vi")))
    beside, surnames = asides(knowledge), surnames_of(knowledge)

    def parse(text: str) -> tuple[list[Row], str | None]:
        found = names(text, lexicon, beside)
        real = [_row(read(name, lexicon, surnames)) for name in found if not says_nothing(name, knowledge)]
        if real or not text.strip():
            return real, None
        return [], "placeholder" if found or says_nothing(text, knowledge) else "unreadable"

    return by_items(parse, values, STANDARDISER.schema)


def _row(name: Name) -> Row:
    return name.value, name.key, name.core, name.lines, name.form, name.branch, name.owner


STANDARDISER = Standardiser(
    "organisation_name",
    dict.fromkeys(("key", "core", "lines", "form", "branch", "owner"), pl.String),
    True,
    _standardise,
)
"""Option `language`: `vi`, or `en` for rule sets outside Vietnam (forms INC, LTD, LLC …; no lines of business)."""
