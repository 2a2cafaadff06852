"""Numbers that too many holders have are findings and take no part in matching; what else stands there stays."""

import polars as pl

from mdm.sources.unshared import without_shared
from mdm.standardise import SourceProfile
from mdm.standardise.profile import mark

HOTLINE = "+842838123456"
MARKING = SourceProfile(shared={"phone": (mark("phone", HOTLINE),)})
TEXTS = pl.List(pl.String)


def cells(*rows: tuple[str, list[str] | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"source": pl.String, "value": TEXTS, "finding": pl.String}, orient="row")


def test_a_shared_value_goes_and_the_others_stay() -> None:
    own = "+84903123456"
    read = cells(
        ("y_te", [HOTLINE], None),
        ("y_te", [HOTLINE, own], None),
        ("nha_o", [HOTLINE], None),  # another source marks it not
        ("y_te", None, "invalid"),
        ("y_te", [own], None),
    )
    left = without_shared(read, "phone", {"y_te": MARKING, "nha_o": SourceProfile()}, ["value"], multiple=True)
    assert left.rows() == [
        ("y_te", None, "shared"),
        ("y_te", [own], "shared"),
        ("nha_o", [HOTLINE], None),
        ("y_te", None, "invalid"),
        ("y_te", [own], None),
    ]


def test_one_value_a_cell_and_fields_beside_it_go_together() -> None:
    read = pl.DataFrame({"source": ["a", "a"], "value": ["x@y.vn", "z@y.vn"], "kind": ["k", "k"], "finding": None})
    read = read.cast({"finding": pl.String})
    profile = SourceProfile(shared={"email": (mark("email", "x@y.vn"),)})
    left = without_shared(read, "email", {"a": profile}, ["value", "kind"], multiple=False)
    assert left.rows() == [("a", None, None, "shared"), ("a", "z@y.vn", "k", None)]


def test_nothing_is_touched_where_nothing_is_marked() -> None:
    read = cells(("y_te", [HOTLINE], None))
    assert without_shared(read, "phone", {"y_te": SourceProfile()}, ["value"], multiple=True) is read
    assert without_shared(read, "phone", {"nha_o": MARKING}, ["value"], multiple=True).equals(read)
