"""Planning (quy hoạch): applicants of dossiers, people and organisations by the column `loai`, in free hand. UTF-8."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate.extract import BUSINESS, CITIZEN, Extract, Party
from mdm.generate.rows import keys, stacked
from mdm.generate.scribe import Scribe, Shown

SOURCE = "quy_hoach"
PEOPLE, ORGANISATIONS, SECOND_DOSSIER = 0.13, 0.3, 0.2
MAPPING = """\
  quy_hoach:                         # planning
    path: quy_hoach.csv
    key: so_ho_so
    parties:
      - entity: citizen
        where: "loai = 'cá nhân'"
        name: nguoi_nop
        personal_id: giay_to
        birth_date: ngay_sinh
        phone: dien_thoai
        address: dia_chi
      - entity: business
        where: "loai = 'tổ chức'"
        name: nguoi_nop
        tax_code: giay_to
        phone: dien_thoai
        address: dia_chi
"""


def extract(scribe: Scribe) -> Extract:
    """One adult in eight and three firms in ten, some with two dossiers."""
    city, rng = scribe.city, scribe.rng
    people, firms = city.people, city.businesses
    person = np.flatnonzero((people.age >= 22) & (rng.random(len(people)) < PEOPLE))
    person = np.concatenate([person, person[rng.random(len(person)) < SECOND_DOSSIER]])
    firm = np.flatnonzero(rng.random(len(firms)) < ORGANISATIONS)
    firm = np.concatenate([firm, firm[rng.random(len(firm)) < SECOND_DOSSIER]])
    none, nothing = np.zeros(len(person), dtype=np.int64), np.zeros(len(firm), dtype=np.int64)
    number, birth = scribe.personal_id(person), scribe.birth(person)
    phone, address = scribe.phone(person, missing=0.6), scribe.address(city.home[person], city.former_home[person])
    name, code = scribe.business_name(firm), scribe.tax_code(firm)
    firms_phone, seat = scribe.business_phone(firm), scribe.seat(firm)
    size = len(person) + len(firm)
    order = rng.permutation(size)
    rows = pl.DataFrame(
        {
            "loai": stacked(pl.repeat("Cá nhân", len(person), eager=True), pl.repeat("Tổ chức", len(firm), eager=True)),
            "nguoi_nop": stacked(scribe.name(people.parts[person]), name.text),
            "giay_to": stacked(number.text, code.text),
            "ngay_sinh": stacked(birth.text, len(firm)),
            "dien_thoai": stacked(phone.text, firms_phone.text),
            "dia_chi": stacked(address.text, seat.text),
            "dien_tich_xin": (pl.Series(300 + rng.integers(5000, size=size)) / 10).round(1).cast(pl.String),
        }
    )
    rows = rows[order].select((keys("", size, first=1) + "/QH").alias("so_ho_so"), pl.all())
    is_person = np.arange(size) < len(person)
    of_person = {
        "number": number,
        "birth": birth,
        "year": Shown(birth.text, birth.year),
        "phone": phone,
        "street": address,
    }
    of_firm = {"tax code": code, "phone": firms_phone, "street": seat, "name": name}
    parties = (
        Party(
            CITIZEN,
            np.r_[person, nothing][order],
            is_person[order],
            {f: np.r_[s.tells, nothing][order] for f, s in of_person.items()},
        ),
        Party(
            BUSINESS,
            np.r_[none, firm][order],
            ~is_person[order],
            {f: np.r_[none, s.tells][order] for f, s in of_firm.items()},
        ),
    )
    return Extract(SOURCE, rows, "so_ho_so", parties, MAPPING)
