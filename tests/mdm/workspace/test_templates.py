"""A new workspace: a proposal that loads, and never overwrites."""

from pathlib import Path

import pytest
import yaml
from commands import mdm

from mdm.errors import UsageError
from mdm.workspace import Workspace, load_rules, templates
from mdm.workspace.shipped import rule_sets

SOURCES = ("bao_hiem", "dan_cu", "dat_dai", "doanh_nghiep", "giao_duc", "nha_o", "quy_hoach", "y_te")


@pytest.mark.parametrize("template", rule_sets())
def test_a_new_workspace_fits_its_rule_set(tmp_path: Path, template: str) -> None:
    path = templates.init(tmp_path / "new", template)
    workspace = Workspace.open(path.parent)
    assert workspace.rules == template
    assert load_rules(workspace).unprofiled == sorted(workspace.sources)


def test_before_its_extracts_come_only_they_are_missing(tmp_path: Path) -> None:
    """What `mdm init` writes without a file has no other mistake than that its files aren't there."""
    path = templates.init(tmp_path / "new")
    ended = mdm("check", path.parent)
    assert ended.code == 3
    held = [line for line in ended.out.splitlines() if line.startswith("HELD")]
    assert [f"there is no file {name}.csv" in line for name, line in zip(SOURCES, held, strict=True)] == [True] * 8
    assert "take out the sources that you don't have" in path.read_text("utf-8").replace("\n# ", " ")


def test_the_city_has_a_template_for_each_of_its_eight_departments(tmp_path: Path) -> None:
    workspace = Workspace.open(templates.init(tmp_path).parent)
    assert set(workspace.sources) == {
        "dan_cu", "quy_hoach", "y_te", "giao_duc", "bao_hiem", "doanh_nghiep", "dat_dai", "nha_o",
    }  # fmt: skip
    assert workspace.sources["dan_cu"].once_each


def test_a_workspace_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mdm.yaml").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="is there already; it was left as it is"):
        templates.init(tmp_path)
    assert (tmp_path / "mdm.yaml").read_text("utf-8") == "mine"


def test_an_unknown_template_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown template 'hcm'. Did you mean 'hcmc'\?"):
        templates.init(tmp_path, "hcm")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["HO TEN", "Họ và tên", "a: b", "a, b", "[x]", "# x", 'say "a"', "yes", "12", "a\nb", "x'y", "-", ""]
)
def test_any_column_name_can_be_written(text: str) -> None:
    assert yaml.compose(f"[{templates._scalar(text)}]").value[0].value == text
