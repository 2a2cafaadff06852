"""The words that names are made of: the dresses of one word, and the word lists of `rules/words` made ready to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from mdm.standardise.encodings import encode
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.syllables import canonical, folded, is_plain_syllable, is_syllable
from mdm.standardise.text import plain, title_case

JOINING = ("và", "va", "cùng", "với")
"""Words between two names; each is a name too."""
MIDDLES = frozenset(["thi", "van"])
"""Middle names that say the sex; each is a rare surname too."""


class Token(NamedTuple):
    """One word of a name in its dresses."""

    title: str
    key: str
    plain: str
    legal: bool
    """A Vietnamese syllable, with its marks or without."""


@lru_cache(maxsize=1 << 16)
def token(word: str) -> Token:
    """The dresses of one lower-case word."""
    spelled = canonical(word)
    titled = word[:1].upper() + word[1:] if "?" in word else title_case(spelled)
    bare = spelled.replace("'", "").replace("-", " ")
    return Token(
        title=titled,
        key=" ".join(map(folded, bare.split())),
        plain=plain(bare),
        legal=is_syllable(spelled) or is_plain_syllable(word),
    )


class Lexicon:
    """The word lists of names."""

    def __init__(self, knowledge: Knowledge) -> None:
        surnames = knowledge.table("words/surnames.csv")
        self.clear = _spelled(surnames.filter(pl.col("clear") == "yes")["surname"])
        self.plain_clear = {plain(name) for name in self.clear}
        self.common = self.clear | _spelled(surnames.filter(pl.col("clear") == "common")["surname"])
        """Surnames of many; a clear one is hardly ever anything else."""
        self.surnames = _spelled(surnames["surname"])
        given = knowledge.table("words/given_names.csv")["given"]
        self.given = {folded(name.lower()) for name in given}
        self.plain_given = set(map(plain, given))
        rare, common = (surnames.filter(pl.col("clear").eq("rare") == is_rare)["surname"] for is_rare in (True, False))
        self.rare = set(map(plain, rare)) - set(map(plain, common))
        """Plain surnames that are far oftener given names; plain, so that a lost tone changes no order."""
        marked = surnames.filter(pl.col("clear") == "yes")["surname"]
        self.marked_surnames = {plain(name) for name in marked} - {name.lower() for name in surnames["surname"]}
        """Surnames that are never written without marks, without them."""
        self.foreign = set(surnames.filter(pl.col("people") == "foreign")["surname"].str.to_lowercase())
        """Surnames from abroad that look like keystrokes left in: Lee, unless other words of the text have such too."""
        self.surname_words = {word for name in surnames["surname"] for word in name.lower().split()} - self.foreign
        self.highland = {plain(name) for name in surnames.filter(pl.col("people") == "highland")["surname"]}
        lost = _lost(surnames["surname"]).items()
        self.lost_surnames = {form: name for form, name in lost if folded(name.lower()) in self.common - self.rare}
        """What a save as ANSI leaves of a common surname, in lower case, where no other surname loses the same."""
        self.double = _by_words(name for name in surnames["surname"] if " " in name)
        self.last = _by_words(surnames.filter(pl.col("place") == "last")["surname"])
        self.double_starts = {surname[:2] for surname in self.double}
        self.last_ends = {surname[-1] for surname in self.last}
        prefixes = knowledge.table("words/name_prefixes.csv")
        self.prefixes = frozenset(prefixes["word"])
        self.before_surname = frozenset(prefixes.filter(pl.col("surname") == "last")["word"])
        self._read_titles(knowledge.table("words/titles.csv"))
        self._read_notes(knowledge.table("words/name_notes.csv"))
        self._read_no_name(knowledge.table("words/no_name.csv"))
        self.odd_starts = self.other_starts | self.title_starts | self.no_name_firsts | self.prefixes | MIDDLES
        """First words that need a closer look than an ordinary name gets."""
        starts = self.titles | {tuple(start.split()) for start in self.no_name_starts}
        self.lone_starts = self.other_starts | {start[0] for start in starts if len(start) == 1}
        self.pair_starts = {" ".join(start[:2]) for start in starts if len(start) > 1}
        """The same told apart: those that need it whatever follows, and first two words that do."""

    def _read_titles(self, titles: pl.DataFrame) -> None:
        def said(when: str) -> frozenset[tuple[str, ...]]:
            return frozenset(_by_words(titles.filter(pl.col("when") == when)["words"], toneless=False))

        self.sure_titles, self.name_titles = said("sure"), said("before_name")
        self.labels = said("label") | frozenset(_by_words(titles.filter(pl.col("when") == "label")["words"]))
        titles = titles.filter(pl.col("when") != "label")
        bare = _by_words(titles.filter(pl.col("toneless") == "yes")["words"])
        self.titles = frozenset(bare) | frozenset(_by_words(titles["words"], toneless=False))
        self.title_starts = {title[0] for title in self.titles}
        self.longest_title = max(map(len, self.titles))

    def _read_notes(self, notes: pl.DataFrame) -> None:
        forms: dict[str, list[str]] = {}
        numbered: list[str] = []
        """Toneless phrases that may be names as well: a number or a colon must follow."""
        for words, says, toneless in notes.select("words", "says", "toneless").iter_rows():
            forms.setdefault(says, []).append(words)
            if toneless == "yes":
                forms[says].append(plain(words))
            elif toneless == "number" and says == "end":
                numbered.append(plain(words))
        ends = sorted({form for kind in ("end", "alias") for form in forms[kind]})
        numbered += forms["civil"]  # Nguyễn Thế Danh
        some, one = (_any_of(filter(kind, ends)) for kind in (_is_phrase, _is_word))
        sure = rf"(?:{some})(?!\w)|(?:{one})(?=[\s:.,]+\w)|(?:{_any_of(numbered)})(?=\s*:|\W*\d)"
        self.note = re.compile(rf"[\s,.;](?:{sure})")
        self.note_starts = {re.findall(r"\w+", note)[0] for note in (*ends, *numbered)}
        nicknames = forms["nickname"]
        self.other_starts = {form.split()[0] for kind in ("alias", "civil") for form in forms[kind]} | set(nicknames)
        """First words of what announces another name."""
        self.between = frozenset((*JOINING, *nicknames))
        """Words between two names that may also be part of one."""
        self.nickname = re.compile(rf"(?<=[\s(])({_any_of(nicknames)})\s+(?=[^\W\d_])", re.IGNORECASE)
        self.note_marks = sorted({f" {note}" if _is_phrase(note) else f" {note} " for note in (*ends, *forms["civil"])})
        """What an ordinary text must not hold: more than `note` finds, never less; it has no number and no colon."""
        self.alias = re.compile(rf"(?<!\w)(?:{_any_of(forms['alias'])})(?!\w)[\s:.\"“]*(?=[^\W\d_])")
        self.civil = re.compile(rf"(?<!\w)(?:{_any_of(forms['civil'])})(?!\w)[\s:.\"“]*(?=[^\W\d_])")
        starts, wholes = _any_of([*forms["remark"], *ends]), _any_of(forms["remark_whole"])
        self.remark = re.compile(rf"\W*(?:(?:{starts})(?!\w)|(?:{wholes})\W*$)")

    def _read_no_name(self, no_name: pl.DataFrame) -> None:
        whole = no_name.filter(pl.col("match") == "whole")["words"]
        self.no_name = {form for words in whole for form in (words, plain(words))}
        starts = no_name.filter(pl.col("match") == "start")["words"]
        toned = no_name.filter(pl.col("match") == "start_toned")["words"]
        named = no_name.filter(pl.col("match") == "start_unless_thi")["words"]
        self.no_name_exceptions = tuple(f"{form} {thi} " for form in named for thi in ("thị", "thi"))
        self.no_name_starts = tuple(f"{form} " for form in (*starts, *map(plain, starts), *toned, *named))
        self.no_name_firsts = {start.split()[0] for start in self.no_name_starts}


def _spelled(names: Iterable[str]) -> set[str]:
    """Names as keys, and toneless both as keys and plain: the key of a toneless Lý is `li`."""
    return {form for name in names for form in (folded(name.lower()), plain(name), folded(plain(name)))}


def lossy(text: str) -> str:
    """A text as it comes back from Windows-1252, which writes `?` for most Vietnamese letters."""
    return encode(text, "windows-1252").decode("windows-1252", "replace").replace("\ufffd", "?")


def _lost(surnames: Iterable[str]) -> dict[str, str]:
    left: dict[str, set[str]] = {}
    for name in surnames:
        left.setdefault(lossy(name.lower()), set()).add(name)
    return {form: min(names) for form, names in left.items() if form.strip("?") and "?" in form and len(names) == 1}


def _by_words(texts: Iterable[str], *, toneless: bool = True) -> tuple[tuple[str, ...], ...]:
    """Texts as tuples of words, the longest first."""
    words = {tuple((plain(text) if toneless else text.lower()).split()) for text in texts}
    return tuple(sorted(words, key=lambda found: (-len(found), found)))


def word_forms(words: Iterable[str]) -> list[str]:
    """Words with tones, and without where they could not be part of a name; the longest first."""
    known = list(words)
    bare = {plain(word) for word in known if " " in word or not is_plain_syllable(plain(word))}
    return sorted({*known, *bare}, key=_longest_first)


def _longest_first(form: str) -> tuple[int, str]:
    return -len(form), form


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(forms, key=_longest_first)))


def _is_phrase(note: str) -> bool:
    return " " in note


def _is_word(note: str) -> bool:
    """A note of one word needs something after it: Và at the end is a name."""
    return " " not in note


@lru_cache(maxsize=4)
def lexicon(knowledge: Knowledge) -> Lexicon:
    """The lexicon of one knowledge, built once."""
    return Lexicon(knowledge)


def is_surname(word: Token, words: Lexicon) -> bool:
    """Whether a word is a surname, rightly toned or toneless, or a clear one in wrong tones; never Thị or Văn."""
    return (word.key in words.surnames or word.plain in words.clear) and word.plain not in MIDDLES


def proves_order(word: Token, words: Lexicon) -> bool:
    """Whether a first word is a surname rather than a given name."""
    return is_surname(word, words) and word.plain not in words.rare


def is_given(word: Token, words: Lexicon) -> bool:
    """Whether a word is a common given name, toneless also one that may be."""
    return word.key in words.given or (word.key.isascii() and word.plain in words.plain_given)


def only_surname(word: Token, words: Lexicon) -> bool:
    """Whether a word can be nothing but a surname: Nguyễn, and toneless Pham; toneless Tran may be Trân."""
    return word.key in words.clear and not is_given(word, words)
