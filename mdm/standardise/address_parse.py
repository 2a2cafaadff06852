"""An address text cut into its parts: units are found first, wherever they stand; what is left are the premises."""

from __future__ import annotations

import re

from mdm.standardise.address_announced import AnnouncedUnits
from mdm.standardise.address_names import Name
from mdm.standardise.address_parts import Parts
from mdm.standardise.address_premises import Premises
from mdm.standardise.address_streets import Gazetteer, gazetteer
from mdm.standardise.address_units import UnitIndex, unit_index
from mdm.standardise.address_unmarked import UnmarkedUnits
from mdm.standardise.address_words import DASH, SEPARATOR, Word, announced, announcers, joined, key_of, words_of
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.syllables import is_plain_syllable
from mdm.standardise.text import repair

MANY_TAILS = 1 << 16
"""How many endings of addresses are remembered."""
_SHORTENED = frozenset({"ng", "th", "tr", "ph", "t", "v"})
"""Shortened words, which end no part: `Ng-T- Thuật`."""
_HYPHENATED = re.compile(r"(?<![\w-])[^\W\d_]+(?:-[^\W\d_]+)+(?![\w-])")
_DOT = re.compile(r"(?<![\w.])([^\W\d_]{3,})\.\s*(?=[^\W_])")
_AREA = re.compile(r",(?<=\d,)\d+ ?ha\b")
"""`Khu tái định cư 38,4 ha`: a comma that parts nothing."""
_PARCEL = re.compile(r"T\d+")
_KIET = re.compile(r"[KH]\d+/")
_HEM_OF_KIET = re.compile(r"H(\d+/\d+)/K(\d+)")
_KIET_PROVINCES = frozenset({"da nang", "hue", "thua thien hue", "quang nam"})


class Parser:
    """Cuts addresses with one knowledge's words, streets and units."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.units: UnitIndex = unit_index(knowledge)
        self.streets: Gazetteer = gazetteer(knowledge)
        self.announcers = announcers(knowledge)
        self.announcing = {key for found in self.announcers.values() for phrase in found for key in phrase.keys}
        self.announced = AnnouncedUnits(self.units, self.streets, self.announcers)
        self.unmarked = UnmarkedUnits(self.units, self.streets, self.announcers, self.announced)
        self.district_of = {
            code: ward.district.name
            for wards in self.units.wards.values()
            for ward in wards
            if ward.district is not None and not ward.past
            for code in ward.legacy
        }
        self._known_districts: dict[tuple[Name | None, Name | None, Name | None], frozenset[str]] = {}
        self._tails: dict[str, tuple[list[list[Word]], Parts]] = {}

    def parse(self, text: str) -> Parts:
        """The parts of an address; never raises."""
        parts = Parts()
        runs = self.unmarked.take(self._runs(text, parts), parts)
        premises = Premises(self.streets, self.announcers, parts, lambda: self._districts(parts))
        for run in runs:
            premises.read(run)
        self._settle(parts)
        return parts

    def _runs(self, text: str, parts: Parts) -> list[list[Word]]:
        """`AnnouncedUnits.take` of a text; what follows its first comma is read once, for many addresses end alike."""
        head, comma, tail = self._parted(self._without_hyphens(repair(text))).partition(",")
        words = self._words(head)
        if not comma or not words or any(word.key in self.announced.unit_announcers for word in words):
            return self.announced.take([*words, *self._words(comma + tail)], parts)
        if (known := self._tails.get(tail)) is None:
            end = Parts()
            known = self.announced.take(self._words(tail), end), end
            if len(self._tails) >= MANY_TAILS:
                self._tails.clear()
            self._tails[tail] = known
        runs, end = known
        parts.ward, parts.quarters = end.ward[:], end.quarters[:]
        parts.district, parts.province, parts.sure = end.district, end.province, end.sure
        return [[*words, SEPARATOR], *runs]

    def _without_hyphens(self, text: str) -> str:
        """`Nguyễn-Huệ, Sài-Gòn`, as names were written before 1975."""
        if "-" not in text:
            return text
        return _HYPHENATED.sub(lambda found: self._name_or(found[0]), text)

    def _parted(self, text: str) -> str:
        """With a comma for a dot that ends a part: `ấp Cây Sộp. Tân An Hội`, not `Phường. 5`; measures of land go."""
        if "." in text:
            text = _DOT.sub(lambda found: f"{found[1]}, " if self._ends_part(found[1]) else found[0], text)
        return _AREA.sub("", text)

    def _ends_part(self, word: str) -> bool:
        return is_plain_syllable(key := key_of(word)) and key not in self.announcing

    def _name_or(self, hyphenated: str) -> str:
        spaced = hyphenated.replace("-", " ")
        key = key_of(spaced)
        return spaced if key in self.streets.names or key in self.units.names else hyphenated

    def _words(self, text: str) -> list[Word]:
        """The words of a text; dashes that stand in a street's or an estate's name are no words, others separators."""
        words = words_of(text)
        if DASH not in words:
            return words
        words = self._joined_estates(words)
        last = len(words) - 1
        return [
            SEPARATOR if word is DASH else word
            for at, word in enumerate(words)
            if word is not DASH
            or not 0 < at < last
            or (
                words[at - 1].key not in _SHORTENED
                and (words[at - 1].key, words[at + 1].key) not in self.streets.dashed
            )
        ]

    def _joined_estates(self, words: list[Word]) -> list[Word]:
        """Words with the dash of an estate's name in the word before it: `KCN Việt Nam - Singapore`."""
        found: list[Word] = []
        in_estate = False
        for at, word in enumerate(words):
            if word is DASH and in_estate and self._goes_on(words, at + 1):
                found[-1] = found[-1]._replace(shown=f"{found[-1].shown} -")
                continue
            found.append(word)
            if word is SEPARATOR or word is DASH or word.number:
                in_estate = False
            elif any(phrase.role == "estate" for phrase in announced(self.announcers.get(word.key, ()), words, at)):
                in_estate = True
        return found

    def _goes_on(self, words: list[Word], at: int) -> bool:
        """Whether an estate's name goes on behind a dash: no unit, street, number or word for a part stands there."""
        here = words[at : at + 5]
        if not here or here[0] in (SEPARATOR, DASH) or here[0].number or self.streets.match(words, at):
            return False
        if announced(self.announcers.get(here[0].key, ()), words, at):
            return False
        return not any(joined(here[:size]) in self.units.names for size in range(1, len(here) + 1))

    def _districts(self, parts: Parts) -> frozenset[str]:
        """Names of the districts that the address may be in, remembered for the units that it names."""
        asked = parts.district, parts.ward[0] if parts.ward else None, parts.province
        if (known := self._known_districts.get(asked)) is None:
            if len(self._known_districts) >= MANY_TAILS:
                self._known_districts.clear()
            known = self._known_districts[asked] = frozenset(self._districts_of(*asked))
        return known

    def _districts_of(self, district: Name | None, ward: Name | None, province: Name | None) -> list[str]:
        """The district named, or those that a unit of today is made of."""
        if district is not None:
            return [found.name for found in self.units.district_candidates(district, province)]
        if ward is None:
            return []
        return [self.district_of[code] for code in self.units.place(ward, None, province).legacy]

    def _settle(self, parts: Parts) -> None:
        """What the parts say of one another: K12 is kiệt 12 in the towns where alleys are called so."""
        if _PARCEL.fullmatch(parts.house) and any(said.startswith("Tờ ") for said in parts.land) and not parts.street:
            parts.land.insert(0, f"Thửa {parts.house[1:]}")  # T123 TBĐ 45
            parts.house = ""
        if _KIET.match(parts.house) and parts.province is not None and parts.province.key in _KIET_PROVINCES:
            house = _HEM_OF_KIET.sub(r"K\2/H\1", parts.house)
            parts.house = re.sub(r"(?<![^/])[KH]0*(?=\d)", "", house)
