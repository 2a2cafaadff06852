"""Golden ids are a ledger over the partition: who keeps an id, who gets a new one, where an old one leads.

An id never goes to records none of which it held, and nothing in it comes from anybody's data.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
import polars as pl

from matchers.frame import Frame

CLUSTERS = Frame("clusters", columns={"record": pl.UInt32, "cluster": pl.UInt32}, key=("record",))
LEDGER = Frame("ledger", columns={"number": pl.Int64, "live": pl.Boolean, "record": pl.UInt32})
IDS = Frame("ids", columns={"cluster": pl.UInt32, "number": pl.Int64}, key=("cluster",))
REDIRECTS = Frame("redirects", columns={"from_number": pl.Int64, "to_number": pl.Int64})

ALPHABET = string.digits + string.ascii_uppercase
MODULUS = len(ALPHABET)
DIGITS = 9


def check_character(text: str) -> str:
    """The ISO 7064 MOD 37,36 check character of `text` (digits and capital letters A to Z).

    It catches every single wrong character and nearly all transpositions of neighbours. Raises ValueError for any
    other character.
    """
    product = MODULUS
    for character in text:
        product = (product + ALPHABET.index(character)) % MODULUS or MODULUS
        product = product * 2 % (MODULUS + 1)
    return ALPHABET[(1 - product) % MODULUS]


def golden_id(letter: str, number: int) -> str:
    """The printed form of a number in the ledger: the entity type's letter, 9 digits or more, the check character."""
    body = f"{letter}{number:0{DIGITS}d}"
    return body + check_character(body)


def golden_ids(letter: str, numbers: pl.Series) -> pl.Series:
    """`golden_id` of a whole column of numbers (integers), as String: one pass over the digits, not over the rows."""
    body = letter + numbers.cast(pl.String).str.zfill(DIGITS)
    texts = np.array(body.to_list(), dtype=np.bytes_)
    codes = texts.view(np.uint8).reshape(len(texts), texts.itemsize).astype(np.int64)
    product = np.full(len(body), MODULUS)
    for code in codes.T:
        value = np.where(code >= ord("A"), code - ord("A") + 10, code - ord("0"))
        summed = (product + value) % MODULUS
        summed[summed == 0] = MODULUS
        product = np.where(code == 0, product, summed * 2 % (MODULUS + 1))  # a shorter text has ended before
    check = pl.Series([*ALPHABET]).gather(pl.Series((1 - product) % MODULUS, dtype=pl.UInt32))
    return (body + check).alias("golden_id")


def is_valid_golden_id(text: str) -> bool:
    """Whether `text` is written as a golden id and its check character is right."""
    letter, digits, check = text[:1], text[1:-1], text[-1:]
    written = letter in string.ascii_uppercase and len(digits) >= DIGITS and digits.isascii() and digits.isdigit()
    return bool(letter) and written and check == check_character(letter + digits)


@dataclass(frozen=True)
class Assigned:
    """What a run does to the ledger.

    `ids` has each cluster's number; `minted` those that are new, `restored` those that were retired before (Int64
    Series, ascending); `retired` the live ids that nobody took; `redirects` every id of the ledger that is not live
    now, once for each id that holds some of what it last held.
    """

    ids: pl.DataFrame
    minted: pl.Series
    restored: pl.Series
    retired: pl.Series
    redirects: pl.DataFrame
    next_number: int


def assign(clusters: pl.DataFrame, ledger: pl.DataFrame, next_number: int) -> Assigned:
    """Gives every cluster its golden id.

    `clusters`: record UInt32, cluster UInt32. `ledger`: number Int64, live Boolean, record UInt32: what each id last
    held, retired ids included, as rows of today's records; an id whose records have all vanished stands with a null.
    (cluster, id) pairs are taken greedily by most records in common, live before retired, smaller number, smallest
    record of the cluster. What is left over mints from `next_number` on, in order of smallest record.
    """
    clusters, ledger = CLUSTERS.check(clusters), LEDGER.check(ledger)
    smallest = clusters.group_by("cluster").agg(pl.col("record").min().alias("smallest")).sort("smallest")
    held = ledger.join(clusters, on="record", how="inner")
    claims = held.group_by("cluster", "number").agg(pl.len().alias("common"), pl.col("live").any())
    taken = _taken(claims.join(smallest, on="cluster"))

    new = smallest.join(taken, on="cluster", how="anti", maintain_order="left").select(
        "cluster", (pl.int_range(pl.len(), dtype=pl.Int64) + next_number).alias("number")
    )
    ids = pl.concat([taken, new]).sort("cluster")
    known = ledger.group_by("number").agg(pl.col("live").any())
    gone = known.join(taken, on="number", how="anti")
    redirects = (
        held.join(gone, on="number", how="semi")
        .join(ids, on="cluster", suffix="_now")
        .select(pl.col("number").alias("from_number"), pl.col("number_now").alias("to_number"))
        .unique()
        .sort("from_number", "to_number")
    )
    return Assigned(
        ids=IDS.check(ids),
        minted=new["number"],
        restored=known.filter(~pl.col("live")).join(taken, on="number", how="semi")["number"].sort(),
        retired=gone.filter("live")["number"].sort(),
        redirects=REDIRECTS.check(redirects),
        next_number=next_number + new.height,
    )


def _taken(claims: pl.DataFrame) -> pl.DataFrame:
    """The claims that win: cluster, number. Only claims that meet a rival pass through Python, one by one."""
    alone = (pl.len().over("cluster") == 1) & (pl.len().over("number") == 1)
    claims = claims.with_columns(alone.alias("alone"))
    contested = claims.filter(~pl.col("alone")).sort(
        "common", "live", "number", "smallest", descending=[True, True, False, False]
    )
    served: set[int] = set()
    given: set[int] = set()
    won: list[bool] = []
    for cluster, number in contested.select("cluster", "number").iter_rows():
        won.append(cluster not in served and number not in given)
        if won[-1]:
            served.add(cluster)
            given.add(number)
    winners = contested.filter(pl.Series(won, dtype=pl.Boolean))
    return pl.concat([claims.filter("alone"), winners]).select("cluster", "number")
