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
    found = propose.proposals(directory, template, (*extracts, *more)) if extracts else []
    path = templates.init(directory, template, found)
    unread = [proposal.path for proposal in found if proposal.unread]
    text = f"{path} is written. Correct it, then: mdm check {directory}"
    if unread:
        text += f"\n{len(unread)} of {len(found)} files couldn't be read; the reason stands there: {', '.join(unread)}"
    show.result({"path": str(path), **({"unread": unread} if unread else {})}, text, as_json=as_json)
