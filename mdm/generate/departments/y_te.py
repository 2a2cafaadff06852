"""Health (y tế): patients in capitals, a patient number for each hospital, dates of twelve digits."""

from __future__ import annotations

import numpy as np
import polars as pl

from mdm.generate.extract import CITIZEN, Extract, Party
from mdm.generate.rows import keys
from mdm.generate.scribe import Scribe

SOURCE = "y_te"
PATIENTS = 0.45
MAPPING = """\
  y_te:                              # health
    path: y_te.csv
    key: ID
    parties:
      - entity: citizen
        name: HOTEN
        birth_date: NGAYSINH
        sex: PHAI
        personal_id: CCCD
        health_card: MATHE
        address: DIACHI
        phone: SDT
"""


def extract(scribe: Scribe) -> Extract:
    """Nearly half of the people; some at two or three hospitals."""
    city, rng = scribe.city, scribe.rng
    people = city.people
    patient = np.flatnonzero(rng.random(len(people)) < PATIENTS)
    second = patient[scribe.hits("several_patient_numbers", len(patient), 1.0)]
    third = second[scribe.hits("several_patient_numbers", len(second), 1.0)]
    person = rng.permutation(np.concatenate([patient, second, third]))
    size = len(person)
    number, birth, card = scribe.personal_id(person), scribe.birth(person, "health"), scribe.health_card(person)
    address = scribe.address(city.home[person], city.former_home[person])
    phone = scribe.phone(person)
    hospital = pl.Series(79_001 + rng.integers(60, size=size)).cast(pl.String)
    rows = pl.DataFrame(
        {
            "ID": keys("", size, first=1),
            "MA_BN": hospital + "-" + pl.Series(rng.permutation(size)).cast(pl.String).str.zfill(7),
            "HOTEN": scribe.name(people.parts[person], capitals=True),
            "NGAYSINH": birth.text,
            "PHAI": scribe.sex(person, "health"),
            "CCCD": number.text,
            "MATHE": card.text,
            "DIACHI": address.text,
            "SDT": phone.text,
        }
    )
    tells = {
        "number": number.tells, "birth": birth.tells, "year": birth.year, "insurance": card.tells,
        "street": address.tells, "phone": phone.tells,
    }  # fmt: skip
    return Extract(SOURCE, rows, "ID", (Party(CITIZEN, person, np.ones(size, dtype=np.bool_), tells),), MAPPING)
