"""Golden values: each criterion, in its order, with the reason that a steward reads."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mdm.golden import VALUES, survive


def values(*rows: tuple[int, int, str, float, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(VALUES.columns), orient="row")


def chosen(frame: pl.DataFrame, *criteria: str) -> list[tuple[str, int, str]]:
    return survive({"name": frame}, {"name": criteria}).select("value", "record", "rule").rows()


def test_the_trusted_source_wins() -> None:
    rows = values((0, 0, "y_te", 0.5, "NGUYEN VAN AN"), (0, 1, "dan_cu", 1.0, "Nguyễn Văn An"))
    assert chosen(rows, "trust", "agreement") == [("Nguyễn Văn An", 1, "trust")]


def test_agreement_decides_where_trust_does_not() -> None:
    rows = values((0, 0, "a", 0.5, "Lan"), (0, 1, "b", 0.5, "Loan"), (0, 2, "c", 0.5, "Loan"))
    assert chosen(rows, "trust", "agreement") == [("Loan", 1, "agreement")]


def test_two_rows_of_one_source_agree_only_once() -> None:
    rows = values((0, 0, "a", 0.5, "Lan"), (0, 1, "b", 0.5, "Loan"), (0, 2, "b", 0.5, "Loan"))
    assert chosen(rows, "agreement") == [("Lan", 0, "record order")]


def test_a_value_with_its_tone_marks_says_more() -> None:
    rows = values((0, 0, "a", 0.5, "Hoa"), (0, 1, "b", 0.5, "Hòa"))
    assert chosen(rows, "trust", "complete") == [("Hòa", 1, "complete")]


def test_a_name_with_its_marks_comes_before_a_trusted_one_without() -> None:
    rows = values((0, 0, "dan_cu", 1.0, "Vo Thanh Huong"), (0, 1, "y_te", 0.5, "Võ Thanh Hương"))
    assert chosen(rows, "marked", "trust") == [("Võ Thanh Hương", 1, "marked")]


def test_union_keeps_every_value_once() -> None:
    rows = values((0, 0, "a", 0.5, "1"), (0, 1, "b", 0.5, "2"), (0, 2, "c", 0.9, "1"), (1, 3, "a", 0.5, "3"))
    assert chosen(rows, "union") == [("1", 2, "every value"), ("2", 1, "every value"), ("3", 3, "every value")]


def test_missing_values_are_not_chosen() -> None:
    rows = values((0, 0, "dan_cu", 1.0, None), (0, 1, "y_te", 0.5, "Nam"))
    assert chosen(rows, "trust") == [("Nam", 1, "only value")]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 9),
            st.sampled_from("ab"),
            st.sampled_from([0.5, 1.0]),
            st.sampled_from(["x", "xy", "ý", None]),
        ),
        unique_by=lambda row: row[1],
    ),
    st.randoms(),
)
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, int, str, float, str | None]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    criteria = ("agreement", "trust", "complete")
    assert chosen(values(*shuffled), *criteria) == chosen(values(*rows), *criteria)
