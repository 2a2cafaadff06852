"""How many true pairs nothing could bring together: the ceiling of what any matcher reaches on this city.

Two records of one entity *share telling evidence* when both show the same personal number (9 with 9 or 12 with 12
digits), insurance number, student code, phone, full birth date, or street in a commune; of a business the same tax
code, phone and street (not a service office's) or full name of today. A person's name, sex or year of birth tells
nothing of the kind: namesakes are common. A pair is *out of reach* when not even a chain of records of the same
entity, each sharing such evidence with the next, connects its two records. Whoever joins these, guesses: recall that
is more than luck is at most 1 − out of reach / pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mdm.generate.chance import Ints
from mdm.generate.extract import Extract, Party


@dataclass(frozen=True)
class Evidence:
    """Records of one entity type, true pairs of them, those out of reach."""

    records: int
    pairs: int
    out_of_reach: int

    @property
    def best_recall(self) -> float:
        """The share of true pairs that evidence connects."""
        return 1 - self.out_of_reach / max(1, self.pairs)


def measure(extracts: Iterable[Extract], entity_type: str) -> Evidence:
    """Counts the true pairs of one entity type, and those out of reach."""
    parties = [party for extract in extracts for party in extract.parties if party.entity_type == entity_type]
    entity = np.concatenate([party.entity[party.present] for party in parties])
    facts = _facts(parties)
    shared = facts.select("record", pl.struct("entity", "fact", "value").rank("dense").alias("node") - 1)
    size, nodes = len(entity), int(shared["node"].max() or 0) + 1  # type: ignore[arg-type]
    links = (shared["record"].to_numpy(), size + shared["node"].cast(pl.Int64).to_numpy())
    graph = coo_array((np.ones(len(links[0]), dtype=np.int8), links), shape=(size + nodes, size + nodes))
    _, group = connected_components(graph, directed=False)
    connected = _pairs(np.unique(group[:size], return_counts=True)[1])
    pairs = _pairs(np.unique(entity, return_counts=True)[1])
    return Evidence(size, pairs, pairs - connected)


def _facts(parties: Sequence[Party]) -> pl.DataFrame:
    """record, entity, fact, value: everything that any record tells."""
    tables, first = [], 0
    for party in parties:
        entity = party.entity[party.present]
        record = np.arange(first, first + len(entity))
        first += len(entity)
        for name, values in party.tells.items():
            value = values[party.present]
            tells = value != 0
            table = pl.DataFrame(
                {"record": record[tells], "entity": entity[tells], "value": value[tells].astype(np.int64)}
            )
            tables.append(table.with_columns(fact=pl.lit(name)))
    return pl.concat(tables)


def _pairs(sizes: Ints) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
