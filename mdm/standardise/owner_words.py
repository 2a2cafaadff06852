"""The words by which a text of owners is cut, found in it as marks: phrases of `words/owner_words.csv` by kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.name_reading import title_length
from mdm.standardise.name_words import MIDDLES, Lexicon, is_surname, lexicon, token, word_forms

_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\u0300-\u036f~?])*|\d+|[^\w\s]|\n|_")
SIGNS = frozenset(",(.-–—/&+")
"""What may stand between owners."""
ALONE = frozenset(["ông", "bà", "ô", "ong"])
"""Titles that part two owners without any sign before them; Anh and the like may be in a name."""
BARE_AND = frozenset(["va", "cung", "voi"])
"""Words between owners without their tones: they may be names, so a title must follow."""
_REACH = 8
"""So many words are looked at for a title and what follows it."""
_AFFIX = re.compile(r"[hyk]['’]")


class Mark(NamedTuple):
    """A phrase of some kind, and how many tokens it takes."""

    kind: str
    size: int


class OwnerWords:
    """The phrases by their first word, the longest first, and the words of names."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.names: Lexicon = lexicon(knowledge)
        self.title_starts = self.names.title_starts | {"b"}
        self.borders = self.title_starts | SIGNS | BARE_AND | {";", "\n"}
        table = knowledge.table("words/owner_words.csv")
        phrases = {
            tuple(_TOKEN.findall(form)): kind
            for kind in reversed(table["kind"].unique(maintain_order=True).to_list())
            for form in word_forms(table.filter(pl.col("kind") == kind)["words"])
        }
        self.starts = sorted({" ".join(phrase[:2]) for phrase in phrases})
        """The first words of phrases, two or the only one: a text that begins so is no mere name."""
        firsts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase in sorted(phrases, key=lambda words: (-len(words), words)):
            firsts.setdefault(phrase[0], []).append((phrase, phrases[phrase]))
        self.phrases: Mapping[str, list[tuple[tuple[str, ...], str]]] = firsts
        capacity, representative = (
            "|".join(map(re.escape, word_forms(table.filter(pl.col("kind") == kind)["words"])))
            for kind in ("capacity", "representative")
        )
        self.capacity = re.compile(rf"\((?:(?:{representative})\s+)?(?:{capacity})(?!\w)[^()]*\)", re.IGNORECASE)


@lru_cache(maxsize=4)
def owner_words(knowledge: Knowledge) -> OwnerWords:
    """The owner words of one knowledge, built once."""
    return OwnerWords(knowledge)


class Tokens:
    """A text of owners as words, numbers and signs, with the marks found among them."""

    __slots__ = ("_after", "candidates", "ends", "is_word", "marks", "starts", "text", "words", "written")

    def __init__(self, text: str, words: OwnerWords) -> None:
        self.text = text
        self.words = words
        found = list(_TOKEN.finditer(text))
        self.written = [piece[0].lower() for piece in found]
        self.starts = [piece.start() for piece in found]
        self.ends = [piece.end() for piece in found]
        self.is_word = [*(piece[0].isalpha() for piece in self.written), False, False, False]
        """Whether a token is a word, no number or sign; so that one may look beyond the end, nothing is there."""
        self.marks: dict[int, Mark] = {}
        self.candidates: list[int] = []
        """Tokens at which another party may begin."""
        self._after: dict[int, int] = {}
        self._look()

    def __len__(self) -> int:
        return len(self.written)

    def _look(self) -> None:
        phrases, borders, written = self.words.phrases, self.words.borders, self.written
        at = 0
        while at < len(written):
            said, size = written[at], 1
            known = phrases.get(said)
            if known is not None:
                for phrase, kind in known:
                    if len(phrase) == 1 or tuple(written[at : at + len(phrase)]) == phrase:
                        if self._holds(at, phrase, kind):
                            size = len(phrase)
                            self.marks[at] = Mark(kind.removeprefix("first_"), size)
                        break
            if size > 1 or said in borders or at in self.marks or said.isdigit():
                self.candidates.append(at)
            at += size

    def _holds(self, at: int, phrase: tuple[str, ...], kind: str) -> bool:
        """Whether a phrase means what it mostly does: khu phố names an owner only in front, Trường may be Trương."""
        if kind == "first_organisation":
            return at == 0 or self.written[at - 1] == ":"
        if kind != "organisation" or len(phrase) > 1 or not token(phrase[0]).legal:
            return True
        titled = at > 0 and self.written[at - 1] in ALONE
        middle = self.is_word[at + 2] and self.written[at + 1] in ("thị", "văn")
        return not middle or not (titled or token(phrase[0]).plain in self.words.names.surnames)

    def kind(self, at: int) -> str | None:
        """The kind of the phrase that begins at a token."""
        mark = self.marks.get(at)
        return mark.kind if mark else None

    def spaced(self, at: int) -> bool:
        """Whether a sign stands apart from what is before and after it."""
        before = at == 0 or self.ends[at - 1] < self.starts[at]
        return before and (at + 1 == len(self) or self.ends[at] < self.starts[at + 1])

    def after_titles(self, at: int) -> int:
        """The first token after the titles that begin at a token; dots and colons among them are passed."""
        known = self._after.get(at)
        if known is None:
            known = self._after[at] = self._passed(at)
        return known

    def _passed(self, at: int) -> int:
        starts = self.words.title_starts
        while at < len(self.written) and self.written[at] in starts and self.kind(at) != "organisation":
            places: list[int] = []
            place = at
            while len(places) < _REACH and (self.is_word[place] or self.written[place : place + 1] in (["."], [":"])):
                if self.is_word[place]:
                    places.append(place)
                place += 1
            size = title_length([self.written[place] for place in places], self.words.names)
            if not size and self.written[at] == "ông" and len(places) > 1 and place < len(self):
                size = 1  # with more in the text than a name, Ông is no surname
            if not size and not self._is_mrs(at):
                break
            title, at = self.written[at], places[size] if size else at + 2
            if size and self.written[at] == title:  # bà Bà Thị Lan
                break
        return at

    def _is_mrs(self, at: int) -> bool:
        """`Ô. An - B. Lan`: B. is Bà where Ô. is said too."""
        return self.written[at : at + 2] == ["b", "."] and self.is_word[at + 2] and "ô" in self.written[:at]

    def leads(self, at: int, *, titled: bool = False) -> bool:
        """Whether a name may begin here: a surname, a word for the sex, H' and the like; after a title also Văn."""
        if not self.is_word[at]:
            return False
        word, names = self.written[at], self.words.names
        if titled and self.is_word[at + 1] and token(word).plain in MIDDLES:
            return True
        if _AFFIX.match(word) or (word in names.prefixes and word not in MIDDLES):
            return True
        dress = token(word)
        double = self.is_word[at + 1] and (dress.plain, token(self.written[at + 1]).plain) in names.double_starts
        return double or is_surname(dress, names)
