"""A mapping proposed for unknown extracts, by the names of their columns and by what these hold.

Only a proposal, with why and how sure for each column. Where an extract is plainly a department's, the source template
of `rules/sources` leads; any other is mapped column by column. Nothing of what is written is a person's value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from unidecode import unidecode

from mdm.errors import UsageError
from mdm.onboarding import fits
from mdm.onboarding.assignment import OF_TEXT, assign, person_type
from mdm.onboarding.candidates import Column
from mdm.onboarding.headings import fold
from mdm.onboarding.row_keys import IDENTITIES, propose_key
from mdm.onboarding.unknown_files import read_unknown
from mdm.sources.extract import Extract
from mdm.sources.profile import profile
from mdm.standardise import STANDARDISERS, Knowledge
from mdm.workspace import PartySpec, Rules, SourceSpec, templates
from mdm.workspace.settings import where_columns
from mdm.workspace.templates import Columns, PartyTemplate, Proposal, ProposedParty, SourceTemplate

KNOWN = 3
"""Attributes that must have their column for an extract to count as a department's."""


def init(folder: Path, template: str = "hcmc", extracts: Sequence[Path] = ()) -> Path:
    """Write a workspace with a mapping proposed for each extract; see `templates.init`.

    Raises UsageError where no extract can be read or there is a workspace already.
    """
    return templates.init(folder, template, proposals(folder, template, extracts))


def proposals(folder: Path, template: str, extracts: Sequence[Path]) -> list[Proposal]:
    """A proposal for each extract, for a workspace in `folder`; one that can't be read says so in `unread`.

    Raises UsageError where none can be read, or there is no such template.
    """
    rules = templates.rules(template)
    found: list[Proposal] = []
    for path in extracts:
        proposal = _proposed_or_why(path, template, rules)
        taken = {other.source for other in found}
        names = (f"{proposal.source}{suffix}" for suffix in ("", *(f"_{n}" for n in range(2, len(extracts) + 2))))
        here, home = path.absolute(), folder.absolute()
        place = here.relative_to(home).as_posix() if here.is_relative_to(home) else str(here)
        found.append(replace(proposal, source=next(name for name in names if name not in taken), path=place))
    if found and all(proposal.unread for proposal in found):
        raise UsageError(" ".join(proposal.unread for proposal in found))
    return found


def _proposed_or_why(path: Path, template: str, rules: Rules) -> Proposal:
    """The proposal, or one that only says why there is none: the other files are none the worse for it."""
    try:
        return propose(path, template, rules)
    except UsageError as error:
        return Proposal(_called(path), "", (), (), unread=" ".join(str(error).split()))


def _called(path: Path) -> str:
    """The name of its source."""
    return re.sub(r"\W+", "_", unidecode(path.stem)).strip("_").lower() or "source"


def propose(path: Path, template: str, rules: Rules) -> Proposal:
    """How one extract might be mapped. Raises UsageError where it can't be read."""
    name = _called(path)
    spec = SourceSpec(name, key=(), parties=(), path=path.name)
    knowledge = Knowledge.shipped()
    extract, columns, no_header, titles = read_unknown(path, spec, knowledge)
    names = {fold(column): column for column in reversed(extract.columns)}
    known = templates.source_templates(template)
    best = max(known, key=lambda t: (_fit(t, names, rules), t.source == name), default=None)
    usual = [] if best is None else _of_template(best, columns, names, rules)
    found = assign(extract, columns, rules, knowledge)
    if best is None or not _leads(usual, found):
        best, parties = SourceTemplate(name, template, "", (), ()), found
    else:
        parties = _with_more(usual, found)
    if no_header:  # the names are ours
        parties = [replace(party, why=dict.fromkeys(party.columns, "check: by its values alone")) for party in parties]
    if not parties:
        nothing = ("nothing was recognised: name the columns of each attribute",)
        parties = [ProposedParty(person_type(rules), {"name": (extract.columns[0],)}, notes=nothing)]
    identities = [c for a, here in parties[0].columns.items() if a in IDENTITIES for c in here]
    usual_keys = [names[fold(key)] for key in best.keys if fold(key) in names]
    key, why = propose_key(extract, columns, usual_keys, identities if parties[0].role is None else ())
    notes = [f"read as {extract.encoding}"] if extract.encoding else []
    notes += [no_header] if no_header else []
    notes += _sex_codes(extract, spec, parties, knowledge)
    notes += _unmapped(columns, parties, key)
    printable = tuple(" ".join(note.split()) for note in notes)
    once_each = best.once_each and len(parties) == 1
    return Proposal(name, str(path.absolute()), key, tuple(parties), best.title, once_each, printable, why, titles)


def _leads(usual: Sequence[ProposedParty], found: Sequence[ProposedParty]) -> bool:
    """Whether the department's template explains the extract better than its columns one by one."""
    if sum(len(party.columns) + bool(party.from_text) for party in usual) < KNOWN:
        return False
    conditional = any(party.where for party in usual)
    contradicted = any("against its name" in why for party in found for why in party.why.values())
    lacking = any(party.notes for party in usual)
    return conditional or (len(_pairs(usual)) >= len(_pairs(found)) + lacking and not contradicted)


def _with_more(usual: Sequence[ProposedParty], found: Sequence[ProposedParty]) -> list[ProposedParty]:
    """A department's parties, with the attributes of the same parties that its template doesn't name."""
    taken = {column for column, _ in _pairs(usual)}
    parties = []
    for party in usual:
        alike = [p for p in found if (p.entity, p.role) == (party.entity, party.role) and not party.from_text]
        more = {a: c for p in alike for a, c in p.columns.items() if a not in party.columns and not taken & set(c)}
        why = {a: said for p in alike for a, said in p.why.items() if a in more}
        parties.append(replace(party, columns={**party.columns, **more}, why={**party.why, **why}))
    return parties


def _pairs(parties: Sequence[ProposedParty]) -> set[tuple[str, str]]:
    """(column, entity and attribute) of all parties."""
    told = {(column, f"{p.entity} {attribute}") for p in parties for attribute, c in p.columns.items() for column in c}
    return told | {(p.from_text, p.entity) for p in parties if p.from_text}


def _sex_codes(extract: Extract, spec: SourceSpec, parties: Sequence[ProposedParty], knowledge: Knowledge) -> list[str]:
    """What set-up will take bare codes of sex for."""
    mapped = tuple(PartySpec(party.entity, party.columns) for party in parties if "sex" in party.columns)
    coded = [party for party in mapped if fits.is_bare_code(fits.sample(extract.rows[party.columns["sex"][0]]))]
    if not coded:
        return []
    codes = profile(extract, replace(spec, parties=tuple(coded)), knowledge).sex_codes
    said = ", ".join(f"{code} {sex}" for code, sex in codes.items()) or "unknown"
    return [f"sex codes, by the numbers and names beside them or by convention: {said}; sex_codes: {{…}} corrects them"]


def _unmapped(columns: Sequence[Column], parties: Sequence[ProposedParty], key: Columns) -> list[str]:
    """The columns that no attribute takes, each with its commonest format and, if any, what it looks like."""
    used = {column for column, _ in _pairs(parties)} | set(key)
    used |= {c for party in parties for c in where_columns(party.where)}
    free = [column for column in columns if column.name not in used]
    named = ", ".join(f"{column.name} ({column.format or 'empty'})" for column in free)
    notes = [f"mapped to nothing, kept as received: {named}"] if free else []
    alike = [f"{c.name} like {c.kind}" for c in free if c.kind not in (None, "date", "sex", "legal_form")]
    return notes + ([f"of these, look at what is written like identities: {', '.join(alike)}"] if alike else [])


def _of_template(
    template: SourceTemplate, columns: Sequence[Column], names: Mapping[str, str], rules: Rules
) -> list[ProposedParty]:
    """The parties of a department's template with the columns that are here."""
    by_name = {column.name: column for column in columns}
    found = [_party(party, names, rules) for party in template.parties]
    parties = _by_text([party for party in found if party.columns or party.from_text])
    return [replace(party, why=_why(party, by_name, rules)) for party in parties]


def _by_text(parties: Sequence[ProposedParty]) -> list[ProposedParty]:
    """Persons and organisations of one column that no other tells apart: its texts say which they name."""
    texts = {(party.from_text,) for party in parties if party.from_text and party.where is None}
    shared = texts & {party.columns.get("name", ()) for party in parties if party.where is None}

    def apart(party: ProposedParty) -> ProposedParty:
        named = party.columns.get("name", ())
        if party.where is not None or not shared & {named, (party.from_text,)}:
            return party
        if party.from_text is not None:
            return replace(party, notes=())
        others = {attribute: columns for attribute, columns in party.columns.items() if attribute != "name"}
        return replace(party, from_text=named[0], columns=others, notes=(OF_TEXT,))

    return [apart(party) for party in parties]


def _why(party: ProposedParty, columns: Mapping[str, Column], rules: Rules) -> dict[str, str]:
    """What speaks for each attribute of a department's party: its usual name, and the share of its values."""
    attributes = rules.entities[party.entity].mapped
    why = {}
    for attribute, here in party.columns.items():
        standardiser = attributes[attribute].standardiser
        shares = [columns[column].share(standardiser) for column in here]
        sure = len(here) == 1 and shares[0] >= 0.5
        values = f", and {shares[0]:.0%} of its values" if sure else ""
        why[attribute] = f"{'sure' if sure else 'likely'}: its usual name{values}"
    return why


def _fit(template: SourceTemplate, names: Mapping[str, str], rules: Rules) -> int:
    """How many attributes of the template have their column here."""
    return sum(len(_party(party, names, rules).columns) + bool(_text(party, names)) for party in template.parties)


def _party(party: PartyTemplate, names: Mapping[str, str], rules: Rules) -> ProposedParty:
    """The party with the columns that are here, under the names they have here."""
    attributes = rules.entities[party.entity].mapped
    columns: dict[str, Columns] = {}
    for attribute, usual in party.usual.items():
        here = [found for names_used in usual if (found := _here(names_used, names))]
        if here:
            several = STANDARDISERS[attributes[attribute].standardiser or ""].multiple and attribute != "name"
            columns[attribute] = tuple(dict.fromkeys(c for found in here for c in found)) if several else here[0]
    where: str | None = party.where
    notes: tuple[str, ...] = ()
    lacking = [column for column in where_columns(where) if column not in names.values()]
    if where is not None and lacking:
        where, notes = None, (f"usually only where: {party.where} (there is no {', '.join(lacking)} here)",)
    if not {"name"} & set(columns) and not _text(party, names):
        columns = {}
    return ProposedParty(party.entity, columns, _text(party, names), party.role, where, notes)


def _here(usual: Columns, names: Mapping[str, str]) -> Columns:
    """The columns under the names they have here, if all of them are."""
    return tuple(names[fold(name)] for name in usual) if all(fold(name) in names for name in usual) else ()


def _text(party: PartyTemplate, names: Mapping[str, str]) -> str | None:
    return next((names[fold(name)] for name in party.from_text if fold(name) in names), None)
