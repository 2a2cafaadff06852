"""Each defect is there when its rate is raised, and gone when it is 0."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from unicodedata import is_normalized

import polars as pl
import pytest

from mdm.generate import Rates, evidence
from mdm.generate import city as cities
from mdm.generate.chance import stream
from mdm.generate.city import City
from mdm.generate.departments import DEPARTMENTS
from mdm.generate.extract import Extract
from mdm.generate.names import syllables, toneless_key
from mdm.generate.scribe import Scribe
from mdm.generate.spelling import without_marks

PEOPLE = 500
CLEAN = dict.fromkeys(Rates.sentences(), 0.0)


@cache
def city(raised: str | None) -> City:
    return cities.build(PEOPLE, rates(raised), seed=3)


def rates(raised: str | None) -> Rates:
    return Rates.of(CLEAN | dict.fromkeys(raised.split("+") if raised else (), 1.0))


@cache
def rows(source: str, rate: str | None) -> pl.DataFrame:
    return extract(source, rate).rows


@cache
def extract(source: str, rate: str | None) -> Extract:
    build, _ = DEPARTMENTS[source]
    return build(Scribe(city(rate), rates(rate), stream(3, source)))


def matches(pattern: str) -> Callable[[pl.Series], pl.Series]:
    return lambda cells: cells.str.contains(pattern)


def word_of_name(wrong: Callable[[str], bool]) -> Callable[[pl.Series], pl.Series]:
    return lambda cells: cells.map_elements(lambda text: any(map(wrong, text.split())), return_dtype=pl.Boolean)


KNOWN = frozenset(part for word in syllables().words for part in word.split())
EMPTY = matches(r"^$")
OLD_DISTRICT = matches(r"Quận|Huyện|Thị xã|Thành phố (Thủ Đức|Thủ Dầu Một|Dĩ An|Vũng Tàu)")

CASES: list[tuple[str, str, str, Callable[[pl.Series], pl.Series]]] = [
    (
        "tones_lost",
        "quy_hoach",
        "nguoi_nop",
        lambda c: c.map_elements(lambda t: t == without_marks(t) and " " in t, pl.Boolean),
    ),
    ("tones_wrong", "nha_o", "nguoi_thue", word_of_name(lambda w: w not in KNOWN)),
    ("tones_moved", "nha_o", "nguoi_thue", matches("(oà|oá|uý|uỳ|uỷ)( |$)")),
    ("i_y", "nha_o", "nguoi_thue", matches("Lí|Mĩ|Quí|Thuí|Sĩ|V[íi]( |$)")),
    ("sounds_confused", "nha_o", "nguoi_thue", word_of_name(lambda w: w not in KNOWN)),
    ("telex", "nha_o", "nguoi_thue", matches("Nguyeenx|Traanf|Leef|Thij")),
    ("vni_keys", "nha_o", "nguoi_thue", matches("Nguye6n4|Tra6n2|Le6|Thi5")),
    ("capitals", "nha_o", "nguoi_thue", matches(r"^\p{Lu}{2,} \p{Lu}")),
    ("decomposed", "nha_o", "nguoi_thue", lambda c: c.map_elements(lambda t: not is_normalized("NFC", t), pl.Boolean)),
    ("middle_abbreviated", "nha_o", "nguoi_thue", matches(r" \p{Lu}\. ")),
    ("order_swapped", "nha_o", "nguoi_thue", matches(r" (Nguyễn|Trần|Lê|Phạm) ")),
    ("name_mistyped", "nha_o", "nguoi_thue", word_of_name(lambda w: w not in KNOWN)),
    ("date_missing", "quy_hoach", "ngay_sinh", EMPTY),
    ("year_only", "quy_hoach", "ngay_sinh", matches(r"^\d{4}$")),
    ("insurance_year_only", "bao_hiem", "nam_sinh", matches(r"^\d{4}$")),
    ("sex_missing", "y_te", "PHAI", EMPTY),
    ("id_missing", "y_te", "CCCD", EMPTY),
    ("id_old", "y_te", "CCCD", matches(r"^\d{9}$")),
    ("id_old_habit", "bao_hiem", "cmnd", matches(r"^\d{9}$")),
    ("card_missing", "y_te", "MATHE", EMPTY),
    ("card_old", "y_te", "MATHE", matches(r"^[A-Z]{2}[1-5]79\d{10}$")),
    ("book_missing", "bao_hiem", "so_bhxh", EMPTY),
    ("phone_old_prefix", "quy_hoach", "dien_thoai", matches(r"^\+?(84|0)? ?1[0-9]{2}.?[0-9]")),
    ("two_phones", "quy_hoach", "dien_thoai", matches("/")),
    ("address_missing", "y_te", "DIACHI", EMPTY),
    ("address_abbreviated", "y_te", "DIACHI", matches(r"(P\.|X\.|TT\.|F\.|P )")),
    ("address_unmarked", "y_te", "DIACHI", lambda c: c.map_elements(lambda t: t == without_marks(t), pl.Boolean)),
    ("old_units", "y_te", "DIACHI", OLD_DISTRICT),
    ("alley_in_words", "y_te", "DIACHI", matches(" hẻm ")),
    ("unit_missing", "y_te", "DIACHI", matches("^[^,]*$")),
    ("house_missing", "y_te", "DIACHI", matches(r"^(\D*|đường số.*|Đường số.*|[Ấấ]p .*|đường 3.*|\D*3 Tháng.*)$")),
    ("flats", "y_te", "DIACHI", matches("^Căn hộ")),
    ("spouses_in_one_text", "dat_dai", "chu_su_dung", matches(r"Ông .*bà ")),
    ("land_numbers_in_text", "dat_dai", "chu_su_dung", matches("sinh năm")),
    ("household_businesses", "doanh_nghiep", "ten_doanh_nghiep", matches("^(HỘ K|HKD|CỬA HÀNG|CƠ SỞ)")),
    ("tax_code_missing", "bao_hiem", "ma_so_thue", EMPTY),
    ("firm_short_form", "bao_hiem", "ten_don_vi", matches("^(CTY|CTCP|DNTN)")),
    ("firm_short_name", "bao_hiem", "ten_don_vi", matches(r"^[A-Z ]+$")),
    ("firm_foreign_name", "bao_hiem", "ten_don_vi", matches(r"CO., LTD$|COMPANY$|ENTERPRISE$")),
]
KIND = {"quy_hoach": "Cá nhân", "bao_hiem": "Người tham gia", "dat_dai": "GDC", "nha_o": "Cá nhân"}
OF_FIRMS = ("ten_don_vi", "ma_so_thue")


def cells(source: str, column: str, rate: str | None) -> pl.Series:
    """The column's cells, in rows of people or of businesses; of optional parties only those that are there."""
    frame = rows(source, rate)
    if source in KIND and column != "nguoi_thue":
        kind = frame[{"quy_hoach": "loai", "bao_hiem": "loai", "dat_dai": "doi_tuong", "nha_o": "loai_chu"}[source]]
        frame = frame.filter(kind != KIND[source] if column in OF_FIRMS else kind == KIND[source])
    found = frame[column]
    return found.filter(found != "") if column in ("nguoi_thue", "dien_thoai") else found


@pytest.mark.parametrize(("rate", "source", "column", "shows"), CASES, ids=[case[0] for case in CASES])
def test_a_defect_comes_and_goes_with_its_rate(
    rate: str, source: str, column: str, shows: Callable[[pl.Series], pl.Series]
) -> None:
    raised, clean = shows(cells(source, column, rate)).sum(), shows(cells(source, column, None)).sum()
    assert raised > 0
    assert clean <= 0.02 * raised, (clean, raised)


ELSEWHERE = {
    "twins", "twins_alike", "namesake_sons", "strangers", "moved", "shared_house", "reassigned_phones",
    "registered_twice", "twins_by_tone",
    "address_former", "phone_former", "service_offices", "same_short_name", "firms_moved", "district_missing",
}  # fmt: skip


@pytest.mark.parametrize("rate", sorted(set(CLEAN) - {case[0] for case in CASES} - ELSEWHERE))
def test_every_other_rate_changes_some_extract(rate: str) -> None:
    sources = ("dan_cu", "y_te", "giao_duc", "bao_hiem", "doanh_nghiep", "quy_hoach")
    assert any(not rows(source, rate).equals(rows(source, None)) for source in sources)


@pytest.mark.parametrize(
    ("rate", "needs"),
    [("district_missing", "old_units"), ("address_former", "moved"), ("phone_former", "reassigned_phones")],
)
def test_a_rate_that_needs_another_changes_what_that_one_gives(rate: str, needs: str) -> None:
    assert not rows("y_te", f"{needs}+{rate}").equals(rows("y_te", needs))
    assert rows("quy_hoach", rate).equals(rows("quy_hoach", None))


def test_a_clean_city_has_no_hard_couples_and_everything_in_reach() -> None:
    clean = city(None)
    assert (len(clean.couples.twins), len(clean.couples.namesakes), len(clean.couples.strangers)) == (0, 0, 0)
    assert (clean.home == clean.former_home).all()
    assert not clean.people.former_phone.any()
    assert len(set(clean.people.personal_id.tolist())) == PEOPLE
    found = evidence.measure([extract(source, None) for source in DEPARTMENTS], "citizen", clean.people)
    assert found.out_of_reach <= 0.005 * found.pairs  # land without numbers, unregistered tenants


def test_twins_share_birth_household_and_surname_but_not_the_name() -> None:
    twins = cities.build(2000, Rates.of(CLEAN | {"twins": 0.03, "twins_alike": 1.0}), seed=3)
    people, first, second = twins.people, twins.couples.twins[:, 0], twins.couples.twins[:, 1]
    assert 40 <= len(first) <= 80
    assert (people.born[first] == people.born[second]).all()
    assert (people.household[first] == people.household[second]).all()
    assert (people.parts[first, 0] == people.parts[second, 0]).all()
    same_sex = people.sex[first] == people.sex[second]
    assert same_sex.mean() > 0.5
    assert (people.parts[first, 3] != people.parts[second, 3])[same_sex].all()
    assert (people.parts[first, 1:3] == people.parts[second, 1:3])[same_sex].all()


def test_twins_may_differ_by_a_tone_only() -> None:
    twins = cities.build(2000, Rates.of(CLEAN | {"twins": 0.03, "twins_alike": 1.0, "twins_by_tone": 1.0}), seed=3)
    first, second = twins.couples.twins.T
    same_sex = twins.people.sex[first] == twins.people.sex[second]
    key = toneless_key(twins.people.parts)
    assert (key[first] == key[second])[same_sex].all()
    assert (twins.people.parts[first] != twins.people.parts[second]).any(axis=1).all()


def test_namesakes_are_father_and_son_and_strangers_are_not_related() -> None:
    many = cities.build(2000, Rates.of(CLEAN | {"namesake_sons": 0.03, "strangers": 0.01}), seed=3)
    people = many.people
    father, son = many.couples.namesakes.T
    assert len(father) > 30
    assert (people.father[son] == father).all()
    assert (people.parts[father] == people.parts[son]).all()
    one, other = many.couples.strangers.T
    assert len(one) > 10
    assert (people.parts[one] == people.parts[other]).all()
    assert (people.born[one] == people.born[other]).all()
    assert (people.sex[one] == people.sex[other]).all()
    assert (people.household[one] != people.household[other]).all()
    assert (people.personal_id[one] != people.personal_id[other]).all()


def test_firms_share_short_names_offices_and_move() -> None:
    firms = cities.build(4000, Rates.of(CLEAN | {"same_short_name": 0.5, "firms_moved": 0.5}), seed=3).businesses
    texts = pl.Series([" ".join(map(str, core)) for core in firms.core.tolist()])
    assert texts.is_duplicated().sum() > 100
    assert (firms.seat != firms.former_seat).sum() > 100
    offices = cities.build(4000, Rates.of(CLEAN | {"service_offices": 0.5}), seed=3).businesses
    crowd = pl.Series(offices.seat[offices.in_service_office]).value_counts()["count"].max()
    assert isinstance(crowd, int)
    assert crowd >= 20


def test_branches_bear_the_parents_name_and_thirteen_digits() -> None:
    register = extract("doanh_nghiep", "branches").rows.height
    assert register > 0
    some = cities.build(4000, Rates.of(CLEAN | {"branches": 0.3}), seed=3)
    made = DEPARTMENTS["doanh_nghiep"][0](Scribe(some, Rates.of(CLEAN), stream(3, "doanh_nghiep"))).rows
    branches = made.filter(pl.col("ten_doanh_nghiep").str.starts_with("CHI NHÁNH"))
    assert branches.height > 40
    assert branches["ma_so_thue"].str.contains(r"^\d{10}-?\d{3}$").all()


def test_moved_and_reassigned() -> None:
    moved = cities.build(
        1000, Rates.of(CLEAN | {"moved": 1.0, "reassigned_phones": 1.0, "registered_twice": 1.0}), seed=3
    )
    assert (moved.home != moved.former_home).all()
    had = moved.people.former_phone[moved.people.former_phone > 0]
    assert len(had) > 500
    assert set(had.tolist()) <= set(moved.people.phone.tolist())
    assert (moved.people.second_id > 0).all()
    assert rows("dan_cu", "registered_twice").height == 2 * rows("dan_cu", None).height


def test_unrelated_households_share_a_house() -> None:
    shared = cities.build(1000, Rates.of(CLEAN | {"shared_house": 0.5}), seed=3)
    homes = pl.DataFrame({"home": shared.home, "household": shared.people.household}).unique()
    assert homes["home"].is_duplicated().sum() > 100
