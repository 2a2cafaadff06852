"""Administrative units as data: each version of a unit with the days it held, and what became of what.

A reform is rows of `rules/units`, never code. Codes were issued anew on 1 July 2025, and most of them name another area
since: a code means nothing without the map it stands on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from mdm.standardise.address_names import kind_of
from mdm.standardise.knowledge import Knowledge

LEGACY = "2025-06-30"
"""The map of three levels, by which `unit_code_legacy` is defined."""
RECODED = "2025-07-01"
"""The day on which all communes got today's codes; every later map goes on with them."""
FOREVER = "9999"


class Unit(NamedTuple):
    """One version of a commune: the name and province that a code had from one day until another."""

    code: str
    name: str
    kind: str
    """The type word that its name begins with."""
    district_code: str | None
    """None since July 2025, like `district`."""
    district: str | None
    province: str
    """The code of its province."""
    valid_from: str
    """The first day; empty on the map of 30 June 2025, where nobody recorded it."""
    until: str
    """The first day on which it held no longer; `FOREVER` for one that stands today."""
    units: tuple[str, ...]
    """Today's codes of all that was inside it."""
    legacy: tuple[str, ...]
    """Codes of 30 June 2025 of all that was inside it at any time while it held."""

    @property
    def old(self) -> bool:
        """Its code is one of the map of 30 June 2025."""
        return self.until == RECODED


@dataclass(frozen=True)
class Maps:
    """All versions of all communes, and the names of all provinces."""

    units: Sequence[Unit]
    provinces: Mapping[tuple[bool, str], Sequence[str]]
    """(on the map of 30 June 2025, its code) → the names it had, the latest last."""


class Flows:
    """Where each unit went, reform by reform. `changes`: the day, the code until then, a code from then."""

    def __init__(self, changes: Iterable[tuple[str, ...]]) -> None:
        self._into: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for day, old, new in sorted(changes):
            self._into[day][old].append(new)
        self._held: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for day, moves in self._into.items():
            for code, held in self._after(day, moves).items():
                self._held[code].append((day, held))

    def _after(self, day: str, moves: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
        """What each code that a reform touches holds from that day on, in codes of 30 June 2025."""
        recoded = day == RECODED
        before = {old: frozenset({old}) if recoded else self._now(old) for old in moves}
        after = {} if recoded else dict.fromkeys(moves, frozenset[str]())
        for old, targets in moves.items():
            for new in targets:
                after[new] = after.get(new, self._now(new)) | before[old]
        return after

    def _now(self, code: str) -> frozenset[str]:
        held = self._held.get(code)
        return held[-1][1] if held else frozenset()

    def today(self, code: str, since: str) -> tuple[str, ...]:
        """Today's codes of what stood under a code on the day `since`."""
        for day, moves in self._into.items():
            if day > since and code in moves:
                return tuple(sorted({end for new in moves[code] for end in self.today(new, day)}))
        return (code,)

    def legacy(self, code: str, since: str, until: str) -> tuple[str, ...]:
        """What a code of today's series held at any time from `since` to before `until`, in codes of 30 June 2025."""
        held = [(day, codes) for day, codes in self._held.get(code, ()) if day < until]
        begun = [number for number, (day, _) in enumerate(held) if day <= since]
        return tuple(sorted({old for _, codes in held[begun[-1] if begun else 0 :] for old in codes}))

    def end(self, code: str, since: str) -> str:
        """The day after `since` on which a reform took the whole unit away, or `FOREVER`."""
        gone = (day for day, moves in self._into.items() if day > since and code not in moves.get(code, (code,)))
        return next(gone, FOREVER)


@lru_cache(maxsize=8)
def maps(knowledge: Knowledge) -> Maps:
    """The maps of `units.csv` and `changes.csv`, brought up to today by `later_units.csv` and `later_changes.csv`."""
    columns = ("valid_from", "old_code", "new_code")
    flows = Flows(row for name in ("changes", "later_changes") for row in rows(knowledge, name, *columns))
    later = list(rows(knowledge, "later_units", "code", "name", "province_code", "valid_from"))
    return Maps(list(_units(knowledge, later, flows)), _provinces(knowledge, later))


def rows(knowledge: Knowledge, name: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """Rows of `units/<name>.csv`; none where the file is missing, as in a rule set frozen before there was one."""
    path = f"units/{name}.csv"
    if path not in knowledge.files:
        return iter(())
    table = knowledge.table(path)
    return zip(*(table[column].to_list() for column in columns), strict=True)  # much faster than rows of a frame


Version = tuple[str, ...]
"""Code, name, code of the province (None for a province's own row), first day."""


def _units(knowledge: Knowledge, later: Sequence[Version], flows: Flows) -> Iterator[Unit]:
    renamed: dict[str, list[Version]] = defaultdict(list)
    for version in later:
        if version[2]:
            renamed[version[0]].append(version)
    columns = ("epoch", "code", "name", "type", "district_code", "district", "province_code")
    for epoch, code, name, kind, district_code, district, province in rows(knowledge, "units", *columns):
        if epoch == LEGACY:
            now = flows.today(code, LEGACY)
            yield Unit(code, name, kind, district_code, district, province, "", RECODED, now, (code,))
        else:
            yield from _versions([(code, name, province, epoch), *renamed.pop(code, ())], flows)
    for versions in renamed.values():
        yield from _versions(versions, flows)


def _versions(versions: Sequence[Version], flows: Flows) -> Iterator[Unit]:
    """One code's versions: each ends where the next begins or where a reform took the unit away."""
    versions = sorted(versions, key=lambda version: version[3])
    ends = [version[3] for version in versions[1:]] + [FOREVER]
    for (code, name, province, since), end in zip(versions, ends, strict=True):
        until = min(end, flows.end(code, since))
        now, legacy = flows.today(code, since), flows.legacy(code, since, until)
        yield Unit(code, name, kind_of(name), None, None, province, since, until, now, legacy)


def _provinces(knowledge: Knowledge, later: Sequence[Version]) -> Mapping[tuple[bool, str], Sequence[str]]:
    names: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for epoch, code, name in dict.fromkeys(rows(knowledge, "units", "epoch", "province_code", "province")):
        names[epoch == LEGACY, code].append(name)
    for code, name, province, _ in sorted(later, key=lambda version: version[3]):
        if not province:
            names[False, code].append(name)
    return names
