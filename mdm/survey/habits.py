"""How a source writes, and what speaks for it: what set-up freezes (or has frozen) in its profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from mdm.sources.parties import DATE_STANDARDISERS
from mdm.sources.profile import middle_names
from mdm.standardise import SourceProfile, personal_ids, sexes
from mdm.standardise.dates import Habits, read
from mdm.survey.columns import ROWS, TEXT
from mdm.workspace import EntityRules, SourceSpec

_NUMBERS = r"^\s*(\d{1,4})\s?[/.\- ]\s?(\d{1,2})\s?[/.\- ]\s?\d{1,4}(\D|$)"


@dataclass(frozen=True)
class Habit:
    """One thing that is frozen: what it is, its value, and how many rows speak for which reading of it."""

    name: str
    value: str
    evidence: str


def habits(
    rows: pl.DataFrame, spec: SourceSpec, rules: Mapping[str, EntityRules], profile: SourceProfile
) -> list[Habit]:
    """The habits of a source with their evidence in `rows` (all columns of the extract as texts)."""
    dates = _dates(rows, spec, rules)
    found = [] if dates.is_empty() else [Habit("date order", profile.date_order, _orders(dates))]
    found += [] if dates.is_empty() else [_new_year(dates, profile)]
    codes = [_sex_code(rows, spec, code, sex) for code, sex in sorted(profile.sex_codes.items())]
    encodings = [Habit(f"encoding of {c}", e, "") for c, e in sorted(profile.column_encodings.items())]
    orders = [Habit(f"date order of {a}", order, "") for a, order in sorted(profile.date_orders.items())]
    shared = [Habit(f"shared {a}", f"{len(marks):,} values", "too many holders each") for a, marks in _by_name(profile)]
    return [*found, *orders, *codes, *encodings, *shared]


def _by_name(profile: SourceProfile) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((attribute, marks) for attribute, marks in profile.shared.items() if marks)


def _dates(rows: pl.DataFrame, spec: SourceSpec, rules: Mapping[str, EntityRules]) -> pl.DataFrame:
    """text, rows: what stands in the columns that dates are read from."""
    names = dict.fromkeys(
        columns[0]
        for party in spec.parties
        for attribute, columns in party.columns.items()
        if len(columns) == 1 and rules[party.entity].attributes[attribute].standardiser in DATE_STANDARDISERS
    )
    texts = pl.concat([pl.Series(TEXT, [], pl.String), *(rows[name].alias(TEXT) for name in names)]).drop_nulls()
    return texts.value_counts(name=ROWS).sort(TEXT)


def _orders(dates: pl.DataFrame) -> str:
    parts = dates.select(pl.col(TEXT).str.extract_groups(_NUMBERS).alias("parts"), ROWS).unnest("parts")
    first, second = (pl.col(name).cast(pl.Int32, strict=False) for name in ("1", "2"))
    counts = {
        "day first": parts.filter(first.is_between(13, 31) & (second <= 12)),
        "month first": parts.filter((first <= 12) & second.is_between(13, 31)),
        "year first": parts.filter(first > 31),
        "either": parts.filter((first <= 12) & (second <= 12)),
    }
    told = ", ".join(f"{name} {int(rows[ROWS].sum()):,}" for name, rows in counts.items() if rows.height)
    return told or "no date in three parts"


def _new_year(dates: pl.DataFrame, profile: SourceProfile) -> Habit:
    order = Habits(profile.date_order)
    days = new_years = 0
    for text, rows in dates.iter_rows():
        _, _, month, day, _ = read(text, order)
        days += rows * (day is not None)
        new_years += rows * (month == 1 and day == 1)
    value = "only the year is known" if profile.new_year_is_year else "a day as any other"
    return Habit("1 January", value, f"{new_years:,} of {days:,} dates, {days / 365:,.0f} expected")


def _sex_code(rows: pl.DataFrame, spec: SourceSpec, code: str, sex: str) -> Habit:
    """How many personal numbers and middle names beside a code speak for each sex."""
    votes = {"male": 0, "female": 0}
    said = {"male": 0, "female": 0}
    count = 0
    for party in spec.parties:
        column = party.columns.get("sex", ())
        if len(column) != 1 or column[0] not in rows.columns:
            continue
        own = rows.filter(pl.Series([_is(text, code) for text in rows[column[0]]], dtype=pl.Boolean))
        count += own.height
        for name in party.columns.get("personal_id", ()):
            for number in own[name].drop_nulls():
                canonical = personal_ids.normalise(number)
                told = None if canonical is None else personal_ids.sex(canonical)
                votes = votes if told is None else {**votes, told: votes[told] + 1}
        if names := party.columns.get("name", ()):
            for told, has in zip(("female", "male"), middle_names(names), strict=True):
                said[told] += int(own.select(has.sum()).item() or 0)
    evidence = (
        f"{count:,} rows; by personal numbers {votes['male']:,} male, {votes['female']:,} female; "
        f"by middle names (Văn, Thị) {said['male']:,} male, {said['female']:,} female"
    )
    return Habit(f"sex code {code}", sex, evidence)


def _is(text: str | None, code: str) -> bool:
    return text is not None and sexes.folded(text) == code
