"""The names that one cell holds: a second one in brackets, behind a dash or a slash, an earlier one; notes left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.legal_forms import BRANCHES
from mdm.standardise.organisation_parts import parts
from mdm.standardise.phrases import Lexicon, Words
from mdm.standardise.text import plain, repair

_SEVERAL = re.compile(r"[;|\r\n]+|\s/\s")
_PLAIN_ONE = frozenset(";|\r\n/(:")
"""A text without these, a dash between spaces, a long number and a comma is one name."""
_NOT_PLAIN = re.compile(r"\s[-–—]\s|\d{8}|,\s(?!ltd|inc|llc)", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]*)\)?")
_DASH = re.compile(r"\s+[-–—]\s+")
_ENDS = " \"'“”‘’«»-–—_,;:./\\|&*"
_QUOTED = frozenset('"“”«»')
_QUOTES = dict.fromkeys(map(ord, _QUOTED))
_NUMBER_TAIL = re.compile(
    r"[\s,.(–-]*\b(?:mst|mã số thuế|ma so thue|mã số dn|msdn|đkkd|dkkd)\b\W*(?:số\W*|so\W*)?\d[\d .-]{7,}", re.I
)
_SHORT_ENDS = ("corporation", "group", "corp", "jsc", "ltd", "co")
_NO_COMPANY = frozenset(("one", "two", "HKD", "NN", *BRANCHES))


class Asides:
    """The words of `words/organisation_notes.csv`, as patterns over plain text."""

    def __init__(self, knowledge: Knowledge) -> None:
        table = knowledge.table("words/organisation_notes.csv")
        said: dict[str, list[str]] = {"note": [], "other_name": []}
        for words, kind in table.select("words", "kind").iter_rows():
            said[kind].append(plain(words))
        self.note = re.compile(rf"\W*(?:{_either(said['note'])})\b")
        self.other_name = re.compile(rf"\W*(?:{_either(said['other_name'])})\b[\s:.]*")
        self.other_name_inside = re.compile(rf"[\s,(.–-]+(?:{_either(said['other_name'])})\b[\s:.]*")


def _either(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@lru_cache(maxsize=8)
def asides(knowledge: Knowledge) -> Asides:
    """The patterns of a knowledge."""
    return Asides(knowledge)


def normalise(text: str) -> str | None:
    """The readable name: Unicode repaired, single spaces, no quotes, no marks at its ends; None without a letter."""
    value = repair(text)
    if not _QUOTED.isdisjoint(value):
        value = " ".join(value.translate(_QUOTES).split())
    value = value.strip(_ENDS)
    return value if any(map(str.isalnum, value)) else None


def names(text: str, lexicon: Lexicon, words: Asides) -> list[str]:
    """The names in one cell, in the order of the text, each once."""
    if _PLAIN_ONE.isdisjoint(text) and not _NOT_PLAIN.search(text):
        name = normalise(text)
        return [] if name is None else [name]
    found = (name for piece in _SEVERAL.split(text) for name in _names(repair(piece), lexicon, words))
    return list(dict.fromkeys(name for name in map(normalise, found) if name is not None))


def _names(piece: str, lexicon: Lexicon, words: Asides) -> Iterator[str]:
    piece, others = _bracketed(_NUMBER_TAIL.sub(" ", piece), lexicon, words)
    if inside := words.other_name_inside.search(_aligned(piece)):
        others.insert(0, piece[inside.end() :])
        piece = piece[: inside.start()]
    yield from _either_side(piece, lexicon)
    yield from others


def _aligned(text: str) -> str:
    """Plain letters, place for place, or as it is where one letter would become several."""
    letters = plain(text) if text.isascii() else "".join(plain(letter) if letter != " " else " " for letter in text)
    return letters if len(letters) == len(text) else text.lower()


def _bracketed(piece: str, lexicon: Lexicon, words: Asides) -> tuple[str, list[str]]:
    """The text without those brackets that hold a name of their own or a note; and the names."""
    others: list[str] = []
    for bracket in list(_BRACKETS.finditer(piece)):
        inner = bracket[1]
        key = _aligned(inner)
        main = piece.replace(bracket[0], " ")
        if other := words.other_name.match(key):
            others.append(inner[other.end() :])
        elif not words.note.match(key):
            if not (_is_name(inner, lexicon) or _is_shop(inner, main, lexicon) or _is_short_name(inner, main, lexicon)):
                continue
            others.append(inner)
        piece = main
    return piece, others


def _either_side(piece: str, lexicon: Lexicon) -> list[str]:
    """`CÔNG TY TNHH PHÚC AN - PHUC AN CO., LTD` is two names: each side has a legal form and words beside it."""
    sides = _DASH.split(piece)
    return sides if len(sides) == 2 and all(_is_name(side, lexicon) for side in sides) else [piece]


def _is_name(text: str, lexicon: Lexicon) -> bool:
    """Whether a text holds the name of a whole company: a legal form, and words beside it."""
    words = Words(text)
    forms = lexicon.forms(words)
    if not any(form and form not in _NO_COMPANY for form in forms) or any(form in BRANCHES for form in forms):
        return False
    return any(word not in lexicon.form_words for word in words.plain)


def _is_shop(inner: str, main: str, lexicon: Lexicon) -> bool:
    """The shop of a household business in brackets behind its owner's name, or the other way round."""
    return _is_household(inner, lexicon) and _is_household(main, lexicon)


def _is_household(text: str, lexicon: Lexicon) -> bool:
    words = Words(text)
    phrase = lexicon.longest(words, 0, False) if words.plain else None
    return phrase is not None and phrase.form == "HKD" and len(words.plain) > len(phrase.words)


def _is_short_name(inner: str, main: str, lexicon: Lexicon) -> bool:
    """One word in brackets that is made of the first letters of the name's own words: `PHÚC AN (PACO)`."""
    words = Words(inner)
    if len(words.plain) != 1:
        return False
    short = words.plain[0]
    letters = "".join(word[0] for part in parts(Words(main), lexicon) if not part.form for word in part.words)
    ends = (short.removesuffix(end) for end in ("", *_SHORT_ENDS))
    return any(len(end) > 1 and letters.endswith(end) for end in ends)
