"""Whether a later load still writes as its source did when it was set up.

What was frozen decides how every cell is read, whatever a load looks like: here a load is only believed or not. Proof
beyond doubt that it is written otherwise meets a gate, and its source is held; less is told in the run's summary.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import log

import polars as pl

from mdm.errors import SourceError
from mdm.sources.parties import received_columns
from mdm.sources.profile import THOUSAND, conditions, date_columns, filled, sex_columns, sex_evidence, some
from mdm.sources.shared import shared
from mdm.standardise import Knowledge, SourceProfile, profiling
from mdm.workspace import RuleSet, SourceSpec

GATES = ("dates", "sex_codes", "new_year", "columns", "parties")
"""The gates that a load meets which is plainly written in another way than its source."""
PROOFS, TIMES = 5, 9
"""Dates that can only be read in another order, and how many times as many as those that can't."""
NEW_CODES, NEW_SHARE = 10, 0.05
"""Rows with codes for sex that were never seen, and their share of the rows that have one."""
NEW_YEAR_TIMES = 10.0
"""How many times as often as by chance a birth must be on 1 January, in a source where that is a day like others."""
CHANCE = 1e-9
"""A column or a condition that is empty by chance less often than this went empty."""
WARNED = 0.05
"""The share of dates proven otherwise from which a run tells of it."""
ADOPT = "then `mdm adopt DIR edited`."


def check_habits(
    rows: pl.DataFrame, put: pl.DataFrame, spec: SourceSpec, rule_set: RuleSet, accept: Collection[str] = ()
) -> tuple[str, ...]:
    """Look at a load of a source with frozen habits; sentences for the summary, counts only.

    `rows`: the extract as it came, a column a cell; `put`: its new and changed rows (row_key, line, received as JSON).
    Raises SourceError with the first gate that the load meets and that `accept` doesn't name.
    """
    profile, knowledge = rule_set.profiles.get(spec.name), rule_set.knowledge
    if profile is None or put.is_empty():
        return ()
    notes = []
    cells = received_columns(some(put), spec.columns)
    for gate, said, remedy in [
        *_emptied(rows, spec, profile),
        *_dates(cells, spec, profile),
        *_sexes(cells, spec, profile, knowledge),
    ]:
        if gate is not None and f"{gate}:{spec.name}" not in accept:
            raise SourceError(spec.name, said, remedy, gate=f"{gate}:{spec.name}")
        notes.append(f"{spec.name}: {said}")
    marks = shared(cells, spec, rule_set.rules.entities, knowledge, profile)
    for attribute, found in marks.items():
        new = len(set(found) - set(profile.shared.get(attribute, ())))
        if new:
            notes.append(f"{spec.name}: {new} values of {attribute} have many holders, and aren't known as shared.")
    return tuple(notes)


Disagreement = tuple[str | None, str, str]
"""The gate, or None where it is only told; what disagrees; what to do."""


def _emptied(rows: pl.DataFrame, spec: SourceSpec, profile: SourceProfile) -> Iterator[Disagreement]:
    """Columns that held something and hold nothing now; parties that were named and are no more."""
    remedy = "Is the extract whole? Send it again; until then the last good state stays."
    few = some(rows)  # what is there in some rows needs no look at all of them
    likely = [name for name, share in profile.filled.items() if _beyond_chance(share, rows.height)]
    gone = [n for n in likely if n in rows.columns and not filled(few[n]) and not filled(rows[n])]
    whole = spec.mode == "snapshot"  # a few changes need not hold everything
    if gone:
        yield ("columns" if whole else None), f"columns that held values are empty: {', '.join(gone)}.", remedy
    wheres = [where for where, share in profile.conditions.items() if _beyond_chance(share, rows.height)]
    still = conditions(few, spec) if wheres else {}
    still = still if all(where in still for where in wheres) else conditions(rows, spec)
    nobody = [where for where in wheres if where not in still]
    if nobody:
        yield ("parties" if whole else None), f"no row fulfils `where: {'`, `'.join(nobody)}` any more.", remedy


def _beyond_chance(per_thousand: int, rows: int) -> bool:
    return rows * log(1 - min(per_thousand, THOUSAND - 1) / THOUSAND) < log(CHANCE)


def _dates(cells: pl.DataFrame, spec: SourceSpec, profile: SourceProfile) -> Iterator[Disagreement]:
    for attribute, column in date_columns(cells, spec).items():
        own = profile.of(attribute)
        proofs = profiling.date_proofs(column)
        order, agree = own.date_order, proofs[own.date_order]
        against = sum(proofs.values()) - agree
        said = (
            f"{against} dates of {attribute} can't be read as {order}, the order that is frozen, and {agree} can only."
        )
        plainly = against >= PROOFS and against >= TIMES * agree and not spec.date_order
        if plainly or against > WARNED * (agree + against):
            instead = profiling.proven_order({**proofs, order: 0})
            remedy = (
                f"Send them as before; if they come so for good, write `date_order: {instead}` in mdm.yaml, {ADOPT}"
            )
            yield ("dates" if plainly else None), said, remedy
        excess = profiling.new_year_excess(column, order)
        if excess > profiling.TIMES_EXPECTED and not own.new_year_is_year:
            said = (
                f"{excess:.0f} times as many dates of {attribute} as by chance are 1 January, which is read as a day."
            )
            remedy = "Where only the year is known, have the year sent alone."
            yield ("new_year" if excess > NEW_YEAR_TIMES else None), said, remedy


def _sexes(
    cells: pl.DataFrame, spec: SourceSpec, profile: SourceProfile, knowledge: Knowledge
) -> Iterator[Disagreement]:
    codes = profile.sex_codes
    remedy = f"Send them as before; if the codes have changed for good, write `sex_codes:` in mdm.yaml, {ADOPT}"
    said = sex_evidence(cells, spec, knowledge, codes)
    turned = [code for code, sexes in sorted(said.items()) if code in codes and codes[code] not in sexes]
    if turned:
        what = f"by the names and numbers beside them, codes for sex mean the opposite of before: {', '.join(turned)}."
        yield (None if spec.sex_codes else "sex_codes"), what, remedy
    rows, filled = 0, 0
    for name in sex_columns(spec):
        rows += sum(n for code, n in profiling.bare_codes(cells[name], knowledge).items() if code not in codes)
        filled += cells.height - cells[name].null_count()
    if rows:
        plainly = rows >= NEW_CODES and rows >= NEW_SHARE * filled
        yield ("sex_codes" if plainly else None), f"{rows} rows have a code for sex that was never seen.", remedy
