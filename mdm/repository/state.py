"""What a run hands over to be published: the whole new live state, in declared frames.

The repository finds the difference itself, so the pipeline never has to know what was live before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from matchers.frame import Frame

LOADS = Frame(
    "loads",
    key=("source",),
    columns={
        "source": pl.String,
        "file": pl.String,
        "rows": pl.Int64,
        "put": pl.Int64,
        "deleted": pl.Int64,
        "set_aside": pl.Int64,
    },
)
ROWS_PUT = Frame(
    "rows put",
    key=("source", "row_key"),
    columns={
        "source": pl.String,
        "row_key": pl.String,
        "row_hash": pl.Binary,
        "line": pl.UInt32,
        "received": pl.String,  # JSON: column name → text
        "raw": pl.Binary,  # the row's bytes, where its text doesn't give them back
    },
)
ROWS_DELETED = Frame("rows deleted", key=("source", "row_key"), columns={"source": pl.String, "row_key": pl.String})
SET_ASIDE = Frame(
    "rows set aside",
    columns={
        "source": pl.String,
        "row_key": pl.String,
        "line": pl.UInt32,
        "rule": pl.String,
        "reason": pl.String,
        "raw": pl.Binary,  # the row's bytes, where it could not be cut into cells or read
    },
)
FINDINGS = Frame(
    "findings",
    columns={
        "entity": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "line": pl.UInt32,
        "attribute": pl.String,
        "rule": pl.String,
        "severity": pl.String,
        "received": pl.String,
    },
)
RELATIONS = Frame(
    "relations",
    columns={
        "entity": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "other_entity": pl.String,
        "other_source": pl.String,
        "other_source_id": pl.String,
        "role": pl.String,
    },
)
RECORD_STATE = Frame(
    "records of one entity type",
    key=("record",),
    columns={
        "record": pl.UInt32,  # row number of RECORDS, which is sorted by record key
        "source": pl.String,
        "row_key": pl.String,
        "source_id": pl.String,  # with #n
        "party": pl.UInt16,
        "standardised": pl.String,  # JSON: attribute → {"value": …, "received": …, further fields}
    },
)
EDGE_STATE = Frame(
    "edges of one entity type",
    key=("left", "right"),
    columns={
        "left": pl.UInt32,
        "right": pl.UInt32,
        "pattern": pl.UInt64,
        "weight": pl.Int32,  # 1/1024 bit
        "probability": pl.Float64,
        "zone": pl.String,  # link, review
        "rules": pl.UInt64,
    },
)
MEMBERSHIP_STATE = Frame(
    "membership of one entity type",
    key=("record",),
    columns={"record": pl.UInt32, "number": pl.Int64, "because": pl.UInt32},
)
GOLDEN_STATE = Frame("golden records", key=("number",), columns={"number": pl.Int64, "golden_id": pl.String})
REDIRECTS = Frame(
    "redirects", key=("from_number", "to_number"), columns={"from_number": pl.Int64, "to_number": pl.Int64}
)
GOLDEN_VALUES = Frame(
    "golden values",
    key=("number", "attribute", "value"),
    columns={
        "number": pl.Int64,
        "attribute": pl.String,
        "value": pl.String,  # of an attribute with several values, one row each
        "record": pl.UInt32,
        "rule": pl.String,
    },
)
TASKS = Frame(
    "review tasks",
    key=("kind", "left", "right"),
    columns={"kind": pl.String, "left": pl.UInt32, "right": pl.UInt32, "weight": pl.Int32},
)


@dataclass(frozen=True)
class NewRuleSet:
    """A rule-set version to be stored and adopted together with the run that it decides."""

    text: str
    fingerprint: str


@dataclass(frozen=True)
class EntityState:
    """Everything that is live of one entity type after the run.

    `redirects` holds at least those of the ids that retire; earlier ones stay. `tasks` None: the review edges between
    two clusters.
    """

    entity: str
    records: pl.DataFrame = field(default_factory=RECORD_STATE.empty)
    edges: pl.DataFrame = field(default_factory=EDGE_STATE.empty)
    membership: pl.DataFrame = field(default_factory=MEMBERSHIP_STATE.empty)
    golden: pl.DataFrame = field(default_factory=GOLDEN_STATE.empty)
    redirects: pl.DataFrame = field(default_factory=REDIRECTS.empty)
    golden_values: pl.DataFrame = field(default_factory=GOLDEN_VALUES.empty)
    tasks: pl.DataFrame | None = None

    def checked(self) -> EntityState:
        """The same state with every frame checked against its declaration and `tasks` filled. Raises FrameError."""
        edges = EDGE_STATE.check(self.edges)
        membership = MEMBERSHIP_STATE.check(self.membership)
        tasks = _review_edges(edges, membership) if self.tasks is None else self.tasks
        return EntityState(
            self.entity,
            storable(RECORD_STATE.check(self.records), json="standardised"),
            edges,
            membership,
            GOLDEN_STATE.check(self.golden),
            REDIRECTS.check(self.redirects),
            storable(GOLDEN_VALUES.check(self.golden_values)),
            TASKS.check(tasks),
        )


def storable(frame: pl.DataFrame, json: str | None = None) -> pl.DataFrame:
    """`frame` with U+FFFD for the character NUL, which PostgreSQL refuses; in the column `json` for its escape too."""
    frame = frame.with_columns(pl.col(pl.String).str.replace_all("\x00", "\ufffd", literal=True))
    if json is not None and frame[json].str.contains("\\u0000", literal=True).any():
        escaped = r"((?:^|[^\\])(?:\\\\)*)\\u0000"  # not after an odd backslash: that is somebody's own text
        once = pl.col(json).str.replace_all(escaped, "${1}\ufffd")
        frame = frame.with_columns(once).with_columns(once)  # twice, because neighbours share a character
    return frame


def _review_edges(edges: pl.DataFrame, membership: pl.DataFrame) -> pl.DataFrame:
    """The pairs a person should look at: in the review zone, and not in one cluster by another way."""
    number = membership.select("record", "number")
    return (
        edges.filter(pl.col("zone") == "review")
        .join(number, left_on="left", right_on="record", how="left", maintain_order="left")
        .join(number, left_on="right", right_on="record", how="left", suffix="_right", maintain_order="left")
        .filter(pl.col("number").ne_missing(pl.col("number_right")))
        .select(pl.lit("review").alias("kind"), "left", "right", "weight")
    )


@dataclass(frozen=True)
class Publication:
    """One run's result. `rows_put`, `rows_deleted` and `loads` are changes; everything else is the whole live state.

    `set_aside` replaces what was set aside of the sources that it or `loads` names. `after_run` is the last run that
    the result was computed from: another run published meanwhile refuses this one. None asks nothing.
    `rule_set` adds and adopts a version, which then takes the place of `rule_set_version`.
    """

    started_at: datetime
    kind: str
    entities: Sequence[EntityState]
    partition_digest: str
    value_digest: str
    rule_set: NewRuleSet | None = None
    rule_set_version: int | None = None
    loads: pl.DataFrame = field(default_factory=LOADS.empty)
    rows_put: pl.DataFrame = field(default_factory=ROWS_PUT.empty)
    rows_deleted: pl.DataFrame = field(default_factory=ROWS_DELETED.empty)
    set_aside: pl.DataFrame = field(default_factory=SET_ASIDE.empty)
    findings: pl.DataFrame = field(default_factory=FINDINGS.empty)
    relations: pl.DataFrame = field(default_factory=RELATIONS.empty)
    summary: Mapping[str, Any] = field(default_factory=dict)
    after_run: int | None = None

    def checked(self) -> Publication:
        """The same publication with every frame checked against its declaration. Raises FrameError."""
        return replace(
            self,
            entities=[entity.checked() for entity in self.entities],
            loads=LOADS.check(self.loads),
            rows_put=storable(ROWS_PUT.check(self.rows_put), json="received"),
            rows_deleted=storable(ROWS_DELETED.check(self.rows_deleted)),
            set_aside=storable(SET_ASIDE.check(self.set_aside)),
            findings=storable(FINDINGS.check(self.findings)),
            relations=storable(RELATIONS.check(self.relations)),
        )
