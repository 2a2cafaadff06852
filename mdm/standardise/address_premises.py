"""The premises of an address: house number with its alleys, street, building, parcel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set

from mdm.standardise.address_parts import Parts
from mdm.standardise.address_streets import Gazetteer, date_street, numbered_name, street_name
from mdm.standardise.address_words import Announcer, Word, announced, key_of

__all__ = ["Parts", "Premises"]

_CODE = re.compile(r"[a-z]{1,3}[-_]?\d[\w./-]*|\d[\w./-]*|[a-z]|[ivx]{2,4}(?:-\d+)?")
_ROMAN = re.compile(r"[ivx]{2,4}")
_HOUSE_SUFFIX = re.compile(r"[a-ce-hj-o]|bis|ter")
_LATE_HOUSE = re.compile(r"\d+[a-z]?/[\w/]+|\d{3,4}[a-z]?")
"""What stands for a house number behind a street that no list knows; `Tân Thới Nhất 17` is a street."""
_NUMBERED_STREET = re.compile(r"(?:Đường số|Quốc lộ|Tỉnh lộ|Hương lộ|Đường tỉnh) \d+[A-Z]?")
"""Canonical names that read as themselves; the text of nothing but such a name may still be something else."""
_ONE_NUMBER = re.compile(r"\d+[A-Z]?")

_WARD_LETTERS = ("p", "f")
"""Letters that are cut from their numbers, for they announce wards."""

APARTMENT = Announcer(("can", "ho"), ("căn", "hộ"), "apartment", "Căn hộ")
"""What a code with a dot is read as: `B12.03`."""


class Premises:
    """Reads runs of words that are no unit: house number, alleys, street, building, parcel."""

    def __init__(
        self,
        streets: Gazetteer,
        told: Mapping[str, Sequence[Announcer]],
        parts: Parts,
        districts: Callable[[], Set[str]],
    ) -> None:
        self.streets = streets
        self.told = told
        self.parts = parts
        self.districts = districts
        self.words: Sequence[Word] = ()
        self.last = ""
        """The role of what was read last: it tells what a number after it is."""

    def read(self, words: Sequence[Word]) -> None:
        """Move what these words say into the parts; every word ends somewhere."""
        self.words = words
        at = 0
        while at < len(words):
            if words[at].number and not self.parts.house and at + 1 < len(words):
                at = self._date_at(at) or self._number_at(at)
            else:
                at = self._street_at(at) or self._announced_at(at) or self._number_at(at) or self._words_at(at)

    def _phrases(self, at: int) -> list[Announcer]:
        phrases = self.told.get(self.words[at].key)
        if phrases is None:
            return []
        return [p for p in announced(phrases, self.words, at) if not p.of_unit]

    def _announced_at(self, at: int) -> int:
        for phrase in self._phrases(at):
            if end := getattr(self, f"_take_{phrase.role}")(at + len(phrase.keys), phrase):
                self.last = phrase.role
                return int(end)
        return 0

    # -- street -------------------------------------------------------------------------------------------------------

    def _date_at(self, at: int) -> int:
        """A date in words before any house number: `3 tháng 2` is no house number 3."""
        return 0 if self.parts.street or not date_street(self.words, at) else self._set_street(at, at + 3)

    def _street_at(self, at: int) -> int:
        """A street that the gazetteer knows, or a date, where the words after it are another part."""
        words = self.words
        if self.parts.street and not self.parts.guessed:
            return 0
        if not self.parts.house and any(phrase.role == "estate" for phrase in self._phrases(at)):
            return 0  # Cư xá Lữ Gia, 12 đường số 3
        size = self.streets.match(words, at) or date_street(words, at)
        end = at + size
        if not size or (end < len(words) and not self._may_end(end)):
            return 0
        return self._set_street(at, end)

    def _may_end(self, at: int) -> bool:
        """Whether a street may end before this word: a number or a word that announces another part."""
        return (self.words[at].number and not self.parts.house) or any(p.role != "market" for p in self._phrases(at))

    def _take_street(self, at: int, phrase: Announcer) -> int:
        """The word đường: a name or a number follows."""
        if at >= len(self.words) or (self.parts.street and not self.parts.guessed):
            return 0
        self.parts.announced = True
        if phrase.keys == ("pho",) and at + 1 == len(self.words):
            return self._set_street(at - 1, at + 1)  # Phố Huế
        return self._take_numbered_street(at) or self._take_street_name(at)

    def _take_numbered_street(self, at: int) -> int:
        """`đường số 2 Vạn Phúc`, `12 đường 12 Trần Não`: what follows a street's number tells where that street is."""
        said = self.words[at].key == "so"
        end = at + said + 1
        if end >= len(self.words) or not self.words[end - 1].number or not (said or self.parts.house):
            return 0
        if date_street(self.words, at) or self.streets.match(self.words, at) > 1 or self._may_end(end):
            return 0
        return self._set_street(at, end)

    def _take_street_name(self, at: int) -> int:
        known = self.streets.match(self.words, at)
        if known and (at + known == len(self.words) or self._may_end(at + known)):
            return self._set_street(at, at + known)
        end = at + 1
        while end < len(self.words) and not self._cuts_street(end):
            end += 1
        late = end - at > 1 and not self.parts.house and _LATE_HOUSE.fullmatch(self.words[end - 1].key)
        if late and numbered_name(self.words[at:end]) is None:
            end -= 1
        return self._set_street(at, end)

    def _set_street(self, at: int, end: int) -> int:
        parts = self.parts
        if parts.guessed:
            self._give_up_guess()
        parts.street, known = street_name(self.words[at:end], self.streets, self.districts)
        parts.sure &= known or (bool(parts.ward) and _NUMBERED_STREET.fullmatch(parts.street) is not None)
        self.last = "street"
        return end

    def _give_up_guess(self) -> None:
        """What was taken for a street is something else, for the street stands elsewhere: `Vincom Center, 72 …`."""
        self.parts.extras.append(self.parts.street)
        self.parts.street, self.parts.guessed = "", False

    def _cuts_street(self, at: int) -> bool:
        """Whether a street's name ends here: a house, alley or building is announced with its number or name."""
        words = self.words
        if words[at].key == "lo" and words[at - 1].key in ("quoc", "tinh", "huong", "xa", "dai"):
            return False
        for phrase in self._phrases(at):
            follows = at + len(phrase.keys)
            if phrase.role == "street_end":
                return True
            if follows >= len(words):
                continue
            numbered = words[follows].number
            if phrase.role in ("house", "alley", "part", "lot", "apartment", "parcel", "sheet") and numbered:
                return True
            if phrase.role == "estate" and len(phrase.keys[0]) > 1:
                return True
            if phrase.role == "note" and (words[at].toned or len(phrase.keys) > 1):
                return True
        return False

    def _words_at(self, at: int) -> int:
        if self.parts.street:
            return self._extra(at, len(self.words))
        if end := self._name_before_number(at):
            return self._extra(at, end)
        after_number = self.last in ("house", "alley") and at > 0
        end = self._take_street_name(at)
        known = self.streets.known(self.words[at:end]) is not None
        self.parts.guessed = not known and not after_number
        return end

    def _name_before_number(self, at: int) -> int:
        """The place of a house number with its known street behind other words: `Emart Gò Vấp | 366 Phan Văn Trị`."""
        words = self.words
        for end in range(at + 1, len(words) - 1):
            if words[end].number and not self.parts.house:
                size = self.streets.match(words, end + 1)
                return end if size and (end + 1 + size == len(words) or self._phrases(end + 1 + size)) else 0
        return 0

    # -- house number and alleys --------------------------------------------------------------------------------------

    def _take_house(self, at: int, phrase: Announcer) -> int:
        if at >= len(self.words) or not self.words[at].number:
            return 0
        if self.parts.house and not (self.parts.house_announced or self.parts.street or self.parts.alleys):
            self.parts.extras.append(self.parts.house)  # T3, TTTM Satra, Số 1239
            self.parts.house = ""
        end = self._number_at(at)
        self.parts.house_announced = True
        return end

    def _take_new_number(self, at: int, phrase: Announcer) -> int:
        """`7/3 (số mới 15)`: the new number counts."""
        if at >= len(self.words) or not self.words[at].number or "." in self.words[at].shown:
            return 0
        self.parts.old_house, self.parts.house = self.parts.house, self.words[at].shown
        return at + 1

    def _take_old_number(self, at: int, phrase: Announcer) -> int:
        if at >= len(self.words) or not self.words[at].number:
            return 0
        self.parts.old_house = self.words[at].shown
        return at + 1

    def _take_alley(self, at: int, phrase: Announcer) -> int:
        if at < len(self.words) and self.words[at].key == "so":
            at += 1
        if at >= len(self.words) or not self.words[at].number or "." in self.words[at].shown:
            return 0
        if not self.parts.alleys:
            self.parts.house_first = bool(self.parts.house)
        self.parts.alleys.append((phrase.keys[0], self.words[at].shown))
        return at + 1

    def _number_at(self, at: int) -> int:
        words, parts = self.words, self.parts
        if not words[at].number:
            return 0
        if end := self._old_number_at(at) or self._next_parcel_at(at) or self._next_part_at(at):
            return end
        if not parts.street and self._names_street(at):
            return self._set_street(at, at + 1)
        if "." in words[at].shown:
            return self._take_apartment(at, APARTMENT)
        if parts.house:
            return self._further_number(at)
        if parts.guessed and at == 0 and len(words) > 1 and not self._phrases(1):
            self._give_up_guess()
        return self._set_house(at)

    def _names_street(self, at: int) -> bool:
        """`N2 Street`, but not `12 Street 7`."""
        words = self.words
        if at + 1 >= len(words) or (at + 2 < len(words) and words[at + 2].number):
            return False
        return any(phrase.role == "street_end" for phrase in self._phrases(at + 1))

    def _set_house(self, at: int) -> int:
        shown, end = self.words[at].shown, at + 1
        if shown[-1].isdigit() and self._is_suffix(end):
            shown, end = shown + self.words[end].shown, end + 1
        elif shown[-1].isalpha() and end < len(self.words) and self.words[end].key in ("bis", "ter"):
            shown, end = f"{shown} {self.words[end].shown}", end + 1
        self.parts.house = shown
        self.last = "house"
        return end

    def _further_number(self, at: int) -> int:
        """A number after the house number: another of the same house, the street, or the house after all."""
        words, parts = self.words, self.parts
        shown = words[at].shown
        if parts.street:
            return self._extra(at, at + 1)
        if at == 0 and self._is_second_number(shown):
            parts.house += f"-{shown}"  # 12, 14 Lê Lợi
            return at + 1
        if self.last in ("lot", "estate", "part", "apartment") and (at == 0 or self.last == "estate"):
            within = parts.house if parts.house.startswith("Lô ") else f"Căn {parts.house}"
            parts.buildings.append(within)  # L5-12, Tòa nhà Vincom, 72 Lê Thánh Tôn
            return self._set_house(at)
        if at == 0:
            return self._extra(at, at + 1)
        if self.last == "house" and at + 1 < len(words) and self.streets.known(words[at + 1 :]) is not None:
            parts.house += f"/{shown}"  # 71 C9 Cộng Hòa
            return at + 1
        return self._take_street_name(at)

    def _is_second_number(self, shown: str) -> bool:
        """Whether a number that begins a run is another of the same house; alone behind `số 12` it may be anything."""
        both = _ONE_NUMBER.fullmatch(shown) and _ONE_NUMBER.fullmatch(self.parts.house.rpartition("-")[2])
        return bool(both) and self.last == "house" and (len(self.words) > 1 or not self.parts.house_announced)

    def _old_number_at(self, at: int) -> int:
        """`7/3 cũ`, `7/3 số cũ`."""
        after = [word.key for word in self.words[at + 1 : at + 3]]
        end = at + 2 if after == ["cu"] else at + 3 if after == ["so", "cu"] and at + 3 >= len(self.words) else 0
        if end:
            self.parts.old_house = self.words[at].shown
        return end

    def _next_parcel_at(self, at: int) -> int:
        """`thửa 123, 124`."""
        if self.last != "parcel" or (at + 1 < len(self.words) and not self._phrases(at + 1)):
            return 0
        self.parts.land.append(f"Thửa {self.words[at].shown}")
        return at + 1

    def _next_part_at(self, at: int) -> int:
        """`ô 9, 10, lô B1`."""
        if self.last != "part" or at or len(self.words) > 1 or not self.parts.buildings:
            return 0
        last = self.parts.buildings[-1]
        if not last[-1].isdigit() or not self.words[at].key.isdigit():
            return 0
        self.parts.buildings[-1] = f"{last}-{self.words[at].shown}"
        return at + 1

    def _is_suffix(self, at: int) -> bool:
        """Whether a letter there belongs to the house number before it (`12 B Lê Lợi`), not to `Ỷ Lan`."""
        words = self.words
        if at >= len(words) or not words[at].shown.isascii() or not _HOUSE_SUFFIX.fullmatch(words[at].key):
            return False
        if at + 1 == len(words):
            return True
        return len(words[at + 1].key) > 1 and not self.streets.match(words, at)  # 12 N.T.M. Khai

    # -- buildings, estates, land -------------------------------------------------------------------------------------

    def _code(self, at: int) -> tuple[str, int]:
        """The code at `at` and where it ends; nothing where there is none."""
        words = self.words
        if at >= len(words) or not (words[at].number or _CODE.fullmatch(words[at].key)):
            return "", 0
        if words[at].key in _WARD_LETTERS and at + 1 < len(words) and words[at + 1].number:
            return words[at].shown + words[at + 1].shown, at + 2  # Lô P2
        return words[at].shown.upper() if _ROMAN.fullmatch(words[at].key) else words[at].shown, at + 1

    def _take_apartment(self, at: int, phrase: Announcer) -> int:
        code, end = self._code(at)
        if end:
            self.parts.apartment = self.parts.apartment or code
            self.parts.buildings.append(f"{phrase.label} {code}")
        return end

    def _take_part(self, at: int, phrase: Announcer) -> int:
        code, end = self._code(at)
        if end:
            self.parts.buildings.append(f"{phrase.label} {code}")
        return end

    def _take_lot(self, at: int, phrase: Announcer) -> int:
        code, end = self._code(at)
        if not end:
            return 0
        shown = f"{phrase.label} {code}"
        lettered = len(code) == 1 and not code.isdigit()
        if not self.parts.house and not self.parts.apartment and not lettered:
            self.parts.house = shown
            return end
        self.parts.lot = self.parts.lot or (shown if lettered else "")
        self.parts.buildings.append(shown)
        return end

    def _take_estate(self, at: int, phrase: Announcer) -> int:
        words, end = self.words, at
        while end < len(words) and not words[end].number and not (end > at and self._may_end(end)):
            end += 1
        if end + 1 == len(words) and words[end].number and (end == at or len(words[end].key) < 3):
            end += 1  # KCN Sóng Thần 2, cư xá 30/4
        if end == at:
            return at if at < len(words) and words[at].number else 0  # chung cư 312 Lạc Long Quân: its address follows
        known = self.streets.known(words[at - len(phrase.keys) : end])
        shown = known or f"{phrase.label} {' '.join(word.shown for word in words[at:end])}"
        self.parts.estate = self.parts.estate or shown
        self.parts.buildings.append(shown)
        return end

    _take_market = _take_estate

    def _take_parcel(self, at: int, phrase: Announcer) -> int:
        code, end = self._code(at)
        if end:
            self.parts.land.append(f"{phrase.label} {code}")
        return end

    _take_sheet = _take_parcel

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _take_street_end(self, at: int, phrase: Announcer) -> int:
        """English has the word behind the name: `Hai Trieu Street`; of a boulevard or a highway it is a part."""
        for kind in phrase.label.split("|") if self.parts.street else ():
            if named := self.streets.names.get(key_of(f"{kind} {self.parts.street}")):
                self.parts.street, self.parts.guessed = named[0][0], False
        return at

    def _take_place(self, at: int, phrase: Announcer) -> int:
        """`Trường tiểu học X 12 Lê Lợi`: whose address it is, up to a part's word, or a number with a street."""
        words, end = self.words, at
        while end < len(words) and not self._begins_premises(end):
            end += 1
        return self._extra(at - len(phrase.keys), end) if end > at else 0

    def _begins_premises(self, at: int) -> bool:
        roles = {phrase.role for phrase in self._phrases(at)}
        behind = at + 1 < len(self.words) and self.words[at].number and self.streets.match(self.words, at + 1)
        return bool(behind) or not roles.isdisjoint(("house", "alley", "street", "lot", "estate"))

    def _take_filler(self, at: int, phrase: Announcer) -> int:
        return at

    def _take_note(self, at: int, phrase: Announcer) -> int:
        """`gần chợ Bến Thành`: how to find the place, up to the next comma."""
        start = at - len(phrase.keys)
        if at >= len(self.words) or not (self.words[start].toned or len(phrase.keys) > 1):
            return 0
        return self._extra(start, len(self.words))

    def _extra(self, at: int, end: int) -> int:
        self.parts.extras.append(" ".join(word.shown for word in self.words[at:end]))
        self.parts.sure = False
        return end
