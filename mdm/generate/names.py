"""Names of people: four syllable numbers (surname, two middles, given), drawn by sex and generation."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from mdm.generate.chance import Ints, Mask, weighted
from mdm.generate.spelling import WAYS, without_marks
from mdm.generate.tables import table
from mdm.generate.vocabulary import Vocabulary

Parts = npt.NDArray[np.int16]
"""n × 4 numbers of `syllables()`: surname, first middle, second middle, given."""

SURNAME, MIDDLE, SECOND_MIDDLE, GIVEN = range(4)
NONE = 0
MALE, FEMALE = 0, 1
GENERATIONS = ("before_1960", "before_1980", "before_2000", "since_2000")
MOTHERS_SURNAME = 0.05


@cache
def syllables() -> Vocabulary:
    """Every part of a name, written in every way; number 0 is no syllable."""
    lists = (table("surnames"), table("middle_names"), table("given_names"))
    words = pl.concat([part["name"] for part in lists]).unique(maintain_order=True).to_list()
    return Vocabulary(["", *(word for word in words if word != "none")], WAYS, lead=" ")


@cache
def _numbers(names: tuple[str, ...]) -> Ints:
    known = syllables()
    return np.array([NONE if name == "none" else known.number(name) for name in names])


def generation(year: Ints) -> Ints:
    """Which column of the lists a year of birth belongs to."""
    return np.searchsorted([1960, 1980, 2000], year, side="right")


def draw_surnames(rng: np.random.Generator, size: int) -> Ints:
    """Surnames by their share in the city."""
    listed = table("surnames")
    return _numbers(tuple(listed["name"]))[weighted(rng, listed["weight"].to_numpy(), size)]


def draw(rng: np.random.Generator, sex: npt.NDArray[np.integer], year: Ints) -> Parts:
    """A name for each person, as their sex and generation are named."""
    parts = np.zeros((len(sex), 4), dtype=np.int16)
    parts[:, SURNAME] = draw_surnames(rng, len(sex))
    age_group = generation(year)
    for letter, code in (("m", MALE), ("f", FEMALE)):
        middles = table("middle_names").filter(pl.col("sex") == letter)
        given = table("given_names").filter(pl.col("sex") == letter)
        columns = (
            (MIDDLE, middles.filter(pl.col("place") == 1)),
            (SECOND_MIDDLE, middles.filter(pl.col("place") == 2)),
            (GIVEN, given),
        )
        for number, era in enumerate(GENERATIONS):
            rows = np.flatnonzero((sex == code) & (age_group == number))
            for column, listed in columns:
                names = _numbers(tuple(listed["name"]))
                parts[rows, column] = names[weighted(rng, listed[era].to_numpy(), len(rows))]
    return untangled(parts)


def untangled(parts: Parts) -> Parts:
    """No name repeats a syllable beside itself: Thanh Thanh is rare enough to be left out."""
    parts[parts[:, SECOND_MIDDLE] == parts[:, MIDDLE], SECOND_MIDDLE] = NONE
    parts[parts[:, SECOND_MIDDLE] == parts[:, GIVEN], SECOND_MIDDLE] = NONE
    parts[parts[:, MIDDLE] == parts[:, GIVEN], MIDDLE] = NONE
    return parts


@cache
def _letters() -> Ints:
    """Syllable → a number that is equal for syllables with the same letters, marks apart."""
    plain = pl.Series([without_marks(word) for word in syllables().words])
    return plain.rank("dense").cast(pl.Int64).to_numpy() - 1


def toneless_key(parts: Parts) -> Ints:
    """A number for each name that is equal where the names are equal but for marks."""
    letters, key = _letters(), np.zeros(len(parts), dtype=np.int64)
    for column in parts.T:
        key = key * len(letters) + letters[column]
    return key


@cache
def _alike() -> Ints:
    """Given name → one that differs by a tone or, where there is none, begins with the same letter."""
    names = table("given_names")["name"].unique(maintain_order=True).sort().to_list()
    answer = np.arange(len(syllables()))
    for place, name in enumerate(names):
        others = names[place + 1 :] + names[:place]
        same_letters = [other for other in others if without_marks(other) == without_marks(name)]
        same_initial = [other for other in others if other[0] == name[0]]
        answer[syllables().number(name)] = syllables().number((same_letters or same_initial or others)[0])
    return answer


@cache
def _with_tone_sibling() -> Ints:
    """Given name → one of the same first letter, or any, that another given name equals but for its marks."""
    names, alike, letters = table("given_names")["name"].unique().sort().to_list(), _alike(), _letters()
    numbers = [syllables().number(name) for name in names]
    paired = [number for number in numbers if letters[alike[number]] == letters[number]]
    answer = np.arange(len(syllables()))
    for number in numbers:
        word = syllables().words[number]
        same_initial = [other for other in paired if syllables().words[other][0] == word[0]]
        answer[number] = number if number in paired else (same_initial or paired)[number % len(same_initial or paired)]
    return answer


def name_twins(parts: Parts, first: Ints, second: Ints, alike: Mask, by_tone: Mask) -> None:
    """The second twin, where `alike`, gets the first's middles and a given name near the first's; never the same.

    Where `by_tone`, the first is named so that the second's given name differs by a tone only.
    """
    parts[second, SURNAME] = parts[first, SURNAME]
    parts[second[alike], MIDDLE : SECOND_MIDDLE + 1] = parts[first[alike], MIDDLE : SECOND_MIDDLE + 1]
    near = alike | (parts[first, GIVEN] == parts[second, GIVEN])
    parts[first[by_tone], GIVEN] = _with_tone_sibling()[parts[first[by_tone], GIVEN]]
    parts[second[near], GIVEN] = _alike()[parts[first[near], GIVEN]]
