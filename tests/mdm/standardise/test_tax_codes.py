from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from judged import ANY_TEXT, answer, check, goes_through, judged, label
from stdnum.vn import mst

from mdm.standardise import tax_codes


@pytest.mark.parametrize("case", judged("tax_codes"), ids=label)
def test_judged(case: dict[str, Any]) -> None:
    check("tax_code", case)


@settings(deadline=None)
@given(ANY_TEXT)
def test_any_text_goes_through_and_a_value_stands(text: str) -> None:
    goes_through("tax_code", text)


def test_null_stays_null() -> None:
    assert set(answer("tax_code", None).values()) == {None}


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_check_digit_agrees_with_stdnum(code: str) -> None:
    assert tax_codes.is_valid(code) == mst.is_valid(code)


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.integers(0, 8))
def test_no_swap_of_neighbours_passes(base: str, place: int) -> None:
    digit = tax_codes.check_digit(base)
    assume(digit is not None and not base[2:].startswith("0000000"))
    code = f"{base}{digit}"
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert tax_codes.is_valid(code)
    assert swapped == code or not tax_codes.is_valid(swapped)
