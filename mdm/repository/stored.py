"""A standardised record as it is stored: one JSON text, attribute → value, text as received, parts of an address."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdm.repository.state import RECORD_STATE

ADDRESS = {
    "house_no": "house_no",
    "street": "street",
    "unit_code": "unit_code",
    "unit_code_legacy": "unit_code_legacy",
    "unit_code_candidates": "units",
    "unit_code_legacy_candidates": "units_legacy",
}
"""The stored parts of an address: name in the repository and its exports → field of the standardiser."""


def record_state(records: pl.DataFrame, standardisers: Mapping[str, str | None]) -> pl.DataFrame:
    """RECORDS of one entity type → RECORD_STATE; `standardisers`: attribute → the name of its standardiser.

    What a record lacks is left out, so that a narrow record is a short text.
    """
    attributes = [_attribute(name, standardiser) for name, standardiser in standardisers.items()]
    text = pl.concat_str(attributes, separator=",", ignore_nulls=True)
    standardised = pl.concat_str(pl.lit("{"), text, pl.lit("}")).alias("standardised")
    return RECORD_STATE.check(records.with_row_index("record").with_columns(standardised))


def _attribute(name: str, standardiser: str | None) -> pl.Expr:
    parts = {"value": pl.col(name), "received": pl.col(f"{name}.received").list.join(" | ")}
    if standardiser == "address":
        parts |= {part: pl.col(f"{name}.{field}") for part, field in ADDRESS.items()}
    body = pl.struct(part.alias(key) for key, part in parts.items()).struct.json_encode()
    known = pl.col(name).is_not_null() | pl.col(f"{name}.received").is_not_null()
    return pl.when(known).then(pl.concat_str(pl.lit(f'"{name}":'), body))
