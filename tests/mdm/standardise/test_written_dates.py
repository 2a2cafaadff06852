from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
from mdm.standardise.dates import Habits
from mdm.standardise.written_dates import read_written

EARLY = Habits(earliest=1500)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1985-07-05", ("1985-07-05", 1985, 7, 5, "19850705")),
        (" 19850705", ("1985-07-05", 1985, 7, 5, "19850705")),
        ("5/7/1985", ("1985-07-05", 1985, 7, 5, "19850705")),
        ("1666", ("1666", 1666, None, None, "1666")),
        ("19556113", (None, 1955, 61, 13, "19556113")),  # no such month
        ("30/02/1985", (None, 1985, 2, 30, "19850230")),
        ("29-1q-1983", (None, 1983, None, 29, "19831q29")),
        ("22-12-2972", (None, 2972, 12, 22, "29721222")),
        ("1844-1l-20", (None, 1844, None, 20, "18441l20")),
        ("00000000", (None, None, None, None, None)),
        ("unknown", (None, None, None, None, None)),
        ("", (None, None, None, None, None)),
    ],
)
def test_what_is_no_date_is_kept_as_written(text: str, expected: tuple[str | int | None, ...]) -> None:
    assert read_written(text, EARLY)[:5] == expected


def test_month_first_is_month_first_in_an_impossible_date_too() -> None:
    assert read_written("2/30/1985", Habits(order="mdy"))[1:5] == (1985, 2, 30, "19850230")


@settings(deadline=None)
@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    standardiser = STANDARDISERS["written_date"]
    frame = standardiser.function(pl.Series([text, None]), Knowledge.shipped(), SourceProfile(), {"earliest": 1500})
    assert dict(frame.schema) == standardiser.schema
    assert frame.row(1) == (None,) * 6
