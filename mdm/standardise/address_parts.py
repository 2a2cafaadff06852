"""The parts of one address, as they are found; and its house number, with the alleys that lead to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mdm.standardise.address_names import Name

ALLEY_RANKS = {"ngach": 1, "hem": 2}
"""Which kind of alley branches off which: in the North a ngách off a ngõ, and a hẻm off a ngách; others are equal."""
_LABEL = re.compile(r"^[^\W\d]+ ")
"""The word before a lot's number, which goes where the lot is in an alley."""
_NORTHERN = {"ngo", "ngach"}


@dataclass
class Parts:
    """What was found in one address."""

    ward: list[Name] = field(default_factory=list)
    district: Name | None = None
    province: Name | None = None
    quarters: list[str] = field(default_factory=list)
    buildings: list[str] = field(default_factory=list)
    land: list[str] = field(default_factory=list)
    house: str = ""
    house_announced: bool = False
    """The word số stood before the house number."""
    old_house: str = ""
    """The number that the house had before (`số cũ 7/3`)."""
    alleys: list[tuple[str, str]] = field(default_factory=list)
    """(word, number) of each alley, in the order of the text."""
    house_first: bool = False
    """The house number stood before its alleys: they were named from the inside out."""
    apartment: str = ""
    lot: str = ""
    """The lot or block that a letter alone names (`Lô E`)."""
    street: str = ""
    estate: str = ""
    extras: list[str] = field(default_factory=list)
    announced: bool = False
    """The word đường stood before the street."""
    guessed: bool = False
    """The street is words that no list knows and nothing announces."""
    sure: bool = True
    """Every word was understood."""

    @property
    def house_no(self) -> str:
        """House number with its alleys from the outside in (12/3/4A); without a house, the alley or apartment."""
        path = self.path
        if not self.house:
            return f"Hẻm {path}" if path else self.apartment or self.lot
        if not path or self.house.startswith(path + "/"):
            return self.house
        return f"{path}/{_LABEL.sub('', self.house)}"

    @property
    def path(self) -> str:
        """The alleys from the outside in; one that repeats what leads to it (`ngách 32/4, ngõ 32`) counts once."""
        alleys = self.alleys[::-1] if self.house_first else self.alleys
        if _NORTHERN & {word for word, _ in alleys}:
            alleys = sorted(alleys, key=lambda alley: ALLEY_RANKS.get(alley[0], 0))
        path = ""
        for _, number in alleys:
            path = number if not path or number.startswith(path + "/") else f"{path}/{number}"
        return path
