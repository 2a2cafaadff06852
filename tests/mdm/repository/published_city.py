"""A city small enough to write by hand: records with a name and a cluster, and the publication that makes them live."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import polars as pl

from mdm.repository import EntityState, NewRuleSet, Publication
from mdm.repository import state as frames

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
ATTRIBUTES = {"citizen": ["name", "phone", "address"]}
Key = tuple[str, str]  # source, row key


@dataclass(frozen=True)
class Person:
    """One record: its name, the number of the golden record that holds it, its phones."""

    name: str
    number: int
    phones: tuple[str, ...] = ()

    def received(self) -> dict[str, str]:
        return {"HOTEN": self.name.upper(), "SDT": "; ".join(self.phones)}

    def standardised(self) -> dict[str, Any]:
        address = {
            "value": None,
            "received": "12 LE LOI",
            "house_no": "12",
            "unit_code_candidates": ["26740", "26743"],
        }
        return {
            "name": {"value": self.name, "received": self.name.upper()},
            "phone": {"value": list(self.phones), "received": "; ".join(self.phones)},
            "address": address,
        }


City = Mapping[Key, Person]


def publication(before: City, after: City, **more: Any) -> Publication:
    """What a run publishes that finds `after` where `before` was live."""
    put = {key: person for key, person in after.items() if before.get(key) != person}
    deleted = sorted(before.keys() - after.keys())
    loads = [
        (source, f"{source}.csv", len(after), len(put), len(deleted), 0)
        for source in sorted({source for source, _ in [*put, *deleted]})
    ]
    more.setdefault("rule_set", NewRuleSet("rules: hcmc", "f1"))
    return Publication(
        started_at=NOON,
        kind="full",
        entities=[citizens(after)],
        partition_digest="0" * 32,
        value_digest="f" * 32,
        loads=_frame(frames.LOADS, loads),
        rows_put=_frame(frames.ROWS_PUT, [_row(key, person) for key, person in sorted(put.items())]),
        rows_deleted=_frame(frames.ROWS_DELETED, deleted),
        **more,
    )


def _row(key: Key, person: Person) -> tuple[object, ...]:
    received = json.dumps(person.received(), ensure_ascii=False)
    return (*key, blake2b(received.encode(), digest_size=16).digest(), 2 + int(key[1][-1]), received, None)


def citizens(city: City) -> EntityState:
    """The whole live state of the citizens in `city`: members of one number are linked in a chain by record key."""
    keys = sorted(city)
    clusters: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        clusters.setdefault(city[key].number, []).append(place)
    links = sorted((left, right) for held in clusters.values() for left, right in pairwise(held))
    because = {right: left for left, right in links}
    return EntityState(
        "citizen",
        records=_frame(
            frames.RECORD_STATE,
            [
                (place, key[0], key[1], key[1], 1, json.dumps(city[key].standardised(), ensure_ascii=False))
                for place, key in enumerate(keys)
            ],
        ),
        edges=_frame(frames.EDGE_STATE, [(*link, 2**63 + 5, -1536, 0.75, "link", 3) for link in links]),
        membership=_frame(
            frames.MEMBERSHIP_STATE,
            [(place, city[key].number, because.get(place)) for place, key in enumerate(keys)],
        ),
        golden=_frame(frames.GOLDEN_STATE, [(number, f"C{number}") for number in sorted(clusters)]),
        golden_values=_frame(
            frames.GOLDEN_VALUES, [v for n, held in clusters.items() for v in _values(n, held, city, keys)]
        ),
    )


def _values(number: int, held: list[int], city: City, keys: list[Key]) -> Iterable[tuple[object, ...]]:
    """The first record's name, and everybody's phones, each from the first record that has it."""
    yield number, "name", city[keys[held[0]]].name, held[0], "trust"
    first = {phone: place for place in reversed(held) for phone in city[keys[place]].phones}
    for phone, place in sorted(first.items()):
        yield number, "phone", phone, place, "union"


def _frame(declared: Any, rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(declared.columns), orient="row")
