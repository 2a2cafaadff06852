"""Social insurance (bảo hiểm): the insured and their employers; name in two columns, years of birth, old numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate import businesses
from mdm.generate.chance import Ints
from mdm.generate.extract import BUSINESS, CITIZEN, Extract, Party
from mdm.generate.rows import keys, stacked, texts
from mdm.generate.scribe import Scribe, Shown

SOURCE = "bao_hiem"
MAPPING = """\
  bao_hiem:                          # social insurance; saved in TCVN3, which is recognised
    path: bao_hiem.csv
    key: ma
    sex_codes: {"1": male, "0": female}
    parties:
      - entity: citizen
        where: "loai = 'người tham gia'"
        name: [ho_dem, ten]
        birth_date: nam_sinh
        sex: gioi
        personal_id: cmnd
        social_insurance: so_bhxh
        address: dia_chi
      - entity: business
        where: "loai = 'đơn vị'"
        name: ten_don_vi
        tax_code: ma_so_thue
        social_insurance_unit: ma_don_vi
        address: dia_chi
        phone: dien_thoai
"""


def extract(scribe: Scribe) -> Extract:
    """The working population, some pensioners and children; a third of the firms as employers."""
    city, rng = scribe.city, scribe.rng
    people, firms = city.people, city.businesses
    age = people.age
    share = np.select([age < 18, age < 56, age < 75], [0.03, 0.52, 0.25], 0.1)
    person = rng.permutation(np.flatnonzero(rng.random(len(people)) < share))
    employer = rng.permutation(np.flatnonzero((rng.random(len(firms)) < 0.4) & (firms.kind != businesses.HOUSEHOLD)))
    insured, units = len(person), len(employer)
    last_but_one, given = scribe.name_in_two(people.parts[person])
    birth = scribe.birth(person, year_only="insurance_year_only")
    number = scribe.personal_id(person, old="id_old_habit", missing=0.6)
    book = scribe.insurance(person)
    address = scribe.address(city.home[person], city.former_home[person])
    unit_code = "TZ" + pl.Series(np.arange(len(firms))).cast(pl.String).str.zfill(5) + "Z"
    works_for = firms_of_workers(scribe, insured, employer)
    name, code = scribe.business_name(employer), scribe.tax_code(employer)
    seat, phone = scribe.seat(employer), scribe.business_phone(employer)
    order = rng.permutation(insured + units)
    rows = pl.DataFrame(
        {
            "loai": stacked(pl.repeat("Người tham gia", insured, eager=True), pl.repeat("Đơn vị", units, eager=True)),
            "ho_dem": stacked(last_but_one, units),
            "ten": stacked(given, units),
            "nam_sinh": stacked(birth.text, units),
            "gioi": stacked(scribe.sex(person, "insurance"), units),
            "cmnd": stacked(number.text, units),
            "so_bhxh": stacked(book.text, units),
            "ma_don_vi": stacked(
                texts(works_for >= 0, unit_code.gather(pl.Series(np.maximum(works_for, 0).astype(np.uint32)))),
                unit_code.gather(pl.Series(employer.astype(np.uint32))),
            ),
            "ten_don_vi": stacked(insured, name.text),
            "ma_so_thue": stacked(insured, code.text),
            "dia_chi": stacked(address.text, seat.text),
            "dien_thoai": stacked(insured, phone.text),
        }
    )
    rows = rows[order].select(keys("BH", len(order)).alias("ma"), pl.all())
    is_person = np.arange(len(order)) < insured
    nothing = np.zeros(units, dtype=np.int64)
    none = np.zeros(insured, dtype=np.int64)
    of_person = {
        "number": number,
        "birth": birth,
        "year": Shown(birth.text, birth.year),
        "insurance": book,
        "street": address,
    }
    of_unit = {"tax code": code, "phone": phone, "street": seat, "name": name}
    parties = (
        Party(
            CITIZEN,
            np.r_[person, nothing][order],
            is_person[order],
            {fact: np.r_[shown.tells, nothing][order] for fact, shown in of_person.items()},
        ),
        Party(
            BUSINESS,
            np.r_[none, employer][order],
            ~is_person[order],
            {fact: np.r_[none, shown.tells][order] for fact, shown in of_unit.items()},
        ),
    )
    return Extract(SOURCE, rows, "ma", parties, MAPPING, encoding="tcvn3")


def firms_of_workers(scribe: Scribe, workers: int, employer: Ints) -> Ints:
    """Where each works; -1 for those insured as a household."""
    if not len(employer):
        return np.full(workers, -1)
    somewhere = employer[scribe.rng.integers(len(employer), size=workers)]
    return np.where(scribe.rng.random(workers) < 0.8, somewhere, -1)
