"""Numbers that too many different holders have tell nobody apart: they are findings, and take no part in matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdm.standardise import SourceProfile

SOURCE = "source"
SHARED = "shared"
_ROW = "_row"


def without_shared(
    read: pl.DataFrame, attribute: str, profiles: Mapping[str, SourceProfile], fields: Sequence[str], *, multiple: bool
) -> pl.DataFrame:
    """Standardised cells without the values that their source's profile marks as shared; the same rows and columns.

    `read`: a row a cell, with SOURCE, `fields` (the value first; aligned lists where `multiple`) and `finding`. A cell
    that loses a value gets the finding `shared`, unless it has one.
    """
    marking = {source: profile for source, profile in profiles.items() if profile.shared.get(attribute)}
    if not marking:
        return read
    rows = read.with_row_index(_ROW)
    each = rows.filter(pl.col(SOURCE).is_in(list(marking))).select(_ROW, SOURCE, *fields)
    if multiple:
        each = each.explode(fields, empty_as_null=True, keep_nulls=True)
    lost = each.join(_marked(each, attribute, marking), on=[SOURCE, "value"], how="semi")
    if lost.is_empty():
        return read
    touched = pl.col(_ROW).is_in(lost[_ROW].unique().implode())
    kept = each.filter(touched).join(lost, on=[_ROW, "value"], how="anti").drop_nulls("value").drop(SOURCE)
    if multiple:
        kept = kept.group_by(_ROW, maintain_order=True).agg(fields)
    mended = rows.filter(touched).drop(fields).join(kept, on=_ROW, how="left", maintain_order="left")
    mended = mended.with_columns(pl.col("finding").fill_null(SHARED)).select(rows.columns)
    return pl.concat([rows.filter(~touched), mended]).sort(_ROW).drop(_ROW)


def _marked(each: pl.DataFrame, attribute: str, profiles: Mapping[str, SourceProfile]) -> pl.DataFrame:
    """source, value: the distinct values that a source's profile marks."""
    values = each.select(SOURCE, "value").drop_nulls().unique(maintain_order=True)
    of_sources = (values.filter(pl.col(SOURCE) == source) for source in profiles)
    found = [
        own.filter(profiles[own[SOURCE][0]].shared_in(attribute, own["value"])) for own in of_sources if own.height
    ]
    return pl.concat([values.clear(), *found])
