"""How many true pairs nothing could bring together: the ceiling of what any matcher reaches on this city.

Two records of one entity *share telling evidence* when both show the same personal number (9 with 9 or 12 with 12
digits), insurance number, student code, phone, full birth date, or street in a commune; and two of a person always
when nobody else in the city bears the name (marks apart), or when both show a year of birth and nobody else bears
name and year. Of a business: the same tax code, phone and street (not a service office's) or full name of today. A
pair is *out of reach* when not even a chain of records of the same entity, each sharing such evidence with the next,
connects its two records: name and perhaps year are all they have in common, and others bear them too. Whoever joins
these, guesses: recall that is more than luck is at most 1 − out of reach / pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mdm.generate.chance import Ints
from mdm.generate.extract import CITIZEN, Extract, Party
from mdm.generate.names import toneless_key
from mdm.generate.people import People


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


def measure(extracts: Iterable[Extract], entity_type: str, people: People) -> Evidence:
    """Counts the true pairs of one entity type, and those out of reach."""
    parties = [party for extract in extracts for party in extract.parties if party.entity_type == entity_type]
    entity = np.concatenate([party.entity[party.present] for party in parties])
    facts = _facts([_with_rare_names(party, people) for party in parties] if entity_type == CITIZEN else parties)
    shared = facts.select("record", pl.struct("entity", "fact", "value").rank("dense").alias("node") - 1)
    size, nodes = len(entity), int(shared["node"].max() or 0) + 1  # type: ignore[arg-type]
    links = (shared["record"].to_numpy(), size + shared["node"].cast(pl.Int64).to_numpy())
    graph = coo_array((np.ones(len(links[0]), dtype=np.int8), links), shape=(size + nodes, size + nodes))
    _, group = connected_components(graph, directed=False)
    connected = _pairs(np.unique(group[:size], return_counts=True)[1])
    pairs = _pairs(np.unique(entity, return_counts=True)[1])
    return Evidence(size, pairs, pairs - connected)


def _with_rare_names(party: Party, people: People) -> Party:
    """The party telling also its name, or name and year, where these are one person's alone."""
    name = toneless_key(people.parts)
    alone = pl.DataFrame({"name": name, "year": people.birth()[0]}).select(
        name=~pl.col("name").is_duplicated(), name_and_year=~pl.struct("name", "year").is_duplicated()
    )
    by_name, by_both = (alone[column].to_numpy()[party.entity] for column in alone.columns)
    year = party.tells["year"]
    told = {fact: values for fact, values in party.tells.items() if fact != "year"}
    names = {"name": by_name.astype(np.int64), "name and year": np.where(by_both, year, 0)}
    return replace(party, tells=told | names)


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
