"""Which encoding is it? Told over a whole file or column, by the only judge there is: the grammar of syllables.

Only under the right table do words with marks come out as Vietnamese. Where the evidence is thin or divided nothing is
guessed: `encoding` is None, and the source is held until a steward says it.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from unicodedata import normalize

from mdm.standardise.encodings import as_shown, decode, undo_mojibake
from mdm.standardise.syllables import is_syllable

SAMPLE = 1 << 19
"""Bytes of a file that are judged; enough for tens of thousands of words."""
MOST_WORDS = 2_000
"""Distinct words that are judged, the commonest first."""
LEGAL, MARGIN = 0.6, 0.15
"""The share of words that must be legal under the best table, and its lead over the second."""
LEAD = 2
"""Distinct words by which the best table must lead: one word over and over is one piece of evidence."""
FEW = 10
"""Distinct words up to which legacy text may be valid UTF-8 by chance."""
RUNS = 3
"""Distinct runs of bytes beyond ASCII that must be UTF-8 to speak against an encoding that is frozen."""
UTF_8 = 0.9
"""The share of runs of bytes beyond ASCII that must be UTF-8 in a file of which some bytes are broken."""
TWICE = 0.5
"""The share of words with marks that must be doubly encoded before it is said of the file."""

LEGACY = ("tcvn3", "vni", "viscii", "windows-1258")
_VISCII_LOW = b"\x02\x05\x06\x14\x19\x1e"
_RAW_WORD = re.compile(
    rb"[A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\xff]*[\x80-\xff][A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\xff]*"
)
_WORD = re.compile(r"[A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\U0010ffff]*[\x80-\U0010ffff][A-Za-z\x80-\U0010ffff]*")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_NOT_LETTERS = re.compile(r"[^\w\u0300-\u036f]+|[\d_]+")
_TWICE_SIGNS = tuple(sign.encode() for sign in ("áº", "á»", "Ã\xa1", "Ã¡", "Æ°", "Ä\x90", "Ä‘", "Ã\xa0", "Ãª"))
"""What common letters look like that were encoded twice."""
_BY_CHANCE = re.compile(r"[A-Za-z]*[\u07c0-\u07ff][A-Za-z]*|[\u0400-\u043f][A-Za-z]*")
"""What a syllable in VISCII is that is valid UTF-8: `ươ` shows as a letter of N'Ko, Đ and the letter after it as a
Cyrillic one. Of all syllables in all four tables no other can be UTF-8 (counted)."""
_CHUNK = 1 << 23

Word = TypeVar("Word", str, bytes)


@dataclass(frozen=True)
class Detected:
    """What the bytes of a file or column say: an encoding, or None where the evidence is not clear."""

    encoding: str | None
    confidence: float
    """0 to 1: the share of what isn't ASCII that reads well, less where few words tell the encoding from the next best;
    without an encoding, the lead of the best reading over the next."""
    evidence: str
    """A sentence for the steward; counts only, no text of the file."""


def detect(raw: bytes) -> Detected:
    """The encoding of a whole file.

    Byte order mark or zeros, then strict UTF-8, then the grammar: words with marks are read under each table, and the
    table under which most are legal syllables wins if its lead is clear.
    """
    return _plainly(raw) or detect_cells(raw)


def detect_cells(raw: bytes) -> Detected:
    """As `detect`, of a column's cells joined by line ends: where a file is one byte a letter, its columns are too.

    What looks like a byte order mark there, or like the zeros of UTF-16, is the letters or the faults of some cell.
    """
    if raw.isascii() and not any(byte in raw for byte in _VISCII_LOW):
        return Detected("utf-8", 1.0, "ASCII only")
    sample = _sample(raw)
    if is_utf_8(raw):
        if _utf_8_by_chance(sample):
            return Detected(
                None, 0.0, "valid UTF-8, but its few words with marks are Vietnamese only when read as viscii"
            )
        return Detected("utf-8", 1.0, "valid UTF-8" + _said_twice(sample))
    runs = Counter(_BEYOND_ASCII.findall(sample))
    share = sum(count for run, count in runs.items() if is_utf_8(run)) / max(runs.total(), 1)
    if share >= UTF_8:
        return Detected("utf-8", round(share, 3), f"{share:.1%} of what isn't ASCII is valid UTF-8")
    words = Counter(_RAW_WORD.findall(sample))
    return _verdict(words, {name: partial(read_words, encoding=name) for name in LEGACY})


def detect_text(texts: Iterable[str]) -> Detected:
    """As `detect`, for a column read as Unicode that may hold legacy bytes shown as Windows-1252 (`NguyÔn ThÞ`).

    `utf-8` means: as it stands. Otherwise `redecode` with the encoding found.
    """
    words = Counter(word for text in texts for word in _WORD.findall(text))
    if not words:
        return Detected("utf-8", 1.0, "ASCII only")

    def shown(words: list[str], encoding: str) -> list[str]:
        return read_words([as_shown(word) or b"" for word in words], encoding)

    return _verdict(words, {"utf-8": list, **{name: partial(shown, encoding=name) for name in LEGACY}})


def is_utf_8(raw: bytes) -> bool:
    """Whether every byte is part of UTF-8 text."""
    reader = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(raw), _CHUNK):
            reader.decode(raw[start : start + _CHUNK], final=start + _CHUNK >= len(raw))
    except UnicodeDecodeError:
        return False
    return True


def says_little(raw: bytes) -> bool:
    """Whether what isn't ASCII is too little to speak against a frozen encoding: it may be UTF-8 by chance."""
    return not raw.startswith(codecs.BOM_UTF8) and len(set(_BEYOND_ASCII.findall(_sample(raw)))) < RUNS


def _plainly(raw: bytes) -> Detected | None:
    """What needs no judging."""
    if raw.startswith(codecs.BOM_UTF8):
        return Detected("utf-8", 1.0, "byte order mark")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Detected("utf-16", 1.0, "byte order mark")
    if _has_zeros_of_utf_16(raw[:SAMPLE]):
        return Detected("utf-16", 0.99, "every other byte is zero")
    return None


def read_words(words: list[bytes], encoding: str) -> list[str]:
    """All words at once; none holds a line end, and no letter reaches over one."""
    return decode(b"\n".join(words), encoding).split("\n")


def _has_zeros_of_utf_16(sample: bytes) -> bool:
    even, odd = sorted((sample[0::2].count(0), sample[1::2].count(0)))
    return odd > 0.2 * len(sample) and even < 0.05 * odd


def _sample(raw: bytes) -> bytes:
    """Whole lines, from the first byte that isn't ASCII on."""
    first = _BEYOND_ASCII.search(raw)
    start = raw.rfind(b"\n", 0, first.start()) + 1 if first else 0
    end = raw.find(b"\n", start + SAMPLE)
    return raw[start : end if end >= 0 else len(raw)]


def _utf_8_by_chance(sample: bytes) -> bool:
    """Whether each of the few words with marks is UTF-8 as VISCII is by chance, and Vietnamese in VISCII.

    A Cyrillic letter by itself is one; beside Latin letters it is none that anybody writes.
    """
    words = {word: word.decode("utf-8", "replace") for word in set(_RAW_WORD.findall(sample[: 1 << 16]))}
    if len(words) > FEW or all(len(shown) == 1 for shown in words.values()):
        return False
    return all(_BY_CHANCE.fullmatch(shown) and is_vietnamese(decode(word, "viscii")) for word, shown in words.items())


def _said_twice(sample: bytes) -> str:
    """What is said of UTF-8 text most of which was encoded twice; its cells are put right one by one."""
    if not any(sign in sample for sign in _TWICE_SIGNS):
        return ""
    words = _commonest(Counter(_WORD.findall(sample.decode("utf-8", "replace"))))
    total = sum(words.values())
    twice = sum(count for word, count in words.items() if undo_mojibake(word) != word)
    return f"; {twice / total:.0%} of the words with marks were encoded twice" if twice > TWICE * total else ""


def _commonest(words: Counter[Word]) -> Counter[Word]:
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return Counter(dict(ranked[:MOST_WORDS]))


def _verdict(words: Counter[Word], readers: dict[str, Callable[[list[Word]], list[str]]]) -> Detected:
    """The reading under which most words are Vietnamese, if it leads clearly in words and in distinct words."""
    words = _commonest(words)
    total = sum(words.values())
    distinct = list(words)
    legal = {
        name: [word for word, text in zip(distinct, read(distinct), strict=True) if is_vietnamese(text)]
        for name, read in readers.items()
    }
    shares = {name: sum(words[word] for word in found) / total if total else 0.0 for name, found in legal.items()}
    best, second = sorted(shares, key=lambda name: (-shares[name], name))[:2]
    lead = len(legal[best]) - len(legal[second])
    clear = shares[best] >= LEGAL and shares[best] - shares[second] >= MARGIN and lead >= LEAD
    evidence = (
        f"of {total} words with marks, {shares[best]:.0%} are Vietnamese when read as {best}, "
        f"{shares[second]:.0%} as {second}"
    )
    if not clear:
        return Detected(None, round(shares[best] - shares[second], 3), evidence)
    return Detected(best, round(shares[best] * (1 - 0.5**lead), 3), evidence)


def is_vietnamese(text: str) -> bool:
    """Whether a text has letters, and all its words are syllables of Vietnamese."""
    parts = [part for part in _NOT_LETTERS.split(normalize("NFC", text).lower()) if part]
    return bool(parts) and all(map(is_syllable, parts))
