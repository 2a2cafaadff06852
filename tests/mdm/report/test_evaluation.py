"""How right the clusters are, on partitions small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mdm.errors import UsageError
from mdm.report.evaluation import TRUTH, Quality, evaluate, read_truth

CROSSWALK = dict.fromkeys(("entity_type", "source", "source_id", "golden_id"), pl.String)
EDGES = {
    **dict.fromkeys(("entity_type", "left_source", "left_source_id", "right_source", "right_source_id"), pl.String),
    "weight": pl.Float64,
    "zone": pl.String,
}
Edge = tuple[str, str, float, str]


def judge(published: dict[str, str], true: dict[str, str], *edges: Edge, entity: str = "citizen") -> Quality:
    """Records are `source:id`: golden id by record, true entity by record, edges between records."""
    crosswalk = [(entity, *name.split(":"), golden) for name, golden in published.items()]
    truth = [(entity, *name.split(":"), person) for name, person in true.items()]
    rows = [(entity, *left.split(":"), *right.split(":"), weight, zone) for left, right, weight, zone in edges]
    (quality,) = evaluate(
        pl.DataFrame(crosswalk, schema=CROSSWALK, orient="row"),
        pl.DataFrame(rows, schema=EDGES, orient="row"),
        pl.DataFrame(truth, schema=dict.fromkeys(TRUTH, pl.String), orient="row"),
    )
    return quality


def test_a_right_partition_is_right() -> None:
    quality = judge({"a:1": "C1", "b:1": "C1", "b:2": "C2"}, {"a:1": "P1", "b:1": "P1", "b:2": "P2"})
    assert quality.pairwise == quality.b_cubed == (1.0, 1.0, 1.0)
    assert (quality.records, quality.unnamed, quality.missing) == (3, 0, 0)
    assert list(quality.errors) == []


def test_a_false_link_costs_precision_and_says_what_linked_it() -> None:
    quality = judge(
        {"a:1": "C1", "b:1": "C1", "b:2": "C1"},
        {"a:1": "P1", "b:1": "P1", "b:2": "P2"},
        ("a:1", "b:2", 20.5, "link"),
        ("b:1", "b:2", 3.0, "review"),
    )
    assert quality.pairwise == (pytest.approx(1 / 3), 1.0, pytest.approx(0.5))
    assert list(quality.errors) == [
        ("false", "a:1", "b:2", "linked by 20.5 bits"),
        ("false", "b:1", "b:2", "linked through other records"),
    ]


def test_a_missed_pair_costs_recall_and_says_why_it_was_missed() -> None:
    quality = judge(
        {"a:1": "C1", "b:1": "C2", "c:1": "C3", "d:1": "C4"},
        dict.fromkeys(("a:1", "b:1", "c:1", "d:1"), "P1"),
        ("a:1", "b:1", 8.25, "review"),
        ("c:1", "a:1", 30.0, "link"),
    )
    assert quality.pairwise == (1.0, 0.0, 0.0)
    assert quality.b_cubed == (1.0, 0.25, pytest.approx(0.4))
    why = {(left, right): because for _, left, right, because in quality.errors}
    assert why["a:1", "b:1"] == "waits for review at 8.2 bits"
    assert why["a:1", "c:1"] == "30.0 bits, kept apart by evidence"
    assert why["b:1", "d:1"] == "never compared, or too weak for review"


def test_records_that_the_truth_does_not_name_are_left_out_and_counted() -> None:
    published = {"a:1": "C1", "b:1": "C1", "b:2": "C1", "b:3": "C1"}
    quality = judge(published, {"a:1": "P1", "b:1": "P1"})
    assert (quality.records, quality.unnamed) == (2, 2)
    assert quality.pairwise == (1.0, 1.0, 1.0)


def test_records_that_are_not_published_stand_alone_so_their_pairs_are_missed() -> None:
    quality = judge({"a:1": "C1", "b:1": "C1"}, dict.fromkeys(("a:1", "b:1", "c:1", "c:2"), "P1"))
    assert (quality.records, quality.missing) == (2, 2)
    assert quality.pairwise == (1.0, pytest.approx(1 / 6), pytest.approx(2 / 7))
    assert ("missed", "a:1", "c:1", "not published") in quality.errors


@pytest.mark.parametrize("first", ["a:1", "c:1"])
def test_a_pair_is_told_as_unpublished_whichever_side_is(first: str) -> None:
    """The record that was never published may come first by its name."""
    quality = judge({first: "C1"}, {"a:1": "P1", "c:1": "P1"})
    assert [error[3] for error in quality.errors] == ["not published"]


def test_each_entity_type_of_the_truth_has_its_own_figures() -> None:
    crosswalk = pl.DataFrame(
        [("business", "a", "1", "B1"), ("citizen", "a", "1", "C1"), ("citizen", "b", "1", "C2")],
        schema=CROSSWALK,
        orient="row",
    )
    truth = pl.DataFrame(
        [("citizen", "a", "1", "P1"), ("citizen", "b", "1", "P1"), ("business", "a", "1", "F1")],
        schema=dict.fromkeys(TRUTH, pl.String),
        orient="row",
    )
    figures = evaluate(crosswalk, pl.DataFrame(schema=EDGES), truth)
    assert [(each.entity, each.records, each.pairwise[1]) for each in figures] == [
        ("business", 1, 1.0),
        ("citizen", 2, 0.0),
    ]


def test_ten_errors_of_a_kind_are_listed() -> None:
    true = {f"a:{n}": "P1" for n in range(20)}
    quality = judge({name: f"C{n}" for n, name in enumerate(true)}, true)
    assert len(quality.errors) == 10


def test_figures_are_plain_json() -> None:
    quality = judge({"a:1": "C1", "b:1": "C2"}, {"a:1": "P1", "b:1": "P1"})
    assert quality.to_dict() == {
        "entity_type": "citizen",
        "records": 2,
        "unnamed": 0,
        "missing": 0,
        "pairwise": {"precision": 1.0, "recall": 0.0, "f1": 0.0},
        "b_cubed": {"precision": 1.0, "recall": 0.5, "f1": 2 / 3},
        "errors": [
            {"kind": "missed", "left": "a:1", "right": "b:1", "because": "never compared, or too weak for review"}
        ],
    }


def test_a_truth_is_read_as_text_and_its_other_columns_are_left(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("note,entity_type,source,source_id,entity_id\nx,citizen,y_te,007,P1\n", "utf-8")
    assert read_truth(path).rows() == [("citizen", "y_te", "007", "P1")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source,source_id\na,1\n", "lacks the columns entity_type, entity_id"),
        ("", "can't be read"),
        (None, "can't be"),
    ],
)
def test_a_file_that_is_no_truth_is_told_so(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "truth.csv"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        read_truth(path)
