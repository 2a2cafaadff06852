"""Which columns name the rows of an unknown extract: unique, complete, and staying with the row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import polars as pl

from mdm.onboarding.candidates import Column
from mdm.sources.extract import Extract

IDENTITIES = ("personal_id", "social_insurance", "student_code", "tax_code", "registration_no", "passport")
"""Attributes that may name a row where a person or firm has one row."""
MOST_TRIED = 8
"""Columns that are tried in pairs."""


def propose_key(
    extract: Extract, columns: Sequence[Column], usual: Collection[str], identities: Collection[str]
) -> tuple[tuple[str, ...], str]:
    """The key's columns, and why they are it.

    `usual`: columns that usually are one here, in order. `identities`: columns of the main party's identifiers.
    """
    order = {name: place for place, name in enumerate(usual)}
    ranks = {column.name: _rank(column, identities, first=column is columns[0]) for column in columns}
    ranked = sorted(columns, key=lambda column: (order.get(column.name, len(order)), ranks[column.name]))
    whole = [column for column in ranked if column.complete and ranks[column.name] < _NEVER]
    for column in whole:
        if column.unique:
            return (column.name,), "unique and in every row"
    for pair in combinations(whole[:MOST_TRIED], 2):
        names = [column.name for column in columns if column in pair]
        if not extract.rows.select(pl.struct(names).is_duplicated().any()).item():
            return tuple(names), "unique only together, and in every row"
    alone = next((column for column in ranked if column.unique and column.complete), None)
    if alone is not None:
        return (alone.name,), "the only column that is unique and in every row: look at it"
    first = (whole or ranked)[0].name
    return (first,), f"no column identifies each row: name several in key, for instance [{first}, …]"


_NEVER = 9


def _rank(column: Column, identities: Collection[str], *, first: bool) -> int:
    """The smaller, the likelier is a key: a running number moves with the sorting, names and dates are shared."""
    heading = column.heading
    if heading.row == "id" and heading.party is None and column.kind not in ("phone", "email"):
        return 0
    if column.name in identities:
        return 2
    if heading.row == "running":
        return 4
    if column.kind in ("person_name", "organisation_name", "date", "address", "phone", "email", "sex"):
        return _NEVER
    if heading.attribute is not None or heading.other:
        return _NEVER
    return (1 if first else 3) if "9" in column.format else _NEVER
