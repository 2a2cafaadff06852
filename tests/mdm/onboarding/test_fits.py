"""What a column holds, by its values alone."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.onboarding import fits
from mdm.standardise import Knowledge

KNOWLEDGE = Knowledge.shipped()
COLUMNS = {
    "person_name": "Nguyễn Văn An|TRẦN THỊ BƯỞI|Le Hoang Cam|Phạm Du|Huỳnh Ngọc Hân|Võ Thị Sáu",
    "organisation_name": "Công ty TNHH Hòa Bình|CTY CP XD SAO MAI|DNTN Ba Lan|HTX Bình Tây|Hộ kinh doanh Lê Văn A",
    "address": "12/3 Lê Lợi, P. Bến Nghé, Q.1|45 Nguyễn Trãi, Phường 2, Quận 5|Ấp 3, xã Bình Chánh|7 Lê Lai, Q1",
    "date": "05/07/1985|1990-12-31|25.3.2001|19850705|1/1/1960",
    "personal_id": "079185001234|001090004321|025123456|280506803",
    "phone": "0903123456|+84 91 234 5678|0283.8221234|0356789012|01228333444",
    "tax_code": "0300588569|0301446260|0300588569-001|0100109106",
    "health_card": "GD4797912345678|HS2797909075523|DN 4 79 7990736440",
    "email": "an@example.vn|b.tran@example.com",
    "sex": "Nam|Nữ|nam|NỮ",
    "passport": "C1234567|B7654321|K0123456",
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_each_kind_is_recognised_by_its_values(kind: str) -> None:
    texts = fits.sample(pl.Series(COLUMNS[kind].split("|")))
    assert fits.best(fits.shares(texts, KNOWLEDGE)) == kind


@pytest.mark.parametrize(
    "values",
    [
        "Kinh|Hoa|Khmer|Chăm|Tày|Nùng|Mường",
        "Hà Nội|Hồ Chí Minh|TP. Hồ Chí Minh|Bình Dương|Đồng Nai|Long An|Tây Ninh",
        "HS0001|HS0002|HS0003|HS0004|HS0005",
        "1|2|3|4|5|6",
        "120000|350000|1250000|99000|45000",
        "Cá nhân|Tổ chức",
        "10A1|10A2|11B3|12C4|9A5",
    ],
)
def test_what_is_no_identity_fits_nothing(values: str) -> None:
    texts = fits.sample(pl.Series(values.split("|")))
    assert fits.best(fits.shares(texts, KNOWLEDGE)) is None


def test_bare_codes_of_sex_are_known_as_such() -> None:
    assert fits.is_bare_code(pl.Series(["0", "1"]))
    assert not fits.is_bare_code(pl.Series(["1"]))
    assert not fits.is_bare_code(pl.Series(["0", "7"]))


def test_a_sample_is_spread_over_the_column() -> None:
    texts = fits.sample(pl.Series([f"{i:06}" for i in range(5000)]))
    assert texts.len() <= fits.SAMPLE
    assert (texts[0], texts[-1]) == ("000000", "004998")


@given(st.lists(st.text(max_size=40)))
@settings(deadline=None, max_examples=30)
def test_any_text_may_stand_in_a_column(texts: list[str]) -> None:
    found = fits.shares(fits.sample(pl.Series(texts, dtype=pl.String)), KNOWLEDGE)
    assert all(0 < share <= 1 for share in found.values())
