"""Units that stand in an address without a word that announces them: `12 nguyen hue ben nghe`, `Đa Kao, Bình Thạnh`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain

from mdm.standardise.address_announced import TAILS, AnnouncedUnits
from mdm.standardise.address_names import Name, core_of, initials_name, name_of
from mdm.standardise.address_parts import Parts
from mdm.standardise.address_streets import Gazetteer
from mdm.standardise.address_units import UnitIndex
from mdm.standardise.address_words import SEPARATOR, Announcer, Word, joined, key_of, read_words, toned_of
from mdm.standardise.syllables import is_plain_syllable

LONGEST_TAIL = 5
"""Words of the longest unit that is looked for behind an undelimited street."""
LONG = 8
"""Letters of the shortest ward's name that is known without its word though a letter is wrong."""
_COMMUNES = {"ward": "Phường", "commune": "Xã"}
_POSTCODE = re.compile(r"\d{5,6}")
_STREET_LEADS = ("duong", "d", "dg", "street")
_STREET_WORDS = frozenset({"duong", "pho", "street"})
_STREET_KINDS = frozenset({"duong", "lo", "cau", "cho"})
"""Words that need the next one: `Đại lộ | Bình Dương` is a street, not a province."""


class UnmarkedUnits:
    """Finds the units of one knowledge by their names alone, from the end of an address."""

    def __init__(
        self,
        units: UnitIndex,
        streets: Gazetteer,
        told: Mapping[str, Sequence[Announcer]],
        announced: AnnouncedUnits,
    ) -> None:
        self.units = units
        self.run_together, self.half_initials = announced.run_together, announced.half_initials
        self.streets = streets
        phrases = [phrase for found in told.values() for phrase in found]
        self.leads = {
            phrase.keys[0]
            for phrase in phrases
            if phrase.role in ("house", "alley", "street", "lot") and len(phrase.keys) == 1
        }
        self.not_street = {
            key for phrase in phrases if phrase.role != "estate" and not phrase.of_unit for key in phrase.keys
        }
        self.fillers = {" ".join(phrase.keys) for phrase in phrases if phrase.role == "filler"} | set(TAILS)

    def take(self, runs: list[list[Word]], parts: Parts) -> list[list[Word]]:
        """Move units without announcers into `parts`, from the right; what is left are the premises."""
        left: list[list[Word]] = []
        for index in range(len(runs) - 1, -1, -1):
            run = runs[index]
            delimited = run[-1] is SEPARATOR
            words = run[:-1] if delimited else run
            words = self._without_postcode(words, parts)
            alone = len(runs) == 1 and joined(words) in self.units.districts and joined(words) in self.units.home_names
            elsewhere = alone or any(map(self._has_street, chain(runs[:index], left)))
            before = runs[index - 1] if index else ()
            if not words or self._is_former_district(words, before, parts):
                continue
            if self._is_unit(words, parts, elsewhere) or self._are_units(words, parts):
                continue
            words = self._without_english_ward(words, parts)
            if not delimited or len(runs) == 1:
                words = self._without_tail(words, parts, elsewhere, delimited)
            if words:
                left.append(words)
        return [run for run in left[::-1] if not self._is_province_short(run, parts)]

    def _is_province_short(self, run: Sequence[Word], parts: Parts) -> bool:
        """Whether a run is the initials of the province that the district is in (`Thuận An, BD`)."""
        if len(run) > 1 or parts.district is None or parts.province is not None or not 2 <= len(run[0].key) <= 4:
            return False
        found = self.units.district_candidates(parts.district, None)
        names = {self.units.province_of[True, d.province].former for d in found}
        return any("".join(word[0] for word in key_of(core_of(name)).split()) == run[0].key for name in names)

    def _without_postcode(self, words: list[Word], parts: Parts) -> list[Word]:
        """Words without the postal code that ends them, where nothing but a unit stands before it."""
        if not words or not _POSTCODE.fullmatch(words[-1].key):
            return words
        if len(words) > 1 and words[-2].key in self.not_street:
            return words  # thửa 70000
        units = parts.ward or parts.district or parts.province
        return words[:-1] if (len(words) == 1 and units) or joined(words[:-1]) in self.units.names else words

    def _has_street(self, run: Sequence[Word]) -> bool:
        """Whether a run holds words that can name a street."""
        if len(run) > 1 and run[0].number and run[1].number:
            return True  # 12 H6
        return any(not word.number and len(word.key) > 1 and word.key not in self.not_street for word in run)

    def _is_unit(self, words: Sequence[Word], parts: Parts, elsewhere: bool) -> bool:
        """Whether these words are one unit's name, which then moves into `parts`.

        `elsewhere`: other words can name the street, so that a name of both a street and a unit is the unit's.
        """
        if words[0].number or (len(words) == 1 and len(words[0].key) == 1):
            return False
        key = joined(words)
        if key in self.fillers or self._is_said_again(key, parts):
            return True
        if self._is_short_district(words, parts) or self._is_half_district(words, parts):
            return True
        if words[-1].key in TAILS and len(words) > 1:
            return self._is_english_ward(words, parts) or self._is_unit(words[:-1], parts, elsewhere)
        if key not in self.units.names:
            return elsewhere and self._is_misspelled_ward(words, parts)
        return self._is_named_unit(words, parts, elsewhere)

    def _is_named_unit(self, words: Sequence[Word], parts: Parts, elsewhere: bool) -> bool:
        """`_is_unit` of a name that some unit has."""
        key = joined(words)
        if len(words) == 1 and not self._has_tones(name_of(words)):
            return False
        name = name_of(words)
        no_street = elsewhere or bool(parts.quarters) or not self._is_street(name)
        ward = parts.ward[0] if parts.ward else None
        if ward is None and parts.district is not None and no_street and self._is_ward_within(name, parts):
            parts.ward.append(name)
        elif parts.province is None and self._is_province(key, parts):
            parts.province = name
        elif parts.district is None and (no_street or ward is not None) and self._is_district(name, ward, parts):
            parts.district = name
        elif ward is None and (elsewhere or (parts.province and no_street)) and self._stands(name, None, parts):
            parts.ward.append(name)
        else:
            return False
        return True

    def _is_misspelled_ward(self, words: Sequence[Word], parts: Parts) -> bool:
        """Whether words between a street and its district are one slip away from a commune there (`Hòa Cườn Nam`)."""
        if parts.ward or parts.district is None or len(words) < 2 or any(word.number for word in words):
            return False
        name = name_of(words)
        if len(name.key) < LONG or not self._stands(name, None, parts):
            return False
        parts.ward.append(name)
        return True

    def _is_former_district(self, words: Sequence[Word], before: Sequence[Word], parts: Parts) -> bool:
        """`An Khánh, Thủ Đức (Quận 2 cũ)`: the city that a district went into, behind one of its communes."""
        if parts.ward or parts.district is None or not before or words[0].number:
            return False
        city = name_of(words)
        if city.key == parts.district.key or city.key not in self.units.districts:
            return False
        words = before[:-1] if before and before[-1] is SEPARATOR else before
        if not words or joined(words) not in self.units.wards:
            return False
        if not self._stands(name_of(words), city, parts):
            return False
        parts.district = city
        return True

    def _is_street(self, name: Name) -> bool:
        """Whether a street has that name, marks and all; `Bình Thạnh` is not Bình Thành."""
        listed = self.streets.names.get(name.key, ())
        return any(name.toned in ("", toned) for _, toned in listed)

    def _is_english_ward(self, words: Sequence[Word], parts: Parts) -> bool:
        """`Ben Thanh Ward`: the word behind the name announces it as well."""
        if words[-1].key not in _COMMUNES:
            return False
        words = [*self._apart(words[:-1]), words[-1]]
        if joined(words[:-1]) not in self.units.wards:
            return False
        parts.ward.append(name_of(words[:-1], _COMMUNES[words[-1].key]))
        return True

    def _without_english_ward(self, words: list[Word], parts: Parts) -> list[Word]:
        """Premises without the commune that ends them: `5 Nguyen Dinh Chieu Da Kao Ward | District 1`."""
        if parts.ward or words[-1].key not in _COMMUNES:
            return words
        last = len(words) - 1
        cuts = [
            cut
            for cut in range(max(1, last - LONGEST_TAIL), last)
            if (key := joined(words[cut:last])) in self.units.wards or key in self.run_together
        ]
        for cut in sorted(cuts, key=lambda cut: (not self._ends_in_street(words[:cut]), cut)):
            if self._stands(name_of(self._apart(words[cut:last])), parts.district, parts):
                self._is_english_ward(words[cut:], parts)
                return words[:cut]
        return words

    def _apart(self, words: Sequence[Word]) -> Sequence[Word]:
        written = self.run_together.get(joined(words))
        return words if written is None else read_words(written)  # Dakao

    def _ends_in_street(self, words: Sequence[Word]) -> bool:
        return any(self.streets.known(words[at:]) is not None for at in range(len(words)))

    def _are_units(self, words: Sequence[Word], parts: Parts) -> bool:
        """Whether these words are a commune and its district, nothing else (`Hưng Định Thuận An`)."""
        if parts.ward or parts.district is not None or len(words) < 2 or words[0].number:
            return False
        for cut in range(1, len(words)):
            if joined(words[:cut]) not in self.units.wards or joined(words[cut:]) not in self.units.districts:
                continue
            ward, district = name_of(words[:cut]), name_of(words[cut:])
            if self._stands(ward, district, parts):
                parts.ward.append(ward)
                parts.district = district
                return True
        return False

    def _is_said_again(self, key: str, parts: Parts) -> bool:
        """Whether this is the province that was named already: `TP. Huế, Thừa Thiên Huế`."""
        if parts.province is None or key == parts.province.key:
            return False
        told = self.units.provinces.get(parts.province.key, ())
        return any(province in told for province in self.units.provinces.get(key, ()))

    def _is_short_district(self, words: Sequence[Word], parts: Parts) -> bool:
        """Whether one word is a district's initials with Q (QBT), or without behind a ward (`P10, GV`)."""
        word = words[0]
        if len(words) > 1 or parts.district is not None or not word.key.isalpha() or not 2 <= len(word.key) <= 4:
            return False
        name = initials_name(word, "Quận")
        if word.key[0] == "q" and len(word.key) > 2:
            name = initials_name(word._replace(key=word.key[1:], shown=word.shown[1:]), "Quận")
        elif not parts.ward:
            return False
        if is_plain_syllable(word.key) or not self.units.district_candidates(name, None):
            return False
        parts.district = name
        return True

    def _is_half_district(self, words: Sequence[Word], parts: Parts) -> bool:
        """Whether a letter and a word are a district's name behind its ward (`P.13, B.Thạnh`)."""
        if len(words) != 2 or not parts.ward or parts.district is not None:
            return False
        if (key := self.half_initials.get((words[0].key, words[1].key))) is None:
            return False
        name = name_of(read_words(key), "")
        if not self._stands(parts.ward[0], name, parts):
            return False
        parts.district = name
        return True

    def _stands(self, ward: Name, district: Name | None, parts: Parts) -> bool:
        return self.units.knows_ward(ward, district or parts.district, parts.province)

    def _is_ward_within(self, name: Name, parts: Parts) -> bool:
        """Whether a ward of that name stands in the district named; a province's name must do so on the old map."""
        if name.key not in self.units.provinces or parts.district is None:
            return self._stands(name, None, parts)
        districts = self.units.district_candidates(parts.district, parts.province)
        return any(name.key in self.units.within[district.code] for district in districts)

    def _is_province(self, key: str, parts: Parts) -> bool:
        return key in self.units.provinces and (key not in self.units.districts or parts.district is not None)

    def _is_district(self, name: Name, ward: Name | None, parts: Parts) -> bool:
        """Whether a district has that name, and the ward that was named, if any."""
        found = self.units.district_candidates(name, parts.province)
        return bool(found) and (ward is None or self._stands(ward, name, parts))

    def _without_tail(self, words: Sequence[Word], parts: Parts, elsewhere: bool, delimited: bool) -> list[Word]:
        """Premises without the units that follow them undelimited: `12 nguyen trai ben thanh | quan 1`.

        Where a comma follows, a street that is announced ends there, and a shorter name than two words is none:
        `phố Chùa Láng, Đống Đa`, `Chùa Láng, Đống Đa`.
        """
        start = 0
        while start < len(words) and self._leads(words, start):
            start += 1
        if (number := self._last_number(words)) > start and self.streets.known(words[number:]) is not None:
            return list(words)
        if delimited and start and words[start - 1].key in _STREET_WORDS:
            return list(words)
        end = len(words)
        elsewhere = elsewhere and start == 0
        while end > start and (elsewhere or self.streets.known(words[start:end]) is None):
            size = self._tail(words, start, end, parts, elsewhere, least=2 if delimited else 1)
            if not size:
                break
            end -= size
        return list(words[:end])

    def _last_number(self, words: Sequence[Word]) -> int:
        """The place after the last number that words follow; 0 for none."""
        return next((at for at in range(len(words) - 1, 0, -1) if words[at - 1].number and not words[at].number), 0)

    def _leads(self, words: Sequence[Word], at: int) -> bool:
        """Whether the word there comes before a street's name: a number, or what announces one."""
        following = words[at + 1].number if at + 1 < len(words) else False
        if words[at].number:
            return not (at and words[at - 1].number and self.streets.match(words, at))  # `128 3/2` ends in a street
        return words[at].key in self.leads and (following or words[at].key in _STREET_LEADS)

    def _tail(self, words: Sequence[Word], start: int, end: int, parts: Parts, elsewhere: bool, least: int) -> int:
        """Words of the one unit at the end of premises, which moves into `parts`; 0 if there is none.

        `least`: how many words a street that no list knows must keep.
        """
        if len(words[start:end]) > 1 and self._is_short_district(words[end - 1 : end], parts):
            return 1
        most = end - start - (0 if elsewhere else 1)
        for size in range(min(LONGEST_TAIL, most), 0, -1):
            cut = end - size
            tail = words[cut:end]
            if self.units.longest.get(tail[0].key, 0) < size:
                continue
            key = joined(tail)
            if 0 < cut - start < least and self.streets.known(words[start:cut]) is None:
                continue
            if (
                key in self.units.names
                and len(key) > 1
                and not key.isdigit()
                and self._is_tail(tail, words[start:cut], parts)
            ):
                return size
        return 0

    def _is_tail(self, tail: Sequence[Word], before: Sequence[Word], parts: Parts) -> bool:
        name, ward = name_of(tail), parts.ward[0] if parts.ward else None
        if not self._has_tones(name):
            return False
        street = not before or self.streets.known(before) is not None
        if not street and before[-1].key in _STREET_KINDS:
            return False
        if ward is None and parts.district is not None and self._is_ward_within(name, parts):
            parts.ward.append(name)
        elif parts.province is None and self._is_province(name.key, parts):
            parts.province = name
        elif (
            parts.district is None
            and self._is_district(name, ward, parts)
            and (street or ward is not None or self._ends_in_ward(before, name, parts))
        ):
            parts.district = name
        elif ward is None and parts.district is None and street and self._stands(name, None, parts):
            parts.ward.append(name)
        else:
            return False
        return True

    def _has_tones(self, name: Name) -> bool:
        """Whether a unit is spelled so, marks and all, if there are any: Huệ is not Huế."""
        if not name.toned:
            return True
        units = self.units
        wards, districts = units.wards.get(name.key, ()), units.districts.get(name.key, ())
        named = (p.name for p in units.provinces.get(name.key, ()))
        return any(w.toned == name.toned for w in wards) or any(
            toned_of(core_of(full)) == name.toned or key_of(core_of(full)) != name.key
            for full in chain((d.name for d in districts), named)
        )

    def _ends_in_ward(self, words: Sequence[Word], district: Name, parts: Parts) -> bool:
        """Whether the last words name a commune of that district."""
        return any(
            joined(words[-size:]) in self.units.wards and self._stands(name_of(words[-size:]), district, parts)
            for size in range(min(LONGEST_TAIL, len(words)), 0, -1)
            if not words[-size].number
        )
