"""What is found of a source when it is set up, and frozen: a run infers nothing. What `mdm.yaml` says comes first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdm.sources.extract import Extract
from mdm.standardise import Knowledge, SourceProfile, profiling
from mdm.standardise.sexes import folded
from mdm.workspace import SourceSpec

DATE_LIKE = r"^\s*\d{1,4}\s?[/.\- ]\s?\d{1,2}\s?[/.\- ]\s?\d{1,4}(\D|$)"
MOST = 0.5
ENOUGH, SURE = 10, 0.8
"""Rows with a telling middle name that a code needs, and the share of them that must agree."""


def profile(extract: Extract, spec: SourceSpec, knowledge: Knowledge | None = None) -> SourceProfile:
    """Encoding, date order, sex codes and what 1 January means, from the rows of a first extract."""
    dates = _date_columns(extract, spec)
    order = spec.date_order or profiling.date_order(pl.concat([pl.Series("date", [], pl.String), *dates]))
    return SourceProfile(
        encoding=extract.encoding or "utf-8",
        date_order=order,
        sex_codes=spec.sex_codes or _sex_codes(extract, spec, knowledge or Knowledge.shipped()),
        new_year_is_year=any(profiling.new_year_is_year(column, order) for column in dates),
        column_encodings=extract.column_encodings,
    )


def _date_columns(extract: Extract, spec: SourceSpec) -> list[pl.Series]:
    """The mapped columns whose texts mostly look like dates in three numbers."""
    columns = [c for party in spec.parties for names in party.columns.values() if len(names) == 1 for c in names]
    found = []
    for column in dict.fromkeys(columns):
        texts = extract.rows[column].drop_nulls().alias("date")
        if texts.str.contains(DATE_LIKE).sum() > MOST * texts.len():
            found.append(texts)
    return found


def _sex_codes(extract: Extract, spec: SourceSpec, knowledge: Knowledge) -> dict[str, str]:
    """What bare codes mean, by the middle names beside them (`Thị`, `Văn`); else by numbers, and by convention."""
    codes: dict[str, str] = {}
    for party in spec.parties:
        column = party.columns.get("sex", ())
        if len(column) == 1:
            numbers = party.columns.get("personal_id", ())
            number = extract.rows.select(pl.coalesce(pl.col(numbers))).to_series() if numbers else None
            found = profiling.sex_codes(extract.rows[column[0]], number, knowledge)
            codes |= {**found, **_by_name(extract, party.columns, found)}
    return dict(sorted(codes.items()))


def _by_name(extract: Extract, columns: Mapping[str, tuple[str, ...]], codes: Mapping[str, str]) -> dict[str, str]:
    """The codes that middle names speak of."""
    name = pl.concat_str(pl.col(columns.get("name", ())), separator=" ", ignore_nulls=True)
    if "name" not in columns or not codes:
        return {}
    said = name.str.normalize("NFC").str.to_lowercase()
    female, male = said.str.contains(r"\S\s+th[iị]\s+\S"), said.str.contains(r"\S\s+v[aă]n\s+\S")
    rows = extract.rows.select(pl.col(columns["sex"][0]).alias("code"), female.alias("female"), male.alias("male"))
    rows = rows.filter(pl.col("female") != pl.col("male")).drop_nulls("code")
    found = {}
    for code, male_rows, count in rows.group_by("code").agg(pl.col("male").sum(), pl.len()).sort("code").iter_rows():
        if folded(code) in codes and count >= ENOUGH and not (1 - SURE) * count < male_rows < SURE * count:
            found[folded(code)] = "male" if male_rows >= SURE * count else "female"
    return found
