"""Numbers and addresses that too many different holders have: a hotline, a school's e-mail, a clerk's own number.

Found when a source is set up, over all its rows, and frozen as marks, not in clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from mdm.sources.extract import PLACE
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile, profiling
from mdm.standardise.profile import mark
from mdm.standardise.text import plain
from mdm.workspace import AttributeRule, EntityRules, SourceSpec

_TAIL = 7
"""The last characters of a cell that all spellings of one number have in common (09…, +849…, 9…)."""


def shared(
    rows: pl.DataFrame,
    spec: SourceSpec,
    entities: Mapping[str, EntityRules],
    knowledge: Knowledge,
    profile: SourceProfile | None = None,
) -> dict[str, tuple[str, ...]]:
    """Attribute → marks of its canonical values that too many holders have, in rows as received (a column a cell).

    Whoever is named in the same row holds a number; names that may be one person's are one holder. How many are too
    many the rule file says (`holders` of an attribute).
    """
    found: dict[str, set[str]] = {}
    for attribute, rule, cells in _cells(rows, spec, entities):
        for value in _held_by_many(cells, rule, rule.holders or 1, knowledge, profile or SourceProfile()):
            found.setdefault(attribute, set()).add(mark(attribute, value))
    return {attribute: tuple(sorted(marks)) for attribute, marks in sorted(found.items())}


def _cells(
    rows: pl.DataFrame, spec: SourceSpec, entities: Mapping[str, EntityRules]
) -> Iterator[tuple[str, AttributeRule, pl.DataFrame]]:
    """Of each attribute that is a number of somebody's: its received texts, each with a holder."""
    for party in spec.parties:
        rules = entities.get(party.entity)
        named = [party.from_text] if party.from_text else [*party.columns.get("name", ())]
        if rules is None or not named:
            continue
        holder = pl.concat_str(pl.col(named), separator=" ", ignore_nulls=True).alias("holder")
        for attribute, columns in party.columns.items():
            rule = rules.attributes.get(attribute)
            if rule is not None and rule.holders is not None:
                each = [rows.select(pl.col(name).alias("text"), holder) for name in columns if name not in PLACE]
                yield attribute, rule, pl.concat(each).filter(pl.col("text").is_not_null() & (pl.col("holder") != ""))


def _held_by_many(
    cells: pl.DataFrame, rule: AttributeRule, limit: int, knowledge: Knowledge, profile: SourceProfile
) -> list[str]:
    """Only cells whose last characters are held often enough are standardised at all."""
    tail = pl.col("text").str.replace_all(r"[^0-9A-Za-z]", "").str.to_lowercase().str.tail(_TAIL).alias("tail")
    often = cells.with_columns(tail).filter(pl.col("holder").n_unique().over("tail") > limit)
    if often.is_empty():
        return []
    texts = often["text"].unique().sort()
    standardiser = STANDARDISERS[rule.standardiser or ""]
    read = standardiser.function(texts, knowledge, profile, rule.options).select("value").with_columns(text=texts)
    names = often["holder"].unique().sort()
    plainly = pl.DataFrame({"holder": names, "plain": [plain(name) for name in names]})
    held = often.join(read, on="text", maintain_order="left").join(plainly, on="holder", maintain_order="left")
    return profiling.shared(held["value"], held["plain"], limit)
