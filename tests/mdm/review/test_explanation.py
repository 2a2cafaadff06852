"""Why two records are, or are not, held to be the same: a town of people who are hard to tell apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mdm import pipeline, versions
from mdm.errors import UnknownRecordError, UsageError
from mdm.repository import Repository
from mdm.review import Explanation, explain
from mdm.review.explanation import parse_record
from mdm.workspace import RuleSet, Workspace

WORKSPACE = """\
rules: hcmc
sources:
  dan_cu:
    path: dan_cu.csv
    key: ma
    once_each: true
    parties:
      - {entity: citizen, name: ho_ten, birth_date: ngay_sinh, sex: gioi, personal_id: so, address: dia_chi, phone: dt}
  y_te:
    path: y_te.csv
    key: [khoa, so_bn]
    parties:
      - {entity: citizen, name: ho_ten, birth_date: ngay_sinh, sex: gioi, personal_id: so, phone: dt}
  dat_dai:
    path: dat_dai.csv
    key: so_gcn
    parties:
      - {entity: citizen, from_text: chu_su_dung, address: dia_chi}
  doanh_nghiep:
    path: doanh_nghiep.csv
    key: ma
    parties:
      - {entity: business, name: ten, tax_code: mst}
      - {entity: citizen, role: representative, name: nguoi_dai_dien, personal_id: so}
"""
EXTRACTS = {
    # twins (D1, D2), a father and the son named after him (D3, D4), a couple (D5, D6), somebody else (D7)
    "dan_cu": """\
ma,ho_ten,ngay_sinh,gioi,so,dia_chi,dt
D1,Phạm Minh Anh,20/05/2010,Nữ,079310000111,"9 Võ Văn Tần, P.6, Q.3",0907888999
D2,Phạm Minh Châu,20/05/2010,Nữ,079310004567,"9 Võ Văn Tần, P.6, Q.3",0907888999
D3,Lê Quốc Bảo,19/08/1976,Nam,079076001234,"7 Nguyễn Trãi, P.2, Q.5",0918555666
D4,Lê Quốc Bảo,01/02/2001,Nam,079201005678,"7 Nguyễn Trãi, P.2, Q.5",0918555666
D5,Trần Văn Minh,15/11/1960,Nam,079060004321,"45 Lê Lợi, P. Bến Nghé, Quận 1",0778333444
D6,Nguyễn Thị Hòa,07/03/1964,Nữ,079164001234,"45 Lê Lợi, P. Bến Nghé, Quận 1",0778333444
D7,Huỳnh Ngọc Yến,30/09/1955,Nữ,079155009876,"2 Hùng Vương, P.9, Q.5",0909000123
""",
    "y_te": """\
khoa,so_bn,ho_ten,ngay_sinh,gioi,so,dt
A|1:2,7#1,LE QUOC BAO,01/02/2001,Nam,,0918555666
B,8,TRAN VAN MINH,1960,Nam,079060004321,
""",
    "dat_dai": """\
so_gcn,chu_su_dung,dia_chi
GCN1,Ông Trần Văn Minh và vợ là bà Nguyễn Thị Hoà,"45 Lê Lợi, P. Bến Nghé, Quận 1"
GCN\\,Ông Trần Văn Minh và vợ là bà Nguyễn Thị Hoà,"45 Lê Lợi, P. Bến Nghé, Quận 1"
""",
    "doanh_nghiep": """\
ma,ten,mst,nguoi_dai_dien,so
DN1,CÔNG TY TNHH HÒA BÌNH,0300588569,Trần Văn Minh,079060004321
""",
}


@dataclass(frozen=True)
class Town:
    repository: Repository
    rule_set: RuleSet

    def explain(self, left: str, right: str) -> Explanation:
        return explain(self.repository, self.rule_set, left, right)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    (folder / "mdm.yaml").write_text(WORKSPACE, "utf-8")
    for source, text in EXTRACTS.items():
        (folder / f"{source}.csv").write_text(text, "utf-8")
    workspace = Workspace.open(folder)
    pipeline.run(workspace)
    with Repository.open(workspace.repository_url, create=False) as repository:
        yield Town(repository, versions.published(repository))


def level(found: Explanation, comparison: str) -> str | None:
    return next(step.level for step in found.steps if step.comparison == comparison)


def test_one_person_in_two_registers(town: Town) -> None:
    found = town.explain("dan_cu:D5", r"y_te:B|8")
    assert found.together
    assert found.zone == "link"
    assert found.probability > 0.95
    assert (level(found, "personal_id"), level(found, "birth_date"), level(found, "phone")) == (
        "exact",
        "partial",
        None,
    )
    assert "personal_id" in found.rules
    assert list(found.constraints) == []


def test_steps_add_up_to_what_the_levels_weigh(town: Town) -> None:
    """What is missing weighs nothing, and the rarity of a shared name is told apart."""
    found = town.explain("dan_cu:D5", r"y_te:B|8")
    missing = [step for step in found.steps if step.level is None]
    assert missing
    assert {(step.against_strangers, step.against_relatives, step.frequency) for step in missing} == {(0.0, 0.0, 0.0)}
    strangers = sum(step.against_strangers for step in found.steps)
    relatives = sum(step.against_relatives for step in found.steps)
    assert min(strangers, relatives) - 1 <= found.weight <= max(strangers, relatives) + 1
    odds = found.probability / (1 - found.probability) if found.probability < 1 else float("inf")
    assert odds == pytest.approx(2 ** (found.weight + found.prior), rel=0.01)


def test_twins_are_two_and_the_evidence_against_is_told(town: Town) -> None:
    found = town.explain("dan_cu:D1", "dan_cu:D2")
    assert not found.together
    assert level(found, "birth_date") == "exact"
    assert level(found, "personal_id") == "differs"
    assert list(found.constraints) == ["personal_id differs: 12 bits", "dan_cu holds each party once: 10 bits"]


def test_a_son_named_after_his_father_is_told_by_birth_date_and_number(town: Town) -> None:
    found = town.explain("dan_cu:D3", "dan_cu:D4")
    assert not found.together
    assert level(found, "name") == "exact"
    assert level(found, "phone") == "exact"
    assert "personal_id differs: 12 bits" in found.constraints
    assert "birth_date differs: 8 bits" in found.constraints


def test_what_alone_would_change_the_verdict_really_would(town: Town) -> None:
    found = town.explain("dan_cu:D3", r"y_te:A\|1\:2|7\#1")
    assert not found.together
    assert found.changes
    zones = {zone for _, _, zone, _ in found.changes}
    assert found.zone not in zones
    distance = [abs(weight - found.weight) for _, _, _, weight in found.changes]
    assert distance == sorted(distance)
    for comparison, other, _, _ in found.changes:
        assert other != level(found, comparison)
        assert level(found, comparison) is not None, "what is missing can't be changed"


def test_a_pair_that_was_never_compared_says_so(town: Town) -> None:
    found = town.explain("dan_cu:D1", "dan_cu:D7")
    assert list(found.rules) == []
    assert found.zone == "none"
    assert not found.together


def test_a_key_with_bars_colons_and_hashes_is_written_as_in_the_crosswalk(town: Town) -> None:
    name = r"y_te:A\|1\:2|7\#1"
    found = town.explain(name, "dan_cu:D4")
    assert found.together
    assert {found.left.name, found.right.name} == {name, "dan_cu:D4"}


def test_the_second_party_of_a_row_is_explained_by_its_number(town: Town) -> None:
    wife, husband = town.explain("dat_dai:GCN1#2", "dan_cu:D6"), town.explain("dat_dai:GCN1", "dan_cu:D5")
    assert (wife.right.name, husband.right.name) == ("dat_dai:GCN1#2", "dat_dai:GCN1")
    assert (level(wife, "name"), level(husband, "name")) == ("exact", "exact")
    assert wife.right.golden_id != husband.right.golden_id
    shown = next(step for step in wife.steps if step.comparison == "name")
    assert {shown.left, shown.right} == {"Nguyễn Thị Hòa"}


def test_a_key_that_ends_in_a_backslash_has_a_second_party_too(town: Town) -> None:
    found = town.explain("dat_dai:GCN\\\\#2", "dan_cu:D6")
    assert level(found, "name") == "exact"


def test_two_parties_of_one_row_can_be_compared(town: Town) -> None:
    found = town.explain("dat_dai:GCN1", "dat_dai:GCN1#2")
    assert not found.together
    assert level(found, "name") in ("differs", "surname_same")
    assert level(found, "address") == "same_house"


def test_a_name_that_fits_two_kinds_means_the_other_records_kind(town: Town) -> None:
    found = town.explain("doanh_nghiep:DN1", "dan_cu:D5")
    assert found.left.entity == found.right.entity == "citizen"
    assert found.together


def test_a_prefix_says_which_kind_is_meant(town: Town) -> None:
    assert town.explain("citizen:doanh_nghiep:DN1", "citizen:dan_cu:D5").together
    with pytest.raises(UsageError, match="two entity types, business and citizen"):
        town.explain("business:doanh_nghiep:DN1", "dan_cu:D5")


@pytest.mark.parametrize(
    "name", ["dan_cu:D99", "khong_co:D1", "dan_cu", "a:b:c:d", "", ":", "business:dan_cu:D1", "dan_cu:D1#2", "y_te:B"]
)
def test_a_record_that_is_not_there_is_told_how_records_are_written(town: Town, name: str) -> None:
    with pytest.raises(UnknownRecordError, match="no live record"):
        town.explain(name, "dan_cu:D1")


def test_a_name_that_fits_two_records_lists_them(town: Town) -> None:
    with pytest.raises(UnknownRecordError) as caught:
        town.explain("doanh_nghiep:DN1", "doanh_nghiep:DN1")
    assert caught.value.candidates == ("business:doanh_nghiep:DN1", "citizen:doanh_nghiep:DN1")


def test_one_record_is_no_pair(town: Town) -> None:
    with pytest.raises(UsageError, match="one record, named twice"):
        town.explain("dan_cu:D1", "citizen:dan_cu:D1")


def test_either_order_gives_the_same_explanation(town: Town) -> None:
    one, other = (town.explain(*pair) for pair in (("dan_cu:D3", "dan_cu:D4"), ("dan_cu:D4", "dan_cu:D3")))
    assert one == other


def test_an_explanation_is_plain_json_with_every_comparison(town: Town) -> None:
    values = town.explain("dan_cu:D3", "dan_cu:D4").to_dict()
    assert json.loads(json.dumps(values, ensure_ascii=False)) == values
    assert list(values) == [
        *("left", "right", "entity_type", "together", "weight", "prior", "probability", "zone"),
        *("comparisons", "blocking_rules", "constraints", "changes"),
    ]
    compared = [step["comparison"] for step in values["comparisons"]]
    assert compared == [each.name for each in town.rule_set.rules.entities["citizen"].comparisons]


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("y_te:BN001", (None, "y_te", "BN001")),
        ("citizen:y_te:BN001#2", ("citizen", "y_te", "BN001#2")),
        (r"y_te:A\:1", (None, "y_te", r"A\:1")),
        (r"citizen:y_te:A\:1|B\#2", ("citizen", "y_te", r"A\:1|B\#2")),
    ],
)
def test_a_record_is_read_as_a_command_line_writes_it(text: str, record: tuple[str | None, str, str]) -> None:
    assert parse_record(text) == record


def test_a_key_that_ends_in_a_backslash_stays_whole() -> None:
    r"""The key `A\` is written `A\\`: the bar after it is no part of an escape."""
    assert parse_record("y_te:A\\\\") == (None, "y_te", "A\\\\")
    assert parse_record("y_te:A\\\\|B") == (None, "y_te", "A\\\\|B")
