"""Letters that a save as ANSI lost come back where one known name only can have stood there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise import Knowledge
from mdm.standardise.lost_letters import restored
from mdm.standardise.text import plain

KNOWLEDGE = Knowledge.shipped()


def as_ansi(text: str) -> str:
    """The text after a save in Windows-1252 by a program that writes `?` for what it can't."""
    return text.encode("cp1252", "replace").decode("cp1252")


@pytest.mark.parametrize(
    "text",
    [
        "12 Nguyễn Trãi, Phường Bến Thành, Quận 1, Thành phố Hồ Chí Minh",
        "ấp 3, Xã Vĩnh Lộc A, huyện Bình Chánh",
        "100 Cách Mạng Tháng Tám, phường 5, Quận Tân Bình",
        "khu phố 3, Thị trấn Củ Chi, Huyện Củ Chi",
        "7/2 Lê Lợi - P.Đa Kao - Q.1 - TP. Hồ Chí Minh",
    ],
)
def test_names_that_lose_their_letters_alone_come_back(text: str) -> None:
    lost = as_ansi(text)
    assert "?" in lost
    assert restored(lost, KNOWLEDGE).lower() == text.lower()
    assert restored(lost.replace("?", "\ufffd"), KNOWLEDGE).lower() == text.lower()


def test_capitals_come_back_too() -> None:
    assert plain(restored("12 LÊ L?I, PH??NG ?A KAO, QU?N 1", KNOWLEDGE)) == plain("12 LÊ LỢI, PHƯỜNG ĐA KAO, QUẬN 1")


def test_nothing_is_guessed() -> None:
    assert restored("Tân H?ng, Qu?n 7", KNOWLEDGE) == "Tân H?ng, quận 7"  # Tân Hưng, Tân Hồng, Tân Hùng …


@pytest.mark.parametrize("text", ["12 Lê Lợi?", "Quận 1? Quận 3?", "sao? 12", "?", "", "12 Lê Duẩn, nhà ai?"])
def test_a_question_is_left_alone(text: str) -> None:
    assert restored(text, KNOWLEDGE) == text


@settings(deadline=None)
@given(st.text() | st.text(alphabet="?\ufffd ,.PhuongQun1Tđâ"))
def test_any_text_goes_through_and_only_lost_letters_change(text: str) -> None:
    again = restored(text, KNOWLEDGE)
    assert ("?" in text or "\ufffd" in text) or again == text
