from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import ANY_TEXT, answer, judged, label

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.address_names import core_of, kind_of

BEFORE, AFTER = "2025-06-30", "2025-07-01"
UNITS = Knowledge.shipped().table("units/units.csv")
COMMUNES = UNITS.filter((pl.col("epoch") == BEFORE) & pl.col("province_code").is_in(["79", "74", "77"]))
CITY: list[dict[str, str]] = COMMUNES.filter(pl.col("code").str.len_chars() == 5).to_dicts()
STREETS = Knowledge.shipped().table("words/streets.csv")["name"].to_list()
STABLE = ("value", "house_no", "street", "street_plain", "units", "units_legacy", "unit_code", "unit_code_legacy")

PIECES = [
    *("12/3", "3/2", "45", "số", "so", "nhà", "hẻm", "đường", "đ", "CMT8", "Lê Lợi", "tháng", "Ỷ", "lầu", "lô", "C15"),
    *(
        "chung cư",
        "căn hộ",
        "A-12.05",
        "thửa",
        "tờ",
        "KP",
        "ấp",
        "P.",
        "x",
        "xã",
        "Phường",
        "BN",
        "1",
        "Đa Kao",
        "Thanh An",
    ),
    *("Sài Gòn", "Q.", "quận", "Bình Thạnh", "Tân Bình", "TP", "HCM", "Bình Dương", "Phú Thọ", "Huế", "cũ", "mới"),
    *(",", "-", ".", "/", "("),
    *("số mới", "số cũ", "K12/3", "T123", "TBĐ", "QBT", "NTT", "TX 21", "Street", "Ward", "5th Floor", "gần", "70000"),
    *("Nguyễn-Huệ", "Đakao", "Km", "IV", "KCN", "Vincom", "366", "khu phố", "Đông Chiêu", "phương", "cư xá"),
]
JUMBLED = st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)


def names(epoch: str) -> dict[str, str]:
    """Code → the unit's name, with its district on the old map."""
    table = UNITS.filter(pl.col("epoch") == epoch)
    shown = pl.concat_str("name", "district", separator=", ", ignore_nulls=True)
    return dict(table.select("code", shown).iter_rows())


@pytest.mark.parametrize("case", judged("addresses"), ids=label)
def test_judged(case: dict[str, Any]) -> None:
    row = answer("address", case["input"])
    today, before = names(AFTER), names(BEFORE)
    assert {
        "value": row["value"],
        "house_no": row["house_no"],
        "street": row["street"],
        "units": [today[code] for code in row["units"] or ()],
        "legacy": [before[code] for code in row["units_legacy"] or ()],
        "finding": row["finding"],
    } == {key: case.get(key) for key in ("value", "house_no", "street", "units", "legacy", "finding")}


@pytest.mark.parametrize("case", judged("addresses"), ids=label)
def test_a_single_code_is_given_only_where_one_is_possible(case: dict[str, Any]) -> None:
    row = answer("address", case["input"])
    for several, single in (("units", "unit_code"), ("units_legacy", "unit_code_legacy")):
        assert row[single] == (row[several][0] if row[several] is not None and len(row[several]) == 1 else None)


@settings(deadline=None)
@given(st.one_of(ANY_TEXT, JUMBLED))
def test_any_text_goes_through_and_its_value_reads_the_same(text: str) -> None:
    row = answer("address", text)
    if row["value"] is not None:
        again = answer("address", row["value"])
        assert {key: again[key] for key in STABLE} == {key: row[key] for key in STABLE}


def written(commune: dict[str, str], form: int) -> str:
    """Ward and district as forms and clerks write them."""
    kind, core, district = kind_of(commune["name"]), core_of(commune["name"]), commune["district"]
    short = {"Phường": "P.", "Xã": "X.", "Thị trấn": "TT.", "Quận": "Q.", "Huyện": "H.", "Thành phố": "TP."}
    return (
        f"{commune['name']}, {district}, {commune['province']}",
        f"{short[kind]}{core}, {short[kind_of(district)]}{core_of(district)}",
        f"{short[kind]} {core.zfill(2)} {district} {commune['province']}".upper(),
        f"{district}, {commune['name']}",
    )[form]


@settings(deadline=None)
@given(
    st.sampled_from(CITY),
    st.sampled_from(STREETS),
    st.lists(st.integers(1, 400), min_size=1, max_size=3),
    st.integers(0, 3),
)
def test_commune_house_and_street_are_read_back(
    commune: dict[str, str], street: str, path: list[int], form: int
) -> None:
    house = "/".join(map(str, path))
    row = answer("address", f"{house} {street}, {written(commune, form)}")
    assert (row["house_no"], row["street"], row["unit_code_legacy"]) == (house, street, commune["code"])


def test_every_commune_of_the_city_is_read_as_itself() -> None:
    for form in range(4):
        texts = pl.Series([written(commune, form) for commune in CITY])
        frame = STANDARDISERS["address"].function(texts, Knowledge.shipped(), SourceProfile(), {})
        assert frame["unit_code_legacy"].to_list() == [commune["code"] for commune in CITY]


def test_every_earlier_unit_leads_to_units_of_today() -> None:
    earlier = Knowledge.shipped().table("units/earlier.csv").filter(pl.col("name").is_not_null())
    texts = earlier.select(pl.concat_str("name", "district", "province", separator=", ")).to_series()
    frame = STANDARDISERS["address"].function(texts, Knowledge.shipped(), SourceProfile(), {})
    assert texts.filter(frame["units"].is_null() | frame["units_legacy"].is_null()).to_list() == []


def test_null_stays_null_and_a_placeholder_is_said() -> None:
    assert set(answer("address", None).values()) == {None}
    assert answer("address", "NULL") == {**answer("address", None), "finding": "placeholder"}
