"""Population (dân cư): one row a person, by far the best numbers, parents' names, long addresses. UTF-8."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate.extract import CITIZEN, Extract, Party
from mdm.generate.people import BIRTH_PLACES, ETHNICITIES
from mdm.generate.rows import keys, texts
from mdm.generate.scribe import Scribe

SOURCE = "dan_cu"
MAPPING = """\
  dan_cu:                            # population register
    path: dan_cu.csv
    key: ma_ho_so
    once_each: true
    parties:
      - entity: citizen
        name: ho_ten
        birth_date: ngay_sinh
        sex: gioi_tinh
        personal_id: [so_dinh_danh, cmnd_cu]
        ethnicity: dan_toc
        birth_place: noi_sinh
        father_name: ho_ten_cha
        mother_name: ho_ten_me
        address: dia_chi_thuong_tru
        phone: dien_thoai
"""


def extract(scribe: Scribe) -> Extract:
    """Almost everybody, a few of them twice."""
    city, rng = scribe.city, scribe.rng
    people = city.people
    registered = np.flatnonzero(~scribe.hits("unregistered", len(people), 1.0))
    twice = registered[people.second_id[registered] > 0]
    person = np.concatenate([registered, twice])
    first = np.arange(len(person)) < len(registered)
    order = rng.permutation(len(person))
    person, first = person[order], first[order]
    size = len(person)
    number = scribe.personal_id(person, old="id_of_mother", missing=0.1)
    second = pl.Series(people.second_id[person]).cast(pl.String).str.zfill(12)
    old_number = pl.Series(people.old_id[person]).cast(pl.String).str.zfill(9)
    shows_old = (people.old_id[person] > 0) & (rng.random(size) < 0.35)
    birth = scribe.birth(person)
    address = scribe.address(city.home[person], missing=0.1, old_units=0.4)
    phone = scribe.phone(person, missing=1.6)
    parents_known = rng.random((2, size)) < np.where(people.age[person] < 60, 0.85, 0.35)
    rows = pl.DataFrame(
        {
            "ma_ho_so": keys("DC", size),
            "ho_ten": scribe.name(people.parts[person]),
            "ngay_sinh": birth.text,
            "gioi_tinh": scribe.sex(person),
            "so_dinh_danh": texts(first, number.text, second),
            "cmnd_cu": texts(shows_old, old_number),
            "dan_toc": pl.Series(ETHNICITIES).gather(pl.Series(people.ethnicity[person].astype(np.uint32))),
            "noi_sinh": pl.Series(BIRTH_PLACES).gather(pl.Series(people.birth_province[person].astype(np.uint32))),
            "ho_ten_cha": texts(parents_known[0], scribe.name(people.father_parts[person])),
            "ho_ten_me": texts(parents_known[1], scribe.name(people.mother_parts[person])),
            "dia_chi_thuong_tru": address.text,
            "dien_thoai": phone.text,
        }
    )
    tells = {
        "number": np.where(first, number.tells, people.second_id[person]),
        "old number": np.where(shows_old, people.old_id[person], 0),
        "birth": birth.tells,
        "year": birth.year,
        "street": address.tells,
        "phone": phone.tells,
    }
    party = Party(CITIZEN, person, np.ones(size, dtype=np.bool_), tells)
    return Extract(SOURCE, rows, "ma_ho_so", (party,), MAPPING)
