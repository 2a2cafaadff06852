"""Names of persons: one canonical spelling, the keys under which variants meet, and the parts họ, đệm, tên.

A name is a list of tokens in lower case. A token that ends in a dot is an initial or an abbreviation (`ng.`), which a
comparison treats as compatible with what it may stand for; a `?` in one is a letter lost for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser, by_value, frame_schema
from mdm.standardise.syllables import canonical, folded, is_plain_syllable, is_syllable, undo_telex, undo_viqr, undo_vni
from mdm.standardise.text import APOSTROPHES, plain, repair, title_case

FIELDS = dict.fromkeys(("key", "plain", "surname", "middle", "given", "sorted", "initials"), pl.String)
SCHEMA = frame_schema(FIELDS, multiple=False)

_BLANK = (None,) * (len(FIELDS) + 1)
_LETTER = re.compile(r"[^\W\d_]")
_BRACKETS = re.compile(r"[(\[{<].*|[)\]}>]")
_TAIL = re.compile(r"\s[-–—:;/|]+\s.*|[:;|].*|\s*[-–—,]?\s*(?<!\w)[+]?\d.*|_+")
_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|['?~\u0300-\u036f-])*\.?|\?[^\s.,]*")
_GLUED = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_JOINT = re.compile(r"(?<=[a-zà-ỹđ])(?=[A-ZÀ-ÝĐ])")
_APOSTROPHE = re.compile(rf"\s*[{APOSTROPHES}]+\s*(?=\S)|[{APOSTROPHES}]")
_VOWEL = re.compile("[aeiouyw]")
_MIDDLES = frozenset(["thi", "van"])


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
    """The word lists of names, made ready to ask."""

    def __init__(self, knowledge: Knowledge) -> None:
        surnames = knowledge.table("words/surnames.csv")
        clear = surnames.filter(pl.col("clear") == "yes")["surname"]
        self.clear = {form for name in clear for form in (folded(name.lower()), plain(name))}
        self.surnames = {form for name in surnames["surname"] for form in (folded(name.lower()), plain(name))}
        self.highland = {plain(name) for name in surnames.filter(pl.col("people") == "highland")["surname"]}
        self.double = _by_words(name for name in surnames["surname"] if " " in name)
        self.last = _by_words(surnames.filter(pl.col("place") == "last")["surname"])
        self.double_starts = {surname[0] for surname in self.double}
        self.last_ends = {surname[-1] for surname in self.last}
        titles = knowledge.table("words/titles.csv")
        self.sure_titles = frozenset(_by_words(titles.filter(pl.col("when") == "sure")["words"], toneless=False))
        self.titles = frozenset(_by_words(titles["words"]) + _by_words(titles["words"], toneless=False))
        self.title_starts = {title[0] for title in self.titles}
        self.longest_title = max(map(len, self.titles))
        notes = word_forms(knowledge.table("words/name_notes.csv")["words"])
        some, one = ("|".join(map(re.escape, filter(kind, notes))) for kind in (_is_phrase, _is_word))
        self.note = re.compile(rf"[\s,.;](?:(?:{some})(?!\w)|(?:{one})(?=[\s:.,]+\w))")
        self.note_starts = {re.findall(r"\w+", note)[0] for note in notes}
        self.special = self.note_starts | self.title_starts
        no_name = knowledge.table("words/no_name.csv")
        whole = no_name.filter(pl.col("match") == "whole")["words"]
        self.no_name = {form for words in whole for form in (words, plain(words))}
        starts = no_name.filter(pl.col("match") == "start")["words"]
        self.no_name_starts = tuple(f"{form} " for words in starts for form in (words, plain(words)))


def _by_words(texts: Iterable[str], *, toneless: bool = True) -> tuple[tuple[str, ...], ...]:
    """Texts as tuples of words, the longest first."""
    words = {tuple((plain(text) if toneless else text.lower()).split()) for text in texts}
    return tuple(sorted(words, key=lambda found: (-len(found), found)))


def word_forms(words: pl.Series) -> list[str]:
    """Words with tones, and without where they could not be part of a name; the longest first."""
    bare = {plain(word) for word in words if " " in word or not is_plain_syllable(plain(word))}
    return sorted({*words, *bare}, key=lambda form: (-len(form), form))


def _is_phrase(note: str) -> bool:
    return " " in note


def _is_word(note: str) -> bool:
    """A note of one word needs something after it: Và at the end is a name."""
    return " " not in note


@lru_cache(maxsize=4)
def lexicon(knowledge: Knowledge) -> Lexicon:
    """The lexicon of one knowledge, built once."""
    return Lexicon(knowledge)


def standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    """Distinct texts → canonical names with their fields; findings `placeholder`, `unreadable`, `damaged`."""
    words = lexicon(knowledge)
    return by_value(lambda text: read(text, words), values, SCHEMA)


STANDARDISER = Standardiser("person_name", FIELDS, multiple=False, function=standardise)


def read(text: str, words: Lexicon) -> tuple[str | None, ...]:
    """(value, key, plain, surname, middle, given, sorted, initials, finding) of one text."""
    if tokens := quick(text, words):
        return (*_fields(tokens, words), None)
    text = repair(text)
    if not text:
        return (*_BLANK, None)
    if is_placeholder(text, words):
        return (*_BLANK, "placeholder")
    tokens = tokenize(text, words)
    if not tokens:
        return (*_BLANK, "unreadable")
    if len(tokens) == 1 and len(tokens[0].strip(".")) == 1:
        return (*_BLANK, "placeholder")
    return (*_fields(tokens, words), "damaged" if any("?" in word for word in tokens) else None)


def is_placeholder(text: str, words: Lexicon) -> bool:
    """Whether a repaired text says that there is no name, or names a newborn by its mother."""
    small = text.lower().strip(" .,-*()")
    if small in words.no_name or small.startswith(words.no_name_starts):
        return True
    repeated = len(set(small)) == 1 and len(small) > 1
    return repeated or not (_LETTER.search(small) or _DIGITS.search(small))


def quick(text: str, words: Lexicon) -> list[str] | None:
    """The tokens of a text that is a surname and legal words after it, nothing else: nearly every name is."""
    tokens = text.lower().split()
    if not 1 < len(tokens) < 6:
        return None
    first, *others = map(token, tokens)
    if not first.legal or first.key not in words.surnames or first.plain in _MIDDLES or tokens[0] in words.special:
        return None
    for word, dress in zip(tokens[1:], others, strict=True):
        if not dress.legal or word in words.note_starts or dress.key in words.clear:
            return None
    return tokens


def tokenize(text: str, words: Lexicon) -> list[str]:
    """The words of the name in a repaired text, in Vietnamese order, without titles, notes and keystrokes."""
    text = _without_keys(text)
    text = _without_notes(_APOSTROPHE.sub("'", text), words)
    text = _DIGITS.sub("", _GLUED.sub(". ", text.replace("\ufffd", "?")))
    parts = [part for part in (_split(part, words) for part in text.split(",")) if part]
    if not parts:
        return []
    tokens = _comma_order(parts, words)
    tokens = _in_order([_without_telex(word, tokens) for word in tokens], words)
    last = len(tokens) - 1
    return [piece for i, word in enumerate(tokens) for piece in _initials(word, final=i == last)]


def _without_keys(text: str) -> str:
    """VNI digits and VIQR marks played back, over the whole name; the case is set later."""
    small = text.lower()
    return undo_vni(small) or undo_viqr(small) or text


def _without_notes(text: str, words: Lexicon) -> str:
    text = _BRACKETS.sub(" ", text)
    head, _, tail = text.partition(":")  # "ÔNG: NGUYỄN VĂN AN"
    if tail and _is_title(head, words):
        text = f"{head} {tail}"
    text = text[: end_of_name(text.lower(), words)]
    return _TAIL.sub(" ", text)


def end_of_name(small: str, words: Lexicon) -> int:
    """Where the first note begins, or the length of the text."""
    if words.note_starts.isdisjoint(re.findall(r"\w+", small)):
        return len(small)
    found = words.note.search(small)
    return found.start() if found else len(small)


def _is_title(text: str, words: Lexicon) -> bool:
    said = tuple(text.lower().replace(".", " ").split())
    return said in words.titles


def _split(text: str, words: Lexicon) -> list[str]:
    """The words of one part, titles cut, pieces joined or parted."""
    cased = without_titles(_TOKEN.findall(text), words)
    cased = [piece for word in _joined(cased, words) for piece in _parted(word)]
    return [word.lower() for word in cased]


def without_titles(tokens: list[str], words: Lexicon) -> list[str]:
    """The words of a name after its titles."""
    small = [word.lower().strip(".:") for word in tokens]
    start = 0
    while cut := _title_length(small[start:], words):
        start += cut
    return tokens[start:]


def _title_length(small: list[str], words: Lexicon) -> int:
    """How many words at the front are a title: a sure one before anything, any before a surname."""
    if not small or small[0] not in words.title_starts:
        return 0
    for size in range(min(words.longest_title, len(small) - 1), 0, -1):
        title, follows = tuple(small[:size]), small[size]
        if title in words.sure_titles and plain(follows) not in _MIDDLES:
            return size
        if title in words.titles and is_surname(token(follows), words):
            return size
    return 0


def is_surname(word: Token, words: Lexicon) -> bool:
    """Whether a word is a surname, rightly toned or toneless, or a clear one in wrong tones; never Thị or Văn."""
    return (word.key in words.surnames or word.plain in words.clear) and word.plain not in _MIDDLES


def _joined(tokens: list[str], words: Lexicon) -> list[str]:
    """Letters and pieces that a scan tore apart, joined: `N g u y ễ n`, `Đ ặng`, `H Hen Niê`."""
    joined: list[str] = []
    for word in _spaced_out(tokens):
        before = joined[-1] if joined else ""
        whole = (before + word).lower()
        torn = before.isalpha() and word[0].islower() and before[0].isupper() and not token(before.lower()).legal
        surname = len(joined) == 1 and not token(before.lower()).legal and folded(whole) in words.clear
        if (torn or surname) and is_syllable(canonical(whole)):
            joined[-1] = before + word
        elif before.lower() == "h" and len(joined) == 1 and _is_highland(tokens, words):
            joined[-1] = f"{before}'{word}"
        else:
            joined.append(word)
    return joined


def _spaced_out(tokens: list[str]) -> list[str]:
    """Tokens with each run of three single letters or more read as the syllables that it spells; initials have dots."""
    whole: list[str] = []
    for single, run in groupby(tokens, key=lambda word: len(word) == 1 and word.isalpha()):
        letters = list(run)
        spelled = _syllables("".join(letters)) if single and len(letters) > 2 else []
        whole += spelled if spelled and is_syllable(spelled[0].lower()) else letters
    return whole


def _is_highland(tokens: list[str], words: Lexicon) -> bool:
    return any(plain(word) in words.highland for word in tokens)


def _syllables(text: str) -> list[str]:
    """A run of letters cut into syllables, the longest first; itself if that fails."""
    rest, found = text, list[str]()
    while rest:
        length = next((n for n in range(min(7, len(rest)), 0, -1) if is_syllable(rest[:n].lower())), 0)
        if not length:
            return [text]
        found.append(rest[:length])
        rest = rest[length:]
    return found


def _parted(word: str) -> list[str]:
    """`NguyenVanAn` and `Nguyễn-Văn-An` in their syllables, if every piece is one."""
    pieces = [piece for part in word.split("-") for piece in _JOINT.split(part)]
    return pieces if len(pieces) > 1 and all(token(piece.lower()).legal for piece in pieces) else [word]


def _initials(word: str, *, final: bool) -> list[str]:
    """`n.` stays, `ng`, `ngx` and `ng~` become `ng.`, `nv` becomes `n.`, `v.`; a last letter alone is a name."""
    letters = word.strip(".~-'")
    if "?" in word or not letters:
        return [word.strip(".")]
    if _VOWEL.search(plain(letters)) and (not word.endswith(".") or (token(letters).legal and len(letters) > 2)):
        return [letters]
    if final and len(word) == 1:
        return [word]
    if letters in ("ngx", "ng", "tr", "ph", "th", "kh", "nh", "ch", "gi", "qu") or len(letters) == 1:
        return [letters.removesuffix("x") + "."]
    if len(letters) <= 3 and letters.isalpha() and not _VOWEL.search(plain(letters)):
        return [f"{letter}." for letter in letters]
    return [letters]


def _without_telex(word: str, name: list[str]) -> str:
    """A word without Telex keys, if all other words of the name are Vietnamese then."""
    return word if token(word).legal or not all(map(_may_be_vietnamese, name)) else undo_telex(word)


def _may_be_vietnamese(word: str) -> bool:
    return token(word).legal or undo_telex(word) != word or _initials(word, final=False)[-1].endswith(".")


def _comma_order(parts: list[list[str]], words: Lexicon) -> list[str]:
    """`Lan, Nguyễn Thị` has the given name before the comma; of two whole names the first counts."""
    if len(parts) == 1:
        return parts[0]
    first, second = parts[0], parts[1]
    if len(first) > 1 and token(first[0]).plain in words.surnames and token(second[0]).plain in words.surnames:
        return first
    if token(second[0]).key in words.clear and token(first[0]).key not in words.clear:
        return second + first
    return first + second


def _in_order(tokens: list[str], words: Lexicon) -> list[str]:
    """Surname first, where the evidence is clear that another order was written."""
    dressed = [token(word) for word in tokens]
    clear = [dress.key in words.clear for dress in dressed]
    if len(tokens) < 2 or clear[0]:
        return tokens
    last = len(tokens) - 1
    if clear[last - 1] and last > 1 and dressed[last].plain in _MIDDLES:  # Lan Anh Nguyễn Thị
        return tokens[last - 1 :] + tokens[: last - 1]
    if is_surname(dressed[0], words) or dressed[0].plain == "van" or _starts_double(dressed, words):
        return tokens
    if last == 2 and clear[1]:  # Lan Nguyễn Ngọc
        return [*tokens[1:], tokens[0]]
    if clear[last] and (last > 1 or not tokens[last].isascii()):
        middle = tokens[1:last] if last > 1 and dressed[1].plain in _MIDDLES else []
        return [tokens[last], *middle, tokens[0]] if middle else [tokens[last], *tokens[:last]]
    return tokens


def _starts_double(dressed: list[Token], words: Lexicon) -> bool:
    return _match([dress.plain for dress in dressed], words.double) > 0


def _match(plains: list[str], known: tuple[tuple[str, ...], ...]) -> int:
    """How many words at the front are one of the known, something being left after them."""
    return next((len(name) for name in known if len(name) < len(plains) and tuple(plains[: len(name)]) == name), 0)


def _fields(tokens: list[str], words: Lexicon) -> tuple[str | None, ...]:
    dressed = [token(word) for word in tokens]
    plains = [dress.plain for dress in dressed]
    surname, middle, given = _parts(plains, words)
    whole = " ".join(plains)
    return (
        " ".join(dress.title for dress in dressed),
        " ".join(dress.key for dress in dressed),
        whole,
        " ".join(surname) or None,
        " ".join(middle) or None,
        given,
        " ".join(sorted(whole.split())),
        "".join(word[0] for word in whole.split()),
    )


def _parts(plains: list[str], words: Lexicon) -> tuple[list[str], list[str], str]:
    """Họ, đệm, tên: the surname stands first, except among peoples that write it last."""
    if len(plains) == 1:
        return [], [], plains[0]
    for surname in words.last if plains[-1] in words.last_ends else ():
        size = len(surname)
        if size < len(plains) and tuple(plains[-size:]) == surname and not is_surname(token(plains[0]), words):
            return plains[-size:], plains[: -size - 1], plains[-size - 1]
    size = (_match(plains, words.double) if plains[0] in words.double_starts else 0) or 1
    return plains[:size], plains[size:-1], plains[-1]
