"""What the name of a column says: which attribute, and whose. The words are those of `rules/sources/columns.csv`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import polars as pl
from unidecode import unidecode

from mdm.workspace import shipped

LONGEST = 9
"""Tokens that one entry of the word list may span."""
SHORTEST = 2
"""Letters that a word inside an unbroken token must have (`hotenvo` is `hoten` + `vo`)."""
_UNKNOWN = 10
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Heading:
    """A column's name, read."""

    attribute: str | None = None
    """The attribute, or the part of one (`family`, `day`, `ward`)."""
    party: str | None = None
    number: int | None = None
    """A number at the end: `ho_ten_2`."""
    row: str | None = None
    """`id` or `running`, where the column names or numbers the rows."""
    other: bool = False
    """Nothing that identifies a party."""
    whole: bool = False
    """Whether every word is known."""


def fold(name: str) -> str:
    """A column's name without case, tone marks and anything but letters and digits."""
    return re.sub(r"[^a-z0-9]", "", unidecode(name).lower())


def tokens(name: str) -> list[str]:
    """The words of a name, folded: parted by signs, by a change of case, and between letters and digits."""
    bare = unidecode(name)
    spaced = bare if bare.isupper() else _CAMEL.sub(" ", bare)
    return re.findall(r"[a-z]+|\d+", spaced.lower())


@cache
def vocabulary() -> dict[str, tuple[str, str]]:
    """Folded words → kind and meaning; the first entry counts where two are folded alike."""
    path = shipped.root() / "sources" / "columns.csv"
    table = pl.read_csv(path, infer_schema=False, comment_prefix="#")
    rows = table.select("words", "kind", pl.col("means").fill_null("")).rows()
    return {fold(words): (kind, means) for words, kind, means in reversed(rows)}


@cache
def read_heading(name: str) -> Heading:
    """What a column's name says. Never fails: a name that says nothing gives an empty Heading."""
    words = tokens(name)
    numbers = [int(word) for word in words if word.isdigit()]
    letters = [word for word in words if not word.isdigit()]
    found, unknown = _cut(tuple(letters))
    said: dict[str, list[str]] = {}
    for kind, means in found:
        said.setdefault(kind, []).append(means)
    attributes = [means.partition(" of ")[0] for means in said.get("attribute", [])]
    parties = said.get("party", []) + [whose for m in said.get("attribute", []) if (whose := m.partition(" of ")[2])]
    return Heading(
        attribute=_one_attribute(attributes) if not unknown or not _is_weak(attributes) else None,
        party=parties[0] if parties else None,
        number=numbers[-1] if numbers and words[-1].isdigit() and len(words[-1]) < SHORTEST else None,
        row=said["row"][0] if "row" in said and _is_weak(attributes) else None,
        other="other" in said,
        whole=not unknown and bool(letters),
    )


WEAK = (
    "given",
    "surname",
    "family",
    "middle",
    "day",
    "month",
    "year",
    "name",
    "house",
    "street",
    "quarter",
    "province",
)
"""What a single short word says only where no unknown word stands beside it (`tên tàu` is a ship's)."""


def _is_weak(attributes: list[str]) -> bool:
    return all(attribute in WEAK for attribute in attributes)


def _one_attribute(attributes: list[str]) -> str | None:
    """The first one; a whole one before a part of one (`ngày cấp căn cước`)."""
    return next((each for each in attributes if each not in WEAK), attributes[0] if attributes else None)


def _cut(words: tuple[str, ...]) -> tuple[list[tuple[str, str]], int]:
    """The cheapest way to cover the words with entries: few unknown words first, then few entries."""
    best: list[tuple[int, list[tuple[str, str]], int]] = [(0, [], 0)]
    for end in range(1, len(words) + 1):
        ways = [
            (best[start][0] + cost, best[start][1] + found, best[start][2] + unknown)
            for start in range(max(0, end - LONGEST), end)
            for cost, found, unknown in [_span(words[start:end])]
        ]
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1], best[-1][2]


def _span(words: tuple[str, ...]) -> tuple[int, list[tuple[str, str]], int]:
    entry = vocabulary().get("".join(words))
    if entry is not None:
        return 1, [entry], 0
    inside = _inside(words[0]) if len(words) == 1 else None
    if inside is not None:
        return 1 + len(inside), list(inside), 0
    return _UNKNOWN * len(words), [], len(words)


@cache
def _inside(word: str) -> tuple[tuple[str, str], ...] | None:
    """A token without borders as entries that cover it whole, the fewest; None where there is no such way."""
    best: list[tuple[tuple[str, str], ...] | None] = [(), *[None] * len(word)]
    for end in range(SHORTEST, len(word) + 1):
        for start in range(end - SHORTEST + 1):
            before, entry = best[start], vocabulary().get(word[start:end])
            if before is None or entry is None:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = (*before, entry)
    return best[-1]
