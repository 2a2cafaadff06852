"""Addresses: house number, street and commune of a Vietnamese address, written in any order, with or without marks.

A commune is a set of candidates in two epochs: the map of 30 June 2025 and today's. A single code is only given where
a single one is possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import polars as pl

from mdm.standardise.address_columns import AddressColumns
from mdm.standardise.address_names import Name, Place
from mdm.standardise.address_narrowing import streets_of_units
from mdm.standardise.address_parse import Parser
from mdm.standardise.address_premises import Parts
from mdm.standardise.address_probes import Placed, Reading
from mdm.standardise.address_streets import ROADS
from mdm.standardise.address_words import SEPARATOR as BOUNDARY
from mdm.standardise.address_words import announcers, key_of, read_words
from mdm.standardise.codes import says_nothing
from mdm.standardise.damage import lost_letters
from mdm.standardise.knowledge import Knowledge
from mdm.standardise.lost_letters import restored
from mdm.standardise.profile import SourceProfile
from mdm.standardise.standardiser import Standardiser
from mdm.standardise.syllables import is_plain_syllable
from mdm.standardise.text import plain, repair

SEPARATOR = "|"
_LETTERS = re.compile(r"[a-z]+")
_DAMAGED = re.compile(r"[?\ufffd]")
_DAMAGED_WORD = re.compile(r"[^\W\d_]*[?\ufffd](?:[^\W\d_]|[?\ufffd])*")
_LOST = "ʔ"
"""A letter of no Vietnamese word, where a letter was lost: so the parser takes what is left for one word."""
REREADINGS = 3
"""How often a doubtful canonical text is read again, before the text is left as it came."""


class Address(NamedTuple):
    """One address as understood, in the order of the standardiser's columns."""

    value: str | None
    house_no: str | None = None
    street: str | None = None
    street_plain: str | None = None
    units: str | None = None
    """Codes, joined by `SEPARATOR`: Polars splits a column of them faster than it takes lists."""
    units_legacy: str | None = None
    unit_code: str | None = None
    unit_code_legacy: str | None = None
    finding: str | None = None


def standardise_addresses(
    values: pl.Series, knowledge: Knowledge, profile: SourceProfile, options: Mapping[str, object]
) -> pl.DataFrame:
    """Distinct address texts → `STANDARDISER.schema`, a row each.

    value: the parts understood, in one order (`12/3 Cách Mạng Tháng Tám, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh`);
    reading it again gives the same. house_no: alleys from the outside in (`12/3/4A`); a lot, an alley or an apartment
    where no house is named. street: where none is named, the building or estate. units, units_legacy: codes the
    named commune may have today and had on 30 June 2025, null where none is named; unit_code, unit_code_legacy: the
    code where there is one only. finding: unreadable, placeholder, or ambiguous (which commune is named can't be told).
    """
    read = _columns(knowledge).read(values)
    return read.with_columns(pl.col("units", "units_legacy").str.split(SEPARATOR))


def read_address(text: str, parser: Parser) -> Address:
    """One address; what can't be understood comes back as it was, with the finding `unreadable`."""
    address, sure = _read(text, parser)
    if sure:
        return address
    for _ in range(REREADINGS):
        again, sure = _read(address.value or "", parser)
        if sure or again._replace(finding=address.finding) == address:
            return again._replace(finding=address.finding or again.finding)
        address = again
    return _unreadable(text)


def _read_damaged(text: str, parser: Parser, knowledge: Knowledge) -> Address:
    """An address that lost letters: those that are certain come back, and a word that lost others stays whole.

    A street that lost letters is none: half of it would be another one. The finding is made of the text as received,
    for all attributes alike (`mdm.sources.damaged`).
    """
    whole = _DAMAGED_WORD.sub(_without_gaps, restored(text, knowledge))
    address = read_address(whole, parser)
    if address.finding == "unreadable":
        return _unreadable(text)
    value = (address.value or "").replace(_LOST, "?") or None
    lost = _LOST in (address.street or "")
    return address._replace(value=value, **dict.fromkeys(("street", "street_plain"), None) if lost else {})


def _without_gaps(word: re.Match[str]) -> str:
    written = word[0].replace("\ufffd", "?")
    return written.replace("?", _LOST) if lost_letters(written) else word[0]


def _read(text: str, parser: Parser) -> tuple[Address, bool]:
    """An address, and whether reading its value again is known to give the same."""
    parts = parser.parse(text)
    street = parts.street or parts.estate
    house_no = parts.house_no
    place = parser.units.by_street(_place(parts, parser), street, house_no)
    if not _understood(parts, place):
        return _unreadable(text), True
    address = Address(
        value=_canonical(parts, place, parser),
        house_no=house_no or None,
        street=street or None,
        street_plain=plain(street) or None,
        units=SEPARATOR.join(place.units) or None,
        units_legacy=SEPARATOR.join(place.legacy) or None,
        unit_code=place.units[0] if len(place.units) == 1 else None,
        unit_code_legacy=place.legacy[0] if len(place.legacy) == 1 else None,
        finding="ambiguous" if place.ambiguous else None,
    )
    return address, parts.sure and not place.ambiguous and len(parts.ward) < 2 and not parts.buildings


def _place(parts: Parts, parser: Parser) -> Place:
    """What the named communes say together: a second one (`Phường Sài Gòn (Bến Nghé cũ)`) narrows the first."""
    wards: list[Name | None] = [*parts.ward] or [None]
    first, *others = [parser.units.place(ward, parts.district, parts.province) for ward in wards]
    for other in others:
        first = _narrowed(first, other)
    return first


def _narrowed(one: Place, other: Place) -> Place:
    units = tuple(code for code in one.units if code in other.units)
    legacy = tuple(code for code in one.legacy if code in other.legacy)
    if not units or not legacy:
        return one
    return Place(
        units,
        legacy,
        f"{one.ward}, {other.ward}" if other.ward != one.ward else one.ward,
        one.district or other.district,
        one.province or other.province,
        one.ambiguous and other.ambiguous,
    )


def _understood(parts: Parts, place: Place) -> bool:
    named = parts.ward or place.district or place.province or parts.quarters or parts.buildings or parts.land
    return bool(named or parts.house or parts.alleys or (parts.street and (parts.sure or parts.announced)))


def _canonical(parts: Parts, place: Place, parser: Parser) -> str:
    street = parts.street
    house = parts.house_no if parts.house or parts.alleys else ""
    if house[:1].isdigit() and not street:
        house = f"Số {house}"  # else `3/2` would read as a street
    elif street and not house[:1].isdigit() and key_of(street) in parser.units.names:
        street = f"Đường {street}"  # else Tân Phú would read as a district
    premises = f"{house} {street}".strip()
    pieces = [
        *([*parts.buildings, premises] if street else [premises, *parts.buildings]),
        *parts.land,
        *parts.quarters,
        *parts.extras,
        place.ward,
        place.district,
        place.province,
    ]
    text = ", ".join([piece for piece in pieces if piece])
    return plain(text).title() if place.unmarked else text  # marks would tell what the text did not


def _unreadable(text: str) -> Address:
    return Address(repair(text) or None, finding="unreadable" if text.strip() else None)


@lru_cache(maxsize=8)
def _columns(knowledge: Knowledge) -> AddressColumns:
    return AddressColumns(reading(knowledge))


def reading(knowledge: Knowledge) -> Reading:
    """How one address is read with this knowledge, for `AddressColumns`."""
    parser = Parser(knowledge)

    def read(text: str) -> Address:
        if says_nothing(text, knowledge):
            return Address(None, finding="placeholder")
        return _read_damaged(text, parser, knowledge) if _DAMAGED.search(text) else read_address(text, parser)

    houses = streets_of_units(knowledge).houses
    communes, streets = {commune for commune, _ in houses}, {street for _, street in houses}

    def divided(answer: Sequence[str | None]) -> tuple[bool, bool]:
        address = Address(*answer)
        return key_of(address.street or "") in streets, not communes.isdisjoint(
            (address.units_legacy or "").split(SEPARATOR)
        )

    named = {name for name in parser.streets.names if name[:1].isdigit() and " " not in name}
    phrases = chain.from_iterable(announcers(knowledge).values())
    spoken = {key for phrase in phrases for key in phrase.keys if key[:1].isdigit()}
    return Reading(
        read=read,
        names=READ,
        placed=lambda words, numbered: _placed(words, numbered, parser),
        divided=divided,
        settled=lambda ending: _settled(ending, parser),
        reserved=sorted({*named, *spoken}),
    )


def _settled(ending: str, parser: Parser) -> bool:
    """Whether an ending is made of one commune, district, province and of quarters only, each with its word."""
    parts = Parts()
    runs = parser.announced.take(read_words(ending), parts)
    nothing_left = all(word is BOUNDARY for run in runs for word in run)
    return nothing_left and parts.sure and len(parts.ward) < 2 and not parts.buildings


def _placed(text: str, numbered: bool, parser: Parser) -> Placed | None:
    """What words of premises may mean that the rest of the address decides.

    A street's full name behind a house number or the word đường is a street (12 Lê Lợi), though a unit has that name,
    and its own though it holds a unit's (Tân Kỳ Tân Quý).
    """
    words = key_of(text).split()
    if len(words) > 1 and words[0] in ("duong", "d"):
        words, numbered = words[1:], True
    key, streets, units = " ".join(words), parser.streets, parser.units
    if streets.is_local(key):
        return Placed.STREET if numbered else Placed.UNIT
    if key in streets.names and (numbered or key not in units.names):
        return None
    if any(not is_plain_syllable(letters) and letters not in ROADS for letters in _LETTERS.findall(key)):
        return Placed.UNIT  # it may be initials, of a ward too (TTN17)
    parts = (" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    known = (part in streets.renames or (part in units.names and not part.isdigit()) for part in parts)
    return Placed.UNIT if any(known) else None


STANDARDISER = Standardiser(
    "address",
    {
        "house_no": pl.String,
        "street": pl.String,
        "street_plain": pl.String,
        "units": pl.List(pl.String),
        "units_legacy": pl.List(pl.String),
        "unit_code": pl.String,
        "unit_code_legacy": pl.String,
    },
    False,
    standardise_addresses,
    habits=(),
)

READ = tuple(STANDARDISER.schema)
