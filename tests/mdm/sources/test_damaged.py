"""Damaged texts of records become findings."""

import polars as pl

from mdm.sources.damaged import damaged
from mdm.standardise import Knowledge
from mdm.standardise.findings import meanings
from mdm.workspace import AttributeRule, EntityRules
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
    )
    assert found.select("source_id", "line", "attribute", "rule", "received").rows() == [
        ("0", 2, "name", "lost_letters", "Nguy?n Th? Hoa"),
        ("0", 2, "phone", "undecodable", "090\ufffd123"),
    ]


def test_what_is_not_damaged_is_no_finding() -> None:
    assert damaged(records([["Nguyễn Thị Hoà"], None], [None, None]), RULES).is_empty()
    assert damaged(records([], []), RULES).is_empty()


def test_both_findings_have_their_sentence() -> None:
    assert {"lost_letters", "undecodable"} <= set(meanings(Knowledge.shipped())["rule"])
