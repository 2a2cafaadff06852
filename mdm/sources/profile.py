"""What is found of a source when it is set up, and frozen: a run infers nothing. What `mdm.yaml` says comes first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdm.sources.extract import Extract
from mdm.standardise import SourceProfile
from mdm.standardise.sexes import folded
from mdm.workspace import SourceSpec

DATE_LIKE = r"^\s*\d{1,4}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{1,4}(\D|$)"
NEW_YEAR = r"^\s*(0?1\s?[/.\-]\s?0?1\s?[/.\-]\s?\d{2,4}|\d{4}\s?[/.\-]\s?0?1\s?[/.\-]\s?0?1)(\D|$)"
PARTS = r"^\s*(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]"
MOST, FEW = 0.5, 10
NEW_YEARS = 3 / 365
"""A share of 1 January above three times a day's is a habit, not births."""
SURE = 0.8
CODE = r"^[0-9]$|^(t|f|true|false)$"


def profile(extract: Extract, spec: SourceSpec) -> SourceProfile:
    """Encoding, date order, sex codes and what 1 January means, from the rows of a first extract."""
    dates = _dates(extract, spec)
    return SourceProfile(
        encoding=extract.encoding or "utf-8",
        date_order=spec.date_order or date_order(dates),
        sex_codes=spec.sex_codes or sex_codes(extract, spec),
        new_year_is_year=new_year_is_year(dates),
        column_encodings=extract.column_encodings,
    )


def _dates(extract: Extract, spec: SourceSpec) -> pl.Series:
    """The texts of mapped columns that mostly look like dates in three numbers."""
    columns = [c for party in spec.parties for names in party.columns.values() if len(names) == 1 for c in names]
    found = [pl.Series("date", [], pl.String)]
    for column in dict.fromkeys(columns):
        texts = extract.rows[column].drop_nulls()
        alike = texts.filter(texts.str.contains(DATE_LIKE))
        if alike.len() > MOST * texts.len():
            found.append(alike.alias("date"))
    return pl.concat(found)


def date_order(dates: pl.Series) -> str:
    """`mdy` only where it is proven: more dates have a second part above 12 than a first part; else `dmy`."""
    parts = dates.str.extract_groups(PARTS).struct.unnest().cast(pl.Int64, strict=False)
    first, second = ((parts.to_series(i) > 12).sum() for i in (0, 1))
    return "mdy" if second > first else "dmy"


def new_year_is_year(dates: pl.Series) -> bool:
    """Whether 1 January stands for "only the year is known"."""
    count = dates.str.contains(NEW_YEAR).sum()
    return count >= FEW and count > NEW_YEARS * dates.len()


def sex_codes(extract: Extract, spec: SourceSpec) -> dict[str, str]:
    """What a source's own codes mean, by the sex that 12-digit numbers, then names, show beside them.

    Where neither is there, `1` and `2` are read as the health system writes them; `0` and `1` stay unread, for both
    conventions are in use.
    """
    evidence = pl.concat([_evidence(extract, party.columns) for party in spec.parties] or [_NO_EVIDENCE])
    codes: dict[str, str] = {}
    for code in evidence["code"].unique().sort():
        own = evidence.filter(pl.col("code") == code)
        for kind in ("by_number", "by_name"):
            said = own[kind].drop_nulls()
            male = (said == "male").mean()
            if said.len() >= FEW and isinstance(male, float) and not 1 - SURE < male < SURE:
                codes[code] = "male" if male >= SURE else "female"
                break
    seen = set(evidence["code"])
    return codes or ({"1": "male", "2": "female"} if "2" in seen and "0" not in seen else {})


_NO_EVIDENCE = pl.DataFrame(schema={"code": pl.String, "by_number": pl.String, "by_name": pl.String})


def _evidence(extract: Extract, columns: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """For each row with a code: the sex in its 12-digit number (even: male), and in its middle name."""
    if len(columns.get("sex", ())) != 1:
        return _NO_EVIDENCE
    texts = extract.rows.get_column(columns["sex"][0])
    meaning = {text: folded(text) for text in texts.drop_nulls().unique().sort()}
    code = texts.replace_strict(meaning, default=None, return_dtype=pl.String).alias("code")
    digit = (
        _first(extract, columns.get("personal_id", ())).str.replace_all(r"\D", "").str.extract(r"^\d{3}([0-3])\d{8}$")
    )
    name = pl.lit(" ") + _joined(columns.get("name", ())).str.normalize("NFC").str.to_lowercase() + pl.lit(" ")
    sex = (
        pl.when(name.str.contains(r" th[ịi] "))
        .then(pl.lit("female"))
        .when(name.str.contains(r" v[ăa]n "))
        .then(pl.lit("male"))
    )
    number = pl.when(digit.is_in(["0", "2"])).then(pl.lit("male")).when(digit.is_not_null()).then(pl.lit("female"))
    rows = extract.rows.select(code, number.alias("by_number"), sex.alias("by_name"))
    return rows.filter(pl.col("code").str.contains(CODE))


def _first(extract: Extract, columns: tuple[str, ...]) -> pl.Expr:
    return pl.coalesce(pl.col(columns)) if columns else pl.lit(None, pl.String)


def _joined(columns: tuple[str, ...]) -> pl.Expr:
    return pl.concat_str(pl.col(columns), separator=" ", ignore_nulls=True) if columns else pl.lit(None, pl.String)
