"""How results reach a terminal or a program: text for people, one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from mdm.summary import Progress as OnProgress


def result(values: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print `values` as one JSON object, or `text`."""
    click.echo(json.dumps(values, ensure_ascii=False, sort_keys=False) if as_json else text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str | None = None) -> str:
    """Rows as aligned text, without colours when standard output is not a terminal."""
    grid = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    numbers = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(columns))]
    for name, number in zip(columns, numbers, strict=True):
        grid.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        grid.add_row(*map(cell, row))
    console = Console(width=None if sys.stdout.isatty() else 160)
    with console.capture() as captured:
        console.print(grid, markup=False)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def cell(value: object) -> str:
    """One value as people read it: thousands apart, rates to four decimals, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return (f"{value:.4f}" if abs(value) <= 1 else f"{value:,.1f}") if isinstance(value, float) else str(value)


@contextmanager
def progress() -> Iterator[OnProgress]:
    """A progress line on a terminal, plain lines otherwise, on standard error."""
    if not sys.stderr.isatty():
        yield lambda stage: click.echo(f"  {stage}", err=True)
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda stage: bar.update(task, description=stage)
