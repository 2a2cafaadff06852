"""Units and quarters that a word announces (`Phường`, `Q.`, `ấp`), wherever they stand in an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence

from mdm.standardise.address_names import Name, core_of, initials_name, kind_of, name_of
from mdm.standardise.address_parts import Parts
from mdm.standardise.address_streets import Gazetteer
from mdm.standardise.address_units import IN_WORDS, UnitIndex
from mdm.standardise.address_words import (
    BREAK,
    SEPARATOR,
    Announcer,
    Word,
    announced,
    joined,
    read_words,
)
from mdm.standardise.syllables import is_plain_syllable

HIGHEST_WARD = 34
"""No numbered ward is higher (28 in Ho Chi Minh City); `P.1205` is a room."""
TAILS = ("cu", "moi", "ward", "commune", "district", "dit", "city", "town", "ton", "province")
"""Words after a unit's name: `Quận 3 cũ`, `Bến Thành Ward`, `Binh Thanh Dist` (in Telex, Dist is dít, and Town tơn)."""
_NAMED_QUARTERS = frozenset({"Khu phố", "Ấp", "Thôn", "Khóm", "Xóm", "Buôn", "Bản", "Khu vực"})
"""Quarters that bear names; of others only a number counts."""
_LETTERED = frozenset({"lo", "block", "toa", "thap", "day", "khu", "nha"})
"""Words before a single letter that is a name, and announces nothing."""
_MISSPELLED = frozenset({"phương", "phượng", "phưởng", "quân", "quần", "quấn"})


_ORDINALS = {"nhat": "1", "nhut": "1", "nhi": "2", "tu": "4"}
_UNITS_IN_WORDS = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "lam": 5,
    "nam": 5,
    "sau": 6,
    "bai": 7,
    "tam": 8,
    "chin": 9,
}


class AnnouncedUnits:
    """Finds the units of one knowledge by the words that announce them."""

    def __init__(self, units: UnitIndex, streets: Gazetteer, told: Mapping[str, Sequence[Announcer]]) -> None:
        self.units = units
        self.streets = streets
        self.unit_announcers = {
            first: phrases for first, phrases in told.items() if any(phrase.of_unit for phrase in phrases)
        }
        together = {key.replace(" ", ""): key for key in units.wards if " " in key}
        self.run_together = {letters: key for letters, key in together.items() if not is_plain_syllable(letters)}
        """Names of communes without their spaces (Đakao) → their keys."""
        self.district_initials: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, districts in units.districts.items():
            if key.count(" ") > 1:
                here = {(kind_of(d.name), core_of(d.name)) for d in districts}
                self.district_initials["".join(word[0] for word in key.split())] += sorted(here)
        halves: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in sorted(units.home_names & units.districts.keys()):
            if key.count(" ") == 1:
                halves[key[0], key.split()[1]].append(key)
        self.half_initials = {short: keys[0] for short, keys in halves.items() if len(keys) == 1}
        """(letter, word) → the one district at home that they stand for: `Q. P.Nhuận`."""
        self.takes: dict[str, Callable[[Sequence[Word], int, Announcer, Parts], int]] = {
            "ward": self._take_ward,
            "district": self._take_district,
            "city": self._take_city,
            "province": self._take_province,
            "quarter": self._take_quarter,
        }

    def take(self, words: Sequence[Word], parts: Parts) -> list[list[Word]]:
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
                if at < len(words) and words[at].key in TAILS and self._may_end(words, at + 1):
                    at += 1
            else:
                run.append(word)
                if word is not SEPARATOR:
                    continue
            if run and run[0] is not SEPARATOR:
                runs.append(run)
            run = []
        runs = [*runs, run] if run else runs
        if len(parts.ward) > 1 and self._begins_with_room(words, runs, parts):
            parts.buildings.append(f"Phòng {parts.ward.pop(0).shown}")
        return runs

    def _begins_with_room(self, words: Sequence[Word], runs: Sequence[Sequence[Word]], parts: Parts) -> bool:
        """`P.5 lầu 2 chung cư …, P. Bến Nghé`: P begins the text, and the ward comes after the premises."""
        first = words[0].key == "p" and len(words) > 1 and words[1].key == parts.ward[0].key
        old = any(word.toned == "cũ" for word in words)
        return first and not old and any(word.number for run in runs for word in run)

    def _take_announced(self, words: Sequence[Word], at: int, parts: Parts) -> int:
        lettered = at > 0 and len(words[at].key) == 1 and words[at - 1].key in _LETTERED  # Lô H C/c Ngô Gia Tự
        if lettered or self.streets.guards(words, at):
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
        if not alone or words[at].toned not in _MISSPELLED or not _small_number(words, at + 1)[0]:
            return at
        announcer = self.unit_announcers[words[at].key][0]
        return self.takes[announcer.role](words, at + 1, announcer, parts) or at

    def _take_ward(self, words: Sequence[Word], at: int, phrase: Announcer, parts: Parts) -> int:
        end = self._longest(self.units.wards, words, at)
        if end > at and not words[at].number:
            parts.ward.append(name_of(words[at:end], phrase.label))
            return end
        if at < len(words) and (key := self.run_together.get(words[at].key)) is not None:
            parts.ward.append(name_of(read_words(key), phrase.label))
            return at + 1
        number, after = _small_number(words, at)
        if number and int(number) <= HIGHEST_WARD and phrase.label == "Phường":
            parts.ward.append(Name(number, number, "Phường", number))
            return after
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
            end = max(self._longest(self.units.districts, words, at), _small_number(words, at)[1])
            return end if end > at and self._ends(words, end) else 0  # TP. Thủ Đức (Quận 9 cũ)
        number, after = _small_number(words, at) if phrase.label == "Quận" else ("", at)
        if number and number in self.units.districts:
            parts.district = Name(number, number, "Quận", number)
            return after
        if (end := self._longest(self.units.districts, words, at)) > at:
            parts.district = name_of(words[at:end], phrase.label)
            return end
        if at + 1 < len(words) and (key := self.half_initials.get((words[at].key, words[at + 1].key))) is not None:
            parts.district = name_of(read_words(key), phrase.label)
            return at + 2
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
        hamlet = phrase.keys != ("ban",) or (words[at - 1].toned == "bản" and (at < 2 or words[at - 2] is SEPARATOR))
        if phrase.label not in _NAMED_QUARTERS or at >= len(words) or not hamlet:  # Nhật Bản, ban co
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
        return self._may_end(words, at + (at < len(words) and words[at].key in TAILS))

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


def _small_number(words: Sequence[Word], at: int) -> tuple[str, int]:
    """A number of at most two digits at `at`, in figures or in words, and where it ends; else nothing."""
    if at >= len(words):
        return "", at
    key = words[at].key
    if key.isdigit() and key.isascii():
        return (key, at + 1) if len(key) <= 2 else ("", at)
    following = words[at + 1].key if at + 1 < len(words) else BREAK
    if key == "muoi" and following in _UNITS_IN_WORDS:
        return f"1{_UNITS_IN_WORDS[following]}", at + 2
    if following == BREAK or following in ("quan", "q", "tp", "thanh"):
        return (number, at + 1) if (number := IN_WORDS.get(key, _ORDINALS.get(key, ""))) else ("", at)
    return "", at
