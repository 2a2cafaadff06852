"""What each name of a unit can stand for: provinces, districts and communes of both epochs, and of earlier maps.

Built once from `rules/units`; `address_units.py` reads by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain

from mdm.standardise.address_maps import FOREVER, Maps, maps, rows
from mdm.standardise.address_names import District, Province, Ward, core_of
from mdm.standardise.address_words import DASH, SEPARATOR, joined, key_of, longest_by_first, read_words, toned_of
from mdm.standardise.knowledge import Knowledge

HOME = "79"
"""The province that an address without a province is first looked for in: today's Ho Chi Minh City."""


def merged(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All codes of all groups, each once, sorted."""
    return tuple(sorted({code for group in groups for code in group}))


@lru_cache(maxsize=1 << 15)
def _spoken(core: str) -> tuple[str, str]:
    """`key_of` and `toned_of` a name, of which many units have the same; its words are read once."""
    words = [word for word in read_words(core) if word not in (SEPARATOR, DASH)]
    return joined(words), " ".join([word.toned or word.key for word in words])


@dataclass(frozen=True, eq=False)
class NameIndex:
    """Every name of a unit, by its key."""

    knowledge: Knowledge
    provinces: dict[str, list[Province]] = field(default_factory=lambda: defaultdict(list))
    """Key of a name or an alias → provinces; several for one that was divided since."""
    districts: dict[str, list[District]] = field(default_factory=lambda: defaultdict(list))
    wards: dict[str, list[Ward]] = field(default_factory=lambda: defaultdict(list))
    """Key of a name → communes of every map."""
    within: dict[str, dict[str, list[Ward]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """District code → key of a name → its communes."""
    province_of: dict[tuple[bool, str], Province] = field(default_factory=dict)
    """(on the map of 30 June 2025, province code) → province."""

    def __post_init__(self) -> None:
        self._add_provinces()
        self._add_units()
        self._add_former_names()
        self._add_earlier()

    # -- building -----------------------------------------------------------------------------------------------------

    @property
    def _maps(self) -> Maps:
        return maps(self.knowledge)

    def _add_provinces(self) -> None:
        cities = {unit.district for unit in self._maps.units}
        codes: dict[str, dict[bool, str]] = defaultdict(dict)
        names: dict[str, dict[bool, str]] = defaultdict(dict)
        for (old, code), known in self._maps.provinces.items():
            for name in known:
                core = core_of(name)
                codes[core][old] = code
                if old not in names[core] or name not in cities:  # `TP. Bắc Ninh` means the district of that name
                    names[core][old] = name
        by_core: dict[str, Province] = {}
        for core, named in names.items():
            last, former = named.get(False) or named[True], named.get(True) or named[False]
            by_core[core] = Province(last, former, codes[core].get(True), codes[core].get(False))
            self.provinces[key_of(core)].append(by_core[core])
            self.province_of.update(dict.fromkeys(codes[core].items(), by_core[core]))
        for alias, core in self.knowledge.table("words/province_aliases.csv").iter_rows():
            self.provinces[key_of(alias)].append(by_core[core])

    def _add_units(self) -> None:
        districts: dict[str, District] = {}
        for unit in self._maps.units:
            core = unit.name.removeprefix(unit.kind).lstrip()
            key, toned = _spoken(core)
            district = None
            if unit.district_code is not None and unit.district is not None:
                district = districts.get(unit.district_code)
                if district is None:
                    district = District(unit.district_code, unit.district, unit.province)
                    districts[district.code] = district
                    self.districts[key_of(core_of(district.name))].append(district)
            self._add(Ward(unit.name, toned, district, unit.province, unit.units, unit.legacy), key)

    def _add(self, ward: Ward, key: str) -> None:
        self.wards[key].append(ward)
        if ward.district is not None:
            self.within[ward.district.code][key].append(ward)

    def _district(self, province: str, name: str) -> District | None:
        """The district of that full name in the province of that code of 30 June 2025."""
        found = self.districts[key_of(core_of(name))]
        return next((d for d in found if d.name == name and d.province == province), None)

    # -- names gone before 30 June 2025 -------------------------------------------------------------------------------

    def _add_former_names(self) -> None:
        """Names that a code bore before the one of 30 June 2025, and names whose code ended, which lead nowhere."""
        became = {unit.code: (unit.units, unit.legacy) for unit in self._maps.units if unit.old}
        columns = ("code", "name", "district", "province_code")
        for code, name, district_name, province in rows(self.knowledge, "former_names", *columns):
            units, legacy = became.get(code, ((), ()))
            district, key = self._district_alike(province, district_name), key_of(core_of(name))
            if all(ward.past for ward in self.within[district.code].get(key, ())):
                self._add(Ward(name, toned_of(core_of(name)), district, province, units, legacy, past=True), key)

    def _district_alike(self, province: str, name: str) -> District:
        """The district of that name and any type, for a huyện became a thị xã; else one that was gone."""
        known = self.districts[key_of(core_of(name))]
        found = next((d for d in known if d.province == province), None)
        if found is None:
            found = District(f"{province} {name}", name, province)
            known.append(found)
        return found

    def _add_earlier(self) -> None:
        """Units of the city that were gone: latest reform first, so that what a row leads to is there already."""
        earlier = self.knowledge.table("units/earlier.csv").sort("valid_from", descending=True, maintain_order=True)
        reforms = list(earlier.iter_rows(named=True))
        for row in reforms:
            row["province"] = self._old_province(row["province"])
            if row["name"] is None:
                self._add_earlier_district(row["province"], row["district"], row["new_district"])
        became: dict[tuple[str, str, str], list[Ward]] = defaultdict(list)
        for row in reforms:
            if row["name"] is not None:
                new = self._district(row["province"], row["new_district"])
                found = self.within[new.code].get(key_of(core_of(row["new_name"])), []) if new else []
                became[row["province"], row["district"], row["name"]] += found
                self._add_earlier_ward(row["province"], row["district"], row["name"], became)

    def _old_province(self, name: str) -> str:
        return next((p.old for p in self.provinces.get(key_of(core_of(name)), ()) if p.old), "")

    def _add_earlier_district(self, province: str, name: str, new_name: str) -> None:
        new, key = self._district(province, new_name), key_of(core_of(name))
        gone = self._district(province, name)
        if new is None or (gone is not None and gone.code.isdigit()):
            return
        if gone is None:
            gone = District(f"{province} {name}", name, province)
            self.districts[key].append(gone)
        for key, wards in self.within[new.code].items():
            self.within[gone.code][key] += [replace(ward, district=gone, past=True) for ward in wards]

    def _add_earlier_ward(
        self, province: str, district_name: str, name: str, became: Mapping[tuple[str, str, str], Sequence[Ward]]
    ) -> None:
        district, key = self._district(province, district_name), key_of(core_of(name))
        if district is None:
            return
        if not all(
            ward.past for ward in self.within[district.code].get(key, ())
        ):  # a name that stands on the map of 30 June 2025 is read there
            return
        into = became[province, district_name, name]
        ward = Ward(
            name=name,
            toned=toned_of(core_of(name)),
            district=district,
            province=district.province,
            units=merged(w.units for w in into),
            legacy=merged(w.legacy for w in into),
            past=True,
        )
        self.within[district.code][key] = [ward]
        for w in into:  # `Bình An, TP. Thủ Đức` is written, though Bình An was gone when that city came
            if w.district is not None and not self.within[w.district.code].get(key):
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
        return self.became.get(HOME, frozenset())

    @cached_property
    def became(self) -> Mapping[str, frozenset[str]]:
        """Today's code of a province → old codes of the provinces of all that it holds."""
        found: dict[str, set[str]] = defaultdict(set)
        for unit in self._maps.units:
            for code in unit.units if unit.old else ():
                found[self._province_now[code]].add(unit.province)
        return {new: frozenset(old) for new, old in found.items()}

    @cached_property
    def _province_now(self) -> Mapping[str, str]:
        return {unit.code: unit.province for unit in self._maps.units if unit.until == FOREVER}

    @cached_property
    def _province_before(self) -> Mapping[str, str]:
        """Code of 30 June 2025 → its province's."""
        return {unit.code: unit.province for unit in self._maps.units if unit.old}
