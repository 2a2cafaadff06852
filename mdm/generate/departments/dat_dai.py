"""Land (đất đai): certificates whose one text names husband and wife, with old numbers and addresses. VNI."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate import businesses
from mdm.generate.chance import Ints
from mdm.generate.extract import BUSINESS, CITIZEN, Extract, Party
from mdm.generate.names import MALE
from mdm.generate.people import NOBODY
from mdm.generate.rows import stacked, texts
from mdm.generate.scribe import Scribe, Shown

SOURCE = "dat_dai"
OWNERS, ORGANISATIONS = 0.19, 0.12
SERIES = ("AB", "AĐ", "BA", "BK", "BP", "CA", "CH", "CS", "DA", "DB")
MAPPING = """\
  dat_dai:                           # land; saved in VNI, which is recognised
    path: dat_dai.csv
    key: so_gcn
    parties:
      - entity: citizen
        where: "doi_tuong = 'gdc'"
        from_text: chu_su_dung       # one text that names several owners
        address: dia_chi
      - entity: business
        where: "doi_tuong = 'tkt'"
        name: chu_su_dung
        tax_code: ma_so_thue
        address: dia_chi
"""


def extract(scribe: Scribe) -> Extract:
    """One adult in five holds a certificate, most of the married together with their spouse; some firms."""
    city, rng = scribe.city, scribe.rng
    people, firms = city.people, city.businesses
    adult = people.age >= 28
    holder = rng.permutation(np.flatnonzero(adult & (rng.random(len(people)) < OWNERS)))
    firm = rng.permutation(
        np.flatnonzero((rng.random(len(firms)) < ORGANISATIONS) & (firms.kind != businesses.HOUSEHOLD))
    )
    spouse = people.spouse[holder]
    together = (spouse != NOBODY) & scribe.hits("spouses_in_one_text", len(holder), 1.0)
    first = np.where(together & (people.sex[holder] != MALE), spouse, holder)  # the husband stands first
    second = np.where(together & (people.sex[holder] != MALE), holder, np.where(together, spouse, holder))
    one, two = _Owner(scribe, first, ("Ông ", "Bà ")), _Owner(scribe, second, ("ông ", "bà "))
    joint = pl.Series(rng.choice([" và ", " và vợ là ", "; "], size=len(holder), p=(0.6, 0.3, 0.1)))
    wife = pl.Series(people.sex[second] != MALE)
    joint = pl.select(pl.when(wife).then(joint).otherwise(pl.lit(" và "))).to_series()
    household = texts((rng.random(len(holder)) < 0.08) & ~together, pl.repeat("Hộ ", len(holder), eager=True))
    text = texts(together, one.text + joint + two.text, household + one.text)
    address = scribe.address(city.home[first], city.former_home[first], old_units=1.5)
    name, code, seat = scribe.business_name(firm), scribe.tax_code(firm), scribe.seat(firm)
    size = len(holder) + len(firm)
    order = rng.permutation(size)
    serial = pl.Series(SERIES).gather(pl.Series((np.arange(size) % len(SERIES)).astype(np.uint32)))
    rows = pl.DataFrame(
        {
            "so_gcn": serial + " " + pl.Series(100_000 + np.arange(size) // len(SERIES)).cast(pl.String),
            "doi_tuong": stacked(pl.repeat("GDC", len(holder), eager=True), pl.repeat("TKT", len(firm), eager=True))[
                order
            ],
            "chu_su_dung": stacked(text, name.text)[order],
            "ma_so_thue": stacked(len(holder), code.text)[order],
            "dia_chi": stacked(address.text, seat.text)[order],
            "to_ban_do": pl.Series(1 + rng.integers(120, size=size)).cast(pl.String),
            "thua": pl.Series(1 + rng.integers(900, size=size)).cast(pl.String),
            "dien_tich": (pl.Series(250 + rng.integers(3000, size=size)) / 10).round(1).cast(pl.String),
        }
    )
    none, nothing = np.zeros(len(holder), dtype=np.int64), np.zeros(len(firm), dtype=np.int64)
    is_person = (np.arange(size) < len(holder))[order]
    is_couple = np.r_[together, np.zeros(len(firm), dtype=np.bool_)][order]
    of_firm = {"tax code": code, "street": seat, "name": name}
    parties = (
        Party(CITIZEN, np.r_[first, nothing][order], is_person, one.tells(address, nothing, order)),
        Party(CITIZEN, np.r_[second, nothing][order], is_couple, two.tells(address, nothing, order)),
        Party(
            BUSINESS, np.r_[none, firm][order], ~is_person, {f: np.r_[none, s.tells][order] for f, s in of_firm.items()}
        ),
    )
    return Extract(SOURCE, rows, "so_gcn", parties, MAPPING, encoding="vni")


class _Owner:
    """One owner in the text: `Ông Nguyễn Văn An, sinh năm 1950, CMND số 020123456`."""

    def __init__(self, scribe: Scribe, person: Ints, titles: tuple[str, str]) -> None:
        people = scribe.city.people
        title = pl.Series(np.where(people.sex[person] == MALE, *titles))
        number = scribe.personal_id(person, old="id_old_habit", missing=0.5)
        known = scribe.hits("land_numbers_in_text", len(person), 1.0)
        year = pl.Series(people.birth()[0][person]).cast(pl.String)
        kind = pl.select(
            pl.when(number.text.str.len_chars() == 9).then(pl.lit("CMND số ")).otherwise(pl.lit("CCCD số "))
        ).to_series()
        details = ", sinh năm " + year + texts((number.text != "").to_numpy(), ", " + kind + number.text)
        self.text = title + scribe.name(people.parts[person]) + texts(known, details)
        self._number = np.where(known, number.tells, 0)
        self._year = np.where(known, people.birth()[0][person], 0)

    def tells(
        self,
        address: Shown,
        firms: Ints,
        order: Ints,
    ) -> dict[str, Ints]:
        """What the owner's rows tell, firms' rows after them, in the order of the file."""
        told = {"number": self._number, "year": self._year, "street": address.tells}
        return {fact: np.r_[values, firms][order] for fact, values in told.items()}
