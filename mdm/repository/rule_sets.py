"""Rule-set versions: stored once by fingerprint, one of them adopted."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from mdm.errors import UsageError
from mdm.repository.repository import Repository
from mdm.repository.state import NewRuleSet
from mdm.repository.tables import rule_set


def adopted_rule_set(repository: Repository) -> tuple[int, str, str] | None:
    """The adopted version as (version, text, fingerprint); None before the first run."""
    with repository.reading() as connection:
        row = connection.execute(
            select(rule_set.c.version, rule_set.c.text, rule_set.c.fingerprint)
            .where(rule_set.c.adopted.is_not(None))
            .order_by(rule_set.c.adopted.desc())
            .limit(1)
        ).one_or_none()
    return None if row is None else (row.version, row.text, row.fingerprint)


def add_rule_set(repository: Repository, text: str, fingerprint: str, adopt: bool) -> int:
    """Store a rule set and return its version; the same fingerprint is the same version."""
    with repository.writing() as connection:
        return add(connection, NewRuleSet(text, fingerprint), adopt)


def adopt(repository: Repository, version: int) -> None:
    """Make a stored version the one that runs use. Raises UsageError where there is no such version."""
    with repository.writing() as connection:
        known = set(connection.execute(select(rule_set.c.version)).scalars())
        if version not in known:
            listed = ", ".join(map(str, sorted(known))) or "none"
            raise UsageError(f"there is no rule-set version {version}. Known: {listed}.")
        _adopt(connection, version)


def add(connection: Connection, new: NewRuleSet, adopt: bool) -> int:
    """As `add_rule_set`, inside the caller's transaction."""
    same = select(rule_set.c.version).where(rule_set.c.fingerprint == new.fingerprint)
    version = connection.execute(same).scalar_one_or_none()
    if version is None:
        version = (connection.execute(select(func.max(rule_set.c.version))).scalar_one_or_none() or 0) + 1
        created = datetime.now(UTC).isoformat(timespec="seconds")
        values = {"version": version, "text": new.text, "fingerprint": new.fingerprint, "created_at": created}
        connection.execute(insert(rule_set).values(**values))
    if adopt:
        _adopt(connection, version)
    return version


def _adopt(connection: Connection, version: int) -> None:
    adoptions = connection.execute(select(func.max(rule_set.c.adopted))).scalar_one_or_none() or 0
    current = connection.execute(select(rule_set.c.adopted).where(rule_set.c.version == version)).scalar_one()
    if not adoptions or current != adoptions:
        connection.execute(update(rule_set).where(rule_set.c.version == version).values(adopted=adoptions + 1))
