"""Rule files: the shipped ones are right, and every mistake of a wrong one is told with its line."""

from pathlib import Path

import pytest

from matchers.blocking import BlockingRule
from matchers.clustering import Constraint
from mdm.errors import ConfigError
from mdm.workspace import Gates, Rules, Workspace
from mdm.workspace.rules import Check, check_mapping
from mdm.workspace.shipped import root, rule_sets

RIGHT = """\
entity: citizen
letter: C
attributes:
  name: {standardiser: person_name, survivorship: [trust, complete]}
  personal_id: {standardiser: personal_id, survivorship: union}
  health_card: {standardiser: health_card, survivorship: union}
  number: {derived: [personal_id, health_card.insurance]}
blocking:
  - [personal_id]
  - ["name.plain[:4]", number]
comparisons:
  - attribute: name
    function: person_name
    levels: [exact, tones_lost, differs]
    term_frequency: {exact: [surname, given]}
  - {attribute: personal_id, function: identifier, levels: [exact, differs], anchor: true}
thresholds: {link: 0.9, review: 0.2}
constraints:
  - {attribute: personal_id, level: differs, price: 12}
once_each: 10
trust: {dan_cu: 0.9}
checks:
  - {rule: missing, attribute: name}
  - {rule: kinds_disagree, attribute: personal_id.kind, equals: health_card}
"""


def parsed(text: str, **more: str) -> Rules:
    return Rules.parse({"citizen.yaml": text, **{f"{name}.yaml": other for name, other in more.items()}}, "r")


def mistakes(text: str, **more: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parsed(text, **more)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", rule_sets())
def test_every_shipped_rule_set_is_right(name: str) -> None:
    rules = Rules.parse({path.name: path.read_text("utf-8") for path in (root() / name).glob("*.yaml")}, name)
    assert rules.entities


def test_a_rule_file_is_read_as_it_is_written() -> None:
    rules = parsed(RIGHT, gates="unusable_share: 0.1")
    citizen = rules.entities["citizen"]
    assert rules.gates == Gates(unusable_share=0.1)
    assert (citizen.letter, citizen.once_each, citizen.max_block) == ("C", 10, 1000)
    assert citizen.blocking == (
        BlockingRule.parse(["personal_id"]),
        BlockingRule.parse(["name.plain[:4]", "number"]),
    )
    assert [comparison.name for comparison in citizen.comparisons] == ["name", "personal_id"]
    assert citizen.constraints == (Constraint("personal_id", "differs", 12),)
    assert citizen.checks == (Check("missing", "name"), Check("kinds_disagree", "personal_id.kind", "health_card"))
    assert (citizen.thresholds.link, citizen.thresholds.review) == (0.9, 0.2)
    assert (citizen.trust_of("dan_cu"), citizen.trust_of("y_te")) == (0.9, 0.5)


def test_a_derived_attribute_is_matched_on_but_never_mapped() -> None:
    citizen = parsed(RIGHT).entities["citizen"]
    assert list(citizen.mapped) == ["name", "personal_id", "health_card"]
    assert citizen.fields("number") == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("person_name, surv", "person_nam, surv", 4, "unknown standardiser of attribute name: 'person_nam'."),
        ("[trust, complete]", "[trust, newest]", 4, "unknown survivorship rule of attribute name: 'newest'"),
        ("[trust, complete]", "[trust, union]", 4, "attribute name: union keeps every value."),
        ("health_card.insurance]", "health_card.number]", 7, "unknown field of health_card: 'number'"),
        ("[personal_id, health", "[personal, health", 7, "unknown attribute in number: 'personal'"),
        ("  - [personal_id]", "  - [personalid]", 9, "Did you mean 'personal_id'?"),
        ("name.plain[:4]", "name.plan[:4]", 10, "unknown field of name in a blocking rule: 'plan'."),
        ("name.plain[:4]", "name.plain[4]", 10, "blocking key 'name.plain[4]'"),
        ("function: person_name", "function: person", 13, "unknown comparison function: 'person'"),
        ("tones_lost, differs", "tone_lost, differs", 14, "unknown level of person_name: 'tone_lost'. Did you mean"),
        ("[exact, tones_lost, differs]", "[tones_lost, exact, differs]", 12, "levels go from strongest to weakest"),
        ("[surname, given]", "[surname, first]", 15, "unknown field of name: 'first'"),
        ("{exact: [surname, given]}", "{close: [given]}", 15, "unknown level in term_frequency: 'close'"),
        ("function: identifier", "function: address", 16, "address can't compare personal_id: it has no house_no"),
        ("link: 0.9", "link: 90", 17, "threshold link is not a number from 0 to 1."),
        ("link: 0.9", "link: 0.1", 17, "the threshold review is above link."),
        ("level: differs, price", "level: differ, price", 19, "unknown level of personal_id: 'differ'."),
        ("attribute: personal_id, level", "attribute: sex, level", 19, "unknown comparison in a constraint: 'sex'"),
        ("letter: C", "letter: c", 2, "'c' is not one capital letter."),
        ("entity: citizen", "entity: person", 1, "the file of 'person' is called citizen.yaml."),
        ("once_each: 10", "once_every: 10", 20, "Did you mean 'once_each'?"),
        ("attribute: name}", "attribute: nam}", 23, "unknown attribute in a check: 'nam'. Did you mean 'name'?"),
        ("equals: health_card", "equals: name.year", 24, "unknown field of name in a check: 'year'"),
        ("rule: missing, ", "", 23, "a check has no 'rule'."),
        ("  - [personal_id]", "  - [personal_id]\n  - [personal_id]", 10, "stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule_file_is_told_with_its_line(old: str, new: str, line: int, said: str) -> None:
    assert old in RIGHT
    found = mistakes(RIGHT.replace(old, new, 1))
    assert any(mistake.startswith(f"r/citizen.yaml:{line}: ") and said in mistake for mistake in found), found


def test_an_unknown_standardiser_is_one_mistake_not_ten() -> None:
    assert len(mistakes(RIGHT.replace("person_name, surv", "person_nam, surv"))) == 1


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    other = RIGHT.replace("entity: citizen", "entity: other").replace("price: 12", "price: much")
    found = mistakes(RIGHT.replace("link: 0.9", "link: 9"), other=other, gates="unusable: 1")
    assert [mistake.split(" ")[0] for mistake in found] == [
        "r/citizen.yaml:17:", "r/gates.yaml:1:", "r/other.yaml:1:", "r/other.yaml:19:",
    ]  # fmt: skip
    assert "letter C is taken" in found[2]


def test_a_folder_without_rules_is_told() -> None:
    with pytest.raises(ConfigError, match="there is no rule file"):
        Rules.parse({}, "empty")


def test_the_mapping_must_name_what_the_rules_have(tmp_path: Path) -> None:
    text = """\
sources:
  a:
    path: a.csv
    key: id
    parties:
      - {entity: citizens, name: n}
      - entity: citizen
        nme: n
        sex: m
"""
    (tmp_path / "mdm.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        check_mapping(Workspace.open(tmp_path), parsed(RIGHT))
    assert [str(problem) for problem in caught.value.problems] == [
        "mdm.yaml:6: unknown entity type 'citizens'. Did you mean 'citizen'? Known: citizen.",
        "mdm.yaml:8: unknown attribute 'nme' of citizen in source a. Did you mean 'name'? Known: health_card, name, "
        "personal_id.",
        "mdm.yaml:9: unknown attribute 'sex' of citizen in source a. Known: health_card, name, personal_id.",
    ]
