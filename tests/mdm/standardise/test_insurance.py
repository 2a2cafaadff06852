from typing import Any

import pytest
from hypothesis import given, settings
from judged import ANY_TEXT, answer, check, goes_through, judged, label

KINDS = ("social_insurance", "health_card")


@pytest.mark.parametrize("case", judged("insurance"), ids=label)
def test_judged(case: dict[str, Any]) -> None:
    check(case["standardiser"], case)


@pytest.mark.parametrize("name", KINDS)
@settings(deadline=None)
@given(text=ANY_TEXT)
def test_any_text_goes_through_and_a_value_stands(name: str, text: str) -> None:
    goes_through(name, text)


@pytest.mark.parametrize("name", KINDS)
def test_null_stays_null(name: str) -> None:
    assert set(answer(name, None).values()) == {None}
