"""The candidates of a divided commune, narrowed by street and house number, where a steward's table says so only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mdm.standardise.address_maps import RECODED, maps, rows
from mdm.standardise.address_names import Place
from mdm.standardise.address_words import key_of
from mdm.standardise.knowledge import Knowledge

_MOUTH = re.compile(r"\d+")
_SIDES = {"odd": 1, "even": 0}


@dataclass(frozen=True)
class Houses:
    """Houses of one street in one divided commune, and the codes of today that they may have."""

    units: tuple[str, ...]
    first: int | None
    last: int | None
    side: int | None
    """The remainder of their numbers by two; None for both sides."""

    def holds(self, number: int | None) -> bool:
        """Whether the house of that number is surely one of them."""
        if self.first is None and self.last is None and self.side is None:
            return True
        if number is None:
            return False
        return (
            (self.first is None or self.first <= number)
            and (self.last is None or number <= self.last)
            and self.side in (None, number % 2)
        )


@dataclass(frozen=True)
class Streets:
    """What is known of streets of divided communes."""

    houses: Mapping[tuple[str, str], Sequence[Houses]]
    """(code of 30 June 2025, key of the street) → houses."""
    became: Mapping[str, tuple[str, ...]]
    """Code of 30 June 2025 → today's codes."""

    def narrowed(self, place: Place, street: str, house_no: str) -> Place:
        """The place without the candidates that the table rules out; as it was where the table says nothing."""
        if len(place.units) < 2 or not street or not self.houses:
            return place
        key, mouth = key_of(street), _MOUTH.match(house_no)
        left = {code for old in place.legacy for code in self._units(old, key, int(mouth[0]) if mouth else None)}
        units = tuple(code for code in place.units if code in left)
        return replace(place, units=units) if units else place

    def _units(self, old: str, street: str, number: int | None) -> Sequence[str]:
        found = [houses for houses in self.houses.get((old, street), ()) if houses.holds(number)]
        return [code for houses in found for code in houses.units] or self.became.get(old, ())


def streets_of_units(knowledge: Knowledge) -> Streets:
    """The rows of `units/street_units.csv` that are certain."""
    became = {unit.code: unit.units for unit in maps(knowledge).units if unit.old}
    today = {unit.code: unit.units for unit in maps(knowledge).units if unit.valid_from == RECODED}
    houses: dict[tuple[str, str], list[Houses]] = defaultdict(list)
    columns = ("legacy_code", "street", "from", "to", "side", "new_code", "certain")
    for old, street, first, last, side, new, certain in rows(knowledge, "street_units", *columns):
        if certain == "yes":
            units = today.get(new, (new,))
            start, end = (int(number) if number else None for number in (first, last))
            houses[old, key_of(street)].append(Houses(units, start, end, _SIDES.get(side)))
    return Streets(houses, became)
