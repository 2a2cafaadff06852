"""Judged pairs of names and dates as they are mistyped anywhere in the world."""

from __future__ import annotations

import polars as pl
import pytest

from matchers.comparisons import latin_name, latin_organisation, latin_street, written_date


def name(text: str) -> dict[str, str | None]:
    """`given middle surname`, as the standardiser takes them apart; one word is a surname."""
    words = text.split()
    return {
        "plain": text,
        "surname": words[-1],
        "middle": " ".join(words[1:-1]) or None,
        "given": words[0] if len(words) > 1 else None,
        "sorted": " ".join(sorted(words)),
    }


def level_of_names(left: str, right: str) -> str:
    schema = dict.fromkeys(latin_name.FIELDS, pl.String)
    one, other = (pl.DataFrame([name(text)], schema=schema) for text in (left, right))
    (there,), (back,) = latin_name.reference(one, other), latin_name.reference(other, one)
    assert there == back
    return latin_name.LEVELS[len(latin_name.LEVELS) - there]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("john smith", "john smith", "exact"),
        ("lachlan", "lachlan", "exact"),
        ("john smith", "smith john", "reordered"),
        ("john paul smith", "john smith", "middle_partial"),
        ("smith john", "john paul smith", "middle_partial"),  # crosswise, and a middle name
        ("j smith", "john smith", "abbreviated"),
        ("j smith", "jim smith", "abbreviated"),
        ("jon smith", "john smith", "one_alike"),  # three letters are too few for a slip
        ("jhon smith", "john smith", "one_close"),
        ("smith jhon", "john smith", "one_close"),
        ("cheyenne probac", "cheyenhe pribak", "one_alike"),
        ("klavdia probac", "claudia pribak", "both_alike"),
        ("ammy godfery", "amny godfrey", "both_close"),
        ("john paul smith", "john mark smith", "middle_differs"),
        ("claudia bergsma", "klaudia bergsms", "both_close"),
        ("mackenzie smith", "mackinze smith", "one_close"),
        ("waller", "lachlan waller", "part_same"),
        ("lachlan", "lachlan waller", "part_same"),  # the surname is what is unknown
        ("mary smith", "mary jones", "given_same"),
        ("mary smith", "jane mary", "given_same"),
        ("mary smith", "john smith", "surname_same"),
        ("mary smyth", "john smith", "part_alike"),
        ("valler", "lachlan waller", "part_alike"),
        ("mary smith", "john jones", "differs"),
        ("mary smith", "jones", "differs"),
    ],
)
def test_names(left: str, right: str, expected: str) -> None:
    assert level_of_names(left, right) == expected


def test_a_name_without_letters_is_missing() -> None:
    nothing = pl.DataFrame([{}], schema=dict.fromkeys(latin_name.FIELDS, pl.String))
    some = pl.DataFrame([name("john smith")], schema=dict.fromkeys(latin_name.FIELDS, pl.String))
    assert latin_name.reference(nothing, some).to_list() == [0]


def date(text: str) -> dict[str, str | int | None]:
    year, month, day = (int(part) if part else None for part in (text[:4], text[4:6], text[6:]))
    return {"year": year, "month": month, "day": day, "written": text}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("19850705", "19850705", "exact"),
        ("19556113", "19556113", "exact"),  # no such day, but the same one
        ("19850705", "19850507", "swapped"),
        ("1985", "1985", "partial"),
        ("1985", "19850705", "partial"),
        ("198507", "19850705", "partial"),
        ("19850705", "19850706", "near"),
        ("19850709", "19850710", "near"),
        ("19551613", "19556113", "near"),  # swapped where month and day meet nothing real
        ("19850705", "1980705", "near"),
        ("19850705", "19850728", "two_parts"),
        ("19850705", "19870805", "two_slips"),
        ("19850705", "19851228", "same_year"),
        ("19850705", "19861228", "close_year"),
        ("19850705", "19631228", "differs"),
    ],
)
def test_dates(left: str, right: str, expected: str) -> None:
    types = {"year": pl.Int16, "month": pl.Int8, "day": pl.Int8, "written": pl.String}
    one, other = (pl.DataFrame([date(text)], schema=types) for text in (left, right))
    (there,), (back,) = written_date.reference(one, other), written_date.reference(other, one)
    assert there == back
    assert written_date.LEVELS[len(written_date.LEVELS) - there] == expected


def organisation(text: str) -> dict[str, object]:
    words = text.split()
    return {"core": text, "initials": "".join(word[0] for word in words), "words": sorted(set(words))}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("pinnacle motors", "pinnacle motors", "exact"),
        ("pinnacle motors", "motors pinnacle", "exact"),
        ("bunny land", "bunnyland", "respaced"),
        ("pinnacle motors", "pinnacle moters", "close"),
        ("little tykes 1", "little tykes 2", "half"),
        ("pinnacle chem", "pinnacle chemicals", "close"),
        ("dev inst for children", "developmental institute for children", "abbreviated"),
        ("harrow instr", "harrow instruments", "close"),
        ("h instruments", "harrow instruments", "abbreviated"),
        ("pm", "pinnacle motors", "initials"),
        ("pm", "motors pinnacle", "initials"),
        ("mccormick", "mccormick kuleto", "contained"),
        ("cafe katsu", "katsu", "contained"),
        ("ritz carlton cafe", "ritz carlton dining room", "half"),
        ("erie neighborhood house vega", "erie street clinic", "some"),
        ("palace court", "bistro", "differs"),
    ],
)
def test_organisations(left: str, right: str, expected: str) -> None:
    types = {"core": pl.String, "initials": pl.String, "words": pl.List(pl.String)}
    one, other = (pl.DataFrame([organisation(text)], schema=types) for text in (left, right))
    (there,), (back,) = latin_organisation.reference(one, other), latin_organisation.reference(other, one)
    assert there == back
    assert latin_organisation.LEVELS[len(latin_organisation.LEVELS) - there] == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("12224 | ventura", "12224 | ventura", "exact"),
        ("12224 | ventura", "12224 | venturra", "same_number_close"),
        ("1086 | court", "1086 | court kankakee", "same_number_close"),
        ("12224 | ventura", " | ventura", "same_line"),
        ("12224 | ventura", "12242 | ventura", "number_close"),
        ("1900 | polk", "1900 | van buren", "same_number"),
        ("12224 | ventura", "43 | ventura", "other_number"),
        ("1086 | court", "20 | court kankakee", "line_close"),
        (" | ventura", " | ventura", "same_line"),
        ("12224 | ventura", "43 | polk", "differs"),
    ],
)
def test_streets(left: str, right: str, expected: str) -> None:
    types = {"number": pl.String, "line": pl.String}
    rows = [[part.strip() or None for part in text.split("|")] for text in (left, right)]
    one, other = (pl.DataFrame([row], schema=types, orient="row") for row in rows)
    (there,), (back,) = latin_street.reference(one, other), latin_street.reference(other, one)
    assert there == back
    assert latin_street.LEVELS[len(latin_street.LEVELS) - there] == expected
