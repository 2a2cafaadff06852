"""A standardised record as one JSON text: what it holds is what was standardised, whatever the text."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.repository.state import RECORD_STATE
from mdm.repository.stored import ADDRESS, record_state

STRINGS = pl.List(pl.String)
SCHEMA: dict[str, Any] = {
    "source": pl.String,
    "row_key": pl.String,
    "source_id": pl.String,
    "party": pl.UInt16,
    "name": pl.String,
    "name.plain": pl.String,
    "name.received": STRINGS,
    "phone": STRINGS,
    "phone.received": STRINGS,
    "address": pl.String,
    **{f"address.{field}": STRINGS if field.startswith("units") else pl.String for field in ADDRESS.values()},
    "address.received": STRINGS,
}
STANDARDISERS = {"name": "person_name", "phone": "phone", "address": "address"}
KEY = {"source": "y_te", "row_key": "1", "source_id": "1", "party": 1}


def stored(*records: dict[str, Any]) -> list[dict[str, Any]]:
    """What is stored of each record."""
    frame = pl.DataFrame([{**KEY, **record} for record in records], schema=SCHEMA)
    return [json.loads(text) for text in record_state(frame, STANDARDISERS)["standardised"]]


def test_a_value_stands_beside_what_was_received() -> None:
    record = {"name": "Nguyễn Thị Hòa", "name.plain": "nguyen thi hoa", "name.received": ["NGUYỄN THỊ HOÀ"]}
    assert stored(record) == [{"name": {"value": "Nguyễn Thị Hòa", "received": "NGUYỄN THỊ HOÀ"}}]


def test_several_values_are_a_list_and_several_cells_one_text() -> None:
    record = {"phone": ["+84903111222", "+84283822222"], "phone.received": ["0903111222", "028 3822 2222"]}
    assert stored(record) == [
        {"phone": {"value": ["+84903111222", "+84283822222"], "received": "0903111222 | 028 3822 2222"}}
    ]


def test_an_address_keeps_its_parts() -> None:
    record = {
        "address": "12/3 Lê Lợi, Phường Bến Nghé",
        "address.house_no": "12/3",
        "address.street": "Lê Lợi",
        "address.unit_code_legacy": "26740",
        "address.units": ["26740", "26743"],
        "address.received": ["12/3 LE LOI, P.BN"],
    }
    assert stored(record) == [
        {
            "address": {
                "value": "12/3 Lê Lợi, Phường Bến Nghé",
                "received": "12/3 LE LOI, P.BN",
                "house_no": "12/3",
                "street": "Lê Lợi",
                "unit_code": None,
                "unit_code_legacy": "26740",
                "unit_code_candidates": ["26740", "26743"],
                "unit_code_legacy_candidates": None,
            }
        }
    ]


def test_what_a_record_lacks_is_left_out_and_what_nobody_could_read_is_kept_as_received() -> None:
    assert stored({}, {"name.received": ["???"]}) == [{}, {"name": {"value": None, "received": "???"}}]


def test_rows_are_numbered_in_their_order_and_no_record_is_no_row() -> None:
    frame = pl.DataFrame([{**KEY, "source_id": key} for key in ("1", "1#2", "2")], schema=SCHEMA)
    state = record_state(frame, STANDARDISERS)
    assert state.select("record", "source_id").rows() == [(0, "1"), (1, "1#2"), (2, "2")]
    assert record_state(frame.clear(), STANDARDISERS).equals(RECORD_STATE.empty())


@settings(deadline=None, max_examples=200)
@given(name=st.text(), cells=st.lists(st.text(), min_size=1, max_size=3), phones=st.lists(st.text(), max_size=3))
def test_any_text_is_read_back_as_it_was(name: str, cells: list[str], phones: list[str]) -> None:
    (record,) = stored({"name": name, "name.received": cells, "phone": phones, "phone.received": cells})
    assert record == {
        "name": {"value": name, "received": " | ".join(cells)},
        "phone": {"value": phones, "received": " | ".join(cells)},
    }
