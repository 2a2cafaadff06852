"""The law of the fast layer: columns give exactly what reading text by text gives, on every text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import ANY_TEXT, judged

from mdm.generate import city as cities
from mdm.generate.addresses import AddressStyle
from mdm.generate.chance import Ints, stream
from mdm.generate.departments import DEPARTMENTS
from mdm.generate.rates import Rates
from mdm.generate.scribe import Scribe
from mdm.standardise import Knowledge
from mdm.standardise.address_columns import WORTHWHILE, AddressColumns
from mdm.standardise.addresses import READ, reading, standardise_addresses
from mdm.standardise.profile import SourceProfile

KNOWLEDGE = Knowledge.shipped()
STREETS = KNOWLEDGE.table("words/streets.csv")["name"].to_list()
LISTED = [
    alias for text in KNOWLEDGE.table("words/streets.csv")["aliases"].drop_nulls() for alias in text.split("|") if alias
]
RENAMED = KNOWLEDGE.table("words/street_renames.csv").to_series(0).to_list()
UNITS = KNOWLEDGE.table("units/units.csv").filter(pl.col("province_code").is_in(["79", "74", "77", "01"])).to_dicts()
NUMBER = re.compile(r"\d+")
EVERYDAY = (
    "12",
    "7",
    "3/2",
    "2/47",
    "45B",
    "131Bis",
    "12bis/3",
    "304/22/5C",
    "B5/12A",
    "P12/3",
    "F9/1",
    "0",
    "007",
    "45-47",
)
NUMBERS = st.one_of(
    st.sampled_from(EVERYDAY),
    st.integers(1, 9999).map(str),
    st.from_regex(r"[1-9]\d{0,2}/[1-9]\d{0,2}", fullmatch=True),
)
FRONTS = st.sampled_from(
    (
        "{} ",
        "Số {} ",
        "số nhà {}, ",
        "{} hẻm {} ",
        "{} ngõ {}, ",
        "Căn hộ B{}.05, {} ",
        "Lô {} ",
        "",
        "{}",
        "{} đường ",
        "{} Đ. ",
    )
)
STREET = st.one_of(
    st.sampled_from(STREETS),
    st.sampled_from(LISTED),
    st.sampled_from(RENAMED),
    st.sampled_from([unit["name"] for unit in UNITS] + [unit["name"].split(" ", 1)[1] for unit in UNITS]),
    st.sampled_from(
        (
            "Tháng 2",
            "3 Tháng 2",
            "30/4",
            "Đường số 7",
            "Đ.7",
            "QL1A",
            "Ấp 4",
            "ấp Tây",
            "NTMK",
            "BTX",
            "Mèo Con",
            "chung cư Sơn Kỳ",
            "P5 Q3",
        )
    ),
)


def _ending(unit: dict[str, str], form: int) -> str:
    core = unit["name"].split(" ", 1)[1]
    district = unit["district"] or ""
    return (
        f", {unit['name']}, {district}, {unit['province']}",
        f", P. {core}, Q. {district.split(' ', 1)[-1]}, TP.HCM",
        f", KP 3, {core} {district}",
        f", {district}",
        f" {unit['name']}",
        f", gần chợ, {core}",
        "",
    )[form]


ENDINGS = st.builds(_ending, st.sampled_from(UNITS), st.integers(0, 6))


@st.composite
def addresses(draw: st.DrawFn) -> list[str]:
    """Texts of a few premises and endings, each with several numbers: as a city's are."""
    front, streets, endings = (
        draw(FRONTS),
        draw(st.lists(STREET, min_size=1, max_size=2)),
        draw(st.lists(ENDINGS, min_size=1, max_size=2)),
    )
    texts = [
        front.format(*(draw(NUMBERS) for _ in range(2))) + street + ending
        for street in streets
        for ending in endings
        for _ in range(4)
    ]
    return draw(
        st.sampled_from(
            (texts, [text.upper() for text in texts], [text.replace("đ", "d").replace("Đ", "D") for text in texts])
        )
    )


@dataclass(frozen=True)
class Witness(Scribe):
    """A clerk whose addresses are noted."""

    seen: list[pl.Series] = field(default_factory=list)

    def written(self, door: Ints, style: AddressStyle) -> pl.Series:
        text = super().written(door, style)
        self.seen.append(text)
        return text


def city_addresses(people: int) -> list[str]:
    """Every distinct address that the departments of a synthetic city write."""
    rates = Rates()
    city = cities.build(people, rates, 1)
    texts: list[pl.Series] = []
    for source, (extract, care) in DEPARTMENTS.items():
        witness = Witness(city, rates, stream(1, source), care)
        extract(witness)
        texts += witness.seen
    return pl.concat(texts).drop_nulls().unique(maintain_order=True).to_list()


@lru_cache(maxsize=1)
def columns() -> AddressColumns:
    """Everything is worth a probe, however rare."""
    return AddressColumns(reading(KNOWLEDGE), worthwhile=1)


def one_by_one(texts: Sequence[str]) -> list[tuple[str | None, ...]]:
    read = columns().reading.read
    return [tuple(read(text)) for text in texts]


def agree(texts: Sequence[str], layer: AddressColumns | None = None) -> None:
    found = (layer or columns()).read(pl.Series(texts, dtype=pl.String))
    assert found.schema == dict.fromkeys(READ, pl.String)
    assert dict(zip(texts, found.rows(), strict=True)) == dict(zip(texts, one_by_one(texts), strict=True))


@settings(deadline=None, max_examples=30)
@given(addresses())
def test_columns_read_addresses_as_the_parser_does(texts: list[str]) -> None:
    agree(texts)


@lru_cache(maxsize=1)
def everyday_columns() -> AddressColumns:
    """As columns are read outside tests: what is rare is read as it stands."""
    return AddressColumns(reading(KNOWLEDGE))


@settings(deadline=None, max_examples=15)
@given(addresses(), st.lists(st.integers(1, 9999), min_size=WORTHWHILE, max_size=WORTHWHILE, unique=True))
def test_what_is_worth_a_probe_is_read_as_the_parser_does(texts: list[str], numbers: list[int]) -> None:
    varied = dict.fromkeys(NUMBER.sub(str(n), text, count=1) for text in texts for n in numbers)
    agree([*texts, *varied], everyday_columns())


def test_every_address_of_a_city_is_read_as_the_parser_does() -> None:
    agree(city_addresses(1_500), everyday_columns())


@settings(deadline=None)
@given(st.lists(ANY_TEXT, max_size=4), st.integers(1, 400))
def test_columns_read_any_text_as_the_parser_does(texts: list[str], number: int) -> None:
    agree([*texts, *(f"{number} {text}, P. 5, Q. 3" for text in texts)])


def test_columns_read_the_judged_cases_as_the_parser_does() -> None:
    texts = [case["input"] for case in judged("addresses")]
    agree([*texts, *(f"12/3 {text}" for text in texts), *(f"{text}, Phường 5, Quận 3" for text in texts)])


def test_every_street_and_alias_is_read_as_the_parser_does() -> None:
    agree([f"12B {street}, P. 5, Q. 3" for street in STREETS + LISTED + RENAMED])


def test_every_renamed_street_is_read_as_the_parser_does_with_each_district() -> None:
    renamed = KNOWLEDGE.table("words/street_renames.csv").select(pl.nth(0, 1)).rows()
    agree([f"{front}{name}, {place}" for name, place in renamed for front in ("", "12 ", "Đ. ", "7 hẻm 5 ")])


def test_initials_are_read_as_the_parser_does_in_every_district() -> None:
    districts = sorted({unit["district"] for unit in UNITS if unit["province_code"] == "79" and unit["district"]})
    agree([f"{front}{name}, {place}" for name in ("NTT", "NVL", "HBT") for place in districts for front in ("", "5 ")])


@pytest.mark.parametrize(
    "texts",
    [
        ["2/47 hẻm 2 Ấp 4, X. Tân Nhựt", "3/47 hẻm 2 Ấp 4, X. Tân Nhựt"],  # an alley said twice
        ["3 Tháng 2, P. 12, Q. 10", "33 Tháng 2, P. 12, Q. 10"],  # a date, and no date
        [f"{n} Nguyễn Đình Chiểu, P. Đa Kao, Q. 1" for n in (57, 58, 59)],  # a street that divides its commune
        ["9 Nguyễn Đình Chiểu, P. Bến Nghé, Q. 1", "58 Nguyễn Đình Chiểu, P. 5, Q. 3"],
        [f"{n} HBT, {ending}" for n in (5, 6) for ending in ("P. 5, Q. 3", "Phường 5, Quận 3", "P. 05, Q3")],
        [f"{n} LHP, {ending}" for n in (5, 6) for ending in ("P. Bến Nghé, Q. 1", "p ben nghe, quan 1", "P.1, Q. 10")],
        ["Hòa Bình, P. Bình Thuận, Q7", "Hòa Bình, P.BT, Q7"],  # endings that read alike, but not behind a province
        ["12 Tân Phú, Quận 7", "12 Tân Phú, Quận 9", "12 Tân Phú"],  # a unit's name behind a number
        ["9 HBT, P. 5, Q. 3", "9 HBT, P. 5, Q. Bình Thạnh"],  # initials that the district tells
        [f"K{n}/34 Ông Ích Khiêm, Quận Hải Châu, Đà Nẵng" for n in range(10, 20)],  # kiệt, which goes
        [f"{n} khu phố {n + 1}, thửa đất 95, Quận 3" for n in (30, 40)],  # land stands before a quarter
        ["Lê Lợi, H12/3, Phường 5", "12 Lê Lợi, H12/3, Phường 5"],  # a house number behind its street
        [f"{n} tổ 76 Trần Hoàng Quân, P. 20, Q. 10" for n in (5, 6)],  # a renamed street behind other words
        [f"{n}b CX Thành phố Hồ Chí Minh, Xã Thanh Lương, Tỉnh Yên Bái" for n in (5, 6)],  # nothing that is understood
        *([f"{n} {words}" for n in range(1, 7)] for words in ("NTT, KP 9157, Quận 7", "Công Lý, tổ 8293, Quận 3")),
        [", P. 5", ",", "12 ,", "12 , P. 5, Q. 3", "\u200b", "12 Lê\u200b Lợi, P. 5, Q. 3", "Căn hộ A1.2, "],
    ],
)
def test_named_cases(texts: list[str]) -> None:
    agree(texts)


def test_a_column_is_read_in_its_order_with_its_nulls() -> None:
    texts = ["5 Lê Lợi, P. Bến Nghé, Q. 1", None, "NULL", "7 Lê Lợi, P. Bến Nghé, Q. 1"]
    read = standardise_addresses(pl.Series(texts), KNOWLEDGE, SourceProfile(), {})
    assert read["house_no"].to_list() == ["5", None, None, "7"]
    assert read["finding"].to_list() == [None, None, "placeholder", None]


def test_premises_and_endings_of_everyday_addresses_are_read_apart() -> None:
    texts = [f"{n} Lê Lợi, P. {ward}, Q. 3" for n in range(1, 9) for ward in range(1, 6)]
    asked: list[str] = []
    patient = reading(KNOWLEDGE)

    def read(text: str) -> Sequence[str | None]:
        asked.append(text)
        return patient.read(text)

    counting = AddressColumns(replace(patient, read=read))
    counting.read(pl.Series(texts))
    assert set(asked).isdisjoint(texts)
