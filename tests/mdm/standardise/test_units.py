from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import CASES, label

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.address_maps import FOREVER, Flows, Unit, maps
from mdm.standardise.address_names import Name, Place, core_of, kind_of
from mdm.standardise.address_units import UnitIndex, unit_index
from mdm.standardise.address_words import key_of, toned_of

SHIPPED = Knowledge.shipped()
DAYS = ("2025-07-01", "2027-01-01", "2029-01-01")


def read(text: str, knowledge: Knowledge = SHIPPED) -> dict[str, Any]:
    """One address as the standardiser reads it."""
    frame = STANDARDISERS["address"].function(pl.Series([text]), knowledge, SourceProfile(), {})
    return frame.row(0, named=True)


@cache
def name(full: str) -> Name:
    """A full name as an address that writes it out has it; provinces are read without their type."""
    core = core_of(full)
    return Name(key_of(core), toned_of(core), kind_of(full), core)


def placed(knowledge: Knowledge, ward: str, district: str = "", province: str = "Hồ Chí Minh") -> tuple[str, ...]:
    """Today's codes that names mean."""
    return unit_index(knowledge).place(name(ward), name(district) if district else None, name(province)).units


@cache
def standing() -> Mapping[str, str]:
    """Today's name of each of today's codes."""
    return {unit.code: unit.name for unit in maps(SHIPPED).units if unit.until == FOREVER}


@cache
def before() -> Mapping[str, str]:
    """Name and district of each code of 30 June 2025."""
    return {unit.code: f"{unit.name}, {unit.district}" for unit in maps(SHIPPED).units if unit.old}


def with_rows(**added: str) -> Knowledge:
    """The shipped knowledge with rows added to files of `units/`."""
    files = dict(SHIPPED.files)
    for name, rows in added.items():
        files[f"units/{name}.csv"] = f"{files[f'units/{name}.csv'].rstrip()}\n{rows.strip()}\n"
    return Knowledge(files)


# -- the maps ---------------------------------------------------------------------------------------------------------


def test_every_code_has_one_name_at_a_time() -> None:
    versions: dict[str, list[Unit]] = {}
    for unit in maps(SHIPPED).units:
        if not unit.old:
            versions.setdefault(unit.code, []).append(unit)
    for code, known in versions.items():
        assert [unit.until for unit in known[:-1]] == [unit.valid_from for unit in known[1:]], code
        assert all(unit.valid_from < unit.until for unit in known)


def test_every_unit_leads_to_units_that_stand_today_and_back() -> None:
    today = standing()
    for unit in maps(SHIPPED).units:
        assert unit.units, unit
        assert unit.legacy, unit
        assert set(unit.units) <= set(today), unit


def test_later_rows_name_units_that_are_known() -> None:
    later = SHIPPED.table("units/later_units.csv")
    provinces = {code for old, code in maps(SHIPPED).provinces if not old}
    communes = {unit.code for unit in maps(SHIPPED).units if not unit.old}
    assert set(later.filter(pl.col("province_code").is_null())["code"]) <= provinces
    assert set(later["province_code"].drop_nulls()) <= provinces
    assert set(later.filter(pl.col("province_code").is_not_null())["code"]) <= communes


def test_communes_by_type_as_the_statistics_office_counts_them() -> None:
    kinds = pl.Series([unit.kind for unit in maps(SHIPPED).units if unit.until == FOREVER]).value_counts(name="n")
    assert dict(kinds.iter_rows()) == {"Xã": 2611 - 12, "Phường": 697 + 12, "Đặc khu": 13}


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Changes of four communes, reform by reform: each goes to one to three codes, its own among them or not."""
    rows: list[tuple[str, str, str]] = []
    standing = {"a", "b", "c", "d"}
    for number, day in enumerate(DAYS):
        known = sorted(standing | {f"{letter}{number}" for letter in "xy"})
        moved = sorted(standing) if number == 0 else draw(st.lists(st.sampled_from(sorted(standing)), unique=True))
        for old in moved:
            targets = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
            rows += [(day, old, new) for new in targets]
        standing = (standing - set(moved)) | {new for at, _, new in rows if at == day}
    return rows


@settings(deadline=None)
@given(histories())
def test_what_flowed_into_a_unit_leads_on_to_it(rows: list[tuple[str, str, str]]) -> None:
    flows = Flows(rows)
    for old in "abcd":
        for new in flows.today(old, "2025-06-30"):
            assert old in flows.legacy(new, DAYS[-1], FOREVER)


# -- the next reform is rows ------------------------------------------------------------------------------------------

REFORM = {
    # a ward renamed; two merged into one of them, which is renamed too; one divided, a part keeps code and name
    "later_units": """
26743,Phường Chợ Bến Thành,79,2027-01-01,1/NQ,no
26740,Phường Bạch Đằng,79,2027-01-01,1/NQ,no
99001,Phường Cầu Kho,79,2027-01-01,1/NQ,no
""",
    "later_changes": """
26740,26740,whole,2027-01-01,1/NQ
26737,26740,whole,2027-01-01,1/NQ
26758,26758,part,2027-01-01,1/NQ
26758,99001,part,2027-01-01,1/NQ
""",
}


@pytest.fixture(scope="module")
def reformed() -> Knowledge:
    return with_rows(**REFORM)


@pytest.mark.parametrize(
    ("text", "units", "legacy"),
    [
        ("Phường Chợ Bến Thành, TP HCM", ["26743"], None),
        ("Phường Bến Thành, TP HCM", ["26743"], None),
        ("Phường Bến Thành, Quận 1", ["26743"], ["26743"]),
        ("Phường Bạch Đằng, TP HCM", ["26740"], None),
        ("Phường Sài Gòn, TP HCM", ["26740"], None),
        ("Phường Tân Định, TP HCM", ["26740"], None),
        ("Phường Tân Định, Quận 1", ["26740"], ["26734"]),
        ("Phường Đa Kao, Quận 1", ["26740"], ["26737"]),
        ("Phường Cầu Ông Lãnh, TP HCM", ["26743", "26758", "99001"], None),
        ("Phường Cầu Kho, TP HCM", ["26758", "99001"], None),
        ("Phường Cô Giang, Quận 1", ["26758", "99001"], ["26755"]),
        ("Phường Võ Thị Sáu, Quận 3", ["27139"], None),
    ],
)
def test_a_reform_of_2027_is_rows(reformed: Knowledge, text: str, units: list[str], legacy: list[str] | None) -> None:
    row = read(text, reformed)
    assert row["units"] == units
    if legacy is not None:
        assert row["units_legacy"] == legacy


def test_a_name_of_the_map_in_between_keeps_what_was_inside_it(reformed: Knowledge) -> None:
    by_name = {unit.name: unit for unit in maps(reformed).units if unit.province == "79" and not unit.old}
    merged, ended = by_name["Phường Bạch Đằng"], by_name["Phường Tân Định"]
    assert set(ended.legacy) < set(merged.legacy)
    assert (ended.valid_from, ended.until, ended.units) == ("2025-07-01", "2027-01-01", ("26740",))


def test_two_become_a_new_one_and_one_goes_to_another_province() -> None:
    changed = with_rows(
        later_units="99002,Phường Trung Tâm,79,2027-01-01,1/NQ,no\n27664,Xã Cần Giờ,75,2027-01-01,1/NQ,no",
        later_changes="26740,99002,whole,2027-01-01,1/NQ\n26743,99002,whole,2027-01-01,1/NQ",
    )
    assert placed(changed, "Phường Trung Tâm") == placed(changed, "Phường Sài Gòn") == ("99002",)
    assert placed(changed, "Phường Cầu Ông Lãnh", "Quận 1") == ("26758", "99002")
    assert placed(changed, "Xã Cần Giờ", province="Đồng Nai") == placed(changed, "Xã Cần Giờ") == ("27664",)


def test_a_reform_on_top_of_a_reform() -> None:
    twice = with_rows(
        later_units=f"{REFORM['later_units'].strip()}\n26740,Phường Gia Long,79,2029-01-01,2/NQ,no",
        later_changes=f"{REFORM['later_changes'].strip()}\n26743,26740,whole,2029-01-01,2/NQ",
    )
    for ward in ("Phường Bạch Đằng", "Phường Sài Gòn", "Phường Chợ Bến Thành", "Phường Bến Thành", "Phường Gia Long"):
        assert placed(twice, ward) == ("26740",)
    latest = next(unit for unit in maps(twice).units if unit.name == "Phường Gia Long")
    assert {"26740", "26734", "26743"} <= set(latest.legacy)


def test_a_rule_set_frozen_before_there_were_later_rows_still_reads() -> None:
    new = ("later_units", "later_changes", "former_names", "street_units")
    files = {path: text for path, text in SHIPPED.files.items() if path not in {f"units/{name}.csv" for name in new}}
    assert placed(Knowledge(files), "Phường Bến Nghé", "Quận 1") == ("26740",)


def test_a_province_is_renamed_by_a_row() -> None:
    assert read("Phường Trấn Biên, Đồng Nai")["value"] == "Phường Trấn Biên, TP. Đồng Nai"
    renamed = with_rows(later_units="75,Thành phố Biên Hòa - Đồng Nai,,2027-01-01,2/NQ,no")
    for province in ("Biên Hòa - Đồng Nai", "Đồng Nai"):
        assert placed(renamed, "Phường Trấn Biên", province=province) == ("26041",)


# -- judged names -----------------------------------------------------------------------------------------------------

JUDGED: list[dict[str, Any]] = yaml.safe_load((CASES / "units.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", JUDGED, ids=label)
def test_judged(case: dict[str, Any]) -> None:
    row = read(case["input"])
    known = {
        "units": sorted(standing()[code] for code in row["units"] or ()),
        "legacy": sorted(before()[code] for code in row["units_legacy"] or ()),
        "finding": row["finding"],
    }
    wanted = {"finding": case.get("finding")} | {key: sorted(case[key]) for key in ("units", "legacy") if key in case}
    assert {key: known[key] for key in wanted} == wanted


# -- narrowing by street ----------------------------------------------------------------------------------------------

DA_KAO = Place(units=("26737", "26740"), legacy=("26737",), ward="Phường Đa Kao", district="Quận 1")
STREETS = """
26737,Đa Kao,Mạc Đĩnh Chi,,,,26740,yes,made up
26737,Đa Kao,Điện Biên Phủ,1,99,odd,26737,yes,made up
26737,Đa Kao,Điện Biên Phủ,2,98,even,26740,yes,made up
26737,Đa Kao,Phan Kế Bính,,,,26740,no,made up
"""


@pytest.fixture(scope="module")
def streets() -> UnitIndex:
    return unit_index(with_rows(street_units=STREETS))


@pytest.mark.parametrize(
    ("street", "house_no", "units"),
    [
        ("Mạc Đĩnh Chi", "", ("26740",)),
        ("mac dinh chi", "12/3", ("26740",)),
        ("Điện Biên Phủ", "15", ("26737",)),
        ("Điện Biên Phủ", "15B/2", ("26737",)),
        ("Điện Biên Phủ", "16/3", ("26740",)),
        ("Điện Biên Phủ", "101", ("26737", "26740")),
        ("Điện Biên Phủ", "", ("26737", "26740")),
        ("Điện Biên Phủ", "Lô C", ("26737", "26740")),
        ("Phan Kế Bính", "3", ("26737", "26740")),
        ("Nguyễn Bỉnh Khiêm", "3", ("26737", "26740")),
        ("", "3", ("26737", "26740")),
    ],
)
def test_only_a_certain_row_narrows(streets: UnitIndex, street: str, house_no: str, units: tuple[str, ...]) -> None:
    assert streets.by_street(DA_KAO, street, house_no) == replace(DA_KAO, units=units)


def test_another_commune_on_the_same_street_keeps_its_candidates(streets: UnitIndex) -> None:
    two = replace(DA_KAO, units=("26737", "26740", "26743"), legacy=("26737", "26746"))
    assert streets.by_street(two, "Mạc Đĩnh Chi", "1").units == ("26740", "26743")
    elsewhere = replace(DA_KAO, units=("27139", "27154"), legacy=("27148",))
    assert streets.by_street(elsewhere, "Mạc Đĩnh Chi", "1") == elsewhere


def test_a_narrowed_unit_goes_on_to_today() -> None:
    index = unit_index(with_rows(street_units=STREETS, later_changes="26740,26743,whole,2027-01-01,1/NQ"))
    place = replace(DA_KAO, units=("26737", "26743"))
    assert index.by_street(place, "Mạc Đĩnh Chi", "").units == ("26743",)


def test_rows_of_streets_are_about_divided_communes_and_their_parts() -> None:
    parts = {unit.code: unit.units for unit in maps(SHIPPED).units if unit.old}
    for row in SHIPPED.table("units/street_units.csv").iter_rows(named=True):
        assert len(parts[row["legacy_code"]]) > 1
        assert row["new_code"] in parts[row["legacy_code"]]
        assert row["certain"] in ("yes", "no")
        assert row["side"] in (None, "odd", "even")
        assert row["source"]


# -- every name of every map ------------------------------------------------------------------------------------------


def test_every_version_of_every_unit_is_among_what_its_full_name_means() -> None:
    index = unit_index(SHIPPED)
    for unit in maps(SHIPPED).units:
        province = maps(SHIPPED).provinces[unit.old, unit.province][-1]
        district = name(unit.district) if unit.district else None
        place = index.place(name(unit.name), district, name(province)._replace(kind=""))
        if unit.old:
            assert place.legacy == unit.legacy, (unit, place)
        assert set(unit.units) <= set(place.units), (unit, place)


def test_names_are_found_by_the_keys_that_addresses_are_read_by() -> None:
    index = unit_index(SHIPPED)
    for unit in maps(SHIPPED).units:
        spoken = name(unit.name)
        assert any(w.name == unit.name and w.toned == spoken.toned for w in index.wards[spoken.key]), unit


def test_codes_and_names_that_mean_something_else_today() -> None:
    """A change of the tables that moves these figures is a change of the map: look at it."""
    old = {unit.code: unit for unit in maps(SHIPPED).units if unit.old}
    new = {unit.code: unit for unit in maps(SHIPPED).units if unit.until == FOREVER}
    city = {code: unit for code, unit in new.items() if unit.province == "79"}
    home = [unit for unit in old.values() if unit.province in ("74", "77", "79")]
    reused = [code for code in city if code in old]
    assert (len(city), len(reused)) == (168, 167)
    assert sum(old[code].name != city[code].name for code in reused) == 121
    before = {unit.name for unit in home}
    assert sum(unit.name in before for unit in city.values()) == 83
    districts = {core_of(unit.district or "") for unit in home}
    assert sum(core_of(unit.name) in districts for unit in city.values()) == 26 + 1  # and the island


def test_a_name_of_both_maps_without_its_district_means_both() -> None:
    index = unit_index(SHIPPED)
    today = {unit.code: unit for unit in maps(SHIPPED).units if unit.until == FOREVER and unit.province == "79"}
    city = name("Thành phố Hồ Chí Minh")._replace(kind="")
    for unit in maps(SHIPPED).units:
        if unit.old and unit.province == "79" and not core_of(unit.name).isdigit():
            kinds = {each.kind for each in today.values() if core_of(each.name) == core_of(unit.name)}
            place = index.place(name(unit.name), None, city)
            assert set(unit.units) <= set(place.units)
            if unit.kind in kinds:
                assert {c for c, each in today.items() if each.name == unit.name} <= set(place.units)


def test_shares_are_told_and_decide_nothing() -> None:
    changes = SHIPPED.table("units/changes.csv")
    assert set(changes["share"]) == {"whole", "part", "land"}
    whole = changes.filter(pl.col("share") == "whole")
    assert not whole["old_code"].is_duplicated().any()
    parts = changes.filter(pl.col("share") != "whole").group_by("old_code").agg("share")
    assert all(len(shares) > 1 and "part" in shares for shares in parts["share"])
