"""Letters that a save as ANSI lost come back where one known name only can have stood there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import answer

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
    assert restored("12 Lê L?i ? Qu?n3", KNOWLEDGE) == "12 Lê Lợi ? quận3"  # no letter is left: nothing says which


@pytest.mark.parametrize("text", ["12 Lê Lợi?", "Quận 1? Quận 3?", "sao? 12", "?", "", "12 Lê Duẩn, nhà ai?"])
def test_a_question_is_left_alone(text: str) -> None:
    assert restored(text, KNOWLEDGE) == text


@pytest.mark.parametrize(
    ("text", "value", "street"),
    [
        ("12 Nguy?n Tr?i, Ph??ng 5, Qu?n 3", "12 Nguy?n Tr?i, Phường 5, Quận 3, TP. Hồ Chí Minh", None),
        ("12 Nguy?n Trãi, P.5, Qu?n3", "12 Nguyễn Trãi, Phường 5, Quận 3, TP. Hồ Chí Minh", "Nguyễn Trãi"),
        ("12 Lê L?i, Ph??ng B?n Thành, Q.1", "12 Lê Lợi, Phường Bến Thành, Quận 1, TP. Hồ Chí Minh", "Lê Lợi"),
        ("12/3 Lê L?i ? P.5, Q.3", "12/3 Lê Lợi, Phường 5, Quận 3, TP. Hồ Chí Minh", "Lê Lợi"),
        ("12 Lê Lợi? P5, Q3", "12 Lê Lợi, Phường 5, Quận 3, TP. Hồ Chí Minh", "Lê Lợi"),
        ("Nguy\ufffdn Tr\ufffdi 12, Q.1", "Nguy?n Tr?i 12, Quận 1, TP. Hồ Chí Minh", None),
    ],
)
def test_addresses_are_read_with_what_came_back_and_no_word_is_cut(text: str, value: str, street: str | None) -> None:
    for written in (text, value):
        row = answer("address", written)
        assert (row["value"], row["street"], row["street_plain"]) == (value, street, street and plain(street))


@settings(deadline=None)
@given(st.text(alphabet="?\ufffd ,.PhuongQun15/đâĐBTaã"))
def test_an_address_with_lost_letters_reads_its_own_value_again(text: str) -> None:
    row = answer("address", text)
    again = answer("address", row["value"])
    assert {**again, "finding": row["finding"]} == row


@settings(deadline=None)
@given(st.text() | st.text(alphabet="?\ufffd ,.PhuongQun1Tđâ"))
def test_any_text_goes_through_and_only_lost_letters_change(text: str) -> None:
    again = restored(text, KNOWLEDGE)
    assert ("?" in text or "\ufffd" in text) or again == text
