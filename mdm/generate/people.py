"""The people of the city as columns: who they are, whose children, with which numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mdm.generate import names
from mdm.generate.chance import Ints, Mask, spread, stream, weighted
from mdm.generate.households import Households
from mdm.generate.names import FEMALE, MALE, Parts
from mdm.generate.rates import Rates

TODAY = np.datetime64("2026-09-01")
"""The day on which the extracts were made: the city has no clock."""

ETHNICITIES = ("Kinh", "Hoa", "Khmer", "Chăm", "Tày", "Mường", "Nùng")
ETHNIC_SHARES = (940, 42, 6, 3, 4, 3, 2)
BIRTH_PROVINCES = (
    "079",
    "074",
    "077",
    "080",
    "082",
    "083",
    "072",
    "075",
    "052",
    "051",
    "049",
    "038",
    "040",
    "001",
    "096",
)
BIRTH_PLACES = (
    "TP. Hồ Chí Minh", "Bình Dương", "Bà Rịa - Vũng Tàu", "Long An", "Tiền Giang", "Bến Tre", "Tây Ninh", "Đồng Nai",
    "Bình Định", "Quảng Ngãi", "Quảng Nam", "Thanh Hóa", "Nghệ An", "Hà Nội", "Cà Mau",
)  # fmt: skip
BIRTH_SHARES = (520, 110, 60, 35, 35, 35, 25, 25, 30, 25, 25, 25, 20, 15, 15)
OLD_CARD_PREFIXES = ("02", "28", "27", "30", "31", "32", "29", "27", "21", "21", "20", "17", "18", "01", "38")
MOBILE_PREFIXES = (
    90, 91, 93, 94, 96, 97, 98, 86, 88, 89, 32, 33, 34, 35, 36, 37, 38, 39, 70, 76, 77, 78, 79, 81, 82, 83, 84, 85, 56,
    58, 59,
)  # fmt: skip
NOBODY = -1


@dataclass(frozen=True)
class People:
    """One row a person. Names are syllable numbers, dates days, identifiers integers; 0 is no number, -1 nobody."""

    sex: npt.NDArray[np.int8]
    born: npt.NDArray[np.datetime64]
    parts: Parts
    father_parts: Parts
    mother_parts: Parts
    household: Ints
    father: Ints
    mother: Ints
    spouse: Ints
    ethnicity: Ints
    birth_province: Ints
    personal_id: Ints
    old_id: Ints
    second_id: Ints
    insurance: Ints
    phone: Ints
    family_phone: Ints
    former_phone: Ints
    student_code: Ints

    def __len__(self) -> int:
        return len(self.sex)

    @property
    def age(self) -> Ints:
        """Full years, near enough."""
        return ((TODAY - self.born).astype(np.int64) // 365.25).astype(np.int64)

    def birth(self) -> tuple[Ints, Ints, Ints]:
        """Year, month and day of birth."""
        return calendar(self.born)


@dataclass(frozen=True)
class Couples:
    """Two columns of people each: the hard negatives that a matcher must keep apart."""

    twins: Ints
    namesakes: Ints
    strangers: Ints


def calendar(days: npt.NDArray[np.datetime64]) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of dates."""
    years = days.astype("datetime64[Y]")
    months = days.astype("datetime64[M]")
    return (
        years.astype(np.int64) + 1970,
        (months - years).astype(np.int64) + 1,
        (days - months).astype(np.int64) + 1,
    )


def settle(households: Households, rates: Rates, seed: int) -> tuple[People, Couples]:
    """People for the places in households: born, named, numbered."""
    rng = stream(seed, "people")
    size, sex, born = len(households.member), households.sex, households.born.copy()
    parts = names.draw(rng, sex, calendar(born)[0])
    couples = _name_families(rng, rates, households, parts, born)
    numbers = _numbers(rng, rates, households, sex, born)
    outside = stream(seed, "parents outside the city")
    year = calendar(born)[0]
    father_parts = _parents_names(outside, households.father, parts, year, MALE)
    mother_parts = _parents_names(outside, households.mother, parts, year, FEMALE)
    people = People(
        sex=sex, born=born, parts=parts, father_parts=father_parts, mother_parts=mother_parts,
        household=households.member, father=households.father, mother=households.mother, spouse=households.spouse,
        ethnicity=weighted(rng, ETHNIC_SHARES, size), **numbers,
    )  # fmt: skip
    return people, couples


def _name_families(
    rng: np.random.Generator, rates: Rates, households: Households, parts: Parts, born: npt.NDArray[np.datetime64]
) -> Couples:
    """Surnames from father to child, twins named alike, sons named after their fathers; two strangers with one name."""
    father, mother, sex = households.father, households.mother, households.sex
    strangers = _make_strangers(rng, rates, households, parts, born)
    for generation in (households.is_parent, ~households.is_parent):  # grandparents name the parents first
        child = np.flatnonzero(generation & (father != NOBODY))
        parts[child, names.SURNAME] = parts[father[child], names.SURNAME]
        child = np.flatnonzero(generation & (father == NOBODY) & (mother != NOBODY) & (rng.random(len(sex)) < 0.5))
        parts[child, names.SURNAME] = parts[mother[child], names.SURNAME]
    after_mother = np.flatnonzero((mother != NOBODY) & (rng.random(len(sex)) < names.MOTHERS_SURNAME))
    parts[after_mother, names.MIDDLE] = parts[mother[after_mother], names.SURNAME]
    first, second = households.twins[:, 0], households.twins[:, 1]
    alike = (sex[first] == sex[second]) & (rng.random(len(first)) < rates.twins_alike)
    by_tone = alike & (rng.random(len(first)) < rates.twins_by_tone)
    names.name_twins(parts, first, second, alike, by_tone)
    sons = _chosen(rng, households.may_be_namesake, rates.namesake_sons * len(sex))
    parts[sons] = parts[father[sons]]
    return Couples(households.twins, np.column_stack([father[sons], sons]), strangers)


def _make_strangers(
    rng: np.random.Generator, rates: Rates, households: Households, parts: Parts, born: npt.NDArray[np.datetime64]
) -> Ints:
    """Wives and single people of two households: nobody inherits their names, so one can take the other's."""
    free = households.nobody_inherits
    chosen = rng.permutation(_chosen(rng, free, 2 * rates.strangers * len(born)))
    men, women = (chosen[households.sex[chosen] == sex] for sex in (MALE, FEMALE))
    pairs = np.concatenate([group[: len(group) // 2 * 2].reshape(-1, 2) for group in (men, women)])
    parts[pairs[:, 1]] = parts[pairs[:, 0]]
    born[pairs[:, 1]] = born[pairs[:, 0]]
    return pairs


def _chosen(rng: np.random.Generator, eligible: Mask, wanted: float) -> Ints:
    """About `wanted` of the eligible, in order."""
    share = min(1.0, wanted / max(1, int(eligible.sum())))
    return np.flatnonzero(eligible & (rng.random(len(eligible)) < share))


def _parents_names(rng: np.random.Generator, parent: Ints, parts: Parts, year: Ints, sex: int) -> Parts:
    """The names of fathers or mothers; of those who live elsewhere too, whom papers name all the same."""
    drawn = names.draw(rng, np.full(len(parent), sex, dtype=np.int8), year - 28)
    if sex == MALE:
        drawn[:, names.SURNAME] = parts[:, names.SURNAME]
    return np.where((parent != NOBODY)[:, None], parts[parent], drawn).astype(np.int16)


def _numbers(
    rng: np.random.Generator,
    rates: Rates,
    households: Households,
    sex: npt.NDArray[np.int8],
    born: npt.NDArray[np.datetime64],
) -> dict[str, Ints]:
    """Identifiers and phones. Nobody shares a number by accident, but those the rates make do."""
    size = len(sex)
    year = calendar(born)[0]
    age = (TODAY - born).astype(np.int64) // 365
    province = weighted(rng, BIRTH_SHARES, size)
    personal_id = _personal_ids(province, sex, year)
    second_id = np.where(
        rng.random(size) < rates.registered_twice, personal_id // 10**6 * 10**6 + rng.integers(10**6, size=size), 0
    )
    prefix = np.array([int(text) for text in OLD_CARD_PREFIXES])[province]
    old_id = prefix * 10**7 + spread(_rank_within(prefix), 10**7, prefix * 7_654_319)
    phone = _phones(rng, age)
    return {
        "birth_province": province,
        "personal_id": personal_id,
        "second_id": second_id,
        "old_id": np.where((year < 2005) & (age >= 20), old_id, 0),
        "insurance": 79 * 10**8 + spread(rng.permutation(size), 10**8, 123_457),
        "phone": phone,
        "family_phone": _family_phones(households, phone),
        "former_phone": _former_phones(rng, rates, phone, age),
        "student_code": np.where(
            (age >= 5) & (age <= 18), 79 * 10**8 + spread(rng.permutation(size), 10**8, 7_654_321), 0
        ),
    }


def _personal_ids(province: Ints, sex: npt.NDArray[np.int8], year: Ints) -> Ints:
    """Province, century and sex, year, six digits."""
    code = np.array([int(text) for text in BIRTH_PROVINCES])[province]
    head = (code * 10 + np.where(year >= 2000, 2, 0) + sex) * 100 + year % 100
    return head * 10**6 + spread(_rank_within(head), 10**6, head * 271_829)


def _rank_within(group: Ints) -> Ints:
    """A number for each row, without repetition inside its group."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return rank


def _phones(rng: np.random.Generator, age: Ints) -> Ints:
    """National numbers without their 0, for most people from 14 to 85."""
    prefix = np.array(MOBILE_PREFIXES)[rng.integers(len(MOBILE_PREFIXES), size=len(age))]
    number = prefix * 10**7 + spread(_rank_within(prefix), 10**7, prefix * 3_133_733)
    return np.where((age >= 14) & (age <= 85) & (rng.random(len(age)) < 0.93), number, 0)


def _family_phones(households: Households, phone: Ints) -> Ints:
    """The number of the first member of each household who has one."""
    has = np.flatnonzero(phone)
    answer = np.zeros(int(households.member.max()) + 1, dtype=np.int64)
    answer[households.member[has[::-1]]] = phone[has[::-1]]
    return answer[households.member]


def _former_phones(rng: np.random.Generator, rates: Rates, phone: Ints, age: Ints) -> Ints:
    """For some, the number that somebody else has today."""
    had = _chosen(rng, (age >= 20) & (phone != 0), rates.reassigned_phones * float((age >= 20).sum()))
    takers = np.flatnonzero(phone)
    former = np.zeros(len(phone), dtype=np.int64)
    if len(takers):
        former[had] = phone[rng.choice(takers, size=len(had))]
    return former
