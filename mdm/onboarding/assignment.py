"""Columns of an unknown extract become parties with attributes: a proposal, with why and how sure for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import polars as pl

from mdm.onboarding import fits
from mdm.onboarding.candidates import Column
from mdm.sources.extract import Extract
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.workspace import EntityRules, Rules
from mdm.workspace.templates import ProposedParty

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "name": ("surname", "family", "middle", "given"),
    "birth_date": ("day", "month", "year"),
    "address": ("house", "street", "quarter", "ward", "district", "province"),
})  # fmt: skip
"""Attribute → the parts that columns may hold it in, in the order in which they are joined."""
BY_KIND: Mapping[str, str] = MappingProxyType({
    "email": "email",
    "health_card": "health_card",
    "personal_id": "personal_id",
    "tax_code": "tax_code",
    "phone": "phone",
    "social_insurance": "social_insurance",
    "passport": "passport",
    "sex": "sex",
    "date": "birth_date",
    "person_name": "name",
    "organisation_name": "organisation",
    "address": "address",
})  # fmt: skip
"""What a column is by its values alone."""
ALIKE: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "personal_id": ("personal_id", "tax_code", "passport"),
    "name": ("person_name", "organisation_name"),
    "organisation": ("organisation_name", "person_name"),
    "tax_code": ("tax_code", "personal_id"),
    "student_code": ("social_insurance", "personal_id", "phone", "tax_code"),
    "health_card": ("health_card", "social_insurance"),
    "social_insurance": ("social_insurance", "tax_code", "phone"),
    "phone": ("phone", "social_insurance"),
})  # fmt: skip
"""Attribute → kinds of values that don't speak against a column called so."""
ORGANISATION = "organisation"
PARENTS = {"father": "father_name", "mother": "mother_name"}
SURE, PLAINLY, HARDLY = 0.5, 0.8, 0.4
MIXED = (0.1, 0.9)
"""Between these shares of organisations a column of names holds both."""
OF_TEXT = "the organisations that the same texts name; the party before has the persons"
FEW_VALUES, OFTEN, _FIRM = 6, 10, "_firm"
IDENTIFYING = ("name", "personal_id", "tax_code", "social_insurance", "health_card", "passport", "phone", "email")


@dataclass(frozen=True)
class Meaning:
    """What one column is, by its name and its values."""

    column: Column
    attribute: str
    party: str | None
    why: str


@dataclass
class Group:
    """The columns of one party."""

    label: str | None
    columns: dict[str, list[Meaning]] = field(default_factory=dict)
    from_text: Column | None = None

    def add(self, meaning: Meaning) -> None:
        """Take a column in, after those that there are."""
        self.columns.setdefault(meaning.attribute, []).append(meaning)

    def take(self, other: Group) -> None:
        """All columns of another group."""
        for found in other.columns.values():
            for meaning in found:
                self.add(meaning)
        self.from_text = self.from_text or other.from_text

    @property
    def named(self) -> list[Column]:
        """The columns of its name."""
        if self.from_text is not None:
            return [self.from_text]
        return [m.column for part in ("name", *PARTS["name"]) for m in self.columns.get(part, [])]


def kinds_of(attribute: str) -> tuple[str, ...]:
    """The standardisers whose values an attribute may well hold."""
    own = tuple(kind for kind, called in BY_KIND.items() if called == attribute)
    return ALIKE.get(attribute, own)


def meaning(column: Column) -> Meaning | None:
    """What a column is; None where it identifies nobody, or nothing speaks for it."""
    heading = column.heading
    if heading.other:
        return None
    return _by_value(column) if heading.attribute is None else _named(column, heading.attribute)


def _by_value(column: Column) -> Meaning | None:
    """A column whose name says no attribute."""
    heading, kind = column.heading, column.kind
    if column.names_owners:
        return Meaning(column, "name", heading.party, "its texts name parties")
    if kind is None or (kind == "date" and column.recent) or kind not in BY_KIND:
        return None
    percent = f"{column.share(kind):.0%} of its values"
    # A code that names the row is a number of a party only where its check digit or length says so.
    clear = kind in ("tax_code", "personal_id", "health_card") and column.share(kind) > PLAINLY
    if heading.row is not None and heading.party is None and not clear:
        return None
    if kind == "organisation_name" and not column.unique and column.texts.len() <= FEW_VALUES and not heading.party:
        return None  # rather the offices that did the work
    if heading.party is not None and heading.whole:
        return Meaning(column, BY_KIND[kind], heading.party, f"sure: its name says whose it is, {percent} say what")
    return Meaning(column, BY_KIND[kind], heading.party, f"check: by {percent} alone")


def _named(column: Column, attribute: str) -> Meaning | None:
    """A column whose name says an attribute: its values confirm it, say nothing, or contradict."""
    party, kinds = column.heading.party, kinds_of(attribute)
    share = sum(column.share(kind) for kind in kinds)
    if attribute in ("given", "year", "day", "month") or not kinds or column.texts.is_empty():
        return Meaning(column, attribute, party, "likely: its name")
    if share >= SURE:
        return Meaning(column, attribute, party, f"sure: its name, and {min(share, 1):.0%} of its values")
    other = fits.best(column.shares, PLAINLY)
    numbers_of_firms = party == ORGANISATION and other == "social_insurance"  # which have none, and as many digits
    if other is None or other not in BY_KIND or other in kinds or other == "sex" or numbers_of_firms:
        other = None
    if other is not None and share < HARDLY:
        why = f"check: {column.share(other):.0%} of its values, against its name"
        return Meaning(column, BY_KIND[other], party, why)
    if share < HARDLY and fits.contradicts(attribute, column.texts):
        return None
    if attribute == "sex" and fits.is_bare_code(column.texts):
        return Meaning(column, attribute, party, "likely: its name, and its codes")
    return Meaning(column, attribute, party, f"likely: its name; only {share:.0%} of its values are plainly so")


def assign(extract: Extract, columns: Sequence[Column], rules: Rules, knowledge: Knowledge) -> list[ProposedParty]:
    """The parties that the columns speak of, the main one first; none where nothing is recognised."""
    groups = _groups(columns)
    if not groups:
        return []
    main = _main(groups)
    entities = _Entities.of(rules)
    parties: list[ProposedParty] = []
    rest = groups.get(None)
    if main.label is not None and rest is not None:
        main.take(rest)
    others = [group for label, group in groups.items() if label is not None and group is not main]
    both = entities.both(main)
    main_entities = both or [entities.of_group(main)]
    firm = groups.get(ORGANISATION)
    if firm is not None and firm is not main and not firm.named and entities.organisation in main_entities:
        main.take(firm)
        others.remove(firm)
    if both and "tax_code" not in main.columns:
        _with_tax_codes(main)
    _hand_over(main, others, main_entities, entities)
    conditions = _conditions(extract, main, columns, knowledge) if both else (None,)
    for entity, where in zip(main_entities, conditions, strict=True):
        parties += _party(main, entity, _role(main, first=True), where, {} if both else _parents(others))
    parties += entities.told_beside(main)
    for group in others:
        if group.label in PARENTS and not set(group.columns) - {"name", *PARTS["name"]}:
            continue  # a name alone is the child's attribute
        parties += _party(group, entities.of_group(group), _role(group, first=False), None, {})
        parties += entities.told_beside(group)
    return parties


def person_type(rules: Rules) -> str:
    """The entity type of persons."""
    return _Entities.of(rules).person.entity


def _groups(columns: Sequence[Column]) -> dict[str | None, Group]:
    found = [m for column in columns if (m := meaning(column)) is not None]
    numbers = {m.column.heading.number for m in found if m.attribute in ("name", "family", "given")} - {None, 1}
    groups: dict[str | None, Group] = {}
    for each in found:
        label, attribute = each.party, each.attribute
        if attribute == ORGANISATION:
            label, attribute = label or ORGANISATION, "name"
        elif label is None and each.column.heading.number in numbers:
            label = f"#{each.column.heading.number}"
        group = groups.setdefault(label, Group(label))
        if attribute == "name" and each.column.names_owners and group.from_text is None:
            group.from_text = each.column
        else:
            group.add(Meaning(each.column, attribute, label, each.why))
    return groups


def _main(groups: Mapping[str | None, Group]) -> Group:
    """Whom the row is about: who is named without a word for whose it is, else the organisation, else the first."""
    own = groups.get(None)
    if own is not None and own.named:
        return own
    if ORGANISATION in groups and groups[ORGANISATION].named:
        return groups[ORGANISATION]
    named = [group for label, group in groups.items() if group.named and label not in PARENTS]
    return named[0] if named else own or next(iter(groups.values()))


@dataclass(frozen=True)
class _Entities:
    """The entity types of the rule set for persons and for organisations."""

    person: EntityRules
    organisation: EntityRules | None

    @staticmethod
    def of(rules: Rules) -> _Entities:
        every = list(rules.entities.values())
        names = {e.entity: e.attributes["name"].standardiser for e in every if "name" in e.attributes}
        person = next((e for e in every if names.get(e.entity) in ("person_name", "latin_name")), every[0])
        kinds = ("organisation_name", "latin_organisation")
        return _Entities(person, next((e for e in every if names.get(e.entity) in kinds), None))

    def of_group(self, group: Group) -> EntityRules:
        organisations = max((column.share("organisation_name") for column in group.named), default=0)
        if self.organisation is None or group.from_text is not None:
            return self.person
        if group.label == ORGANISATION or organisations > SURE:
            return self.organisation
        firm = not group.named and group.label is None and "tax_code" in group.columns
        return self.organisation if firm and "personal_id" not in group.columns else self.person

    def told_beside(self, group: Group) -> list[ProposedParty]:
        """The organisations of a text that names parties: those of its other parties are persons."""
        if self.organisation is None or group.from_text is None:
            return []
        firms = _party(group, self.organisation, _role(group, first=True), None, {})
        return [replace(firm, notes=(OF_TEXT,)) for firm in firms]

    def both(self, group: Group) -> list[EntityRules]:
        """Persons and organisations, where one column of names holds both."""
        if self.organisation is None or len(group.named) != 1 or group.from_text is not None:
            return []
        share = group.named[0].share("organisation_name")
        people = group.named[0].share("person_name")  # TRUONG THI HOA is no school: all of them read as persons
        mixed = MIXED[0] < share < MIXED[1] and MIXED[0] < people < MIXED[1]
        return [self.person, self.organisation] if mixed else []


def _hand_over(main: Group, others: Sequence[Group], own: Sequence[EntityRules], entities: _Entities) -> None:
    """What the main party's entity type doesn't have goes to the first other party that has it."""
    for attribute in [a for a in main.columns if not any(_has(entity, a) for entity in own)]:
        heir = next((group for group in others if _has(entities.of_group(group), attribute)), None)
        if heir is not None and attribute not in heir.columns:
            for each in main.columns.pop(attribute):
                heir.add(each)


def _with_tax_codes(main: Group) -> None:
    """Where persons and firms stand in one column, so may their numbers."""
    for each in main.columns.get("personal_id", []):
        share = each.column.share("tax_code")
        if share > MIXED[0]:
            main.add(replace(each, attribute="tax_code", why=f"likely: {share:.0%} of its values are tax codes"))


def _has(entity: EntityRules, attribute: str) -> bool:
    whole = next((name for name, parts in PARTS.items() if attribute in parts), attribute)
    return whole in entity.mapped


def _role(group: Group, *, first: bool) -> str | None:
    if group.label is None or group.from_text is not None or group.label.startswith("#"):
        return None
    if group.label == ORGANISATION:
        return None if first else "employer"
    return group.label


def _parents(others: Sequence[Group]) -> dict[str, list[Meaning]]:
    found = {PARENTS[group.label]: group for group in others if group.label in PARENTS}
    return {attribute: group.columns["name"] for attribute, group in found.items() if "name" in group.columns}


def _party(
    group: Group, entity: EntityRules, role: str | None, where: str | None, parents: Mapping[str, list[Meaning]]
) -> list[ProposedParty]:
    """The party as `mdm.yaml` maps it; none where nothing would identify it."""
    columns: dict[str, tuple[str, ...]] = {}
    why: dict[str, str] = {}
    own = {**group.columns, **parents}
    for attribute, rule in entity.mapped.items():
        several = STANDARDISERS[rule.standardiser or ""].multiple and attribute not in ("name", "birth_place")
        used = {name for taken in columns.values() for name in taken}
        found = [each for each in _whole(own, attribute, several=several) if each.column.name not in used]
        if found:
            columns[attribute] = tuple(each.column.name for each in found)
            why[attribute] = next((each.why for each in found if not each.why.startswith("sure")), found[0].why)
    text = None if group.from_text is None else group.from_text.name
    if text is None and not set(columns) & set(IDENTIFYING):
        return []
    return [ProposedParty(entity.entity, columns, text, role, where, why=why)]


def _whole(own: Mapping[str, list[Meaning]], attribute: str, *, several: bool) -> list[Meaning]:
    """The columns of one attribute: all of several values, one column, or its parts in order."""
    found = own.get(attribute, [])
    parts = [own[part][0] for part in PARTS.get(attribute, ()) if part in own]
    if attribute == "birth_date":
        whole_date = len(parts) == len(PARTS[attribute])
        born = found[:1] if found and found[0].column.format == "9999" else []
        if born and {"day", "month"} <= set(own) and "year" not in own:
            return [*parts, *born]
        year = [part for part in parts if part.attribute == "year" and part.column.share("date") >= SURE]
        return found[:1] or (parts if whole_date else year)
    if attribute == "address":
        streets = [p for p in parts if p.attribute in ("house", "street", "ward")]
        if found and (found[0].column.share("address") >= fits.FITS or not streets):
            return found[:1]
        return [*found[:1], *parts] if streets else []
    return (found if several else found[:1]) or parts


def _conditions(
    extract: Extract, main: Group, columns: Sequence[Column], knowledge: Knowledge
) -> tuple[str | None, str | None]:
    """The `where` of persons and that of organisations, if a column of few values tells them apart."""
    name = main.named[0].name
    rows = extract.rows.filter(pl.col(name).is_not_null()).head(5_000)
    texts = rows[name].unique().sort()
    read = STANDARDISERS["organisation_name"].function(texts, knowledge, SourceProfile(), {})
    firms = pl.DataFrame({name: texts, _FIRM: read["form"].list.first().is_not_null()})
    rows = rows.join(firms, on=name, how="left")
    for column in columns:
        values = rows[column.name].n_unique()
        if column.name == name or not column.complete or not 2 <= values <= FEW_VALUES:
            continue
        if rows.height < OFTEN * values or column.kind is not None:
            continue  # what stands in a few rows may be somebody's name, and mdm.yaml is no place for it
        shares = rows.group_by(column.name).agg(pl.col(_FIRM).mean()).sort(column.name)
        people = shares.filter(pl.col(_FIRM) < MIXED[0])[column.name].to_list()
        organisations = shares.filter(pl.col(_FIRM) > SURE)[column.name].to_list()
        if people and organisations and len(people) + len(organisations) == shares.height:
            return _where(column.name, people), _where(column.name, organisations)
    return None, None


def _where(column: str, values: Sequence[str]) -> str:
    quoted = ", ".join("'" + value.strip().lower().replace("'", "''") + "'" for value in values)
    name = column if column.isidentifier() and column.isascii() else f'"{column}"'
    return f"{name} = {quoted}" if len(values) == 1 else f"{name} IN ({quoted})"
