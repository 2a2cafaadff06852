"""Keys that repeat, and identifiers that several different names share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from mdm.sources.extract import Extract
from mdm.standardise.text import plain
from mdm.survey.suspicions import IDENTIFIERS
from mdm.workspace import EntityRules, PartySpec, SourceSpec

LISTED = 5
HOLDERS = {"phone": 5, "email": 3}
"""Different names from which a value counts as shared; 2 for all others. A family has one phone."""
CANDIDATES = 20_000


@dataclass(frozen=True)
class Shared:
    """An identifier that different names share."""

    attribute: str
    column: str
    value: str
    names: int
    rows: int


@dataclass(frozen=True)
class SharedIdentifiers:
    """How many values of one column are shared, and those that most names share."""

    attribute: str
    column: str
    values: int
    rows: int
    most: tuple[Shared, ...]


def shared_identifiers(extract: Extract, spec: SourceSpec, rules: Mapping[str, EntityRules]) -> list[SharedIdentifiers]:
    """For each identifier of each party that has a column for its name. Names that differ in tones only are one."""
    found: dict[tuple[str, tuple[str, ...]], SharedIdentifiers | None] = {}
    for party in spec.parties:
        name = party.columns.get("name", ())
        for attribute, columns in party.columns.items() if name else ():
            if rules[party.entity].attributes[attribute].standardiser in IDENTIFIERS:
                for column in columns:
                    if (column, name) not in found:
                        found[column, name] = _shared(extract, party, attribute, column)
    return [shared for shared in found.values() if shared is not None]


def _shared(extract: Extract, party: PartySpec, attribute: str, column: str) -> SharedIdentifiers | None:
    least = HOLDERS.get(attribute, 2)
    name = pl.concat_str(pl.col(party.columns["name"]), separator=" ", ignore_nulls=True).str.strip_chars()
    tidy = pl.col(column).str.replace_all(r"[^\p{L}\p{N}@]", "").str.to_uppercase()
    pairs = extract.rows.select(value=tidy, name=name.str.to_lowercase()).filter(
        (pl.col("value").str.len_chars() > 3) & (pl.col("name") != "")
    )
    pairs = pairs.group_by("value", "name").agg(pl.len().alias("rows"))
    several = pairs.group_by("value").agg(pl.len().alias("names")).filter(pl.col("names") >= least)
    several = several.sort("names", "value", descending=[True, False]).head(CANDIDATES)
    pairs = pairs.join(several.select("value"), on="value", how="semi")
    names = pairs["name"].unique()
    bare = pl.Series([plain(text) for text in names], dtype=pl.String)
    holders = (
        pairs.with_columns(pl.col("name").replace(names, bare))
        .group_by("value")
        .agg(pl.col("name").n_unique().alias("names"), pl.col("rows").sum())
        .filter(pl.col("names") >= least)
        .sort("names", "rows", "value", descending=[True, True, False])
    )
    if holders.is_empty():
        return None
    most = [Shared(attribute, column, *row) for row in holders.head(LISTED).iter_rows()]
    return SharedIdentifiers(attribute, column, holders.height, int(holders["rows"].sum()), tuple(most))
