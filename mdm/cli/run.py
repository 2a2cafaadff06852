"""`mdm run`: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from mdm import pipeline
from mdm.cli import options, show
from mdm.summary import RunSummary
from mdm.workspace import Workspace

HELD = 3


@click.command(name="run")
@options.directory
@click.option("--full", is_flag=True, help="Recompute everything, even if no extract has changed.")
@click.option("--accept", multiple=True, metavar="GATE", help="Let a gate through, by the name that was printed.")
@options.as_json
def command(directory: Path, full: bool, accept: tuple[str, ...], as_json: bool) -> int:
    """Load what changed, reconcile, publish."""
    with show.progress() as progress:
        summary = pipeline.run(Workspace.open(directory), full=full, accept=frozenset(accept), progress=progress)
    show.result(summary.to_dict(), text(summary), as_json=as_json)
    return HELD if summary.held else 0


def text(summary: RunSummary) -> str:
    """The summary as people read it."""
    lines = [
        *summary.notes,
        head(summary),
        "",
        show.table(
            ("source", "rows", "put", "deleted", "set aside"),
            [tuple(vars(counts).values()) for counts in summary.sources],
        ),
    ]
    if summary.published:
        facts = {
            "records": summary.records,
            "pairs compared": summary.pairs,
            "edges kept": summary.edges,
            "waiting for a reviewer": summary.tasks,
            **{f"golden records ({entity})": n for entity, n in summary.golden_by_entity.items()},
            **{f"data-quality findings ({grade})": n for grade, n in summary.findings.items()},
            "seconds": round(sum(summary.seconds.values()), 1),
            "peak memory, MB": summary.peak_memory_mb,
        }
        lines += ["", show.table(("what", "how many"), list(facts.items()))]
    if summary.run is not None:
        lines += ["", f"partition digest  {summary.partition_digest}", f"value digest      {summary.value_digest}"]
    lines += [f"HELD  {held.message}" for held in summary.held]
    return "\n".join(lines)


def head(summary: RunSummary) -> str:
    """What came of the run, in one line."""
    if summary.published:
        return f"run {summary.run} published, rule-set version {summary.rule_set_version}"
    if summary.run is None:
        return "no extract gave a row; nothing was published"
    return f"nothing has changed since run {summary.run}; nothing was published"
