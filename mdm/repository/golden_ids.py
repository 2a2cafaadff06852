"""The ledger of golden ids: what each last held, which number comes next, where a retired one leads."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, and_, func, or_, select

from matchers.frame import Frame
from mdm.errors import UnknownGoldenError
from mdm.repository import bulk, tables, views
from mdm.repository.intervals import live
from mdm.repository.repository import Repository

LEDGER = Frame(
    "ledger",
    key=("number", "source", "source_id"),
    columns={"number": pl.Int64, "live": pl.Boolean, "source": pl.String, "source_id": pl.String},
)
_LEADS = {"from_number": pl.Int64, "to_number": pl.Int64}


def ledger(repository: Repository, entity: str) -> pl.DataFrame:
    """What each golden number last held, retired ones included: number, live, source, source_id (with #n).

    A retired number's last members are those whose membership ended in the run that retired it.
    """
    golden, membership, record = tables.golden, tables.membership, tables.record
    last = (
        select(golden.c.number, func.max(golden.c.from_run).label("from_run"))
        .where(golden.c.entity == views.word_id(entity))
        .group_by(golden.c.number)
        .subquery()
    )
    keys = select(record.c.id, record.c.source_id, record.c.source_key).distinct().subquery()
    together = or_(
        and_(golden.c.to_run.is_(None), membership.c.to_run.is_(None)), golden.c.to_run == membership.c.to_run
    )
    query = (
        select(golden.c.number, golden.c.to_run, views.source_of(keys.c.source_id), keys.c.source_key)
        .join(last, and_(last.c.number == golden.c.number, last.c.from_run == golden.c.from_run))
        .join(
            membership, and_(membership.c.entity == golden.c.entity, membership.c.number == golden.c.number, together)
        )
        .join(keys, keys.c.id == membership.c.record_id)
        .where(golden.c.entity == views.word_id(entity))
    )
    with repository.reading() as connection:
        rows = bulk.read(connection, query, {**LEDGER.columns, "live": pl.Int64})
    return rows.with_columns(pl.col("live").is_null()).sort(LEDGER.key)


def next_number(repository: Repository, entity: str) -> int:
    """The golden number to mint next: one more than the counter row, which the publication advances."""
    query = select(tables.counter.c.last).where(tables.counter.c.entity == views.word_id(entity))
    with repository.reading() as connection:
        return (connection.execute(query).scalar_one_or_none() or 0) + 1


def resolve(repository: Repository, golden_id: str) -> list[str]:
    """The live golden ids that `golden_id` stands for today: itself, or where its redirects end; several after a split.

    Empty where all it held is gone. Raises UsageError for an id that was never given.
    """
    golden = tables.golden
    with repository.reading() as connection:
        known = select(golden.c.entity, golden.c.number).where(golden.c.golden_id == golden_id).limit(1)
        found = connection.execute(known).one_or_none()
        if found is None:
            raise UnknownGoldenError(golden_id)
        leads = latest_redirects(connection, found.entity)
        ends = _ends(connection, found.entity, found.number, leads)
    return [ends[number] for number in sorted(ends)]


def _ends(connection: Connection, entity: int, start: int, leads: pl.DataFrame) -> dict[int, str]:
    """The live numbers, with their ids, that redirects lead to from `start`; a live one leads nowhere else."""
    golden = tables.golden
    onward: dict[int, list[int]] = dict(leads.group_by("from_number").agg("to_number").iter_rows())
    seen, waiting, ends = {start}, [start], dict[int, str]()
    while waiting:
        query = select(golden.c.number, golden.c.golden_id).where(golden.c.entity == entity, live(golden))
        alive = {row.number: row.golden_id for row in connection.execute(query.where(golden.c.number.in_(waiting)))}
        ends |= alive
        reached = {next_ for number in waiting if number not in alive for next_ in onward.get(number, [])}
        waiting = sorted(reached - seen)
        seen |= reached
    return ends


def latest_redirects(connection: Connection, entity: int) -> pl.DataFrame:
    """from_number, to_number (Int64): of each retired id, the redirects of its latest run."""
    redirect = tables.redirect
    rows = bulk.read(
        connection,
        select(redirect.c.from_number, redirect.c.to_number, redirect.c.run).where(redirect.c.entity == entity),
        {**_LEADS, "run": pl.Int64},
    )
    return rows.filter(pl.col("run") == pl.col("run").max().over("from_number")).drop("run")


def write_redirects(connection: Connection, entity: int, redirects: pl.DataFrame, run: int) -> None:
    """Keep the redirects of ids that retire in this run, and those that lead elsewhere than before."""
    golden = tables.golden
    just_retired = select(golden.c.number).where(golden.c.entity == entity, golden.c.to_run == run)
    retired = bulk.read(connection, just_retired, {"from_number": pl.Int64})
    kept = _grouped(latest_redirects(connection, entity)).join(retired, on="from_number", how="anti")
    fresh = _grouped(redirects).join(kept, on=["from_number", "to_numbers"], how="anti")
    rows = fresh.select("from_number", to_number="to_numbers").explode("to_number")
    bulk.write(connection, tables.redirect, rows.with_columns(entity=pl.lit(entity), run=pl.lit(run)))


def _grouped(redirects: pl.DataFrame) -> pl.DataFrame:
    return redirects.group_by("from_number").agg(pl.col("to_number").sort().alias("to_numbers"))


def advance(connection: Connection, entity: int, last: int) -> None:
    """Move the counter row on to the greatest number given so far."""
    counter = tables.counter
    known = connection.execute(select(counter.c.last).where(counter.c.entity == entity)).scalar_one_or_none()
    if known is None:
        connection.execute(counter.insert().values(entity=entity, last=last))
    elif last > known:
        connection.execute(counter.update().where(counter.c.entity == entity).values(last=last))
