"""What is seen of letters that were lost before a text came."""

import polars as pl
import pytest
from hypothesis import given, settings
from judged import ANY_TEXT

from mdm.standardise.damage import damage
from mdm.standardise.encodings import encode


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        ("Nguy?n Th? Hoa", "lost_letters", "saved as ANSI by a system without Vietnamese"),
        ("NGUY?N V?N ?ỨC", "lost_letters", "in capitals"),
        ("?ặng Văn Lâm", "lost_letters", "Đ lost at the head of a word"),
        ("Tr??ng", "lost_letters", "two letters beside each other"),
        ("Nguy\ufffdn", "undecodable", "bytes that were no text, here or before"),
        ("Nguyễn Văn A?", None, "a question, or an unsure clerk"),
        ("Ho?", None, "Hoa? or Hồ: nobody can tell"),
        ("12 ? Lê Lợi", None, "a mark by itself stands for no letter"),
        ("Nguyễn Thị Hoà", None, "nothing is lost"),
        (None, None, "nothing is there"),
    ],
)
def test_lost_letters_are_seen(text: str | None, said: str | None, why: str) -> None:
    assert damage(pl.Series([text], dtype=pl.String)).to_list() == [said], why


def test_what_windows_1252_saves_of_a_name_is_seen_to_be_damaged() -> None:
    names = ["Nguyễn Thị Hường", "Trần Đức", "Đặng Ngọc Ánh"]
    saved = [encode(name, "windows-1252").decode("windows-1252") for name in names]
    assert damage(pl.Series(saved)).to_list() == ["lost_letters"] * 3


@settings(deadline=None)
@given(text=ANY_TEXT)
def test_any_text_goes_through(text: str) -> None:
    [said] = damage(pl.Series([text]))
    assert said in (None, "undecodable", "lost_letters")
    assert (said == "undecodable") == ("\ufffd" in text)
