"""Numbers and codes as people type them: what every identifier standardiser shares, and the two that know nothing more.

A cell may hold several numbers, words around them, an Excel apostrophe, full-width digits, a letter O for a zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

import polars as pl

from mdm.standardise.items import by_items
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.profile import SourceProfile
from mdm.standardise.shapes import TEXT, by_shape
from mdm.standardise.standardiser import Standardiser

Judge = Callable[[str, bool], tuple[str | None, str | None]]
"""(digits, alone) → (canonical value or None, finding). `alone`: nothing beside them; a lost zero may come back."""

_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0xFEFF, 0x2060, 0x00AD, *range(9), *range(14, 32), 127])
_SEPARATORS = str.maketrans("", "", " \t.-\u2010\u2011\u2012\u2013\u2014\u2212_'’‘`´")
_LOOKALIKES = str.maketrans("OoIl", "0011")
_FLOAT = re.compile(r"(\d{5,})[.,]0{1,2}")
_SCIENTIFIC = re.compile(r"(\d)[.,](\d+)[eE]\+?(\d{1,2})")
"""How a spreadsheet shows a long number; digits that it does not show are gone."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.0{1,2})?")
_PIECES = re.compile(r"[/;,|&+\r\n]+|\s+(?:và|va|hoặc|hoac)\s+", re.IGNORECASE)
_RUN = re.compile(r"\d(?:[\d .'\-–]*\d)?")
_DIGITS = re.compile(r"\d+")
_LONGEST = 20
"""No number we know has more digits: bounds the search in texts that are full of them."""
_UP, _DOWN = "01234567890123456789", "98765432109876543210"
_COUNTS = 9
"""From this length on, digits that only count are typed to get past a form; a school's pupil may be 1234."""
_TELLING = 7
"""A rejected number inside other text is reported from this length on; shorter ones are dates, wards and the like."""


def tidy(text: str) -> str:
    """Compatibility forms made plain (full-width digits), invisible and control characters out, ends trimmed."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.translate(_INVISIBLE).strip()


def number(text: str) -> str | None:
    """The digits of one number without its separators; None where the text is anything else.

    O and o count as 0, I and l as 1 where digits are the majority; a spreadsheet's `79085001234.0` and `79,085,001,234`
    lose its decimals and its commas.
    """
    if text.isdigit() and text.isascii():
        return text
    if decimals := _FLOAT.fullmatch(text):
        return decimals[1]
    if shown := _SCIENTIFIC.fullmatch(text):
        return shown[1] + shown[2] if len(shown[2]) == int(shown[3]) else None
    if "," in text and _THOUSANDS.fullmatch(text):
        return text.partition(".")[0].replace(",", "")
    bare = text.translate(_SEPARATORS)
    mended = bare.translate(_LOOKALIKES)
    if not (mended.isascii() and mended.isdigit()):
        return None
    return mended if bare == mended or 2 * sum(map(str.isdigit, bare)) > len(bare) else None


def all_same(digits: str) -> bool:
    """Whether one digit fills the number, as in 0000000000."""
    return digits == digits[:1] * len(digits)


def sequential(digits: str) -> bool:
    """Whether the number only counts up or down, as in 123456789 or 987654321."""
    return digits in _UP or digits in _DOWN


def read_numbers(text: str, judge: Judge) -> tuple[list[str], str | None]:
    """Every number of a cell that `judge` accepts, in the text's order and once each; and what was wrong."""
    text = tidy(text)
    whole = number(text)
    if whole is None and _SCIENTIFIC.fullmatch(text):
        return [], "invalid"
    if whole is not None:
        value, fault = judge(whole, True)
        if value is not None or text.isdigit():
            return ([], fault) if value is None else ([value], fault)
    elif not text:
        return [], None
    judged = [answer for piece in _PIECES.split(text) for answer in _read_piece(piece.strip(), judge)]
    values = list(dict.fromkeys(value for value, _ in judged if value is not None))
    faults = [fault for _, fault in judged if fault is not None]
    if not values and not faults:
        faults = ["invalid" if _DIGITS.search(text) else "unreadable"]
    return values, faults[0] if faults else None


def _read_piece(piece: str, judge: Judge) -> list[tuple[str | None, str | None]]:
    whole = number(piece)
    if whole is not None:
        answer = judge(whole, True)
        if answer[0] is not None:
            return [answer]
    return [answer for run in _RUN.findall(piece) for answer in _read_run(run, judge)]


def _read_run(run: str, judge: Judge) -> list[tuple[str | None, str | None]]:
    """Groups of digits are joined, the longest join first: 079 085 001 234 is not the nine digits it begins with."""
    groups = _DIGITS.findall(run)
    answers: list[tuple[str | None, str | None]] = []
    start = 0
    while start < len(groups):
        stop = _accepted(groups, start, judge)
        joined = "".join(groups[start : stop or start + 1])
        value, fault = judge(joined, False)
        if value is not None or len(joined) >= _TELLING:
            answers.append((value, fault))
        start = stop or start + 1
    return answers


def _accepted(groups: list[str], start: int, judge: Judge) -> int | None:
    """Where the longest join from `start` that is a number ends, or None."""
    stop, length = start, 0
    while stop < len(groups) and length + len(groups[stop]) <= _LONGEST:
        length += len(groups[stop])
        stop += 1
    return next(
        (end for end in range(stop, start, -1) if judge("".join(groups[start:end]), False)[0] is not None), None
    )


def normalise_digits(text: str, lengths: frozenset[int] = frozenset()) -> str | None:
    """The first number of a text that has one of `lengths` (any, when there are none), or None."""
    values, _ = read_numbers(text, _length_judge(lengths))
    return values[0] if values else None


def _length_judge(lengths: frozenset[int]) -> Judge:
    def judge(digits: str, alone: bool) -> tuple[str | None, str | None]:
        if lengths and len(digits) not in lengths:
            return None, "invalid"
        return (None, "placeholder") if len(digits) > 1 and _is_filler(digits) else (digits, None)

    return judge


def _digits(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    lengths = _lengths(options)
    judge = without_invented(_length_judge(lengths), knowledge)

    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        found, finding = read_numbers(text, judge)
        return [(value,) for value in found], finding if found else fault_of(text, finding, knowledge)

    fits = "|".join(f"[0-9]{{{length}}}" for length in sorted(lengths)) or "[0-9]+"
    ordinary = TEXT.str.contains(f"^(?:{fits})$") & TEXT.str.contains("[1-9]") & ~_is_dubious(knowledge)
    return by_shape(
        values,
        DIGITS.schema,
        {"value": pl.when(ordinary).then(TEXT)},
        lambda rest: by_items(parse, rest, DIGITS.schema),
    )


def _lengths(options: Mapping[str, object]) -> frozenset[int]:
    lengths = options.get("lengths")
    return frozenset(int(n) for n in lengths) if isinstance(lengths, list | tuple) else frozenset()


_CODE_PIECES = re.compile(r"[;,|\r\n]+")
_CODE_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—_'’‘`´]+")


def normalise_code(text: str, pattern: str = "") -> str | None:
    """Upper case without spaces, dots, dashes and apostrophes (`ab 123456` → `AB123456`); None outside `pattern`."""
    text = tidy(text)
    if decimals := _FLOAT.fullmatch(text):
        text = decimals[1]
    code = unicodedata.normalize("NFKC", _CODE_SEPARATORS.sub("", text.upper()).replace("Ð", "Đ"))
    if not any(map(str.isalnum, code)):
        return None
    return code if not pattern or _compiled(pattern).fullmatch(code) else None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def says_nothing(text: str, knowledge: Knowledge) -> bool:
    """Whether a text is one of the words that stand for "no value" in any column (`words/no_value.csv`)."""
    return text.strip(" .").casefold() in _no_value(knowledge)


@lru_cache(maxsize=8)
def _no_value(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(knowledge.table("words/no_value.csv")["words"].to_list())


@lru_cache(maxsize=8)
def invented_numbers(knowledge: Knowledge) -> frozenset[str]:
    """The numbers among the words for "no value": typed to get past a form, though nothing in them shows it."""
    return frozenset(word for word in _no_value(knowledge) if word.isascii() and word.isdigit())


def is_invented(knowledge: Knowledge) -> pl.Expr:
    """Whether the text of an ordinary shape is one of the `invented_numbers`."""
    return TEXT.is_in(sorted(invented_numbers(knowledge)))


def without_invented(judge: Judge, knowledge: Knowledge) -> Judge:
    """A judge that also knows the invented numbers of the word list."""
    invented = invented_numbers(knowledge)

    def stricter(digits: str, alone: bool) -> tuple[str | None, str | None]:
        value, fault = judge(digits, alone)
        return (None, "placeholder") if value in invented or digits in invented else (value, fault)

    return stricter


def fault_of(text: str, finding: str | None, knowledge: Knowledge) -> str | None:
    """The finding on a text of which nothing was taken: `placeholder` where it says in words that there is no value."""
    return "placeholder" if finding in ("invalid", "unreadable") and says_nothing(tidy(text), knowledge) else finding


def _is_dubious(knowledge: Knowledge) -> pl.Expr:
    """Whether a text of an ordinary shape is too long to tell quickly, a filler, or an invented number."""
    runs = [digit * _LONGEST for digit in "0123456789"] + [_UP, _DOWN]
    fillers = {run[at : at + n] for run in runs for n in range(_COUNTS, _LONGEST + 1) for at in range(_LONGEST + 1 - n)}
    return TEXT.is_in(sorted(fillers)) | (TEXT.str.len_bytes() > _LONGEST) | is_invented(knowledge)


def _is_filler(code: str) -> bool:
    """Zeros, or nine digits and more that are one digit or only count."""
    long = len(code) >= _COUNTS and code.isdigit()
    return not code.strip("0") or (long and (all_same(code) or sequential(code)))


def _code(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    pattern = str(options.get("pattern", ""))

    def parse(text: str) -> tuple[list[tuple[str]], str | None]:
        text = tidy(text)
        if not text:
            return [], None
        if says_nothing(text, knowledge):
            return [], "placeholder"
        codes = [normalise_code(piece, pattern) for piece in _CODE_PIECES.split(text) if piece.strip()]
        found = list(dict.fromkeys(code for code in codes if code is not None))
        real = [(code,) for code in found if not (_is_filler(code) or says_nothing(code, knowledge))]
        if len(real) < len(found):
            return real, "placeholder"
        return real, "invalid" if None in codes or not codes else None

    code = TEXT.str.to_uppercase()
    ordinary = TEXT.str.contains("^[A-Za-z0-9/]+$") & TEXT.str.contains("[A-Za-z1-9]") & ~_is_dubious(knowledge)
    ordinary &= ~code.is_in(sorted(word.upper() for word in _no_value(knowledge))) & pl.lit(not pattern)
    return by_shape(
        values, CODE.schema, {"value": pl.when(ordinary).then(code)}, lambda rest: by_items(parse, rest, CODE.schema)
    )


DIGITS = Standardiser("digits", {}, True, _digits)
"""Option `lengths`: the numbers of digits allowed, any by default."""
CODE = Standardiser("code", {}, True, _code)
"""Option `pattern`: a regular expression that the whole canonical code must fit."""
STANDARDISERS = (DIGITS, CODE)
