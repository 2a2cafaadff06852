from hypothesis import given
from hypothesis import strategies as st

from mdm.standardise.latin import NAME_SCHEMA, read_name, read_text


def test_comma_and_order_give_the_same_name() -> None:
    first = dict(zip(NAME_SCHEMA, read_name("SMITH, John  Paul"), strict=True))
    second = dict(zip(NAME_SCHEMA, read_name("John Paul Smith"), strict=True))
    assert first == second | {"value": "SMITH, John Paul"}
    assert second == {
        "value": "John Paul Smith",
        "key": "john paul smith",
        "plain": "john paul smith",
        "surname": "smith",
        "middle": "paul",
        "given": "john",
        "sorted": "john paul smith",
        "initials": "jps",
        "finding": None,
    }


def test_no_vietnamese_rule_applies() -> None:
    assert read_name("van der Berg, Thi")[3:6] == ("van der berg", None, "thi")
    assert read_text("  Le  Moyne ") == ("Le Moyne", "le moyne", None)
    assert read_text("Ðagur") == ("Ðagur", "dagur", None)
    assert read_text("-") == ("-", None, None)
    assert read_name(" ")[0] is None


@given(st.text())
def test_any_text_goes_through(text: str) -> None:
    assert len(read_name(text)) == len(NAME_SCHEMA)
    value = read_text(text)[0]
    assert value is None or read_text(value)[0] == value
