"""Formats: what a text looks like when nobody may read it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.onboarding.formats import LONGEST, formats


def shaped(*texts: str) -> list[str]:
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(formats(pl.col("text"))).to_series().to_list()
    )


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("05/07/1985", "99/99/9999"),
        ("C1234567", "A9999999"),
        ("GD4797912345678", "AA9999999999999"),
        ("Nguyễn Thị Hoà", "Aa Aa Aa"),
        ("NGUYỄN VĂN  AN", "AA AA AA"),
        ("phường 12", "a 99"),
        ("McDonald", "Aa"),
        ("Ng\u0303uyễn", "Aa"),
        ("12/3A Lê Lợi, P. Bến Nghé, Q.1, TP. HCM", "99/9A Aa Aa, A. Aa …"),
        ("x" * 20 + "1" * 60, "a" * 20 + "9" * 20 + "…"),
        ("", ""),
    ],
)
def test_a_format_keeps_signs_and_loses_letters_and_digits(text: str, format_: str) -> None:
    assert shaped(text) == [format_]


@given(st.lists(st.text(max_size=80)))
@settings(deadline=None, max_examples=50)
def test_a_format_tells_no_letter_and_no_digit(texts: list[str]) -> None:
    found = shaped(*texts)
    assert len(found) == len(texts)
    for format_ in found:
        assert len(format_) <= LONGEST + 1
        assert {c for c in format_ if c.isalpha() or c.isdecimal()} <= set("Aa9")
