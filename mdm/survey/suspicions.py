"""What a steward should look at: columns that are constant, mixed, cut short, garbled, or mapped wrongly."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from mdm.onboarding import fits
from mdm.standardise import Knowledge
from mdm.survey.columns import ROWS, TEXT, ColumnSurvey
from mdm.survey.readings import Reading
from mdm.workspace import EntityRules

SENTENCES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "empty": ("cột trống", "the column is empty"),
    "almost_empty": ("gần như trống: {rows} dòng có giá trị", "almost empty: {rows} rows hold something"),
    "constant": ("mọi dòng cùng một giá trị", "every row holds the same value"),
    "one_value": ("{rows} dòng cùng một giá trị", "{rows} rows hold one and the same value"),
    "filler": (
        "một giá trị có ở {rows} dòng: giá trị điền cho có?",
        "one value stands in {rows} rows: is it a filler?",
    ),
    "mixed_types": ("lẫn lộn số, ngày, chữ: {about}", "numbers, dates and words are mixed: {about}"),
    "two_date_orders": (
        "ngày tháng theo hai thứ tự: {rows} dòng viết ngược",
        "dates in two orders: {rows} rows are written the other way round",
    ),
    "lost_zeros": (
        "{rows} dòng có vẻ mất số 0 ở đầu",
        "{rows} rows seem to have lost a leading zero",
    ),
    "lost_letters": (
        "{rows} dòng có ? hoặc � thay cho chữ cái",
        "{rows} rows hold ? or � where a letter was",
    ),
    "mojibake": (
        "{rows} dòng bị vỡ chữ (UTF-8 đọc sai bảng mã)",
        "{rows} rows hold UTF-8 that was read in another encoding",
    ),
    "fits_better": ("giá trị giống {about} hơn", "its values rather look like {about}"),
    "looks_like": (
        "chưa dùng đến, giá trị giống {about}",
        "mapped to nothing, and its values look like {about}",
    ),
})  # fmt: skip
"""Rule → what it means, in Vietnamese and in English."""

ALMOST_EMPTY, MOSTLY, SOME, ENOUGH = 0.02, 0.98, 0.05, 10
FILLER, MANY = 0.005, 100
"""The share of one value from which it is taken for a filler, in a column of so many distinct ones."""
SHORT, BROKEN, OTHER_ORDER = 0.01, 0.001, 0.005
LIKELY, UNLIKELY, VALID = 0.8, 0.3, 0.95
IDENTIFIERS = ("personal_id", "social_insurance", "health_card", "tax_code", "passport", "phone", "email")
_CUT = MappingProxyType({
    "personal_id": r"^([1-9]\d{10}|[1-9]\d{7})$",
    "phone": r"^[235789]\d{8}$",
    "tax_code": r"^[1-9]\d{8}$",
    "social_insurance": r"^[1-9]\d{8}$",
})  # fmt: skip
"""Standardiser → its numbers as they are without the zero at their beginning."""
_DATE = r"^\s*\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}([ T]\d.*)?\s*$"
_YEAR = r"^\s*(1[89]|20)\d\d\s*$"
_LETTER_FIRST = r"^\s*\D*\p{L}"
_GONE = r"\x{FFFD}|\p{L}\?+\p{L}|\p{L}\?+(\s|$)|(^|\s)\?+\p{L}"
_MOJIBAKE = r"Ã[\x{80}-\x{BF}¡-¿]|á[º»][^\s\w]|Æ[°¡]|Ä[‘\x{90}ƒ]"


@dataclass(frozen=True)
class Suspicion:
    """One thing to look at in a column."""

    column: str
    rule: str
    rows: int | None = None
    about: str = ""

    @property
    def vietnamese(self) -> str:
        """The sentence in Vietnamese."""
        return self._said(0)

    @property
    def english(self) -> str:
        """The sentence in English."""
        return self._said(1)

    def _said(self, language: int) -> str:
        return SENTENCES[self.rule][language].format(rows=f"{self.rows or 0:,}", about=self.about)


def suspicions(
    column: ColumnSurvey, counted: pl.DataFrame, mapped: Sequence[Reading], key: bool = False
) -> list[Suspicion]:
    """What is odd about a column by itself. `counted`: its distinct texts; `mapped`: what it is read as."""
    if not column.filled:
        return [Suspicion(column.name, "empty")]
    found = [*_fullness(column, counted, mapped), *_mixture(column, counted, mapped), *_damage(column, counted)]
    return [each for each in found if not (key and each.rule == "filler")]


def _rows(counted: pl.DataFrame, pattern: str) -> int:
    return int(counted.filter(pl.col(TEXT).str.contains(pattern))[ROWS].sum())


def _fullness(column: ColumnSurvey, counted: pl.DataFrame, mapped: Sequence[Reading]) -> Iterator[Suspicion]:
    top = int(counted[ROWS][0])
    if column.completeness < ALMOST_EMPTY:
        yield Suspicion(column.name, "almost_empty", column.filled)
    elif column.distinct == 1 and column.filled >= ENOUGH:
        yield Suspicion(column.name, "constant", column.filled)
    elif top >= MOSTLY * column.filled and column.filled >= ENOUGH:
        yield Suspicion(column.name, "one_value", top)
    elif (
        column.distinct >= MANY
        and top >= max(ENOUGH, FILLER * column.filled)
        and any(reading.standardiser in IDENTIFIERS for reading in mapped)
    ):
        yield Suspicion(column.name, "filler", top)


def _mixture(column: ColumnSurvey, counted: pl.DataFrame, mapped: Sequence[Reading]) -> Iterator[Suspicion]:
    dates, words = _rows(counted, _DATE), _rows(counted, _LETTER_FIRST)
    years = _rows(counted, _YEAR) if dates else 0
    kinds = {"dates": dates + years, "words": words, "numbers": column.filled - dates - years - words}
    shares = {kind: rows / column.filled for kind, rows in kinds.items() if rows >= SOME * column.filled}
    understood = mapped and all((reading.validity or 1) >= VALID for reading in mapped)
    if len(shares) > 1 and column.distinct > 2 * ENOUGH and not understood and column.median < len("dd/mm/yyyy hh:mm"):
        yield Suspicion(column.name, "mixed_types", about=", ".join(f"{k} {v:.0%}" for k, v in shares.items()))
    if dates > SOME * column.filled:
        parts = counted.select(
            pl.col(TEXT).str.extract_groups(r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d").alias("date"), ROWS
        ).unnest("date")
        first, second = (pl.col(name).cast(pl.Int32) for name in ("1", "2"))
        days_first = int(parts.filter((first > 12) & (second <= 12))[ROWS].sum())
        months_first = int(parts.filter((first <= 12) & (second > 12))[ROWS].sum())
        fewer = min(days_first, months_first)
        if fewer and fewer >= OTHER_ORDER * (days_first + months_first):
            yield Suspicion(column.name, "two_date_orders", fewer)
    kinds_of_number = {reading.standardiser for reading in mapped} & set(_CUT)
    if len(kinds_of_number) == 1:  # of two, the shorter number of one is not the other without its zero
        cut = _rows(counted, _CUT[kinds_of_number.pop()])
        if cut and cut >= SHORT * column.filled:
            yield Suspicion(column.name, "lost_zeros", cut)


def _damage(column: ColumnSurvey, counted: pl.DataFrame) -> Iterator[Suspicion]:
    for rule, pattern in (("lost_letters", _GONE), ("mojibake", _MOJIBAKE)):
        rows = _rows(counted, pattern)
        if rows and rows >= BROKEN * column.filled:
            yield Suspicion(column.name, rule, rows)


def misplaced(
    columns: Mapping[str, pl.DataFrame],
    readings: Sequence[Reading],
    entities: Collection[EntityRules],
    used: Collection[str],
    knowledge: Knowledge,
) -> list[Suspicion]:
    """Mapped columns that fit another attribute better, and unmapped ones that fit one well.

    `columns`: column → its distinct texts, `used`: every column that the mapping names. A column that makes a value
    only together with others is not judged.
    """
    found = []
    alone: dict[str, Reading] = {}
    for reading in readings:
        for column in reading.columns if len(reading.columns) == 1 or reading.standardiser in IDENTIFIERS else ():
            alone.setdefault(column, reading)
    for name, counted in columns.items():
        if counted.height < fits.FEW or (name in used and name not in alone):
            continue
        shares = fits.shares(fits.sample(counted[TEXT]), knowledge)
        best = fits.best(shares, LIKELY)
        called = _called(best, entities, {(r.entity, r.attribute) for r in readings})
        if not called or best is None:
            continue
        if name not in used:
            found.append(Suspicion(name, "looks_like", about=called))
            continue
        own = alone[name]
        unlike = best != own.standardiser and shares.get(own.standardiser, 0) < UNLIKELY
        if unlike and (own.validity or 0) < VALID:
            found.append(Suspicion(name, "fits_better", about=called))
    return found


def _called(standardiser: str | None, entities: Collection[EntityRules], mapped: Collection[tuple[str, str]]) -> str:
    """The attributes of a standardiser, those first that no column is mapped to."""
    every = [
        (entity.entity, attribute)
        for entity in entities
        for attribute, rule in entity.attributes.items()
        if rule.standardiser == standardiser
    ]
    names = sorted(every, key=lambda each: each in mapped)
    return ", ".join(dict.fromkeys(attribute for _, attribute in names[:3]))
