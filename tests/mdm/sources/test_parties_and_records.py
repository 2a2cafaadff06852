"""Rows become parties and parties RECORDS, as a registry clerk would read them."""

import json
from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from mdm.errors import SourceError
from mdm.sources import SourceProfile, check_conditions, parties, relations, standardise
from mdm.standardise import STANDARDISERS, Knowledge
from mdm.workspace import EntityRules, PartySpec, Rules, SourceSpec
from mdm.workspace.shipped import root

KNOWLEDGE = Knowledge.shipped()
RULES: Mapping[str, EntityRules] = Rules.parse(
    {path.name: path.read_text("utf-8") for path in (root() / "hcmc").glob("*.yaml")}, "hcmc"
).entities


def rows(*cells: dict[str, str | None], keys: tuple[str, ...] = ()) -> pl.DataFrame:
    """Live rows with the keys 1, 2, …"""
    return pl.DataFrame(
        {
            "row_key": list(keys) or [str(i) for i in range(1, len(cells) + 1)],
            "line": list(range(2, len(cells) + 2)),
            "received": [json.dumps(row, ensure_ascii=False) for row in cells],
        },
        schema={"row_key": pl.String, "line": pl.UInt32, "received": pl.String},
    )


def source(*stated: PartySpec, name: str = "a") -> SourceSpec:
    return SourceSpec(name, ("ma",), stated)


def stated(spec: SourceSpec, *cells: dict[str, str | None]) -> dict[str, pl.DataFrame]:
    return parties(rows(*cells), spec, RULES, KNOWLEDGE)


def one(attribute: str, columns: tuple[str, ...], row: dict[str, str | None]) -> list[str] | None:
    """What one attribute of a citizen receives from a row."""
    spec = source(PartySpec("citizen", {attribute: columns, "passport": ("x",)}))
    [received] = stated(spec, {"x": "x", **row})["citizen"][f"{attribute}.received"].to_list()
    return received  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("attribute", "cells", "received"),
    [
        ("name", ["Nguyễn Văn ", " An"], ["Nguyễn Văn An"]),
        ("name", [None, "An"], ["An"]),
        ("mother_name", ["Lê", "Thị Bưởi"], ["Lê Thị Bưởi"]),
        ("address", ["12 Lê Lợi", None, "Quận 1"], ["12 Lê Lợi, Quận 1"]),
        ("birth_date", ["5", "7", "1985"], ["1985-07-05"]),
        ("birth_date", ["00", "07", "1985"], ["1985-07"]),
        ("birth_date", [None, None, "1985"], ["1985"]),
        ("birth_date", ["5", None, "1985"], ["1985"]),
        ("birth_date", ["07", "1985"], ["1985-07"]),
        ("birth_date", ["5", "7", "85"], ["5/7/85"]),
        ("birth_date", [None, None, " "], None),
        ("personal_id", ["079085001234", "023456789"], ["079085001234", "023456789"]),
        ("personal_id", [None, " ", "023456789"], ["023456789"]),
        ("phone", [None, None], None),
        ("sex", [" "], None),
        ("sex", [" Nam "], [" Nam "]),
    ],
)
def test_columns_of_one_attribute_are_put_together_as_the_attribute_wants(
    attribute: str, cells: list[str | None], received: list[str] | None
) -> None:
    columns = tuple(f"c{i}" for i in range(len(cells)))
    assert one(attribute, columns, dict(zip(columns, cells, strict=True))) == received


@pytest.mark.parametrize(
    ("names", "cells", "received"),
    [
        ("dia_chi phuong quan", "5 Nguyễn Trãi|2|5", "5 Nguyễn Trãi, Phường 2, Quận 5"),
        ("so_nha duong PX QH", "5|Nguyễn Trãi| 02 |10", "5, Nguyễn Trãi, Phường 02, Quận 10"),
        ("DiaChi TenPhuong TenQuan", "12|15|11", "12, Phường 15, Quận 11"),
        ("Địa_chỉ Phường/Xã Quận/Huyện", "7 Lê Lai|3|1", "7 Lê Lai, Phường 3, Quận 1"),
        ("dia_chi xa huyen", "Ấp 3|9|Bình Chánh", "Ấp 3, Phường 9, Bình Chánh"),
        ("dia_chi ward district", "3|Tân Định|Gò Vấp", "3, Tân Định, Gò Vấp"),
        ("dia_chi phuong quan", "7 Lê Lai|P.2|Q3", "7 Lê Lai, P.2, Q3"),
        ("dia_chi phuong quan", "7 Lê Lai|26734|0", "7 Lê Lai, 26734, 0"),
        ("dia_chi ma_phuong MaQuan", "7 Lê Lai|12|5", "7 Lê Lai, 12, 5"),
        ("so_nha to", "7|12", "7, 12"),
    ],
)
def test_a_bare_number_of_a_ward_or_district_gets_the_type_that_its_column_says(
    names: str, cells: str, received: str
) -> None:
    columns = tuple(names.split())
    assert one("address", columns, dict(zip(columns, cells.split("|"), strict=True))) == [received]


def test_a_column_that_is_the_whole_address_stays_as_it_is() -> None:
    assert one("address", ("phuong",), {"phuong": "5"}) == ["5"]


def test_a_party_whose_condition_is_false_or_columns_are_empty_takes_no_number() -> None:
    spec = source(
        PartySpec("citizen", {"name": ("chu",)}, where="loai = 'Cá Nhân'"),
        PartySpec("citizen", {"name": ("vo",), "phone": ("sdt",)}, role="spouse"),
        PartySpec("business", {"name": ("chu",)}, where="loai = 'tổ chức'"),
    )
    found = stated(
        spec,
        {"loai": " CÁ NHÂN", "chu": "An", "vo": "Bì", "sdt": None},
        {"loai": "ca\u0301 nha\u0302n", "chu": "Ca", "vo": " ", "sdt": ""},
        {"loai": "tổ chức", "chu": "Cty X", "vo": None, "sdt": "0903123456"},
        {"loai": None, "chu": "Du", "vo": None, "sdt": None},
    )
    assert found["citizen"].select("source_id", "row_key", "party", "role", "line").rows() == [
        ("1", "1", 1, None, 2), ("1#2", "1", 2, "spouse", 2), ("2", "2", 1, None, 3), ("3", "3", 1, "spouse", 4),
    ]  # fmt: skip
    assert found["business"].select("source_id", "name.received").rows() == [("3", ["Cty X"])]


def test_one_text_may_name_husband_and_wife() -> None:
    spec = source(PartySpec("citizen", {"address": ("dia_chi",), "birth_date": ("nam",)}, from_text="chu"))
    found = stated(
        spec,
        {"chu": "Ông Nguyễn Văn An, sinh năm 1960 và vợ là bà Trần Thị Bưởi", "dia_chi": "12 Lê Lợi", "nam": "1961"},
        {"chu": "Công ty TNHH Phúc An", "dia_chi": "34 Lê Lợi", "nam": None},
        {"chu": None, "dia_chi": "56 Lê Lợi", "nam": None},
    )["citizen"]
    assert found.select("source_id", "role", "name.received", "birth_date.received", "address.received").rows() == [
        ("1", None, ["Nguyễn Văn An"], ["1960"], ["12 Lê Lợi"]),
        ("1#2", "spouse", ["Trần Thị Bưởi"], ["1961"], ["12 Lê Lợi"]),
    ]


def test_organisations_in_a_text_of_owners_are_businesses() -> None:
    spec = source(PartySpec("citizen", {}, from_text="chu"), PartySpec("business", {}, from_text="chu"))
    found = stated(spec, {"chu": "Công ty TNHH Phúc An"}, {"chu": "Bà Trần Thị Bưởi"})
    assert found["citizen"]["name.received"].to_list() == [["Trần Thị Bưởi"]]
    assert found["business"]["name.received"].to_list() == [["Công ty TNHH Phúc An"]]


def test_a_condition_that_fails_on_the_data_holds_the_source() -> None:
    spec = source(PartySpec("citizen", {"name": ("ten",)}, where="cast(tuoi as int) > 17"))
    with pytest.raises(SourceError, match=r"the condition `where: cast.* fails on some of its rows") as caught:
        stated(spec, {"ten": "Nguyễn Văn An", "tuoi": "mười"})
    assert "An" not in str(caught.value)
    with pytest.raises(SourceError, match="fails on some of its rows"):
        check_conditions(rows({"ten": "Nguyễn Văn An", "tuoi": "mười"}), spec)
    check_conditions(rows({"ten": "Nguyễn Văn An", "tuoi": "20"}), spec)


def test_no_rows_give_no_parties() -> None:
    spec = source(
        PartySpec("citizen", {"name": ("ten",)}, where="loai = 'x'"), PartySpec("citizen", {}, from_text="ten")
    )
    found = parties(rows(), spec, RULES, KNOWLEDGE)["citizen"]
    assert found.height == 0
    assert (
        standardise([found], RULES["citizen"], {}, KNOWLEDGE)[0].schema
        == standardise([], RULES["citizen"], {}, KNOWLEDGE)[0].schema
    )


def records(
    spec: SourceSpec, *cells: dict[str, str | None], **profiles: SourceProfile
) -> tuple[pl.DataFrame, pl.DataFrame]:
    return standardise([stated(spec, *cells)["citizen"]], RULES["citizen"], profiles, KNOWLEDGE)


def test_a_record_holds_value_fields_and_what_was_received() -> None:
    spec = source(
        PartySpec("citizen", {"name": ("ten",), "birth_date": ("ns",), "personal_id": ("a", "b"), "phone": ("p",)})
    )
    found, findings = records(
        spec, {"ten": "NGUYEN VAN AN", "ns": "05/07/1985", "a": "079085001234", "b": "023456789", "p": "0903123456"}
    )
    [record] = found.to_dicts()
    assert record["name.plain"] == "nguyen van an"
    assert (record["birth_date"], record["birth_date.year"], record["birth_date.received"]) == (
        "1985-07-05",
        1985,
        ["05/07/1985"],
    )
    assert record["personal_id"] == ["079085001234", "023456789"]
    assert record["personal_id.kind"] == ["cccd", "cmnd"]
    assert record["phone"] == ["+84903123456"]
    assert (record["sex"], record["email"], record["sex.received"]) == (None, None, None)
    assert record["trust"] == 0.5
    assert findings.is_empty()


def test_several_cells_give_each_value_once_in_order() -> None:
    spec = source(PartySpec("citizen", {"phone": ("a", "b")}))
    found, _ = records(spec, {"a": "0912345678 / 0903123456", "b": "0903.123.456"})
    assert found["phone"].to_list() == [["+84912345678", "+84903123456"]]


def test_each_source_is_read_by_its_own_profile() -> None:
    mapping = PartySpec("citizen", {"birth_date": ("ns",), "sex": ("gt",)})
    cell: dict[str, str | None] = {"ns": "05/07/1985", "gt": "1"}
    together = [stated(source(mapping, name=name), cell)["citizen"] for name in ("b", "a", "c")]
    profiles = {
        "a": SourceProfile(sex_codes={"1": "male"}),
        "b": SourceProfile(date_order="mdy", sex_codes={"1": "female"}),
    }
    found, findings = standardise(together, RULES["citizen"], profiles, KNOWLEDGE)
    assert found.select("source", "birth_date", "sex").rows() == [
        ("a", "1985-07-05", "male"), ("b", "1985-05-07", "female"), ("c", "1985-07-05", None),
    ]  # fmt: skip
    assert findings.rows() == [("citizen", "c", "1", 2, "sex", "ambiguous", "1")]


def test_an_attribute_may_be_written_otherwise_than_its_source() -> None:
    spec = source(PartySpec("citizen", {"birth_date": ("ns",)}))
    found, _ = records(spec, {"ns": "05/07/1985"}, a=SourceProfile(date_orders={"birth_date": "mdy"}))
    assert found["birth_date"].to_list() == ["1985-05-07"]


def test_a_text_is_standardised_once_for_all_sources_that_write_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    address = STANDARDISERS["address"]

    def listening(
        texts: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
    ) -> pl.DataFrame:
        asked.append(texts.to_list())
        return address.function(texts, knowledge, profile, options)

    heard = {**STANDARDISERS, "address": replace(address, function=listening)}
    monkeypatch.setattr("mdm.sources.records.STANDARDISERS", heard)
    mapping = PartySpec("citizen", {"address": ("dc",)})
    together = [stated(source(mapping, name=name), {"dc": "12 Lê Lợi"}, {"dc": name})["citizen"] for name in ("a", "b")]
    profiles = {"a": SourceProfile(encoding="utf-16", date_order="mdy", filled={"dc": 900})}
    standardise(together, RULES["citizen"], profiles, KNOWLEDGE)
    assert asked == [["12 Lê Lợi", "a", "b"]]


def test_a_record_is_the_same_whatever_stands_beside_it() -> None:
    mapping = PartySpec("citizen", {"name": ("ten",), "phone": ("p", "q"), "personal_id": ("i",), "birth_date": ("d",)})
    cells: list[dict[str, str | None]] = [
        {"ten": "Lê An", "p": "0912345678 / 0903123456", "q": "0903.123.456", "i": "079085001234", "d": "05/07/1985"},
        {"ten": "Lê An", "p": "0903123456", "q": None, "i": "x", "d": "1985"},
        {"ten": None, "p": None, "q": "0903123456", "i": "079085001234; 023456789", "d": None},
        {"ten": "NULL", "p": "0", "q": "0912345678", "i": None, "d": "99/99/9999"},
    ]
    profiles = {"a": SourceProfile(date_order="mdy")}
    parts = [stated(source(mapping, name=name), *cells)["citizen"] for name in ("a", "b")]
    whole, findings = standardise(parts, RULES["citizen"], profiles, KNOWLEDGE)
    alone = [standardise([part[at]], RULES["citizen"], profiles, KNOWLEDGE) for part in parts for at in range(4)]
    assert_frame_equal(whole, pl.concat([found for found, _ in alone]))
    assert_frame_equal(findings, pl.concat([noticed for _, noticed in alone]))


def test_records_are_sorted_by_record_key_not_by_text_of_the_number() -> None:
    spec = source(PartySpec("citizen", {}, from_text="chu"))
    given = ("An", "Bình", "Cường", "Dũng", "Em", "Giang", "Hùng", "Khoa", "Long", "Minh", "Nam")
    names = "; ".join(f"Nguyễn Văn {name}" for name in given)
    found = parties(
        rows({"chu": names}, {"chu": "Lê Thị Bưởi"}, {"chu": "Lê Thị Cam"}, keys=("é", "z", "Z")),
        spec,
        RULES,
        KNOWLEDGE,
    )
    ids = standardise([found["citizen"]], RULES["citizen"], {}, KNOWLEDGE)[0]["source_id"].to_list()
    assert ids == ["Z", "z", "é", *(f"é#{n}" for n in range(2, 12))]


def test_a_derived_attribute_pools_its_parts() -> None:
    spec = source(PartySpec("citizen", {"social_insurance": ("so",), "health_card": ("the",)}))
    found, _ = records(
        spec,
        {"so": "7912345678", "the": "GD4797912345678"},
        {"so": None, "the": "GD4790123456789"},
        {"so": "x", "the": None},
    )
    assert found["insurance"].to_list()[:2] == [["7912345678"], ["0123456789"]]
    assert "insurance.received" not in found.columns


def test_trust_comes_from_the_rules() -> None:
    rules = replace(RULES["citizen"], trust={"a": 0.9})
    spec = source(PartySpec("citizen", {"name": ("ten",)}))
    assert standardise([stated(spec, {"ten": "An"})["citizen"]], rules, {}, KNOWLEDGE)[0]["trust"].to_list() == [0.9]


def test_a_role_makes_a_relation_to_the_other_parties_of_its_row() -> None:
    spec = source(
        PartySpec("business", {"name": ("ten",)}), PartySpec("citizen", {"name": ("dai_dien",)}, role="representative")
    )
    found = stated(
        spec, {"ten": "Cty TNHH Phúc An", "dai_dien": "Lê Thị Cam"}, {"ten": "Cty TNHH Ba", "dai_dien": None}
    )
    every = {entity: standardise([frame], RULES[entity], {}, KNOWLEDGE)[0] for entity, frame in found.items()}
    assert relations(every).rows() == [("citizen", "a", "1", "business", "a", "1", "representative")]


@pytest.mark.parametrize("text", ["", " ", "\x00", "'", '"', "\\", "\ud7ff", "🙂", "a" * 5000, "\u0301", "٣", "|#:"])
def test_no_text_stops_a_party_from_becoming_a_record(text: str) -> None:
    columns = dict.fromkeys(RULES["citizen"].mapped, ("x",))
    cell: dict[str, str | None] = {"x": text, "k": "An"}
    found, _ = records(source(PartySpec("citizen", columns), PartySpec("citizen", {"name": ("k",)})), cell)
    assert found.height in (1, 2)


def test_a_text_gives_the_papers_of_firms_and_foreigners() -> None:
    spec = source(PartySpec("citizen", {}, from_text="chu"), PartySpec("business", {}, from_text="chu"))
    texts = ("Công ty TNHH An Phát, MST 0300588569", "Ông John Smith, hộ chiếu số C1234567")
    found = stated(spec, *({"chu": text} for text in texts))
    assert found["business"].select("name.received", "tax_code.received").rows() == [
        (["Công ty TNHH An Phát"], ["0300588569"])
    ]
    assert found["citizen"].select("name.received", "passport.received").rows() == [(["John Smith"], ["C1234567"])]
