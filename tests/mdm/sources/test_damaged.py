"""Damaged texts of records become findings."""

import polars as pl

from mdm.sources.damaged import damaged, in_another_encoding
from mdm.sources.records import FINDINGS
from mdm.standardise import Knowledge, SourceProfile
from mdm.standardise.findings import meanings
from mdm.workspace import AttributeRule, EntityRules, PartySpec, SourceSpec
from mdm.workspace.rules import Thresholds

RULES = EntityRules(
    "citizen", "C", {"name": AttributeRule("person_name"), "phone": AttributeRule("phone")}, (), (), Thresholds()
)


def records(names: list[list[str] | None], phones: list[list[str] | None]) -> pl.DataFrame:
    texts = pl.List(pl.String)
    return pl.DataFrame(
        {
            "source": ["y_te"] * len(names),
            "source_id": [str(n) for n in range(len(names))],
            "line": pl.Series(range(2, len(names) + 2), dtype=pl.UInt32),
            "name.received": pl.Series(names, dtype=texts),
            "phone.received": pl.Series(phones, dtype=texts),
        }
    )


def test_each_damaged_text_is_a_finding_with_its_row_and_attribute() -> None:
    found = damaged(
        records([["Nguy?n Th? Hoa"], None, ["Trần Văn A?"]], [["0903123456", "090\ufffd123"], [], ["0903123456"]]),
        RULES,
        FINDINGS.empty(),
    )
    assert found.select("source_id", "line", "attribute", "rule", "received").rows() == [
        ("0", 2, "name", "lost_letters", "Nguy?n Th? Hoa"),
        ("0", 2, "phone", "undecodable", "090\ufffd123"),
    ]


def test_what_is_not_damaged_is_no_finding() -> None:
    assert damaged(records([["Nguyễn Thị Hoà"], None], [None, None]), RULES, FINDINGS.empty()).is_empty()
    assert damaged(records([], []), RULES, FINDINGS.empty()).is_empty()


def test_a_text_whose_damage_its_standardiser_reports_has_one_finding() -> None:
    people = records([["Nguy?n Th? Hoa"], ["Tr?n Th? An"]], [["090\ufffd"], None])
    known = damaged(people, RULES, FINDINGS.empty()).head(1).with_columns(rule=pl.lit("damaged"))
    found = damaged(people, RULES, known)
    assert found.select("source_id", "attribute").rows() == [("1", "name"), ("0", "phone")]


def test_a_cell_in_another_encoding_is_a_finding_by_what_its_column_is_read_as() -> None:
    people = records([["Nguyeãn Thò Hoaø"], ["Nguyễn Thị Hoà"], ["Lê Thị Hồ", "Traàn Vaên Ñöôøng"]], [None] * 3)
    spec = SourceSpec("y_te", ("ma",), (PartySpec("citizen", {"name": ("ten",), "phone": ("dt",)}),))
    found = in_another_encoding(people, RULES, {"y_te": spec}, {})
    assert found.select("source_id", "line", "attribute", "rule", "received").rows() == [
        ("0", 2, "name", "another_encoding", "Nguyeãn Thò Hoaø"),
        ("2", 4, "name", "another_encoding", "Traàn Vaên Ñöôøng"),
    ]
    vni = SourceProfile(column_encodings={"ten": "windows-1252"})
    assert in_another_encoding(people, RULES, {"y_te": spec}, {"y_te": vni}).height == 2
    assert in_another_encoding(records([], []), RULES, {}, {}).is_empty()


def test_each_finding_has_their_sentence() -> None:
    assert {"lost_letters", "undecodable", "another_encoding"} <= set(meanings(Knowledge.shipped())["rule"])
