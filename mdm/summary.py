"""What a run did, for the terminal, for `--json`, and for the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any

STAGES = ("load", "standardise", "train", "block", "compare", "score", "cluster", "survive", "publish")

Progress = Callable[[str], None]
"""Told the name of each stage as it begins."""


@dataclass(frozen=True)
class Held:
    """A source that stayed at its last good state."""

    source: str
    reason: str
    gate: str | None
    message: str

    def to_dict(self) -> dict[str, str | None]:
        """Plain JSON types."""
        return {"source": self.source, "reason": self.reason, "gate": self.gate, "message": self.message}


@dataclass(frozen=True)
class SourceCounts:
    """What one extract brought."""

    source: str
    rows: int
    put: int
    deleted: int
    set_aside: int


@dataclass(frozen=True)
class RunSummary:
    """One run. `published` is False where nothing had changed: then the figures are those of the last run."""

    run: int | None
    published: bool
    rule_set_version: int | None
    partition_digest: str | None
    value_digest: str | None
    records: int | None = None
    pairs: int | None = None
    edges: int | None = None
    links: int | None = None
    tasks: int | None = None
    golden: int | None = None
    golden_by_entity: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    """Severity → data-quality findings of the live records."""
    sources: Sequence[SourceCounts] = ()
    held: Sequence[Held] = ()
    notes: Sequence[str] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mb: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "held": [held.to_dict() for held in self.held]}


class Clock:
    """Seconds a stage; every stage of STAGES is there, at zero where it was not reached."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.seconds = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time what is inside; a stage that is entered again adds up."""
        self._progress(stage)
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = round(self.seconds[stage] + perf_counter() - start, 3)


def peak_memory_mb() -> int:
    """The greatest resident memory of this process so far."""
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024
