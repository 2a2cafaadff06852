"""What an arrival changes: rows are compared with the live rows, never a file with files seen before.

So the same extract twice changes nothing, and after A, B, A the live rows are A's.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from matchers.frame import Frame
from mdm.sources.keys import Keyed
from mdm.workspace import SourceSpec

PUT = Frame(
    "rows put",
    key=("row_key",),
    columns={
        "row_key": pl.String,
        "row_hash": pl.Binary,
        "line": pl.UInt32,
        "received": pl.String,
        "raw": pl.Binary,
    },
)
DELETED = Frame("rows deleted", key=("row_key",), columns={"row_key": pl.String})


@dataclass(frozen=True)
class Changes:
    """`put`: PUT, new and changed rows; `deleted`: DELETED, keys that are live no more. Both sorted by key."""

    put: pl.DataFrame
    deleted: pl.DataFrame

    @property
    def any(self) -> bool:
        """Whether there is anything to publish."""
        return not self.put.is_empty() or not self.deleted.is_empty()


def changes(keyed: Keyed, live: pl.DataFrame, spec: SourceSpec) -> Changes:
    """The difference between an extract and the live rows (row_key String, row_hash Binary) of its source.

    In a snapshot, live rows that vanished are deleted, but never one whose row was set aside. In a delta only the rows
    that came count, the last line of each key.
    """
    live = live.select("row_key", "row_hash")
    if spec.mode == "delta":
        last = keyed.rows.unique("row_key", keep="last", maintain_order=True)
        last = last.filter(~pl.col("row_key").is_in(keyed.set_aside["row_key"].drop_nulls().implode()))
        rows, gone = last.filter(pl.col("operation") == "put"), last.filter(pl.col("operation") == "delete")
        deleted = live.join(gone, on="row_key", how="semi")
    else:
        rows = keyed.rows
        stays = pl.concat([rows["row_key"], keyed.protected]).to_frame()
        deleted = live.join(stays, on="row_key", how="anti")
    put = rows.join(live, on=["row_key", "row_hash"], how="anti")
    return Changes(PUT.check(put).sort("row_key"), DELETED.check(deleted).sort("row_key"))
