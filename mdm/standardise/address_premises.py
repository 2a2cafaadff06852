"""The premises of an address: house number with its alleys, street, building, parcel; and all parts together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from mdm.standardise.address_names import Name
from mdm.standardise.address_streets import Gazetteer, date_street, street_name
from mdm.standardise.address_words import Announcer, Word, announced

_CODE = re.compile(r"[a-z]{1,3}-?\d[\w./-]*|\d[\w./-]*|[a-z]")
_HOUSE_SUFFIX = re.compile(r"[a-c]|[e-o]|bis|ter")

APARTMENT = Announcer(("can", "ho"), ("căn", "hộ"), "apartment", "Căn hộ")
"""What a code with a dot is read as: `B12.03`."""


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
        """House number with its alleys from the outside in (12/3/4A); without a house, the alley or apartment."""
        path = "/".join(reversed(self.alleys) if self.house_first else self.alleys)
        if not self.house:
            return f"Hẻm {path}" if path else self.apartment
        if not path or self.house.startswith(path + "/"):
            return self.house
        return f"{path}/{self.house}"


class Premises:
    """Reads one run of words that are no unit: house number, alleys, street, building, parcel."""

    def __init__(
        self, streets: Gazetteer, told: Mapping[str, Sequence[Announcer]], parts: Parts, districts: Set[str]
    ) -> None:
        self.streets = streets
        self.told = told
        self.parts = parts
        self.districts = districts
        self.words: Sequence[Word] = ()

    def read(self, words: Sequence[Word]) -> None:
        """Move what these words say into the parts; every word ends somewhere."""
        self.words = words
        at = 0
        while at < len(words):
            if words[at].number and not self.parts.house and at + 1 < len(words):
                at = self._date_at(at) or self._number_at(at)
            else:
                at = self._street_at(at) or self._announced_at(at) or self._number_at(at) or self._words_at(at)

    def _date_at(self, at: int) -> int:
        """A date in words before any house number: `3 tháng 2` is no house number 3."""
        return 0 if self.parts.street or not date_street(self.words, at) else self._set_street(at, at + 3)

    def _street_at(self, at: int) -> int:
        """A street that the gazetteer knows, or a date, where the words after it are another part."""
        words = self.words
        if self.parts.street:
            return 0
        size = self.streets.match(words, at) or date_street(words, at)
        end = at + size
        if not size or (end < len(words) and not self._may_end(end)):
            return 0
        return self._set_street(at, end)

    def _may_end(self, at: int) -> bool:
        """Whether a street may end before this word: a number or a word that announces another part."""
        return (self.words[at].number and not self.parts.house) or bool(self._phrases(at))

    def _phrases(self, at: int) -> list[Announcer]:
        phrases = self.told.get(self.words[at].key)
        if phrases is None:
            return []
        return [p for p in announced(phrases, self.words, at) if not p.of_unit]

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
        if at >= len(self.words) or not self.words[at].number or "." in self.words[at].shown:
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
        if phrase.keys == ("pho",) and at + 1 == len(self.words):
            return self._set_street(at - 1, at + 1)  # Phố Huế
        return self._take_street_name(at)

    def _take_street_name(self, at: int) -> int:
        known = self.streets.match(self.words, at)
        if known and (at + known == len(self.words) or self._may_end(at + known)):
            return self._set_street(at, at + known)
        end = at + 1
        while end < len(self.words) and not self._cuts_street(end):
            end += 1
        return self._set_street(at, end)

    def _set_street(self, at: int, end: int) -> int:
        self.parts.street, known = street_name(self.words[at:end], self.streets, self.districts)
        self.parts.sure &= known
        return end

    def _cuts_street(self, at: int) -> bool:
        """Whether a street's name ends here: a house, alley or building is announced with its number or name."""
        words = self.words
        if words[at].key == "lo" and words[at - 1].key in ("quoc", "tinh", "huong", "xa", "dai"):
            return False
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
        if "." in words[at].shown:
            return self._take_apartment(at, APARTMENT)
        if parts.house:
            if not parts.street and at > 0:
                return self._take_street_name(at)
            return self._extra(at, at + 1)
        shown, end = words[at].shown, at + 1
        if shown[-1].isdigit() and self._is_suffix(end):
            shown, end = shown + words[end].shown, end + 1
        parts.house = shown
        return end

    def _is_suffix(self, at: int) -> bool:
        """Whether a letter there belongs to the house number before it (`12 B Lê Lợi`), not to `Ỷ Lan`."""
        if at + 1 >= len(self.words) or not self.words[at].shown.isascii():
            return False
        return bool(_HOUSE_SUFFIX.fullmatch(self.words[at].key)) and not self.streets.match(self.words, at)

    def _words_at(self, at: int) -> int:
        if not self.parts.street:
            return self._take_street_name(at)
        return self._extra(at, len(self.words))

    def _extra(self, at: int, end: int) -> int:
        self.parts.extras.append(" ".join(word.shown for word in self.words[at:end]))
        self.parts.sure = False
        return end
