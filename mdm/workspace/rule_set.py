"""A rule set: everything frozen that a result depends on. Another fingerprint is another version, and a full run.

It is text and plain values, so it can be exported as one file and read back to the same fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

from mdm.errors import ConfigError, Problem, UsageError
from mdm.standardise import Knowledge, SourceProfile
from mdm.standardise.knowledge import FOLDERS
from mdm.workspace import shipped
from mdm.workspace.document import suggestion
from mdm.workspace.rules import Rules, check_mapping
from mdm.workspace.settings import FILE, SourceSpec, Workspace

FORMAT = 1
"""Of the exported file, and of what the fingerprint covers."""

CODE = ("matchers", "mdm/golden", "mdm/sources", "mdm/standardise")
"""The packages whose code decides results."""

HEAD = """\
# A rule-set version of mdm: everything that a result depends on, in one file.
# To use it elsewhere, name it in mdm.yaml (rules: this-file.yaml); the sources there must be mapped as they are here.
"""

_KEYS = ("format", "fingerprint", "code", "mapping", "profiles", "models", "stop_keys", "files")


@cache
def code_fingerprint() -> str:
    """BLAKE2b over the standardising and matching code, as it is installed."""
    top = Path(__file__).parents[2]
    digest = blake2b(digest_size=16)
    for folder in CODE:
        for path in sorted((top / folder).rglob("*.py"), key=lambda path: path.relative_to(top).as_posix()):
            for part in (path.relative_to(top).as_posix().encode(), path.read_bytes()):
                digest.update(len(part).to_bytes(4, "little") + part)
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _parsed(files: tuple[tuple[str, str], ...]) -> Rules:
    """The rule files as objects, once for all versions that have the same ones."""
    return Rules.parse(dict(files), "rules")


@dataclass(frozen=True)
class RuleSet:
    """Everything that a result depends on."""

    files: Mapping[str, str]
    """Rule files, word lists and unit tables: relative path → text."""
    mapping: Mapping[str, Any]
    """Source → `SourceSpec.to_dict()`: what `mdm.yaml` says of it, but not where it is."""
    profiles: Mapping[str, SourceProfile] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Entity type → the trained model, in plain JSON types."""
    stop_keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Entity type → the blocking keys left out whatever their size (`matchers.blocking.stop_key`)."""
    code: str = field(default_factory=code_fingerprint)
    """Of the standardising and matching code that made the profiles and models."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, in one canonical form."""
        return {
            "code": self.code,
            "mapping": dict(self.mapping),
            "profiles": {source: profile.to_dict() for source, profile in sorted(self.profiles.items())},
            "models": dict(sorted(self.models.items())),
            "stop_keys": {entity: sorted(keys) for entity, keys in sorted(self.stop_keys.items())},
            "files": dict(sorted(self.files.items())),
        }

    @cached_property
    def fingerprint(self) -> str:
        """32 hexadecimal digits of the canonical JSON; the order of sources and files doesn't count."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return blake2b(text.encode(), digest_size=16).hexdigest()

    @cached_property
    def knowledge(self) -> Knowledge:
        """The word lists and unit tables among the files."""
        return Knowledge({path: text for path, text in self.files.items() if path.split("/")[0] in FOLDERS})

    @cached_property
    def rules(self) -> Rules:
        """The rule files as objects; a trust in `mdm.yaml` comes before the rule file's."""
        rules = _parsed(tuple(sorted((path, text) for path, text in self.files.items() if "/" not in path)))
        said = {source: spec["trust"] for source, spec in self.mapping.items() if "trust" in spec}
        entities = {name: replace(e, trust={**e.trust, **said}) for name, e in rules.entities.items()}
        return replace(rules, entities=entities)

    @cached_property
    def specs(self) -> dict[str, SourceSpec]:
        """The mapped sources by name, without the places of their rows."""
        return {name: SourceSpec.from_dict(name, values) for name, values in self.mapping.items()}

    def spec(self, name: str, here: SourceSpec) -> SourceSpec:
        """The source as this version maps it, at the place that `here` (of `mdm.yaml`) gives. Raises KeyError."""
        return self.specs[name].at(here)

    @property
    def once_each(self) -> frozenset[str]:
        """The sources that hold each party once."""
        return frozenset(source for source, spec in self.mapping.items() if spec.get("once_each"))

    @property
    def untrained(self) -> list[str]:
        """The entity types that no model is there for, in order."""
        return [entity for entity in self.rules.entities if entity not in self.models]

    @property
    def unprofiled(self) -> list[str]:
        """The mapped sources that no profile is there for, in order."""
        return [source for source in self.mapping if source not in self.profiles]

    @property
    def complete(self) -> bool:
        """Whether a run needs to learn nothing more."""
        return not self.untrained and not self.unprofiled

    def with_this_code(self) -> RuleSet:
        """The same rules and model for the code that runs now; itself, where that made it.

        A word list that this code reads and that is not there, or has other columns than it reads, is the shipped one.
        """
        if self.code == code_fingerprint():
            return self
        shipped = Knowledge.shipped().files
        lacking = {path: text for path, text in shipped.items() if _columns(self.files.get(path, "")) != _columns(text)}
        return replace(self, code=code_fingerprint(), files={**self.files, **lacking})

    def knows(self, spec: SourceSpec) -> bool:
        """Whether this version maps the source as `spec` does; if not, a run holds the source."""
        return self.mapping.get(spec.name) == spec.to_dict()

    def to_yaml(self) -> str:
        """One readable file: mapping, profiles and model first, then the rule files as they are written."""
        values = {"format": FORMAT, "fingerprint": self.fingerprint, **self.to_dict()}
        values["files"] = {path: _Literal(text) for path, text in values["files"].items()}
        return HEAD + yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)

    @staticmethod
    def from_yaml(text: str, file: str = "rule set") -> RuleSet:
        """The inverse of `to_yaml`.

        Raises ConfigError if `text` is no exported rule set, is of a newer format, or was changed since.
        """
        try:
            values = yaml.load(text, Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise _unusable(file, "this isn't YAML.", mark.line + 1 if mark else None) from None
        if not isinstance(values, dict) or set(values) != set(_KEYS):
            raise _unusable(file, "this is no exported rule set.")
        if values["format"] != FORMAT:
            raise _unusable(file, f"its format is {values['format']}, this version of mdm reads {FORMAT}.")
        try:
            rule_set = RuleSet(
                files=values["files"],
                mapping=values["mapping"],
                profiles={source: SourceProfile.from_dict(p) for source, p in values["profiles"].items()},
                models=values["models"],
                stop_keys={entity: frozenset(keys) for entity, keys in values["stop_keys"].items()},
                code=values["code"],
            )
            same = rule_set.fingerprint == values["fingerprint"]
        except (AttributeError, TypeError, ValueError):
            raise _unusable(file, "its parts are not what an export writes.") from None
        if not same:
            raise _unusable(file, "it was changed after it was exported.")
        return rule_set


def _unusable(file: str, what: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(file, line, what, "Write it again with `mdm export DIR rule-set OUT.yaml`.")])


def _columns(table: str) -> str:
    """The header of a word list, below its comments."""
    return next((line.strip() for line in table.splitlines() if not line.startswith("#")), "")


class _Literal(str):
    """Text that is written as a block, line for line."""

    __slots__ = ()


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_representer(
    _Literal, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|")
)


def load_rules(workspace: Workspace) -> RuleSet:
    """The rule set that `mdm.yaml` names, with its mapping: a draft, or complete where `rules` is an exported file.

    Raises UsageError on an unknown rule set, ConfigError with every mistake in the rules and the mapping.
    """
    path = workspace.folder / workspace.rules
    if path.is_file():
        return _exported(workspace, path)
    rule_set = RuleSet(_folder_files(workspace), mapping(workspace))
    rules = Rules.parse(rule_set.files, workspace.rules)
    check_mapping(workspace, rules)
    return rule_set


def mapping(workspace: Workspace) -> dict[str, Any]:
    """What `mdm.yaml` says that results depend on: source → what it maps, sorted by source."""
    return {name: spec.to_dict() for name, spec in sorted(workspace.sources.items())}


def _folder_files(workspace: Workspace) -> dict[str, str]:
    """The texts of a rule folder over the shipped word lists and unit tables."""
    folder = _rule_folder(workspace)
    try:
        own = {path.name: path.read_text("utf-8-sig") for path in sorted(folder.glob("*.yaml"))}
        return {**Knowledge.shipped().files, **Knowledge.read(folder).files, **own}
    except (OSError, UnicodeDecodeError):
        what = f"{FILE}: the rule folder {workspace.rules} can't be read."
        raise UsageError(f"{what} Its files must be UTF-8 text that you may read.") from None


def _rule_folder(workspace: Workspace) -> Path:
    name, own = workspace.rules, workspace.folder / workspace.rules
    if name in shipped.rule_sets():
        if own.is_dir() and any(own.glob("*.yaml")):
            what = f"there are two rule sets '{name}': a shipped one and a folder in the workspace."
            remedy = f"Write ./{name} for the folder, or rename it."
            raise ConfigError([Problem(FILE, workspace.lines.get(("rules",)), what, remedy)])
        return shipped.root() / name
    if not own.is_dir():
        what = f"unknown rule set '{name}'."
        remedy = f"{suggestion(name, shipped.rule_sets())} Or write the path of a rule folder or an exported rule set."
        raise ConfigError([Problem(FILE, workspace.lines.get(("rules",)), what, remedy)])
    return own


def _exported(workspace: Workspace, path: Path) -> RuleSet:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise _unusable(workspace.rules, "the file can't be read as UTF-8 text.") from None
    rule_set = RuleSet.from_yaml(text, workspace.rules)
    here, there = mapping(workspace), rule_set.mapping
    problems = []
    for source in sorted({*here, *there}):
        if source not in there:
            what, line = f"the rule set {workspace.rules} doesn't know the source {source}.", (source,)
        elif source not in here:
            what, line = f"the rule set {workspace.rules} maps a source {source}, which is missing here.", ("rules",)
        elif here[source] != there[source]:
            differ = [key for key in sorted({*here[source], *there[source]}) if _differ(here, there, source, key)]
            what, line = f"source {source} is mapped otherwise in {workspace.rules}: {', '.join(differ)}.", (source,)
        else:
            continue
        remedy = "With an exported rule set the sources must be mapped as the file maps them."
        problems.append(Problem(FILE, workspace.lines.get(line), what, remedy))
    if problems:
        raise ConfigError(problems)
    return rule_set


def _differ(here: Mapping[str, Any], there: Mapping[str, Any], source: str, key: str) -> bool:
    return bool(here[source].get(key) != there[source].get(key))
