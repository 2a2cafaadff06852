"""A rule set: found by name, folder or file; its fingerprint covers what results depend on, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.errors import ConfigError
from mdm.standardise import SourceProfile
from mdm.workspace import RuleSet, Workspace, load_rules
from mdm.workspace.rule_set import code_fingerprint

MDM = """\
rules: {rules}
sources:
  b:
    path: b.csv
    key: id
    once_each: true
    trust: 0.8
    parties: [{{entity: citizen, name: n}}]
  a: {{path: a.csv, key: id, parties: [{{entity: citizen, name: n}}]}}
"""
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


def workspace(folder: Path, rules: str = "hcmc", text: str = MDM) -> Workspace:
    folder.mkdir(exist_ok=True)
    (folder / "mdm.yaml").write_text(text.format(rules=rules), "utf-8")
    return Workspace.open(folder, {})


def learned(draft: RuleSet) -> RuleSet:
    profiles = {"a": SourceProfile("tcvn3", "mdy", {"1": "male"}, True), "b": SourceProfile()}
    models = {entity: {"weights": [1, 0.1, -3], "prior": 1e-7} for entity in draft.rules.entities}
    return replace(draft, profiles=profiles, models=models, stop_keys={"citizen": frozenset({"ff", "00"})})


def test_a_shipped_rule_set_is_a_draft_until_it_has_learned(tmp_path: Path) -> None:
    draft = load_rules(workspace(tmp_path))
    assert set(draft.rules.entities) == {"citizen", "business"}
    assert "words/surnames.csv" in draft.knowledge.files
    assert "citizen.yaml" not in draft.knowledge.files
    assert (draft.untrained, draft.unprofiled, draft.complete) == (["business", "citizen"], ["a", "b"], False)
    assert learned(draft).complete


def test_an_exported_rule_set_comes_back_with_its_fingerprint(tmp_path: Path) -> None:
    rule_set = learned(load_rules(workspace(tmp_path)))
    again = RuleSet.from_yaml(rule_set.to_yaml())
    assert again == rule_set
    assert again.fingerprint == rule_set.fingerprint
    assert "    letter: C\n" in rule_set.to_yaml()  # files are written line for line, to be read


@settings(deadline=None, max_examples=60)
@given(
    files=st.dictionaries(texts, texts, max_size=4), code=texts, number=st.floats(allow_nan=False, allow_infinity=False)
)
def test_any_texts_and_numbers_survive_the_export(files: dict[str, str], code: str, number: float) -> None:
    rule_set = RuleSet(files, {code: {"trust": number}}, models={"e": {"p": [number, code]}}, code=code)
    again = RuleSet.from_yaml(rule_set.to_yaml())
    assert (again, again.fingerprint) == (rule_set, rule_set.fingerprint)


def test_the_fingerprint_changes_with_what_results_depend_on(tmp_path: Path) -> None:
    rule_set = learned(load_rules(workspace(tmp_path)))
    others = [
        replace(rule_set, files={**rule_set.files, "words/x.csv": "a"}),
        replace(rule_set, mapping={**rule_set.mapping, "c": {}}),
        replace(rule_set, profiles={}),
        replace(rule_set, models={}),
        replace(rule_set, stop_keys={}),
        replace(rule_set, code="other"),
    ]
    assert len({rule_set.fingerprint, *(other.fingerprint for other in others)}) == 7


def test_the_fingerprint_does_not_change_with_places_or_order(tmp_path: Path) -> None:
    here = load_rules(workspace(tmp_path / "here"))
    moved = MDM.replace("path: b.csv", "url: 'sqlite:///x.db'\n    query: SELECT 1\n    rhythm: 1h")
    lines = moved.splitlines(keepends=True)
    reordered = "repository: sqlite:///other.db\n" + "".join([*lines[:2], lines[-1], *lines[2:-1]])
    assert load_rules(workspace(tmp_path / "there", text=reordered)).fingerprint == here.fingerprint


def test_trust_in_the_workspace_comes_before_the_rules(tmp_path: Path) -> None:
    rule_set = load_rules(workspace(tmp_path))
    citizen = rule_set.rules.entities["citizen"]
    assert (citizen.trust_of("b"), citizen.trust_of("dan_cu"), citizen.trust_of("a")) == (0.8, 1.0, 0.5)
    assert rule_set.once_each == {"b"}


def test_a_version_maps_a_source_as_it_was_frozen_wherever_its_rows_are_now(tmp_path: Path) -> None:
    space = workspace(tmp_path)
    rule_set = load_rules(space)
    moved = replace(space.sources["a"], path="moved.csv", key=("other",))
    assert rule_set.spec("a", moved) == replace(space.sources["a"], path="moved.csv")
    assert rule_set.knows(space.sources["a"])
    assert not rule_set.knows(moved)


def test_a_folder_overrides_the_shipped_words(tmp_path: Path) -> None:
    space = workspace(tmp_path, "./own")
    (tmp_path / "own/words").mkdir(parents=True)
    shipped = load_rules(workspace(tmp_path / "other"))
    (tmp_path / "own/citizen.yaml").write_text(shipped.files["citizen.yaml"], "utf-8")
    (tmp_path / "own/words/sexes.csv").write_text("word,sex\nx,male\n", "utf-8")
    own = load_rules(space)
    assert list(own.rules.entities) == ["citizen"]
    assert own.knowledge.table("words/sexes.csv").rows() == [("x", "male")]
    assert own.files["words/surnames.csv"] == shipped.files["words/surnames.csv"]


def test_an_unknown_rule_set_lists_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"mdm.yaml:1: unknown rule set 'hmcm'. Did you mean 'hcmc'\? Known: hcmc, people-en"
    ):
        load_rules(workspace(tmp_path, "hmcm"))


def test_a_folder_called_like_a_shipped_rule_set_must_be_named_as_a_path(tmp_path: Path) -> None:
    (tmp_path / "hcmc").mkdir()
    (tmp_path / "hcmc/citizen.yaml").write_text("entity: citizen", "utf-8")
    with pytest.raises(ConfigError, match=r"Write \./hcmc for the folder"):
        load_rules(workspace(tmp_path))


def test_an_exported_file_is_used_as_it_is(tmp_path: Path) -> None:
    rule_set = learned(load_rules(workspace(tmp_path / "here")))
    there = workspace(tmp_path / "there", "v1.yaml")
    (tmp_path / "there/v1.yaml").write_text(rule_set.to_yaml(), "utf-8")
    assert load_rules(there) == rule_set


def test_with_an_exported_file_the_mapping_must_be_the_same(tmp_path: Path) -> None:
    rule_set = learned(load_rules(workspace(tmp_path / "here")))
    other = MDM.replace("trust: 0.8", "trust: 0.7").replace("  a:", "  c:")
    there = workspace(tmp_path / "there", "v1.yaml", other)
    (tmp_path / "there/v1.yaml").write_text(rule_set.to_yaml(), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_rules(there)
    assert [problem.what for problem in caught.value.problems] == [
        "the rule set v1.yaml maps a source a, which is missing here.",
        "source b is mapped otherwise in v1.yaml: trust.",
        "the rule set v1.yaml doesn't know the source c.",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("letter: C", "letter: D"), "it was changed after it was exported"),
        (lambda text: text.replace("format: 1", "format: 2"), "its format is 2"),
        (lambda text: text.replace("\nmodels:", "\nmodel:"), "this is no exported rule set"),
        (lambda text: text + "}", "this isn't YAML"),
        (lambda text: "entity: citizen", "this is no exported rule set"),
    ],
)
def test_a_damaged_export_is_told(tmp_path: Path, change, said: str) -> None:  # type: ignore[no-untyped-def]
    text = learned(load_rules(workspace(tmp_path))).to_yaml()
    with pytest.raises(ConfigError, match=said):
        RuleSet.from_yaml(change(text), "v1.yaml")


def test_the_code_has_a_fingerprint() -> None:
    assert len(code_fingerprint()) == 32


def test_new_code_brings_the_word_lists_that_it_reads_and_keeps_the_others(tmp_path: Path) -> None:
    here = learned(load_rules(workspace(tmp_path)))
    assert here.with_this_code() is here
    words = {path: text for path, text in here.files.items() if path != "words/findings.csv"}
    old = {**words, "words/titles.csv": "word\nông\n", "words/sexes.csv": here.files["words/sexes.csv"] + "xx,male\n"}
    again = replace(here, files=old, code="older").with_this_code()
    assert again.code == code_fingerprint()
    assert again.files["words/findings.csv"] == here.files["words/findings.csv"]
    assert again.files["words/titles.csv"] == here.files["words/titles.csv"]
    assert again.files["words/sexes.csv"] == old["words/sexes.csv"]
    assert (again.models, again.profiles) == (here.models, here.profiles)
