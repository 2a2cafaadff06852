"""Phrases known in the names of organisations, and how they are found: the longest one first, with or without tones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.text import plain

_TOKEN = re.compile(r"[^\W_]+|\s[-–—]|[-–—]\s|[(,:;]")
_DOTTED = re.compile(r"(?<![^\W\d_])([^\W\d_])\.(?=[^\W\d_](?![^\W\d_]))")
_DROPPED = frozenset("'’‘ʼ`´\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")
_DROP = dict.fromkeys(map(ord, _DROPPED))
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_VOWEL = re.compile(r"[aeiouy]")


_SHORTEST_GLUED = 4
_ABBREVIATED = range(2, 5)
"""Letters of an abbreviation that may be a part of a longer one."""


class Words:
    """The words of a text, as written and plain, and before which of them stands a dash, a bracket or a comma."""

    __slots__ = ("breaks", "plain", "toned")

    def __init__(self, text: str) -> None:
        self.toned: list[str] = []
        self.breaks: set[int] = set()
        text = text.lower()
        if "." in text:
            text = _DOTTED.sub(r"\1", text)
        if not _DROPPED.isdisjoint(text):
            text = text.translate(_DROP)
        for token in _TOKEN.findall(text):
            if token[-1].isalnum():
                self.toned.append(token)
            else:
                self.breaks.add(len(self.toned))
        self.plain = [word if word.isascii() else _plain_word(word) for word in self.toned]

    def says(self, at: int, word: str) -> bool:
        """Whether the word at a place is `word`, with its own tones or none at all."""
        written = self.toned[at]
        return written == word or (written.isascii() and written == _plain_word(word))


@lru_cache(maxsize=1 << 16)
def _plain_word(word: str) -> str:
    return _NOT_PLAIN.sub("", plain(word)) or word


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words and what they say: a legal form, lines of business, or other words that they stand for."""

    words: tuple[str, ...]
    toned: str = ""
    form: str | None = None
    place: str = "any"
    kept: bool = False
    lines: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()

    def fits(self, words: Words, at: int, distinctive: bool) -> bool:
        """Whether the phrase stands at a place, after distinctive words or before them.

        A single word must have its own tones or none: Trương isn't trường. Abbreviations have no vowel and no tones.
        """
        if self.place == "start" and distinctive and not self.lines:
            return False
        if len(self.words) > 1:
            return words.plain[at : at + len(self.words)] == list(self.words)
        written = words.toned[at]
        return written.isascii() or written == self.toned or not _VOWEL.search(self.words[0])


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All phrases of one language by their first word, the longest first."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    form_words: frozenset[str]
    """Every word that occurs in the writing of a legal form."""
    codes: frozenset[str]
    """Every legal form's own code."""
    abbreviated: Mapping[str, tuple[str, ...]]
    """Lines of business by their abbreviation: `tm`, `xnk`."""
    places: Mapping[str, str]
    """What single words stand for in the text of a branch: `q` → `quan`."""

    @staticmethod
    @lru_cache(maxsize=8)
    def of(knowledge: Knowledge, language: str) -> Lexicon:
        """The lexicon of `words/legal_forms.csv`, and for Vietnamese of the business words and abbreviations too."""
        forms = list(_forms(knowledge, language))
        others = [*_lines(knowledge), *_abbreviations(knowledge)] if language == "vi" else []
        merged: dict[tuple[str, ...], Phrase] = {}
        for phrase in (*forms, *others):
            known = merged.get(phrase.words)
            merged[phrase.words] = (
                phrase
                if known is None
                else replace(known, lines=known.lines or phrase.lines, stands_for=known.stands_for or phrase.stands_for)
            )
        by_first: dict[str, list[Phrase]] = {}
        for phrase in merged.values():
            by_first.setdefault(phrase.words[0], []).append(phrase)
        return Lexicon(
            {word: tuple(sorted(found, key=lambda p: -len(p.words))) for word, found in by_first.items()},
            frozenset(word for phrase in forms for word in phrase.words),
            frozenset(phrase.form for phrase in forms if phrase.form and phrase.form.isupper()),
            {p.words[0]: p.lines for p in merged.values() if _is_abbreviation(p)},
            _places(knowledge) if language == "vi" else {},
        )

    def longest(self, words: Words, at: int, distinctive: bool) -> Phrase | None:
        """The longest phrase that stands at a place, or None."""
        for phrase in self.phrases.get(words.plain[at], ()):
            if phrase.fits(words, at, distinctive):
                return phrase
        return None

    def glued(self, word: str) -> Phrase | None:
        """Abbreviations of lines of business written as one word: `tmdvxd`. None where a letter is left over."""
        return _glued(self, word) if len(word) >= _SHORTEST_GLUED and not _VOWEL.search(word) else None

    def forms(self, words: Words) -> list[str]:
        """The legal forms said anywhere in a text, in its order."""
        found: list[str] = []
        at = 0
        while at < len(words.plain):
            phrase = self.longest(words, at, False)
            if phrase is not None and phrase.form is not None:
                found.append(phrase.form)
            at += len(phrase.words) if phrase else 1
        return found


@lru_cache(maxsize=1 << 12)
def _glued(lexicon: Lexicon, word: str) -> Phrase | None:
    cuts: dict[int, tuple[str, ...]] = {0: ()}
    for stop in range(2, len(word) + 1):
        for start in [start for start in cuts if stop - start in _ABBREVIATED]:
            lines = lexicon.abbreviated.get(word[start:stop])
            if lines is not None and stop not in cuts:
                cuts[stop] = cuts[start] + lines
    lines = cuts.get(len(word), ())
    return Phrase((word,), word, lines=tuple(dict.fromkeys(lines))) if lines else None


def _forms(knowledge: Knowledge, language: str) -> Iterable[Phrase]:
    for row in knowledge.table("words/legal_forms.csv").iter_rows(named=True):
        if row["language"] == language:
            yield Phrase(
                _split(row["words"]), row["words"], row["form"] or "", row["place"] or "any", kept=row["kept"] == "yes"
            )


def _lines(knowledge: Knowledge) -> Iterable[Phrase]:
    for row in knowledge.table("words/business_words.csv").iter_rows(named=True):
        yield Phrase(_split(row["words"]), row["words"], lines=tuple(row["lines"].split()))


def _abbreviations(knowledge: Knowledge) -> Iterable[Phrase]:
    for row in knowledge.table("words/name_abbreviations.csv").iter_rows(named=True):
        if row["place"] != "branch":
            words = _split(row["abbreviation"])
            yield Phrase(words, row["abbreviation"], place=row["place"], stands_for=tuple(row["words"].split()))


def _places(knowledge: Knowledge) -> Mapping[str, str]:
    rows = knowledge.table("words/name_abbreviations.csv").iter_rows(named=True)
    return {row["abbreviation"]: row["words"] for row in rows if row["place"] == "branch"}


def _is_abbreviation(phrase: Phrase) -> bool:
    word = phrase.words[0]
    return bool(phrase.lines) and len(phrase.words) == 1 and len(word) in _ABBREVIATED and not _VOWEL.search(word)


def _split(words: str) -> tuple[str, ...]:
    return tuple(map(_plain_word, words.split()))
