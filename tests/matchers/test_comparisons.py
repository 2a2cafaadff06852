"""Judged pairs for each comparison function, and what must hold for all of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.comparisons import ALL

TYPES: dict[str, dict[str, Any]] = {
    "date": {"year": pl.Int16, "month": pl.Int8, "day": pl.Int8},
    "written_date": {"year": pl.Int16, "month": pl.Int8, "day": pl.Int8},
    "address": {"units": pl.List(pl.String)},
    "latin_organisation": {"words": pl.List(pl.String)},
}


def frame(function: str, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    schema = {field: TYPES.get(function, {}).get(field, pl.String) for field in ALL[function].FIELDS}
    return pl.DataFrame([{field: row.get(field) for field in schema} for row in rows], schema=schema)


def level(function: str, left: Mapping[str, object], right: Mapping[str, object]) -> str:
    """The level's name, `missing` for 0; the same in both directions."""
    one, other = frame(function, [left, right]), frame(function, [right, left])
    there, back = ALL[function].reference(one, other).to_list()
    assert there == back
    return (*ALL[function].LEVELS, "missing")[len(ALL[function].LEVELS) - int(there)]


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("Đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def person(text: str | None) -> dict[str, object]:
    """A name in the Vietnamese order: surname, middle, given."""
    if text is None:
        return {}
    surname, *middle, given = words = plain(text).split()
    key = unicodedata.normalize("NFC", text.lower())
    parts = {"surname": surname, "middle": " ".join(middle) or None, "given": given}
    return {"key": key, "plain": plain(text), "sorted": " ".join(sorted(words)), **parts}


def parts(text: str) -> dict[str, object]:
    """`core | lines | form | branch`, empty where there is none."""
    core, lines, form, branch = (part.strip() or None for part in f"{text} |||".split("|")[:4])
    key = " ".join(part for part in (branch, form, lines, core) if part)
    return {"key": key, "core": core, "lines": lines, "form": form, "branch": branch}


def place(text: str) -> dict[str, object]:
    """`house | street | unit unit`, empty where there is none."""
    house, street, units = (part.strip() or None for part in f"{text} ||".split("|")[:3])
    return {"house_no": house, "street_plain": street, "units": units and units.split()}


def born(text: str) -> dict[str, object]:
    year, month, day = ([int(part) for part in text.split("-") if part] + [None] * 3)[:3]
    return {"year": year, "month": month, "day": day}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Nguyễn Thị Hòa", "Nguyễn Thị Hòa", "exact"),
        ("Nguyễn Thị Hòa", "Nguyen Thi Hoa", "tones_lost"),
        ("Nguyễn Thị Hòa", "Nguyễn Thị Hoa", "tones_differ"),
        ("Nguyễn Văn Lan", "Nguyễn Văn Lân", "tones_differ"),  # hỏi and ngã, or another name
        ("Nguyễn Hữu Diễm", "Nguyển Hửu Diểm", "tones_differ"),
        ("Nguyễn Thị Lan", "Lan Nguyễn Thị", "reordered"),
        ("Kevin Van Nguyen", "Nguyen Van Kevin", "reordered"),
        ("Nguyễn Thị Ngọc Lan", "Nguyễn Thị Lan", "middle_partial"),
        ("Nguyễn Thị Ngọc Lan", "Nguyễn Ngọc Lan", "middle_partial"),
        ("Nguyễn Lan", "Nguyễn Thị Lan", "middle_partial"),
        ("Nguyễn V. An", "Nguyễn Văn An", "abbreviated"),
        ("N. V. An", "Nguyễn Văn An", "abbreviated"),
        ("N V An", "Nguyễn Văn An", "abbreviated"),
        ("Ng. Thị Lan", "Nguyễn Thị Lan", "abbreviated"),
        ("Nguyễn Văn A.", "Nguyễn Văn An", "abbreviated"),
        ("N. V. A.", "Nguyễn Văn An", "surname_middle_same_or_weaker"),  # nothing but initials is no name
        ("Nguyen Van An", "Nguyne Van An", "close"),
        ("NguyenVan An", "Nguyễn Văn An", "close"),
        ("Nguyễn Thanh Phương", "Nguyễn Thanhh Phương", "close"),
        ("Nguyễn Văn Minh", "Nguyễn Hoàng Minh", "middle_differs"),
        ("Nguyễn Thị Phượng", "Nguyễn Thị Phượn", "given_close"),  # the southern -n for -ng
        ("Nguyễn Thị Lan", "Nguyễn Thị Loan", "given_near"),
        ("Nguyễn Văn Nhật", "Nguyễn Văn Nhậc", "given_near"),
        ("Nguyễn Minh Trung", "Nguyễn Minh Trang", "given_near"),
        ("Lâm Thị Trinh", "Lâm Thị Chinh", "surname_middle_same"),
        ("Phan Văn Minh", "Phạm Văn Minh", "similar"),
        ("Trần Thị Hoa", "Lê Thị Hoa", "given_same"),
        ("Hoàng Văn Minh", "Huỳnh Văn Minh", "given_same"),
        ("Nguyễn Ngọc Bích", "Nguyễn Ngọc Thảo", "surname_middle_same"),
        ("Nguyễn An", "Nguyễn Thảo", "surname_same"),
        ("Nguyễn Văn An", "Nguyễn Thị Thảo", "surname_same"),
        ("Trần Văn An", "Lê Thị Thảo", "differs"),
        ("Hồ A Pó", "Hồ A Pó", "exact"),
        (None, "Lê Thị Thảo", "missing"),
        (None, None, "missing"),
        ("Smith Christopher", "Smith Cristopher", "given_close"),
        ("Mitchell Joshua", "Mitchel Joshua", "close"),
        ("Mitchell Joshua", "Mitchel Joshau", "given_close"),
        ("Smith Joshua", "Smyth Joshua", "similar"),
        ("Smith John", "John Smyth", "similar"),  # changed places, with a slip
        ("Smith Chloe", "Smith Cjloe", "given_near"),
        ("Smith Emma", "Smith Jack", "surname_same"),
    ],
)
def test_person_names(left: str | None, right: str | None, expected: str) -> None:
    found = level("person_name", person(left), person(right))
    if expected == "surname_middle_same_or_weaker":
        assert found in ("given_same", "surname_middle_same", "surname_same", "differs")
    else:
        assert found == expected


@pytest.mark.parametrize(
    "given_names", [("An", "Ân"), ("Lan", "Loan"), ("Thanh", "Thịnh"), ("Phong", "Phương"), ("Tú", "Tuấn")]
)
def test_brothers_and_sisters_never_have_a_close_name(given_names: tuple[str, str]) -> None:
    left, right = (person(f"Nguyễn Hoàng {given_name}") for given_name in given_names)
    order = ALL["person_name"].LEVELS
    found = level("person_name", left, right)
    assert found == "tones_differ" or order.index(found) > order.index("close")


def test_a_name_without_parts_is_compared_as_a_given_name() -> None:
    left = {"key": "madonna", "plain": "madonna", "sorted": "madonna"}
    right = {"key": "maddona", "plain": "maddona", "sorted": "maddona", "given": "maddona"}
    assert level("person_name", left, right) == "given_close"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1985-07-05", "1985-07-05", "exact"),
        ("1985-07-05", "1985-05-07", "swapped"),
        ("1985-05-05", "1985-05-05", "exact"),
        ("1985", "1985-07-05", "partial"),
        ("1985", "1985", "partial"),
        ("1985-07", "1985-07-05", "partial"),
        ("1985-07", "1985-07", "partial"),
        ("1985-08", "1985-07-05", "same_year"),
        ("1985-07-05", "1985-07-06", "near"),
        ("1985-07-09", "1985-07-10", "near"),
        ("1985-07-12", "1985-07-21", "near"),
        ("1985-07-05", "1985-07-25", "near"),
        ("1985-07-05", "1965-07-05", "near"),
        ("1985-07-05", "1958-07-05", "near"),
        ("1999-07-05", "2000-07-05", "near"),
        ("1985-01-05", "1985-11-05", "near"),
        ("1985-07-05", "1985-07-18", "two_parts"),
        ("1985-07-05", "1985-12-05", "two_parts"),
        ("1985-07-05", "2003-07-05", "two_parts"),
        ("1985-07-05", "1985-12-18", "same_year"),
        ("1985-07-05", "1986-12-18", "close_year"),
        ("1985", "1986-07-05", "close_year"),
        ("1985-07-05", "1961-12-18", "differs"),
        ("1985", "1961", "differs"),
        ("", "1985", "missing"),
    ],
)
def test_dates(left: str, right: str, expected: str) -> None:
    assert level("date", born(left), born(right)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("079085001234", "cccd"), ("079085001234", "cccd"), "exact"),
        (("079085001234", "cccd"), ("079085001324", "cccd"), "near"),
        (("079085001234", "cccd"), ("079085001235", "cccd"), "near"),
        (("079085001234", "cccd"), ("07908500124", "cccd"), "near"),
        (("079085001234", "cccd"), ("079085004321", "cccd"), "differs"),
        (("079085001234", "cccd"), ("023456789", "cmnd"), "missing"),
        (("B1234567", None), ("B1234567", None), "exact"),
        (("B1234567", None), ("023456789", "cmnd"), "missing"),
        ((None, "cccd"), ("079085001234", "cccd"), "missing"),
        (("GKS123/2005", "other"), ("C1234567", "other"), "missing"),  # one may have several papers
        (("C1234567", "other"), ("C1234567", "other"), "exact"),
    ],
)
def test_identifiers(left: tuple[str, str], right: tuple[str, str], expected: str) -> None:
    one, other = (dict(zip(("value", "kind"), side, strict=True)) for side in (left, right))
    assert level("identifier", one, other) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("+84912345678", "+84912345678", "exact"),
        ("+84912345678", "+84912345687", "near"),
        ("+84912345678", "+84912354687", "differs"),
        (None, "+84912345678", "missing"),
        ("", "+84912345678", "differs"),
    ],
)
def test_digits(left: str | None, right: str | None, expected: str) -> None:
    assert level("digits", {"value": left}, {"value": right}) == expected


def test_exact_compares_values_of_any_type() -> None:
    assert level("exact", {"value": "female"}, {"value": "female"}) == "exact"
    assert level("exact", {"value": "female"}, {"value": "male"}) == "differs"
    assert level("exact", {"value": None}, {"value": "male"}) == "missing"
    numbers = pl.DataFrame({"value": [1, 2, None]})
    assert ALL["exact"].reference(numbers, numbers.select(pl.lit(1).alias("value"))[[0, 0, 0]]).to_list() == [2, 1, 0]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("ban le thuc pham", "ban le thuc pham", "exact"),
        ("ban le thuc pham", "ban le thuc phamm", "close"),
        ("kinh", "kinhh", "close"),
        ("dang hoat dong", "dang hoat donq tai", "similar"),
        ("thuc pham ban le", "ban le", "overlap"),
        ("may mac xuat khau", "xuat khau go", "overlap"),
        ("kinh", "hoa", "differs"),
        (None, "hoa", "missing"),
    ],
)
def test_texts(left: str | None, right: str | None, expected: str) -> None:
    assert level("text", {"plain": left}, {"plain": right}) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("45 | nguyen hue | 26740", "45 | nguyen hue | 26740", "same_house"),
        ("45 | nguyen hue | 26740", "45 | nguyen hue", "same_house"),
        ("45 | nguyen hue | 26740 26743", "45 | nguyen hue | 26743", "same_house"),  # a split ward
        ("B5/12A | | 27595", "B5/12A | | 27595", "same_house"),
        ("45 | nguyen hue | 26740", "45 | nguyen huee | 26740", "close_street"),
        ("45 | nguyen hue | 26740", "45 | nguyen huee | 27000", "differs"),
        ("12 | duong so 7 | 26740", "12 | duong so 17 | 26740", "same_unit"),
        ("12/3/4A | nguyen hue | 26740", "12/7 | nguyen hue | 26740", "near_house"),
        ("12 | nguyen hue", "12A | nguyen hue", "near_house"),
        ("B5/12A | | 27595", "B5/14 | | 27595", "near_house"),
        (" | nguyen hue | 26740", "45 | nguyen hue | 26740", "same_street"),
        (" | nguyen hue | 26740", " | nguyen hue", "same_street"),
        ("7 | nguyen hue | 26740", "45 | nguyen hue | 26740", "other_house"),
        ("45 | nguyen hue | 26740", "45 | nguyen hue | 27000", "other_unit"),
        ("45 | nguyen hue | 26740", "9 | nguyen hue | 27000", "differs"),
        ("45 | nguyen hue | 26740", "9 | le loi | 26740", "same_unit"),
        (" | | 26740", "9 | le loi | 26740", "same_unit"),
        ("45 | nguyen hue", "45 | le loi", "differs"),
        ("45 | nguyen hue | 26740", "45 | le loi | 27000", "differs"),
        (" | | 26740", "9 | le loi", "missing"),
        ("45", "45", "missing"),
        ("45 | | 26740", "45 | nguyen hue", "missing"),
    ],
)
def test_addresses(left: str, right: str, expected: str) -> None:
    assert level("address", place(left), place(right)) == expected


def test_an_empty_set_of_units_is_an_unknown_one() -> None:
    left = {"house_no": "45", "street_plain": "nguyen hue", "units": []}
    assert level("address", left, place("45 | nguyen hue | 26740")) == "same_house"
    assert level("address", {"units": []}, place(" | | 26740")) == "missing"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("phuc an | thuong mai | TNHH1", "phuc an | thuong mai | TNHH1", "exact"),
        ("phuc an | thuong mai | TNHH1", "phuc an | thuong mai", "same_core_lines"),
        ("phuc an | dich vu thuong mai | TNHH1", "phuc an | thuong mai | TNHH1", "lines_partial"),
        ("phuc an | thuong mai | TNHH1", "phuc an", "lines_partial"),
        ("phuc an | thuong mai | TNHH1", "phuc an | thuong mai | CP", "other_form"),
        ("phuc an | thuong mai", "phuc an | xay dung", "same_core"),
        ("phuc an khang", "phucan khang", "close_core"),
        ("hoang thinh phat", "hoang thinh phatt", "close_core"),
        ("minh phat 2", "minh phat 3", "overlap"),
        ("phuc an", "phuc an phat", "contained"),
        ("phuc an | thuong mai", "phuc an phat", "contained"),
        ("fpt retail viet nam", "frvn", "contained"),
        ("dau tu hoang gia", "hoang gia phat", "overlap"),
        ("hoang gia", "minh khang", "differs"),
        ("phuc an | | CP", "phuc an | | CP | chi nhanh binh duong", "parent_branch"),
        ("phuc an | | CP | chi nhanh 2", "phuc an | | CP | chi nhanh quan 7", "parent_branch"),
        ("phuc an | | CP | chi nhanh 2", "phuc an | | CP | chi nhanh 2", "exact"),
        ("phuc an", "phuc an phat | | CP | chi nhanh 2", "differs"),
        (" | thuong mai dich vu", " | thuong mai dich vu", "exact"),
        ("", "phuc an", "differs"),
    ],
)
def test_organisation_names(left: str, right: str, expected: str) -> None:
    assert level("organisation_name", parts(left), parts(right)) == expected


def test_an_organisation_without_a_name_is_missing() -> None:
    assert level("organisation_name", {}, parts("phuc an")) == "missing"


words = st.none() | st.lists(
    st.text("anho. ", max_size=5) | st.sampled_from(["nguyen", "nguyne", "thị"]), max_size=4
).map(" ".join)
texts = words | st.text(max_size=6)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "year": st.none() | st.integers(1980, 2005) | st.integers(-(2**15), 2**15 - 1),
    "month": st.none() | st.integers(1, 12) | st.integers(-128, 127),
    "day": st.none() | st.integers(1, 31) | st.integers(-128, 127),
    "units": st.none() | st.lists(st.sampled_from(["1", "2", "3"]), max_size=3),
    "words": st.none() | st.lists(st.sampled_from(["an", "anh", "phat"]), max_size=3),
    "kind": st.none() | st.sampled_from(["cccd", "cmnd"]),
    "house_no": st.none() | st.sampled_from(["12", "12/3", "12A", "B5/1", "?"]),
    "form": st.none() | st.sampled_from(["CP", "TNHH1"]),
}


@pytest.mark.parametrize("function", ALL)
@given(data=st.data())
@settings(deadline=None, max_examples=20)
def test_every_function_is_symmetric_and_in_range(function: str, data: st.DataObject) -> None:
    row = st.fixed_dictionaries({field: VALUES.get(field, texts) for field in ALL[function].FIELDS})
    rows = data.draw(st.lists(st.tuples(row, row), max_size=12))
    left, right = frame(function, [one for one, _ in rows]), frame(function, [other for _, other in rows])
    codes = ALL[function].reference(left, right)
    assert codes.dtype == pl.UInt8
    assert codes.to_list() == ALL[function].reference(right, left).to_list()
    assert codes.is_between(0, len(ALL[function].LEVELS)).all()


@pytest.mark.parametrize("function", ALL)
def test_every_function_says_what_its_levels_are(function: str) -> None:
    module = ALL[function]
    assert module.LEVELS[-1] == "differs"
    assert len(set(module.LEVELS)) == len(module.LEVELS) <= 15
    assert all(f"- {name}: " in str(module.__doc__) for name in module.LEVELS)


@pytest.mark.parametrize("function", ALL)
def test_nothing_and_nothing_is_missing(function: str) -> None:
    assert level(function, {}, {}) == "missing"
    none = frame(function, [])
    assert ALL[function].reference(none, none).to_list() == []


@pytest.mark.parametrize(
    ("function", "whole"),
    [
        ("person_name", person("Nguyễn Thị Hòa")),
        ("date", born("1985-07-05")),
        ("address", place("45 | nguyen hue | 26740")),
        ("organisation_name", parts("phuc an | thuong mai | CP | chi nhanh 2")),
    ],
)
def test_a_whole_value_agrees_with_itself_as_strongly_as_can_be(function: str, whole: dict[str, object]) -> None:
    assert level(function, whole, whole) == ALL[function].LEVELS[0]


def test_all_functions_are_found_by_their_file() -> None:
    assert {"address", "date", "digits", "exact", "identifier", "organisation_name", "person_name", "text"} <= set(ALL)
    assert not [name for name in ALL if name.startswith("_")]
