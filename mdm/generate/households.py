"""Households: couples, children, grandparents, people alone; who is whose, and when they were born."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mdm.generate.chance import Ints, Mask, stream, weighted
from mdm.generate.names import FEMALE, MALE
from mdm.generate.rates import Rates

HEAD, WIFE, FIRST, FIRST_TWIN, SECOND, SECOND_TWIN, THIRD, THIRD_TWIN, GRANDFATHER, GRANDMOTHER = range(10)
BIRTHS = (FIRST, SECOND, THIRD)
COUPLE, MOTHER_ALONE, FATHER_ALONE, MAN_ALONE, WOMAN_ALONE = range(5)
KINDS = (66, 9, 2, 12, 11)
CHILDREN = (6, 27, 47, 20)
GRANDPARENTS = 0.16
TODAY_YEAR = 2026
NOBODY = -1


@dataclass(frozen=True)
class Households:
    """One row a person, those of a household together; `twins` are couples of rows."""

    member: Ints
    sex: npt.NDArray[np.int8]
    born: npt.NDArray[np.datetime64]
    father: Ints
    mother: Ints
    spouse: Ints
    twins: Ints
    is_parent: Mask
    may_be_namesake: Mask
    nobody_inherits: Mask

    @property
    def count(self) -> int:
        """How many households there are."""
        return int(self.member[-1]) + 1


def found(people: int, rates: Rates, seed: int) -> Households:
    """Households until the city has exactly `people` inhabitants."""
    rng = stream(seed, "households")
    size = people // 2 + 1  # the average household has more than two members
    kind = weighted(rng, KINDS, size)
    age, present = _ages(rng, kind)
    _bear_twins(rng, rates.twins, age, present)
    household, slot = (column[:people] for column in np.nonzero(present))
    row = np.full(present.shape, NOBODY)
    row[household, slot] = np.arange(people)
    sex = _sexes(rng, household, slot)
    born = _births(rng, age[household, slot], slot, household)
    father, mother = _parents(row, household, slot)
    couple = (kind == COUPLE)[household]
    partner = {HEAD: WIFE, WIFE: HEAD, GRANDFATHER: GRANDMOTHER, GRANDMOTHER: GRANDFATHER}
    spouse = np.full(people, NOBODY)
    for one, other in partner.items():
        here = slot == one
        spouse[here] = row[household[here], other]
    twins = np.concatenate([np.column_stack([row[:, birth], row[:, birth + 1]]) for birth in BIRTHS])
    alone = np.isin(kind, (MAN_ALONE, WOMAN_ALONE))[household]
    return Households(
        member=household, sex=sex, born=born, father=father, mother=mother, spouse=spouse,
        twins=twins[(twins != NOBODY).all(axis=1)],
        is_parent=slot <= WIFE,
        may_be_namesake=couple & (slot == FIRST) & (sex == MALE) & (row[household, FIRST_TWIN] == NOBODY),
        nobody_inherits=alone | (couple & (slot == WIFE)),
    )  # fmt: skip


def _ages(rng: np.random.Generator, kind: Ints) -> tuple[Ints, Mask]:
    """Ages in every place of every household, and which places are taken (twins still missing)."""
    size = len(kind)
    age = np.zeros((size, 10), dtype=np.int64)
    present = np.zeros((size, 10), dtype=np.bool_)
    age[:, HEAD] = 21 + (60 * rng.beta(1.7, 2.2, size)).astype(np.int64)
    age[:, WIFE] = np.clip(age[:, HEAD] - np.rint(rng.normal(2.5, 3, size)).astype(np.int64), 19, 85)
    present[:, HEAD] = np.isin(kind, (COUPLE, FATHER_ALONE, MAN_ALONE))
    present[:, WIFE] = np.isin(kind, (COUPLE, MOTHER_ALONE, WOMAN_ALONE))
    family = np.isin(kind, (COUPLE, MOTHER_ALONE, FATHER_ALONE))
    wanted = weighted(rng, CHILDREN, size)
    mothers_age = 20 + (13 * rng.beta(1.5, 2, size)).astype(np.int64)
    for number, birth in enumerate(BIRTHS):
        age[:, birth] = age[:, WIFE] - mothers_age
        stays = np.clip(1.5 - age[:, birth] / 36, 0.12, 1)
        at_home = (age[:, birth] >= 0) & (rng.random(size) < stays)
        present[:, birth] = family & (wanted > number) & at_home
        mothers_age = mothers_age + rng.integers(2, 7, size=size)
    with_parents = (kind == COUPLE) & (age[:, HEAD] < 58) & (rng.random(size) < GRANDPARENTS)
    age[:, GRANDMOTHER] = age[:, HEAD] + rng.integers(19, 32, size=size)
    age[:, GRANDFATHER] = age[:, GRANDMOTHER] + rng.integers(0, 7, size=size)
    present[:, GRANDMOTHER] = with_parents & (age[:, GRANDMOTHER] < 95) & (rng.random(size) < 0.85)
    present[:, GRANDFATHER] = with_parents & (age[:, GRANDFATHER] < 93) & (rng.random(size) < 0.6)
    return age, present


def _bear_twins(rng: np.random.Generator, rate: float, age: Ints, present: Mask) -> None:
    """So many births become twin births that there are about `rate` couples of twins an inhabitant, twins counted."""
    births = present[:, BIRTHS].sum()
    share = min(1.0, rate / (1 - min(rate, 0.5)) * present.sum() / max(1, births))
    for birth in BIRTHS:
        present[:, birth + 1] = present[:, birth] & (rng.random(len(age)) < share)
        age[:, birth + 1] = age[:, birth]


def _sexes(rng: np.random.Generator, household: Ints, slot: Ints) -> npt.NDArray[np.int8]:
    """Men and women by place; children by chance, twins mostly of one sex."""
    at_birth = (rng.random((int(household[-1]) + 1, 10)) < 0.485).astype(np.int8)
    same = rng.random((len(at_birth), 3)) < 0.7
    for number, birth in enumerate(BIRTHS):
        at_birth[:, birth + 1] = np.where(same[:, number], at_birth[:, birth], at_birth[:, birth + 1])
    at_birth[:, [HEAD, GRANDFATHER]] = MALE
    at_birth[:, [WIFE, GRANDMOTHER]] = FEMALE
    return at_birth[household, slot]


def _births(rng: np.random.Generator, age: Ints, slot: Ints, household: Ints) -> npt.NDArray[np.datetime64]:
    """A day of birth in the year that gives the age; twins share it."""
    day = rng.integers(1, 366, size=(int(household[-1]) + 1, 10))
    for birth in BIRTHS:
        day[:, birth + 1] = day[:, birth]
    years = (TODAY_YEAR - age - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    born: npt.NDArray[np.datetime64] = years + (day[household, slot] - 1).astype("timedelta64[D]")
    late = born > np.datetime64("2026-08-15")
    born[late] -= np.timedelta64(240, "D")
    return born


def _parents(row: Ints, household: Ints, slot: Ints) -> tuple[Ints, Ints]:
    """Children have head and wife, the head has the grandparents; NOBODY where they don't live here."""
    child = (slot >= FIRST) & (slot <= THIRD_TWIN)
    father = np.where(child, row[household, HEAD], np.where(slot == HEAD, row[household, GRANDFATHER], NOBODY))
    mother = np.where(child, row[household, WIFE], np.where(slot == HEAD, row[household, GRANDMOTHER], NOBODY))
    return father, mother
