"""How often each thing goes wrong in the synthetic city: one named rate for each defect and each hard negative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from mdm.errors import UsageError


def rate(default: float, sentence: str) -> Any:
    """A field of `Rates`: its default and the sentence that `mdm generate` prints for it."""
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True)
class Rates:
    """Shares between 0 and 1. Those of writing are meant for a department of average care.

    Each department multiplies them by its own carelessness (the population register 0.25, land 1.5), never above 1.
    What a system always does (capitals in health, years of birth in insurance) is a rate of its own.
    """

    # people
    twins: float = rate(0.022, "Couples of twins per inhabitant.")
    twins_alike: float = rate(0.6, "Twins of one sex whose names share the middle and differ in the given name.")
    twins_by_tone: float = rate(0.4, "Twins alike whose given names differ by a tone only: Minh Anh and Minh Ánh.")
    namesake_sons: float = rate(0.022, "Couples of a father and a son who bears his whole name, per inhabitant.")
    strangers: float = rate(
        0.002, "Couples of unrelated people with the same name, sex and birth date, per inhabitant."
    )
    moved: float = rate(0.18, "Households that lived elsewhere before.")
    shared_house: float = rate(0.05, "Households in a house where another, unrelated household lives.")
    flats: float = rate(0.06, "Households in blocks of flats, with one house number for many.")
    reassigned_phones: float = rate(0.03, "Adults whose former number now belongs to somebody else.")
    registered_twice: float = rate(0.001, "People whom the population register holds twice, under two numbers.")
    unregistered: float = rate(0.03, "People whom the population register doesn't hold.")
    several_patient_numbers: float = rate(
        0.3, "Patients with a second number at another hospital; as many of these with a third."
    )
    changed_school: float = rate(0.05, "Pupils whom a former school still lists.")

    # names
    tones_lost: float = rate(0.09, "Names without any marks: Nguyen Thi Hoa.")
    tones_wrong: float = rate(0.025, "Names with a wrong or missing tone in one syllable: Nguyển, Vỏ, Diểm.")
    tones_moved: float = rate(0.3, "Names that put the tone mark in its other place where there is one: Hoà for Hòa.")
    i_y: float = rate(0.1, "Names that write i for y or y for i where there is a choice: Quí for Quý.")
    sounds_confused: float = rate(
        0.006, "Names spelled as they are spoken in the South: Phượn for Phượng, Nhậc for Nhật."
    )
    telex: float = rate(0.003, "Names with Telex keystrokes left in: Nguyeenx.")
    vni_keys: float = rate(0.002, "Names with VNI keystrokes left in: Nguye6n4.")
    capitals: float = rate(0.12, "Names in capitals, in departments that don't always use them.")
    decomposed: float = rate(0.04, "Names in decomposed Unicode (NFD).")
    middle_dropped: float = rate(0.025, "Names that lost their first middle syllable.")
    middle_abbreviated: float = rate(
        0.015, "Names whose middle syllables, sometimes the surname too, are initials: Nguyễn V. An."
    )
    order_swapped: float = rate(0.01, "Names with the given name first: An Nguyễn Văn.")
    name_mistyped: float = rate(0.02, "Names with a letter missing, doubled, changed or exchanged with its neighbour.")

    # dates and sex
    date_missing: float = rate(0.015, "Birth dates left out.")
    year_only: float = rate(0.05, "Birth dates of which only the year is known.")
    new_year: float = rate(0.02, "Birth dates entered as 1 January because only the year was known.")
    insurance_year_only: float = rate(0.8, "Birth dates of which social insurance keeps only the year.")
    day_month_swapped: float = rate(0.015, "Birth dates with day and month exchanged.")
    date_mistyped: float = rate(0.012, "Birth dates with a wrong day, month or year.")
    sex_missing: float = rate(0.02, "Sex left out.")
    sex_wrong: float = rate(0.004, "The wrong sex.")

    # numbers
    id_missing: float = rate(0.2, "Personal numbers left out.")
    id_old: float = rate(0.15, "Old 9-digit numbers where the 12-digit number is asked for.")
    id_old_habit: float = rate(0.6, "Old 9-digit numbers in social insurance and land, which were filled before 2021.")
    id_mistyped: float = rate(0.015, "Personal numbers with a wrong digit or two exchanged.")
    id_of_mother: float = rate(0.02, "Children recorded under their mother's number.")
    card_missing: float = rate(0.25, "Health cards left out.")
    book_missing: float = rate(0.1, "Insurance numbers that social insurance itself doesn't know.")
    card_old: float = rate(0.6, "Health cards in the form of 15 characters, not of 10 digits.")

    # phones
    phone_missing: float = rate(0.2, "Phone numbers left out.")
    phone_old_prefix: float = rate(0.12, "Numbers as they were before 2018, where the prefix was renumbered.")
    phone_of_family: float = rate(0.15, "People who give the number of a relative in the household.")
    phone_former: float = rate(0.35, "Records of people with a reassigned number that still show it.")
    phone_mistyped: float = rate(0.012, "Phone numbers with a wrong digit.")
    two_phones: float = rate(0.03, "Cells that hold two phone numbers.")

    # addresses
    address_missing: float = rate(0.05, "Addresses left out.")
    address_abbreviated: float = rate(0.5, "Addresses with abbreviated streets and units: CMT8, P.BN, Q1.")
    address_unmarked: float = rate(0.06, "Addresses without any marks.")
    address_former: float = rate(
        0.25, "Records of people who moved, outside the population register, that show the former address."
    )
    old_units: float = rate(0.55, "Addresses that name the ward and district of before July 2025.")
    alley_in_words: float = rate(0.3, "Alley addresses written as `3/4 hẻm 12`, not as `12/3/4`.")
    unit_missing: float = rate(0.03, "Addresses that end with the street.")
    district_missing: float = rate(0.02, "Old addresses without their district.")
    house_missing: float = rate(0.04, "Addresses without a house number.")
    house_mistyped: float = rate(0.015, "Addresses with a wrong house number.")

    # land
    spouses_in_one_text: float = rate(0.75, "Married owners of land who stand in one text with their spouse.")
    land_numbers_in_text: float = rate(0.88, "Owners of land whose birth year and number stand in the same text.")

    # businesses
    household_businesses: float = rate(
        0.35, "Businesses that are a household's: named after the owner, with the owner's number as tax code."
    )
    branches: float = rate(0.07, "Businesses that are a branch, with the parent's name and its code of 13 digits.")
    service_offices: float = rate(
        0.08, "Firms whose seat and phone are those of a service office with dozens of firms."
    )
    firms_renamed: float = rate(0.08, "Firms that had another name; half of what stands outside the register shows it.")
    firms_moved: float = rate(0.12, "Firms that had another seat; half of what stands outside the register shows it.")
    same_short_name: float = rate(0.06, "Firms with the distinctive words, and so the short name, of another firm.")
    tax_code_missing: float = rate(0.4, "Rows of businesses outside the register without a tax code.")
    tax_code_mistyped: float = rate(0.01, "Tax codes with a wrong digit.")
    firm_short_form: float = rate(0.35, "Firms written with abbreviations: CTY TNHH TM DV.")
    firm_short_name: float = rate(0.05, "Firms under their short name.")
    firm_foreign_name: float = rate(0.05, "Firms under their foreign name.")
    firm_not_registered: float = rate(0.06, "Businesses that the business register doesn't hold.")

    def __post_init__(self) -> None:
        for name, value in self:
            if not 0 <= value <= 1:
                raise UsageError(f"the rate {name} is {value}; a rate lies between 0 and 1. Nothing was written.")

    def __iter__(self) -> Any:
        return ((f.name, getattr(self, f.name)) for f in fields(self))

    def __getitem__(self, name: str) -> float:
        return float(getattr(self, name))

    @staticmethod
    def of(changed: Mapping[str, float]) -> Rates:
        """The defaults with some rates changed; raises UsageError on an unknown name or a value outside 0 to 1."""
        known = [f.name for f in fields(Rates)]
        for name in changed:
            if name not in known:
                close = get_close_matches(name, known, n=1, cutoff=0.5)
                hint = f" Did you mean '{close[0]}'?" if close else ""
                raise UsageError(f"unknown rate '{name}'.{hint} Known: {', '.join(known)}. Nothing was written.")
        return Rates(**changed)

    @staticmethod
    def sentences() -> dict[str, str]:
        """Rate → what it is the rate of, with its default."""
        return {f.name: f"{f.metadata['sentence']} (default {f.default})" for f in fields(Rates)}
