from __future__ import annotations

from hashlib import blake2b

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.digest import KEY, partition_digest, partition_digests, total, value_digest

CLUSTERS = pl.DataFrame(
    {
        "cluster": [0, 0, 2, 3],
        "entity_type": ["citizen"] * 4,
        "source": ["dan_cu", "y_te", "y_te", "y_te"],
        "source_id": ["7", "10", "9", "9#2"],
        "party": [1, 1, 1, 2],
    },
    schema_overrides={"party": pl.UInt16},
)
VALUES = pl.DataFrame(
    {
        "entity_type": ["citizen"] * 3,
        "source": ["dan_cu", "dan_cu", "y_te"],
        "source_id": ["7", "7", "9"],
        "party": [1, 1, 1],
        "attribute": ["name", "sex", "name"],
        "value": ["Nguyễn Văn Hòa", "male", "Trần Thị Bưởi"],
    }
)


def framed(*texts: str) -> bytes:
    return b"".join(len(text.encode()).to_bytes(4, "little") + text.encode() for text in texts)


def test_the_partition_digest_is_the_sum_of_one_hash_a_cluster_over_its_sorted_record_keys():
    hashes = [
        blake2b(framed("citizen", "dan_cu", "7", "1", "citizen", "y_te", "10", "1"), digest_size=16),
        blake2b(framed("citizen", "y_te", "9", "1"), digest_size=16),
        blake2b(framed("citizen", "y_te", "9#2", "2"), digest_size=16),
    ]
    expected = sum(int.from_bytes(each.digest(), "big") for each in hashes) % 2**128
    assert partition_digest(CLUSTERS) == f"{expected:032x}"


def test_nothing_has_the_digest_zero():
    assert partition_digest(CLUSTERS.clear()) == value_digest(VALUES.clear()) == "0" * 32


def test_digests_wrap_around():
    assert total([b"\xff" * 16, (1).to_bytes(16, "big")]) == "0" * 32


def test_parties_are_ordered_as_numbers_and_source_ids_as_bytes():
    keys = CLUSTERS.with_columns(
        cluster=pl.lit(0), source_id=pl.lit("1"), source=pl.lit("a"), party=pl.Series([10, 9, 2, 1])
    )
    expected = blake2b(
        framed(*[text for party in ("1", "2", "9", "10") for text in ("citizen", "a", "1", party)]), digest_size=16
    )
    assert partition_digests(keys)["digest"].to_list() == [expected.digest()]


@given(st.permutations(range(4)))
@settings(deadline=None)
def test_no_order_of_rows_and_no_number_of_a_cluster_enters_a_digest(order: list[int]):
    moved = CLUSTERS[order].with_columns(cluster=100 - pl.col("cluster"))
    assert partition_digest(moved) == partition_digest(CLUSTERS)
    assert value_digest(VALUES[order[:3] if 3 not in order[:3] else [2, 0, 1]]) == value_digest(VALUES)


def test_every_difference_shows():
    seen = {partition_digest(CLUSTERS), value_digest(VALUES)}
    seen.add(partition_digest(CLUSTERS.with_columns(cluster=pl.Series([0, 1, 2, 3]))))
    seen.add(partition_digest(CLUSTERS.with_columns(source_id=pl.Series(["7", "1", "09", "9#2"]))))
    for column in [*KEY[:3], "attribute", "value"]:
        seen.add(value_digest(VALUES.with_columns(pl.col(column) + "x")))
    seen.add(value_digest(VALUES.with_columns(value=pl.Series(["Nguyễn Văn Hòa", None, "Trần Thị Bưởi"]))))
    assert len(seen) == 2 + 2 + 5 + 1
