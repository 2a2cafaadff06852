"""Administrative units as addresses name them: which communes a ward, district and province can mean, in both epochs.

A name is read on every map there was; a unit that was gone earlier leads to what became of it. Several candidates stay
several: nothing here picks a default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mdm.standardise.address_index import HOME, NameIndex, merged
from mdm.standardise.address_names import District, Name, Place, Province, Ward, core_of, kind_of
from mdm.standardise.address_narrowing import Streets, streets_of_units
from mdm.standardise.address_words import toned_of
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.syllables import is_plain_syllable

MANY = 8
"""More candidates than this say nothing about where an address is."""
SHORTEST = (6, 10)
"""Letters of the shortest ward's name that is found with one letter wrong, and with two."""
IN_WORDS = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
    "xi": "11", "xii": "12", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5", "sau": "6", "bay": "7",
    "tam": "8", "chin": "9", "muoi": "10",
}  # fmt: skip
"""Numbers of districts and wards in Roman figures or in words."""


CITY = "Thành phố"

T = TypeVar("T")


def _initials(key: str) -> str:
    return "".join(word[0] for word in key.split())


def _spelled(key: str) -> bool:
    return all(map(is_plain_syllable, key.split()))


def _preferred(items: Sequence[T], *tests: Callable[[T], bool]) -> Sequence[T]:
    """Those that pass each test in turn; a test that none passes is skipped."""
    for test in tests:
        items = [item for item in items if test(item)] or items
    return items


@dataclass(frozen=True, eq=False)
class UnitIndex(NameIndex):
    """Reads names of units by the index of all of them."""

    _places: dict[tuple[Name | None, Name | None, Name | None], Place] = field(default_factory=dict)

    def place(self, ward: Name | None, district: Name | None, province: Name | None) -> Place:
        """What these three names say together; each may be missing or unknown."""
        asked = (ward, district, province)
        if asked not in self._places:
            if len(self._places) > 1 << 16:
                self._places.clear()
            self._places[asked] = self._place(*asked)
        return self._places[asked]

    def by_street(self, place: Place, street: str, house_no: str) -> Place:
        """A place in a divided commune, narrowed where the steward's table knows this street or house."""
        return self._streets.narrowed(place, street, house_no)

    @cached_property
    def _streets(self) -> Streets:
        return streets_of_units(self.knowledge)

    def district_candidates(self, name: Name, province: Name | None) -> Sequence[District]:
        """Districts that a name can mean, in the province named or else at home, or else anywhere."""
        return self._districts_named(name, self._provinces_named(province))

    def knows_ward(self, ward: Name, district: Name | None, province: Name | None) -> bool:
        """Whether a commune of that name stands where the other two names say."""
        provinces = self._provinces_named(province)
        return bool(self._candidates(ward, self._districts_named(district, provinces), provinces))

    def _provinces_named(self, name: Name | None) -> Sequence[Province]:
        """Provinces of that name; several where it was divided since (Sông Bé)."""
        found = self.provinces.get(name.key, ()) if name else ()
        return [p for p in found if name and toned_of(core_of(p.name)) == name.toned] or found

    def _rings(self, provinces: Sequence[Province]) -> Sequence[tuple[frozenset[str], frozenset[str]]]:
        """(old, new) province codes to look in, nearest first: the provinces named, then all that they hold today."""
        if not provinces:
            return ((self.home_provinces, frozenset({HOME})),)
        old = frozenset(p.old for p in provinces if p.old)
        new = frozenset(p.new for p in provinces if p.new)
        return ((old, new), (frozenset(chain.from_iterable(self.became.get(code, ()) for code in new)), new))

    def _districts_named(self, name: Name | None, provinces: Sequence[Province]) -> Sequence[District]:
        if name is None:
            return ()
        if name.initials:
            found = [
                d
                for key, districts in self.districts.items()
                if _initials(key) == name.key
                for d in districts
                if d.province in self.home_provinces or provinces
            ]
        else:
            found = list(self.districts.get(name.key, ()))
        for old, _ in self._rings(provinces):
            if near := [d for d in found if d.province in old]:
                found = near
                break
        else:
            found = [] if provinces else found
        return _preferred(
            found,
            lambda d: kind_of(d.name) == name.kind if name.kind else d.code.isdigit(),
            lambda d: name.initials or not name.toned or toned_of(core_of(d.name)) == name.toned,
        )

    def _candidates(self, ward: Name, districts: Sequence[District], provinces: Sequence[Province]) -> Sequence[Ward]:
        if districts:
            found = self._in_districts(ward, districts)
        else:
            found = self._anywhere(ward, provinces) if not ward.initials else []
        return _preferred(
            found,
            lambda w: not ward.kind or w.kind == ward.kind,
            lambda w: ward.initials or not ward.toned or w.toned == ward.toned,
        )

    def _in_districts(self, ward: Name, districts: Sequence[District]) -> list[Ward]:
        inside = [self.within[d.code] for d in districts]
        if ward.initials:
            return [w for wards in inside for key, found in wards.items() if _initials(key) == ward.key for w in found]
        found: list[Ward] = []
        for key in (ward.key, IN_WORDS.get(ward.key, "")):
            found = found or [w for wards in inside for w in wards.get(key, ())]
        if any(w.units for w in found):
            return found
        if today := self._new_in_districts(ward, districts) or found:
            return today
        if ward.key.isdigit():
            return []
        if len(ward.key) <= 4 and (short := self._in_districts(ward._replace(initials=True), districts)):
            return short
        return [w for wards in inside for w in wards.get(self._meant(ward.key, districts), ())]

    def _meant(self, key: str, districts: Sequence[District]) -> str:
        """The one name in these districts that a misspelled one can mean; the key itself if there is none.

        A name whose syllables are all right may be one that the tables lack. So two letters are never changed in it,
        and one only in the city, whose names of the last maps are all known, or where the name meant has a syllable
        that is none (Kao).
        """
        names = sorted({name for d in districts for name in self.within[d.code] if not name.isdigit()})
        right = _spelled(key)
        for slips, shortest in enumerate(SHORTEST[:1] if right else SHORTEST, 1):
            near = process.extract(key, names, scorer=OSA.distance, score_cutoff=slips, limit=2)
            if near:
                meant = near[0][0]
                sure = not right or not _spelled(meant) or all(d.province in self.home_provinces for d in districts)
                return meant if sure and len(near) == 1 and len(key) >= shortest else key
        return key

    def _new_in_districts(self, ward: Name, districts: Sequence[District]) -> list[Ward]:
        """A unit of today written with an old district: its candidates before July 2025 are those of that district."""
        inside = {code for d in districts for wards in self.within[d.code].values() for w in wards for code in w.legacy}
        return [
            Ward(w.name, w.toned, None, w.province, w.units, tuple(code for code in w.legacy if code in inside))
            for w in self.wards.get(ward.key, ())
            if w.district is None and inside.intersection(w.legacy)
        ]

    def _anywhere(self, ward: Name, provinces: Sequence[Province]) -> list[Ward]:
        """Communes of that name, old or new, in the nearest ring that has one."""
        named = [w for w in self.wards.get(ward.key, ()) if not ward.kind or w.kind == ward.kind]
        named = named or self.wards.get(ward.key, [])
        for old, new in self._rings(provinces):
            found = [w for w in named if w.province in (new if w.district is None else old)]
            if standing := [w for w in found if not w.past]:
                return standing
            if found:
                return found
        if provinces:  # `Phường Chánh Hiệp, Bình Dương`: a name of today with the province of before
            before = {p.old for p in provinces}
            return [w for w in named if w.district is None and before & {self._province_before[c] for c in w.legacy}]
        return [] if ward.key.isdigit() else list(named)

    def _place(self, ward: Name | None, district: Name | None, province: Name | None) -> Place:
        provinces = self._provinces_named(province)
        districts = self._districts_named(district, provinces)
        if ward is None:
            return self._without_ward(district, districts, province, provinces)
        found = self._candidates(ward, districts, provinces)
        if not found and district is not None and not province and self._is_city(district):
            return self._place(ward, None, district)  # TP. Bắc Ninh is a province now, and was a district of one
        if district is not None and not districts and district.key in self.districts:
            found = []  # the province named has no such district
        units, legacy = merged(w.units for w in found), merged(w.legacy for w in found)
        many = len(units) > MANY or (ward.key.isdigit() and not districts and len(found) > 1)
        if many:
            found = []
        homes = {w.district for w in found}
        home = next(iter(homes)) if len(homes) == 1 else None
        names = {w.name for w in found}
        shown = _short(home.name if home else _one_name(districts) or (_shown(district) if district else ""))
        return Place(
            units=() if many else units,
            legacy=() if many else legacy,
            ward=next(iter(names)) if len(names) == 1 else _shown(ward),
            district=shown,
            province=self._province_shown(found, districts, province, provinces, bool(shown)),
            ambiguous=many or not (units or legacy),
            unmarked=not ward.toned and len({w.toned for w in found}) > 1,
        )

    def _is_city(self, name: Name) -> bool:
        """Whether today a province of that name is a city."""
        cities = {core_of(names[-1]) for (old, _), names in self._maps.provinces.items() if kind_of(names[-1]) == CITY}
        return name.kind in ("", CITY) and any(core_of(p.name) in cities for p in self.provinces.get(name.key, ()))

    def _without_ward(
        self, district: Name | None, districts: Sequence[District], province: Name | None, provinces: Sequence[Province]
    ) -> Place:
        shown = _short(_one_name(districts) or (_shown(district) if district else ""))
        where = self._province_shown([], districts, province, provinces, bool(shown))
        if len(districts) == 1 and len(wards := self.within[districts[0].code]) == 1:  # an island without communes
            (only,) = next(iter(wards.values()))
            return Place(only.units, only.legacy, "", shown, where)
        return Place(district=shown, province=where, ambiguous=district is not None and not districts)

    def _province_shown(
        self,
        wards: Sequence[Ward],
        districts: Sequence[District],
        name: Name | None,
        provinces: Sequence[Province],
        districted: bool,
    ) -> str:
        """With a district, the name of the map that had districts."""
        named = {province.former if districted else province.name for province in provinces}
        if len(named) == 1:
            return _short(named.pop())
        if name is not None:
            return _shown(name)
        places = [(w.district is not None, w.province) for w in wards] or [(True, d.province) for d in districts]
        names = {p.former if districted else p.name for p in map(self.province_of.__getitem__, places)}
        return _short(next(iter(names))) if len(names) == 1 else ""


def _short(name: str) -> str:
    """As canonical texts write it: TP. Thủ Đức."""
    return name.replace("Thành phố ", "TP. ")


def _shown(name: Name) -> str:
    return f"{name.kind} {name.shown}".strip()


def _one_name(districts: Sequence[District]) -> str:
    names = {d.name for d in districts}
    return next(iter(names)) if len(names) == 1 else ""


@lru_cache(maxsize=8)
def unit_index(knowledge: Knowledge) -> UnitIndex:
    """The index of a knowledge's units, built once."""
    return UnitIndex(knowledge)
