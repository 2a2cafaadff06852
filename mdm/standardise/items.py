"""Answers of standardisers that find several values in one cell, built as flat columns: lists one by one are slow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from mdm.standardise.standardiser import PolarsType

_ROW = "\0row"


def by_items(
    parse: Callable[[str], tuple[Sequence[Sequence[object]], str | None]],
    values: pl.Series,
    schema: Mapping[str, PolarsType],
) -> pl.DataFrame:
    """One row a value: `parse(text)` gives (items, finding), each item (value, each field) in the order of `schema`.

    They become aligned lists, null when there are no items; null stays null.
    """
    rows: list[int] = []
    items: list[Sequence[object]] = []
    findings: list[str | None] = []
    for row, text in enumerate(values.cast(pl.String)):
        found, finding = ((), None) if text is None else parse(text)
        items += found
        rows += [row] * len(found)
        findings.append(finding)
    names = list(schema)[:-1]
    columns = list(zip(*items, strict=True)) or [()] * len(names)
    flat = pl.DataFrame(
        [pl.Series(_ROW, rows, pl.UInt32)]
        + [pl.Series(name, column, _inner(schema[name])) for name, column in zip(names, columns, strict=True)]
    )
    lists = flat.group_by(_ROW, maintain_order=True).agg(pl.all())
    every = pl.DataFrame({_ROW: pl.Series(range(len(findings)), dtype=pl.UInt32)})
    joined = every.join(lists, on=_ROW, how="left", maintain_order="left").drop(_ROW)
    return joined.with_columns(pl.Series(list(schema)[-1], findings, pl.String))


def _inner(kind: PolarsType) -> PolarsType:
    inner: PolarsType = kind.inner if isinstance(kind, pl.List) else kind  # type: ignore[assignment]
    return inner
