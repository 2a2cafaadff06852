"""An address text cut into its parts: units, quarters, house number with its alleys, street, buildings, parcels.

Units are found first, wherever they stand; what is left is read from the left as house number, alley, street.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

from mdm.standardise.address_streets import Gazetteer, date_street, gazetteer, street_name
from mdm.standardise.address_units import Name, UnitIndex, unit_index
from mdm.standardise.address_words import (
    BREAK,
    SEPARATOR,
    Announcer,
    Word,
    announced,
    announcers,
    joined,
    read_words,
)
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.syllables import is_plain_syllable

HIGHEST_WARD = 34
"""No numbered ward is higher (28 in Ho Chi Minh City); `P.1205` is a room."""
COUNTS = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
    "xi": "11", "xii": "12", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5", "sau": "6", "bai": "7", "tam": "8",
    "chin": "9", "muoi": "10",
}  # fmt: skip
"""Numbers of districts and wards in Roman figures or in words."""
_TAILS = ("cu", "moi")
"""`Quận 3 cũ`: words after a unit that say which map it is on."""
_CODE = re.compile(r"[a-z]{1,3}-?\d[\w./-]*|\d[\w./-]*|[a-z]")
_HOUSE_SUFFIX = re.compile(r"[a-c]|[e-o]|bis|ter")
_STREET_KINDS = frozenset({"duong", "lo", "cau", "cho", "ben", "khu", "xa", "cong", "nga"})
"""Words that need the next one: `Đại lộ | Bình Dương` is a street, not a province."""


@dataclass
class Parts:
    """What was found in one address."""

    ward: list[Name] = field(default_factory=list)
    district: Name | None = None
    province: Name | None = None
    quarters: list[str] = field(default_factory=list)
    buildings: list[str] = field(default_factory=list)
    land: list[str] = field(default_factory=list)
    house: str = ""
    alleys: list[str] = field(default_factory=list)
    house_first: bool = False
    """The house number stood before its alleys: they were named from the inside out."""
    apartment: str = ""
    street: str = ""
    estate: str = ""
    extras: list[str] = field(default_factory=list)
    announced: bool = False
    """The word đường stood before the street."""
    sure: bool = True
    """Every word was understood."""

    @property
    def house_no(self) -> str:
        """House number with its alleys from the outside in: 12/3/4A; where no house is named, the alley or apartment."""
        path = "/".join(reversed(self.alleys) if self.house_first else self.alleys)
        if not self.house:
            return f"Hẻm {path}" if path else self.apartment
        if not path or self.house.startswith(path + "/"):
            return self.house
        return f"{path}/{self.house}"


class Parser:
    """Cuts addresses with one knowledge's words, streets and units."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.units: UnitIndex = unit_index(knowledge)
        self.streets: Gazetteer = gazetteer(knowledge)
        self.announcers = announcers(knowledge)
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
        rest = self._take_units(read_words(text), parts)
        runs = self._take_unmarked(rest, parts)
        for run in runs:
            _Premises(self, parts).read(run)
        return parts

    # -- units that a word announces ----------------------------------------------------------------------------------

    def _take_units(self, words: Sequence[Word], parts: Parts) -> list[list[Word]]:
        """Move announced units and quarters into `parts`; what is left are the runs of words between them.

        A run that a separator ends keeps it as its last word; other runs ran into a unit or the end.
        """
        runs: list[list[Word]] = [[]]
        at = 0
        while at < len(words):
            word = words[at]
            if word is SEPARATOR:
                runs[-1].append(word)
                runs.append([])
                at += 1
                continue
            if size := self.streets.guard(words, at):
                runs[-1] += words[at : at + size]
                at += size
                continue
            end = self._take_announced(words, at, parts)
            if end == at:
                runs[-1].append(word)
                at += 1
                continue
            while end < len(words) and words[end].key in _TAILS:
                end += 1
            runs.append([])
            at = end
        return [run for run in runs if run and run[0] is not SEPARATOR]

    def _take_announced(self, words: Sequence[Word], at: int, parts: Parts) -> int:
        phrases = self.announcers.get(words[at].key)
        if phrases is None:
            return at
        for phrase in announced(phrases, words, at):
            take = self.takes.get(phrase.role)
            if take is None:
                if len(phrase.keys) > 1:
                    return at  # a longer phrase of the premises (`tòa nhà`) is not a unit's shorter one
                continue
            end = take(words, at + len(phrase.keys), phrase, parts)
            if end:
                return end
        return at

    def _take_ward(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        number = _small_number(words, at)
        if number and int(number) <= HIGHEST_WARD and phrase.label == "Phường":
            parts.ward.append(Name(number, number, "Phường", number))
            return at + 1
        end = self._longest(self.units.wards, words, at)
        abbreviated = len(phrase.keys) == 1 and len(phrase.keys[0]) <= 2
        if end > at:
            parts.ward.append(_name(words[at:end], phrase.label))
            return end
        if end := _initials_end(words, at):
            parts.ward.append(_initials_name(words[at], phrase.label))
            return end
        if abbreviated or at >= len(words) or words[at].number:
            return 0
        end = self._unknown_end(words, at)
        if end > at and words[at - len(phrase.keys)].toned == phrase.toned[0]:
            parts.ward.append(_name(words[at:end], phrase.label))
            parts.sure = False
        return end if parts.ward else 0

    def _take_district(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        if parts.district is not None:
            return 0
        number = _small_number(words, at) if phrase.label == "Quận" else ""
        if number and number in self.units.districts:
            parts.district = Name(number, number, "Quận", number)
            return at + 1
        if (end := self._longest(self.units.districts, words, at)) > at:
            parts.district = _name(words[at:end], phrase.label)
            return end
        if end := _initials_end(words, at):
            parts.district = _initials_name(words[at], phrase.label)
            if self.units.district_candidates(parts.district, None):
                return end
            parts.district = None
        return 0

    def _take_city(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        province = self._longest(self.units.provinces, words, at)
        district = self._longest(self.units.districts, words, at)
        city = province > at and any(
            p.name.startswith("Thành phố") for p in self.units.provinces[joined(words[at:province])]
        )
        if province >= district and parts.province is None and (city or district == at) and province > at:
            parts.province = _name(words[at:province])
            return province
        return self._take_district(words, at, phrase, parts)

    def _take_province(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        end = self._longest(self.units.provinces, words, at)
        if end > at and parts.province is None:
            parts.province = _name(words[at:end])
            return end
        return 0

    def _take_quarter(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        if at < len(words) and words[at].number:
            parts.quarters.append(f"{phrase.label} {words[at].shown.lstrip('0') or '0'}")
            return at + 1
        if phrase.label in ("Khu phố", "Tổ") or at >= len(words):
            return 0
        end = min(self._unknown_end(words, at), at + 4)
        if end > at:
            parts.quarters.append(f"{phrase.label} {' '.join(word.shown for word in words[at:end])}")
            return end
        return 0

    def _longest(self, names: Container[str], words: Sequence[Word], at: int) -> int:
        """The end of the longest known name that begins at `at`; `at` where none does."""
        stop = at
        while stop < len(words) and stop - at < self.units.longest and words[stop] is not SEPARATOR:
            stop += 1
        for end in range(stop, at, -1):
            if joined(words[at:end]) in names:
                return end
        return at

    def _unknown_end(self, words: Sequence[Word], at: int) -> int:
        """Where a name that no table knows must end: before a separator, a number, or a word that announces a unit."""
        end = at
        while end < len(words) and words[end] is not SEPARATOR and not words[end].number:
            phrases = self.announcers.get(words[end].key, ())
            if end > at and any(phrase.role in self.takes for phrase in announced(phrases, words, end)):
                break
            end += 1
        return end

    # -- units that stand alone ---------------------------------------------------------------------------------------

    def _take_unmarked(self, runs: list[list[Word]], parts: Parts) -> list[list[Word]]:
        """Units without a word that announces them, from the right; what is left are the premises."""
        left: list[list[Word]] = []
        for index in range(len(runs) - 1, -1, -1):
            run = runs[index]
            words = run[:-1] if run[-1] is SEPARATOR else run[:]
            while words and words[-1].key in _TAILS:
                words.pop()
            earlier = bool(parts.quarters) or any(_has_street(other) for other in runs[:index])
            if words and not self._is_unit(words, parts, earlier):
                left.append(words if run[-1] is SEPARATOR else self._without_tail(words, parts))
        return left[::-1]

    def _is_unit(self, words: Sequence[Word], parts: Parts, earlier: bool) -> bool:
        key = joined(words)
        if any(
            p.role == "filler" and p.keys == tuple(w.key for w in words) for p in self.announcers.get(words[0].key, ())
        ):
            return True
        name = _name(words)
        if parts.province is None and key in self.units.provinces:
            if key not in self.units.districts or parts.district is not None:
                parts.province = name
                return True
        if words[0].number:
            return False
        ward = parts.ward[0] if parts.ward else None
        if parts.district is None and self.units.district_candidates(name, parts.province):
            both = ward is None or self.units.knows_ward(ward, name, parts.province)
            if both and (earlier or ward is not None or key not in self.streets.names):
                parts.district = name
                return True
        if (
            ward is None
            and (earlier or (parts.district or parts.province) and key not in self.streets.names)
            and self.units.knows_ward(name, parts.district, parts.province)
        ):
            parts.ward.append(name)
            return True
        return False

    def _without_tail(self, words: list[Word], parts: Parts) -> list[Word]:
        """Premises without the units that follow them undelimited: `12 nguyen trai ben thanh | quan 1`."""
        while True:
            size = self._tail(words, parts)
            if not size:
                return words
            words = words[:-size]

    def _tail(self, words: Sequence[Word], parts: Parts) -> int:
        start = next((i for i, word in enumerate(words) if not word.number), len(words))
        if self.streets.known(words[start:]) is not None:
            return 0
        for size in range(min(self.units.longest, len(words) - start - 1), 0, -1):
            before, tail = words[:-size], words[-size:]
            if before[-1].key in _STREET_KINDS or tail[0].number:
                continue
            key, name = joined(tail), _name(tail)
            if parts.province is None and key in self.units.provinces and key not in self.units.districts:
                parts.province = name
                return size
            ward = parts.ward[0] if parts.ward else None
            if ward is not None and parts.district is None and self.units.knows_ward(ward, name, parts.province):
                if self.units.district_candidates(name, parts.province):
                    parts.district = name
                    return size
            known = self.streets.known(before[start:]) is not None
            if not known:
                continue
            if parts.district is None and self.units.district_candidates(name, parts.province):
                parts.district = name
                return size
            if ward is None and self.units.knows_ward(name, parts.district, parts.province):
                parts.ward.append(name)
                return size
        return 0


class _Premises:
    """Reads one run of words that are no unit: house number, alleys, street, building, parcel."""

    def __init__(self, parser: Parser, parts: Parts) -> None:
        self.parser = parser
        self.parts = parts
        self.words: Sequence[Word] = ()

    def read(self, words: Sequence[Word]) -> None:
        self.words = words
        at = 0
        while at < len(words):
            at = self._street_at(at) or self._announced_at(at) or self._number_at(at) or self._words_at(at)

    def _street_at(self, at: int) -> int:
        """A street that the gazetteer knows, or a date; a lone number is a house number unless one came before."""
        words, parts = self.words, self.parts
        if parts.street:
            return 0
        size = date_street(words, at) or self.parser.streets.match(words, at)
        if size == 1 and words[at].number and words[at].key[0].isdigit() and not parts.house and len(words) > at + 1:
            return 0
        if not size:
            return 0
        end = at + size
        if end < len(words) and not self._may_end(end):
            return 0
        return self._set_street(at, end)

    def _may_end(self, at: int) -> bool:
        """Whether a street may end before this word: a number or a word that announces another part."""
        return (self.words[at].number and not self.parts.house) or bool(self._phrases(at))

    def _phrases(self, at: int) -> list[Announcer]:
        phrases = self.parser.announcers.get(self.words[at].key, ())
        return [p for p in announced(phrases, self.words, at) if p.role not in self.parser.takes]

    def _announced_at(self, at: int) -> int:
        for phrase in self._phrases(at):
            if end := getattr(self, f"_take_{phrase.role}")(at + len(phrase.keys), phrase):
                return int(end)
        return 0

    def _code_end(self, at: int) -> int:
        return at + 1 if at < len(self.words) and (self.words[at].number or _CODE.fullmatch(self.words[at].key)) else 0

    def _take_house(self, at: int, phrase: Announcer) -> int:
        if at >= len(self.words) or not self.words[at].number:
            return 0
        return self._number_at(at)

    def _take_old_number(self, at: int, phrase: Announcer) -> int:
        return at + 1 if at < len(self.words) and self.words[at].number else 0

    def _take_alley(self, at: int, phrase: Announcer) -> int:
        if at < len(self.words) and self.words[at].key == "so":
            at += 1
        if at >= len(self.words) or not self.words[at].number:
            return 0
        if not self.parts.alleys:
            self.parts.house_first = bool(self.parts.house)
        self.parts.alleys.append(self.words[at].shown)
        return at + 1

    def _take_street(self, at: int, phrase: Announcer) -> int:
        """The word đường: a name or a number follows."""
        if at >= len(self.words) or self.parts.street:
            return 0
        self.parts.announced = True
        return self._take_street_name(at)

    def _take_street_name(self, at: int) -> int:
        known = self.parser.streets.match(self.words, at)
        if known and (at + known == len(self.words) or self._may_end(at + known)):
            return self._set_street(at, at + known)
        end = at + 1
        while end < len(self.words) and not self._cuts_street(end):
            end += 1
        return self._set_street(at, end)

    def _set_street(self, at: int, end: int) -> int:
        words, streets = self.words[at:end], self.parser.streets
        self.parts.street = street_name(words, streets)
        self.parts.sure &= streets.known(words) is not None
        return end

    def _cuts_street(self, at: int) -> bool:
        """Whether a street's name ends here: a house, alley or building is announced with its number or name."""
        words = self.words
        for phrase in self._phrases(at):
            follows = at + len(phrase.keys)
            if follows >= len(words):
                continue
            numbered = words[follows].number
            if phrase.role in ("house", "alley", "part", "lot", "apartment", "parcel", "sheet") and numbered:
                return True
            if phrase.role == "estate" and len(phrase.keys[0]) > 1:
                return True
        return False

    def _take_apartment(self, at: int, phrase: Announcer) -> int:
        if not (end := self._code_end(at)):
            return 0
        shown = f"{phrase.label} {self.words[at].shown}"
        self.parts.apartment = self.parts.apartment or self.words[at].shown
        self.parts.buildings.append(shown)
        return end

    def _take_part(self, at: int, phrase: Announcer) -> int:
        if end := self._code_end(at):
            self.parts.buildings.append(f"{phrase.label} {self.words[at].shown}")
        return end

    def _take_lot(self, at: int, phrase: Announcer) -> int:
        end = self._code_end(at)
        if end and not self.parts.house and not self.parts.apartment and self.words[at].number:
            self.parts.house = f"{phrase.label} {self.words[at].shown}"
        elif end:
            self.parts.buildings.append(f"{phrase.label} {self.words[at].shown}")
        return end

    def _take_estate(self, at: int, phrase: Announcer) -> int:
        words, end = self.words, at
        while end < len(words) and not words[end].number and not (end > at and self._may_end(end)):
            end += 1
        if end == at:
            return at if at < len(words) and words[at].number else 0  # chung cư 312 Lạc Long Quân: its address follows
        shown = f"{phrase.label} {' '.join(word.shown for word in words[at:end])}"
        self.parts.estate = self.parts.estate or shown
        self.parts.buildings.append(shown)
        return end

    def _take_parcel(self, at: int, phrase: Announcer) -> int:
        if not (end := self._code_end(at)):
            return 0
        self.parts.land.append(f"{phrase.label} {self.words[at].shown}")
        return end

    _take_sheet = _take_parcel

    def _take_filler(self, at: int, phrase: Announcer) -> int:
        return at

    def _number_at(self, at: int) -> int:
        words, parts = self.words, self.parts
        if not words[at].number:
            return 0
        if parts.house:
            if not parts.street and at > 0:
                return self._take_street_name(at)
            return self._extra(at, at + 1)
        shown, end = words[at].shown, at + 1
        if (
            end < len(words)
            and _HOUSE_SUFFIX.fullmatch(words[end].key)
            and shown[-1:].isdigit()
            and len(words) > end + 1
        ):
            shown, end = shown + words[end].shown, end + 1
        parts.house = shown
        return end

    def _words_at(self, at: int) -> int:
        if not self.parts.street:
            return self._take_street_name(at)
        return self._extra(at, len(self.words))

    def _extra(self, at: int, end: int) -> int:
        self.parts.extras.append(" ".join(word.shown for word in self.words[at:end]))
        self.parts.sure = False
        return end


def _small_number(words: Sequence[Word], at: int) -> str:
    """A number of at most two digits at `at`, in figures or in words; else nothing."""
    if at >= len(words):
        return ""
    key = words[at].key
    if key.isdigit() and key.isascii():
        return key if len(key) <= 2 else ""
    following = words[at + 1].key if at + 1 < len(words) else BREAK
    return COUNTS.get(key, "") if following == BREAK or following in ("quan", "q", "tp", "thanh") else ""


def _name(words: Sequence[Word], kind: str = "") -> Name:
    return Name(joined(words), " ".join([w.toned for w in words]), kind, " ".join([w.shown for w in words]))


def _initials_end(words: Sequence[Word], at: int) -> int:
    """A word of two to four letters that is no syllable may be the initials of a name: BN, ĐK, NTB."""
    if at < len(words) and 2 <= len(words[at].key) <= 4 and words[at].key.isalpha():
        return 0 if is_plain_syllable(words[at].key) else at + 1
    return 0


def _initials_name(word: Word, kind: str) -> Name:
    return Name(word.key, word.key, kind, word.shown.upper(), initials=True)


def _has_street(run: Sequence[Word]) -> bool:
    """Whether a run holds words enough to name a street."""
    return any(len(word.key) > 1 and not word.number and word.key not in ("so", "nha") for word in run) or len(run) > 2
