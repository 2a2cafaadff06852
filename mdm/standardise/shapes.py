"""Two speeds of one result: values of an ordinary shape as expressions over the whole column, all others one by one.

Nearly every cell of a column has the shape it should have. The expressions must give what the patient reading gives;
`tests/mdm/standardise/test_shapes.py` compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from mdm.standardise.standardiser import PolarsType

TEXT = pl.col("text")
"""The received text, in the expressions of an ordinary shape."""


def by_shape(
    values: pl.Series,
    schema: Mapping[str, PolarsType],
    ordinary: Mapping[str, pl.Expr],
    patient: Callable[[pl.Series], pl.DataFrame],
) -> pl.DataFrame:
    """One row a value with the columns of `schema`: `ordinary` where its `value` is known, `patient` for the rest.

    `ordinary`: column → expression over `TEXT`, scalars also where the schema has lists; a column it doesn't name is
    null. `patient(texts)` gives a frame of `schema`.
    """
    texts = pl.DataFrame({"text": values.cast(pl.String)})
    quick = texts.with_columns(_column(name, kind, ordinary) for name, kind in schema.items()).drop("text")
    odd = quick["value"].is_null()
    known = quick.filter(~odd).select(
        pl.concat_list(name) if isinstance(kind, pl.List) else pl.col(name) for name, kind in schema.items()
    )
    if not odd.any():
        return known
    rest = patient(texts["text"].filter(odd))
    places = pl.concat([(~odd).arg_true(), odd.arg_true()])
    return pl.concat([known, rest])[places.arg_sort()]


def _column(name: str, kind: PolarsType, ordinary: Mapping[str, pl.Expr]) -> pl.Expr:
    scalar = kind.inner if isinstance(kind, pl.List) else kind
    return ordinary.get(name, pl.lit(None)).cast(scalar).alias(name)
