"""The synthetic city: people and businesses that never were, as eight departments would have written them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mdm.errors import UsageError
from mdm.generate import city as cities
from mdm.generate import write
from mdm.generate.chance import stream
from mdm.generate.departments import DEPARTMENTS
from mdm.generate.evidence import Evidence, measure
from mdm.generate.extract import BUSINESS, CITIZEN
from mdm.generate.rates import Rates
from mdm.generate.scribe import Scribe

__all__ = ["Evidence", "Generated", "Rates", "generate"]

FEWEST, MOST = 20, 20_000_000


@dataclass(frozen=True)
class Generated:
    """What was written: rows of each source, people, businesses, couples, and what evidence the records hold."""

    people: int
    businesses: int
    rows: Mapping[str, int]
    records: int
    twins: int
    namesakes: int
    strangers: int
    citizen_evidence: Evidence
    business_evidence: Evidence

    def to_dict(self) -> dict[str, int | float]:
        """Flat figures for a summary or for JSON; `evidence.py` says what *out of reach* means."""
        rows = {f"rows_{source}": count for source, count in self.rows.items()}
        counts = {"people": self.people, "businesses": self.businesses, "records": self.records, **rows}
        couples = {"twins": self.twins, "namesakes": self.namesakes, "strangers": self.strangers}
        evidence: dict[str, int | float] = {}
        for name, found in ((CITIZEN, self.citizen_evidence), (BUSINESS, self.business_evidence)):
            evidence[f"{name}_pairs"] = found.pairs
            evidence[f"{name}_pairs_out_of_reach"] = found.out_of_reach
            evidence[f"{name}_best_recall"] = round(found.best_recall, 6)
        return {**counts, **couples, **evidence}


def generate(folder: Path, people: int, seed: int, rates: Mapping[str, float] | None = None) -> Generated:
    """Writes eight extracts, `mdm.yaml`, `truth.csv` and `couples.csv` of a city of `people` into `folder`.

    The same people, seed and rates give the same bytes. Raises UsageError on an unknown rate, a rate outside 0 to 1, a
    number of people that isn't between 20 and 20 million, or a folder that already holds a workspace.
    """
    chosen = Rates.of(rates or {})
    if not FEWEST <= people <= MOST:
        raise UsageError(f"a city has {FEWEST} to {MOST} people, not {people}. Nothing was written.")
    write.prepare(folder)
    city = cities.build(people, chosen, seed)
    extracts, mappings = [], []
    for source, (extract, care) in DEPARTMENTS.items():
        made = extract(Scribe(city, chosen, stream(seed, source), care))
        name = write.write_extract(folder, made)
        mappings.append(made.mapping.replace("{path}", name))
        extracts.append(made)
    records = write.write_truth(folder, extracts)
    write.write_couples(folder, city.couples)
    write.write_workspace(folder, mappings, people, seed)
    return Generated(
        people=people,
        businesses=len(city.businesses),
        rows={extract.source: extract.rows.height for extract in extracts},
        records=records,
        twins=len(city.couples.twins),
        namesakes=len(city.couples.namesakes),
        strangers=len(city.couples.strangers),
        citizen_evidence=measure(extracts, CITIZEN, city.people),
        business_evidence=measure(extracts, BUSINESS, city.people),
    )
