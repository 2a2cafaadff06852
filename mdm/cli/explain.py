"""`mdm explain`: why two records are, or are not, held to be the same."""

from __future__ import annotations

from pathlib import Path

import click

from mdm import versions
from mdm.cli import options, show
from mdm.repository import Repository
from mdm.review import Explanation, explain
from mdm.workspace import Workspace


@click.command(name="explain")
@options.directory
@click.argument("left", metavar="RECORD")
@click.argument("right", metavar="RECORD")
@options.as_json
def command(directory: Path, left: str, right: str, as_json: bool) -> None:
    """Every comparison's level and weight for two records, the verdict, and what would change it."""
    with Repository.open(Workspace.open(directory).repository_url, create=False) as repository:
        found = explain(repository, versions.published(repository), left, right)
    show.result(found.to_dict(), text(found), as_json=as_json)


def text(found: Explanation) -> str:
    """The explanation as people read it; weights in bits: one more bit doubles the odds."""
    steps = [
        (
            step.comparison,
            step.left,
            step.right,
            step.level or "missing",
            f"{step.against_strangers:+.1f}",
            f"{step.against_relatives:+.1f}",
        )
        for step in found.steps
    ]
    columns = ("attribute", found.left.name, found.right.name, "level", "against strangers", "against relatives")
    kept = "one golden record" if found.together else "two golden records"
    lines = [
        show.table(columns, steps),
        "",
        f"weight {found.weight:+.1f} bits on a prior of {found.prior:+.1f}: probability {found.probability:.4f}, "
        f"zone {found.zone}",
        f"published as {kept}: {', '.join(dict.fromkeys((found.left.golden_id, found.right.golden_id)))}",
        "found by the blocking rules: " + ("; ".join(found.rules) or "none, so the pair was never compared"),
        *(f"evidence against, inside a cluster: {constraint}" for constraint in found.constraints),
    ]
    if found.changes:
        lines += ["", "what alone would change the verdict:"]
        lines += [f"  {name} {level} → {zone} ({weight:+.1f} bits)" for name, level, zone, weight in found.changes]
    return "\n".join(lines)
