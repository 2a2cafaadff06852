"""`mdm init`: a new workspace."""

from __future__ import annotations

from pathlib import Path

import click

from mdm.cli import options, show
from mdm.onboarding import propose
from mdm.workspace import templates


@click.command(name="init")
@options.directory
@click.option("--template", default="hcmc", show_default=True, help="The rule set to start from.")
@click.option(
    "--from",
    "extracts",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Map this unknown extract.",
)
@click.argument("more", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE…]")
@options.as_json
def command(directory: Path, template: str, extracts: tuple[Path, ...], more: tuple[Path, ...], as_json: bool) -> None:
    """Make a workspace: mdm.yaml, with a mapping proposed for unknown files. Never overwrites one."""
    path = propose.init(directory, template, (*extracts, *more)) if extracts else templates.init(directory, template)
    show.result({"path": str(path)}, f"{path} is written. Correct it, then: mdm check {directory}", as_json=as_json)
