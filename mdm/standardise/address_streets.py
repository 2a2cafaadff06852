"""Street names: the gazetteer's spelling where it knows one, else the words as written.

Numbered streets and roads have one form (`Đ.7` → Đường số 7, `QL1A` → Quốc lộ 1A), and so have streets named after
a date (`3/2` → 3 Tháng 2).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from mdm.standardise.address_words import (
    DASH,
    SEPARATOR,
    Word,
    announcers,
    joined,
    key_of,
    longest_by_first,
    read_words,
    shown_code,
    toned_of,
)
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.syllables import is_plain_syllable
from mdm.standardise.text import plain

ROADS = {
    "ql": "Quốc lộ",
    "quoc lo": "Quốc lộ",
    "tl": "Tỉnh lộ",
    "tinh lo": "Tỉnh lộ",
    "hl": "Hương lộ",
    "huong lo": "Hương lộ",
    "dt": "Đường tỉnh",
    "tinh": "Đường tỉnh",
    "duong tinh": "Đường tỉnh",
    "dh": "Đường huyện",
    "duong huyen": "Đường huyện",
    "dx": "Đường ĐX",
    "ltl": "Liên tỉnh lộ",
    "lien tinh lo": "Liên tỉnh lộ",
}
"""Roads that are a kind and a number."""
_ROAD = re.compile(rf"(?:duong )?({'|'.join(sorted(ROADS, key=len, reverse=True))})(?: so)?[ -]?0*(\d+[a-z]?)")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})")
_NUMBERED = re.compile(r"(?:so |duong |duong so )?(\d+[a-z]?)")
_SERIES = re.compile(r"(?:duong )?([a-z]{3,4})[ -]?0*(\d+[a-z]?)")
_CODED = re.compile(r"(?:duong )?([a-z]{1,3}\d+[a-z]?(?:-\d+)?|[a-z])")
_CODED_APART = re.compile(r"(?:duong )?([a-z]{2,3}) 0*(\d+[a-z]?)")
_MONTHS = ("thang", "t")


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Known streets by the key of their name or alias."""

    names: Mapping[str, Sequence[tuple[str, str]]]
    """Key → (canonical name, toned key of what was listed), in the order of the list."""
    longest: Mapping[str, int]
    """First word → words of the longest key that begins with it."""
    by_ends: Mapping[tuple[str, int], Sequence[str]]
    """(last word, number of words) → keys, for names with shortened words (`Ng T Minh Khai`)."""
    without_word: Mapping[tuple[int | str, ...], Sequence[str]]
    """(place of a word, all other words) → keys, for names with a slip in that word."""
    guarded: Mapping[tuple[str, str], Sequence[tuple[int, Sequence[Word]]]]
    """Two words, one of which announces a unit elsewhere → (their place, words) of names that hold them."""
    dashed: Set[tuple[str, str]]
    """Words on either side of a dash inside a name (Mỹ Xuân - Ngãi Giao)."""
    initials: Mapping[str, Sequence[tuple[str, str]]]
    """Initials → (the same with đ told from d, canonical name) of streets of three words and more."""
    renames: Mapping[str, Mapping[str, str]]
    """Key of an earlier name → district → today's name."""
    series: Mapping[str, str]
    """Three initials or more → name without its number, of streets that are numbered; no others have them."""
    places: Mapping[str, Set[str]]
    """Canonical name → names of the districts that it is known to run through."""

    def known(self, words: Sequence[Word]) -> str | None:
        """The canonical name of a street that these words are, all of them."""
        found = self.names.get(joined(words))
        if found is None:
            return None
        if len(found) == 1:
            return found[0][0]
        toned = " ".join([word.toned for word in words])
        return next((name for name, listed in found if listed == toned), found[0][0])

    def match(self, words: Sequence[Word], start: int) -> int:
        """How many words from `start` are a known street, at most; 0 for none."""
        size = min(self.longest.get(words[start].key, 0), len(words) - start)
        while size and joined(words[start : start + size]) not in self.names:
            size -= 1
        return size

    def abbreviated(self, word: Word, districts: Set[str]) -> str | None:
        """The street whose initials a word is; None where it would be a guess.

        It is the only one with these initials in the district, or else the one that the list says is called so
        everywhere (HBT), or else, where no district is named, the only one in the city.
        """
        meant = word.toned if "đ" in word.toned else ""
        found = [name for letters, name in self.initials[word.key] if meant in ("", letters)]
        near = [name for name in found if self.places[name] & districts]
        listed = [name for name, _ in self.names.get(word.key, ())]
        for alone in (near, listed, () if districts else found):
            if len(alone) == 1:
                return alone[0]
        return None

    def is_local(self, key: str) -> bool:
        """Whether the district decides what street these words are: initials, an earlier name."""
        return key in self.initials or key in self.renames

    def in_series(self, key: str) -> str | None:
        """A numbered street named after its ward: TTN17 is Tân Thới Nhất 17."""
        found = _SERIES.fullmatch(key)
        base = self.series.get(found[1]) if found else None
        return f"{base} {shown_code(found[2])}" if found and base else None

    def renamed(self, name: str, key: str, districts: Set[str]) -> str:
        """Today's name of a street that was called `name`, where its district tells it; else the name itself."""
        today = {now for district, now in self.renames.get(key, {}).items() if district in districts}
        return today.pop() if len(today) == 1 else name

    def shortened(self, words: Sequence[Word]) -> str | None:
        """The one known street whose words begin with these (`Ng T Minh Khai`); None unless there is exactly one."""
        keys = [word.key for word in words]
        if len(keys) > 1 and 2 < len(keys[0]) < 5 and not is_plain_syllable(keys[0]):
            keys = [*keys[0], *keys[1:]]  # NTM Khai
        if len(keys) < 2 or not any(len(key) <= 2 for key in keys[:-1]) or len(keys[-1]) < 2:
            return None
        found = {
            self.names[key][0][0]
            for key in self.by_ends.get((keys[-1], len(keys)), ())
            if all(full.startswith(short) for full, short in zip(key.split(), keys, strict=True))
        }
        return found.pop() if len(found) == 1 else None

    def mended(self, words: Sequence[Word]) -> str | None:
        """The one known street that differs by a letter in a word that is no Vietnamese syllable (`Ngyễn Huệ`)."""
        keys = [word.key for word in words]
        wrong = [at for at, key in enumerate(keys) if len(key) > 2 and key.isalpha() and not is_plain_syllable(key)]
        if len(wrong) != 1 or len(keys) < 2:
            return None
        (at,) = wrong
        found = {
            self.names[key][0][0]
            for key in self.without_word.get((at, *keys[:at], *keys[at + 1 :]), ())
            if OSA.distance(key.split()[at], keys[at], score_cutoff=1) == 1
        }
        return found.pop() if len(found) == 1 else None

    def guards(self, words: Sequence[Word], at: int) -> bool:
        """Whether the word there belongs to a street's name, and so announces nothing."""
        here, pairs = words[at].key, []
        if at + 1 < len(words):
            pairs.append((at, self.guarded.get((here, words[at + 1].key))))
        if at:
            pairs.append((at - 1, self.guarded.get((words[at - 1].key, here))))
        return any(
            start >= place and _is_name(words[start - place :], name, at + place - start)
            for start, found in pairs
            for place, name in found or ()
        )


def _is_name(words: Sequence[Word], name: Sequence[Word], at: int) -> bool:
    """Whether `words` begin with `name`; `hòa phường 8` is no Hoa Phượng, nor is `hoa phuong 8`."""
    if at + 1 == len(name) < len(words) and words[at + 1].number:
        return False
    return len(words) >= len(name) and all(
        word.key == full.key and word.toned in (full.key, full.toned, "")
        for word, full in zip(words, name, strict=False)
    )


@lru_cache(maxsize=8)
def gazetteer(knowledge: Knowledge) -> Gazetteer:
    """The streets of `words/streets.csv`, read once."""
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    by_ends: dict[tuple[str, int], list[str]] = defaultdict(list)
    without_word: dict[tuple[int | str, ...], list[str]] = defaultdict(list)
    guarded: dict[tuple[str, str], list[tuple[int, Sequence[Word]]]] = defaultdict(list)
    told = announcers(knowledge)
    dashed: set[tuple[str, str]] = set()
    initials: dict[str, list[tuple[str, str]]] = defaultdict(list)
    series: dict[str, set[str]] = defaultdict(set)
    places: dict[str, Set[str]] = {}
    for name, aliases, districts in knowledge.table("words/streets.csv").iter_rows():
        places[name] = frozenset((districts or "").split("|"))
        base, _, number = name.rpartition(" ")
        if number.isdigit() and len(base.split()) > 2:
            series["".join(word[0] for word in key_of(base).split())].add(base)
        if len(toned := toned_of(name).split()) > 2:
            letters = "".join(word[0] if word[0] == "đ" else plain(word[0]) for word in toned)
            initials[plain(letters)].append((letters, name))
        for written in (name, *(aliases or "").split("|")):
            whole = read_words(written)
            words = [word for word in whole if word not in (SEPARATOR, DASH)]
            dashed.update(
                (a.key, b.key) for a, dash, b in zip(whole, whole[1:], whole[2:], strict=False) if dash is DASH
            )
            key = joined(words)
            if not words or name in (listed for listed, _ in names[key]):
                continue
            names[key].append((name, " ".join(word.toned or word.key for word in words)))
            if len(words) > 1:
                by_ends[words[-1].key, len(words)].append(key)
            keys = [word.key for word in words]
            for place in range(len(keys)):
                without_word[place, *keys[:place], *keys[place + 1 :]].append(key)
            for place, key in enumerate(keys if len(keys) > 1 else ()):
                if any(p.of_unit and keys[place : place + len(p.keys)] == list(p.keys) for p in told.get(key, ())):
                    pair = min(place, len(keys) - 2)
                    guarded[keys[pair], keys[pair + 1]].append((pair, words))
    renames: dict[str, dict[str, str]] = defaultdict(dict)
    for former, district, name in knowledge.table("words/street_renames.csv").iter_rows():
        renames[key_of(former)][district] = name
    single = {letters: min(bases) for letters, bases in series.items() if len(bases) == 1}
    return Gazetteer(
        names, longest_by_first(names), by_ends, without_word, guarded, dashed, initials, renames, single, places
    )


def date_street(words: Sequence[Word], start: int) -> int:
    """How many words from `start` are a date in words (`3 tháng 2`): 3 or 0."""
    here = words[start : start + 3]
    if len(here) == 3 and here[0].key.isdigit() and here[1].key in _MONTHS and here[2].key.isdigit():
        return 3
    return 0


def nowhere() -> Set[str]:
    """The districts of an address that names none."""
    return frozenset()


def street_name(
    words: Sequence[Word], streets: Gazetteer, districts: Callable[[], Set[str]] = nowhere
) -> tuple[str, bool]:
    """The canonical name of the street that these words are, and whether the gazetteer has it.

    `districts`: gives the names of the districts that the address is in; they tell initials and earlier names.
    """
    key = joined(words)
    if not streets.is_local(key):
        known = streets.known(words)
        if known is not None:
            return known, True
        found = streets.in_series(key) or numbered_name(words) or streets.shortened(words) or streets.mended(words)
        return found or as_written(words), False
    here = districts()
    known = streets.abbreviated(words[0], here) if key in streets.initials else streets.known(words)
    name = known or numbered_name(words) or as_written(words)
    return streets.renamed(name, key, here), known is not None


def as_written(words: Sequence[Word]) -> str:
    """The words of a street that no list knows; letters that may be initials are capitals."""
    if len(words) > 1:
        return " ".join([word.shown for word in words])
    (word,) = words
    if word.number:
        return f"Đường {word.shown}"  # đường 19/5A
    return word.shown.upper() if 1 < len(word.key) < 5 and not is_plain_syllable(word.key) else word.shown


def numbered_name(words: Sequence[Word]) -> str | None:
    """The name of a street or road that is a number, a code or a date; None if it is not."""
    key = joined(words)
    if (found := _DATE.fullmatch(key)) and 0 < int(found[1]) < 32 and 0 < int(found[2]) < 13:
        return f"{int(found[1])} Tháng {int(found[2])}"
    if road := _ROAD.fullmatch(key):
        return f"{ROADS[road[1]]} {shown_code(road[2])}"
    if numbered := _NUMBERED.fullmatch(key):
        return f"Đường số {shown_code(numbered[1])}"
    if coded := _CODED.fullmatch(key):
        return f"Đường {words[-1].shown}" if coded[1] == words[-1].key else f"Đường {shown_code(coded[1])}"
    if (apart := _CODED_APART.fullmatch(key)) and not is_plain_syllable(apart[1]):
        return f"Đường {shown_code(apart[1] + apart[2])}"
    return f"{words[0].key} Tháng {words[2].key}" if len(words) == 3 and date_street(words, 0) else None
