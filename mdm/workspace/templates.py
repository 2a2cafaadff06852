"""A new workspace: `mdm.yaml` from the source templates of `rules/sources/`, to be corrected by the steward."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mdm.errors import UsageError
from mdm.workspace import shipped
from mdm.workspace.document import suggestion
from mdm.workspace.rules import Rules
from mdm.workspace.settings import FILE, PARTY_KEYS

HEAD = """\
# A workspace of mdm. Check it with `mdm check {folder}`, run it with `mdm run {folder}`.
# What stands here is a proposal: compare every line with the extracts.
repository: sqlite:///repository.db   # or postgresql+psycopg://user:${{PASSWORD}}@host/database
rules: {rules}
"""
USUAL = """\
# No extract was named, so here are the departments as they usually send. Put each extract where `path` says, or set its
# `path` and its columns; take out the sources that you don't have. `mdm init DIR --from FILE…` maps files of your own.
"""

Columns = tuple[str, ...]


@dataclass(frozen=True)
class PartyTemplate:
    """One party of a source template: for each attribute the usual columns, the commonest first."""

    entity: str
    usual: Mapping[str, tuple[Columns, ...]]
    """Attribute → alternatives; each is one column, or several that make one value."""
    from_text: tuple[str, ...] = ()
    role: str | None = None
    where: str | None = None


@dataclass(frozen=True)
class SourceTemplate:
    """What a department's extract usually looks like (`rules/sources/*.yaml`)."""

    source: str
    rules: str
    title: str
    keys: tuple[str, ...]
    parties: tuple[PartyTemplate, ...]
    once_each: bool = False


@dataclass(frozen=True)
class ProposedParty:
    """A party as `mdm.yaml` will map it; `notes` stand above it as comments."""

    entity: str
    columns: Mapping[str, Columns]
    from_text: str | None = None
    role: str | None = None
    where: str | None = None
    notes: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    """Attribute → what speaks for its columns, and how sure that is; a comment beside it."""


@dataclass(frozen=True)
class Proposal:
    """A source as `mdm.yaml` will have it."""

    source: str
    path: str
    key: Columns
    parties: tuple[ProposedParty, ...]
    title: str = ""
    once_each: bool = False
    notes: tuple[str, ...] = ()
    why_key: str = ""
    skip_rows: int = 0
    unread: str = ""
    """Why nothing can be proposed; the source is written as a comment then."""


@cache
def source_templates(rules: str) -> tuple[SourceTemplate, ...]:
    """The templates of a rule set, in the order of their names."""
    paths = sorted((shipped.root() / "sources").glob("*.yaml"))
    templates = (_template(yaml.safe_load(path.read_text("utf-8"))) for path in paths)
    return tuple(template for template in templates if template.rules == rules)


def _template(values: Mapping[str, Any]) -> SourceTemplate:
    parties = tuple(_party(party) for party in values["parties"])
    once_each = bool(values.get("once_each"))
    return SourceTemplate(values["source"], values["rules"], values["title"], tuple(values["keys"]), parties, once_each)


def _party(values: Mapping[str, Any]) -> PartyTemplate:
    usual = {
        attribute: tuple(tuple(re.split(r"\s*\+\s*", name)) for name in names)
        for attribute, names in values.items()
        if attribute not in PARTY_KEYS
    }
    from_text = tuple(values.get("from_text", ()))
    return PartyTemplate(values["entity"], usual, from_text, values.get("role"), values.get("where"))


def init(folder: Path, template: str = "hcmc", proposals: Sequence[Proposal] = ()) -> Path:
    """Write `mdm.yaml` in `folder` for the rule set `template`; without proposals, one of each source template.

    Gives the path. Raises UsageError where there is one already, the rule set is unknown, or nothing can be written.
    """
    rule_set = rules(template)
    path = folder / FILE
    if path.exists():
        raise UsageError(f"{path} is there already; it was left as it is. Take another folder, or edit the file.")
    here = proposals or [_usual(t) for t in source_templates(template)] or [_sample(rule_set)]
    head = HEAD.format(folder=folder, rules=template) + ("" if proposals else USUAL)
    text = f"{head}sources:\n{''.join(map(source_text, here))}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} can't be written ({error.strerror}). Choose a folder that you may write to."
        ) from None
    return path


def rules(template: str) -> Rules:
    """The rules of a shipped rule set. Raises UsageError on another name."""
    if template not in shipped.rule_sets():
        raise UsageError(f"unknown template '{template}'. {suggestion(template, shipped.rule_sets())}")
    files = {path.name: path.read_text("utf-8") for path in (shipped.root() / template).glob("*.yaml")}
    return Rules.parse(files, template)


def _usual(template: SourceTemplate) -> Proposal:
    """A source whose columns are all called as usual."""
    parties = tuple(
        ProposedParty(
            party.entity,
            {attribute: names[0] for attribute, names in party.usual.items()},
            party.from_text[0] if party.from_text else None,
            party.role,
            party.where,
        )
        for party in template.parties
    )
    path = f"{template.source}.csv"
    return Proposal(template.source, path, template.keys[:1], parties, template.title, template.once_each)


def _sample(rule_set: Rules) -> Proposal:
    """A source whose columns are called as the attributes of the first entity type."""
    entity = next(iter(rule_set.entities.values()))
    columns = {attribute: (attribute,) for attribute in entity.mapped}
    return Proposal("source_1", "source_1.csv", ("id",), (ProposedParty(entity.entity, columns),))


def source_text(proposal: Proposal) -> str:
    """The lines of one source in `mdm.yaml`."""
    if proposal.unread:
        empty = ("key: column", "parties:", "  - entity: entity", "    name: column")
        lines = [f"{proposal.source}:   # {proposal.unread}", f"  path: {_scalar(proposal.path)}"]
        return "".join(f"  # {line}\n" for line in [*lines, *(f"  {line}" for line in empty)])
    title = f"   # {proposal.title}" if proposal.title else ""
    lines = [f"  {proposal.source}:{title}", *(f"    # {note}" for note in proposal.notes)]
    lines += [f"    path: {_scalar(proposal.path)}"]
    lines += [f"    skip_rows: {proposal.skip_rows}   # lines above the header"] if proposal.skip_rows else []
    lines += [f"    key: {_names(proposal.key)}{_comment(proposal.why_key)}"]
    lines += ["    once_each: true   # a register that holds each party once"] if proposal.once_each else []
    lines += ["    parties:", *(line for party in proposal.parties for line in _party_lines(party))]
    return "\n".join(lines) + "\n"


def _party_lines(party: ProposedParty) -> list[str]:
    said = {"role": party.role, "where": party.where, "from_text": party.from_text}
    fields = [f"{key}: {_scalar(value)}" for key, value in said.items() if value is not None]
    fields += [f"{a}: {_names(columns)}{_comment(party.why.get(a, ''))}" for a, columns in party.columns.items()]
    notes = [f"      # {note}" for note in party.notes]
    return [*notes, f"      - entity: {party.entity}", *(f"        {line}" for line in fields)]


def _comment(text: str) -> str:
    return f"   # {text}" if text else ""


def _names(columns: Columns) -> str:
    return _scalar(columns[0]) if len(columns) == 1 else f"[{', '.join(map(_scalar, columns))}]"


def _scalar(text: str) -> str:
    """Plain where that is safe inside a flow list too, else quoted."""
    if re.fullmatch(r"[^\W\d][\w./-]*( [\w./-]+)*", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
