"""The word lists and unit tables of `rules/`, as texts: all that standardisers know beyond their own code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

FOLDERS = ("words", "units")
"""The folders of `rules/` that are knowledge: what standardisers read."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Texts of `rules/` by relative path, for instance `words/surnames.csv`.

    Compared by identity, so that what a module derives from it can be kept with `functools.lru_cache`.
    """

    files: Mapping[str, str]
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False)

    def table(self, name: str) -> pl.DataFrame:
        """The CSV file `name`, every column a String, `#` lines left out; raises KeyError on an unknown name."""
        if name not in self._tables:
            self._tables[name] = pl.read_csv(self.files[name].encode(), infer_schema=False, comment_prefix="#")
        return self._tables[name]

    @staticmethod
    @cache
    def shipped() -> Knowledge:
        """The knowledge that comes with the package."""
        return Knowledge.read(_shipped_rules())

    @staticmethod
    def read(rules: Path) -> Knowledge:
        """The knowledge in a folder laid out as `rules/`; raises OSError if a file can't be read."""
        paths = sorted(path for folder in FOLDERS for path in (rules / folder).rglob("*.csv"))
        return Knowledge({path.relative_to(rules).as_posix(): path.read_text("utf-8") for path in paths})


def _shipped_rules() -> Path:
    """`mdm/rules` in an installed wheel, else `rules/` beside the packages in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"
