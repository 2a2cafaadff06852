"""A later load that is written otherwise than its source was: a gate beyond doubt, else a sentence in the summary."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from mdm.errors import SourceError
from mdm.sources import SourceProfile, check_habits, keyed, parties, profile, read
from mdm.sources.shared import shared
from mdm.standardise.profile import mark
from mdm.workspace import Gates, RuleSet, SourceSpec, Workspace, load_rules

HEAD = "ma,loai,ten,ns,cap,gt,so,dt\n"
WORKSPACE = """
sources:
  a:
    path: a.csv
    key: ma
    {more}
    parties:
      - {{entity: citizen, where: "loai = 'dân'", name: ten, birth_date: ns, sex: gt, personal_id: so, phone: dt}}
      - {{entity: business, where: "loai = 'hộ'", name: ten, founded: cap}}
"""


class Source:
    """A source set up on a first extract, and what a later one meets."""

    def __init__(self, folder: Path, first: list[str], more: str = "skip_rows: 0") -> None:
        self.folder = folder
        (folder / "mdm.yaml").write_text(WORKSPACE.format(more=more), "utf-8")
        workspace = Workspace.open(folder)
        self.spec: SourceSpec = workspace.sources["a"]
        rules = load_rules(workspace)
        self.extract(first)
        extract = read(self.spec, folder)
        self.profile: SourceProfile = profile(extract, self.spec, rules.knowledge, rules.rules.entities)
        self.rules: RuleSet = replace(rules, profiles={"a": self.profile})

    def extract(self, rows: list[str]) -> None:
        text = HEAD + "".join(f"{number},{row}\n" for number, row in enumerate(rows))
        (self.folder / "a.csv").write_text(text, "utf-8")

    def meets(self, rows: list[str], *accept: str) -> tuple[str, ...]:
        self.extract(rows)
        extract = read(self.spec, self.folder, "utf-8")
        put = keyed(extract, self.spec, Gates(1.0)).rows
        return check_habits(extract.rows, put, self.spec, self.rules, accept)

    def gate(self, rows: list[str]) -> str | None:
        with pytest.raises(SourceError) as caught:
            self.meets(rows)
        assert caught.value.exit_code == 3
        assert f"--accept {caught.value.gate}" in str(caught.value)
        assert self.meets(rows, str(caught.value.gate)) != ()
        return caught.value.gate


def people(count: int, order: str = "dmy", male: str = "1", female: str = "2", phone: str = "") -> list[str]:
    rows = []
    for n in range(count):
        day, month, woman = 13 + n % 15, 1 + n % 12, n % 2
        born = f"{day:02}/{month:02}/198{n % 10}" if order == "dmy" else f"{month:02}/{day:02}/198{n % 10}"
        name = f"Lê Thị Người {n}" if woman else f"Lê Văn Người {n}"
        number = f"079{woman}8{n % 10}{n:06}"
        rows.append(f"dân,{name},{born},,{female if woman else male},{number},{phone or f'09{n:08}'}")
    return rows


FIRMS = [f"hộ,Hộ kinh doanh {n},,{1 + n % 9:02}/{13 + n % 15}/2019,,," for n in range(20)]


def test_the_same_habits_meet_nothing(tmp_path: Path) -> None:
    source = Source(tmp_path, people(200) + FIRMS)
    assert source.profile.sex_codes == {"1": "male", "2": "female"}
    assert source.profile.filled["ten"] == 990
    assert source.profile.conditions == {"loai = 'dân'": 900, "loai = 'hộ'": 90}
    assert source.meets(people(60) + FIRMS) == ()
    assert source.meets(people(3)) == ()


def test_each_attribute_has_its_own_date_order(tmp_path: Path) -> None:
    found = Source(tmp_path, people(200) + FIRMS).profile
    assert found.date_order == "dmy"
    assert found.date_orders == {"founded": "mdy"}
    assert found.of("founded").date_order == "mdy"
    assert found.of("birth_date") is found
    assert SourceProfile.from_dict(found.to_dict()) == found


def test_dates_that_only_read_the_other_way_are_a_gate(tmp_path: Path) -> None:
    source = Source(tmp_path, people(100))
    assert source.gate(people(30, "mdy")) == "dates:a"
    few = people(90) + people(10, "mdy")
    notes = source.meets(few)
    assert notes == ("a: 10 dates of birth_date can't be read as dmy, the order that is frozen, and 90 can only.",)
    assert source.meets(people(100) + people(2, "mdy")) == ()  # each such date is a finding of its own


def test_what_the_steward_said_of_dates_stands(tmp_path: Path) -> None:
    source = Source(tmp_path, people(100), "date_order: dmy")
    assert "30 dates of birth_date can't be read as dmy" in source.meets(people(30, "mdy"))[0]


def test_codes_that_change_their_meaning_are_a_gate(tmp_path: Path) -> None:
    source = Source(tmp_path, people(100))
    assert source.gate(people(60, male="2", female="1")) == "sex_codes:a"


def test_codes_never_seen_are_a_gate_if_many(tmp_path: Path) -> None:
    source = Source(tmp_path, people(100))
    assert source.gate(people(60, male="M9")) == "sex_codes:a"
    assert source.meets(people(100) + people(4, male="9", female="9")) == (
        "a: 4 rows have a code for sex that was never seen.",
    )


def test_births_that_moved_to_new_years_day_are_a_gate(tmp_path: Path) -> None:
    source = Source(tmp_path, people(300))
    born = [row.replace(row.split(",")[2], "01/01/1970") for row in people(60)]
    assert source.gate(people(300) + born) == "new_year:a"


def test_columns_and_parties_that_vanish_are_a_gate(tmp_path: Path) -> None:
    source = Source(tmp_path, people(100) + FIRMS)
    assert source.gate([row.rsplit(",", 1)[0] + "," for row in people(100) + FIRMS]) == "columns:a"
    assert source.gate([row.replace("dân", "DN") for row in people(100)] + FIRMS) == "parties:a"
    assert source.meets(people(5)) == ()  # few rows need hold no firm
    assert source.gate(people(100, phone=" ") + FIRMS) == "columns:a"


def test_a_number_of_many_is_shared_in_every_spelling(tmp_path: Path) -> None:
    spellings = ["0903123456", "+84 903 123 456", "0903.123.456"]
    rows = [row.rsplit(",", 1)[0] + f",{spellings[n % 3]}" for n, row in enumerate(people(9))] + people(50)
    source = Source(tmp_path, rows)
    assert source.profile.shared == {"phone": (mark("phone", "+84903123456"),)}
    assert "903123456" not in str(source.profile)
    values = pl.Series(["+84903123456", "+84903123457", None])
    assert source.profile.shared_in("phone", values).to_list() == [True, False, False]
    assert source.profile.shared_in("email", values).to_list() == [False, False, False]
    assert source.meets(rows) == ()


def test_one_household_and_one_person_twice_share_nothing(tmp_path: Path) -> None:
    rows = people(8, phone="0903123456") + [people(1, phone="0903123456")[0]] * 5
    assert Source(tmp_path, rows).profile.shared == {}


def test_a_number_that_is_shared_since_is_told_without_its_value(tmp_path: Path) -> None:
    source = Source(tmp_path, people(50))
    assert source.meets(people(50, phone="0903123456")) == (
        "a: 1 values of phone have many holders, and aren't known as shared.",
    )


def test_what_is_shared_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    source = Source(tmp_path, people(20, phone="0903123456") + people(20, phone="0908765432"))
    rows = read(source.spec, tmp_path, "utf-8").rows
    entities = source.rules.rules.entities
    assert shared(rows.reverse(), source.spec, entities, source.rules.knowledge) == source.profile.shared
    assert len(source.profile.shared["phone"]) == 2


def test_a_profile_of_before_is_frozen_as_it_was() -> None:
    """Fields that came later are left out where they say nothing, so that no fingerprint changes."""
    assert SourceProfile().to_dict() == {
        "encoding": "utf-8",
        "date_order": "dmy",
        "sex_codes": {},
        "new_year_is_year": False,
        "column_encodings": {},
    }


def test_parties_are_counted_as_they_are_named(tmp_path: Path) -> None:
    source = Source(tmp_path, people(20) + FIRMS)
    rows = keyed(read(source.spec, tmp_path, "utf-8"), source.spec).rows
    named = parties(rows, source.spec, source.rules.rules.entities, source.rules.knowledge)
    assert (named["citizen"].height, named["business"].height) == (20, 20)
    assert source.profile.conditions == {"loai = 'dân'": 476, "loai = 'hộ'": 476}
