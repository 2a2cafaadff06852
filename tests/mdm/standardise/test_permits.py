from typing import Any

import pytest
from hypothesis import given, settings
from judged import ANY_TEXT, answer, check, goes_through, judged, label


@pytest.mark.parametrize("case", judged("permits"), ids=label)
def test_judged(case: dict[str, Any]) -> None:
    check("permit", case)


@settings(deadline=None)
@given(ANY_TEXT)
def test_any_text_goes_through_and_a_value_stands(text: str) -> None:
    goes_through("permit", text)


def test_null_stays_null() -> None:
    assert set(answer("permit", None).values()) == {None}
