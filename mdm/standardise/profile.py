"""What was found of one source when it was set up, and frozen: a run infers nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any

import polars as pl

_ALWAYS = ("encoding", "date_order", "sex_codes", "new_year_is_year", "column_encodings")
"""Fields that the frozen form names even where they say nothing; others came later, and stand there only if they do."""


@dataclass(frozen=True)
class SourceProfile:
    """How one source writes: its encoding, date order and sex codes."""

    encoding: str = "utf-8"
    date_order: str = "dmy"
    """`dmy`, `mdy` or `ymd`: how a date with three numbers is read where its digits allow several readings."""
    sex_codes: Mapping[str, str] = field(default_factory=dict)
    """Folded text → `male` or `female`, where a source has codes of its own (`0`, `1`)."""
    new_year_is_year: bool = False
    """1 January stands for "only the year is known" in this source."""
    column_encodings: Mapping[str, str] = field(default_factory=dict)
    """Column → encoding, where one file mixes them."""
    date_orders: Mapping[str, str] = field(default_factory=dict)
    """Attribute → order, where its columns are written otherwise than the source's other dates."""
    new_years: Mapping[str, bool] = field(default_factory=dict)
    """Attribute → what 1 January means there, where that differs from `new_year_is_year`."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """Mapped column → of a thousand rows, how many held something; columns that were empty are left out."""
    conditions: Mapping[str, int] = field(default_factory=dict)
    """`where` of a party → of a thousand rows, how many it was true of."""
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attribute → `mark` of each canonical value that too many different holders have."""

    def of(self, attribute: str) -> SourceProfile:
        """The profile as it holds for one attribute."""
        order = self.date_orders.get(attribute, self.date_order)
        new_year = self.new_years.get(attribute, self.new_year_is_year)
        if (order, new_year) == (self.date_order, self.new_year_is_year):
            return self
        return replace(self, date_order=order, new_year_is_year=new_year)

    def shared_in(self, attribute: str, values: pl.Series) -> pl.Series:
        """Which of these canonical values (String) are shared by too many holders to tell them apart: Boolean."""
        marks = frozenset(self.shared.get(attribute, ()))
        if not marks:
            return pl.repeat(False, values.len(), dtype=pl.Boolean, eager=True)
        return pl.Series([text is not None and mark(attribute, text) in marks for text in values], dtype=pl.Boolean)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, mappings sorted by key."""
        said = {f.name: _plain(getattr(self, f.name)) for f in fields(self)}
        return {name: value for name, value in said.items() if name in _ALWAYS or value}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> SourceProfile:
        """The inverse of `to_dict`; raises TypeError on an unknown key."""
        marks = {attribute: tuple(found) for attribute, found in values.get("shared", {}).items()}
        return SourceProfile(**{**values, "shared": marks})


def mark(attribute: str, value: str) -> str:
    """What is frozen instead of a value in clear: 16 hexadecimal digits of BLAKE2b over attribute and value."""
    return blake2b(f"{attribute}\x1f{value}".encode(), digest_size=8).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in sorted(value.items())}
    return list(value) if isinstance(value, tuple) else value
