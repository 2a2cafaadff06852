"""The main job: load what changed, reconcile all live records, publish the difference in one commit.

    extracts → load → standardise → block → compare → score → cluster → survive → publish

Partition and golden values are a function of live records and rule set: every run computes them from all live records,
so any order and any batching of the same changes ends in the same digests. Each stage takes and gives named frames;
what remembers is in mdm/repository.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers import blocking, clustering, comparing, digest, identity, learning, scoring, term_frequency
from matchers.scoring import Model
from mdm import golden, loading, sources, versions
from mdm.errors import BlockError
from mdm.loading import Loaded
from mdm.repository import EntityState, NewRuleSet, Publication, Repository, publish, queries, stored
from mdm.sources import Parties
from mdm.standardise.findings import severity
from mdm.summary import Clock, Progress, RunSummary, peak_memory_mb
from mdm.versions import Version
from mdm.workspace import EntityRules, RuleSet, Workspace

RANDOM_PAIRS = 300_000
SEED = 20_250_701
ROOM = 4
"""A block may grow to so many times the size at which training stops its key before a run refuses it."""

Labels = npt.NDArray[np.uint32]


def run(
    workspace: Workspace,
    *,
    full: bool = False,
    accept: frozenset[str] = frozenset(),
    progress: Progress = lambda stage: None,
) -> RunSummary:
    """Do the main job once. Raises MdmError where nothing can be published; a source that can't be used is held.

    The first run in a workspace learns what the rule set lacks and adopts the result; later runs never learn.
    """
    clock, started = Clock(progress), datetime.now(UTC)
    with Repository.open(workspace.repository_url) as repository:
        repository.check_writable()
        version, last = versions.current(workspace, repository), queries.last_run(repository) or 0
        with clock("load"):
            loaded = loading.load(workspace, version, repository, accept)
        if not (full or loaded.changed or versions.differs_from_last_run(version, repository)):
            return _summary(repository, version, loaded, clock, published=False)
        with clock("standardise"):
            parties = sources.standardise_rows(loaded.rows(repository), loaded.rule_set)
        candidates, rule_set = compare_all(parties, loaded.rule_set, clock)
        entities = [
            reconcile(entity, parties.records[entity], candidates[entity], rule_set, repository, clock)
            for entity in rule_set.rules.entities
        ]
        with clock("publish"):
            publication = _publication(entities, parties, loaded, rule_set, version.number)
            figures = _figures(entities, candidates, publication, loaded, version, clock)
            publish(repository, replace(publication, started_at=started, after_run=last, summary=figures))
            repository.create_golden_views({name: [*each.mapped] for name, each in rule_set.rules.entities.items()})
        return _summary(repository, version, loaded, clock, published=True)


# Block and compare


@dataclass(frozen=True)
class Candidates:
    """Pairs that meet (left, right, rules), and the level of each comparison of theirs."""

    pairs: pl.DataFrame
    levels: pl.DataFrame


def compare_all(parties: Parties, rule_set: RuleSet, clock: Clock) -> tuple[dict[str, Candidates], RuleSet]:
    """Candidates of each entity type; and, where the rule set has no model yet, the rule set with what was learned."""
    candidates = {}
    for entity, rules in rule_set.rules.entities.items():
        records, untrained = parties.records[entity], entity in rule_set.untrained
        if untrained:
            with clock("train"):
                rule_set = replace(rule_set, stop_keys={**rule_set.stop_keys, entity: stop_keys(records, rules)})
        with clock("block"):
            pairs = block(records, rules, rule_set.stop_keys.get(entity, frozenset()))
        with clock("compare"):
            candidates[entity] = compare(records, pairs, rules)
        if untrained:
            with clock("train"):
                model = learn(records, candidates[entity], rules).model
                rule_set = replace(rule_set, models={**rule_set.models, entity: model.to_dict()})
    return candidates, rule_set


def block(records: pl.DataFrame, rules: EntityRules, stopped: frozenset[str]) -> pl.DataFrame:
    """Which records meet: left, right, rules. Raises BlockError where a block outgrew what was frozen: none is cut."""
    limit = rules.max_block * ROOM
    try:
        return blocking.candidate_pairs(records, rules.blocking, stopped, limit)
    except blocking.BlockTooLarge as error:
        raise BlockError(rules.entity, error.rule, error.records, limit) from None


def compare(records: pl.DataFrame, pairs: pl.DataFrame, rules: EntityRules) -> Candidates:
    """How far the two records of each pair agree."""
    return Candidates(pairs, comparing.compare(records, pairs, rules.comparisons))


def stop_keys(records: pl.DataFrame, rules: EntityRules) -> frozenset[str]:
    """Training only: the keys too common to block on, in the form that is frozen."""
    return frozenset(
        blocking.stop_key(rule, key)
        for rule in rules.blocking
        for key in blocking.block_sizes(records, rule).filter(pl.col("records") > rules.max_block)["key"]
    )


def learn(records: pl.DataFrame, candidates: Candidates, rules: EntityRules) -> learning.Learned:
    """Training only: what each level weighs, without labels."""
    blind = comparing.compare(records, learning.random_pairs(records.height, RANDOM_PAIRS, SEED), rules.comparisons)
    return learning.learn(
        learning.count_patterns(comparing.pack(candidates.levels, rules.comparisons)),
        learning.count_patterns(comparing.pack(blind, rules.comparisons)),
        rules.comparisons,
        records.height,
        term_frequency.learn_frequencies(records, rules.comparisons),
    )


# Score, cluster, survive


def reconcile(
    entity: str, records: pl.DataFrame, candidates: Candidates, rule_set: RuleSet, repository: Repository, clock: Clock
) -> EntityState:
    """All live records of one entity type → clusters under stable golden ids, with their values."""
    rules, model = rule_set.rules.entities[entity], Model.from_dict(rule_set.models[entity])
    with clock("score"):
        edges = score(records, candidates, rules, model)
    with clock("cluster"):
        labels, because = cluster(
            records, edges, rules, scoring.weight_of(model, rules.thresholds.link), rule_set.once_each
        )
    with clock("survive"):
        ids = identify(records, labels, queries.ledger(repository, entity), queries.next_number(repository, entity))
        values = survive(records, labels, rules)
        number = pl.Series("number", labels, pl.UInt32).to_frame("cluster").join(ids.ids, on="cluster", how="left")
        return EntityState(
            entity=entity,
            records=stored.record_state(records, {name: rule.standardiser for name, rule in rules.mapped.items()}),
            edges=edges,
            membership=because.select("record", number["number"], "because"),
            golden=ids.ids.select("number", identity.golden_ids(rules.letter, ids.ids["number"])),
            redirects=ids.redirects,
            golden_values=values.join(ids.ids, on="cluster").select("number", "attribute", "value", "record", "rule"),
        )


def score(records: pl.DataFrame, candidates: Candidates, rules: EntityRules, model: Model) -> pl.DataFrame:
    """The pairs from the review threshold upwards: left, right, pattern, weight, probability, zone, rules."""
    link, review = (scoring.weight_of(model, p) for p in (rules.thresholds.link, rules.thresholds.review))
    zone = pl.when(pl.col("weight") >= link).then(pl.lit("link")).otherwise(pl.lit("review")).alias("zone")
    edges = scoring.score(records, candidates.levels, rules.comparisons, model)
    return edges.with_columns(candidates.pairs["rules"]).filter(pl.col("weight") >= review).with_columns(zone)


def cluster(
    records: pl.DataFrame, edges: pl.DataFrame, rules: EntityRules, link: int, once_each: frozenset[str]
) -> tuple[Labels, pl.DataFrame]:
    """The cluster of each record (its smallest row number), and why: record, because, weight.

    Components of links, less the links that evidence inside a component speaks against.
    """
    links = edges.filter(pl.col("zone") == "link").select("left", "right", "weight")
    kept, _ = clustering.contain(records.height, links, rules.max_cluster)
    inside = clustering.within(clustering.components(records.height, kept))
    labels = clustering.cluster(records.height, kept, _conflicts(records, inside, rules, once_each), link)
    return labels, clustering.strongest(kept, labels)


def _conflicts(
    records: pl.DataFrame, inside: pl.DataFrame, rules: EntityRules, once_each: frozenset[str]
) -> pl.DataFrame:
    """What speaks against two records of one component, blocked together or not: left, right, price."""
    named = {constraint.comparison for constraint in rules.constraints}
    comparisons = [comparison for comparison in rules.comparisons if comparison.name in named]
    levels = comparing.compare(records, inside, comparisons)
    registers = records["source"].to_frame().select(pl.when(pl.col("source").is_in(sorted(once_each))).then("source"))
    twice = clustering.once_each(inside, registers.to_series(), rules.once_each)
    return pl.concat([clustering.conflicts(levels, comparisons, rules.constraints), twice])


def identify(records: pl.DataFrame, labels: Labels, ledger: pl.DataFrame, next_number: int) -> identity.Assigned:
    """Who keeps a golden id and who gets a new one. `ledger`: number, live, source, source_id, as last held."""
    keys = records.select("source", "source_id").with_row_index("record")
    held = ledger.join(keys, on=["source", "source_id"], how="left", maintain_order="left")
    clusters = keys.select("record", pl.Series("cluster", labels, pl.UInt32))
    return identity.assign(clusters, held.select("number", "live", "record"), next_number)


def survive(records: pl.DataFrame, labels: Labels, rules: EntityRules) -> pl.DataFrame:
    """GOLDEN_VALUES of every cluster, chosen among its members' values."""
    trust = {source: rules.trust_of(source) for source in ("", *records["source"].unique())}  # "": never no case at all
    members = records.select(
        pl.Series("cluster", labels, pl.UInt32),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("record"),
        "source",
        pl.col("source").replace_strict(trust, return_dtype=pl.Float64).alias("trust"),
        *rules.mapped,
    )
    values = {name: _long(members, name) for name in rules.mapped}
    return golden.survive(values, {name: rule.survivorship for name, rule in rules.mapped.items()})


def _long(members: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """One row a value, also where a record has several."""
    values = members.select("cluster", "record", "source", "trust", pl.col(attribute).alias("value"))
    if isinstance(values.schema["value"], pl.List):
        values = values.filter(pl.col("value").list.len() > 0).explode("value")
    return values.drop_nulls("value")


# Publish


def _publication(
    entities: Sequence[EntityState], parties: Parties, loaded: Loaded, rule_set: RuleSet, number: int | None
) -> Publication:
    new = NewRuleSet(rule_set.to_yaml(), rule_set.fingerprint) if number is None else None
    return Publication(
        started_at=datetime.now(UTC),
        kind="full",
        entities=entities,
        partition_digest=partition_digest(entities),
        value_digest=value_digest(entities),
        rule_set=new,
        rule_set_version=number,
        loads=loaded.loads,
        rows_put=loaded.put,
        rows_deleted=loaded.deleted,
        set_aside=loaded.set_aside,
        findings=parties.findings.with_columns(severity(pl.col("rule"), rule_set.knowledge).alias("severity")),
        relations=parties.relations,
    )


def _keys(state: EntityState) -> pl.DataFrame:
    """record, number, and the record key as digests take it."""
    return state.membership.join(state.records, on="record", maintain_order="left").select(
        "record", "number", pl.lit(state.entity).alias("entity_type"), "source", "source_id", "party"
    )


def partition_digest(entities: Sequence[EntityState]) -> str:
    """The digest of who belongs together: no golden id is in it."""
    keys = pl.concat([_keys(state).with_columns(pl.lit(i).alias("i")) for i, state in enumerate(entities)])
    cluster = pl.struct("i", "number").rank("dense").alias("cluster")
    return digest.partition_digest(keys.with_columns(cluster))


def value_digest(entities: Sequence[EntityState]) -> str:
    """The digest of what is held true of them."""
    frames = []
    for state in entities:
        smallest = _keys(state).sort("record").unique("number", keep="first", maintain_order=True)
        frames.append(state.golden_values.select("number", "attribute", "value").join(smallest, on="number"))
    return digest.value_digest(pl.concat(frames))


def _figures(
    entities: Sequence[EntityState],
    candidates: Mapping[str, Candidates],
    publication: Publication,
    loaded: Loaded,
    version: Version,
    clock: Clock,
) -> dict[str, Any]:
    """What the run keeps of itself beside its counts and digests."""
    return {
        "pairs": sum(found.pairs.height for found in candidates.values()),
        "links": sum(int((state.edges["zone"] == "link").sum()) for state in entities),
        "golden_by_entity": {state.entity: state.golden.height for state in entities},
        "findings": dict(publication.findings["severity"].value_counts().sort("severity").iter_rows()),
        "sources": [asdict(arrival.counts) for arrival in loaded.arrivals],
        "held": [held.to_dict() for held in loaded.held],
        "notes": [*version.notes, *loaded.notes],
        "seconds": clock.seconds,
    }


def _summary(repository: Repository, version: Version, loaded: Loaded, clock: Clock, *, published: bool) -> RunSummary:
    """This run's summary; where nothing was published, with the figures of the last run."""
    known = queries.run_summary(repository) if queries.last_run(repository) else {}
    names = ("run", "rule_set_version", "partition_digest", "value_digest", "records", "pairs", "edges", "links")
    return RunSummary(
        **{name: known.get(name) for name in (*names, "tasks", "golden")},
        golden_by_entity=known.get("golden_by_entity", {}),
        findings=known.get("findings", {}),
        published=published,
        sources=tuple(arrival.counts for arrival in loaded.arrivals),
        held=loaded.held,
        notes=(*version.notes, *loaded.notes),
        seconds=clock.seconds,
        peak_memory_mb=peak_memory_mb(),
    )
