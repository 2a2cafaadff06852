from pathlib import Path

import pytest
import yaml

from mdm.standardise import Knowledge
from mdm.standardise.name_words import lexicon
from mdm.standardise.person_names import SCHEMA, read

GROUPS = yaml.safe_load((Path(__file__).parent / "real_names.yaml").read_text("utf-8"))
CASES = [(group, case) for group, cases in GROUPS.items() for case in cases]
WORDS = lexicon(Knowledge.shipped())


def parts(text: str) -> str:
    found = dict(zip(SCHEMA, read(text, WORDS), strict=True))
    return "|".join(found[part] or "" for part in ("surname", "middle", "given"))


@pytest.mark.parametrize(
    ("group", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value["received"]
)
def test_real_name(group: str, case: dict[str, str]) -> None:
    assert (parts(case["received"]) == case["parts"]) == ("miss" not in case)


def test_almost_all_real_names_are_read_as_judged() -> None:
    assert sum("miss" not in case for _, case in CASES) / len(CASES) > 0.98
