"""The clerk of one department: what people are, as the clerk wrote it down, right or wrong.

Each method takes row numbers of people or dwellings and gives a `Shown`: the texts, and for each text a number that is
equal where two texts tell the same fact (0: the text tells nothing). Those numbers say which records could be brought
together at all; nothing outside the generator sees them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from mdm.generate import addresses, businesses, names
from mdm.generate.chance import Ints, Mask
from mdm.generate.city import City
from mdm.generate.names import Parts
from mdm.generate.people import NOBODY, calendar
from mdm.generate.rates import Rates
from mdm.generate.spelling import mistyped

OLD_MOBILE = {
    32: 162, 33: 163, 34: 164, 35: 165, 36: 166, 37: 167, 38: 168, 39: 169, 70: 120, 79: 121, 77: 122, 76: 126, 78: 128,
    83: 123, 84: 124, 85: 125, 81: 127, 82: 129, 56: 186, 58: 188, 59: 199,
}  # fmt: skip
"""Prefix since September 2018 → the three digits it had before."""
CARD_GROUPS = ("DN", "GD", "HS", "TE", "HT", "HN", "BT")
SEXES = {"words": ("Nam", "Nữ"), "health": ("1", "2"), "insurance": ("1", "0"), "letters": ("M", "F")}


@dataclass(frozen=True)
class Shown:
    """Texts of one column, and what each tells."""

    text: pl.Series
    tells: Ints


@dataclass(frozen=True)
class ShownBirth(Shown):
    """Birth dates: `tells` full dates only, `year` the year wherever one stands."""

    year: Ints


@dataclass(frozen=True)
class Scribe:
    """Writes for one department: `care` multiplies the rates of writing (0.25 a careful register, 1.5 old papers)."""

    city: City
    rates: Rates
    rng: np.random.Generator
    care: float = 1.0

    def hits(self, rate: str, size: int, factor: float | None = None) -> Mask:
        """Which of `size` rows a defect strikes; the same rows are drawn whatever the rate."""
        factor = self.care if factor is None else factor
        return self.rng.random(size) < min(1.0, self.rates[rate] * factor)

    # names

    def name(self, parts: Parts, capitals: bool = False) -> pl.Series:
        """Whole names."""
        text = self._joined(*self._spelled(parts))
        return self._finished(text, capitals)

    def name_in_two(self, parts: Parts) -> tuple[pl.Series, pl.Series]:
        """Surname with middle names, and given name, as social insurance keeps them."""
        parts, ways = self._spelled(parts, swaps=False)
        front, given = self._joined(parts[:, :3], ways[:, :3]), self._joined(parts[:, 3:], ways[:, 3:])
        upper = self.hits("capitals", len(parts))
        front = self.typed(front, "name_mistyped")
        return _where(upper, front.str.to_uppercase(), front), _where(upper, given.str.to_uppercase(), given)

    def _spelled(self, parts: Parts, swaps: bool = True) -> tuple[Parts, npt.NDArray[np.int64]]:
        """Which syllables are written, in which order, and in which way each."""
        size, known = len(parts), names.syllables()
        ways = np.zeros((size, 4), dtype=np.int64)
        rows = np.arange(size)
        parts = parts.copy()
        for rate, way in (("i_y", "i_y"), ("tones_moved", "tone_moved")):
            ways[self.hits(rate, size)] = known.ways[way]
        for rate, way in (("tones_wrong", "tone_wrong"), ("sounds_confused", "as_spoken")):
            struck = rows[self.hits(rate, size)]
            ways[struck, self.rng.integers(4, size=size)[struck]] = known.ways[way]
        for rate, way in (("tones_lost", "without_marks"), ("telex", "telex"), ("vni_keys", "vni_keys")):
            ways[self.hits(rate, size)] = known.ways[way]
        short = self.hits("middle_abbreviated", size)
        ways[short, names.MIDDLE : names.SECOND_MIDDLE + 1] = known.ways["initial"]
        ways[short & (self.rng.random(size) < 0.25), names.SURNAME] = known.ways["initial"]
        dropped = self.hits("middle_dropped", size)
        parts[dropped, names.MIDDLE] = names.NONE
        swapped = self.hits("order_swapped", size)
        if swaps:
            order = [3, 0, 1, 2]
            parts[swapped], ways[swapped] = parts[swapped][:, order], ways[swapped][:, order]
        return parts, ways

    def _joined(self, parts: Parts, ways: npt.NDArray[np.int64]) -> pl.Series:
        known = names.syllables()
        columns = [known.write(parts[:, column], ways[:, column]) for column in range(parts.shape[1])]
        return pl.select(pl.concat_str(columns)).to_series().str.strip_chars_start()

    def _finished(self, text: pl.Series, capitals: bool) -> pl.Series:
        text = self.typed(text, "name_mistyped")
        upper = self.hits("capitals", len(text)) | capitals
        text = _where(upper, text.str.to_uppercase(), text)
        decomposed = self.hits("decomposed", len(text))
        return _where(decomposed, text.str.normalize("NFD"), text) if decomposed.any() else text

    def typed(self, text: pl.Series, rate: str) -> pl.Series:
        """The texts with typing mistakes at the given rate."""
        struck = self.hits(rate, len(text))
        draws = self.rng.integers(10**6, size=len(text))
        if not struck.any():
            return text
        rows = pl.Series(np.flatnonzero(struck).astype(np.uint32))
        wrong = [mistyped(one, draw) for one, draw in zip(text.gather(rows), draws[struck].tolist(), strict=True)]
        whole = np.zeros(len(text), dtype=np.uint32)
        whole[struck] = np.arange(1, len(wrong) + 1)
        return _where(struck, pl.Series(["", *wrong], dtype=pl.String).gather(pl.Series(whole)), text)

    # dates and sex

    def birth(self, person: Ints, form: str = "dmy", year_only: str = "year_only") -> ShownBirth:
        """Birth dates: `dmy` 05/07/1985, `health` 198507050000, `dots` 5.7.1985."""
        size = len(person)
        year, month, day = calendar(self.city.people.born[person])
        mistake = self.hits("date_mistyped", size)
        which, shift = self.rng.integers(3, size=size), self.rng.integers(1, 10, size=size)
        day = np.where(mistake & (which == 0), (day + shift - 1) % 28 + 1, day)
        month = np.where(mistake & (which == 1), (month + shift - 1) % 12 + 1, month)
        year = np.where(mistake & (which == 2), year - np.where(shift < 6, 1, 10), year)
        swapped = self.hits("day_month_swapped", size) & (day <= 12)
        day, month = np.where(swapped, month, day), np.where(swapped, day, month)
        new_year = self.hits("new_year", size)
        day, month = np.where(new_year, 1, day), np.where(new_year, 1, month)
        factor = 1.0 if year_only != "year_only" else None
        vague = self.hits(year_only, size, factor)
        missing = self.hits("date_missing", size)
        text = _where(vague, _years(year, form), _dates(year, month, day, form))
        tells = np.where(vague | missing | new_year, 0, (year * 100 + month) * 100 + day)
        return ShownBirth(_where(missing, _empty(size), text), tells, np.where(missing, 0, year))

    def sex(self, person: Ints, codes: str = "words") -> pl.Series:
        """Sex in the department's own codes."""
        size = len(person)
        wrong = self.hits("sex_wrong", size)
        sex = self.city.people.sex[person].astype(np.int64) ^ wrong
        text = pl.Series(SEXES[codes]).gather(pl.Series(sex.astype(np.uint32)))
        return _where(self.hits("sex_missing", size), _empty(size), text)

    # numbers

    def personal_id(self, person: Ints, old: str = "id_old", missing: float = 1.0) -> Shown:
        """Personal numbers of 12 digits, or of 9 at the rate `old`; children's often left out, or their mother's."""
        people, size = self.city.people, len(person)
        child = people.age[person] < 14
        mothers = self.hits("id_of_mother", size) & child & (people.mother[person] != NOBODY)
        holder = np.where(mothers, people.mother[person], person)
        old_one = self.hits(old, size, 1.0) & (people.old_id[holder] > 0)
        number = np.where(old_one, people.old_id[holder], people.personal_id[holder])
        number = self._wrong_digit(number, "id_mistyped")
        left_out = self.hits("id_missing", size, missing * 1.0)
        left_out |= child & self.hits("id_missing", size, 2.0 * missing)
        text = _where(old_one, _digits(number, 9), _digits(number, 12))
        return Shown(_where(left_out, _empty(size), text), np.where(left_out | mothers, 0, number))

    def insurance(self, person: Ints, missing: str = "book_missing") -> Shown:
        """Social insurance numbers of ten digits."""
        number = self._wrong_digit(self.city.people.insurance[person], "id_mistyped")
        left_out = self.hits(missing, len(person), 1.0)
        return Shown(_where(left_out, _empty(len(person)), _digits(number, 10)), np.where(left_out, 0, number))

    def health_card(self, person: Ints) -> Shown:
        """Health cards: the insurance number, in the old form behind group, level and province."""
        shown = self.insurance(person, missing="card_missing")
        group = self.rng.integers(len(CARD_GROUPS), size=len(person))
        level = pl.Series(1 + self.rng.integers(5, size=len(person))).cast(pl.String)
        head = pl.Series(CARD_GROUPS).gather(pl.Series(group.astype(np.uint32))) + level + "79"
        old = self.hits("card_old", len(person), 1.0) & (shown.text != "").to_numpy()
        return Shown(_where(old, head + shown.text, shown.text), shown.tells)

    def _wrong_digit(self, number: Ints, rate: str) -> Ints:
        """One of the last eight digits changed, or two of them exchanged."""
        struck = self.hits(rate, len(number))
        place = 10 ** self.rng.integers(7, size=len(number))
        shift = self.rng.integers(1, 10, size=len(number))
        one, other = number // place % 10, number // (10 * place) % 10
        changed = number + ((one + shift) % 10 - one) * place
        exchanged = number + (other - one) * place + (one - other) * 10 * place
        wrong = np.where((shift > 5) & (one != other), exchanged, changed)
        return np.where(struck & (number > 0), wrong, number)

    # phones

    def phone(self, person: Ints, missing: float = 1.0) -> Shown:
        """The person's number, a relative's, or one that belongs to somebody else by now."""
        people, size = self.city.people, len(person)
        number, family = people.phone[person], people.family_phone[person]
        number = np.where(self.hits("phone_of_family", size, 1.0) & (family > 0), family, number)
        number = np.where((people.age[person] < 14) & (number == 0), family, number)
        former = self.hits("phone_former", size, 1.0) & (people.former_phone[person] > 0)
        number = np.where(former, people.former_phone[person], number)
        second = np.where(self.hits("two_phones", size, 1.0) & (family != number), family, 0)
        return self._phone_text(number, second, missing)

    def business_phone(self, firm: Ints, missing: float = 1.0) -> Shown:
        """The firm's number; a service office's tells nothing."""
        firms = self.city.businesses
        shown = self._phone_text(firms.phone[firm], np.zeros(len(firm), dtype=np.int64), missing)
        return Shown(shown.text, np.where(firms.in_service_office[firm], 0, shown.tells))

    def _phone_text(self, number: Ints, second: Ints, missing: float) -> Shown:
        size = len(number)
        number = self._wrong_digit(number, "phone_mistyped")
        left_out = self.hits("phone_missing", size, missing) | (number == 0)
        old = self.hits("phone_old_prefix", size, 1.0)
        text = _phones(number, old, self.rng.choice(8, size=size, p=_PHONE_STYLES))
        more = (second > 0) & ~left_out
        if more.any():
            text = _where(more, text + "/" + _phones(second, old, np.zeros(size, dtype=np.int64)), text)
        return Shown(_where(left_out, _empty(size), text), np.where(left_out, 0, number))

    # addresses

    def address(
        self, door: Ints, former_door: Ints | None = None, *, old_units: float = 1.0, missing: float = 1.0
    ) -> Shown:
        """Addresses on today's or the old map, abbreviated or not; of those who moved, sometimes the former one."""
        size = len(door)
        former = self.hits("address_former", size, 1.0)
        if former_door is not None:
            door = np.where(former, former_door, door)
        text = self.written(door, self._style(size, old_units))
        left_out = self.hits("address_missing", size, missing)
        return Shown(_where(left_out, _empty(size), text), np.where(left_out, 0, 1 + self.city.dwellings.place(door)))

    def written(self, door: Ints, style: addresses.AddressStyle) -> pl.Series:
        """The address of each door in its style, with the clerk's slips. A benchmark listens here for what is true."""
        return self._wrong_house(addresses.write(self.city.dwellings, door, style))

    def _style(self, size: int, old_units: float) -> addresses.AddressStyle:
        rng = self.rng
        short, unmarked = self.hits("address_abbreviated", size, 1.0), self.hits("address_unmarked", size)
        ways = {name: number for number, name in enumerate(addresses.STREET_WAYS)}
        street = np.where(short, rng.choice([ways["bare"], ways["dotted"], ways["short"]], size=size), ways["full"])
        street = np.where(~short & (rng.random(size) < 0.6), ways["bare"], street)
        old = np.where(short, rng.choice([1, 1, 1, 2, 2, 3, 4], size=size), 0)
        old = np.where(self.hits("district_missing", size), addresses.OLD_UNIT_WAYS.index("no_district"), old)
        new = np.where(short, rng.choice([1, 1, 2, 3], size=size), 0)
        return addresses.AddressStyle(
            in_words=self.hits("alley_in_words", size, 1.0),
            on_old_map=self.hits("old_units", size, old_units),
            street_way=np.where(unmarked, ways["unmarked"], street),
            old_way=np.where(unmarked, addresses.OLD_UNIT_WAYS.index("unmarked"), old),
            new_way=np.where(unmarked, addresses.NEW_UNIT_WAYS.index("unmarked"), new),
            without_number=self.hits("house_missing", size),
            without_unit=self.hits("unit_missing", size),
        )

    def _wrong_house(self, text: pl.Series) -> pl.Series:
        """Some house numbers get a digit more in front."""
        wrong = self.hits("house_mistyped", len(text))
        digit = pl.Series(1 + self.rng.integers(9, size=len(text))).cast(pl.String)
        return _where(wrong, digit + text, text)

    # businesses

    def business_name(self, firm: Ints, register: bool = False) -> Shown:
        """Names of businesses; outside the register short, foreign and former ones too."""
        firms, size = self.city.businesses, len(firm)
        former = (self.rng.random(size) < 0.5) & firms.renamed[firm] & (not register)
        text = businesses.full_names(firms, firm, former=former)
        tells = np.where(former, 0, firm + 1)
        if not register:
            short = self.hits("firm_short_form", size, 1.0)
            text = _where(short, businesses.full_names(firms, firm, former=former, way=businesses.SHORT), text)
            for rate, write in (
                ("firm_foreign_name", businesses.foreign_names),
                ("firm_short_name", businesses.short_names),
            ):
                struck = self.hits(rate, size, 1.0)
                text = _where(struck, write(firms, firm, former=former), text)
                tells = np.where(struck, 0, tells)
            text = self.typed(text, "name_mistyped")
        household = firms.kind[firm] == businesses.HOUSEHOLD
        text = _where(household, self._household_business(firm), text)
        capitals = self.hits("capitals", size) | register
        return Shown(_where(capitals, text.str.to_uppercase(), text), np.where(household, 0, tells))

    def _household_business(self, firm: Ints) -> pl.Series:
        """`Hộ kinh doanh Nguyễn Văn An`."""
        form = self.rng.choice(len(businesses.HOUSEHOLD_FORMS), size=len(firm), p=(0.55, 0.2, 0.1, 0.1, 0.05))
        owner = self.city.people.parts[self.city.businesses.owner[firm]]
        forms = pl.Series(businesses.HOUSEHOLD_FORMS).gather(pl.Series(form.astype(np.uint32)))
        return forms + " " + self.name(owner)

    def tax_code(self, firm: Ints, register: bool = False) -> Shown:
        """Tax codes: 10 digits, 13 of a branch, the owner's 12 of a household business."""
        firms, size = self.city.businesses, len(firm)
        number = firms.tax_code[firm] if register else self._wrong_digit(firms.tax_code[firm], "tax_code_mistyped")
        text = _where(firms.kind[firm] == businesses.HOUSEHOLD, _digits(number, 12), _digits(number, 10))
        serial = pl.Series(firms.serial[firm]).cast(pl.String).str.zfill(3)
        hyphen = pl.Series(np.where(self.rng.random(size) < 0.8, "-", ""))
        text = _where(firms.serial[firm] > 0, text + hyphen + serial, text)
        left_out = self.hits("tax_code_missing", size, 0.0 if register else 1.0)
        return Shown(_where(left_out, _empty(size), text), np.where(left_out, 0, number * 1000 + firms.serial[firm]))

    def seat(self, firm: Ints, register: bool = False) -> Shown:
        """Addresses of businesses; a service office's tells nothing."""
        firms = self.city.businesses
        former = firms.former_seat[firm] if not register else firms.seat[firm]
        shown = self.address(np.where(self.rng.random(len(firm)) < 0.5, former, firms.seat[firm]))
        return Shown(shown.text, np.where(firms.in_service_office[firm], 0, shown.tells))


_PHONE_STYLES = (0.62, 0.1, 0.08, 0.06, 0.04, 0.04, 0.03, 0.03)


def _where(mask: Mask, yes: pl.Series, no: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(mask)).then(yes).otherwise(no)).to_series()


def _empty(size: int) -> pl.Series:
    return pl.repeat("", size, eager=True)


def _digits(number: Ints, width: int) -> pl.Series:
    return pl.Series(number).cast(pl.String).str.zfill(width)


def _dates(year: Ints, month: Ints, day: Ints, form: str) -> pl.Series:
    y, m, d = _digits(year, 4), _digits(month, 2), _digits(day, 2)
    if form == "health":
        return y + m + d + "0000"
    if form == "dots":
        return pl.Series(day).cast(pl.String) + "." + pl.Series(month).cast(pl.String) + "." + y
    return d + "/" + m + "/" + y


def _years(year: Ints, form: str) -> pl.Series:
    return _digits(year, 4) + ("00000000" if form == "health" else "")


def _phones(number: Ints, old: Mask, style: Ints) -> pl.Series:
    """Numbers in one of eight styles; where `old`, as they were dialled before 2018, if that was otherwise."""
    landline = number >= 10**9
    former = np.zeros(100, dtype=np.int64)
    former[list(OLD_MOBILE)] = list(OLD_MOBILE.values())
    prefix = former[np.where(landline, 0, number // 10**7)]
    before = old & (prefix > 0)
    mobile = _where(before, _digits(prefix * 10**7 + number % 10**7, 10), _digits(number, 9))
    town = pl.Series(np.where(old, "8", "28"))
    local = _digits(number % 10**8, 8)
    national = _where(landline, town + local, mobile)
    head, middle, tail = national.str.head(-6), national.str.slice(-6).str.head(3), national.str.tail(3)
    zero = "0" + national
    bracketed = landline & (style > 3)
    return (
        pl.select(
            pl.when(pl.Series(bracketed)).then("(0" + town + ") " + local.str.head(4) + " " + local.str.tail(4))
            .when(pl.Series(style == 1)).then("0" + head + "." + middle + "." + tail)
            .when(pl.Series(style == 2)).then("0" + head + " " + middle + " " + tail)
            .when(pl.Series((style == 3) & ~landline)).then("+84" + national)
            .when(pl.Series((style == 4) & ~landline)).then("84" + national)
            .when(pl.Series((style == 5) & ~landline & ~before)).then(national)
            .when(pl.Series((style == 6) & ~landline)).then("+84 " + head + " " + middle + " " + tail)
            .otherwise(zero)
        ).to_series()
    )  # fmt: skip
