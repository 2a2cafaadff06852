"""What the standardisers make of the mapped columns, on a sample of rows: validity, findings, examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from mdm import sources
from mdm.onboarding.formats import formats
from mdm.sources.parties import RECEIVED
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.survey.columns import ROWS, TEXT, Counted
from mdm.workspace import AttributeRule, EntityRules, PartySpec, SourceSpec

EXAMPLES = 5


@dataclass(frozen=True)
class Example:
    """A received text and what it became; None where it was not taken."""

    received: str
    canonical: str | None
    rows: int


@dataclass(frozen=True)
class Reading:
    """One attribute of one party: how much of what was received is valid."""

    entity: str
    role: str | None
    attribute: str
    columns: tuple[str, ...]
    standardiser: str
    cells: int
    """Cells of the sample that hold something."""
    taken: int
    """Of these: read without a finding."""
    findings: tuple[Counted, ...]
    examples: tuple[Example, ...]
    """Of the commonest formats, the commonest text that changed, or was not taken."""

    @property
    def validity(self) -> float | None:
        """The share of cells read without a finding."""
        return self.taken / self.cells if self.cells else None


def readings(
    rows: pl.DataFrame,
    spec: SourceSpec,
    rules: Mapping[str, EntityRules],
    profile: SourceProfile,
    knowledge: Knowledge,
) -> list[Reading]:
    """One for each attribute of each party of the mapping; `rows`: row_key, line, received, as `parties` takes them.

    Raises SourceError where a `where` fails on the data.
    """
    found = []
    for party in spec.parties:
        stated = sources.parties(rows, replace(spec, parties=(party,)), rules, knowledge)[party.entity]
        attributes = rules[party.entity].attributes
        for attribute in rules[party.entity].mapped:
            received = stated[attribute + RECEIVED].alias(TEXT)
            if attribute in party.columns or received.null_count() < received.len():
                counted = _counted(received)
                found.append(
                    _reading(party, attribute, attributes[attribute], counted, (profile.of(attribute), knowledge))
                )
    return found


def _counted(received: pl.Series) -> pl.DataFrame:
    cells = received.drop_nulls().explode(empty_as_null=True, keep_nulls=True).drop_nulls()
    return cells.alias(TEXT).value_counts(name=ROWS).sort(ROWS, TEXT, descending=[True, False])


def _reading(
    party: PartySpec,
    attribute: str,
    rule: AttributeRule,
    counted: pl.DataFrame,
    habits: tuple[SourceProfile, Knowledge],
) -> Reading:
    standardiser = STANDARDISERS[rule.standardiser or ""]
    profile, knowledge = habits
    read = standardiser.function(counted[TEXT], knowledge, profile, rule.options)
    value = read["value"].list.join("|") if standardiser.multiple else read["value"]
    cells = counted.with_columns(value.alias("canonical"), read["finding"])
    good = cells.filter(pl.col("finding").is_null() & pl.col("canonical").is_not_null())
    found = cells.drop_nulls("finding").group_by("finding").agg(pl.col(ROWS).sum())
    return Reading(
        entity=party.entity,
        role=party.role,
        attribute=attribute,
        columns=party.columns.get(attribute, (party.from_text,) if party.from_text else ()),
        standardiser=standardiser.name,
        cells=int(cells[ROWS].sum()),
        taken=int(good[ROWS].sum()),
        findings=tuple(Counted(*row) for row in found.sort(ROWS, "finding", descending=[True, False]).iter_rows()),
        examples=_examples(cells),
    )


def _examples(cells: pl.DataFrame) -> tuple[Example, ...]:
    changed = cells.filter(pl.col("canonical").ne_missing(pl.col("text")))
    shaped = changed.with_columns(formats(pl.col("text")).alias("format"))
    each = shaped.group_by("format", maintain_order=True).agg(
        pl.col(ROWS).sum().alias("all"), pl.col("text", "canonical", ROWS).first()
    )
    commonest = each.sort("all", "format", descending=[True, False]).head(EXAMPLES)
    return tuple(Example(*row) for row in commonest.select("text", "canonical", ROWS).iter_rows())
