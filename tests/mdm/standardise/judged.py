"""Judged cases: what a text must become, and why. One YAML file a subject, added to by people who never read Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import yaml
from hypothesis import strategies as st

from mdm.standardise import STANDARDISERS, Knowledge, SourceProfile

CASES = Path(__file__).parent / "cases"

ANY_TEXT = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789 .-/|;,'+()Oo", max_size=30),
    st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyAĐỄ\u0301\u0303 .-&,()0123456789", max_size=40),
)


def judged(subject: str) -> list[Any]:
    """The cases of `cases/<subject>.yaml`: input, value, maybe fields, finding, options and profile, and why."""
    return list(yaml.safe_load((CASES / f"{subject}.yaml").read_text("utf-8")))


def label(case: dict[str, Any]) -> str:
    return f"{case['input']!r}: {case.get('why', '')}"


def answer(name: str, text: str | None, options: Any = None, profile: Any = None) -> dict[str, Any]:
    """One text's row of the standardiser `name`; its frame must have the declared schema."""
    standardiser = STANDARDISERS[name]
    series = pl.Series("received", [text], pl.String)
    frame = standardiser.function(series, Knowledge.shipped(), SourceProfile(**(profile or {})), options or {})
    assert frame.schema == pl.Schema(standardiser.schema)
    return frame.row(0, named=True)


def check(name: str, case: dict[str, Any]) -> None:
    """The case's value, its finding (none unless named) and the fields it names."""
    row = answer(name, case["input"], case.get("options"), case.get("profile"))
    wanted = {"value": case["value"], "finding": case.get("finding"), **case.get("fields", {})}
    assert {key: row[key] for key in wanted} == wanted


def goes_through(name: str, text: str, options: Any = None) -> None:
    """Any text goes in; what comes out is stable: the value, standardised again, is the value."""
    values = answer(name, text, options)["value"]
    for value in [] if values is None else values if isinstance(values, list) else [values]:
        again = answer(name, value, options)["value"]
        assert again == ([value] if isinstance(values, list) else value)
