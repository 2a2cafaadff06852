"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

directory: Callable[[F], F] = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
"""The workspace folder; the commands that open it say what is wrong with it."""

as_json: Callable[[F], F] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output, and nothing else there."
)
entity: Callable[[F], F] = click.option("--entity", metavar="E", help="Only this entity type.")
people: Callable[[F], F] = click.option(
    "--people", type=click.IntRange(min=1), required=True, metavar="N", help="How many people live in the city."
)
seed: Callable[[F], F] = click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed gives the same city."
)
