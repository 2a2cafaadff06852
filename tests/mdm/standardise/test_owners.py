from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.standardise import Knowledge
from mdm.standardise.owners import OWNER, owners

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "owners.yaml").read_text("utf-8"))


def named(text: str) -> list[dict[str, str]] | None:
    found = owners(pl.Series([text]), Knowledge.shipped())["owners"].to_list()[0]
    return found and [{key: value for key, value in owner.items() if value is not None} for owner in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text']}: {case['why']}")
def test_judged_text(case: dict[str, Any]) -> None:
    assert named(case["text"]) == case["owners"]


def test_the_frame_is_as_declared() -> None:
    frame = owners(pl.Series(["Nguyễn Văn An", None]), Knowledge.shipped())
    assert frame.schema == pl.Schema({"owners": pl.List(OWNER)})
    assert frame["owners"].is_null().to_list() == [False, True]


PIECES = [
    "Nguyễn Văn An",
    "bà ",
    "và ",
    "vợ: ",
    ", ",
    "(",
    ")",
    "; ",
    " - ",
    "CMND 012345678",
    "công ty ",
    "địa chỉ ",
    "1. ",
    "\n",
]


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=9).map("".join)))
def test_any_text_goes_through(text: str) -> None:
    for owner in named(text) or []:
        assert owner["name"].strip()
