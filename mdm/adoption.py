"""`mdm adopt`: put a rule-set version, or today's edits, into use. The next run is a full one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matchers.scoring import Model, fits
from mdm import loading, pipeline, sources
from mdm.errors import UsageError
from mdm.repository import Repository, queries
from mdm.summary import Clock, Progress
from mdm.versions import EDITED
from mdm.workspace import RuleSet, Workspace, load_rules


@dataclass(frozen=True)
class Adopted:
    """Which version runs use now, and whether that is another one than before."""

    version: int
    fingerprint: str
    changed: bool
    learned: tuple[str, ...] = ()
    """Entity types that were learned again, because their comparisons had changed."""


def adopt(workspace: Workspace, wanted: str, progress: Progress = lambda stage: None) -> Adopted:
    """Adopt version `wanted` (a number), or make one of today's `mdm.yaml` and rule files (`edited`) and adopt that.

    An edited version keeps the model and profiles only the new sources; where comparisons were changed, which no model
    can outlive, their entity type is learned again from the live records. Raises UsageError and ConfigError.
    """
    with Repository.open(workspace.repository_url) as repository:
        before = queries.adopted_rule_set(repository)
        learned: tuple[str, ...] = ()
        if wanted == EDITED:
            rule_set, learned = _edited(workspace, repository, progress)
            queries.add_rule_set(repository, rule_set.to_yaml(), rule_set.fingerprint, adopt=True)
        elif wanted.isascii() and wanted.isdigit():
            queries.adopt(repository, int(wanted))
        else:
            raise UsageError(f"'{wanted}' is no version. Give its number, or `{EDITED}`.")
        after = queries.adopted_rule_set(repository)
        assert after is not None  # it was adopted just now
        version, _, fingerprint = after
        return Adopted(version, fingerprint, before is None or before[0] != version, learned)


def _edited(workspace: Workspace, repository: Repository, progress: Progress) -> tuple[RuleSet, tuple[str, ...]]:
    draft = load_rules(workspace)
    stored = queries.adopted_rule_set(repository)
    if draft.complete:
        return draft, ()
    if stored is None:
        raise UsageError("there is no adopted version to edit yet: `mdm run` learns and adopts the first one.")
    before = RuleSet.from_yaml(stored[1], f"rule-set version {stored[0]}")
    model_of = draft if draft.models else before
    kept = {entity: model for entity, model in model_of.models.items() if _fits(draft, entity, model)}
    stop_keys = {entity: keys for entity, keys in model_of.stop_keys.items() if entity in kept}
    profiles = {**_profiles(workspace, draft, before), **draft.profiles}
    draft = replace(draft, profiles=profiles, models=kept, stop_keys=stop_keys)
    missing = tuple(draft.untrained)
    if missing:
        rows = {source: queries.live_rows(repository, source) for source in draft.mapping}
        _, draft = pipeline.compare_all(sources.standardise_rows(rows, draft), draft, Clock(progress))
    return draft, missing


def _fits(draft: RuleSet, entity: str, model: Mapping[str, Any]) -> bool:
    rules = draft.rules.entities.get(entity)
    return rules is not None and fits(Model.from_dict(model), rules.comparisons)


def _profiles(workspace: Workspace, draft: RuleSet, before: RuleSet) -> dict[str, sources.SourceProfile]:
    """The profiles of before, and one for each source that is new or read in another way, if its extract is there."""
    profiles = {}
    for name, spec in workspace.sources.items():
        if name in before.profiles and loading.reads_alike(spec, before.specs[name]):
            profiles[name] = before.profiles[name]
        elif (found := loading.profile(spec, workspace.folder, draft)) is not None:
            profiles[name] = found
    return profiles
