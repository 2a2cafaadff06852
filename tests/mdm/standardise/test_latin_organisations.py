from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.latin_organisations import read_organisation
from mdm.standardise.latin_streets import read_street

SHIPPED = Knowledge.shipped()


@pytest.mark.parametrize(
    ("text", "core", "initials", "words"),
    [
        ("Penhale Logistics Ltd.", "penhale logistics", "pl", ["logistics", "penhale"]),
        ("Motors, Pinnacle LLP", "motors pinnacle", "mp", ["motors", "pinnacle"]),
        ("Draycott Chemicals & Co", "draycott chemicals", "dc", ["chemicals", "draycott"]),
        ("The Company", "the company", "tc", ["company", "the"]),  # nothing but words that say nothing: all count
        ("Chicago Public Schools", "chicago public schools", "cps", ["chicago", "public", "schools"]),
        ("Smith & Wollensky", "smith wollensky", "sw", ["smith", "wollensky"]),
        ("Volvo AB", "volvo", "v", ["volvo"]),
        ("AB Volvo", "ab volvo", "av", ["ab", "volvo"]),  # a short form counts at the end only
    ],
)
def test_names_without_their_legal_form(text: str, core: str, initials: str, words: list[str]) -> None:
    assert read_organisation(text, SHIPPED)[2:5] == (core, initials, words)


@pytest.mark.parametrize(
    ("text", "plain", "number", "line"),
    [
        ("12224 Ventura Blvd.", "12224 ventura boulevard", "12224", "ventura"),
        ("12224 ventura boulevard", "12224 ventura boulevard", "12224", "ventura"),
        ("3450-54 West 79th Street, 1st Floor", "3450 west 79 street", "3450", "79"),
        ("747 9th Ave. between 50th and 51st Sts.", "747 9 avenue", "747", "9"),
        ("747 Ninth Ave", "747 9 avenue", "747", "9"),
        ("12b High St", "12b high street", "12b", "high"),
        ("601 North Avenue", "601 north avenue", "601", "north avenue"),
        ("1900 West Van Buren Street 1608", "1900 west van buren street 1608", "1900", "van buren 1608"),
        ("Martin Luther King Dr Suite 5", "martin luther king drive", None, "martin luther king"),
        ("10 21 Club Lane", "10 21 club lane", "10", "21 club"),
        ("", None, None, None),
        ("--", None, None, None),
    ],
)
def test_street_lines(text: str, plain: str | None, number: str | None, line: str | None) -> None:
    assert read_street(text, SHIPPED)[1:4] == (plain, number, line)


@settings(deadline=None)
@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    for name in ("latin_organisation", "latin_street"):
        standardiser = STANDARDISERS[name]
        frame = standardiser.function(pl.Series([text, None]), SHIPPED, SourceProfile(), {})
        assert dict(frame.schema) == standardiser.schema
        assert set(frame.row(1)) == {None}
