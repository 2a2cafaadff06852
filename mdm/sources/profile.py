"""What is found of a source when it is set up, and frozen: a run infers nothing. What `mdm.yaml` says comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from mdm.sources.extract import Extract
from mdm.sources.parties import condition
from mdm.sources.shared import shared
from mdm.standardise import Knowledge, SourceProfile, profiling
from mdm.standardise.sexes import folded
from mdm.workspace import EntityRules, SourceSpec

DATE_LIKE = r"^\s*\d{1,4}\s?[/.\- ]\s?\d{1,2}\s?[/.\- ]\s?\d{1,4}(\D|$)"
MOST = 0.5
ENOUGH, SURE = 10, 0.8
"""Rows with a telling middle name that a code needs, and the share of them that must agree."""
THOUSAND = 1000
ROWS = 30_000
"""Rows that habits are told by."""
NO_RULES: Mapping[str, EntityRules] = MappingProxyType({})


def profile(
    extract: Extract,
    spec: SourceSpec,
    knowledge: Knowledge | None = None,
    entities: Mapping[str, EntityRules] = NO_RULES,
) -> SourceProfile:
    """Encoding, date order, sex codes, what 1 January means, which columns are filled, which values are shared.

    From the rows of a first extract; shared values only with the rules of the entity types.
    """
    knowledge = knowledge or Knowledge.shipped()
    rows = some(extract.rows)
    dates = date_columns(rows, spec)
    every = pl.concat([pl.Series("date", [], pl.String), *dates.values()])
    order = spec.date_order or profiling.date_order(every)
    orders = {} if spec.date_order else _other_orders(dates, order)
    years = {name: profiling.new_year_is_year(column, orders.get(name, order)) for name, column in dates.items()}
    found = SourceProfile(
        encoding=extract.encoding or "utf-8",
        date_order=order,
        sex_codes=spec.sex_codes or _sex_codes(rows, spec, knowledge),
        new_year_is_year=any(years.values()),
        column_encodings=extract.column_encodings,
        date_orders=orders,
        new_years={name: False for name, meant in years.items() if any(years.values()) and not meant},
        filled=_filled(extract.rows, spec),
        conditions=conditions(extract.rows, spec),
    )
    return found if not entities else _with_shared(found, extract, spec, entities, knowledge)


def _with_shared(
    found: SourceProfile,
    extract: Extract,
    spec: SourceSpec,
    entities: Mapping[str, EntityRules],
    knowledge: Knowledge,
) -> SourceProfile:
    marks = shared(extract.rows, spec, entities, knowledge, found)
    return SourceProfile.from_dict({**found.to_dict(), "shared": marks})


def some(rows: pl.DataFrame) -> pl.DataFrame:
    """Every so-manieth row: enough to tell habits by, however many rows there are."""
    return rows.gather_every(max(1, rows.height // ROWS))


def date_columns(rows: pl.DataFrame, spec: SourceSpec) -> dict[str, pl.Series]:
    """Attribute → the texts of its mapped columns, where these mostly look like dates in three numbers."""
    found: dict[str, pl.Series] = {}
    for party in spec.parties:
        for attribute, names in party.columns.items():
            texts = rows[names[0]].drop_nulls().alias("date") if len(names) == 1 else None
            if texts is not None and texts.str.contains(DATE_LIKE).sum() > MOST * texts.len():
                found[attribute] = pl.concat([found[attribute], texts]) if attribute in found else texts
    return found


def _other_orders(dates: Mapping[str, pl.Series], order: str) -> dict[str, str]:
    """Attributes whose own dates prove another order than the source's dates together."""
    orders = {}
    for name, column in dates.items():
        proofs = profiling.date_proofs(column)
        if any(proofs.values()) and (own := profiling.proven_order(proofs)) != order:
            orders[name] = own
    return dict(sorted(orders.items()))


def _filled(rows: pl.DataFrame, spec: SourceSpec) -> dict[str, int]:
    """Mapped column → of a thousand rows, how many hold something."""
    counts = {name: filled(rows[name]) for name in spec.columns if name in rows.columns}
    return {name: _per_thousand(count, rows.height) for name, count in sorted(counts.items()) if count}


def filled(column: pl.Series) -> int:
    """How many cells hold more than spaces."""
    return int((column.str.strip_chars() != "").sum())


def conditions(rows: pl.DataFrame, spec: SourceSpec) -> dict[str, int]:
    """`where` of each party that is true of some rows → of a thousand rows, how many."""
    wheres = sorted({party.where for party in spec.parties if party.where is not None})
    counts = {where: int(condition(rows, where, spec).sum()) for where in wheres}
    return {where: _per_thousand(count, rows.height) for where, count in counts.items() if count}


def _per_thousand(count: int, total: int) -> int:
    """Two rows more than there are, so that a few rows prove little."""
    return max(1, count * THOUSAND // (total + 2))


def _sex_codes(rows: pl.DataFrame, spec: SourceSpec, knowledge: Knowledge) -> dict[str, str]:
    """What bare codes mean, by the middle names beside them (`Thị`, `Văn`); else by numbers, and by convention."""
    codes: dict[str, str] = {}
    for columns in _with_sex(spec):
        found = profiling.sex_codes(rows[columns["sex"][0]], _numbers(rows, columns), knowledge)
        codes |= {**found, **_by_name(rows, columns, found)}
    return dict(sorted(codes.items()))


def sex_evidence(
    rows: pl.DataFrame, spec: SourceSpec, knowledge: Knowledge, codes: Mapping[str, str]
) -> dict[str, set[str]]:
    """Folded code → what the numbers and the middle names beside it say, where enough of them agree."""
    said: dict[str, set[str]] = {}
    for columns in _with_sex(spec):
        numbers = _numbers(rows, columns)
        by_number = {} if numbers is None else profiling.sex_evidence(rows[columns["sex"][0]], numbers, knowledge)
        for found in (by_number, _by_name(rows, columns, codes)):
            for code, sex in found.items():
                said.setdefault(code, set()).add(sex)
    return said


def sex_columns(spec: SourceSpec) -> list[str]:
    """The columns that sexes are read from."""
    return [columns["sex"][0] for columns in _with_sex(spec)]


def _with_sex(spec: SourceSpec) -> list[Mapping[str, tuple[str, ...]]]:
    return [party.columns for party in spec.parties if len(party.columns.get("sex", ())) == 1]


def _numbers(rows: pl.DataFrame, columns: Mapping[str, tuple[str, ...]]) -> pl.Series | None:
    numbers = columns.get("personal_id", ())
    return rows.select(pl.coalesce(pl.col(numbers))).to_series() if numbers else None


def _by_name(rows: pl.DataFrame, columns: Mapping[str, tuple[str, ...]], codes: Mapping[str, str]) -> dict[str, str]:
    """The codes that middle names speak of."""
    if "name" not in columns or not codes:
        return {}
    female, male = middle_names(columns["name"])
    told = rows.select(pl.col(columns["sex"][0]).alias("code"), female.alias("female"), male.alias("male"))
    told = told.filter(pl.col("female") != pl.col("male")).drop_nulls("code")
    found = {}
    for code, male_rows, count in told.group_by("code").agg(pl.col("male").sum(), pl.len()).sort("code").iter_rows():
        if folded(code) in codes and count >= ENOUGH and not (1 - SURE) * count < male_rows < SURE * count:
            found[folded(code)] = "male" if male_rows >= SURE * count else "female"
    return found


def middle_names(columns: Sequence[str]) -> tuple[pl.Expr, pl.Expr]:
    """Whether the name in these columns has a woman's middle name (Thị), and whether it has a man's (Văn)."""
    name = pl.concat_str(pl.col(columns), separator=" ", ignore_nulls=True).str.normalize("NFC").str.to_lowercase()
    return name.str.contains(r"\S\s+th[iị]\s+\S"), name.str.contains(r"\S\s+v[aă]n\s+\S")
