"""Load: what each extract changes of the live rows. A source that can't be used keeps its rows, and is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from mdm import sources
from mdm.errors import NoRepositoryError, RepositoryError, SourceError, UsageError
from mdm.repository import Repository, queries, state
from mdm.standardise.recognition import Detected
from mdm.summary import Held, SourceCounts
from mdm.versions import EDITED, Version, published
from mdm.workspace import RuleSet, SourceSpec, Workspace, load_rules
from mdm.workspace.document import suggestion

Accepted = frozenset[str]


@dataclass(frozen=True)
class Arrival:
    """One extract, read and compared with the live rows of its source."""

    spec: SourceSpec
    keyed: sources.Keyed
    changes: sources.Changes
    file: str
    notes: tuple[str, ...] = ()
    """What a steward should know of it: counts, no values."""

    @property
    def counts(self) -> SourceCounts:
        """What it brought."""
        return SourceCounts(
            source=self.spec.name,
            rows=self.keyed.rows.height + self.keyed.set_aside.height,
            put=self.changes.put.height,
            deleted=self.changes.deleted.height,
            set_aside=self.keyed.set_aside.height,
        )


@dataclass(frozen=True)
class Loaded:
    """What the extracts brought, and the rule set with a profile for every source that it may read."""

    rule_set: RuleSet
    arrivals: tuple[Arrival, ...] = ()
    held: tuple[Held, ...] = ()
    set_aside: pl.DataFrame = field(default_factory=state.SET_ASIDE.empty)
    relisted: bool = False
    """Whether other rows are set aside than those listed by the last run: the report is to say so."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a steward should know of the arrivals."""
        return tuple(note for arrival in self.arrivals for note in arrival.notes)

    @property
    def changed(self) -> bool:
        """Whether any live row differs from before, or any row set aside."""
        return self.relisted or any(arrival.changes.any for arrival in self.arrivals)

    @property
    def put(self) -> pl.DataFrame:
        """New and changed rows of all sources, as the repository takes them."""
        return _together(state.ROWS_PUT.empty(), {a.spec.name: a.changes.put for a in self.arrivals})

    @property
    def deleted(self) -> pl.DataFrame:
        """Keys of rows that are live no more."""
        return _together(state.ROWS_DELETED.empty(), {a.spec.name: a.changes.deleted for a in self.arrivals})

    @property
    def loads(self) -> pl.DataFrame:
        """One row a source that came, with its counts."""
        rows = [
            (a.spec.name, a.file, a.counts.rows, a.counts.put, a.counts.deleted, a.counts.set_aside)
            for a in self.arrivals
        ]
        return pl.DataFrame(rows, schema=dict(state.LOADS.columns), orient="row")

    def rows(self, repository: Repository) -> dict[str, pl.DataFrame]:
        """Every live row after the load, by source: row_key, line, received (JSON)."""
        arrived = {arrival.spec.name: arrival for arrival in self.arrivals}
        return {source: _live(repository, source, arrived.get(source)) for source in self.rule_set.mapping}


def load(workspace: Workspace, version: Version, repository: Repository, accept: Accepted) -> Loaded:
    """Read every extract that the version knows and find what it changes; hold each that can't be used.

    A source without a profile is profiled only on the first run: later runs find out nothing.
    """
    rule_set, arrivals, held = version.rule_set, [], []
    profiles = dict(rule_set.profiles)
    names = tuple(dict.fromkeys((*workspace.sources, *rule_set.mapping)))
    _check_accepted(accept, names)
    for name in names:
        try:
            spec = _spec(name, workspace, version)
            arrival, profiles[name] = _arrival(spec, workspace.folder, rule_set, repository, accept)
        except SourceError as error:
            held.append(Held(name, error.reason, error.gate, str(error)))
            continue
        arrivals.append(arrival)
    rule_set = rule_set if profiles == rule_set.profiles else replace(rule_set, profiles=profiles)
    aside = _together(state.SET_ASIDE.empty(), {a.spec.name: a.keyed.set_aside for a in arrivals})
    listed = queries.set_aside(repository).filter(pl.col("source").is_in([a.spec.name for a in arrivals]))
    relisted = set(listed.rows()) != set(aside.select(listed.columns).rows())
    return Loaded(rule_set, tuple(arrivals), tuple(held), aside, relisted)


@dataclass(frozen=True)
class Read:
    """The encoding of a source's text files (`column` None) or of one of its columns."""

    source: str
    column: str | None
    encoding: str
    confidence: float
    evidence: str

    def __str__(self) -> str:
        what = self.source if self.column is None else f"{self.source}, column {self.column}"
        return f"{what} is read as {self.encoding} (confidence {self.confidence:.2f}: {self.evidence})"


@dataclass(frozen=True)
class Checked:
    """What a look at the extracts shows, before anything is loaded."""

    counts: tuple[SourceCounts, ...]
    held: tuple[Held, ...]
    set_aside: pl.DataFrame
    """source, file, line, rule, reason: rows that a run would set aside."""
    encodings: tuple[Read, ...]
    """What each text file, and each column with an encoding of its own, is read as, and how sure that is."""
    notes: tuple[str, ...]
    """What a run would tell of the extracts."""
    repository: str | None
    """Why a run could not publish; None where it could."""


def check(workspace: Workspace) -> Checked:
    """Read every extract with today's `mdm.yaml` and rules, as a run would, and write nothing.

    Raises ConfigError with every mistake in them; a source that a run would hold is listed, and so is each row that it
    would set aside, and what keeps the repository from being written.
    """
    rule_set, frozen = load_rules(workspace), frozen_profiles(workspace)
    counts, held, aside, encodings, notes = list[SourceCounts](), list[Held](), {}, list[Read](), list[str]()
    for spec in workspace.sources.values():
        habits = frozen.get(spec.name)
        encoding, columns = (None, {}) if habits is None else (habits.encoding, habits.column_encodings)
        try:
            extract = sources.read(spec, workspace.folder, encoding, column_encodings=columns)
            keyed = sources.keyed(extract, spec, rule_set.rules.gates)
            sources.check_conditions(keyed.rows, spec)
            if habits is not None:
                put, known = _put(workspace, keyed, spec), replace(rule_set, profiles={spec.name: habits})
                notes += sources.check_habits(extract.rows, put, spec, known)
        except SourceError as error:
            held.append(Held(spec.name, error.reason, error.gate, str(error)))
            continue
        rows = keyed.rows.height + keyed.set_aside.height
        encodings += read_as(extract)
        notes += _damage(extract)
        counts.append(SourceCounts(spec.name, rows, keyed.rows.height, 0, keyed.set_aside.height))
        aside[spec.name] = keyed.set_aside
    none = pl.DataFrame(schema=dict.fromkeys(("source", "file", "line", "rule", "reason"), pl.String))
    rows_aside = _together(none.cast({"line": pl.UInt32}), aside)
    return Checked(tuple(counts), tuple(held), rows_aside, tuple(encodings), tuple(notes), _unwritable(workspace))


def read_as(extract: sources.Extract) -> list[Read]:
    """What an extract was read as, and what its bytes say of that."""
    if extract.encoding is None and not extract.column_encodings:
        return []
    used = {"": extract.encoding or "utf-8", **extract.column_encodings}
    unasked = Detected(None, 1.0, "as frozen")
    found = {name: extract.detected.get(name, unasked) for name in used}
    return [
        Read(extract.source, name or None, encoding, found[name].confidence, found[name].evidence)
        for name, encoding in used.items()
    ]


def frozen_profiles(workspace: Workspace) -> dict[str, sources.SourceProfile]:
    """The adopted profiles of the sources that `mdm.yaml` still reads in the same way; none before the first run."""
    try:
        with Repository.open(workspace.repository_url, create=False) as repository:
            adopted = published(repository)
    except (RepositoryError, UsageError):
        return {}
    return {
        name: habits
        for name, habits in adopted.profiles.items()
        if name in workspace.sources and reads_alike(workspace.sources[name], adopted.specs[name])
    }


def _put(workspace: Workspace, keyed: sources.Keyed, spec: SourceSpec) -> pl.DataFrame:
    """The rows that a run would put."""
    with Repository.open(workspace.repository_url, create=False) as repository:
        return sources.changes(keyed, queries.live_row_hashes(repository, spec.name), spec).put


def profile(spec: SourceSpec, folder: Path, rule_set: RuleSet) -> sources.SourceProfile | None:
    """The habits of a source that is new to the rule set; None where its extract can't be used now."""
    try:
        extract = sources.read(spec, folder)
        return sources.profile(extract, spec, rule_set.knowledge, rule_set.rules.entities)
    except SourceError:
        return None


def reads_alike(one: SourceSpec, other: SourceSpec) -> bool:
    """Whether a profile found for one holds for the other: what it is found from is said in the same way."""
    names = ("encoding", "column_encodings", "date_order", "sex_codes", "delimiter", "sheet", "skip_rows")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _unwritable(workspace: Workspace) -> str | None:
    try:
        with Repository.open(workspace.repository_url, create=False) as repository:
            repository.check_writable()
    except NoRepositoryError:
        return None  # the first run makes it
    except RepositoryError as error:
        return str(error)
    return None


def _check_accepted(accept: Accepted, names: Sequence[str]) -> None:
    """A gate that no source can have is a slip of the pen, and would let nothing through."""
    gates = [f"{gate}:{name}" for name in names for gate in sources.GATES]
    for gate in sorted(accept - set(gates)):
        raise UsageError(f"there is no gate '{gate}'. {suggestion(gate, gates)}")


def _spec(name: str, workspace: Workspace, version: Version) -> SourceSpec:
    """The source as the version maps it, at the place that `mdm.yaml` gives."""
    here = workspace.sources.get(name)
    if here is None:
        raise SourceError(
            name, "mdm.yaml names it no more.", "Its rows stay as they are; put it back, or adopt the edit."
        )
    if name not in version.rule_set.mapping or (not version.is_first and name not in version.rule_set.profiles):
        what = "the adopted rule-set version does not know it."
        raise SourceError(name, what, f"`mdm adopt DIR {EDITED}` takes it in.")
    return version.rule_set.spec(name, here)


def _arrival(
    spec: SourceSpec, folder: Path, rule_set: RuleSet, repository: Repository, accept: Accepted
) -> tuple[Arrival, sources.SourceProfile]:
    profile = rule_set.profiles.get(spec.name)
    encoding, columns = (None, {}) if profile is None else (profile.encoding, profile.column_encodings)
    extract = sources.read(spec, folder, encoding, column_encodings=columns, accept=accept)
    keyed = sources.keyed(extract, spec, rule_set.rules.gates, accept)
    changes = sources.changes(keyed, queries.live_row_hashes(repository, spec.name), spec)
    sources.check_conditions(changes.put, spec)
    notes = (*_damage(extract), *sources.check_habits(extract.rows, changes.put, spec, rule_set, accept))
    if profile is None:
        profile = sources.profile(extract, spec, rule_set.knowledge, rule_set.rules.entities)
        notes += tuple(str(read) for read in read_as(extract) if read.confidence < 1)
    return Arrival(spec, keyed, changes, spec.path or "query", notes), profile


def _damage(extract: sources.Extract) -> list[str]:
    """What is read otherwise than it was written, and rows with bytes that are no text in their encoding."""
    aside = extract.set_aside.select("file", "line")
    lost = extract.kept.filter(pl.col("rule") == sources.UNDECODABLE).join(aside, on=["file", "line"], how="anti")
    if lost.is_empty():
        return [*extract.notes]
    first = lost.sort("file", "line").row(0, named=True)
    where = f"the first is line {first['line']} of {first['file']}"
    what = f"{lost.height} rows hold bytes that {extract.encoding} doesn't allow ({where}); \ufffd stands for them"
    return [*extract.notes, f"{extract.source}: {what}, and their bytes are kept."]


def _live(repository: Repository, source: str, arrival: Arrival | None) -> pl.DataFrame:
    rows = queries.live_rows(repository, source).select("row_key", "line", "received")
    if arrival is None:
        return rows
    put = arrival.changes.put.select("row_key", "line", "received")
    gone = pl.concat([put["row_key"], arrival.changes.deleted["row_key"]])
    return pl.concat([rows.join(gone.to_frame("row_key"), on="row_key", how="anti"), put]).sort("row_key")


def _together(empty: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The frames of all sources under one another, with the columns of `empty`."""
    named = [
        frame.with_columns(pl.lit(source).alias("source")).select(empty.columns) for source, frame in frames.items()
    ]
    return pl.concat([empty, *named])
