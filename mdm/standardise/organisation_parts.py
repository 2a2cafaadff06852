"""The words of an organisation's name in order: legal forms, lines of business, distinctive words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mdm.standardise.legal_forms import BRANCHES, COMPANIES
from mdm.standardise.phrases import Lexicon, Phrase, Words

JOINING = frozenset(("va", "and", "the", "of"))
_NUMBERED = frozenset(("q", "quan", "so", "tai", "huyen"))


class Part(NamedTuple):
    """Some words of a name, and what they are: a legal form, lines of business, or distinctive words."""

    at: int
    words: Sequence[str]
    core: Sequence[str]
    """The distinctive words that they are, or stand for."""
    phrase: Phrase | None = None
    form: bool = False
    lines: Sequence[str] = ()
    """The lines of business that the words may say."""

    @property
    def is_branch(self) -> bool:
        """Chi nhánh and its like."""
        return self.form and self.phrase is not None and self.phrase.form in BRANCHES

    @property
    def is_company(self) -> bool:
        """The form of a whole organisation."""
        return self.form and self.phrase is not None and self.phrase.form in COMPANIES

    @property
    def is_firm(self) -> bool:
        """The form of a company that has other places than itself: not a household's."""
        return self.is_company and self.phrase is not None and self.phrase.form != "HKD"


def parts(words: Words, lexicon: Lexicon) -> list[Part]:
    """The parts of a name: at each place the longest phrase that may stand there, or a distinctive word."""
    found: list[Part] = []
    plain, at, distinctive = words.plain, 0, False
    known = lexicon.phrases
    while at < len(plain):
        phrase = lexicon.longest(words, at, distinctive) if plain[at] in known else lexicon.glued(plain[at])
        stop = at + (1 if phrase is None else len(phrase.words))
        said = plain[at:stop]
        form = phrase is not None and phrase.form is not None and _is_form(phrase, words, at, distinctive, lexicon)
        if phrase is not None and (form or phrase.lines or phrase.stands_for):
            core = phrase.stands_for or (said if phrase.kept and form else ())
            found.append(Part(at, said, core, phrase, form, phrase.lines))
        else:
            core = said
            found.append(Part(at, said, said))
        distinctive = distinctive or (bool(core) and (phrase is not None or said[0] not in JOINING))
        at = stop
    return found


def _is_form(phrase: Phrase, words: Words, at: int, distinctive: bool, lexicon: Lexicon) -> bool:
    stop = at + len(phrase.words)
    if phrase.place == "start":
        return not distinctive
    if phrase.place == "end":
        return distinctive and all(word in lexicon.form_words for word in words.plain[stop:])
    if phrase.form in BRANCHES and phrase.lines:
        # CN is a branch where it begins, or ends and a place or number follows
        follows = words.plain[stop : stop + 1]
        apart = at in words.breaks or (bool(follows) and (follows[0] in _NUMBERED or follows[0].isdigit()))
        return at == 0 or (distinctive and apart)
    return True
