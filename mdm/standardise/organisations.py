"""Names of organisations, taken apart: legal form, lines of business, the distinctive words, and a branch.

`CTY TNHH MTV TM-DV-XNK PHÚC AN`, its long form and `PHUC AN TRADING SERVICE IMPORT EXPORT ONE MEMBER CO., LTD` have the
same form, lines and distinctive words. A branch is not its parent: what names it stands in a field of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from mdm.standardise.codes import says_nothing
from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.legal_forms import BRANCHES, COMPANIES, combined
from mdm.standardise.phrases import Lexicon, Phrase, Words
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser
from mdm.standardise.text import repair

Row = tuple[str, str, str, str | None, str | None, str | None]

_SEVERAL = re.compile(r"[;|\r\n]+|\s/\s")
_PLAIN_ONE = frozenset(";|\r\n/(")
"""A text without these is one name."""
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ENDS = " \"'“”‘’«»-–—_,;:./\\|&*"
_JOINING = frozenset(("va", "and", "the", "of"))
_BEFORE_A_PLACE = frozenset(("so", "tai", "o", "tinh", "tp", "thanh", "pho", "in", "of", "at", "the"))
_NUMBERED = frozenset(("q", "quan", "so", "tai", "huyen"))
_BRANCH_WORDS = {"CN": "chi nhanh", "VPDD": "van phong dai dien", "DDKD": "dia diem kinh doanh"}


@dataclass(frozen=True)
class Name:
    """A name and its parts, plain but for `value`; None where the name has no such part."""

    value: str
    key: str
    core: str
    lines: str | None
    form: str | None
    branch: str | None


def normalise(text: str) -> str | None:
    """The readable name: Unicode repaired, single spaces, no quotes or marks at its ends; None without a letter."""
    value = repair(text).strip(_ENDS)
    return value if any(map(str.isalnum, value)) else None


def names(text: str, lexicon: Lexicon) -> list[str]:
    """The names in one cell: parted by `;`, `|` and line ends, or a second one in brackets, known by its legal form."""
    if _PLAIN_ONE.isdisjoint(text):
        name = normalise(text)
        return [] if name is None else [name]
    found: list[str] = []
    for piece in _SEVERAL.split(text) if _SEVERAL.search(text) else (text,):
        aside = [inner for inner in _BRACKETS.findall(piece) if _is_name(inner, lexicon)]
        main = piece
        for inner in aside:
            main = main.replace(f"({inner})", " ")
        found += [name for name in map(normalise, (main, *aside)) if name is not None]
    return list(dict.fromkeys(found))


def _is_name(inner: str, lexicon: Lexicon) -> bool:
    """Whether brackets hold a name of its own: a legal form, and words beside it."""
    words = Words(inner)
    forms = lexicon.forms(words)
    if not any(form and form not in BRANCHES and form not in ("one", "two", "HKD", "NN") for form in forms):
        return False
    return any(word not in lexicon.form_words for word in words.plain)


def read(value: str, lexicon: Lexicon) -> Name:
    """The parts of one name in canonical form."""
    words = Words(value)
    parts = _parts(words, lexicon)
    body, branch, kind = _branch(parts, words, lexicon)
    forms = [part.phrase.form for part in body if part.phrase is not None and part.form]
    core = [word for part in body for word in part.core if word not in _JOINING]
    lines = sorted({line for part in body for line in part.lines})
    if not core:
        core = [word for part in body if not part.form for word in part.words] or words.plain
    form = kind or combined([form for form in forms if form is not None])
    return Name(value, " ".join(words.plain), " ".join(core), " ".join(lines) or None, form, branch)


class _Part(NamedTuple):
    """Some words of a name, and what they are: a legal form, lines of business, or distinctive words."""

    at: int
    words: list[str]
    phrase: Phrase | None = None
    form: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        return self.phrase.lines if self.phrase else ()

    @property
    def core(self) -> tuple[str, ...] | list[str]:
        if self.phrase is None:
            return self.words
        return (
            self.phrase.stands_for if self.phrase.stands_for else self.words if self.phrase.kept and self.form else ()
        )

    @property
    def is_branch(self) -> bool:
        return self.form and self.phrase is not None and self.phrase.form in BRANCHES

    @property
    def is_company(self) -> bool:
        return self.form and self.phrase is not None and self.phrase.form in COMPANIES


def _parts(words: Words, lexicon: Lexicon) -> list[_Part]:
    parts: list[_Part] = []
    plain, at, distinctive = words.plain, 0, False
    while at < len(plain):
        phrase = lexicon.longest(words, at, distinctive)
        if phrase is None:
            parts.append(_Part(at, [plain[at]]))
            distinctive = distinctive or plain[at] not in _JOINING
            at += 1
            continue
        stop = at + len(phrase.words)
        form = phrase.form is not None and _is_form(phrase, words, at, distinctive, lexicon)
        if form or phrase.lines or phrase.stands_for:
            parts.append(_Part(at, plain[at:stop], phrase, form))
        else:
            parts.append(_Part(at, plain[at:stop]))
        distinctive = distinctive or bool(parts[-1].core)
        at = stop
    return parts


def _is_form(phrase: Phrase, words: Words, at: int, distinctive: bool, lexicon: Lexicon) -> bool:
    stop = at + len(phrase.words)
    if phrase.place == "start":
        return not distinctive
    if phrase.place == "end":
        return distinctive and all(word in lexicon.form_words for word in words.plain[stop:])
    if (
        phrase.form in BRANCHES and phrase.lines
    ):  # CN is a branch where it begins, or ends and a place or number follows
        follows = words.plain[stop : stop + 1]
        apart = at in words.breaks or (bool(follows) and (follows[0] in _NUMBERED or follows[0].isdigit()))
        return at == 0 or (distinctive and apart)
    return True


def _branch(parts: list[_Part], words: Words, lexicon: Lexicon) -> tuple[list[_Part], str | None, str | None]:
    """The parts that name the parent, the text of the branch, and its kind."""
    place = next((i for i, part in enumerate(parts) if part.is_branch), None)
    if place is None:
        return parts, None, None
    phrase = parts[place].phrase
    kind = phrase.form if phrase else None
    body, named = (
        _headed(parts[place + 1 :], words) if place == 0 else _tailed(parts[:place], parts[place + 1 :], words)
    )
    text = " ".join(_place_words(named, lexicon.places)) or _BRANCH_WORDS[kind or "CN"]
    return body or parts, text, kind


def _headed(rest: list[_Part], words: Words) -> tuple[list[_Part], list[_Part]]:
    """CHI NHÁNH [2 | BÌNH DƯƠNG] CÔNG TY CP ABC [TẠI … | - … | SỐ 2]; in English: Branch of ABC Corp in …"""
    if not rest:
        return [], []
    company = 0 if words.plain[rest[0].at - 1 : rest[0].at] == ["of"] else _first_company(rest)
    named, body = rest[:company], rest[company:]
    distinctive = False
    for i, part in enumerate(body):
        apart = not named and not part.form and (part.at in words.breaks or _is_closing_number(body[i:]))
        if distinctive and (_leads_to_a_place(part, words) or apart):
            return body[:i], named + body[i:]
        distinctive = distinctive or bool(part.core)
    return body, named


def _first_company(parts: list[_Part]) -> int:
    return next((i for i, part in enumerate(parts) if part.is_company), 0)


def _is_closing_number(rest: list[_Part]) -> bool:
    """SỐ 2, and nothing after it."""
    said = [word for part in rest for word in part.words]
    return len(said) == 2 and said[0] == "so" and said[1].isdigit()


def _leads_to_a_place(part: _Part, words: Words) -> bool:
    return words.says(part.at, "tại") or part.words in (["in"], ["at"])


def _tailed(body: list[_Part], rest: list[_Part], words: Words) -> tuple[list[_Part], list[_Part]]:
    """CÔNG TY CP ABC - CN 2; in English the place stands before: ABC Co., Ltd. - Binh Duong Branch."""
    if rest:
        return body, rest
    cut = len(body)
    while cut > 0 and not body[cut - 1].form:
        cut -= 1
        if body[cut].at in words.breaks:
            break
    return (body[:cut], body[cut:]) if any(part.core for part in body[:cut]) else (body, [])


def _place_words(parts: list[_Part], places: Mapping[str, str]) -> list[str]:
    words: list[str] = []
    for part in parts:
        words += part.core if part.core and part.phrase is not None else part.words
    return [places.get(word, word) for word in words if word not in _BEFORE_A_PLACE]


def _standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    lexicon = Lexicon.of(knowledge, str(options.get("language", "vi")))

    def parse(text: str) -> tuple[list[Row], str | None]:
        found = names(text, lexicon)
        real = [_row(read(name, lexicon)) for name in found if not says_nothing(name, knowledge)]
        if real or not text.strip():
            return real, None
        return [], "placeholder" if found or says_nothing(text, knowledge) else "unreadable"

    return by_items(parse, values, STANDARDISER.schema)


def _row(name: Name) -> Row:
    return name.value, name.key, name.core, name.lines, name.form, name.branch


STANDARDISER = Standardiser(
    "organisation_name", dict.fromkeys(("key", "core", "lines", "form", "branch"), pl.String), True, _standardise
)
"""Option `language`: `vi`, or `en` for rule sets outside Vietnam (forms INC, LTD, LLC …; no lines of business)."""
