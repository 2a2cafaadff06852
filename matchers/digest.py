"""Digests: two partitions, or two sets of golden values, are the same exactly when these 32 characters are.

A digest is the sum, modulo 2^128, of one BLAKE2b a cluster, so it knows no order of clusters and a change of one
cluster changes it by a difference. No golden id, run, time or float enters it, and nobody's sort order but bytes'.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from itertools import chain, groupby
from operator import itemgetter

import polars as pl

KEY = ["entity_type", "source", "source_id", "party"]
SIZE = 16


def total(digests: Iterable[bytes]) -> str:
    """The clusters' digests (16 bytes each) summed modulo 2^128, as 32 hexadecimal digits."""
    return f"{sum(int.from_bytes(digest, 'big') for digest in digests) % (1 << 8 * SIZE):032x}"


def partition_digest(clusters: pl.DataFrame) -> str:
    """The digest of a partition: `cluster` (any integer) and the record key of each record, `KEY`."""
    return total(partition_digests(clusters)["digest"])


def value_digest(values: pl.DataFrame) -> str:
    """The digest of golden values: the smallest record key of the cluster (`KEY`), `attribute`, `value` (String)."""
    return total(value_digests(values)["digest"])


def partition_digests(clusters: pl.DataFrame) -> pl.DataFrame:
    """Each cluster's own digest over its sorted record keys: cluster, digest (Binary, 16 bytes)."""
    rows = clusters.select("cluster", *KEY).sort("cluster", *KEY).with_columns(pl.col("party").cast(pl.String))
    groups = groupby(rows.iter_rows(), key=itemgetter(0))
    digests = [_digest(row[1:] for row in members) for _, members in groups]
    return rows.select("cluster").unique(maintain_order=True).with_columns(pl.Series("digest", digests, pl.Binary))


def value_digests(values: pl.DataFrame) -> pl.DataFrame:
    """Each cluster's own digest over its key and its sorted values: the columns of `KEY`, digest (Binary, 16 bytes).

    A null value is no value. Several values of one attribute stand in several rows.
    """
    rows = values.select(*KEY, "attribute", "value").drop_nulls("value").sort(*KEY, "attribute", "value")
    groups = groupby(rows.with_columns(pl.col("party").cast(pl.String)).iter_rows(), key=itemgetter(slice(len(KEY))))
    digests = [_digest(chain([key], (row[len(KEY) :] for row in members))) for key, members in groups]
    return rows.select(KEY).unique(maintain_order=True).with_columns(pl.Series("digest", digests, pl.Binary))


def _digest(rows: Iterable[tuple[str, ...]]) -> bytes:
    """BLAKE2b over texts as UTF-8, each after its length in 4 bytes: no two lists of texts give the same bytes."""
    hasher = blake2b(digest_size=SIZE)
    for text in chain.from_iterable(rows):
        data = text.encode()
        hasher.update(len(data).to_bytes(4, "little") + data)
    return hasher.digest()
