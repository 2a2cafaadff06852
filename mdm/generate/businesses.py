"""Businesses: firms, their branches, household businesses; their names in every form, tax codes, seats and owners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from mdm.generate.chance import Ints, Mask, spread, stream, weighted
from mdm.generate.people import NOBODY, TODAY, People
from mdm.generate.rates import Rates
from mdm.generate.spelling import without_marks
from mdm.generate.tables import table
from mdm.generate.vocabulary import Vocabulary

PEOPLE_TO_A_BUSINESS = 13
FIRMS_IN_OFFICE = 40
FIRM, BRANCH, HOUSEHOLD = range(3)
FORMS = (
    ("Công ty Trách nhiệm hữu hạn", "CTY TNHH", "Co., Ltd"),
    ("Công ty TNHH Một thành viên", "CTY TNHH MTV", "One Member Co., Ltd"),
    ("Công ty Cổ phần", "CTCP", "Joint Stock Company"),
    ("Doanh nghiệp tư nhân", "DNTN", "Private Enterprise"),
)
FORM_SHARES = (40, 32, 24, 4)
HOUSEHOLD_FORMS = ("Hộ kinh doanh", "HKD", "Hộ KD", "Cửa hàng", "Cơ sở")
LINES = 3
CORES = 3


@dataclass(frozen=True)
class Businesses:
    """One row a business. `lines` and `core` are word numbers; a branch has its parent's, and a serial."""

    kind: Ints
    form: Ints
    lines: npt.NDArray[np.int64]
    core: npt.NDArray[np.int64]
    place: Ints
    former_lines: npt.NDArray[np.int64]
    former_core: npt.NDArray[np.int64]
    renamed: Mask
    tax_code: Ints
    serial: Ints
    parent: Ints
    owner: Ints
    seat: Ints
    former_seat: Ints
    phone: Ints
    in_service_office: Mask
    founded: npt.NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.kind)


def doors_needed(people: int) -> int:
    """How many dwellings the seats of businesses take: today's, former ones, service offices."""
    return 3 * (people // PEOPLE_TO_A_BUSINESS + 1)


def found(people: People, doors: tuple[Ints, int], rates: Rates, seed: int) -> Businesses:
    """Businesses of the city. `doors`: the dwelling of each person, and the first of those meant for businesses."""
    rng = stream(seed, "businesses")
    home, first_door = doors
    size = len(people) // PEOPLE_TO_A_BUSINESS
    draw = rng.random(size)
    kind = np.where(draw < rates.household_businesses, HOUSEHOLD, FIRM)
    branch = (draw >= rates.household_businesses) & (draw < rates.household_businesses + rates.branches)
    firms = np.flatnonzero((kind == FIRM) & ~branch)
    if len(firms):
        kind[branch] = BRANCH
    lines, core, place = _names(rng, size)
    former_lines, former_core, _ = _names(rng, size)
    former_core = np.where(
        (rng.random(size) < 0.5)[:, None], core, former_core
    )  # half keep the words that tell them apart
    _share_short_names(rng, rates, firms, core)
    tax_code, serial, parent = _tax_codes(rng, size), np.zeros(size, dtype=np.int64), np.full(size, NOBODY)
    form = weighted(rng, FORM_SHARES, size)
    branches = np.flatnonzero(kind == BRANCH)
    if len(branches):
        parent[branches] = firms[rng.integers(len(firms), size=len(branches))]
        serial[branches] = 1 + _rank(parent[branches])
        for column in (lines, core, place, tax_code, form, former_lines, former_core):
            column[branches] = column[parent[branches]]
    owner = _owners(rng, people, kind)
    households = kind == HOUSEHOLD
    tax_code = np.where(households, people.personal_id[owner], tax_code)
    office = (kind == FIRM) & (rng.random(size) < rates.service_offices)
    offices = rng.integers(1 + int(office.sum()) // FIRMS_IN_OFFICE, size=size)
    seat = np.where(households, home[owner], first_door + np.arange(size))
    seat = np.where(office, first_door + 2 * size + offices, seat)
    moved = ~households & (rng.random(size) < rates.firms_moved)
    phone = np.where(rng.random(size) < 0.5, _landlines(rng, size), people.phone[owner])
    phone = np.where(households, people.phone[owner], phone)
    phone = np.where(office, _landlines(stream(seed, "service offices"), size)[offices], phone)
    return Businesses(
        kind=kind, form=form, lines=lines, core=core, place=place,
        former_lines=former_lines, former_core=former_core,
        renamed=(kind == FIRM) & (rng.random(size) < rates.firms_renamed),
        tax_code=tax_code, serial=serial, parent=parent, owner=owner, seat=seat,
        former_seat=np.where(moved, first_door + size + np.arange(size), seat),
        phone=phone, in_service_office=office,
        founded=TODAY - (30 + rng.gamma(1.3, 2200, size)).astype("timedelta64[D]"),
    )  # fmt: skip


def _names(rng: np.random.Generator, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Ints]:
    """Up to three lines of business, two or three distinctive words, sometimes a place."""
    weights = 1 / (5 + np.arange(len(words("line")) - 1))
    lines = np.sort(np.column_stack([weighted(rng, weights, size) for _ in range(LINES)]), axis=1)
    lines[:, 1:][lines[:, 1:] == lines[:, :-1]] = -1
    lines[np.arange(LINES) >= rng.integers(1, LINES + 1, size=size)[:, None]] = -1
    count = len(words("core")) - 1
    core = np.column_stack([rng.integers(count, size=size) for _ in range(CORES)])
    core[:, 1] = np.where(core[:, 1] == core[:, 0], (core[:, 1] + 1) % count, core[:, 1])
    core[rng.random(size) < 0.5, 2] = -1
    core[(core[:, 2] == core[:, 0]) | (core[:, 2] == core[:, 1]), 2] = -1
    place = np.where(rng.random(size) < 0.15, rng.integers(1, len(words("place")), size=size), 0)
    return lines, core, place


def _share_short_names(rng: np.random.Generator, rates: Rates, firms: Ints, core: npt.NDArray[np.int64]) -> None:
    """Some firms take the distinctive words of another: registered names differ in lines or form only."""
    takers = firms[rng.random(len(firms)) < rates.same_short_name]
    if len(firms):
        core[takers] = core[firms[rng.integers(len(firms), size=len(takers))]]


def _tax_codes(rng: np.random.Generator, size: int) -> Ints:
    """Ten digits with a valid check digit; heads whose check would be ten are not issued."""
    prefix = np.array((3, 37, 35))[weighted(rng, (75, 17, 8), size + size // 4 + 50)]
    head: Ints = prefix * 10**7 + spread(np.arange(len(prefix)), 10**7, 1_618_033)
    digits = head[:, None] // 10 ** np.arange(8, -1, -1) % 10
    check = 10 - digits @ np.array((31, 29, 23, 19, 17, 13, 7, 5, 3)) % 11
    codes: Ints = (head * 10 + check)[check < 10][:size]
    return codes


def _rank(group: Ints) -> Ints:
    """How many equal values stand before each."""
    ranks: Ints = pl.Series(group).to_frame("g").select(pl.int_range(pl.len()).over("g")).to_series().to_numpy()
    return ranks


def _owners(rng: np.random.Generator, people: People, kind: Ints) -> Ints:
    """Adults; a household business takes its owner's number, so nobody has two of these."""
    adults = np.flatnonzero((people.age >= 22) & (people.age <= 68))
    owner = adults[rng.integers(len(adults), size=len(kind))]
    households = np.flatnonzero(kind == HOUSEHOLD)
    if len(households) <= len(adults):
        owner[households] = rng.permutation(adults)[: len(households)]
    return owner


def _landlines(rng: np.random.Generator, size: int) -> Ints:
    """028 and eight digits, without the 0."""
    return 28 * 10**8 + 38 * 10**6 + spread(np.arange(size), 10**6, int(rng.integers(10**6)))


@cache
def words(kind: str) -> Vocabulary:
    """Words of one kind (`line`, `core`, `place`): in full, short, English and without marks."""
    listed = table("business_words").filter(pl.col("kind") == kind)
    names = ["" if name == "none" else name for name in listed["name"]]
    short = {n: s for n, s in listed.select("name", "short").iter_rows() if s}
    english = {n: e for n, e in listed.select("name", "english").iter_rows() if e}
    ways: dict[str, Callable[[str], str]] = {
        "full": lambda word: word,
        "short": lambda word: short.get(word, word),
        "english": lambda word: english.get(word, without_marks(word)),
        "unmarked": without_marks,
    }
    return Vocabulary(names if kind == "place" else [*names, ""], ways, lead=" ")


FULL, SHORT, ENGLISH, UNMARKED = range(4)


def full_names(firms: Businesses, rows: Ints, *, former: Mask | None = None, way: int = FULL) -> pl.Series:
    """`Công ty TNHH Thương Mại Dịch Vụ Phúc An Sài Gòn`; with `SHORT` `CTY TNHH TM DV Phúc An SG`; a branch says so."""
    lines, core = _words_of(firms, rows, former)
    forms = pl.Series([form[way] for form in FORMS]).gather(pl.Series(firms.form[rows].astype(np.uint32)))
    named = [
        forms,
        *_column(lines, "line", way),
        *_column(core, "core", FULL),
        words("place").write(firms.place[rows], way),
    ]
    name = pl.select(pl.concat_str(named)).to_series()
    branch = pl.Series(firms.kind[rows] == BRANCH)
    lead, tail = (" - CN ", "") if way == SHORT else ("Chi nhánh ", " số ")
    serial = pl.Series(firms.serial[rows]).cast(pl.String)
    whole = name + lead + serial if way == SHORT else lead + name + tail + serial
    return pl.select(pl.when(branch).then(whole).otherwise(name)).to_series()


def foreign_names(firms: Businesses, rows: Ints, *, former: Mask | None = None) -> pl.Series:
    """`PHUC AN SAIGON TRADING SERVICE CO., LTD`."""
    lines, core = _words_of(firms, rows, former)
    forms = pl.Series([form[ENGLISH] for form in FORMS]).gather(pl.Series(firms.form[rows].astype(np.uint32)))
    named = [
        *_column(core, "core", UNMARKED),
        words("place").write(firms.place[rows], ENGLISH),
        *_column(lines, "line", ENGLISH),
    ]
    name = pl.select(pl.concat_str([*named, " " + forms])).to_series().str.strip_chars_start().str.to_uppercase()
    serial = pl.Series(firms.serial[rows]).cast(pl.String)
    return pl.select(
        pl.when(pl.Series(firms.serial[rows] > 0)).then(name + " - BRANCH " + serial).otherwise(name)
    ).to_series()


def short_names(firms: Businesses, rows: Ints, *, former: Mask | None = None) -> pl.Series:
    """`PHUC AN`: the distinctive words alone; of a branch with its number."""
    _, core = _words_of(firms, rows, former)
    name = (
        pl.select(pl.concat_str(_column(core, "core", UNMARKED))).to_series().str.strip_chars_start().str.to_uppercase()
    )
    serial = pl.Series(firms.serial[rows]).cast(pl.String)
    return pl.select(pl.when(pl.Series(firms.serial[rows] > 0)).then(name + " CN" + serial).otherwise(name)).to_series()


def _words_of(
    firms: Businesses, rows: Ints, former: Mask | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if former is None:
        return firms.lines[rows], firms.core[rows]
    chosen = former[:, None]
    return (
        np.where(chosen, firms.former_lines[rows], firms.lines[rows]),
        np.where(chosen, firms.former_core[rows], firms.core[rows]),
    )


def _column(numbers: npt.NDArray[np.int64], kind: str, way: int) -> list[pl.Series]:
    """A text for each column of word numbers; -1 is the empty word at the end of the vocabulary."""
    known = words(kind)
    return [known.write(np.where(column < 0, len(known) - 1, column), way) for column in numbers.T]
