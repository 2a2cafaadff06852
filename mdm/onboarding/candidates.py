"""The columns of an unknown extract with what speaks for each: what its name says, and what its values are."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from mdm.onboarding import fits
from mdm.onboarding.formats import formats
from mdm.onboarding.headings import Heading, read_heading
from mdm.sources.extract import Extract
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.owners import owners

TELLS = 0.15
"""The share of texts with several owners, or with details of one, from which a column is read for its owners."""
RECENT, MOSTLY = 2012, 0.8
"""Dates most of which are later are rather of the office's work than of births."""


@dataclass(frozen=True)
class Column:
    """One column of an extract."""

    name: str
    heading: Heading
    texts: pl.Series
    """Some of its distinct texts."""
    shares: dict[str, float] = field(default_factory=dict)
    """Standardiser → share of the texts that are plainly of its kind, the best first."""
    complete: bool = False
    unique: bool = False
    format: str = ""
    """The commonest format."""
    names_owners: bool = False
    recent: bool = False
    """Holds dates, most of them of the last years."""

    @property
    def kind(self) -> str | None:
        """The standardiser that its values fit best, if any."""
        return fits.best(self.shares)

    def share(self, standardiser: str | None) -> float:
        """The share of its values that are plainly of a kind."""
        return self.shares.get(standardiser or "", 0.0)


def candidates(extract: Extract, knowledge: Knowledge) -> list[Column]:
    """Every column of the extract, in order."""
    return [_column(extract, name, knowledge) for name in extract.columns]


def _column(extract: Extract, name: str, knowledge: Knowledge) -> Column:
    column = extract.rows[name]
    texts = fits.sample(column)
    shares = fits.shares(texts, knowledge)
    shapes = column.drop_nulls().head(5_000).to_frame("text").select(formats(pl.col("text"))).to_series()
    common = shapes.value_counts(name="rows").sort("rows", shapes.name, descending=[True, False])[shapes.name]
    filled = column.str.strip_chars().fill_null("") != ""
    return Column(
        name=name,
        heading=read_heading(name),
        texts=texts,
        shares=shares,
        complete=bool(filled.all()) and extract.rows.height > 0,
        unique=not column.drop_nulls().is_duplicated().any(),
        format=common[0] if common.len() else "",
        names_owners=_names_owners(texts, knowledge),
        recent=shares.get("date", 0) >= fits.FITS and _is_recent(texts, knowledge),
    )


def _names_owners(texts: pl.Series, knowledge: Knowledge) -> bool:
    """Whether texts name several parties, or say more of one than a name."""
    wordy = texts.filter(texts.str.contains(r"\p{L}+\s+\p{L}+"))
    if wordy.len() < fits.FEW:
        return False
    told = owners(wordy, knowledge)["owners"]
    several = told.list.len() > 1
    first = told.list.first().struct
    detailed = (first.field("birth_date").is_not_null() | first.field("personal_id").is_not_null()) & (
        first.field("name").is_not_null()
    )
    return int((several | detailed).fill_null(False).sum()) > TELLS * texts.len() and _are_people(told)


def _are_people(told: pl.Series) -> bool:
    """Whether the parties found have names of persons: an address with commas names nobody."""
    names = told.explode(empty_as_null=True, keep_nulls=True).struct.field("name").drop_nulls()
    return fits.shares(fits.sample(names), Knowledge.shipped()).get("person_name", 0) >= fits.FITS


def _is_recent(texts: pl.Series, knowledge: Knowledge) -> bool:
    years = STANDARDISERS["date"].function(texts, knowledge, SourceProfile(), {})["year"].drop_nulls()
    return int((years > RECENT).sum()) > MOSTLY * years.len()
