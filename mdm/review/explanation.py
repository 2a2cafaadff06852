"""Why two records are, or are not, held to be the same: every level, its weight, and what would change the verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from matchers import blocking, comparing, scoring, term_frequency
from matchers.comparing import Comparison
from matchers.scoring import BIT, Model
from mdm import sources
from mdm.errors import UnknownRecordError, UsageError
from mdm.repository import Repository, queries
from mdm.workspace import EntityRules, RuleSet

_COLON = re.compile(r"(?<!\\):")
_PARTY = re.compile(r"(?<!\\)((?:\\\\)*)#\d+$")
"""The number of a further party: a `#` that no odd backslash escapes."""


@dataclass(frozen=True)
class Side:
    """One of the two records, as the repository holds it."""

    entity: str
    source: str
    source_id: str
    golden_id: str
    line: int
    row: str
    values: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        """RECORD, as a command line writes it."""
        return f"{self.source}:{self.source_id}"


@dataclass(frozen=True)
class Step:
    """What one comparison says."""

    comparison: str
    left: str | None
    right: str | None
    level: str | None
    against_strangers: float
    against_relatives: float
    frequency: float


@dataclass(frozen=True)
class Explanation:
    """The verdict on two records, and what it rests on. Weights in bits."""

    left: Side
    right: Side
    steps: Sequence[Step]
    weight: float
    prior: float
    probability: float
    zone: str
    rules: Sequence[str]
    constraints: Sequence[str]
    changes: Sequence[tuple[str, str, str, float]]
    """comparison, level, the zone it would lead to, the weight then: one change each, the smallest first."""

    @property
    def together(self) -> bool:
        """Whether both are in one golden record."""
        return self.left.golden_id == self.right.golden_id

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "left": {"record": self.left.name, "golden_id": self.left.golden_id},
            "right": {"record": self.right.name, "golden_id": self.right.golden_id},
            "entity_type": self.left.entity,
            "together": self.together,
            "weight": self.weight,
            "prior": self.prior,
            "probability": self.probability,
            "zone": self.zone,
            "comparisons": [vars(step) for step in self.steps],
            "blocking_rules": list(self.rules),
            "constraints": list(self.constraints),
            "changes": [
                dict(zip(("comparison", "level", "zone", "weight"), change, strict=True)) for change in self.changes
            ],
        }


def explain(repository: Repository, rule_set: RuleSet, left: str, right: str) -> Explanation:
    """Compare two live records once more and say why the verdict is what it is.

    Raises UnknownRecordError where a RECORD fits none or several, UsageError where the two can't be compared.
    """
    found = [_named(repository, text) for text in (left, right)]
    # A row may state a firm and its representative: a name that fits both means the one of the other record's kind.
    kinds = [{side.entity for side in sides} for sides in found]
    sides = [_only(text, found[i], kinds[1 - i]) for i, text in enumerate((left, right))]
    if sides[0].entity != sides[1].entity:
        both = " and ".join(side.entity for side in sides)
        raise UsageError(f"the records are of two entity types, {both}: such records are related, never the same.")
    if sides[0].name == sides[1].name:
        raise UsageError("this is one record, named twice. Name two.")
    entity = sides[0].entity
    rules, model = rule_set.rules.entities[entity], Model.from_dict(rule_set.models[entity])
    records = _records(sides, rule_set)
    pair = pl.DataFrame({"left": [0], "right": [1]}, schema={"left": pl.UInt32, "right": pl.UInt32})
    levels = comparing.compare(records, pair, rules.comparisons)
    edge = scoring.score(records, levels, rules.comparisons, model).row(0, named=True)
    frequency = term_frequency.adjustments(records, levels, rules.comparisons, model.frequencies)
    pairs = blocking.candidate_pairs(records, rules.blocking, rule_set.stop_keys.get(entity, frozenset()))
    bits = pairs["rules"].item() if pairs.height else 0
    left_side, right_side = sorted(sides, key=lambda side: _place(records, side))
    return Explanation(
        left=left_side,
        right=right_side,
        steps=_steps(left_side, right_side, model, rules, edge["pattern"], frequency),
        weight=edge["weight"] / BIT,
        prior=model.prior / BIT,
        probability=edge["probability"],
        zone=_zone(edge["weight"], rules, model),
        rules=[rule.name for place, rule in enumerate(rules.blocking) if bits >> place & 1],
        constraints=_constraints(levels, rules, rule_set, sides),
        changes=_changes(levels, rules, model, frequency, edge["weight"]),
    )


def parse_record(text: str) -> tuple[str | None, str, str]:
    r"""`[entity:]source:source_id[#n]` → entity or None, source, source id; a `:` in the id is written `\:`.

    Raises UnknownRecordError where the text has another form.
    """
    parts = _COLON.split(text)
    if len(parts) not in (2, 3) or not all(parts):
        raise UnknownRecordError(text)
    return (parts[0] if len(parts) == 3 else None, parts[-2], parts[-1])


def _named(repository: Repository, text: str) -> list[Side]:
    """The live records that RECORD fits: one, or one of each entity type."""
    entity, source, source_id = parse_record(text)
    return [
        Side(
            row["entity_type"],
            source,
            source_id,
            row["golden_id"],
            row["line"],
            row["source_row"],
            json.loads(row["standardised"]),
        )
        for row in queries.record(repository, entity, source, source_id).to_dicts()
    ]


def _only(text: str, sides: Sequence[Side], kinds: set[str]) -> Side:
    """The one record that is meant; raises UnknownRecordError where there is none, or several still."""
    fitting = [side for side in sides if side.entity in kinds] if len(sides) > 1 else sides
    if len(fitting) != 1:
        raise UnknownRecordError(text, [f"{side.entity}:{side.name}" for side in sides])
    return fitting[0]


def _records(sides: Sequence[Side], rule_set: RuleSet) -> pl.DataFrame:
    """The two records, standardised again from their rows as received."""
    rows: dict[str, list[tuple[str, int, str]]] = {}
    for side in sides:
        key = _PARTY.sub(r"\1", side.source_id)
        row = (key, side.line, side.row)
        if row not in rows.setdefault(side.source, []):
            rows[side.source].append(row)
    schema = {"row_key": pl.String, "line": pl.UInt32, "received": pl.String}
    frames = {source: pl.DataFrame(found, schema=schema, orient="row") for source, found in rows.items()}
    records = sources.standardise_rows(frames, rule_set).records[sides[0].entity]
    wanted = pl.DataFrame({"source": [s.source for s in sides], "source_id": [s.source_id for s in sides]})
    return records.join(wanted, on=["source", "source_id"], how="semi", maintain_order="left")


def _place(records: pl.DataFrame, side: Side) -> int:
    names = records.select(pl.format("{}:{}", "source", "source_id")).to_series().to_list()
    return names.index(side.name)


def _steps(
    left: Side, right: Side, model: Model, rules: EntityRules, pattern: int, frequency: pl.DataFrame
) -> list[Step]:
    rarity = {name: frequency[name].item() for name in frequency.columns}
    rows = scoring.contributions(model, rules.comparisons, pattern, rarity).iter_rows(named=True)
    return [
        Step(
            comparison=row["comparison"],
            left=_values(left, comparison, rules),
            right=_values(right, comparison, rules),
            level=row["level"],
            against_strangers=(row["stranger"] + row["frequency"]) / BIT,
            against_relatives=(row["related"] + (0 if comparison.household else row["frequency"])) / BIT,
            frequency=row["frequency"] / BIT,
        )
        for row, comparison in zip(rows, rules.comparisons, strict=True)
    ]


def _values(side: Side, comparison: Comparison, rules: EntityRules) -> str | None:
    """What the record holds of the attributes compared, as text."""
    named = [
        part.partition(".")[0]
        for attribute in comparison.attributes
        for part in rules.attributes[attribute].derived or (attribute,)
    ]
    found = [side.values[name]["value"] for name in named if side.values.get(name, {}).get("value") is not None]
    flat = [text for value in found for text in (value if isinstance(value, list) else [value])]
    return " | ".join(dict.fromkeys(map(str, flat))) or None


def _zone(weight: int, rules: EntityRules, model: Model) -> str:
    if weight >= scoring.weight_of(model, rules.thresholds.link):
        return "link"
    return "review" if weight >= scoring.weight_of(model, rules.thresholds.review) else "none"


def _constraints(levels: pl.DataFrame, rules: EntityRules, rule_set: RuleSet, sides: Sequence[Side]) -> list[str]:
    """The evidence against that would keep the two apart inside a cluster, with its price."""
    named = {comparison.name: comparison for comparison in rules.comparisons}
    found = []
    for constraint in rules.constraints:
        known = named[constraint.comparison].levels
        if levels[constraint.comparison].item() == len(known) - known.index(constraint.level):
            found.append(f"{constraint.comparison} {constraint.level}: {constraint.price_bits:g} bits")
    source = sides[0].source
    if source == sides[1].source and source in rule_set.once_each:
        found.append(f"{source} holds each party once: {rules.once_each:g} bits")
    return found


def _changes(
    levels: pl.DataFrame, rules: EntityRules, model: Model, frequency: pl.DataFrame, weight: int
) -> list[tuple[str, str, str, float]]:
    """One comparison at another level, where that alone leads to another zone: the smallest change of weight first."""
    tried = [
        (comparison, level, len(comparison.levels) - place)
        for comparison in rules.comparisons
        for place, level in enumerate(comparison.levels)
        if levels[comparison.name].item() not in (0, len(comparison.levels) - place)
    ]
    if not tried:
        return []
    other = pl.concat(
        levels.with_columns(pl.lit(code, pl.UInt8).alias(comparison.name)) for comparison, _, code in tried
    )
    repeated = (
        frequency[np.zeros(len(tried), dtype=np.uint32).tolist()]
        if frequency.width
        else pl.DataFrame(height=len(tried))
    )
    weights = scoring.weights(model, rules.comparisons, comparing.pack(other, rules.comparisons), repeated)
    before = _zone(weight, rules, model)
    changed = [
        (comparison.name, level, zone, int(new) / BIT)
        for (comparison, level, _), new in zip(tried, weights, strict=True)
        if (zone := _zone(int(new), rules, model)) != before
    ]
    return sorted(changed, key=lambda change: (abs(change[3] - weight / BIT), change[0], change[1]))[:5]
