"""Errors are sentences for the person who can fix them: place, problem, remedy, and how the command ends."""

from __future__ import annotations

import pytest

from mdm.errors import (
    BlockError,
    ConfigError,
    MdmError,
    Problem,
    RepositoryError,
    SourceError,
    UnknownRecordError,
    UsageError,
)


def test_a_problem_names_its_file_and_line() -> None:
    problem = Problem("mdm.yaml", 7, "unknown key in source y_te: 'pth'.", "Did you mean 'path'?")
    assert str(problem) == "mdm.yaml:7: unknown key in source y_te: 'pth'. Did you mean 'path'?"


def test_a_problem_of_a_whole_file_has_no_line_and_needs_no_remedy() -> None:
    assert str(Problem("rules", None, "there is no rule file.", "")) == "rules: there is no rule file."


def test_every_mistake_is_told_at_once_in_the_order_of_the_files() -> None:
    found = [
        Problem("mdm.yaml", 9, "b.", "B."),
        Problem("mdm.yaml", 2, "c.", "C."),
        Problem("hcmc/citizen.yaml", 40, "a.", "A."),
        Problem("mdm.yaml", None, "d.", "D."),
    ]
    error = ConfigError(found)
    assert str(error).splitlines() == [
        "hcmc/citizen.yaml:40: a. A.",
        "mdm.yaml: d. D.",
        "mdm.yaml:2: c. C.",
        "mdm.yaml:9: b. B.",
    ]
    assert set(error.problems) == set(found)


def test_a_held_source_says_where_why_and_what_to_do() -> None:
    error = SourceError("y_te", "a row has too many cells.", "Send it again.", line=12)
    assert str(error) == "source y_te line 12: a row has too many cells. Send it again."
    assert (error.source, error.reason, error.gate, error.line) == ("y_te", "a row has too many cells.", None, 12)


def test_a_gate_says_how_to_let_it_through() -> None:
    error = SourceError("y_te", "y_te.csv holds no rows.", "Send it again.", gate="empty:y_te")
    assert str(error).endswith("To let it through: --accept empty:y_te")
    assert error.gate == "empty:y_te"


def test_an_unknown_record_is_told_the_form_and_an_unclear_one_its_candidates() -> None:
    assert "[entity:]source:source_id[#n]" in str(UnknownRecordError("y_te:BN009"))
    both = UnknownRecordError("doanh_nghiep:1", ["business:doanh_nghiep:1", "citizen:doanh_nghiep:1"])
    assert str(both).endswith("say which: business:doanh_nghiep:1, citizen:doanh_nghiep:1")
    assert both.candidates == ("business:doanh_nghiep:1", "citizen:doanh_nghiep:1")


def test_a_repository_error_says_that_nothing_was_published() -> None:
    error = RepositoryError("the disk is full.", "Make room.")
    assert str(error) == "repository: the disk is full. Make room. Nothing was published."


def test_a_block_that_outgrew_its_limit_names_the_rule_and_the_way_out() -> None:
    said = str(BlockError("citizen", "phone + name.given", 12_345, 4_000))
    assert said.startswith("citizen: the blocking rule 'phone + name.given' puts 12,345 records in one block")
    assert "4,000" in said
    assert "max_block" in said
    assert said.endswith("Nothing was published.")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MdmError("x"), 1),
        (RepositoryError("x", "y"), 1),
        (BlockError("citizen", "phone", 2, 1), 1),
        (UsageError("x"), 2),
        (ConfigError([]), 2),
        (UnknownRecordError("x"), 2),
        (SourceError("x", "y", "z"), 3),
    ],
)
def test_the_exit_code_stands_on_the_class(error: MdmError, code: int) -> None:
    assert error.exit_code == code
    assert isinstance(error, MdmError)


def test_no_error_is_without_an_exit_code_that_the_documentation_knows() -> None:
    def below(kind: type[MdmError]) -> list[type[MdmError]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))]

    assert {kind.exit_code for kind in below(MdmError)} == {1, 2, 3}
