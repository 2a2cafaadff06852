"""Parties become RECORDS: every distinct received text is standardised once, and joined back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from matchers.frame import Frame
from mdm.sources.parties import RECEIVED, no_parties
from mdm.sources.unshared import SOURCE, without_shared
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile, Standardiser
from mdm.workspace import AttributeRule, EntityRules

FINDINGS = Frame(
    "findings",
    columns={
        "entity": pl.String,
        "source": pl.String,
        "source_id": pl.String,
        "line": pl.UInt32,
        "attribute": pl.String,
        "rule": pl.String,
        "received": pl.String,
    },
)
RECORD_KEY = ("source", "row_key", "party")
_RECORD, _ANSWER, _TEXT, _NAME = "_record", "_answer", "_text", "_name"
_Writer = tuple[str, str]
"""An attribute, and a source."""


def standardise(
    parties: Sequence[pl.DataFrame], rules: EntityRules, profiles: Mapping[str, SourceProfile], knowledge: Knowledge
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parties of one entity type, a frame each source → (RECORDS sorted by record key, FINDINGS).

    RECORDS: `source, source_id, row_key, party, role, line, trust` Float64, then for each attribute its value, its
    fields (`a.field`) and `a.received` List(String); a derived attribute is List(String) and has nothing received.
    """
    stated = _in_order(pl.concat([no_parties(rules), *sorted(parties, key=_source)]))
    trust = {source: rules.trust_of(source) for source in stated["source"].unique().sort()}
    trusted = pl.col("source").replace_strict(list(trust), list(trust.values()), return_dtype=pl.Float64)
    head = stated.select("source", "source_id", "row_key", "party", "role", "line", trusted.alias("trust"))
    columns: dict[str, list[pl.Series]] = {name: [] for name in rules.mapped}
    findings = [FINDINGS.empty()]
    for names in read_alike(rules):
        cells = {name: _cells(stated["source"], stated[name + RECEIVED]) for name in names}
        rule = rules.attributes[names[0]]
        standardiser = STANDARDISERS[rule.standardiser or ""]
        cells, answers = _read(cells, standardiser, rule.options, profiles, knowledge)
        for name in names:
            values, found = _attribute(stated, name, standardiser, cells.pop(name), answers, profiles)
            columns[name] = values
            findings.append(_findings(head, found, rules.entity, name))
    records = head.hstack([series for name in columns for series in columns[name]])
    for name, rule in rules.attributes.items():
        if rule.derived:
            records = records.hstack(_derived(records, name, rule, rules))
    return records, FINDINGS.check(pl.concat(findings)).sort("source", "source_id", "attribute", maintain_order=True)


def _source(parties: pl.DataFrame) -> bytes:
    return str(parties["source"][0]).encode() if parties.height else b""


def _in_order(parties: pl.DataFrame) -> pl.DataFrame:
    """The parties by record key. They mostly come so, and to see that is cheaper than to sort wide rows."""
    source, row_key, party = (pl.col(column) for column in RECORD_KEY)
    later = (source > source.shift()) | (
        (source == source.shift())
        & ((row_key > row_key.shift()) | ((row_key == row_key.shift()) & (party > party.shift())))
    )
    if parties.select(later.all()).item():
        return parties
    return parties.sort(RECORD_KEY)  # Polars sorts text by its UTF-8 bytes


def read_alike(rules: EntityRules) -> list[list[str]]:
    """Attributes whose texts are read together, once: a mother's name is often a citizen's."""
    groups: list[list[str]] = []
    for name, rule in rules.mapped.items():
        said = (rule.standardiser, rule.options)
        known = ((rules.attributes[group[0]].standardiser, rules.attributes[group[0]].options) for group in groups)
        alike = next((group for group, other in zip(groups, known, strict=True) if other == said), None)
        if alike is None:
            groups.append([name])
        else:
            alike.append(name)
    return groups


def _attribute(
    parties: pl.DataFrame,
    name: str,
    standardiser: Standardiser,
    cells: pl.DataFrame,
    answers: pl.DataFrame,
    profiles: Mapping[str, SourceProfile],
) -> tuple[list[pl.Series], pl.DataFrame]:
    """The columns of one attribute, a row a party; and its findings: `_record`, `received`, `rule`.

    Until the end a cell is only the number of its answer: answers are wide, and are laid out once.
    """
    fields = ["value", *standardiser.fields]
    cells, answers = _unshared(cells, answers, name, profiles, fields, multiple=standardiser.multiple)
    found = _where(cells, answers["finding"].is_not_null())
    found = found.select(_RECORD, received=_TEXT, rule=answers["finding"].gather(found[_ANSWER]))
    cells = _where(cells, answers["value"].is_not_null())
    places, answers = _one_each(cells.select(_RECORD, _ANSWER), answers.select(fields), standardiser.multiple)
    laid = _laid_out(places, answers, parties.height)
    named = [laid[field].alias(name if field == "value" else f"{name}.{field}") for field in fields]
    return [*named, parties[name + RECEIVED]], found


def _cells(sources: pl.Series, received: pl.Series) -> pl.DataFrame:
    """`_record`, `source`, `_text`: a row a cell, records and cells in order."""
    listed = pl.DataFrame({SOURCE: sources, _TEXT: received}).with_row_index(_RECORD).drop_nulls(_TEXT)
    if listed.is_empty() or listed[_TEXT].list.len().max() == 1:
        cells = listed.with_columns(pl.col(_TEXT).list.first())
    else:
        cells = listed.explode(_TEXT, empty_as_null=True, keep_nulls=True)
    return cells.drop_nulls(_TEXT)


def _read(
    cells: Mapping[str, pl.DataFrame],
    standardiser: Standardiser,
    options: Mapping[str, object],
    profiles: Mapping[str, SourceProfile],
    knowledge: Knowledge,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Each attribute's cells with `_answer`, a row of the answers; the answers, one for each text of writers alike."""
    writers = {
        (name, source): profiles.get(source, SourceProfile()).of(name)
        for name, each in cells.items()
        for source in each[SOURCE].unique().sort()
    }
    together = pl.concat([each.select(_TEXT, SOURCE, pl.lit(name).alias(_NAME)) for name, each in cells.items()])
    numbers = np.zeros(together.height, np.uint32)
    answers = [pl.DataFrame(schema=standardiser.schema)]
    so_far = 0
    groups = _by_habits(writers, standardiser.habits)
    for profile, alike in groups:
        of = [(pl.col(_NAME) == name) & (pl.col(SOURCE) == source) for name, source in alike]
        rows = pl.any_horizontal(of) if len(groups) > 1 else pl.lit(value=True)
        mask = together.select(rows & pl.col(_TEXT).is_not_null()).to_series()
        texts, which = distinct(together[_TEXT].filter(mask))
        numbers[mask.to_numpy()] = which + so_far
        so_far += texts.len()
        answers.append(standardiser.function(texts, knowledge, profile, options))
    ends = np.cumsum([each.height for each in cells.values()])[:-1]
    parted = zip(cells.items(), np.split(numbers, ends), strict=True)
    return {name: each.with_columns(pl.Series(_ANSWER, part)) for (name, each), part in parted}, pl.concat(answers)


def distinct(texts: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """The distinct texts in the order in which they come first, and for each text the number of its like, UInt32."""
    groups = pl.DataFrame({_TEXT: texts}).with_row_index(_ANSWER).group_by(_TEXT, maintain_order=True).agg(_ANSWER)
    which = np.empty(texts.len(), np.uint32)
    alike = groups[_ANSWER]
    which[alike.explode(empty_as_null=True, keep_nulls=True).to_numpy()] = np.repeat(
        np.arange(groups.height, dtype=np.uint32), alike.list.len().to_numpy()
    )
    return groups[_TEXT], which


def _where(cells: pl.DataFrame, answers: pl.Series) -> pl.DataFrame:
    """The cells whose answer is marked."""
    return cells if answers.all() else cells.filter(answers.gather(cells[_ANSWER]))


def _unshared(
    cells: pl.DataFrame,
    answers: pl.DataFrame,
    name: str,
    profiles: Mapping[str, SourceProfile],
    fields: Sequence[str],
    *,
    multiple: bool,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells of sources that mark shared values, with answers of their own where those lose one."""
    marking = [source for source, profile in profiles.items() if profile.shared.get(name)]
    if not marking:
        return cells, answers
    each = cells.filter(pl.col(SOURCE).is_in(marking)).select(SOURCE, _ANSWER).unique(maintain_order=True)
    read = answers[each[_ANSWER]].with_columns(each[SOURCE])
    mended = without_shared(read, name, profiles, fields, multiple=multiple)
    if mended is read:
        return cells, answers
    changed = each.with_row_index("_new", offset=answers.height)
    cells = cells.join(changed, on=[SOURCE, _ANSWER], how="left", maintain_order="left")
    cells = cells.with_columns(pl.coalesce("_new", _ANSWER).alias(_ANSWER)).drop("_new")
    return cells, pl.concat([answers, mended.select(answers.columns)])


def _by_habits(
    writers: Mapping[_Writer, SourceProfile], habits: Sequence[str]
) -> list[tuple[SourceProfile, list[_Writer]]]:
    """Those who write alike, together, in the order given; profiles that say no more than `habits`."""
    groups: list[tuple[SourceProfile, list[_Writer]]] = []
    for writer, full in writers.items():
        profile = SourceProfile(**{habit: getattr(full, habit) for habit in habits})
        alike = next((group for known, group in groups if known == profile), None)
        if alike is None:
            groups.append((profile, [writer]))
        else:
            alike.append(writer)
    return groups


def _one_each(cells: pl.DataFrame, answers: pl.DataFrame, multiple: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`_record`, `_answer`: one row a record, of its first answer, or of all values of its cells, each once."""
    again = (cells[_RECORD] == cells[_RECORD].shift(1)).fill_null(False)
    if not multiple:
        return cells.filter(~again), answers
    lists = answers["value"].list
    several = again | again.shift(-1, fill_value=False)
    several |= (lists.len() > lists.n_unique()).fill_null(False).gather(cells[_ANSWER])
    if not several.any():
        return cells, answers
    pooled = cells.filter(several)
    pooled = pooled.select(_RECORD).hstack(answers[pooled[_ANSWER]])
    pooled = pooled.explode(answers.columns, empty_as_null=True, keep_nulls=True).drop_nulls("value")
    pooled = pooled.unique([_RECORD, "value"], keep="first", maintain_order=True)
    pooled = pooled.group_by(_RECORD, maintain_order=True).agg(answers.columns)
    added = pooled.select(_RECORD).with_row_index(_ANSWER, offset=answers.height).select(cells.columns)
    return pl.concat([cells.filter(~several), added]), pl.concat([answers, pooled.drop(_RECORD)])


def _laid_out(places: pl.DataFrame, answers: pl.DataFrame, height: int) -> pl.DataFrame:
    """The answers, a row a record; nulls where a record has none."""
    rows = np.full(height, answers.height, np.uint32)
    rows[places[_RECORD].to_numpy()] = places[_ANSWER].to_numpy()
    numbers = pl.Series(_ANSWER, rows)
    return answers.select(pl.all().gather(numbers.set(numbers == answers.height, None)))


def _derived(records: pl.DataFrame, name: str, rule: AttributeRule, rules: EntityRules) -> list[pl.Series]:
    """The values of a derived attribute, in the order of its parts, each once, with the fields that all parts share."""
    fields = ("value", *rules.fields(name))
    each = []
    for part in rule.derived:
        columns = [part if field == "value" else f"{part}.{field}" for field in fields]
        pooled = records.select(
            pl.col(column) if isinstance(records.schema[column], pl.List) else pl.concat_list(pl.col(column))
            for column in columns
        )
        pooled = pooled.rename(dict(zip(columns, fields, strict=True))).with_row_index(_RECORD)
        each.append(pooled.drop_nulls("value").explode(fields, empty_as_null=True, keep_nulls=True).drop_nulls("value"))
    pool = pl.concat(each).sort(_RECORD, maintain_order=True)
    pool = pool.unique([_RECORD, "value"], keep="first", maintain_order=True)
    lists = pool.group_by(_RECORD, maintain_order=True).agg(fields)
    whole = pl.DataFrame({_RECORD: pl.int_range(records.height, dtype=pl.UInt32, eager=True)})
    whole = whole.join(lists, on=_RECORD, how="left", maintain_order="left")
    return [whole[field].alias(name if field == "value" else f"{name}.{field}") for field in fields]


def _findings(head: pl.DataFrame, found: pl.DataFrame, entity: str, attribute: str) -> pl.DataFrame:
    rows = head.select("source", "source_id", "line")[found[_RECORD]]
    named = rows.with_columns(pl.lit(entity).alias("entity"), pl.lit(attribute).alias("attribute"))
    return FINDINGS.check(named.hstack(found.select("rule", "received")))
