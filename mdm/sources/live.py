"""Live rows of all sources → all live parties, standardised: the stage between load and block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from mdm.sources.checks import broken
from mdm.sources.damaged import damaged, in_another_encoding
from mdm.sources.parties import parties
from mdm.sources.records import FINDINGS, standardise
from mdm.sources.relations import relations
from mdm.workspace import RuleSet


@dataclass(frozen=True)
class Parties:
    """All live parties, standardised: RECORDS by entity type, what was noticed of them, and who stands beside whom."""

    records: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    relations: pl.DataFrame


def standardise_rows(rows: Mapping[str, pl.DataFrame], rule_set: RuleSet) -> Parties:
    """Rows of every source (row_key, line, received) → parties under their record keys, with canonical values."""
    rules, knowledge, specs = rule_set.rules.entities, rule_set.knowledge, rule_set.specs
    stated = [parties(frame, specs[name], rules, knowledge) for name, frame in rows.items()]
    records, findings = {}, [FINDINGS.empty()]
    for entity in rules:
        together = [frames[entity] for frames in stated if entity in frames]
        records[entity], found = standardise(together, rules[entity], rule_set.profiles, knowledge)
        findings += [found, broken(records[entity], rules[entity]), damaged(records[entity], rules[entity], found)]
        findings.append(in_another_encoding(records[entity], rules[entity], specs, rule_set.profiles))
    return Parties(records, pl.concat(findings), relations(records))
