"""What the values of one record must say of one another."""

import polars as pl
import pytest

from mdm.sources.checks import broken
from mdm.workspace import EntityRules
from mdm.workspace.rules import Check, Thresholds

TEXTS = pl.List(pl.String)


def records(**columns: list[object]) -> pl.DataFrame:
    """RECORDS of one source with the line numbers 2, 3, …; `a.received` is made from `a`."""
    count = len(next(iter(columns.values())))
    frame = pl.DataFrame(columns, strict=False)
    head = pl.DataFrame({"source": ["y_te"] * count, "source_id": [str(i) for i in range(count)]})
    head = head.with_columns(line=pl.int_range(2, count + 2, dtype=pl.UInt32))
    received = [pl.Series(f"{name}.received", list(map(_cells, cells)), TEXTS) for name, cells in columns.items()]
    return head.hstack(frame).hstack(received)


def _cells(value: object) -> object:
    return value if value is None or isinstance(value, list) else [value]


def rules(*checks: Check) -> EntityRules:
    return EntityRules("citizen", "C", {}, (), (), Thresholds(), checks=checks)


SEX = Check("sex_disagrees", "personal_id.sex", "sex")


@pytest.mark.parametrize(
    ("numbers", "of_numbers", "sex", "found"),
    [
        (["079085001234"], ["male"], "male", False),
        (["079085001234"], ["male"], "female", True),
        (["023456789"], [None], "female", False),  # an old number says nothing of sex
        (["079085001234", "023456789"], ["male", None], "male", False),
        (["079085001234", "079185001234"], ["male", "female"], "male", True),  # one of the two is somebody else's
        (["079085001234"], ["male"], None, False),
        ([], [], "male", False),
        (None, None, "male", False),
    ],
)
def test_two_values_of_a_record_must_agree_where_both_are_held(
    numbers: list[str] | None, of_numbers: list[str | None] | None, sex: str | None, found: bool
) -> None:
    frame = records(personal_id=[["1"], numbers], sex=["male", sex])
    frame = frame.with_columns(pl.Series("personal_id.sex", [["male"], of_numbers], TEXTS))
    shown = " | ".join(numbers or [])
    expected = [("citizen", "y_te", "1", 3, "personal_id", "sex_disagrees", shown)] if found else []
    assert broken(frame, rules(SEX)).rows() == expected


def test_a_number_and_a_text_agree_by_what_they_show() -> None:
    check = Check("birth_year_disagrees", "personal_id.year", "birth_date.year")
    frame = records(personal_id=[["1"], ["2"]]).with_columns(
        pl.Series("personal_id.year", [[1985], [1985]], pl.List(pl.Int16)),
        pl.Series("birth_date.year", [1985, 1986], pl.Int32),
    )
    assert broken(frame, rules(check))["source_id"].to_list() == ["1"]


def test_what_must_be_there_and_is_not_is_a_finding() -> None:
    frame = records(name=["An", None], phone=[["1"], []])
    found = broken(frame, rules(Check("missing", "name"), Check("missing", "phone")))
    assert found.select("source_id", "attribute", "received").rows() == [("1", "name", None), ("1", "phone", "")]


def test_rules_without_checks_find_nothing() -> None:
    assert broken(records(name=["An"]), rules()).is_empty()
