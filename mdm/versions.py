"""Which rule-set version a run uses: the adopted one, a draft before the first run, or the adopted one, new code."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mdm.errors import UsageError
from mdm.repository import Repository, queries
from mdm.workspace import RuleSet, Workspace, load_rules

EDITED = "edited"


@dataclass(frozen=True)
class Version:
    """A rule set and its number; None where it is not stored yet: the run that publishes with it adopts it."""

    rule_set: RuleSet
    number: int | None
    notes: tuple[str, ...] = ()
    is_first: bool = False
    """Whether nothing was adopted before and the rule set brings no model, so that this run may learn."""


def current(workspace: Workspace, repository: Repository) -> Version:
    """The version that a run uses now.

    Raises ConfigError or UsageError where `mdm.yaml` or a rule file is wrong, even if the adopted version is right.
    """
    draft = load_rules(workspace)
    stored = queries.adopted_rule_set(repository)
    if stored is None:
        return _with_this_code(Version(draft, None, is_first=not draft.models), workspace.rules)
    number, text, _ = stored
    rule_set = RuleSet.from_yaml(text, f"rule-set version {number}")
    notes = []
    if _edited(draft, rule_set):
        notes.append(
            f"mdm.yaml or a rule file was edited since version {number} was adopted; this run goes on with it. "
            f"`mdm adopt DIR {EDITED}` puts the edits into use."
        )
    return _with_this_code(Version(rule_set, number, tuple(notes)), f"version {number}")


def _edited(draft: RuleSet, adopted: RuleSet) -> bool:
    """Whether the workspace says something else than the adopted version; an exported file also brings a model."""
    learned = bool(draft.models) and (draft.models, draft.stop_keys) != (adopted.models, adopted.stop_keys)
    return learned or (draft.files, draft.mapping) != (adopted.files, adopted.mapping)


def _with_this_code(version: Version, name: str) -> Version:
    """New code makes a version by itself, with the same model."""
    rule_set = version.rule_set.with_this_code()
    if rule_set is version.rule_set:
        return version
    note = f"the engine's code is newer than {name}; this run adopts it with the same model."
    return replace(version, rule_set=rule_set, number=None, notes=(*version.notes, note))


def published(repository: Repository) -> RuleSet:
    """The adopted rule set, as the code that runs now reads it; raises UsageError before the first run."""
    stored = queries.adopted_rule_set(repository)
    if stored is None:
        raise UsageError("nothing was published yet; `mdm run` does it.")
    return RuleSet.from_yaml(stored[1], f"rule-set version {stored[0]}").with_this_code()


def differs_from_last_run(version: Version, repository: Repository) -> bool:
    """Whether the published state was made with another version, so that this run is a full one."""
    if queries.last_run(repository) is None:
        return False
    return bool(version.number != queries.run_summary(repository)["rule_set_version"])
