"""Small dictionaries: the engine's vocabulary (`word`) and the sources' names, each text once under a small number."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from sqlalchemy import Connection, Table, select

from mdm.repository import bulk, tables


class Words:
    """One dictionary within one transaction; new texts are added in sorted order, so numbers don't depend on luck."""

    def __init__(self, connection: Connection, table: Table = tables.word, text: str = "text") -> None:
        self._connection, self._table, self._text = connection, table, text
        rows = connection.execute(select(table.c.id, table.c[text]))
        self.ids: dict[str, int] = {row[1]: row[0] for row in rows}

    def __getitem__(self, text: str) -> int:
        """The number of `text`, added where it is new."""
        self.add([text])
        return self.ids[text]

    def add(self, texts: Iterable[str]) -> None:
        """Add the texts that are not there yet."""
        new = sorted(set(texts) - self.ids.keys())
        first = max(self.ids.values(), default=0) + 1
        added = {text: first + place for place, text in enumerate(new)}
        frame = pl.DataFrame(
            {"id": list(added.values()), self._text: new}, schema={"id": pl.Int64, self._text: pl.String}
        )
        bulk.write(self._connection, self._table, frame)
        self.ids |= added

    def encode(self, frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """`frame` with the texts of `columns` replaced by their numbers (Int64); null stays null."""
        for name in columns:
            self.add(frame[name].drop_nulls().unique())
        return frame.with_columns(self.encoded(name) for name in columns)

    def encoded(self, column: str) -> pl.Expr:
        """The numbers of the texts in `column`; a text that is not there is null."""
        return pl.col(column).replace_strict(
            list(self.ids), list(self.ids.values()), default=None, return_dtype=pl.Int64
        )
