"""Names of persons: one canonical spelling, the keys under which variants meet, and the parts họ, đệm, tên.

Nearly every name is ordinary: a few Vietnamese syllables and nothing else. Those are read as whole columns, each
distinct syllable once; only the others are read one by one. Both ways give the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdm.standardise.knowledge import Knowledge
from mdm.standardise.name_columns import ordinary
from mdm.standardise.name_order import parts
from mdm.standardise.name_reading import tokenize, with_surname
from mdm.standardise.name_words import Lexicon, Token, is_surname, lexicon, token
from mdm.standardise.profile import SourceProfile
from mdm.standardise.several_names import first_person
from mdm.standardise.standardiser import Standardiser, by_value, frame_schema
from mdm.standardise.text import repair

FIELDS = dict.fromkeys(("key", "plain", "surname", "middle", "given", "sorted", "initials", "alias"), pl.String)
SCHEMA = frame_schema(FIELDS, multiple=False)

_BLANK = (None,) * (len(FIELDS) + 1)
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d+")
_ADDRESSED = re.compile(
    r"^\W*(?:[đd]/c|(?:ông|ong)\s*[/(]\s*(?:bà|ba)\b\s*\)?|anh\s*[/(]\s*chị\b\s*\)?)[\s.:]*(?=[^\W\d_])", re.IGNORECASE
)
"""Titles with a sign among their words: Đ/c, Ông/bà, Ông (bà)."""
_ROW = "_row"
_READINGS = 5


def standardise(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    """Distinct texts → canonical names, fields; findings `placeholder`, `unreadable`, `several`, `damaged`."""
    words = lexicon(knowledge)
    texts = pl.DataFrame({"text": values.cast(pl.String)}).with_row_index(_ROW)
    quick = ordinary(texts, words)
    rest = texts.join(quick, on=_ROW, how="anti", maintain_order="left")
    odd = by_value(lambda text: read(text, words), rest["text"], SCHEMA).with_columns(rest[_ROW])
    return pl.concat([quick.select(odd.columns), odd]).sort(_ROW).drop(_ROW)


STANDARDISER = Standardiser("person_name", FIELDS, multiple=False, function=standardise)


def read(text: str, words: Lexicon) -> tuple[str | None, ...]:
    """(value, key, plain, surname, middle, given, sorted, initials, alias, finding) of one text."""
    text = repair(text)
    if not text:
        return (*_BLANK, None)
    if is_placeholder(text, words):
        return (*_BLANK, "placeholder")
    text = _ADDRESSED.sub("", text)
    written = first_person(text, words)
    whole, text = text, with_surname(written, words)
    tokens, alias = tokenize(text, words)
    tokens, cut = _settled(tokens, words)
    if not tokens:
        return (*_BLANK, "unreadable")
    fields = _fields(tokens, words)
    if is_placeholder(str(fields[0]), words) or len(str(fields[0]).strip(".")) == 1:
        return (*_BLANK, "placeholder")
    damaged = text != written or any("?" in word for word in tokens)
    several = cut or written != whole
    return (*fields, alias, "several" if several else "damaged" if damaged else None)


def _settled(tokens: list[str], words: Lexicon) -> tuple[list[str], bool]:
    """The words as they would be read again, and whether a second person was cut off in doing so.

    What parting, joining or turning brought to light is read like anything else.
    Syllables, and initials after a surname, are settled already if they hold no title and no note. Nothing has been
    seen to need more than three readings; the limit keeps a text that would turn for ever from doing so.
    """
    cut = False
    for _ in range(_READINGS):
        dressed = [token(word) for word in tokens]
        initials = bool(dressed) and is_surname(dressed[0], words)
        if all(
            _is_plain_word(word, d) or (initials and _is_initial(word)) for word, d in zip(tokens, dressed, strict=True)
        ):
            small = " ".join(dress.title for dress in dressed).lower()
            said = small.split(" ")
            odd = said[0] in words.odd_starts or not words.between.isdisjoint(said)
            if not odd and not words.note.search(small):
                break
        titled = repair(" ".join(dress.title for dress in dressed))
        first = first_person(titled, words)
        cut = cut or first != titled
        again, _ = tokenize(first, words)
        if again == tokens:
            break
        tokens = again
    return tokens, cut


def _is_plain_word(word: str, dress: Token) -> bool:
    return dress.legal and len(word) > 1  # letters in a row spell something


def _is_initial(word: str) -> bool:
    return len(word) == 2 and word[1] == "." and word[0].isalpha()


def is_placeholder(text: str, words: Lexicon) -> bool:
    """Whether a repaired text says that there is no name, or names a newborn by its mother."""
    small = text.lower().strip(" .,-*()")
    if small in words.no_name:
        return True
    if small.startswith(words.no_name_starts) and not small.startswith(words.no_name_exceptions):
        return True
    repeated = len(set(small)) == 1 and len(small) > 1
    return repeated or not (_LETTER.search(small) or _DIGITS.search(small))


def _fields(tokens: list[str], words: Lexicon) -> tuple[str | None, ...]:
    dressed = [token(word) for word in tokens]
    surname, middle, given = parts(dressed, words)
    whole = " ".join(dress.plain for dress in dressed)
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
