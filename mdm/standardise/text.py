"""Text as a person would read it: Unicode repaired, and the keys under which two spellings of one text meet.

`repair` keeps the writer's letters, `fold` keeps tones and folds spelling variants, `plain` keeps ASCII only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from unicodedata import normalize

from unidecode import unidecode

from mdm.standardise import syllables
from mdm.standardise.encodings import undo_mojibake

APOSTROPHES = "'’‘ʼ`´′ʹ"
"""What stands for the apostrophe in H'Hen, in practice; the first is canonical."""

_SPACES = dict.fromkeys(map(ord, "\t\n\v\f\r\x85\xa0\u1680\u202f\u205f\u3000\u2028\u2029"), " ") | dict.fromkeys(
    range(0x2000, 0x200B), " "
)
_INVISIBLE = dict.fromkeys(
    chain(range(0x09), range(0x0E, 0x20), range(0x7F, 0x85), range(0x86, 0xA0), (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF))
) | dict.fromkeys(chain(range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070), range(0xD800, 0xE000)))
_LOOKALIKES = str.maketrans(
    {"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "₫": "đ", "Ǎ": "Ă", "ǎ": "ă", "ˊ": "\u0301", "ˋ": "\u0300"}
)
_FOREIGN = str.maketrans(
    "аеорсухіјѕАВЕКМНОРСТУХІЈЅ" + "οΑΒΕΗΙΚΜΝΟΡΤΥΧΖ", "aeopcyxijsABEKMHOPCTYXIJS" + "oABEHIKMNOPTYXZ"
)
"""Cyrillic and Greek letters that look like Latin ones."""
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}

_REPAIRS = {**_SPACES, **_INVISIBLE, **_LOOKALIKES, **_FULL_WIDTH}
_CLEAN = re.compile(r"[!-~À-ÏÑ-ïñ-ƈƊ-ǌǏ-ɏẠ-ỹ]+(?: [!-~À-ÏÑ-ïñ-ƈƊ-ǌǏ-ɏẠ-ỹ]+)*")

_MARKS = re.compile(r"[\u0300-\u036f]{2,}|[À-ỹ][\u0300-\u036f]")
_SPACED_MARK = re.compile(r" +(?=[\u0300-\u036f])")
_FOREIGN_LETTER = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_LATIN_LETTER = re.compile(r"[A-Za-zÀ-ɏẠ-ỹ]")
_QUALITY = "\u0302\u0306\u031b"
_WORD = re.compile(r"[^\W\d_]+[\u0300-\u036f\w]*")


def repair(text: str) -> str:
    """NFC with marks in canonical order, look-alike letters and double decoding undone, invisible characters gone.

    Runs of spaces become one, and none is left at the ends. Only for text that went through its legacy decoding: a soft
    hyphen is ư in TCVN3.
    """
    if _CLEAN.fullmatch(text) and "Ä" not in text:
        return text
    repaired = _repaired(text)
    # One repair may uncover another (an invisible character between two bytes of one letter), so a text is repaired
    # until nothing is left to do; each step shortens it or maps letters one way.
    while repaired != text:
        text, repaired = repaired, _repaired(repaired)
    return text


def _repaired(text: str) -> str:
    text = undo_mojibake(text)
    text = normalize("NFC", _SPACED_MARK.sub("", text.translate(_REPAIRS)))
    if _MARKS.search(text):
        text = normalize("NFC", _ordered_marks(normalize("NFD", text)))
    if _FOREIGN_LETTER.search(text) and _LATIN_LETTER.search(text):
        text = _latin(text)
    return " ".join(text.split())


def _ordered_marks(decomposed: str) -> str:
    """Breve, circumflex and horn before the tone, each mark once: NFC leaves ẽ̂ as it is."""

    def sort(run: re.Match[str]) -> str:
        return "".join(sorted(dict.fromkeys(run[0]), key=lambda mark: mark not in _QUALITY))

    return re.sub(r"[\u0300-\u036f]{2,}", sort, decomposed)


def _latin(text: str) -> str:
    """Cyrillic and Greek look-alikes turned Latin, in words that hold no other such letter."""

    def word(match: re.Match[str]) -> str:
        latin = match[0].translate(_FOREIGN)
        return match[0] if _FOREIGN_LETTER.search(latin) else latin

    return normalize("NFC", re.sub(r"\S+", word, text))


def fold(text: str) -> str:
    """The compare key: lower case, tones kept, tone marks in their place, i/y folded where the two are variants."""
    return _WORD.sub(lambda word: syllables.folded(word[0]), normalize("NFC", repair(text).lower()))


def plain(text: str) -> str:
    """ASCII in lower case, without tones and marks: `Đặng Thị Mỹ` → `dang thi my`."""
    text = text.lower()
    return " ".join(text.split()) if text.isascii() else _ascii(text)


@lru_cache(maxsize=1 << 16)
def _ascii(text: str) -> str:
    """The one place that asks Unidecode; decomposed and composed text answer alike."""
    return " ".join(unidecode(normalize("NFC", text).translate(_REPAIRS)).lower().split())


def title_case(text: str) -> str:
    """Each word's first letter upper, the others lower, also after an apostrophe or a hyphen: `H'HEN` → `H'Hen`."""
    return _WORD.sub(lambda word: _capital(word[0][0]) + word[0][1:].lower(), normalize("NFC", text))


def _capital(letter: str) -> str:
    """The capital of a letter; one without a capital of one letter (ß) stays."""
    capital = letter.upper()
    return capital if len(capital) == 1 else letter
