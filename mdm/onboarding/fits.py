"""What a column holds, judged by its values: the share of them that a standardiser plainly takes for its own.

A standardiser takes whatever may be meant by its attribute (any word is a name), so each kind also says here what a
value of it must show. A column's name says more than its values do about which attribute of that kind it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.text import plain

SAMPLE = 300
"""Distinct values that are looked at; they are spread over the sorted values of the column."""
FITS = 0.6
"""The share of values from which a column may be of a kind by its values alone."""
NEARLY_ALL = 0.9
FEW = 3
"""Distinct values below which a column holds kinds (cá nhân, tổ chức) rather than names of persons."""
BARE_CODES = frozenset(["0", "1", "2", "3", "9", "true", "false"])
REFUSED = ("unreadable", "invalid", "placeholder")
"""Findings that speak against a kind; a ward that two districts have is a ward all the same."""
TEXT = "text"
_OPTIONS: Mapping[str, Mapping[str, object]] = MappingProxyType({"phone": {"area": "028"}})


def sample(texts: pl.Series) -> pl.Series:
    """At most `SAMPLE` distinct texts of a column (String), spread over its sorted values."""
    distinct = texts.drop_nulls().str.strip_chars().alias(TEXT).unique().sort()
    distinct = distinct.filter(distinct != "")
    return distinct.gather_every(-(-distinct.len() // SAMPLE)) if distinct.len() > SAMPLE else distinct


def shares(texts: pl.Series, knowledge: Knowledge) -> dict[str, float]:
    """Standardiser → share of the distinct `texts` that are plainly of its kind, the best fit first; no zeros.

    A kind that another one implies (a date of eight digits may be a number) comes after the narrower one.
    """
    if texts.is_empty():
        return {}
    found = {name: _share(name, texts, knowledge) for name in _KINDS}
    if texts.len() < FEW:
        found.pop("person_name")
    ranked = sorted(found, key=lambda name: -round(found[name], 1))  # of two alike, the narrower stays first
    return {name: found[name] for name in ranked if found[name] > 0}


def _share(name: str, texts: pl.Series, knowledge: Knowledge) -> float:
    """The share of one kind; only what is written like it is read, for reading is dear."""
    written, unlike, shows = _KINDS[name]
    likely = texts.str.contains(written) & ~texts.str.contains(unlike)
    like = texts.filter(likely)
    if like.is_empty():
        return 0.0
    read = STANDARDISERS[name].function(like, knowledge, SourceProfile(), _OPTIONS.get(name, {}))
    plainly = read["value"].is_not_null() & ~read["finding"].is_in(REFUSED).fill_null(False)
    if shows is not None:
        plainly &= read.select(shows(knowledge)).to_series()
    return int(plainly.fill_null(False).sum()) / texts.len()


def best(found: Mapping[str, float], least: float = FITS) -> str | None:
    """The kind that fits best, if it fits at all."""
    return next((name for name, share in found.items() if share >= least), None)


def contradicts(attribute: str, texts: pl.Series) -> bool:
    """Whether hardly a value of a column can be what its name says: areas under `ĐT` are no telephone numbers."""
    never = _NEVER.get(attribute)
    return never is not None and int(texts.str.contains(never).sum()) >= NEARLY_ALL * max(texts.len(), 1)


def is_bare_code(texts: pl.Series) -> bool:
    """Whether a column holds two or three bare codes (`0`, `1`, `2`), as columns of sex do."""
    return 2 <= texts.len() <= 3 and set(texts.str.to_lowercase()) <= BARE_CODES


@lru_cache(maxsize=4)
def _surnames(knowledge: Knowledge) -> tuple[str, ...]:
    return tuple(sorted({plain(name).split()[0] for name in knowledge.table("words/surnames.csv")["surname"]}))


@lru_cache(maxsize=4)
def places(knowledge: Knowledge) -> frozenset[str]:
    """The provinces of all times, plain, with their type and without: Hồ Chí Minh would be a name too."""
    units = knowledge.table("units/units.csv")["province"].unique().to_list()
    names = [*units, *knowledge.table("words/province_aliases.csv")["alias"]]
    said = {plain(name) for name in names if name}
    return frozenset(said | {name.removeprefix(kind) for name in said for kind in ("tinh ", "thanh pho ")})


@lru_cache(maxsize=4)
def _organisations(knowledge: Knowledge) -> str:
    """How a name begins that is no person's, as a pattern: with its tones, and without where that is no surname.

    Công is a surname, and so is Trương, which loses its tones as a school does.
    """
    words = knowledge.table("words/owner_words.csv").filter(pl.col("kind") == "organisation")["words"]
    toneless = {plain(word) for word in words} - set(_surnames(knowledge))
    return rf"^(?:{'|'.join(sorted({*words, *toneless}))})\b"


def _is_person(knowledge: Knowledge) -> pl.Expr:
    """Two to six words, the first (or last) a surname, and no digit; no province, no organisation."""
    words = pl.col("plain").str.split(" ")
    surnames = list(_surnames(knowledge))
    known = words.list.first().is_in(surnames) | words.list.last().is_in(surnames)
    known &= ~pl.col("plain").is_in(list(places(knowledge)))
    for text in ("plain", "value"):
        known &= ~pl.col(text).str.to_lowercase().str.contains(_organisations(knowledge))
    return known & words.list.len().is_between(2, 6)


def _is_organisation(knowledge: Knowledge) -> pl.Expr:
    return pl.col("form").list.first().is_not_null()


def _is_address(knowledge: Knowledge) -> pl.Expr:
    """A unit is known, or a house number and a street."""
    return (pl.col("units").list.len() > 0) | (pl.col("house_no").is_not_null() & pl.col("street").is_not_null())


def _is_date(knowledge: Knowledge) -> pl.Expr:
    return pl.col("year").is_between(1890, 2035)


Shows = Callable[[Knowledge], pl.Expr]
_NOTHING = r"\A\z\A."
_DATE = (
    r"^(\d{1,2}[/.\- ]){1,2}\d{4}\b|^\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}$|^\d{4}[/.\-]\d\d?\b"
    r"|^\d{8}(\d{4}(\d\d)?)?$|^\d{4}$"
)
_KINDS: Mapping[str, tuple[str, str, Shows | None]] = MappingProxyType({
    "email": ("@", _NOTHING, None),
    "health_card": (r"^[A-Za-z]{2}\s?[-.]?\d[\d .-]{12,16}$", _NOTHING, None),
    "personal_id": (r"^['’]?(\d{12}|[1-9]\d{10}|[0123]\d{8})$|^\d{3}[ .]\d{3}[ .]\d{3}([ .]\d{3})?$", _NOTHING, None),
    "tax_code": (r"^['’]?\d{10}([- ]?\d{3})?$", _NOTHING, None),
    "phone": (r"^\D{0,3}(84|0|[235789])[\d .()-]{8,14}(\D|$)", r"\p{L}\s*\p{L}", None),
    "social_insurance": (r"^['’]?\d{10}$", _NOTHING, None),
    "passport": (r"^[A-Za-z]\d{7}$|^[A-Za-z]{2}\d{6,7}$", _NOTHING, None),
    "sex": (r"^\D{1,10}$", r"\s\S+\s", None),
    "date": (_DATE, _NOTHING, _is_date),
    "organisation_name": (r"\p{L}.*\s", _NOTHING, _is_organisation),
    "legal_form": (r"^.{1,44}$", r"^[\d\W]*$", None),
    "person_name": (r"\p{L}\s+\p{L}", r"[\d,;:/@]", _is_person),
    "address": (r"\d.*\s\p{L}{2}|\p{L}{2}.*,|\d.*\p{L}{2}.*,", r"@|\d{9}", _is_address),
})  # fmt: skip
"""Standardiser → how a value of its kind is written, how none is, and what is to be found in it; the narrower first."""
_FEW_DIGITS = r"^\D*(\d\D*){0,4}$"
_NEVER: Mapping[str, str] = MappingProxyType({
    "email": "^[^@]*$",
    "phone": r"^\D*(\d\D*){0,6}$|^\d{1,6}[.,]\d{1,3}$",
    "sex": r"\d\d|^.{13}",
    "birth_date": r"^\D*$",
    "name": r"^\P{L}*$",
    "organisation": r"^\P{L}*$",
    **dict.fromkeys(("personal_id", "tax_code", "social_insurance", "health_card", "passport"), _FEW_DIGITS),
})  # fmt: skip
"""Attribute → how a text is written that can't be a value of it, whatever the column is called."""
