"""`mdm profile`: every extract read as a run would read it, and described. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from mdm import sources
from mdm.errors import SourceError, UsageError
from mdm.loading import frozen_profiles
from mdm.sources.extract import Extract
from mdm.sources.keys import check_columns
from mdm.standardise import SourceProfile, findings
from mdm.summary import Progress
from mdm.survey.columns import ColumnSurvey, Counted, counts, look
from mdm.survey.habits import Habit, habits
from mdm.survey.keys import SharedIdentifiers, shared_identifiers
from mdm.survey.readings import Reading, readings
from mdm.survey.suspicions import Suspicion, misplaced, suspicions
from mdm.workspace import RuleSet, SourceSpec, Workspace, load_rules
from mdm.workspace.document import suggestion
from mdm.workspace.settings import where_columns

SAMPLE = 15_000
"""Rows of a source that are standardised; all else is counted over all rows."""
_SEED = 1


@dataclass(frozen=True)
class SourceSurvey:
    """One source. Where its extract can't be read, `problem` says why and the rest is empty."""

    source: str
    path: str
    rows: int = 0
    encoding: str | None = None
    encoding_confidence: float | None = None
    encoding_evidence: str = ""
    frozen: bool = False
    """Whether its habits are those of the adopted rule-set version, not found just now."""
    sample: int = 0
    """Rows that were standardised."""
    key: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    """Columns that a `where` reads."""
    set_aside: tuple[Counted, ...] = ()
    """Rule → rows that a run would set aside, repeated keys among them."""
    columns: tuple[ColumnSurvey, ...] = ()
    readings: tuple[Reading, ...] = ()
    habits: tuple[Habit, ...] = ()
    shared: tuple[SharedIdentifiers, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; sentences and shares with the counts they come from."""
        values = asdict(self)
        for column, own in zip(values["columns"], self.columns, strict=True):
            column["completeness"] = round(own.completeness, 4)
        for reading, each in zip(values["readings"], self.readings, strict=True):
            reading["validity"] = None if each.validity is None else round(each.validity, 4)
        for suspicion, said in zip(values["suspicions"], self.suspicions, strict=True):
            suspicion["sentence"] = said.english
        return values


@dataclass(frozen=True)
class Survey:
    """What stands in the extracts of a workspace."""

    workspace: str
    sources: tuple[SourceSurvey, ...] = ()
    meanings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Finding → what it means, in Vietnamese and in English."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"sources": [source.to_dict() for source in self.sources]}


def survey(workspace: Workspace, source: str | None = None, progress: Progress = lambda stage: None) -> Survey:
    """Describe every source of the workspace, or one; a source that can't be read is told, the others go on.

    Raises ConfigError where `mdm.yaml` or a rule file is wrong, UsageError where there is no such source.
    """
    if source is not None and source not in workspace.sources:
        raise UsageError(f"there is no source '{source}'. {suggestion(source, list(workspace.sources))}")
    rule_set, frozen = load_rules(workspace), frozen_profiles(workspace)
    found = []
    for name, spec in workspace.sources.items():
        if source in (None, name):
            progress(name)
            found.append(_survey(spec, workspace, rule_set, frozen.get(name)))
    known = findings.meanings(rule_set.knowledge).select("rule", "vi", "en")
    return Survey(workspace.folder.name, tuple(found), {rule: (vi, en) for rule, vi, en in known.iter_rows()})


def _survey(spec: SourceSpec, workspace: Workspace, rule_set: RuleSet, frozen: SourceProfile | None) -> SourceSurvey:
    where = spec.path or "query"
    encoding, own = (None, {}) if frozen is None else (frozen.encoding, frozen.column_encodings)
    try:
        extract = sources.read(spec, workspace.folder, encoding, column_encodings=own, accept={f"empty:{spec.name}"})
    except SourceError as error:
        return SourceSurvey(spec.name, where, problem=f"{error.reason} {error.remedy}".strip())
    counted = {name: counts(extract.rows[name]) for name in extract.columns}
    columns = tuple(look(extract, name, counted[name]) for name in extract.columns)
    detected = extract.detected.get("")
    base = SourceSurvey(
        source=spec.name,
        path=where,
        rows=extract.rows.height + extract.set_aside.height,
        encoding=extract.encoding,
        encoding_confidence=None if detected is None else detected.confidence,
        encoding_evidence="" if detected is None else detected.evidence,
        frozen=frozen is not None,
        key=spec.key,
        conditions=tuple(c for party in spec.parties for c in where_columns(party.where)),
        set_aside=_by_rule(extract.set_aside),
        columns=columns,
    )
    try:
        check_columns(extract, spec)
        return _mapped(base, extract, spec, rule_set, frozen, counted)
    except SourceError as error:
        bare = [found for column in columns for found in suspicions(column, counted[column.name], ())]
        return replace(base, problem=f"{error.reason} {error.remedy}".strip(), suspicions=tuple(bare))


def _mapped(
    base: SourceSurvey,
    extract: Extract,
    spec: SourceSpec,
    rule_set: RuleSet,
    frozen: SourceProfile | None,
    counted: Mapping[str, pl.DataFrame],
) -> SourceSurvey:
    """What depends on the mapping. Raises SourceError where it fails on the data."""
    knowledge, entities = rule_set.knowledge, rule_set.rules.entities
    profile = frozen or sources.profile(extract, spec, knowledge, entities)
    keyed = sources.keyed(extract, spec, rule_set.rules.gates, accept={f"unusable:{spec.name}"})
    sample = _sampled(keyed.rows)
    read = readings(sample, spec, entities, profile, knowledge)
    odd: list[Suspicion] = []
    for column in base.columns:
        own = [reading for reading in read if column.name in reading.columns]
        odd += suspicions(column, counted[column.name], own, key=column.name in spec.key)
    used = [entities[name] for name in dict.fromkeys(party.entity for party in spec.parties)]
    odd += misplaced(counted, read, used, spec.columns, knowledge)
    order = {name: place for place, name in enumerate(extract.columns)}
    return replace(
        base,
        sample=sample.height,
        set_aside=_by_rule(keyed.set_aside),
        readings=tuple(read),
        habits=tuple(habits(_sampled(extract.rows), spec, entities, profile)),
        shared=tuple(shared_identifiers(extract, spec, entities)),
        suspicions=tuple(sorted(odd, key=lambda each: order[each.column])),
    )


def _sampled(rows: pl.DataFrame) -> pl.DataFrame:
    """`SAMPLE` rows drawn blindly, always the same, in their order."""
    if rows.height <= SAMPLE:
        return rows
    drawn = np.random.Generator(np.random.PCG64(_SEED)).choice(rows.height, SAMPLE, replace=False)
    return rows[np.sort(drawn)]


def _by_rule(aside: pl.DataFrame) -> tuple[Counted, ...]:
    rules = aside["rule"].value_counts(name="rows").sort("rows", "rule", descending=[True, False])
    return tuple(Counted(*row) for row in rules.iter_rows())
