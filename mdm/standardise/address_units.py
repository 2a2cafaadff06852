"""Administrative units as addresses name them: which communes a ward, district and province can mean, in both epochs.

A name is read on the map of 30 June 2025 and on today's; a unit that was gone earlier leads to what became of it.
Several candidates stay several: nothing here picks a default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import TypeVar

from rapidfuzz import fuzz, process

from mdm.standardise.address_names import District, Name, Place, Province, Ward, core_of, kind_of
from mdm.standardise.address_words import key_of, longest_by_first, toned_of
from mdm.standardise.knowledge import Knowledge

BEFORE, AFTER = "2025-06-30", "2025-07-01"
HOME = "79"
"""The province that an address without a province is first looked for in: today's Ho Chi Minh City."""
MANY = 8
"""More candidates than this say nothing about where an address is."""
NEAR = 84
"""Similarity (0..100) from which a misspelled ward is read as the only one like it in its district."""
IN_WORDS = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
    "xi": "11", "xii": "12", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5", "sau": "6", "bay": "7",
    "tam": "8", "chin": "9", "muoi": "10",
}  # fmt: skip
"""Numbers of districts and wards in Roman figures or in words."""


T = TypeVar("T")


def _initials(key: str) -> str:
    return "".join(word[0] for word in key.split())


def _merged(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({code for group in groups for code in group}))


def _preferred(items: Sequence[T], *tests: Callable[[T], bool]) -> Sequence[T]:
    """Those that pass each test in turn; a test that none passes is skipped."""
    for test in tests:
        items = [item for item in items if test(item)] or items
    return items


@dataclass(frozen=True, eq=False)
class UnitIndex:
    """Every name of a unit with what it can stand for. Built once from `rules/units`."""

    knowledge: Knowledge
    provinces: dict[str, list[Province]] = field(default_factory=lambda: defaultdict(list))
    """Key of a name or an alias → provinces."""
    districts: dict[str, list[District]] = field(default_factory=lambda: defaultdict(list))
    wards: dict[str, list[Ward]] = field(default_factory=lambda: defaultdict(list))
    """Key of a name → communes of either epoch, and those gone earlier."""
    within: dict[str, dict[str, list[Ward]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """District code → key of a name → its communes."""
    province_of: dict[tuple[str, str], Province] = field(default_factory=dict)
    """(epoch, province code) → province."""
    _places: dict[tuple[Name | None, Name | None, Name | None], Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._add_provinces()
        self._add_units()
        self._add_earlier()

    # -- building -----------------------------------------------------------------------------------------------------

    @cached_property
    def _rows(self) -> list[dict[str, str]]:
        table = self.knowledge.table("units/units.csv")
        return [{key: value or "" for key, value in row.items()} for row in table.iter_rows(named=True)]

    @cached_property
    def forward(self) -> Mapping[str, tuple[str, ...]]:
        """Code of 30 June 2025 → today's codes."""
        return self._changes("old_code", "new_code")

    @cached_property
    def backward(self) -> Mapping[str, tuple[str, ...]]:
        """Today's code → codes of 30 June 2025 that flowed into it."""
        return self._changes("new_code", "old_code")

    def _changes(self, source: str, target: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for here, there in self.knowledge.table("units/changes.csv").select(source, target).iter_rows():
            found[here].append(there)
        return {here: tuple(sorted(codes)) for here, codes in found.items()}

    def _add_provinces(self) -> None:
        named: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self._rows:
            named[core_of(row["province"])][row["epoch"]] = row["province_code"]
        full = {core_of(row["province"]): row["province"] for row in self._rows}
        for core, codes in named.items():
            province = Province(full[core], codes.get(BEFORE), codes.get(AFTER))
            self.provinces[key_of(core)].append(province)
            for epoch, code in codes.items():
                self.province_of[epoch, code] = province
        for alias, core in self.knowledge.table("words/province_aliases.csv").iter_rows():
            self.provinces[key_of(alias)] += [p for p in self.provinces[key_of(core)] if p.name == full[core]]

    def _add_units(self) -> None:
        districts: dict[str, District] = {}
        for row in self._rows:
            old, code = row["epoch"] == BEFORE, row["code"]
            district = None
            if old and (district := districts.get(row["district_code"])) is None:
                district = District(row["district_code"], row["district"], row["province_code"])
                districts[district.code] = district
                self.districts[key_of(core_of(district.name))].append(district)
            core = core_of(row["name"])
            ward = Ward(
                name=row["name"],
                toned=toned_of(core),
                district=district,
                province=row["province_code"],
                units=self.forward.get(code, ()) if old else (code,),
                legacy=(code,) if old else self.backward.get(code, ()),
            )
            self._add(ward, key_of(core))

    def _add(self, ward: Ward, key: str) -> None:
        self.wards[key].append(ward)
        if ward.district is not None:
            self.within[ward.district.code][key].append(ward)

    def _add_earlier(self) -> None:
        """Units gone before 30 June 2025: latest reform first, so that what a row leads to is there already."""
        rows = list(self.knowledge.table("units/earlier.csv").sort("valid_from", descending=True).iter_rows(named=True))
        for row in rows:
            if row["name"] is None:
                self._add_earlier_district(row["province"], row["district"], row["new_district"])
        became: dict[tuple[str, str, str], list[Ward]] = defaultdict(list)
        for row in rows:
            if row["name"] is not None:
                new = self._district(row["province"], row["new_district"])
                found = self.within[new.code][key_of(core_of(row["new_name"]))] if new else []
                became[row["province"], row["district"], row["name"]] += found
                self._add_earlier_ward(row["province"], row["district"], row["name"], became)

    def _district(self, province: str, name: str) -> District | None:
        found = self.districts[key_of(core_of(name))]
        return next(
            (d for d in found if d.name == name and self.province_of[BEFORE, d.province].name == province), None
        )

    def _add_earlier_district(self, province: str, name: str, new_name: str) -> None:
        new = self._district(province, new_name)
        if new is not None and self._district(province, name) is None:
            gone = District(name, name, new.province)
            self.districts[key_of(core_of(name))].append(gone)
            for key, wards in self.within[new.code].items():
                self.within[gone.code][key] += [
                    Ward(w.name, w.toned, gone, w.province, w.units, w.legacy, past=True) for w in wards
                ]

    def _add_earlier_ward(
        self, province: str, district_name: str, name: str, became: Mapping[tuple[str, str, str], Sequence[Ward]]
    ) -> None:
        district, key = self._district(province, district_name), key_of(core_of(name))
        if district is None:
            return
        standing = [ward for ward in self.within[district.code][key] if not ward.past]
        if standing:  # a name that stands on the map of 30 June 2025 is read there
            return
        into = became[province, district_name, name]
        ward = Ward(
            name=name,
            toned=toned_of(core_of(name)),
            district=district,
            province=district.province,
            units=_merged(w.units for w in into),
            legacy=_merged(w.legacy for w in into),
            past=True,
        )
        self.within[district.code][key] = [ward]
        for w in into:  # `Bình An, TP. Thủ Đức` is written, though Bình An was gone when that city came
            if w.district is not None and not self.within[w.district.code][key]:
                self.within[w.district.code][key] = [replace(ward, district=w.district)]
        self.wards[key] = [w for w in self.wards[key] if (w.district, w.name) != (district, name)] + [ward]

    # -- names as tokens ----------------------------------------------------------------------------------------------

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """First word → words of the longest name of a unit that begins with it."""
        return longest_by_first(self.names)

    @cached_property
    def names(self) -> frozenset[str]:
        """Keys of all names of wards, districts and provinces."""
        return frozenset(chain(self.provinces, self.districts, self.wards))

    @cached_property
    def home_names(self) -> frozenset[str]:
        """Keys of the names of wards and districts at home."""
        wards = {k for k, found in self.wards.items() if any(w.province in self.home_provinces | {HOME} for w in found)}
        return frozenset(
            wards | {k for k, ds in self.districts.items() if any(d.province in self.home_provinces for d in ds)}
        )

    @cached_property
    def home_provinces(self) -> frozenset[str]:
        """Old codes of the provinces that became the home province."""
        return self._became(HOME)

    @lru_cache(maxsize=64)  # noqa: B019 (an index lives as long as its knowledge)
    def _became(self, new: str) -> frozenset[str]:
        return frozenset(
            ward.province
            for wards in self.wards.values()
            for ward in wards
            if ward.district is not None and any(self._province_now[code] == new for code in ward.units)
        )

    @cached_property
    def _province_now(self) -> Mapping[str, str]:
        return {row["code"]: row["province_code"] for row in self._rows if row["epoch"] == AFTER}

    # -- reading ------------------------------------------------------------------------------------------------------

    def place(self, ward: Name | None, district: Name | None, province: Name | None) -> Place:
        """What these three names say together; each may be missing or unknown."""
        asked = (ward, district, province)
        if asked not in self._places:
            if len(self._places) > 1 << 16:
                self._places.clear()
            self._places[asked] = self._place(*asked)
        return self._places[asked]

    def district_candidates(self, name: Name, province: Name | None) -> Sequence[District]:
        """Districts that a name can mean, in the province named or else at home, or else anywhere."""
        return self._districts_named(name, self._province(province))

    def knows_ward(self, ward: Name, district: Name | None, province: Name | None) -> bool:
        """Whether a commune of that name stands where the other two names say."""
        return bool(self._candidates(ward, self._districts_named(district, self._province(province)), province))

    def _province(self, name: Name | None) -> Province | None:
        found = self.provinces.get(name.key, ()) if name else ()
        toned = [p for p in found if name and toned_of(core_of(p.name)) == name.toned]
        return next(iter(toned or found), None)

    def _rings(self, province: Province | None) -> Sequence[tuple[frozenset[str], frozenset[str]]]:
        """(old, new) province codes to look in, nearest first."""
        if province is None:
            return ((self.home_provinces, frozenset({HOME})),)
        old = frozenset({province.old} - {None}) if province.old else frozenset()
        new = frozenset({province.new}) if province.new else frozenset()
        strict = (old, new)
        return (strict, (self._became(province.new), new)) if province.new else (strict,)

    def _districts_named(self, name: Name | None, province: Province | None) -> Sequence[District]:
        if name is None:
            return ()
        if name.initials:
            found = [
                d
                for key, districts in self.districts.items()
                if _initials(key) == name.key
                for d in districts
                if d.province in self.home_provinces or province is not None
            ]
        else:
            found = list(self.districts.get(name.key, ()))
        for old, _ in self._rings(province):
            if near := [d for d in found if d.province in old]:
                found = near
                break
        else:
            found = [] if province is not None else found
        return _preferred(
            found,
            lambda d: kind_of(d.name) == name.kind if name.kind else d.code.isdigit(),
            lambda d: name.initials or not name.toned or toned_of(core_of(d.name)) == name.toned,
        )

    def _candidates(self, ward: Name, districts: Sequence[District], province: Name | None) -> Sequence[Ward]:
        if districts:
            found = self._in_districts(ward, districts)
        else:
            found = self._anywhere(ward, self._province(province)) if not ward.initials else []
        return _preferred(
            found,
            lambda w: not ward.kind or w.kind == ward.kind,
            lambda w: ward.initials or not ward.toned or w.toned == ward.toned,
        )

    def _in_districts(self, ward: Name, districts: Sequence[District]) -> list[Ward]:
        inside = [self.within[d.code] for d in districts]
        if ward.initials:
            return [w for wards in inside for key, found in wards.items() if _initials(key) == ward.key for w in found]
        for key in (ward.key, IN_WORDS.get(ward.key, "")):
            if found := [w for wards in inside for w in wards.get(key, ())]:
                return found
        if moved := self._new_in_districts(ward, districts):
            return moved
        if ward.key.isdigit():
            return []
        if len(ward.key) <= 4 and (short := self._in_districts(ward._replace(initials=True), districts)):
            return short
        names = [key for wards in inside for key in wards if not key.isdigit()]
        near = process.extract(ward.key, names, scorer=fuzz.ratio, score_cutoff=NEAR, limit=2)
        return [w for wards in inside for w in wards.get(near[0][0], ())] if len(near) == 1 else []

    def _new_in_districts(self, ward: Name, districts: Sequence[District]) -> list[Ward]:
        """A unit of today written with an old district: its candidates before July 2025 are those of that district."""
        inside = {code for d in districts for wards in self.within[d.code].values() for w in wards for code in w.legacy}
        return [
            Ward(w.name, w.toned, None, w.province, w.units, tuple(code for code in w.legacy if code in inside))
            for w in self.wards.get(ward.key, ())
            if w.district is None and inside.intersection(w.legacy)
        ]

    def _anywhere(self, ward: Name, province: Province | None) -> list[Ward]:
        """Communes of that name, old or new, in the nearest ring that has one."""
        named = [w for w in self.wards.get(ward.key, ()) if not ward.kind or w.kind == ward.kind]
        named = named or self.wards.get(ward.key, [])
        for old, new in self._rings(province):
            found = [w for w in named if w.province in (new if w.district is None else old)]
            if standing := [w for w in found if not w.past]:
                return standing
            if found:
                return found
        return [] if province is not None or ward.key.isdigit() else list(named)

    def _place(self, ward: Name | None, district: Name | None, province: Name | None) -> Place:
        named = self._province(province)
        districts = self._districts_named(district, named)
        if ward is None:
            return self._without_ward(district, districts, province, named)
        found = self._candidates(ward, districts, province)
        units, legacy = _merged(w.units for w in found), _merged(w.legacy for w in found)
        many = len(units) > MANY or (ward.key.isdigit() and not districts and len(found) > 1)
        if many:
            found = []
        homes = {w.district for w in found}
        home = next(iter(homes)) if len(homes) == 1 else None
        names = {w.name for w in found}
        where = _one_name(districts) or (_shown(district) if district else "")
        return Place(
            units=() if many else units,
            legacy=() if many else legacy,
            ward=next(iter(names)) if len(names) == 1 else _shown(ward),
            district=_short(home.name if home else where),
            province=self._province_shown(found, districts, province, named),
            ambiguous=many or not found,
            unmarked=not ward.toned and len({w.toned for w in found}) > 1,
        )

    def _without_ward(
        self, district: Name | None, districts: Sequence[District], province: Name | None, named: Province | None
    ) -> Place:
        shown = _short(_one_name(districts) or (_shown(district) if district else ""))
        where = self._province_shown([], districts, province, named)
        if len(districts) == 1 and len(wards := self.within[districts[0].code]) == 1:  # an island without communes
            (only,) = next(iter(wards.values()))
            return Place(only.units, only.legacy, "", shown, where)
        return Place(district=shown, province=where, ambiguous=district is not None and not districts)

    def _province_shown(
        self, wards: Sequence[Ward], districts: Sequence[District], name: Name | None, named: Province | None
    ) -> str:
        if named is not None:
            return _short(named.name)
        if name is not None:
            return _shown(name)
        epochs = [(BEFORE if w.district else AFTER, w.province) for w in wards]
        names = {self.province_of[at].name for at in epochs or [(BEFORE, d.province) for d in districts]}
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
