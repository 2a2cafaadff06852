"""What was found of one source when it was set up, and frozen: a run infers nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


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

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, mappings sorted by key."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> SourceProfile:
        """The inverse of `to_dict`; raises TypeError on an unknown key."""
        return SourceProfile(**values)


def _plain(value: object) -> object:
    return dict(sorted(value.items())) if isinstance(value, Mapping) else value
