"""Dwellings at real communes of the city, and every way to write where they are, before and after July 2025."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from mdm.generate.chance import Floats, Ints, Mask, stream, weighted
from mdm.generate.spelling import without_marks
from mdm.generate.tables import table
from mdm.generate.vocabulary import Vocabulary
from mdm.standardise import Knowledge

CITY = "Thành phố Hồ Chí Minh"
OLD_MAP, NEW_MAP = "2025-06-30", "2025-07-01"
STREETS_IN_COMMUNE = 36
HAMLETS_IN_COMMUNE = 8
HOMES_IN_BLOCK = 40
TYPE_WEIGHT: Mapping[str, float] = {"Phường": 1.0, "Thị trấn": 0.9, "Xã": 0.6}
PROVINCE_WEIGHT: Mapping[str, float] = {CITY: 1.0, "Tỉnh Bình Dương": 0.95, "Tỉnh Bà Rịa - Vũng Tàu": 0.45}


@dataclass(frozen=True)
class Maps:
    """The communes of 30 June 2025, and the units of July 2025 (places in `new_names`) that each became part of."""

    old: pl.DataFrame
    new_names: tuple[str, ...]
    becomes: tuple[tuple[int, ...], ...]


@cache
def maps() -> Maps:
    """The city on both maps, from `rules/units/`."""
    units = Knowledge.shipped().table("units/units.csv")
    changes = Knowledge.shipped().table("units/changes.csv")
    new = units.filter((pl.col("epoch") == NEW_MAP) & (pl.col("province") == CITY)).sort("code")
    place = {code: number for number, code in enumerate(new["code"])}
    inside = changes.filter(pl.col("new_code").is_in(new["code"].implode())).sort("old_code", "new_code")
    targets = inside.group_by("old_code", maintain_order=True).agg("new_code")
    old = units.filter(pl.col("epoch") == OLD_MAP).join(targets, left_on="code", right_on="old_code").sort("code")
    old = old.filter(pl.col("type").is_in(list(TYPE_WEIGHT)))  # the island district has no communes
    becomes = tuple(tuple(place[code] for code in codes) for codes in old["new_code"])
    return Maps(old, tuple(new["name"]), becomes)


@dataclass(frozen=True)
class Dwellings:
    """One row a front door: its commune on both maps, its street, and its number written both ways."""

    commune: Ints
    new_unit: Ints
    street: Ints
    number: pl.Series
    number_in_words: pl.Series

    def __len__(self) -> int:
        return len(self.commune)

    def place(self, door: Ints) -> Ints:
        """A number for the street in its commune: what an address tells even without its house number."""
        return self.commune[door] * len(streets()) + self.street[door]


def build(size: int, flats: float, seed: int) -> Dwellings:
    """`size` dwellings, the given share of them in blocks of flats."""
    rng = stream(seed, "dwellings")
    commune = weighted(rng, _commune_weights(seed), size)
    street = _streets_of_communes(seed)[commune, rng.integers(STREETS_IN_COMMUNE, size=size)]
    mouth = 1 + (rng.exponential(170, size)).astype(np.int64)
    second, third = 1 + rng.integers(90, size=(2, size))
    in_block = rng.random(size) < flats
    block = rng.integers(1 + int(in_block.sum()) // HOMES_IN_BLOCK, size=size)
    shape = np.where(in_block, 4, weighted(rng, (48, 34, 10, 8), size))
    if in_block.any():
        first_door = np.full(int(block.max()) + 1, 0)
        first_door[block[in_block]] = np.flatnonzero(in_block)
        for column in (commune, street, mouth):
            column[in_block] = column[first_door[block[in_block]]]
    letter = rng.integers(40, size=size)
    number, in_words = _numbers(shape, mouth, second, third, letter)
    new_unit = _new_units(commune, rng.random(size))
    return Dwellings(commune, new_unit, street, number, in_words)


def _commune_weights(seed: int) -> Floats:
    """How many live where: by kind of commune and province, and by chance."""
    old = maps().old
    kind = np.array([TYPE_WEIGHT[kind] for kind in old["type"]])
    province = np.array([PROVINCE_WEIGHT[name] for name in old["province"]])
    weights: Floats = kind * province * stream(seed, "communes").lognormal(0, 0.5, old.height)
    return weights


def _streets_of_communes(seed: int) -> Ints:
    """Communes × some of their streets; country communes have hamlets (ấp) as well."""
    rng = stream(seed, "streets")
    listed, old = table("streets"), maps().old
    named = weighted(rng, listed["weight"].to_numpy(), old.height * STREETS_IN_COMMUNE).reshape(old.height, -1)
    country = (old["type"] == "Xã").to_numpy()
    hamlets = listed.height + np.arange(HAMLETS_IN_COMMUNE)
    named[country, :HAMLETS_IN_COMMUNE] = hamlets
    named[country, HAMLETS_IN_COMMUNE : 2 * HAMLETS_IN_COMMUNE] = hamlets
    return named


def _new_units(commune: Ints, draw: Floats) -> Ints:
    """The unit of today; where a commune was divided, one of its parts."""
    parts = maps().becomes
    count = np.array([len(part) for part in parts])
    choices = np.array([part + (part[-1],) * (int(count.max()) - len(part)) for part in parts])
    chosen: Ints = choices[commune, (draw * count[commune]).astype(np.int64)]
    return chosen


def _numbers(shape: Ints, mouth: Ints, second: Ints, third: Ints, letter: Ints) -> tuple[pl.Series, pl.Series]:
    """Numbers with slashes (`12/3/4A`) and in words (`3/4A hẻm 12`). Shapes: street, alley, its branch, lot, flat."""
    parts = pl.DataFrame({"shape": shape, "a": mouth, "b": second, "c": third, "letter": letter}).with_columns(
        suffix=pl.col("letter").replace_strict({0: "A", 1: "B", 2: "C", 3: "Bis"}, default=""),
        block=pl.col("letter").mod(6).replace_strict({0: "A", 1: "B", 2: "C", 3: "D", 4: "E", 5: "F"}),
    )
    a, b, c, suffix, block = (pl.col(name) for name in ("a", "b", "c", "suffix", "block"))
    flat = pl.format("Căn hộ {}{}.{}, {}", block, c % 25 + 1, (b % 20 + 1).cast(pl.String).str.zfill(2), a)
    lot = pl.format("{}{}/{}{}", block, c % 20 + 1, b, suffix)
    with_slashes = (
        pl.when(pl.col("shape") == 0).then(pl.format("{}{}", a, suffix))
        .when(pl.col("shape") == 1).then(pl.format("{}/{}{}", a, b, suffix))
        .when(pl.col("shape") == 2).then(pl.format("{}/{}/{}{}", a, b, c, suffix))
        .when(pl.col("shape") == 3).then(lot)
        .otherwise(flat)
    )  # fmt: skip
    in_words = (
        pl.when(pl.col("shape") == 1).then(pl.format("{}{} hẻm {}", b, suffix, a))
        .when(pl.col("shape") == 2).then(pl.format("{}/{}{} hẻm {}", b, c, suffix, a))
        .otherwise(with_slashes)
    )  # fmt: skip
    written = parts.select(with_slashes.alias("slashes"), in_words.alias("words"))
    return written["slashes"], written["words"]


# How clerks write streets and units. Each way is a function of a row number, so that each text is made once.

STREET_WAYS = ("full", "bare", "dotted", "short", "unmarked")
OLD_UNIT_WAYS = ("full", "short", "initials", "undelimited", "former", "no_district", "unmarked")
NEW_UNIT_WAYS = ("full", "short", "undelimited", "bare", "unmarked")


@cache
def streets() -> Vocabulary:
    """Streets and, after them, the hamlets of country communes, in `STREET_WAYS`."""
    listed = table("streets")
    hamlets = [f"Ấp {number + 1}" for number in range(HAMLETS_IN_COMMUNE)]
    abbreviated = {name: short for name, short in listed.select("name", "short").iter_rows() if short}
    ways: dict[str, Callable[[str], str]] = {
        "full": lambda name: name if name[0] in "ĐẤ" and name[-1].isdigit() else f"đường {name}",
        "bare": lambda name: name,
        "dotted": lambda name: name if name[-1].isdigit() else f"Đ. {name}",
        "short": lambda name: abbreviated.get(name, name),
        "unmarked": without_marks,
    }
    return Vocabulary([*listed["name"], *hamlets], {way: ways[way] for way in STREET_WAYS})


@cache
def old_units() -> Vocabulary:
    """Commune, district and province of before July 2025, in `OLD_UNIT_WAYS`; words are full texts."""
    known = {f"{n}, {d}, {p}": (n, d, p) for n, d, p in maps().old.select("name", "district", "province").iter_rows()}
    return Vocabulary(list(known), {way: _way(_OLD[way], known) for way in OLD_UNIT_WAYS})


@cache
def new_units() -> Vocabulary:
    """Commune and city of today, in `NEW_UNIT_WAYS`; words are full texts."""
    known = {f"{name}, {CITY}": (name, "", CITY) for name in maps().new_names}
    return Vocabulary(list(known), {way: _way(_NEW[way], known) for way in NEW_UNIT_WAYS})


Unit = tuple[str, str, str]


def _way(write: Callable[[Unit], str], known: Mapping[str, Unit]) -> Callable[[str], str]:
    return lambda word: write(known[word])


def _abbreviated(name: str, joint: str = ". ") -> str:
    """Phường Bến Nghé → P. Bến Nghé; Quận 1 → Q. 1; Thị trấn stays whole often enough."""
    for long, short in (
        ("Phường ", "P"),
        ("Quận ", "Q"),
        ("Huyện ", "H"),
        ("Xã ", "X"),
        ("Thị trấn ", "TT"),
        ("Thị xã ", "TX"),
    ):
        if name.startswith(long):
            return short + joint + name.removeprefix(long)
    return name.replace("Thành phố ", "TP" + joint).replace("Tỉnh ", "T" + joint).replace("Đặc khu ", "ĐK" + joint)


def _initials(name: str) -> str:
    """Phường Bến Nghé → P.BN; Phường 5 → P.5; only wards of two and more words."""
    kind, _, rest = name.partition(" ")
    words = rest.split()
    if kind != "Phường" or len(words) < 2:
        return _abbreviated(name, ".")
    return "P." + "".join(word[0] for word in words)


def _city(province: str) -> str:
    return "TP.HCM" if province == CITY else province.replace("Tỉnh ", "")


def _former(unit: Unit) -> str:
    """F.5, Q.3: the F of old Saigon papers."""
    name, district, _ = unit
    return f"{name.replace('Phường ', 'F.')}, {_abbreviated(district, '.')}"


_OLD: Mapping[str, Callable[[Unit], str]] = {
    "full": ", ".join,
    "short": lambda unit: f"{_abbreviated(unit[0])}, {_abbreviated(unit[1])}, {_city(unit[2])}",
    "initials": lambda unit: f"{_initials(unit[0])}, {_abbreviated(unit[1], '' if unit[1][-1].isdigit() else '.')}",
    "undelimited": lambda unit: (
        f"{_abbreviated(unit[0], ' ')} {_abbreviated(unit[1], ' ')} {_city(unit[2]).replace('.', ' ')}"
    ),
    "former": _former,
    "no_district": lambda unit: f"{unit[0]}, {_city(unit[2])}",
    "unmarked": lambda unit: without_marks(f"{_abbreviated(unit[0])}, {_abbreviated(unit[1])}, {_city(unit[2])}"),
}
_NEW: Mapping[str, Callable[[Unit], str]] = {
    "full": lambda unit: f"{unit[0]}, {CITY}",
    "short": lambda unit: f"{_abbreviated(unit[0])}, TP. HCM",
    "undelimited": lambda unit: f"{_abbreviated(unit[0], ' ')} TP HCM",
    "bare": lambda unit: unit[0],
    "unmarked": lambda unit: without_marks(f"{_abbreviated(unit[0])}, TP HCM"),
}


@dataclass(frozen=True)
class AddressStyle:
    """What was decided of each address: how it is written, and whether on the old map."""

    in_words: Mask
    on_old_map: Mask
    street_way: Ints
    old_way: Ints
    new_way: Ints
    without_number: Mask
    without_unit: Mask


def write(dwellings: Dwellings, door: Ints, style: AddressStyle) -> pl.Series:
    """The address of each door, in its style."""
    rows = pl.Series(door.astype(np.uint32))
    in_words, slashes = dwellings.number_in_words.gather(rows), dwellings.number.gather(rows)
    number = pl.when(pl.Series(style.in_words)).then(in_words).otherwise(slashes)
    street = streets().write(dwellings.street[door], style.street_way)
    old = old_units().write(dwellings.commune[door], style.old_way)
    new = new_units().write(dwellings.new_unit[door], style.new_way)
    parts = pl.select(
        number=pl.when(pl.Series(~style.without_number)).then(number),
        street=street,
        unit=pl.when(pl.Series(~style.without_unit)).then(
            pl.when(pl.Series(style.on_old_map)).then(old).otherwise(new)
        ),
    )
    house = pl.concat_str("number", "street", separator=" ", ignore_nulls=True)
    return parts.select(pl.concat_str(house, "unit", separator=", ", ignore_nulls=True)).to_series()
