"""An address text cut into its parts: units are found first, wherever they stand; what is left are the premises."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from itertools import chain

from mdm.standardise.address_names import Name, core_of, initials_name, kind_of, name_of
from mdm.standardise.address_premises import Parts, Premises
from mdm.standardise.address_streets import Gazetteer, gazetteer
from mdm.standardise.address_units import IN_WORDS, UnitIndex, unit_index
from mdm.standardise.address_words import (
    BREAK,
    DASH,
    SEPARATOR,
    Announcer,
    Word,
    announced,
    announcers,
    joined,
    key_of,
    read_words,
    toned_of,
)
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.syllables import is_plain_syllable
from mdm.standardise.text import repair

HIGHEST_WARD = 34
"""No numbered ward is higher (28 in Ho Chi Minh City); `P.1205` is a room."""
LONGEST_TAIL = 5
"""Words of the longest unit that is looked for behind an undelimited street."""
MANY_TAILS = 1 << 16
"""How many endings of addresses are remembered."""
_NAMED_QUARTERS = frozenset({"Khu phố", "Ấp", "Thôn", "Khóm", "Xóm", "Buôn", "Khu vực"})
"""Quarters that bear names; of others only a number counts."""
_MISSPELLED = frozenset({"phương", "phượng", "phưởng", "quân", "quần", "quấn"})
_SHORTENED = frozenset({"ng", "th", "tr", "ph", "t", "v"})
"""Shortened words, which end no part: `Ng-T- Thuật`."""
_COMMUNES = {"ward": "Phường", "commune": "Xã"}
_TAILS = ("cu", "moi", "ward", "commune", "district", "city", "town", "province")
"""Words after a unit's name: `Quận 3 cũ`, `Bến Thành Ward`."""
_KIET = re.compile(r"K\d+/")
_PARCEL = re.compile(r"T\d+")
_KIET_PROVINCES = frozenset({"da nang", "hue", "thua thien hue", "quang nam"})
_POSTCODE = re.compile(r"\d{5,6}")
_STREET_LEADS = ("duong", "d", "dg", "street")
_STREET_WORDS = frozenset({"duong", "pho", "street"})
_STREET_KINDS = frozenset({"duong", "lo", "cau", "cho"})
"""Words that need the next one: `Đại lộ | Bình Dương` is a street, not a province."""


class Parser:
    """Cuts addresses with one knowledge's words, streets and units."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.units: UnitIndex = unit_index(knowledge)
        self.streets: Gazetteer = gazetteer(knowledge)
        self.announcers = announcers(knowledge)
        self.unit_announcers = {
            first: phrases for first, phrases in self.announcers.items() if any(phrase.of_unit for phrase in phrases)
        }
        self.district_of = {
            code: ward.district.name
            for wards in self.units.wards.values()
            for ward in wards
            if ward.district is not None and not ward.past
            for code in ward.legacy
        }
        self.district_initials: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, districts in self.units.districts.items():
            if key.count(" ") > 1:
                here = {(kind_of(d.name), core_of(d.name)) for d in districts}
                self.district_initials["".join(word[0] for word in key.split())] += sorted(here)
        self._tails: dict[str, tuple[list[list[Word]], Parts]] = {}
        self.leads = {
            phrase.keys[0]
            for phrases in self.announcers.values()
            for phrase in phrases
            if phrase.role in ("house", "alley", "street", "lot") and len(phrase.keys) == 1
        }
        self.not_street = {
            key
            for phrases in self.announcers.values()
            for phrase in phrases
            if phrase.role != "estate" and not phrase.of_unit
            for key in phrase.keys
        }
        self.fillers = {
            " ".join(phrase.keys)
            for phrases in self.announcers.values()
            for phrase in phrases
            if phrase.role == "filler"
        } | set(_TAILS)
        self.takes: dict[str, Callable[[Sequence[Word], int, Announcer, Parts], int]] = {
            "ward": self._take_ward,
            "district": self._take_district,
            "city": self._take_city,
            "province": self._take_province,
            "quarter": self._take_quarter,
        }

    def parse(self, text: str) -> Parts:
        """The parts of an address; never raises."""
        parts = Parts()
        rest = self._runs(text, parts)
        runs = [run for run in self._take_unmarked(rest, parts) if not self._is_province_short(run, parts)]
        premises = Premises(self.streets, self.announcers, parts, self._districts(parts))
        for run in runs:
            premises.read(run)
        self._settle(parts)
        return parts

    def _is_province_short(self, run: Sequence[Word], parts: Parts) -> bool:
        """Whether a run is the initials of the province that the district is in (`Thuận An, BD`)."""
        if len(run) > 1 or parts.district is None or parts.province is not None or not 2 <= len(run[0].key) <= 4:
            return False
        found = self.units.district_candidates(parts.district, None)
        names = {self.units.province_of[True, d.province].former for d in found}
        return any("".join(word[0] for word in key_of(core_of(name)).split()) == run[0].key for name in names)

    def _settle(self, parts: Parts) -> None:
        """What the parts say of one another: K12 is kiệt 12 in the towns where alleys are called so."""
        if _PARCEL.fullmatch(parts.house) and any(said.startswith("Tờ ") for said in parts.land) and not parts.street:
            parts.land.insert(0, f"Thửa {parts.house[1:]}")  # T123 TBĐ 45
            parts.house = ""
        if _KIET.match(parts.house) and parts.province is not None and parts.province.key in _KIET_PROVINCES:
            parts.house = re.sub(r"(?<![^/])[KH](?=\d)", "", parts.house)

    def _districts(self, parts: Parts) -> frozenset[str]:
        """Names of the districts that the address may be in; a unit of today is in those that it is made of."""
        if parts.district is not None:
            return frozenset([d.name for d in self.units.district_candidates(parts.district, parts.province)])
        if not parts.ward:
            return frozenset()
        legacy = self.units.place(parts.ward[0], None, parts.province).legacy
        return frozenset([self.district_of[code] for code in legacy])

    def _runs(self, text: str, parts: Parts) -> list[list[Word]]:
        """`_take_units` of a text; what follows its first comma is read once, for many addresses end alike."""
        head, comma, tail = repair(text).partition(",")
        words = self._words(head)
        if not comma or not words or any(word.key in self.unit_announcers for word in words):
            return self._take_units([*words, *self._words(comma + tail)], parts)
        if (known := self._tails.get(tail)) is None:
            end = Parts()
            known = self._take_units(self._words(tail), end), end
            if len(self._tails) >= MANY_TAILS:
                self._tails.clear()
            self._tails[tail] = known
        runs, end = known
        parts.ward, parts.quarters = end.ward[:], end.quarters[:]
        parts.district, parts.province, parts.sure = end.district, end.province, end.sure
        return [[*words, SEPARATOR], *runs]

    def _words(self, text: str) -> list[Word]:
        """The words of a text; dashes that stand in a street's name are gone, others are separators."""
        words = read_words(text)
        if DASH not in words:
            return words
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

    # -- units that a word announces ----------------------------------------------------------------------------------

    def _take_units(self, words: Sequence[Word], parts: Parts) -> list[list[Word]]:
        """Move announced units and quarters into `parts`; what is left are the runs of words between them.

        A run that a separator ends keeps it as its last word; other runs ran into a unit or the end.
        """
        runs: list[list[Word]] = []
        run: list[Word] = []
        at = 0
        while at < len(words):
            word = words[at]
            at += 1
            if word.key in self.unit_announcers and (
                (end := self._take_announced(words, at - 1, parts)) >= at
                or (end := self._take_misspelled(words, at - 1, parts)) >= at
            ):
                at = end
                if at < len(words) and words[at].key in _TAILS and self._may_end(words, at + 1):
                    at += 1
            else:
                run.append(word)
                if word is not SEPARATOR:
                    continue
            if run and run[0] is not SEPARATOR:
                runs.append(run)
            run = []
        return [*runs, run] if run else runs

    def _take_announced(self, words: Sequence[Word], at: int, parts: Parts) -> int:
        if self.streets.guards(words, at):
            return at
        for phrase in announced(self.unit_announcers[words[at].key], words, at):
            take = self.takes.get(phrase.role)
            if take is None:
                if len(phrase.keys) > 1:
                    return at  # a longer phrase of the premises (`tòa nhà`) is not a unit's shorter one
                continue
            end = take(words, at + len(phrase.keys), phrase, parts)
            if end:
                return end
        return at

    def _take_misspelled(self, words: Sequence[Word], at: int, parts: Parts) -> int:
        """`Phương 5, Quân 3`: a word in another tone, alone before its number."""
        alone = (at == 0 or words[at - 1] is SEPARATOR) and self._may_end(words, at + 2)
        if not alone or words[at].toned not in _MISSPELLED or not _small_number(words, at + 1):
            return at
        announcer = self.unit_announcers[words[at].key][0]
        return self.takes[announcer.role](words, at + 1, announcer, parts) or at

    def _take_ward(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        end = self._longest(self.units.wards, words, at)
        if end > at and not words[at].number:
            parts.ward.append(name_of(words[at:end], phrase.label))
            return end
        number = _small_number(words, at)
        if number and int(number) <= HIGHEST_WARD and phrase.label == "Phường":
            parts.ward.append(Name(number, number, "Phường", number))
            return at + 1
        abbreviated = len(phrase.keys) == 1 and len(phrase.keys[0]) <= 2
        if end := self._initials_end(words, at, phrase):
            parts.ward.append(initials_name(words[at], phrase.label))
            return end
        end = self._unknown_end(words, at)
        spelled = words[at - len(phrase.keys)].toned == phrase.toned[0] and not abbreviated
        if end > at and (spelled or (phrase.label == "Phường" and 2 <= end - at <= 4 and self._may_end(words, end))):
            parts.ward.append(name_of(words[at:end], phrase.label))
            parts.sure = False
            return end
        return 0

    def _take_district(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        if parts.district is not None:
            end = max(self._longest(self.units.districts, words, at), at + bool(_small_number(words, at)))
            return end if end > at and self._ends(words, end) else 0  # TP. Thủ Đức (Quận 9 cũ)
        number = _small_number(words, at) if phrase.label == "Quận" else ""
        if number and number in self.units.districts:
            parts.district = Name(number, number, "Quận", number)
            return at + 1
        if (end := self._longest(self.units.districts, words, at)) > at:
            parts.district = name_of(words[at:end], phrase.label)
            return end
        if end := self._initials_end(words, at, phrase):
            parts.district = self._by_initials(words[at], phrase)
            if parts.district is not None:
                return end
        return 0

    def _by_initials(self, word: Word, phrase: Announcer) -> Name | None:
        """The district that letters stand for: at home, or else the only one of the country (TP BMT)."""
        name = initials_name(word, phrase.label)
        if self.units.district_candidates(name, None):
            return name
        found = self.district_initials.get(word.key, ())
        kinds = [core for kind, core in found if kind == phrase.label]
        return (
            name_of([w for w in read_words(kinds[0]) if w is not SEPARATOR], phrase.label) if len(kinds) == 1 else None
        )

    def _take_city(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        province = self._longest(self.units.provinces, words, at)
        district = self._longest(self.units.districts, words, at)
        city = province > at and any(
            p.name.startswith("Thành phố") for p in self.units.provinces[joined(words[at:province])]
        )
        if province >= district and parts.province is None and (city or district == at) and province > at:
            parts.province = name_of(words[at:province])
            return province
        return self._take_district(words, at, phrase, parts)

    def _take_province(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        end = self._longest(self.units.provinces, words, at)
        if end > at and parts.province is None:
            parts.province = name_of(words[at:end])
            return end
        return 0

    def _take_quarter(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        if at < len(words) and words[at].number:
            parts.quarters.append(f"{phrase.label} {words[at].shown.lstrip('0') or '0'}")
            return at + 1
        if phrase.label not in _NAMED_QUARTERS or at >= len(words):
            return 0
        if self._longest(self.units.names, words, at - len(phrase.keys)) > at:
            return 0  # Buôn Ma Thuột
        end = min(self._unknown_end(words, at), at + 4)
        if at < end < len(words) and words[end].number and self._may_end(words, end + 1):
            end += 1
        if phrase.label == "Khu phố" and not self._may_end(words, end):
            return 0
        if end > at:
            parts.quarters.append(f"{phrase.label} {' '.join(word.shown for word in words[at:end])}")
            return end
        return 0

    def _longest(self, names: Container[str], words: Sequence[Word], at: int) -> int:
        """The end of the name that begins at `at`; `at` where none does.

        Of several, one that another part follows, then one at home (`xã Vĩnh Hòa | Phú Giáo`), then the longest.
        """
        if at >= len(words):
            return at
        ends = [
            end
            for end in range(min(at + self.units.longest.get(words[at].key, 0), len(words)), at, -1)
            if joined(words[at:end]) in names  # a separator's key is in no name
        ]
        if len(ends) < 2:
            return ends[0] if ends else at
        return max(
            ends, key=lambda end: (self._may_end(words, end), joined(words[at:end]) in self.units.home_names, end)
        )

    def _ends(self, words: Sequence[Word], at: int) -> bool:
        """Whether a part ends before this word, or after it where it is one like `cũ`."""
        return self._may_end(words, at + (at < len(words) and words[at].key in _TAILS))

    def _may_end(self, words: Sequence[Word], at: int) -> bool:
        """Whether a unit's name may end before this word: a separator, or what announces another unit."""
        if at >= len(words) or words[at] is SEPARATOR:
            return True
        phrases = self.unit_announcers.get(words[at].key)
        return phrases is not None and bool(announced(phrases, words, at))

    def _initials_end(self, words: Sequence[Word], at: int, phrase: Announcer) -> int:
        """The end of two to four letters that may be the initials of a name (BN, ĐK, TA); 0 for none."""
        if at >= len(words) or not 2 <= len(words[at].key) <= 4 or not words[at].key.isalpha():
            return 0
        if phrase.keys == ("p",) and self._may_end(words, at + 1):
            return at + 1
        return 0 if is_plain_syllable(words[at].key) else at + 1

    def _unknown_end(self, words: Sequence[Word], at: int) -> int:
        """Where a name that no table knows must end: before a separator, a number, or a word that announces a unit."""
        end = at
        while end < len(words) and words[end] is not SEPARATOR and not words[end].number:
            phrases = self.unit_announcers.get(words[end].key)
            if end > at and phrases and any(phrase.of_unit for phrase in announced(phrases, words, end)):
                break
            end += 1
        return end

    # -- units that stand alone ---------------------------------------------------------------------------------------

    def _take_unmarked(self, runs: list[list[Word]], parts: Parts) -> list[list[Word]]:
        """Units without a word that announces them, from the right; what is left are the premises."""
        left: list[list[Word]] = []
        for index in range(len(runs) - 1, -1, -1):
            run = runs[index]
            delimited = run[-1] is SEPARATOR
            words = run[:-1] if delimited else run
            words = self._without_postcode(words, parts)
            elsewhere = any(map(self._has_street, chain(runs[:index], left)))
            if not words or self._is_unit(words, parts, elsewhere) or self._are_units(words, parts):
                continue
            if not delimited or len(runs) == 1:
                words = self._without_tail(words, parts, elsewhere, delimited)
            if words:
                left.append(words)
        return left[::-1]

    def _without_postcode(self, words: list[Word], parts: Parts) -> list[Word]:
        """Words without the postal code that ends them, where nothing but a unit stands before it."""
        if not words or not _POSTCODE.fullmatch(words[-1].key):
            return words
        units = parts.ward or parts.district or parts.province
        return words[:-1] if (len(words) == 1 and units) or joined(words[:-1]) in self.units.names else words

    def _has_street(self, run: Sequence[Word]) -> bool:
        """Whether a run holds words that can name a street."""
        return any(not word.number and len(word.key) > 1 and word.key not in self.not_street for word in run)

    def _is_unit(self, words: Sequence[Word], parts: Parts, elsewhere: bool) -> bool:
        """Whether these words are one unit's name, which then moves into `parts`.

        `elsewhere`: other words can name the street, so that a name of both a street and a unit is the unit's.
        """
        key = joined(words)
        if words[0].number or len(key) == 1:
            return False
        if key in self.fillers or self._is_said_again(key, parts) or self._is_short_district(words, parts):
            return True
        if words[-1].key in _TAILS and len(words) > 1:
            return self._is_english_ward(words, parts) or self._is_unit(words[:-1], parts, elsewhere)
        if key not in self.units.names:
            return False
        name, no_street = name_of(words), elsewhere or bool(parts.quarters) or key not in self.streets.names
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

    def _is_english_ward(self, words: Sequence[Word], parts: Parts) -> bool:
        """`Ben Thanh Ward`: the word behind the name announces it as well."""
        if words[-1].key not in _COMMUNES or joined(words[:-1]) not in self.units.wards:
            return False
        parts.ward.append(name_of(words[:-1], _COMMUNES[words[-1].key]))
        return True

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
        if name.toned and not self._has_tones(name):
            return False  # Nguyễn Huệ is not in Huế
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
        """Whether a unit is spelled so, marks and all."""
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


def _small_number(words: Sequence[Word], at: int) -> str:
    """A number of at most two digits at `at`, in figures or in words; else nothing."""
    if at >= len(words):
        return ""
    key = words[at].key
    if key.isdigit() and key.isascii():
        return key if len(key) <= 2 else ""
    following = words[at + 1].key if at + 1 < len(words) else BREAK
    return IN_WORDS.get(key, "") if following == BREAK or following in ("quan", "q", "tp", "thanh") else ""
