from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise import Knowledge, SourceProfile
from mdm.standardise.person_names import SCHEMA, STANDARDISER, lexicon, read

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "person_names.yaml").read_text("utf-8"))
WORDS = lexicon(Knowledge.shipped())
SURNAMES = ["Nguyễn", "Trần", "Hoàng", "Vũ", "Đặng", "Lý"]
MIDDLES = ["Văn", "Thị", "Ngọc", "Minh", "Hữu"]
GIVEN = ["An", "Hòa", "Thúy", "Mỹ", "Quý", "Đức", "Phượng", "Khỏe"]
NAMES = st.tuples(*map(st.sampled_from, (SURNAMES, MIDDLES, GIVEN))).map(" ".join)


def row(text: str) -> dict[str, str | None]:
    return dict(zip(SCHEMA, read(text, WORDS), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['received']}: {case['why']}")
def test_judged_name(case: dict[str, str | None]) -> None:
    found = row(str(case["received"]))
    assert found["value"] == case["value"]
    assert found["finding"] == case.get("finding")
    if parts := case.get("parts"):
        assert "|".join(found[part] or "" for part in ("surname", "middle", "given")) == parts


def test_fields_of_one_name() -> None:
    assert row("NGUYỄN THỊ MỸ HOÀ") == {
        "value": "Nguyễn Thị Mỹ Hòa",
        "key": "nguyễn thị mĩ hòa",
        "plain": "nguyen thi my hoa",
        "surname": "nguyen",
        "middle": "thi my",
        "given": "hoa",
        "sorted": "hoa my nguyen thi",
        "initials": "ntmh",
        "finding": None,
    }


@pytest.mark.parametrize(
    ("left", "right"), [("Hoà", "Hòa"), ("Thuý", "Thúy"), ("Mỹ", "Mĩ"), ("Quý", "Quí"), ("Kỳ", "Kì")]
)
def test_spelling_variants_share_a_key(left: str, right: str) -> None:
    assert row(f"Nguyễn Thị {left}")["key"] == row(f"Nguyễn Thị {right}")["key"]


@pytest.mark.parametrize(("left", "right"), [("Thúy", "Thúi"), ("Huy", "Hui"), ("Tay", "Tai"), ("Hòa", "Hoa")])
def test_different_names_have_different_keys(left: str, right: str) -> None:
    assert row(f"Nguyễn Thị {left}")["key"] != row(f"Nguyễn Thị {right}")["key"]


def test_the_frame_is_as_declared() -> None:
    values = pl.Series(["Nguyễn Văn An", None, "", "Test"])
    frame = STANDARDISER.function(values, Knowledge.shipped(), SourceProfile(), {})
    assert frame.schema == pl.Schema(STANDARDISER.schema)
    assert frame["value"].to_list() == ["Nguyễn Văn An", None, None, None]
    assert frame["finding"].to_list() == [None, None, None, "placeholder"]


@settings(deadline=None)
@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    found = row(text)
    assert (found["value"] is None) == (found["plain"] is None)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"nguyễn thị.,()-:?'1 HĐ", "Nguyễn ", "Ng. "]), max_size=12).map("".join))
def test_a_canonical_name_stays_as_it_is(text: str) -> None:
    value = row(text)["value"]
    assert value is None or row(value)["value"] in (value, None)


@given(NAMES, st.sampled_from([str.upper, str.lower, str.title]))
def test_case_changes_nothing(name: str, case: object) -> None:
    assert callable(case)
    assert row(case(name)) == row(name)


@given(NAMES)
def test_losing_all_tones_keeps_the_plain_key(name: str) -> None:
    toneless = str(row(name)["plain"])
    assert row(toneless)["plain"] == toneless
