"""The comparison functions: one module each, found by name, so that a new file is enough."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Protocol, cast

import polars as pl


class ComparisonFunction(Protocol):
    """What a module of this package offers; the module's docstring defines each level in words."""

    LEVELS: tuple[str, ...]
    """Strongest first; the last is `differs`."""

    FIELDS: tuple[str, ...]
    """Fields of the attribute that are read; `value` is the canonical value."""

    def reference(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """UInt8: `len(LEVELS) - index` of the strongest level that holds; 0 is missing. Symmetric."""


ALL: dict[str, ComparisonFunction] = {
    module.name: cast(ComparisonFunction, import_module(f"{__name__}.{module.name}"))
    for module in pkgutil.iter_modules(__path__)
    if not module.name.startswith("_")
}
"""By name, in alphabetical order."""

__all__ = ["ALL", "ComparisonFunction"]
