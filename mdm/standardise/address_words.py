"""Words as addresses are read by: tokens, their keys, and the words that announce a part.

A key is ASCII with i/y folded, so that a street or a ward is found whatever became of its marks; the toned key decides
between names that differ in marks only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from mdm.standardise import syllables
from mdm.standardise.address_english import in_vietnamese_order
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.text import fold, plain, repair

BREAK = ","
"""The key of whatever stands between two parts: comma, bracket, dash."""

UNIT_ROLES = ("ward", "district", "city", "province", "quarter")

_TOKEN = re.compile(
    r"""
    [^\W\d_]++(?![\d/_-])                                    # a word, the commonest token
    | [A-Z]{1,3}_\d[^\W_]*(?:_[^\W_]+)*                     # Lô D_5B_CN
    | [cC]/[cC](?!\w)                                          # c/c: chung cư
    | [^\W\d_]{1,3}-?\d+[^\W_]*(?:[/.-][^\W\d_]{0,2}\d+[^\W_]*
        |/[^\W\d_](?!\w)|-[A-Z]{1,2}(?![\w-]))*               # B5/12A, A-12.05, CMT8, p12, K-3-CN
    | \d+[^\W_]*(?:\s?/\s?[^\W\d_]{0,2}\d+[^\W_]*|/[^\W\d_](?!\w)|[.-]\d+[^\W_]*)*   # 12/3/4A, 45-47, 12.05
    | [^\W_]+
    | [^\s.'’:]                                              # anything else parts two parts
    """,
    re.VERBOSE,
)
_GLUED = re.compile(
    r"(phường|phuong|quận|quan|đường|duong|hẻm|hem|ngõ|ngo|[fq](?=\d{1,2}$)|p(?=\d{1,4}$)|kp|km|tổ|ấp|số)(\d.*)",
    re.IGNORECASE,
)
_GLUED_UNITS = re.compile(r"([pf])(\d{1,2})[./-]?(q)(\d{1,2})", re.IGNORECASE)
_SPACED_RANGE = re.compile(r"^(\D{0,8}\d+[A-Za-z]?)\s+-\s+(?=\d)")
_EXCEL_DATE = re.compile(r"\b(\d{1,2})-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b", re.IGNORECASE)
_VIETNAMESE_EXCEL_DATE = re.compile(r"\b(\d{1,2})-Thg ?(\d{1,2})\b", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b20\d\d-(\d\d)-(\d\d)\b(?:[T ]00:00:00)?")
_HYPHENED = re.compile(
    r"(\bbr|b[àa]\s+r[ịi]a|thi[êe]n|phan\s+rang)\s*[-–]\s*(?=vt\b|v[ũu]ng|hu[ếe]|th[áa]p)", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"\d[\d .-]{3}\d")
_PHONE = re.compile(
    r"(?:\b(?:s?đt|s?dt|dđ|tel|phone|điện thoại|dien thoai|hotline|zalo|fax)\b\s?[.:]*\s?)?"
    r"(?<![\w/.-])(?:\+?84|0)(?:[ .-]{0,2}\d){8,10}(?![\w/])",
    re.IGNORECASE,
)
_SERIAL_DATE = re.compile(r"(?<![\w/.-])(4[3-7]\d{3})(?= [^\W\d_])(?! vi[eệ]t ?nam| vn)", re.IGNORECASE)
"""`3/2` as a spreadsheet counts days: 2017 to 2030. No house has a number that high; a postal code ends its address."""
_ORDINAL_FLOOR = re.compile(r"(\d+)(?:st|nd|rd|th) floor(?: of)?,?", re.IGNORECASE)
_PART_OF_PARCEL = re.compile(r"\b(?:1|một|mot) (?:phần|phan) (?=th[ửu]a)", re.IGNORECASE)
_DAY_ZERO = date(1899, 12, 30)
_GLUED_STREET = re.compile(r"(\d)([Đđ]\.)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZEROS = re.compile(r"(?<![^\W_])0+(?=\d)")
_VOWEL = re.compile("[aeiouy]")
_SUFFIXES = ("bis", "ter")
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d|(?!(?:ql|tl|hl|dt|dh|dx)-?\d+[a-z]?$)[a-z]{1,2}-?\d")
_RAN_ON = re.compile(r"(\d+(?:/\d+)*)([^\W\d_]{2,})")
"""A house number run into the street's name: 12Lê."""


class Word(NamedTuple):
    """One token of an address."""

    key: str
    """ASCII, lower case, i/y folded; numbers without leading zeros."""
    toned: str
    """As `key`, with its marks; empty in a text that carries none, where they may have been lost."""
    shown: str
    """As it stands in a canonical text: a capital first, tone marks in their place; codes in capitals."""
    number: bool
    """It may be a house number: digits first, or a short code (`B5/12A`)."""


SEPARATOR = Word(BREAK, BREAK, BREAK, False)
DASH = Word("-", "-", "-", False)
"""A dash between words: it parts two parts (`Lê Lợi - P.5`) or stands in a name (`Mỹ Xuân - Ngãi Giao`)."""


class Announcer(NamedTuple):
    """A word or phrase that announces a part of an address."""

    keys: tuple[str, ...]
    toned: tuple[str, ...]
    role: str
    label: str

    @property
    def of_unit(self) -> bool:
        """It announces a unit or a quarter, and so may stand anywhere in an address."""
        return self.role in UNIT_ROLES


def read_words(text: str) -> list[Word]:
    """The tokens of an address; separators become `SEPARATOR` or `DASH`, dots vanish."""
    return words_of(repair(text))


def words_of(repaired: str) -> list[Word]:
    """`read_words` of a text that `repair` left as it is."""
    text = in_vietnamese_order(_mended(repaired))
    read = _bare_words if text.isascii() else _words
    words: list[Word] = []
    for token in _TOKEN.findall(text):
        words += read(token)
    return words


def _mended(text: str) -> str:
    """Undo what spreadsheets did to `3/2`; take away phone numbers, and hyphens that don't part two parts."""
    if "loor" in text or "LOOR" in text:
        text = _ORDINAL_FLOOR.sub(r"Floor \1,", text)
    if "phần" in text or "phan" in text:
        text = _PART_OF_PARCEL.sub("", text)
    if _LONG_NUMBER.search(text):
        text = _SERIAL_DATE.sub(_day_and_month, _PHONE.sub(",", text))
    if "Đ." in text or "đ." in text:
        text = _GLUED_STREET.sub(r"\1 \2", text)
    if "-" in text or "–" in text:
        text = _EXCEL_DATE.sub(lambda m: f"{m[1]}/{_MONTHS.index(m[2].lower()) + 1}", text)
        text = _VIETNAMESE_EXCEL_DATE.sub(r"\1/\2", text)
        text = _ISO_DATE.sub(lambda m: f"{int(m[2])}/{int(m[1])}", text)
        text = _SPACED_RANGE.sub(r"\1-", _HYPHENED.sub(r"\1 ", text))
    return text


def _day_and_month(serial: re.Match[str]) -> str:
    day = _DAY_ZERO + timedelta(int(serial[1]))
    return f"{day.day}/{day.month}"


@lru_cache(maxsize=1 << 16)
def _words(token: str, bare: bool = False) -> tuple[Word, ...]:
    """One token's words: several where a marker was glued to its number (`P12`) or two words to one another.

    Telex keystrokes are undone in a text without marks only (`bare`): in another one, Town is a word of English.
    """
    if not token[0].isalnum():
        return (DASH,) if token in "-–—" else (SEPARATOR,)
    if token in ("c/c", "C/C", "C/c"):
        return _words("cc")
    if glued := _GLUED_UNITS.fullmatch(token) or _GLUED.fullmatch(token):
        return tuple(word for part in glued.groups() for word in _words(part, bare))
    if (ran := _RAN_ON.fullmatch(token)) and _is_name(ran[2]):
        return _words(ran[1], bare) + _words(ran[2], bare)
    if not token[1:].islower() and (cut := _second_word(token)):
        return _words(token[:cut], bare) + _words(token[cut:], bare)
    return (_word(token, bare),)


@lru_cache(maxsize=1 << 16)
def _bare_words(token: str) -> tuple[Word, ...]:
    """`_words` of a text without marks; keystrokes that were undone did tell the marks."""
    return tuple(
        word if word in (SEPARATOR, DASH) or word.toned != word.key else word._replace(toned="")
        for word in _words(token, True)
    )


def _is_name(letters: str) -> bool:
    """Whether letters after a house number begin a name (12Lê), not end the number (12BIS, 12AB)."""
    if letters.lower() in _SUFFIXES or not syllables.is_plain_syllable(plain(letters)):
        return False
    return len(letters) > 2 or not letters.isascii() or letters.istitle()


def _second_word(token: str) -> int | None:
    """Where a capital follows a small letter inside a word (`QuậnBình`); a slip (`NGuyễn`) makes no two words."""
    return next((at for at in range(2, len(token) - 1) if token[at].isupper() and token[at - 1].islower()), None)


def _word(token: str, bare: bool = False) -> Word:
    lower = token.lower()
    if _LETTERS.fullmatch(lower):
        if lower not in _SUFFIXES:
            lower = syllables.canonical(syllables.undo_telex(lower) if bare else lower)
        toned = fold(lower)
        key = plain(toned)
        abbreviation = len(key) > 2 and not _VOWEL.search(key)
        return Word(key, toned, lower.upper() if abbreviation else lower[:1].upper() + lower[1:], False)
    if token[:2].isalpha() and len(token) > 3 and (undone := syllables.undo_vni(lower)) is not None:
        return _word(undone)
    squeezed = "".join(lower.split())
    squeezed = _ZEROS.sub("", squeezed) if "." not in squeezed else squeezed
    key = plain(squeezed)
    return Word(key, key, shown_code(squeezed), bool(_NUMBER.match(key)))


def shown_code(code: str) -> str:
    """A house number or code in capitals, `bis` and `ter` as they are written: 12a → 12A, 12BIS/3 → 12Bis/3."""
    return code.upper().replace("BIS", "Bis").replace("TER", "Ter")


def key_of(text: str) -> str:
    """The keys of a text's words, parted by spaces; separators left out."""
    return " ".join(word.key for word in read_words(text) if word not in (SEPARATOR, DASH))


def toned_of(text: str) -> str:
    """The toned keys of a text's words, parted by spaces; separators left out."""
    return " ".join(word.toned or word.key for word in read_words(text) if word not in (SEPARATOR, DASH))


def joined(words: Iterable[Word]) -> str:
    """The key of words that stand together."""
    return " ".join([word.key for word in words])


@lru_cache(maxsize=8)
def announcers(knowledge: Knowledge) -> Mapping[str, Sequence[Announcer]]:
    """First key → the phrases that begin with it, longest first, in the order of `words/address_words.csv`."""
    found: dict[str, list[Announcer]] = defaultdict(list)
    for word, role, label in knowledge.table("words/address_words.csv").iter_rows():
        keys = tuple(key_of(word).split())
        found[keys[0]].append(Announcer(keys, tuple(toned_of(word).split()), role, label or ""))
    return {first: sorted(phrases, key=lambda phrase: -len(phrase.keys)) for first, phrases in found.items()}


def announced(phrases: Sequence[Announcer], words: Sequence[Word], start: int) -> list[Announcer]:
    """Those of `phrases` that stand at `start`; a word that carries marks must carry the phrase's own."""
    return [phrase for phrase in phrases if _stands(phrase, words, start)]


def _stands(phrase: Announcer, words: Sequence[Word], start: int) -> bool:
    keys, tones = phrase.keys, phrase.toned
    if len(keys) == 1:
        toned = words[start].toned
        return toned in (keys[0], tones[0], "") or (toned[:1].isalpha() and not syllables.is_syllable(toned))
    here = words[start : start + len(keys)]
    return len(here) == len(keys) and all(
        word.key == key and word.toned in (key, toned, "") for word, key, toned in zip(here, keys, tones, strict=True)
    )


def longest_by_first(keys: Iterable[str]) -> Mapping[str, int]:
    """First word → the number of words of the longest key that begins with it."""
    longest: dict[str, int] = {}
    for key in keys:
        words = key.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest
