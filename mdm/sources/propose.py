"""A mapping proposed for unknown extracts: columns by their names first, by what they hold second.

Only a proposal: names are folded (case, tone marks, spaces and `_` don't count) and compared with the source templates.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from unidecode import unidecode

from mdm.errors import SourceError, UsageError
from mdm.sources.extract import Extract
from mdm.sources.readers import read
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.workspace import Rules, SourceSpec, templates
from mdm.workspace.settings import where_columns
from mdm.workspace.templates import Columns, PartyTemplate, Proposal, ProposedParty, SourceTemplate

SAMPLE, MOST = 2000, 0.6
KNOWN = 3
"""Attributes that must have their column for an extract to count as a department's."""
BY_VALUE = {
    "email": r"^[^@\s]+@[^@\s]+\.\w+$",
    "health_card": r"^\s*[A-Za-z]{2}\s?[1-5]\s?\d{2}[\d ]{10,13}$",
    "personal_id": r"^\D?(\d{12}|\d{9})$",
    "phone": r"^(\+?84|0)[\s.]?[1-9]\d(?:[\s.]?\d){7,8}$",
    "birth_date": r"^(\d{1,2}[/.-]\d{1,2}[/.-](19|20)\d\d|(19|20)\d\d-\d\d-\d\d.*)$",
}
"""Attribute → the shape that most values of an unknown column have; the first that fits."""


def init(folder: Path, template: str = "hcmc", extracts: Sequence[Path] = ()) -> Path:
    """Write a workspace with a mapping proposed for each extract; see `templates.init`.

    Raises UsageError where an extract can't be read or there is a workspace already.
    """
    rules = templates.rules(template)
    proposals: list[Proposal] = []
    for path in extracts:
        proposal = propose(path, template, rules)
        taken = {other.source for other in proposals}
        names = (f"{proposal.source}{suffix}" for suffix in ("", *(f"_{n}" for n in range(2, len(extracts) + 2))))
        here, home = path.absolute(), folder.absolute()
        place = here.relative_to(home).as_posix() if here.is_relative_to(home) else str(here)
        proposals.append(replace(proposal, source=next(name for name in names if name not in taken), path=place))
    return templates.init(folder, template, proposals)


def propose(path: Path, template: str, rules: Rules) -> Proposal:
    """How one extract might be mapped."""
    name = re.sub(r"\W+", "_", unidecode(path.stem)).strip("_").lower() or "source"
    spec = SourceSpec(name, key=(), parties=(), path=path.name)
    try:
        extract = read(spec, path.absolute().parent, accept={f"empty:{name}"})
    except SourceError as error:
        raise UsageError(f"{path}: {error.reason} {error.remedy}") from None
    names = {fold(column): column for column in reversed(extract.columns)}
    known = templates.source_templates(template)
    best = max(known, key=lambda t: (_fit(t, names, rules), t.source == name), default=None)
    fit = 0 if best is None else _fit(best, names, rules)
    if best is None or fit < KNOWN:
        usual = () if best is None else best.parties
        best = SourceTemplate(name, template, "", () if best is None else best.keys, usual[:1] if fit else ())
    parties = [_party(party, names, rules) for party in best.parties]
    parties = [party for party in parties if party.columns or party.from_text] or [_generic(rules, names)]
    parties[0] = _by_value(parties[0], extract, rules, _mapped(parties, ()))
    key, note = _key(extract, best.keys, names)
    unmapped = [column for column in extract.columns if column not in _mapped(parties, key)]
    notes = [f"read as {extract.encoding}"] if extract.encoding else []
    notes += [note] if note else []
    notes += [f"mapped to nothing, kept as received: {', '.join(unmapped)}"] if unmapped else []
    once_each = best.once_each and len(parties) == 1
    printable = tuple(" ".join(note.split()) for note in notes)
    return Proposal(name, str(path.absolute()), key, tuple(parties), best.title, once_each, printable)


def fold(name: str) -> str:
    """A column's name without case, tone marks and anything but letters and digits."""
    return re.sub(r"[^a-z0-9]", "", unidecode(name).lower())


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


def _generic(rules: Rules, names: Mapping[str, str]) -> ProposedParty:
    """Columns that are called as the attributes of the first entity type."""
    entity = next((e for e in rules.entities.values() if e.entity == "citizen"), next(iter(rules.entities.values())))
    columns = {attribute: (names[fold(attribute)],) for attribute in entity.mapped if fold(attribute) in names}
    return ProposedParty(entity.entity, columns)


def _by_value(party: ProposedParty, extract: Extract, rules: Rules, taken: Collection[str]) -> ProposedParty:
    """Attributes still without a column, by the shape of what columns hold that no party has taken."""
    columns, attributes = dict(party.columns), rules.entities[party.entity].mapped
    for column in extract.columns:
        texts = extract.rows[column].drop_nulls().head(SAMPLE).str.strip_chars()
        if column in taken or texts.is_empty():
            continue
        for attribute, shape in BY_VALUE.items():
            free = attribute in attributes and attribute not in columns
            if free and texts.str.contains(shape).mean() > MOST:  # type: ignore[operator]
                columns[attribute] = (column,)
                break
        else:
            if "name" in attributes and not party.from_text and "name" not in columns and _names_people(texts):
                columns["name"] = (column,)
    ordered = {attribute: columns[attribute] for attribute in attributes if attribute in columns}
    if not ordered and not party.from_text:
        ordered = {"name": (extract.columns[0],)}
        return replace(party, columns=ordered, notes=("nothing was recognised: name the columns of each attribute",))
    return replace(party, columns=ordered)


def _names_people(texts: pl.Series) -> bool:
    """Whether most texts begin with a Vietnamese surname and have two words or more."""
    read_as = STANDARDISERS["person_name"].function(texts.unique().sort(), Knowledge.shipped(), SourceProfile(), {})
    surnames = set(Knowledge.shipped().table("words/surnames.csv")["surname"].str.to_lowercase())
    first = read_as["value"].str.to_lowercase().str.split(" ").list.first()
    several = read_as["value"].str.contains(" ")
    return float((first.is_in(surnames) & several).fill_null(False).sum()) > MOST * len(first)


def _key(extract: Extract, usual: Sequence[str], names: Mapping[str, str]) -> tuple[Columns, str | None]:
    """The first column that identifies rows here: a usual one, else any; with a note where none does."""
    here = [names[fold(key)] for key in usual if fold(key) in names]
    for column in dict.fromkeys([*here, *extract.columns]):
        texts = extract.rows[column]
        if not texts.null_count() and not texts.is_duplicated().any():
            return (column,), None
    column = (here or extract.columns)[0]
    return (column,), f"no column identifies each row: name several in key, for instance [{column}, …]"


def _mapped(parties: Sequence[ProposedParty], key: Columns) -> set[str]:
    named = {column for party in parties for columns in party.columns.values() for column in columns}
    return named | set(key) | {c for p in parties for c in (p.from_text, *where_columns(p.where)) if c}
