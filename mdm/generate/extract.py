"""What a department gives: its rows, how they map to parties, and, known only here, who each party is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from mdm.generate.chance import Ints, Mask

CITIZEN, BUSINESS = "citizen", "business"


@dataclass(frozen=True)
class Party:
    """One party of the rows: which rows state it, which entity it is, and what its values tell (fact → numbers)."""

    entity_type: str
    entity: Ints
    present: Mask
    tells: Mapping[str, Ints] = field(default_factory=dict)


@dataclass(frozen=True)
class Extract:
    """The rows of one source as text columns, its mapping in `mdm.yaml`, and the truth about its parties in order."""

    source: str
    rows: pl.DataFrame
    key: str
    parties: tuple[Party, ...]
    mapping: str
    encoding: str = "utf-8"
    excel: bool = False


def entity_id(entity_type: str, entity: Ints) -> pl.Series:
    """`P00000017` for a person, `F00000017` for a business."""
    letter = "P" if entity_type == CITIZEN else "F"
    return letter + pl.Series(entity, dtype=pl.Int64).cast(pl.String).str.zfill(8)


def source_ids(keys: pl.Series, party: Ints) -> pl.Series:
    """The escaped key; parties after the first of their entity type in a row add `#2`, `#3`."""
    escaped = keys.str.replace_all(r"([\\|:#])", r"\$1")
    number = pl.Series(party, dtype=pl.Int64)
    suffixed = escaped + "#" + number.cast(pl.String)
    return pl.select(pl.when(number > 1).then(suffixed).otherwise(escaped)).to_series()


def truth(extract: Extract) -> pl.DataFrame:
    """entity_type, source, source_id, entity_id: one row a party."""
    count: dict[str, Ints] = {}
    tables = []
    for party in extract.parties:
        seen = count.setdefault(party.entity_type, np.zeros(extract.rows.height, dtype=np.int64))
        seen += party.present
        here = pl.Series(party.present)
        tables.append(
            pl.DataFrame(
                {
                    "entity_type": pl.repeat(party.entity_type, int(party.present.sum()), eager=True),
                    "source": pl.repeat(extract.source, int(party.present.sum()), eager=True),
                    "source_id": source_ids(extract.rows[extract.key].filter(here), seen[party.present]),
                    "entity_id": entity_id(party.entity_type, party.entity[party.present]),
                }
            )
        )
    return pl.concat(tables)
