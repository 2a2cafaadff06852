"""How fast a city is standardised: the standardise stage of `mdm run`, attribute by attribute.

    python benchmarks/standardising.py FOLDER

FOLDER is a workspace, as `mdm generate FOLDER --people 380000` makes one of a million records. Its extracts are read
into a repository in memory, which takes no part in the figures. Beside attributes that are read together: their
distinct texts (of sources that write alike), and the seconds that the standardiser took for them, on the wall and on
processors. Below: the whole stage, with rows becoming parties, texts becoming distinct and answers being laid out. Rows
are Markdown.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import cpu_count
from pathlib import Path
from time import perf_counter, process_time

import polars as pl

from mdm import loading, versions
from mdm.repository import Repository
from mdm.sources import live, records
from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile, Standardiser
from mdm.summary import peak_memory_mb
from mdm.workspace import RuleSet, Workspace

Rows = Mapping[str, pl.DataFrame]


@dataclass
class Timed:
    """One attribute's standardiser at work."""

    name: str
    texts: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0


class Listening(dict[str, Standardiser]):
    """Standardisers that note their texts and seconds: one entry in `timed` each time that one is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.timed: list[Timed] = []

    def __getitem__(self, name: str) -> Standardiser:
        asked = STANDARDISERS[name]
        timed = Timed(name)
        self.timed.append(timed)

        def function(
            texts: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
        ) -> pl.DataFrame:
            wall, processor = perf_counter(), process_time()
            answer = asked.function(texts, knowledge, profile, options)
            timed.seconds += perf_counter() - wall
            timed.processor_seconds += process_time() - processor
            timed.texts += texts.len()
            return answer

        return replace(asked, function=function)


def load(folder: Path) -> tuple[Rows, RuleSet]:
    """The live rows of a workspace that was never run, and the rule set that a first run would use."""
    workspace = Workspace.open(folder)
    with Repository.open("sqlite://") as repository:
        loaded = loading.load(workspace, versions.current(workspace, repository), repository, frozenset())
        return loaded.rows(repository), loaded.rule_set


def main(folder: Path) -> None:
    """Standardise once, cold, and print what it took."""
    rows, rule_set = load(folder)
    print(f"{platform.machine()}, {cpu_count()} cores; Python {platform.python_version()}, Polars {pl.__version__}")
    print(f"{sum(frame.height for frame in rows.values()):,} rows; {peak_memory_mb():,} MB at most so far\n")
    listening = Listening()
    vars(records)["STANDARDISERS"] = listening
    wall, processor = perf_counter(), process_time()
    parties = live.standardise_rows(rows, rule_set)
    wall, processor = perf_counter() - wall, process_time() - processor
    entities = rule_set.rules.entities.items()
    named = [(entity, ", ".join(names)) for entity, rules in entities for names in records.read_alike(rules)]
    print("| entity | attributes | standardiser | distinct texts | seconds | processor | texts a second |")
    print("|---|---|---|--:|--:|--:|--:|")
    for (entity, attributes), timed in zip(named, listening.timed, strict=True):
        speed = timed.texts / timed.seconds if timed.seconds else 0
        figures = f"{timed.texts:,} | {timed.seconds:.2f} | {timed.processor_seconds:.2f} | {speed:,.0f}"
        print(f"| {entity} | {attributes} | {timed.name} | {figures} |")
    made = sum(frame.height for frame in parties.records.values())
    inside = sum(timed.seconds for timed in listening.timed)
    print(f"\n{made:,} records in {wall:.1f} s ({processor:.1f} s of processors): {made / wall:,.0f} a second")
    print(f"standardisers {inside:.1f} s, the rest {wall - inside:.1f} s; {peak_memory_mb():,} MB at most")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
