"""A town small enough to write by hand: one entity type, two registers, and a clinic that sends only its changes."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

RESIDENT = """\
entity: resident
letter: R
attributes:
  name: {standardiser: person_name, survivorship: [trust, agreement, complete]}
  birth_date: {standardiser: date, survivorship: [complete, trust, agreement]}
  personal_id: {standardiser: personal_id, survivorship: union}
  phone: {standardiser: phone, survivorship: union}
blocking:
  - [personal_id]
  - [phone]
  - [name.plain, birth_date.year]
  - [name.given, birth_date]
comparisons:
  - attribute: name
    function: person_name
    levels: [exact, tones_lost, middle_partial, given_same, differs]
    term_frequency: {exact: [surname, middle, given], tones_lost: [surname, middle, given]}
  - {attribute: birth_date, function: date, levels: [exact, partial, same_year, differs]}
  - {attribute: personal_id, function: identifier, levels: [exact, near, differs], anchor: true}
  - {attribute: phone, function: digits, levels: [exact, near, differs], household: true}
thresholds: {link: 0.95, review: 0.2}
constraints:
  - {attribute: personal_id, level: differs, price: 12}
once_each: 10
trust: {dan_cu: 1.0, y_te: 0.4}
"""
GATES = "unusable_share: 0.5\n"
SETTINGS = """\
repository: {repository}
rules: {rules}
sources:
  dan_cu:
    path: dan_cu.csv
    key: ma
    once_each: true
    parties:
      - {{entity: resident, name: ho_ten, birth_date: ngay_sinh, personal_id: so, phone: dien_thoai}}
  bao_hiem:
    path: bao_hiem.csv
    key: ma
    parties:
      - {{entity: resident, name: ho_ten, birth_date: ngay_sinh, personal_id: so, phone: dien_thoai}}
  y_te:
    path: y_te.csv
    key: ma
    mode: delta
    operation: thao_tac
    parties:
      - {{entity: resident, name: ho_ten, birth_date: ngay_sinh, personal_id: so, phone: dien_thoai}}
"""
COLUMNS = ("ma", "ho_ten", "ngay_sinh", "so", "dien_thoai")
SNAPSHOTS = ("dan_cu", "bao_hiem")
SOURCES = (*SNAPSHOTS, "y_te")

Row = tuple[str, str, str, str]  # name, date of birth, number, phone
Rows = Mapping[str, Row]  # key → row
Town = Mapping[str, Rows]  # source → rows


def number(person: int) -> str:
    """A valid 12-digit number: province 079, the century and sex of a man born in the 1900s, the year, a serial."""
    return f"0790{person % 60 + 35:02d}{person:06d}"


def person(n: int) -> Row:
    """One of a few hundred people who have little in common."""
    surnames = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi")
    middles = ("Văn", "Thị", "Minh", "Thanh", "Quốc")
    givens = ("Hòa", "Lan", "Dũng", "Hương", "Tuấn", "Mai", "Khánh", "Thảo", "Long", "Yến", "Phúc")
    names = list(product(givens, surnames, middles))
    given, surname, middle = names[n * 37 % len(names)]
    year = n % 60 + 1935
    return (
        f"{surname} {middle} {given}",
        f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{year}",
        number(n),
        f"09{n * 7919:08d}"[:10],
    )


def worn(row: Row, n: int) -> Row:
    """The same person as another office wrote them down: something lost, something mistyped."""
    name, birth_date, so, phone = row
    match n % 6:
        case 0:
            return "".join(_plain(letter) for letter in name), birth_date, "", phone
        case 1:
            return name.upper(), birth_date[-4:], so, ""
        case 2:
            return name, birth_date, "", ""
        case 3:
            return name, birth_date, so, "0912345678"
        case 4:
            return f"{name.split()[0]} {name.split()[-1]}", birth_date, "", phone
        case _:
            return row


def _plain(letter: str) -> str:
    import unicodedata  # noqa: PLC0415

    return unicodedata.normalize("NFD", letter)[0].replace("đ", "d").replace("Đ", "D")


def school() -> Town:
    """Enough people for the first run to learn from."""
    people = [person(n) for n in range(240)]
    return {
        "dan_cu": {f"D{n}": row for n, row in enumerate(people)},
        "bao_hiem": {f"B{n}": worn(row, n) for n, row in enumerate(people) if n % 4},
        "y_te": {f"Y{n}": worn(row, n + 3) for n, row in enumerate(people) if n % 3 == 0},
    }


def settle(folder: Path, rules: Path | str, repository: str = "sqlite:///repository.db") -> Path:
    """A workspace with `mdm.yaml` and no extracts yet; `rules` is a folder or an exported file, which is copied."""
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(rules, Path):
        (shutil.copytree if rules.is_dir() else shutil.copy)(rules, folder / rules.name)
        rules = rules.name
    (folder / "mdm.yaml").write_text(SETTINGS.format(rules=rules, repository=repository), "utf-8")
    return folder


def write_rules(folder: Path) -> Path:
    """The town's rule folder."""
    folder.mkdir()
    (folder / "resident.yaml").write_text(RESIDENT, "utf-8")
    (folder / "gates.yaml").write_text(GATES, "utf-8")
    return folder


def write(folder: Path, source: str, rows: Iterable[Sequence[str]], header: Sequence[str] = COLUMNS) -> Path:
    """An extract, row by row as given."""
    path = folder / f"{source}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([header, *rows])
    return path


def send(folder: Path, town: Town) -> None:
    """Every source's extract; the clinic puts all its rows."""
    for source, rows in town.items():
        lines = [(key, *row) for key, row in rows.items()]
        if source in SNAPSHOTS:
            write(folder, source, lines)
        else:
            write(folder, source, [("insert", *line) for line in lines], ("thao_tac", *COLUMNS))


def dump(folder: Path) -> list[str]:
    """Everything that the repository holds, as SQL text."""
    with sqlite3.connect(f"file:{folder / 'repository.db'}?mode=ro", uri=True) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


def crosswalk(folder: Path) -> dict[tuple[str, str], str]:
    """(source, source id) → golden id, as plain SQL answers it."""
    connection = sqlite3.connect(f"file:{folder / 'repository.db'}?mode=ro", uri=True)
    rows = connection.execute("SELECT source, source_id, golden_id FROM v_crosswalk").fetchall()
    connection.close()
    assert len({row[:2] for row in rows}) == len(rows), "a record stands twice"
    return {(source, source_id): golden_id for source, source_id, golden_id in rows}
