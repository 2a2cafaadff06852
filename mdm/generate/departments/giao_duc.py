"""Education (giáo dục): pupils with their parents' names and a parent's phone, and teachers. An Excel workbook."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate.chance import Ints
from mdm.generate.extract import CITIZEN, Extract, Party
from mdm.generate.people import ETHNICITIES
from mdm.generate.rows import keys, texts
from mdm.generate.scribe import Scribe

SOURCE = "giao_duc"
PUPILS, TEACHERS = 0.92, 0.025
LEVELS = ("TH", "THCS", "THPT")
MAPPING = """\
  giao_duc:                          # education
    path: {path}
    key: ma
    parties:
      - entity: citizen
        name: ho_va_ten
        birth_date: ngay_sinh
        sex: gioi_tinh
        student_code: ma_hoc_sinh
        personal_id: ma_dinh_danh
        ethnicity: dan_toc
        father_name: ho_ten_bo
        mother_name: ho_ten_me
        phone: sdt_lien_he
        address: cho_o
"""


def extract(scribe: Scribe) -> Extract:
    """Most children from 6 to 17, some on the lists of two schools; a few adults teach."""
    city, rng = scribe.city, scribe.rng
    people = city.people
    age = people.age
    draw = rng.random(len(people))
    pupil = np.flatnonzero((age >= 6) & (age <= 17) & (draw < PUPILS))
    moved = pupil[scribe.hits("changed_school", len(pupil), 1.0)]
    teacher = np.flatnonzero((age >= 23) & (age <= 60) & (draw < TEACHERS))
    person = rng.permutation(np.concatenate([pupil, moved, teacher]))
    size = len(person)
    learns = people.student_code[person] > 0
    birth = scribe.birth(person, "dots")
    number = scribe.personal_id(person, missing=0.7)
    address = scribe.address(city.home[person], city.former_home[person])
    phone = scribe.phone(np.where(learns, _guardian(scribe, person), person), missing=0.5)
    level = np.searchsorted([11, 15], age[person], side="right")
    school = (
        pl.Series(LEVELS).gather(pl.Series(level.astype(np.uint32)))
        + " số "
        + pl.Series(1 + city.home[person] % 300).cast(pl.String)
    )
    student_code = pl.Series(people.student_code[person]).cast(pl.String)
    code_known = learns & (rng.random(size) < 0.9)
    rows = pl.DataFrame(
        {
            "ma": keys("GD", size),
            "doi_tuong": texts(
                learns, pl.repeat("Học sinh", size, eager=True), pl.repeat("Giáo viên", size, eager=True)
            ),
            "ma_hoc_sinh": texts(code_known, student_code),
            "ho_va_ten": scribe.name(people.parts[person]),
            "ngay_sinh": birth.text,
            "gioi_tinh": scribe.sex(person),
            "ma_dinh_danh": number.text,
            "dan_toc": pl.Series(ETHNICITIES).gather(pl.Series(people.ethnicity[person].astype(np.uint32))),
            "truong": school,
            "ho_ten_bo": texts(learns, scribe.name(people.father_parts[person])),
            "ho_ten_me": texts(learns, scribe.name(people.mother_parts[person])),
            "sdt_lien_he": phone.text,
            "cho_o": address.text,
        }
    )
    tells = {
        "number": number.tells, "birth": birth.tells, "year": birth.year, "street": address.tells, "phone": phone.tells,
        "student": np.where(code_known, people.student_code[person], 0),
    }  # fmt: skip
    party = Party(CITIZEN, person, np.ones(size, dtype=np.bool_), tells)
    return Extract(SOURCE, rows, "ma", (party,), MAPPING, excel=True)


def _guardian(scribe: Scribe, person: Ints) -> Ints:
    """Mother or father, whoever lives with the child; else the child."""
    people = scribe.city.people
    mother, father = people.mother[person], people.father[person]
    prefers_father = scribe.rng.random(len(person)) < 0.4
    one, other = np.where(prefers_father, father, mother), np.where(prefers_father, mother, father)
    return np.where(one >= 0, one, np.where(other >= 0, other, person))
