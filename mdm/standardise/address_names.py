"""What addresses name: units by the words of a text, units as the maps have them, and the place they tell together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mdm.standardise.address_words import Word, joined

TYPES = (
    "Thành phố", "Thị trấn", "Đặc khu", "Thị xã", "Phường", "Huyện", "Quận", "Tỉnh", "Xã",
)  # fmt: skip


class Name(NamedTuple):
    """A unit's name as an address writes it."""

    key: str
    toned: str
    """Empty where the text carries no marks."""
    kind: str = ""
    """The type word before it in its usual form (`Phường`), or nothing."""
    shown: str = ""
    initials: bool = False
    """It is letters that stand for words: BN for Bến Nghé."""


@dataclass(frozen=True)
class Province:
    """A province by its names; its codes before and after July 2025 (None where it did not exist)."""

    name: str
    """The one it bore last."""
    former: str
    """The one it bore on 30 June 2025, or else `name`."""
    old: str | None
    new: str | None


@dataclass(frozen=True)
class District:
    """A district of the map of 30 June 2025, or one that was gone by then (its code is its name)."""

    code: str
    name: str
    province: str


@dataclass(frozen=True)
class Ward:
    """A commune of one epoch: the units of today and of 30 June 2025 that it may stand for."""

    name: str
    toned: str
    district: District | None
    province: str
    units: tuple[str, ...]
    legacy: tuple[str, ...]
    past: bool = False
    """It was gone before 30 June 2025."""

    @property
    def kind(self) -> str:
        """Its type word."""
        return kind_of(self.name)


@dataclass(frozen=True)
class Place:
    """What an address says of its commune, district and province: candidates, and names for the canonical text."""

    units: tuple[str, ...] = ()
    legacy: tuple[str, ...] = ()
    ward: str = ""
    district: str = ""
    province: str = ""
    ambiguous: bool = False
    """A commune or district was named, but none or too many fit."""
    unmarked: bool = False
    """Several fit that only marks tell apart, and the text carries none."""


def kind_of(name: str) -> str:
    """The type word that a unit's full name begins with."""
    return next((kind for kind in TYPES if name.startswith(kind + " ")), "")


def core_of(name: str) -> str:
    """A unit's name without its type word: Phường Bến Nghé → Bến Nghé."""
    return name.removeprefix(kind_of(name)).strip()


def name_of(words: Sequence[Word], kind: str = "") -> Name:
    """The name that these words are, after a type word (`kind`) or none."""
    toned = " ".join([w.toned for w in words]) if words[0].toned else ""
    return Name(joined(words), toned, kind, " ".join([w.shown for w in words]))


def initials_name(word: Word, kind: str) -> Name:
    """The name whose initials this word is."""
    return Name(word.key, word.key, kind, word.shown.upper(), initials=True)
