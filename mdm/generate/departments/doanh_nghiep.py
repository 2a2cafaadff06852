"""Business register (doanh nghiệp): firms under three names, branches, household businesses; representatives."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate import businesses
from mdm.generate.extract import BUSINESS, CITIZEN, Extract, Party
from mdm.generate.people import calendar
from mdm.generate.rows import keys, texts
from mdm.generate.scribe import Scribe

SOURCE = "doanh_nghiep"
MAPPING = """\
  doanh_nghiep:                      # business register
    path: doanh_nghiep.csv
    key: ma
    parties:
      - entity: business
        name: ten_doanh_nghiep
        foreign_name: ten_nuoc_ngoai
        short_name: ten_viet_tat
        tax_code: ma_so_thue
        address: dia_chi_tru_so
        phone: dien_thoai
        email: thu_dien_tu
        founded: ngay_thanh_lap
        status: tinh_trang
      - entity: citizen
        role: representative
        name: nguoi_dai_dien
        personal_id: cccd_dai_dien
        birth_date: ngay_sinh_dai_dien
"""
STATUSES = ("Đang hoạt động", "Tạm ngừng kinh doanh", "Đã giải thể", "Không hoạt động tại địa chỉ đăng ký")


def extract(scribe: Scribe) -> Extract:
    """Nearly every business, under its names of today, with the person who represents it."""
    city, rng = scribe.city, scribe.rng
    people, firms = city.people, city.businesses
    firm = rng.permutation(np.flatnonzero(~scribe.hits("firm_not_registered", len(firms), 1.0)))
    size, owner = len(firm), firms.owner[firm]
    name, code = scribe.business_name(firm, register=True), scribe.tax_code(firm, register=True)
    seat, phone = scribe.seat(firm, register=True), scribe.business_phone(firm, missing=0.6)
    is_firm = firms.kind[firm] != businesses.HOUSEHOLD
    year, month, day = (pl.Series(part).cast(pl.String) for part in calendar(firms.founded[firm]))
    site = businesses.short_names(firms, firm).str.to_lowercase().str.replace_all(" ", "")
    number, birth = scribe.personal_id(owner, missing=0.4), scribe.birth(owner)
    status = rng.choice(len(STATUSES), size=size, p=(0.8, 0.08, 0.07, 0.05))
    rows = pl.DataFrame(
        {
            "ma": keys("DN", size),
            "ten_doanh_nghiep": name.text,
            "ten_nuoc_ngoai": texts(is_firm & (rng.random(size) < 0.5), businesses.foreign_names(firms, firm)),
            "ten_viet_tat": texts(is_firm & (rng.random(size) < 0.6), businesses.short_names(firms, firm)),
            "ma_so_thue": code.text,
            "dia_chi_tru_so": seat.text,
            "dien_thoai": phone.text,
            "thu_dien_tu": texts(is_firm & (rng.random(size) < 0.3), "info@" + site + ".example.vn"),
            "ngay_thanh_lap": day.str.zfill(2) + "/" + month.str.zfill(2) + "/" + year,
            "tinh_trang": pl.Series(STATUSES).gather(pl.Series(status.astype(np.uint32))),
            "nguoi_dai_dien": scribe.name(people.parts[owner]),
            "cccd_dai_dien": number.text,
            "ngay_sinh_dai_dien": birth.text,
        }
    )
    every = np.ones(size, dtype=np.bool_)
    of_firm = {"tax code": code.tells, "phone": phone.tells, "street": seat.tells, "name": name.tells}
    of_owner = {"number": number.tells, "birth": birth.tells, "year": birth.year}
    parties = (Party(BUSINESS, firm, every, of_firm), Party(CITIZEN, owner, every, of_owner))
    return Extract(SOURCE, rows, "ma", parties, MAPPING)
