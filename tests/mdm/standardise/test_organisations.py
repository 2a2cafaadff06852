from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from judged import ANY_TEXT, CASES, answer, check, goes_through, judged, label

from mdm.standardise import Knowledge
from mdm.standardise.organisations import is_organisation
from mdm.standardise.owners import owners

SAME = [
    (text, group)
    for group in yaml.safe_load((CASES / "same_organisations.yaml").read_text("utf-8"))
    for text in group["names"]
]
PARTS = ("core", "form", "lines", "branch", "owner")
PERSONS = (
    "Nguyễn Văn An",
    "NGUYEN VAN AN",
    "TRUONG VAN AN",
    "Quan Văn Tú",
    "Trương Thị Hội",
    "Sơn Thị Cơ",
    "H'Hen Niê",
)


@pytest.mark.parametrize("case", judged("organisations"), ids=label)
def test_judged(case: dict[str, Any]) -> None:
    check("organisation_name", case)


@pytest.mark.parametrize(("text", "group"), SAME, ids=[text for text, _ in SAME])
def test_one_organisation_in_many_ways_of_writing(text: str, group: dict[str, Any]) -> None:
    row = answer("organisation_name", text)
    assert {part: row[part][0] for part in PARTS} == {part: group.get(part) for part in PARTS}


def test_there_are_many_ways() -> None:
    assert len(SAME) >= 120


@settings(deadline=None)
@given(ANY_TEXT)
def test_any_text_goes_through_and_a_value_stands(text: str) -> None:
    goes_through("organisation_name", text)


@pytest.mark.parametrize("text", [text for text, _ in SAME])
def test_a_canonical_name_has_the_parts_of_what_was_received(text: str) -> None:
    row = answer("organisation_name", text)
    again = answer("organisation_name", row["value"][0])
    assert {part: again[part][:1] for part in PARTS} == {part: row[part][:1] for part in PARTS}


def test_null_stays_null() -> None:
    assert set(answer("organisation_name", None).values()) == {None}


@pytest.mark.parametrize("text", [text for text, _ in SAME])
def test_organisations_are_told_from_persons(text: str) -> None:
    assert is_organisation(text, Knowledge.shipped())


@pytest.mark.parametrize("text", PERSONS)
def test_persons_are_told_from_organisations(text: str) -> None:
    assert not is_organisation(text, Knowledge.shipped())


def test_what_owners_call_an_organisation_is_one_here() -> None:
    texts = [text for text, _ in SAME if not any(sign in text for sign in "/(,-")]
    found = owners(pl.Series(texts), Knowledge.shipped())["owners"].to_list()
    said = [text for text, each in zip(texts, found, strict=True) if each and each[0]["relation"] == "organisation"]
    assert len(said) > 40
    assert [text for text in said if not is_organisation(text, Knowledge.shipped())] == []
