"""Received texts that lost letters, or that were read in a wrong encoding: findings, never a changed value."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdm.sources.parties import RECEIVED
from mdm.sources.records import FINDINGS
from mdm.standardise import SourceProfile
from mdm.standardise.damage import damage
from mdm.standardise.misread import ANOTHER_ENCODING, misread
from mdm.workspace import EntityRules, SourceSpec

LIKELY = ("?", "\ufffd")
"""One of these a damaged text holds; all others are passed over at once."""
DAMAGED = "damaged"
"""What a standardiser itself says of a text that lost letters: once is enough."""


def damaged(records: pl.DataFrame, rules: EntityRules, known: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS of the received texts in RECORDS of one entity type that are damaged, in order of attributes.

    `known`: the FINDINGS of the standardisers; a text whose damage they report gets no second finding.
    """
    found = pl.concat([FINDINGS.empty(), *(_of(records, name, rules.entity) for name in rules.mapped)])
    same = ["entity", "source", "source_id", "attribute", "received"]
    said = known.filter(pl.col("rule") == DAMAGED).select(same)
    return FINDINGS.check(found.join(said, on=same, how="anti", maintain_order="left"))


def in_another_encoding(
    records: pl.DataFrame, rules: EntityRules, specs: Mapping[str, SourceSpec], profiles: Mapping[str, SourceProfile]
) -> pl.DataFrame:
    """FINDINGS of the received texts in RECORDS of one entity type that were plainly read in a wrong encoding."""
    found = [FINDINGS.empty()]
    sources = records["source"].unique().sort().to_list()
    for attribute in rules.mapped:
        encodings = {name: _encoding(specs[name], profiles.get(name), rules.entity, attribute) for name in sources}
        for encoding in sorted({each for each in encodings.values() if each is not None}):
            alike = pl.col("source").is_in([name for name in sources if encodings[name] == encoding])
            written = records.filter(alike).select("source", "source_id", "line", attribute + RECEIVED)
            wrong = misread(written[attribute + RECEIVED].explode().drop_nulls().unique(), encoding)
            if not wrong.is_empty():
                texts = _texts(written, attribute).filter(pl.col("received").is_in(wrong.implode()))
                found.append(_findings(texts.with_columns(rule=pl.lit(ANOTHER_ENCODING)), attribute, rules.entity))
    return FINDINGS.check(pl.concat(found))


def _encoding(spec: SourceSpec, profile: SourceProfile | None, entity: str, attribute: str) -> str | None:
    """What an attribute's columns were read as; None where they disagree, or come out of a text of many things."""
    profile = profile or SourceProfile()
    parties = [party for party in spec.parties if party.entity == entity and attribute in party.columns]
    columns = {column for party in parties for column in party.columns[attribute]}
    used = {profile.column_encodings.get(column, profile.encoding) for column in columns}
    return used.pop() if len(used) == 1 else None


def _texts(records: pl.DataFrame, attribute: str) -> pl.DataFrame:
    texts = records.select("source", "source_id", "line", received=attribute + RECEIVED).drop_nulls("received")
    return texts.explode("received").drop_nulls("received")


def _findings(texts: pl.DataFrame, attribute: str, entity: str) -> pl.DataFrame:
    named = texts.with_columns(pl.lit(entity).alias("entity"), pl.lit(attribute).alias("attribute"))
    return named.select(list(FINDINGS.columns))


def _of(records: pl.DataFrame, attribute: str, entity: str) -> pl.DataFrame:
    received = pl.col("received")
    likely = pl.any_horizontal(received.str.contains(sign, literal=True) for sign in LIKELY)
    if not records.select(received=pl.col(attribute + RECEIVED).explode()).select(likely.any()).item():
        return FINDINGS.empty()
    texts = _texts(records, attribute).filter(likely)
    texts = texts.with_columns(damage(texts["received"]).alias("rule")).drop_nulls("rule")
    return _findings(texts, attribute, entity)
