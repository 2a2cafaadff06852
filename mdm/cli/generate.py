"""`mdm generate`: a synthetic city to work on."""

from __future__ import annotations

from pathlib import Path

import click

from mdm.cli import options, show
from mdm.errors import UsageError


def rates(texts: tuple[str, ...]) -> dict[str, float]:
    """NAME=RATE texts as a mapping; raises UsageError on another form."""
    pairs = [text.partition("=") for text in texts]
    try:
        return {name: float(value) for name, _, value in pairs}
    except ValueError:
        wrong = ", ".join(texts)
        raise UsageError(f"--set takes NAME=RATE with a rate such as 0.05, not: {wrong}") from None


@click.command(name="generate")
@options.directory
@options.people
@options.seed
@click.option("--set", "settings", multiple=True, metavar="NAME=RATE", help="Set the rate of one defect.")
@options.as_json
def command(directory: Path, people: int, seed: int, settings: tuple[str, ...], as_json: bool) -> None:
    """Eight departmental extracts of a synthetic city, a ready workspace, and the truth."""
    from mdm.generate import generate  # noqa: PLC0415  (the city's tables are large; other commands do without them)

    made = generate(directory, people=people, seed=seed, rates=rates(settings))
    values = made.to_dict()
    show.result(values, show.table(("what", "how many"), list(values.items())), as_json=as_json)
