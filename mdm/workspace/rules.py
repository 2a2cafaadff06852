"""Rule files as typed objects: one file an entity type, and the gates. Every mistake of a folder is found at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from matchers.blocking import BlockingRule
from matchers.clustering import Constraint
from matchers.comparing import MAX_COMPARISONS, Comparison
from matchers.comparisons import ALL
from mdm.errors import ConfigError, Problem
from mdm.golden.survivorship import RULES as SURVIVORSHIP
from mdm.golden.survivorship import UNION
from mdm.standardise import STANDARDISERS
from mdm.workspace.document import Document, suggestion
from mdm.workspace.settings import FILE, PARTY_KEYS, Workspace

GATES = "gates.yaml"
DEFAULT_TRUST = 0.5
DEFAULT_MAX_BLOCK = 1000
DEFAULT_MAX_CLUSTER = 200
ENTITY_KEYS = (
    *("entity", "letter", "attributes", "blocking", "comparisons", "thresholds"),
    *("constraints", "once_each", "trust", "max_block", "max_cluster", "checks"),
)


@dataclass(frozen=True)
class AttributeRule:
    """How an attribute's received text becomes a canonical value, and how its golden value is chosen."""

    standardiser: str | None
    """A name of STANDARDISERS; None for a derived attribute."""
    survivorship: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    derived: tuple[str, ...] = ()
    """Attributes, or fields of attributes, whose values are pooled for matching only; neither mapped nor exported."""
    holders: int | None = None
    """How many holders of different names one value may have in a source; with more, it tells nobody apart."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields beyond the value; of a derived attribute none are known here."""
        return () if self.standardiser is None else tuple(STANDARDISERS[self.standardiser].fields)


@dataclass(frozen=True)
class Thresholds:
    """Probabilities: from `link` upwards the machine links, from `review` upwards a person decides."""

    link: float = 0.95
    review: float = 0.2


@dataclass(frozen=True)
class Check:
    """What the values of one record must say of one another; a record that breaks it gets a finding, and stays."""

    rule: str
    """The name of the finding (`rules/words/findings.csv`)."""
    attribute: str
    """An attribute, or a field of one; without `equals`, it must hold a value."""
    equals: str | None = None
    """What it must agree with, where both hold a value."""


@dataclass(frozen=True)
class EntityRules:
    """All rules of one entity type."""

    entity: str
    letter: str
    attributes: Mapping[str, AttributeRule]
    blocking: tuple[BlockingRule, ...]
    comparisons: tuple[Comparison, ...]
    thresholds: Thresholds = Thresholds()
    constraints: tuple[Constraint, ...] = ()
    once_each: float = 0.0
    """Evidence against two records of one source that holds each party once, in bits."""
    trust: Mapping[str, float] = field(default_factory=dict)
    max_block: int = DEFAULT_MAX_BLOCK
    max_cluster: int = DEFAULT_MAX_CLUSTER
    """Records; above it a component's weakest links go first."""
    checks: tuple[Check, ...] = ()

    @property
    def mapped(self) -> dict[str, AttributeRule]:
        """The attributes that a mapping may name: all but the derived ones."""
        return {name: rule for name, rule in self.attributes.items() if not rule.derived}

    def fields(self, attribute: str) -> tuple[str, ...]:
        """Fields beyond the value; a derived attribute has those that all its parts share."""
        rule = self.attributes[attribute]
        parts = [self._part_fields(part) for part in rule.derived]
        return rule.fields if not parts else tuple(name for name in parts[0] if all(name in p for p in parts))

    def _part_fields(self, part: str) -> tuple[str, ...]:
        return self.attributes[part].fields if part in self.attributes else ()

    def trust_of(self, source: str) -> float:
        """How far the source is believed, 0 to 1."""
        return self.trust.get(source, DEFAULT_TRUST)


@dataclass(frozen=True)
class Gates:
    """When a load is not believed, and its source is held."""

    unusable_share: float = 0.05
    """More than this share of a source's rows set aside."""


@dataclass(frozen=True)
class Rules:
    """A rule folder: its entity types by name, and its gates."""

    entities: Mapping[str, EntityRules]
    gates: Gates = Gates()

    @staticmethod
    def parse(files: Mapping[str, str], name: str) -> Rules:
        """The YAML files among `files` (relative path → text); `name` stands before the path in messages.

        Raises ConfigError with every mistake.
        """
        problems: list[Problem] = []
        entities: dict[str, EntityRules] = {}
        gates = Gates()
        for path in sorted(path for path in files if "/" not in path and path.endswith(".yaml")):
            document = Document(f"{name}/{path}", files[path])
            if path == GATES:
                gates = _gates(document)
            elif document.root is not None:
                rules = _EntityReader(document, path.removesuffix(".yaml")).entity()
                if any(other.letter == rules.letter for other in entities.values()):
                    document.problem(1, f"letter {rules.letter} is taken.", "Each entity type has its own letter.")
                entities[rules.entity] = rules
            problems += document.problems
        if not entities and not problems:
            problems.append(Problem(name, None, "there is no rule file.", "Put one YAML an entity type there."))
        if problems:
            raise ConfigError(problems)
        return Rules(entities, gates)


def _gates(document: Document) -> Gates:
    found = document.fields(document.root, GATES, ("unusable_share",))
    share = document.number(found.get("unusable_share"), "unusable_share", 0, 1)
    return Gates() if share is None else Gates(unusable_share=share)


class _EntityReader:
    """One pass over the nodes of a rule file."""

    def __init__(self, document: Document, name: str) -> None:
        self.document, self.name = document, name

    def entity(self) -> EntityRules:
        """The rules as far as they can be read; what can't is among the document's problems."""
        document = self.document
        required = ("entity", "letter", "attributes", "blocking", "comparisons")
        top = document.fields(document.root, "the rule file", ENTITY_KEYS, required)
        entity = document.text(top.get("entity"), "entity") or self.name
        if entity != self.name:
            document.problem(top.get("entity"), f"the file of '{entity}' is called {self.name}.yaml.", "Rename one.")
        letter = document.text(top.get("letter"), "letter") or "X"
        if len(letter) != 1 or not ("A" <= letter <= "Z"):
            document.problem(top.get("letter"), f"'{letter}' is not one capital letter.", "Write a letter from A to Z.")
        attributes = self._attributes(top.get("attributes"))
        self.rules = EntityRules(entity, letter, attributes, (), ())
        comparisons = tuple(self._comparisons(top.get("comparisons")))
        block = document.whole(top.get("max_block"), "max_block", 2, 10_000_000)
        cluster = document.whole(top.get("max_cluster"), "max_cluster", 2, 10_000_000)
        price = document.number(top.get("once_each"), "once_each", 0, 1000)
        return EntityRules(
            entity,
            letter,
            attributes,
            tuple(self._blocking(top.get("blocking"))),
            comparisons,
            self._thresholds(top.get("thresholds")),
            tuple(self._constraints(top.get("constraints"), comparisons)),
            price or 0.0,
            self._trust(top.get("trust")),
            DEFAULT_MAX_BLOCK if block is None else block,
            DEFAULT_MAX_CLUSTER if cluster is None else cluster,
            tuple(self._checks(top.get("checks"))),
        )

    def _attributes(self, node: yaml.Node | None) -> dict[str, AttributeRule]:
        nodes = self.document.mapping(node, "attributes")
        for name, at in nodes.items():
            if name in PARTY_KEYS or "." in name or "+" in name:
                self.document.problem(at, f"'{name}' can't name an attribute.", "Choose another name.")
        rules = {name: self._attribute(name, at) for name, at in nodes.items()}
        for name, rule in rules.items():
            for part in rule.derived:
                owner, _, field_name = part.partition(".")
                if owner not in rules or rules[owner].derived:
                    usable = [other for other, known in rules.items() if not known.derived]
                    self.document.unknown(nodes[name], f"attribute in {name}:", owner, usable)
                elif field_name and field_name not in rules[owner].fields:
                    self.document.unknown(nodes[name], f"field of {owner}:", field_name, rules[owner].fields)
        return rules

    def _attribute(self, name: str, node: yaml.Node) -> AttributeRule:
        document, place = self.document, f"attribute {name}"
        found = document.fields(node, place, ("standardiser", "options", "survivorship", "derived", "holders"))
        derived = document.texts(found.get("derived"), f"derived of {place}")
        if "derived" in found:
            if len(found) > 1:
                document.problem(node, f"{place} is derived and something else.", "Keep `derived:` alone.")
            return AttributeRule(None, derived=derived)
        if "standardiser" not in found and isinstance(node, yaml.MappingNode):
            document.problem(node, f"{place} has no 'standardiser'.", "Add `standardiser:`.")
        standardiser = document.choice(found.get("standardiser"), f"standardiser of {place}", STANDARDISERS)
        survivorship = document.texts(found.get("survivorship"), f"survivorship of {place}")
        for rule in survivorship:
            if rule not in SURVIVORSHIP:
                document.unknown(found["survivorship"], f"survivorship rule of {place}:", rule, SURVIVORSHIP)
        if UNION in survivorship and len(survivorship) > 1:
            document.problem(found["survivorship"], f"{place}: union keeps every value.", "Write union alone.")
        holders = document.whole(found.get("holders"), f"holders of {place}", 1, 1_000_000)
        options = self._options(found.get("options"), place)
        return AttributeRule(standardiser, survivorship or ("trust",), options, holders=holders)

    def _options(self, node: yaml.Node | None, place: str) -> dict[str, Any]:
        options = self.document.mapping(node, f"options of {place}")
        loader = yaml.SafeLoader("")
        return {name: loader.construct_object(value, deep=True) for name, value in options.items()}

    def _field(self, at: yaml.Node, name: str, place: str) -> bool:
        """Whether `attribute` or `attribute.field` exists; notes a problem where it doesn't."""
        attribute, _, field_name = name.partition(".")
        if attribute not in self.rules.attributes:
            self.document.unknown(at, f"attribute in {place}:", attribute, self.rules.attributes)
        elif field_name and self._read(attribute) and field_name not in self.rules.fields(attribute):
            self.document.unknown(at, f"field of {attribute} in {place}:", field_name, self.rules.fields(attribute))
        else:
            return True
        return False

    def _read(self, attribute: str) -> bool:
        """Whether the attribute's own line was understood, so that its fields are known."""
        rule = self.rules.attributes[attribute]
        return rule.standardiser is not None or bool(rule.derived)

    def _blocking(self, node: yaml.Node | None) -> list[BlockingRule]:
        rules: list[BlockingRule] = []
        for item in self.document.items(node, "blocking"):
            try:
                rule = BlockingRule.parse(self.document.texts(item, "a blocking rule"))
            except ValueError as error:
                self.document.problem(item, f"{error}.", "Write fields, for instance [name.plain, birth_date.year].")
                continue
            known = [self._field(item, part.field, "a blocking rule") for part in rule.parts]
            if any(rule.name == other.name for other in rules):
                self.document.problem(item, f"the blocking rule '{rule.name}' stands twice.", "Keep one of the two.")
            if all(known):
                rules.append(rule)
        return rules

    def _comparisons(self, node: yaml.Node | None) -> list[Comparison]:
        comparisons: list[Comparison] = []
        for item in self.document.items(node, "comparisons"):
            comparison = self._comparison(item)
            if comparison is None:
                continue
            if any(comparison.name == other.name for other in comparisons):
                self.document.problem(item, f"{comparison.name} is compared twice.", "Keep one of the two.")
            else:
                comparisons.append(comparison)
        if len(comparisons) > MAX_COMPARISONS:
            what = f"there are {len(comparisons)} comparisons."
            self.document.problem(node, what, f"Keep {MAX_COMPARISONS} at most.")
        return comparisons

    def _comparison(self, node: yaml.Node) -> Comparison | None:
        document, place, before = self.document, "a comparison", len(self.document.problems)
        keys = ("attribute", "function", "levels", "term_frequency", "household", "anchor")
        found = document.fields(node, place, keys, ("attribute", "function", "levels"))
        function = document.choice(found.get("function"), "comparison function", ALL)
        frequency = document.mapping(found.get("term_frequency"), "term_frequency")
        comparison = Comparison(
            document.texts(found.get("attribute"), "attribute"),
            function or "",
            document.texts(found.get("levels"), "levels"),
            {level: document.texts(at, f"term_frequency of {level}") for level, at in frequency.items()},
            document.truth(found.get("household"), "household") or False,
            document.truth(found.get("anchor"), "anchor") or False,
        )
        if function is not None:
            known = ALL[function].LEVELS
            for level in comparison.levels:
                if level not in known:
                    document.unknown(found["levels"], f"level of {function}:", level, known)
            for level in frequency:
                if level not in comparison.levels:
                    document.unknown(found["term_frequency"], "level in term_frequency:", level, comparison.levels)
            for attribute in comparison.attributes:
                if self._field(found["attribute"], attribute, place):
                    self._fields_compared(found, attribute, comparison)
        if len(document.problems) == before:
            try:
                comparison.check()
            except ValueError as error:
                document.problem(node, f"{error}.", "Order the levels as the function does.")
        return comparison if len(document.problems) == before else None

    def _fields_compared(self, found: Mapping[str, yaml.Node], attribute: str, comparison: Comparison) -> None:
        """The function's fields, and those whose rarity counts, must be fields of the attribute."""
        has = ("value", *self.rules.fields(attribute))
        lacking = [name for name in ALL[comparison.function].FIELDS if name not in has]
        if lacking and self._read(attribute):
            what = f"{comparison.function} can't compare {attribute}: it has no {', '.join(lacking)}."
            self.document.problem(found["function"], what, "Choose another function, or another standardiser.")
        for fields in comparison.term_frequency.values():
            for name in fields:
                if name not in has and self._read(attribute):
                    self.document.unknown(found["term_frequency"], f"field of {attribute}:", name, has)

    def _thresholds(self, node: yaml.Node | None) -> Thresholds:
        found = self.document.fields(node, "thresholds", ("link", "review"))
        read = {name: self.document.number(at, f"threshold {name}", 0, 1) for name, at in found.items()}
        thresholds = Thresholds(**{name: value for name, value in read.items() if value is not None})
        if thresholds.review > thresholds.link:
            self.document.problem(node, "the threshold review is above link.", "Make review the lower one.")
        return thresholds

    def _constraints(self, node: yaml.Node | None, comparisons: Sequence[Comparison]) -> list[Constraint]:
        document, known = self.document, {comparison.name: comparison for comparison in comparisons}
        constraints = []
        for item in document.items(node, "constraints"):
            keys = ("attribute", "level", "price")
            found = document.fields(item, "a constraint", keys, keys)
            name = "+".join(document.texts(found.get("attribute"), "attribute"))
            price = document.number(found.get("price"), "price", 0, 1000)
            level = document.text(found.get("level"), "level")
            if name and name not in known:
                document.unknown(found["attribute"], "comparison in a constraint:", name, known)
            elif level is not None and name and level not in known[name].levels:
                document.unknown(found["level"], f"level of {name}:", level, known[name].levels)
            elif name and level is not None and price is not None:
                constraints.append(Constraint(name, level, price))
        return constraints

    def _checks(self, node: yaml.Node | None) -> list[Check]:
        document, checks = self.document, []
        for item in document.items(node, "checks"):
            found = document.fields(item, "a check", ("rule", "attribute", "equals"), ("rule", "attribute"))
            texts = {name: document.text(at, f"{name} of a check") for name, at in found.items()}
            rule, attribute, equals = (texts.get(name) for name in ("rule", "attribute", "equals"))
            sides = [(name, text) for name, text in texts.items() if name != "rule" and text is not None]
            known = [self._field(found[name], text, "a check") for name, text in sides]
            if rule is not None and attribute is not None and all(known):
                checks.append(Check(rule, attribute, equals))
        return checks

    def _trust(self, node: yaml.Node | None) -> dict[str, float]:
        found = self.document.mapping(node, "trust")
        read = {source: self.document.number(at, f"trust of {source}", 0, 1) for source, at in found.items()}
        return {source: value for source, value in read.items() if value is not None}


def check_mapping(workspace: Workspace, rules: Rules) -> None:
    """What `mdm.yaml` names must be entity types and attributes of the rules; raises ConfigError with every mistake."""
    problems = []
    for spec in workspace.sources.values():
        for number, party in enumerate(spec.parties):
            if party.entity not in rules.entities:
                remedy = suggestion(party.entity, rules.entities)
                line = workspace.lines.get((spec.name, number))
                problems.append(Problem(FILE, line, f"unknown entity type '{party.entity}'.", remedy))
                continue
            known = rules.entities[party.entity].mapped
            for attribute in party.columns:
                if attribute not in known:
                    line = workspace.lines.get((spec.name, number, attribute))
                    what = f"unknown attribute '{attribute}' of {party.entity} in source {spec.name}."
                    problems.append(Problem(FILE, line, what, suggestion(attribute, known)))
            if party.from_text is not None and "name" not in known:
                line = workspace.lines.get((spec.name, number))
                what = f"from_text in source {spec.name}: {party.entity} has no attribute 'name' to take the names."
                problems.append(Problem(FILE, line, what, "Map the column to an attribute instead."))
    if problems:
        raise ConfigError(problems)
