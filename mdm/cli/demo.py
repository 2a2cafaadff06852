"""`mdm demo`: a small synthetic city, the whole job, and what to look at."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from mdm import pipeline, versions
from mdm.cli import options, show
from mdm.generate import generate
from mdm.report import build, evaluation
from mdm.repository import Repository, exports
from mdm.summary import RunSummary
from mdm.workspace import Workspace

PEOPLE = 3_000
SEED = 1


@click.command(name="demo")
@click.argument("directory", metavar="[DIR]", default="demo", type=click.Path(path_type=Path))
@options.as_json
def command(directory: Path, as_json: bool) -> None:
    """Generate a small synthetic city, run the whole job, say what to look at."""
    with show.progress() as progress:
        progress("generate")
        generate(directory, people=PEOPLE, seed=SEED)
        workspace = Workspace.open(directory)
        summary = pipeline.run(workspace, progress=progress)
        progress("evaluate and report")
        with Repository.open(workspace.repository_url, create=False) as repository:
            truth = evaluation.read_truth(directory / "truth.csv")
            quality = evaluation.evaluate(exports.crosswalk(repository), exports.edges(repository), truth)
            report = build.write(repository, versions.published(repository), workspace.folder)
            task = _task(repository)
    values = {**summary.to_dict(), "quality": [each.to_dict() for each in quality], "report": str(report)}
    show.result(values, text(directory, summary, quality, report, task), as_json=as_json)


def _task(repository: Repository) -> tuple[str, str]:
    """A pair to explain: one that waits for a reviewer, else any."""
    edges = exports.edges(repository)
    waiting = edges.filter(edges["zone"] == "review")
    row: dict[str, Any] = (waiting if waiting.height else edges).row(0, named=True)
    return f"{row['left_source']}:{row['left_source_id']}", f"{row['right_source']}:{row['right_source_id']}"


def _program() -> str:
    """How this program is called from here: `mdm` where the shell finds it, else by its path."""
    called = Path(sys.argv[0])
    found = shutil.which("mdm")
    if called.name != "mdm" or (found is not None and Path(found).resolve() == called.resolve()):
        return "mdm"
    return os.path.relpath(called)


def text(
    directory: Path, summary: RunSummary, quality: list[evaluation.Quality], report: Path, task: tuple[str, str]
) -> str:
    """The summary as people read it, with three commands to try next."""
    golden = [(f"golden records, {entity}", count) for entity, count in summary.golden_by_entity.items()]
    facts = [
        ("records", summary.records),
        *golden,
        ("automatic links", summary.links),
        ("pairs waiting for a reviewer", summary.tasks),
        ("seconds", round(sum(summary.seconds.values()), 1)),
    ]
    rates = [(each.entity, *each.pairwise, each.b_cubed[2]) for each in quality]
    left, right = (f"'{name}'" for name in task)
    mdm = _program()
    return "\n".join(
        (
            f"A synthetic city of {PEOPLE:,} people in {directory}, reconciled in run {summary.run}.",
            "",
            show.table(
                ("source", "rows", "set aside"), [(each.source, each.rows, each.set_aside) for each in summary.sources]
            ),
            "",
            show.table(("what", "how many"), facts),
            "",
            "against the truth:",
            show.table(("", "precision", "recall", "F1", "B-cubed F1"), rates),
            "",
            f"the report: {report}",
            "",
            "try next:",
            f"  {mdm} explain {directory} {left} {right}",
            f"  {mdm} lineage {directory} C000000001V",
            f"  {mdm} export {directory} crosswalk {directory}/crosswalk.csv",
        )
    )
