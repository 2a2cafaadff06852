"""Housing (nhà ở): homes with owner and tenant, each with a phone; firms that own premises. UTF-16."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate.extract import BUSINESS, CITIZEN, Extract, Party
from mdm.generate.rows import keys, stacked, texts
from mdm.generate.scribe import Scribe, Shown

SOURCE = "nha_o"
OWNERS, RENTED, ORGANISATIONS = 0.115, 0.35, 0.15
MAPPING = """\
  nha_o:                             # housing; saved in UTF-16, which is recognised
    path: nha_o.csv
    key: ma_nha
    parties:
      - entity: citizen
        role: owner
        where: "loai_chu = 'cá nhân'"
        name: chu_so_huu
        personal_id: giay_to_chu
        birth_date: ngay_sinh_chu
        phone: dien_thoai_chu
        address: dia_chi_chu
      - entity: citizen
        role: tenant
        name: nguoi_thue
        personal_id: giay_to_thue
        birth_date: ngay_sinh_thue
        phone: dien_thoai_thue
        address: dia_chi_nha
      - entity: business
        where: "loai_chu = 'tổ chức'"
        name: chu_so_huu
        tax_code: giay_to_chu
        phone: dien_thoai_chu
        address: dia_chi_chu
"""


def extract(scribe: Scribe) -> Extract:
    """Homes lived in by their owners, homes let to somebody, premises of firms."""
    city, rng = scribe.city, scribe.rng
    people, firms = city.people, city.businesses
    adult = np.flatnonzero(people.age >= 24)
    owner = rng.permutation(adult[rng.random(len(adult)) < OWNERS])
    firm = rng.permutation(np.flatnonzero(rng.random(len(firms)) < ORGANISATIONS))
    size = len(owner) + len(firm)
    let = rng.random(size) < RENTED
    tenant = adult[rng.integers(len(adult), size=size)]
    let[: len(owner)] &= people.household[tenant[: len(owner)]] != people.household[owner]
    none, nothing = np.zeros(len(owner), dtype=np.int64), np.zeros(len(firm), dtype=np.int64)
    number, birth = scribe.personal_id(owner), scribe.birth(owner)
    phone, address = scribe.phone(owner), scribe.address(city.home[owner], city.former_home[owner])
    name, code = scribe.business_name(firm), scribe.tax_code(firm)
    firms_phone, seat = scribe.business_phone(firm), scribe.seat(firm)
    tenants_number, tenants_phone = scribe.personal_id(tenant), scribe.phone(tenant, missing=0.6)
    tenants_birth = scribe.birth(tenant)
    lives_there = scribe.address(city.home[tenant], city.former_home[tenant])
    owners_address = stacked(address.text, seat.text)
    order = rng.permutation(size)
    rows = pl.DataFrame(
        {
            "loai_chu": stacked(
                pl.repeat("Cá nhân", len(owner), eager=True), pl.repeat("Tổ chức", len(firm), eager=True)
            ),
            "chu_so_huu": stacked(scribe.name(people.parts[owner]), name.text),
            "giay_to_chu": stacked(number.text, code.text),
            "ngay_sinh_chu": stacked(birth.text, len(firm)),
            "dien_thoai_chu": stacked(phone.text, firms_phone.text),
            "dia_chi_chu": owners_address,
            "nguoi_thue": texts(let, scribe.name(people.parts[tenant])),
            "giay_to_thue": texts(let, tenants_number.text),
            "ngay_sinh_thue": texts(let, tenants_birth.text),
            "dien_thoai_thue": texts(let, tenants_phone.text),
            "dia_chi_nha": texts(let, lives_there.text),
            "so_tang": pl.Series(1 + rng.integers(5, size=size)).cast(pl.String),
        }
    )
    rows = rows[order].select(keys("NO", size).alias("ma_nha"), pl.all())
    is_person = np.arange(size) < len(owner)
    of_owner = {
        "number": number,
        "birth": birth,
        "year": Shown(birth.text, birth.year),
        "phone": phone,
        "street": address,
    }
    of_tenant = {
        "birth": tenants_birth,
        "year": Shown(tenants_birth.text, tenants_birth.year),
        "number": tenants_number,
        "phone": tenants_phone,
        "street": lives_there,
    }
    of_firm = {"tax code": code, "phone": firms_phone, "street": seat, "name": name}
    parties = (
        Party(
            CITIZEN,
            np.r_[owner, nothing][order],
            is_person[order],
            {f: np.r_[s.tells, nothing][order] for f, s in of_owner.items()},
        ),
        Party(CITIZEN, tenant[order], let[order], {f: s.tells[order] for f, s in of_tenant.items()}),
        Party(
            BUSINESS,
            np.r_[none, firm][order],
            ~is_person[order],
            {f: np.r_[none, s.tells][order] for f, s in of_firm.items()},
        ),
    )
    return Extract(SOURCE, rows, "ma_nha", parties, MAPPING, encoding="utf-16")
