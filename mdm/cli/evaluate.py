"""`mdm evaluate`: how right the published clusters are, against a truth."""

from __future__ import annotations

from pathlib import Path

import click

from mdm import versions
from mdm.cli import options, show
from mdm.report import evaluation
from mdm.repository import Repository, exports
from mdm.workspace import Workspace


@click.command(name="evaluate")
@options.directory
@click.argument("truth", metavar="TRUTH.csv", type=click.Path(path_type=Path))
@options.entity
@options.as_json
def command(directory: Path, truth: Path, entity: str | None, as_json: bool) -> None:
    """Pairwise and B-cubed precision, recall and F1; which errors, and why."""
    known = evaluation.read_truth(truth)
    with Repository.open(Workspace.open(directory).repository_url, create=False) as repository:
        versions.published(repository)
        quality = evaluation.evaluate(exports.crosswalk(repository), exports.edges(repository), known)
    quality = [each for each in quality if entity in (None, each.entity)]
    show.result({"entities": [q.to_dict() for q in quality]}, "\n\n".join(map(text, quality)), as_json=as_json)


def text(quality: evaluation.Quality) -> str:
    """One entity type's figures and its first errors."""
    rows = [("pairwise", *quality.pairwise), ("B-cubed", *quality.b_cubed)]
    lines = [
        f"{quality.entity}: {quality.records:,} records in the truth and published"
        + (f", {quality.unnamed:,} left out that the truth does not name" if quality.unnamed else "")
        + (f", {quality.missing:,} of the truth that are not published" if quality.missing else ""),
        show.table(("", "precision", "recall", "F1"), rows),
    ]
    if quality.errors:
        lines += ["", show.table(("error", "record", "record", "because"), quality.errors)]
    return "\n".join(lines)
