"""Parties become RECORDS: every distinct received text is standardised once, and joined back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from matchers.frame import Frame
from mdm.sources.parties import RECEIVED, no_parties
from mdm.sources.unshared import SOURCE, without_shared
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile
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
_RECORD, _CELL, _TEXT = "_record", "_cell", "_text"


def standardise(
    parties: Sequence[pl.DataFrame], rules: EntityRules, profiles: Mapping[str, SourceProfile], knowledge: Knowledge
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parties of one entity type, a frame each source → (RECORDS sorted by record key, FINDINGS).

    RECORDS: `source, source_id, row_key, party, role, line, trust` Float64, then for each attribute its value, its
    fields (`a.field`) and `a.received` List(String); a derived attribute is List(String) and has nothing received.
    """
    stated = pl.concat([no_parties(rules), *parties]).sort(RECORD_KEY)  # Polars sorts text by its UTF-8 bytes
    trust = {source: rules.trust_of(source) for source in stated["source"].unique().sort()}
    trusted = pl.col("source").replace_strict(list(trust), list(trust.values()), return_dtype=pl.Float64)
    head = stated.select("source", "source_id", "row_key", "party", "role", "line", trusted.alias("trust"))
    columns: dict[str, pl.Series] = {}
    findings = [FINDINGS.empty()]
    for name, rule in rules.mapped.items():
        values, found = _attribute(stated, name, rule, profiles, knowledge)
        columns |= {series.name: series for series in values}
        findings.append(_findings(head, found, rules.entity, name))
    records = head.hstack(list(columns.values()))
    for name, rule in rules.attributes.items():
        if rule.derived:
            records = records.hstack(_derived(records, name, rule, rules))
    return records, FINDINGS.check(pl.concat(findings)).sort("source", "source_id", "attribute", maintain_order=True)


def _attribute(
    parties: pl.DataFrame,
    name: str,
    rule: AttributeRule,
    profiles: Mapping[str, SourceProfile],
    knowledge: Knowledge,
) -> tuple[list[pl.Series], pl.DataFrame]:
    """The columns of one attribute, a row a party; and its findings: `_record`, `received`, `rule`."""
    standardiser = STANDARDISERS[rule.standardiser or ""]
    fields = ["value", *standardiser.fields]
    received = pl.Series(name + RECEIVED, parties[name + RECEIVED], pl.List(pl.String))
    cells = _cells(parties["source"], received)
    head = {_RECORD: pl.UInt32, _CELL: pl.UInt32, SOURCE: pl.String, _TEXT: pl.String}
    parts = [pl.DataFrame(schema={**head, **standardiser.schema})]
    own = {source: profiles.get(source, SourceProfile()).of(name) for source in cells["source"].unique().sort()}
    for profile, sources in _by_habits(own, standardiser.habits):
        alike = cells.filter(pl.col("source").is_in(sources)) if len(sources) < len(own) else cells
        texts = alike[_TEXT].unique(maintain_order=True)
        read = standardiser.function(texts, knowledge, profile, rule.options).with_columns(texts.alias(_TEXT))
        parts.append(alike.join(read, on=_TEXT, how="left", maintain_order="left").select(parts[0].columns))
    read = pl.concat(parts).sort(_RECORD, _CELL) if len(parts) > 2 else parts[-1]
    read = without_shared(read, name, own, fields, multiple=standardiser.multiple)
    found = read.filter(pl.col("finding").is_not_null()).select(_RECORD, received=_TEXT, rule="finding")
    read = _one_each(read.drop_nulls("value"), fields, standardiser.multiple)
    if read.height < parties.height:
        whole = pl.DataFrame({_RECORD: pl.int_range(parties.height, dtype=pl.UInt32, eager=True)})
        read = whole.join(read, on=_RECORD, how="left", maintain_order="left")
    named = [read[field].alias(name if field == "value" else f"{name}.{field}") for field in fields]
    return [*named, received], found


def _cells(sources: pl.Series, received: pl.Series) -> pl.DataFrame:
    """`_record`, `_cell` (its number in the record), `source`, `_text`: a row a cell, records and cells in order."""
    listed = pl.DataFrame({"source": sources, _TEXT: received}).with_row_index(_RECORD).drop_nulls(_TEXT)
    if listed.is_empty() or listed[_TEXT].list.len().max() == 1:
        cells = listed.with_columns(pl.col(_TEXT).list.first(), pl.lit(0, pl.UInt32).alias(_CELL))
    else:
        numbers = pl.int_ranges(pl.col(_TEXT).list.len(), dtype=pl.UInt32).alias(_CELL)
        cells = listed.with_columns(numbers).explode(_TEXT, _CELL, empty_as_null=True, keep_nulls=True)
    return cells.drop_nulls(_TEXT)


def _by_habits(profiles: Mapping[str, SourceProfile], habits: Sequence[str]) -> list[tuple[SourceProfile, list[str]]]:
    """Sources that write alike, together, in the order of their names; profiles that say no more than `habits`."""
    groups: list[tuple[SourceProfile, list[str]]] = []
    for source, full in profiles.items():
        profile = SourceProfile(**{habit: getattr(full, habit) for habit in habits})
        alike = next((group for known, group in groups if known == profile), None)
        if alike is None:
            groups.append((profile, [source]))
        else:
            alike.append(source)
    return groups


def _one_each(read: pl.DataFrame, fields: Sequence[str], multiple: bool) -> pl.DataFrame:
    """One row a record, of rows in the order of records: the first value, or all values of its cells, each once."""
    again = (read[_RECORD] == read[_RECORD].shift(1)).fill_null(False)
    if not multiple:
        return read.filter(~again)
    lists = read["value"].list
    several = again | again.shift(-1, fill_value=False)
    several |= lists.len() > lists.n_unique()
    if not several.any():
        return read
    each = read.filter(several).explode(fields, empty_as_null=True, keep_nulls=True).drop_nulls("value")
    each = each.unique([_RECORD, "value"], keep="first", maintain_order=True)
    pooled = each.group_by(_RECORD, maintain_order=True).agg(fields)
    return pl.concat([read.filter(~several).select(pooled.columns), pooled]).sort(_RECORD)


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
