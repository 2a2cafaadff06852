"""Makes the extracts of unknown_extracts.yaml: a maker for each kind of value. Nobody in them lives."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from mdm.standardise.text import plain

CASES: list[Mapping[str, Any]] = yaml.safe_load((Path(__file__).parent / "unknown_extracts.yaml").read_text("utf-8"))
ROWS = 60


def listed(text: str) -> list[str]:
    return text.split(", ")


SURNAMES = listed("Nguyễn, Trần, Lê, Phạm, Huỳnh, Võ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý, Trương, Mai, Lâm, Châu, Vũ")
MIDDLES = listed("Văn, Thị, Hữu, Ngọc, Thanh, Minh, Thị Kim, Hoàng, Quốc, Thị Thu, Đức")
GIVEN = listed(
    "An, Bình, Cường, Dung, Em, Giang, Hà, Hạnh, Hiền, Hoa, Hùng, Hương, Khoa, Lan, Linh, Long, Mai, Nga, Thảo, Vy"
)
STREETS = listed("Lê Lợi, Nguyễn Trãi, Trần Hưng Đạo, Cách Mạng Tháng Tám, Lý Thường Kiệt, 3 Tháng 2, Phan Đăng Lưu")
WARDS = listed("Phường Bến Nghé, Phường 5, Phường Tân Định, Phường 12, Phường Linh Trung, Xã Bình Chánh, Phường Phú Mỹ")
DISTRICTS = listed("Quận 1, Quận 3, Quận Bình Thạnh, Quận Gò Vấp, Huyện Bình Chánh, Quận 7, Thành phố Thủ Đức")
PLACES = listed("TP. Hồ Chí Minh, Hà Nội, Long An, Đồng Nai, Bến Tre, Tiền Giang, Nghệ An, Cà Mau")
FIRMS = listed("An Phát, Sao Mai, Hòa Bình, Đại Việt, Thiên Long, Minh Châu, Phú Gia, Tân Tiến, Kim Ngân, Hồng Hà")
FORMS = listed("Công ty TNHH, Công ty Cổ phần, CTY TNHH MTV, DNTN, Công ty TNHH TM DV, Hợp tác xã")
ENGLISH = listed("Smith, Jones, Taylor, Brown, Wilson, Evans, Thomas, Walker, White, Hughes")


@dataclass
class Person:
    """Who a row is about, so that its columns agree."""

    n: int
    chance: random.Random

    def __post_init__(self) -> None:
        pick = self.chance.choice
        self.middle = pick(MIDDLES)
        self.female = "Thị" in self.middle or (self.middle != "Văn" and self.chance.random() < 0.5)
        self.surname, self.given = pick(SURNAMES), pick(GIVEN)
        self.born = date(self.chance.randint(1945, 2015), self.chance.randint(1, 12), self.chance.randint(1, 28))
        self.firm = f"{pick(FORMS)} {pick(FIRMS)} {pick(FIRMS)}"
        self.is_firm = self.chance.random() < 0.35

    @property
    def name(self) -> str:
        return f"{self.surname} {self.middle} {self.given}"

    @property
    def id12(self) -> str:
        digit = (2 if self.born.year >= 2000 else 0) + self.female
        return (
            f"{self.chance.choice(['079', '080', '001', '038'])}{digit}{self.born:%y}{self.chance.randrange(10**6):06}"
        )

    @property
    def tax(self) -> str:
        while True:
            nine = f"03{self.chance.randrange(10**7):07}"
            check = 10 - sum(int(d) * w for d, w in zip(nine, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True)) % 11
            if 0 <= check < 10:
                return f"{nine}{check}"

    def digits(self, count: int) -> str:
        return f"{self.chance.randrange(10**count):0{count}}"

    def of(self, *these: str) -> str:
        return self.chance.choice(these)

    def recent(self) -> date:
        return date(self.chance.randint(2022, 2024), self.chance.randint(1, 12), self.chance.randint(1, 28))

    def address(self) -> str:
        house = f"{self.chance.randint(1, 400)}{self.of('', '', '/12', 'A')}"
        return f"{house} {self.of(*STREETS)}, {self.of(*WARDS)}, {self.of(*DISTRICTS)}, TP. Hồ Chí Minh"

    def owners(self) -> str:
        wife = f"{self.of(*SURNAMES)} Thị {self.of(*GIVEN)}"
        plain_one = f"Ông {self.name}, sinh năm {self.born.year}"
        return self.of(plain_one, f"{plain_one} và vợ là bà {wife}, sinh năm 1970", f"Hộ ông {self.name}")


def id_of(p: Person) -> str:
    return p.id12 if p.chance.random() < 0.6 else f"02{p.digits(7)}"


def a_name(p: Person) -> str:
    """Of somebody else than the row's person: a parent, a doctor."""
    return Person(0, p.chance).name


MAKERS: Mapping[str, Callable[[Person], object]] = {
    "name": a_name,
    "name_caps": lambda p: a_name(p).upper(),
    "name_toneless": lambda p: plain(a_name(p)).upper(),
    "surname": lambda p: p.surname,
    "middle": lambda p: p.middle,
    "family": lambda p: f"{p.surname} {p.middle}",
    "given": lambda p: p.given,
    "date": lambda p: f"{p.born:%d/%m/%Y}",
    "date_iso": lambda p: f"{p.born:%Y-%m-%d}",
    "date_8": lambda p: f"{p.born:%Y%m%d}",
    "date_typed": lambda p: p.born,
    "date_recent": lambda p: f"{p.recent():%d/%m/%Y}",
    "date_8_recent": lambda p: f"{p.recent():%Y%m%d}",
    "year": lambda p: str(p.born.year),
    "month": lambda p: str(p.born.month),
    "day": lambda p: str(p.born.day),
    "sex": lambda p: "Nữ" if p.female else "Nam",
    "sex_12": lambda p: "2" if p.female else "1",
    "sex_01": lambda p: "0" if p.female else "1",
    "sex_mf": lambda p: "F" if p.female else "M",
    "id12": lambda p: p.id12,
    "id12_int": lambda p: int(f"{p.of('79', '80', '38')}{p.id12[3:]}"),
    "id9": lambda p: f"02{p.digits(7)}",
    "id": id_of,
    "phone": lambda p: f"{p.of('090', '091', '098', '035', '077')}{p.digits(7)}",
    "phone_int": lambda p: int(f"{p.of('90', '91', '98', '35', '77')}{p.digits(7)}"),
    "tax": lambda p: p.tax,
    "si": lambda p: f"79{p.digits(8)}",
    "card": lambda p: f"{p.of('GD', 'DN', 'HS', 'TE')}4{p.of('79', '80')}79{p.digits(8)}",
    "passport": lambda p: f"{p.of('C', 'E', 'N')}{p.digits(7)}",
    "email": lambda p: f"{plain(p.given)}{p.digits(3)}@example.vn",
    "address": Person.address,
    "house": lambda p: f"{p.chance.randint(1, 300)}{p.of('', '/5', 'B')}",
    "street": lambda p: p.of(*STREETS),
    "ward": lambda p: p.of(*WARDS),
    "district": lambda p: p.of(*DISTRICTS),
    "few_places": lambda p: p.of("TP. Hồ Chí Minh", "Đồng Nai"),
    "place": lambda p: p.of(*PLACES),
    "ethnicity": lambda p: p.of("Kinh", "Kinh", "Kinh", "Hoa", "Khmer", "Chăm"),
    "nationality": lambda p: p.of("Việt Nam", "Việt Nam", "Trung Quốc"),
    "foreign_nation": lambda p: p.of("Hàn Quốc", "Nhật Bản", "Hoa Kỳ", "Đài Loan"),
    "foreign": lambda p: (
        f"{p.of(*ENGLISH).upper()} {p.of('JOHN', 'MARY', 'KIM', 'PETER')} {p.of('LEE', 'ANN', 'PAUL')}"
    ),
    "org": lambda p: p.firm,
    "org_en": lambda p: f"{plain(p.firm[-8:]).upper()} TRADING CO., LTD",
    "short": lambda p: "".join(word[0] for word in p.firm.split()).upper(),
    "org_or_name": lambda p: p.firm if p.is_firm else p.name,
    "tax_or_id": lambda p: p.tax if p.is_firm else p.id12,
    "which": lambda p: "Tổ chức" if p.is_firm else "Cá nhân",
    "owners": Person.owners,
    "job": lambda p: p.of("Giáo viên", "Công nhân", "Kinh doanh", "Nội trợ", "Xây dựng", "Kế toán"),
    "note": lambda p: p.of("Viêm họng cấp", "Tăng huyết áp", "Đau lưng", "Khám sức khỏe"),
    "money": lambda p: str(p.chance.randrange(10**5, 10**8)),
    "small": lambda p: str(p.chance.randint(1, 60)),
    "row": lambda p: str(p.n + 1),
    "row_int": lambda p: p.n + 1,
    "household": lambda p: f"H{p.n // 3:04}",
    "member": lambda p: str(p.n % 3 + 1),
    "plate": lambda p: f"59{p.of('A', 'B', 'X')}1-{10000 + p.n}",
    "english_given": lambda p: p.of("john", "mary", "kim", "peter"),
    "english_surname": lambda p: p.of(*ENGLISH).lower(),
    "english_street": lambda p: f"{p.of('king', 'queen', 'mill', 'park')} {p.of('street', 'road', 'avenue')}",
    "english_town": lambda p: p.of("perth", "darwin", "hobart", "cairns"),
    "postcode": lambda p: f"{p.chance.randint(1000, 6999)}",
}


def kinds(case: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Column → the kind of its values, what it should become."""
    return {column: tuple(map(str.strip, said.split(">"))) for column, said in case["columns"].items()}  # type: ignore[misc]


def write(case: Mapping[str, Any], folder: Path) -> Path:
    """The extract of a case, as a file."""
    chance = random.Random(case["name"])
    people = [Person(n, chance) for n in range(ROWS)]
    columns = {column: [value(kind, person) for person in people] for column, (kind, _) in kinds(case).items()}
    path = folder / f"{case['name']}.{case.get('kind', 'csv')}"
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = list(zip(*columns.values(), strict=True))
            csv.writer(file).writerows(rows if case.get("header") is False else [list(columns), *rows])
    elif path.suffix == ".xlsx":
        pl.DataFrame(columns).write_excel(path)
    else:
        pl.DataFrame(columns).write_parquet(path)
    return path


def value(kind: str, person: Person) -> object:
    name, *rest = kind.split()
    if "sparse" in rest and person.n % 7 == 0:
        return None
    if name == "few":
        return person.of(*rest)
    if name == "code":
        number = person.n // 2 if "repeated" in rest else person.n
        return f"{rest[0]}{number:05}"
    return MAKERS[name](person)
