"""Street names: the gazetteer's spelling where it knows one, else the words as written.

Numbered streets and roads have one form (`Đ.7` → Đường số 7, `QL1A` → Quốc lộ 1A), and so have streets named after a date
(`3/2` → 3 Tháng 2).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mdm.standardise.address_words import SEPARATOR, Word, announcers, joined, read_words, shown_code
from mdm.standardise.knowledge import Knowledge

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
    "ltl": "Liên tỉnh lộ",
    "lien tinh lo": "Liên tỉnh lộ",
}
"""Roads that are a kind and a number."""
_ROAD = re.compile(rf"({'|'.join(sorted(ROADS, key=len, reverse=True))})(?: so)? ?(\d+[a-z]?)")
_NUMBERED = re.compile(r"(?:so |duong |duong so )?(\d+[a-z]?)")
_CODED = re.compile(r"(?:duong )?([a-z]{1,3}\d+[a-z]?)")
_MONTHS = ("thang", "t")


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Known streets by the key of their name or alias."""

    names: Mapping[str, Sequence[tuple[str, str]]]
    """Key → (canonical name, toned key of what was listed), in the order of the list."""
    longest: int
    by_ends: Mapping[tuple[str, int], Sequence[str]]
    """(last word, number of words) → keys, for names with shortened words (`Ng T Minh Khai`)."""
    guarded: Mapping[str, Sequence[tuple[str, ...]]]
    """First word → names that hold a word which announces a part elsewhere (Bà *Huyện* Thanh *Quan*), longest first."""

    def known(self, words: Sequence[Word]) -> str | None:
        """The canonical name of a street that these words are, all of them."""
        found = self.names.get(joined(words))
        if found is None:
            return None
        toned = " ".join([word.toned for word in words])
        return next((name for name, listed in found if listed == toned), found[0][0])

    def match(self, words: Sequence[Word], start: int) -> int:
        """How many words from `start` are a known street, at most; 0 for none."""
        for size in range(min(self.longest, len(words) - start), 0, -1):
            if joined(words[start : start + size]) in self.names:
                return size
        return 0

    def shortened(self, words: Sequence[Word]) -> str | None:
        """The one known street whose words begin with these (`Ng T Minh Khai`); None unless there is exactly one."""
        keys = [word.key for word in words]
        if len(keys) < 3 or not any(len(key) <= 2 for key in keys[:-1]):
            return None
        found = {
            self.names[key][0][0]
            for key in self.by_ends.get((keys[-1], len(keys)), ())
            if all(full.startswith(short) for full, short in zip(key.split(), keys, strict=True))
        }
        return found.pop() if len(found) == 1 else None

    def guard(self, words: Sequence[Word], start: int) -> int:
        """How many words from `start` are a street whose words must not be read as announcing a part."""
        for keys in self.guarded.get(words[start].key, ()):
            if tuple(word.key for word in words[start : start + len(keys)]) == keys:
                return len(keys)
        return 0


@lru_cache(maxsize=8)
def gazetteer(knowledge: Knowledge) -> Gazetteer:
    """The streets of `words/streets.csv`, read once."""
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    by_ends: dict[tuple[str, int], list[str]] = defaultdict(list)
    guarded: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    told = announcers(knowledge)
    table = knowledge.table("words/streets.csv").select("name", "aliases")
    for name, aliases in table.iter_rows():
        for written in (name, *(aliases or "").split("|")):
            words = [word for word in read_words(written) if word is not SEPARATOR]
            key = joined(words)
            if not words or name in (listed for listed, _ in names[key]):
                continue
            names[key].append((name, " ".join(word.toned for word in words)))
            if len(words) > 2:
                by_ends[words[-1].key, len(words)].append(key)
            if len(words) > 1 and any(word.key in told for word in words):
                guarded[words[0].key].append(tuple(word.key for word in words))
    return Gazetteer(
        names,
        max(len(key.split()) for key in names),
        by_ends,
        {first: sorted(keys, key=lambda k: -len(k)) for first, keys in guarded.items()},
    )


def date_street(words: Sequence[Word], start: int) -> int:
    """How many words from `start` are a date in words (`3 tháng 2`): 3 or 0."""
    here = words[start : start + 3]
    if len(here) == 3 and here[0].key.isdigit() and here[1].key in _MONTHS and here[2].key.isdigit():
        return 3
    return 0


def street_name(words: Sequence[Word], streets: Gazetteer) -> str:
    """The canonical name of the street that these words are."""
    known = streets.known(words)
    if known is not None:
        return known
    key = joined(words)
    if road := _ROAD.fullmatch(key):
        return f"{ROADS[road[1]]} {shown_code(road[2])}"
    if numbered := _NUMBERED.fullmatch(key):
        return f"Đường số {shown_code(numbered[1])}"
    if coded := _CODED.fullmatch(key):
        return f"Đường {words[-1].shown}" if coded[1] == words[-1].key else f"Đường {shown_code(coded[1])}"
    if date_street(words, 0) and len(words) == 3:
        return f"{words[0].key} Tháng {words[2].key}"
    return streets.shortened(words) or " ".join(word.shown for word in words)
